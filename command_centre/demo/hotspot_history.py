"""The hours before the demo began, as readings of the hotspots: fewer than of sites, for there are seven times as many. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import assert_never

from command_centre.demo.crowd import Load, is_dark_for_prayer, load_of
from command_centre.demo.history import CALM_BEFORE_START, DETAIL
from command_centre.demo.hosts import share
from command_centre.demo.hotspot_faults import HotspotFault, worst
from command_centre.demo.hotspots import Hotspot, hotspots_of
from command_centre.demo.rhythm import CITY_ZONE
from command_centre.demo.script import QUIET, Script
from command_centre.domain.hotspot import CLIENTS, IN, LATENCY, Crowding, crowding_of
from command_centre.domain.reading import Reading, Reason, Source, Status
from command_centre.domain.series import MetricName
from command_centre.domain.target import Target, TargetKey

HISTORY_EVERY = timedelta(minutes=60)
"""24 hours of 721 hotspots are then 17,304 readings. Whoever stores them must let each vouch for this long."""

OUT = MetricName("out_bits_per_second")

OUTAGE_SHARE = 0.12  # of the hotspots have an outage on a given day
OUTAGE_HOURS = (0.5, 5.0)

_Outage = tuple[datetime, datetime, HotspotFault]


def simulated_hotspot_history(
    targets: Sequence[Target], until: datetime, hours: float = 24.0, every: timedelta = HISTORY_EVERY, script: Script = QUIET
) -> Iterator[Reading]:
    """Readings of all simulated hotspots, in order of time, from ``hours`` before ``until`` up to (not including) it.

    Each hotspot has one reading per ``every``, at its own phase, with the status that all its sources together support. What the
    script calls broken when the demo begins has been so for as long as its ``already`` says. Take slices of it as time allows.
    """
    if every <= timedelta(0) or until.tzinfo is None:
        raise ValueError("'every' must be positive and 'until' must be aware")
    at = until - timedelta(hours=hours)
    pasts = sorted(_pasts(targets, at, until, every, script), key=lambda past: past.phase)
    while at < until:
        for past in pasts:
            if at + past.phase < until:
                yield _reading(past, at + past.phase)
        at += every


@dataclass(frozen=True, slots=True)
class _Past:
    """What does not change within one hotspot's history."""

    hotspot: Hotspot
    phase: timedelta
    outages: tuple[_Outage, ...]
    is_dark_for_prayer: bool

    def fault(self, at: datetime) -> HotspotFault | None:
        found = {fault for begins, ends, fault in self.outages if begins <= at < ends}
        if self.is_dark_for_prayer and is_dark_for_prayer(at):
            found.add(HotspotFault.DOWN)
        return worst(found) if found else None


def _pasts(targets: Sequence[Target], begins: datetime, until: datetime, every: timedelta, script: Script) -> Iterator[_Past]:
    lasting: dict[TargetKey, list[_Outage]] = {}
    dark: set[TargetKey] = set()
    for entry in script.hotspots:
        if entry.when is None:
            dark |= entry.targets
        elif entry.already and entry.when.contains(timedelta(0), script.loop):
            for key in entry.targets:
                lasting.setdefault(key, []).append((until - entry.already, until, entry.fault))
    for hotspot in hotspots_of(targets):
        outages = (*lasting.get(hotspot.key, ()), *_outages(hotspot.key, begins, until))
        yield _Past(hotspot, every * share(hotspot.key, "past"), outages, hotspot.key in dark)


def _outages(key: TargetKey, begins: datetime, until: datetime) -> Iterator[_Outage]:
    """An outage on some days; all are over a while before the live demo takes over."""
    day, last = begins.astimezone(CITY_ZONE).date() - timedelta(days=1), until.astimezone(CITY_ZONE).date()
    while day <= last:
        outage = _outage_of(key, day)
        if outage is not None and outage[1] <= until - CALM_BEFORE_START:
            yield outage
        day += timedelta(days=1)


def _outage_of(key: TargetKey, day: date) -> _Outage | None:
    words = (key, "outage", day.isoformat())
    if share(*words) >= OUTAGE_SHARE:
        return None
    shortest, longest = OUTAGE_HOURS
    hours = shortest * (longest / shortest) ** share(*words, "length")  # short ones are commoner
    midnight = datetime(day.year, day.month, day.day, tzinfo=CITY_ZONE)
    begins = midnight + timedelta(hours=24 * share(*words, "begin"))
    fault = HotspotFault.DOWN if share(*words, "kind") < 0.7 else HotspotFault.SILENT
    return begins, begins + timedelta(hours=hours), fault


def _reading(past: _Past, at: datetime) -> Reading:
    hotspot, fault = past.hotspot, past.fault(at)
    load = load_of(hotspot, fault, at)
    status, reason = _said(hotspot, fault, load)
    values = {} if status is Status.UNKNOWN or _is_dead(fault) else _values(hotspot, load)
    return Reading(hotspot.key, at, status, reason, DETAIL, values, Source.SIMULATED)


def _said(hotspot: Hotspot, fault: HotspotFault | None, load: Load) -> tuple[Status, Reason]:
    match fault:
        case HotspotFault.DOWN | HotspotFault.POWER_CUT:
            return Status.DOWN, Reason.TIMEOUT if hotspot.device is None else Reason.OFFLINE  # a last will explains more
        case HotspotFault.SILENT:
            return Status.UNKNOWN, Reason.SILENT if hotspot.address is None else Reason.REFUSED
        case HotspotFault.NO_INTERNET if hotspot.device is not None:
            return Status.DOWN, Reason.NO_INTERNET
        case HotspotFault.SLOW:
            return Status.DEGRADED, Reason.SLOW
        case None | HotspotFault.FULL | HotspotFault.NO_INTERNET:
            return _crowded(crowding_of(load.clients, hotspot.capacity))
        case unreachable:
            assert_never(unreachable)


def _crowded(crowding: Crowding | None) -> tuple[Status, Reason]:
    match crowding:
        case Crowding.FULL:
            return Status.DEGRADED, Reason.FULL
        case Crowding.CROWDED:
            return Status.UP, Reason.CROWDED
        case Crowding.ROOM | None:
            return Status.UP, Reason.OK
        case unreachable:
            assert_never(unreachable)


def _is_dead(fault: HotspotFault | None) -> bool:
    return fault is not None and fault.is_dead


def _values(hotspot: Hotspot, load: Load) -> dict[MetricName, float]:
    values = {CLIENTS: float(load.clients), IN: load.down_bits_per_second, OUT: load.up_bits_per_second}
    if hotspot.device is not None and load.rtt_seconds is not None:
        values[LATENCY] = load.rtt_seconds
    return values
