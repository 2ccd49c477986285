"""A new critical incident in a real browser: every wall in turn goes to it, it is heard, and both end when somebody has it."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import Engine, select

from command_centre.app.clock import SystemClock
from command_centre.commands import Actor, Commands
from command_centre.config.model import Sound, Wall
from command_centre.domain.incident import IncidentId
from command_centre.domain.reading import Reason, Source, Status
from command_centre.storage.database import open_database
from command_centre.storage.tables import incident
from tests.support.chromium import EXECUTABLE, FLAGS, chromium
from tests.support.databases import sqlite_template
from tests.support.duty_desk import duty_desk, link
from tests.support.little_city import LittleCity, sites
from tests.support.wall_server import running_server

__all__ = ["chromium", "sqlite_template"]

pytestmark = pytest.mark.browser

SOON = 5_000
SECOND = 1_000
SHOWN = ".cc-kanvas:not([hidden])"
LOUD, QUIET, MUTED = "loud", "quiet", "muted"
IN_TURN: tuple[str, ...] = ("situs", "wifi", "gangguan")
WALLS = (
    Wall(name=LOUD, screens=IN_TURN, every=timedelta(seconds=5)),
    Wall(name=QUIET, screens=IN_TURN, every=timedelta(seconds=5), sound=Sound.OFF),
    Wall(name=MUTED, screens=IN_TURN, every=timedelta(seconds=5), mute=("00:00-12:00", "12:00-24:00")),
)
NOTE_SOUNDS = """window.sounds = [];
document.addEventListener('cc-bunyi', ({ detail }) => window.sounds.push(detail.tone + (detail.isSilent ? ' unheard' : '')));"""
TELL = """([id, seconds, taken]) => {
  const now = 1e12 + 1000 * seconds;
  const alarms = { open: [{ id, since: now - 5000, is_taken: taken }], cleared: [] };
  document.dispatchEvent(new CustomEvent('cc-kabar', { detail: { kind: 'data', now, asOf: {}, alarms } }));
}"""
MAY_SOUND = "--autoplay-policy=no-user-gesture-required"


@pytest.fixture
def engine(sqlite_template: Path, tmp_path: Path) -> Iterator[Engine]:
    shutil.copy(sqlite_template, tmp_path / "city.db")
    engine = open_database(f"sqlite:///{tmp_path / 'city.db'}")
    yield engine
    engine.dispose()


@pytest.fixture
def city(engine: Engine) -> LittleCity:
    city = LittleCity(engine, SystemClock(), sites(6))
    city.show_life()
    city.see()
    return city


@pytest.fixture(scope="module")
def loud_browser(chromium: Browser) -> Iterator[Browser]:
    """A browser as a wall's PC starts it: pages may be heard without having been touched."""
    browser = chromium.browser_type.launch(executable_path=str(EXECUTABLE), headless=True, args=[*FLAGS, MAY_SOUND])
    yield browser
    browser.close()


@pytest.fixture
def page(loud_browser: Browser) -> Iterator[Page]:
    yield from _page_of(loud_browser)


@pytest.fixture
def cautious_page(chromium: Browser) -> Iterator[Page]:
    """A page of a browser that wants to be touched first, as all do when nobody told them otherwise."""
    yield from _page_of(chromium)


def _page_of(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 720})
    page = context.new_page()
    page.set_default_timeout(15_000)
    page.add_init_script(NOTE_SOUNDS)
    yield page
    context.close()


def break_something_critical(city: LittleCity) -> IncidentId:
    city.see("sendiri:sambungan", status=Status.DOWN, reason=Reason.OWN_UPLINK, source=Source.SELF, seconds=None)
    with city.engine.connect() as connection:
        return IncidentId(connection.execute(select(incident.c.id).order_by(incident.c.id.desc())).scalars().first() or 0)


def heal(city: LittleCity) -> None:
    city.see("sendiri:sambungan", source=Source.SELF, seconds=None)


def shown(page: Page) -> Any:
    return page.locator(SHOWN)


def sounds(page: Page) -> list[str]:
    heard: list[str] = page.evaluate("window.sounds")
    return heard


def wait_for_sounds(page: Page, expected: list[str]) -> None:
    for _ in range(100):
        if sounds(page) == expected:
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"heard {sounds(page)}, not {expected}")


def test_a_wall_on_any_page_shows_a_new_critical_incident_within_one_refresh(city: LittleCity, page: Page) -> None:
    """L7"""
    with running_server(city.engine, SystemClock(), walls=WALLS) as server:
        page.goto(f"{server.url}/wall?name={LOUD}&every=1h")
        expect(shown(page)).to_have_attribute("data-halaman", "situs")
        break_something_critical(city)
        expect(shown(page)).to_have_attribute("data-halaman", "gangguan", timeout=SECOND)
        expect(page.locator(f"{SHOWN} .cc-gg")).to_contain_text("BELUM DITERIMA")


def test_a_wall_whose_pages_list_no_incidents_goes_to_one_that_does_and_comes_back(city: LittleCity, page: Page) -> None:
    """L7"""
    with running_server(city.engine, SystemClock(), walls=WALLS) as server:
        page.goto(f"{server.url}/wall?name={LOUD}&screens=situs,wifi&every=5s")
        expect(shown(page)).to_have_attribute("data-halaman", "situs")
        story = break_something_critical(city)
        expect(shown(page)).to_have_attribute("data-halaman", "gangguan", timeout=SECOND)
        Commands(city.engine, SystemClock()).acknowledge(story, Actor("Ani", "test"))
        expect(shown(page)).to_have_attribute("data-halaman", re.compile("situs|wifi"), timeout=3 * SOON)


