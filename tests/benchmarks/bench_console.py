"""The console at 10,000 targets: first paint, an act until another browser shows it, a chart of 30 days, a page of the register.

    python -m tests.benchmarks.bench_console [--targets 10000] [--incidents 300] [--acts 20] [--sessions 50]

Prints figures and ratios, asserts no clock. The floor of the first paint is the form of signing in: a page without Dash from the
same server in the same browser.
"""

from __future__ import annotations

import argparse
import http.client
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from statistics import median
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright
from sqlalchemy import Engine, insert, select

from command_centre.app.clock import SystemClock
from command_centre.commands import Actor, Commands
from command_centre.domain.incident import IncidentId
from command_centre.domain.target import TargetKey
from command_centre.read.incidents import Asked, IncidentQueries
from command_centre.read.register import RegisterQueries
from command_centre.read.target_past import Reach, TargetPasts
from command_centre.storage.database import migrate, open_database, writing
from command_centre.storage.tables import metric, rollup, series, target
from command_centre.storage.times import to_ms
from layouts.console import past_figures
from layouts.wording import Language, words_for
from tests.support.chromium import EXECUTABLE, FLAGS
from tests.support.console_desk import ACCESS, add_people, console, open_incident, session_of
from tests.support.little_city import WITA, LittleCity, site
from tests.support.wall_server import HOST, RunningServer, running_server

HOUR_MS = 3_600_000


def main() -> None:
    options = _options()
    with tempfile.TemporaryDirectory(prefix="cc-bench-") as folder:
        engine = open_database(f"sqlite:///{Path(folder) / 'city.db'}")
        migrate(engine)
        stories = _city(engine, options.targets, options.incidents)
        _measure_questions(engine)
        clock = SystemClock()
        with (
            running_server(engine, clock, access=ACCESS, console=console(engine, clock)) as server,
            sync_playwright() as playwright,
        ):
            browser = playwright.chromium.launch(executable_path=str(EXECUTABLE), headless=True, args=list(FLAGS))
            with _listeners(server, engine, options.sessions):
                _measure_first_paint(browser, server, engine)
                _measure_acts(browser, server, engine, stories[: options.acts])
            browser.close()
        engine.dispose()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--targets", type=int, default=10_000)
    parser.add_argument("--incidents", type=int, default=300)
    parser.add_argument("--acts", type=int, default=20)
    parser.add_argument("--sessions", type=int, default=50)
    return parser.parse_args()


def _city(engine: Engine, targets: int, incidents: int) -> list[IncidentId]:
    clock = SystemClock()
    register = [site(f"S{number}", address=f"https://s{number}.go.id/") for number in range(targets)]
    city = LittleCity(engine, clock, register)
    now = clock.now()
    city.see(at=now - timedelta(seconds=5))
    add_people(engine, now)
    _give_a_month(engine, register[0].key)
    return [open_incident(engine, each, now - timedelta(minutes=number % 90)) for number, each in enumerate(register[:incidents])]


def _give_a_month(engine: Engine, key: TargetKey) -> None:
    """Hourly rollups of one target over thirty days."""
    now = to_ms(SystemClock().now()) // HOUR_MS * HOUR_MS
    with writing(engine) as connection:
        number = connection.execute(select(target.c.id).where(target.c.key == key)).scalar_one()
        wanted = select(series.c.id).join(metric, metric.c.id == series.c.metric_id)
        mine = connection.execute(wanted.where(series.c.target_id == number, metric.c.name == "total_seconds")).scalar()
        if mine is None:
            metric_id = connection.execute(select(metric.c.id).where(metric.c.name == "total_seconds")).scalar_one()
            added = insert(series).values(target_id=number, metric_id=metric_id).returning(series.c.id)
            mine = connection.execute(added).scalar_one()
        rows = [
            {
                "resolution_seconds": 3600,
                "series_id": mine,
                "bucket": now - back * HOUR_MS,
                "count": 60,
                "total": 24.0,
                "low": 0.3,
                "high": 0.9,
            }
            for back in range(720)
        ]
        connection.execute(insert(rollup), rows)


