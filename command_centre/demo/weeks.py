"""Eight weeks before the demo began, coarsely: outages, a cut cable, tired batteries on the coast. Pure, and the same every time.

Not readings but what would be left of them: spans of status, incidents, and how many devices were there by the hour.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from command_centre.demo.hosts import share
from command_centre.domain.period import PeriodKind, midnight, period_of
from command_centre.domain.reading import Reason, Status
from command_centre.domain.target import Target, TargetKind
from command_centre.storage.past import PastHour, PastIncident, PastSpan

WEEKS = 8
OUTAGES_A_DAY = {TargetKind.SITE: 0.16, TargetKind.HOTSPOT: 0.10, TargetKind.SERVICE: 0.12}
SHORTEST, LONGEST = timedelta(minutes=4), timedelta(hours=5)
CABLE_EVERY_WEEKS = 2
CABLE_LASTS = timedelta(hours=6, minutes=49)
BATTERY_LASTS = timedelta(hours=5)
SITE_INCIDENT_FROM = timedelta(minutes=10)
COUNTED_WEEKS = 4
"""The usual number of devices is known from one counted day in each of the last weeks."""

REASONS = {
    TargetKind.SITE: (Reason.HTTP_STATUS, Reason.CONNECT_TIMEOUT, Reason.APP_ERROR, Reason.DNS_SERVFAIL),
    TargetKind.HOTSPOT: (Reason.OFFLINE, Reason.NO_INTERNET, Reason.TIMEOUT),
    TargetKind.SERVICE: (Reason.HTTP_STATUS, Reason.TIMEOUT),
}


@dataclass(frozen=True, slots=True)
class _Outage:
    begins: datetime
    ends: datetime
    reason: Reason
    is_shared: bool = False


def weeks_begin(now: datetime, zone: ZoneInfo) -> datetime:
    """The Monday with which the first of the back-filled weeks begins."""
    this = period_of(PeriodKind.WEEK, now.astimezone(zone).date()).first_day
    return midnight(this - timedelta(weeks=WEEKS), zone)


def past_spans(target: Target, begins: datetime, until: datetime, zone: ZoneInfo) -> Iterator[PastSpan]:
    """The status of one target over the weeks, in order; one in fifty targets was watched only now and then."""
    reached = begins
    for outage in _outages(target, begins, until, zone):
        if outage.begins > reached:
            yield PastSpan(target.key, reached, outage.begins, Status.UP.value, Reason.OK.value)
        start = max(reached, outage.begins)
        if outage.ends > start:
            yield PastSpan(target.key, start, outage.ends, Status.DOWN.value, outage.reason.value)
            reached = outage.ends
    if reached < until:
        yield PastSpan(target.key, reached, until, Status.UP.value, Reason.OK.value)


def past_incidents(targets: Sequence[Target], begins: datetime, until: datetime, zone: ZoneInfo) -> Iterator[PastIncident]:
    """The incidents of those weeks: of sites and services one by one, of a cut cable as one."""
    for target in targets:
        if target.kind in (TargetKind.SITE, TargetKind.SERVICE) and target.address is not None:
            for outage in _outages(target, begins, until, zone):
                if outage.ends - outage.begins >= SITE_INCIDENT_FROM:
                    yield _incident(target, outage)
    yield from _cable_incidents(targets, begins, until)


def past_hours(target: Target, begins: datetime, until: datetime) -> Iterator[PastHour]:
    """Devices at one hotspot hour by hour, on one day of each of the last weeks."""
    last = until.replace(minute=0, second=0, microsecond=0) - timedelta(days=2)
    for week in range(COUNTED_WEEKS):
        for hour in range(24):
            bucket = last - timedelta(weeks=week, hours=hour)
            if bucket < begins:
                continue
            local = (bucket.hour + 8) % 24
            busy = 1.0 if 8 <= local < 21 else 0.25
            devices = round(2 + 20 * busy * share(target.key, "ramai") + 4 * share(target.key, "jam", bucket.isoformat()), 1)
            yield PastHour(target.key, bucket, 60, devices * 60, max(0.0, devices - 3), devices + 4)


def _outages(target: Target, begins: datetime, until: datetime, zone: ZoneInfo) -> list[_Outage]:
    found = [
        *_own_outages(target, begins, until, zone),
        *_cables(target, begins, until),
        *_batteries(target, begins, until, zone),
    ]
    cut = [_Outage(max(each.begins, begins), min(each.ends, until), each.reason, each.is_shared) for each in found]
    return sorted((each for each in cut if each.begins < each.ends), key=lambda each: each.begins)


def _own_outages(target: Target, begins: datetime, until: datetime, zone: ZoneInfo) -> Iterator[_Outage]:
    chance = OUTAGES_A_DAY.get(target.kind, 0.0)
    day, last = begins.astimezone(zone).date(), until.astimezone(zone).date()
    while day <= last:
        words = (target.key, "pekan", day.isoformat())
        if share(*words) < chance:
            length = SHORTEST * (LONGEST / SHORTEST) ** share(*words, "lama")
            start = midnight(day, zone) + timedelta(days=share(*words, "mulai"))
            reasons = REASONS[target.kind]
            yield _Outage(_whole(start), _whole(start + length), reasons[int(share(*words, "sebab") * len(reasons))])
        day += timedelta(days=1)


def _cables(target: Target, begins: datetime, until: datetime) -> Iterator[_Outage]:
    """Every other week the first line that hotspots share is cut for an afternoon."""
    if target.kind is not TargetKind.HOTSPOT or not _is_behind_cable(target):
        return
    for start in _cable_cuts(begins, until):
        yield _Outage(start, start + CABLE_LASTS, Reason.TIMEOUT, is_shared=True)


def _is_behind_cable(target: Target) -> bool:
    return any("penyedia-a-utara" in parent for parent in target.parents) and share(target.key, "kabel") < 0.6


def _cable_cuts(begins: datetime, until: datetime) -> Iterator[datetime]:
    start = begins + timedelta(days=1, hours=13, minutes=42)
    while start + CABLE_LASTS < until:
        yield start
        start += timedelta(weeks=CABLE_EVERY_WEEKS)


def _batteries(target: Target, begins: datetime, until: datetime, zone: ZoneInfo) -> Iterator[_Outage]:
    """The solar batteries of the settlements on the coast do not last the night, less so from week to week."""
    if "settlement" not in target.attributes or share(target.key, "baterai") > 0.6:
        return
    day, last = begins.astimezone(zone).date(), until.astimezone(zone).date()
    first = day
    while day <= last:
        yield _night(target, day, (day - first).days, zone)
        day += timedelta(days=1)


def _night(target: Target, day: date, days_in: int, zone: ZoneInfo) -> _Outage:
    length = BATTERY_LASTS * (0.3 + days_in / 60) * (0.5 + share(target.key, "malam", day.isoformat()))
    dawn = midnight(day, zone) + timedelta(hours=6)
    return _Outage(_whole(dawn - length), dawn, Reason.OFFLINE)


def _incident(target: Target, outage: _Outage) -> PastIncident:
    words = (target.key, "petugas", outage.begins.isoformat())
    answered = None
    if share(*words) < 0.85:
        answered = _whole(outage.begins + (outage.ends - outage.begins) * (0.1 + 0.4 * share(*words, "kapan")))
    return PastIncident(
        target.key,
        f"{target.kind.value}-down",
        "warning",
        outage.reason.value,
        outage.begins,
        answered,
        outage.ends,
        owner=target.owner,
    )


def _cable_incidents(targets: Sequence[Target], begins: datetime, until: datetime) -> Iterator[PastIncident]:
    behind = [each for each in targets if each.kind is TargetKind.HOTSPOT and _is_behind_cable(each)]
    if not behind:
        return
    parent = next(each for each in behind[0].parents if "penyedia-a-utara" in each)
    sharing = sum(parent in each.parents for each in targets)
    for start in _cable_cuts(begins, until):
        yield PastIncident(
            target=behind[0].key,
            rule="hotspot-group",
            severity="critical",
            reason=Reason.TIMEOUT.value,
            opened_at=start,
            acknowledged_at=start + timedelta(minutes=7),
            resolved_at=start + CABLE_LASTS,
            cause="cable",
            owner="Penyedia A",
            group_kind="uplink",
            group_key=parent,
            scope=len(behind),
            scope_total=sharing,
        )


def _whole(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0)
