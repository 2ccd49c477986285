"""The map of the city as a scheme: where a coordinate stands on the wall, where the coast runs, where names fit.

One scale in both directions. Bontang Lestari lies far in the south and has an inset of its own (smaller scale); the settlements
over the water stand where there is room beside their names: what matters is which one, not where in the sea. Lengths in rem.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

from command_centre.read.views import HotspotPoint

WIDTH, HEIGHT = 23.2, 24.4
LESTARI = "64.74.02.1005"
KILOMETRES_PER_DEGREE = 111.32

_NORTH, _SOUTH, _WEST = 0.1985, 0.1005, 117.4440
_SCALE = HEIGHT / (_NORTH - _SOUTH)
"""rem per degree; at the equator a degree of longitude is as long as one of latitude."""
_EDGE = 0.35
"""Marks keep this distance from the edge: a coordinate outside the scheme stands at its border."""

TWO_KILOMETRES = 2 / KILOMETRES_PER_DEGREE * _SCALE


class Spot(NamedTuple):
    """A place on the map, from its upper left corner."""

    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on the map."""

    left: float
    top: float
    width: float
    height: float

    def clamped(self, spot: Spot) -> Spot:
        right, bottom = self.left + self.width - _EDGE, self.top + self.height - _EDGE
        return Spot(min(max(spot.x, self.left + _EDGE), right), min(max(spot.y, self.top + _EDGE), bottom))


def _x(longitude: float) -> float:
    return (longitude - _WEST) * _SCALE + 0.2


def _y(latitude: float) -> float:
    return (_NORTH - latitude) * _SCALE


MAP = Box(0, 0, WIDTH, HEIGHT)
INSET = Box(_x(117.5065), HEIGHT - 6.0, WIDTH - _x(117.5065), 6.0)

_INSET_WEST, _INSET_NORTH = 117.4320, 0.0965
_INSET_SCALE = INSET.width / 0.105


def _in_inset(latitude: float, longitude: float) -> Spot:
    return Spot(
        INSET.left + (longitude - _INSET_WEST) * _INSET_SCALE + 0.1, INSET.top + (_INSET_NORTH - latitude) * _INSET_SCALE + 0.7
    )


_SETTLEMENTS: Mapping[str, Spot] = MappingProxyType(
    {
        "Gusung": Spot(_x(117.5095), _y(0.1880)),
        "Malahing": Spot(WIDTH - 2.0, _y(0.1480)),
        "Selangan": Spot(*_in_inset(0.0835, 117.5155)),
        "Tihi-Tihi": Spot(*_in_inset(0.0664, 117.5155)),
    }
)
_BESIDE = 0.88
"""Distance of the second hotspot of a settlement from the first."""


def spots_of(points: Iterable[HotspotPoint]) -> list[tuple[HotspotPoint, Spot]]:
    """The points that have a place on the map, with it; those of a settlement side by side."""
    placed = []
    beside: dict[str, int] = {}
    for point in points:
        if point.settlement is not None and point.settlement in _SETTLEMENTS:
            index = beside.get(point.settlement, 0)
            beside[point.settlement] = index + 1
            first = _SETTLEMENTS[point.settlement]
            placed.append((point, MAP.clamped(Spot(first.x + index * _BESIDE, first.y))))
        elif point.latitude is not None and point.longitude is not None:
            placed.append((point, _spot(point.kelurahan, point.latitude, point.longitude)))
    return placed


@lru_cache(maxsize=4096)  # the register stands still; the map is drawn several times a second
def _spot(kelurahan: str | None, latitude: float, longitude: float) -> Spot:
    if kelurahan == LESTARI:
        return INSET.clamped(_in_inset(latitude, longitude))
    return MAP.clamped(Spot(_x(longitude), _y(latitude)))


def is_in_main_map(point: HotspotPoint) -> bool:
    return point.kelurahan != LESTARI and point.settlement is None


