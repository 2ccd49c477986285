"""Rota: who is on duty. Overrides come first, then regular hours, then the rotation; where nobody is left, the fallback."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from command_centre.domain.calendar import EVERY_DAY, Interval, Weekly, Window, union

ANNOUNCED_AHEAD = timedelta(days=7)
"""A hole is known a week before: time enough to swap."""


@dataclass(frozen=True, slots=True)
class Hours:
    """Hours of the wall clock on some weekdays (0 is Monday); ``end`` not after ``start`` reaches into the next day."""

    start: time
    end: time
    days: frozenset[int] = EVERY_DAY

    def intervals(self, within: Interval, zone: ZoneInfo) -> tuple[Interval, ...]:
        """The parts of ``within`` that they cover."""
        return Window("", frozenset(), Weekly(self.days, self.start, self.end)).intervals(within, zone)

    def contain(self, at: datetime, zone: ZoneInfo) -> bool:
        return any(each.contains(at) for each in self.intervals(Interval(at, at + timedelta(seconds=1)), zone))


@dataclass(frozen=True, slots=True)
class Shift:
    """Somebody has the duty for a while: a swap, or leave. ``who`` is a receiver."""

    who: str
    during: Interval


@dataclass(frozen=True, slots=True)
class Turn:
    """Somebody's regular hours."""

    who: str
    hours: Hours


@dataclass(frozen=True, slots=True)
class Rota:
    """Who is on duty when.

    ``people`` take turns of ``turn``, the first of them from ``starts_at`` on, within ``covered`` hours (all, where it is None).
    ``fallback`` are told in a hole, and ``announce`` before it begins. A rota without people lives from its regular hours and
    overrides alone.
    """

    name: str
    people: tuple[str, ...]
    turn: timedelta
    starts_at: datetime
    zone: ZoneInfo
    covered: Hours | None = None
    regular: tuple[Turn, ...] = ()
    overrides: tuple[Shift, ...] = ()
    fallback: tuple[str, ...] = ()
    announce: timedelta = ANNOUNCED_AHEAD


@dataclass(frozen=True, slots=True)
class Stint:
    """A stretch of time in which the same person has the duty (None: a hole)."""

    who: str | None
    during: Interval


def on_duty(rota: Rota, at: datetime) -> str | None:
    """Who is on duty at ``at``; None in a hole."""
    swapped = next((each.who for each in rota.overrides if each.during.contains(at)), None)
    if swapped is not None:
        return swapped
    regular = next((each.who for each in rota.regular if each.hours.contain(at, rota.zone)), None)
    return regular if regular is not None else _in_rotation(rota, at)


def told_by(rota: Rota, at: datetime) -> tuple[str, ...]:
    """Who is told at ``at``: who is on duty, or the fallback."""
    who = on_duty(rota, at)
    return rota.fallback if who is None else (who,)


def holes(rota: Rota, within: Interval) -> tuple[Interval, ...]:
    """The times within ``within`` at which nobody is on duty: to be announced days before."""
    covered = union(_covered(rota, within))
    found: list[Interval] = []
    begun = within.start
    for each in covered:
        if begun < each.start:
            found.append(Interval(begun, each.start))
        begun = max(begun, each.end)
    return (*found, Interval(begun, within.end)) if begun < within.end else tuple(found)


def stints(rota: Rota, within: Interval) -> tuple[Stint, ...]:
    """Who has the duty one after the other; neighbours are never the same. Empty where ``within`` is."""
    moments = sorted({each for each in _changes(rota, within) if within.start < each < within.end} | {within.start, within.end})
    found: list[Stint] = []
    for start, end in itertools.pairwise(moments):
        who = on_duty(rota, start)
        if found and found[-1].who == who:
            found[-1] = Stint(who, Interval(found[-1].during.start, end))
        else:
            found.append(Stint(who, Interval(start, end)))
    return tuple(found)


def overlapping(overrides: Sequence[Shift]) -> tuple[Shift, Shift] | None:
    """Two overrides that claim the same time; None where each time has one owner."""
    ordered = sorted(overrides, key=lambda each: each.during)
    pairs = itertools.pairwise(ordered)
    return next(((before, after) for before, after in pairs if after.during.start < before.during.end), None)


def _in_rotation(rota: Rota, at: datetime) -> str | None:
    if not rota.people or at < rota.starts_at:
        return None
    if rota.covered is not None and not rota.covered.contain(at, rota.zone):
        return None
    # By the wall clock: a turn that changes at 08:00 does so in summer and in winter.
    passed = at.astimezone(rota.zone).replace(tzinfo=None) - rota.starts_at.astimezone(rota.zone).replace(tzinfo=None)
    return rota.people[passed // rota.turn % len(rota.people)]


def _covered(rota: Rota, within: Interval) -> Iterator[Interval]:
    for shift in rota.overrides:
        start, end = max(shift.during.start, within.start), min(shift.during.end, within.end)
        if start < end:
            yield Interval(start, end)
    for turn in rota.regular:
        yield from turn.hours.intervals(within, rota.zone)
    begun = max(rota.starts_at, within.start)
    if rota.people and begun < within.end:
        rest = Interval(begun, within.end)
        yield from (rest,) if rota.covered is None else rota.covered.intervals(rest, rota.zone)


def _changes(rota: Rota, within: Interval) -> Iterable[datetime]:
    """Every moment at which somebody's time may begin or end; some lie outside."""
    hours = [*(each.hours for each in rota.regular), *([] if rota.covered is None else [rota.covered])]
    parts = [*(each.during for each in rota.overrides), *(part for each in hours for part in each.intervals(within, rota.zone))]
    yield from (moment for part in parts for moment in (part.start, part.end))
    yield from _turn_changes(rota, within)


def _turn_changes(rota: Rota, within: Interval) -> Iterator[datetime]:
    if not rota.people:
        return
    starts = rota.starts_at.astimezone(rota.zone).replace(tzinfo=None)
    first = within.start.astimezone(rota.zone).replace(tzinfo=None)
    change = starts + max((first - starts) // rota.turn, 0) * rota.turn
    while (moment := change.replace(tzinfo=rota.zone).astimezone(UTC)) < within.end:
        yield moment
        change += rota.turn
