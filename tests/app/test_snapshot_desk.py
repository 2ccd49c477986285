"""Follow-ups and signatures at the desk: forms behind the door, each change with its right and its row in the audit log."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode

import pytest
from lxml import html as lxml_html
from playwright.sync_api import sync_playwright
from pypdf import PdfReader
from sqlalchemy import Engine, select

from command_centre.app.guard import Access
from command_centre.app.passwords import hash_password
from command_centre.app.serving import WholePath
from command_centre.app.snapshot_desk import SnapshotDesk
from command_centre.app.snapshot_pages import snapshot_pages
from command_centre.domain.period import parse_period
from command_centre.domain.person import Role
from command_centre.storage.audit_tables import audit
from command_centre.storage.database import migrate, open_database, writing
from command_centre.storage.follow_ups import FollowUpStatus, add_follow_up, change_follow_up, follow_ups
from command_centre.storage.people import save_account
from layouts.snapshot.desk_pages import follow_up_page
from layouts.wording import Language, words_for
from tests.support.chromium import EXECUTABLE, FLAGS
from tests.support.clock import FrozenClock
from tests.support.hand_week import NEXT_MONDAY_AT_SIX, WEEK, ZONE, fill, snapshotter
from tests.support.wall_server import Answer, RunningServer, ask, running_server

FORM = "application/x-www-form-urlencoded"
NOW = NEXT_MONDAY_AT_SIX + timedelta(hours=3)
PASSWORD = "empat belas huruf"
FOLLOW_UPS, APPROVALS = "/konsol/tindak-lanjut", "/konsol/pengesahan"
SIGNATURE = {
    "laku": "sah", "periode": "2026-W47", "revisi": "1",
    "nomor_surat": "555/12/2026", "nama": "Nama Pejabat", "nip": "19700101 199001 1 001", "tanggal": "2026-11-23",
}  # fmt: skip


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The week by hand, frozen, with people."""
    folder = tmp_path_factory.mktemp("desk")
    engine = open_database(f"sqlite:///{folder / 'city.db'}")
    migrate(engine)
    fill(engine)
    snapshotter(engine, folder).freeze(WEEK, NEXT_MONDAY_AT_SIX)
    known = hash_password(PASSWORD)
    with writing(engine) as connection:
        for name, role in (("pejabat", Role.OFFICIAL), ("ani", Role.OPERATOR)):
            save_account(connection, name, role, NOW, password_hash=known)
    engine.dispose()
    return folder / "city.db"


@pytest.fixture
def engine(template: Path, tmp_path: Path) -> Iterator[Engine]:
    (tmp_path / "city.db").write_bytes(template.read_bytes())
    engine = open_database(f"sqlite:///{tmp_path / 'city.db'}")
    yield engine
    engine.dispose()


@pytest.fixture
def server(engine: Engine) -> Iterator[RunningServer]:
    words = words_for(Language.INDONESIAN, ZONE)
    clock = FrozenClock(NOW)
    pages = (*snapshot_pages(engine, words, WholePath), *SnapshotDesk(engine, clock, words).routes())
    with running_server(engine, clock, access=Access(b"k" * 32, walls_are_open=False), more=pages) as running:
        yield running


def signed_in(server: RunningServer, name: str) -> str:
    body = urlencode({"nama": name, "sandi": PASSWORD, "ke": "/"}).encode()
    answer = ask(server, "/masuk", method="POST", body=body, Origin=server.url, Content_Type=FORM)
    return answer.headers["set-cookie"].partition(";")[0]


def post(server: RunningServer, path: str, cookie: str, fields: dict[str, str], origin: str | None = None) -> Answer:
    sent = {"Origin": origin or server.url, "Content_Type": FORM, "Cookie": cookie}
    return ask(server, path, method="POST", body=urlencode(fields).encode(), **sent)


def deeds(engine: Engine) -> list[tuple[str, str, str]]:
    commands = ("add_follow_up", "change_follow_up", "approve_snapshot", "withdraw_approval")
    with engine.connect() as connection:
        rows = connection.execute(select(audit).where(audit.c.command.in_(commands)).order_by(audit.c.id))
        return [(row.actor, row.command, row.subject) for row in rows]


def text_of(pdf: bytes) -> str:
    return " ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


# --- follow-ups ----------------------------------------------------------------------------------------------------------


