"""Names of places that fit a tile or a label. The register knows the full ones; a wall has room for twelve letters."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

UTARA, SELATAN, BARAT = "64.74.01", "64.74.02", "64.74.03"

KELURAHAN: Mapping[str, str] = MappingProxyType(
    {
        "64.74.03.1001": "Belimbing",
        "64.74.03.1002": "Gn. Telihan",
        "64.74.03.1003": "Kanaan",
        "64.74.01.1003": "Loktuan",
        "64.74.01.1004": "Guntung",
        "64.74.01.1005": "Gn. Elai",
        "64.74.01.1002": "Btg. Baru",
        "64.74.01.1006": "Api-Api",
        "64.74.01.1001": "Btg. Kuala",
        "64.74.02.1004": "Satimpo",
        "64.74.02.1001": "Tj. Laut",
        "64.74.02.1006": "Tj. L. Indah",
        "64.74.02.1002": "Bbs. Tengah",
        "64.74.02.1003": "Bbs. Pantai",
        "64.74.02.1005": "Btg. Lestari",
    }
)
"""Code of each kelurahan and its short name."""

SETTLEMENTS = ("Gusung", "Malahing", "Selangan", "Tihi-Tihi")
"""The settlements over the water: two hotspots each, never averaged away."""
