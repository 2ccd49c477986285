"""Ids of the page of one hotspot."""

from __future__ import annotations

ADDRESS = "titik-alamat"
PERIOD = "titik-rentang"
TICK = "titik-detak"
HEAD = "titik-kop"
FACTS = "titik-fakta"
SOURCES = "titik-sumber"
CLIENTS = "titik-perangkat"
TRAFFIC = "titik-lalu-lintas"
AVAILABILITY = "titik-ketersediaan"
SUMMARY = "titik-ringkasan"
PREFIX = "/titik/"
"""The address of the page is this and the key of the hotspot."""
