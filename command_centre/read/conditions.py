"""How a tile looks, decided from facts: the newest reading, its age, the address, agreed planned time. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import assert_never

from command_centre.domain.calendar import Interval, intersect
from command_centre.domain.reading import Reason, Status
from command_centre.read.views import Condition, Counts

HALF_HOUR = timedelta(minutes=30)
HISTORY_LENGTH = 48
"""Half hours in a tile's history: one day."""

SILENCE_SHOWN_FROM = HALF_HOUR / 10
"""A half hour in which nothing went wrong is drawn as silent from this much unwatched time on: one late reading is no silence."""


@dataclass(frozen=True, slots=True)
class Look:
    """What the newest look at one target said, and until when that holds."""

    status: Status
    reason: Reason
    vouched_until: datetime


@dataclass(frozen=True, slots=True)
class Stretch:
    """One condition over one stretch of time."""

    interval: Interval
    condition: Condition


def condition_of(latest: Look | None, *, has_address: bool, planned: Sequence[Interval], now: datetime) -> Condition:
    """How a target looks at ``now``. A reading vouches for its patience and no longer, whatever it said."""
    if not has_address:
        return Condition.NO_ADDRESS
    if any(window.contains(now) for window in planned):
        return Condition.PLANNED
    if latest is None or now >= latest.vouched_until:
        return Condition.NO_DATA
    return measured_condition(latest.status, latest.reason)


def measured_condition(status: Status, reason: Reason) -> Condition:
    """What a status that is still vouched for looks like."""
    match status:
        case Status.UP:
            return Condition.NORMAL
        case Status.DEGRADED:
            return Condition.SLOW if reason is Reason.SLOW else Condition.DEGRADED
        case Status.DOWN:
            return Condition.DOWN
        case Status.UNKNOWN:
            return Condition.NO_DATA
        case unreachable:
            assert_never(unreachable)


def half_hours_until(now: datetime) -> tuple[Interval, ...]:
    """The last 48 half hours by the clock, oldest first; the last one is not over and ends at ``now``."""
    current = now - timedelta(minutes=now.minute % 30, seconds=now.second, microseconds=now.microsecond)
    starts = [current - HALF_HOUR * back for back in range(HISTORY_LENGTH - 1, 0, -1)]
    return (*(Interval(start, start + HALF_HOUR) for start in starts), Interval(current, max(now, current)))


def history_of(stretches: Iterable[Stretch], half_hours: Sequence[Interval]) -> tuple[Condition, ...]:
    """One condition per half hour from stretches in order of time."""
    lengths: list[dict[Condition, timedelta]] = [{} for _ in half_hours]
    begins = half_hours[0].start
    for stretch in stretches:
        first = max(0, (stretch.interval.start - begins) // HALF_HOUR)
        for index in range(first, len(half_hours)):
            part = intersect(stretch.interval, half_hours[index])
            if part is None:
                if half_hours[index].start >= stretch.interval.end:
                    break
                continue
            seen = lengths[index]
            seen[stretch.condition] = seen.get(stretch.condition, timedelta(0)) + part.length
    return tuple(_shown(seen, half_hour) for seen, half_hour in zip(lengths, half_hours, strict=True))


def _shown(seen: dict[Condition, timedelta], half_hour: Interval) -> Condition:
    """Trouble is shown however short it was; then silence that lasted; else what filled most of the time."""
    for trouble in (Condition.DOWN, Condition.DEGRADED, Condition.SLOW):
        if trouble in seen:
            return trouble
    watched = sum(seen.values(), timedelta(0)) - seen.get(Condition.NO_DATA, timedelta(0))
    silent = half_hour.length - watched
    if not watched or silent >= SILENCE_SHOWN_FROM:
        return Condition.NO_DATA
    return max((Condition.NORMAL, Condition.PLANNED), key=lambda quiet: seen.get(quiet, timedelta(0)))


def count(conditions: Iterable[Condition]) -> Counts:
    """Targets by condition."""
    tally = dict.fromkeys(Condition, 0)
    for condition in conditions:
        tally[condition] += 1
    return Counts(
        normal=tally[Condition.NORMAL],
        slow=tally[Condition.SLOW],
        degraded=tally[Condition.DEGRADED],
        down=tally[Condition.DOWN],
        no_data=tally[Condition.NO_DATA],
        no_address=tally[Condition.NO_ADDRESS],
        planned=tally[Condition.PLANNED],
    )
