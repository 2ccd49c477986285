"""The console in a real browser: each role sees what it may, two operators see each other, and hostile words stay words."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import TypeAlias

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import Engine, select

from command_centre.app.clock import SystemClock
from command_centre.domain.incident import IncidentId
from command_centre.domain.reading import Reason, Status
from command_centre.domain.rule import Severity
from command_centre.storage.audit_tables import audit
from command_centre.storage.database import open_database
from command_centre.storage.tables import latest, target
from command_centre.storage.times import from_ms
from tests.support.chromium import chromium
from tests.support.console_desk import ACCESS, HOSTILE, add_people, console, keep_evidence, open_incident, session_of
from tests.support.databases import sqlite_template
from tests.support.little_city import LittleCity, site
from tests.support.wall_server import RunningServer, running_server

__all__ = ["chromium", "sqlite_template"]

pytestmark = pytest.mark.browser

DLH, DINKES, HACKED = site("Dlh"), site("Dinkes"), site("Diretas")
Enter: TypeAlias = Callable[..., Page]


@pytest.fixture
def engine(sqlite_template: Path, tmp_path: Path) -> Iterator[Engine]:
    shutil.copy(sqlite_template, tmp_path / "city.db")
    engine = open_database(f"sqlite:///{tmp_path / 'city.db'}")
    city = LittleCity(engine, SystemClock(), (DLH, DINKES, HACKED))
    now = SystemClock().now()
    for minute in range(-20, 1):
        city.see("Dinkes", "Diretas", at=now + timedelta(minutes=minute))
        city.see(
            "Dlh", at=now + timedelta(minutes=minute), status=Status.UP if minute < -5 else Status.DEGRADED, reason=Reason.SLOW
        )
    add_people(engine, now)
    yield engine
    engine.dispose()


@pytest.fixture
def story(engine: Engine) -> IncidentId:
    now = SystemClock().now()
    open_incident(engine, DINKES, now - timedelta(minutes=3))
    return open_incident(engine, DLH, now - timedelta(minutes=5), severity=Severity.CRITICAL)


@pytest.fixture
def server(engine: Engine) -> Iterator[RunningServer]:
    clock = SystemClock()
    with running_server(engine, clock, access=ACCESS, console=console(engine, clock)) as running:
        yield running


@pytest.fixture
def enter(chromium: Browser, engine: Engine, server: RunningServer) -> Iterator[Enter]:
    """Opens an address as somebody, in a browser of their own; complaints of the page fail the test."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []
    expect.set_options(timeout=20_000)  # a busy machine takes its time

    def as_somebody(name: str, address: str, width: int = 1440, height: int = 900) -> Page:
        context = chromium.new_context(viewport={"width": width, "height": height})
        contexts.append(context)
        context.add_cookies([{"name": "cc_sesi", "value": session_of(engine, name, SystemClock().now()), "url": server.url}])
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda told: complaints.append(told.text) if told.type == "error" else None)
        page.goto(server.url + address)
        return page

    yield as_somebody
    for context in contexts:
        context.close()
    expect.set_options(timeout=5_000)
    assert complaints == []


def deeds_of(engine: Engine) -> list[tuple[str, str]]:
    with engine.connect() as connection:
        return [(row.actor, row.command) for row in connection.execute(select(audit).order_by(audit.c.id))]


def button(deed: str) -> str:
    return f"[id*='\"{deed}\"']"


def test_an_official_reads_everything_and_finds_no_button(enter: Enter, engine: Engine, story: IncidentId) -> None:
    page = enter("pejabat", f"/konsol/insiden/{story}")
    expect(page.locator("h1")).to_contain_text("Dlh")
    expect(page.locator(".kr li")).to_have_count(2)
    assert page.locator(".ak").count() == 0
    assert page.locator("#konsol-catatan").count() == 0
    for key in ("a", "p", "b", "u"):
        page.keyboard.press(key)
    page.goto(page.url.partition("/konsol")[0] + "/konsol/konfigurasi")
    expect(page.locator("#konsol-lembar")).to_contain_text("Berlaku di halaman")
    assert page.locator("#konsol-muat-ulang").count() == 0
    assert deeds_of(engine) == []


def test_an_operator_acts_with_keys_and_fields_and_leaves_a_trace(enter: Enter, engine: Engine, story: IncidentId) -> None:
    page = enter("aminah", f"/konsol/insiden/{story}")
    expect(page.locator(button("terima"))).to_be_visible()
    expect(page.locator(button("batal"))).to_be_hidden()
    page.keyboard.press("a")
    expect(page.locator(".fk")).to_contain_text("aminah")
    expect(page.locator(button("terima"))).to_be_hidden()
    page.keyboard.press("d")
    page.locator("#konsol-alasan").fill("sedang dipindah")
    page.locator(button("tunda")).click()
    expect(page.locator(".liputan")).to_contain_text("sedang dipindah")
    page.keyboard.press("Escape")
    page.locator("#konsol-catatan").fill("PLN sudah dihubungi")
    page.locator("#konsol-catatan").press("Enter")
    expect(page.locator(".kr")).to_contain_text("PLN sudah dihubungi")
    expect(page.locator("#konsol-catatan")).to_have_value("")
    page.locator(".liputan button").click()
    expect(page.locator(".liputan")).to_be_empty()
    assert deeds_of(engine) == [("aminah", each) for each in ("acknowledge", "silence", "annotate", "lift")]


