"""What the poller is told: plain frozen data, so that a probe starts without the configuration libraries.

``Options`` hold for all sites. ``Expectations`` are what one site shall be: the options, overridden by the target's attributes.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

CertificateDays = float

VERSION = "0.1.0"
"""As in pyproject.toml; the owners of the sites see it in their logs."""

ACCEPT = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
MAX_BODY_BYTES = 5 * 1024 * 1024
MAX_REDIRECTS = 10
"""As in blackbox_exporter: ten redirects are followed, the eleventh is one too many."""


@dataclass(frozen=True, slots=True)
class Options:
    """How websites are looked at.

    ``connect_to`` maps the port of an address to the port that is really connected to (the demo city lives on high ports; Host,
    SNI and the certificate's name stay those of the address). ``servers`` are name servers as ``host:port``; empty: the system's.
    ``headers``, ``basic_auth`` (``user:password``) and ``proxy`` are secret: they have no place in a ``repr``.
    """

    timeout: timedelta = timedelta(seconds=10)
    slow_after: timedelta | None = None
    certificate_warn_days: CertificateDays = 14
    max_body_bytes: int = MAX_BODY_BYTES
    max_redirects: int = MAX_REDIRECTS
    user_agent: str = ""
    accept_language: str = "id,en;q=0.7"
    ca_file: str | None = None
    verify: bool = True
    follow: bool = True
    servers: tuple[str, ...] = ()
    connect_to: Mapping[int, int] = field(default_factory=dict)
    expect_status: StatusRanges = ()
    must_contain: tuple[str, ...] = ()
    must_not_contain: tuple[str, ...] = ()
    must_match: str | None = None
    content_max_age: timedelta | None = None
    accept: str = ACCEPT
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    basic_auth: str | None = field(default=None, repr=False)
    proxy: str | None = field(default=None, repr=False)


StatusRanges = tuple[tuple[int, int], ...]
"""Accepted status codes as inclusive ranges; empty: 200 to 299."""


@dataclass(frozen=True, slots=True)
class Expectations:
    """What one site shall be like. ``expect_status`` empty: 200 to 299 and nothing else."""

    expect_status: StatusRanges
    must_contain: tuple[str, ...]
    must_not_contain: tuple[str, ...]
    must_match: str | None
    allowed_hosts: frozenset[str]
    content_max_age: timedelta | None
    slow_after: timedelta | None
    certificate_warn_days: CertificateDays | None

    def accepts(self, status: int) -> bool:
        """Whether this status code is a good answer of this site."""
        ranges = self.expect_status or ((200, 299),)
        return any(low <= status <= high for low, high in ranges)


def expectations_for(options: Options, attributes: Mapping[str, str]) -> Expectations:
    """The options, overridden by what the register says of this one site. Raises ValueError with a sentence for the editor."""
    slow = attributes.get("slow_after", "")
    age = attributes.get("content_max_age_days", "")
    status = attributes.get("expect_status", "")
    return Expectations(
        expect_status=parse_status_ranges(status) if status else options.expect_status,
        must_contain=_texts(attributes.get("must_contain", "")) or options.must_contain,
        must_not_contain=_texts(attributes.get("must_not_contain", "")) or options.must_not_contain,
        must_match=options.must_match,
        allowed_hosts=frozenset(each.lower() for each in re.split(r"[\s,;]+", attributes.get("allowed_hosts", "")) if each),
        content_max_age=timedelta(days=_number(age, "content_max_age_days")) if age else options.content_max_age,
        slow_after=timedelta(seconds=_seconds(slow)) if slow else options.slow_after,
        certificate_warn_days=options.certificate_warn_days if options.verify else None,
    )


def parse_status_ranges(text: str) -> StatusRanges:
    """``200,404`` or ``200-299`` or ``2xx``, separated by commas. Raises ValueError."""
    return tuple(_status_range(part.strip()) for part in text.split(",") if part.strip())


def _status_range(text: str) -> tuple[int, int]:
    match = re.fullmatch(r"([1-9])xx|([1-9]\d\d)(?:-([1-9]\d\d))?", text.lower())
    if not match:
        raise ValueError(f"'{text[:40]}' is not a status code; write 200, 200-299 or 2xx")
    if match.group(1):
        first = int(match.group(1)) * 100
        return first, first + 99
    low = int(match.group(2))
    high = int(match.group(3) or low)
    if high < low:
        raise ValueError(f"'{text[:40]}' runs backwards")
    return low, high


def _texts(attribute: str) -> tuple[str, ...]:
    """Several texts are separated by ``|``."""
    return tuple(part.strip() for part in attribute.split("|") if part.strip())


def _seconds(text: str) -> float:
    match = re.fullmatch(r"(\d+(?:[.,]\d+)?)\s*(ms|s|m)?", text.strip())
    if not match:
        raise ValueError(f"slow_after: '{text[:40]}' is not a duration; write 3s or 800ms")
    return float(match.group(1).replace(",", ".")) * {"ms": 0.001, "s": 1.0, "m": 60.0}[match.group(2) or "s"]


def _number(text: str, name: str) -> float:
    try:
        number = float(text.replace(",", "."))
    except ValueError:
        number = math.nan
    if not 0 < number < 100_000:
        raise ValueError(f"{name}: '{text[:40]}' is not a number of days")
    return number


def user_agent(contact: str) -> str:
    """How we introduce ourselves to the owners of the sites, with a way to reach us."""
    name = f"CommandCentreBontang/{VERSION}"
    return f"{name} (+{contact})" if contact else name
