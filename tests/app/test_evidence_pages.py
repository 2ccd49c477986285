"""The evidence viewer over real HTTP: who may see and do what, nothing from a hacked page is live, judgements leave rows."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode

import pytest
from lxml import html as lxml_html
from pypdf import PdfReader
from sqlalchemy import Engine, select

from command_centre.app.evidence_pages import evidence_pages
from command_centre.domain.integrity import Body, Phase, Scan, ScanResult, View
from command_centre.pipeline.integrity import take_in
from command_centre.read.integrity import integrity
from command_centre.storage.audit import first_break
from command_centre.storage.audit_tables import audit
from command_centre.storage.database import migrate, open_database, writing
from command_centre.storage.inventory import sync_targets
from layouts.wording import Language, words_for
from tests.support.city import KOMINFO, METRICS, WITA, site
from tests.support.clock import NOON, FrozenClock
from tests.support.console_desk import ACCESS, HOSTILE, add_people, session_of
from tests.support.injections import HIDDEN, PAGE, SHA, WELL, scanned
from tests.support.wall_server import Answer, RunningServer, ask, running_server

NOW = NOON + timedelta(hours=30)
HOME, CASE = "/konsol/judol", f"/konsol/judol/{KOMINFO}"
NORMAL_PAGE = b"<html><title>Dinas</title>\n<p>Berita dinas</p>\n</html>"
EVIL = replace(HIDDEN, excerpt=f"{HOSTILE} https://slot88.example/", position=HOSTILE)


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    """A city with one injected site, one that was never scanned, and people of every role."""
    engine = open_database(f"sqlite:///{tmp_path / 'city.db'}")
    migrate(engine)
    with writing(engine) as connection:
        sync_targets(connection, [site(), site("situs:lain", name="Dinas Lain")], METRICS, NOON)
        bodies = (
            Body(View.BROWSER, "https://example.test/", "aa" * 32, NORMAL_PAGE),
            Body(View.BOT, "https://example.test/", SHA, PAGE + HOSTILE.encode()),
        )
        take_in(connection, KOMINFO, Scan(ScanResult(NOON, (EVIL,)), bodies, WELL))
    add_people(engine, NOON)
    yield engine
    engine.dispose()


@pytest.fixture
def server(engine: Engine) -> Iterator[RunningServer]:
    clock = FrozenClock(NOW)
    pages = evidence_pages(engine, clock, words_for(Language.INDONESIAN, WITA), contact="csirt@contoh.test", is_simulated=True)
    with running_server(engine, clock, access=ACCESS, more=pages) as running:
        yield running


def get(server: RunningServer, engine: Engine, name: str, path: str) -> Answer:
    return ask(server, path, Cookie=f"cc_sesi={session_of(engine, name, NOW)}")


def post(server: RunningServer, engine: Engine, name: str, **fields: str) -> Answer:
    cookie, form = f"cc_sesi={session_of(engine, name, NOW)}", "application/x-www-form-urlencoded"
    body = urlencode(fields).encode()
    return ask(server, CASE, method="POST", body=body, Cookie=cookie, Content_Type=form, Origin=server.url)


def scan_shown(page: str) -> str:
    """Which scan the forms of a page are about."""
    return str(lxml_html.fromstring(page).xpath("//input[@name='pindai']/@value")[0])


def deeds(engine: Engine) -> list[tuple[str, str, str]]:
    with engine.connect() as connection:
        assert first_break(connection) is None
        rows = connection.execute(select(audit).order_by(audit.c.id)).all()
    return [(row.actor, row.command, json.loads(row.detail).get("outcome", "")) for row in rows]


def phase(engine: Engine) -> Phase:
    return next(each.phase for each in integrity(engine, NOW).sites if each.key == KOMINFO)


def test_the_list_names_what_asks_for_somebody_first_and_counts_the_rest(server: RunningServer, engine: Engine) -> None:
    page = get(server, engine, "pejabat", HOME)
    assert page.status == 200
    assert "1 dalam alarm" in page.text
    assert "1 dari 2 situs sudah dipindai" in page.text
    assert "SIMULASI" in page.text
    assert "Bersih berarti" in page.text, "the limits are on the page"


def test_nothing_of_a_hacked_page_is_live(server: RunningServer, engine: Engine) -> None:
    page = get(server, engine, "aminah", CASE)
    tree = lxml_html.fromstring(page.text)
    assert "hxxps://s***88[.]example" in page.text
    assert not tree.xpath("//script | //img | //iframe | //*[@style] | //*[@onerror]")
    assert all(each.startswith("/") for each in tree.xpath("//@href | //@src | //@action"))
    assert "slot88" not in page.text
    assert "slot gacor" not in page.text


def test_an_operator_sees_both_views_side_by_side_with_what_only_one_was_sent(server: RunningServer, engine: Engine) -> None:
    tree = lxml_html.fromstring(get(server, engine, "aminah", CASE).text)
    columns = tree.xpath("//div[@class='sisi']/div")
    assert [each.xpath("string(h4)").split(" ·")[0] for each in columns] == ["peramban", "robot mesin pencari"]
    person, robot = (" ".join(each.xpath(".//ins/text()")) for each in columns)
    assert "Berita dinas" in person
    assert "hxxps://s***88[.]example" in robot
    assert "Berita dinas" not in robot


def test_an_official_sees_the_verdict_and_neither_bodies_nor_forms_nor_reports(server: RunningServer, engine: Engine) -> None:
    page = get(server, engine, "pejabat", CASE)
    tree = lxml_html.fromstring(page.text)
    assert not tree.xpath("//form | //pre")
    assert "Terindikasi" in page.text
    for form in ("txt", "pdf"):
        assert get(server, engine, "pejabat", f"{CASE}/laporan.{form}").status == 403
    assert post(server, engine, "pejabat", tindakan="confirm", catatan="x", pindai="1").status == 403
    assert deeds(engine) == []


@pytest.mark.parametrize("path", [HOME, CASE, f"{CASE}/laporan.txt"])
def test_nobody_sees_anything_without_signing_in(server: RunningServer, path: str) -> None:
    assert ask(server, path).status in (303, 307, 401)


def test_a_confirmation_is_recorded_once_and_changes_the_state(server: RunningServer, engine: Engine) -> None:
    seen = scan_shown(get(server, engine, "aminah", CASE).text)
    answer = post(server, engine, "aminah", tindakan="confirm", catatan="dilihat di sumber halaman", pindai=seen)
    assert (answer.status, answer.headers["location"]) == (303, f"{CASE}?kabar=done")
    assert phase(engine) is Phase.CONFIRMED
    assert (
        post(server, engine, "lestari", tindakan="confirm", catatan="saya juga", pindai=seen)
        .headers["location"]
        .endswith("already")
    )
    assert deeds(engine) == [("aminah", "confirm_injection", "done"), ("lestari", "confirm_injection", "already")]
    page = get(server, engine, "aminah", f"{CASE}?kabar=done").text
    assert "Penilaian tercatat" in page
    assert "aminah: dilihat di sumber halaman" in page


def test_a_false_alarm_needs_a_reason_and_an_end_and_is_then_shown_as_an_exception(server: RunningServer, engine: Engine) -> None:
    seen = scan_shown(get(server, engine, "aminah", CASE).text)
    for fields in ({"catatan": " ", "hari": "30"}, {"catatan": "arsip", "hari": "181"}, {"catatan": "arsip", "hari": "-1"}):
        refused = post(server, engine, "aminah", tindakan="dismiss", pindai=seen, **fields)
        assert refused.status == 400
        assert "Tidak dicatat" in refused.text
    assert phase(engine) is Phase.INDICATED
    assert post(server, engine, "aminah", tindakan="dismiss", catatan="arsip pers", hari="30", pindai=seen).status == 303
    assert phase(engine) is Phase.CLEAN
    assert "arsip pers (aminah, sampai" in get(server, engine, "aminah", CASE).text
    assert deeds(engine) == [("aminah", "dismiss_findings", "done")]


def test_a_judgement_about_evidence_that_is_no_longer_the_newest_does_not_count(server: RunningServer, engine: Engine) -> None:
    seen = scan_shown(get(server, engine, "aminah", CASE).text)
    scanned(engine, 1, replace(HIDDEN, position="header > p"))
    answer = post(server, engine, "aminah", tindakan="dismiss", catatan="arsip", hari="30", pindai=seen)
    assert answer.headers["location"].endswith("kabar=too_late")
    assert "ada pemindaian baru" in get(server, engine, "aminah", f"{CASE}?kabar=too_late").text
    assert phase(engine) is Phase.INDICATED
    assert deeds(engine) == [("aminah", "dismiss_findings", "too_late")]


@pytest.mark.parametrize(
    ("fields", "status"), [({"tindakan": "hapus"}, 400), ({}, 400), ({"tindakan": "confirm", "catatan": "x" * 9000}, 400)]
)
def test_a_form_that_makes_no_sense_is_refused(
    server: RunningServer, engine: Engine, fields: dict[str, str], status: int
) -> None:
    assert post(server, engine, "aminah", **fields).status == status
    assert deeds(engine) == []


def test_the_report_has_the_four_mandatory_fields_as_text_and_as_pdf(server: RunningServer, engine: Engine) -> None:
    text = get(server, engine, "aminah", f"{CASE}/laporan.txt")
    pdf = get(server, engine, "aminah", f"{CASE}/laporan.pdf")
    printed = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf.body)).pages)
    assert (text.headers["content-type"], pdf.headers["content-type"]) == ("text/plain; charset=utf-8", "application/pdf")
    for heading in ("Kontak", "Deskripsi insiden", "Kronologi", "Dampak"):
        assert heading.upper() in text.text
        assert heading in printed
    assert "csirt@contoh.test" in text.text
    assert SHA in text.text
    assert "slot88" not in text.text + printed
    assert "SIMULASI" in text.text
    assert "1×24 jam: " in text.text
    assert "LEWAT" in text.text, "thirty hours have passed"
    assert [each[1] for each in deeds(engine)] == ["export_report", "export_report"]


@pytest.mark.parametrize(
    "path", [f"{HOME}/situs:hilang", f"{HOME}/situs:lain", f"{HOME}/situs:lain/laporan.txt", f"{CASE}/laporan.exe"]
)
def test_what_was_never_scanned_or_made_is_not_found(server: RunningServer, engine: Engine, path: str) -> None:
    assert get(server, engine, "aminah", path).status == 404


def test_the_viewer_speaks_english_where_asked(server: RunningServer, engine: Engine) -> None:
    page = get(server, engine, "aminah", f"{CASE}?lang=en").text
    assert "What this watch cannot see" in page
    assert 'lang="en"' in page
