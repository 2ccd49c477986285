"""Who is on duty: turns, regular hours, overrides, holes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from command_centre.domain.calendar import Interval
from command_centre.domain.rota import Hours, Rota, Shift, Turn, holes, on_duty, overlapping, stints, told_by

WITA = ZoneInfo("Asia/Makassar")
MONDAY = datetime(2026, 3, 2, 8, tzinfo=WITA).astimezone(UTC)
WEEK, HOUR = timedelta(days=7), timedelta(hours=1)
WEEKLY = Rota("piket", ("budi", "sari", "dewi"), WEEK, MONDAY, WITA, fallback=("kepala",))


def test_people_take_turns_from_the_first_monday_on() -> None:
    turns = [on_duty(WEEKLY, MONDAY + number * WEEK) for number in range(4)]
    assert turns == ["budi", "sari", "dewi", "budi"]
    assert on_duty(WEEKLY, MONDAY + WEEK - timedelta(seconds=1)) == "budi"


def test_before_the_first_turn_the_fallback_is_told() -> None:
    assert on_duty(WEEKLY, MONDAY - HOUR) is None
    assert told_by(WEEKLY, MONDAY - HOUR) == ("kepala",)


def test_an_override_comes_before_the_turn_and_ends_by_itself() -> None:
    swapped = replace(WEEKLY, overrides=(Shift("dewi", Interval(MONDAY + HOUR, MONDAY + 2 * HOUR)),))
    assert [on_duty(swapped, MONDAY + number * HOUR) for number in range(3)] == ["budi", "dewi", "budi"]


def test_a_hole_on_tuesday_night_is_found_and_its_pages_go_to_the_fallback() -> None:
    """O5."""
    days = replace(WEEKLY, covered=Hours(time(6), time(2)))
    tuesday = datetime(2026, 3, 3, tzinfo=WITA).astimezone(UTC)
    found = holes(days, Interval(tuesday, tuesday + timedelta(days=1)))
    assert found == (Interval(tuesday + 2 * HOUR, tuesday + 6 * HOUR),)
    assert told_by(days, tuesday + 3 * HOUR) == ("kepala",)


def test_regular_hours_take_precedence_over_the_rotation() -> None:
    fixed = replace(WEEKLY, regular=(Turn("jaga", Hours(time(22), time(6))),))
    assert on_duty(fixed, MONDAY + 15 * HOUR) == "jaga"
    assert on_duty(fixed, MONDAY + 5 * HOUR) == "budi"


def test_two_overrides_at_once_are_found() -> None:
    first, second = Shift("a", Interval(MONDAY, MONDAY + 2 * HOUR)), Shift("b", Interval(MONDAY + HOUR, MONDAY + 3 * HOUR))
    assert overlapping([second, first]) == (first, second)
    assert overlapping([first, Shift("b", Interval(MONDAY + 2 * HOUR, MONDAY + 3 * HOUR))]) is None


def test_a_rotation_without_holes_has_none() -> None:
    assert holes(WEEKLY, Interval(MONDAY, MONDAY + WEEK)) == ()


def test_the_duty_of_a_week_is_one_stint_for_each_person() -> None:
    found = stints(WEEKLY, Interval(MONDAY - HOUR, MONDAY + 2 * WEEK))
    assert [(each.who, each.during.start) for each in found] == [(None, MONDAY - HOUR), ("budi", MONDAY), ("sari", MONDAY + WEEK)]


def test_a_swap_splits_a_stint_and_a_change_to_the_same_person_does_not() -> None:
    swapped = replace(WEEKLY, people=("budi",), overrides=(Shift("dewi", Interval(MONDAY + HOUR, MONDAY + 2 * HOUR)),))
    assert [each.who for each in stints(swapped, Interval(MONDAY, MONDAY + 3 * WEEK))] == ["budi", "dewi", "budi"]


def test_holes_and_regular_hours_are_stints_too() -> None:
    days = replace(WEEKLY, covered=Hours(time(6), time(18)), regular=(Turn("jaga", Hours(time(18), time(22))),))
    found = stints(days, Interval(MONDAY, MONDAY + timedelta(days=1)))
    assert [each.who for each in found] == ["budi", "jaga", None, "budi"]
    assert sum((each.during.length for each in found), timedelta(0)) == timedelta(days=1)
