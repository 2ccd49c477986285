"""How long the certificates of the simulated hosts are valid. Pure, so that history and TLS agree."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache

from command_centre.demo.faults import Fault, FaultKind
from command_centre.demo.hosts import share

LEAF_LIFE = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Validity:
    """From when to when a certificate is valid. Both aware."""

    begins: datetime
    ends: datetime


def ordinary_validity(host: str, at: datetime) -> Validity:
    """Ninety days, renewed by each host on its own day with 15 to 35 days left: the same answer for the same day."""
    return _validity_on(host, at.astimezone(UTC).date())


@lru_cache(maxsize=4096)
def _validity_on(host: str, day: date) -> Validity:
    left_at_renewal = 15 + int(share(host, "renewal") * 21)
    period = LEAF_LIFE.days - left_at_renewal
    age = (day.toordinal() + int(share(host, "issued") * period)) % period
    issued = datetime.combine(day - timedelta(days=age), time(0), UTC)
    return Validity(issued, issued + LEAF_LIFE)


def faulty_validity(fault: Fault, at: datetime) -> Validity:
    """That of a certificate made at ``at`` to show ``fault``."""
    match fault.kind:
        case FaultKind.CERTIFICATE_EXPIRED:
            ends = at - timedelta(days=1, hours=3)
        case FaultKind.CERTIFICATE_EXPIRING if fault.lasts is not None:
            ends = at + fault.lasts
        case _:
            ends = at + timedelta(days=40)
    return Validity(ends - LEAF_LIFE, ends)
