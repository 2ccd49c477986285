"""Ids of the regions of the sites screen."""

from __future__ import annotations

KEY = "situs"
PLATE = "situs-plat"
SENTENCE = "situs-kalimat"
COUNTS = "situs-hitungan"
ABNORMAL_HEAD = "situs-tidak-normal-judul"
ABNORMAL = "situs-tidak-normal"
CERTIFICATES = "situs-sertifikat"
GRID_HEAD = "situs-petak-judul"

ROWS, COLUMNS = 21, 6
CELLS = ROWS * COLUMNS
"""The density limit of the grid at 16 minutes of arc: names stay readable, positions stay fixed."""


def cell(index: int) -> str:
    """The id of a place on the grid, counted down the columns."""
    return f"situs-petak-{index}"
