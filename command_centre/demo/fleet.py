"""All simulated hotspots in operation: an SNMP agent on a loopback address of its own for each that has one, and the probes."""

from __future__ import annotations

import asyncio
import logging
import resource
import socket
from collections.abc import Mapping, Sequence
from typing import cast

from command_centre.demo.ber import MalformedError, parse_request
from command_centre.demo.device import Device
from command_centre.demo.hosts import share
from command_centre.demo.hotspot_faults import HotspotFault
from command_centre.demo.hotspots import Hotspot
from command_centre.demo.listeners import bind, bind_all
from command_centre.demo.mib import mib_of
from command_centre.demo.mqtt import Mode, Probe, Voice
from command_centre.domain.ports import Clock
from command_centre.domain.target import TargetKey

log = logging.getLogger(__name__)

COMMUNITY = "simulasi"
SPARE_FILES = 1_024
"""Open files for everything that is no hotspot: two listeners for each site, conversations, the rest."""

FIRST_REPORTS, FIRST_WAIT_SECONDS = 6, 5.0
"""A probe that has just connected reports often for half a minute, so that a wall fills soon."""


class Fleet:
    """Agents and probes of all hotspots; ``apply`` makes them what they shall be now."""

    def __init__(self, hotspots: Sequence[Hotspot], clock: Clock, broker: tuple[str, int] | None) -> None:
        began = clock.now()
        devices = [Device(each, began) for each in hotspots]
        self._clock = clock
        self._devices = {each.hotspot.key: each for each in devices}
        self._agents = {each.hotspot.key: Agent(each, clock) for each in devices if each.hotspot.address is not None}
        self._probes = (
            {} if broker is None else {each.hotspot.key: _probe(each, clock, broker) for each in devices if _has_probe(each)}
        )
        self._faults: Mapping[TargetKey, HotspotFault] = {}
        self._is_uplink_lost = False

    @property
    def connected(self) -> int:
        """How many probes the broker has accepted."""
        return sum(probe.is_connected for probe in self._probes.values())

    async def open(self, port: int, last: int) -> int:
        """Let the agents listen, all at one port, which is returned (0: there are no agents). Raises PortTakenError."""
        addresses = [agent.address for agent in self._agents.values()]
        if not addresses:
            return 0
        _allow_open_files(len(addresses) + len(self._probes) + SPARE_FILES)
        sockets = bind_all(addresses, port, last, socket.SOCK_DGRAM)
        for agent, bound in zip(self._agents.values(), sockets, strict=True):
            await agent.open(bound)
        return int(sockets[0].getsockname()[1])

    async def apply(self, faults: Mapping[TargetKey, HotspotFault], *, is_uplink_lost: bool) -> None:
        """Follow what has changed since the last time; at the first time everybody starts."""
        is_uplink_changed, self._is_uplink_lost = is_uplink_lost != self._is_uplink_lost, is_uplink_lost
        before, self._faults = self._faults, faults
        now = self._clock.now()
        for key, device in self._devices.items():
            fault = faults.get(key)
            has_changed = fault is not before.get(key)
            if has_changed:
                device.suffer(fault, now)
            if has_changed or is_uplink_changed:
                await self._settle(key, fault)

    def start_probes(self) -> None:
        """Let the probes connect; of those that are cut off already, the broker has the last will."""
        for key, probe in self._probes.items():
            mode = self._mode(self._faults.get(key))
            probe.become(mode)
            if mode is Mode.OFF:
                probe.die()

    async def close(self) -> None:
        """Stop listening; the probes say goodbye."""
        for agent in self._agents.values():
            agent.close()
        await asyncio.gather(*(probe.leave() for probe in self._probes.values()))

    async def _settle(self, key: TargetKey, fault: HotspotFault | None) -> None:
        agent, probe = self._agents.get(key), self._probes.get(key)
        if agent is not None:
            agent.is_mute = self._is_uplink_lost or (fault is not None and fault.is_dead)
            await agent.listen(wanted=fault is not HotspotFault.SILENT)
        if probe is not None:
            probe.become(self._mode(fault))
            probe.speak()

    def _mode(self, fault: HotspotFault | None) -> Mode:
        if fault is not None and fault.is_dead:
            return Mode.OFF
        return Mode.MUTE if self._is_uplink_lost or fault is HotspotFault.SILENT else Mode.SPEAKING


class Agent(asyncio.DatagramProtocol):
    """The SNMP agent of one hotspot: version 2c, reading only. Whoever does not know the community hears nothing."""

    def __init__(self, device: Device, clock: Clock) -> None:
        assert device.hotspot.address is not None
        self.address = device.hotspot.address
        self.is_mute = False
        self._device = device
        self._clock = clock
        self._mib = mib_of(device.hotspot.vendor)
        self._port = 0
        self._transport: asyncio.DatagramTransport | None = None

    async def open(self, bound: socket.socket) -> None:
        """Listen on a socket that is bound already."""
        self._port = int(bound.getsockname()[1])
        await asyncio.get_running_loop().create_datagram_endpoint(lambda: self, sock=bound)

    async def listen(self, *, wanted: bool) -> None:
        """Stop listening, so that whoever asks is refused, or begin again at the same port."""
        if not wanted:
            self.close()
        elif self._transport is None and self._port:
            try:
                await self.open(bind(self.address, self._port, socket.SOCK_DGRAM))
            except OSError as error:  # somebody took the port meanwhile: this hotspot stays shut, the city lives
                log.warning("cannot listen on %s:%d again: %s", self.address, self._port, error)

    def close(self) -> None:
        if self._transport is not None:
            self._transport.abort()
            self._transport = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        if self.is_mute or self._transport is None:
            return
        try:
            request = parse_request(data)
            if request.community == COMMUNITY.encode():
                self._transport.sendto(self._mib.answer(request, self._device.now(self._clock.now())), addr)
        except MalformedError:
            pass  # as real agents do


def _has_probe(device: Device) -> bool:
    return device.hotspot.device is not None


def _probe(device: Device, clock: Clock, broker: tuple[str, int]) -> Probe:
    hotspot = device.hotspot
    period, phase = hotspot.period.total_seconds(), share(hotspot.key, "phase")

    def wait(said: int) -> float:
        if said < FIRST_REPORTS:
            return min(FIRST_WAIT_SECONDS, period)
        return period * (0.5 + phase) if said == FIRST_REPORTS else period  # then each at a time of its own

    voice = Voice(f"probe-{hotspot.device}", hotspot.topic, lambda: device.telemetry(clock.now()), wait)
    return Probe(voice, broker, phase)


def _allow_open_files(wanted: int) -> None:
    """Every hotspot holds a socket; the usual limit of 1,024 may be raised by anyone up to the hard one."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return
    most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if most < wanted:
        log.warning("the city may need %d open files and this system allows %d (ulimit -Hn)", wanted, most)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
