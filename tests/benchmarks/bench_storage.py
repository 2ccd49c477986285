"""Storage: what the recorder costs over a floor measured in the same run. Prints ratios, asserts no clock.

    python -m tests.benchmarks.bench_storage

The floor is the bare driver: ``sqlite3.executemany`` of the same packed rows into a table without any index but its key, with the
same durability (WAL, synchronous=FULL, one commit per 1,000 rows).
"""

from __future__ import annotations

import random
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path

from sqlalchemy import Engine, func, select

from command_centre.domain.reading import Reading, Reason, Status
from command_centre.domain.rule import DEFAULT_RULES
from command_centre.domain.series import Metric, MetricName, Unit
from command_centre.domain.target import Place, Target, TargetKey, TargetKind
from command_centre.pipeline.inbox import Inbox
from command_centre.pipeline.recorder import Recorder
from command_centre.storage.database import SQLITE_PAGE_BYTES, migrate, open_database, writing
from command_centre.storage.inventory import sync_targets
from command_centre.storage.tables import latest, reading, rollup
from command_centre.storage.values import pack_values, unpack_values
from tests.support.city import WITA
from tests.support.clock import FrozenClock
from tests.support.rolling import catch_up

SITES, HOTSPOTS = 121, 720
EVERY = timedelta(seconds=60)
ROUNDS = 30
BATCH = 1_000
BEGINS = datetime(2026, 11, 23, tzinfo=UTC)
PHASES = ("dns_seconds", "connect_seconds", "tls_seconds", "first_byte_seconds", "transfer_seconds", "total_seconds")
METRICS = (
    *[Metric(MetricName(name), Unit.SECONDS, "A phase.", is_latency=True) for name in PHASES],
    Metric(MetricName("http_status_code"), Unit.CODE, "Status code."),
    Metric(MetricName("body_bytes"), Unit.BYTES, "Size of the body."),
    Metric(MetricName("certificate_remaining_seconds"), Unit.SECONDS, "Time left."),
)


@dataclass(frozen=True, slots=True)
class Cost:
    """Wall and processor seconds of something, per reading it handled."""

    wall: float
    cpu: float


def run() -> None:
    """Measure, and print."""
    targets = [_target(number) for number in range(SITES + HOTSPOTS)]
    told = list(_readings(targets))
    print(f"storage: {len(targets)} targets, {len(told):,} readings of {len(METRICS)} values, commits of {BATCH}")
    with tempfile.TemporaryDirectory(prefix="cc-bench-") as folder:
        engine = _new_database(Path(folder) / "cc.db", targets)
        _measure_writing(engine, Path(folder), told)
        _measure_rolling(engine, len(told))
        _measure_reading(engine)
        engine.dispose()


def _measure_writing(engine: Engine, folder: Path, told: list[Reading]) -> None:
    recorder = Recorder(engine, Inbox(1), rules=DEFAULT_RULES, windows=(), zone=WITA, clock=FrozenClock())
    floor = _cost(len(told), lambda: _bare(folder / "bare.db", told))
    cost = _cost(len(told), lambda: _record(recorder, told))
    size = _used_bytes(engine) / len(told)
    print(f"  bare sqlite3.executemany (floor)  {1 / floor.wall:>9,.0f} readings/s  {floor.cpu * 1e6:6.1f} µs CPU each")
    print(f"  recorder, everything included     {1 / cost.wall:>9,.0f} readings/s  {cost.cpu * 1e6:6.1f} µs CPU each")
    print(f"  ratio to the floor                {cost.wall / floor.wall:>9.1f} x wall      {cost.cpu / floor.cpu:6.1f} x CPU")
    print(f"  size {size * 1000:>38,.0f} bytes per 1,000 readings, {size / len(METRICS):.1f} per value")


def _measure_rolling(engine: Engine, readings: int) -> None:
    before = _used_bytes(engine)
    cost = _cost(readings, lambda: catch_up(engine, BEGINS + timedelta(days=2)))
    grown = _used_bytes(engine) - before
    with engine.connect() as connection:
        rows = connection.execute(select(func.count()).select_from(rollup)).scalar_one()
    print(f"  rolling up                        {cost.cpu * 1e6:>9.1f} µs CPU each; {rows:,} rows of {grown / rows:.0f} bytes")


