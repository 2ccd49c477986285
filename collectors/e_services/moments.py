"""Moments and lengths of time as Indonesian services write them. Pure.

A moment without a zone is only read where the definition names one: seven hours of doubt are no moment.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

LONGEST = 80
FIRST_YEAR, LAST_YEAR = 1971, 2200
"""Outside of these years a date is the mark of an unset field, or a slip."""

_ZONES: Mapping[str, timedelta] = MappingProxyType(
    {
        "Z": timedelta(),
        "UTC": timedelta(),
        "GMT": timedelta(),
        "WIB": timedelta(hours=7),
        "WITA": timedelta(hours=8),
        "WIT": timedelta(hours=9),
    }
)
_MONTH_NAMES = (
    ("jan", "januari", "january"),
    ("feb", "februari", "february", "peb", "pebruari"),
    ("mar", "maret", "march"),
    ("apr", "april"),
    ("mei", "may"),
    ("jun", "juni", "june"),
    ("jul", "juli", "july"),
    ("agu", "agustus", "august", "aug", "ags", "agt"),
    ("sep", "september", "sept"),
    ("okt", "oktober", "october", "oct"),
    ("nov", "november", "nopember", "nop"),
    ("des", "desember", "december", "dec"),
)
_MONTHS: Mapping[str, int] = MappingProxyType(
    {name: number for number, names in enumerate(_MONTH_NAMES, start=1) for name in names}
)

_CLOCK = (
    r"(?:[T ,]+(?:pukul|jam|pkl\.?)?\s*(?P<hour>\d{1,2})[:.](?P<minute>\d\d)(?:[:.](?P<second>\d\d)(?:[.,](?P<part>\d{1,9}))?)?)?"
)
_ZONE = r"\s*(?P<zone>Z|UTC|GMT|WIB|WITA|WIT|[+-]\d\d:?\d\d|[+-]\d\d)?(?:\s*\([A-Za-z ]+\))?"
_SHAPES = tuple(
    re.compile(date + _CLOCK + _ZONE, re.ASCII | re.IGNORECASE)
    for date in (
        r"(?P<year>\d{4})[-/](?P<month>\d{1,2})[-/](?P<day>\d{1,2})",
        r"(?:[A-Za-z']{3,9},?\s+)?(?P<day>\d{1,2})[-/. ](?P<month>\d{1,2}|[A-Za-z]{3,9})\.?[-/. ](?P<year>\d{4})",
        r"(?:[A-Za-z']{3,9},?\s+)?(?P<day>\d{1,2})[-/. ](?P<month>[A-Za-z]{3,9})[-/. ](?P<year>\d{2})(?!\d)",
        r"(?:[A-Za-z']{3,9},?\s+)?(?P<month>[A-Za-z]{3,9})\.?\s+(?P<day>\d{1,2}),?\s+(?P<year>\d{4})",
    )
)
_COMPACT = re.compile(
    r"(?P<year>\d{4})(?P<month>\d\d)(?P<day>\d\d)(?:T?(?P<hour>\d\d)(?P<minute>\d\d)(?P<second>\d\d)?)?" + _ZONE, re.ASCII
)
_DOT_NET = re.compile(r"/Date\((-?\d{1,16})(?:[+-]\d{4})?\)/", re.ASCII)
_EPOCH = re.compile(r"(?:\d{9,10}|\d{13}|\d{16})(?:\.\d{1,9})?", re.ASCII)


def read_time(raw: Any, tz: str | None) -> float | None:
    """Seconds since the epoch; None when ``raw`` is no moment, or names no zone and ``tz`` gives none."""
    if isinstance(raw, bool) or not isinstance(raw, (str, int, float)):
        return None
    text = raw.strip() if isinstance(raw, str) else repr(raw)
    if len(text) > LONGEST:
        return None
    if _EPOCH.fullmatch(text):
        return _epoch(float(text))
    dot_net = _DOT_NET.fullmatch(text)
    if dot_net:
        return _epoch(float(dot_net.group(1)))
    for shape in (_COMPACT, *_SHAPES):
        match = shape.fullmatch(text)
        if match:
            return _moment(match.groupdict(), tz)
    return None


def _epoch(number: float) -> float | None:
    """Seconds, milliseconds or microseconds, by their size."""
    for over in (1.0, 1e3, 1e6):
        if _year_start(FIRST_YEAR) <= number / over < _year_start(LAST_YEAR):
            return number / over
    return None


def _year_start(year: int) -> float:
    return datetime(year, 1, 1, tzinfo=UTC).timestamp()


def _moment(parts: Mapping[str, str | None], tz: str | None) -> float | None:
    zone = _zone(parts["zone"], tz)
    month = _month(parts["month"] or "")
    if zone is None or month is None:
        return None
    try:
        moment = datetime(
            _year(parts["year"] or ""),
            month,
            int(parts["day"] or 0),
            int(parts["hour"] or 0),
            int(parts["minute"] or 0),
            int(parts["second"] or 0),
            tzinfo=zone,
        )
    except ValueError:
        return None
    if not FIRST_YEAR <= moment.year < LAST_YEAR:
        return None
    part = parts.get("part")
    return moment.timestamp() + (float(f"0.{part}") if part else 0.0)


def _year(text: str) -> int:
    """Two digits are only read beside a month's name, where they cannot be anything else: ``02-Mar-26``."""
    return int(text) + (2000 if len(text) == 2 else 0)


