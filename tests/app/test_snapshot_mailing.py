"""Snapshots to officials: due with the freezing, made when sent, exactly once; through a real mail server."""

from __future__ import annotations

import io
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader
from sqlalchemy import Engine, insert, select

from command_centre.app.notifying import receivers_of
from command_centre.app.snapshot_mailing import enclosing_of, teller_of
from command_centre.app.snapshot_settings import letterhead_of, public_url_of
from command_centre.app.wiring import Chosen
from command_centre.config.loading import load
from command_centre.config.model import Config
from command_centre.domain.ports import DeliveryError
from command_centre.pipeline.notifier import Notifier
from command_centre.storage.alert_tables import outbox as outbox_table
from command_centre.storage.approvals import Signing, approve
from command_centre.storage.audit_tables import due_step
from command_centre.storage.database import migrate, open_database, writing
from command_centre.storage.outbox import message_of
from command_centre.storage.snapshots import load_snapshot
from command_centre.storage.tables import span, target
from command_centre.storage.times import to_ms
from layouts.snapshot.forms import paper_and_card, paper_document_of
from tests.support.clock import FrozenClock
from tests.support.configuration import GOOD_SITES, KINDS, write_config
from tests.support.hand_week import NEXT_MONDAY_AT_SIX, WEEK, fill, moment, snapshotter
from tests.support.post_offices import HOST, PostOffice, post_office

LATER = NEXT_MONDAY_AT_SIX + timedelta(hours=3)
CITY = """mode: live
city: {{contact: tim@bontangkota.go.id}}
inventory:
  sites: sites.csv
snapshot:
  public_url: https://cc.bontangkota.go.id
  letterhead: {{office: DINAS CONTOH}}
receivers:
  - {{name: surel-kepala, kind: email, host: {host}, port: {port}, security: none, sender: cc@bontangkota.go.id,
     to: [kepala@bontangkota.go.id], snapshots: [mingguan]}}
  - {{name: buku, kind: log, file: buku.jsonl, snapshots: [mingguan, bulanan]}}
  - {{name: piket, kind: log, file: piket.jsonl}}
"""


@pytest.fixture
def office() -> Iterator[PostOffice]:
    with post_office() as running:
        yield running


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    """The week by hand."""
    engine = open_database(f"sqlite:///{tmp_path / 'city.db'}")
    migrate(engine)
    fill(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def config(tmp_path: Path, office: PostOffice) -> Config:
    (tmp_path / "sites.csv").write_text(GOOD_SITES, encoding="utf-8")
    return load(write_config(tmp_path, CITY.format(host=HOST, port=office.port)), KINDS)


def freeze(engine: Engine, config: Config, folder: Path, at: Any = NEXT_MONDAY_AT_SIX) -> None:
    snapshotter(engine, folder, tell=teller_of(config)).freeze(WEEK, at)


def late_data(engine: Engine) -> None:
    """Something that nobody knew when the week was frozen."""
    with writing(engine) as connection:
        site = connection.execute(select(target.c.id).where(target.c.key == "situs:e")).scalar_one_or_none()
        key = site if site is not None else connection.execute(select(target.c.id).order_by(target.c.id)).scalars().first()
        row = {"target_id": key, "status": "down", "reason": "timeout", "planned": False}
        connection.execute(insert(span).values(row | {"since": to_ms(moment("Min 23:50")), "until": to_ms(moment("Min 23:55"))}))


def send_all(engine: Engine, config: Config, folder: Path, until: Callable[[], bool]) -> None:
    """Run the real notifier until ``until``, at most ten seconds."""
    clock = FrozenClock(LATER)
    receivers = receivers_of(Chosen(config, folder), clock, enclosing_of(config, engine))
    stop = threading.Event()
    thread = threading.Thread(target=Notifier(engine, receivers, clock).run, args=(stop,))
    thread.start()
    deadline = time.monotonic() + 10
    while not until() and time.monotonic() < deadline:
        time.sleep(0.02)
    stop.set()
    thread.join(10)


def waiting(engine: Engine) -> list[Any]:
    with engine.connect() as connection:
        return list(connection.execute(select(outbox_table).order_by(outbox_table.c.id)))


def test_a_frozen_week_reaches_the_official_with_paper_card_and_link(
    engine: Engine, config: Config, office: PostOffice, tmp_path: Path
) -> None:
    freeze(engine, config, tmp_path)
    send_all(engine, config, tmp_path, lambda: all(row.sent_at for row in waiting(engine)))
    (letter,) = office.letters
    assert letter["Subject"] == "Cuplikan minggu ke-47/2026 (16 s.d. 22 Nov 2026)"
    body = letter.get_body()
    assert body is not None
    text = body.get_content()
    assert "Buka: https://cc.bontangkota.go.id/cuplikan/2026-W47" in text
    assert "Ketersediaan situs" in text
    assert "Diminta: " in text
    files = {each.get_filename(): each for each in letter.iter_attachments()}
    assert set(files) == {"cuplikan-2026-W47-r1.pdf", "cuplikan-2026-W47-r1.png"}
    paper = files["cuplikan-2026-W47-r1.pdf"].get_content()
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(paper)).pages]
    assert len(pages) == 2
    assert "DINAS CONTOH" in pages[0]
    assert "DRAF OTOMATIS" in pages[0]
    assert files["cuplikan-2026-W47-r1.png"].get_content().startswith(b"\x89PNG")


