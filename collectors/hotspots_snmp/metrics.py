"""The quantities a hotspot's reading may carry. A value the device did not give is left out."""

from __future__ import annotations

from command_centre.domain.series import Metric, MetricName, Unit

CLIENTS = MetricName("clients_total")
ACCESS_POINTS = MetricName("access_points_total")
CPU = MetricName("cpu_ratio")
MEMORY = MetricName("memory_used_ratio")
UPTIME = MetricName("uptime_seconds")
IN = MetricName("in_bits_per_second")
OUT = MetricName("out_bits_per_second")
TEMPERATURE = MetricName("temperature_celsius")
AIR_BUSY = MetricName("air_busy_ratio")
ANSWER = MetricName("snmp_answer_seconds")

METRICS = (
    Metric(CLIENTS, Unit.TOTAL, "Devices connected to the hotspot's Wi-Fi; each counted once."),
    Metric(ACCESS_POINTS, Unit.TOTAL, "Access points that are connected to a controller or cluster."),
    Metric(CPU, Unit.RATIO, "How busy the processor is, mean over its cores."),
    Metric(MEMORY, Unit.RATIO, "Used share of the main memory; buffers and cache count as free."),
    Metric(UPTIME, Unit.SECONDS, "Time since the device, or its SNMP agent, started."),
    Metric(IN, Unit.BITS_PER_SECOND, "Received on the line to the provider (what people download)."),
    Metric(OUT, Unit.BITS_PER_SECOND, "Sent on the line to the provider (what people upload)."),
    Metric(TEMPERATURE, Unit.CELSIUS, "The hottest of the device's sensors."),
    Metric(AIR_BUSY, Unit.RATIO, "Share of air time in use on the busiest radio."),
    Metric(ANSWER, Unit.SECONDS, "The slowest answer of the SNMP agent during one look.", is_latency=True),
)
