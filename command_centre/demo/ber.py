"""The small part of BER that SNMP version 2c needs (X.690, RFC 3416): reading a request, writing a response. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

Oid = tuple[int, ...]

SEQUENCE, INTEGER, OCTETS, OBJECT_ID = 0x30, 0x02, 0x04, 0x06
COUNTER32, GAUGE32, TICKS, COUNTER64 = 0x41, 0x42, 0x43, 0x46
GET, GET_NEXT, RESPONSE, GET_BULK = 0xA0, 0xA1, 0xA2, 0xA5
NO_SUCH_OBJECT, END_OF_MIB = b"\x80\x00", b"\x82\x00"
VERSION_2C = 1

MOST_NAMES = 200
MOST_ARCS = 128


class MalformedError(ValueError):
    """Not a request that this codec can read."""


@dataclass(frozen=True, slots=True)
class Request:
    """A request. ``names`` are OIDs as they were encoded; ``first`` and ``second`` non-repeaters and repetitions of a GETBULK."""

    community: bytes
    kind: int
    request_id: bytes
    first: int
    second: int
    names: tuple[bytes, ...]


# --- writing -----------------------------------------------------------------------------------------------------------


def element(tag: int, content: bytes) -> bytes:
    """One element: tag, length, content."""
    size = len(content)
    if size < 128:
        return bytes((tag, size)) + content
    length = size.to_bytes((size.bit_length() + 7) // 8)
    return bytes((tag, 0x80 | len(length))) + length + content


def integer(number: int) -> bytes:
    """A signed INTEGER."""
    return element(INTEGER, number.to_bytes(number.bit_length() // 8 + 1, signed=True))


def unsigned(tag: int, number: int) -> bytes:
    """A counter, gauge or time; 64-bit counters wrap at 2^64, all others at 2^32, as they do in real devices."""
    wrapped = number & (0xFFFF_FFFF_FFFF_FFFF if tag == COUNTER64 else 0xFFFF_FFFF)
    return element(tag, wrapped.to_bytes(wrapped.bit_length() // 8 + 1))


def text(value: str) -> bytes:
    """An OCTET STRING."""
    return element(OCTETS, value.encode())


def object_id(oid: Oid) -> bytes:
    """An OBJECT IDENTIFIER as a value."""
    return element(OBJECT_ID, encoded_name(oid))


def encoded_name(oid: Oid) -> bytes:
    """The content of an OBJECT IDENTIFIER."""
    encoded = bytearray((oid[0] * 40 + oid[1],))
    for arc in oid[2:]:
        groups = [arc & 0x7F]
        while arc := arc >> 7:
            groups.append(0x80 | arc & 0x7F)
        encoded += bytes(reversed(groups))
    return bytes(encoded)


def binding(name: bytes, value: bytes) -> bytes:
    """A name with its value; ``name`` is encoded already, ``value`` is a whole element."""
    return element(SEQUENCE, element(OBJECT_ID, name) + value)


def response(request: Request, bindings: Iterable[bytes]) -> bytes:
    """The answer to ``request``, without an error."""
    rows = element(SEQUENCE, b"".join(bindings))
    no_error = b"\x02\x01\x00\x02\x01\x00"
    body = element(RESPONSE, element(INTEGER, request.request_id) + no_error + rows)
    return element(SEQUENCE, integer(VERSION_2C) + element(OCTETS, request.community) + body)


# --- reading -----------------------------------------------------------------------------------------------------------


class _Elements:
    """Takes one element after the other from ``data``."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def __bool__(self) -> bool:
        return self._at < len(self._data)

    def take(self, tag: int | None = None) -> tuple[int, bytes]:
        data, at = self._data, self._at
        if at + 2 > len(data):
            raise MalformedError("cut off")
        found, size = data[at], data[at + 1]
        at += 2
        if size & 0x80:
            count = size & 0x7F
            if not 0 < count <= 4:
                raise MalformedError("a length that cannot be")
            size = int.from_bytes(data[at : at + count])
            at += count
        if at + size > len(data) or (tag is not None and found != tag):
            raise MalformedError("cut off, or something else than what belongs here")
        self._at = at + size
        return found, data[at : at + size]

    def number(self) -> int:
        return int.from_bytes(self.take(INTEGER)[1], signed=True)


def parse_request(datagram: bytes) -> Request:
    """Read a request of version 2c. Raises MalformedError."""
    message = _Elements(_Elements(datagram).take(SEQUENCE)[1])
    if message.number() != VERSION_2C:
        raise MalformedError("not version 2c")
    community = message.take(OCTETS)[1]
    kind, content = message.take()
    if kind not in (GET, GET_NEXT, GET_BULK):
        raise MalformedError("not a question")
    body = _Elements(content)
    request_id = body.take(INTEGER)[1]
    first, second = body.number(), body.number()
    return Request(community, kind, request_id, first, second, tuple(_names(_Elements(body.take(SEQUENCE)[1]))))


def _names(rows: _Elements) -> list[bytes]:
    names: list[bytes] = []
    while rows:
        names.append(_Elements(rows.take(SEQUENCE)[1]).take(OBJECT_ID)[1])
        if len(names) > MOST_NAMES:
            raise MalformedError("too many names")
    return names


@lru_cache(maxsize=16_384)  # pollers ask for the same few hundred names for ever
def parse_name(content: bytes) -> Oid:
    """An encoded OID as numbers. Raises MalformedError."""
    if not content or content[-1] & 0x80 or len(content) > 5 * MOST_ARCS:
        raise MalformedError("not an OID")
    arcs = [content[0] // 40, content[0] % 40]
    arc = 0
    for octet in content[1:]:
        arc = arc << 7 | octet & 0x7F
        if not octet & 0x80:
            arcs.append(arc)
            arc = 0
    return tuple(arcs)
