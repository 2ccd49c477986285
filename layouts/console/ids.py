"""Ids of the frame around every page of the console."""

from __future__ import annotations

ADDRESS = "konsol-alamat"
SIGNAL = "konsol-siaran"
"""What console.js writes whenever the server says that something has changed."""
TICK = "konsol-detak"
PAGE = "konsol-isi"
SHOWN = "konsol-halaman"
"""Which page stands in ``PAGE``, and in which language: it is not built again while a person moves about in it."""
HEADER = "konsol-kop"
ACTED = "konsol-tindak"
"""How often this browser has done something: what it shows is asked again at once."""
