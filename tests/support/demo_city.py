"""A simulated city in a thread of its own, and a plain client that resolves, connects and verifies by itself."""

from __future__ import annotations

import asyncio
import concurrent.futures
import http.client
import json
import socket
import ssl
import struct
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from command_centre.demo.city import City, open_city
from command_centre.demo.place import DemoPlace, Ports
from command_centre.demo.script import QUIET, Script
from command_centre.domain.target import Place, Target, TargetKey, TargetKind
from tests.support.clock import FrozenClock

ZONE = "bontangkota.go.id"


def site(name: str, address: str | None = "") -> Target:
    """A site of the register at ``http://<name>.bontangkota.go.id`` unless another address is given."""
    return Target(
        key=TargetKey(f"situs:{name}"),
        kind=TargetKind.SITE,
        name=f"Dinas {name.title()}",
        short_name=name,
        owner="Diskominfo",
        group="OPD",
        place=Place(),
        address=f"http://{name}.{ZONE}" if address == "" else address,
        expected_every=timedelta(seconds=10),
    )


class RunningCity:
    """The city as a test sees it: its place, its clock, and the step that follows the clock."""

    def __init__(self, city: City, place: DemoPlace, clock: FrozenClock, loop: asyncio.AbstractEventLoop) -> None:
        self.place = place
        self.clock = clock
        self._city = city
        self._loop = loop

    def advance(self, by: timedelta) -> None:
        """Let time pass, and let the city follow it."""
        self.clock.advance(by)
        asyncio.run_coroutine_threadsafe(self._city.apply(), self._loop).result(10)


@contextmanager
def running_city(
    targets: Sequence[Target], data_dir: Path, script: Script = QUIET, ports: Ports | None = None
) -> Iterator[RunningCity]:
    """A city that is open inside the block. Its clock starts now, for TLS compares with the real time, and then stands still."""
    clock = FrozenClock(datetime.now(UTC))
    opened: concurrent.futures.Future[RunningCity] = concurrent.futures.Future()
    stop = threading.Event()

    async def serve() -> None:
        async with open_city(targets, data_dir, clock, script, ports) as (city, place):
            opened.set_result(RunningCity(city, place, clock, asyncio.get_running_loop()))
            await asyncio.to_thread(stop.wait, 120)

    def run() -> None:
        try:
            asyncio.run(serve())
        except BaseException as error:
            if opened.done():
                raise
            opened.set_exception(error)

    thread = threading.Thread(target=run, name="demo city")
    thread.start()
    try:
        yield opened.result(20)
    finally:
        stop.set()
        thread.join(20)


@dataclass(frozen=True, slots=True)
class Seen:
    """What came back over HTTP."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def resolve(place: DemoPlace, name: str, kind: int = 1, within: float = 2.0) -> tuple[int, str | None]:
    """Ask the city's name server once: (response code, IPv4 address or None). Raises TimeoutError on silence."""
    labels = b"".join(bytes([len(label)]) + label.encode() for label in name.split(".")) + b"\0"
    host, _, port = place.dns.rpartition(":")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        asking.settimeout(within)
        asking.sendto(struct.pack("!6H", 4711, 0x0100, 1, 0, 0, 0) + labels + struct.pack("!2H", kind, 1), (host, int(port)))
        reply = asking.recv(4096)
    number, flags, _, answers, *_ = struct.unpack_from("!6H", reply)
    assert number == 4711
    if answers == 0:
        return flags & 15, None
    record = 12 + len(labels) + 4
    assert struct.unpack_from("!3HIH", reply, record)[4] == 4
    return flags & 15, socket.inet_ntoa(reply[record + 12 : record + 16])


def fetch(
    place: DemoPlace, url: str, *, method: str = "GET", timeout: float = 5.0, headers: Mapping[str, str] | None = None
) -> Seen:
    """One request without following redirects, verified against the city's root; errors are those of ssl and socket."""
    parts = url.split("/", 3)
    name = parts[2]
    address = resolve(place, name)[1]
    assert address is not None, f"{name} does not resolve"
    is_secure = parts[0] == "https:"
    connecting = socket.create_connection((address, place.https_port if is_secure else place.http_port), timeout)
    try:
        if is_secure:
            connecting = ssl.create_default_context(cafile=str(place.ca_file)).wrap_socket(connecting, server_hostname=name)
        connection = http.client.HTTPConnection(name)
        connection.sock = connecting
        connection.request(method, "/" + (parts[3] if len(parts) > 3 else ""), headers=dict(headers or {}))
        response = connection.getresponse()
        return Seen(response.status, dict(response.getheaders()), response.read())
    finally:
        connecting.close()


def certificate_of(place: DemoPlace, name: str) -> ssl.SSLSocket:
    """The verified TLS connection of a host; the caller closes it."""
    address = resolve(place, name)[1]
    assert address is not None
    connecting = socket.create_connection((address, place.https_port), 5)
    try:
        return ssl.create_default_context(cafile=str(place.ca_file)).wrap_socket(connecting, server_hostname=name)
    except BaseException:
        connecting.close()
        raise


def switch(place: DemoPlace, order: object, headers: Mapping[str, str] | None = None) -> Seen:
    """Give an order to the switchboard."""
    host, _, port = place.control.rpartition(":")
    connection = http.client.HTTPConnection(host, int(port), timeout=5)
    body = order if isinstance(order, bytes) else json.dumps(order).encode()
    try:
        connection.request("POST", "/_demo/fault", body=body, headers=dict(headers or {}))
        response = connection.getresponse()
        return Seen(response.status, dict(response.getheaders()), response.read())
    finally:
        connection.close()
