"""The accounting rule (BEHAVIOUR.md §2) as arithmetic over spans. Written once, used by every screen and snapshot.

1. A reading vouches for the time after it, for at most the target's *patience*; time nobody vouched for is UNKNOWN.
2. Planned time is laid over the measured status; what was measured underneath is kept.
3. Availability = (UP + DEGRADED) / (UP + DEGRADED + DOWN), planned time excluded.
4. A window nobody watched has no availability: None, never 0 or 1.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from command_centre.domain.calendar import Interval, intersect, union
from command_centre.domain.reading import Reason, Status

ZERO = timedelta(0)


@dataclass(frozen=True, slots=True)
class Span:
    """One status over one stretch of time. ``reason`` is that of the reading that opened it."""

    interval: Interval
    status: Status
    reason: Reason
    planned: bool = False


@dataclass(frozen=True, slots=True)
class Observation:
    """What a reading says about status: the part of it that the accounting rule needs."""

    at: datetime
    status: Status
    reason: Reason


def spans_from(observations: Sequence[Observation], window: Interval, patience: timedelta) -> tuple[Span, ...]:
    """Cut ``window`` into spans of one status each, without gap or overlap.

    ``observations`` are in order of time; the newest one before the window may be included, so that it can vouch for the start.
    """
    pieces: list[Span] = []
    reached = window.start
    for index, seen in enumerate(observations):
        next_at = observations[index + 1].at if index + 1 < len(observations) else window.end
        vouched = intersect(Interval(seen.at, min(next_at, seen.at + patience)), window) if next_at > seen.at else None
        if vouched is None:
            continue
        if vouched.start > reached:
            pieces.append(Span(Interval(reached, vouched.start), Status.UNKNOWN, Reason.SILENT))
        pieces.append(Span(vouched, seen.status, seen.reason))
        reached = vouched.end
    if reached < window.end:
        pieces.append(Span(Interval(reached, window.end), Status.UNKNOWN, Reason.SILENT))
    return join(pieces)


def join(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Neighbouring spans of the same status, reason and planned mark as one."""
    joined: list[Span] = []
    for span in spans:
        last = joined[-1] if joined else None
        if last is not None and last.interval.end == span.interval.start and _same(last, span):
            joined[-1] = Span(Interval(last.interval.start, span.interval.end), span.status, span.reason, span.planned)
        else:
            joined.append(span)
    return tuple(joined)


def _same(left: Span, right: Span) -> bool:
    return (left.status, left.reason, left.planned) == (right.status, right.reason, right.planned)


def overlay_planned(spans: Iterable[Span], planned: Iterable[Interval]) -> tuple[Span, ...]:
    """Mark the parts of ``spans`` that lie in planned time; the measured status underneath is kept."""
    agreed = union(planned)
    ends = [each.end for each in agreed]
    marked: list[Span] = []
    for span in spans:
        reached = span.interval.start
        for index in range(bisect_right(ends, span.interval.start), len(agreed)):
            part = intersect(span.interval, agreed[index])
            if part is None:
                break  # this one begins after the span, and so do all that follow
            if part.start > reached:
                marked.append(Span(Interval(reached, part.start), span.status, span.reason, span.planned))
            marked.append(Span(part, span.status, span.reason, planned=True))
            reached = part.end
        if reached < span.interval.end:
            marked.append(Span(Interval(reached, span.interval.end), span.status, span.reason, span.planned))
    return tuple(marked)


@dataclass(frozen=True, slots=True)
class Account:
    """Time by status over one window, planned time apart. All parts add up to ``window``, always."""

    up: timedelta = ZERO
    degraded: timedelta = ZERO
    down: timedelta = ZERO
    unknown: timedelta = ZERO
    planned_served: timedelta = ZERO  # planned, and measured UP or DEGRADED underneath
    planned_down: timedelta = ZERO
    planned_unknown: timedelta = ZERO

    @property
    def planned(self) -> timedelta:
        return self.planned_served + self.planned_down + self.planned_unknown

    @property
    def window(self) -> timedelta:
        return self.up + self.degraded + self.down + self.unknown + self.planned

    @property
    def served(self) -> timedelta:
        """Time in which citizens were served: the numerator of availability."""
        return self.up + self.degraded

    @property
    def measured(self) -> timedelta:
        """Time somebody vouched for, planned time excluded: the denominator of availability."""
        return self.served + self.down

    @property
    def availability(self) -> float | None:
        """0..1; None when nobody watched ("tidak terukur")."""
        return ratio(self.served, self.measured)

    @property
    def availability_with_planned(self) -> float | None:
        """The same with planned time counted like any other time."""
        served = self.served + self.planned_served
        return ratio(served, self.measured + self.planned_served + self.planned_down)

    @property
    def coverage(self) -> float | None:
        """Share of the unplanned window that was measured; None when all of it was planned."""
        return ratio(self.measured, self.measured + self.unknown)

    @property
    def pessimistic(self) -> float | None:
        """Availability if all unknown time had been down."""
        return ratio(self.served, self.measured + self.unknown) if self.measured else None

    @property
    def optimistic(self) -> float | None:
        """Availability if all unknown time had been up."""
        return ratio(self.served + self.unknown, self.measured + self.unknown) if self.measured else None

    def __add__(self, other: Account) -> Account:
        return Account(
            self.up + other.up,
            self.degraded + other.degraded,
            self.down + other.down,
            self.unknown + other.unknown,
            self.planned_served + other.planned_served,
            self.planned_down + other.planned_down,
            self.planned_unknown + other.planned_unknown,
        )


def ratio(part: timedelta, whole: timedelta) -> float | None:
    """``part / whole``; None when there is no whole to speak of."""
    return part / whole if whole > ZERO else None


def account(spans: Iterable[Span]) -> Account:
    """Add up spans by status."""
    total = Account()
    for span in spans:
        total += account_of(span.status, span.interval.length, planned=span.planned)
    return total


def account_of(status: Status, length: timedelta, *, planned: bool) -> Account:
    """The account of one stretch of one status."""
    match (status, planned):
        case (Status.UP, False):
            return Account(up=length)
        case (Status.DEGRADED, False):
            return Account(degraded=length)
        case (Status.DOWN, False):
            return Account(down=length)
        case (Status.UNKNOWN, False):
            return Account(unknown=length)
        case (Status.UP | Status.DEGRADED, True):
            return Account(planned_served=length)
        case (Status.DOWN, True):
            return Account(planned_down=length)
        case _:
            return Account(planned_unknown=length)


@dataclass(frozen=True, slots=True)
class GroupAvailability:
    """A group's figure: the mean over its *measured* targets, with how many of how many that is."""

    availability: float | None
    coverage: float | None
    measured_targets: int
    expected_targets: int


def group_availability(accounts: Sequence[Account]) -> GroupAvailability:
    """Mean over targets of time-weighted availability (BEHAVIOUR.md §2.5).

    Silent members stay in the denominator and in the coverage.

    A target that was planned off for the whole window is not expected; one that nobody watched is expected,
    not measured.
    """
    expected = [each for each in accounts if each.measured + each.unknown > ZERO]
    figures = [figure for each in expected if (figure := each.availability) is not None]
    coverages = [figure for each in expected if (figure := each.coverage) is not None]
    return GroupAvailability(
        availability=sum(figures) / len(figures) if figures else None,
        coverage=sum(coverages) / len(coverages) if coverages else None,
        measured_targets=len(figures),
        expected_targets=len(expected),
    )