def test_two_operators_see_each_other_at_once(enter: Enter, story: IncidentId) -> None:
    """What one takes is taken on the other's screen, without a touch."""
    first, second = enter("aminah", f"/konsol/insiden/{story}"), enter("lestari", "/konsol")
    expect(second.locator(".brs").first).to_contain_text("belum diterima")
    expect(first.locator(button("terima"))).to_be_visible()
    second.wait_for_timeout(600)  # the stream of news is open
    first.keyboard.press("a")
    expect(first.locator(".fk")).to_contain_text("aminah")
    done = time.monotonic()
    expect(second.locator(".brs").first).to_contain_text("aminah")
    assert time.monotonic() - done < 3.0  # bench_console measures; here a busy machine may take its time


def test_filters_stand_in_the_address_and_come_back_with_it(enter: Enter, story: IncidentId) -> None:
    page = enter("pejabat", "/konsol")
    expect(page.locator(".brs")).to_have_count(2)
    page.locator("#konsol-saring-cari").fill("dinkes")
    expect(page.locator(".brs")).to_have_count(1)
    page.wait_for_url("**cari=dinkes**")
    page.locator("#konsol-saring-tingkat").select_option("critical")
    expect(page.locator(".brs")).to_have_count(0)
    page.reload()
    expect(page.locator("#konsol-saring-cari")).to_have_value("dinkes")
    expect(page.locator("#konsol-saring-tingkat")).to_have_value("critical")
    expect(page.locator(".konsol .kosong").first).to_contain_text("tidak ada", ignore_case=True)


def test_the_list_is_walked_with_two_keys(enter: Enter, story: IncidentId) -> None:
    page = enter("pejabat", "/konsol?lang=en")
    expect(page.locator(".brs")).to_have_count(2)
    page.keyboard.press("j")
    expect(page.locator(".sel")).to_contain_text("Dlh")
    page.keyboard.press("j")
    expect(page.locator(".sel")).to_contain_text("Dinkes")
    expect(page.locator(".fk")).to_contain_text("not taken")
    assert "lang=en" in page.url


def test_what_a_hacked_site_calls_itself_runs_nowhere(enter: Enter, engine: Engine) -> None:
    now = SystemClock().now()
    with engine.connect() as connection:
        newest = connection.execute(select(latest.c.at).join(target).where(target.c.key == HACKED.key)).scalar_one()
    keep_evidence(engine, HACKED, from_ms(newest), HOSTILE, {"title": HOSTILE, "links": [HOSTILE]})
    number = open_incident(engine, HACKED, now - timedelta(minutes=2), text=HOSTILE, owner=HOSTILE)
    page = enter("aminah", f"/konsol/insiden/{number}")
    expect(page.locator(".bukti")).to_contain_text("<script>")
    page.locator("#konsol-catatan").fill(HOSTILE)
    page.locator("#konsol-catatan").press("Enter")
    expect(page.locator(".kr .orang")).to_contain_text("<script>")
    expect(page.locator(".brs .o")).to_contain_text("<script>")
    page.goto(page.url.partition("/konsol")[0] + f"/konsol/target/{HACKED.key}")
    expect(page.locator(".kanan .tbl")).to_contain_text("Diretas")
    assert page.evaluate("window.__hacked") is None
    assert page.locator("img[src='x']").count() == 0


def test_the_browser_of_targets_pages_and_opens(enter: Enter, story: IncidentId) -> None:
    page = enter("aminah", "/konsol/target")
    row = page.locator(".ag-center-cols-container .ag-row").filter(has_text="Dinas Dlh")
    expect(row).to_be_visible()
    row.locator(".ag-cell").first.click()
    page.wait_for_url("**/konsol/target/situs:dlh")
    expect(page.locator(".kanan h1")).to_have_text("Dinas Dlh")
    expect(page.locator(".kanan .ringkas")).to_contain_text("Ketersediaan")
    page.get_by_text("1 jam", exact=True).click()
    page.wait_for_url("**rentang=1h**")
    page.locator("#konsol-target-uji").click()
    expect(page.locator("#konsol-target-hasil")).to_contain_text("Uji ulang diminta")


SMALL_TEXTS = """() => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), found = [];
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const box = node.parentElement;
    if (!node.textContent.trim() || box.closest('script,style') || !box.getClientRects().length) continue;
    if (parseFloat(getComputedStyle(box).fontSize) < 12) found.push(node.textContent.trim());
  }
  return found;
}"""


def test_every_page_fits_desk_and_tablet_and_nothing_is_too_small(enter: Enter, story: IncidentId) -> None:
    page = enter("admin", f"/konsol/insiden/{story}")
    root = page.url.partition("/konsol")[0]
    for address in (f"/konsol/insiden/{story}", "/konsol/target", "/konsol/mutu", "/konsol/beban"):
        page.goto(root + address)
        expect(page.locator(".konsol .kisi > *").first).to_be_visible()
        for width, height in ((1440, 900), (1366, 768), (1024, 768)):
            page.set_viewport_size({"width": width, "height": height})
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (address, width)
            assert (
                page.evaluate("Math.max(...[...document.querySelectorAll('.kd, .kanan, .lembar')].map(e => e.scrollWidth))")
                <= width
            )
        assert page.evaluate(SMALL_TEXTS) == [], address
