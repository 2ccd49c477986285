"""Every quantity a reading of our own uplink may carry."""

from __future__ import annotations

from command_centre.domain.series import Metric, MetricName, Unit

CONNECT_SECONDS = MetricName("connect_seconds")
REFERENCES_ANSWERING_RATIO = MetricName("references_answering_ratio")

METRICS: tuple[Metric, ...] = (
    Metric(CONNECT_SECONDS, Unit.SECONDS, "Time to open a connection to the first reference that answered.", is_latency=True),
    Metric(REFERENCES_ANSWERING_RATIO, Unit.RATIO, "Share of the reference addresses that answered within two seconds."),
)
