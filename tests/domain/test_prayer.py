"""Hours of prayer against what Kementerian Agama published for Bontang, and the properties of any day."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from command_centre.domain.prayer import IMSAK_BEFORE_FAJR, Prayer, prayer_times, sun

WITA = ZoneInfo("Asia/Makassar")
BONTANG = (0.13, 117.49)
TWO_MINUTES = timedelta(minutes=2)


def on(day: date) -> dict[Prayer, datetime]:
    return dict(prayer_times(day, *BONTANG))


def clock(day: date, text: str) -> datetime:
    return datetime.combine(day, datetime.strptime(text, "%H.%M").time(), WITA)  # noqa: DTZ007 - the zone is put on


# Published timetables of Ramadan 1443 H for Bontang (kaltim.suara.com, 23 to 27 April 2022).
PUBLISHED = [
    (date(2022, 4, 23), "04.39 04.49 12.12 15.29 18.15 19.25"),
    (date(2022, 4, 25), "04.38 04.48 12.12 15.29 18.15 19.25"),
    (date(2022, 4, 27), "04.38 04.48 12.11 15.30 18.14 19.25"),
]


@pytest.mark.parametrize(("day", "line"), PUBLISHED, ids=lambda value: str(value)[:10])
def test_all_prayers_agree_with_the_published_times_within_two_minutes(day: date, line: str) -> None:
    imsak, *published = line.split()
    computed = on(day)
    assert abs(computed[Prayer.FAJR] - IMSAK_BEFORE_FAJR - clock(day, imsak)) <= TWO_MINUTES
    for prayer, text in zip(Prayer, published, strict=True):
        assert abs(computed[prayer] - clock(day, text)) <= TWO_MINUTES, prayer


RAMADAN_1447 = [date(2026, 2, 19) + timedelta(days=number) for number in range(29)]


def test_ramadan_1447_lies_within_the_published_hours() -> None:
    """narasipedia.net: imsak from 04.50 to 04.55, maghrib from 18.24 to 18.30 WITA. Both ends of both ranges are met exactly."""
    imsak = {(on(day)[Prayer.FAJR] - IMSAK_BEFORE_FAJR).astimezone(WITA).strftime("%H.%M") for day in RAMADAN_1447}
    maghrib = {on(day)[Prayer.MAGHRIB].astimezone(WITA).strftime("%H.%M") for day in RAMADAN_1447}
    assert (min(imsak), max(imsak)) == ("04.50", "04.55")
    assert (min(maghrib), max(maghrib)) == ("18.24", "18.30")


def test_the_sun_is_where_the_textbook_has_it() -> None:
    """Meeus, Astronomical Algorithms, examples 25.a and 28.b: 13 October 1992 at 0 h. One minute of arc, five seconds of time."""
    declination, ahead = sun(datetime(1992, 10, 13, tzinfo=UTC))
    assert math.degrees(declination) == pytest.approx(-7.78507, abs=1 / 60)
    assert ahead.total_seconds() == pytest.approx(13 * 60 + 42.6, abs=5)


def test_a_prayer_whose_sun_does_not_come_is_left_out() -> None:
    """At midsummer in the far north the sun is never 18 degrees below the horizon: no dawn, no nightfall, and no guess."""
    assert set(prayer_times(date(2026, 6, 21), 60.0, 10.0)) == {Prayer.DHUHR, Prayer.ASR, Prayer.MAGHRIB}


DAYS = st.dates(min_value=date(1990, 1, 1), max_value=date(2099, 12, 31))


@given(day=DAYS)
def test_the_five_prayers_of_a_day_come_in_order_on_that_day_at_full_minutes(day: date) -> None:
    times = on(day)
    assert list(times) == list(Prayer)
    assert sorted(times.values()) == list(times.values())
    for at in times.values():
        assert at.astimezone(WITA).date() == day
        assert at.tzinfo is UTC
        assert (at.second, at.microsecond) == (0, 0)


@given(day=DAYS)
def test_tomorrow_is_within_two_minutes_of_today(day: date) -> None:
    today, tomorrow = on(day), on(day + timedelta(days=1))
    for prayer in Prayer:
        assert abs(tomorrow[prayer] - today[prayer] - timedelta(days=1)) <= timedelta(minutes=2)
