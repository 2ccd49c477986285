"""The hotspots of the simulated city: what each is, how it speaks, and where its agent answers. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from typing import Final

from command_centre.demo.hosts import share
from command_centre.domain.hotspot import CAPACITY
from command_centre.domain.target import Target, TargetKey, TargetKind

MQTT_DEVICE = "mqtt_device"
"""The register's column with the name of a hotspot's probe in topics. In the demo only hotspots with a probe have it."""

TOPICS = "cc/v1/bontang"
TELEMETRY_MAPPING: Final[Mapping[str, object]] = {
    "preset": "command-centre",
    "fields": {
        "clients": {"path": "radios[*].clients", "type": "sum"},
        "air_busy_pct": {"path": "radios[*].util", "type": "max"},
        "cpu_pct": "cpu",
        "memory_used_pct": "mem",
        "temperature_c": "temp",
        "uptime_s": "up",
        "rx_bps": "line.rx_bps",
        "tx_bps": "line.tx_bps",
        "latency_ms": "line.rtt_ms",
        "loss_pct": "line.loss_pct",
        "internet": "line.internet",
    },
    "stale_after_s": 90,
}
"""What the probes' telemetry means, in the mapping language of the MQTT collector."""

SHORTEST_PERIOD, LONGEST_PERIOD = timedelta(seconds=5), timedelta(seconds=60)
PROBES_AMONG_50_MBPS = 0.12
MOST_HOTSPOTS = 250 * 250


class Voices(StrEnum):
    """How a simulated hotspot makes itself heard."""

    SNMP = "snmp"
    MQTT = "mqtt"
    BOTH = "both"


class Vendor(StrEnum):
    """Whose access point it is: decides what its agent calls things."""

    MIKROTIK = "mikrotik"
    UNIFI = "unifi"


@dataclass(frozen=True, slots=True)
class Hotspot:
    """One simulated hotspot. ``address`` is its agent's, ``device`` its probe's name in topics; None where it has none."""

    key: TargetKey
    name: str
    vendor: Vendor
    address: str | None
    device: str | None
    shard: str
    place_type: str
    kelurahan: str | None
    class_bits_per_second: float
    capacity: int
    period: timedelta

    @property
    def topic(self) -> str:
        """Where its probe publishes, without the last level."""
        return f"{TOPICS}/{self.shard}/{self.device}"


def with_hotspot_addresses(targets: Sequence[Target]) -> dict[TargetKey, Target]:
    """The register's hotspots as the simulated city has them: an address or a probe or both, by their key alone."""
    hotspots = sorted((each for each in targets if each.kind is TargetKind.HOTSPOT), key=lambda each: each.key)
    if len(hotspots) > MOST_HOTSPOTS:
        raise ValueError(f"the simulated city has room for {MOST_HOTSPOTS} hotspots")
    return {each.key: _speaking(each, _address(index)) for index, each in enumerate(hotspots)}


def hotspots_of(targets: Iterable[Target]) -> tuple[Hotspot, ...]:
    """The simulated hotspots, in order of key, from a register that ``with_hotspot_addresses`` has been over."""
    known = (each for each in targets if each.kind is TargetKind.HOTSPOT)
    return tuple(_hotspot(each) for each in sorted(known, key=lambda each: each.key))


def voices_of(target: Target) -> Voices:
    """Offices have a probe beside their agent, the coast (its line is too thin for polling) only a probe, most only an agent."""
    match target.attributes.get("class_mbps"):
        case "7":
            return Voices.MQTT
        case "20":
            return Voices.BOTH
        case _:
            return Voices.MQTT if share(target.key, "voices") < PROBES_AMONG_50_MBPS else Voices.SNMP


def _speaking(target: Target, address: str) -> Target:
    voices = voices_of(target)
    attributes = {name: text for name, text in target.attributes.items() if name not in (MQTT_DEVICE, "snmp", "uplink")}
    if voices is not Voices.SNMP:
        attributes[MQTT_DEVICE] = target.key.rpartition(":")[2]
    return replace(target, address=None if voices is Voices.MQTT else address, attributes=attributes)


def _hotspot(target: Target) -> Hotspot:
    device = target.attributes.get(MQTT_DEVICE)
    return Hotspot(
        key=target.key,
        name=target.name,
        vendor=Vendor.MIKROTIK if share(target.key, "vendor") < 0.6 else Vendor.UNIFI,
        address=None if target.address is None else target.address.partition(":")[0],
        device=device,
        shard=(device or "").partition("-")[0] or "kota",
        place_type=target.attributes.get("place_type", ""),
        kelurahan=target.place.kelurahan,
        class_bits_per_second=float(target.attributes.get("class_mbps", "50")) * 1e6,
        capacity=int(target.attributes.get("capacity", CAPACITY)),
        period=min(max(target.expected_every, SHORTEST_PERIOD), LONGEST_PERIOD),
    )


def _address(index: int) -> str:
    return f"127.78.{index // 250 + 1}.{index % 250 + 1}"
