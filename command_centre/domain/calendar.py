"""Windows: agreed planned time, one-off or recurring. Half-open intervals; the zone matters only where a wall clock is meant.

A window says when, and for whom; it does not know how its targets are looked at. So it holds for polled and for pushed sources
alike, and whatever is measured inside is kept.
"""

from __future__ import annotations

import calendar
import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TypeAlias
from zoneinfo import ZoneInfo

from command_centre.domain.prayer import FRIDAY, Prayer, prayer_times
from command_centre.domain.target import TargetKey

ONE_DAY = timedelta(days=1)
EVERY_DAY = frozenset(range(7))
"""All days of the week."""


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


@dataclass(frozen=True, slots=True)
class Monthly:
    """Planned time on some days of the month, by the wall clock; ``end <= start`` reaches into the next day.

    Days count from the first (1 to 31) or, negative, from the last (-1 is the last day). A day that a month does not have is left
    out there, never moved. No ``months`` means every month: 29 February is ``{29}`` in ``{2}``.
    """

    days: frozenset[int]
    start: time
    end: time
    months: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class AroundPrayers:
    """Planned time around prayers, from ``before`` to ``after`` their beginning at a place (degrees).

    ``friday_after``, where given, takes the place of ``after`` for the noon prayer of a Friday. ``days`` are weekdays (0 is
    Monday).
    """

    prayers: frozenset[Prayer]
    before: timedelta
    after: timedelta
    latitude: float
    longitude: float
    friday_after: timedelta | None = None
    days: frozenset[int] = EVERY_DAY


Recurrence: TypeAlias = OneOff | Weekly | Monthly | AroundPrayers


@dataclass(frozen=True, slots=True, order=True)
class Occurrence:
    """One time that a window comes to pass, whole; ``prayer`` is the one it is about."""

    interval: Interval
    prayer: Prayer | None = None


@dataclass(frozen=True, slots=True)
class Window:
    """Agreed planned time for some targets, with its reason in words.

    A recurring window comes to pass from ``first_day`` to ``last_day`` (days of the city on which it begins, both included).
    """

    name: str
    targets: frozenset[TargetKey]
    when: Recurrence
    first_day: date | None = None
    last_day: date | None = None

    def intervals(self, within: Interval, zone: ZoneInfo) -> tuple[Interval, ...]:
        """The parts of ``within`` that this window covers, in order."""
        return tuple(part for each in self._candidates(within, zone) if (part := intersect(each.interval, within)) is not None)

    def occurrences(self, within: Interval, zone: ZoneInfo) -> tuple[Occurrence, ...]:
        """The times this window comes to pass that touch ``within``, uncut and in order: what a screen lists."""
        return tuple(each for each in self._candidates(within, zone) if intersect(each.interval, within) is not None)

    def _candidates(self, within: Interval, zone: ZoneInfo) -> Iterable[Occurrence]:
        match self.when:
            case OneOff(start, end):
                return (Occurrence(Interval(start, end)),)
            case Weekly(days, start_time, end_time):
                begins = (day for day in self._days(within, zone) if day.weekday() in days)
                return (_by_the_clock(day, start_time, end_time, zone) for day in begins)
            case Monthly(_, start_time, end_time, _):
                begins = (day for day in self._days(within, zone) if _is_in_month(self.when, day))
                return (_by_the_clock(day, start_time, end_time, zone) for day in begins)
            case AroundPrayers(days=days):
                begins = (day for day in self._days(within, zone) if day.weekday() in days)
                return itertools.chain.from_iterable(_around_prayers(self.when, day) for day in begins)

    def _days(self, within: Interval, zone: ZoneInfo) -> Iterator[date]:
        """The days on which something that touches ``within`` may begin, or its prayer may be."""
        # One day more on both sides: 22:00-02:00 begins on the day before, and what leads up to dawn may begin on the eve of it.
        day = within.start.astimezone(zone).date() - ONE_DAY
        last = within.end.astimezone(zone).date() + ONE_DAY
        while day <= last:
            if (self.first_day is None or self.first_day <= day) and (self.last_day is None or day <= self.last_day):
                yield day
            day += ONE_DAY


def _by_the_clock(day: date, start: time, end: time, zone: ZoneInfo) -> Occurrence:
    end_day = day if end > start else day + ONE_DAY
    begins, ends = datetime.combine(day, start, zone), datetime.combine(end_day, end, zone)
    # In UTC: two times of one zone are compared by their clocks, which lie where the clock was turned.
    return Occurrence(Interval(begins.astimezone(UTC), ends.astimezone(UTC)))


def _is_in_month(when: Monthly, day: date) -> bool:
    from_the_end = day.day - calendar.monthrange(day.year, day.month)[1] - 1
    return (not when.months or day.month in when.months) and (day.day in when.days or from_the_end in when.days)


def _around_prayers(when: AroundPrayers, day: date) -> Iterator[Occurrence]:
    for prayer, at in prayer_times(day, when.latitude, when.longitude).items():
        if prayer in when.prayers:
            is_friday_prayer = prayer is Prayer.DHUHR and day.weekday() == FRIDAY
            after = when.friday_after if is_friday_prayer and when.friday_after is not None else when.after
            yield Occurrence(Interval(at - when.before, at + after), prayer)


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
