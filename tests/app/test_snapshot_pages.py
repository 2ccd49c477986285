"""The archive of snapshots over HTTP."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import sync_playwright
from pypdf import PdfReader
from sqlalchemy import Engine

from command_centre.app.serving import WholePath
from command_centre.app.snapshot_pages import snapshot_pages
from command_centre.storage.database import migrate, open_database
from command_centre.storage.snapshot_file import check
from layouts.wording import Language, words_for
from tests.support.chromium import EXECUTABLE, FLAGS
from tests.support.clock import FrozenClock
from tests.support.hand_week import NEXT_MONDAY_AT_SIX, WEEK, ZONE, fill, snapshotter
from tests.support.wall_server import RunningServer, ask, running_server


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """A city with the week by hand, frozen."""
    folder = tmp_path_factory.mktemp("archive")
    engine: Engine = open_database(f"sqlite:///{folder / 'city.db'}")
    migrate(engine)
    fill(engine)
    snapshotter(engine, folder).freeze(WEEK, NEXT_MONDAY_AT_SIX)
    pages = snapshot_pages(engine, words_for(Language.INDONESIAN, ZONE), WholePath)
    with running_server(engine, FrozenClock(NEXT_MONDAY_AT_SIX + timedelta(hours=1)), more=pages) as running:
        yield running
    engine.dispose()


def callback(server: RunningServer, output: str, prop: str, *inputs: tuple[str, str, str | None]) -> str:
    body = {
        "output": f"{output}.{prop}",
        "outputs": {"id": output, "property": prop},
        "inputs": [{"id": name, "property": what, "value": value} for name, what, value in inputs],
        "changedPropIds": [f"{inputs[0][0]}.{inputs[0][1]}"],
    }
    answer = ask(
        server, "/cuplikan/_dash-update-component", method="POST", body=json.dumps(body).encode(), content_type="application/json"
    )
    assert answer.status == 200, answer.text
    return json.dumps(json.loads(answer.text), ensure_ascii=False)


@pytest.mark.parametrize("path", ["/cuplikan/", "/cuplikan/2026-W47"])
def test_the_archive_opens_with_everything_from_here(server: RunningServer, path: str) -> None:
    answer = ask(server, path)
    assert answer.status == 200
    assert "http://" not in answer.text.replace("http://www.w3.org", "")
    assert "https://" not in answer.text


def test_the_address_without_a_slash_leads_to_the_archive(server: RunningServer) -> None:
    answer = ask(server, "/cuplikan")
    assert (answer.status, answer.headers["location"]) == (307, "/cuplikan/")


def test_the_list_shows_the_week_with_its_numbers_and_files(server: RunningServer) -> None:
    shown = callback(server, "cuplikan-daftar", "children", ("cuplikan-alamat", "pathname", "/cuplikan/"))
    assert "Cuplikan minggu ke-47/2026" in shown
    assert "78,32" in shown
    assert "/cuplikan/berkas/2026-W47/1/pdf" in shown


def test_a_week_is_shown_with_what_is_on_its_paper(server: RunningServer) -> None:
    shown = callback(server, "cuplikan-periode", "children", ("cuplikan-alamat", "pathname", "/cuplikan/2026-W47"))
    assert "27.320 / 37.980 menit" in shown
    assert "gangguan-6" in shown


@pytest.mark.browser
def test_a_person_opens_a_week_and_compares_two_in_a_real_browser(server: RunningServer) -> None:
    """Nothing is asked of another machine, nothing is complained about, and the anchors of the evidence are there."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(EXECUTABLE), headless=True, args=list(FLAGS))
        page = browser.new_page(viewport={"width": 390, "height": 844})
        asked: list[str] = []
        faults: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.goto(f"{server.url}/cuplikan/2026-W47")
        page.locator("text=27.320 / 37.980 menit").wait_for()
        assert page.locator("#gangguan-6").count() == 1
        page.goto(f"{server.url}/cuplikan/")
        page.locator("#cuplikan-pertama option[value='2026-W47']").wait_for(state="attached")
        page.select_option("#cuplikan-pertama", "2026-W47")
        page.select_option("#cuplikan-kedua", "2026-W47")
        page.locator("#cuplikan-banding td >> text=78,32").first.wait_for()
        browser.close()
    assert faults == []
    assert [url for url in asked if not url.startswith((server.url, "data:"))] == []


def test_a_week_that_is_not_frozen_is_no_error(server: RunningServer) -> None:
    shown = callback(server, "cuplikan-periode", "children", ("cuplikan-alamat", "pathname", "/cuplikan/2031-W01"))
    assert "belum dibekukan" in shown


def test_files_are_what_they_say(server: RunningServer) -> None:
    answers = {form: ask(server, f"/cuplikan/berkas/2026-W47/1/{form}") for form in ("pdf", "png", "html", "xlsx", "json")}
    assert {each.status for each in answers.values()} == {200}
    assert len(PdfReader(io.BytesIO(answers["pdf"].body)).pages) == 2
    assert answers["png"].body.startswith(b"\x89PNG")
    assert answers["html"].text.startswith("<!doctype html>")
    assert answers["xlsx"].body.startswith(b"PK")
    assert check(json.loads(answers["json"].body)) == ()


def test_a_file_is_the_same_whenever_it_is_asked_for(server: RunningServer) -> None:
    first, second = (ask(server, "/cuplikan/berkas/2026-W47/1/pdf").body for _ in range(2))
    assert first == second


@pytest.mark.parametrize("path", ["2026-W47/2/pdf", "2026-W46/1/pdf", "2026-W47/1/exe", "..%2F..%2Fetc/1/pdf"])
def test_what_is_not_there_is_not_found(server: RunningServer, path: str) -> None:
    assert ask(server, f"/cuplikan/berkas/{path}").status == 404


def test_two_periods_are_compared(server: RunningServer) -> None:
    shown = callback(
        server, "cuplikan-banding", "children", ("cuplikan-pertama", "value", "2026-W47"), ("cuplikan-kedua", "value", "2026-W47")
    )
    assert "78,32" in shown
