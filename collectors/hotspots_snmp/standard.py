"""The standard MIBs: names of the objects, and what their answers mean. Pure.

SNMPv2-MIB (RFC 3418), IF-MIB (RFC 2863), HOST-RESOURCES-MIB (RFC 2790), SNMP-FRAMEWORK-MIB (RFC 3411),
ENTITY-SENSOR-MIB (RFC 3433), and the temperatures of LM-SENSORS-MIB (net-snmp).
"""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, NamedTuple

from collectors.hotspots_snmp.rates import TICKS_WRAP_SECONDS, Counters, Uptimes
from collectors.hotspots_snmp.values import Value, as_line, as_number, as_text, as_ticks, as_whole

SYS_DESCR = "1.3.6.1.2.1.1.1.0"
SYS_OBJECT_ID = "1.3.6.1.2.1.1.2.0"
SYS_UPTIME = "1.3.6.1.2.1.1.3.0"
SYS_NAME = "1.3.6.1.2.1.1.5.0"
HOST_UPTIME = "1.3.6.1.2.1.25.1.1.0"
ENGINE_BOOTS = "1.3.6.1.6.3.10.2.1.2.0"
ENGINE_TIME = "1.3.6.1.6.3.10.2.1.3.0"
SYSTEM = (SYS_OBJECT_ID, SYS_UPTIME, SYS_NAME, SYS_DESCR, HOST_UPTIME, ENGINE_BOOTS, ENGINE_TIME)
SENTINELS = (SYS_UPTIME, SYS_OBJECT_ID, SYS_NAME, SYS_DESCR)
"""Objects every agent has; one of them goes with each request as proof that an empty answer is no error."""

_IF = "1.3.6.1.2.1.2.2.1"
_IFX = "1.3.6.1.2.1.31.1.1.1"
IF_DESCR = f"{_IF}.2"
IF_TYPE = f"{_IF}.3"
IF_SPEED = f"{_IF}.5"
IF_OPER = f"{_IF}.8"
IF_IN = f"{_IF}.10"
IF_OUT = f"{_IF}.16"
IF_NAME = f"{_IFX}.1"
IF_HC_IN = f"{_IFX}.6"
IF_HC_OUT = f"{_IFX}.10"
IF_HIGH_SPEED = f"{_IFX}.15"
IF_ALIAS = f"{_IFX}.18"
IF_DISCONTINUITY = f"{_IFX}.19"
IF_ROWS = (IF_DESCR, IF_NAME, IF_OPER)
"""Columns that are walked to learn which interfaces there are."""

IF_FACTS = (IF_TYPE, IF_SPEED)
IFX_FACTS = (IF_ALIAS, IF_HIGH_SPEED)
IFX_COUNTERS = (IF_HC_IN, IF_HC_OUT, IF_DISCONTINUITY)
IF_COUNTERS = (IF_IN, IF_OUT)

_STORAGE = "1.3.6.1.2.1.25.2.3.1"
STORAGE_TYPE = f"{_STORAGE}.2"
STORAGE_DESCR = f"{_STORAGE}.3"
STORAGE_UNITS = f"{_STORAGE}.4"
STORAGE_SIZE = f"{_STORAGE}.5"
STORAGE_USED = f"{_STORAGE}.6"
STORAGE_RAM = "1.3.6.1.2.1.25.2.1.2"

LM_TEMPERATURE = "1.3.6.1.4.1.2021.13.16.2.1.3"
_SENSOR = "1.3.6.1.2.1.99.1.1.1"
SENSOR_TYPE = f"{_SENSOR}.1"
SENSOR_SCALE = f"{_SENSOR}.2"
SENSOR_PRECISION = f"{_SENSOR}.3"
SENSOR_VALUE = f"{_SENSOR}.4"
SENSOR_CELSIUS = 8
SENSOR_UNITS = 9
"""EntitySensorDataScale: 9 is 10^0, each step is a factor of 1,000."""

COLDEST = -50.0
HOTTEST = 150.0

OPER = MappingProxyType(
    {1: "up", 2: "down", 3: "testing", 4: "unknown", 5: "dormant", 6: "notPresent", 7: "lowerLayerDown"}
)  # IF-MIB ifOperStatus

ETHERNET = frozenset({6, 62, 69, 117})
MAX_MBPS = 1_000_000
"""1 Tb/s. Some firmware sends ifHighSpeed in bit/s: shown as told, but no measure of what rate to believe."""

MAX_DISCONTINUITY = 2**32

Answers = Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class System:
    """Who the device says it is, and since when it runs (seconds)."""

    descr: str | None
    object_id: str | None
    name: str | None
    uptime_seconds: float | None


