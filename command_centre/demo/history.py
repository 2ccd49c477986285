"""The day before the demo began, as readings: so that histories and sparklines are not empty. Pure, and the same every time."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import assert_never

from command_centre.demo.faults import Fault, FaultKind
from command_centre.demo.hosts import Host, HttpsUse, hosts_of, share
from command_centre.demo.pages import NEGLECTED_FOR, front_page_text, newest_item
from command_centre.demo.rhythm import CITY_ZONE, redirect_seconds, response_seconds, slow_seconds
from command_centre.demo.script import QUIET, Script
from command_centre.demo.validity import faulty_validity, ordinary_validity
from command_centre.domain.reading import Reading, Reason, Source, Status
from command_centre.domain.series import MetricName
from command_centre.domain.target import Target, TargetKind

DETAIL = "simulasi"
SLOW_AFTER = timedelta(seconds=3)

OUTAGE_SHARE = 0.22  # of the sites have an outage on a given day
OUTAGE_MINUTES = (4.0, 55.0)
CALM_BEFORE_START = timedelta(minutes=20)
"""Outages are over this long before the live demo takes over, unless the script says that they go on."""

OUTAGE_KINDS = (
    FaultKind.TIMEOUT,
    FaultKind.BAD_GATEWAY,
    FaultKind.BAD_GATEWAY,
    FaultKind.REFUSED,
    FaultKind.DATABASE_ERROR,
    FaultKind.DNS_SERVFAIL,
    FaultKind.MAINTENANCE,
)

DNS = MetricName("dns_seconds")
CONNECT = MetricName("connect_seconds")
TLS = MetricName("tls_seconds")
FIRST_BYTE = MetricName("first_byte_seconds")
TRANSFER = MetricName("transfer_seconds")
TOTAL = MetricName("total_seconds")
STATUS_CODE = MetricName("http_status_code")
BODY = MetricName("body_bytes")
REDIRECTS = MetricName("redirects_total")
CERTIFICATE = MetricName("certificate_remaining_seconds")
LEAF = MetricName("leaf_certificate_remaining_seconds")
CONTENT_AGE = MetricName("content_age_seconds")

OTHER_PAGES = (FaultKind.NEGLECTED, FaultKind.INJECTED, FaultKind.INJECTED_CLOAKED)
"""These are served well, with another page than the usual one."""

PHASES = (DNS, CONNECT, TLS, FIRST_BYTE, TRANSFER)

Values = dict[MetricName, float]


def simulated_history(
    targets: Sequence[Target],
    until: datetime,
    hours: float = 24.0,
    every: timedelta = timedelta(minutes=5),
    script: Script = QUIET,
    slow_after: timedelta = SLOW_AFTER,
) -> Iterator[Reading]:
    """Readings of the sites that have an address, in order of time, from ``hours`` before ``until`` up to (not including) it.

    Each site is looked at once per ``every``, at its own phase. What the script calls broken when the demo begins has been so for
    as long as its ``already`` says; other outages, slow afternoons and response times follow from the names alone.
    """
    if every <= timedelta(0) or until.tzinfo is None:
        raise ValueError("'every' must be positive and 'until' must be aware")
    begins = until - timedelta(hours=hours)
    pasts = sorted(_pasts(targets, begins, until, every, script), key=lambda past: past.phase)
    at = begins
    while at < until:
        for past in pasts:
            if at + past.phase < until:
                yield _reading(past, at + past.phase, slow_after)
        at += every


@dataclass(frozen=True, slots=True)
class _Outage:
    begins: datetime
    ends: datetime
    fault: Fault


@dataclass(frozen=True, slots=True)
class _Past:
    """What does not change within one site's history."""

    target: Target
    host: Host
    phase: timedelta
    outages: tuple[_Outage, ...]
    body_bytes: float
    until: datetime

    def fault(self, at: datetime) -> Fault | None:
        for outage in self.outages:
            if outage.begins <= at < outage.ends:
                return outage.fault
        return None