def test_the_enclosed_paper_is_made_from_what_is_sealed_and_is_not_in_the_outbox(
    engine: Engine, config: Config, office: PostOffice, tmp_path: Path
) -> None:
    freeze(engine, config, tmp_path)
    assert all(len(row.payload) < 5_000 and "PDF" not in row.payload for row in waiting(engine))
    message = next(message_of(row) for row in waiting(engine) if row.receiver == "surel-kepala")
    enclosed = {each.name: each.data for each in enclosing_of(config, engine)(message)}
    with engine.connect() as connection:
        found = load_snapshot(connection, "2026-W47", 1)
    assert found is not None
    seal, snap = found
    told = paper_document_of(snap, seal, letterhead=letterhead_of(config), public_url=public_url_of(config))
    assert enclosed == paper_and_card(told, seal)


def test_other_kinds_of_receivers_get_the_text_and_those_not_marked_nothing(
    engine: Engine, config: Config, office: PostOffice, tmp_path: Path
) -> None:
    freeze(engine, config, tmp_path)
    send_all(engine, config, tmp_path, lambda: all(row.sent_at for row in waiting(engine)))
    assert sorted(row.receiver for row in waiting(engine)) == ["buku", "surel-kepala"]
    told = (tmp_path / "buku.jsonl").read_text(encoding="utf-8")
    assert "Cuplikan minggu ke-47/2026" in told
    assert "Buka: https://cc.bontangkota.go.id/cuplikan/2026-W47" in told
    assert not (tmp_path / "piket.jsonl").exists()


def test_freezing_twice_and_sending_twice_tells_once(engine: Engine, config: Config, office: PostOffice, tmp_path: Path) -> None:
    for _ in range(2):
        freeze(engine, config, tmp_path)
        send_all(engine, config, tmp_path, lambda: all(row.sent_at for row in waiting(engine)))
    assert len(office.letters) == 1
    with engine.connect() as connection:
        keys = list(connection.execute(select(due_step.c.key)).scalars())
    assert sorted(keys) == ["snapshot:2026-W47:r1:buku", "snapshot:2026-W47:r1:surel-kepala"]


def test_a_notice_is_due_only_when_the_period_is_really_frozen(engine: Engine, config: Config, tmp_path: Path) -> None:
    """Same transaction: a freezing that fails after the notice leaves neither."""
    tell = teller_of(config)

    def tell_and_fail(connection: Any, frozen: Any) -> None:
        tell(connection, frozen)
        raise RuntimeError("the disk is full")

    with pytest.raises(RuntimeError):
        snapshotter(engine, tmp_path, tell=tell_and_fail).freeze(WEEK, NEXT_MONDAY_AT_SIX)
    assert waiting(engine) == []
    with engine.connect() as connection:
        assert load_snapshot(connection, "2026-W47") is None


def test_a_revision_is_told_as_one_and_carries_its_own_paper(
    engine: Engine, config: Config, office: PostOffice, tmp_path: Path
) -> None:
    freeze(engine, config, tmp_path)
    late_data(engine)
    freeze(engine, config, tmp_path, LATER)
    send_all(engine, config, tmp_path, lambda: all(row.sent_at for row in waiting(engine)))
    subjects = [letter["Subject"] for letter in office.letters]
    assert subjects == [
        "Cuplikan minggu ke-47/2026 (16 s.d. 22 Nov 2026)",
        "Cuplikan minggu ke-47/2026 (16 s.d. 22 Nov 2026), revisi 2",
    ]
    body = office.letters[1].get_body()
    assert body is not None
    assert "Revisi 2 menggantikan revisi 1: " in body.get_content()
    assert next(each.get_filename() for each in office.letters[1].iter_attachments()) == "cuplikan-2026-W47-r2.pdf"


def test_a_paper_signed_before_it_is_sent_is_no_draft(engine: Engine, config: Config, office: PostOffice, tmp_path: Path) -> None:
    freeze(engine, config, tmp_path)
    with writing(engine) as connection:
        signing = Signing("2026-W47", 1, "ani", "console", LATER)
        approve(connection, signing, number="555/1", name="Nama Pejabat", staff_number="1970", on=date(2026, 11, 23))
    send_all(engine, config, tmp_path, lambda: all(row.sent_at for row in waiting(engine)))
    paper = next(each for each in office.letters[0].iter_attachments() if each.get_content_type() == "application/pdf")
    text = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(paper.get_content())).pages)
    assert "DRAF OTOMATIS" not in text
    assert "Nama Pejabat" in text


def test_a_period_long_over_is_frozen_quietly_but_its_revision_is_told(engine: Engine, config: Config, tmp_path: Path) -> None:
    freeze(engine, config, tmp_path, NEXT_MONDAY_AT_SIX + timedelta(days=60))
    assert waiting(engine) == []
    late_data(engine)
    freeze(engine, config, tmp_path, NEXT_MONDAY_AT_SIX + timedelta(days=61))
    assert [row.key for row in waiting(engine)] == ["snapshot:2026-W47:r2:surel-kepala", "snapshot:2026-W47:r2:buku"]


def test_a_snapshot_that_is_not_there_is_a_refusal_and_not_a_letter_without_paper(
    engine: Engine, config: Config, office: PostOffice, tmp_path: Path
) -> None:
    freeze(engine, config, tmp_path)
    message = next(message_of(row) for row in waiting(engine) if row.receiver == "surel-kepala")
    lost = replace(message, facts={**message.facts, "revision": 7})
    receiver = receivers_of(Chosen(config, tmp_path), FrozenClock(LATER), enclosing_of(config, engine))["surel-kepala"]
    with pytest.raises(DeliveryError, match="revision 7 is not in the database"):
        receiver.send(lost)
    assert office.letters == []
