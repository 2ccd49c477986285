"""Weeks, months and years of the city (R6): half-open, by the city's midnight, across years and leap days."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from command_centre.domain.period import Period, PeriodKind, last_ended, parse_period, period_of

WITA = ZoneInfo("Asia/Makassar")
DAYS = st.dates(min_value=date(2001, 1, 1), max_value=date(2400, 12, 31))
KINDS = st.sampled_from(list(PeriodKind))


def test_a_week_runs_from_monday_midnight_to_monday_midnight_in_the_citys_zone() -> None:
    week = parse_period("2026-W47").interval(WITA)
    assert week.start == datetime(2026, 11, 15, 16, tzinfo=UTC)
    assert week.end == datetime(2026, 11, 22, 16, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2026-W53", date(2026, 12, 28), date(2027, 1, 3)),
        ("2025-W01", date(2024, 12, 30), date(2025, 1, 5)),
        ("2028-W09", date(2028, 2, 28), date(2028, 3, 5)),  # with a leap day
        ("2028-02", date(2028, 2, 1), date(2028, 2, 29)),
        ("2026-02", date(2026, 2, 1), date(2026, 2, 28)),
        ("2026-12", date(2026, 12, 1), date(2026, 12, 31)),
        ("2028", date(2028, 1, 1), date(2028, 12, 31)),
    ],
)
def test_a_period_has_its_days(text: str, first: date, last: date) -> None:
    period = parse_period(text)
    assert (period.first_day, period.last_day, period.name) == (first, last, text)


@pytest.mark.parametrize(
    "text", ["2025-W53", "2026-W00", "2026-13", "2026-00", "26-W47", "2026W47", "", "1999", "9999", "2026-W47 x"]
)
def test_what_is_no_period_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(ValueError, match="is not a period"):
        parse_period(text)


def test_the_same_week_of_a_year_without_a_week_53_is_the_last_one() -> None:
    assert parse_period("2027-W20").a_year_before().name == "2026-W20"
    assert parse_period("2026-W53").a_year_before().name == "2025-W52"


def test_the_last_ended_week_changes_at_the_citys_midnight_and_not_at_utcs() -> None:
    monday = datetime(2026, 11, 22, 16, tzinfo=UTC)
    assert last_ended(PeriodKind.WEEK, monday, WITA).name == "2026-W47"
    assert last_ended(PeriodKind.WEEK, monday - timedelta(seconds=1), WITA).name == "2026-W46"


@given(KINDS, DAYS)
def test_every_day_lies_in_exactly_the_period_that_names_it(kind: PeriodKind, day: date) -> None:
    period = period_of(kind, day)
    assert period.first_day <= day < period.day_after
    assert parse_period(period.name) == period


@given(KINDS, DAYS)
def test_periods_touch_without_gap_or_overlap(kind: PeriodKind, day: date) -> None:
    period = period_of(kind, day)
    assert period.before().day_after == period.first_day
    assert period.before().interval(WITA).end == period.interval(WITA).start


@given(KINDS, DAYS)
def test_the_days_of_a_period_are_its_midnights(kind: PeriodKind, day: date) -> None:
    period = period_of(kind, day)
    starts = period.day_starts(ZoneInfo("Europe/Berlin"))  # a zone whose days are not all 24 hours long
    assert len(starts) == (period.day_after - period.first_day).days
    assert starts[0] == period.interval(ZoneInfo("Europe/Berlin")).start
    assert all(early < late for early, late in pairwise(starts))


def test_a_year_is_one_period() -> None:
    assert parse_period("2026") == Period(PeriodKind.YEAR, 2026)
