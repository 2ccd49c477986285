"""Ledger: the accounting rule of ``availability`` over the spans of a data cut, in whole milliseconds.

The rule itself is written once, in ``availability.Account``; a ledger only counts for it. Every ledger adds up to the time for
which the target was expected.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from math import fsum
from typing import NamedTuple

from command_centre.domain.availability import Account
from command_centre.domain.cut import CutSpan, CutTarget
from command_centre.domain.reading import Reason, Status

HOUR_MS = 3_600_000
HOURS = 24


class Piece(NamedTuple):
    """One status over one stretch of expected time, planned or not."""

    since: int
    until: int
    status: str
    reason: str
    planned: bool

    @property
    def is_outage(self) -> bool:
        return self.status == Status.DOWN and not self.planned


class Ledger(NamedTuple):
    """Milliseconds by status, planned time apart: the same seven parts as an ``Account``."""

    up: int = 0
    degraded: int = 0
    down: int = 0
    unknown: int = 0
    planned_served: int = 0
    planned_down: int = 0
    planned_unknown: int = 0

    @property
    def served(self) -> int:
        """The numerator of availability."""
        return self.up + self.degraded

    @property
    def measured(self) -> int:
        """The denominator of availability."""
        return self.served + self.down

    @property
    def wanted(self) -> int:
        """Time for which a measurement was due: everything that was not planned."""
        return self.measured + self.unknown

    @property
    def planned(self) -> int:
        return self.planned_served + self.planned_down + self.planned_unknown

    @property
    def availability(self) -> float | None:
        """0..1, as ``Account.availability``, without the detour: it is asked some ten thousand times a snapshot."""
        return _ratio(self.served, self.measured)

    @property
    def availability_with_planned(self) -> float | None:
        """The same with planned time counted like any other time."""
        return _ratio(self.served + self.planned_served, self.measured + self.planned_served + self.planned_down)

    @property
    def coverage(self) -> float | None:
        """Share of the unplanned time that was measured; None when all of it was planned."""
        return _ratio(self.measured, self.wanted)

    @property
    def account(self) -> Account:
        """The same for the accounting rule."""
        return Account(*(timedelta(milliseconds=part) for part in self))


def _ratio(part: int, whole: int) -> float | None:
    return part / whole if whole > 0 else None


def added(ledgers: Iterable[Ledger]) -> Ledger:
    """The sum, part by part."""
    columns = list(zip(*ledgers, strict=True))
    return Ledger(*(sum(column) for column in columns)) if columns else Ledger()


def pieces_of(target: CutTarget) -> list[Piece]:
    """The target's expected time, cut into pieces without gap or overlap.

    What nobody vouched for is UNKNOWN. Planned time is laid over what was measured; windows that overlap count once. Spans that
    overlap (a clock that was turned back) count once as well: the earlier one speaks until it ends.
    """
    covered = _without_gaps(target.spans, target.expected_from, target.expected_until)
    return list(_laid_over(covered, target.planned)) if target.planned else list(covered)


def _without_gaps(spans: Sequence[CutSpan], start: int, end: int) -> Iterator[Piece]:
    reached = start
    for since, until, status, reason, planned in spans:
        begins, ends = max(since, reached), min(until, end)
        if ends <= begins:
            continue
        if begins > reached:
            yield _silence(reached, begins)
        yield Piece(begins, ends, status, reason, planned)
        reached = ends
    if reached < end:
        yield _silence(reached, end)


def _silence(since: int, until: int) -> Piece:
    return Piece(since, until, Status.UNKNOWN.value, Reason.SILENT.value, planned=False)


def _laid_over(pieces: Iterable[Piece], planned: Sequence[tuple[int, int]]) -> Iterator[Piece]:
    """``planned`` is disjoint and in order, as the pieces are: both are walked once."""
    at = 0
    for piece in pieces:
        reached = piece.since
        while at < len(planned) and planned[at][1] <= reached:
            at += 1
        following = at
        while following < len(planned) and planned[following][0] < piece.until:
            begins, ends = max(planned[following][0], reached), min(planned[following][1], piece.until)
            if begins > reached:
                yield piece._replace(since=reached, until=begins)
            yield piece._replace(since=begins, until=ends, planned=True)
            reached = ends
            following += 1
        if reached < piece.until:
            yield piece._replace(since=reached)


_PLACE_IN_LEDGER = {
    (Status.UP.value, False): 0,
    (Status.DEGRADED.value, False): 1,
    (Status.DOWN.value, False): 2,
    (Status.UNKNOWN.value, False): 3,
    (Status.UP.value, True): 4,
    (Status.DEGRADED.value, True): 4,
    (Status.DOWN.value, True): 5,
    (Status.UNKNOWN.value, True): 6,
}


def ledger_of(pieces: Iterable[Piece]) -> Ledger:
    """Add up pieces by status."""
    parts = [0] * len(Ledger._fields)
    for since, until, status, _, planned in pieces:
        parts[_PLACE_IN_LEDGER[status, planned]] += until - since
    return Ledger(*parts)


def split_at(pieces: Iterable[Piece], starts: Sequence[int], end: int) -> list[list[Piece]]:
    """The pieces of each stretch that begins at one of ``starts`` (in order) and ends where the next one begins."""
    stretches: list[list[Piece]] = [[] for _ in starts]
    ends = [*starts[1:], end]
    at = 0
    for piece in pieces:
        while at + 1 < len(starts) and ends[at] <= piece.since:
            at += 1
        reached, stretch = piece.since, at
        while reached < piece.until:
            until = min(piece.until, ends[stretch]) if stretch + 1 < len(starts) else piece.until
            stretches[stretch].append(piece._replace(since=reached, until=until))
            reached, stretch = until, stretch + 1
    return stretches


def longest_outage(pieces: Iterable[Piece]) -> int:
    """The longest stretch of unplanned DOWN without a break, whatever its reasons; 0: there was none."""
    longest = running = 0
    ended = -1
    for piece in pieces:
        if not piece.is_outage:
            continue
        running = piece.until - piece.since + (running if piece.since == ended else 0)
        ended, longest = piece.until, max(longest, running)
    return longest


def time_full(pieces: Iterable[Piece]) -> int:
    """Unplanned time in which a hotspot took no further device."""
    return sum(each.until - each.since for each in pieces if each.reason == Reason.FULL and not each.planned)


def outage_within(pieces: Iterable[Piece], intervals: Sequence[tuple[int, int]]) -> int:
    """How much of the unplanned DOWN lies within ``intervals`` (disjoint)."""
    outages = [each for each in pieces if each.is_outage]
    shared = (min(each.until, end) - max(each.since, start) for each in outages for start, end in intervals)
    return sum(length for length in shared if length > 0)


def people_lost(pieces: Iterable[Piece], usual: Sequence[int | None]) -> int | None:
    """Outage weighted with the devices usually there at that hour, in hundredths of a device × milliseconds.

    None when it cannot be said: there was an outage in an hour of the day of which nothing is known.
    """
    lost = 0
    for piece in pieces:
        if not piece.is_outage:
            continue
        for hour, length in _by_hour(piece):
            devices = usual[hour] if usual else None
            if devices is None:
                return None
            lost += devices * length
    return lost


def _by_hour(piece: Piece) -> Iterator[tuple[int, int]]:
    """(hour of the day in UTC, milliseconds in it)."""
    reached = piece.since
    while reached < piece.until:
        until = min(piece.until, (reached // HOUR_MS + 1) * HOUR_MS)
        yield reached // HOUR_MS % HOURS, until - reached
        reached = until


def union_of(intervals: Iterable[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """The same time as disjoint intervals in order."""
    merged: list[tuple[int, int]] = []
    for start, end in sorted(intervals):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        elif start < end:
            merged.append((start, end))
    return tuple(merged)


@dataclass(frozen=True, slots=True)
class Group:
    """The figure of a group: means over its targets, with what they were made from.

    ``registered`` targets were in the register; ``expected`` ones were due at some time (not planned off throughout);
    ``measured`` ones were seen. ``ledger`` is the sum of theirs. Availabilities are None when nobody watched any of them.
    """

    registered: int
    expected: int
    measured: int
    ledger: Ledger
    availability: float | None
    with_planned: float | None
    pessimistic: float | None
    optimistic: float | None
    coverage: float | None


def group_of(ledgers: Sequence[Ledger]) -> Group:
    """The accounting rule for groups: the mean over *measured* targets; silent ones stay in coverage and in the interval."""
    expected = [each for each in ledgers if each.wanted > 0]
    measured = [each for each in expected if each.measured > 0]
    return Group(
        registered=len(ledgers),
        expected=len(expected),
        measured=len(measured),
        ledger=added(ledgers),
        availability=_mean(each.availability for each in measured),
        with_planned=_mean(each.availability_with_planned for each in measured),
        pessimistic=_mean(each.served / each.wanted for each in expected) if measured else None,
        optimistic=_mean((each.served + each.unknown) / each.wanted for each in expected) if measured else None,
        coverage=_mean(each.coverage for each in expected),
    )


def mean_availability(ledgers: Iterable[Ledger]) -> float | None:
    """The group's availability alone: for the days of a period."""
    return _mean(each.availability for each in ledgers)


def _mean(figures: Iterable[float | None]) -> float | None:
    """To nine decimals: finer than any page prints, and free of the order in which the parts were added."""
    known = [figure for figure in figures if figure is not None]
    return round(fsum(known) / len(known), 9) if known else None
