"""One truth per hotspot, from whatever speaks: SNMP, MQTT, the provider's portal, a person who stood there.

The rules, in their order (each is a test):

1. *Fresh beats stale.* A source vouches for its patience and not a moment longer; silence is NO_DATA, never up and never down.
2. *A sign of life beats a time-out.* Where one source saw the hotspot serve, another one's failure to reach it is the other's.
3. *Connected without internet beats plain up.* Only newer evidence of internet lifts it: a source that cannot see the internet
   (an SNMP agent answers over the provider's own network) does not contradict a person, or a ping, that could not get out.
4. *A field report stands until a newer measured reading*, and never longer than its own patience. So does a list from the
   provider's portal.
5. *What says nothing changes nothing.* A wrong password, a lost broker or our own uplink are no news about the hotspot.
6. *An explicit word explains more than a missing answer.* Where several say that it is gone, the reason is "offline" and not the
   time-out, whichever came last: one outage has one reason.

Times decide, not the order of arrival: voices merge the same way in any order, and a repeated reading changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from command_centre.domain.reading import Fact, Reading, Reason, Source, Status
from command_centre.domain.series import MetricName
from command_centre.domain.target import Target

CLIENTS = MetricName("clients_total")
LATENCY = MetricName("latency_seconds")
LOSS = MetricName("packet_loss_ratio")
IN = MetricName("in_bits_per_second")
DECISIVE = (CLIENTS, LATENCY, LOSS, IN)
"""The quantities that say whether people are served well."""

INTERNET = "internet"
"""The fact (yes or no, 1 or 0) with which a device says whether it reaches the internet."""

STANDING_SINCE = "standing_since"
"""The fact of a reading that says again what was said at that time (ISO 8601) and has not been taken back: an "offline" is told
once, and holds until the device is heard. Nothing was measured for it."""

CAPACITY = 30
"""Devices a point takes at once, where the register does not say (press, 2021 and 2026: "30 pengguna", "20 sampai 30")."""


class HotspotState(StrEnum):
    """How a hotspot stands for the people beside it. PLANNED_OFF is laid over what was measured."""

    NORMAL = "normal"
    SLOW = "slow"
    FULL = "full"
    NO_INTERNET = "no_internet"  # the Wi-Fi is there, the internet is not
    DOWN = "down"
    NO_DATA = "no_data"
    PLANNED_OFF = "planned_off"


class Crowding(StrEnum):
    """Room for one more device?"""

    ROOM = "room"
    CROWDED = "crowded"
    FULL = "full"


@dataclass(frozen=True, slots=True)
class Limits:
    """What counts as slow. Own choices: a page needs some ten round trips, and TCP collapses beyond a loss of a few percent."""

    slow_latency_seconds: float = 0.3
    slow_loss_ratio: float = 0.1
    saturated_ratio: float = 0.9


@dataclass(frozen=True, slots=True)
class Patience:
    """For how long each kind of source vouches. ``measured`` is twice the interval at which readings are due."""

    measured: timedelta
    portal: timedelta = timedelta(hours=2)
    field: timedelta = timedelta(days=7)

    def of(self, source: Source) -> timedelta:
        """The patience with one source."""
        match source:
            case Source.PORTAL:
                return max(self.measured, self.portal)
            case Source.FIELD:
                return self.field
            case Source.POLL | Source.RETRY | Source.MQTT | Source.SELF | Source.SIMULATED:
                return self.measured


@dataclass(frozen=True, slots=True)
class Terms:
    """What one hotspot is judged by. Capacity and class are the register's; None where it does not say."""

    patience: Patience
    capacity: int | None = CAPACITY
    class_bits_per_second: float | None = None
    limits: Limits = Limits()


def terms_of(target: Target) -> Terms:
    """The terms of a hotspot of the register: its interval, and the columns ``capacity`` and ``class_mbps``."""
    capacity, mbps = target.attributes.get("capacity"), target.attributes.get("class_mbps")
    return Terms(
        Patience(2 * target.expected_every),
        CAPACITY if capacity is None else int(capacity),
        None if mbps is None else float(mbps) * 1e6,
    )


