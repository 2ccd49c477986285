"""The accounting rule (BEHAVIOUR.md §2) over spans, by example and by property."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from command_centre.domain.availability import (
    Observation,
    account,
    group_availability,
    overlay_planned,
    spans_from,
)
from command_centre.domain.calendar import Interval
from command_centre.domain.reading import Reason, Status
from tests.support.clock import NOON

MINUTE = timedelta(minutes=1)
HOUR = Interval(NOON, NOON + 60 * MINUTE)
PATIENCE = 2 * MINUTE


def seen(minute: float, status: Status) -> Observation:
    return Observation(NOON + minute * MINUTE, status, Reason.OK if status is Status.UP else Reason.TIMEOUT)


def every_minute(*statuses: Status) -> list[Observation]:
    return [seen(minute, status) for minute, status in enumerate(statuses)]


def test_an_hour_watched_every_minute_is_fully_covered() -> None:
    result = account(spans_from(every_minute(*[Status.UP] * 60), HOUR, PATIENCE))
    assert result.availability == 1.0
    assert result.coverage == 1.0


def test_a_window_nobody_watched_has_no_availability() -> None:
    result = account(spans_from([], HOUR, PATIENCE))
    assert result.availability is None
    assert result.pessimistic is None
    assert result.optimistic is None
    assert result.coverage == 0.0


def test_time_nobody_vouched_for_is_unknown_rather_than_up() -> None:
    result = account(spans_from([seen(0, Status.UP)], HOUR, PATIENCE))
    assert result.up == PATIENCE
    assert result.unknown == 58 * MINUTE
    assert result.availability == 1.0
    assert result.pessimistic == pytest.approx(2 / 60)
    assert result.optimistic == 1.0


def test_a_reading_before_the_window_vouches_for_its_start() -> None:
    spans = spans_from([seen(-1, Status.DOWN)], HOUR, PATIENCE)
    assert spans[0].status is Status.DOWN
    assert spans[0].interval == Interval(NOON, NOON + MINUTE)


def test_an_outage_counts_from_its_first_reading_to_the_next_good_one() -> None:
    statuses = [Status.UP] * 10 + [Status.DOWN] * 6 + [Status.UP] * 44
    result = account(spans_from(every_minute(*statuses), HOUR, PATIENCE))
    assert result.down == 6 * MINUTE
    assert result.availability == pytest.approx(0.9)


def test_planned_time_is_shown_beside_the_percentage_and_not_hidden_in_it() -> None:
    statuses = [Status.UP] * 30 + [Status.DOWN] * 30
    spans = spans_from(every_minute(*statuses), HOUR, PATIENCE)
    planned = Interval(NOON + 30 * MINUTE, NOON + 60 * MINUTE)
    result = account(overlay_planned(spans, [planned]))
    assert result.availability == 1.0
    assert result.availability_with_planned == 0.5
    assert result.planned == 30 * MINUTE
    assert result.coverage == 1.0


def test_what_was_measured_under_planned_time_is_kept() -> None:
    spans = overlay_planned(spans_from(every_minute(*[Status.DOWN] * 60), HOUR, PATIENCE), [HOUR])
    assert all(span.planned for span in spans)
    assert {span.status for span in spans} == {Status.DOWN}


def test_overlapping_windows_count_once() -> None:
    spans = spans_from(every_minute(*[Status.UP] * 60), HOUR, PATIENCE)
    first = Interval(NOON, NOON + 20 * MINUTE)
    second = Interval(NOON + 10 * MINUTE, NOON + 30 * MINUTE)
    assert account(overlay_planned(spans, [first, second])).planned == 30 * MINUTE


def test_a_group_keeps_its_silent_members_in_the_denominator() -> None:
    watched = account(spans_from(every_minute(*[Status.UP] * 60), HOUR, PATIENCE))
    silent = account(spans_from([], HOUR, PATIENCE))
    group = group_availability([watched, silent])
    assert group.availability == 1.0
    assert group.coverage == 0.5
    assert (group.measured_targets, group.expected_targets) == (1, 2)


def test_a_group_of_nobody_has_no_figure() -> None:
    group = group_availability([])
    assert group.availability is None
    assert group.coverage is None


observations = st.lists(
    st.tuples(st.integers(-10, 70 * 60), st.sampled_from(list(Status))), max_size=40, unique_by=lambda each: each[0]
).map(lambda pairs: [Observation(NOON + timedelta(seconds=s), status, Reason.OK) for s, status in sorted(pairs)])
intervals = st.lists(st.tuples(st.integers(-600, 4200), st.integers(1, 4000)), max_size=6).map(
    lambda pairs: [Interval(NOON + timedelta(seconds=s), NOON + timedelta(seconds=s + n)) for s, n in pairs]
)


@given(observations, intervals)
def test_the_parts_always_add_up_to_the_window(seen_ones: list[Observation], planned: list[Interval]) -> None:
    result = account(overlay_planned(spans_from(seen_ones, HOUR, PATIENCE), planned))
    assert result.window == HOUR.length


@given(observations, intervals)
def test_spans_leave_no_gap_and_no_overlap(seen_ones: list[Observation], planned: list[Interval]) -> None:
    spans = overlay_planned(spans_from(seen_ones, HOUR, PATIENCE), planned)
    reached: datetime = HOUR.start
    for span in spans:
        assert span.interval.start == reached
        assert span.interval.end > span.interval.start
        reached = span.interval.end
    assert reached == HOUR.end


@given(observations, intervals)
def test_availability_lies_within_its_interval(seen_ones: list[Observation], planned: list[Interval]) -> None:
    result = account(overlay_planned(spans_from(seen_ones, HOUR, PATIENCE), planned))
    if result.availability is not None:
        assert result.pessimistic is not None
        assert result.optimistic is not None
        assert result.pessimistic - 1e-9 <= result.availability <= result.optimistic + 1e-9
    else:
        assert result.measured == timedelta(0)


@given(observations)
def test_planning_nothing_changes_nothing(seen_ones: list[Observation]) -> None:
    spans = spans_from(seen_ones, HOUR, PATIENCE)
    assert overlay_planned(spans, []) == spans


def test_a_year_in_which_every_look_differs_from_the_last_is_exact_and_soon_done() -> None:
    """R5, the worst year: 105,120 looks, each another status than before, and a window of two hours every night."""
    every, looks = 5 * MINUTE, 365 * 288
    year = Interval(NOON, NOON + looks * every)
    turns = [Status.UP, Status.DOWN, Status.DEGRADED, Status.UNKNOWN]
    seen_ones = [Observation(NOON + number * every, turns[number % 4], Reason.OK) for number in range(looks)]
    nights = [Interval(NOON + day * 288 * every, NOON + day * 288 * every + 24 * every) for day in range(365)]
    spans = overlay_planned(spans_from(seen_ones, year, 2 * every), nights)
    result = account(spans)
    assert len(spans) == looks
    quarter = looks * every / 4
    planned_quarter = 365 * 24 * every / 4
    assert result.window == year.length
    assert (result.up, result.down, result.degraded) == (quarter - planned_quarter,) * 3
    assert result.planned == 4 * planned_quarter
    assert result.availability == pytest.approx(2 / 3, abs=1e-12)
    assert result.coverage == pytest.approx(3 / 4, abs=1e-12)
