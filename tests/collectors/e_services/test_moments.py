"""Moments and lengths of time, as Indonesian services write them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.e_services.moments import LAST_YEAR, read_duration, read_time

SEVEN_UTC = 1772434800  # 2 March 2026, 07.00 UTC: 14.00 in Jakarta, 15.00 in Bontang
WIB = "Asia/Jakarta"


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-02T14:00:00+07:00", "2026-03-02T14:00:00+0700", "2026-03-02T14:00:00+07", "2026-03-02T07:00:00Z",
        "2026-03-02T07:00Z",
        "2026-03-02 14:00:00", "2026-03-02 14:00", "2026-03-02T14:00:00", "2026/03/02 14:00:00", "2026-3-2 14:00",
        "02/03/2026 14:00",
        "02-03-2026 14:00:00", "2 Maret 2026 14.00 WIB", "2 Maret 2026 15.00 WITA", "2 Maret 2026, 16.00 WIT",
        "02 Mar 2026 14:00:00",
        "Senin, 2 Maret 2026 pukul 14.00 WIB", "Mon, 02 Mar 2026 07:00:00 GMT", "March 2, 2026 14:00", "02-Mar-26 14:00:00 WIB",
        "20260302140000", "202603021400", "20260302T140000", "1772434800", "/Date(1772434800000)/",
        "/Date(1772434800000+0700)/",
        "2026-03-02 15:00:00 WITA", "2026-03-02T07:00:00.000000Z", "2026-03-02T14:00:00+07:00 (WIB)",
    ],
)  # fmt: skip
def test_one_moment_in_many_writings(text: str) -> None:
    assert read_time(text, WIB) == SEVEN_UTC


@pytest.mark.parametrize("raw", [1772434800, 1772434800.0, 1772434800000, 1772434800000000, 20260302140000])
def test_numbers_are_seconds_milliseconds_microseconds_or_a_compact_date(raw: Any) -> None:
    assert read_time(raw, WIB) == SEVEN_UTC


def test_fractions_of_a_second_are_kept() -> None:
    assert read_time("2026-03-02T07:00:00.25Z", None) == SEVEN_UTC + 0.25


def test_a_day_is_its_first_moment_in_its_zone() -> None:
    assert read_time("2026-03-02", "Asia/Makassar") == datetime(2026, 3, 2, tzinfo=timezone(timedelta(hours=8))).timestamp()


@pytest.mark.parametrize(
    "raw",
    [
        "2026-02-30", "2026-13-01", "12/31/2026", "31/04/2026", "kemarin", "14:00", "2026", "", "0", 0, 1, True, None, [], -5,
        "2026-03-02T25:00:00Z", "2026-03-02T14:61", "02-03-26", "1.772.434.800", "9" * 90, "2026-03-02T14:00:00+99:00",
        "1900-01-01",
    ],
)  # fmt: skip
def test_what_is_no_moment_is_none(raw: Any) -> None:
    assert read_time(raw, WIB) is None


@pytest.mark.parametrize("text", ["2026-03-02 14:00:00", "2 Maret 2026", "20260302140000"])
def test_a_moment_without_a_zone_is_no_moment_where_the_definition_names_none(text: str) -> None:
    assert read_time(text, None) is None


@given(st.integers(86_400 * 366, int(datetime(LAST_YEAR - 1, 1, 1, tzinfo=UTC).timestamp())))
def test_every_moment_comes_back_from_every_writing_of_it(seconds: int) -> None:
    moment = datetime.fromtimestamp(seconds, UTC)
    for written in ("%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%d %H:%M:%S", "%d/%m/%Y %H:%M:%S", "%d %B %Y %H.%M.%S", "%Y%m%d%H%M%S"):
        assert read_time(moment.strftime(written), "UTC") == moment.timestamp(), written


@pytest.mark.parametrize(
    ("raw", "seconds"),
    [
        (90, 90), (4.5, 4.5), ("90", 90), ("4,5", 4.5), ("PT1H30M", 5400), ("P1DT2H", 93_600), ("PT0.5S", 0.5),
        ("01:30:00", 5400),
        ("1 hari, 02:03:04", 93_784), ("2 jam 15 menit", 8100), ("1 jam dan 5 detik", 3605), ("3 hari", 259_200),
        ("1h30m", 5400),
        ("90s", 90), ("250 ms", 0.25), ("2d 3h", 183_600), ("1,5 jam", 5400), ("2 minggu", 1_209_600), (0, 0),
    ],
)  # fmt: skip
def test_a_length_of_time_in_many_writings(raw: Any, seconds: float) -> None:
    assert read_duration(raw, "") == seconds


def test_a_bare_number_counts_in_the_unit_that_is_agreed() -> None:
    assert read_duration("4,75", "hari") == 4.75 * 86_400
    assert read_duration(250, "ms") == 0.25
    assert read_duration("2 jam", "hari") == 7200, "a unit that is written wins"


@pytest.mark.parametrize(
    "raw", ["P", "PT", "P1DT", "-5", -1, "1:30", "lama", "5 ekor", True, None, [], "", "1e9", 1e300, "01:99:00"]
)
def test_what_is_no_length_of_time_is_none(raw: Any) -> None:
    """``1:30`` is an hour and a half, or a minute and a half: nobody can say."""
    assert read_duration(raw, "") is None


@given(st.integers(0, 10**6), st.integers(0, 23), st.integers(0, 59), st.integers(0, 59))
def test_every_length_comes_back_from_every_writing_of_it(days: int, hours: int, minutes: int, seconds: int) -> None:
    days %= 30_000
    whole = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds).total_seconds()
    assert read_duration(f"P{days}DT{hours}H{minutes}M{seconds}S", "") == whole
    assert read_duration(f"{days} hari {hours} jam {minutes} menit {seconds} detik", "") == whole
    assert read_duration(f"{days * 24 + hours}:{minutes:02d}:{seconds:02d}" if days < 4000 else whole, "") == whole


@given(st.text(max_size=90))
def test_any_text_is_a_moment_a_length_or_none_and_never_an_error(text: str) -> None:
    for found in (read_time(text, WIB), read_duration(text, "")):
        assert found is None or found == found
