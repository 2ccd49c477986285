"""How the walls live in a real browser: they follow the data, admit when they are old, heal by themselves, and do not leak."""

from __future__ import annotations

import os
import re
import shutil
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, CDPSession, Page, Route, expect
from sqlalchemy import Engine

from command_centre.app.clock import SystemClock
from command_centre.config.model import Wall
from command_centre.domain.reading import Reason, Source, Status
from command_centre.pipeline.batch import write_batch
from command_centre.pipeline.watchman import look_round
from command_centre.read.queries import Queries
from command_centre.storage.database import open_database, writing
from tests.support.chromium import EXECUTABLE, FLAGS, chromium
from tests.support.databases import sqlite_template
from tests.support.little_city import WITA, LittleCity, sites
from tests.support.wall_server import free_port, running_server, start_server

__all__ = ["chromium", "sqlite_template"]

pytestmark = pytest.mark.browser

WALLS = (Wall(name="ruang utama", screens=("ringkasan", "situs")),)
SOON = 5_000
"""Milliseconds in which something that happens at once has happened, on a busy machine."""

STALE_AFTER = timedelta(seconds=1)
"""Refresh interval of the tests about staleness: late after 1.5 s, hatched after 2 s, stopped after 3 s."""

COUNT_UPDATES = """window.updates = 0;
document.addEventListener('cc-kabar', (event) => { if (event.detail.kind === 'data') window.updates += 1; })"""

BANNER = ".cc-kanvas:not([hidden]) .cc-spanduk"
TITLE = f"{BANNER} .cc-spanduk-judul"
LOST = re.compile(r"Sambungan ke server terputus sejak \d\d\.\d\d\.\d\d")
STOPPED = re.compile(r"Data berhenti sejak \d\d\.\d\d\.\d\d")


@pytest.fixture
def engine(sqlite_template: Path, tmp_path: Path) -> Iterator[Engine]:
    shutil.copy(sqlite_template, tmp_path / "city.db")
    engine = open_database(f"sqlite:///{tmp_path / 'city.db'}")
    yield engine
    engine.dispose()


@pytest.fixture
def city(engine: Engine) -> LittleCity:
    city = LittleCity(engine, SystemClock(), sites(30))
    city.show_life()
    city.see()
    return city


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(viewport={"width": 1280, "height": 720})
    page = context.new_page()
    page.set_default_timeout(15_000)
    yield page
    context.close()


@contextmanager
def writing_on(city: LittleCity, every: float = 0.3) -> Iterator[None]:
    """A city that keeps being looked at while the block runs."""
    done = threading.Event()

    def keep_looking() -> None:
        while not done.wait(every):
            city.see()

    looking = threading.Thread(target=keep_looking)
    looking.start()
    try:
        yield
    finally:
        done.set()
        looking.join()


def tile(page: Page, name: str) -> Any:
    return page.locator(".st", has=page.get_by_text(name, exact=True))


def open_wall(page: Page, url: str) -> None:
    page.goto(url)
    expect(page.locator(".cc-kanvas:not([hidden]) h1")).not_to_be_empty()


def collect_garbage(devtools: CDPSession) -> None:
    devtools.send("HeapProfiler.collectGarbage")


def heap_and_nodes(page: Page, devtools: CDPSession) -> tuple[float, int]:
    collect_garbage(devtools)
    metrics = {each["name"]: each["value"] for each in devtools.send("Performance.getMetrics")["metrics"]}
    return metrics["JSHeapUsedSize"], page.evaluate("document.getElementsByTagName('*').length")


# -- following the data


def test_a_wall_follows_a_site_down_and_up_again_and_asks_nobody_else(city: LittleCity, page: Page) -> None:
    asked: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: complaints.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    with running_server(city.engine, SystemClock(), walls=WALLS) as server:
        open_wall(page, f"{server.url}/wall?name=ruang%20utama&screens=situs")
        expect(tile(page, "S7")).not_to_have_class(re.compile("k-terputus"))
        city.see("S7", status=Status.DOWN, reason=Reason.CONNECT_REFUSED)
        expect(tile(page, "S7")).to_have_class(re.compile("k-terputus"), timeout=SOON)
        expect(page.locator("h1:visible")).to_contain_text("S7")
        city.see("S7")
        expect(tile(page, "S7")).not_to_have_class(re.compile("k-terputus"), timeout=SOON)
        page.evaluate("document.fonts.ready")
        assert [url for url in asked if not url.startswith((server.url + "/", "data:", "blob:"))] == []
        assert any(url.endswith("/fonts/roboto.ttf") for url in asked)
        assert any(url.endswith("/wall/beat") for url in asked)
    assert complaints == []


