"""What the tables hold of one target: SQL for the pages that a person opens. Each function is one question."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, and_, func, select

from command_centre.domain.availability import Span
from command_centre.domain.calendar import Interval
from command_centre.domain.reading import Reason, Source, Status
from command_centre.domain.series import MetricName, Resolution
from command_centre.read.rows import NEWEST, Newest
from command_centre.storage.log import SIMULATED_HOTSPOT_PATIENCE, patience
from command_centre.storage.tables import detail, latest, metric, reading, rollup, series, span, target
from command_centre.storage.times import from_ms, span_ms
from command_centre.storage.values import unpack_values


@dataclass(frozen=True, slots=True)
class TargetFacts:
    """One line of the register."""

    id: int
    name: str
    owner: str
    kelurahan: str | None
    latitude: float | None
    longitude: float | None
    source: str
    every_seconds: float
    parents: tuple[str, ...]
    attributes: Mapping[str, str]


class Sample(NamedTuple):
    """One value at one time, and for how long it holds (epoch milliseconds)."""

    at: int
    value: float
    holds: int


@dataclass(frozen=True, slots=True)
class LastWords:
    """The newest reading from one source. ``values`` by name of the metric."""

    source: str
    at: int
    status: str
    reason: str
    detail: str
    values: Mapping[str, float]


def read_target(connection: Connection, key: str, kind: str) -> TargetFacts | None:
    """The line of the register under ``key``; None when there is none of this kind (any more)."""
    question: Select[Any] = select(
        target.c.id,
        target.c.name,
        target.c.owner,
        target.c.kelurahan,
        target.c.latitude,
        target.c.longitude,
        target.c.source,
        target.c.expected_every_seconds,
        target.c.parents,
        target.c.attributes,
    ).where(target.c.key == key, target.c.kind == kind, target.c.removed_at.is_(None))
    row: Any = connection.execute(question).one_or_none()
    if row is None:
        return None
    facts: Any = (*row[:-2], tuple(json.loads(row.parents)), json.loads(row.attributes))
    return TargetFacts(*facts)


def read_newest(connection: Connection, target_id: int) -> Newest | None:
    """The newest look at one target; None when it was never seen."""
    row = connection.execute(NEWEST.where(latest.c.target_id == target_id)).one_or_none()
    return None if row is None else Newest._make(row)


def read_last_words(connection: Connection, target_id: int, start: int) -> tuple[LastWords, ...]:
    """The newest reading of each source since ``start``, newest first."""
    newest = (
        select(reading.c.source, func.max(reading.c.at).label("at"))
        .where(reading.c.target_id == target_id, reading.c.at >= start)
        .group_by(reading.c.source)
        .subquery()
    )
    question = (
        select(reading.c.source, reading.c.at, reading.c.status, reading.c.reason, reading.c.packed, detail.c.text)
        .join(newest, and_(reading.c.source == newest.c.source, reading.c.at == newest.c.at))
        .outerjoin(detail, detail.c.id == reading.c.detail_id)
        .where(reading.c.target_id == target_id)
        .order_by(reading.c.at.desc(), reading.c.source)
    )
    names = _metric_names(connection)
    return tuple(
        LastWords(
            row.source,
            row.at,
            row.status,
            row.reason,
            row.text or "",
            {names[number]: value for number, value in unpack_values(row.packed).items() if number in names},
        )
        for row in connection.execute(question)
    )


def _metric_names(connection: Connection) -> dict[int, str]:
    return {row.id: row.name for row in connection.execute(select(metric.c.id, metric.c.name))}


def read_samples(
    connection: Connection, facts: TargetFacts, start: int, metrics: Sequence[MetricName], end: int | None = None
) -> dict[MetricName, list[Sample]]:
    """Every value of some metrics in the log from ``start`` until ``end`` (None: all that follows), in order of time.

    Each holds for its reading's patience.
    """
    known = {number: MetricName(name) for number, name in _metric_names(connection).items() if name in metrics}
    measured = span_ms(patience(facts.every_seconds))
    told_late = max(measured, span_ms(SIMULATED_HOTSPOT_PATIENCE))
    question = (
        select(reading.c.at, reading.c.packed, reading.c.source)
        .where(
            reading.c.target_id == facts.id,
            reading.c.at >= start,
            reading.c.tentative.is_(False),
            reading.c.packed.is_not(None),
        )
        .order_by(reading.c.at)
    )
    if end is not None:
        question = question.where(reading.c.at < end)
    samples: dict[MetricName, list[Sample]] = {name: [] for name in metrics}
    for at, packed, source in connection.execute(question):
        holds = told_late if source == Source.SIMULATED else measured
        for number, value in unpack_values(packed).items():
            if number in known:
                samples[known[number]].append(Sample(at, value, holds))
    return samples


def read_rollups(
    connection: Connection,
    target_id: int,
    resolution: Resolution,
    start: int,
    metrics: Sequence[MetricName],
    end: int | None = None,
) -> dict[MetricName, list[Sample]]:
    """The mean of each bucket of some metrics from ``start`` until ``end`` (None: all that follows), in order of time.

    It holds for its bucket and for the next one, which is not rolled up before it is over.
    """
    holds = 2 * span_ms(resolution.value)
    question = (
        select(metric.c.name, rollup.c.bucket, rollup.c.total, rollup.c.count.label("samples"))
        .join(series, series.c.id == rollup.c.series_id)
        .join(metric, metric.c.id == series.c.metric_id)
        .where(
            series.c.target_id == target_id,
            metric.c.name.in_(metrics),
            rollup.c.resolution_seconds == int(resolution.value.total_seconds()),
            rollup.c.bucket >= start,
        )
        .order_by(rollup.c.bucket)
    )
    if end is not None:
        question = question.where(rollup.c.bucket < end)
    samples: dict[MetricName, list[Sample]] = {name: [] for name in metrics}
    for name, bucket, total, count in connection.execute(question):
        samples[MetricName(name)].append(Sample(bucket, total / count, holds))
    return samples


def read_spans(connection: Connection, target_id: int, start: int) -> list[Span]:
    """The spans of one target that touch the time from ``start`` on, in order."""
    question = (
        select(span.c.since, span.c.until, span.c.status, span.c.reason, span.c.planned)
        .where(span.c.target_id == target_id, span.c.until > start)
        .order_by(span.c.since)
    )
    return [
        Span(Interval(from_ms(since), from_ms(until)), Status(status), Reason(reason), planned)
        for since, until, status, reason, planned in connection.execute(question)
    ]
