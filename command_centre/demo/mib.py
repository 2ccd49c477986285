"""What the agent of a simulated hotspot knows: one table of objects per vendor, shared by all its devices. Pure.

MikroTik's is that of RouterOS (sysObjectID, wireless table); UniFi's is net-snmp with the vendor's own subtree, as those access
points send it. Both have the system group, ifTable and ifXTable with 64-bit counters, processor, memory and uptime.
"""

from __future__ import annotations

import bisect
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias, assert_never

from command_centre.demo import ber
from command_centre.demo.ber import Oid, Request
from command_centre.demo.hotspots import Vendor

MOST_ANSWER_BYTES = 8_000
MOST_REPETITIONS = 60

ETHERNET, RADIO, BRIDGE = 6, 71, 209
MEMORY_KILOBYTES = 131_072


@dataclass(frozen=True, slots=True)
class DeviceNow:
    """What one device would say at one moment. Octets are those of its line to the provider; ticks are hundredths of a second."""

    name: str
    location: str
    ticks: int
    in_octets: int
    out_octets: int
    clients: int
    cpu_ratio: float
    memory_ratio: float
    celsius: float
    line_mbps: int

    @property
    def clients_on_2_ghz(self) -> int:
        return self.clients * 2 // 5

    @property
    def clients_on_5_ghz(self) -> int:
        return self.clients - self.clients_on_2_ghz


_Say: TypeAlias = Callable[[DeviceNow], bytes]


@dataclass(frozen=True, slots=True)
class _Row:
    oid: Oid
    name: bytes
    say: _Say


class Mib:
    """The objects of one kind of device, in the order of their names."""

    def __init__(self, rows: Iterable[tuple[str, _Say]]) -> None:
        found = [(_oid(name), say) for name, say in rows]
        self._rows = [_Row(oid, ber.encoded_name(oid), say) for oid, say in sorted(found, key=lambda row: row[0])]
        self._oids = [row.oid for row in self._rows]
        self._by_name = {row.name: row for row in self._rows}

    def __len__(self) -> int:
        return len(self._rows)

    def answer(self, request: Request, now: DeviceNow) -> bytes:
        """The whole response to a request. Raises MalformedError when a name cannot be read."""
        match request.kind:
            case ber.GET:
                bindings = [self._exactly(name, now) for name in request.names]
            case ber.GET_NEXT:
                bindings = [_bound(self._after(name), name, now) for name in request.names]
            case _:
                bindings = list(self._bulk(request, now))
        return ber.response(request, bindings)

    def _exactly(self, name: bytes, now: DeviceNow) -> bytes:
        row = self._by_name.get(name)
        return ber.binding(name, ber.NO_SUCH_OBJECT if row is None else row.say(now))

    def _after(self, name: bytes) -> _Row | None:
        place = bisect.bisect_right(self._oids, ber.parse_name(name))
        return self._rows[place] if place < len(self._rows) else None

    def _bulk(self, request: Request, now: DeviceNow) -> Iterator[bytes]:
        once = max(request.first, 0)
        for name in request.names[:once]:
            yield _bound(self._after(name), name, now)
        current = list(request.names[once:])
        room = MOST_ANSWER_BYTES
        for _ in range(min(request.second, MOST_REPETITIONS) if current else 0):
            rows = [self._after(name) for name in current]
            bound = [_bound(row, name, now) for row, name in zip(rows, current, strict=True)]
            room -= sum(map(len, bound))
            if room < 0:
                return
            yield from bound
            if not any(rows):
                return
            current = [name if row is None else row.name for row, name in zip(rows, current, strict=True)]


@lru_cache(maxsize=len(Vendor))
def mib_of(vendor: Vendor) -> Mib:
    """The table of one vendor's devices."""
    match vendor:
        case Vendor.MIKROTIK:
            return Mib([*_system(_ROUTEROS, "RouterOS RBD52G-5HacD2HnD"), *_ports("ether1", "wlan1", "wlan2"), *_routeros()])
        case Vendor.UNIFI:
            return Mib([*_system(_NET_SNMP, "U6-Lite 6.6.65.15248"), *_ports("eth0", "ath0", "ath1"), *_unifi()])
        case unreachable:
            assert_never(unreachable)


