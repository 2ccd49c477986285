"""The city's name server: DNS over UDP, just enough of RFC 1035 to be asked by any resolver."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from typing import cast

TTL_SECONDS = 2
"""Short, so that a name that breaks or heals is seen by the next look."""

_HEADER = struct.Struct("!6H")
_TYPE_A, _TYPE_SOA, _TYPE_ANY, _CLASS_IN = 1, 6, 255, 1


class Rcode(IntEnum):
    """What the name server says about a question."""

    NOERROR = 0
    FORMERR = 1
    SERVFAIL = 2
    NXDOMAIN = 3
    NOTIMP = 4


@dataclass(frozen=True, slots=True)
class Answer:
    """``address`` is the IPv4 address of the name; None where there is none (then ``rcode`` says why)."""

    rcode: Rcode
    address: str | None = None


Lookup = Callable[[str], Answer | None]
"""From a name in small letters to its answer; None: no answer is sent at all."""


class NameServer(asyncio.DatagramProtocol):
    """Answers questions from ``lookup``."""

    def __init__(self, lookup: Lookup) -> None:
        self._lookup = lookup
        self._transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.DatagramTransport, transport)  # asyncio's own class does not inherit from it

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        reply = reply_to(data, self._lookup)
        if reply is not None and self._transport is not None:
            self._transport.sendto(reply, addr)


def reply_to(query: bytes, lookup: Lookup) -> bytes | None:
    """The reply to one datagram; None where silence is the answer (not a query, or the lookup says so)."""
    if len(query) < _HEADER.size:
        return None
    number, flags, questions, *_ = _HEADER.unpack_from(query)
    if flags & 0x8000:
        return None
    if flags & 0x7800:
        return _HEADER.pack(number, 0x8000 | flags & 0x7900 | Rcode.NOTIMP, 0, 0, 0, 0)
    question = _question(query) if questions == 1 else None
    if question is None:
        return _HEADER.pack(number, 0x8000 | flags & 0x0100 | Rcode.FORMERR, 0, 0, 0, 0)
    name, kind, end = question
    answer = lookup(name)
    if answer is None:
        return None
    return _reply(number, flags, query[_HEADER.size : end], kind, answer)


def _reply(number: int, flags: int, question: bytes, kind: int, answer: Answer) -> bytes:
    record = b""
    if answer.address is not None and kind in (_TYPE_A, _TYPE_ANY):
        # 0xC00C points back at the name in the question
        record = struct.pack("!3HIH", 0xC00C, _TYPE_A, _CLASS_IN, TTL_SECONDS, 4) + socket.inet_aton(answer.address)
    authority = b"" if record or answer.rcode is Rcode.SERVFAIL else _start_of_authority()
    header = _HEADER.pack(number, 0x8480 | flags & 0x0100 | answer.rcode, 1, int(bool(record)), int(bool(authority)), 0)
    return header + question + record + authority


def _start_of_authority() -> bytes:
    """Goes with "there is none": tells resolvers to forget that soon."""
    data = b"\x02ns\x00" + b"\x05admin\x00" + struct.pack("!5I", 1, 60, 60, 60, TTL_SECONDS)
    return b"\x00" + struct.pack("!2HIH", _TYPE_SOA, _CLASS_IN, TTL_SECONDS, len(data)) + data


def _question(query: bytes) -> tuple[str, int, int] | None:
    """Name, type, and where the question ends; None when it is malformed. A question never needs compression."""
    labels: list[bytes] = []
    at = _HEADER.size
    while at < len(query) and (length := query[at]) != 0:
        if length > 63 or len(labels) > 127:
            return None
        labels.append(query[at + 1 : at + 1 + length])
        at += 1 + length
    if at + 5 > len(query):
        return None
    kind, _ = struct.unpack_from("!2H", query, at + 1)
    return b".".join(labels).decode("ascii", "replace").lower(), int(kind), at + 5
