"""The past of the simulated services, as readings of the shape that the live city gives. Pure, and the same every time."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from command_centre.demo.faults import Fault, FaultKind
from command_centre.demo.hosts import share
from command_centre.demo.rhythm import response_seconds, slow_seconds
from command_centre.demo.script import QUIET, Script
from command_centre.demo.services import SIMULATED, host_of, work_of
from command_centre.domain.reading import Reading, Reason, Source, Status
from command_centre.domain.series import MetricName
from command_centre.domain.target import Target, TargetKind

DETAIL = "simulasi"
FIRST_BYTE, TOTAL, STATUS_CODE = MetricName("first_byte_seconds"), MetricName("total_seconds"), MetricName("http_status_code")
OUTAGE_SHARE = 0.12  # of the services have an outage on a given day
LONGEST_OUTAGE = timedelta(minutes=40)
CALM_BEFORE_START = timedelta(minutes=30)
WORK_EVERY = timedelta(minutes=30)
"""How often a queue is counted anew: counting three weeks of items for every look would cost more than it shows."""

_REASONS: Mapping[FaultKind, tuple[Status, Reason]] = {
    FaultKind.TOKEN_EXPIRED: (Status.DOWN, Reason.AUTH_REQUIRED),
    FaultKind.LOGIN_PAGE: (Status.DOWN, Reason.AUTH_REQUIRED),
    FaultKind.BAD_GATEWAY: (Status.DOWN, Reason.HTTP_STATUS),
    FaultKind.TIMEOUT: (Status.DOWN, Reason.FIRST_BYTE_TIMEOUT),
    FaultKind.REFUSED: (Status.DOWN, Reason.CONNECT_REFUSED),
    FaultKind.MAINTENANCE: (Status.DEGRADED, Reason.MAINTENANCE),
    FaultKind.SLOW: (Status.DEGRADED, Reason.SLOW),
}
"""What the collector makes of each fault; any other kind leaves a service as it is in this past."""

OUTAGES = (FaultKind.BAD_GATEWAY, FaultKind.TIMEOUT, FaultKind.MAINTENANCE)


@dataclass(frozen=True, slots=True)
class _Trouble:
    begins: datetime
    ends: datetime
    fault: Fault


def simulated_service_history(
    targets: Sequence[Target],
    until: datetime,
    hours: float = 24.0,
    every: timedelta = timedelta(minutes=5),
    script: Script = QUIET,
) -> Iterator[Reading]:
    """Readings of the services that have an interface, in order of time, from ``hours`` before ``until`` up to it."""
    if every <= timedelta(0) or until.tzinfo is None:
        raise ValueError("'every' must be positive and 'until' must be aware")
    services = [each for each in targets if each.kind is TargetKind.SERVICE and each.key in SIMULATED and each.address]
    begins = until - timedelta(hours=hours)
    troubles = {each.key: _troubles(each.key, begins, until, script) for each in services}
    at = begins
    while at < until:
        for each in services:
            moment = at + every * share(each.key, "phase")
            if moment < until:
                yield _reading(each, moment, troubles[each.key])
        at += every


def _troubles(key: str, begins: datetime, until: datetime, script: Script) -> tuple[_Trouble, ...]:
    """What the script calls broken at the beginning has been so for as long as it says; the rest follows from the name."""
    lasting = [_Trouble(until - each.already, until, each.fault) for each in script.at_the_beginning() if each.target == key]
    days = math.ceil((until - begins) / timedelta(days=1)) + 1
    drawn = [_outage(key, until - timedelta(days=each)) for each in range(days)]
    return (*lasting, *(each for each in drawn if each is not None and each.ends <= until - CALM_BEFORE_START))


def _outage(key: str, day: datetime) -> _Trouble | None:
    words = (key, "outage", day.date().isoformat())
    if share(*words) >= OUTAGE_SHARE:
        return None
    begins = day.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1) * share(*words, "begin")
    kind = OUTAGES[int(share(*words, "kind") * len(OUTAGES))]
    return _Trouble(begins, begins + LONGEST_OUTAGE * share(*words, "length"), Fault(kind))


def _reading(target: Target, at: datetime, troubles: Sequence[_Trouble]) -> Reading:
    fault = next((each.fault for each in troubles if each.begins <= at < each.ends), None)
    status, reason = (Status.UP, Reason.OK) if fault is None else _REASONS.get(fault.kind, (Status.UP, Reason.OK))
    return Reading(target.key, at, status, reason, DETAIL, _values(target, at, fault, status), Source.SIMULATED)


def _values(target: Target, at: datetime, fault: Fault | None, status: Status) -> dict[MetricName, float]:
    """A service that does not answer gives no figures of its work."""
    host = host_of(target.key)
    if fault is not None and fault.kind is FaultKind.SLOW and fault.lasts is not None:
        seconds = slow_seconds(host, fault.lasts, at)
    elif fault is not None and status is not Status.UP:
        return {}
    else:
        seconds = response_seconds(host, at)
    values = {FIRST_BYTE: seconds, TOTAL: seconds + 0.004, STATUS_CODE: 200.0}
    step = datetime.fromtimestamp(at.timestamp() // WORK_EVERY.total_seconds() * WORK_EVERY.total_seconds(), at.tzinfo)
    return {**values, **work_of(target.key, step)}
