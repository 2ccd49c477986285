"""Where each kelurahan stands on the cartogram. Positions are fixed for ever: people learn them.

Rows and columns are those of the style sheet's grid: eight rows (heading, three tiles, heading, three tiles), a column for
Bontang Barat, a gutter, three columns for Utara and Selatan. The east of both is sea: there stand the settlements over the water.
"""

from __future__ import annotations

from dataclasses import dataclass

from layouts.wall.places import BARAT, KELURAHAN, SELATAN, UTARA


@dataclass(frozen=True, slots=True)
class Spot:
    """A kelurahan's code (a settlement's name), the name that fits its tile, and its ``grid-area`` (row / column)."""

    code: str
    name: str
    area: str


@dataclass(frozen=True, slots=True)
class Panel:
    """A kecamatan: its code and name, the area of its ground and of its heading."""

    code: str
    name: str
    area: str
    heading_area: str


PANELS = (
    Panel(BARAT, "Barat", "1/1/5/2", "1/1"),
    Panel(UTARA, "Utara", "1/3/5/6", "1/3/2/6"),
    Panel(SELATAN, "Selatan", "5/3/9/6", "5/3/6/6"),
)

_AREAS = {
    "64.74.03.1001": "2/1",
    "64.74.03.1002": "3/1",
    "64.74.03.1003": "4/1",
    "64.74.01.1003": "2/3",
    "64.74.01.1004": "2/4",
    "64.74.01.1005": "3/3",
    "64.74.01.1002": "3/4",
    "64.74.01.1006": "4/3",
    "64.74.01.1001": "4/4",
    "64.74.02.1004": "6/3",
    "64.74.02.1001": "6/4",
    "64.74.02.1006": "6/5",
    "64.74.02.1002": "7/3",
    "64.74.02.1003": "7/4",
    "64.74.02.1005": "8/3",
}

SPOTS = tuple(Spot(code, name, _AREAS[code]) for code, name in KELURAHAN.items())

SETTLEMENT_SPOTS = (
    Spot("Gusung", "Gusung", "2/5"),
    Spot("Malahing", "Malahing", "7/5"),
    Spot("Selangan", "Selangan", "8/4"),
    Spot("Tihi-Tihi", "Tihi-Tihi", "8/5"),
)
