"""Ids of the regions of the Wi-Fi screen."""

from __future__ import annotations

KEY = "wifi"
PLATE = "wifi-plat"
SENTENCE = "wifi-kalimat"
COUNTS = "wifi-hitungan"
BAR = "wifi-batang"
HULLS = "wifi-peta-selubung"
TABLE_HEAD = "wifi-tabel-judul"
COLUMNS = "wifi-tabel-lajur"
CAUSE = "wifi-tabel-penyebab"
CITY = "wifi-kota"
PROVIDERS_HEAD = "wifi-penyedia-judul"
PROVIDERS = "wifi-penyedia"
CLASSES_HEAD = "wifi-kelas-judul"
CLASSES = "wifi-kelas"
CROWDED_HEAD = "wifi-penuh-judul"
CROWDED = "wifi-penuh"
DARK_HEAD = "wifi-jadwal-judul"
DARK_BAR = "wifi-jadwal-batang"
DARK = "wifi-jadwal"
LABELS = "wifi-peta-nama"

ROWS = 16
"""Places in the table: fifteen kelurahan, and those without a place."""

ELSEWHERE = "lain"
"""Hotspots on the map whose kelurahan has no place of its own there."""


def dots(code: str) -> str:
    """The id of the dots of a kelurahan; a code has dots, an id in Dash may not."""
    return f"wifi-peta-{code.replace('.', '')}"


def row(index: int) -> str:
    """The figures in one row of the table, counted from the worst."""
    return f"wifi-baris-{index}"


def line(index: int) -> str:
    """The line of 24 hours in one row of the table. Apart from the figures: it changes seldom and is long."""
    return f"wifi-garis-{index}"
