"""Sparkplug B: its protobuf, read by hand (four wire types, one schema), and what births and deaths say. Pure.

Source: Eclipse Sparkplug specification 3.0, sections 6.4 (payloads) and 6.5 (topics).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

from collectors.hotspots_mqtt.flaws import Flaw, FlawKind, RejectedError

Value: TypeAlias = int | float | str

_SIGNED_BITS = {1: 8, 2: 16, 3: 32, 4: 64}
_UNSIGNED_BITS = {5: 8, 6: 16, 7: 32, 8: 64, 13: 64}
_FLOAT, _DOUBLE, _BOOLEAN = 9, 10, 11
_DATE_TIME = 13

_MAX_METRICS = 2_000
"""More values than any device of a city has: a longer list is not read to its end."""

BIRTHS, DATA, DEATHS = ("NBIRTH", "DBIRTH"), ("NDATA", "DDATA"), ("NDEATH", "DDEATH")
_CONTROL = ("Node Control/", "Device Control/", "Node Info/Sparkplug")


@dataclass(frozen=True, slots=True)
class Metric:
    """One value of a payload as it was sent. ``value`` is None for null, and for tables and templates, which are no numbers."""

    name: str | None
    alias: int | None
    at: float | None  # seconds
    kind: int | None
    value: Value | None
    historical: bool


@dataclass(frozen=True, slots=True)
class Payload:
    """One Sparkplug message."""

    at: float | None
    sequence: int | None
    metrics: tuple[Metric, ...]


def _varint(data: bytes, position: int) -> tuple[int, int]:
    value = shift = 0
    while shift < 70:
        if position >= len(data):
            break
        byte = data[position]
        position += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value & 0xFFFF_FFFF_FFFF_FFFF, position
        shift += 7
    raise RejectedError(FlawKind.BAD_PROTOBUF, "a number without an end")


def _fields(data: bytes) -> Iterator[tuple[int, int | bytes]]:
    """Number and raw value of each field, in order."""
    position = 0
    while position < len(data):
        key, position = _varint(data, position)
        number, wire = key >> 3, key & 7
        if number == 0:
            raise RejectedError(FlawKind.BAD_PROTOBUF, "field number 0")
        if wire == 0:
            value, position = _varint(data, position)
            yield number, value
            continue
        if wire == 2:
            length, position = _varint(data, position)
        elif wire in (1, 5):
            length = 8 if wire == 1 else 4
        else:
            raise RejectedError(FlawKind.BAD_PROTOBUF, f"wire type {wire}")
        if position + length > len(data):
            raise RejectedError(FlawKind.BAD_PROTOBUF, "cut short")
        yield number, data[position : position + length]
        position += length


def _number(raw: int | bytes) -> int:
    if isinstance(raw, int):
        return raw
    raise RejectedError(FlawKind.BAD_PROTOBUF, "bytes where a number belongs")


def _bytes(raw: int | bytes) -> bytes:
    if isinstance(raw, bytes):
        return raw
    raise RejectedError(FlawKind.BAD_PROTOBUF, "a number where bytes belong")


def _text(raw: int | bytes) -> str:
    try:
        return _bytes(raw).decode("utf-8")
    except UnicodeDecodeError:
        raise RejectedError(FlawKind.BAD_PROTOBUF, "a name that is not UTF-8") from None


def _unpack(code: str, raw: int | bytes) -> float:
    data = _bytes(raw)
    if len(data) != struct.calcsize(code):
        raise RejectedError(FlawKind.BAD_PROTOBUF, "a float of the wrong length")
    return float(struct.unpack(code, data)[0])


def read_payload(data: bytes) -> Payload:
    """Decode one message. Raises RejectedError."""
    at = sequence = None
    metrics: list[Metric] = []
    for number, raw in _fields(data):
        if number == 1:
            at = _number(raw) / 1000
        elif number == 2 and len(metrics) < _MAX_METRICS:
            metrics.append(_read_metric(_bytes(raw)))
        elif number == 3:
            sequence = _number(raw)
    return Payload(at, sequence, tuple(metrics))


def _read_metric(data: bytes) -> Metric:
    name: str | None = None
    alias = kind = None
    at: float | None = None
    historical = null = False
    raw_value: tuple[int, int | bytes] | None = None
    for number, raw in _fields(data):
        if number == 1:
            name = _text(raw)
        elif number == 2:
            alias = _number(raw)
        elif number == 3:
            at = _number(raw) / 1000
        elif number == 4:
            kind = _number(raw)
        elif number == 5:
            historical = bool(_number(raw))
        elif number == 7:
            null = bool(_number(raw))
        elif number == 9:
            null = null or _is_bad(_bytes(raw))
        elif 10 <= number <= 19:
            raw_value = (number, raw)
    value = None if null or raw_value is None else _value_of(raw_value, kind)
    return Metric(name or None, alias, at, kind, value, historical)


_QUALITY = "Quality"
_GOOD = 192  # 0 is BAD, 500 is STALE: neither is a measurement of now


def _is_bad(properties: bytes) -> bool:
    """Whether the property set says that the value is not to be trusted."""
    keys: list[str] = []
    values: list[bytes] = []
    for number, raw in _fields(properties):
        if number == 1:
            keys.append(_text(raw))
        elif number == 2:
            values.append(_bytes(raw))
    told = dict(zip(keys, values, strict=False)).get(_QUALITY)
    return told is not None and any(number in (3, 4) and raw != _GOOD for number, raw in _fields(told))


def _value_of(raw_value: tuple[int, int | bytes], kind: int | None) -> Value | None:
    number, raw = raw_value
    match number:
        case 10 | 11:
            return _integer(_number(raw), kind, bits=32 if number == 10 else 64)
        case 12:
            return _unpack("<f", raw)
        case 13:
            return _unpack("<d", raw)
        case 14:
            return int(bool(_number(raw)))
        case 15:
            return _text(raw)
        case _:
            return None  # bytes, tables, templates, extensions


def _integer(value: int, kind: int | None, *, bits: int) -> int:
    """Integers travel unsigned; a negative one is its two's complement in the width of its type."""
    if kind in _UNSIGNED_BITS:
        return value & ((1 << _UNSIGNED_BITS[kind]) - 1)
    width = _SIGNED_BITS.get(kind) if kind is not None else None
    if width is None:
        return value
    value &= (1 << max(width, bits)) - 1
    if value >> (max(width, bits) - 1):  # sign-extended to the field's own width
        return value - (1 << max(width, bits))
    value &= (1 << width) - 1
    return value - (1 << width) if value >> (width - 1) else value


