"""The sweep with a scripted poller (a fake at the Poller port) and short real intervals: bounded below two seconds in all."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from command_centre.app.sweep import AlwaysThere, Pace, Sweep, Uplink, phase_of
from command_centre.domain.reading import Reading, Reason, Source, Status
from command_centre.domain.target import Place, Target, TargetKey, TargetKind

PACE = Pace(every=timedelta(milliseconds=200), timeout=timedelta(seconds=1), at_once=20, retry_after=timedelta(milliseconds=20))


class WallClock:
    def now(self) -> datetime:
        return datetime.now(UTC)


class LostUplink:
    async def is_lost(self) -> bool:
        return True


class ScriptedPoller:
    """Answers as told per target; a callable may sleep or raise."""

    def __init__(self, answer: Callable[[Target, int], Coroutine[Any, Any, Status]]) -> None:
        self.asked: dict[str, int] = {}
        self._answer = answer

    async def poll(self, target: Target) -> Reading:
        self.asked[target.key] = self.asked.get(target.key, 0) + 1
        status = await self._answer(target, self.asked[target.key])
        return Reading(target.key, datetime.now(UTC), status, Reason.OK if status is Status.UP else Reason.CONNECT_REFUSED)

    async def close(self) -> None:
        """Holds nothing."""


def targets(count: int) -> list[Target]:
    return [
        Target(TargetKey(f"situs:{n}"), TargetKind.SITE, f"Situs {n}", f"S{n}", "", "OPD", Place(), None, timedelta(seconds=1))
        for n in range(count)
    ]


async def swept(poller: ScriptedPoller, count: int, seconds: float, uplink: Uplink | None = None) -> tuple[Sweep, list[Reading]]:
    seen: list[Reading] = []
    sweep = Sweep("uji", poller, targets(count), PACE, WallClock(), seen.append, uplink or AlwaysThere())
    asyncio.get_running_loop().call_later(seconds, sweep.stop)
    await sweep.run()
    return sweep, seen


async def up(_target: Target, _nth: int) -> Status:
    return Status.UP


async def down(_target: Target, _nth: int) -> Status:
    return Status.DOWN


def test_every_target_is_polled_once_per_interval() -> None:
    poller = ScriptedPoller(up)
    sweep, seen = asyncio.run(swept(poller, 50, 0.6))
    assert set(poller.asked.values()) <= {2, 3, 4}
    assert len(poller.asked) == 50
    assert len(seen) == sweep.counters.polls


def test_one_slow_target_does_not_delay_another() -> None:
    async def first_hangs(target: Target, _nth: int) -> Status:
        await asyncio.sleep(0.5 if target.key == "situs:0" else 0)
        return Status.UP

    sweep, seen = asyncio.run(swept(ScriptedPoller(first_hangs), 20, 0.6))
    others = [reading for reading in seen if reading.target != "situs:0"]
    assert len(others) >= 19 * 2
    assert sweep.counters.overruns >= 1


def test_a_first_failure_is_tentative_and_its_retry_decides() -> None:
    async def fails_once(_target: Target, nth: int) -> Status:
        return Status.DOWN if nth == 1 else Status.UP

    sweep, seen = asyncio.run(swept(ScriptedPoller(fails_once), 1, 0.35))
    first, second = seen[0], seen[1]
    assert (first.status, first.tentative) == (Status.DOWN, True)
    assert (second.status, second.tentative, second.source) == (Status.UP, False, Source.RETRY)
    assert sweep.counters.retries == 1


def test_a_target_known_to_be_down_is_not_asked_twice_each_time() -> None:
    sweep, seen = asyncio.run(swept(ScriptedPoller(down), 1, 0.9))
    assert sweep.counters.retries == 1
    assert [reading.tentative for reading in seen] == [True] + [False] * (len(seen) - 1)


def test_with_the_own_uplink_lost_nothing_is_said_to_be_down() -> None:
    _sweep, seen = asyncio.run(swept(ScriptedPoller(down), 30, 0.5, LostUplink()))
    assert seen
    assert {(reading.status, reading.reason) for reading in seen} == {(Status.UNKNOWN, Reason.OWN_UPLINK)}
    assert not any(reading.tentative for reading in seen)


def test_a_bug_of_ours_is_unknown_and_stops_nothing(caplog: pytest.LogCaptureFixture) -> None:
    async def one_breaks(target: Target, _nth: int) -> Status:
        if target.key == "situs:1":
            raise ZeroDivisionError
        return Status.UP

    sweep, seen = asyncio.run(swept(ScriptedPoller(one_breaks), 3, 0.5))
    broken = [reading for reading in seen if reading.target == "situs:1"]
    assert {(reading.status, reading.reason) for reading in broken} == {(Status.UNKNOWN, Reason.COLLECTOR_FAULT)}
    assert len([reading for reading in seen if reading.status is Status.UP]) >= 4
    assert sweep.counters.faults == len(broken)
    assert "fault of our own" in caplog.text


def test_stopping_gives_up_what_is_in_flight() -> None:
    async def never(_target: Target, _nth: int) -> Status:
        await asyncio.sleep(60)
        return Status.UP

    begun = time.monotonic()
    _sweep, seen = asyncio.run(swept(ScriptedPoller(never), 5, 0.3))
    assert time.monotonic() - begun < 5
    assert seen == []


def test_finishing_lets_what_is_in_flight_come_home() -> None:
    async def slowly(_target: Target, _nth: int) -> Status:
        await asyncio.sleep(0.4)
        return Status.UP

    async def scene() -> list[Reading]:
        seen: list[Reading] = []
        sweep = Sweep("uji", ScriptedPoller(slowly), targets(5), PACE, WallClock(), seen.append, AlwaysThere())
        running = asyncio.create_task(sweep.run())
        await asyncio.sleep(0.3)
        await sweep.finish()
        await running
        return seen

    assert {reading.target for reading in asyncio.run(scene())} == {f"situs:{n}" for n in range(5)}


def test_a_successor_takes_the_very_next_turn_and_none_is_lost_or_taken_twice() -> None:
    async def scene() -> dict[str, list[float]]:
        turns: dict[str, list[float]] = {}

        async def note(target: Target, _nth: int) -> Status:
            turns.setdefault(target.key, []).append(time.monotonic())
            return Status.UP

        since = None
        for _ in range(10):  # ten short lives instead of one long one
            sweep = Sweep("uji", ScriptedPoller(note), targets(40), PACE, WallClock(), lambda _: None, AlwaysThere())
            running = asyncio.create_task(sweep.run(since))
            await asyncio.sleep(0.13)
            since = await sweep.finish()
            await running
            await asyncio.sleep(0.02)  # as long as it takes to make the next one
        return turns

    turns = asyncio.run(scene())
    every = PACE.every.total_seconds()
    assert len(turns) == 40
    for key, times in turns.items():
        # Turns may come late on a crowded machine; between the first and the last there are as many as the grid has.
        assert len(times) - 1 == round((times[-1] - times[0]) / every), f"{key}: {[round(each - times[0], 3) for each in times]}"


def test_starts_are_spread_over_the_interval_and_stay_put_over_restarts() -> None:
    every = timedelta(seconds=60)
    phases = sorted(phase_of(TargetKey(f"situs:{n}"), every) for n in range(1000))
    assert phases == sorted(phase_of(TargetKey(f"situs:{n}"), every) for n in range(1000))
    busiest = max(sum(1 for phase in phases if second <= phase < second + 1) for second in range(60))
    assert busiest <= 40  # 16.7 on average


async def _up(_: Target, __: int) -> Status:
    return Status.UP


def test_a_look_that_is_asked_for_comes_at_once_and_takes_no_turn_from_the_grid() -> None:
    """A person waits for it; a look that is under way is not begun twice."""

    async def asked_for() -> tuple[ScriptedPoller, ScriptedPoller]:
        poller, undisturbed = ScriptedPoller(_up), ScriptedPoller(_up)
        pace = Pace(every=timedelta(seconds=60), timeout=timedelta(seconds=1), at_once=20, retry_after=timedelta(milliseconds=20))
        for each in (poller, undisturbed):
            sweep = Sweep("uji", each, targets(3), pace, WallClock(), lambda _: None, AlwaysThere())
            running = asyncio.create_task(sweep.run(since=time.monotonic()))
            await asyncio.sleep(0.01)
            if each is poller:
                sweep.look_now({TargetKey("situs:1"), TargetKey("situs:1000")})
                sweep.look_now({TargetKey("situs:1")})  # the first one is still under way
            await asyncio.sleep(0.05)
            sweep.stop()
            sweep.look_now({TargetKey("situs:2")})  # after the end nothing is begun
            await running
        return poller, undisturbed

    poller, undisturbed = asyncio.run(asked_for())
    assert poller.asked.get("situs:1", 0) - undisturbed.asked.get("situs:1", 0) == 1
    assert poller.asked.get("situs:2", 0) == undisturbed.asked.get("situs:2", 0)
