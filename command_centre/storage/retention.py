"""Retention: how long each class of data is kept. Removed in small steps, and never what has still to be rolled up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, func, select

from command_centre.domain.series import Resolution
from command_centre.storage.facts import LOG_SINCE, SNAPSHOTS_NEED_SINCE, recall, remember
from command_centre.storage.tables import detail, dirty, latest, reading, rollup, series
from command_centre.storage.times import span_ms, to_ms

DAY_MS = 86_400_000
BUCKETS_OF_A_DAY = {each: timedelta(days=1) // each.value for each in Resolution}


@dataclass(frozen=True, slots=True)
class Retention:
    """How long to keep what. None: for ever. Spans, incidents and the register are always kept.

    ``most_bytes`` (SQLite only) is the size above which the oldest days of the log go early, down to the last full day, so that a
    small disk fills with history and not with refusals.
    """

    log: timedelta | None = timedelta(days=30)
    five_minutes: timedelta | None = timedelta(days=120)
    hourly: timedelta | None = timedelta(days=3 * 365)
    daily: timedelta | None = None
    most_bytes: int | None = None


def remove_old_piece(connection: Connection, keep: Retention, now: datetime, limit: int = 2_000) -> int:
    """Remove up to ``limit`` rows of each class that are past their time; returns how many there were in all (0: nothing left).

    The same on SQLite and PostgreSQL. Whole days only, so that no rollup can ever be recomputed from part of its readings.
    """
    removed = 0
    if keep.log is not None:
        removed += _remove_readings(connection, _horizon(connection, Resolution.FIVE_MINUTES, keep.log, now), now, limit)
    if keep.most_bytes is not None and _used_bytes(connection) > keep.most_bytes:
        removed += _remove_readings(connection, _end_of_oldest_day(connection, now), now, limit)
    removed += _remove_unused_details(connection, limit)
    kept = {Resolution.FIVE_MINUTES: keep.five_minutes, Resolution.HOUR: keep.hourly, Resolution.DAY: keep.daily}
    for resolution, length in kept.items():
        if length is not None:
            removed += _remove_rollups(connection, resolution, _horizon_of(connection, resolution, length, now), limit)
    return removed


def _horizon_of(connection: Connection, resolution: Resolution, length: timedelta, now: datetime) -> int:
    """Rollups of a day are nobody's raw material; finer ones wait until the next coarser ones are made from them.

    Hours and days also wait until every period that needs them is frozen.
    """
    coarser = {Resolution.FIVE_MINUTES: Resolution.HOUR, Resolution.HOUR: Resolution.DAY}.get(resolution)
    past_its_time = (to_ms(now) - span_ms(length)) // DAY_MS * DAY_MS
    horizon = past_its_time if coarser is None else _horizon(connection, coarser, length, now)
    needed = recall(connection, SNAPSHOTS_NEED_SINCE)
    if needed is None or resolution is Resolution.FIVE_MINUTES:
        return horizon
    return min(horizon, int(needed) // DAY_MS * DAY_MS)


def _horizon(connection: Connection, made_from_it: Resolution, length: timedelta, now: datetime) -> int:
    """Start of the first day to keep: ``length`` ago, or earlier where something has still to be made."""
    seconds = int(made_from_it.value.total_seconds())
    waiting = connection.execute(select(func.min(dirty.c.bucket)).where(dirty.c.resolution_seconds == seconds)).scalar()
    wanted = to_ms(now) - span_ms(length)
    return (wanted if waiting is None else min(wanted, waiting)) // DAY_MS * DAY_MS


def _used_bytes(connection: Connection) -> int:
    """Bytes of the file that hold something. On PostgreSQL 0: there the space of removed rows is the server's business."""
    if connection.dialect.name != "sqlite":
        return 0
    pages, free, size = (
        connection.exec_driver_sql(f"PRAGMA {name}").scalar_one() for name in ("page_count", "freelist_count", "page_size")
    )
    return int((pages - free) * size)


def _end_of_oldest_day(connection: Connection, now: datetime) -> int:
    """Start of the second day of the log; of yesterday at most, and never beyond what is still to be rolled up."""
    oldest = connection.execute(select(reading.c.at).order_by(reading.c.seq).limit(1)).scalar() or 0
    return min(oldest // DAY_MS * DAY_MS + DAY_MS, _horizon(connection, Resolution.FIVE_MINUTES, timedelta(days=1), now))


def _remove_readings(connection: Connection, horizon: int, now: datetime, limit: int) -> int:
    """From the front of the log. What came in late stands further back and goes when the front has reached it."""
    front = connection.execute(select(reading.c.seq, reading.c.at).order_by(reading.c.seq).limit(limit)).all()
    old = [row.seq for row in front if row.at < horizon]
    if not old:
        return 0
    if int(recall(connection, LOG_SINCE) or 0) < horizon:
        remember(connection, LOG_SINCE, str(horizon), now)
    connection.execute(delete(reading).where(reading.c.seq.in_(old)))
    return len(old)


def _remove_unused_details(connection: Connection, limit: int) -> int:
    """A text last said a day before everything that is kept can only be that of the newest reading of a target fallen silent."""
    horizon = int(recall(connection, LOG_SINCE) or 0) - DAY_MS
    shown = select(latest.c.detail_id).where(latest.c.detail_id.is_not(None))
    unused = select(detail.c.id).where(detail.c.last_used < horizon, detail.c.id.not_in(shown)).limit(limit)
    ids = list(connection.execute(unused).scalars())
    if ids:
        connection.execute(delete(detail).where(detail.c.id.in_(ids)))
    return len(ids)


def _remove_rollups(connection: Connection, resolution: Resolution, horizon: int, limit: int) -> int:
    """Series by series: the first bucket of each is one step down the index, however many follow."""
    own = (rollup.c.resolution_seconds == int(resolution.value.total_seconds())) & (rollup.c.series_id == series.c.id)
    first = select(func.min(rollup.c.bucket)).where(own).correlate(series).scalar_subquery()
    rows = connection.execute(select(series.c.id).where(first < horizon).limit(max(1, limit // BUCKETS_OF_A_DAY[resolution])))
    removed = 0
    for series_id in rows.scalars().all():
        these = (rollup.c.resolution_seconds == int(resolution.value.total_seconds())) & (rollup.c.series_id == series_id)
        removed += connection.execute(delete(rollup).where(these, rollup.c.bucket < horizon)).rowcount
    return removed
