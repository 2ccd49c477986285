"""The writer process: sweeps on one event loop, everything after the inbox in one recorder thread."""

from __future__ import annotations

import asyncio
import logging
import resource
import signal
import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from collectors import KINDS
from command_centre.app.alerting import alert_chores
from command_centre.app.clock import SystemClock
from command_centre.app.keeping import Keeper
from command_centre.app.notifying import Notifying
from command_centre.app.patrolling import IntegrityPatrol
from command_centre.app.snapshot_calendar import FIRST_TURN_AFTER, TURN_EVERY
from command_centre.app.snapshot_turns import SnapshotTurns
from command_centre.app.sources import MQTT_KEY, UPLINK_KEY, Sources
from command_centre.app.sweep import Sweep
from command_centre.config.mistakes import ConfigError
from command_centre.demo.history import simulated_history
from command_centre.demo.hotspot_history import simulated_hotspot_history
from command_centre.demo.place import DemoPlace, wait_for_place, with_ports
from command_centre.demo.script import load_script
from command_centre.demo.service_history import simulated_service_history
from command_centre.domain.calendar import Window
from command_centre.domain.reading import Reading, Reason, Source, Status
from command_centre.domain.series import Metric, MetricName, Unit
from command_centre.domain.target import TargetKey, TargetKind
from command_centre.pipeline.auditor import AUDIT_METRICS, DELIVERY_KEY, DELIVERY_NAME
from command_centre.pipeline.forgetting import forgetting
from command_centre.pipeline.inbox import Inbox
from command_centre.pipeline.integrity import IntegrityDesk
from command_centre.pipeline.quarantine import QuarantineDesk
from command_centre.pipeline.recorder import Recorder
from command_centre.pipeline.roller import ROLLING
from command_centre.pipeline.truth import HotspotTruths, is_overruled_repetition
from command_centre.pipeline.watchman import watching
from command_centre.storage import facts, inventory, rechecks
from command_centre.storage.database import migrate, open_database, writing
from command_centre.storage.lease import Lease
from command_centre.storage.log import log_ends_at
from command_centre.storage.plans import planned_windows
from command_centre.storage.recovery import recover_if_damaged
from command_centre.storage.retention import Retention
from command_centre.storage.walls import keep_walls

if TYPE_CHECKING:
    from command_centre.app.wiring import Chosen
    from command_centre.config.model import Config

log = logging.getLogger(__name__)

SHARD = "utama"
INBOX_CAPACITY = 50_000
"""About an hour of 840 targets a minute: how long collection goes on while the database refuses."""

PLANS_KEPT = timedelta(days=1)
"""Work that ended longer ago is laid over nothing any more."""
SELF_EVERY = timedelta(seconds=60)
CHECK_EVERY = timedelta(seconds=5)
RECHECK_EVERY = timedelta(seconds=1)
"""A person waits for the look that was asked for."""
BACKFILL_EVERY = timedelta(minutes=5)
LEAST_GAP = timedelta(minutes=10)
"""A demo that was away for less shows its gap as what it is: time nobody watched."""
MOST_DETAIL = 500
LEAST_HOTSPOT_GAP = timedelta(hours=2)
PAST_SLICE = 1_000
WRITER_KEY = TargetKey("sendiri:kolektor")
CONFIG_KEY = TargetKey("sendiri:konfigurasi")
OWN_TARGETS = {
    UPLINK_KEY: "Sambungan keluar",
    MQTT_KEY: "Broker MQTT",
    WRITER_KEY: "Kolektor",
    CONFIG_KEY: "Konfigurasi",
    DELIVERY_KEY: DELIVERY_NAME,
}

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
            _register(connection, config, clock.now())
            facts.remember(connection, facts.IS_SIMULATED, "yes" if chosen.is_demo else "no", clock.now())
            facts.remember(connection, facts.CONFIG_HASH, config.config_hash, clock.now())
        inbox, desk, strangers = Inbox(INBOX_CAPACITY), IntegrityDesk(), QuarantineDesk()
        recorder = Recorder(
            engine,
            inbox,
            rules=config.rules,
            windows=config.windows,
            zone=config.zone,
            orders=config.orders,
            clock=clock,
            lease=lease,
            chores=(ROLLING, *alert_chores(config), watching(), forgetting(_keep(config)), *desk.chores(), *strangers.chores()),
        )
        if chosen.is_demo:
            _backfill(engine, recorder, config, chosen.script_path, clock)
        return _collect(chosen, engine, inbox, recorder, clock, IntegrityPatrol(engine, desk, clock), strangers)
    finally:
        with suppress(DBAPIError):  # a database that takes no writes cannot be told: the lease lapses by itself
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


