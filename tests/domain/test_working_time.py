"""Service-level clocks against cases counted by hand on a calendar, and against rules that hold for every calendar."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from command_centre.domain.working_time import (
    ALWAYS_OPEN,
    Counting,
    NoWorkingDayError,
    ServiceLevel,
    WorkCalendar,
    deadline,
    elapsed_share,
    is_overdue,
    remaining,
    working_days_between,
    working_time,
)

WITA = ZoneInfo("Asia/Makassar")
EID = frozenset(date(2026, 3, day) for day in (18, 19, 20, 21, 22, 23, 24))  # Nyepi, Idulfitri and the joint leave of 2026
OFFICE = WorkCalendar(WITA, {**dict.fromkeys(range(4), ((time(7, 30), time(16)),)), 4: ((time(7, 30), time(11, 30)),)}, EID)
WITH_BREAK = WorkCalendar(WITA, dict.fromkeys(range(5), ((time(8), time(12)), (time(13), time(16)))))
ROUND_THE_CLOCK = WorkCalendar(WITA, ALWAYS_OPEN, EID)


def at(text: str) -> datetime:
    """A moment by the city's clock: ``2026-11-20 17.30``."""
    return datetime.strptime(text, "%Y-%m-%d %H.%M").replace(tzinfo=WITA).astimezone(UTC)


def days(number: int) -> ServiceLevel:
    return ServiceLevel(Counting.WORKING_DAYS, days=number)


def clock(**length: int) -> ServiceLevel:
    return ServiceLevel(Counting.CLOCK, timedelta(**length))


def office_hours(number: float) -> ServiceLevel:
    return ServiceLevel(Counting.WORKING_HOURS, timedelta(hours=number))


@pytest.mark.parametrize(
    ("opened", "level", "due"),
    [
        # clock time: nights, weekends and holidays count
        ("2026-11-20 17.30", clock(hours=24), "2026-11-21 17.30"),
        ("2026-03-20 09.00", clock(hours=48), "2026-03-22 09.00"),
        ("2028-02-28 12.00", clock(days=1), "2028-02-29 12.00"),  # a leap year
        ("2026-12-31 23.00", clock(hours=72), "2027-01-03 23.00"),
        # working days: the day of arrival does not count, the last one counts until it closes
        ("2026-11-20 17.30", days(1), "2026-11-23 16.00"),  # Friday evening: Monday
        ("2026-11-21 10.00", days(1), "2026-11-23 16.00"),  # Saturday: Monday, too
        ("2026-11-23 07.00", days(1), "2026-11-24 16.00"),
        ("2026-11-19 23.59", days(1), "2026-11-20 11.30"),  # Friday closes early
        ("2026-11-16 09.00", days(6), "2026-11-24 16.00"),  # 17 18 19 20 | 23 24
        ("2026-03-16 09.00", days(6), "2026-03-31 16.00"),  # 17 | Nyepi, Idulfitri, leave to the 24th | 25 26 27 | 30 31
        ("2026-03-17 15.00", days(2), "2026-03-26 16.00"),
        ("2028-02-28 09.00", days(1), "2028-02-29 16.00"),  # a leap year has one more
        # working hours
        ("2026-11-20 10.30", office_hours(2), "2026-11-23 08.30"),  # one hour on Friday, one on Monday
        ("2026-11-21 10.00", office_hours(2), "2026-11-23 09.30"),
        ("2026-11-23 07.30", office_hours(8.5), "2026-11-23 16.00"),  # exactly one day
        ("2026-03-17 15.00", office_hours(1), "2026-03-17 16.00"),
        ("2026-03-17 15.30", office_hours(1), "2026-03-25 08.00"),
    ],
)
def test_the_hand_counted_deadline(opened: str, level: ServiceLevel, due: str) -> None:
    assert deadline(at(opened), level, OFFICE) == at(due)


def test_a_lunch_break_is_no_working_time() -> None:
    assert deadline(at("2026-11-23 11.00"), office_hours(2), WITH_BREAK) == at("2026-11-23 14.00")
    assert working_time(at("2026-11-23 11.00"), at("2026-11-23 14.00"), WITH_BREAK) == timedelta(hours=2)
    assert elapsed_share(at("2026-11-23 11.00"), office_hours(2), WITH_BREAK, at("2026-11-23 12.30")) == 0.5


