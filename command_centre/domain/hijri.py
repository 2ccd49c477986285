"""The Hijri calendar, reckoned by its arithmetic form: good to a day or two, which is enough to find the like of a week.

The arithmetic (tabular) calendar has 11 leap years in 30: years of 354 or 355 days, months of 30 and 29 days by turns
(Reingold & Dershowitz, *Calendrical Calculations*, "The Islamic Calendar"). What the ministry settles by sighting the moon may
lie a day beside it, so it is used to compare and never to say on which day a feast falls.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from command_centre.domain.period import Period, PeriodKind, period_of

EPOCH = date(622, 7, 19).toordinal()
"""1 Muharram of the year 1: 16 July 622 by the Julian calendar, written in the Gregorian one."""

MONTHS = 12
RAMADAN = 9
CYCLE_YEARS, CYCLE_DAYS = 30, 10_631


@dataclass(frozen=True, slots=True, order=True)
class HijriDay:
    """Year, month (1..12), day (1..30)."""

    year: int
    month: int
    day: int


def days_of_month(year: int, month: int) -> int:
    """30 or 29; the last month of a leap year has 30."""
    return 30 if month % 2 or (month == MONTHS and _is_leap(year)) else 29


def _is_leap(year: int) -> bool:
    return (11 * year + 14) % CYCLE_YEARS < 11


def to_hijri(day: date) -> HijriDay:
    """The Hijri day of a civil one."""
    since = day.toordinal() - EPOCH
    year = (CYCLE_YEARS * since + 10_646) // CYCLE_DAYS
    month = 1
    rest = since - _days_before(year)
    while rest >= days_of_month(year, month):
        rest -= days_of_month(year, month)
        month += 1
    return HijriDay(year, month, rest + 1)


def to_civil(day: HijriDay) -> date:
    """The civil day of a Hijri one."""
    before = sum(days_of_month(day.year, month) for month in range(1, day.month))
    return date.fromordinal(EPOCH + _days_before(day.year) + before + day.day - 1)


def _days_before(year: int) -> int:
    """Days of all years before."""
    return 354 * (year - 1) + (3 + 11 * year) // CYCLE_YEARS


def middle_of(period: Period) -> date:
    """The day that stands for a period: the one in its middle."""
    return period.first_day + (period.last_day - period.first_day) // 2


def a_hijri_year_before(period: Period) -> Period | None:
    """The week or month in which the same Hijri day lay a Hijri year ago: about eleven days later than the same week number.

    None for a year: a Hijri year is no year of this archive.
    """
    if period.kind is PeriodKind.YEAR:
        return None
    today = to_hijri(middle_of(period))
    year = today.year - 1
    return period_of(period.kind, to_civil(HijriDay(year, today.month, min(today.day, days_of_month(year, today.month)))))


def ramadan_days(period: Period) -> int:
    """How many days of the period lie in Ramadan."""
    number = (period.day_after - period.first_day).days
    days = (period.first_day + timedelta(days=each) for each in range(number))
    return sum(to_hijri(each).month == RAMADAN for each in days)