# The coast from north to south: a scheme, good to some hundred metres.
_COAST = (
    (0.2040, 117.5055), (0.1960, 117.5010), (0.1880, 117.5035), (0.1810, 117.4985), (0.1740, 117.4945), (0.1680, 117.4905),
    (0.1610, 117.4935), (0.1550, 117.4985), (0.1480, 117.5060), (0.1410, 117.5125), (0.1355, 117.5150), (0.1305, 117.5110),
    (0.1270, 117.5050), (0.1210, 117.5030), (0.1165, 117.5030), (0.1120, 117.4985), (0.1070, 117.4915), (0.1030, 117.4885),
    (0.0960, 117.4860),
)  # fmt: skip
_COAST_OF_LESTARI = (
    (0.0960, 117.4860), (0.0880, 117.4905), (0.0800, 117.4950), (0.0720, 117.4985), (0.0640, 117.5050), (0.0560, 117.5095),
    (0.0480, 117.5110),
)  # fmt: skip


def sea_outline() -> str:
    """The sea of the main map as a polygon of the style sheet."""
    coast = [Spot(_x(longitude), _y(latitude)) for latitude, longitude in _COAST]
    return polygon([*coast, Spot(WIDTH, coast[-1].y), Spot(WIDTH, coast[0].y)], MAP)


def inset_sea_outline() -> str:
    """The sea of the inset."""
    coast = [_in_inset(latitude, longitude) for latitude, longitude in _COAST_OF_LESTARI]
    right = INSET.left + INSET.width
    return polygon([*coast, Spot(right, coast[-1].y), Spot(right, coast[0].y)], INSET)


def polygon(corners: Sequence[Spot], box: Box) -> str:
    """``clip-path`` of a shape in ``box``, in percent of it."""
    inside = (f"{100 * (x - box.left) / box.width:.4g}% {100 * (y - box.top) / box.height:.4g}%" for x, y in corners)
    return f"polygon({','.join(inside)})"


@dataclass(frozen=True, slots=True)
class Label:
    """A name on the map. ``at`` is the left end of its foot, or the right end where ``is_right``."""

    name: str
    at: Spot
    is_right: bool = False
    is_quiet: bool = False


def _label(name: str, latitude: float, longitude: float) -> Label:
    return Label(name, Spot(_x(longitude), _y(latitude)))


LABELS: Mapping[str, Label] = MappingProxyType(
    {
        "64.74.01.1004": _label("Guntung", 0.1935, 117.4525),
        "64.74.01.1003": _label("Loktuan", 0.1800, 117.4545),
        "64.74.01.1005": _label("Gn. Elai", 0.1500, 117.4660),
        "64.74.01.1002": _label("Btg. Baru", 0.1535, 117.4880),
        "64.74.01.1006": _label("Api-Api", 0.1290, 117.4900),
        "64.74.01.1001": _label("Btg. Kuala", 0.1430, 117.4985),
        "64.74.03.1001": _label("Belimbing", 0.1560, 117.4490),
        "64.74.03.1002": _label("Gn. Telihan", 0.1425, 117.4445),
        "64.74.03.1003": _label("Kanaan", 0.1170, 117.4475),
        "64.74.02.1004": _label("Satimpo", 0.1180, 117.4640),
        "64.74.02.1001": _label("Tj. Laut", 0.1225, 117.4800),
        "64.74.02.1006": _label("Tj. L. Indah", 0.1110, 117.4890),
        "64.74.02.1002": _label("Bbs. Tengah", 0.1125, 117.4690),
        "64.74.02.1003": _label("Bbs. Pantai", 0.1015, 117.4740),
    }
)
"""Where the name of each kelurahan stands, chosen by eye: over its own dots, not over its neighbour's."""

QUIET_LABELS = (
    Label("Gusung", Spot(_x(117.5070), _y(0.1935)), is_quiet=True),
    Label("Malahing", Spot(WIDTH - 0.2, _y(0.1480) + 1.3), is_right=True, is_quiet=True),
    Label("Bontang Lestari", Spot(INSET.left + 0.25, HEIGHT - 0.35)),
    Label("Selangan", Spot(WIDTH - 0.2, INSET.top - 0.3), is_right=True, is_quiet=True),
    Label("Tihi-Tihi", Spot(WIDTH - 0.2, _SETTLEMENTS["Tihi-Tihi"].y + 1.3), is_right=True, is_quiet=True),
)
SCALE_AT = Spot(0.2, _y(0.1650))
