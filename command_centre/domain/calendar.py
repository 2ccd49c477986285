"""Windows: agreed planned time, one-off or recurring. Half-open intervals; the zone matters only where a wall clock is meant."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TypeAlias
from zoneinfo import ZoneInfo

from command_centre.domain.target import TargetKey


@dataclass(frozen=True, slots=True, order=True)
class Interval:
    """A stretch of time, half-open: ``start`` belongs to it, ``end`` does not. Both aware."""

    start: datetime
    end: datetime

    @property
    def length(self) -> timedelta:
        return self.end - self.start

    def contains(self, at: datetime) -> bool:
        return self.start <= at < self.end


@dataclass(frozen=True, slots=True)
class OneOff:
    """Planned time that happens once."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Weekly:
    """Planned time on some weekdays (0 = Monday), by the wall clock of the city; ``end <= start`` reaches into the next day."""

    days: frozenset[int]
    start: time
    end: time


Recurrence: TypeAlias = OneOff | Weekly


@dataclass(frozen=True, slots=True)
class Window:
    """Agreed planned time for some targets, with its reason in words."""

    name: str
    targets: frozenset[TargetKey]
    when: Recurrence

    def intervals(self, within: Interval, zone: ZoneInfo) -> tuple[Interval, ...]:
        """The parts of ``within`` that this window covers, in order."""
        match self.when:
            case OneOff(start, end):
                candidates: Iterable[Interval] = (Interval(start, end),)
            case Weekly():
                candidates = _weekly_intervals(self.when, within, zone)
        return tuple(part for each in candidates if (part := intersect(each, within)) is not None)


def _weekly_intervals(when: Weekly, within: Interval, zone: ZoneInfo) -> Iterable[Interval]:
    # One day earlier than the interval: an entry such as 22:00-02:00 begins on the day before.
    day = within.start.astimezone(zone).date() - timedelta(days=1)
    last = within.end.astimezone(zone).date()
    while day <= last:
        if day.weekday() in when.days:
            start = datetime.combine(day, when.start, zone)
            end_day = day if when.end > when.start else day + timedelta(days=1)
            yield Interval(start, datetime.combine(end_day, when.end, zone))
        day += timedelta(days=1)


def intersect(left: Interval, right: Interval) -> Interval | None:
    """What both have in common; None when that is nothing."""
    start, end = max(left.start, right.start), min(left.end, right.end)
    return Interval(start, end) if start < end else None


def union(intervals: Iterable[Interval]) -> tuple[Interval, ...]:
    """The same time as disjoint intervals in order: overlapping windows count once."""
    merged: list[Interval] = []
    for each in sorted(intervals):
        if merged and each.start <= merged[-1].end:
            merged[-1] = Interval(merged[-1].start, max(merged[-1].end, each.end))
        else:
            merged.append(each)
    return tuple(merged)
