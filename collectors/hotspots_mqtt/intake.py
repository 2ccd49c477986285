"""The intake: which messages are taken, from whom, how often, and for which time their values hold.

The same for the command line and for the listener. It keeps what is known about each device between messages; it does no I/O.
"""

from __future__ import annotations

from collections import Counter, OrderedDict, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from collectors.hotspots_mqtt.flaws import LOSES_NOTHING, Flaw, FlawKind
from collectors.hotspots_mqtt.moments import Lag, Moment, believe
from collectors.hotspots_mqtt.quantities import COUNT, quantity_of
from collectors.hotspots_mqtt.reader import Heard, Look, Message, Presence, Reader, Sample, Value
from collectors.hotspots_mqtt.standing import STALE_AFTER, Signs

NO_READER = Flaw(FlawKind.UNKNOWN_TOPIC, "no mapping speaks of it")


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one sender may cost the others.

    ``per_second`` and ``burst`` bound the messages of one device (a token bucket). Time that has passed by the device's own clock
    fills the bucket too, so that data kept during an outage are not taken for a flood.
    """

    per_second: float = 10.0
    burst: float = 100.0
    devices: int = 50_000
    quarantined: int = 1_000
    rejects_kept: int = 50
    reject_bytes: int = 200


class Taken(NamedTuple):
    """One value with the time it holds for. ``timed``: by the device's own time, not by its arrival."""

    metric: str
    value: Value
    unit: str | None
    at: float
    timed: bool


class Notice(NamedTuple):
    """What one message says about one device that we accept. ``missed``: its messages that never arrived before this one."""

    device: str
    values: tuple[Taken, ...]
    presence: Presence | None
    retained: bool
    arrived: float
    flaws: tuple[Flaw, ...] = ()
    sequence: int | None = None
    boot: str | None = None
    missed: int = 0


@dataclass(frozen=True, slots=True)
class Reject:
    """Evidence of a message that was not taken: where it came from, why, and how it began."""

    topic: str
    flaw: Flaw
    beginning: bytes
    size: int
    at: float


@dataclass(slots=True)
class Stranger:
    """A device that speaks and is not in the register. ``told`` of its messages have been told to the quarantine."""

    first_at: float
    last_at: float
    messages: int
    topic: str
    beginning: bytes
    told: int = 0


@dataclass(slots=True)
class Bucket:
    """A token bucket that is filled by the later of two clocks."""

    left: float
    arrived: float
    claimed: float | None = None

    def admit(self, arrived: float, claimed: float | None, limits: Limits) -> bool:
        """Whether one more message may pass."""
        passed = max(0.0, arrived - self.arrived)
        if claimed is not None and self.claimed is not None:
            passed = max(passed, claimed - self.claimed)
        self.arrived = max(arrived, self.arrived)
        self.claimed = claimed if self.claimed is None or claimed is None else max(claimed, self.claimed)
        self.left = min(limits.burst, self.left + passed * limits.per_second)
        if self.left < 1:
            return False
        self.left -= 1
        return True


@dataclass(slots=True)
class DeviceState:
    """What is known about one device between its messages."""

    bucket: Bucket
    signs: Signs = field(default_factory=Signs)
    lag: Lag = field(default_factory=Lag)
    seen: set[str] = field(default_factory=set)
    parts: dict[tuple[str, str], tuple[float, float]] = field(default_factory=dict)
    boot: str | None = None
    sequence: int | None = None
    missed: int = 0