@dataclass(frozen=True, slots=True)
class Address:
    """Who speaks, from the topic ``spBv1.0/group/TYPE/node[/device]``."""

    group: str
    type: str
    node: str
    device: str | None

    @property
    def name(self) -> str:
        """What we call it: the device where there is one, else the node."""
        return self.node if self.device is None else self.device


def read_address(topic: str) -> Address | None:
    """The address in a topic; None when it is not one of Sparkplug's."""
    levels = topic.split("/")
    if levels[0] != "spBv1.0" or len(levels) not in (4, 5) or not all(levels[1:]):
        return None
    kind = levels[2]
    if kind not in BIRTHS + DATA + DEATHS or (kind[0] == "D") != (len(levels) == 5):
        return None
    return Address(levels[1], kind, levels[3], levels[4] if len(levels) == 5 else None)


@dataclass(slots=True)
class _Birth:
    names: dict[int, str] = field(default_factory=dict)
    kinds: dict[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class _Session:
    """One node since its birth: how it numbers its messages, and what its birth certificates told."""

    birth_number: int | None = None
    sequence: int | None = None
    births: dict[str | None, _Birth] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Heard:
    """What one message says: values by full name, and whether it was a birth or a death."""

    values: tuple[tuple[str, Value, float | None], ...] = ()
    is_birth: bool = False
    is_death: bool = False
    dead_devices: tuple[str, ...] = ()
    flaws: tuple[Flaw, ...] = ()


class Births:
    """The birth certificates in force: what turns an alias back into a name. One per mapping; bounded."""

    def __init__(self, limit: int = 20_000) -> None:
        self._sessions: dict[tuple[str, str], _Session] = {}
        self._limit = limit

    def hear(self, address: Address, payload: Payload) -> Heard:
        """Take one message into account."""
        if address.type in DEATHS:
            return self._death(address, payload)
        session = self._session_of(address, fresh=address.type == "NBIRTH")
        flaws = _sequence_flaws(session, address, payload)
        if address.type == "NBIRTH":
            session.birth_number = _birth_number(payload)
        birth = session.births.setdefault(address.device, _Birth())
        if address.type in BIRTHS:
            birth.names = {each.alias: each.name for each in payload.metrics if each.alias is not None and each.name}
            birth.kinds = {each.name: each.kind for each in payload.metrics if each.name and each.kind is not None}
        values, strange = _named_values(birth, payload)
        return Heard(values, is_birth=address.type in BIRTHS, flaws=(*flaws, *strange))

    def _session_of(self, address: Address, *, fresh: bool) -> _Session:
        key = (address.group, address.node)
        session = self._sessions.get(key)
        if session is None or fresh:
            self._sessions.pop(key, None)
            session = self._sessions[key] = _Session()
            while len(self._sessions) > self._limit:
                del self._sessions[next(iter(self._sessions))]
        return session

    def _death(self, address: Address, payload: Payload) -> Heard:
        session = self._sessions.get((address.group, address.node))
        if address.device is not None:
            if session is not None:
                session.births.pop(address.device, None)
            return Heard(is_death=True)
        number = _birth_number(payload)
        if session is not None and None not in (number, session.birth_number) and number != session.birth_number:
            # The will of an earlier session, delivered after the new one was born: the node is alive.
            return Heard(flaws=(Flaw(FlawKind.OLD_DEATH, "the death certificate of an earlier session"),))
        devices = tuple(each for each in session.births if each is not None) if session is not None else ()
        self._sessions.pop((address.group, address.node), None)
        return Heard(is_death=True, dead_devices=devices)


def _birth_number(payload: Payload) -> int | None:
    found = next((each.value for each in payload.metrics if each.name == "bdSeq"), None)
    return found if isinstance(found, int) else None


def _sequence_flaws(session: _Session, address: Address, payload: Payload) -> tuple[Flaw, ...]:
    before, session.sequence = session.sequence, payload.sequence
    if before is None or payload.sequence is None or address.type == "NBIRTH" or payload.sequence == (before + 1) % 256:
        return ()
    return (Flaw(FlawKind.SEQUENCE_GAP, f"{payload.sequence} after {before}: a rebirth is needed"),)


def _named_values(birth: _Birth, payload: Payload) -> tuple[tuple[tuple[str, Value, float | None], ...], list[Flaw]]:
    values: list[tuple[str, Value, float | None]] = []
    flaws: list[Flaw] = []
    for each in payload.metrics:
        name = each.name or (birth.names.get(each.alias) if each.alias is not None else None)
        if name is None:
            flaws.append(Flaw(FlawKind.UNKNOWN_ALIAS, f"alias {each.alias}: its birth certificate was not seen"))
            continue
        if name == "bdSeq" or name.startswith(_CONTROL) or each.value is None:
            continue
        values.append((name, _retyped(each, birth.kinds.get(name)), payload.at if each.at is None else each.at))
    return tuple(values), flaws


def _retyped(metric: Metric, born_as: int | None) -> Value:
    """Data messages may leave the type out: then the birth certificate's holds."""
    value = metric.value
    assert value is not None
    kind = metric.kind if metric.kind is not None else born_as
    if isinstance(value, int) and metric.kind is None and kind in _SIGNED_BITS:
        return _integer(value, kind, bits=32 if value < 1 << 32 else 64)
    return value / 1000 if kind == _DATE_TIME and isinstance(value, int) else value
