"""Service-level clocks: how long an open item may still wait. Pure arithmetic over working days, by the city's wall clock.

An agreement is counted in one of three ways:

- *clock time* (``2×24 jam``): every hour counts, by day and night, on holidays too;
- *working days* (``6 hari kerja``): the day of arrival does not count; the item is due when the last of the days closes;
- *working hours* (``8 jam kerja``): only the hours in which the office is open count.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from types import MappingProxyType
from zoneinfo import ZoneInfo

ONE_DAY = timedelta(days=1)
ZERO = timedelta(0)
MOST_DAYS = 4000
"""How far ahead a working day is looked for: more than ten years without one is a mistake in the calendar."""

Shift = tuple[time, time]
"""Opening hours on one day, half-open; an end of 00:00 is the midnight after it."""

OFFICE_HOURS: Mapping[int, tuple[Shift, ...]] = MappingProxyType(
    {**dict.fromkeys(range(4), ((time(7, 30), time(16)),)), 4: ((time(7, 30), time(16, 30)),)}
)
"""The default where the register names no hours: work begins at 07.30, a week has 37.5 hours without breaks (Perpres 21/2023)."""

ALWAYS_OPEN: Mapping[int, tuple[Shift, ...]] = MappingProxyType(dict.fromkeys(range(7), ((time(0), time(0)),)))


class Counting(StrEnum):
    """Which time counts."""

    CLOCK = "clock"
    WORKING_DAYS = "working_days"
    WORKING_HOURS = "working_hours"


@dataclass(frozen=True, slots=True)
class ServiceLevel:
    """How long an item may wait. ``days`` where working days are counted, ``length`` otherwise."""

    counting: Counting
    length: timedelta = ZERO
    days: int = 0


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """When an office is open: hours by weekday (0 is Monday) and the days on which it stays shut."""

    zone: ZoneInfo
    hours: Mapping[int, Sequence[Shift]] = field(default_factory=lambda: OFFICE_HOURS)
    holidays: AbstractSet[date] = frozenset()

    def is_working_day(self, day: date) -> bool:
        """Whether the office opens at all on ``day``."""
        return bool(self.hours.get(day.weekday())) and (day not in self.holidays or self._is_always_open)

    def shifts(self, day: date) -> list[tuple[datetime, datetime]]:
        """Opening hours of ``day`` as moments (UTC), in order."""
        if not self.is_working_day(day):
            return []
        return [(self._at(day, start), self._end(day, end)) for start, end in sorted(self.hours[day.weekday()])]

    def closes(self, day: date) -> datetime:
        """When a working day is over."""
        return self.shifts(day)[-1][1]

    def local_day(self, at: datetime) -> date:
        """The day of the city at ``at``."""
        return at.astimezone(self.zone).date()

    @property
    def _is_always_open(self) -> bool:
        """A desk that is open day and night knows no holidays."""
        return len(self.hours) == 7 and all(tuple(each) == ((time(0), time(0)),) for each in self.hours.values())

    def _at(self, day: date, clock: time) -> datetime:
        return datetime.combine(day, clock, self.zone).astimezone(UTC)

    def _end(self, day: date, clock: time) -> datetime:
        return self._at(day + ONE_DAY, time(0)) if clock == time(0) else self._at(day, clock)


class NoWorkingDayError(ValueError):
    """The calendar never opens: a mistake of whoever wrote it."""


def deadline(opened: datetime, level: ServiceLevel, calendar: WorkCalendar) -> datetime:
    """When an item that arrived at ``opened`` is due (UTC). Raises NoWorkingDayError when the office never opens."""
    match level.counting:
        case Counting.CLOCK:
            return opened.astimezone(UTC) + level.length
        case Counting.WORKING_DAYS:
            return calendar.closes(_nth_working_day(calendar.local_day(opened), level.days, calendar))
        case Counting.WORKING_HOURS:
            return _after_working_hours(opened, level.length, calendar)


def remaining(opened: datetime, level: ServiceLevel, calendar: WorkCalendar, now: datetime) -> timedelta:
    """Time by the clock until the item is due; negative once it is overdue."""
    return deadline(opened, level, calendar) - now


def is_overdue(opened: datetime, level: ServiceLevel, calendar: WorkCalendar, now: datetime) -> bool:
    """Whether the item has waited longer than agreed. At the very moment of its deadline it has not."""
    return now > deadline(opened, level, calendar)


def elapsed_share(opened: datetime, level: ServiceLevel, calendar: WorkCalendar, now: datetime) -> float:
    """How much of its time an item has used up: 0 on arrival, 1 at the deadline, more after it.

    Counted in the time that counts for the agreement, so that nothing moves while the office is shut.
    """
    due = deadline(opened, level, calendar)
    if now >= due:
        return max(_share(now - opened, due - opened), 1.0)
    if level.counting is Counting.CLOCK:
        return max(_share(now - opened, due - opened), 0.0)
    whole = working_time(opened, due, calendar)
    return max(_share(working_time(opened, now, calendar), whole), 0.0)


def working_time(start: datetime, end: datetime, calendar: WorkCalendar) -> timedelta:
    """How long the office was open between two moments; nothing when ``end`` is not after ``start``."""
    total = ZERO
    for opens, closes in _shifts_from(start, calendar):
        if opens >= end:
            break
        total += max(min(closes, end) - max(opens, start), ZERO)
    return total


def working_days_between(first: date, last: date, calendar: WorkCalendar) -> int:
    """Working days after ``first`` up to and including ``last``; 0 when ``last`` is not later."""
    length = min((last - first).days, MOST_DAYS)
    return sum(calendar.is_working_day(first + ONE_DAY * each) for each in range(1, length + 1))


def _share(part: timedelta, whole: timedelta) -> float:
    return part / whole if whole > ZERO else 1.0


def _nth_working_day(arrival: date, number: int, calendar: WorkCalendar) -> date:
    """The ``number``-th working day after the day of arrival."""
    days = (arrival + ONE_DAY * each for each in range(1, MOST_DAYS))
    working = (day for day in days if calendar.is_working_day(day))
    found = next(itertools.islice(working, number - 1, None), None)
    if found is None:
        raise NoWorkingDayError("the office is never open")
    return found


def _after_working_hours(opened: datetime, length: timedelta, calendar: WorkCalendar) -> datetime:
    left = length
    for opens, closes in _shifts_from(opened, calendar):
        start = max(opens, opened.astimezone(UTC))
        if closes > start and closes - start >= left:
            return start + left
        left -= max(closes - start, ZERO)
    raise NoWorkingDayError("the office is never open")


def _shifts_from(start: datetime, calendar: WorkCalendar) -> Iterator[tuple[datetime, datetime]]:
    """Opening hours that end after ``start``, in order; for ten years at most."""
    day = calendar.local_day(start)
    for each in range(MOST_DAYS):
        for opens, closes in calendar.shifts(day + ONE_DAY * each):
            if closes > start:
                yield opens, closes