def _pasts(targets: Sequence[Target], begins: datetime, until: datetime, every: timedelta, script: Script) -> Iterator[_Past]:
    scripted = {each.target: each for each in script.at_the_beginning()}
    today = until.astimezone(CITY_ZONE).date()
    known = {target.key: target for target in targets}
    sites = [each for each in targets if each.kind is not TargetKind.SERVICE]  # services have a past of their own shape
    for host in hosts_of(sites):
        size = float(len(front_page_text(host.name, host.title, today))) if host.targets else 0.0
        for key in host.targets:
            outages = _outages(host.name, begins, until)
            if key in scripted:
                lasting = _Outage(until - scripted[key].already, until, scripted[key].fault)
                outages = (lasting, *outages)  # the first that fits counts
            yield _Past(known[key], host, every * share(key, "phase"), outages, size, until)


def _outages(host: str, begins: datetime, until: datetime) -> tuple[_Outage, ...]:
    day, last = begins.astimezone(CITY_ZONE).date() - timedelta(days=1), until.astimezone(CITY_ZONE).date()
    outages: list[_Outage] = []
    while day <= last:
        outage = _outage_of(host, day)
        if outage is not None and outage.ends <= until - CALM_BEFORE_START:
            outages.append(outage)
        day += timedelta(days=1)
    return tuple(outages)


def _outage_of(host: str, day: date) -> _Outage | None:
    words = (host, "outage", day.isoformat())
    if share(*words) >= OUTAGE_SHARE:
        return None
    shortest, longest = OUTAGE_MINUTES
    minutes = shortest * (longest / shortest) ** share(*words, "length")  # short ones are commoner
    midnight = datetime(day.year, day.month, day.day, tzinfo=CITY_ZONE)
    begins = midnight + timedelta(hours=24 * share(*words, "begin"))
    kind = OUTAGE_KINDS[int(share(*words, "kind") * len(OUTAGE_KINDS))]
    return _Outage(begins, begins + timedelta(minutes=minutes), Fault(kind))


@dataclass(frozen=True, slots=True)
class _Look:
    """One look into one site's past."""

    past: _Past
    fault: Fault | None
    at: datetime

    @property
    def host(self) -> str:
        return self.past.host.name

    @property
    def is_listed_secure(self) -> bool:
        return (self.past.target.address or "").startswith("https:")

    @property
    def is_secure(self) -> bool:
        """Whether the site itself is seen over https://: listed so, or led there, as in ``web_server``."""
        if self.is_listed_secure or self.fault is None:
            return self.is_listed_secure or self.past.host.https is HttpsUse.REDIRECTED
        leads_there = self.past.host.https is HttpsUse.REDIRECTED and not self.fault.kind.is_redirect
        return leads_there or self.fault.kind.is_about_certificate

    @property
    def redirects(self) -> int:
        match self.fault:
            case Fault(FaultKind.REDIRECT_FOREIGN):
                return 1
            case Fault(FaultKind.REDIRECT_LOOP):
                return 2  # to here, to there, and then it is clear
            case _:
                return int(self.is_secure and not self.is_listed_secure)

    @property
    def usual_seconds(self) -> float:
        return response_seconds(self.host, self.at)


def _reading(past: _Past, at: datetime, slow_after: timedelta) -> Reading:
    status, reason, values = _seen(_Look(past, past.fault(at), at))
    if status is Status.UP and values[TOTAL] > slow_after.total_seconds():
        status, reason = Status.DEGRADED, Reason.SLOW
    return Reading(past.target.key, at, status, reason, DETAIL, values, Source.SIMULATED)


