"""The writer process: sweeps on one event loop, everything after the inbox in one recorder thread."""

from __future__ import annotations

import asyncio
import logging
import resource
import signal
import socket
import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from sqlalchemy import Connection, Engine

from collectors import KINDS
from command_centre.app import sources
from command_centre.app.clock import SystemClock
from command_centre.app.sweep import Sweep
from command_centre.demo.history import simulated_history
from command_centre.demo.place import wait_for_place, with_ports
from command_centre.demo.script import load_script
from command_centre.domain.reading import Reading, Reason, Source, Status
from command_centre.domain.rule import DEFAULT_RULES
from command_centre.domain.series import Metric, MetricName, Unit
from command_centre.domain.target import Target, TargetKey
from command_centre.pipeline.forgetting import forgetting
from command_centre.pipeline.inbox import Inbox
from command_centre.pipeline.recorder import Recorder
from command_centre.pipeline.roller import ROLLING
from command_centre.pipeline.truth import HotspotTruths
from command_centre.pipeline.watchman import watching
from command_centre.storage import facts, inventory
from command_centre.storage.database import migrate, open_database, writing
from command_centre.storage.lease import Lease
from command_centre.storage.log import log_ends_at
from command_centre.storage.recovery import recover_if_damaged
from command_centre.storage.retention import Retention

if TYPE_CHECKING:
    from command_centre.app.wiring import Chosen
    from command_centre.config.model import Config

log = logging.getLogger(__name__)

SHARD = "utama"
INBOX_CAPACITY = 50_000
"""About an hour of 840 targets a minute: how long collection goes on while the database refuses."""

SELF_EVERY = timedelta(seconds=60)
CHECK_EVERY = timedelta(seconds=5)
BACKFILL_EVERY = timedelta(minutes=5)
LEAST_GAP = timedelta(minutes=10)
"""A demo that was away for less shows its gap as what it is: time nobody watched."""
WRITER_KEY = TargetKey("sendiri:kolektor")

SELF_METRICS = (
    Metric(MetricName("sweep_late_seconds"), Unit.SECONDS, "Longest delay of a look behind its place on the grid, last minute."),
    Metric(MetricName("inbox_total"), Unit.TOTAL, "Readings waiting to be written."),
    Metric(MetricName("inbox_dropped_total"), Unit.TOTAL, "Polled readings lost since the start because the database refused."),
    Metric(MetricName("overruns_total"), Unit.TOTAL, "Looks left out since the start because the one before had not ended."),
    Metric(MetricName("cpu_seconds"), Unit.SECONDS, "Processor time of the writer since its start."),
    Metric(MetricName("memory_bytes"), Unit.BYTES, "Largest resident memory of the writer since its start."),
)


class WrongCityError(Exception):
    """A database of the simulated city in live mode, or the other way round."""


def run(chosen: Chosen) -> int:
    """Collect until SIGTERM. Raises LeaseHeld, StorageError or WrongCityError before anything has been touched."""
    config, clock = chosen.config, SystemClock()
    recovery = recover_if_damaged(config.database_url(), clock.now())
    if recovery is not None:
        log.error("%s", recovery)
    engine = open_database(config.database_url())
    migrate(engine)
    lease = Lease.acquire(engine, SHARD, f"collect on {socket.gethostname()}", clock)
    try:
        with writing(engine) as connection:
            _prove_same_city(connection, is_demo=chosen.is_demo)
            _register(connection, config.targets, clock.now())
            facts.remember(connection, facts.IS_SIMULATED, "yes" if chosen.is_demo else "no", clock.now())
            facts.remember(connection, facts.CONFIG_HASH, config.config_hash, clock.now())
        inbox = Inbox(INBOX_CAPACITY)
        recorder = Recorder(
            engine,
            inbox,
            rules=DEFAULT_RULES,
            windows=config.windows,
            zone=config.zone,
            clock=clock,
            lease=lease,
            chores=(ROLLING, watching(), forgetting(_keep(config))),
        )
        if chosen.is_demo:
            _backfill(engine, recorder, config, chosen.script_path, clock)
        return _collect(chosen, inbox, recorder, clock)
    finally:
        lease.release()
        engine.dispose()


def _prove_same_city(connection: Connection, *, is_demo: bool) -> None:
    """A database belongs to the simulated city or to the real one, for ever. Raises WrongCityError."""
    known = facts.recall(connection, facts.IS_SIMULATED)
    if known is not None and (known == "yes") is not is_demo:
        here, there = ("simulated", "real") if is_demo else ("real", "simulated")
        raise WrongCityError(
            f"this database holds {there} history; it cannot be used for the {here} city. Choose another storage.url."
        )


def _register(connection: Connection, targets: Sequence[Target], at: datetime) -> None:
    metrics = {metric.name: metric for kind in KINDS.values() for metric in kind.metrics}
    metrics |= {metric.name: metric for metric in SELF_METRICS}
    inventory.sync_targets(connection, targets, list(metrics.values()), at)
    inventory.ensure_self_target(connection, sources.UPLINK_KEY, "Sambungan keluar", at)
    inventory.ensure_self_target(connection, sources.MQTT_KEY, "Broker MQTT", at)
    inventory.ensure_self_target(connection, WRITER_KEY, "Kolektor", at)


