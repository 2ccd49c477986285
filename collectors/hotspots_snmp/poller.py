"""The SNMP poller: one look at one hotspot, and what is remembered of it until the next."""

from __future__ import annotations

import asyncio
import ipaddress
import os
import resource
import socket
import sys
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING

from gufo.snmp import User

from collectors.hotspots_snmp import metrics, standard
from collectors.hotspots_snmp.asking import (
    Agent,
    Budget,
    Denied,
    Door,
    Exhausted,
    Garbled,
    Patience,
    Refused,
    Session,
    Silent,
    Stop,
    Tuning,
)
from collectors.hotspots_snmp.diagnosis import second_opinion
from collectors.hotspots_snmp.discovery import discover, narrow_questions, questions, repeated
from collectors.hotspots_snmp.facts import Facts, Plan, facts, settled, uplink_port
from collectors.hotspots_snmp.keys import user_of
from collectors.hotspots_snmp.options import SNMP_PORT, Credentials, Level, Options
from collectors.hotspots_snmp.profiles import Book, load_book
from collectors.hotspots_snmp.rates import NO_RATE, Rate, Seen, rates, restarted
from collectors.hotspots_snmp.values import Value
from command_centre.domain.reading import Reading, Reason, Status

if TYPE_CHECKING:
    from command_centre.domain.ports import Clock
    from command_centre.domain.reading import Fact
    from command_centre.domain.series import MetricName
    from command_centre.domain.target import Target

Trouble = (Silent, Refused, Denied, Exhausted, Garbled)

SAME_LOOK = "a wrong community looks the same as a dead device"
MAX_SHOWN_RADIOS = 16


@dataclass(frozen=True, slots=True)
class Address:
    """Where an agent listens."""

    host: str
    port: int

    @classmethod
    def parse(cls, text: str) -> Address:
        """``host``, ``host:port``, ``[v6]:port`` or a bare IPv6 address. Raises ValueError."""
        text = text.strip().removeprefix("udp:").removeprefix("snmp://")
        if text.startswith("["):
            host, separator, rest = text[1:].partition("]")
            port = rest.removeprefix(":") if separator else ""
        elif text.count(":") == 1:
            host, _, port = text.partition(":")
        else:
            host, port = text, ""
        number = int(port) if port else SNMP_PORT
        if not host or not 0 < number < 65536:
            raise ValueError("an SNMP address is HOST or HOST:PORT")
        return cls(host, number)


@dataclass(slots=True)
class Memory:
    """What is kept of one device between looks."""

    tuning: Tuning
    plan: Plan | None = None
    planned_at: float = 0.0
    repeated: tuple[str, ...] = ()
    moving: frozenset[str] = frozenset()
    constant: Mapping[str, Value] = field(default_factory=dict)
    seen: Seen | None = None
    session: Session | None = field(default=None, repr=False)
    door: Door | None = None


@dataclass(frozen=True, slots=True)
class Look:
    """What one look found. ``facts`` is None when nothing readable came. ``restarted`` tells a restart since the last look."""

    status: Status
    reason: Reason
    detail: str
    elapsed_seconds: float
    facts: Facts | None = None
    rates: Mapping[str, Rate] = field(default_factory=dict)
    restarted: bool = False
    answer_seconds: float | None = None


