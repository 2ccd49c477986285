"""Times in tables: integer epoch milliseconds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
ONE_MILLISECOND = timedelta(milliseconds=1)


def to_ms(at: datetime) -> int:
    """Whole milliseconds since the epoch; what is finer is cut off."""
    return (at - EPOCH) // ONE_MILLISECOND


def from_ms(ms: int) -> datetime:
    """The same moment as an aware UTC datetime."""
    return EPOCH + timedelta(milliseconds=ms)


def span_ms(length: timedelta) -> int:
    """Whole milliseconds in a length of time."""
    return length // ONE_MILLISECOND
