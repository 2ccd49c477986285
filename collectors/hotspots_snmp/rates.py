"""From counters to rates. Pure: what was read before, what is read now, and whether the device restarted in between.

The rule ("Counters" in README.md): a rate needs the same interface by name, a plausible time between the two reads, no restart,
and no step back. A 32-bit counter may wrap once; a 64-bit counter never wraps, so a step back there is a reset. Where there is no
rate there is a gap: never a spike, never a negative number. The new sample always becomes the base of the next rate.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

WRAP32 = 2**32
FASTEST_BITS_PER_SECOND = 10e9
"""Believed where the interface does not tell its speed."""

HEADROOM = 1.1
SHORTEST = 0.2
LONGEST = 3.0
"""The time between two reads must lie within these multiples of the interval."""

SAME_TIME = 0.1
TICKS_WRAP_SECONDS = WRAP32 / 100
"""sysUpTime starts again at 0 after 497 days (RFC 3418); that is no restart."""


@dataclass(frozen=True, slots=True)
class Uptimes:
    """The clocks a device tells, in seconds (None: it does not), and how often its SNMP engine has started.

    ``moment`` is our own monotonic clock when they were read.
    """

    moment: float
    agent: float | None = None
    host: float | None = None
    engine: float | None = None
    boots: int | None = None


class Counters(NamedTuple):
    """One interface's octet counters at one moment (our monotonic clock). ``bits`` is 32 or 64."""

    moment: float
    bits: int
    octets_in: int | None
    octets_out: int | None
    speed_bits_per_second: float | None = None
    discontinuity: int | None = None


class Rate(NamedTuple):
    """Bits per second; None where there is none. ``suspect`` marks a number that was too large to believe and is left out."""

    in_bits_per_second: float | None = None
    out_bits_per_second: float | None = None
    suspect: bool = False


NO_RATE = Rate()


@dataclass(frozen=True, slots=True)
class Seen:
    """All that is kept of a look for the next one: the clocks, and the counters by interface name."""

    uptimes: Uptimes
    counters: Mapping[str, Counters] = field(default_factory=dict)


def restarted(before: Uptimes, now: Uptimes) -> bool:
    """Whether the device (or its agent) started anew between two looks."""
    passed = now.moment - before.moment
    if before.boots is not None and now.boots is not None and now.boots > before.boots:
        return True
    clocks = ((before.agent, now.agent), (before.host, now.host))
    if not any(_went_back(old, new) for old, new in clocks):
        return False
    if _went_on(before.engine, now.engine, passed):
        return False
    return any(_went_back(old, new) and not _wrapped(old, new, passed) for old, new in clocks)


def _went_back(old: float | None, new: float | None) -> bool:
    return old is not None and new is not None and new < old


def _went_on(old: float | None, new: float | None, passed: float) -> bool:
    """The engine's clock (in whole seconds, does not wrap for 68 years) moved as far as ours: proof that nothing started anew."""
    return old is not None and new is not None and abs(new - old - passed) <= 2 + SAME_TIME * passed


def _wrapped(old: float | None, new: float | None, passed: float) -> bool:
    """The 32-bit clock ran over its end: it is where it would be had it been wider."""
    if old is None or new is None:
        return False
    return abs(new + TICKS_WRAP_SECONDS - old - passed) <= 2 + SAME_TIME * passed


def rate(before: Counters, now: Counters, interval: float, *, restart: bool) -> Rate:
    """The rate of one interface between two reads of it."""
    passed = now.moment - before.moment
    if restart or not SHORTEST * interval <= passed <= LONGEST * interval or passed <= 0:
        return NO_RATE
    if before.bits != now.bits or before.discontinuity != now.discontinuity:
        return NO_RATE
    ceiling = HEADROOM * (now.speed_bits_per_second or FASTEST_BITS_PER_SECOND)
    came, came_suspect = _one_way(before.octets_in, now.octets_in, now.bits, passed, ceiling)
    went, went_suspect = _one_way(before.octets_out, now.octets_out, now.bits, passed, ceiling)
    return Rate(came, went, came_suspect or went_suspect)


def _one_way(old: int | None, new: int | None, bits: int, passed: float, ceiling: float) -> tuple[float | None, bool]:
    if old is None or new is None:
        return None, False
    moved = new - old
    if moved < 0 and bits == 32:
        moved += WRAP32
        wrapped = moved * 8 / passed
        return (wrapped, False) if 0 <= wrapped <= ceiling else (None, False)
    if moved < 0:
        return None, False
    found = moved * 8 / passed
    return (found, False) if found <= ceiling else (None, True)


def rates(before: Seen | None, now: Seen, interval: float, *, restart: bool) -> dict[str, Rate]:
    """The rate of every interface, found again by its name, whatever its index is by now."""
    if before is None:
        return {}
    return {
        name: rate(before.counters[name], counters, interval, restart=restart)
        for name, counters in now.counters.items()
        if name in before.counters
    }
