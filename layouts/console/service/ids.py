"""Ids of the page of one service."""

from __future__ import annotations

ADDRESS = "satu-layanan-alamat"
PERIOD = "satu-layanan-rentang"
TICK = "satu-layanan-detak"
HEAD = "satu-layanan-kop"
FACTS = "satu-layanan-fakta"
WORK = "satu-layanan-pekerjaan"
RESPONSE = "satu-layanan-tanggap"
QUEUE = "satu-layanan-antrean"
AVAILABILITY = "satu-layanan-ketersediaan"
SUMMARY = "satu-layanan-ringkasan"
PREFIX = "/layanan/"
"""The address of the page is this and the key of the service."""
