"""Makes Sparkplug B payloads, byte by byte, for tests: an encoder of our own, independent of the decoder under test."""

from __future__ import annotations

import struct

INT8, INT16, INT32, INT64, UINT8, UINT16, UINT32, UINT64 = range(1, 9)
FLOAT, DOUBLE, BOOLEAN, STRING, DATETIME, TEXT = range(9, 15)
DATASET = 16


def varint(value: int) -> bytes:
    value &= (1 << 64) - 1
    out = bytearray()
    while True:
        value, low = value >> 7, value & 0x7F
        out.append(low | (0x80 if value else 0))
        if not value:
            return bytes(out)


def number(field: int, value: int) -> bytes:
    return varint(field << 3) + varint(value)


def chunk(field: int, data: bytes) -> bytes:
    return varint(field << 3 | 2) + varint(len(data)) + data


def metric(
    name: str | None,
    kind: int | None,
    value: object,
    *,
    alias: int | None = None,
    at_ms: int | None = None,
    historical: bool = False,
) -> bytes:
    """One metric; ``value`` None is null."""
    out = chunk(1, name.encode()) if name is not None else b""
    out += number(2, alias) if alias is not None else b""
    out += number(3, at_ms) if at_ms is not None else b""
    out += number(4, kind) if kind is not None else b""
    out += number(5, 1) if historical else b""
    return chunk(2, out + _value(kind, value))


def _value(kind: int | None, value: object) -> bytes:
    match value:
        case None:
            return number(7, 1)
        case bytes():
            return chunk(17, value)
        case bool():
            return number(14, int(value))
        case str():
            return chunk(15, value.encode())
        case float():
            return (
                varint(12 << 3 | 5) + struct.pack("<f", value)
                if kind == FLOAT
                else varint(13 << 3 | 1) + struct.pack("<d", value)
            )
        case int() if kind in (INT64, UINT64, DATETIME):
            return number(11, value)
        case int():
            return number(10, value & 0xFFFFFFFF)
        case _:
            raise TypeError(value)


def payload(*metrics: bytes, at_ms: int | None = None, seq: int | None = None) -> bytes:
    """A whole message."""
    out = number(1, at_ms) if at_ms is not None else b""
    return out + b"".join(metrics) + (number(3, seq) if seq is not None else b"")