_ROUTEROS, _NET_SNMP = "1.3.6.1.4.1.14988.1", "1.3.6.1.4.1.8072.3.2.10"
_IF, _IFX, _STORAGE = "1.3.6.1.2.1.2.2.1", "1.3.6.1.2.1.31.1.1.1", "1.3.6.1.2.1.25.2.3.1"
_ROUTEROS_RADIO, _UNIFI_RADIO = f"{_ROUTEROS}.1.1.3.1", "1.3.6.1.4.1.41112.1.6.1.2.1"
SSID = "Bontang Bebas Kuota"


def _system(object_id: str, descr: str) -> Iterator[tuple[str, _Say]]:
    group = "1.3.6.1.2.1.1"
    yield f"{group}.1.0", _always(ber.text(descr))
    yield f"{group}.2.0", _always(ber.object_id(_oid(object_id)))
    yield f"{group}.3.0", lambda now: ber.unsigned(ber.TICKS, now.ticks)
    yield f"{group}.4.0", _always(ber.text("Diskominfo (simulasi)"))
    yield f"{group}.5.0", lambda now: ber.text(now.name)
    yield f"{group}.6.0", lambda now: ber.text(now.location)
    yield "1.3.6.1.2.1.25.1.1.0", lambda now: ber.unsigned(ber.TICKS, now.ticks)


def _ports(wire: str, *radios: str) -> Iterator[tuple[str, _Say]]:
    """The line to the provider, the radios, and nothing that a small access point does not have."""
    yield from _port(1, wire, ETHERNET, lambda now: now.line_mbps, lambda now: now.in_octets, lambda now: now.out_octets)
    for index, radio in enumerate(radios, 2):
        yield from _port(index, radio, RADIO, lambda now: 300, *_towards_people(index - 1))


def _towards_people(thirds: int) -> tuple[Callable[[DeviceNow], int], Callable[[DeviceNow], int]]:
    """What a radio received and sent: a third of the line's traffic for the slow one, two for the fast one, turned round."""
    return lambda now: now.out_octets * thirds // 3, lambda now: now.in_octets * thirds // 3


def _port(
    index: int,
    name: str,
    kind: int,
    mbps: Callable[[DeviceNow], int],
    came: Callable[[DeviceNow], int],
    went: Callable[[DeviceNow], int],
) -> Iterator[tuple[str, _Say]]:
    yield f"{_IF}.1.{index}", _always(ber.integer(index))
    yield f"{_IF}.2.{index}", _always(ber.text(name))
    yield f"{_IF}.3.{index}", _always(ber.integer(kind))
    yield f"{_IF}.5.{index}", lambda now: ber.unsigned(ber.GAUGE32, mbps(now) * 1_000_000)
    yield f"{_IF}.7.{index}", _always(ber.integer(1))
    yield f"{_IF}.8.{index}", _always(ber.integer(1))
    yield f"{_IF}.10.{index}", lambda now: ber.unsigned(ber.COUNTER32, came(now))
    yield f"{_IF}.16.{index}", lambda now: ber.unsigned(ber.COUNTER32, went(now))
    yield f"{_IFX}.1.{index}", _always(ber.text(name))
    yield f"{_IFX}.6.{index}", lambda now: ber.unsigned(ber.COUNTER64, came(now))
    yield f"{_IFX}.10.{index}", lambda now: ber.unsigned(ber.COUNTER64, went(now))
    yield f"{_IFX}.15.{index}", lambda now: ber.unsigned(ber.GAUGE32, mbps(now))
    yield f"{_IFX}.18.{index}", _always(ber.text("ke penyedia" if kind == ETHERNET else SSID))
    for column in (13, 14, 19, 20):
        yield f"{_IF}.{column}.{index}", _always(ber.unsigned(ber.COUNTER32, 0))


