"""From what a device wrote to a number in the unit that the metric's name ends in. Pure.

A metric's name says its unit (``cpu_pct``, ``mem_free_bytes``, ``uptime_s``, ``signal_dbm``): the payload may say the same in
another unit, as text, with a decimal comma, or as a duration in words.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import TypeAlias

from collectors.hotspots_mqtt.flaws import FlawKind, RejectedError

Number: TypeAlias = int | float


@dataclass(frozen=True, slots=True)
class Quantity:
    """What a metric's name promises: its unit and the values that are possible at all."""

    unit: str | None
    low: float = -math.inf
    high: float = math.inf


ANYTHING = Quantity(None)

COUNT = Quantity(None, 0, 1_000_000)
"""A count of people or devices. No hotspot of this city holds a million."""

_BY_NAME: Mapping[str, Quantity] = MappingProxyType(
    dict.fromkeys(("clients", "clients_total", "klien", "pengguna", "users", "stations", "devices", "sessions"), COUNT)
)

_BY_SUFFIX: Mapping[str, Quantity] = MappingProxyType(
    {
        "pct": Quantity("%", 0, 100),
        "percent": Quantity("%", 0, 100),
        "bytes": Quantity("B", 0),
        "s": Quantity("s", 0),
        "seconds": Quantity("s", 0),
        "ms": Quantity("ms", 0),
        "dbm": Quantity("dBm", -200, 60),
        "db": Quantity("dB", -200, 200),
        "c": Quantity("°C", -90, 250),
        "celsius": Quantity("°C", -90, 250),
        "v": Quantity("V", -1e6, 1e6),
        "mv": Quantity("mV", -1e9, 1e9),
        "a": Quantity("A", -1e6, 1e6),
        "ma": Quantity("mA", -1e9, 1e9),
        "w": Quantity("W", -1e9, 1e9),
        "wh": Quantity("Wh", -1e12, 1e12),
        "kwh": Quantity("kWh", -1e9, 1e9),
        "hz": Quantity("Hz", 0),
        "mhz": Quantity("MHz", 0),
        "bps": Quantity("bit/s", 0),
        "kbps": Quantity("kbit/s", 0),
        "mbps": Quantity("Mbit/s", 0),
        "pa": Quantity("Pa", 0),
        "hpa": Quantity("hPa", 0),
        "lux": Quantity("lx", 0),
        "ppm": Quantity("ppm", 0),
        "total": COUNT,
    }
)

UNIT_SUFFIXES = frozenset(_BY_SUFFIX)


@lru_cache(maxsize=4096)  # a pure function of a few dozen names, asked for every value
def quantity_of(metric: str) -> Quantity:
    """What the name of a metric promises; ``ANYTHING`` for a name that promises nothing."""
    bare = metric.rpartition(".")[2]
    known = _BY_NAME.get(bare)
    if known is not None:
        return known
    head, _, suffix = bare.rpartition("_")
    return _BY_SUFFIX.get(suffix, ANYTHING) if head else ANYTHING


# Factor to a base unit of the same dimension; temperatures have an offset and stand apart.
_UNITS: Mapping[str, tuple[str, float]] = MappingProxyType(
    {
        "%": ("ratio", 0.01), "pct": ("ratio", 0.01), "percent": ("ratio", 0.01), "persen": ("ratio", 0.01),
        "ratio": ("ratio", 1.0), "fraction": ("ratio", 1.0), "1": ("ratio", 1.0), "permille": ("ratio", 0.001),
        "b": ("bytes", 1.0), "byte": ("bytes", 1.0), "bytes": ("bytes", 1.0),
        "kb": ("bytes", 1e3), "mb": ("bytes", 1e6), "gb": ("bytes", 1e9), "tb": ("bytes", 1e12),
        "kib": ("bytes", 2.0**10), "mib": ("bytes", 2.0**20), "gib": ("bytes", 2.0**30), "tib": ("bytes", 2.0**40),
        "bit": ("bytes", 0.125), "bits": ("bytes", 0.125),
        "ns": ("time", 1e-9), "us": ("time", 1e-6), "µs": ("time", 1e-6), "ms": ("time", 1e-3),
        "s": ("time", 1.0), "sec": ("time", 1.0), "secs": ("time", 1.0), "second": ("time", 1.0), "seconds": ("time", 1.0),
        "detik": ("time", 1.0), "dtk": ("time", 1.0),
        "m": ("time", 60.0), "min": ("time", 60.0), "mins": ("time", 60.0), "minute": ("time", 60.0), "minutes": ("time", 60.0),
        "menit": ("time", 60.0), "mnt": ("time", 60.0),
        "h": ("time", 3600.0), "hr": ("time", 3600.0), "hour": ("time", 3600.0), "hours": ("time", 3600.0),
        "jam": ("time", 3600.0),
        "d": ("time", 86400.0), "day": ("time", 86400.0), "days": ("time", 86400.0), "hari": ("time", 86400.0),
        "w": ("power", 1.0), "mw": ("power", 1e-3), "kw": ("power", 1e3), "watt": ("power", 1.0),
        "wh": ("energy", 1.0), "kwh": ("energy", 1e3), "wmin": ("energy", 1 / 60), "watt-minute": ("energy", 1 / 60),
        "v": ("voltage", 1.0), "volt": ("voltage", 1.0), "mv": ("voltage", 1e-3),
        "a": ("current", 1.0), "ma": ("current", 1e-3), "ampere": ("current", 1.0),
        "hz": ("frequency", 1.0), "khz": ("frequency", 1e3), "mhz": ("frequency", 1e6), "ghz": ("frequency", 1e9),
        "bps": ("rate", 1.0), "bit/s": ("rate", 1.0), "b/s": ("rate", 8.0), "byte/s": ("rate", 8.0), "bytes/s": ("rate", 8.0),
        "kbps": ("rate", 1e3), "kbit/s": ("rate", 1e3), "mbps": ("rate", 1e6), "mbit/s": ("rate", 1e6),
        "gbps": ("rate", 1e9), "gbit/s": ("rate", 1e9), "kb/s": ("rate", 8e3), "mb/s": ("rate", 8e6),
        "pa": ("pressure", 1.0), "hpa": ("pressure", 100.0), "mbar": ("pressure", 100.0), "kpa": ("pressure", 1e3),
        "dbm": ("dbm", 1.0), "db": ("db", 1.0), "lx": ("light", 1.0), "lux": ("light", 1.0), "ppm": ("ppm", 1.0),
    }
)  # fmt: skip

