"""When it was measured: reading the time a device wrote, and deciding whether to believe it. Pure.

Times are seconds since the epoch (UTC) here, as in the payloads.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from email.utils import parsedate_to_datetime
from types import MappingProxyType
from typing import NamedTuple

from collectors.hotspots_mqtt.flaws import Flaw, FlawKind

WIB = timezone(timedelta(hours=7), "WIB")
WITA = timezone(timedelta(hours=8), "WITA")
WIT = timezone(timedelta(hours=9), "WIT")

CITY = WITA
"""Bontang keeps WITA (UTC+8) all year."""

_ZONES: Mapping[str, tzinfo] = MappingProxyType(
    {
        "wib": WIB, "wita": WITA, "wit": WIT, "utc": UTC, "gmt": UTC, "z": UTC,
        "asia/jakarta": WIB, "asia/pontianak": WIB, "asia/makassar": WITA, "asia/ujung_pandang": WITA, "asia/jayapura": WIT,
        "etc/utc": UTC,
    }
)  # fmt: skip

TOLERANCE = 300.0
"""Seconds a device's clock may be off before its time is doubted (COLLECTORS: 5 minutes)."""

EARLIEST = datetime(2015, 1, 1, tzinfo=UTC).timestamp()
"""Before any of these devices was built: a clock that shows less was never set (1970, and 2000 for many clock chips)."""

_LARGEST_ZONE = 14  # hours; no zone of the world is further from UTC


def zone_of(name: str) -> tzinfo:
    """The zone of a name (``WITA``, ``Asia/Makassar``, ``+08:00``). Raises ValueError."""
    known = _ZONES.get(name.strip().casefold())
    if known is not None:
        return known
    found = re.fullmatch(r"(?:UTC|GMT)?([+-])(\d{1,2}):?(\d{2})?", name.strip())
    if found is not None:
        length = timedelta(hours=int(found[2]), minutes=int(found[3] or 0))
        return timezone(length if found[1] == "+" else -length)
    from zoneinfo import ZoneInfo  # only for a zone that is not Indonesia's: it reads files

    try:
        return ZoneInfo(name.strip())
    except (ValueError, OSError, KeyError):
        raise ValueError(f"'{name}' is not a time zone") from None


class Claim(NamedTuple):
    """The time a device wrote. ``is_local``: it named no zone, so ``at`` was read as the zone of the mapping or the city."""

    at: float
    is_local: bool = False


def read_time(value: object, zone: tzinfo | None, written: str | None = None) -> Claim | None:
    """The time in ``value``; None when it is none. ``written`` is a format: ``ms``, ``s``, ``us``, ``ns``, or one of strptime."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int | float):
        return _epoch(float(value), written) if abs(value) < 1e20 else None
    if not isinstance(value, str) or not 0 < len(value.strip()) <= 64:
        return None
    body = value.strip()
    if re.fullmatch(r"[+-]?\d{1,20}(?:[.,]\d{1,9})?", body, re.ASCII) and not re.fullmatch(r"20\d{12}|20\d{6}", body):
        return _epoch(float(body.replace(",", ".")), written)
    return _from_words(body, zone, written)


def _epoch(number: float, written: str | None) -> Claim:
    factors = {"s": 1.0, "ms": 1e-3, "us": 1e-6, "ns": 1e-9}
    name = (written or "").casefold().removeprefix("epoch").removeprefix("unix").strip("_- ")
    if name in factors:
        return Claim(number * factors[name])
    size = abs(number)
    # Seconds have ten digits for the next 260 years; each finer unit has three more.
    factor = 1.0 if size < 1e11 else 1e-3 if size < 1e14 else 1e-6 if size < 1e17 else 1e-9
    return Claim(number * factor)


_MONTHS: Mapping[str, int] = MappingProxyType(
    {
        "jan": 1, "feb": 2, "peb": 2, "mar": 3, "apr": 4, "mei": 5, "may": 5, "jun": 6, "jul": 7,
        "agu": 8, "agt": 8, "aug": 8, "sep": 9, "okt": 10, "oct": 10, "nov": 11, "nop": 11, "des": 12, "dec": 12,
    }
)  # fmt: skip

_ZONE_WORD = re.compile(r"\s*\(?\b(WIB|WITA|WIT|UTC|GMT)\b\)?\s*$", re.IGNORECASE)
_CLOCK_PART = r"(?P<hour>\d{1,2})[:.](?P<minute>\d{2})(?:[:.](?P<second>\d{2})(?:[.,](?P<fraction>\d{1,9}))?)?"
_ZONE_PART = r"\s*(?P<zone>Z|[+-]\d{2}:?\d{2}|[+-]\d{2})?"
_DATES = tuple(
    re.compile(rf"(?:[^\W\d]+,\s*)?{day}(?:(?:\s*[T,]\s*|\s+|\s*pukul\s+){_CLOCK_PART}{_ZONE_PART})?", re.IGNORECASE)
    for day in (
        r"(?P<year>\d{4})[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})",
        r"(?P<day>\d{1,2})[-/.](?P<month>\d{1,2})[-/.](?P<year>\d{4})",
        r"(?P<month>[A-Za-z]{3,9})[-/ ](?P<day>\d{1,2})[-/ ,]+(?P<year>\d{4})",
        r"(?P<day>\d{1,2})[-/ ](?P<month>[A-Za-z]{3,9})[-/ ,]+(?P<year>\d{4})",
    )
)


def _from_words(body: str, zone: tzinfo | None, written: str | None) -> Claim | None:
    spoken = _ZONE_WORD.search(body)
    if spoken is not None:
        zone = _ZONES[spoken[1].casefold()]
        body = body[: spoken.start()]
    seen = _strptime(body, written) if written and "%" in written else _parsed(body)
    if seen is None:
        return None
    local = seen.tzinfo is None
    try:
        return Claim((seen.replace(tzinfo=zone or CITY) if local else seen).timestamp(), local and zone is None)
    except (OverflowError, ValueError):
        return None


def _strptime(body: str, written: str) -> datetime | None:
    try:
        return datetime.strptime(body, written)  # noqa: DTZ007  the zone is given afterwards
    except ValueError:
        return None


def _parsed(body: str) -> datetime | None:
    if re.fullmatch(r"20\d{12}", body, re.ASCII):
        body = f"{body[:8]}T{body[8:]}"
    try:
        return datetime.fromisoformat(body)
    except ValueError:
        pass
    for shape in _DATES:
        if (found := shape.fullmatch(body)) is not None:
            return _assembled(found)
    try:
        return parsedate_to_datetime(body)
    except (ValueError, TypeError, IndexError):
        return None


def _assembled(found: re.Match[str]) -> datetime | None:
    month = found["month"]
    number = int(month) if month.isdigit() else _MONTHS.get(month[:3].casefold())
    if number is None:
        return None
    zone = found["zone"]
    try:
        return datetime(
            int(found["year"]),
            number,
            int(found["day"]),
            int(found["hour"] or 0),
            int(found["minute"] or 0),
            int(found["second"] or 0),
            int((found["fraction"] or "0").ljust(6, "0")[:6]),
            tzinfo=None if zone is None else UTC if zone.upper() == "Z" else zone_of(zone),
        )
    except ValueError:
        return None


class Moment(NamedTuple):
    """When a value holds, and what was wrong with the device's own time, if anything was."""

    at: float
    flaw: Flaw | None = None