def _register(connection: Connection, config: Config, at: datetime) -> None:
    metrics = {metric.name: metric for kind in KINDS.values() for metric in kind.metrics}
    metrics |= {metric.name: metric for metric in (*SELF_METRICS, *AUDIT_METRICS)}
    inventory.sync_targets(connection, config.targets, list(metrics.values()), at.astimezone(config.zone))
    keep_walls(connection, [each.name for each in config.walls], at)
    for key, name in OWN_TARGETS.items():
        inventory.ensure_self_target(connection, key, name, at)


def _keep(config: Config) -> Retention:
    keep = config.retention
    return Retention(
        log=keep.raw, five_minutes=keep.five_minutes, hourly=keep.hourly, daily=keep.daily, most_bytes=keep.most_bytes
    )


def _backfill(engine: Engine, recorder: Recorder, config: Config, script_path: Path | None, clock: SystemClock) -> None:
    """Give the demo city the hours that nobody watched, through the same pipeline, marked as simulated."""
    now = clock.now()
    with engine.connect() as connection:
        seen_until = log_ends_at(connection, TargetKind.SITE)
    gap = config.demo.history if seen_until is None else min(now - seen_until, config.demo.history)
    if gap < LEAST_GAP:
        return
    hours = gap / timedelta(hours=1)
    script = load_script(script_path, config.targets)
    new = recorder.record(simulated_history(config.targets, now, hours, BACKFILL_EVERY, script))
    new += recorder.record(simulated_service_history(config.targets, now, hours, BACKFILL_EVERY, script))
    log.info("back-filled %.1f simulated hours: %d readings in %.1f s", hours, new, (clock.now() - now).total_seconds())


def _collect(
    chosen: Chosen,
    engine: Engine,
    inbox: Inbox,
    recorder: Recorder,
    clock: SystemClock,
    patrol: IntegrityPatrol,
    strangers: QuarantineDesk,
) -> int:
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
    notifying = Notifying(chosen, engine, clock, inbox.offer)
    recording.start()
    notifying.start()
    try:
        asyncio.run(Collecting(chosen, engine, inbox, recorder, clock, notifying, patrol, strangers).run())
    finally:
        notifying.stop()
        ending.set()
        inbox.close()
        recording.join()
    if failed:
        raise failed[0]
    return 0


