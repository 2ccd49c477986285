"""What an electronic service tells about its work: the names that its collector writes and its screens read.

Each open item (an application, a complaint) is told by the moment it arrived, so that its own clock can be drawn; never by
anything about the person who sent it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime

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

OPEN_ITEMS = "open_items"
"""Key of a reading's evidence: when each open item arrived, as a tuple of texts (``2026-11-24T01:02:03Z``), oldest first."""

MOST_OPEN_ITEMS = 50
"""A wall has no room for more; how many there are altogether is told by ``queue_open_total``."""

_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:\d{2})")


def written_items(opened: Iterable[datetime]) -> tuple[str, ...]:
    """Moments of arrival as evidence: the oldest ``MOST_OPEN_ITEMS``, in UTC, to the second."""
    oldest = sorted(each.astimezone(UTC) for each in opened)[:MOST_OPEN_ITEMS]
    return tuple(each.strftime("%Y-%m-%dT%H:%M:%SZ") for each in oldest)


def read_items(evidence: object) -> tuple[datetime, ...]:
    """Moments of arrival from evidence, oldest first; what is not a moment with its zone is left out."""
    if not isinstance(evidence, list | tuple):
        return ()
    found = [moment for each in evidence[:MOST_OPEN_ITEMS] if (moment := _moment(each)) is not None]
    return tuple(sorted(found))


def _moment(text: object) -> datetime | None:
    if not isinstance(text, str) or not _MOMENT.fullmatch(text):
        return None
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