@dataclass(frozen=True, slots=True)
class Noted:
    """One value, and when it held."""

    at: datetime
    value: float


@dataclass(frozen=True, slots=True)
class Voice:
    """What one source has said of one hotspot: its newest status, and the newest value of every quantity it gave."""

    source: Source
    at: datetime
    status: Status
    reason: Reason
    detail: str = ""
    values: Mapping[MetricName, Noted] = field(default_factory=dict)
    internet: Noted | None = None


@dataclass(frozen=True, slots=True)
class HotspotTruth:
    """What is believed of one hotspot. ``measured`` lies under ``state``; status and reason are the measured ones.

    ``source`` and ``at`` name the word that decided; both are None when nothing does.
    """

    state: HotspotState
    measured: HotspotState
    status: Status
    reason: Reason
    source: Source | None = None
    at: datetime | None = None
    detail: str = ""
    clients: float | None = None
    crowding: Crowding | None = None


# --- hearing ---------------------------------------------------------------------------------------------------------


def voices_of(readings: Iterable[Reading]) -> Mapping[Source, Voice]:
    """One voice per source, from readings of one hotspot in any order."""
    voices: dict[Source, Voice] = {}
    for reading in readings:
        if not reading.tentative:
            heard = voice_of(reading)
            before = voices.get(heard.source)
            voices[heard.source] = heard if before is None else joined(before, heard)
    return MappingProxyType(voices)


def voice_of(reading: Reading) -> Voice:
    """One reading as a voice. A second look speaks with the voice of the first."""
    at = reading.taken_at
    values = {name: Noted(at, value) for name, value in reading.values.items()}
    reaches = _truth_of(reading.evidence.get(INTERNET))
    internet = None if reaches is None else Noted(at, float(reaches))
    source = Source.POLL if reading.source is Source.RETRY else reading.source
    return Voice(source, at, reading.status, reading.reason, reading.detail, MappingProxyType(values), internet)


def joined(one: Voice, other: Voice) -> Voice:
    """Two voices of one source as one: the newest of everything, whichever came first."""
    newest = max(one, other, key=lambda each: (each.at, _WORSE.index(each.status), each.reason.value, each.detail))
    values = dict(one.values)
    for name, noted in other.values.items():
        known = values.get(name)
        values[name] = noted if known is None else _newer(known, noted)
    internet = _newer(one.internet, other.internet) if one.internet and other.internet else one.internet or other.internet
    return Voice(newest.source, newest.at, newest.status, newest.reason, newest.detail, MappingProxyType(values), internet)


_WORSE = (Status.UNKNOWN, Status.UP, Status.DEGRADED, Status.DOWN)
"""Of two words about one moment, the later one here counts."""


def _newer(one: Noted, other: Noted) -> Noted:
    return other if (other.at, other.value) > (one.at, one.value) else one


def _truth_of(fact: Fact | None) -> bool | None:
    match fact:
        case bool():
            return fact
        case 0 | 1:
            return bool(fact)
        case _:
            return None


# --- deciding --------------------------------------------------------------------------------------------------------

BLIND = frozenset(
    {
        # we were not let in, or did not understand: the device is there, or may be, and nothing was measured
        Reason.AUTH, Reason.UNKNOWN_USER, Reason.WRONG_PRIV, Reason.ENGINE_TIME, Reason.AUTHORIZATION, Reason.REFUSED,
        Reason.PROTOCOL_ERROR,
        # our register, or the name server
        Reason.CONFIG, Reason.NO_ADDRESS, Reason.NEVER_SEEN, Reason.DNS_NXDOMAIN, Reason.DNS_SERVFAIL, Reason.DNS_TIMEOUT,
        Reason.DNS_NO_ADDRESS, Reason.DNS_REFUSED,
        # ourselves, and what lies between
        Reason.SILENT, Reason.OWN_UPLINK, Reason.BROKER_LOST, Reason.SESSION_TAKEN, Reason.COLLECTOR_FAULT, Reason.STORAGE_FAULT,
    }
)  # fmt: skip
"""Reasons that say something about us and nothing about the hotspot, whatever status they came with."""


