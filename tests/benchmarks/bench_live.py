"""The live path: commit to pixel with twenty walls, what it costs the server, memory over a long night, time of the wall's query.

    python -m tests.benchmarks.bench_live [--pages 20] [--seconds 30] [--updates 20000]

Prints figures and ratios, asserts no clock. The peer is a plain ``dcc.Interval`` page of Dash (one second) that shows the same
number, with the same twenty browsers in the same run.
"""

from __future__ import annotations

import argparse
import math
import multiprocessing
import os
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from dash import Dash, Input, Output, dcc, html
from fastapi import FastAPI
from playwright.sync_api import Browser, Page, sync_playwright
from sqlalchemy import Engine

from command_centre.app.clock import SystemClock
from command_centre.app.serving import create_app, serve
from command_centre.domain.reading import Reading, Reason, Status
from command_centre.domain.target import TargetKey, TargetKind
from command_centre.pipeline.batch import write_batch
from command_centre.read.queries import Queries
from command_centre.read.watching import watch
from command_centre.storage.database import migrate, open_database, writing
from layouts.wording import Language, words_for
from tests.support.chromium import EXECUTABLE, FLAGS
from tests.support.little_city import WITA, LittleCity, site, sites
from tests.support.wall_server import HOST, KELURAHAN, free_port

SITES, HOTSPOTS = 120, 720
COMMITS_PER_SECOND = 2.0  # 120 sites, each looked at once a minute
TICK = os.sysconf("SC_CLK_TCK")

NOTE_PIXELS = """(marker) => {
  window.seen = {};
  const look = () => {
    const text = document.querySelector(marker)?.textContent;
    const note = () => { window.seen[text] ??= Date.now(); };
    if (text && !(text in window.seen)) requestAnimationFrame(() => requestAnimationFrame(note));
  };
  new MutationObserver(look).observe(document.body, {subtree: true, childList: true, characterData: true});
}"""
"""When each text of the marked element was on the glass: two frames after the change."""

COUNT_UPDATES = """() => {
  window.updates = 0;
  document.addEventListener('cc-kabar', (event) => { if (event.detail.kind === 'data') window.updates += 1; });
}"""


def main() -> None:
    options = _options()
    with tempfile.TemporaryDirectory(prefix="cc-bench-") as folder:
        url = f"sqlite:///{Path(folder) / 'city.db'}"
        engine = open_database(url)
        migrate(engine)
        city = LittleCity(engine, SystemClock(), (*sites(SITES, every=EVERY), *_hotspots()))
        city.show_life()
        _give_a_past(city)
        _measure_queries(engine)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=str(EXECUTABLE), headless=True, args=list(FLAGS))
            ours = _measure_walls(browser, city, url, options.pages, options.seconds)
            peer = _measure_interval(browser, options.pages, options.seconds)
            _compare(ours, peer)
            _measure_memory(browser, city, url, options.updates)
            browser.close()
        engine.dispose()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--pages", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--updates", type=int, default=20_000)
    return parser.parse_args()


EVERY = timedelta(minutes=10)
"""So that looks a quarter of an hour apart vouch for the time between them: a day in few spans, as in a watched city."""


def _hotspots() -> Iterator[Any]:
    return (site(f"W{number}", kind=TargetKind.HOTSPOT, group=f"Wi-Fi {number % 15}", every=EVERY) for number in range(HOTSPOTS))


def _give_a_past(city: LittleCity) -> None:
    """A day of history: every target looked at each quarter of an hour, some of them down for a while."""
    now = datetime.now(UTC)
    for back in range(96, -1, -1):
        at = now - timedelta(minutes=15 * back)
        looks = [_look(each.key, at, is_down=(number + back) % 37 == 0) for number, each in enumerate(city.register)]
        with writing(city.engine) as connection:
            write_batch(connection, looks, city.rulebook, now)


def _look(key: TargetKey, at: datetime, *, is_down: bool) -> Reading:
    status, reason = (Status.DOWN, Reason.CONNECT_TIMEOUT) if is_down else (Status.UP, Reason.OK)
    return Reading(key, at, status, reason)


