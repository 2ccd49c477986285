"""Every quantity a reading of a website may carry. What was not measured is left out."""

from __future__ import annotations

from command_centre.domain.series import Metric, MetricName, Unit

DNS_SECONDS = MetricName("dns_seconds")
CONNECT_SECONDS = MetricName("connect_seconds")
TLS_SECONDS = MetricName("tls_seconds")
FIRST_BYTE_SECONDS = MetricName("first_byte_seconds")
TRANSFER_SECONDS = MetricName("transfer_seconds")
TOTAL_SECONDS = MetricName("total_seconds")
HTTP_STATUS_CODE = MetricName("http_status_code")
REDIRECTS_TOTAL = MetricName("redirects_total")
BODY_BYTES = MetricName("body_bytes")
CERTIFICATE_REMAINING_SECONDS = MetricName("certificate_remaining_seconds")
LEAF_CERTIFICATE_REMAINING_SECONDS = MetricName("leaf_certificate_remaining_seconds")
CONTENT_AGE_SECONDS = MetricName("content_age_seconds")
IPV4_UP_RATIO = MetricName("ipv4_up_ratio")
IPV6_UP_RATIO = MetricName("ipv6_up_ratio")
LOOP_LAG_SECONDS = MetricName("loop_lag_seconds")

METRICS: tuple[Metric, ...] = (
    Metric(DNS_SECONDS, Unit.SECONDS, "Time until the name servers gave an address, all hops together.", is_latency=True),
    Metric(CONNECT_SECONDS, Unit.SECONDS, "Time to open the TCP connections, all hops together.", is_latency=True),
    Metric(TLS_SECONDS, Unit.SECONDS, "Time of the TLS handshakes, all hops together; absent without https.", is_latency=True),
    Metric(
        FIRST_BYTE_SECONDS, Unit.SECONDS, "Time from request to first byte of the answer, all hops together.", is_latency=True
    ),
    Metric(TRANSFER_SECONDS, Unit.SECONDS, "Time from first to last byte of the answers.", is_latency=True),
    Metric(TOTAL_SECONDS, Unit.SECONDS, "Time until the whole page was there, redirects included.", is_latency=True),
    Metric(HTTP_STATUS_CODE, Unit.CODE, "Status code of the last answer."),
    Metric(REDIRECTS_TOTAL, Unit.TOTAL, "Redirects followed before the last answer."),
    Metric(BODY_BYTES, Unit.BYTES, "Size of the page after decompression; at most the reading limit."),
    Metric(CERTIFICATE_REMAINING_SECONDS, Unit.SECONDS, "Time until the first certificate of the chain expires; negative after."),
    Metric(LEAF_CERTIFICATE_REMAINING_SECONDS, Unit.SECONDS, "Time until the site's own certificate expires; negative after."),
    Metric(CONTENT_AGE_SECONDS, Unit.SECONDS, "Age of the newest date found on the page."),
    Metric(IPV4_UP_RATIO, Unit.RATIO, "Whether the site answers over IPv4 (1 or 0); only where it has both families."),
    Metric(IPV6_UP_RATIO, Unit.RATIO, "Whether the site answers over IPv6 (1 or 0); only where it has both families."),
    Metric(LOOP_LAG_SECONDS, Unit.SECONDS, "Worst lateness of our own event loop during the look: how far to trust the times."),
)