class Port(NamedTuple):
    """One interface. ``name`` is what its series follows; ``counter_bits`` says which counters ``in_octets`` came from."""

    if_index: int
    name: str
    alias: str | None
    kind: int | None
    oper: str | None
    speed_mbps: float | None
    counters: Counters | None

    @property
    def in_octets(self) -> int | None:
        return self.counters.octets_in if self.counters else None

    @property
    def out_octets(self) -> int | None:
        return self.counters.octets_out if self.counters else None


def uptimes(answers: Answers, moment: float) -> Uptimes:
    """The device's clocks."""
    engine = as_whole(answers.get(ENGINE_TIME), 2**31)
    return Uptimes(
        moment,
        agent=as_ticks(answers.get(SYS_UPTIME)),
        host=as_ticks(answers.get(HOST_UPTIME)),
        engine=None if engine is None else float(engine),
        boots=as_whole(answers.get(ENGINE_BOOTS), 2**31),
    )


def uptime_seconds(clocks: Uptimes) -> float | None:
    """sysUpTime, carried over its 497 days where the engine's clock shows how often it has wrapped; else what else there is."""
    if clocks.agent is None:
        return clocks.host if clocks.host is not None else clocks.engine
    if clocks.engine is None:
        return clocks.agent
    wraps = round((clocks.engine - clocks.agent) / TICKS_WRAP_SECONDS)
    carried = clocks.agent + wraps * TICKS_WRAP_SECONDS
    return carried if wraps > 0 and abs(clocks.engine - carried) < 3600 else clocks.agent


@dataclass(frozen=True, slots=True)
class KnownPort:
    """What does not change about an interface between discoveries, as long as its name is still sent as these octets."""

    sent: Value
    name: str
    alias: str | None
    kind: int | None
    speed_mbps: float | None


@dataclass(frozen=True, slots=True)
class PortObjects:
    """The names of one interface's objects, spelled once per discovery: a sweep reads them thousands of times."""

    index: str
    descr: str
    kind: str
    plain_speed: str
    oper: str
    narrow_in: str
    narrow_out: str
    name: str
    wide_in: str
    wide_out: str
    high_speed: str
    alias: str
    discontinuity: str
    known: KnownPort | None = None

    def sent_name(self, answers: Answers) -> Value:
        """The name as it was sent."""
        return answers.get(self.name) or answers.get(self.descr)


def port_objects(index: str) -> PortObjects:
    """The objects of the interface with this index."""
    table = (IF_DESCR, IF_TYPE, IF_SPEED, IF_OPER, IF_IN, IF_OUT)
    extension = (IF_NAME, IF_HC_IN, IF_HC_OUT, IF_HIGH_SPEED, IF_ALIAS, IF_DISCONTINUITY)
    names: list[Any] = [sys.intern(f"{column}.{index}") for column in (*table, *extension)]  # the same for thousands of devices
    return PortObjects(index, *names)


def ports(
    answers: Answers, moments: Mapping[str, float], objects: tuple[PortObjects, ...], speed_in_bits: re.Pattern[str] | None
) -> tuple[Port, ...]:
    """The interfaces, in the order of their indexes."""
    return tuple(_port(answers, moments, of, speed_in_bits) for of in objects)


def _port(answers: Answers, moments: Mapping[str, float], of: PortObjects, speed_in_bits: re.Pattern[str] | None) -> Port:
    known = of.known
    if known is None or known.sent != of.sent_name(answers):
        known = know(answers, of, speed_in_bits)
    oper = OPER.get(as_whole(answers.get(of.oper), 8) or 0)
    counters = _counters(answers, moments, of, known.speed_mbps)
    return Port(int(of.index), known.name, known.alias, known.kind, oper, known.speed_mbps, counters)


def know(answers: Answers, of: PortObjects, speed_in_bits: re.Pattern[str] | None) -> KnownPort:
    """Read what does not change about an interface."""
    name = as_line(answers.get(of.name)) or as_line(answers.get(of.descr)) or f"if{of.index}"
    speed = _speed_mbps(answers, of)
    if speed is not None and speed_in_bits is not None and speed_in_bits.search(name):
        speed /= 1e6
    return KnownPort(of.sent_name(answers), name, as_line(answers.get(of.alias)), as_whole(answers.get(of.kind), 2**16), speed)


def refused_counters(answers: Answers, objects: tuple[PortObjects, ...]) -> int:
    """How many octet counters were sent as something that is no counter (text, negative numbers)."""
    names = [name for of in objects for name in (of.wide_in, of.wide_out, of.narrow_in, of.narrow_out)]
    return sum(as_whole(answers.get(name, 0)) is None for name in names)


