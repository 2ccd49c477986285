"""Where each kelurahan stands on the cartogram. Positions are fixed for ever: people learn them.

Rows and columns are those of the style sheet's grid: eight rows (heading, three tiles, heading, three tiles), a column for
Bontang Barat, a gutter, three columns for Utara and Selatan. The east of both is sea.
"""

from __future__ import annotations

from dataclasses import dataclass

UTARA, SELATAN, BARAT = "64.74.01", "64.74.02", "64.74.03"


@dataclass(frozen=True, slots=True)
class Spot:
    """A kelurahan's code, the name that fits its tile, and its ``grid-area`` (row / column)."""

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

SPOTS = (
    Spot("64.74.03.1001", "Belimbing", "2/1"),
    Spot("64.74.03.1002", "Gn. Telihan", "3/1"),
    Spot("64.74.03.1003", "Kanaan", "4/1"),
    Spot("64.74.01.1003", "Loktuan", "2/3"),
    Spot("64.74.01.1004", "Guntung", "2/4"),
    Spot("64.74.01.1005", "Gn. Elai", "3/3"),
    Spot("64.74.01.1002", "Btg. Baru", "3/4"),
    Spot("64.74.01.1006", "Api-Api", "4/3"),
    Spot("64.74.01.1001", "Btg. Kuala", "4/4"),
    Spot("64.74.02.1004", "Satimpo", "6/3"),
    Spot("64.74.02.1001", "Tj. Laut", "6/4"),
    Spot("64.74.02.1006", "Tj. L. Indah", "6/5"),
    Spot("64.74.02.1002", "Bbs. Tengah", "7/3"),
    Spot("64.74.02.1003", "Bbs. Pantai", "7/4"),
    Spot("64.74.02.1005", "Btg. Lestari", "8/3"),
)
