"""A step line of 24 hours: a value holds until the next one, a gap stays a gap.

Drawn as clipped boxes, one per unbroken stretch: sharp at every resolution (its thickness is in rem), follows the theme,
and costs two or three elements.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from command_centre.read.views import Step
from layouts.parts.node import Element, div, element

SPAN = timedelta(hours=24)
BUCKETS = 96
"""A quarter of an hour each: finer steps cannot be told apart on a wall."""
_MARGIN = 8.0
"""Percent of the height kept free above and below, for the thickness of the line and the end mark."""


class EndMark(Enum):
    """How the newest value looks: calm, or in trouble."""

    CALM = ""
    AMBER = " y"
    RED = " x"


@dataclass(frozen=True, slots=True)
class _Point:
    x: float
    y: float


def sparkline(
    steps: Sequence[Step],
    until: datetime,
    *,
    low: float,
    high: float,
    end: EndMark = EndMark.CALM,
    reference: Sequence[Step] = (),
    buckets: int = BUCKETS,
) -> Element:
    """The line from 24 hours before ``until`` up to it, between ``low`` and ``high``; ``reference`` is drawn dotted behind it.

    ``buckets`` is how many points fit on its width.
    """
    values = sample(steps, until, buckets)
    bounds = (low, high) if high > low else (low - 1, low + 0.2)
    dotted = _line(sample(reference, until, buckets), bounds, "r") if reference else []
    boxes = [*dotted, *_line(values, bounds, "l")]
    last = values[-1]
    if last is not None:
        boxes.append(element("I", None, f"t{end.value}", style={"top": f"{_height(last, bounds):.4g}%"}))
    return div(boxes, "cc-spark")


def _line(values: Sequence[float | None], bounds: tuple[float, float], class_name: str) -> list[Element]:
    count = len(values)
    return [
        element("I", None, class_name, style={"clipPath": _outline(_corners(run, bounds, count))}) for run in _unbroken(values)
    ]


def sample(steps: Sequence[Step], until: datetime, buckets: int = BUCKETS) -> tuple[float | None, ...]:
    """The value at the end of each bucket (a quarter of an hour) before ``until``; None where nothing was known.

    The buckets are aligned to the clock, so that the line stands still between quarters and its last bucket is the present.
    """
    width = SPAN / buckets
    first_end = _next_multiple(until, width) - SPAN + width
    values: list[float | None] = []
    held: float | None = None
    index = 0
    for bucket in range(buckets):
        ends = first_end + bucket * width
        while index < len(steps) and steps[index].at < ends:
            held = steps[index].value
            index += 1
        values.append(held)
    return tuple(values)


def _next_multiple(at: datetime, width: timedelta) -> datetime:
    seconds = width.total_seconds()
    past = at.timestamp() % seconds
    return at + timedelta(seconds=seconds - past)


def _unbroken(values: Sequence[float | None]) -> list[list[tuple[int, float]]]:
    """Stretches of known values, each with the number of its bucket."""
    runs: list[list[tuple[int, float]]] = []
    broken = True
    for bucket, value in enumerate(values):
        if value is None:
            broken = True
            continue
        if broken:
            runs.append([])
            broken = False
        runs[-1].append((bucket, value))
    return runs


def _height(value: float, bounds: tuple[float, float]) -> float:
    low, high = bounds
    inside = min(max(value, low), high)
    return 100 - _MARGIN - (inside - low) / (high - low) * (100 - 2 * _MARGIN)


def _corners(run: Sequence[tuple[int, float]], bounds: tuple[float, float], buckets: int) -> list[_Point]:
    """The corners of the step line: horizontal and vertical pieces in turn."""
    start, value = run[0]
    corners = [_Point(100 * start / buckets, _height(value, bounds))]
    for bucket, following in run[1:]:
        if following != value:
            x = 100 * bucket / buckets
            corners += [_Point(x, _height(value, bounds)), _Point(x, _height(following, bounds))]
            value = following
    corners.append(_Point(100 * (run[-1][0] + 1) / buckets, _height(value, bounds)))
    return corners


def _outline(corners: Sequence[_Point]) -> str:
    """The polygon around the line: along one side and back along the other, half the thickness away."""
    turns = [_turn(corners, index) for index in range(len(corners))]
    there = [_offset(point, turn, -1) for point, turn in zip(corners, turns, strict=True)]
    back = [_offset(point, -turn, 1) for point, turn in zip(reversed(corners), reversed(turns), strict=True)]
    return f"polygon({','.join(there + back)})"


def _turn(corners: Sequence[_Point], index: int) -> int:
    """To which side the upper edge moves at a corner: right (+1) beside a fall, left (-1) beside a rise, 0 at the ends."""
    if index in (0, len(corners) - 1):
        return 0
    other = corners[index + 1] if index % 2 == 1 else corners[index - 1]
    falls = (other.y > corners[index].y) == (index % 2 == 1)
    return 1 if falls else -1


def _offset(point: _Point, x_side: int, y_side: int) -> str:
    return f"{_moved(point.x, x_side)} {_moved(point.y, y_side)}"


def _moved(percent: float, side: int) -> str:
    if side == 0:
        return f"{percent:.4g}%"
    return f"calc({percent:.4g}% {'+' if side > 0 else '-'} var(--tg))"
