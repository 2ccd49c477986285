"""The quantities that readings of this collector carry, and which names of the mapping language they come from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from collectors.hotspots_mqtt.intake import Taken
from command_centre.domain.reading import Fact
from command_centre.domain.series import Metric, MetricName, Unit

CLIENTS = MetricName("clients_total")
CPU = MetricName("cpu_ratio")
MEMORY = MetricName("memory_used_ratio")
UPTIME = MetricName("uptime_seconds")
IN = MetricName("in_bits_per_second")
OUT = MetricName("out_bits_per_second")
TEMPERATURE = MetricName("temperature_celsius")
AIR_BUSY = MetricName("air_busy_ratio")
LATENCY = MetricName("latency_seconds")
LOSS = MetricName("packet_loss_ratio")

MESSAGES = MetricName("mqtt_messages_total")
REJECTED = MetricName("mqtt_rejected_total")
LIMITED = MetricName("mqtt_rate_limited_total")
MISSED = MetricName("mqtt_missed_total")
STRANGERS = MetricName("mqtt_unknown_devices_total")
DROPPED = MetricName("mqtt_dropped_total")
STORE_DELAY = MetricName("mqtt_store_delay_seconds")

METRICS: tuple[Metric, ...] = (
    Metric(CLIENTS, Unit.TOTAL, "Devices connected to the hotspot's Wi-Fi; each counted once."),
    Metric(CPU, Unit.RATIO, "How busy the processor is, mean over its cores."),
    Metric(MEMORY, Unit.RATIO, "Used share of the main memory; buffers and cache count as free."),
    Metric(UPTIME, Unit.SECONDS, "Time since the device started."),
    Metric(IN, Unit.BITS_PER_SECOND, "Received on the line to the provider (what people download)."),
    Metric(OUT, Unit.BITS_PER_SECOND, "Sent on the line to the provider (what people upload)."),
    Metric(TEMPERATURE, Unit.CELSIUS, "The hottest of the device's sensors."),
    Metric(AIR_BUSY, Unit.RATIO, "Share of air time in use on the busiest radio."),
    Metric(LATENCY, Unit.SECONDS, "Round trip from the device to its reference address.", is_latency=True),
    Metric(LOSS, Unit.RATIO, "Share of the device's own pings that were lost."),
    Metric(MESSAGES, Unit.TOTAL, "MQTT messages received since the collector started."),
    Metric(REJECTED, Unit.TOTAL, "Flaws found in messages since the collector started; the evidence says of which kind."),
    Metric(LIMITED, Unit.TOTAL, "Messages left out because one device sent too many, since the collector started."),
    Metric(MISSED, Unit.TOTAL, "Messages that never arrived, by the numbers the devices give them."),
    Metric(STRANGERS, Unit.TOTAL, "Devices that speak and are not in the register."),
    Metric(DROPPED, Unit.TOTAL, "Messages of quality 0 left out because our store could not keep up."),
    Metric(
        STORE_DELAY,
        Unit.SECONDS,
        "Time from a message's arrival to its durable storage, the longest since the last report.",
        is_latency=True,
    ),
)

_SOURCES: Mapping[str, tuple[MetricName, float]] = MappingProxyType(
    {
        "clients": (CLIENTS, 1.0), "clients_total": (CLIENTS, 1.0), "klien": (CLIENTS, 1.0), "pengguna": (CLIENTS, 1.0),
        "stations": (CLIENTS, 1.0), "users": (CLIENTS, 1.0),
        "cpu_pct": (CPU, 0.01), "cpu_ratio": (CPU, 1.0),
        "mem_used_pct": (MEMORY, 0.01), "memory_used_pct": (MEMORY, 0.01), "mem_pct": (MEMORY, 0.01),
        "memory_pct": (MEMORY, 0.01), "memory_used_ratio": (MEMORY, 1.0),
        "uptime_s": (UPTIME, 1.0), "uptime_seconds": (UPTIME, 1.0),
        "rx_bps": (IN, 1.0), "in_bps": (IN, 1.0), "in_bits_per_second": (IN, 1.0), "rx_kbps": (IN, 1e3), "in_kbps": (IN, 1e3),
        "rx_mbps": (IN, 1e6), "in_mbps": (IN, 1e6), "down_mbps": (IN, 1e6),
        "tx_bps": (OUT, 1.0), "out_bps": (OUT, 1.0), "out_bits_per_second": (OUT, 1.0), "tx_kbps": (OUT, 1e3),
        "out_kbps": (OUT, 1e3), "tx_mbps": (OUT, 1e6), "out_mbps": (OUT, 1e6), "up_mbps": (OUT, 1e6),
        "temperature_c": (TEMPERATURE, 1.0), "temp_c": (TEMPERATURE, 1.0), "suhu_c": (TEMPERATURE, 1.0),
        "temperature_celsius": (TEMPERATURE, 1.0),
        "air_busy_pct": (AIR_BUSY, 0.01), "channel_busy_pct": (AIR_BUSY, 0.01), "utilization_pct": (AIR_BUSY, 0.01),
        "latency_ms": (LATENCY, 0.001), "latency_s": (LATENCY, 1.0), "ping_ms": (LATENCY, 0.001), "rtt_ms": (LATENCY, 0.001),
        "loss_pct": (LOSS, 0.01), "packet_loss_pct": (LOSS, 0.01),
    }
)  # fmt: skip

_MOST_FACTS = 20


def split_values(values: Iterable[Taken]) -> tuple[dict[MetricName, float], dict[str, Fact]]:
    """Series in base units, and what has no series of its own, as facts."""
    series: dict[MetricName, float] = {}
    facts: dict[str, Fact] = {}
    for each in values:
        source = _SOURCES.get(each.metric)
        if source is not None and not isinstance(each.value, str):
            series[source[0]] = each.value * source[1]
        elif len(facts) < _MOST_FACTS:
            facts[each.metric] = each.value
    used, free = facts.get("mem_used_bytes"), facts.get("mem_free_bytes")
    if MEMORY not in series and isinstance(used, int | float) and isinstance(free, int | float) and used + free > 0:
        series[MEMORY] = used / (used + free)
    return series, facts
