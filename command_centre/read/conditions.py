"""How a tile looks, decided from facts: the newest reading, its age, the address, agreed planned time. Pure.

Times are epoch milliseconds: this runs for every target at every refresh.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import NamedTuple, assert_never

from command_centre.domain.reading import Reason, Status
from command_centre.read.views import Condition, Counts

HALF_HOUR = timedelta(minutes=30) // timedelta(milliseconds=1)
HISTORY_LENGTH = 48
"""Half hours in a tile's history: one day."""

SILENCE_SHOWN_FROM = 0.1
"""From this share of unwatched time on a half hour without trouble is drawn as silent: one late reading is no silence."""


class Look(NamedTuple):
    """What the newest look at one target said (as a condition), and until when that holds."""

    condition: Condition
    vouched_until: int


class Stretch(NamedTuple):
    """One condition over one stretch of time, half-open."""

    start: int
    end: int
    condition: Condition


@dataclass(frozen=True, slots=True)
class HalfHours:
    """The last 48 half hours by the clock. The last one is not over yet: it ends at ``now``."""

    start: int
    now: int

    @classmethod
    def until(cls, now: int) -> HalfHours:
        return cls(now // HALF_HOUR * HALF_HOUR - HALF_HOUR * (HISTORY_LENGTH - 1), now)

    def length(self, index: int) -> int:
        return HALF_HOUR if index < HISTORY_LENGTH - 1 else self.now - (self.start + HALF_HOUR * index)


def condition_of(latest: Look | None, *, has_address: bool, is_planned: bool, now: int) -> Condition:
    """How a target looks at ``now``. A reading vouches for its patience and no longer, whatever it said."""
    if not has_address:
        return Condition.NO_ADDRESS
    if is_planned:
        return Condition.PLANNED
    if latest is None or now >= latest.vouched_until:
        return Condition.NO_DATA
    return latest.condition


def measured_condition(status: Status, reason: Reason) -> Condition:
    """What a status that is still vouched for looks like."""
    match status:
        case Status.UP:
            return Condition.NORMAL
        case Status.DEGRADED:
            return Condition.SLOW if reason is Reason.SLOW else Condition.DEGRADED
        case Status.DOWN:
            return Condition.DOWN
        case Status.UNKNOWN:
            return Condition.NO_DATA
        case unreachable:
            assert_never(unreachable)


def history_of(stretches: Iterable[Stretch], half_hours: HalfHours) -> tuple[Condition, ...]:
    """One condition per half hour from stretches in order of time."""
    seen: list[dict[Condition, int]] = [{} for _ in range(HISTORY_LENGTH)]
    for start, end, condition in stretches:
        first = max(start, half_hours.start)
        last = min(end, half_hours.now)
        while first < last:
            index = (first - half_hours.start) // HALF_HOUR
            cut = min(last, half_hours.start + HALF_HOUR * (index + 1))
            lengths = seen[index]
            lengths[condition] = lengths[condition] + cut - first if condition in lengths else cut - first
            first = cut
    return tuple(_shown(lengths, half_hours.length(index)) for index, lengths in enumerate(seen))


def _shown(lengths: dict[Condition, int], whole: int) -> Condition:
    """Trouble is shown however short it was; then silence that lasted; else what filled most of the time."""
    if len(lengths) == 1:
        [(condition, length)] = lengths.items()
        if length == whole:
            return condition
    for trouble in (Condition.DOWN, Condition.DEGRADED, Condition.SLOW):
        if trouble in lengths:
            return trouble
    quiet = {condition: length for condition, length in lengths.items() if condition is not Condition.NO_DATA}
    if not quiet or whole - sum(quiet.values()) >= SILENCE_SHOWN_FROM * whole:
        return Condition.NO_DATA
    return max(quiet, key=lambda condition: quiet[condition])


def count(conditions: Iterable[Condition]) -> Counts:
    """Targets by condition."""
    tally = dict.fromkeys(Condition, 0)
    for condition in conditions:
        tally[condition] += 1
    return Counts(
        normal=tally[Condition.NORMAL],
        slow=tally[Condition.SLOW],
        degraded=tally[Condition.DEGRADED],
        down=tally[Condition.DOWN],
        no_data=tally[Condition.NO_DATA],
        no_address=tally[Condition.NO_ADDRESS],
        planned=tally[Condition.PLANNED],
    )