SELDOM = frozenset({Source.PORTAL, Source.FIELD})
"""Sources that speak hourly or daily. They are believed for long, but never against something newer."""


class _Testimony(StrEnum):
    SERVES = "serves"
    GONE = "gone"
    NOTHING = "nothing"


def truth_of(voices: Iterable[Voice], at: datetime, terms: Terms, *, planned: bool = False) -> HotspotTruth:
    """What is believed of a hotspot at ``at``; ``voices`` are one per source."""
    heard = sorted(voices, key=lambda each: (each.at, each.source.value))
    fresh = [each for each in heard if _is_fresh(each, at, terms)]
    believed = [each for each in fresh if not _is_superseded(each, heard)]
    serving = [each for each in believed if _testimony(each) is _Testimony.SERVES]
    gone = [each for each in believed if _testimony(each) is _Testimony.GONE]
    if serving:
        measured = _while_serving(serving, _without_internet(fresh, at, terms), at, terms)
    elif gone:
        teller = max(gone, key=lambda each: (each.reason is Reason.OFFLINE, each.at, each.source.value))
        measured = _told_by(teller, HotspotState.DOWN, Status.DOWN, teller.reason)
    else:
        measured = _without_data(heard, fresh)
    return replace(measured, state=HotspotState.PLANNED_OFF) if planned else measured


def state_of(status: Status, reason: Reason, *, planned: bool = False) -> HotspotState:
    """The state that a stored status and reason stand for."""
    if planned:
        return HotspotState.PLANNED_OFF
    match status, reason:
        case Status.UNKNOWN, _:
            return HotspotState.NO_DATA
        case Status.DOWN, _ if reason in BLIND:
            return HotspotState.NO_DATA
        case _, Reason.NO_INTERNET:
            return HotspotState.NO_INTERNET
        case Status.DOWN, _:
            return HotspotState.DOWN
        case Status.DEGRADED, Reason.FULL:
            return HotspotState.FULL
        case Status.DEGRADED, Reason.SLOW:
            return HotspotState.SLOW
        case _:
            return HotspotState.NORMAL


def crowding_of(clients: float | None, capacity: int | None) -> Crowding | None:
    """FULL from ``capacity`` devices on (30), CROWDED from five sixths of it (25); None when either is not known."""
    if clients is None or capacity is None:
        return None
    if clients >= capacity:
        return Crowding.FULL
    return Crowding.CROWDED if 6 * clients >= 5 * capacity else Crowding.ROOM


def _is_fresh(voice: Voice, at: datetime, terms: Terms) -> bool:
    return _vouches(voice.at, at, terms.patience.of(voice.source))


def _vouches(said: datetime, at: datetime, patience: timedelta) -> bool:
    # Clocks differ by a little: a word from just ahead is not lost, one from next year vouches for nothing.
    return abs(at - said) < patience


def _is_superseded(voice: Voice, heard: Iterable[Voice]) -> bool:
    """What is told only now and then holds until another source measured it anew."""
    return voice.source in SELDOM and any(
        each.source is not voice.source and each.at > voice.at and _testimony(each) is not _Testimony.NOTHING for each in heard
    )


def _testimony(voice: Voice) -> _Testimony:
    if voice.status is Status.UNKNOWN or (voice.status is Status.DOWN and voice.reason in BLIND):
        return _Testimony.NOTHING
    if voice.status is Status.DOWN and voice.reason is not Reason.NO_INTERNET:
        return _Testimony.GONE
    return _Testimony.SERVES


