"""The Hijri calendar by arithmetic, and the like of a week a Hijri year ago."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from command_centre.domain.hijri import HijriDay, a_hijri_year_before, days_of_month, middle_of, ramadan_days, to_civil, to_hijri
from command_centre.domain.period import parse_period


def test_every_day_of_a_century_has_one_hijri_day_and_comes_back() -> None:
    day, before = date(1980, 1, 1), to_hijri(date(1979, 12, 31))
    for _ in range(36_525):
        found = to_hijri(day)
        assert to_civil(found) == day
        assert found > before
        assert 1 <= found.day <= days_of_month(found.year, found.month)
        day, before = day + timedelta(days=1), found


def test_thirty_years_have_eleven_leap_years() -> None:
    assert sum(days_of_month(year, 12) == 30 for year in range(1441, 1471)) == 11


@pytest.mark.parametrize(
    ("hijri", "settled"),
    [
        (HijriDay(1445, 9, 1), date(2024, 3, 12)),
        (HijriDay(1446, 9, 1), date(2025, 3, 1)),
        (HijriDay(1447, 9, 1), date(2026, 2, 19)),
        (HijriDay(1446, 10, 1), date(2025, 3, 31)),
        (HijriDay(1447, 1, 1), date(2025, 6, 27)),
    ],
)
def test_the_arithmetic_lies_within_a_day_of_what_the_ministry_settled(hijri: HijriDay, settled: date) -> None:
    assert abs((to_civil(hijri) - settled).days) <= 1


def test_the_like_of_a_ramadan_week_is_a_ramadan_week_eleven_days_later_in_the_year() -> None:
    week = parse_period("2026-W09")  # 23 February to 1 March 2026: the first full week of Ramadan 1447
    like = a_hijri_year_before(week)
    assert like == parse_period("2025-W10")
    assert like is not None
    assert ramadan_days(week) == 7
    assert ramadan_days(like) == 7
    assert ramadan_days(week.a_year_before()) <= 2  # the same number a year ago was hardly Ramadan at all


@pytest.mark.parametrize("name", ["2026-W53", "2026-W01", "2020-W53", "2028-W09", "2026-02", "2028-02", "2026-12"])
def test_the_like_of_any_period_is_of_its_kind_and_holds_its_hijri_day(name: str) -> None:
    period = parse_period(name)
    like = a_hijri_year_before(period)
    assert like is not None
    assert like.kind is period.kind
    then, now = to_hijri(middle_of(like)), to_hijri(middle_of(period))
    half = (period.day_after - period.first_day).days // 2 + 1
    assert abs((to_civil(HijriDay(now.year - 1, now.month, min(now.day, 29))) - middle_of(like)).days) <= half
    assert then.year == now.year - 1 or abs(then.month - now.month) == 11


def test_a_year_has_no_like() -> None:
    assert a_hijri_year_before(parse_period("2026")) is None
