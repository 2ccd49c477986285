"""Durations as people write them: ``90s 3m 2h 30d``."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Annotated

from pydantic import BeforeValidator, PlainSerializer

_PART = re.compile(r"(\d{1,10})([smhd])")
_WHOLE = re.compile(r"(?:\d{1,10}[smhd]\s*)+")
_UNITS = {"s": timedelta(seconds=1), "m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}
LONGEST = timedelta(days=36_500)
"""A hundred years: longer is a slip of the key, and far from the limits of timedelta."""


def parse_duration(text: object) -> timedelta:
    """``90s``, ``3m``, ``1h30m``, ``30d``. Raises ValueError with a sentence for the editor."""
    if isinstance(text, timedelta):
        return text
    if not isinstance(text, str) or not _WHOLE.fullmatch(text.strip()):
        raise ValueError("a duration is written like 90s, 3m, 2h or 30d")
    length = timedelta()
    for count, unit in _PART.findall(text):
        if int(count) * _UNITS[unit].total_seconds() > LONGEST.total_seconds():
            raise ValueError("is longer than a hundred years")
        length += int(count) * _UNITS[unit]
    if length > LONGEST:
        raise ValueError("is longer than a hundred years")
    return length


def _positive(length: timedelta) -> timedelta:
    if length <= timedelta():
        raise ValueError("must be longer than nothing")
    return length


def format_duration(length: timedelta) -> str:
    """The shortest writing with one unit: ``parse_duration(format_duration(x)) == x`` for whole seconds."""
    seconds = int(length.total_seconds())
    for unit in ("d", "h", "m"):
        width = int(_UNITS[unit].total_seconds())
        if seconds and seconds % width == 0:
            return f"{seconds // width}{unit}"
    return f"{seconds}s"


def parse_positive(text: object) -> timedelta:
    """The same, longer than nothing. Raises ValueError with a sentence for the editor."""
    return _positive(parse_duration(text))


Duration = Annotated[timedelta, BeforeValidator(parse_positive), PlainSerializer(format_duration, return_type=str)]
"""A duration longer than nothing, for pydantic models (also those of the collectors)."""
