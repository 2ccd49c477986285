"""Which site stands in which place of the grid. Register order, never sorted; when there are too many, the worst are chosen."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias, assert_never

from command_centre.read.views import Condition, SiteTile
from layouts.wall.situs import ids


@dataclass(frozen=True, slots=True)
class Heading:
    """A group with its active and measured sites (all of them, also those without a place)."""

    name: str
    active: int
    measured: int


Cell: TypeAlias = Heading | SiteTile | None


@dataclass(frozen=True, slots=True)
class Grid:
    """``cells`` in order of the places; ``hidden`` sites found no place."""

    cells: tuple[Cell, ...]
    hidden: int


def lay_out(tiles: Sequence[SiteTile]) -> Grid:
    """The places of ``tiles``: as many as fit, group by group."""
    groups = _by_group(tiles)
    shown = tiles if len(tiles) + len(groups) <= ids.CELLS else _worst(tiles)
    cells: list[Cell] = []
    for name, members in _by_group(shown).items():
        cells.append(_heading(name, groups[name]))
        cells.extend(members)
    return Grid(tuple(_without_orphans(cells)), len(tiles) - len(shown))


def _by_group(tiles: Iterable[SiteTile]) -> dict[str, list[SiteTile]]:
    groups: dict[str, list[SiteTile]] = {}
    for tile in tiles:
        groups.setdefault(tile.group, []).append(tile)
    return groups


def _heading(name: str, members: Sequence[SiteTile]) -> Heading:
    down = sum(each.condition is Condition.DOWN for each in members)
    active = sum(is_active(each.condition) for each in members)
    return Heading(name, active, active + down)


def is_active(condition: Condition) -> bool:
    """Whether a site in this condition answers its visitors."""
    match condition:
        case Condition.NORMAL | Condition.SLOW | Condition.DEGRADED:
            return True
        case Condition.DOWN | Condition.NO_DATA | Condition.NO_ADDRESS | Condition.PLANNED:
            return False
        case unreachable:
            assert_never(unreachable)


def badness(condition: Condition) -> int:
    """0 is worst: the order of lists."""
    order = (
        Condition.DOWN,
        Condition.DEGRADED,
        Condition.SLOW,
        Condition.NO_DATA,
        Condition.PLANNED,
        Condition.NO_ADDRESS,
        Condition.NORMAL,
    )
    return order.index(condition)


def _worst(tiles: Sequence[SiteTile]) -> list[SiteTile]:
    """The worst sites that fit together with the headings of their groups, in register order."""
    room = ids.CELLS
    chosen: list[int] = []
    groups: set[str] = set()
    for index in sorted(range(len(tiles)), key=lambda each: badness(tiles[each].condition)):
        cost = 1 if tiles[index].group in groups else 2
        if cost <= room:
            chosen.append(index)
            groups.add(tiles[index].group)
            room -= cost
        if room == 0:
            break
    return [tiles[index] for index in sorted(chosen)]


def _without_orphans(cells: Sequence[Cell]) -> Iterable[Cell]:
    """Leave the foot of a column empty rather than put a heading there, as long as places are left."""
    spare = ids.CELLS - len(cells)
    at = 0
    for cell in cells:
        if isinstance(cell, Heading) and at % ids.ROWS == ids.ROWS - 1 and spare:
            yield None
            at, spare = at + 1, spare - 1
        yield cell
        at += 1
    yield from [None] * (ids.CELLS - at)
