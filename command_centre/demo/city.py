"""The simulated city in operation, all on loopback, in one asyncio loop.

Name server, sites, references and switchboard; and where the register has hotspots, their agents, their probes and a broker.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import socket
import ssl
import sys
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from command_centre.demo import control
from command_centre.demo.broker import Broker, BrokerError, BrokerKind, installed, open_broker
from command_centre.demo.certificates import CertificateAuthority
from command_centre.demo.faults import Fault, FaultKind
from command_centre.demo.files import write_whole
from command_centre.demo.fleet import COMMUNITY, Fleet
from command_centre.demo.hosts import Host, HttpsUse, connect_to, hosts_of
from command_centre.demo.hotspot_faults import HotspotFault
from command_centre.demo.hotspots import Hotspot, hotspots_of
from command_centre.demo.listeners import Converse, Door, PortTakenError, bind, bind_all
from command_centre.demo.name_server import Answer, NameServer, Rcode
from command_centre.demo.place import (
    BROKER_HOST,
    CONTROL_HOST,
    DNS_HOST,
    REFERENCE_HOSTS,
    DemoPlace,
    Ports,
    is_open,
    read_place,
    token_file,
    write_place,
)
from command_centre.demo.script import QUIET, Script, ScriptError, load_script
from command_centre.demo.services import TOKEN
from command_centre.demo.state import CityState
from command_centre.demo.web_server import (
    PageShelf,
    Request,
    delay_seconds,
    encode,
    read_request,
    respond,
    stay_silent,
)
from command_centre.domain.ports import Clock
from command_centre.domain.target import Target, TargetKey

log = logging.getLogger(__name__)

STEP_SECONDS = 0.25
MOST_CONVERSATIONS = 400  # with two listeners for each of 190 sites still below the usual 1,024 open files

EXIT_OK, EXIT_FAILED, EXIT_SCRIPT = 0, 1, 2


@dataclass(frozen=True, slots=True)
class BrokerPlan:
    """Which broker serves the probes, and where it keeps its files."""

    kind: BrokerKind
    folder: Path


class City:
    """An open city. ``state`` is the switchboard for tests in the same process; call ``apply`` after touching it."""

    def __init__(
        self,
        hosts: Sequence[Host],
        authority: CertificateAuthority,
        state: CityState,
        clock: Clock,
        hotspots: Sequence[Hotspot] = (),
        broker: BrokerPlan | None = None,
    ) -> None:
        self.state = state
        self._clock = clock
        self._authority = authority
        self._hosts = {host.name: host for host in hosts}
        self._shelf = PageShelf()
        self._tls = self._tls_by_name()
        self._web: dict[str, tuple[Door, Door]] = {}
        self._references: list[Door] = []
        self._control: Door | None = None
        self._names: asyncio.DatagramTransport | None = None
        self._conversations: set[asyncio.Task[None]] = set()
        self._faults: dict[str, Fault] = {}
        self._is_uplink_lost = False
        self._applying = asyncio.Lock()
        self._hotspots = hotspots
        self._broker_plan = broker
        self._broker: Broker | None = None
        self._fleet: Fleet | None = None
        self._hotspot_faults: Mapping[TargetKey, HotspotFault] = {}

    async def open(self, wished: Ports, last: Ports) -> Ports:
        """Listen everywhere; returns the ports in use. Raises PortTakenError or BrokerError; then nothing stays open.

        The references open last: while they are silent, nobody takes what is not open yet for a failure.
        """
        try:
            mqtt = await self._open_broker(wished.mqtt, last.mqtt)
            return Ports(
                dns=await self._open_names(wished.dns, last.dns),
                http=await self._open_web(wished.http, last.http, secure=False),
                https=await self._open_web(wished.https, last.https, secure=True),
                control=await self._open_control(wished.control, last.control),
                mqtt=mqtt,
                snmp=await self._open_fleet(wished.snmp, last.snmp),
                references=await self._open_references(wished.references, last.references),
            )
        except BaseException:
            await self.close()
            raise

    async def close(self) -> None:
        """Close every door and end every conversation."""
        doors = [door for pair in self._web.values() for door in pair] + self._references
        for door in [*doors, *([self._control] if self._control else [])]:
            door.close()
        if self._names is not None:
            self._names.close()
        for conversation in self._conversations:
            conversation.cancel()
        await asyncio.gather(*self._conversations, return_exceptions=True)
        if self._fleet is not None:
            await self._fleet.close()
        if self._broker is not None:
            await self._broker.stop()

    async def keep_in_step(self) -> None:
        """Follow the script for ever: sites break and heal as time goes by."""
        while True:
            await self.apply()
            await self._keep_broker()
            await asyncio.sleep(STEP_SECONDS)

    async def apply(self) -> None:
        """Make the city as it shall be now: what has to do with listening. The rest is decided in each conversation."""
        async with self._applying:  # the script and the switchboard must not open and close the same door at once
            await self._apply()

    async def _apply(self) -> None:
        now = self._clock.now()
        faults, lost = self.state.faults(now), self.state.is_uplink_lost(now)
        await self._apply_to_hotspots(self.state.hotspot_faults(now), lost=lost)
        if faults == self._faults and lost == self._is_uplink_lost:
            return
        self._note_changes(faults, lost=lost)
        over = [(name, fault) for name, fault in self._faults.items() if faults.get(name) != fault]
        self._faults, self._is_uplink_lost = faults, lost
        for name, fault in over:
            self._authority.forget(name, fault)
        await self._set_doors()

    async def _apply_to_hotspots(self, faults: Mapping[TargetKey, HotspotFault], *, lost: bool) -> None:
        if self._fleet is None or (faults == self._hotspot_faults and lost == self._is_uplink_lost):
            return
        self._hotspot_faults = faults
        await self._fleet.apply(faults, is_uplink_lost=lost)
        counted = Counter(faults.values())
        log.info("hotspots: %s", ", ".join(f"{count} {fault}" for fault, count in counted.items()) or "all well")

    async def _keep_broker(self) -> None:
        """A broker that died is started again at the same place; the probes find it by themselves."""
        if self._broker is None or self._broker.is_alive:
            return
        log.warning("the broker of the simulated city has ended; starting it again")
        try:
            await self._broker.start()
        except BrokerError as error:
            log.warning("the broker does not start: %s", error)

    async def _set_doors(self) -> None:
        for name, (plain, secure) in self._web.items():
            fault = self._faults.get(name)
            refuses = fault is not None and fault.kind is FaultKind.REFUSED
            wants_tls = self._hosts[name].https is not HttpsUse.NONE or (fault is not None and fault.kind.is_about_certificate)
            await _set_door(plain, is_open=not refuses)
            await _set_door(secure, is_open=not refuses and wants_tls)
        for door in self._references:
            await _set_door(door, is_open=not self._is_uplink_lost)

    def _note_changes(self, faults: dict[str, Fault], *, lost: bool) -> None:
        for name in sorted(faults.keys() | self._faults.keys()):
            if faults.get(name) != self._faults.get(name):
                fault = faults.get(name)
                log.info("%s is %s", name, "well" if fault is None else fault.kind)
        if lost != self._is_uplink_lost:
            log.info("the uplink is %s", "lost" if lost else "back")

    # Opening -----------------------------------------------------------------------------------------------------------

    async def _open_names(self, port: int, last: int) -> int:
        bound = _bind_datagram(port, last)
        loop = asyncio.get_running_loop()
        transport, _ = await loop.create_datagram_endpoint(lambda: NameServer(self._lookup), sock=bound)
        self._names = transport
        return int(bound.getsockname()[1])

    async def _open_web(self, port: int, last: int, *, secure: bool) -> int:
        hosts = list(self._hosts.values())
        sockets = bind_all([host.address for host in hosts], port, last)
        used = int(sockets[0].getsockname()[1])
        for host, bound in zip(hosts, sockets, strict=True):
            if secure:
                door = Door(host.address, used, self._converse_with(host, is_secure=True), self._tls)
                self._web[host.name] = (self._web[host.name][0], door)
            else:
                door = Door(host.address, used, self._converse_with(host, is_secure=False))
                self._web[host.name] = (door, door)
            if secure and host.https is HttpsUse.NONE:
                bound.close()
            else:
                await door.open(bound)
        return used

    async def _open_control(self, port: int, last: int) -> int:
        bound = bind_all([CONTROL_HOST], port, last)[0]
        used = int(bound.getsockname()[1])
        self._control = Door(CONTROL_HOST, used, self._converse_as_control)
        await self._control.open(bound)
        return used

    async def _open_references(self, port: int, last: int) -> int:
        sockets = bind_all(REFERENCE_HOSTS, port, last)
        used = int(sockets[0].getsockname()[1])
        for address, bound in zip(REFERENCE_HOSTS, sockets, strict=True):
            door = Door(address, used, self._converse_as_reference)
            self._references.append(door)
            await door.open(bound)
        return used

    async def _open_broker(self, port: int, last: int) -> int:
        if self._broker_plan is None or all(each.device is None for each in self._hotspots):
            return 0
        self._broker = await open_broker(self._broker_plan.kind, self._broker_plan.folder, BROKER_HOST, port, last)
        return self._broker.port

    async def _open_fleet(self, port: int, last: int) -> int:
        """The agents listen at once; the probes connect once the city is as the script says it begins."""
        self._fleet = Fleet(self._hotspots, self._clock, None if self._broker is None else (BROKER_HOST, self._broker.port))
        used = await self._fleet.open(port, last)
        await self.apply()
        self._fleet.start_probes()
        return used

    # Answering ---------------------------------------------------------------------------------------------------------

    def _lookup(self, name: str) -> Answer | None:
        if self._is_uplink_lost:
            return None
        host = self._hosts.get(name)
        fault = self._faults.get(name)
        if host is None or (fault is not None and fault.kind is FaultKind.DNS_NXDOMAIN):
            return Answer(Rcode.NXDOMAIN)
        if fault is not None and fault.kind is FaultKind.DNS_SERVFAIL:
            return Answer(Rcode.SERVFAIL)
        return Answer(Rcode.NOERROR, host.address)

    def _tls_by_name(self) -> ssl.SSLContext:
        """One context for all doors; the name the client asks for decides about the certificate."""
        base = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)

        def choose(connection: ssl.SSLObject, name: str | None, _: ssl.SSLContext) -> int | None:
            if name is None or name not in self._hosts:
                return ssl.ALERT_DESCRIPTION_UNRECOGNIZED_NAME
            connection.context = self._authority.context(name, self._faults.get(name), self._clock.now())
            return None

        base.sni_callback = choose
        return base

    def _converse_with(self, host: Host, *, is_secure: bool) -> Converse:
        async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            # At the end of the city conversations are given up; asyncio would report each of them as a fault.
            with contextlib.suppress(asyncio.CancelledError):
                async with self._conversation(writer) as admitted:
                    if admitted:
                        await self._serve(host, reader, writer, is_secure=is_secure)

        return converse

    async def _serve(self, host: Host, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, is_secure: bool) -> None:
        request = await read_request(reader, is_secure=is_secure)
        if request is None:
            return
        fault, now = self._faults.get(host.name), self._clock.now()
        response = None if self._is_uplink_lost else respond(host, fault, request, self._shelf, now)
        if response is None:
            await stay_silent(reader)
            return
        await asyncio.sleep(delay_seconds(host, fault, request, now))
        await _send(writer, encode(response, request.method))

    async def _converse_as_control(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async with self._conversation(writer):
            request = await read_request(reader, is_secure=False, most_body_bytes=control.MOST_BODY_BYTES)
            if request is not None:
                await _send(writer, await self._controlled(request, str(writer.get_extra_info("peername")[0])))

    async def _controlled(self, request: Request, peer: str) -> bytes:
        response = control.answer(request, peer, self.state, self._clock.now())
        await self.apply()
        return encode(response, request.method)

    async def _converse_as_reference(self, _: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async with self._conversation(writer):
            pass

    @asynccontextmanager
    async def _conversation(self, writer: asyncio.StreamWriter) -> AsyncIterator[bool]:
        """Count the conversation, whatever becomes of it, and hang up at its end. False: there are too many already."""
        task = asyncio.current_task()
        assert task is not None
        self._conversations.add(task)
        try:
            yield len(self._conversations) <= MOST_CONVERSATIONS
        except (OSError, ssl.SSLError):
            pass  # the client went away: nothing to tell
        finally:
            self._conversations.discard(task)
            writer.close()


async def _send(writer: asyncio.StreamWriter, data: bytes) -> None:
    writer.write(data)
    await writer.drain()


async def _set_door(door: Door, *, is_open: bool) -> None:
    if not is_open:
        door.close()
        return
    try:
        await door.open()
    except OSError as error:  # somebody took the port meanwhile: the site stays shut, the city lives
        log.warning("cannot listen on %s:%d again: %s", door.address, door.port, error)


def _bind_datagram(port: int, last: int) -> socket.socket:
    if port == 0 and last:
        with contextlib.suppress(OSError):
            return bind(DNS_HOST, last, socket.SOCK_DGRAM)
    try:
        return bind(DNS_HOST, port, socket.SOCK_DGRAM)
    except OSError as error:
        raise PortTakenError(error.errno, f"port {port} is taken on {DNS_HOST}") from error


@asynccontextmanager
async def open_city(
    targets: Sequence[Target],
    data_dir: Path,
    clock: Clock,
    script: Script = QUIET,
    ports: Ports | None = None,
    broker: BrokerKind | None = None,
) -> AsyncIterator[tuple[City, DemoPlace]]:
    """A city that is open inside the block; its place is written to ``data_dir/demo/place.json`` once everything answers.

    With no ports given the city takes those of its last run where they are free, so that collectors find it after a restart.
    ``broker`` None: the better one of what is installed.
    """
    hosts, now = hosts_of(targets), clock.now()
    folder = data_dir.resolve() / "demo"
    folder.mkdir(parents=True, exist_ok=True)
    authority = CertificateAuthority(folder / "tls", now)
    authority.prepare([host.name for host in hosts if host.https is not HttpsUse.NONE], now)
    community_file = folder / "snmp-community"
    write_whole(community_file, f"{COMMUNITY}\n".encode(), private=True)
    write_whole(token_file(folder), f"{TOKEN}\n".encode(), private=True)
    plan = BrokerPlan(broker or installed(), folder / "broker")
    city = City(hosts, authority, CityState(hosts, script, now, targets), clock, hotspots_of(targets), plan)
    before = read_place(data_dir)
    used = await city.open(ports or Ports(), before.ports if before else Ports())
    try:
        place = DemoPlace(
            dns=f"{DNS_HOST}:{used.dns}",
            http_port=used.http,
            https_port=used.https,
            connect_to=connect_to(targets, used.http, used.https),
            ca_file=authority.ca_file,
            references=tuple(f"{address}:{used.references}" for address in REFERENCE_HOSTS),
            control=f"{CONTROL_HOST}:{used.control}",
            mqtt=f"{BROKER_HOST}:{used.mqtt}" if used.mqtt else "",
            mqtt_protocol=plan.kind.protocol,
            snmp_port=used.snmp,
            community_file=community_file,
        )
        await city.apply()
        write_place(data_dir, place)
        yield city, place
    finally:
        await city.close()


async def run_city(
    targets: Sequence[Target],
    data_dir: Path,
    clock: Clock,
    script: Script = QUIET,
    *,
    ports: Ports | None = None,
    stop: asyncio.Event | None = None,
) -> None:
    """Serve the city until ``stop`` is set or the task is cancelled."""
    async with open_city(targets, data_dir, clock, script, ports) as (city, place):
        log.info("simulated city open: names at %s, http %d, https %d", place.dns, place.http_port, place.https_port)
        if place.mqtt or place.snmp_port:
            log.info("its hotspots: broker at %s, agents at port %d", place.mqtt or "nowhere", place.snmp_port)
        following = asyncio.create_task(city.keep_in_step())
        try:
            await _first_of(following, stop)
        finally:
            following.cancel()
            await asyncio.gather(following, return_exceptions=True)
    log.info("simulated city closed")


async def _first_of(following: asyncio.Task[None], stop: asyncio.Event | None) -> None:
    """Until ``stop``, or until following the script fails: a bug of ours, which must be heard."""
    stopping = asyncio.create_task((stop or asyncio.Event()).wait())
    done, _ = await asyncio.wait((following, stopping), return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    if following in done:
        await following


def run_city_process(targets: Sequence[Target], data_dir: Path, script_path: Path | None, ports: Ports | None = None) -> int:
    """The process behind ``run.py city``: blocks until SIGTERM or SIGINT, cleans up, returns the exit code.

    ``script_path`` None: a day on which nothing breaks.
    0: asked to end. 1: a port is taken, the broker does not start, or a city is open here already.
    2: the script has mistakes (listed on stderr).
    """
    there = read_place(data_dir)
    if there is not None and is_open(there):
        log.error("a simulated city is open here already (its switchboard answers at %s)", there.control)
        return EXIT_FAILED
    try:
        script = QUIET if script_path is None else load_script(script_path, targets)
        asyncio.run(_until_signalled(targets, data_dir, script, ports))
    except ScriptError as error:
        sys.stderr.write(f"{error}\n")
        return EXIT_SCRIPT
    except OSError as error:  # a port is taken, or there are too few open files for all
        log.error("the simulated city cannot open: %s", error.strerror)
        return EXIT_FAILED
    except BrokerError as error:
        log.error("the simulated city cannot open, its broker does not start: %s", error)
        return EXIT_FAILED
    return EXIT_OK


async def _until_signalled(targets: Sequence[Target], data_dir: Path, script: Script, ports: Ports | None) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    await run_city(targets, data_dir, _SystemClock(), script, ports=ports, stop=stop)


class _SystemClock:
    """The Clock port of this process."""

    def now(self) -> datetime:
        return datetime.now(UTC)
