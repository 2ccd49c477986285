"""Ids of the regions of the screen of incidents."""

from __future__ import annotations

KEY = "gangguan"
PLATE = "gangguan-plat"
SENTENCE = "gangguan-kalimat"
SUPPORT = "gangguan-penjelasan"
LIST_HEAD = "gangguan-daftar-judul"
LIST = "gangguan-daftar"
LOAD_HEAD = "gangguan-beban-judul"
LOAD = "gangguan-beban"
HELD_HEAD = "gangguan-ditahan-judul"
HELD = "gangguan-ditahan"
RESOLVED_HEAD = "gangguan-pulih-judul"
RESOLVED = "gangguan-pulih"
