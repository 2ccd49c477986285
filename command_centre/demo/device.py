"""One simulated hotspot as it runs: since when, how busy, what its counters stand at, and what its probe would say."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta

from command_centre.demo.crowd import Load, load_of
from command_centre.demo.hosts import share
from command_centre.demo.hotspot_faults import HotspotFault
from command_centre.demo.hotspots import Hotspot
from command_centre.demo.mib import DeviceNow

LINE_MBPS = 100
LONGEST_AWAKE = timedelta(days=60)


class Device:
    """The state of one hotspot. Times are handed in; they may stand still, and a step back counts as none."""

    def __init__(self, hotspot: Hotspot, began: datetime) -> None:
        self.hotspot = hotspot
        self.fault: HotspotFault | None = None
        self._booted = began - LONGEST_AWAKE * share(hotspot.key, "awake")
        self._counted_until = began
        awake = (began - self._booted).total_seconds()
        self._in_octets = awake * 4e5 * (0.5 + share(hotspot.key, "in octets"))
        self._out_octets = self._in_octets * 0.15
        self._sent = 0
        self._load: tuple[int, HotspotFault | None, Load] | None = None

    def suffer(self, fault: HotspotFault | None, at: datetime) -> None:
        """From now on this is the matter with it. Whoever lost its power has just started when it gets it back."""
        self._count(at)
        was_off = self.fault is HotspotFault.POWER_CUT
        self.fault = fault
        if was_off and fault is not HotspotFault.POWER_CUT:
            self._booted = at
            self._in_octets = self._out_octets = 0.0
            self._sent = 0

    def now(self, at: datetime) -> DeviceNow:
        """What its agent knows at ``at``."""
        load = self._count(at)
        return DeviceNow(
            name=self.hotspot.key.rpartition(":")[2],
            location=self.hotspot.name,
            ticks=int(self._awake(at) * 100),
            in_octets=int(self._in_octets),
            out_octets=int(self._out_octets),
            clients=load.clients,
            cpu_ratio=load.cpu_ratio,
            memory_ratio=load.memory_ratio,
            celsius=load.celsius,
            line_mbps=LINE_MBPS,
        )

    def telemetry(self, at: datetime) -> bytes:
        """The next message of its probe. Every call counts as one sent."""
        self._sent += 1
        return json.dumps(self._told(self._count(at), at), separators=(",", ":")).encode()

    def _told(self, load: Load, at: datetime) -> Mapping[str, object]:
        slow_radio = load.clients * 2 // 5
        return {
            "v": 1,
            "ap": self.hotspot.device,
            "boot": int(self._booted.timestamp()),
            "seq": self._sent,
            "ts": round(at.timestamp(), 3),
            "up": int(self._awake(at)),
            "cpu": round(load.cpu_ratio * 100, 1),
            "mem": round(load.memory_ratio * 100, 1),
            "temp": round(load.celsius, 1),
            "radios": [
                {"band": "2.4", "ch": 6, "clients": slow_radio, "util": _percent(0.10 + 0.03 * slow_radio)},
                {"band": "5", "ch": 44, "clients": load.clients - slow_radio, "util": _percent(0.04 + 0.02 * load.clients)},
            ],
            "line": _line(load),
            "simulasi": True,
        }

    def _count(self, at: datetime) -> Load:
        """Let the counters advance by what has been transferred since the last time."""
        load = self._load_at(at)
        seconds = max((at - self._counted_until).total_seconds(), 0.0)
        if seconds and not (self.fault is not None and self.fault.is_dead):
            self._in_octets += load.down_bits_per_second * seconds / 8
            self._out_octets += load.up_bits_per_second * seconds / 8
        self._counted_until = max(at, self._counted_until)
        return load

    def _load_at(self, at: datetime) -> Load:
        second = int(at.timestamp())
        if self._load is None or self._load[:2] != (second, self.fault):
            self._load = (second, self.fault, load_of(self.hotspot, self.fault, at))
        return self._load[2]

    def _awake(self, at: datetime) -> float:
        return max((at - self._booted).total_seconds(), 0.0)


def _line(load: Load) -> Mapping[str, object]:
    told: dict[str, object] = {"rx_bps": int(load.down_bits_per_second), "tx_bps": int(load.up_bits_per_second)}
    if load.rtt_seconds is not None:
        told["rtt_ms"] = round(load.rtt_seconds * 1000, 1)
    return {**told, "loss_pct": round(load.loss_ratio * 100, 1), "internet": int(load.loss_ratio < 1)}


def _percent(ratio: float) -> float:
    return round(min(ratio, 0.98) * 100, 1)