def _month(text: str) -> int | None:
    return int(text) if text.isdigit() else _MONTHS.get(text.lower())


def _zone(text: str | None, tz: str | None) -> tzinfo | None:
    if not text:
        return ZoneInfo(tz) if tz else None
    known = _ZONES.get(text.upper())
    if known is not None:
        return timezone(known)
    digits = text[1:].replace(":", "").ljust(4, "0")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(-offset if text[0] == "-" else offset) if offset < timedelta(hours=15) else None


# --- lengths of time ----------------------------------------------------------------------------------------------------------

UNITS: Mapping[str, float] = MappingProxyType(
    {
        **dict.fromkeys(("ms", "milidetik", "millisecond", "milliseconds"), 0.001),
        **dict.fromkeys(("", "s", "dtk", "det", "detik", "sec", "secs", "second", "seconds"), 1.0),
        **dict.fromkeys(("m", "mnt", "menit", "min", "mins", "minute", "minutes"), 60.0),
        **dict.fromkeys(("h", "j", "jam", "hour", "hours"), 3600.0),
        **dict.fromkeys(("d", "hr", "hari", "day", "days"), 86_400.0),
        **dict.fromkeys(("minggu", "week", "weeks"), 604_800.0),
    }
)
_ISO = re.compile(
    r"P(?:(?P<d>\d+(?:[.,]\d+)?)D)?(?:T(?:(?P<h>\d+(?:[.,]\d+)?)H)?(?:(?P<m>\d+(?:[.,]\d+)?)M)?(?:(?P<s>\d+(?:[.,]\d+)?)S)?)?",
    re.ASCII,
)
_ISO_UNITS: Mapping[str, float] = MappingProxyType({"d": 86_400.0, "h": 3600.0, "m": 60.0, "s": 1.0})
_CLOCKED = re.compile(
    r"(?:(\d{1,5})\s*(?:days?|hari),?\s+)?(\d{1,5}):([0-5]\d):([0-5]\d)(?:[.,](\d{1,9}))?", re.ASCII | re.IGNORECASE
)
_PART = re.compile(r"(\d{1,12}(?:[.,]\d{1,9})?)\s*([a-z]+)", re.ASCII)
_WORDED = re.compile(r"(?:\d{1,12}(?:[.,]\d{1,9})?\s*[a-z]+[\s,]*(?:dan\s+|and\s+)?)+", re.ASCII)
_PLAIN = re.compile(r"\d{1,15}(?:[.,]\d{1,9})?", re.ASCII)
LONGEST_SECONDS = 100 * 366 * 86_400.0


def read_duration(raw: Any, unit: str) -> float | None:
    """Seconds; None when ``raw`` is no length of time. A bare number counts in ``unit`` (empty: seconds)."""
    if isinstance(raw, bool) or not isinstance(raw, (str, int, float)):
        return None
    seconds = float(raw) * UNITS[unit] if isinstance(raw, (int, float)) and abs(raw) < 1e15 else None
    if isinstance(raw, str) and len(raw) <= LONGEST:
        seconds = _written(raw.strip(), unit)
    return seconds if seconds is not None and 0 <= seconds <= LONGEST_SECONDS else None


def _written(text: str, unit: str) -> float | None:
    if _PLAIN.fullmatch(text):
        return float(text.replace(",", ".")) * UNITS[unit]
    iso = _ISO.fullmatch(text.upper())
    if iso and any(iso.groups()) and not text.upper().endswith("T"):
        return math.fsum(_number(value) * _ISO_UNITS[name] for name, value in iso.groupdict().items() if value)
    clocked = _CLOCKED.fullmatch(text)
    if clocked:
        days, hours, minutes, seconds, part = clocked.groups()
        whole = int(days or 0) * 86_400 + int(hours) * 3600 + int(minutes) * 60 + int(seconds)
        return whole + (float(f"0.{part}") if part else 0.0)
    return _worded(text.lower())


def _worded(text: str) -> float | None:
    parts = _PART.findall(text) if _WORDED.fullmatch(text) else []
    if not parts or any(word not in UNITS for _, word in parts):
        return None
    return math.fsum(_number(value) * UNITS[word] for value, word in parts)


def _number(text: str) -> float:
    return float(text.replace(",", "."))
