"""The last 24 hours of one target as one background: a thin line while normal, full height in trouble, nothing when unknown."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import groupby
from typing import assert_never

from command_centre.read.views import Condition
from layouts.parts.node import Element, element

_NOTHING = "transparent"


def history_bar(history: tuple[Condition, ...]) -> Element:
    """One element whatever the history; a wholly normal day needs no style of its own."""
    if all(each is Condition.NORMAL for each in history):
        return element("I", None, "cc-riwayat" if history else "cc-riwayat kosong")
    return element("I", None, "cc-riwayat", style={"background": history_background(history)})


def history_background(history: tuple[Condition, ...]) -> str:
    """Two layers of hard-stop gradients: trouble over the full height, normal time along the foot."""
    runs = tuple(_runs(history))
    trouble = _layer(runs, _trouble_colour, "100%")
    normal = _layer(runs, _normal_colour, "45%")
    return f"{trouble},{normal}"


def _runs(history: tuple[Condition, ...]) -> Iterator[tuple[Condition, float, float]]:
    at = 0
    for condition, run in groupby(history):
        length = len(tuple(run))
        yield condition, 100 * at / len(history), 100 * (at + length) / len(history)
        at += length


def _layer(runs: tuple[tuple[Condition, float, float], ...], colour: Callable[[Condition], str], height: str) -> str:
    stops = ",".join(f"{colour(condition)} {start:.4g}% {end:.4g}%" for condition, start, end in runs)
    return f"linear-gradient(90deg,{stops}) 0 100%/100% {height} no-repeat"


def _trouble_colour(condition: Condition) -> str:
    match condition:
        case Condition.SLOW | Condition.DEGRADED:
            return "var(--c-turun)"
        case Condition.DOWN:
            return "var(--c-kritis-batang)"
        case Condition.NORMAL | Condition.NO_DATA | Condition.NO_ADDRESS | Condition.PLANNED:
            return _NOTHING
        case unreachable:
            assert_never(unreachable)


def _normal_colour(condition: Condition) -> str:
    return "var(--c-batang)" if condition is Condition.NORMAL else _NOTHING