def test_the_clock_is_the_citys_whatever_the_browser_believes(city: LittleCity, chromium: Browser) -> None:
    context = chromium.new_context(timezone_id="Asia/Jakarta", locale="en-US")
    page = context.new_page()
    page.add_init_script("const real = Date.now; Date.now = () => real() - 7 * 3600 * 1000")  # set wrong by seven hours
    with running_server(city.engine, SystemClock()) as server:
        open_wall(page, f"{server.url}/wall/situs")
        clock = page.locator(".cc-kanvas:not([hidden]) .cc-jam-pukul")
        expect(clock).not_to_be_empty()
        expected = [(city.clock.now() + timedelta(seconds=each)).astimezone(WITA).strftime("%H:%M:%S") for each in range(-3, 8)]
        expect(page.locator(".cc-kanvas:not([hidden]) .cc-jam-zona")).to_have_text("WITA")
        assert clock.inner_text() in expected
        expect(page.locator(".cc-kanvas:not([hidden]) .cc-data-umur")).to_have_text(re.compile(r"^\(\d dtk lalu\)$"))
    context.close()


def test_the_pulse_steps_with_answers_and_stands_still_without(city: LittleCity, page: Page) -> None:
    with running_server(city.engine, SystemClock()) as server:
        open_wall(page, f"{server.url}/wall/situs")
        position = (
            "[...document.querySelectorAll('.cc-kanvas:not([hidden]) .cc-denyut i')].findIndex(e => e.className === 'aktif')"
        )
        wait_for(page, f"{position} >= 0")
        before = page.evaluate(position)
        wait_for(page, f"{position} !== {before}")
    page.wait_for_timeout(1_500)
    silent = page.evaluate(position)
    page.wait_for_timeout(2_500)
    assert page.evaluate(position) == silent


def test_work_never_piles_up_in_a_browser_that_paints_too_slowly(city: LittleCity, page: Page) -> None:
    """While frames are held back fifty changes arrive: one apply waits, not fifty, and it applies the newest state (L5)."""
    page.add_init_script(
        "window.held = []; const real = window.requestAnimationFrame.bind(window);"
        "window.gate = false; window.requestAnimationFrame = (call) => window.gate ? held.push(call) : real(call);"
    )
    with running_server(city.engine, SystemClock(), rest_between_draws=timedelta(milliseconds=10)) as server:
        open_wall(page, f"{server.url}/wall/situs")
        page.evaluate(COUNT_UPDATES)
        page.evaluate("window.gate = true")
        for count in range(50):
            city.see("S1", seconds=1.0 + count / 10)
            wait_for(page, f"updates >= {count}")  # the one before has really arrived
        assert page.evaluate("held.length") <= 2  # one apply, and one frame that freshness.js asked for
        page.evaluate("window.gate = false; held.splice(0).forEach((call) => call(performance.now()))")
        expect(tile(page, "S1")).to_contain_text("5,9", timeout=SOON)


# -- losing contact, and finding it again