def test_an_operator_adds_changes_and_closes_a_follow_up(engine: Engine, server: RunningServer) -> None:
    cookie = signed_in(server, "ani")
    new = {"laku": "tambah", "apa": "Ganti baterai Gusung", "siapa": "Diskominfo", "tenggat": "2026-11-30"}
    answer = post(server, FOLLOW_UPS, cookie, new)
    assert (answer.status, answer.headers["location"]) == (303, f"{FOLLOW_UPS}?kabar=tambah")
    page = lxml_html.fromstring(ask(server, f"{FOLLOW_UPS}?kabar=tambah", Cookie=cookie).text)
    assert "Baris baru disimpan." in page.text_content()
    form = {each.get("name"): each.get("value") for each in page.xpath("//form[@id='b1']/input")}
    change = {**form, "apa": "Ganti baterai Gusung", "siapa": "Tim pesisir", "tenggat": "", "status": "done"}
    assert post(server, FOLLOW_UPS, cookie, change).headers["location"].endswith("kabar=ubah")
    with engine.connect() as connection:
        (found,) = follow_ups(connection, NOW - timedelta(days=1))
    assert (found.owner, found.deadline, found.status) == ("Tim pesisir", None, FollowUpStatus.DONE)
    assert deeds(engine) == [("ani", "add_follow_up", "follow_up:1"), ("ani", "change_follow_up", "follow_up:1")]


def test_an_official_sees_the_table_without_buttons_and_is_refused(engine: Engine, server: RunningServer) -> None:
    with writing(engine) as connection:
        add_follow_up(connection, "Ganti baterai", "Diskominfo", date(2026, 11, 20), author="ani", at=NOW)
    cookie = signed_in(server, "pejabat")
    page = ask(server, FOLLOW_UPS, Cookie=cookie).text
    assert "Ganti baterai" in page
    assert "lewat tenggat" in page
    assert "<form" not in page
    assert "<button" not in page
    before = deeds(engine)
    answer = post(server, FOLLOW_UPS, cookie, {"laku": "tambah", "apa": "x", "siapa": "y", "tenggat": ""})
    assert answer.status == 403
    assert deeds(engine) == before


def test_nobody_gets_in_without_a_name_and_no_other_site_may_send_the_form(engine: Engine, server: RunningServer) -> None:
    fields = {"laku": "tambah", "apa": "x", "siapa": "y", "tenggat": ""}
    assert ask(server, FOLLOW_UPS).status == 303
    assert post(server, FOLLOW_UPS, "", fields).status == 401
    assert post(server, FOLLOW_UPS, signed_in(server, "ani"), fields, origin="https://evil.example").status == 403
    assert deeds(engine) == []


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"laku": "tambah", "apa": "", "siapa": "y", "tenggat": ""}, 400),
        ({"laku": "tambah", "apa": "x" * 301, "siapa": "y", "tenggat": ""}, 400),
        ({"laku": "tambah", "apa": "x", "siapa": "y", "tenggat": "31-12-2026"}, 400),
        ({"laku": "ubah", "nomor": "x", "versi": "1", "apa": "x", "siapa": "y", "status": "done"}, 400),
        ({"laku": "ubah", "nomor": "1", "versi": "1", "apa": "x", "siapa": "y", "status": "lost"}, 400),
        ({"laku": "ubah", "nomor": "9", "versi": "1", "apa": "x", "siapa": "y", "status": "done"}, 404),
        ({}, 400),
    ],
)
def test_what_makes_no_sense_is_said_and_not_written(
    engine: Engine, server: RunningServer, fields: dict[str, str], status: int
) -> None:
    answer = post(server, FOLLOW_UPS, signed_in(server, "ani"), fields)
    assert answer.status == status
    assert "Tidak ada yang disimpan." in answer.text
    assert deeds(engine) == []


def test_a_row_that_somebody_else_changed_is_shown_anew_and_not_overwritten(engine: Engine, server: RunningServer) -> None:
    with writing(engine) as connection:
        add_follow_up(connection, "Ganti baterai", "Diskominfo", None, author="budi", at=NOW)
        change_follow_up(connection, 1, author="budi", at=NOW, owner="Tim pesisir")
    stale = {"laku": "ubah", "nomor": "1", "versi": "1", "apa": "Ganti baterai", "siapa": "Dinas", "status": "waiting"}
    answer = post(server, FOLLOW_UPS, signed_in(server, "ani"), stale)
    assert answer.status == 409
    assert "Tim pesisir" in answer.text
    assert [actor for actor, _, _ in deeds(engine)] == ["budi", "budi"]


def test_what_somebody_typed_never_becomes_markup(engine: Engine) -> None:
    evil = '"><script>alert(1)</script>'
    with writing(engine) as connection:
        add_follow_up(connection, evil, evil, None, author="ani", at=NOW)
    from command_centre.read.snapshot_desk import SnapshotDeskQueries

    rows = SnapshotDeskQueries(engine).follow_ups(NOW, NOW.date())
    for may_change in (True, False):
        page = lxml_html.fromstring(follow_up_page(rows, words_for(Language.INDONESIAN, ZONE), may_change=may_change))
        assert not page.xpath("//script")
        assert evil in [*page.xpath("//td/text()"), *page.xpath("//input/@value")]