class Intake:
    """Takes messages one by one, in the order of their arrival."""

    def __init__(self, readers: Sequence[Reader], limits: Limits | None = None, devices: frozenset[str] | None = None) -> None:
        """``devices`` are those of the register; None takes every device (to try a mapping out)."""
        self._readers = tuple(readers)
        self._limits = limits or Limits()
        self._register = devices
        self._states: OrderedDict[str, DeviceState] = OrderedDict()
        self._routes: OrderedDict[str, Reader] = OrderedDict()
        self.strangers: OrderedDict[str, Stranger] = OrderedDict()
        self.counts: Counter[FlawKind] = Counter()
        self.rejects: deque[Reject] = deque(maxlen=self._limits.rejects_kept)
        self.messages = 0

    @property
    def states(self) -> Mapping[str, DeviceState]:
        """What is known about each device."""
        return self._states

    def take(self, message: Message) -> tuple[Notice, ...]:
        """What this message says that we accept. Whatever is wrong with it is counted and kept as evidence, never raised."""
        self.messages += 1
        reader = self._reader_of(message.topic)
        heard = reader.read(message) if reader is not None else Heard(flaws=(NO_READER,))
        for flaw in heard.flaws:
            self._reject(message, flaw)
        notices = (self._take_look(look, message, _stale_after(reader)) for look in heard.looks)
        return tuple(each for each in notices if each is not None)

    def _reader_of(self, topic: str) -> Reader | None:
        known = self._routes.get(topic)
        if known is not None:
            return known
        reader = next((each for each in self._readers if each.matches(topic)), None)
        if reader is not None and len(topic) < 200:
            self._routes[topic] = reader
            if len(self._routes) > self._limits.devices:
                self._routes.popitem(last=False)
        return reader if reader is not None else self._readers[0] if len(self._readers) == 1 else None

    def _take_look(self, look: Look, message: Message, stale_after: float) -> Notice | None:
        for flaw in look.flaws:
            self._reject(message, flaw)
        if self._register is not None and look.device not in self._register:
            self._quarantine(look.device, message)
            return None
        state = self._state_of(look.device, message.arrived)
        moments = self._moments(look, message, state)
        claimed = max((each.at for each in moments.values()), default=None) if moments else None
        if not state.bucket.admit(message.arrived, claimed, self._limits):
            self.counts[FlawKind.RATE_LIMITED] += 1
            return None
        return self._noticed(look, message, state, moments, stale_after)

    def _noticed(
        self, look: Look, message: Message, state: DeviceState, moments: dict[float, Moment], stale_after: float
    ) -> Notice | None:
        flaws = [each.flaw for each in moments.values() if each.flaw is not None]
        for flaw in flaws:
            self._reject(message, flaw)
        values = tuple(each for sample in look.samples if (each := self._taken(sample, message, state, moments)) is not None)
        if any(sample.part for sample in look.samples):
            values = tuple(self._whole(each, sample, state, stale_after) for each, sample in _paired(values, look.samples))
        missed = self._count_missed(look, state)
        self._note_signs(look, message, values, state)
        if not values and look.presence is None and not look.samples:
            return None
        return Notice(
            look.device,
            values,
            look.presence,
            message.retained,
            message.arrived,
            (*look.flaws, *flaws),
            look.sequence,
            look.boot,
            missed,
        )

    def _moments(self, look: Look, message: Message, state: DeviceState) -> dict[float, Moment]:
        """For each time the device wrote, the time to use."""
        moments: dict[float, Moment] = {}
        for sample in look.samples:
            if sample.claim is not None and sample.claim.at not in moments:
                moment = believe(sample.claim, message.arrived)
                if moment.flaw is None and not message.retained and not moments:
                    moment = state.lag.correct(moment.at, message.arrived)
                moments[sample.claim.at] = moment
        return moments

    def _taken(self, sample: Sample, message: Message, state: DeviceState, moments: dict[float, Moment]) -> Taken | None:
        if sample.claim is not None:
            moment = moments[sample.claim.at]
            believed = moment.flaw is None or moment.flaw.kind in LOSES_NOTHING
            state.seen.add(sample.metric)
            return Taken(sample.metric, sample.value, sample.unit, moment.at, timed=believed)
        if message.retained and sample.metric in state.seen:
            # Kept by the broker for anyone who asks: older than what we have, and it does not say how old.
            self.counts[FlawKind.RETAINED_UNTIMED] += 1
            return None
        state.seen.add(sample.metric)
        return Taken(sample.metric, sample.value, sample.unit, message.arrived, timed=False)

    def _whole(self, taken: Taken, sample: Sample, state: DeviceState, stale_after: float) -> Taken:
        """The device's count: the sum over the parts that were heard lately."""
        if not sample.part or quantity_of(taken.metric) is not COUNT or isinstance(taken.value, str):
            return taken
        state.parts[taken.metric, sample.part] = (taken.at, taken.value)
        fresh = [
            value for (metric, _), (at, value) in state.parts.items() if metric == taken.metric and taken.at - at <= stale_after
        ]
        return Taken(taken.metric, sum(fresh), taken.unit, taken.at, taken.timed)

    def _note_signs(self, look: Look, message: Message, values: Sequence[Taken], state: DeviceState) -> None:
        timed = [each.at for each in values if each.timed]
        if timed:
            state.signs.telemetry(min(max(timed), message.arrived))
        elif values and message.retained:
            state.signs.old_telemetry()
        elif values:
            state.signs.telemetry(message.arrived)
        match look.presence:
            case Presence.THERE | Presence.ATTENTION:
                if message.retained:
                    state.signs.old_telemetry()
                else:
                    state.signs.online(message.arrived, is_asking=look.presence is Presence.ATTENTION)
            case Presence.GONE:
                state.signs.offline(message.arrived)
            case _:
                pass

    def _count_missed(self, look: Look, state: DeviceState) -> int:
        """Messages that never arrived, by the device's own numbers. A number that was seen before is a repetition, not a gap."""
        if look.sequence is None:
            return 0
        if state.sequence is None or look.boot != state.boot:
            state.sequence, state.boot = look.sequence, look.boot
            return 0
        missed = max(0, look.sequence - state.sequence - 1)
        state.sequence = max(state.sequence, look.sequence)
        state.missed += missed
        if missed:
            self.counts[FlawKind.SEQUENCE_GAP] += 1
        return missed

    def _state_of(self, device: str, arrived: float) -> DeviceState:
        state = self._states.get(device)
        if state is None:
            state = self._states[device] = DeviceState(Bucket(self._limits.burst, arrived))
            if len(self._states) > self._limits.devices:
                self._states.popitem(last=False)
        return state

    def _quarantine(self, device: str, message: Message) -> None:
        self.counts[FlawKind.UNKNOWN_DEVICE] += 1
        known = self.strangers.get(device)
        beginning = message.payload[: self._limits.reject_bytes]
        if known is not None:
            known.last_at, known.messages = message.arrived, known.messages + 1
            known.topic, known.beginning = message.topic, beginning
            return
        self.strangers[device] = Stranger(message.arrived, message.arrived, 1, message.topic, beginning)
        if len(self.strangers) > self._limits.quarantined:
            self.strangers.popitem(last=False)

    def _reject(self, message: Message, flaw: Flaw) -> None:
        self.counts[flaw.kind] += 1
        beginning = message.payload[: self._limits.reject_bytes]
        self.rejects.append(Reject(message.topic, flaw, beginning, len(message.payload), message.arrived))


def _stale_after(reader: Reader | None) -> float:
    own = reader.mapping.stale_after if reader is not None else None
    return STALE_AFTER if own is None else own


def _paired(values: Sequence[Taken], samples: Sequence[Sample]) -> list[tuple[Taken, Sample]]:
    by_name = {sample.metric: sample for sample in samples}
    return [(each, by_name[each.metric]) for each in values]