class SnmpPoller:
    """Implements the Poller port. Building one reads the profiles and touches no network.

    ``stopwatch`` (seconds, monotonic) measures the time between two reads of a counter and since the last discovery.
    """

    def __init__(
        self, options: Options, clock: Clock, book: Book | None = None, stopwatch: Callable[[], float] = time.monotonic
    ) -> None:
        os.environ["RUST_BACKTRACE"] = "0"  # the library's panics on random bytes are expected and caught; no pages of frames
        self._options = options
        self._clock = clock
        self._stopwatch = stopwatch
        self._book = book or load_book()
        self._memories: OrderedDict[str, Memory] = OrderedDict()
        self._users: dict[int, User | None] = {}
        self._sessions_kept = 0
        self._most_sessions = min(options.kept_sessions, resource.getrlimit(resource.RLIMIT_NOFILE)[0] // 2)

    async def poll(self, target: Target) -> Reading:
        """One reading of one hotspot. Whatever the device does is data."""
        at = self._clock.now()
        if not target.address:
            return Reading(target.key, at, Status.UNKNOWN, Reason.NO_ADDRESS, "the register knows no address")
        named = target.attributes.get("snmp", "")
        credentials = self._options.named.get(named) if named else self._options.credentials
        if credentials is None:
            return Reading(target.key, at, Status.UNKNOWN, Reason.CONFIG, f"no SNMP credentials are named '{named}'")
        try:
            address = Address.parse(target.address)
        except ValueError as trouble:
            return Reading(target.key, at, Status.UNKNOWN, Reason.CONFIG, str(trouble))
        look = await self.look(address, credentials, target.key)
        return _reading(target, look, self._clock)

    async def look(self, address: Address, credentials: Credentials, key: str) -> Look:
        """One look at the device behind an address; ``key`` names what is remembered of it."""
        begun = time.monotonic()
        memory = self._memory(key)
        try:
            host = await _resolve(address.host)
        except OSError:
            return Look(Status.DOWN, Reason.DNS_NXDOMAIN, "the name of the device cannot be resolved", time.monotonic() - begun)
        door = Door(host, address.port, credentials, self._user(credentials))
        budget = Budget(begun + self._options.look_seconds, self._options.max_requests)
        if memory.door != door:
            memory.door = door  # another address or other credentials since the last look
            self._drop_session(memory)
        patience = Patience(self._options.timeout_seconds, self._options.retries)
        agent = Agent(door, patience, memory.tuning, budget, memory.session, self._stopwatch)
        try:
            look = await self._look(agent, memory, begun)
        except Trouble as trouble:
            self._drop_session(memory)
            return await self._nothing(trouble, agent, door, credentials, begun)
        self._keep_session(agent, memory)
        return look

    async def close(self) -> None:
        """Give the kept sessions back. May be called twice."""
        self._memories.clear()
        self._sessions_kept = 0

    def _memory(self, key: str) -> Memory:
        memory = self._memories.get(key)
        if memory is None:
            memory = Memory(Tuning(self._options.pdu_objects, self._options.bulk_rows))
            self._memories[key] = memory
        return memory

    def _user(self, credentials: Credentials) -> User | None:
        """The keys of these credentials, made once."""
        place = id(credentials)
        if place not in self._users:
            self._users[place] = user_of(credentials)
        return self._users[place]

    def _keep_session(self, agent: Agent, memory: Memory) -> None:
        """A kept session saves making a socket, and in version 3 two round trips. Bounded: each holds a file descriptor."""
        if memory.session is None:
            if self._sessions_kept >= self._most_sessions:
                return
            self._sessions_kept += 1
        memory.session = agent.session

    def _drop_session(self, memory: Memory) -> None:
        if memory.session is not None:
            memory.session = None
            self._sessions_kept -= 1

    async def _look(self, agent: Agent, memory: Memory, begun: float) -> Look:
        moment = self._stopwatch()
        if memory.plan is None or moment - memory.planned_at >= self._options.discover_seconds:
            return await self._thorough_look(agent, memory, begun)
        agent.trust(memory.plan.sentinel)
        complete = await _ask_again(agent, memory, memory.plan, self._options.max_rows)
        clocks = standard.uptimes(agent.values, agent.moments.get(standard.SYS_UPTIME, moment))
        has_restarted = memory.seen is not None and restarted(memory.seen.uptimes, clocks)
        if has_restarted or (complete and not agent.values.keys() >= memory.moving):
            return await self._thorough_look(agent, memory, begun)  # its tables may be numbered anew
        answers = {**memory.constant, **agent.values}
        return self._judge(agent, memory, facts(memory.plan, self._book, answers, agent.moments, moment), complete, begun)

    async def _thorough_look(self, agent: Agent, memory: Memory, begun: float) -> Look:
        """Learn the device anew and read all of it."""
        await agent.first_contact(standard.SYSTEM, standard.SENTINELS)
        if not agent.values:
            raise Garbled("answers with errors only")
        discovered = await discover(agent, self._book, self._options.max_rows)
        plan, complete = discovered.plan, discovered.complete
        try:
            for names in questions(plan):
                await agent.get(names)
            await agent.get(narrow_questions(plan, agent.values))
        except (Silent, Refused, Denied, Exhausted):
            complete = False
        moment = self._stopwatch()
        found = facts(plan, self._book, agent.values, agent.moments, moment)
        if complete:
            memory.plan, memory.planned_at = settled(plan, found, agent.values), moment
            memory.repeated, memory.moving = _shared(repeated(plan, agent.values))
            memory.constant = {sys.intern(oid): value for oid, value in agent.values.items() if oid not in memory.moving}
        return self._judge(agent, memory, found, complete, begun)

    def _judge(self, agent: Agent, memory: Memory, found: Facts, complete: bool, begun: float) -> Look:  # noqa: FBT001
        before, now = memory.seen, found.seen()
        has_restarted = before is not None and restarted(before.uptimes, now.uptimes)
        found_rates = rates(before, now, self._options.interval_seconds, restart=has_restarted)
        memory.seen = now
        status, reason, detail = _verdict(agent, found, complete=complete, slow_seconds=self._options.slow_seconds)
        elapsed = time.monotonic() - begun
        return Look(status, reason, detail, elapsed, found, found_rates, has_restarted, agent.slowest)

    async def _nothing(self, trouble: Exception, agent: Agent, door: Door, credentials: Credentials, begun: float) -> Look:
        """Say why nothing readable came."""
        reason, detail = await self._why(trouble, agent, door, credentials)
        return Look(Status.DOWN, reason, detail, time.monotonic() - begun)

    async def _why(self, trouble: Exception, agent: Agent, door: Door, credentials: Credentials) -> tuple[Reason, str]:
        timeout = self._options.timeout_seconds
        match trouble:
            case Refused():
                return Reason.REFUSED, "nothing listens on the SNMP port"
            case Silent() | Exhausted() if door.user is None:
                return Reason.TIMEOUT, f"no answer; {SAME_LOOK}"
            case Silent() | Exhausted() if credentials.context:
                return Reason.TIMEOUT, f"no answer; does the agent know the context '{credentials.context}'?"
            case Silent() | Exhausted() if not agent.has_greeted:
                return Reason.TIMEOUT, "no answer"
            case Silent() | Exhausted():
                return await _why_silent_after_greeting(door, credentials, timeout)
            case Denied():
                reason = await second_opinion(door, credentials, timeout) or Reason.AUTH
                return (Reason.AUTH if reason is Reason.TIMEOUT else reason), _DENIALS.get(reason, _DENIALS[Reason.AUTH])
            case _:
                reason = await second_opinion(door, credentials, timeout) or Reason.PROTOCOL_ERROR
                if reason is Reason.AUTHORIZATION:
                    return reason, _DENIALS[reason]
                return Reason.PROTOCOL_ERROR, f"the agent {trouble}" if str(trouble) else "the agent's answers cannot be read"


_DENIALS: Mapping[Reason, str] = MappingProxyType(
    {
        Reason.AUTH: "the agent is there and refuses our password or authentication protocol",
        Reason.UNKNOWN_USER: "the agent is there and does not know this user",
        Reason.AUTHORIZATION: "the agent knows us and does not let us read",
        Reason.WRONG_PRIV: "the agent is there and cannot decrypt: wrong privacy password or protocol",
        Reason.ENGINE_TIME: "the agent is there and finds our messages outside its time window: its clock or boot count is wrong",
    }
)


async def _why_silent_after_greeting(door: Door, credentials: Credentials, timeout: float) -> tuple[Reason, str]:
    """It told its engine and then stayed silent. Agents drop what they cannot decrypt: ask once more without privacy."""
    opinion = await second_opinion(door, credentials, timeout)
    if opinion is Reason.TIMEOUT and credentials.level is Level.PRIV:
        opinion = await second_opinion(door, replace(credentials, level=Level.AUTH), timeout)
        if opinion in (None, Reason.AUTHORIZATION):
            opinion = Reason.WRONG_PRIV
    if opinion is not None and opinion in _DENIALS:
        return opinion, _DENIALS[opinion]
    return Reason.TIMEOUT, "tells its engine and then does not answer us"


async def _ask_again(agent: Agent, memory: Memory, plan: Plan, max_rows: int) -> bool:
    """The exact questions of the last discovery. False when the device fell silent after having answered some."""
    try:
        await agent.get(memory.repeated)
        for column in plan.counted:
            await agent.walk(column, max_rows)
    except (Silent, Refused, Denied, Exhausted):
        if not agent.values:
            raise
        return False
    if not agent.values:
        raise Garbled("answers with errors only")
    return True


def _verdict(agent: Agent, found: Facts, *, complete: bool, slow_seconds: float) -> tuple[Status, Reason, str]:
    if not complete or Stop.BROKEN in agent.stops:
        return Status.DEGRADED, Reason.PARTIAL, "stopped answering in the middle; what came is kept"
    if Stop.NOT_INCREASING in agent.stops:
        return Status.UP, Reason.NOT_INCREASING, "a table of the agent goes in circles; it was left there"
    if Stop.LIMIT in agent.stops:
        return Status.UP, Reason.LIMIT, "a table of the agent has no end; it was cut off"
    if agent.errors:
        return Status.UP, Reason.PARTIAL, f"{agent.errors} objects were answered with errors; the others are kept"
    if found.refused_counters:
        return Status.UP, Reason.PARTIAL, f"{found.refused_counters} counters were sent as something else; they are left out"
    if not found.says_something():
        return Status.UP, Reason.PARTIAL, "answers its system group only; is our view of it restricted?"
    if agent.slowest > slow_seconds:
        return Status.UP, Reason.SLOW, f"the agent took {agent.slowest:.1f} s for an answer"
    return Status.UP, Reason.OK, ""


async def _resolve(host: str) -> str:
    """An IP address as it is; a name by the system's resolver."""
    literal = _literal(host)
    if literal is not None:
        return literal
    found = await asyncio.get_running_loop().getaddrinfo(host, None, type=socket.SOCK_DGRAM)
    return str(found[0][4][0])


@lru_cache(maxsize=2_000)
def _shared(names: tuple[str, ...]) -> tuple[tuple[str, ...], frozenset[str]]:
    """The names of a look's objects, kept once for all devices of one kind: with 10,000 of them they would fill the memory."""
    kept = tuple(sys.intern(name) for name in names)
    return kept, frozenset(kept)


@lru_cache(maxsize=20_000)
def _literal(host: str) -> str | None:
    try:
        return str(ipaddress.ip_address(host))
    except ValueError:
        return None


def _reading(target: Target, look: Look, clock: Clock) -> Reading:
    values = _values(look, target.attributes.get("uplink")) if look.facts else {}
    evidence = _evidence(look) if look.facts else {}
    return Reading(target.key, clock.now(), look.status, look.reason, look.detail, values, evidence=evidence)


def _values(look: Look, uplink: str | None) -> dict[MetricName, float]:
    found = look.facts
    assert found is not None
    line = _uplink_rate(look, uplink)
    busy = [radio.busy_percent for radio in found.radios if radio.busy_percent is not None]
    maybe: dict[MetricName, float | None] = {
        metrics.CLIENTS: found.clients_total,
        metrics.ACCESS_POINTS: found.access_points,
        metrics.CPU: _ratio(found.cpu_percent),
        metrics.MEMORY: _ratio(found.memory_used_percent),
        metrics.UPTIME: found.system.uptime_seconds,
        metrics.IN: line.in_bits_per_second,
        metrics.OUT: line.out_bits_per_second,
        metrics.TEMPERATURE: max(found.temperatures, default=None),
        metrics.AIR_BUSY: _ratio(max(busy, default=None)),
        metrics.ANSWER: look.answer_seconds,
    }
    return {name: float(value) for name, value in maybe.items() if value is not None}


def _ratio(percent: float | None) -> float | None:
    return None if percent is None else percent / 100


def _uplink_rate(look: Look, named: str | None) -> Rate:
    assert look.facts is not None
    port = uplink_port(look.facts.ports, named)
    if port is None:
        return NO_RATE
    key = next(key for key, other in look.facts.ports_by_key().items() if other is port)
    return look.rates.get(key, NO_RATE)


def _evidence(look: Look) -> dict[str, Fact]:
    found = look.facts
    assert found is not None
    maybe: dict[str, Fact | None] = {
        "vendor": found.identity.vendor,
        "model": found.identity.model,
        "version": found.identity.version,
        "os": found.identity.os,
        "name": found.system.name,
        "radios": tuple(_said(radio.name, radio.channel, radio.clients) for radio in found.radios[:MAX_SHOWN_RADIOS]) or None,
        "restarted": True if look.restarted else None,
        "suspect_rates": tuple(sorted(name for name, rate in look.rates.items() if rate.suspect)) or None,
    }
    return {name: fact for name, fact in maybe.items() if fact is not None}


def _said(name: str, channel: int | None, clients: int | None) -> str:
    parts = [name, f"channel {channel}" if channel else "", "" if clients is None else f"{clients} clients"]
    return ", ".join(part for part in parts if part)