def test_an_open_follow_up_is_carried_to_the_next_paper_and_a_closed_one_is_not(engine: Engine, tmp_path: Path) -> None:
    with writing(engine) as connection:
        for what in ("Ganti baterai Gusung", "Pindai ulang situs"):
            add_follow_up(connection, what, "Diskominfo", None, author="ani", at=NOW)
        change_follow_up(connection, 2, author="ani", at=NOW + timedelta(days=1), status=FollowUpStatus.DONE)
    maker = snapshotter(engine, tmp_path)
    carried = {}
    for name, days in (("2026-W48", 7), ("2026-W49", 14)):
        made = maker.freeze(parse_period(name), NEXT_MONDAY_AT_SIX + timedelta(days=days))
        carried[name] = [each.what for each in made.frozen.snapshot.follow_ups]
    assert carried == {"2026-W48": ["Ganti baterai Gusung", "Pindai ulang situs"], "2026-W49": ["Ganti baterai Gusung"]}


# --- signatures ----------------------------------------------------------------------------------------------------------


def test_a_signature_takes_the_draft_mark_off_the_paper_and_leaves_the_sealed_file_as_it_was(
    engine: Engine, server: RunningServer
) -> None:
    cookie = signed_in(server, "ani")
    sealed, paper = "/cuplikan/berkas/2026-W47/1/json", "/cuplikan/berkas/2026-W47/1/pdf"
    before = ask(server, sealed, Cookie=cookie).body
    assert "DRAF OTOMATIS" in text_of(ask(server, paper, Cookie=cookie).body)
    assert post(server, APPROVALS, cookie, SIGNATURE).headers["location"].endswith("kabar=sah")
    signed = text_of(ask(server, paper, Cookie=cookie).body)
    assert "DRAF OTOMATIS" not in signed
    assert "555/12/2026" in signed
    assert "Nama Pejabat" in signed
    assert ask(server, sealed, Cookie=cookie).body == before
    assert post(server, APPROVALS, cookie, {**SIGNATURE, "laku": "batal"}).headers["location"].endswith("kabar=batal")
    assert "DRAF OTOMATIS" in text_of(ask(server, paper, Cookie=cookie).body)
    assert deeds(engine) == [
        ("ani", "approve_snapshot", "snapshot:2026-W47:r1"),
        ("ani", "withdraw_approval", "snapshot:2026-W47:r1"),
    ]


def test_an_official_cannot_sign_by_machine(engine: Engine, server: RunningServer) -> None:
    cookie = signed_in(server, "pejabat")
    assert "draf otomatis" in ask(server, APPROVALS, Cookie=cookie).text
    assert post(server, APPROVALS, cookie, SIGNATURE).status == 403
    assert deeds(engine) == []


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"periode": "2026-W01"}, 404),
        ({"revisi": "2"}, 404),
        ({"revisi": ""}, 400),
        ({"tanggal": ""}, 400),
        ({"nama": " "}, 400),
        ({"nip": "1" * 61}, 400),
        ({"laku": "batal"}, 404),
    ],
)
def test_a_signature_that_makes_no_sense_is_said_and_not_written(
    engine: Engine, server: RunningServer, change: dict[str, str], status: int
) -> None:
    answer = post(server, APPROVALS, signed_in(server, "ani"), {**SIGNATURE, **change})
    assert answer.status == status
    assert deeds(engine) == []


# --- in a browser --------------------------------------------------------------------------------------------------------


def test_the_forms_work_in_a_real_browser_without_any_script(engine: Engine, server: RunningServer) -> None:
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=EXECUTABLE, args=FLAGS)
        page = browser.new_page(java_script_enabled=False)
        page.goto(f"{server.url}/masuk?ke={FOLLOW_UPS}")
        page.fill("input[name=nama]", "ani")
        page.fill("input[name=sandi]", PASSWORD)
        page.click("button")
        page.fill(".baru input[name=apa]", "Ganti baterai Gusung")
        page.fill(".baru input[name=siapa]", "Diskominfo")
        page.click(".baru button")
        page.select_option("select[name=status]", "in_progress")
        page.click("tbody button")
        assert page.locator(".kabar").inner_text() == "Perubahan disimpan."
        browser.close()
    with engine.connect() as connection:
        (found,) = follow_ups(connection, datetime(2026, 1, 1, tzinfo=UTC))
        detail = connection.execute(select(audit.c.detail).order_by(audit.c.id.desc()).limit(1)).scalar_one()
    assert found.status is FollowUpStatus.IN_PROGRESS
    assert json.loads(detail) == {"status": {"before": "waiting", "after": "in_progress"}}
