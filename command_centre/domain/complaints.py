"""Citizens' complaints of a period, counted from what their services tell: how many were finished today, how many are overdue.

Such interfaces tell counts and no single cases, so the rule goes by what changes from one hour to the next:

* *answered*: every rise of "finished today", and after its fall (a new day) what it rose to;
* *fell overdue*: every rise of "overdue"; *answered late*: every fall of it;
* in time = answered - answered late; due = in time + fell overdue.

What rises and falls within one hour is not seen. A service that was silent for more than a fifth of the period is not measured.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

from command_centre.domain.cut import CutComplaints

LEAST_SEEN = 0.8


def complaints_of(services: Sequence[tuple[Mapping[int, int], Mapping[int, int]]], hours: Sequence[int]) -> CutComplaints | None:
    """``services``: per service hour → finished so far that day, and hour → overdue. ``hours`` of the period, in order.

    The hour before the first one may be there: it says from where the first one rose. None when no service was measured.
    """
    counted = [_counted(finished, overdue, hours) for finished, overdue in services if _is_seen(finished, overdue, hours)]
    if not counted:
        return None
    return CutComplaints(
        due=sum(due for due, _ in counted),
        answered_in_time=sum(in_time for _, in_time in counted),
        measured_services=len(counted),
        services=len(services),
    )


def _is_seen(finished: Mapping[int, int], overdue: Mapping[int, int], hours: Sequence[int]) -> bool:
    seen = sum(hour in finished and hour in overdue for hour in hours)
    return bool(hours) and seen >= LEAST_SEEN * len(hours)


def _counted(finished: Mapping[int, int], overdue: Mapping[int, int], hours: Sequence[int]) -> tuple[int, int]:
    """(due, answered in time) of one service."""
    answered = _risen([finished.get(hours[0] - _step(hours), 0), *(finished[each] for each in hours if each in finished)])
    first = next(overdue[each] for each in hours if each in overdue)
    late = [overdue.get(hours[0] - _step(hours), first), *(overdue[each] for each in hours if each in overdue)]
    fell_overdue = sum(max(after - before, 0) for before, after in pairwise(late))
    answered_late = sum(max(before - after, 0) for before, after in pairwise(late))
    in_time = max(answered - answered_late, 0)
    return in_time + fell_overdue, in_time


def _risen(values: Sequence[int]) -> int:
    return sum(after - before if after >= before else after for before, after in pairwise(values))


def _step(hours: Sequence[int]) -> int:
    return hours[1] - hours[0] if len(hours) > 1 else 1
