"""The listener: messages in, readings out, acknowledgements after the store.

The network thread only hands over. Everything else happens on the asyncio loop, in batches: read, emit (which returns once the
reading is durable), acknowledge. Whatever was not acknowledged comes again after the next connection.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from collectors.hotspots_mqtt.broker import BrokerLink, Delivery, Link
from collectors.hotspots_mqtt.flaws import FlawKind
from collectors.hotspots_mqtt.intake import Intake, Notice, Reject, Stranger, Taken
from collectors.hotspots_mqtt.metrics import DROPPED, LIMITED, MESSAGES, MISSED, REJECTED, STORE_DELAY, STRANGERS, split_values
from collectors.hotspots_mqtt.moments import TOLERANCE
from collectors.hotspots_mqtt.options import Options
from collectors.hotspots_mqtt.payloads import shown
from collectors.hotspots_mqtt.reader import Message, Presence, Reader
from collectors.hotspots_mqtt.standing import STALE_AFTER, Standing
from collectors.hotspots_mqtt.topics import slot_of
from collectors.hotspots_mqtt.troubles import Trouble
from command_centre.domain import quarantine as domain
from command_centre.domain.hotspot import STANDING_SINCE
from command_centre.domain.ports import Clock, Emit
from command_centre.domain.reading import Fact, Reading, Reason, Source, Status
from command_centre.domain.series import MetricName
from command_centre.domain.target import TargetKey

log = logging.getLogger(__name__)

MOST_WAITING = 50_000
"""Messages in memory at most. Those of quality 1 are bounded by the broker (receive maximum); this bounds those of quality 0."""


MOST_TOPICS = 500
"""Topics of one device whose place is remembered and kept apart from the others."""


class Mailbox:
    """Hands deliveries from the network thread to the loop; wakes it only while it waits, not for every message."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._waiting: deque[Delivery] = deque()
        self._awake = asyncio.Event()
        self._called = True  # nobody waits yet
        self._lock = threading.Lock()
        self.dropped = 0

    def put(self, delivery: Delivery) -> None:
        """Called from the network thread. A message of quality 0 is left out when too many wait."""
        if delivery.qos == 0 and len(self._waiting) >= MOST_WAITING:
            self.dropped += 1
            return
        self._waiting.append(delivery)
        with self._lock:
            if self._called:
                return
            self._called = True
        with contextlib.suppress(RuntimeError):  # the loop has ended: nothing is acknowledged, so nothing is lost
            self._loop.call_soon_threadsafe(self._awake.set)

    async def take(self, most: int, linger: float) -> list[Delivery]:
        """At least one delivery, at most ``most``, in order of arrival; fewer only after waiting ``linger`` for more."""
        while not self._waiting:
            self._awake.clear()
            with self._lock:
                self._called = False
            if not self._waiting:  # asked again: one that came just before would wake nobody
                await self._awake.wait()
        if len(self._waiting) < most:
            await asyncio.sleep(linger)
        return [self._waiting.popleft() for _ in range(min(most, len(self._waiting)))]


@dataclass(slots=True)
class _Told:
    """What was last told about one device, and the last time of ours that was given to one of its readings.

    ``gone_at`` is when the "offline" that stands was said, None when none stands; ``gone_told_ms`` when we last told of it.
    """

    status: Status | None = None
    newest_arrival_ms: int = 0
    slots: dict[str, int] = field(default_factory=dict)
    alive_at: float = 0.0
    gone_at: float | None = None
    gone_told_ms: int = 0


@dataclass(slots=True)
class _Counters:
    acknowledged: int = 0
    missed: int = 0
    worst_store_delay: float = 0.0
    gaps: int = 0