def _routeros() -> Iterator[tuple[str, _Say]]:
    """MIKROTIK-MIB, and HOST-RESOURCES-MIB for processor and memory."""
    for index, megahertz in ((2, 2437), (3, 5220)):
        yield f"{_ROUTEROS_RADIO}.4.{index}", _always(ber.text(SSID))
        yield f"{_ROUTEROS_RADIO}.7.{index}", _always(ber.integer(megahertz))
        yield f"{_ROUTEROS_RADIO}.9.{index}", _always(ber.integer(-101))
    yield f"{_ROUTEROS_RADIO}.6.2", lambda now: ber.unsigned(ber.COUNTER32, now.clients_on_2_ghz)
    yield f"{_ROUTEROS_RADIO}.6.3", lambda now: ber.unsigned(ber.COUNTER32, now.clients_on_5_ghz)
    yield f"{_ROUTEROS}.1.3.10.0", lambda now: ber.integer(round(now.celsius * 10))
    yield f"{_ROUTEROS}.1.4.4.0", _always(ber.text("6.49.17"))
    for core in range(1, 5):
        yield f"1.3.6.1.2.1.25.3.3.1.2.{core}", lambda now: ber.integer(round(now.cpu_ratio * 100))
    yield f"{_STORAGE}.2.65536", _always(ber.object_id(_oid("1.3.6.1.2.1.25.2.1.2")))
    yield f"{_STORAGE}.3.65536", _always(ber.text("main memory"))
    yield f"{_STORAGE}.4.65536", _always(ber.integer(1024))
    yield f"{_STORAGE}.5.65536", _always(ber.integer(MEMORY_KILOBYTES))
    yield f"{_STORAGE}.6.65536", lambda now: ber.integer(round(now.memory_ratio * MEMORY_KILOBYTES))


def _unifi() -> Iterator[tuple[str, _Say]]:
    """UBNT-UniFi-MIB, FROGFOOT-RESOURCES-MIB for memory, UCD-SNMP-MIB for the processor."""
    for index, channel, radio in ((1, 6, "ng"), (2, 44, "na")):
        yield f"{_UNIFI_RADIO}.4.{index}", _always(ber.integer(channel))
        yield f"{_UNIFI_RADIO}.6.{index}", _always(ber.text(SSID))
        yield f"{_UNIFI_RADIO}.9.{index}", _always(ber.text(radio))
        yield f"{_UNIFI_RADIO}.22.{index}", _always(ber.integer(1))
    yield f"{_UNIFI_RADIO}.8.1", lambda now: ber.integer(now.clients_on_2_ghz)
    yield f"{_UNIFI_RADIO}.8.2", lambda now: ber.integer(now.clients_on_5_ghz)
    yield "1.3.6.1.4.1.41112.1.6.3.3.0", _always(ber.text("U6-Lite"))
    yield "1.3.6.1.4.1.41112.1.6.3.5.0", lambda now: ber.integer(now.ticks // 100)
    yield "1.3.6.1.4.1.41112.1.6.3.6.0", _always(ber.text("6.6.65.15248"))
    yield "1.3.6.1.4.1.10002.1.1.1.1.1.0", _always(ber.unsigned(ber.GAUGE32, MEMORY_KILOBYTES))
    yield (
        "1.3.6.1.4.1.10002.1.1.1.1.2.0",
        lambda now: ber.unsigned(ber.GAUGE32, round((1 - now.memory_ratio) * MEMORY_KILOBYTES)),
    )
    yield "1.3.6.1.4.1.2021.11.11.0", lambda now: ber.integer(100 - round(now.cpu_ratio * 100))


def _bound(row: _Row | None, asked: bytes, now: DeviceNow) -> bytes:
    return ber.binding(asked, ber.END_OF_MIB) if row is None else ber.binding(row.name, row.say(now))


def _always(value: bytes) -> _Say:
    return lambda _: value


def _oid(dotted: str) -> Oid:
    return tuple(int(arc) for arc in dotted.split("."))