def _measure_reading(engine: Engine) -> None:
    whole = _cost(1, lambda: _latest(engine))
    searched = _cost(1, lambda: _latest_by_search(engine))
    print(
        f"  latest of all targets, unpacked   {whole.wall * 1e3:>9.1f} ms; from the log {searched.wall / whole.wall:.1f} x that"
    )


def _target(number: int) -> Target:
    kind = TargetKind.SITE if number < SITES else TargetKind.HOTSPOT
    key = TargetKey(f"{kind.value}:{number}")
    return Target(key, kind, f"Sasaran {number}", f"S{number}", "OPD", "bench", Place(), "https://example.test/", EVERY)


def _readings(targets: list[Target]) -> Iterator[Reading]:
    chance = random.Random(11)
    for step in range(ROUNDS):
        for number, target in enumerate(targets):
            is_down = chance.random() < 0.005
            phases = {MetricName(name): round(chance.lognormvariate(-3, 0.7), 6) for name in PHASES}
            more = {"http_status_code": 200.0, "body_bytes": 20_480.0 + number, "certificate_remaining_seconds": 5e6 - 60 * step}
            yield Reading(
                target.key,
                BEGINS + step * EVERY + timedelta(milliseconds=70 * number),
                Status.DOWN if is_down else Status.UP,
                Reason.CONNECT_REFUSED if is_down else Reason.OK,
                values=phases | {MetricName(name): value for name, value in more.items()},
                evidence={"final_url": f"https://example.test/{number}", "address": "127.0.0.9"},
            )


def _new_database(path: Path, targets: list[Target]) -> Engine:
    engine = open_database(f"sqlite:///{path}")
    migrate(engine)
    with writing(engine) as connection:
        sync_targets(connection, targets, METRICS, BEGINS)
    return engine


def _record(recorder: Recorder, told: list[Reading]) -> None:
    source = iter(told)
    while chunk := list(islice(source, BATCH)):
        recorder.record(chunk)


def _bare(path: Path, told: list[Reading]) -> None:
    link = sqlite3.connect(path, isolation_level=None)
    link.execute(f"PRAGMA page_size = {SQLITE_PAGE_BYTES}")
    link.execute("PRAGMA journal_mode = WAL")
    link.execute("PRAGMA synchronous = FULL")
    link.execute(
        "CREATE TABLE reading (seq INTEGER PRIMARY KEY, target INTEGER, at INTEGER, status TEXT, reason TEXT, packed BLOB)"
    )
    numbers = {metric.name: number for number, metric in enumerate(METRICS)}
    source = iter(told)
    while chunk := list(islice(source, BATCH)):
        rows = [
            (
                index,
                int(each.taken_at.timestamp() * 1000),
                each.status.value,
                each.reason.value,
                pack_values({numbers[name]: value for name, value in each.values.items()}),
            )
            for index, each in enumerate(chunk)
        ]
        link.execute("BEGIN IMMEDIATE")
        link.executemany("INSERT INTO reading (target, at, status, reason, packed) VALUES (?, ?, ?, ?, ?)", rows)
        link.execute("COMMIT")
    link.close()


def _latest(engine: Engine) -> None:
    with engine.connect() as connection:
        for row in connection.execute(select(latest.c.target_id, latest.c.status, latest.c.packed)):
            unpack_values(row.packed)


def _latest_by_search(engine: Engine) -> None:
    newest = select(func.max(reading.c.seq)).group_by(reading.c.target_id)
    with engine.connect() as connection:
        for row in connection.execute(select(reading.c.target_id, reading.c.packed).where(reading.c.seq.in_(newest))):
            unpack_values(row.packed)


def _used_bytes(engine: Engine) -> int:
    with engine.connect() as connection:
        pages, free, size = (
            connection.exec_driver_sql(f"PRAGMA {name}").scalar_one() for name in ("page_count", "freelist_count", "page_size")
        )
    return int((pages - free) * size)


def _cost(count: int, work: Callable[[], object]) -> Cost:
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return Cost((time.perf_counter() - wall) / count, (time.process_time() - cpu) / count)


if __name__ == "__main__":
    run()