def test_a_wall_that_loses_the_server_says_so_dims_and_heals_itself(city: LittleCity, page: Page) -> None:
    port = free_port()
    first = start_server(city.engine, SystemClock(), port=port)
    open_wall(page, f"{first.url}/wall/situs")
    page.evaluate("window.isTheSamePage = true")
    first.stop()
    page.wait_for_timeout(3_000)
    expect(page.locator(BANNER)).to_be_hidden()  # three seconds are a hiccup
    expect(page.locator(TITLE)).to_have_text(LOST, timeout=15_000)
    expect(page.locator(".cc-kanvas:not([hidden])")).to_have_class(re.compile("cc-putus"))
    dimmed = "getComputedStyle(document.querySelector('.cc-kanvas:not([hidden]) .cc-layar > :not(.cc-kop)')).opacity"
    assert float(page.evaluate(dimmed)) < 0.5
    assert page.evaluate(dimmed.replace("> :not(.cc-kop)", "> .cc-kop")) == "1"
    body = page.locator(f"{BANNER} .cc-spanduk-isi")
    expect(body).to_contain_text(re.compile(r"berumur \d+ dtk"))
    attempt = int(re.findall(r"ke-(\d+)", body.inner_text())[0])
    assert attempt >= 2
    expect(page.locator(".cc-kanvas:not([hidden]) .cc-segar")).to_have_attribute("data-diam", "server tidak menjawab")
    clock = page.locator(".cc-kanvas:not([hidden]) .cc-jam-pukul")
    stood = clock.inner_text()
    expect(clock).not_to_have_text(stood)  # the clock goes on
    second = start_server(city.engine, SystemClock(), port=port)
    try:
        expect(page.locator(BANNER)).to_be_hidden(timeout=20_000)
        expect(page.locator(".cc-kanvas:not([hidden])")).not_to_have_class(re.compile("cc-putus"))
        city.see("S2", status=Status.DOWN, reason=Reason.CONNECT_REFUSED)
        expect(tile(page, "S2")).to_have_class(re.compile("k-terputus"), timeout=SOON)
        assert page.evaluate("window.isTheSamePage")  # no reload was needed
    finally:
        second.stop()


def test_a_short_outage_leaves_no_banner_and_ten_walls_do_not_return_in_step(city: LittleCity, chromium: Browser) -> None:
    port = free_port()
    first = start_server(city.engine, SystemClock(), port=port)
    contexts = [chromium.new_context() for _ in range(10)]  # one each: a browser opens six connections to a host at most
    pages = [context.new_page() for context in contexts]
    attempts = [note_attempts(page) for page in pages]
    for page in pages:
        page.goto(f"{first.url}/wall/ringkasan")
    for page in pages:
        expect(page.locator(".cc-kanvas:not([hidden]) h1")).not_to_be_empty()
    for own in attempts:
        own.clear()
    gone = time.monotonic()
    first.stop()
    pages[0].wait_for_timeout(2_000)
    second = start_server(city.engine, SystemClock(), port=port)
    try:
        for _ in range(200):
            pages[0].wait_for_timeout(50)
            if second.app.feed.clients == 10:
                break
        assert second.app.feed.clients == 10
        tries = sorted(at - gone for own in attempts for at in own)
        assert all(len(own) <= 8 for own in attempts)
        busiest = max(sum(start <= at < start + 0.1 for at in tries) for start in tries)
        assert busiest < 10, f"all walls came back together: {tries}"
        for page in pages:
            expect(page.locator(BANNER)).to_be_hidden()
    finally:
        second.stop()
        for context in contexts:
            context.close()


def note_attempts(page: Page) -> list[float]:
    """When this page asks for the live feed, from now on."""
    times: list[float] = []
    page.on("request", lambda request: times.append(time.monotonic()) if "/live/" in request.url else None)
    return times


def test_a_new_build_of_the_server_makes_walls_reload_once_it_answers(city: LittleCity, page: Page) -> None:
    port = free_port()
    page.add_init_script("Math.random = () => 0.01")  # or the jitter would take up to ten seconds of the test
    first = start_server(city.engine, SystemClock(), port=port, build="lama")
    open_wall(page, f"{first.url}/wall/situs")
    page.evaluate("window.isTheSamePage = true")
    first.stop()
    second = start_server(city.engine, SystemClock(), port=port, build="baru")
    try:
        page.wait_for_event("load")
        assert not page.evaluate("window.isTheSamePage")
        expect(page.locator(".cc-kanvas:not([hidden]) h1")).not_to_be_empty()
        page.evaluate("window.isTheSamePage = true")
        page.wait_for_timeout(2_000)
        assert page.evaluate("window.isTheSamePage")  # once, not in a circle
    finally:
        second.stop()


# -- old data from a server that answers