_TEMPERATURES: Mapping[str, tuple[float, float]] = MappingProxyType(
    {
        "°c": (1.0, 0.0), "c": (1.0, 0.0), "cel": (1.0, 0.0), "celsius": (1.0, 0.0), "degc": (1.0, 0.0), "ºc": (1.0, 0.0),
        "°f": (5 / 9, -160 / 9), "f": (5 / 9, -160 / 9), "fahrenheit": (5 / 9, -160 / 9),
        "k": (1.0, -273.15), "kelvin": (1.0, -273.15),
    }
)  # fmt: skip

_NUMBER = re.compile(r"([+-]?(?:\d[\d.,]*|[.,]\d+)(?:[eE][+-]?\d{1,4})?)\s*(.{0,20})", re.ASCII)
_GROUPED = re.compile(r"[+-]?\d{1,3}(?:\.\d{3}|,\d{3})+", re.ASCII)
_LONGEST = 64

NOTHING_WORDS = frozenset({"", "-", "--", "n/a", "na", "null", "none", "nil", "unknown", "unavailable", "u"})
"""What devices write when they do not know: the same as saying nothing."""

_FLAGS: Mapping[str, int] = MappingProxyType(
    dict.fromkeys(("on", "true", "yes", "ya", "hidup", "nyala", "aktif", "open", "connected"), 1)
    | dict.fromkeys(("off", "false", "no", "tidak", "mati", "padam", "nonaktif", "closed", "not_connected", "disconnected"), 0)
)


def flag_of(text: str) -> int | None:
    """1 or 0 for a word that says yes or no; None for any other word."""
    return _FLAGS.get(text.strip().casefold())


def finite(value: Number) -> Number:
    """The number itself. Raises RejectedError for NaN, infinity, or one too large to calculate with."""
    try:
        if math.isfinite(value):
            return value
    except OverflowError:
        pass
    raise RejectedError(FlawKind.NOT_FINITE, "not a finite number")


def number_of_text(text: str, *, indonesian: bool = False) -> tuple[Number, str]:
    """The number that ``text`` begins with, and the unit after it. Raises RejectedError."""
    body = text.strip()
    if len(body) > _LONGEST:
        raise RejectedError(FlawKind.NOT_A_NUMBER, "text")
    body = re.sub(r"^Rp\.?\s*", "", body)
    found = _NUMBER.fullmatch(body.replace("−", "-"))
    if found is None:
        if body.casefold().lstrip("+-") in ("nan", "inf", "infinity"):
            raise RejectedError(FlawKind.NOT_FINITE, "not a finite number")
        raise RejectedError(FlawKind.NOT_A_NUMBER, "text")
    if any(each.isdigit() for each in found[2].split(" ", 1)[0]):
        raise RejectedError(FlawKind.NOT_A_NUMBER, "text")  # 0x1F, 1_000, 2026-03-02
    return finite(_digits(found[1], indonesian=indonesian)), found[2].strip()


def _digits(written: str, *, indonesian: bool) -> Number:
    body, exponent = (written, "") if "e" not in written.lower() else re.split("[eE]", written, maxsplit=1)
    plain = _plain_point(body, indonesian=indonesian)
    try:
        if exponent:
            return float(f"{plain}e{exponent}")
        return float(plain) if "." in plain else int(plain)
    except (ValueError, OverflowError):
        raise RejectedError(FlawKind.NOT_A_NUMBER, "text") from None


