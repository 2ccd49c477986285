"""Ids of the browser of targets."""

from __future__ import annotations

SEARCH = "konsol-target-cari"
KIND = "konsol-target-jenis"
KELURAHAN = "konsol-target-kelurahan"
OWNER = "konsol-target-pemilik"
TABLE = "konsol-target-tabel"
GRID = "konsol-target-kisi"
HEAD = "konsol-target-kop"
REACHES = "konsol-target-rentang"
CHARTS = "konsol-target-grafik"
FACTS = "konsol-target-fakta"
RECHECK = "konsol-target-uji"
RESULT = "konsol-target-hasil"
