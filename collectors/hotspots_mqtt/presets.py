"""What the known conventions agree on, as data: documents in the language of ``mapping.py``.

A mapping whose topic begins like one of these takes from it what it leaves open; ``preset: tasmota`` asks for one by name. Facts
about a convention belong here and nowhere else. Sources: each project's own documentation of its topics and payloads.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

Document = Mapping[str, Any]

PRESETS: Mapping[str, Document] = MappingProxyType(
    {
        # Our own telemetry: not retained, QoS 1; status retained and the will of the access point.
        "command-centre": {
            "topic": "cc/v1/{city}/{shard}/{device}/telemetry",
            "status_topic": "cc/v1/{city}/{shard}/{device}/status",
            "format": "json",
            "fields": {
                "clients": {"path": "radios[*].clients", "type": "sum"},
                "cpu_pct": "cpu",
                "memory_used_pct": "mem",
                "temperature_c": "temp",
                "uptime_s": "up",
            },
            "time": "ts",
            "sequence": "seq",
            "boot": "boot",
            "availability": {"up": ["online"], "down": ["offline"]},
        },
        "collectd": {
            "topic": "collectd/{device}/{plugin}/{type}",
            "format": "collectd-plain",
        },
        "mikrotik": {
            "topic": "mikrotik/{device}/status",
            "format": "json",
            "fields": {"cpu_pct": "cpu", "mem_used_bytes": "umem", "mem_free_bytes": "fmem", "uptime_s": "uptime"},
            "uptime_format": "routeros",
        },
        "teltonika": {
            "topic": "router/{device}/{metric}",
            "format": "plain",
            "names": {"uptime": "uptime_s", "temperature": "temperature_c", "signal": "signal_dbm", "rssi": "signal_dbm"},
            "scale": {"temperature": 0.1},  # tenths of a degree
        },
        "tasmota": {
            "topic": "tele/{device}/STATE",
            "status_topic": "tele/{device}/LWT",
            "format": "json",
            "fields": {"uptime_s": "UptimeSec", "rssi_pct": "Wifi.RSSI", "signal_dbm": "Wifi.Signal"},
            "time": "Time",
            "availability": {"up": ["Online"], "down": ["Offline"]},
            # The time one loop takes, compared with the sleep that was set: neither a share of anything nor at most 100.
            "not_a_share": ["LoadAvg"],
            "unit_paths": {"°C": "TempUnit", "hPa": "PressureUnit"},
        },
        "shelly1": {
            "topic": "shellies/{device}/{metric}",
            "status_topic": "shellies/{device}/online",
            "format": "plain",
            "names": {
                "temperature": "temperature_c",
                "temperature_f": "temperature_f",
                "humidity": "humidity_pct",
                "battery": "battery_pct",
                "power": "power_w",
                "energy": "energy_wh",
                "voltage": "voltage_v",
                "rssi": "signal_dbm",
                "uptime": "uptime_s",
            },
            "scale": {"energy": 1 / 60},  # watt-minutes
            "availability": {"up": ["true"], "down": ["false"]},
        },
        "shelly2": {
            "topic": "{device}/events/rpc",
            "status_topic": "{device}/online",
            "format": "json",
            "fields": {
                "power_w": 'params["switch:0"].apower',
                "voltage_v": 'params["switch:0"].voltage',
                "temperature_c": 'params["switch:0"].temperature.tC',
                "signal_dbm": "params.wifi.rssi",
                "uptime_s": "params.sys.uptime",
            },
            "time": "params.ts",
            "availability": {"up": ["true"], "down": ["false"]},
        },
        "zigbee2mqtt": {
            "topic": "zigbee2mqtt/{device}",
            "status_topic": "zigbee2mqtt/{device}/availability",
            "format": "json",
            "fields": {
                "temperature_c": "temperature",
                "humidity_pct": "humidity",
                "battery_pct": "battery",
                "link_quality": "linkquality",
                "power_w": "power",
            },
            "time": "last_seen",
            "availability": {"path": "state", "up": ["online"], "down": ["offline"]},
        },
        "homie": {
            "topic": ["homie/{device}/{node}/{property}", "homie/5/{device}/{node}/{property}"],
            "status_topic": ["homie/{device}/$state", "homie/5/{device}/$state"],
            "format": "homie",
            "names": {
                "$stats/uptime": "uptime_s",
                "$stats/signal": "signal_pct",
                "$stats/cputemp": "temperature_c",
                "$stats/cpuload": "cpu_pct",
                "$stats/battery": "battery_pct",
                "$stats/freeheap": "mem_free_bytes",
                "$stats/supply": "voltage_v",
            },
            # sleeping is alive by agreement; lost is the last will.
            "availability": {"up": ["ready", "alert", "sleeping"], "down": ["disconnected", "lost"], "degraded": ["alert"]},
        },
        "sparkplug": {
            "topic": "spBv1.0/{group}/{type}/{device}",
            "format": "sparkplug-b",
        },
        "wifi-presence": {
            "topic": "wifi-presence/{device}/status",
            "format": "plain",
            "availability": {"up": ["online"], "down": ["offline"]},
        },
    }
)

_ROOTS: Mapping[str, str] = MappingProxyType(
    {
        "collectd": "collectd",
        "mikrotik": "mikrotik",
        "router": "teltonika",
        "tele": "tasmota",
        "shellies": "shelly1",
        "zigbee2mqtt": "zigbee2mqtt",
        "homie": "homie",
        "spBv1.0": "sparkplug",
        "wifi-presence": "wifi-presence",
    }
)
"""Which convention a topic belongs to, by its first level."""

INHERITED = ("names", "scale", "not_a_share", "unit_paths", "uptime_format")
"""What a mapping takes from the convention of its topic when it does not say so itself: facts, never fields."""


def preset_of_topic(topic: str) -> str | None:
    """The convention whose trees begin like ``topic``; None for a tree of its own."""
    return _ROOTS.get(topic.lstrip("/").split("/", 1)[0])


COLLECTD_SOURCES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        # type -> the names of its values, in the order of collectd's types.db
        "load": ("load_1m", "load_5m", "load_15m"),
        "uptime": ("uptime_s",),
        "stations": ("clients",),
        "signal_power": ("signal_dbm",),
        "signal_noise": ("noise_dbm",),
        "signal_quality": ("signal_pct",),
        "bitrate": ("bitrate_bps",),
        "if_octets": ("rx_bytes", "tx_bytes"),
        "if_packets": ("rx_packets", "tx_packets"),
        "if_errors": ("rx_errors", "tx_errors"),
        "if_dropped": ("rx_dropped", "tx_dropped"),
        "temperature": ("temperature_c",),
        "ping": ("latency_ms",),
        "users": ("users",),
        "conntrack": ("connections",),
        "df": ("disk_used_bytes", "disk_free_bytes"),
    }
)

COLLECTD_INSTANCES: Mapping[tuple[str, str], str] = MappingProxyType(
    {
        # (type, instance) -> name, where the instance says what kind of value it is
        ("memory", "used"): "mem_used_bytes",
        ("memory", "free"): "mem_free_bytes",
        ("memory", "cached"): "mem_cached_bytes",
        ("memory", "buffered"): "mem_buffered_bytes",
        ("percent", "used"): "mem_used_pct",
        ("percent", "free"): "mem_free_pct",
        ("cpu", "idle"): "cpu_idle_pct",
        ("cpu", "user"): "cpu_user_pct",
        ("cpu", "system"): "cpu_system_pct",
        ("cpu", "wait"): "cpu_wait_pct",
        ("percent", "active"): "cpu_pct",
        ("percent", "idle"): "cpu_idle_pct",
    }
)