def _plain_point(body: str, *, indonesian: bool) -> str:
    """The same digits with a decimal point and no grouping. Where both signs occur, the last one is the decimal sign."""
    points, commas = body.count("."), body.count(",")
    if indonesian and (commas or points > 1 or re.fullmatch(r"[+-]?\d{1,3}\.\d{3}", body)):
        return body.replace(".", "").replace(",", ".")
    if points and commas:
        decimal, group = (".", ",") if body.rindex(".") > body.rindex(",") else (",", ".")
        return body.replace(group, "").replace(decimal, ".")
    if commas == 1:
        return body.replace(",", ".")
    if points < 2 and not commas:
        return body
    if _GROUPED.fullmatch(body) is None:
        raise RejectedError(FlawKind.NOT_A_NUMBER, "text")  # a version, an address
    return body.replace(",", "").replace(".", "")


def convert(value: Number, unit: str, quantity: Quantity) -> Number:
    """``value`` given in ``unit``, in the unit that the quantity wants. Raises RejectedError where they cannot be the same."""
    wanted = quantity.unit
    if not unit or wanted is None or unit == wanted:
        return value
    source, target = unit.strip().casefold(), wanted.casefold()
    if target == "°c" and source in _TEMPERATURES:
        factor, offset = _TEMPERATURES[source]
        return value if factor == 1.0 and offset == 0.0 else value * factor + offset
    known, base = _UNITS.get(source), _UNITS.get(target)
    if known is None or base is None or known[0] != base[0]:
        raise RejectedError(FlawKind.WRONG_UNIT, f"'{unit[:10]}' where {wanted} is expected")
    return value if known[1] == base[1] else value * (known[1] / base[1])


def within(value: Number, quantity: Quantity) -> Number:
    """The value itself. Raises RejectedError for one that the quantity cannot have."""
    if quantity.low <= value <= quantity.high:
        return value
    raise RejectedError(FlawKind.OUT_OF_RANGE, f"outside {quantity.low:g} to {quantity.high:g}")


_CLOCK = r"(?P<hours>\d{1,6}):(?P<minutes>\d{2})(?::(?P<seconds>\d{2}(?:\.\d+)?))?"
_DAYS_AND_CLOCK = re.compile(
    rf"(?:up\s+)?(?:(?P<weeks>\d+)\s*w\s*)?(?:(?P<days>\d+)\s*(?:d|T|days?,?|hari,?)\s*)?{_CLOCK}", re.IGNORECASE | re.ASCII
)
_PARTS = re.compile(
    r"(\d+(?:\.\d+)?)\s*(weeks?|minggu|w|days?|hari|d|hours?|jam|hrs?|h|milliseconds?|ms|minutes?|menit|mins?|m|seconds?|detik|secs?|s)"
    r"(?![a-z])|(\d+(?:\.\d+)?)(w|d|h|m|s)(?=\d)",
    re.IGNORECASE | re.ASCII,
)
_ISO = re.compile(
    r"P(?:(\d+(?:\.\d+)?)W)?(?:(\d+(?:\.\d+)?)D)?(?:T(?:(\d+(?:\.\d+)?)H)?(?:(\d+(?:\.\d+)?)M)?(?:(\d+(?:\.\d+)?)S)?)?", re.ASCII
)
_PART_SECONDS: Mapping[str, float] = MappingProxyType({"w": 604800, "d": 86400, "h": 3600, "j": 3600, "m": 60, "s": 1})


def duration_of_text(text: str) -> Number | None:
    """Seconds of a duration as devices write it; None when it is no duration.

    ``00:16:08`` and ``3w2d01:02:03`` (RouterOS), ``0T00:00:13`` (Tasmota), ``1d2h3m4s``, ``P1DT2H`` (ISO 8601),
    ``3 days, 4:05:06`` (uptime), ``2 hari 3 jam``.
    """
    body = text.strip()
    if len(body) > _LONGEST:
        return None
    if (found := _DAYS_AND_CLOCK.fullmatch(body)) is not None:
        return _whole(
            int(found["weeks"] or 0) * 604800
            + int(found["days"] or 0) * 86400
            + int(found["hours"]) * 3600
            + int(found["minutes"]) * 60
            + float(found["seconds"] or 0)
        )
    if len(body) > 1 and body[0] == "P" and (found := _ISO.fullmatch(body)) is not None:
        widths = (604800, 86400, 3600, 60, 1)
        return _whole(sum(float(part or 0) * width for part, width in zip(found.groups(), widths, strict=True)))
    return _spelled(body)


def _spelled(body: str) -> Number | None:
    matches = list(_PARTS.finditer(body))
    if not matches or re.sub(r"[\s,]|dan|and|up", "", _PARTS.sub("", body)):
        return None
    return _whole(sum(float(each[1] or each[3]) * _width(each[2] or each[4]) for each in matches))


def _width(unit: str) -> float:
    lowered = unit.casefold()
    if lowered.startswith(("ms", "milli")):
        return 0.001
    if lowered.startswith("minggu"):
        return 604800
    if lowered.startswith("detik"):
        return 1
    if lowered.startswith("hari"):
        return 86400
    return _PART_SECONDS[lowered[0]]


def _whole(seconds: float) -> Number:
    return int(seconds) if seconds == int(seconds) else seconds
