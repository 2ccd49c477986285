"""Step lines over the last day: how many of something were there at a time. Pure; in epoch milliseconds for speed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from command_centre.read.views import Step

STEP_MS = timedelta(minutes=5) // timedelta(milliseconds=1)
"""Grid of a day's line: at most 289 points, finer than the eye sees on a sparkline."""


class Presence(NamedTuple):
    """Something was there from ``start`` until ``end`` (epoch milliseconds, half-open)."""

    start: int
    end: int


def fewest_at_once(things: Iterable[Presence], start: int, end: int) -> list[int]:
    """For each step of the grid the least number present at any moment in it: a short dip stays visible."""
    return _by_step(things, start, end, min)


def most_at_once(things: Iterable[Presence], start: int, end: int) -> list[int]:
    """For each step of the grid the greatest number present at any moment in it: a short peak stays visible."""
    return _by_step(things, start, end, max)


def _by_step(things: Iterable[Presence], start: int, end: int, pick: Callable[[int, int], int]) -> list[int]:
    figures: dict[int, int] = {}
    for begin, finish, present in _levels(things, start, end):
        for index in range((begin - start) // STEP_MS, (finish - 1 - start) // STEP_MS + 1):
            figures[index] = pick(figures[index], present) if index in figures else present
    return [figures[index] for index in sorted(figures)]


def _levels(things: Iterable[Presence], start: int, end: int) -> Iterator[tuple[int, int, int]]:
    """The window as stretches of one number each: (begin, finish, number), without gap."""
    present = 0
    reached = start
    for at, change in _changes(things, start, end):
        if at > reached:
            yield reached, at, present
            reached = at
        present += change
    if reached < end:
        yield reached, end, present


def _changes(things: Iterable[Presence], start: int, end: int) -> list[tuple[int, int]]:
    """Net changes in order of time, one per moment, clipped to the window."""
    net: dict[int, int] = {}
    for thing in things:
        begin, finish = max(thing.start, start), min(thing.end, end)
        if begin < finish:
            net[begin] = net.get(begin, 0) + 1
            net[finish] = net.get(finish, 0) - 1
    return sorted((at, change) for at, change in net.items() if change and at < end)


def as_steps(figures: Sequence[float | None], start: int) -> tuple[Step, ...]:
    """Figures on the grid as a step line: a new step only where the value changes."""
    steps: list[Step] = []
    for index, value in enumerate(figures):
        if not steps or steps[-1].value != value:
            steps.append(Step(datetime.fromtimestamp((start + index * STEP_MS) / 1000, tz=UTC), value))
    return tuple(steps)
