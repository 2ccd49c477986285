"""How busy a simulated hotspot is: people by hour and kind of place, and what they take from the line. Pure; chance repeats.

The shapes are our own: offices and schools by day, worship around prayer, public places when the heat is over. What is known is
the room for 30 devices and the classes of 7, 20 and 50 Mbps.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from statistics import NormalDist
from types import MappingProxyType

from command_centre.demo.hosts import share
from command_centre.demo.hotspot_faults import HotspotFault
from command_centre.demo.hotspots import Hotspot
from command_centre.demo.rhythm import CITY_ZONE
from command_centre.domain.prayer import prayer_times

LATITUDE, LONGITUDE = 0.13, 117.49

CHANCE_STEP_SECONDS = 120
ORDINARY_SHARE = 0.78  # of the room an ordinary place never fills more (five sixths would be "nearly full")
ORDINARY_LINE = 0.8  # of the line an ordinary crowd never takes more (nine tenths would be "slow")
SLOW_LINE = (0.95, 0.99)
BITS_PER_CLIENT = 0.7e6

DARK_AFTER_PRAYER = timedelta(minutes=20)
"""Well within the agreed window, which opens 5 minutes before the time of prayer and closes 25 minutes after it."""

_Curve = Sequence[tuple[float, float]]
_OFFICE: _Curve = ((0, 0.02), (6.5, 0.04), (8, 0.42), (10, 0.55), (12, 0.40), (14, 0.52), (16, 0.30), (18, 0.06), (24, 0.02))
_SCHOOL: _Curve = ((0, 0.01), (6, 0.03), (7.5, 0.60), (10, 0.72), (12, 0.66), (14, 0.34), (16, 0.12), (19, 0.03), (24, 0.01))
_HEALTH: _Curve = ((0, 0.10), (6, 0.14), (8.5, 0.52), (11, 0.55), (14, 0.36), (17, 0.28), (20, 0.24), (24, 0.10))
_PUBLIC: _Curve = ((0, 0.08), (4, 0.03), (8, 0.22), (12, 0.34), (15, 0.42), (17.5, 0.70), (20.5, 0.66), (22, 0.34), (24, 0.08))
_SAFETY: _Curve = ((0, 0.22), (5, 0.16), (9, 0.30), (15, 0.30), (19, 0.38), (23, 0.30), (24, 0.22))
_COAST: _Curve = ((0, 0.10), (5, 0.12), (11, 0.25), (16, 0.36), (19, 0.55), (22, 0.34), (24, 0.10))
_WORSHIP: _Curve = ((0, 0.02), (4, 0.10), (6, 0.06), (11, 0.16), (14, 0.16), (18, 0.30), (20, 0.26), (22, 0.05), (24, 0.02))
_CROWD: _Curve = ((0, 0.12), (5, 0.05), (8, 0.35), (12, 0.55), (15.5, 0.80), (16.75, 1.30), (21, 1.30), (22.5, 0.60), (24, 0.12))

_CURVES: Mapping[str, _Curve] = MappingProxyType(
    {
        "kantor layanan": _OFFICE,
        "sekolah": _SCHOOL,
        "kesehatan": _HEALTH,
        "ruang publik": _PUBLIC,
        "keamanan": _SAFETY,
        "pesisir": _COAST,
        "ibadah": _WORSHIP,
    }
)
_ON_SUNDAYS: Mapping[str, float] = MappingProxyType(
    {"kantor layanan": 0.1, "sekolah": 0.1, "kesehatan": 0.6, "ruang publik": 1.25}
)
_SUNDAY = 6
_PRAYER_CROWD_MINUTES = 30.0

_NORMAL = NormalDist()


@dataclass(frozen=True, slots=True)
class Load:
    """How busy a hotspot is. Ratios lie between 0 and 1; ``rtt_seconds`` is None when nothing comes back."""

    clients: int
    down_bits_per_second: float
    up_bits_per_second: float
    rtt_seconds: float | None
    loss_ratio: float
    cpu_ratio: float
    memory_ratio: float
    celsius: float


def load_of(hotspot: Hotspot, fault: HotspotFault | None, at: datetime) -> Load:
    """The load at ``at``; the same for the same arguments."""
    clients = _clients(hotspot, fault, at)
    line = _line(hotspot, fault, clients, at)
    busy = line / hotspot.class_bits_per_second
    cpu = min(0.06 + 0.012 * clients + 0.25 * busy + 0.05 * _drawn(hotspot, "cpu", at), 0.97)
    load = Load(
        clients=clients,
        down_bits_per_second=line,
        up_bits_per_second=line * (0.10 + 0.10 * share(hotspot.key, "up")),
        rtt_seconds=0.018 + 0.05 * share(hotspot.key, "rtt") + 0.03 * busy + 0.01 * _drawn(hotspot, "rtt", at),
        loss_ratio=0.0,
        cpu_ratio=cpu,
        memory_ratio=0.42 + 0.15 * share(hotspot.key, "memory") + 0.004 * clients,
        celsius=44 + 6 * share(hotspot.key, "warmth") + 12 * cpu + 4 * _heat(at),
    )
    return _troubled(load, hotspot, fault, at)


def is_crowd_place(hotspot: Hotspot) -> bool:
    """A public place with a name of its own (a park, a field, a stage) draws people from everywhere."""
    return hotspot.place_type == "ruang publik" and not hotspot.name.startswith("Ruang Publik")


def is_dark_for_prayer(at: datetime) -> bool:
    """Whether hotspots that are switched off for prayer are off now."""
    return any(timedelta(0) <= at - begins < DARK_AFTER_PRAYER for begins in _prayers(_local(at).date()))


def _troubled(load: Load, hotspot: Hotspot, fault: HotspotFault | None, at: datetime) -> Load:
    match fault:
        case HotspotFault.SLOW:
            seconds = 0.38 + 0.25 * _drawn(hotspot, "slow rtt", at)
            return replace(load, rtt_seconds=seconds, loss_ratio=0.02 + 0.06 * _drawn(hotspot, "slow loss", at))
        case HotspotFault.NO_INTERNET:
            return replace(load, rtt_seconds=None, loss_ratio=1.0)
        case _:
            return load


def _clients(hotspot: Hotspot, fault: HotspotFault | None, at: datetime) -> int:
    if fault is HotspotFault.FULL:
        return hotspot.capacity
    wish = hotspot.capacity * _demand(hotspot, at) * _popularity(hotspot) * (0.8 + 0.4 * _drawn(hotspot, "people", at))
    if fault is HotspotFault.NO_INTERNET:
        wish *= 0.2  # people leave
    most = hotspot.capacity if is_crowd_place(hotspot) else int(hotspot.capacity * ORDINARY_SHARE)
    return min(round(wish), most)


def _line(hotspot: Hotspot, fault: HotspotFault | None, clients: int, at: datetime) -> float:
    """What is downloaded, in bits per second."""
    match fault:
        case HotspotFault.SLOW:
            low, high = SLOW_LINE
            return hotspot.class_bits_per_second * (low + (high - low) * _drawn(hotspot, "line", at))
        case HotspotFault.NO_INTERNET:
            return 2_000.0
        case _:
            wish = clients * BITS_PER_CLIENT * (0.6 + 0.8 * _drawn(hotspot, "line", at)) + 20_000
            return min(wish, hotspot.class_bits_per_second * ORDINARY_LINE)


def _demand(hotspot: Hotspot, at: datetime) -> float:
    local = _local(at)
    hour = local.hour + local.minute / 60
    if is_crowd_place(hotspot):
        return _on(_CROWD, hour)
    demand = _on(_CURVES.get(hotspot.place_type, _PUBLIC), hour)
    if local.weekday() == _SUNDAY:
        demand *= _ON_SUNDAYS.get(hotspot.place_type, 1.0)
    if hotspot.place_type == "ibadah":
        demand += 0.45 * _nearness_to_prayer(at)
    return demand


def _nearness_to_prayer(at: datetime) -> float:
    minutes = min(abs((at - begins).total_seconds()) / 60 for begins in _prayers(_local(at).date()))
    return max(0.0, 1.0 - minutes / _PRAYER_CROWD_MINUTES)


@lru_cache(maxsize=64)
def _prayers(day: date) -> tuple[datetime, ...]:
    return tuple(prayer_times(day, LATITUDE, LONGITUDE).values())


def _popularity(hotspot: Hotspot) -> float:
    return _lognormal(0.10 if is_crowd_place(hotspot) else 0.32, hotspot.key)


@lru_cache(maxsize=4096)
def _lognormal(spread: float, key: str) -> float:
    drawn = min(max(share(key, "popularity"), 1e-6), 1 - 1e-6)
    return math.exp(spread * _NORMAL.inv_cdf(drawn))


def _drawn(hotspot: Hotspot, what: str, at: datetime) -> float:
    return share(hotspot.key, what, str(int(at.timestamp()) // CHANCE_STEP_SECONDS))


def _heat(at: datetime) -> float:
    """From 0 in the night to 1 at two in the afternoon."""
    local = _local(at)
    return max(0.0, math.cos((local.hour + local.minute / 60 - 14) / 24 * 2 * math.pi))


def _on(curve: _Curve, hour: float) -> float:
    for (before, low), (after, high) in pairwise(curve):
        if hour <= after:
            return low + (high - low) * (hour - before) / (after - before)
    return curve[-1][1]


def _local(at: datetime) -> datetime:
    return at.astimezone(CITY_ZONE)
