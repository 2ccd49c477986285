"""A simulated city in a thread of its own, and plain clients: one that resolves, connects and verifies, one that subscribes."""

from __future__ import annotations

import asyncio
import concurrent.futures
import http.client
import json
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion

from command_centre.demo.broker import BrokerKind
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


def hotspot(
    key: str,
    *,
    mbps: int = 50,
    place_type: str = "sekolah",
    name: str = "",
    parents: Sequence[str] = (),
    kelurahan: str | None = "64.74.02.1001",
    settlement: str = "",
    isp: str = "Penyedia A",
) -> Target:
    """A hotspot of the register, ``wifi:<key>``, as a person wrote it: without an address."""
    attributes = {"isp": isp, "class_mbps": str(mbps), "place_type": place_type, "capacity": "30"}
    return Target(
        key=TargetKey(f"wifi:{key}"),
        kind=TargetKind.HOTSPOT,
        name=name or f"Titik {key}",
        short_name=f"Titik {key}",
        owner="Diskominfo",
        group="Wi-Fi",
        place=Place(kelurahan=kelurahan, kecamatan=kelurahan[:8] if kelurahan else None),
        address=None,
        expected_every=timedelta(seconds=30),
        parents=tuple(TargetKey(each) for each in parents),
        attributes=attributes | ({"settlement": settlement} if settlement else {}),
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
    targets: Sequence[Target],
    data_dir: Path,
    script: Script = QUIET,
    ports: Ports | None = None,
    broker: BrokerKind | None = None,
) -> Iterator[RunningCity]:
    """A city that is open inside the block. Its clock starts now, for TLS compares with the real time, and then stands still."""
    clock = FrozenClock(datetime.now(UTC))
    opened: concurrent.futures.Future[RunningCity] = concurrent.futures.Future()
    stop = threading.Event()

    async def serve() -> None:
        async with open_city(targets, data_dir, clock, script, ports, broker) as (city, place):
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


class Subscriber:
    """Hears everything that the probes publish. Messages are (topic, payload, whether it was retained), in their order."""

    def __init__(self, place: DemoPlace, topic: str = "cc/v1/#") -> None:
        self._heard: list[tuple[str, bytes, bool]] = []
        self._came = threading.Condition()
        self._client = Client(CallbackAPIVersion.VERSION2)
        self._client.on_message = self._on_message
        self._client.on_connect = lambda client, *_: client.subscribe(topic, 1)
        host, _, port = place.mqtt.rpartition(":")
        self._client.connect(host, int(port), 30)
        self._client.loop_start()

    def wait_for(self, found: Callable[[str, bytes, bool], bool], within: float = 45.0) -> tuple[str, bytes, bool]:
        """The first message, heard already or yet to come, for which ``found`` holds. Raises TimeoutError."""
        deadline = time.monotonic() + within
        looked_at = 0
        with self._came:
            while True:
                for message in self._heard[looked_at:]:
                    if found(*message):
                        return message
                looked_at = len(self._heard)
                if not self._came.wait(deadline - time.monotonic()):
                    raise TimeoutError(f"{looked_at} messages, none as awaited")

    def heard(self) -> list[tuple[str, bytes, bool]]:
        with self._came:
            return list(self._heard)

    def forget(self) -> None:
        """What was heard so far does not count."""
        with self._came:
            self._heard.clear()

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def _on_message(self, _: Client, __: object, message: MQTTMessage) -> None:
        with self._came:
            self._heard.append((message.topic, bytes(message.payload), message.retain))
            self._came.notify_all()


@contextmanager
def subscribed(place: DemoPlace, topic: str = "cc/v1/#") -> Iterator[Subscriber]:
    """A subscriber that listens inside the block."""
    subscriber = Subscriber(place, topic)
    try:
        yield subscriber
    finally:
        subscriber.close()