def _keep(config: Config) -> Retention:
    keep = config.retention
    return Retention(log=keep.raw, five_minutes=keep.five_minutes, hourly=keep.hourly, daily=keep.daily)


def _backfill(engine: Engine, recorder: Recorder, config: Config, script_path: Path, clock: SystemClock) -> None:
    """Give the demo city the hours that nobody watched, through the same pipeline, marked as simulated."""
    now = clock.now()
    with engine.connect() as connection:
        seen_until = log_ends_at(connection)
    gap = config.demo.history if seen_until is None else min(now - seen_until, config.demo.history)
    if gap < LEAST_GAP:
        return
    hours = gap / timedelta(hours=1)
    script = load_script(script_path, config.targets)
    new = recorder.record(simulated_history(config.targets, now, hours, BACKFILL_EVERY, script))
    log.info("back-filled %.1f simulated hours: %d readings in %.1f s", hours, new, (clock.now() - now).total_seconds())


def _collect(chosen: Chosen, inbox: Inbox, recorder: Recorder, clock: SystemClock) -> int:
    """Run the recorder's thread and the event loop until SIGTERM, or until the recorder may not or cannot go on."""
    ending = threading.Event()
    failed: list[BaseException] = []

    def keep_recording() -> None:
        try:
            recorder.run(ending)
        except BaseException as error:  # noqa: BLE001 - handed to the main thread, which ends the process
            failed.append(error)
            signal.raise_signal(signal.SIGTERM)

    recording = threading.Thread(target=keep_recording, name="recorder")
    recording.start()
    try:
        asyncio.run(_collect_until_told(chosen, inbox, clock))
    finally:
        ending.set()
        inbox.close()
        recording.join()
    if failed:
        raise failed[0]
    return 0


async def _collect_until_told(chosen: Chosen, inbox: Inbox, clock: SystemClock) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    place = await asyncio.to_thread(wait_for_place, chosen.data_dir) if chosen.is_demo else None
    config = chosen.config if place is None else replace(chosen.config, targets=with_ports(chosen.config.targets, place))
    truths = HotspotTruths(config.targets)
    sweeps = sources.sweeps(config, place, lambda reading: inbox.offer(truths.settle(reading)), clock)
    listeners = sources.listeners(config, place, lambda reading: inbox.put(truths.settle(reading)), clock)
    scheduler = AsyncIOScheduler(timezone=UTC)
    kept: list[Kept] = [*sweeps, *listeners]
    running = [KeptTask(each) for each in kept]
    for each in running:
        each.keep(stop)
        scheduler.add_job(each.keep, "interval", [stop], seconds=CHECK_EVERY.total_seconds(), coalesce=True, max_instances=1)
    report = SelfReport(inbox, sweeps, clock)
    scheduler.add_job(report.offer, "interval", seconds=SELF_EVERY.total_seconds(), coalesce=True, max_instances=1)
    scheduler.start()
    log.info("collecting: %s", ", ".join(f"{each.name} ({each.size} targets)" for each in kept))
    await stop.wait()
    scheduler.shutdown(wait=False)
    await asyncio.gather(*(each.ended() for each in running))


class Kept(Protocol):
    """A sweep or a listener: runs until told to stop."""

    @property
    def name(self) -> str: ...

    @property
    def size(self) -> int: ...

    async def run(self, stop: asyncio.Event) -> None: ...

    async def close(self) -> None: ...


@dataclass(slots=True)
class KeptTask:
    """The task in which a sweep or a listener runs; started again when it ended by itself."""

    kept: Kept
    task: asyncio.Task[None] | None = None

    def keep(self, stop: asyncio.Event) -> None:
        if stop.is_set() or (self.task is not None and not self.task.done()):
            return
        if self.task is not None:
            log.error("%s ended; starting it again", self.kept.name, exc_info=self.task.exception())
        self.task = asyncio.get_running_loop().create_task(self.kept.run(stop))

    async def ended(self) -> None:
        if self.task is not None:
            await asyncio.gather(self.task, return_exceptions=True)
        await self.kept.close()


@dataclass(frozen=True, slots=True)
class SelfReport:
    """Command Centre is its own first target: what the writer measures of itself, once a minute."""

    inbox: Inbox
    sweeps: Sequence[Sweep]
    clock: SystemClock

    def offer(self) -> None:
        late = [seconds for sweep in self.sweeps for seconds in sweep.counters.late_seconds]
        usage = resource.getrusage(resource.RUSAGE_SELF)
        values = {
            MetricName("inbox_total"): float(len(self.inbox)),
            MetricName("inbox_dropped_total"): float(self.inbox.dropped),
            MetricName("overruns_total"): float(sum(sweep.counters.overruns for sweep in self.sweeps)),
            MetricName("cpu_seconds"): usage.ru_utime + usage.ru_stime,
            MetricName("memory_bytes"): usage.ru_maxrss * 1024.0,
        }
        if late:
            values[MetricName("sweep_late_seconds")] = max(late)
        for sweep in self.sweeps:
            sweep.counters.late_seconds.clear()
        self.inbox.offer(Reading(WRITER_KEY, self.clock.now(), Status.UP, Reason.OK, values=values, source=Source.SELF))
