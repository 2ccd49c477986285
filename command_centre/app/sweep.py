"""The sweep: keeps one collector's targets polled, each at its own fixed phase of the interval, on the monotonic clock.

Why not one scheduler job per target: with 10,000 of them APScheduler missed 8,452 of 10,333 firings by default, and a wall clock
stepped back by 30 s stopped it for 30 s (measured; see docs/decisions/0003-one-job-per-collector.md).
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import heapq
import logging
import random
import time
from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Protocol

from collectors import ClosablePoller
from command_centre.domain.ports import Clock
from command_centre.domain.reading import Reading, Reason, Source, Status
from command_centre.domain.series import MetricName
from command_centre.domain.target import Target, TargetKey

log = logging.getLogger(__name__)

DEADLINE_GRACE = timedelta(seconds=2)
"""A poller keeps its own time-out; one that overruns it by this much has a fault of ours."""

ROUNDING_SECONDS = 1e-4
"""The first turn left must not fall before the moment it is counted from, by the rounding of a monotonic clock in floats."""

HTTP_STATUS_CODE = MetricName("http_status_code")
TOLD_BY_TARGET = frozenset({Reason.AUTH, Reason.UNKNOWN_USER, Reason.WRONG_PRIV, Reason.ENGINE_TIME, Reason.AUTHORIZATION})


class Uplink(Protocol):
    """Answers whether our own connection is lost: then nothing can be said about what lies behind it."""

    async def is_lost(self) -> bool: ...


class AlwaysThere:
    """The uplink of an installation that has named no reference addresses."""

    async def is_lost(self) -> bool:
        return False


@dataclass(frozen=True, slots=True)
class Pace:
    """How often, how long, how many at once, and when a first failure gets its second look."""

    every: timedelta
    timeout: timedelta
    at_once: int
    retry_after: timedelta


@dataclass(slots=True)
class SweepCounters:
    """What a sweep has done so far. ``late_seconds`` holds the newest start delays behind the grid (bounded)."""

    polls: int = 0
    retries: int = 0
    overruns: int = 0
    faults: int = 0
    late_seconds: list[float] = field(default_factory=list)

    def note_lateness(self, seconds: float) -> None:
        self.late_seconds.append(seconds)
        del self.late_seconds[:-1000]


def phase_of(key: TargetKey, every: timedelta) -> float:
    """Seconds into the interval at which this target is polled: the same after every restart, spread evenly over all targets."""
    digest = hashlib.blake2b(key.encode(), digest_size=8).digest()
    return int.from_bytes(digest) / 2**64 * every.total_seconds()


class Sweep:
    """Polls each target once per interval; hands each reading to ``emit``, which must not block."""

    may_overlap = True

    def __init__(
        self,
        name: str,
        poller: ClosablePoller,
        targets: Sequence[Target],
        pace: Pace,
        clock: Clock,
        emit: Callable[[Reading], object],
        uplink: Uplink,
    ) -> None:
        self.name = name
        self.counters = SweepCounters()
        self._poller = poller
        self._targets = targets
        self._pace = pace
        self._clock = clock
        self._emit = emit
        self._uplink = uplink
        self._places = asyncio.Semaphore(pace.at_once)
        self._halt = asyncio.Event()
        self._halted = asyncio.Event()
        self._first_left: float | None = None
        self._is_finishing = False
        self._looks: set[asyncio.Task[None]] = set()
        self._in_flight: set[TargetKey] = set()
        self._known_down: set[TargetKey] = set()

    @property
    def size(self) -> int:
        """How many targets it keeps polled."""
        return len(self._targets)

    async def close(self) -> None:
        """Give back what the poller holds."""
        await self._poller.close()

    async def run(self, since: float | None = None) -> None:
        """Sweep until ``stop`` or ``finish`` is called.

        ``since`` is the moment (monotonic) up to which a predecessor took all turns: those missed meanwhile are taken at once.
        """
        try:
            await self._keep_time(time.monotonic() if since is None else since)
            if self._is_finishing and self._looks:
                await asyncio.wait(self._looks)
        finally:
            for look in self._looks:
                look.cancel()
            await asyncio.gather(*self._looks, return_exceptions=True)

    def stop(self) -> None:
        """End now; looks in flight are given up, for nothing of them is stored yet."""
        self._halt.set()

    async def finish(self) -> float | None:
        """Begin no further look; ``run`` ends once those in flight have ended. Answers the time of the first turn not taken."""
        self._is_finishing = True
        self._halt.set()
        await self._halted.wait()
        return self._first_left

    def look_now(self, keys: Container[TargetKey]) -> None:
        """Look at these targets out of turn, where nobody is looking already; their turns on the grid stay as they are."""
        if self._halt.is_set():
            return
        for target in self._targets:
            if target.key in keys and target.key not in self._in_flight:
                self._start_look(target, time.monotonic())

    async def _keep_time(self, since: float) -> None:
        every = self._pace.every.total_seconds()
        phases = [phase_of(each.key, self._pace.every) for each in self._targets]
        grid = [(since + (phase - since) % every, index) for index, phase in enumerate(phases)]  # the machine's, not this sweep's
        heapq.heapify(grid)
        try:
            await self._take_turns(grid, every)
        finally:
            self._first_left = grid[0][0] - ROUNDING_SECONDS if grid else None
            self._halted.set()

    async def _take_turns(self, grid: list[tuple[float, int]], every: float) -> None:
        while grid and not await _set_before(self._halt, grid[0][0]):
            due, index = heapq.heappop(grid)
            heapq.heappush(grid, (_next_on_grid(due, every), index))
            self._start_look(self._targets[index], due)

    def _start_look(self, target: Target, due: float) -> None:
        if target.key in self._in_flight:
            self.counters.overruns += 1  # the next start stays on the grid
            return
        self._in_flight.add(target.key)
        look = asyncio.create_task(self._look(target, due))
        self._looks.add(look)  # the loop itself keeps only a weak reference
        look.add_done_callback(self._looks.discard)

    async def _look(self, target: Target, due: float) -> None:
        try:
            reading = await self._poll(target, due)
            if self._needs_second_look(reading):
                reading = await self._second_look(target, reading)
            self._settle(reading)
        finally:
            self._in_flight.discard(target.key)

    def _needs_second_look(self, reading: Reading) -> bool:
        return reading.status is Status.DOWN and reading.target not in self._known_down

    async def _second_look(self, target: Target, first: Reading) -> Reading:
        """Both results are kept; the second one decides."""
        self._emit(replace(first, tentative=True))
        self.counters.retries += 1
        await asyncio.sleep(self._pace.retry_after.total_seconds() * random.uniform(0.8, 1.2))  # noqa: S311 - jitter
        return replace(await self._poll(target, time.monotonic()), source=Source.RETRY)

    def _settle(self, reading: Reading) -> None:
        if reading.status is Status.DOWN:
            self._known_down.add(reading.target)
        elif reading.status is not Status.UNKNOWN:
            self._known_down.discard(reading.target)
        self._emit(reading)

    async def _poll(self, target: Target, due: float) -> Reading:
        async with self._places:
            self.counters.polls += 1
            self.counters.note_lateness(time.monotonic() - due)
            reading = await self._guarded_poll(target)
        if _could_be_ours(reading) and await self._uplink.is_lost():
            return replace(
                reading,
                status=Status.UNKNOWN,
                reason=Reason.OWN_UPLINK,
                detail="own connection lost; before that: " + reading.detail,
                values={},
            )
        return reading

    async def _guarded_poll(self, target: Target) -> Reading:
        """The one boundary at which a bug of ours becomes data: logged once with its traceback, and UNKNOWN, never DOWN."""
        deadline = (self._pace.timeout + DEADLINE_GRACE).total_seconds()
        try:
            async with asyncio.timeout(deadline):
                return await self._poller.poll(target)
        except TimeoutError:
            self.counters.faults += 1
            log.error("%s: poller did not keep its deadline of %.0f s for %s", self.name, deadline, target.key)
            return self._fault(target, "the collector did not keep its deadline")
        except Exception:
            self.counters.faults += 1
            log.exception("%s: fault of our own while polling %s", self.name, target.key)
            return self._fault(target, "fault in the collector; see its log")

    def _fault(self, target: Target, detail: str) -> Reading:
        return Reading(target.key, self._clock.now(), Status.UNKNOWN, Reason.COLLECTOR_FAULT, detail)


def _could_be_ours(reading: Reading) -> bool:
    """A failure without any answer may lie on our own side of the line; one that was refused by the target itself does not."""
    return reading.status is Status.DOWN and HTTP_STATUS_CODE not in reading.values and reading.reason not in TOLD_BY_TARGET


def _next_on_grid(due: float, every: float) -> float:
    """The next due time; after a long pause (a suspended machine) whole intervals are left out instead of run in a burst."""
    behind = time.monotonic() - due
    return due + every * max(1, int(behind // every) + 1)


async def _set_before(event: asyncio.Event, moment: float) -> bool:
    """Wait until ``moment`` (monotonic) or until ``event`` is set; True in the second case."""
    pause = moment - time.monotonic()
    if pause <= 0:
        await asyncio.sleep(0)
        return event.is_set()
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(event.wait(), pause)
    return event.is_set()