def test_a_desk_that_never_closes_knows_no_holidays() -> None:
    assert ROUND_THE_CLOCK.is_working_day(date(2026, 3, 21))
    assert deadline(at("2026-03-20 10.00"), days(1), ROUND_THE_CLOCK) == at("2026-03-22 00.00")


def test_an_item_is_overdue_only_after_its_deadline() -> None:
    opened = at("2026-11-20 17.30")
    assert not is_overdue(opened, days(1), OFFICE, at("2026-11-23 16.00"))
    assert is_overdue(opened, days(1), OFFICE, at("2026-11-23 16.01"))
    assert remaining(opened, days(1), OFFICE, at("2026-11-23 15.00")) == timedelta(hours=1)
    assert remaining(opened, days(1), OFFICE, at("2026-11-23 17.00")) == timedelta(hours=-1)


def test_nothing_moves_while_the_office_is_shut() -> None:
    opened = at("2026-11-19 09.00")
    shares = [
        elapsed_share(opened, days(2), OFFICE, at(each)) for each in ("2026-11-20 11.30", "2026-11-21 12.00", "2026-11-23 07.30")
    ]
    assert len(set(shares)) == 1
    assert 0 < shares[0] < 1


def test_working_days_until_a_day_of_submission() -> None:
    assert working_days_between(date(2026, 11, 23), date(2026, 11, 30), OFFICE) == 5
    assert working_days_between(date(2026, 3, 17), date(2026, 3, 25), OFFICE) == 1
    assert working_days_between(date(2026, 11, 30), date(2026, 11, 30), OFFICE) == 0
    assert working_days_between(date(2026, 12, 1), date(2026, 11, 30), OFFICE) == 0


def test_an_office_that_never_opens_is_a_mistake_and_not_an_endless_search() -> None:
    shut = WorkCalendar(WITA, {})
    for level in (days(1), office_hours(1)):
        with pytest.raises(NoWorkingDayError):
            deadline(at("2026-11-23 09.00"), level, shut)


moments = st.integers(0, 2 * 365 * 24 * 60).map(lambda minutes: datetime(2025, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes))
levels = st.one_of(
    st.integers(1, 400).map(lambda hours: clock(hours=hours)),
    st.integers(1, 30).map(days),
    st.integers(1, 200).map(office_hours),
)


@given(moments, levels)
def test_a_deadline_lies_after_the_arrival_and_never_on_a_day_that_does_not_count(opened: datetime, level: ServiceLevel) -> None:
    due = deadline(opened, level, OFFICE)
    assert due > opened
    if level.counting is not Counting.CLOCK:
        assert OFFICE.is_working_day(OFFICE.local_day(due))
    if level.counting is Counting.WORKING_HOURS:
        assert working_time(opened, due, OFFICE) == level.length
    if level.counting is Counting.WORKING_DAYS:
        assert working_days_between(OFFICE.local_day(opened), OFFICE.local_day(due), OFFICE) == level.days


@given(moments, levels, st.integers(0, 40 * 24))
def test_who_comes_later_is_never_due_earlier(opened: datetime, level: ServiceLevel, hours: int) -> None:
    assert deadline(opened + timedelta(hours=hours), level, OFFICE) >= deadline(opened, level, OFFICE)


@given(moments, levels, st.integers(0, 60 * 24), st.integers(0, 200))
def test_the_clock_never_runs_backwards_and_is_full_exactly_at_the_deadline(
    opened: datetime, level: ServiceLevel, hours: int, more: int
) -> None:
    now = opened + timedelta(hours=hours)
    share = elapsed_share(opened, level, OFFICE, now)
    assert share <= elapsed_share(opened, level, OFFICE, now + timedelta(hours=more)) + 1e-9
    assert (share > 1) <= is_overdue(opened, level, OFFICE, now)
    assert elapsed_share(opened, level, OFFICE, deadline(opened, level, OFFICE)) == 1.0
    assert elapsed_share(opened, level, OFFICE, opened) >= 0
