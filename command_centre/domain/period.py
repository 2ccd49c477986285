"""Period: a week, a month or a year of the city, half-open, from one midnight of its zone to another."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import assert_never
from zoneinfo import ZoneInfo

from command_centre.domain.calendar import ONE_DAY, Interval

_NAME = re.compile(r"(?P<year>\d{4})(?:-W(?P<week>\d{2})|-(?P<month>\d{2}))?")
FIRST_YEAR, LAST_YEAR = 2000, 9998
"""Years that have a neighbour on both sides in ``datetime``, and a Command Centre."""


class PeriodKind(StrEnum):
    """How long a snapshot looks back."""

    WEEK = "week"
    MONTH = "month"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class Period:
    """One ISO week (Monday 00:00 to Sunday 24:00), one month, or one year. ``number`` is 1 for a year."""

    kind: PeriodKind
    year: int
    number: int = 1

    @property
    def name(self) -> str:
        """``2026-W47``, ``2026-11`` or ``2026``."""
        match self.kind:
            case PeriodKind.WEEK:
                return f"{self.year:04}-W{self.number:02}"
            case PeriodKind.MONTH:
                return f"{self.year:04}-{self.number:02}"
            case PeriodKind.YEAR:
                return f"{self.year:04}"
            case unreachable:
                assert_never(unreachable)

    @property
    def first_day(self) -> date:
        match self.kind:
            case PeriodKind.WEEK:
                return date.fromisocalendar(self.year, self.number, 1)
            case PeriodKind.MONTH | PeriodKind.YEAR:
                return date(self.year, self.number, 1)
            case unreachable:
                assert_never(unreachable)

    @property
    def day_after(self) -> date:
        """The first day of the next period."""
        match self.kind:
            case PeriodKind.WEEK:
                return self.first_day + timedelta(days=7)
            case PeriodKind.MONTH:
                return date(self.year + self.number // 12, self.number % 12 + 1, 1)
            case PeriodKind.YEAR:
                return date(self.year + 1, 1, 1)
            case unreachable:
                assert_never(unreachable)

    @property
    def last_day(self) -> date:
        return self.day_after - ONE_DAY

    def interval(self, zone: ZoneInfo) -> Interval:
        """From midnight to midnight by the clock of ``zone``, in UTC."""
        return Interval(midnight(self.first_day, zone), midnight(self.day_after, zone))

    def day_starts(self, zone: ZoneInfo) -> tuple[datetime, ...]:
        """The midnights on which its days begin."""
        number = (self.day_after - self.first_day).days
        return tuple(midnight(self.first_day + timedelta(days=day), zone) for day in range(number))

    def before(self) -> Period:
        """The one that ended when this one began."""
        return period_of(self.kind, self.first_day - ONE_DAY)

    def a_year_before(self) -> Period:
        """The same week number, month, or year of the year before; week 53 has its like in the last week of that year."""
        if self.kind is PeriodKind.WEEK:
            last = date(self.year - 1, 12, 28).isocalendar().week  # 28 December always lies in the last week
            return Period(self.kind, self.year - 1, min(self.number, last))
        return Period(self.kind, self.year - 1, self.number)


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """When ``day`` begins in ``zone``, in UTC."""
    return datetime.combine(day, time(), zone).astimezone(UTC)


def period_of(kind: PeriodKind, day: date) -> Period:
    """The period of that kind in which ``day`` lies."""
    match kind:
        case PeriodKind.WEEK:
            year, week, _ = day.isocalendar()
            return Period(kind, year, week)
        case PeriodKind.MONTH:
            return Period(kind, day.year, day.month)
        case PeriodKind.YEAR:
            return Period(kind, day.year)
        case unreachable:
            assert_never(unreachable)


def last_ended(kind: PeriodKind, at: datetime, zone: ZoneInfo) -> Period:
    """The newest period of that kind that is over at ``at``."""
    return period_of(kind, at.astimezone(zone).date()).before()


def parse_period(text: str) -> Period:
    """``2026-W47``, ``2026-11`` or ``2026``. Raises ValueError with a sentence for the person who wrote it."""
    match = _NAME.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"'{text}' is not a period; write 2026-W47, 2026-11 or 2026")
    year = int(match["year"])
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise ValueError(f"'{text}' is not a period of this city: the year must lie between {FIRST_YEAR} and {LAST_YEAR}")
    kind, number = _kind_and_number(match["week"], match["month"])
    period = Period(kind, year, number)
    try:
        begins = period.first_day
    except ValueError:
        raise ValueError(f"'{text}' is not a period: {year} has no such {kind.value}") from None
    if period_of(kind, begins) != period:
        raise ValueError(f"'{text}' is not a period: {year} has no such {kind.value}")
    return period


def _kind_and_number(week: str | None, month: str | None) -> tuple[PeriodKind, int]:
    if week is not None:
        return PeriodKind.WEEK, int(week)
    if month is not None:
        return PeriodKind.MONTH, int(month)
    return PeriodKind.YEAR, 1