def believe(claim: Claim, arrived: float) -> Moment:
    """The time to use. Never more than the tolerance in the future; an old time is kept: data may be late."""
    at = _best_zone(claim, arrived)
    if at < EARLIEST:
        return Moment(arrived, Flaw(FlawKind.CLOCK_UNSET, "the device's clock was never set; the time of arrival is used"))
    ahead = at - arrived
    if ahead <= TOLERANCE:
        return Moment(at, None if at == claim.at else Flaw(FlawKind.CLOCK_ZONE, "a time without a zone, read as another zone"))
    hours = round(ahead / 3600)
    if 1 <= hours <= _LARGEST_ZONE and abs(ahead - hours * 3600) <= TOLERANCE:
        return Moment(
            at - hours * 3600, Flaw(FlawKind.CLOCK_ZONE, f"the device's clock is {hours} h ahead (zones mixed up); corrected")
        )
    return Moment(arrived, Flaw(FlawKind.CLOCK_AHEAD, "the device's time lies in the future; the time of arrival is used"))


def _best_zone(claim: Claim, arrived: float) -> float:
    """A time without a zone is the city's, unless another zone of the country or UTC puts it right at its arrival."""
    if not claim.is_local or abs(claim.at - arrived) <= TOLERANCE:
        return claim.at
    candidates = (claim.at + shift * 3600 for shift in (8, 1, -1))  # written in UTC, in WIB, in WIT
    return next((each for each in candidates if abs(each - arrived) <= TOLERANCE), claim.at)


@dataclass(slots=True)
class Lag:
    """Whether a device's clock is behind by a constant: three messages, spread in time, late by the same amount.

    Data that were kept and sent later are late by *different* amounts, for they arrive together.
    """

    seconds: float | None = None
    seen: int = 0
    since: float = field(default=0.0)

    def correct(self, at: float, arrived: float) -> Moment:
        """The time to use, given one more pair of device time and arrival."""
        late = arrived - at
        if late <= TOLERANCE:
            self.seconds = None
            return Moment(at)
        if self.seconds is None or abs(late - self.seconds) > LAG_JITTER:
            self.seconds, self.seen, self.since = late, 1, arrived
            return Moment(at)
        self.seen += 1
        if self.seen < LAG_PROOFS or arrived - self.since < LAG_SPREAD:
            return Moment(at)
        return Moment(at + self.seconds, Flaw(FlawKind.CLOCK_LAG, "the device's clock is behind by a constant; corrected"))


LAG_JITTER = 15.0
LAG_PROOFS = 3
LAG_SPREAD = 20.0