def _speed_mbps(answers: Answers, of: PortObjects) -> float | None:
    """ifHighSpeed; ifSpeed where that is absent or 0. 0 means "not told"."""
    high = as_whole(answers.get(of.high_speed), 2**32)
    if high:
        return float(high)
    plain = as_whole(answers.get(of.plain_speed), 2**32 - 1)
    return plain / 1e6 if plain else None


def _counters(answers: Answers, moments: Mapping[str, float], of: PortObjects, speed: float | None) -> Counters | None:
    """The 64-bit pair where it is there, else the 32-bit pair."""
    bits, first, second = 64, of.wide_in, of.wide_out
    came, went = as_whole(answers.get(first)), as_whole(answers.get(second))
    if came is None and went is None:
        bits, first, second = 32, of.narrow_in, of.narrow_out
        came, went = as_whole(answers.get(first), 2**32), as_whole(answers.get(second), 2**32)
    if came is None and went is None:
        return None
    believed = speed * 1e6 if speed is not None and speed <= MAX_MBPS else None
    discontinuity = as_whole(answers.get(of.discontinuity), MAX_DISCONTINUITY)
    return Counters(moments[second if came is None else first], bits, came, went, believed, discontinuity)


def memory_rows(descriptions: Mapping[str, Value], types: Mapping[str, Value]) -> tuple[str | None, tuple[str, ...]]:
    """Which storage row is the main memory, and which rows hold memory that is given back on demand (buffers, cache)."""
    words = {index: (as_line(descr) or "").lower() for index, descr in descriptions.items()}
    main = next((index for index, text in words.items() if text in _MAIN_MEMORY), None)
    if main is None:
        ram = [index for index, kind in types.items() if _is_ram(kind) and not _is_other_memory(words.get(index, ""))]
        main = ram[0] if ram else None
    given_back = (
        tuple(index for index, text in words.items() if text in _GIVEN_BACK) if words.get(main or "") == _NET_SNMP else ()
    )
    return main, given_back


_NET_SNMP = "physical memory"
_MAIN_MEMORY = frozenset({_NET_SNMP, "main memory", "system memory", "real memory", "ram", "memory"})
_GIVEN_BACK = frozenset({"memory buffers", "cached memory"})


def _is_ram(kind: Value) -> bool:
    return isinstance(kind, str) and kind.lstrip(".") == STORAGE_RAM


def _is_other_memory(text: str) -> bool:
    return any(word in text for word in ("virtual", "swap", "cache", "buffer", "shared"))


def memory_used_percent(answers: Answers, main: str | None, given_back: tuple[str, ...]) -> float | None:
    """Used share of the main memory, buffers and cache counted as free."""
    if main is None:
        return None
    size, used = _storage_bytes(answers, STORAGE_SIZE, main), _storage_bytes(answers, STORAGE_USED, main)
    if not size or used is None:
        return None
    spare = sum(_storage_bytes(answers, STORAGE_USED, index) or 0 for index in given_back)
    share = 100 * (used - spare if spare <= used else used) / size
    return share if share <= 100 else None


def _storage_bytes(answers: Answers, column: str, index: str) -> int | None:
    units = as_whole(answers.get(f"{STORAGE_UNITS}.{index}"), 2**31) or 1
    amount = as_whole(answers.get(f"{column}.{index}"), 2**32)
    return None if amount is None else amount * units


def sensor_celsius(answers: Answers, index: str) -> float | None:
    """A temperature of ENTITY-SENSOR-MIB; None when it is no temperature or not to be believed."""
    raw = as_number(answers.get(f"{SENSOR_VALUE}.{index}"))
    if raw is None or as_whole(answers.get(f"{SENSOR_TYPE}.{index}")) != SENSOR_CELSIUS:
        return None
    scale = as_whole(answers.get(f"{SENSOR_SCALE}.{index}"), 18)
    precision = as_number(answers.get(f"{SENSOR_PRECISION}.{index}")) or 0.0
    value = raw * 10.0 ** (3 * ((SENSOR_UNITS if scale is None else scale) - SENSOR_UNITS) - precision)
    return believable_celsius(value)


def lm_celsius(raw: Value) -> float | None:
    """A temperature of LM-SENSORS-MIB, in thousandths of a degree."""
    number = as_number(raw)
    return None if number is None else believable_celsius(number / 1000)


def believable_celsius(value: float) -> float | None:
    """0 is what boards without a sensor send."""
    return value if COLDEST < value < HOTTEST and value != 0 else None


def system(answers: Answers, clocks: Uptimes, object_id: str | None) -> System:
    """The system group."""
    return System(as_text(answers.get(SYS_DESCR)), object_id, as_line(answers.get(SYS_NAME)), uptime_seconds(clocks))
