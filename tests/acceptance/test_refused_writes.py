"""The database takes no writes while the city is watched: looks go on, the wall says so, nothing is lost, it heals by itself.

Locked: another connection holds ``BEGIN EXCLUSIVE``. Read-only: the files are made immutable (``chattr +i``), which the kernel
refuses to everybody, also to root and to connections that are open; where that may not be set, the writer may not let files grow
(``prlimit --fsize``), which is a full disk to it.
"""

from __future__ import annotations

import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from itertools import pairwise
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from command_centre.storage.inventory import STORAGE_KEY
from tests.support.chromium import chromium
from tests.support.demo_product import DemoProduct, running_demo

__all__ = ["chromium"]

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("demo")]

EVERY_SECONDS = 2
REFUSED_SECONDS = 10.0
LONGEST_GAP_SECONDS = 8.0
"""Four turns, for a busy machine; what was lost would leave a gap as long as the refusal."""
A_COMMIT_SECONDS = 5.0
"""The time without storage begins with the transaction that failed."""
SOON = 40_000
BANNER = ".cc-kanvas:not([hidden]) .cc-spanduk-judul"
DATA_PER = ".cc-data-per:visible"


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoProduct]:
    with running_demo(tmp_path_factory.mktemp("refused"), every=f"{EVERY_SECONDS}s", with_hotspots=False) as product:
        deadline = time.monotonic() + SOON / 1000
        while "collecting:" not in product.log():
            assert time.monotonic() < deadline, "collect has not begun"
            time.sleep(0.2)
        yield product


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(viewport={"width": 1920, "height": 1080})
    yield context.new_page()
    context.close()


def database_of(demo: DemoProduct) -> Path:
    return demo.folder / "data" / "demo" / "command-centre.db"


@contextmanager
def locked(demo: DemoProduct) -> Iterator[None]:
    with closing(sqlite3.connect(database_of(demo), timeout=30, isolation_level=None)) as holder:
        holder.execute("BEGIN EXCLUSIVE")
        yield
        holder.execute("ROLLBACK")


@contextmanager
def read_only(demo: DemoProduct) -> Iterator[None]:
    files = [str(database_of(demo)), f"{database_of(demo)}-wal"]
    if subprocess.run(["chattr", "+i", *files], capture_output=True, check=False).returncode != 0:
        with without_room(demo):
            yield
        return
    try:
        yield
    finally:
        subprocess.run(["chattr", "-i", *files], check=True)


@contextmanager
def without_room(demo: DemoProduct) -> Iterator[None]:
    limit = ["prlimit", "--pid", str(demo.part("collect"))]
    subprocess.run([*limit, "--fsize=1:unlimited"], check=True)
    try:
        yield
    finally:
        subprocess.run([*limit, "--fsize=unlimited:unlimited"], check=True)


@pytest.mark.parametrize("refusing", [locked, read_only], ids=["locked", "read-only"])
def test_a_database_that_takes_no_writes_is_admitted_costs_nothing_and_heals(
    demo: DemoProduct, page: Page, refusing: Callable[[DemoProduct], AbstractContextManager[None]]
) -> None:
    page.goto(demo.address("/wall/situs"))
    expect(page.locator(DATA_PER)).not_to_have_text("", timeout=SOON)
    writer, server = demo.part("collect"), demo.part("serve")
    begun = time.time()
    with refusing(demo):
        expect(page.locator(BANNER)).to_contain_text("Data berhenti sejak", timeout=SOON)
        time.sleep(max(0.0, begun + REFUSED_SECONDS - time.time()))
        expect(page.locator(BANNER)).to_be_visible()
    ended = time.time()
    expect(page.locator(BANNER)).to_be_hidden(timeout=SOON)
    assert (demo.part("collect"), demo.part("serve")) == (writer, server), "nothing may end because of it"
    assert longest_gap(demo, begun, ended) < LONGEST_GAP_SECONDS, "looks that were taken meanwhile are stored afterwards"
    assert any(begun - A_COMMIT_SECONDS <= opened <= ended for opened in storage_incidents(demo))


def longest_gap(demo: DemoProduct, begun: float, ended: float) -> float:
    """Seconds between two looks at the same site, around the time without storage; waits until what waited is stored."""
    wanted = "SELECT r.target_id, r.at / 1000.0 FROM reading r JOIN target t ON t.id = r.target_id"
    wanted += " WHERE t.kind = 'site' AND NOT r.tentative AND r.at / 1000.0 BETWEEN ? AND ? ORDER BY r.at"
    gaps = [float("inf")]
    deadline = time.monotonic() + SOON / 1000
    while time.monotonic() < deadline and max(gaps) >= LONGEST_GAP_SECONDS:
        time.sleep(1)
        with closing(sqlite3.connect(f"file:{database_of(demo)}?mode=ro", uri=True, timeout=10)) as reader:
            rows = reader.execute(wanted, (begun - 2 * EVERY_SECONDS, ended)).fetchall()
        looks: dict[int, list[float]] = {}
        for target, at in rows:
            looks.setdefault(target, []).append(at)
        gaps = [later - earlier for each in looks.values() for earlier, later in pairwise([*each, ended])] or [float("inf")]
    return max(gaps)


def storage_incidents(demo: DemoProduct) -> list[float]:
    """When the time without storage began, in the history that is told afterwards."""
    wanted = "SELECT i.opened_at / 1000.0 FROM incident i JOIN target t ON t.id = i.target_id WHERE t.key = ?"
    with closing(sqlite3.connect(f"file:{database_of(demo)}?mode=ro", uri=True, timeout=10)) as reader:
        return [opened for (opened,) in reader.execute(wanted, (STORAGE_KEY,))]