def _while_serving(serving: list[Voice], without: Voice | None, at: datetime, terms: Terms) -> HotspotTruth:
    """Somebody saw it serve: is anything the matter? ``without`` is the voice that says that there is no internet."""
    latest = _latest_values(serving, at, terms)
    clients = latest[CLIENTS].value if CLIENTS in latest else None
    crowding = crowding_of(clients, terms.capacity)
    speaker = without or serving[-1]
    if without is not None:
        state, status, reason = HotspotState.NO_INTERNET, Status.DOWN, Reason.NO_INTERNET
    elif crowding is Crowding.FULL:  # before SLOW: where everybody is, it is slow
        state, status, reason = HotspotState.FULL, Status.DEGRADED, Reason.FULL
    elif _is_slow(serving, latest, terms):
        state, status, reason = HotspotState.SLOW, Status.DEGRADED, Reason.SLOW
    else:
        state, status = HotspotState.NORMAL, Status.UP
        reason = Reason.CROWDED if crowding is Crowding.CROWDED else Reason.OK
    return HotspotTruth(state, state, status, reason, speaker.source, speaker.at, speaker.detail, clients, crowding)


def _latest_values(serving: Iterable[Voice], at: datetime, terms: Terms) -> Mapping[MetricName, Noted]:
    """The newest value of every quantity that decides, from sources that saw it serve, as long as it is vouched for."""
    latest: dict[MetricName, Noted] = {}
    for voice in serving:
        patience = terms.patience.of(voice.source)
        for name in DECISIVE:
            noted = voice.values.get(name)
            if noted is not None and _vouches(noted.at, at, patience):
                latest[name] = _newer(latest[name], noted) if name in latest else noted
    return latest


def _without_internet(fresh: Iterable[Voice], at: datetime, terms: Terms) -> Voice | None:
    """The voice that last said that there is no internet; None when a newer one saw it, or nobody looked."""
    said = [
        (noted.at, not noted.value, voice.source.value, voice)
        for voice in fresh
        for noted in _about_the_internet(voice)
        if _vouches(noted.at, at, terms.patience.of(voice.source))
    ]
    if not said:
        return None
    _, is_without, _, voice = max(said, key=lambda each: each[:3])
    return voice if is_without else None


def _about_the_internet(voice: Voice) -> Iterable[Noted]:
    """What a source saw of the internet behind the hotspot: 1 is there, 0 is not."""
    if voice.internet is not None:
        yield voice.internet
    if LOSS in voice.values:
        loss = voice.values[LOSS]
        yield Noted(loss.at, float(loss.value < 1))
    if LATENCY in voice.values:
        yield Noted(voice.values[LATENCY].at, 1.0)
    if voice.reason is Reason.NO_INTERNET:
        yield Noted(voice.at, 0.0)
    elif voice.source is Source.FIELD and voice.status in (Status.UP, Status.DEGRADED):
        yield Noted(voice.at, 1.0)  # a person was there and got out


def _is_slow(serving: Iterable[Voice], latest: Mapping[MetricName, Noted], terms: Terms) -> bool:
    bounds: dict[MetricName, float] = {LATENCY: terms.limits.slow_latency_seconds, LOSS: terms.limits.slow_loss_ratio}
    if terms.class_bits_per_second is not None:
        bounds[IN] = terms.limits.saturated_ratio * terms.class_bits_per_second
    is_told = any(each.status is Status.DEGRADED and each.reason is Reason.SLOW for each in serving)
    return is_told or any(name in latest and latest[name].value >= bound for name, bound in bounds.items())


def _without_data(heard: list[Voice], fresh: list[Voice]) -> HotspotTruth:
    """Nobody vouches for it: the newest of what stood in the way, or plain silence."""
    if not heard:
        return HotspotTruth(HotspotState.NO_DATA, HotspotState.NO_DATA, Status.UNKNOWN, Reason.NEVER_SEEN)
    in_the_way = [each for each in fresh if each.reason in BLIND]
    if not in_the_way:
        return HotspotTruth(HotspotState.NO_DATA, HotspotState.NO_DATA, Status.UNKNOWN, Reason.SILENT)
    return _told_by(in_the_way[-1], HotspotState.NO_DATA, Status.UNKNOWN, in_the_way[-1].reason)


def _told_by(voice: Voice, state: HotspotState, status: Status, reason: Reason) -> HotspotTruth:
    return HotspotTruth(state, state, status, reason, voice.source, voice.at, voice.detail)
