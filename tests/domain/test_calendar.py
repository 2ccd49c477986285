"""Planned time: one-off and weekly windows, across midnight, by the wall clock of the city."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from command_centre.domain.calendar import Interval, OneOff, Weekly, Window, intersect, union
from command_centre.domain.target import TargetKey

WITA = ZoneInfo("Asia/Makassar")
SITE = frozenset({TargetKey("situs:contoh")})
EVERY_DAY = frozenset(range(7))
WEEK = Interval(datetime(2026, 11, 23, tzinfo=WITA), datetime(2026, 11, 30, tzinfo=WITA))


@pytest.mark.parametrize(
    ("hour", "minute", "day", "inside"),
    [(21, 59, 23, False), (22, 0, 23, True), (23, 59, 23, True), (0, 0, 24, True), (1, 59, 24, True), (2, 0, 24, False)],
)
def test_a_window_across_midnight_is_one_entry(hour: int, minute: int, day: int, inside: bool) -> None:
    night = Window("rawat malam", SITE, Weekly(EVERY_DAY, time(22), time(2)))
    at = datetime(2026, 11, day, hour, minute, tzinfo=WITA)
    assert any(part.contains(at) for part in night.intervals(WEEK, WITA)) is inside


def test_friday_means_friday_in_bontang_and_not_in_utc() -> None:
    friday = Window("salat jumat", SITE, Weekly(frozenset({4}), time(6), time(8)))
    (only,) = friday.intervals(WEEK, WITA)
    assert only.start.astimezone(UTC) == datetime(2026, 11, 26, 22, tzinfo=UTC)  # still Thursday in UTC


def test_a_window_begun_the_evening_before_reaches_into_the_interval() -> None:
    night = Window("rawat malam", SITE, Weekly(EVERY_DAY, time(22), time(2)))
    morning = Interval(datetime(2026, 11, 23, 0, tzinfo=WITA), datetime(2026, 11, 23, 12, tzinfo=WITA))
    (only,) = night.intervals(morning, WITA)
    assert only.length == timedelta(hours=2)


def test_a_one_off_window_is_cut_to_what_was_asked() -> None:
    start = datetime(2026, 11, 22, tzinfo=WITA)
    window = Window("pemilu", SITE, OneOff(start, start + timedelta(days=30)))
    assert window.intervals(WEEK, WITA) == (WEEK,)


def test_neighbours_that_only_touch_have_nothing_in_common() -> None:
    half = WEEK.start + timedelta(days=3)
    assert intersect(Interval(WEEK.start, half), Interval(half, WEEK.end)) is None
    assert union([Interval(half, WEEK.end), Interval(WEEK.start, half)]) == (WEEK,)
