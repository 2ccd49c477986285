"""Step lines over the last day."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from command_centre.read.lines import STEP_MS, Presence, as_steps, fewest_at_once, most_at_once

MINUTE = 60_000


def test_a_dip_of_a_minute_stays_visible() -> None:
    things = [Presence(0, 60 * MINUTE), Presence(0, 7 * MINUTE), Presence(8 * MINUTE, 60 * MINUTE)]
    assert fewest_at_once(things, 0, 20 * MINUTE) == [2, 1, 2, 2]


def test_a_peak_of_a_minute_stays_visible() -> None:
    assert most_at_once([Presence(6 * MINUTE, 7 * MINUTE)], 0, 15 * MINUTE) == [0, 1, 0]


def test_what_ends_and_what_begins_at_the_same_moment_is_no_dip() -> None:
    things = [Presence(0, 10 * MINUTE), Presence(10 * MINUTE, 20 * MINUTE)]
    assert fewest_at_once(things, 0, 20 * MINUTE) == [1, 1, 1, 1]


def test_nothing_is_none_of_it_all_day() -> None:
    assert most_at_once([], 0, 12 * MINUTE) == [0, 0, 0]


def test_a_step_line_has_a_point_only_where_it_changes() -> None:
    steps = as_steps([None, None, 3, 3, 2], 0)
    assert [step.value for step in steps] == [None, 3, 2]
    assert int(steps[1].at.timestamp() * 1000) == 2 * STEP_MS


@given(st.lists(st.tuples(st.integers(-50, 400), st.integers(1, 300)), max_size=15), st.integers(1, 300))
def test_the_grid_agrees_with_counting_minute_by_minute(things: list[tuple[int, int]], length: int) -> None:
    presences = [Presence(start * MINUTE, (start + duration) * MINUTE) for start, duration in things]
    window = length * MINUTE
    present = [sum(each.start <= minute * MINUTE < each.end for each in presences) for minute in range(length)]
    steps = [present[start : start + 5] for start in range(0, length, 5)]
    assert fewest_at_once(presences, 0, window) == [min(step) for step in steps]
    assert most_at_once(presences, 0, window) == [max(step) for step in steps]