def _seen(look: _Look) -> tuple[Status, Reason, Values]:
    """What a look at the site finds, with the values that such a look gives: no more."""
    if look.fault is None:
        return Status.UP, Reason.OK, _page(look, look.usual_seconds)
    match look.fault.kind:
        case FaultKind.SLOW:
            assert look.fault.lasts is not None
            return Status.UP, Reason.OK, _page(look, slow_seconds(look.host, look.fault.lasts, look.at))
        case FaultKind.NEGLECTED | FaultKind.INJECTED | FaultKind.INJECTED_CLOAKED:  # how a site answers: well
            return Status.UP, Reason.OK, _page(look, look.usual_seconds)
        case FaultKind.CERTIFICATE_EXPIRING:
            return Status.DEGRADED, Reason.CERT_EXPIRING, {**_page(look, look.usual_seconds), **_certificate(look)}
        case FaultKind.BAD_GATEWAY:
            return Status.DOWN, Reason.HTTP_STATUS, _answer(look, look.usual_seconds, 502)
        case FaultKind.MAINTENANCE:
            return Status.DEGRADED, Reason.MAINTENANCE, _answer(look, look.usual_seconds, 503)
        case FaultKind.TOKEN_EXPIRED:
            return Status.DOWN, Reason.AUTH_REQUIRED, _answer(look, look.usual_seconds, 401)
        case FaultKind.LOGIN_PAGE:
            return Status.UP, Reason.OK, _answer(look, look.usual_seconds, 200)  # a page like any other to whoever asks for pages
        case FaultKind.EMPTY_PAGE:
            return Status.DOWN, Reason.EMPTY_BODY, {**_answer(look, look.usual_seconds, 200), BODY: 0.0}
        case FaultKind.DATABASE_ERROR:
            return Status.DOWN, Reason.APP_ERROR, _answer(look, look.usual_seconds, 200)
        case FaultKind.REDIRECT_FOREIGN:
            return Status.DEGRADED, Reason.REDIRECT_OFFSITE, _answer(look, look.usual_seconds, 200)
        case FaultKind.REDIRECT_LOOP:
            return Status.DOWN, Reason.REDIRECT_LOOP, _answer(look, look.usual_seconds, 302)
        case FaultKind.CERTIFICATE_EXPIRED:
            return Status.DOWN, Reason.TLS_EXPIRED, {**_reached(look), **_certificate(look)}
        case FaultKind.CERTIFICATE_WRONG_HOST:
            return Status.DOWN, Reason.TLS_HOSTNAME, {**_reached(look), **_certificate(look)}
        case FaultKind.TIMEOUT:
            return Status.DOWN, Reason.FIRST_BYTE_TIMEOUT, _reached(look)
        case FaultKind.REFUSED:
            return Status.DOWN, Reason.CONNECT_REFUSED, _named(look)
        case FaultKind.DNS_NXDOMAIN:
            return Status.DOWN, Reason.DNS_NXDOMAIN, _named(look)
        case FaultKind.DNS_SERVFAIL:
            return Status.DOWN, Reason.DNS_SERVFAIL, _named(look)
        case unreachable:
            assert_never(unreachable)


def _page(look: _Look, seconds: float) -> Values:
    values = _answer(look, seconds, 200)
    if look.fault is None or look.fault.kind not in OTHER_PAGES:  # another page has another size; nobody measured it
        values[BODY] = look.past.body_bytes
    values[CONTENT_AGE] = (look.at - _newest_item(look.host, look.at.astimezone(CITY_ZONE).date(), look.fault)).total_seconds()
    return values


def _answer(look: _Look, seconds: float, code: int) -> Values:
    """A complete conversation. The phases add up to the total: over a redirect they are sums of both hops."""
    values = _reached(look)
    values[FIRST_BYTE] = seconds + look.redirects * redirect_seconds(seconds)
    values[TRANSFER] = 0.0004 + look.past.body_bytes * 2e-8
    if look.is_secure:
        values[TLS] = 0.004 + 0.003 * _drawn(look.host, "tls", look.at.hour)
        values |= _certificate(look)
    values[TOTAL] = math.fsum(values[phase] for phase in PHASES if phase in values)
    values[STATUS_CODE] = float(code)
    values[REDIRECTS] = float(look.redirects)
    return values


def _certificate(look: _Look) -> Values:
    """What is left of the certificate. That of a fault is the one the demo will show at its beginning: no jump in between."""
    if look.fault is not None and look.fault.kind.is_about_certificate:
        ends = faulty_validity(look.fault, look.past.until).ends
    else:
        ends = ordinary_validity(look.host, look.at).ends
    left = (ends - look.at).total_seconds()
    return {CERTIFICATE: left, LEAF: left}


def _reached(look: _Look) -> Values:
    return {**_named(look), CONNECT: 0.0003 + 0.0004 * _drawn(look.host, "connect", look.at.hour)}


def _named(look: _Look) -> Values:
    return {DNS: 0.0008 + 0.0012 * _drawn(look.host, "dns", look.at.hour)}


@lru_cache(maxsize=16_384)
def _drawn(host: str, what: str, hour: int) -> float:
    return share(host, what, str(hour))


@lru_cache(maxsize=4096)
def _newest_item(host: str, day: date, fault: Fault | None) -> datetime:
    is_neglected = fault is not None and fault.kind is FaultKind.NEGLECTED
    return newest_item(host, day - NEGLECTED_FOR if is_neglected else day)