class MqttListener:
    """Listens to one broker. ``devices`` maps the names that devices use in topics to the targets they are."""

    def __init__(self, options: Options, clock: Clock, devices: Mapping[str, TargetKey]) -> None:
        self._options = options
        self._clock = clock
        self._devices = dict(devices)
        readers = [Reader(each, options.max_payload_bytes) for each in options.mappings]
        self._intake = Intake(readers, options.limits, frozenset(devices))
        self._patterns = tuple(each for mapping in options.mappings for each in mapping.topics)
        self._stale_after = max((each.stale_after or STALE_AFTER for each in options.mappings), default=STALE_AFTER)
        self._told: dict[str, _Told] = {}
        self._link = Link(Trouble(Reason.NEVER_SEEN, "not connected yet"), clock.now().timestamp())
        self._link_changed = asyncio.Event()
        self._counters = _Counters()
        self._tasks: set[asyncio.Task[None]] = set()
        self._connected_before = False
        self._last_message_at: float | None = None

    # -- what others may ask

    @property
    def strangers(self) -> Mapping[str, Stranger]:
        """The quarantine list: devices that speak and are not in the register. They are never counted."""
        return self._intake.strangers

    def take_strangers(self) -> list[domain.Stranger]:
        """What strangers said since this was last asked, for the quarantine that outlives us."""
        news = [(device, each) for device, each in self._intake.strangers.items() if each.messages > each.told]
        told = [_told_stranger(device, each) for device, each in news]
        for _, each in news:
            each.told, each.first_at = each.messages, each.last_at
        return told

    @property
    def rejects(self) -> Sequence[Reject]:
        """The newest messages that were not taken, as evidence."""
        return tuple(self._intake.rejects)

    @property
    def flaw_counts(self) -> Mapping[FlawKind, int]:
        """How many flaws of each kind were found."""
        return self._intake.counts

    @property
    def link(self) -> Link:
        """How the connection to the broker is."""
        return self._link

    @property
    def acknowledged(self) -> int:
        """Messages acknowledged so far."""
        return self._counters.acknowledged

    # -- the port

    async def listen(self, emit: Emit) -> None:
        """Listen until cancelled. Raises what ``emit`` raises, in an ExceptionGroup: then that batch was not acknowledged."""
        loop = asyncio.get_running_loop()
        mailbox = Mailbox(loop)
        link = self._new_link(mailbox, loop)
        link.start()
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._carry(mailbox, emit, group))
                group.create_task(self._report(mailbox, emit))
                group.create_task(self._restate(emit))
                group.create_task(self._mind_the_link(emit))
                group.create_task(self._watch(link, mailbox, loop))
        finally:
            await loop.run_in_executor(None, self._stop_link)

    def _new_link(self, mailbox: Mailbox, loop: asyncio.AbstractEventLoop) -> BrokerLink:
        filters = tuple(dict.fromkeys(each for mapping in self._options.mappings for each in mapping.filters))
        self._current = BrokerLink(
            self._options.broker,
            filters,
            mailbox.put,
            lambda changed: _from_thread(loop, self._note_link, changed),
            lambda: self._clock.now().timestamp(),
        )
        return self._current

    def _stop_link(self) -> None:
        self._current.stop()

    async def _watch(self, link: BrokerLink, mailbox: Mailbox, loop: asyncio.AbstractEventLoop) -> None:
        """A network thread that died or hangs is replaced: nothing else would notice, and the screens would only grow old."""
        while True:
            await asyncio.sleep(self._options.watch_every)
            if not link.is_alive():
                log.error("the network thread of %s no longer turns; starting another", self._options.broker.client_id)
                link = self._new_link(mailbox, loop)
                link.start()

    # -- the connection

    def _note_link(self, link: Link) -> None:
        was_up, self._link = self._link.is_up, link
        if link.is_up and not was_up:
            self._note_connected(link)
        elif not link.is_up and was_up:
            assert link.trouble is not None
            log.warning("broker %s lost: %s", self._options.broker.host, link.trouble.detail)
        self._link_changed.set()

    def _note_connected(self, link: Link) -> None:
        log.info("broker %s connected (MQTT %s)", self._options.broker.host, link.protocol.value)
        if self._connected_before and not link.resumed:
            # The broker forgot us: what was published meanwhile was kept for nobody.
            self._counters.gaps += 1
            since = "the start" if self._last_message_at is None else _from_ms(round(self._last_message_at * 1000)).isoformat()
            log.warning("the broker had forgotten our session; messages since %s may be lost", since)
            self._doubt_what_stands()
        self._connected_before = True

    async def _mind_the_link(self, emit: Emit) -> None:
        """Tell of the broker at once when it comes or goes; call its hotspots unknown when it stays away."""
        told: tuple[bool, Reason | None] | None = None
        while True:
            await self._link_changed.wait()
            self._link_changed.clear()
            now_is = (self._link.is_up, self._link.trouble.reason if self._link.trouble is not None else None)
            if now_is != told:
                told = now_is
                await emit(self._self_reading(0))
            if not self._link.is_up and not await self._comes_back():
                await self._lose_sight(emit)

    async def _comes_back(self) -> bool:
        """Whether the broker returns within the time we allow it."""
        deadline = asyncio.get_running_loop().time() + self._options.lost_after
        while not self._link.is_up:
            left = deadline - asyncio.get_running_loop().time()
            if left <= 0:
                return False
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(left):
                    await self._link_changed.wait()
            if not self._link.is_up:
                self._link_changed.clear()
        self._link_changed.set()
        return True

    async def _lose_sight(self, emit: Emit) -> None:
        """One trouble of ours, and not seven hundred of theirs: every hotspot that was heard becomes unknown."""
        now = self._clock.now().timestamp()
        readings = []
        for device, told in self._told.items():
            if told.status in (None, Status.UNKNOWN):
                continue
            told.status = Status.UNKNOWN
            at = _from_ms(_arrival_time(now, told))
            readings.append(
                Reading(self._devices[device], at, Status.UNKNOWN, Reason.BROKER_LOST, "the broker is lost", {}, Source.MQTT)
            )
        await _all_durable(emit, readings)

    # -- the messages

    async def _carry(self, mailbox: Mailbox, emit: Emit, group: asyncio.TaskGroup) -> None:
        """Batch by batch: what could not be stored yet is not acknowledged, and the broker then holds back the rest."""
        room = asyncio.Semaphore(self._options.batches)
        while True:
            await room.acquire()
            batch = await mailbox.take(self._options.batch, self._options.linger)
            readings: list[Reading] = []
            done: list[Delivery] = []
            for delivery in batch:
                waits = self._read(delivery, readings, emit, group)
                if not waits:
                    done.append(delivery)
            group.create_task(self._store(readings, done, emit, room))
            await asyncio.sleep(0)

    async def _store(self, readings: Sequence[Reading], done: Sequence[Delivery], emit: Emit, room: asyncio.Semaphore) -> None:
        await _all_durable(emit, readings)
        now = self._clock.now().timestamp()
        for delivery in done:
            delivery.acknowledge()
        self._counters.acknowledged += len(done)
        if done:
            self._counters.worst_store_delay = max(self._counters.worst_store_delay, now - done[0].arrived)
        room.release()

    def _read(self, delivery: Delivery, readings: list[Reading], emit: Emit, group: asyncio.TaskGroup) -> bool:
        """Add the readings of one message. True: it waits for its will to be confirmed and is acknowledged later."""
        self._last_message_at = delivery.arrived
        topic = "\ufffd" if delivery.topic is None else delivery.topic
        message = Message("\udcff" if delivery.topic is None else topic, delivery.payload, delivery.arrived, delivery.retained)
        waits = False
        for notice in self._intake.take(message):
            self._counters.missed += notice.missed
            told = self._told.setdefault(notice.device, _Told())
            if notice.presence is Presence.GONE:
                waits = self._await_confirmation(notice, told, None if delivery.retained else delivery, emit, group) or waits
            else:
                readings.extend(self._readings_of(notice, topic, told))
        return waits

    def _readings_of(self, notice: Notice, topic: str, told: _Told) -> list[Reading]:
        if notice.retained:
            # Without a time of its own it is a state of unknown age: neither a measurement nor news.
            if not any(each.timed for each in notice.values):
                return []
            told.status = told.status or Status.UP
            return self._values(notice, topic, told)
        told.alive_at = notice.arrived
        if not notice.values:
            return self._sign_of_life(notice, told)
        before, told.status, told.gone_at = told.status, Status.UP, None
        readings = self._values(notice, topic, told)
        return readings if before in (None, Status.UP) else [*readings, *self._return(notice, readings, told)]

    def _values(self, notice: Notice, topic: str, told: _Told) -> list[Reading]:
        """One reading for each time that the values hold for."""
        by_time: dict[float, list[Taken]] = {}
        for each in notice.values:
            by_time.setdefault(each.at, []).append(each)
        return [self._reading(notice, topic, at, values, told) for at, values in by_time.items()]

    def _return(self, notice: Notice, readings: Sequence[Reading], told: _Told) -> list[Reading]:
        """Say of a device that was called gone, or unknown, that it is heard again, where the times of its values do not.

        Its clock may be a little behind, and then it is up; or it sends what it kept, and then nothing is known of now.
        """
        newest = max(each.taken_at for each in readings)
        if newest > _from_ms(told.newest_arrival_ms):
            return []
        told.status = Status.UP if notice.arrived - newest.timestamp() <= TOLERANCE else Status.UNKNOWN
        reason = Reason.OK if told.status is Status.UP else Reason.SILENT
        taken_at = _from_ms(_arrival_time(notice.arrived, told))
        return [Reading(self._devices[notice.device], taken_at, told.status, reason, "is heard again", {}, Source.MQTT)]

    def _reading(self, notice: Notice, topic: str, at: float, values: Sequence[Taken], told: _Told) -> Reading:
        series, facts = split_values(values)
        facts |= _facts_of(notice)
        timed = values[0].timed
        taken_at = _from_ms(self._own_time(at, topic, told) if timed else _arrival_time(at, told))
        return Reading(self._devices[notice.device], taken_at, Status.UP, Reason.OK, "", series, Source.MQTT, facts)

    def _sign_of_life(self, notice: Notice, told: _Told) -> list[Reading]:
        """ "online" without a value: it lifts an "offline", but only values measured lately make it a hotspot that is up."""
        if notice.presence is None:
            return []
        told.gone_at = None
        state = self._intake.states[notice.device]
        standing = state.signs.standing(notice.arrived, self._stale_after)
        status = Status.UP if standing in (Standing.UP, Standing.DEGRADED) else Status.UNKNOWN
        if told.status is status:
            return []
        told.status = status
        reason = Reason.OK if status is Status.UP else Reason.SILENT
        taken_at = _from_ms(_arrival_time(notice.arrived, told))
        return [Reading(self._devices[notice.device], taken_at, status, reason, "says that it is there", {}, Source.MQTT)]

    def _own_time(self, at: float, topic: str, told: _Told) -> int:
        """Milliseconds since the epoch by the device's own time: the same for the same message, however often it comes."""
        slot = told.slots.get(topic)
        if slot is None:
            slot = slot_of(topic, self._patterns, told.slots.values())
            if len(told.slots) < MOST_TOPICS:
                told.slots[topic] = slot
        return round(at * 1000) + slot

    # -- last wills

    def _await_confirmation(
        self, notice: Notice, told: _Told, delivery: Delivery | None, emit: Emit, group: asyncio.TaskGroup
    ) -> bool:
        """An "offline" is told after a while, if nothing was heard meanwhile.

        A live one may have crossed the "online" of the device's next session. A retained one is a state of unknown age: it counts
        only if the device stays silent for as long as it may.
        """
        if told.gone_at is not None:
            return False
        patience = min(self._stale_after, 2 * self._options.restate_every)
        grace = patience if notice.retained else self._options.will_grace
        group.create_task(self._confirm(notice, told, delivery, told.alive_at, grace, emit))
        return delivery is not None

    async def _confirm(
        self, notice: Notice, told: _Told, delivery: Delivery | None, alive_before: float, grace: float, emit: Emit
    ) -> None:
        await asyncio.sleep(grace)
        if told.alive_at == alive_before and told.gone_at is None:
            if self._link.is_up:
                detail = "its last will says that it is gone" if delivery else "the broker holds an old 'offline' of it"
                told.gone_at = notice.arrived
                await emit(self._gone(notice.device, told, notice.arrived, detail, {}))
            elif delivery is None:  # a live one comes again after the next connection, a retained one does not
                told.gone_at = notice.arrived
        if delivery is not None:
            delivery.acknowledge()
            self._counters.acknowledged += 1

    async def _restate(self, emit: Emit) -> None:
        """Say of every device whose "offline" still stands that it does, once in each interval: the broker told it only once.

        Only while the broker is there to tell us of its return, and has been for a moment: what it kept for us comes first.
        """
        every = self._options.restate_every
        while True:
            await asyncio.sleep(every / 4)
            now = self._clock.now().timestamp()
            if self._link.is_up and now - self._link.since >= every / 4:
                due = [
                    (device, told, told.gone_at)
                    for device, told in self._told.items()
                    if told.gone_at is not None and now - told.gone_told_ms / 1000 >= 0.9 * every
                ]
                await _all_durable(emit, [self._still_gone(device, told, since, now) for device, told, since in due])

    def _still_gone(self, device: str, told: _Told, since: float, now: float) -> Reading:
        facts: dict[str, Fact] = {STANDING_SINCE: _from_ms(round(since * 1000)).isoformat(timespec="seconds")}
        return self._gone(device, told, now, "its 'offline' still stands", facts)

    def _gone(self, device: str, told: _Told, at: float, detail: str, facts: Mapping[str, Fact]) -> Reading:
        told.status = Status.DOWN
        told.gone_told_ms = _arrival_time(at, told)
        at_time = _from_ms(told.gone_told_ms)
        return Reading(self._devices[device], at_time, Status.DOWN, Reason.OFFLINE, detail, {}, Source.MQTT, facts)

    def _doubt_what_stands(self) -> None:
        """A broker that forgot us may have heard them since. What it retains, it tells anew."""
        for told in self._told.values():
            if told.gone_at is not None:
                told.gone_at, told.status = None, Status.UNKNOWN

    # -- about ourselves

    async def _report(self, mailbox: Mailbox, emit: Emit) -> None:
        while True:
            await asyncio.sleep(self._options.report_every)
            await emit(self._self_reading(mailbox.dropped))

    def _self_reading(self, dropped: int) -> Reading:
        trouble = self._link.trouble
        values = self._self_values(dropped)
        self._counters.worst_store_delay = 0.0
        return Reading(
            TargetKey(self._options.self_key),
            self._clock.now(),
            Status.UP if trouble is None else Status.DOWN,
            Reason.OK if trouble is None else trouble.reason,
            "" if trouble is None else trouble.detail,
            values,
            Source.SELF,
            self._self_facts(),
        )

    def _self_values(self, dropped: int) -> dict[MetricName, float]:
        counts = self._intake.counts
        limited = counts[FlawKind.RATE_LIMITED]
        apart = limited + counts[FlawKind.UNKNOWN_DEVICE]
        return {
            MESSAGES: self._intake.messages,
            REJECTED: sum(counts.values()) - apart,
            LIMITED: limited,
            MISSED: self._counters.missed,
            STRANGERS: len(self._intake.strangers),
            DROPPED: dropped,
            STORE_DELAY: self._counters.worst_store_delay,
        }

    def _self_facts(self) -> dict[str, Fact]:
        facts: dict[str, Fact] = {"broker": f"{self._options.broker.host}:{self._options.broker.port}"}
        if self._intake.counts:
            facts["flaws"] = tuple(f"{kind.value}={number}" for kind, number in self._intake.counts.most_common(20))
        if self._intake.strangers:
            facts["unknown_devices"] = tuple(list(self._intake.strangers)[-20:])
        if self._counters.gaps:
            facts["sessions_forgotten"] = self._counters.gaps
        return facts