def _measure_questions(engine: Engine) -> None:
    clock, words = SystemClock(), words_for(Language.INDONESIAN, WITA)
    incidents, register, pasts = (
        IncidentQueries(engine, WITA, clock),
        RegisterQueries(engine, clock),
        TargetPasts(engine, WITA, clock),
    )

    def month() -> object:
        past = pasts.reaching(TargetKey("situs:s0"), Reach.MONTH)
        assert past is not None
        return past_figures.line(past, past.lines[0].metric, words, "gelap")

    _print("list of incidents, asked", _times(lambda: incidents.incidents(Asked(), "aminah")))
    _print("a page of the register, worst first", _times(lambda: register.page(Asked(), 0, 100, "status", descending=False)))
    _print("chart of 30 days, asked and drawn", _times(month))
    _print("quality of the register", _times(register.flaws, times=5))


def _times(do: Callable[[], object], times: int = 20) -> list[float]:
    found = []
    for _ in range(times):
        begun = time.perf_counter()
        do()
        found.append(time.perf_counter() - begun)
    return found


def _print(what: str, seconds: list[float]) -> None:
    ordered = sorted(seconds)
    print(
        f"{what:<44} median {1000 * median(ordered):7.0f} ms   worst of {len(ordered)}: {1000 * ordered[-1]:7.0f} ms", flush=True
    )


@contextmanager
def _listeners(server: RunningServer, engine: Engine, count: int) -> Iterator[None]:
    """Other sessions: each holds the stream of news open and reads it."""
    session = session_of(engine, "pejabat", SystemClock().now())
    ending = threading.Event()

    def listen() -> None:
        link = http.client.HTTPConnection(HOST, server.port, timeout=5)
        link.request("GET", "/konsol/siaran", headers={"Cookie": f"cc_sesi={session}"})
        answer = link.getresponse()
        while not ending.is_set() and answer.readline():
            pass
        link.close()

    threads = [threading.Thread(target=listen, daemon=True) for _ in range(count)]
    for each in threads:
        each.start()
    yield
    ending.set()
    for each in threads:
        each.join(timeout=5)


def _page(browser: Browser, server: RunningServer, engine: Engine, name: str) -> Page:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    context.add_cookies([{"name": "cc_sesi", "value": session_of(engine, name, SystemClock().now()), "url": server.url}])
    return context.new_page()


def _measure_first_paint(browser: Browser, server: RunningServer, engine: Engine, times: int = 5) -> None:
    page = _page(browser, server, engine, "aminah")
    floor: list[float] = []
    cold: list[float] = []
    warm: list[float] = []
    for index in range(times + 1):
        begun = time.perf_counter()
        page.goto(f"{server.url}/masuk")
        page.locator("form").first.wait_for()
        floor.append(time.perf_counter() - begun)
        begun = time.perf_counter()
        page.goto(f"{server.url}/konsol")
        page.locator(".konsol .brs").first.wait_for()
        (warm if index else cold).append(time.perf_counter() - begun)
    _print("first paint of the list, nothing cached", cold)
    _print("first paint of the list", warm)
    _print("  floor: the form of signing in", floor)
    page.context.close()


SEEN_AT = """(name) => new Promise((done) => {
  const look = () => [...document.querySelectorAll('.konsol .brs.sel .o')].some((each) => each.textContent.includes(name));
  const seen = () => requestAnimationFrame(() => done(Date.now()));
  const watch = new MutationObserver(() => { if (look()) { watch.disconnect(); seen(); } });
  watch.observe(document.body, {subtree: true, childList: true, characterData: true});
})"""


def _measure_acts(browser: Browser, server: RunningServer, engine: Engine, stories: list[IncidentId]) -> None:
    """From the commit of an act to the frame in which another browser shows it."""
    commands, page = Commands(engine, SystemClock()), _page(browser, server, engine, "lestari")
    seconds: list[float] = []
    for index, story in enumerate(stories):
        name = f"petugas{index}"
        page.goto(f"{server.url}/konsol/insiden/{story}?cari={story}")
        page.locator(".konsol .brs.sel").wait_for()
        page.wait_for_timeout(500)  # the stream of news is open
        waiting: Any = page.evaluate_handle(f"() => {{ window.seenAt = ({SEEN_AT})('{name}'); return 0; }}")
        waiting.dispose()
        commands.acknowledge(story, Actor(name, "console"))
        done = time.time()
        seconds.append(page.evaluate("() => window.seenAt") / 1000 - done)
    _print("an act until another browser shows it", seconds)
    page.context.close()


if __name__ == "__main__":
    main()
