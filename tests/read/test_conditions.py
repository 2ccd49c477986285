"""How a tile looks, decided from facts alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from command_centre.domain.reading import Reason, Status
from command_centre.read.conditions import (
    HALF_HOUR,
    HISTORY_LENGTH,
    HalfHours,
    Look,
    Stretch,
    condition_of,
    count,
    history_of,
    measured_condition,
)
from command_centre.read.views import Condition

NOW = 1_800_000_000_000 + 17 * 60_000  # 17 minutes into a half hour
HALF_HOURS = HalfHours.until(NOW)
MINUTE = 60_000


def looked(condition: Condition = Condition.NORMAL, vouched_until: int = NOW + 1) -> Look:
    return Look(condition, vouched_until)


@pytest.mark.parametrize(
    ("status", "reason", "condition"),
    [
        (Status.UP, Reason.OK, Condition.NORMAL),
        (Status.DEGRADED, Reason.SLOW, Condition.SLOW),
        (Status.DEGRADED, Reason.CERT_EXPIRING, Condition.DEGRADED),
        (Status.DEGRADED, Reason.IPV6_BROKEN, Condition.DEGRADED),
        (Status.DOWN, Reason.CONNECT_TIMEOUT, Condition.DOWN),
        (Status.UNKNOWN, Reason.OWN_UPLINK, Condition.NO_DATA),
    ],
)
def test_a_status_that_is_vouched_for_has_its_look(status: Status, reason: Reason, condition: Condition) -> None:
    assert measured_condition(status, reason) is condition


def test_a_reading_counts_until_its_patience_is_over_and_not_a_millisecond_longer() -> None:
    look = looked(vouched_until=NOW)
    assert condition_of(look, has_address=True, is_planned=False, now=NOW - 1) is Condition.NORMAL
    assert condition_of(look, has_address=True, is_planned=False, now=NOW) is Condition.NO_DATA


def test_a_down_site_that_falls_silent_is_without_data_rather_than_down() -> None:
    look = looked(Condition.DOWN, vouched_until=NOW - 1)
    assert condition_of(look, has_address=True, is_planned=False, now=NOW) is Condition.NO_DATA


def test_a_target_never_seen_is_without_data() -> None:
    assert condition_of(None, has_address=True, is_planned=False, now=NOW) is Condition.NO_DATA


def test_a_target_without_address_is_neither_silent_nor_planned() -> None:
    assert condition_of(None, has_address=False, is_planned=True, now=NOW) is Condition.NO_ADDRESS


def test_planned_time_is_shown_whatever_was_measured() -> None:
    assert condition_of(looked(Condition.DOWN), has_address=True, is_planned=True, now=NOW) is Condition.PLANNED


def test_the_last_half_hour_is_the_one_that_is_not_over() -> None:
    assert HALF_HOURS.start % HALF_HOUR == 0
    assert HALF_HOURS.start + HALF_HOUR * (HISTORY_LENGTH - 1) <= NOW < HALF_HOURS.start + HALF_HOUR * HISTORY_LENGTH
    assert HALF_HOURS.length(HISTORY_LENGTH - 1) == 17 * MINUTE


def test_a_minute_of_trouble_colours_its_half_hour_and_no_other() -> None:
    outage = HALF_HOURS.start + 10 * HALF_HOUR + MINUTE
    history = history_of(
        [
            Stretch(HALF_HOURS.start, outage, Condition.NORMAL),
            Stretch(outage, outage + MINUTE, Condition.DOWN),
            Stretch(outage + MINUTE, NOW, Condition.NORMAL),
        ],
        HALF_HOURS,
    )
    assert [index for index, condition in enumerate(history) if condition is Condition.DOWN] == [10]
    assert history.count(Condition.NORMAL) == HISTORY_LENGTH - 1


def test_down_outranks_slow_in_the_same_half_hour() -> None:
    start = HALF_HOURS.start
    history = history_of(
        [
            Stretch(start, start + MINUTE, Condition.SLOW),
            Stretch(start + MINUTE, start + 2 * MINUTE, Condition.DOWN),
            Stretch(start + 2 * MINUTE, start + HALF_HOUR, Condition.SLOW),
        ],
        HALF_HOURS,
    )
    assert history[0] is Condition.DOWN


def test_time_nobody_watched_is_no_data_rather_than_normal() -> None:
    late = Stretch(NOW - 60 * MINUTE, NOW, Condition.NORMAL)
    history = history_of([late], HALF_HOURS)
    assert history[-1] is Condition.NORMAL
    assert set(history[:45]) == {Condition.NO_DATA}


def test_one_late_reading_does_not_grey_half_an_hour_but_ten_silent_minutes_do() -> None:
    start = HALF_HOURS.start
    short = [
        Stretch(start, start + 10 * MINUTE, Condition.NORMAL),
        Stretch(start + 12 * MINUTE, start + HALF_HOUR, Condition.NORMAL),
    ]
    long = [
        Stretch(start, start + 10 * MINUTE, Condition.NORMAL),
        Stretch(start + 20 * MINUTE, start + HALF_HOUR, Condition.NORMAL),
    ]
    assert history_of(short, HALF_HOURS)[0] is Condition.NORMAL
    assert history_of(long, HALF_HOURS)[0] is Condition.NO_DATA


def test_a_span_that_reaches_beyond_now_is_cut_at_now() -> None:
    history = history_of([Stretch(HALF_HOURS.start, NOW + 5 * HALF_HOUR, Condition.NORMAL)], HALF_HOURS)
    assert history == (Condition.NORMAL,) * HISTORY_LENGTH


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(1, 60), st.sampled_from(list(Condition))), max_size=12))
def test_a_history_always_has_48_parts_and_invents_nothing(pieces: list[tuple[int, int, Condition]]) -> None:
    at = HALF_HOURS.start
    stretches = []
    for gap, length, condition in pieces:
        start = at + gap * MINUTE
        at = start + length * MINUTE
        stretches.append(Stretch(start, at, condition))
    history = history_of(stretches, HALF_HOURS)
    assert len(history) == HISTORY_LENGTH
    assert set(history) <= {condition for _, _, condition in pieces} | {Condition.NO_DATA}


def test_counts_keep_their_denominators() -> None:
    counts = count([Condition.NORMAL, Condition.DOWN, Condition.NO_DATA, Condition.NO_ADDRESS, Condition.PLANNED])
    assert (counts.active, counts.measured, counts.expected, counts.registered) == (1, 2, 4, 5)
