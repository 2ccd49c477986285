"""Every quantity a reading of an e-service may carry. What the service did not tell is left out."""

from __future__ import annotations

from command_centre.domain.series import Metric, MetricName, Unit

# How the answer came
DNS_SECONDS = MetricName("dns_seconds")
CONNECT_SECONDS = MetricName("connect_seconds")
TLS_SECONDS = MetricName("tls_seconds")
FIRST_BYTE_SECONDS = MetricName("first_byte_seconds")
TRANSFER_SECONDS = MetricName("transfer_seconds")
TOTAL_SECONDS = MetricName("total_seconds")
HTTP_STATUS_CODE = MetricName("http_status_code")
BODY_BYTES = MetricName("body_bytes")
CERTIFICATE_REMAINING_SECONDS = MetricName("certificate_remaining_seconds")
LEAF_CERTIFICATE_REMAINING_SECONDS = MetricName("leaf_certificate_remaining_seconds")
LOOP_LAG_SECONDS = MetricName("loop_lag_seconds")
REQUESTS_TOTAL = MetricName("requests_total")

# What the service says of its work
QUEUE_OPEN_TOTAL = MetricName("queue_open_total")
RECEIVED_TODAY_TOTAL = MetricName("received_today_total")
PROCESSED_TODAY_TOTAL = MetricName("processed_today_total")
OVERDUE_TOTAL = MetricName("overdue_total")
RECEIVED_TOTAL = MetricName("received_total")
COMPLETED_TOTAL = MetricName("completed_total")
REJECTED_TOTAL = MetricName("rejected_total")
SUBMITTED_TOTAL = MetricName("submitted_total")
EXPECTED_TOTAL = MetricName("expected_total")
RECORDS_TOTAL = MetricName("records_total")
USERS_TODAY_TOTAL = MetricName("users_today_total")
NEWEST_RECORD_AGE_SECONDS = MetricName("newest_record_age_seconds")
OLDEST_OPEN_AGE_SECONDS = MetricName("oldest_open_age_seconds")
HANDLING_SECONDS = MetricName("handling_seconds")
WAITING_SECONDS = MetricName("waiting_seconds")
BACKEND_SECONDS = MetricName("backend_seconds")
COMPLETED_RATIO = MetricName("completed_ratio")
ON_TIME_RATIO = MetricName("on_time_ratio")
ERROR_RATIO = MetricName("error_ratio")
COMPONENTS_TOTAL = MetricName("components_total")
COMPONENTS_UP_TOTAL = MetricName("components_up_total")

TRANSPORT: tuple[Metric, ...] = (
    Metric(DNS_SECONDS, Unit.SECONDS, "Time until the name servers gave an address, all requests together.", is_latency=True),
    Metric(CONNECT_SECONDS, Unit.SECONDS, "Time to open the TCP connections, all requests together.", is_latency=True),
    Metric(
        TLS_SECONDS, Unit.SECONDS, "Time of the TLS handshakes, all requests together; absent without https.", is_latency=True
    ),
    Metric(FIRST_BYTE_SECONDS, Unit.SECONDS, "Time from request to first byte, all requests together.", is_latency=True),
    Metric(TRANSFER_SECONDS, Unit.SECONDS, "Time from first to last byte of the answers.", is_latency=True),
    Metric(TOTAL_SECONDS, Unit.SECONDS, "Time until all answers were there, signing in and pages included.", is_latency=True),
    Metric(HTTP_STATUS_CODE, Unit.CODE, "Status code of the last answer."),
    Metric(BODY_BYTES, Unit.BYTES, "Size of all answers after decompression."),
    Metric(CERTIFICATE_REMAINING_SECONDS, Unit.SECONDS, "Time until the first certificate of the chain expires; negative after."),
    Metric(LEAF_CERTIFICATE_REMAINING_SECONDS, Unit.SECONDS, "Time until the service's own certificate expires; negative after."),
    Metric(LOOP_LAG_SECONDS, Unit.SECONDS, "Worst lateness of our own event loop during the look: how far to trust the times."),
    Metric(REQUESTS_TOTAL, Unit.TOTAL, "Requests of this look: redirects, steps and pages included."),
)

WORK: tuple[Metric, ...] = (
    Metric(QUEUE_OPEN_TOTAL, Unit.TOTAL, "Items that wait or are being worked on."),
    Metric(RECEIVED_TODAY_TOTAL, Unit.TOTAL, "Items that came in today, by the service's own day."),
    Metric(PROCESSED_TODAY_TOTAL, Unit.TOTAL, "Items finished today, by the service's own day."),
    Metric(OVERDUE_TOTAL, Unit.TOTAL, "Open items beyond the service's own deadline."),
    Metric(RECEIVED_TOTAL, Unit.TOTAL, "Items received in the period the service reports on."),
    Metric(COMPLETED_TOTAL, Unit.TOTAL, "Items finished in the period the service reports on."),
    Metric(REJECTED_TOTAL, Unit.TOTAL, "Items rejected in the period the service reports on."),
    Metric(SUBMITTED_TOTAL, Unit.TOTAL, "Units (OPD) that have handed in what is due."),
    Metric(EXPECTED_TOTAL, Unit.TOTAL, "Units (OPD) that have to hand in something."),
    Metric(RECORDS_TOTAL, Unit.TOTAL, "Records published: data sets, regulations, documents."),
    Metric(USERS_TODAY_TOTAL, Unit.TOTAL, "People who used the service today, as it counts them."),
    Metric(NEWEST_RECORD_AGE_SECONDS, Unit.SECONDS, "Age of the newest record the service shows."),
    Metric(OLDEST_OPEN_AGE_SECONDS, Unit.SECONDS, "Age of the oldest item that is still open."),
    Metric(HANDLING_SECONDS, Unit.SECONDS, "Time from receiving an item to finishing it, as the service reports it."),
    Metric(WAITING_SECONDS, Unit.SECONDS, "Time people wait now, as the service reports it."),
    Metric(BACKEND_SECONDS, Unit.SECONDS, "Response time of a component, as the service reports it."),
    Metric(COMPLETED_RATIO, Unit.RATIO, "Share of items finished, as the service reports it."),
    Metric(ON_TIME_RATIO, Unit.RATIO, "Share of items finished within their deadline, as the service reports it."),
    Metric(ERROR_RATIO, Unit.RATIO, "Share of requests that failed, as the service reports it."),
    Metric(COMPONENTS_TOTAL, Unit.TOTAL, "Components of the service that report their health."),
    Metric(COMPONENTS_UP_TOTAL, Unit.TOTAL, "Components of the service that report to be in order."),
)
"""What a definition may extract. A name outside this list is a mistake in the definition."""

METRICS: tuple[Metric, ...] = (*TRANSPORT, *WORK)