def test_data_that_stop_are_marked_by_their_own_age_though_the_server_answers(city: LittleCity, page: Page) -> None:
    with running_server(city.engine, SystemClock(), refresh_every=STALE_AFTER) as server:
        with writing_on(city):
            open_wall(page, f"{server.url}/wall/situs")
            page.wait_for_timeout(2_000)
            expect(page.locator(BANNER)).to_be_hidden()
            expect(page.locator(".cc-terlambat")).to_have_count(0)
        expect(page.locator(".cc-terlambat").first).to_have_attribute("data-umur", re.compile(r"^\d+ dtk$"), timeout=SOON)
        expect(page.locator(".cc-terlambat > em").first).to_be_hidden()  # the old number is not kept
        expect(page.locator(".st.cc-basi").first).to_be_visible(timeout=SOON)
        expect(page.locator(TITLE)).to_have_text(STOPPED, timeout=SOON)
        expect(page.locator(".cc-kanvas:not([hidden])")).to_have_class(re.compile("cc-putus"))
        with writing_on(city):
            expect(page.locator(BANNER)).to_be_hidden(timeout=SOON)
            expect(page.locator(".cc-basi")).to_have_count(0, timeout=SOON)


# -- turns


def with_turns_of(milliseconds: int) -> Callable[[Route], None]:
    """Serve the page with turns shorter than the server allows, or two thousand of them would take a day."""

    def shorten(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, body=re.sub(r'"every": \d+', f'"every": {milliseconds}', answer.text()))

    return shorten


def test_two_thousand_turns_leave_memory_and_page_as_they_were(city: LittleCity, page: Page) -> None:
    page.route("**/wall?**", with_turns_of(4))
    devtools = page.context.new_cdp_session(page)
    devtools.send("Performance.enable")
    page.add_init_script(
        "window.turns = 0; document.addEventListener('DOMContentLoaded', () => new MutationObserver((all) => {"
        " window.turns += all.filter((each) => each.target.matches('.cc-kanvas') && !each.target.hidden).length;"
        "}).observe(document.body, {attributes: true, attributeFilter: ['hidden'], subtree: true}))"
    )
    with running_server(city.engine, SystemClock()) as server:
        open_wall(page, f"{server.url}/wall?screens=ringkasan,situs")
        wait_for(page, "turns > 20")
        heap, nodes = heap_and_nodes(page, devtools)
        begun = page.evaluate("turns")
        wait_for(page, f"turns > {begun} + 2000", seconds=120)
        heap_after, nodes_after = heap_and_nodes(page, devtools)
    assert nodes_after < nodes * 1.02, f"{nodes} nodes became {nodes_after}"  # an age or a banner may have come meanwhile
    assert heap_after < heap * 1.10


def test_a_new_critical_incident_takes_the_screen_and_keeps_it(city: LittleCity, page: Page) -> None:
    page.route("**/wall?**", with_turns_of(700))
    with running_server(city.engine, SystemClock()) as server:
        open_wall(page, f"{server.url}/wall?screens=situs,ringkasan")
        shown = page.locator(".cc-kanvas:not([hidden])")
        expect(shown).to_have_attribute("data-halaman", "ringkasan")
        expect(shown).to_have_attribute("data-halaman", "situs")
        city.see("sendiri:sambungan", status=Status.DOWN, reason=Reason.OWN_UPLINK, source=Source.SELF, seconds=None)
        expect(shown).to_have_attribute("data-halaman", "ringkasan", timeout=SOON)
        page.wait_for_timeout(2_500)
        expect(shown).to_have_attribute("data-halaman", "ringkasan")


# -- memory


