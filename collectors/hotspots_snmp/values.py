"""From what an agent sent to what we believe: an agent may send any type under any name. What does not fit is None, never 0."""

from __future__ import annotations

import re
import unicodedata
from typing import TypeAlias

Value: TypeAlias = str | bytes | int | float | None
"""As the SNMP library hands it over: OCTET STRING is bytes, every whole number is int, an object identifier is str."""

COUNTER64 = 2**64
MAX_TEXT = 255
"""DisplayString (RFC 2579) is at most 255 characters; a longer one is cut."""

_NUMBER = re.compile(r"^\s*([-+]?\d{1,18}(?:\.\d{1,9})?)")
_KEPT_BREAKS = "\n\t"


def as_whole(value: Value, below: int = COUNTER64) -> int | None:
    """A whole number from 0 up to, not including, ``below``. Text is refused even when it reads like a number."""
    return value if type(value) is int and 0 <= value < below else None  # yes and no are no numbers


def as_number(value: Value, *, from_text: bool = False) -> float | None:
    """A number; with ``from_text`` also the number an octet string begins with (``b"42 %"``)."""
    if isinstance(value, bool):
        return None
    if isinstance(value, (int, float)):
        return float(value) if abs(value) < COUNTER64 else None  # NaN is smaller than nothing
    if not from_text or value is None:
        return None
    found = _NUMBER.match(as_text(value) or "")
    return float(found[1]) if found else None


def as_text(value: Value) -> str | None:
    """Readable text: no control characters, no direction overrides, at most 255 characters. None when nothing is left."""
    if isinstance(value, bytes):
        value = _decoded(value)
    if not isinstance(value, str):
        return None
    if len(value) <= MAX_TEXT and value.isprintable():  # nearly always
        return value.strip() or None
    kept = "".join(letter for letter in value[: 4 * MAX_TEXT] if letter in _KEPT_BREAKS or unicodedata.category(letter)[0] != "C")
    return kept.strip()[:MAX_TEXT].rstrip() or None


def as_line(value: Value) -> str | None:
    """Readable text on one line."""
    text = as_text(value)
    if text is None or (text.isprintable() and "  " not in text):
        return text
    return " ".join(text.split()) or None


def as_object_id(value: Value) -> str | None:
    """An object identifier in dotted numbers without a leading dot."""
    if not isinstance(value, str):
        return None
    plain = value.lstrip(".")
    return plain if plain and all(part.isdigit() for part in plain.split(".")) else None


def as_ticks(value: Value) -> float | None:
    """TimeTicks (hundredths of a second, 32 bits) as seconds."""
    ticks = as_whole(value, 2**32)
    return None if ticks is None else ticks / 100


def _decoded(raw: bytes) -> str:
    raw = raw[: 4 * MAX_TEXT]
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")
