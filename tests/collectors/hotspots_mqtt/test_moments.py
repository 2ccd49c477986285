"""The time a device wrote: how it is read, and when it is believed."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.hotspots_mqtt.flaws import FlawKind
from collectors.hotspots_mqtt.moments import Claim, Lag, believe, read_time, zone_of

AT = 1_772_434_800.0  # 2026-03-02 15:00:00 WITA
ARRIVED = AT + 100


@pytest.mark.parametrize(
    "written",
    [
        1772434800,
        1772434800.0,
        "1772434800",
        1772434800000,
        "1772434800000",
        1772434800000000,
        1772434800000000000,
        "2026-03-02T15:00:00+08:00",
        "2026-03-02T15:00:00+0800",
        "2026-03-02T07:00:00Z",
        "2026-03-02T07:00:00.000Z",
        "20260302T070000Z",
        "2026-03-02 15:00:00",
        "2026-03-02T15:00:00",
        "2026/03/02 15:00:00",
        "20260302150000",
        "02/03/2026 15:00:00",
        "02-03-2026 15:00",
        "mar/02/2026 15:00:00",
        "2 Maret 2026 15:00:00",
        "2 Maret 2026 15.00 WITA",
        "Senin, 2 Maret 2026 15:00:00 WITA",
        "2026-03-02 14:00:00 WIB",
        "Mon, 02 Mar 2026 15:00:00 +0800",
        "Mon, 02 Mar 2026 07:00:00 GMT",
    ],
)
def test_a_time_is_read_however_it_is_written(written: object) -> None:
    claim = read_time(written, None)
    assert claim is not None
    assert claim.at == pytest.approx(AT)


@pytest.mark.parametrize("written", [None, True, "", "kemarin", "99/99/2026 15:00:00", [], {}, "x" * 100, 1e300])
def test_what_is_no_time_is_none(written: object) -> None:
    assert read_time(written, None) is None


def test_a_time_without_a_zone_is_the_mappings_zone() -> None:
    claim = read_time("2026-03-02 14:00:00", zone_of("WIB"))
    assert claim == Claim(AT)
    claim = read_time("2026-03-02 07:00:00", zone_of("Etc/UTC"))
    assert claim == Claim(AT)


def test_a_format_can_be_given() -> None:
    claim = read_time("15.00.00 02-03-26", zone_of("Asia/Makassar"), "%H.%M.%S %d-%m-%y")
    assert claim == Claim(AT)
    assert read_time(1772434, None, "ms") == Claim(1772.434)


@pytest.mark.parametrize(("written", "note"), [("2026-03-02 07:00:00", "UTC"), ("2026-03-02 14:00:00", "WIB")])
def test_a_time_without_a_zone_is_understood_by_its_arrival(written: str, note: str) -> None:
    claim = read_time(written, None)
    assert claim is not None
    assert believe(claim, ARRIVED).at == AT, note


@pytest.mark.parametrize("hours", [1, 7, 8, 9])
def test_a_clock_that_is_whole_hours_ahead_is_corrected_and_flagged(hours: int) -> None:
    moment = believe(Claim(AT + hours * 3600), ARRIVED)
    assert moment.at == AT
    assert moment.flaw is not None
    assert moment.flaw.kind is FlawKind.CLOCK_ZONE


@pytest.mark.parametrize(
    ("claimed", "kind"),
    [
        (0.0, FlawKind.CLOCK_UNSET),
        (86_400.0, FlawKind.CLOCK_UNSET),
        (datetime(2000, 1, 1, tzinfo=UTC).timestamp(), FlawKind.CLOCK_UNSET),
        (AT + 86_400 * 400, FlawKind.CLOCK_AHEAD),
        (AT + 3600 * 2.5, FlawKind.CLOCK_AHEAD),
    ],
)
def test_a_time_that_cannot_be_is_replaced_by_the_arrival(claimed: float, kind: FlawKind) -> None:
    moment = believe(Claim(claimed), ARRIVED)
    assert moment.at == ARRIVED
    assert moment.flaw is not None
    assert moment.flaw.kind is kind


def test_an_old_time_is_kept_because_data_may_be_late() -> None:
    assert believe(Claim(AT - 86_400 * 3), ARRIVED).at == AT - 86_400 * 3


@given(st.floats(min_value=-1e12, max_value=1e12), st.floats(min_value=1.5e9, max_value=2.5e9), st.booleans())
def test_no_value_ever_lies_in_the_future(claimed: float, arrived: float, local: bool) -> None:
    assert believe(Claim(claimed, is_local=local), arrived).at <= arrived + 300


def test_a_clock_behind_by_a_constant_is_corrected_after_three_messages() -> None:
    lag = Lag()
    moments = [lag.correct(AT + step * 60 - 8 * 3600, AT + step * 60) for step in range(4)]
    assert [each.flaw is not None for each in moments] == [False, False, True, True]
    assert moments[3].at == pytest.approx(AT + 180)


def test_data_that_were_kept_and_sent_late_are_not_taken_for_a_slow_clock() -> None:
    lag = Lag()
    kept = [lag.correct(AT - 3600 + step * 60, AT + step * 0.1) for step in range(60)]
    assert all(each.flaw is None for each in kept)