def test_two_thousand_updates_leave_memory_and_page_as_they_were(city: LittleCity, page: Page) -> None:
    """The twenty thousand of a long night are in the benchmarks; these are enough to see a leak of 100 bytes an update."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("Performance.enable")
    with running_server(city.engine, SystemClock(), rest_between_draws=timedelta(milliseconds=1)) as server:
        open_wall(page, f"{server.url}/wall/situs")
        page.evaluate(COUNT_UPDATES)
        update_until(city, page, 300)
        heap, nodes = heap_and_nodes(page, devtools)
        update_until(city, page, 2_300)
        heap_after, nodes_after = heap_and_nodes(page, devtools)
    assert nodes_after == nodes
    assert heap_after < heap * 1.10


def update_until(city: LittleCity, page: Page, wanted: int) -> None:
    """Let sites change until the page has heard of it that often; the last look of each leaves all of them well."""
    for turn in range(20 * wanted):
        status, reason = (Status.DOWN, Reason.CONNECT_REFUSED) if turn % 3 == 0 else (Status.UP, Reason.OK)
        city.see(f"S{turn % 30}", f"S{(turn + 7) % 30}", status=status, reason=reason, seconds=turn % 40 / 10)
        if turn % 50 == 49 and page.evaluate("updates") >= wanted:
            break
    else:
        raise AssertionError(f"only {page.evaluate('updates')} of {wanted} updates reached the page")
    city.see()
    wait_for(page, "document.querySelectorAll('.st.k-terputus').length === 0")


# -- the server knows its walls


def test_a_frozen_wall_is_an_incident_until_it_moves_again(city: LittleCity, chromium: Browser) -> None:
    patience = timedelta(seconds=4)

    def wall_incidents() -> list[str]:
        with writing(city.engine) as connection:
            said = look_round(connection, city.clock.now(), city.rulebook, patience)
            write_batch(connection, said, city.rulebook, city.clock.now())
        queries = Queries(city.engine, WITA, city.clock)
        return [each.target for each in queries.summary().incidents if each.reason is Reason.WALL_SILENT]

    own_browser = chromium.browser_type.launch(executable_path=str(EXECUTABLE), headless=True, args=list(FLAGS))
    page = own_browser.new_page(viewport={"width": 1280, "height": 720})
    with running_server(city.engine, SystemClock(), walls=WALLS, beat_every=timedelta(seconds=1)) as server:
        open_wall(page, f"{server.url}/wall?name=ruang%20utama&screens=situs")
        renderers = renderer_processes(own_browser)
        wait_until(lambda: [each.page for each in Queries(city.engine, WITA, city.clock).wall_status()] == ["situs"])
        row = Queries(city.engine, WITA, city.clock).wall_status()[0]
        assert (row.width, row.height) == (1280, 720)
        assert row.dom_nodes is not None
        assert row.dom_nodes > 100
        assert wall_incidents() == []
        with stopped(renderers):
            wait_until(lambda: wall_incidents() == ["sendiri:layar:ruang utama"])
        wait_until(lambda: wall_incidents() == [])
        own_browser.close()


def renderer_processes(browser: Browser) -> list[int]:
    told = browser.new_browser_cdp_session().send("SystemInfo.getProcessInfo")
    return [each["id"] for each in told["processInfo"] if each["type"] == "renderer"]


@contextmanager
def stopped(processes: list[int]) -> Iterator[None]:
    """These processes stand still inside the block, like a wall PC that hangs."""
    assert processes
    for process in processes:
        os.kill(process, signal.SIGSTOP)
    try:
        yield
    finally:
        for process in processes:
            os.kill(process, signal.SIGCONT)


def test_a_wall_that_is_closed_on_purpose_says_so(city: LittleCity, page: Page) -> None:
    with running_server(city.engine, SystemClock(), walls=WALLS, beat_every=timedelta(seconds=1)) as server:
        open_wall(page, f"{server.url}/wall?name=ruang%20utama&screens=situs")
        queries = Queries(city.engine, WITA, city.clock)
        wait_until(lambda: [each.is_closed for each in queries.wall_status()] == [False])
        page.goto("about:blank")
        wait_until(lambda: [each.is_closed for each in queries.wall_status()] == [True])


def wait_until(is_so: Callable[[], bool], seconds: float = 15) -> None:
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, f"not within {seconds} seconds"
        time.sleep(0.2)


def wait_for(page: Page, expression: str, seconds: float = 15) -> None:
    """Ask the page from outside until it says yes: the pages' own policy forbids Playwright's way, which needs eval."""
    deadline = time.monotonic() + seconds
    while not page.evaluate(expression):
        assert time.monotonic() < deadline, f"not within {seconds} seconds: {expression}"
        page.wait_for_timeout(20)
