"""What an electronic service tells about its work: the quantities that its collector writes and its screens read.

Open items have a module of their own (``open_item``). Nothing is ever told about the people who sent them.
"""

from __future__ import annotations

from command_centre.domain.series import MetricName

QUEUE_OPEN = MetricName("queue_open_total")
PROCESSED_TODAY = MetricName("processed_today_total")
OVERDUE = MetricName("overdue_total")
NEWEST_RECORD_AGE = MetricName("newest_record_age_seconds")
SUBMITTED = MetricName("submitted_total")
EXPECTED = MetricName("expected_total")
COMPONENTS = MetricName("components_total")
COMPONENTS_UP = MetricName("components_up_total")
TOTAL = MetricName("total_seconds")
"""How long the whole conversation with the service took."""
