"""The load of alarms: shifts, floods, chattering, what stands for too long. Every expected figure is counted by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from command_centre.domain.calendar import Interval
from command_centre.domain.scoreboard import Alarm, floods, is_night, load_of, score, shift_at, shifts_in

WITA = ZoneInfo("Asia/Makassar")
NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)  # Monday 12.00 WITA
DAY = Interval(NOON - timedelta(days=1), NOON)


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


def alarm(
    before_noon: float, source: str = "situs:a", *, taken_after: float | None = None, over: bool = False, is_child: bool = False
) -> Alarm:
    opened = NOON - minutes(before_noon)
    taken = None if taken_after is None else opened + minutes(taken_after)
    return Alarm(source, "site-down", opened, opened + minutes(5) if over else None, taken, is_child)


@pytest.mark.parametrize(
    ("clock", "begins", "ends"),
    [
        ("06:00", 6, 14),
        ("13:59", 6, 14),
        ("14:00", 14, 22),
        ("21:59", 14, 22),
        ("22:00", 22, 6),
        ("00:30", 22, 6),
        ("05:59", 22, 6),
    ],
)
def test_a_shift_lasts_eight_hours_of_the_citys_clock(clock: str, begins: int, ends: int) -> None:
    at = datetime.fromisoformat(f"2026-11-23T{clock}:00").replace(tzinfo=WITA)
    shift = shift_at(at, WITA)
    assert (shift.start.astimezone(WITA).hour, shift.end.astimezone(WITA).hour) == (begins, ends)
    assert shift.contains(at)
    assert shift.length == timedelta(hours=8)


def test_a_day_touches_the_shifts_that_it_touches_and_no_other() -> None:
    shifts = shifts_in(DAY, WITA)
    assert [each.start.astimezone(WITA).hour for each in shifts] == [6, 22, 14, 12]
    assert all(before.start == after.end for before, after in pairwise(shifts))


def test_children_are_merged_and_burden_nobody() -> None:
    load = load_of([alarm(10), alarm(9, is_child=True), alarm(8, is_child=True)], [], DAY, WITA)
    assert (load.actionable, load.merged, load.unanswered) == (1, 2, 1)


def test_the_median_answer_counts_only_what_was_answered() -> None:
    load = load_of([alarm(60, taken_after=2), alarm(50, taken_after=4), alarm(40, taken_after=30), alarm(30)], [], DAY, WITA)
    assert load.median_answer == minutes(4)
    assert load.unanswered == 1
    assert load_of([alarm(30)], [], DAY, WITA).median_answer is None


def test_three_of_one_rule_on_one_target_within_an_hour_chatter() -> None:
    restless = [alarm(60, "situs:x"), alarm(30, "situs:x"), alarm(0.5, "situs:x")]
    calm = [alarm(62, "situs:y"), alarm(30, "situs:y"), alarm(1, "situs:y")]
    assert load_of(restless, [], DAY, WITA).chattering == ("situs:x",)
    assert load_of(calm, [], DAY, WITA).chattering == ()


def test_ten_alarms_within_ten_minutes_are_a_flood_until_fewer_than_five_come() -> None:
    burst = [NOON + minutes(0.5 * count) for count in range(10)]
    assert floods(burst[:9]) == ()
    assert floods(burst) == (Interval(burst[0], burst[-1]),)
    later = [*burst, NOON + minutes(30)]
    assert floods(later) == (Interval(burst[0], burst[-1]),)


def test_nine_minutes_and_an_alarm_each_minute_are_a_flood_and_eleven_are_none() -> None:
    assert floods([NOON + minutes(count) for count in range(10)]) != ()
    assert floods([NOON + minutes(1.2 * count) for count in range(10)]) == ()


def test_what_wakes_people_at_night_is_counted() -> None:
    at_night = datetime(2026, 11, 22, 23, 30, tzinfo=WITA)
    by_day = datetime(2026, 11, 22, 21, 30, tzinfo=WITA)
    assert is_night(at_night, WITA)
    assert not is_night(by_day, WITA)
    assert load_of([], [at_night, by_day], DAY, WITA).night_pages == 1


def test_the_scoreboard_names_the_most_frequent_and_what_stands_for_over_a_day() -> None:
    old = Alarm("situs:lama", "site-down", NOON - timedelta(hours=30), None, None, is_child=False)
    alarms = [old, *(alarm(count, "situs:sering", over=True) for count in (600, 500, 400)), alarm(5, "situs:jarang")]
    board = score(alarms, [], DAY, WITA)
    assert [(each.source, each.count) for each in board.frequent] == [("situs:sering", 3), ("situs:jarang", 1)]
    assert board.top_share == 1.0
    assert [each.source for each in board.standing] == ["situs:lama"]
    assert board.whole.actionable == 4
    assert sum(each.actionable for each in board.shifts) == 4


def test_a_calm_city_has_no_share_of_nothing() -> None:
    board = score([], [], DAY, WITA)
    assert (board.top_share, board.frequent, board.standing, board.whole.median_answer) == (None, (), (), None)