class Collecting:
    """The event loop's part of the writer: keeps the sources running, and goes over to a changed configuration on SIGHUP."""

    def __init__(
        self,
        chosen: Chosen,
        engine: Engine,
        inbox: Inbox,
        recorder: Recorder,
        clock: SystemClock,
        notifying: Notifying,
        patrol: IntegrityPatrol,
        strangers: QuarantineDesk,
    ) -> None:
        self._chosen = chosen
        self._notifying = notifying
        self._planned_work: tuple[Window, ...] = ()
        self._patrol = patrol
        self._strangers = strangers
        self._engine = engine
        self._inbox = inbox
        self._recorder = recorder
        self._clock = clock
        self._keeper = Keeper()
        self._snapshots = SnapshotTurns(engine, clock)
        self._truths = HotspotTruths(())
        self._place: DemoPlace | None = None
        self._telling: asyncio.Task[None] | None = None

    async def run(self) -> None:
        """Collect until SIGTERM or SIGINT."""
        stop, hang_up = asyncio.Event(), asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stop.set)
        loop.add_signal_handler(signal.SIGHUP, hang_up.set)
        if self._chosen.is_demo:
            self._place = await asyncio.to_thread(wait_for_place, self._chosen.data_dir)
        self._sources = Sources(self._place, self._offer, self._put, self._clock, self._strangers.note)
        await self._begin()
        log.info("collecting: %s", ", ".join(f"{each.name} ({each.size} targets)" for each in self._keeper.kept))
        scheduler = self._scheduler()
        reloading = asyncio.create_task(self._reload_whenever(hang_up))
        patrolling = asyncio.create_task(self._patrol.run(lambda: (self._chosen, self._place)))
        await stop.wait()
        scheduler.shutdown(wait=False)
        for task in (reloading, patrolling, self._telling):
            if task is not None:
                task.cancel()
        await self._keeper.stop()
        await self._patrol.close()

    async def _begin(self) -> None:
        """Start the sources; in a demo that was away, the hotspots' past is told while the sites are already on the wall."""
        everything = self._chosen
        past = self._hotspots_past() if self._place is not None else None
        if past is None:
            await self._adopt(everything)
            return
        sites_only = tuple(each for each in everything.config.collectors if KINDS[each.kind].target_kind is TargetKind.SITE)
        await self._adopt(replace(everything, config=replace(everything.config, collectors=sites_only)))
        self._telling = asyncio.create_task(self._tell_past(past, everything))
        self._telling.add_done_callback(_log_fault)

    def _hotspots_past(self) -> Iterator[Reading] | None:
        config, now = self._chosen.config, self._clock.now()
        with self._engine.connect() as connection:
            seen_until = log_ends_at(connection, TargetKind.HOTSPOT)
        gap = config.demo.history if seen_until is None else min(now - seen_until, config.demo.history)
        if gap < LEAST_HOTSPOT_GAP or not config.targets_of(TargetKind.HOTSPOT):
            return None
        script = load_script(self._chosen.script_path, config.targets)
        return simulated_hotspot_history(config.targets, now, gap / timedelta(hours=1), script=script)

    async def _tell_past(self, past: Iterator[Reading], chosen: Chosen) -> None:
        """Slice by slice, so that what is measured now waits for no more than one slice."""
        while part := list(islice(past, PAST_SLICE)):
            for reading in part:
                self._inbox.offer(reading)
            while len(self._inbox) > PAST_SLICE // 4:
                await asyncio.sleep(0.05)
        await self._adopt(chosen)
        log.info("collecting: %s", ", ".join(f"{each.name} ({each.size} targets)" for each in self._keeper.kept))

    def _scheduler(self) -> AsyncIOScheduler:
        scheduler = AsyncIOScheduler(timezone=UTC)
        soon = self._clock.now() + FIRST_TURN_AFTER
        minute = TURN_EVERY.total_seconds()
        scheduler.add_job(self._take_snapshots, "interval", seconds=minute, coalesce=True, max_instances=1, next_run_time=soon)
        jobs = ((self._keeper.revive, CHECK_EVERY), (self._report, SELF_EVERY), (self._take_plans, CHECK_EVERY))
        for do, every in (*jobs, (self._take_rechecks, RECHECK_EVERY)):
            scheduler.add_job(do, "interval", seconds=every.total_seconds(), coalesce=True, max_instances=1)
        scheduler.start()
        return scheduler

    async def _take_snapshots(self) -> None:
        await self._snapshots.take(self._chosen)

    async def _take_plans(self) -> None:
        """Lay work that people plan over the windows of the configuration, soon after they have entered it."""
        try:
            planned_work = await asyncio.to_thread(self._read_plans)
        except DBAPIError:
            return  # the recorder tells of the database; the plans in force stay
        if planned_work != self._planned_work:
            config, self._planned_work = self._chosen.config, planned_work
            self._recorder.adopt(config.rules, (*config.windows, *planned_work), config.zone, config.orders)

    async def _take_rechecks(self) -> None:
        """Look at once at what people ask to be looked at."""
        try:
            asked = await asyncio.to_thread(self._read_rechecks)
        except DBAPIError:
            return  # the recorder tells of the database; the requests wait
        for each in self._keeper.kept if asked else ():
            if isinstance(each, Sweep):
                each.look_now(asked)

    def _read_rechecks(self) -> frozenset[TargetKey]:
        with self._engine.connect() as connection:
            if not rechecks.is_asked(connection):
                return frozenset()
        with writing(self._engine) as connection:
            return frozenset(rechecks.take_rechecks(connection, self._clock.now()))

    def _read_plans(self) -> tuple[Window, ...]:
        with self._engine.connect() as connection:
            return planned_windows(connection, self._clock.now() - PLANS_KEPT)

    def _offer(self, reading: Reading) -> None:
        self._inbox.offer(self._truths.settle(reading))

    async def _put(self, reading: Reading) -> None:
        settled = self._truths.settle(reading)
        if not is_overruled_repetition(settled):
            await self._inbox.put(settled)

    def _report(self) -> None:
        sweeps = [each for each in self._keeper.kept if isinstance(each, Sweep)]
        self._inbox.offer(report_of(self._inbox, sweeps, self._clock.now()))

    async def _reload_whenever(self, hang_up: asyncio.Event) -> None:
        while True:
            await hang_up.wait()
            hang_up.clear()
            await self._reload()

    async def _reload(self) -> None:
        """Go over to the configuration as it now stands, or say what is wrong with it and keep the one in force."""
        if self._telling is not None:
            await asyncio.wait({self._telling})  # it ends by going over to the configuration of the start
        try:
            chosen = await asyncio.to_thread(self._chosen.read_again)
            await asyncio.to_thread(self._write_register, chosen.config)
            await self._adopt(chosen)
        except (ConfigError, DBAPIError) as error:
            log.error("the configuration was refused; the old one stays in force:\n%s", error)
            self._inbox.offer(self._about_configuration(Status.DOWN, Reason.CONFIG, str(error)[:MOST_DETAIL]))
        else:
            log.info("the configuration %s is in force", chosen.config.config_hash)
            self._inbox.offer(self._about_configuration(Status.UP, Reason.OK, chosen.config.config_hash))

    def _write_register(self, config: Config) -> None:
        with writing(self._engine) as connection:
            _register(connection, config, self._clock.now())
            facts.remember(connection, facts.CONFIG_HASH, config.config_hash, self._clock.now())

    async def _adopt(self, chosen: Chosen) -> None:
        config = chosen.config
        if self._place is not None:
            config = replace(config, targets=with_ports(config.targets, self._place))
        plans = self._sources.plans(config)
        self._notifying.adopt(chosen)
        self._recorder.adopt(config.rules, (*config.windows, *self._planned_work), config.zone, config.orders)
        self._truths.adopt(config.targets)
        await self._keeper.adopt(plans)
        self._chosen = chosen

    def _about_configuration(self, status: Status, reason: Reason, detail: str) -> Reading:
        return Reading(CONFIG_KEY, self._clock.now(), status, reason, detail, source=Source.SELF)


def _log_fault(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and task.exception() is not None:
        log.error("the hotspots' past could not be told", exc_info=task.exception())


def report_of(inbox: Inbox, sweeps: Sequence[Sweep], at: datetime) -> Reading:
    """What the writer measures of itself: Command Centre is its own first target."""
    late = [seconds for sweep in sweeps for seconds in sweep.counters.late_seconds]
    usage = resource.getrusage(resource.RUSAGE_SELF)
    values = {
        MetricName("inbox_total"): float(len(inbox)),
        MetricName("inbox_dropped_total"): float(inbox.dropped),
        MetricName("overruns_total"): float(sum(sweep.counters.overruns for sweep in sweeps)),
        MetricName("cpu_seconds"): usage.ru_utime + usage.ru_stime,
        MetricName("memory_bytes"): usage.ru_maxrss * 1024.0,
    }
    if late:
        values[MetricName("sweep_late_seconds")] = max(late)
    for sweep in sweeps:
        sweep.counters.late_seconds.clear()
    return Reading(WRITER_KEY, at, Status.UP, Reason.OK, values=values, source=Source.SELF)
