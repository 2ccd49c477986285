"""Complaints counted from what services tell hour by hour."""

from __future__ import annotations

from command_centre.domain.complaints import complaints_of
from command_centre.domain.cut import CutComplaints

HOUR = 3_600_000
DAYS = 7
HOURS = [each * HOUR for each in range(1000, 1000 + DAYS * 24)]


def every_day(done_by_noon: int) -> dict[int, int]:
    """Nothing until noon, then ``done_by_noon`` more until midnight, when the count begins anew."""
    return {hour: done_by_noon if place % 24 >= 12 else 0 for place, hour in enumerate(HOURS)}


def always(value: int) -> dict[int, int]:
    return dict.fromkeys(HOURS, value)


def test_what_is_finished_every_day_is_counted_every_day() -> None:
    assert complaints_of([(every_day(3), always(0))], HOURS) == CutComplaints(21, 21, 1, 1)


def test_what_fell_overdue_is_due_and_what_was_answered_late_is_not_in_time() -> None:
    overdue = {hour: 2 + (1 if place >= 30 else 0) - (2 if place >= 60 else 0) for place, hour in enumerate(HOURS)}
    # 21 answered, two of them late; one more fell overdue: 19 in time of 20 that were due
    assert complaints_of([(every_day(3), overdue)], HOURS) == CutComplaints(20, 19, 1, 1)


def test_what_was_finished_before_midnight_is_not_counted_again_after_it() -> None:
    """The count of the day before may stand for an hour more."""
    finished = every_day(3) | {HOURS[0]: 3, HOURS[0] - HOUR: 3}
    assert complaints_of([(finished, always(0))], HOURS) == CutComplaints(21, 21, 1, 1)


def test_a_silent_service_is_not_measured_and_is_named_as_a_part() -> None:
    little = dict.fromkeys(HOURS[:50], 1)
    assert complaints_of([(every_day(3), always(0)), (little, little)], HOURS) == CutComplaints(21, 21, 1, 2)


def test_without_any_service_that_tells_both_there_is_no_number() -> None:
    assert complaints_of([], HOURS) is None
    assert complaints_of([(every_day(3), {})], HOURS) is None
    assert complaints_of([({}, always(0))], HOURS) is None
    assert complaints_of([(every_day(3), always(0))], []) is None


def test_gaps_never_make_a_negative_number() -> None:
    overdue = {hour: 90 if place == 5 else 0 for place, hour in enumerate(HOURS)}
    assert complaints_of([(always(0), overdue)], HOURS) == CutComplaints(90, 0, 1, 1)
