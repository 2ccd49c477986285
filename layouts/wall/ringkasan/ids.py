"""Ids of the regions of the summary screen."""

from __future__ import annotations

from command_centre.domain.target import Dimension

KEY = "ringkasan"
PLATE = "ringkasan-plat"
SENTENCE = "ringkasan-kalimat"
SUPPORT = "ringkasan-penjelasan"
SITES = "ringkasan-angka-situs"
HOTSPOTS = "ringkasan-angka-wifi"
SERVICES = "ringkasan-angka-layanan"
INCIDENT_COUNT = "ringkasan-angka-gangguan"
MAP_HEAD = "ringkasan-peta-judul"
MAP_LEGEND = "ringkasan-peta-keterangan"
NOWHERE = "ringkasan-tanpa-lokasi"
NOWHERE_HEAD = "ringkasan-tanpa-lokasi-judul"
INCIDENTS_HEAD = "ringkasan-gangguan-judul"
INCIDENTS = "ringkasan-gangguan"
DIMENSIONS_HEAD = "ringkasan-dimensi-judul"


def kelurahan(code: str) -> str:
    """The id of a kelurahan's tile; a code has dots, an id in Dash may not."""
    return f"ringkasan-kel-{code.replace('.', '')}"


def settlement(name: str) -> str:
    """The id of the tile of a settlement over the water."""
    return f"ringkasan-pesisir-{name.lower()}"


def kecamatan(code: str) -> str:
    return f"ringkasan-kec-{code.replace('.', '')}"


def dimension(which: Dimension) -> str:
    return f"ringkasan-dimensi-{which.value}"
