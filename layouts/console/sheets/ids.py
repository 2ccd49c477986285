"""Ids of the plain pages of the console."""

from __future__ import annotations

SHEET = "konsol-lembar"
SAID = "konsol-lembar-hasil"
DECIDE = "konsol-asing"
"""Type of the ids of buttons that decide about a strange device."""
RELOAD = "konsol-muat-ulang"