def _from_thread(loop: asyncio.AbstractEventLoop, call: Callable[[Link], None], link: Link) -> None:
    with contextlib.suppress(RuntimeError):  # the loop has ended while the network thread was ending
        loop.call_soon_threadsafe(call, link)


async def _all_durable(emit: Emit, readings: Sequence[Reading]) -> None:
    """Return once all are stored. They are handed over in order, before the first is waited for."""
    if len(readings) == 1:
        await emit(readings[0])
    elif readings:
        await asyncio.gather(*(emit(each) for each in readings))


def _told_stranger(device: str, each: Stranger) -> domain.Stranger:
    first, last = (_from_ms(round(at * 1000)) for at in (each.first_at, each.last_at))
    return domain.Stranger(device, first, last, each.messages - each.told, each.topic, shown(each.beginning))


def _facts_of(notice: Notice) -> dict[str, Fact]:
    facts: dict[str, Fact] = {}
    if notice.flaws:
        facts["flaws"] = tuple(dict.fromkeys(each.kind.value for each in notice.flaws))
    if notice.retained:
        facts["retained"] = True
    if notice.presence is Presence.ATTENTION:
        facts["asks_for_attention"] = True
    # Not the sequence number itself: a text that differs in every reading would be kept for every reading.
    if notice.missed:
        facts["missed"] = notice.missed
    if notice.boot is not None:
        facts["boot"] = notice.boot
    return facts


def _arrival_time(at: float, told: _Told) -> int:
    """Milliseconds since the epoch for what carries no time of its own: always later than the last one of the device."""
    told.newest_arrival_ms = max(round(at * 1000), told.newest_arrival_ms + 1)
    return told.newest_arrival_ms


def _from_ms(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, tz=UTC)
