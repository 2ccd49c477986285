"""Deadline: a time of the city's year in which something matters more, such as the weeks in which the budget is written."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from command_centre.domain.calendar import Interval
from command_centre.domain.rule import Severity
from command_centre.domain.target import TargetKey


@dataclass(frozen=True, slots=True)
class Deadline:
    """While it lasts, trouble of these targets that is one step less severe becomes ``raise_to``.

    Never two steps: a certificate with days to go wakes nobody, whatever the season.
    """

    name: str
    targets: frozenset[TargetKey]
    during: Interval
    raise_to: Severity


def in_force(deadlines: Iterable[Deadline], target: TargetKey, at: datetime) -> Deadline | None:
    """The deadline that counts for a target now: the most severe, and of those the one that ends first."""
    now = [each for each in deadlines if target in each.targets and each.during.contains(at)]
    return min(now, key=lambda each: (-each.raise_to.rank, each.during.end, each.name), default=None)


def is_raised(deadline: Deadline, severity: Severity) -> bool:
    """Whether trouble of this severity becomes more severe by it."""
    return severity.rank == deadline.raise_to.rank - 1
