"""Rollups: five minutes from the log, hours from five minutes, days from hours. Recomputed, never incremented.

Late, repeated and out-of-order readings mark their five minutes dirty; rolling up a mark recomputes the whole bucket, so it can
be interrupted, repeated and raced without harm.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import reduce
from typing import TypeAlias

from sqlalchemy import Connection, and_, delete, select

from command_centre.domain.series import Resolution, Rollup, Unit, merge, roll_up
from command_centre.storage.database import insert_into, upsert_into
from command_centre.storage.facts import LOG_SINCE, recall
from command_centre.storage.log import Stored
from command_centre.storage.tables import dirty, metric, reading, rollup, series
from command_centre.storage.times import span_ms, to_ms
from command_centre.storage.values import pack_sketch, unpack_sketch, unpack_values

Bucket: TypeAlias = tuple[int, int]
"""(start in milliseconds, target id): all series of one target over one bucket."""

FINER = {Resolution.HOUR: Resolution.FIVE_MINUTES, Resolution.DAY: Resolution.HOUR}
COARSER = {fine: coarse for coarse, fine in FINER.items()}


def mark_dirty(connection: Connection, stored: Sequence[Stored], at: datetime) -> None:
    """Note which five minutes of which targets have to be rolled up (again).

    Where retention has already taken the log, a rollup is final: recomputing it from one late reading would make it wrong.
    """
    width = span_ms(Resolution.FIVE_MINUTES.value)
    kept_since = int(recall(connection, LOG_SINCE) or 0)
    counting = [each for each in stored if each.packed is not None and not each.reading.tentative and each.at >= kept_since]
    touched = {(each.at // width * width, each.target.id) for each in counting}
    mark_buckets(connection, Resolution.FIVE_MINUTES, touched, at)


def mark_buckets(connection: Connection, resolution: Resolution, touched: Iterable[tuple[int, int]], at: datetime) -> None:
    """Mark (bucket, target id) pairs of one resolution. The update matters: it makes a roller at work on the mark wait for us."""
    seconds = int(resolution.value.total_seconds())
    marked_at = to_ms(at)
    rows = [
        {"resolution_seconds": seconds, "bucket": bucket, "target_id": target_id, "marked_at": marked_at}
        for bucket, target_id in sorted(touched)
    ]
    if rows:
        connection.execute(upsert_into(connection, dirty), rows)


def roll_up_marked(connection: Connection, resolution: Resolution, now: datetime, limit: int) -> int:
    """Recompute up to ``limit`` marked buckets of one resolution, oldest first, and mark the next coarser ones.

    Returns how many were done. Only buckets whose time has passed are taken: an open hour is not recomputed every five minutes.
    """
    marked = _take_marks(connection, resolution, now, limit)
    if not marked:
        return 0
    if resolution is Resolution.FIVE_MINUTES:
        fresh = _from_log(connection, marked)
    else:
        fresh = _from_finer(connection, resolution, marked)
    _replace(connection, resolution, marked, fresh)
    coarser = COARSER.get(resolution)
    if coarser is not None:
        width = span_ms(coarser.value)
        mark_buckets(connection, coarser, {(bucket // width * width, target_id) for bucket, target_id in marked}, now)
    return len(marked)


def _take_marks(connection: Connection, resolution: Resolution, now: datetime, limit: int) -> list[Bucket]:
    # Removed before the log is read: a reading that comes in between leaves a mark of its own.
    seconds = _seconds(resolution)
    chosen = (
        select(dirty.c.bucket, dirty.c.target_id)
        .where(dirty.c.resolution_seconds == seconds, dirty.c.bucket <= to_ms(now) - span_ms(resolution.value))
        .order_by(dirty.c.bucket, dirty.c.target_id)
        .limit(limit)
    )
    marked = [(row.bucket, row.target_id) for row in connection.execute(chosen)]
    for bucket, targets in _by_bucket(marked).items():
        these = and_(dirty.c.resolution_seconds == seconds, dirty.c.bucket == bucket, dirty.c.target_id.in_(targets))
        connection.execute(delete(dirty).where(these))
    return marked


def _from_log(connection: Connection, marked: Sequence[Bucket]) -> dict[tuple[int, int, int], Rollup]:
    """{(target id, metric id, bucket): rollup} of the readings in the marked buckets."""
    averaged = select(metric.c.id, metric.c.is_latency).where(metric.c.unit != Unit.CODE.value)
    is_latency = {row.id: row.is_latency for row in connection.execute(averaged)}
    width = span_ms(Resolution.FIVE_MINUTES.value)
    samples: dict[tuple[int, int, int], list[float]] = defaultdict(list)
    for bucket, targets in _by_bucket(marked).items():
        rows = connection.execute(
            select(reading.c.target_id, reading.c.packed).where(
                reading.c.target_id.in_(targets),
                reading.c.at >= bucket,
                reading.c.at < bucket + width,
                reading.c.tentative.is_(False),
                reading.c.packed.is_not(None),
            )
        )
        for row in rows:
            for metric_id, value in unpack_values(row.packed).items():
                if metric_id in is_latency:
                    samples[row.target_id, metric_id, bucket].append(value)
    rolled = {key: roll_up(values, is_latency=is_latency[key[1]]) for key, values in samples.items()}
    return {key: each for key, each in rolled.items() if each is not None}


def _from_finer(connection: Connection, resolution: Resolution, marked: Sequence[Bucket]) -> dict[tuple[int, int, int], Rollup]:
    width = span_ms(resolution.value)
    parts: dict[tuple[int, int, int], list[Rollup]] = defaultdict(list)
    for bucket, targets in _by_bucket(marked).items():
        rows = connection.execute(
            select(series.c.target_id, series.c.metric_id, rollup, rollup.c.count.label("samples"))
            .join(series, series.c.id == rollup.c.series_id)
            .where(
                rollup.c.resolution_seconds == _seconds(FINER[resolution]),
                series.c.target_id.in_(targets),
                rollup.c.bucket >= bucket,
                rollup.c.bucket < bucket + width,
            )
            .order_by(rollup.c.series_id, rollup.c.bucket)
        )
        for row in rows:
            each = Rollup(row.samples, row.total, row.low, row.high, unpack_sketch(row.sketch))
            parts[row.target_id, row.metric_id, bucket].append(each)
    return {key: reduce(merge, each) for key, each in parts.items()}


def _replace(
    connection: Connection,
    resolution: Resolution,
    marked: Sequence[Bucket],
    fresh: dict[tuple[int, int, int], Rollup],
) -> None:
    """Write the fresh rollups over the old ones.

    A bucket without fresh ones keeps what it has: only retention removes readings, and that must not take the rollup along.
    """
    if not fresh:
        return
    ids = _series_ids(connection, {(target_id, metric_id) for target_id, metric_id, _ in fresh})
    seconds = _seconds(resolution)
    rows = [
        {
            "resolution_seconds": seconds,
            "series_id": ids[target_id, metric_id],
            "bucket": bucket,
            "count": each.count,
            "total": each.total,
            "low": each.low,
            "high": each.high,
            "sketch": pack_sketch(each.sketch),
        }
        for (target_id, metric_id, bucket), each in fresh.items()
    ]
    connection.execute(upsert_into(connection, rollup), rows)


def _series_ids(connection: Connection, wanted: set[tuple[int, int]]) -> dict[tuple[int, int], int]:
    targets = sorted({target_id for target_id, _ in wanted})
    known = select(series).where(series.c.target_id.in_(targets))
    ids = {(row.target_id, row.metric_id): row.id for row in connection.execute(known)}
    missing = sorted(wanted - ids.keys())
    if missing:
        rows = [{"target_id": target_id, "metric_id": metric_id} for target_id, metric_id in missing]
        connection.execute(insert_into(connection, series).on_conflict_do_nothing(), rows)
        ids = {(row.target_id, row.metric_id): row.id for row in connection.execute(known)}
    return ids


def _by_bucket(marked: Iterable[Bucket]) -> dict[int, list[int]]:
    grouped: dict[int, list[int]] = defaultdict(list)
    for bucket, target_id in marked:
        grouped[bucket].append(target_id)
    return grouped


def _seconds(resolution: Resolution) -> int:
    return int(resolution.value.total_seconds())