def test_a_wall_too_far_away_for_the_list_goes_to_the_summary(city: LittleCity, page: Page) -> None:
    far = (Wall(name=LOUD, screens=("ringkasan",), viewing_distance_m=6),)
    with running_server(city.engine, SystemClock(), walls=far) as server:
        page.goto(f"{server.url}/wall?name={LOUD}&screens=ringkasan,gangguan")
        expect(shown(page)).to_have_attribute("data-halaman", "ringkasan")
        break_something_critical(city)
        expect(page.locator(f"{SHOWN} h1")).not_to_be_empty()
        expect(shown(page)).to_have_attribute("data-halaman", "ringkasan")


def test_a_page_that_somebody_chose_stays_and_is_heard(city: LittleCity, page: Page) -> None:
    with running_server(city.engine, SystemClock(), walls=WALLS) as server:
        page.goto(f"{server.url}/wall?name={LOUD}&screens=situs")
        expect(page.locator(f"{SHOWN} .cc-suara")).to_have_text("· suara nyala")
        break_something_critical(city)
        wait_for_sounds(page, ["chime"])
        expect(shown(page)).to_have_attribute("data-halaman", "situs")


def test_a_chime_for_a_new_critical_incident_and_a_falling_tone_when_it_is_over(city: LittleCity, page: Page) -> None:
    with running_server(city.engine, SystemClock(), walls=WALLS) as server:
        page.goto(f"{server.url}/wall?name={LOUD}")
        expect(page.locator(f"{SHOWN} .cc-suara")).to_have_text("· suara nyala")
        city.see("S1", status=Status.DOWN, reason=Reason.CONNECT_REFUSED)  # of less urgency: seen, never heard
        page.wait_for_timeout(1_500)
        assert sounds(page) == []
        break_something_critical(city)
        wait_for_sounds(page, ["chime"])
        heal(city)
        wait_for_sounds(page, ["chime", "fall"])


def test_it_is_heard_again_each_minute_ten_times_at_most_and_not_when_somebody_has_it(city: LittleCity, page: Page) -> None:
    """The page hears nothing from the server but what the test says, with the server's time in it."""
    with running_server(city.engine, SystemClock(), walls=WALLS) as server:
        page.route("**/live/**", lambda route: route.abort())
        page.goto(f"{server.url}/wall?name={LOUD}")
        expect(page.locator(".cc-suara").first).to_have_text("· suara nyala")
        for seconds in (0, 30, 59):
            page.evaluate(TELL, [1, seconds, False])
        assert sounds(page) == ["chime"]
        for minute in range(1, 15):
            page.evaluate(TELL, [1, 61 * minute, False])
        assert sounds(page) == ["chime"] * 10
        page.evaluate(TELL, [2, 1000, False])
        page.evaluate(TELL, [2, 1030, True])
        page.evaluate(TELL, [2, 1100, True])
        assert sounds(page) == ["chime"] * 11


def test_a_reload_does_not_begin_anew(city: LittleCity, page: Page) -> None:
    with running_server(city.engine, SystemClock(), walls=WALLS) as server:
        page.goto(f"{server.url}/wall?name={LOUD}")
        break_something_critical(city)
        wait_for_sounds(page, ["chime"])
        page.reload()
        expect(page.locator(f"{SHOWN} .cc-gg")).to_contain_text("BELUM DITERIMA")
        page.wait_for_timeout(2 * SECOND)
        assert sounds(page) == []


def test_a_wall_that_may_not_be_heard_says_so_and_stays_silent(city: LittleCity, page: Page) -> None:
    with running_server(city.engine, SystemClock(), walls=WALLS) as server:
        for name, words in ((QUIET, "· suara mati"), (MUTED, "· suara mati s.d.")):
            page.goto(f"{server.url}/wall?name={name}")
            expect(page.locator(f"{SHOWN} .cc-suara")).to_contain_text(words)
        break_something_critical(city)
        wait_for_sounds(page, ["chime unheard"])


def test_a_browser_that_forbids_sound_is_admitted_until_somebody_touches_it(city: LittleCity, cautious_page: Page) -> None:
    page = cautious_page
    with running_server(city.engine, SystemClock(), walls=WALLS) as server:
        page.goto(f"{server.url}/wall?name={LOUD}")
        expect(page.locator(f"{SHOWN} .cc-suara")).to_have_text("· suara terblokir")
        page.mouse.click(200, 200)
        expect(page.locator(f"{SHOWN} .cc-suara")).to_have_text("· suara nyala")


def test_taking_it_on_the_phone_shows_on_the_wall_within_a_second(city: LittleCity, page: Page, loud_browser: Browser) -> None:
    desk = duty_desk(city.engine, SystemClock())
    phone = loud_browser.new_context(viewport={"width": 390, "height": 844})
    with running_server(city.engine, SystemClock(), walls=WALLS, more=desk.routes()) as server:
        page.goto(f"{server.url}/wall?name={LOUD}&screens=gangguan,situs&every=1h")
        story = break_something_critical(city)
        row = page.locator(f"{SHOWN} .cc-gg li")
        expect(row).to_contain_text("BELUM DITERIMA")
        hand = phone.new_page()
        hand.goto(server.url + link(SystemClock(), story))
        hand.get_by_role("button", name="Saya tangani").click()
        expect(row).to_contain_text("diterima S. Aminah", timeout=SECOND)
        expect(row).not_to_contain_text("BELUM DITERIMA")
    phone.close()
