"""SNMP agents of our own making, on 127.0.0.1: a small BER codec and agents that behave, or misbehave in one way each.

A good agent answers version 1 and 2c from a table. A subclass changes what it answers, or the bytes it sends. ``Clumsy3`` speaks
as much of version 3 as is needed to greet and then to refuse.
"""

from __future__ import annotations

import asyncio
import bisect
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import cast

Oid = tuple[int, ...]
Mib = dict[Oid, bytes]

GET, GET_NEXT, RESPONSE, GET_BULK, REPORT = 0xA0, 0xA1, 0xA2, 0xA5, 0xA8
NO_SUCH_INSTANCE, END_OF_MIB, NULL = b"\x81\x00", b"\x82\x00", b"\x05\x00"
TOO_BIG, NO_SUCH_NAME, GEN_ERR = 1, 2, 5
MOST_REPETITIONS = 60


def oid(text: str) -> Oid:
    """Dotted numbers as a tuple."""
    return tuple(int(part) for part in text.split("."))


# Encoding


def tlv(tag: int, content: bytes) -> bytes:
    size = len(content)
    if size < 128:
        return bytes([tag, size]) + content
    length = size.to_bytes((size.bit_length() + 7) // 8)
    return bytes([tag, 0x80 | len(length)]) + length + content


def integer(number: int, tag: int = 0x02) -> bytes:
    return tlv(tag, number.to_bytes(number.bit_length() // 8 + 1, signed=True))


def unsigned(number: int, tag: int) -> bytes:
    return tlv(tag, number.to_bytes(number.bit_length() // 8 + 1))


def octets(value: str | bytes) -> bytes:
    return tlv(0x04, value.encode() if isinstance(value, str) else value)


def counter32(number: int) -> bytes:
    return unsigned(number % 2**32, 0x41)


def gauge(number: int) -> bytes:
    return unsigned(number, 0x42)


def ticks(number: int) -> bytes:
    return unsigned(number % 2**32, 0x43)


def counter64(number: int) -> bytes:
    return unsigned(number % 2**64, 0x46)


def name(value: str | Oid) -> bytes:
    parts = oid(value) if isinstance(value, str) else value
    encoded = bytes([parts[0] * 40 + parts[1]])
    for part in parts[2:]:
        groups = [part & 0x7F]
        while part := part >> 7:
            groups.append(0x80 | part & 0x7F)
        encoded += bytes(reversed(groups))
    return tlv(0x06, encoded)


def binding(where: Oid, value: bytes) -> bytes:
    return tlv(0x30, name(where) + value)


def pdu(kind: int, request_id: int, bindings: list[tuple[Oid, bytes]], error: int = 0, index: int = 0) -> bytes:
    rows = b"".join(binding(where, value) for where, value in bindings)
    return tlv(kind, integer(request_id) + integer(error) + integer(index) + tlv(0x30, rows))


# Decoding


class Parts:
    """Reads one element after the other."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._at = 0

    def __bool__(self) -> bool:
        return self._at < len(self._content)

    def take(self) -> tuple[int, bytes]:
        tag, size = self._content[self._at], self._content[self._at + 1]
        self._at += 2
        if size & 0x80:
            count = size & 0x7F
            size = int.from_bytes(self._content[self._at : self._at + count])
            self._at += count
        content = self._content[self._at : self._at + size]
        self._at += size
        return tag, content

    def number(self) -> int:
        return int.from_bytes(self.take()[1], signed=True)


def parse_name(content: bytes) -> Oid:
    parts = [content[0] // 40, content[0] % 40]
    value = 0
    for octet in content[1:]:
        value = value << 7 | octet & 0x7F
        if not octet & 0x80:
            parts.append(value)
            value = 0
    return tuple(parts)


@dataclass(frozen=True)
class Request:
    """What was asked. ``first`` and ``second`` are non-repeaters and max-repetitions of a GETBULK."""

    version: int
    community: bytes
    kind: int
    request_id: int
    first: int
    second: int
    names: list[Oid]


def parse(datagram: bytes) -> Request:
    message = Parts(Parts(datagram).take()[1])
    version, community = message.number(), message.take()[1]
    kind, content = message.take()
    body = Parts(content)
    request_id, first, second = body.number(), body.number(), body.number()
    rows = Parts(body.take()[1])
    names = []
    while rows:
        names.append(parse_name(Parts(rows.take()[1]).take()[1]))
    return Request(version, community, kind, request_id, first, second, names)


# Agents

SYSTEM = "1.3.6.1.2.1.1"


def system(
    descr: str = "Agen uji", object_id: str = "1.3.6.1.4.1.8072.3.2.10", hundredths: int = 360_000, called: str = "uji-1"
) -> Mib:
    """The system group."""
    return {
        oid(f"{SYSTEM}.1.0"): octets(descr),
        oid(f"{SYSTEM}.2.0"): name(object_id),
        oid(f"{SYSTEM}.3.0"): ticks(hundredths),
        oid(f"{SYSTEM}.5.0"): octets(called),
    }


def interface(
    index: int, called: str, came: int, went: int, *, wide: bool = True, mbps: int = 100, oper: int = 1, kind: int = 6
) -> Mib:
    """One interface; ``wide`` adds the 64-bit counters."""
    table, extension = "1.3.6.1.2.1.2.2.1", "1.3.6.1.2.1.31.1.1.1"
    rows = {
        oid(f"{table}.1.{index}"): integer(index),
        oid(f"{table}.2.{index}"): octets(called),
        oid(f"{table}.3.{index}"): integer(kind),
        oid(f"{table}.5.{index}"): gauge(min(mbps * 1_000_000, 2**32 - 1)),
        oid(f"{table}.8.{index}"): integer(oper),
        oid(f"{table}.10.{index}"): counter32(came),
        oid(f"{table}.16.{index}"): counter32(went),
    }
    if wide:
        rows |= {
            oid(f"{extension}.1.{index}"): octets(called),
            oid(f"{extension}.6.{index}"): counter64(came),
            oid(f"{extension}.10.{index}"): counter64(went),
            oid(f"{extension}.15.{index}"): gauge(mbps),
            oid(f"{extension}.18.{index}"): octets(f"ke arah {called}"),
        }
    return rows


def table(column: str, values: Mapping[str, bytes]) -> Mib:
    """Rows of one column by index."""
    return {oid(f"{column}.{index}"): value for index, value in values.items()}


class ScriptedAgent:
    """Answers from a table. ``asked`` counts requests; ``requests`` keeps them."""

    def __init__(self, mib: Mib | None = None, community: str = "umum") -> None:
        self.mib = mib if mib is not None else system() | interface(1, "eth0", 1_000, 2_000)
        self.community = community.encode()
        self.requests: list[Request] = []

    @property
    def asked(self) -> int:
        return len(self.requests)

    def handle(self, datagram: bytes) -> list[tuple[float, bytes]]:
        """What to send, and after how many seconds."""
        request = parse(datagram)
        if request.community != self.community:
            return []
        self.requests.append(request)
        return self.send(request, *self.answer(request))

    def send(self, request: Request, bindings: list[tuple[Oid, bytes]], error: int, index: int) -> list[tuple[float, bytes]]:
        body = pdu(RESPONSE, request.request_id, bindings, error, index)
        return [(0.0, tlv(0x30, integer(request.version) + octets(request.community) + body))]

    def answer(self, request: Request) -> tuple[list[tuple[Oid, bytes]], int, int]:
        """Bindings, error status, error index."""
        if request.kind == GET_BULK:
            return self._bulk(request), 0, 0
        find = self._exactly if request.kind == GET else self._after
        found = [find(where) for where in request.names]
        absent = next((place for place, (_, value) in enumerate(found, 1) if value[0] & 0x80), None)
        if request.version == 0 and absent is not None:
            return [(where, NULL) for where in request.names], NO_SUCH_NAME, absent
        return found, 0, 0

    def _exactly(self, where: Oid) -> tuple[Oid, bytes]:
        return where, self.mib.get(where, NO_SUCH_INSTANCE)

    def _after(self, where: Oid) -> tuple[Oid, bytes]:
        names = sorted(self.mib)
        place = bisect.bisect_right(names, where)
        return (names[place], self.mib[names[place]]) if place < len(names) else (where, END_OF_MIB)

    def _bulk(self, request: Request) -> list[tuple[Oid, bytes]]:
        found = [self._after(where) for where in request.names[: request.first]]
        current = list(request.names[request.first :])
        for _ in range(min(request.second, MOST_REPETITIONS)):
            rows = [self._after(where) for where in current]
            found += rows
            current = [where for where, _ in rows]
        return found


class LiveAgent(ScriptedAgent):
    """Answers from a table that is made anew for each request."""

    def __init__(self, make: Callable[[], Mib]) -> None:
        super().__init__({})
        self._make = make

    def handle(self, datagram: bytes) -> list[tuple[float, bytes]]:
        self.mib = self._make()
        return super().handle(datagram)


class Clumsy3:
    """Version 3: greets properly (tells its engine) and answers every request of an authenticated user with one report."""

    ENGINE = b"\x80\x00\x1f\x88\x80uji-v3"

    def __init__(self, report: str) -> None:
        self.report = report
        self.asked = 0

    def handle(self, datagram: bytes) -> list[tuple[float, bytes]]:
        self.asked += 1
        message = Parts(Parts(datagram).take()[1])
        message.number()
        header = Parts(message.take()[1])
        message_id = header.number()
        security = Parts(Parts(message.take()[1]).take()[1])
        is_greeting = not security.take()[1]
        counter = "1.3.6.1.6.3.15.1.1.4.0" if is_greeting else self.report
        return [(0.0, self._report(message_id, _request_id(message), counter))]

    def _report(self, message_id: int, request_id: int, counter: str) -> bytes:
        header = tlv(0x30, integer(message_id) + integer(65_507) + octets(b"\x00") + integer(3))
        security = tlv(0x30, octets(self.ENGINE) + integer(7) + integer(1_000) + octets(b"") + octets(b"") + octets(b""))
        scoped = tlv(0x30, octets(self.ENGINE) + octets(b"") + pdu(REPORT, request_id, [(oid(counter), counter32(1))]))
        return tlv(0x30, integer(3) + header + octets(security) + scoped)


def _request_id(message: Parts) -> int:
    """Of a plain scoped PDU; 0 where it is encrypted."""
    tag, content = message.take()
    if tag != 0x30:
        return 0
    scoped = Parts(content)
    scoped.take()
    scoped.take()
    return Parts(scoped.take()[1]).number()


class _Listening(asyncio.DatagramProtocol):
    def __init__(self, agent: ScriptedAgent | Clumsy3) -> None:
        self._agent = agent
        self._transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        for delay, reply in self._agent.handle(data):
            asyncio.get_running_loop().call_later(delay, self._send, reply, addr)

    def _send(self, reply: bytes, addr: tuple[str, int]) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.sendto(reply, addr)


@asynccontextmanager
async def listening(agent: ScriptedAgent | Clumsy3) -> AsyncIterator[int]:
    """The agent's port, while it listens on 127.0.0.1."""
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(lambda: _Listening(agent), local_addr=("127.0.0.1", 0))
    try:
        yield transport.get_extra_info("sockname")[1]
    finally:
        transport.close()
