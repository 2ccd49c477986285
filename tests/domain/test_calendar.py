"""Planned time: once, weekly, monthly and around prayers; across midnight, by the wall clock of the city."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from command_centre.domain.calendar import (
    EVERY_DAY,
    AroundPrayers,
    Interval,
    Monthly,
    OneOff,
    Recurrence,
    Weekly,
    Window,
    intersect,
    union,
)
from command_centre.domain.prayer import Prayer, prayer_times
from command_centre.domain.target import TargetKey

WITA = ZoneInfo("Asia/Makassar")
SITE = frozenset({TargetKey("situs:contoh")})
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


# --- days of the month -----------------------------------------------------------------------------------------------


def begins(window: Window, start: datetime, end: datetime) -> list[str]:
    return [f"{part.start.astimezone(WITA):%Y-%m-%d}" for part in window.intervals(Interval(start, end), WITA)]


def year(number: int) -> tuple[datetime, datetime]:
    return datetime(number, 1, 1, tzinfo=WITA), datetime(number + 1, 1, 1, tzinfo=WITA)


def test_the_last_day_of_the_month_is_counted_from_its_end() -> None:
    """BEHAVIOUR M5: negative days."""
    window = Window("cadangan", SITE, Monthly(frozenset({-1}), time(23), time(0)))
    assert begins(window, *year(2026))[:4] == ["2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30"]
    assert begins(window, *year(2028))[1] == "2028-02-29"


def test_a_day_that_a_month_does_not_have_is_left_out_and_never_moved() -> None:
    window = Window("cadangan", SITE, Monthly(frozenset({31}), time(1), time(2)))
    months = [day[5:7] for day in begins(window, *year(2026))]
    assert months == ["01", "03", "05", "07", "08", "10", "12"]


def test_the_29th_of_february_comes_in_leap_years_only() -> None:
    window = Window("kabisat", SITE, Monthly(frozenset({29}), time(0), time(0), frozenset({2})))
    assert begins(window, *year(2027)) == []
    assert begins(window, *year(2028)) == ["2028-02-29"]


def test_a_window_of_the_last_night_of_the_year_reaches_into_the_next() -> None:
    window = Window("tahun baru", SITE, Monthly(frozenset({-1}), time(22), time(2), frozenset({12})))
    (only,) = window.intervals(Interval(datetime(2027, 1, 1, tzinfo=WITA), datetime(2027, 1, 2, tzinfo=WITA)), WITA)
    assert only == Interval(datetime(2027, 1, 1, 0, tzinfo=WITA), datetime(2027, 1, 1, 2, tzinfo=WITA))


# --- prayers ---------------------------------------------------------------------------------------------------------

PRAYERS = AroundPrayers(
    frozenset(Prayer), timedelta(minutes=5), timedelta(minutes=25), 0.13, 117.49, friday_after=timedelta(minutes=60)
)
WORSHIP = Window("waktu salat", frozenset({TargetKey("wifi:utara-0001")}), PRAYERS)


def day_of(number: int) -> Interval:
    start = datetime(2026, 11, number, tzinfo=WITA)
    return Interval(start, start + timedelta(days=1))


def test_five_windows_a_day_follow_the_sun() -> None:
    monday = [(each.prayer, each.interval) for each in WORSHIP.occurrences(day_of(23), WITA)]
    assert [prayer for prayer, _ in monday] == list(Prayer)
    computed = prayer_times(date(2026, 11, 23), 0.13, 117.49)
    for prayer, interval in monday:
        assert prayer is not None
        assert interval == Interval(computed[prayer] - timedelta(minutes=5), computed[prayer] + timedelta(minutes=25))


def test_the_noon_prayer_of_friday_takes_longer() -> None:
    lengths = {
        number: [each.interval.length for each in WORSHIP.occurrences(day_of(number), WITA) if each.prayer is Prayer.DHUHR]
        for number in (26, 27)
    }
    assert lengths == {26: [timedelta(minutes=30)], 27: [timedelta(minutes=65)]}


def test_on_one_weekday_only_that_day_has_windows() -> None:
    friday = replace(WORSHIP, when=replace(PRAYERS, prayers=frozenset({Prayer.DHUHR}), days=frozenset({4})))
    assert begins(friday, WEEK.start, WEEK.end) == ["2026-11-27"]


def test_a_moment_in_the_middle_of_a_prayer_is_found_by_itself() -> None:
    noon = prayer_times(date(2026, 11, 23), 0.13, 117.49)[Prayer.DHUHR]
    assert [part.contains(noon) for part in WORSHIP.intervals(Interval(noon, noon + timedelta(seconds=1)), WITA)] == [True]
    after = noon + timedelta(minutes=25)
    assert WORSHIP.intervals(Interval(after, after + timedelta(seconds=1)), WITA) == ()


def test_what_leads_up_to_dawn_may_begin_on_the_day_before() -> None:
    early = replace(WORSHIP, when=replace(PRAYERS, prayers=frozenset({Prayer.FAJR}), before=timedelta(hours=6)))
    evening = Interval(datetime(2026, 11, 23, 23, tzinfo=WITA), datetime(2026, 11, 23, 23, 30, tzinfo=WITA))
    assert early.intervals(evening, WITA) == (evening,)


# --- the season of a window, and windows together --------------------------------------------------------------------


def test_a_season_begins_and_ends_with_its_days() -> None:
    """Ramadan 1447 H: a weekly window for one month only, both days included."""
    window = Window("ramadan", SITE, Weekly(EVERY_DAY, time(18), time(20)), date(2026, 2, 19), date(2026, 3, 19))
    days = begins(window, *year(2026))
    assert (days[0], days[-1], len(days)) == ("2026-02-19", "2026-03-19", 29)


def test_the_last_night_of_a_season_is_whole() -> None:
    window = Window("malam", SITE, Weekly(EVERY_DAY, time(22), time(2)), last_day=date(2026, 11, 23))
    (last,) = window.intervals(Interval(datetime(2026, 11, 23, 12, tzinfo=WITA), WEEK.end), WITA)
    assert last.end == datetime(2026, 11, 24, 2, tzinfo=WITA)


def test_overlapping_windows_count_once() -> None:
    """BEHAVIOUR M5."""
    night, backup = (Weekly(EVERY_DAY, time(22), time(2)), Monthly(frozenset({-7}), time(23), time(3)))
    windows = (Window("malam", SITE, night), Window("cadangan", SITE, backup))
    covered = union(part for window in windows for part in window.intervals(day_of(24), WITA))
    assert sum((part.length for part in covered), timedelta()) == timedelta(hours=4)
    assert covered[1] == Interval(datetime(2026, 11, 24, 22, tzinfo=WITA), datetime(2026, 11, 25, 0, tzinfo=WITA))


def test_two_clocks_that_were_turned_do_not_shorten_a_window() -> None:
    """Bontang turns no clocks; a city that does has a night of five hours in autumn."""
    berlin = ZoneInfo("Europe/Berlin")
    night = Window("malam", SITE, Weekly(EVERY_DAY, time(0), time(4)))
    asked = Interval(datetime(2026, 10, 25, 0, tzinfo=berlin), datetime(2026, 10, 25, 12, tzinfo=berlin))
    (only,) = night.intervals(asked, berlin)
    assert only.length == timedelta(hours=5)


RECURRENCES = st.one_of(
    st.builds(Weekly, st.frozensets(st.integers(0, 6)), st.times(), st.times()),
    st.builds(
        Monthly, st.frozensets(st.integers(-31, 31).filter(bool)), st.times(), st.times(), st.frozensets(st.integers(1, 12))
    ),
    st.builds(
        AroundPrayers,
        st.frozensets(st.sampled_from(Prayer)),
        st.timedeltas(timedelta(0), timedelta(hours=6)),
        st.timedeltas(timedelta(0), timedelta(hours=6)),
        st.just(0.13),
        st.just(117.49),
    ),
)
MOMENTS = st.integers(0, 8 * 365 * 86_400).map(lambda seconds: datetime(2024, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds))


@given(when=RECURRENCES, start=MOMENTS, hours=st.integers(1, 24 * 40), cut=st.floats(0.01, 0.99))
def test_asked_in_two_parts_a_window_covers_the_same_time(when: Recurrence, start: datetime, hours: int, cut: float) -> None:
    window = Window("acak", SITE, when)
    whole = Interval(start, start + timedelta(hours=hours))
    middle = start + timedelta(hours=hours) * cut
    parts = [*window.intervals(Interval(start, middle), WITA), *window.intervals(Interval(middle, whole.end), WITA)]
    assert union(parts) == union(window.intervals(whole, WITA))
    assert all(whole.start <= part.start < part.end <= whole.end for part in parts)
