"""Coarse history from before the log began: spans, incidents, hourly rollups. Only the simulated city has any."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, insert, select

from command_centre.domain.series import MetricName, Resolution
from command_centre.domain.target import TargetKey
from command_centre.storage.database import insert_into
from command_centre.storage.tables import incident, metric, rollup, series, span, target
from command_centre.storage.times import to_ms

WEEKS_MADE = "demo_weeks_made"
"""A fact: ``yes`` once the simulated weeks before the demo are written."""


class PastSpan(NamedTuple):
    """One status of one target over one stretch of time."""

    target: TargetKey
    since: datetime
    until: datetime
    status: str
    reason: str


class PastHour(NamedTuple):
    """What one metric of one target came to in one hour."""

    target: TargetKey
    bucket: datetime
    samples: int
    total: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class PastIncident:
    """An incident that is over."""

    target: TargetKey
    rule: str
    severity: str
    reason: str
    opened_at: datetime
    acknowledged_at: datetime | None
    resolved_at: datetime
    cause: str | None = None
    owner: str | None = None
    group_kind: str | None = None
    group_key: str | None = None
    scope: int | None = None
    scope_total: int | None = None


def target_ids(connection: Connection) -> Mapping[TargetKey, int]:
    """The register's numbers by key."""
    return {TargetKey(row.key): row.id for row in connection.execute(select(target.c.key, target.c.id))}


def write_past_spans(connection: Connection, ids: Mapping[TargetKey, int], spans: Iterable[PastSpan]) -> None:
    """Write spans; one that is there already stays."""
    rows = [
        {
            "target_id": ids[each.target],
            "since": to_ms(each.since),
            "until": to_ms(each.until),
            "status": each.status,
            "reason": each.reason,
            "planned": False,
        }
        for each in spans
    ]
    if rows:
        connection.execute(insert_into(connection, span).on_conflict_do_nothing(), rows)


def write_past_hours(connection: Connection, ids: Mapping[TargetKey, int], name: MetricName, hours: Sequence[PastHour]) -> None:
    """Write hourly rollups of one metric; one that is there already stays."""
    metric_id = connection.execute(select(metric.c.id).where(metric.c.name == name)).scalar_one()
    wanted = sorted({ids[each.target] for each in hours})
    pairs = [{"target_id": target_id, "metric_id": metric_id} for target_id in wanted]
    if not pairs:
        return
    connection.execute(insert_into(connection, series).on_conflict_do_nothing(), pairs)
    known = select(series.c.target_id, series.c.id).where(series.c.metric_id == metric_id)
    series_of = {row.target_id: row.id for row in connection.execute(known)}
    rows = [
        {
            "resolution_seconds": int(Resolution.HOUR.value.total_seconds()),
            "series_id": series_of[ids[each.target]],
            "bucket": to_ms(each.bucket),
            "count": each.samples,
            "total": each.total,
            "low": each.low,
            "high": each.high,
            "sketch": None,
        }
        for each in hours
    ]
    connection.execute(insert_into(connection, rollup).on_conflict_do_nothing(), rows)


def write_past_incidents(connection: Connection, ids: Mapping[TargetKey, int], incidents: Iterable[PastIncident]) -> None:
    """Write incidents that are over."""
    rows = [
        {
            "rule": each.rule,
            "target_id": ids[each.target],
            "severity": each.severity,
            "status": "down",
            "reason": each.reason,
            "detail": "",
            "opened_at": to_ms(each.opened_at),
            "acknowledged_at": None if each.acknowledged_at is None else to_ms(each.acknowledged_at),
            "resolved_at": to_ms(each.resolved_at),
            "cause": each.cause,
            "owner": each.owner,
            "group_kind": each.group_kind,
            "group_key": each.group_key,
            "scope": each.scope,
            "scope_total": each.scope_total,
        }
        for each in incidents
    ]
    if rows:
        connection.execute(insert(incident), rows)
