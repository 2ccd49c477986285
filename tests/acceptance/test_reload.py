"""A changed configuration comes into force without a lost turn, and a refused one changes nothing (C1, C3, C5)."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from command_centre.app.clock import SystemClock
from command_centre.read.queries import Queries
from command_centre.read.views import Fault
from command_centre.storage.database import open_database
from tests.support.demo_product import DemoProduct, running_demo
from tests.support.little_city import WITA

pytestmark = pytest.mark.xdist_group("demo")

PATIENCE_SECONDS = 90  # other tests keep the machine busy beside this one
EVERY_SECONDS = 3


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoProduct]:
    # Without hotspots: the SNMP collector keeps a socket per device, and open files would grow for a minute by themselves.
    with running_demo(tmp_path_factory.mktemp("reload"), every=f"{EVERY_SECONDS}s", with_hotspots=False) as product:
        _wait_until(lambda: "collecting:" in product.log(), "collect has not begun")
        yield product


@pytest.fixture
def engine(demo: DemoProduct) -> Iterator[Engine]:
    engine = open_database(f"sqlite:///{demo.folder}/data/demo/command-centre.db", read_only=True)
    yield engine
    engine.dispose()


def _wait_until(is_so: Callable[[], bool], otherwise: str) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not is_so():
        assert time.monotonic() < deadline, otherwise
        time.sleep(0.1)


def _reload(demo: DemoProduct) -> None:
    os.kill(demo.supervisor.pid, signal.SIGHUP)


def _faults(engine: Engine) -> set[Fault]:
    return {each.fault for each in Queries(engine, WITA, SystemClock()).summary().faults}


def _threads_and_files(pid: int) -> tuple[int, int]:
    return len(list(Path(f"/proc/{pid}/task").iterdir())), len(list(Path(f"/proc/{pid}/fd").iterdir()))


def test_a_refused_configuration_is_admitted_and_the_old_one_stays(demo: DemoProduct, engine: Engine) -> None:
    config = demo.folder / "config.yaml"
    good = config.read_text()
    collect, serve = demo.part("collect"), demo.part("serve")
    config.write_text(good.replace("timezone:", "timezon:"))
    _reload(demo)
    _wait_until(lambda: Fault.CONFIG_REFUSED in _faults(engine), "the refusal is not shown")
    assert "unknown key 'timezon'" in demo.log()
    config.write_text(good)
    _reload(demo)
    _wait_until(lambda: Fault.CONFIG_REFUSED not in _faults(engine), "the refusal is still shown")
    assert (demo.part("collect"), demo.part("serve")) == (collect, serve), "nobody died of it"


def test_a_renamed_site_keeps_its_history(demo: DemoProduct, engine: Engine) -> None:
    register = demo.folder / "data" / "inventory" / "sites.csv"
    rows = register.read_text()
    register.write_text(rows.replace(";Dinas Perhubungan;Dishub;", ";Dinas Perhubungan Kota;Dishub;"))
    _reload(demo)
    name = text("select name, (select count(*) from reading r where r.target_id = t.id) from target t where key = 'situs:dishub'")

    def renamed() -> tuple[str, int]:
        with engine.connect() as connection:
            row = connection.execute(name).one()
            return str(row[0]), int(row[1])

    _wait_until(lambda: renamed()[0] == "Dinas Perhubungan Kota", "the new name is not in force")
    assert renamed()[1] > 200, "the history of the day before is gone"
    register.write_text(rows)
    _reload(demo)


def in_force(demo: DemoProduct) -> int:
    """How often a configuration has come into force."""
    return demo.log().count("is in force")


def more_in_force(demo: DemoProduct, known: int) -> bool:
    return in_force(demo) > known


def test_fifty_reloads_lose_no_turn_and_leave_nothing_behind(demo: DemoProduct, engine: Engine) -> None:
    config = demo.folder / "config.yaml"
    good = config.read_text()
    collect = demo.part("collect")
    time.sleep(2)
    before = _threads_and_files(collect)
    begun = time.time()
    for number in range(50):  # each one differs, so that each exchanges the sweep of the websites
        known = in_force(demo)
        config.write_text(good.replace("slow_after: 3s", f"slow_after: {4 + number}s"))
        os.kill(collect, signal.SIGHUP)
        _wait_until(partial(more_in_force, demo, known), "the reload did not come into force")
    config.write_text(good)
    os.kill(collect, signal.SIGHUP)
    time.sleep(2 * EVERY_SECONDS)
    after = _threads_and_files(collect)
    ended = time.time()
    turns = text(
        "select min(looks) from (select count(r.seq) as looks from target t left join reading r on r.target_id = t.id "
        "and r.source = 'poll' and r.at > :since and r.at <= :until "
        "where t.kind = 'site' and t.address is not null and t.removed_at is null group by t.id) counted"
    )
    with engine.connect() as connection:
        fewest = connection.execute(turns, {"since": int(begun * 1000), "until": int(ended * 1000)}).scalar_one()
    due = int((ended - begun) / EVERY_SECONDS)
    assert demo.part("collect") == collect
    # One turn may lie on either edge of the stretch. A turn that a busy machine takes late is not lost.
    assert fewest >= due - 1, f"a site was looked at {fewest} times where {due} turns were due"
    assert after[0] <= before[0] + 2, f"threads grew from {before[0]} to {after[0]}"
    assert after[1] <= before[1] + 20, f"open files grew from {before[1]} to {after[1]}"
    assert "Traceback" not in demo.log()