def _measure_queries(engine: Engine) -> None:
    queries = Queries(engine, WITA, SystemClock(), kelurahan=KELURAHAN)
    print(f"queries at {SITES} sites + {HOTSPOTS} hotspots with a day of history")
    for name, question in (("sites", queries.sites), ("summary", queries.summary)):
        first, times = _timed(question, 1)[0], _timed(question, 200)
        print(f"  {name:8} p50 {_ms(_quantile(times, 0.5))}  p99 {_ms(_quantile(times, 0.99))}  first of a minute {_ms(first)}")
    looking = watch(engine)
    times = _timed(looking.look, 2000)
    looking.close()
    print(f"  look for news p50 {_quantile(times, 0.5) * 1000:.3f} ms")


def _timed(question: Callable[[], object], count: int) -> list[float]:
    times = []
    for _ in range(count):
        begun = time.perf_counter()
        question()
        times.append(time.perf_counter() - begun)
    return times


class Result:
    """What one way of feeding twenty browsers came to."""

    def __init__(self, name: str, delays: Sequence[float], expected: int, cpu_share: float) -> None:
        self.name, self.cpu_share = name, cpu_share
        self.p50, self.p99 = _quantile(delays, 0.5), _quantile(delays, 0.99)
        print(f"{name}: commit to pixel p50 {_ms(self.p50)}  p99 {_ms(self.p99)}  ({len(delays)} of {expected} seen)")
        print(f"  server {100 * cpu_share:.1f} % of one core")


def _compare(ours: Result, peer: Result) -> None:
    ratios = {"p50": ours.p50 / peer.p50, "p99": ours.p99 / peer.p99, "cpu": ours.cpu_share / peer.cpu_share}
    print(f"ratio ours / {peer.name}: " + "  ".join(f"{name} {ratio:.2f}" for name, ratio in ratios.items()))


def _measure_walls(browser: Browser, city: LittleCity, url: str, count: int, seconds: float) -> Result:
    with _process(_serve_walls, url) as (base, process), _pages(browser, f"{base}/wall/situs", count) as pages:
        for page in pages:
            page.evaluate(f"({NOTE_PIXELS})('.st em')")
        key = _key_of(pages[0].locator(".st span").first.inner_text())
        commits: dict[str, float] = {}

        def commit(turn: int) -> None:
            value = 100 + turn / 10  # nobody else has such a number
            city.see(key, seconds=value)
            commits[f"{value:.1f}".replace(".", ",")] = time.time()

        cpu = _while_committing(pages, process, seconds, commit)
        delays = _delays(pages, commits)
    return Result(f"{count} walls by the live feed", delays, count * len(commits), cpu)


def _key_of(short_name: str) -> TargetKey:
    return TargetKey(f"situs:{short_name.lower()}")


def _measure_interval(browser: Browser, count: int, seconds: float) -> Result:
    with tempfile.TemporaryDirectory(prefix="cc-bench-") as folder:
        file = Path(folder) / "number"
        file.write_text("0")
        with _process(_serve_interval, str(file)) as (base, process), _pages(browser, f"{base}/", count) as pages:
            for page in pages:
                page.evaluate(f"({NOTE_PIXELS})('#number')")
            commits: dict[str, float] = {}

            def commit(turn: int) -> None:
                file.write_text(f"n{turn}")
                commits[f"n{turn}"] = time.time()

            cpu = _while_committing(pages, process, seconds, commit)
            delays = _delays(pages, commits)
    return Result("dcc.Interval", delays, count * len(commits), cpu)


def _while_committing(pages: Sequence[Page], process: BaseProcess, seconds: float, commit: Callable[[int], None]) -> float:
    """Commit at the city's pace; the server's share of one core meanwhile."""
    stop = threading.Event()

    def keep_committing() -> None:
        turn = 0
        while not stop.wait(1 / COMMITS_PER_SECOND):
            turn += 1
            commit(turn)

    before, begun = _cpu_seconds(process), time.monotonic()
    committing = threading.Thread(target=keep_committing)
    committing.start()
    time.sleep(seconds)
    stop.set()
    committing.join()
    share = (_cpu_seconds(process) - before) / (time.monotonic() - begun)
    pages[0].wait_for_timeout(2_000)
    return share


