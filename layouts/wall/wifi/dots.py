"""Hundreds of hotspots as few elements: what is calm is the shadow of one dot, cast as often as needed; what is not stands alone.

A list of box shadows costs one element however long it is, is sharp at every resolution and follows the theme. The element that
casts them stands outside the map (a shadow is never drawn under its own box), so every place is shifted by ``AWAY``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from enum import Enum, auto

from command_centre.domain.hotspot import HotspotState
from command_centre.domain.target import TargetKey
from command_centre.read.views import HotspotPoint
from layouts.parts.hotspot import hotspot_class
from layouts.parts.node import Element, element
from layouts.wall.wifi.geography import MAP, Spot, is_in_main_map, polygon

AWAY = 2.0
"""How far left of and above the map the casting element stands, in rem; the style sheet knows it too."""


class Mark(Enum):
    """How a hotspot is drawn: calm ones are dots and rings, children of a great cause small squares, the others have a shape."""

    DOT = auto()
    RING = auto()
    CHILD = auto()
    SHAPE = auto()


def mark_of(point: HotspotPoint, great_causes: Collection[TargetKey]) -> Mark:
    if point.cause in great_causes:
        return Mark.CHILD
    if point.state is HotspotState.NORMAL:
        return Mark.DOT
    return Mark.RING if point.state is HotspotState.PLANNED_OFF else Mark.SHAPE


def dots(placed: Iterable[tuple[HotspotPoint, Spot]], great_causes: Collection[TargetKey]) -> list[Element]:
    """The marks of some hotspots."""
    calm: dict[Mark, list[Spot]] = {}
    shapes = []
    for point, spot in placed:
        mark = mark_of(point, great_causes)
        if mark is Mark.SHAPE:
            shapes.append(
                element("I", None, f"m {hotspot_class(point.state)}", style={"left": _rem(spot.x), "top": _rem(spot.y)})
            )
        else:
            calm.setdefault(mark, []).append(spot)
    return [*_cast("t", calm.get(Mark.DOT, ())), *_rings(calm.get(Mark.RING, ())), *_cast("a", calm.get(Mark.CHILD, ())), *shapes]


def _cast(class_name: str, spots: Sequence[Spot]) -> list[Element]:
    return [element("I", None, class_name, style={"boxShadow": ",".join(map(_shadow, spots))})] if spots else []


def _rings(spots: Sequence[Spot]) -> list[Element]:
    """A disc in the colour of the line, and one in the colour of the ground upon it."""
    return [*_cast("j", spots), *_cast("j d", spots)]


def _shadow(spot: Spot) -> str:
    return f"{_rem(spot.x + AWAY)} {_rem(spot.y + AWAY)}"


def _rem(length: float) -> str:
    return f"{length:.2f}rem"


def hull(placed: Iterable[tuple[HotspotPoint, Spot]], cause: TargetKey) -> list[Element]:
    """The outline around the children of one cause on the main map."""
    spots = sorted({spot for point, spot in placed if point.cause == cause and is_in_main_map(point)})
    if len(spots) < 3:
        return []
    corners = [*_side(spots), *_side(spots[::-1])]
    centre = Spot(sum(each.x for each in spots) / len(spots), sum(each.y for each in spots) / len(spots))
    return [
        element("I", None, class_name, style={"clipPath": polygon([_away_from(centre, each, by) for each in corners], MAP)})
        for class_name, by in (("h", 0.5), ("h d", 0.39))
    ]


def _side(spots: Sequence[Spot]) -> list[Spot]:
    """One side of the convex hull, without its last corner (Andrew's monotone chain)."""
    side: list[Spot] = []
    for spot in spots:
        while len(side) > 1 and _turn(side[-2], side[-1], spot) <= 0:
            side.pop()
        side.append(spot)
    return side[:-1]


def _turn(first: Spot, second: Spot, third: Spot) -> float:
    return (second.x - first.x) * (third.y - first.y) - (second.y - first.y) * (third.x - first.x)


def _away_from(centre: Spot, corner: Spot, by: float) -> Spot:
    """``corner`` moved outwards by ``by`` rem."""
    length = ((corner.x - centre.x) ** 2 + (corner.y - centre.y) ** 2) ** 0.5
    factor = 1 + by / length if length > 0 else 1
    return Spot(centre.x + (corner.x - centre.x) * factor, centre.y + (corner.y - centre.y) * factor)
