"""Ids of the regions of the services screen."""

from __future__ import annotations

KEY = "layanan"
PLATE = "layanan-plat"
SENTENCE = "layanan-kalimat"
SUPPORT = "layanan-hitungan"
HEADINGS = "layanan-judul"

ROWS = 6
"""Rows that fit in the full tier at 16 minutes of arc (design notes)."""


def row(index: int) -> str:
    """The id of a place for a row, from the top."""
    return f"layanan-baris-{index}"