def _delays(pages: Sequence[Page], commits: dict[str, float]) -> list[float]:
    """Per page and commit: until it, or a newer one drawn together with it, was on the glass."""
    delays = []
    order = list(commits)
    for page in pages:
        seen: dict[str, int] = page.evaluate("window.seen")
        shown_by = math.inf
        for text in reversed(order):
            shown_by = min(shown_by, seen.get(text, math.inf))
            delays.append(shown_by / 1000 - commits[text])
    return [each for each in delays if each < math.inf]


def _measure_memory(browser: Browser, city: LittleCity, url: str, updates: int) -> None:
    with _process(_serve_fast_walls, url) as (base, _), _pages(browser, f"{base}/wall?screens=situs,ringkasan", 1) as pages:
        page = pages[0]
        devtools = page.context.new_cdp_session(page)
        page.evaluate(COUNT_UPDATES)
        print("memory of one wall over many updates (after forced collection)")
        turn, first = 0, 0.0
        for wanted in [updates // 20, *(updates * part // 4 for part in range(1, 5))]:
            while page.evaluate("window.updates") < wanted:
                for _ in range(25):
                    turn += 1
                    status = Status.DOWN if turn % 5 == 0 else Status.UP
                    city.see(f"S{turn % SITES}", f"S{(turn + 9) % SITES}", status=status, seconds=turn % 50 / 10)
            city.see()
            page.wait_for_timeout(1_000)
            devtools.send("HeapProfiler.collectGarbage")
            heap = float(devtools.send("Runtime.getHeapUsage")["usedSize"])
            nodes = page.evaluate("document.getElementsByTagName('*').length")
            first = first or heap
            print(f"  {page.evaluate('window.updates'):6} updates: heap {heap / 1e6:.2f} MB (x{heap / first:.3f}), {nodes} nodes")


# -- servers in processes of their own


@contextmanager
def _process(target: Callable[[str, int], None], argument: str) -> Iterator[tuple[str, BaseProcess]]:
    port = free_port()
    process = multiprocessing.get_context("spawn").Process(target=target, args=(argument, port), daemon=True)
    process.start()
    try:
        yield f"http://{HOST}:{port}", process
    finally:
        process.terminate()
        process.join(timeout=10)


def _serve_walls(url: str, port: int) -> None:
    _serve(url, port, rest=timedelta(milliseconds=200))


def _serve_fast_walls(url: str, port: int) -> None:
    _serve(url, port, rest=timedelta(milliseconds=1))


def _serve(url: str, port: int, rest: timedelta) -> None:
    engine, clock = open_database(url), SystemClock()
    queries = Queries(engine, WITA, clock, kelurahan=KELURAHAN, is_simulated=True)
    app = create_app(queries, engine, clock=clock, words=words_for(Language.INDONESIAN, WITA), rest_between_draws=rest)
    serve(app, HOST, port).run()


def _serve_interval(file: str, port: int) -> None:
    import uvicorn

    server = FastAPI()
    app = Dash("peer", server=server, add_log_handler=False)  # type: ignore[arg-type]  # Dash takes a FastAPI application
    app.layout = html.Div([dcc.Interval(id="tick", interval=1000), html.Div(id="number")])

    @app.callback(Output("number", "children"), Input("tick", "n_intervals"))
    def show(_: int | None) -> str:
        return Path(file).read_text()

    uvicorn.run(server, host=HOST, port=port, log_level="error")


@contextmanager
def _pages(browser: Browser, url: str, count: int) -> Iterator[list[Page]]:
    """One browser context each, as twenty machines would be."""
    contexts = [browser.new_context(viewport={"width": 1280, "height": 720}) for _ in range(count)]
    pages = [context.new_page() for context in contexts]
    try:
        for page in pages:
            _open(page, url)
        yield pages
    finally:
        for context in contexts:
            context.close()


def _open(page: Page, url: str) -> None:
    for _ in range(100):
        try:
            page.goto(url)
            break
        except Exception as trouble:
            if "ERR_CONNECTION_REFUSED" not in str(trouble):
                raise
            time.sleep(0.2)
    page.wait_for_selector("h1:visible, #number", state="attached")
    page.wait_for_timeout(500)


def _cpu_seconds(process: BaseProcess) -> float:
    fields = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def _quantile(values: Sequence[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else math.nan


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.1f} ms"


if __name__ == "__main__":
    main()
