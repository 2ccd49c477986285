"""Spans and ``latest``: how each target stands and stood. SQL around ``painting``, which decides."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from itertools import groupby
from typing import TypeAlias

from sqlalchemy import Connection, Row, bindparam, delete, func, insert, select, update

from command_centre.domain.availability import Observation, Span
from command_centre.domain.calendar import Interval
from command_centre.domain.reading import Reading, Reason, Status
from command_centre.domain.target import TargetKey
from command_centre.storage.database import upsert_into
from command_centre.storage.log import Stored
from command_centre.storage.painting import PlannedWithin, paint_late, paint_newest
from command_centre.storage.tables import latest, reading, span, target
from command_centre.storage.times import from_ms, span_ms, to_ms

PlannedFor: TypeAlias = Callable[[TargetKey], PlannedWithin]
"""Each target's agreed planned time."""


def advance_spans(connection: Connection, stored: Sequence[Stored], planned_for: PlannedFor) -> None:
    """Move ``latest`` and the spans of every target that has news. Tentative readings move nothing: their retry decides."""
    counting = [each for each in stored if not each.reading.tentative]
    in_order = [each for each in counting if each.is_newest]
    if in_order:
        _follow_newest(connection, in_order, planned_for)
    for late in (each for each in counting if not each.is_newest):
        _insert_late(connection, late, planned_for)


def mark_silent(connection: Connection, now: datetime, planned_for: PlannedFor) -> int:
    """Say of every target whose newest reading no longer vouches that nothing is known; returns how many fell silent just now.

    No reading is invented: only ``latest`` and the spans say so.
    """
    now_ms = to_ms(now)
    fallen = connection.execute(
        select(latest, target.c.key)
        .join(target, target.c.id == latest.c.target_id)
        .where(latest.c.vouched_until < now_ms, latest.c.reason != Reason.SILENT.value, target.c.removed_at.is_(None))
    ).all()
    for row in fallen:
        change = {"status": Status.UNKNOWN.value, "reason": Reason.SILENT.value}
        if row.status != Status.UNKNOWN.value:
            change["since"] = row.vouched_until
        connection.execute(update(latest).where(latest.c.target_id == row.target_id).values(change))
        _begin_silence(connection, row.target_id, row.vouched_until, now, planned_for(TargetKey(row.key)))
    return len(fallen)


def _follow_newest(connection: Connection, stored: Sequence[Stored], planned_for: PlannedFor) -> None:
    by_target = [
        (known, list(news)) for known, news in groupby(sorted(stored, key=_target_then_time), key=lambda each: each.target)
    ]
    ids = [known.id for known, _ in by_target]
    states = {row.target_id: row for row in connection.execute(select(latest).where(latest.c.target_id.in_(ids)))}
    recent = _recent_spans(connection, ids)
    changes = _SpanChanges()
    rows: list[dict[str, object]] = []
    for known, news in by_target:
        old = recent.get(known.id, ())
        spans = _painted(old, news, planned_for(known.key))
        changes.note(known.id, old, spans)
        rows.append(_latest_row(states.get(known.id), news, spans))
    changes.write(connection)
    connection.execute(upsert_into(connection, latest), rows)


def _insert_late(connection: Connection, late: Stored, planned_for: PlannedFor) -> None:
    counts = (reading.c.target_id == late.target.id) & reading.c.tentative.is_(False)
    later = connection.execute(select(func.min(reading.c.at)).where(counts, reading.c.at > late.at)).scalar()
    if later is None:
        # Same time as the newest, from another source: the one written last speaks.
        _follow_newest(connection, [late], planned_for)
        return
    old = _spans_around(connection, late.target.id, late.at, later)
    seen = _observation(late.reading, late.at)
    new = paint_late(old, seen, from_ms(later), late.patience, planned_for(late.target.key))
    changes = _SpanChanges()
    changes.note(late.target.id, old, new)
    changes.write(connection)
    _refresh_since(connection, late.target.id)


def _refresh_since(connection: Connection, target_id: int) -> None:
    """After spans changed behind it: since when the newest status lasts, and which span holds the newest reading."""
    state = connection.execute(select(latest).where(latest.c.target_id == target_id)).one()
    rows = connection.execute(
        select(span.c.since, span.c.until, span.c.status)
        .where(span.c.target_id == target_id, span.c.since <= max(state.at, state.since))
        .order_by(span.c.since.desc())
        .limit(1_000)
    )
    since: int | None = None
    for row in rows:
        if row.status != state.status or (since is not None and row.until != since):
            break
        since = row.since
    holding = select(func.max(span.c.since)).where(span.c.target_id == target_id, span.c.since <= state.at)
    span_since = connection.execute(holding).scalar()
    connection.execute(
        update(latest)
        .where(latest.c.target_id == target_id)
        .values(since=state.since if since is None else since, span_since=span_since)
    )


def _begin_silence(connection: Connection, target_id: int, since: int, now: datetime, planned: PlannedWithin) -> None:
    """A span up to now. It is not lengthened while the silence lasts: time after the last span is silence by the rule."""
    old = _spans_around(connection, target_id, since, to_ms(now))
    seen = Observation(from_ms(since), Status.UNKNOWN, Reason.SILENT)
    changes = _SpanChanges()
    changes.note(target_id, old, paint_newest(old, seen, now - seen.at, planned))
    changes.write(connection)


def _recent_spans(connection: Connection, ids: Sequence[int]) -> dict[int, tuple[Span, ...]]:
    """Per target the span that holds its newest reading, and those after it."""
    recent = (
        select(span)
        .join(latest, latest.c.target_id == span.c.target_id)
        .where(latest.c.target_id.in_(ids), span.c.since >= latest.c.span_since)
        .order_by(span.c.target_id, span.c.since)
    )
    rows = connection.execute(recent).all()
    return {key: tuple(_span(row) for row in group) for key, group in groupby(rows, key=lambda row: row.target_id)}


def _spans_around(connection: Connection, target_id: int, start: int, end: int) -> tuple[Span, ...]:
    """The spans from the last one that begins before ``start`` to the first one that begins at ``end`` or later."""
    own = span.c.target_id == target_id
    first = connection.execute(select(func.max(span.c.since)).where(own, span.c.since < start)).scalar()
    last = connection.execute(select(func.min(span.c.since)).where(own, span.c.since >= end)).scalar()
    around = select(span).where(own).order_by(span.c.since)
    if first is not None:
        around = around.where(span.c.since >= first)
    if last is not None:
        around = around.where(span.c.since <= last)
    return tuple(_span(row) for row in connection.execute(around))


class _SpanChanges:
    """Collects what has to be written so that the old spans of some targets become the new ones."""

    def __init__(self) -> None:
        self._removed: list[dict[str, object]] = []
        self._written: list[dict[str, object]] = []
        self._lengthened: list[dict[str, object]] = []

    def note(self, target_id: int, old: Sequence[Span], new: Sequence[Span]) -> None:
        was = {each.interval.start: each for each in old}
        for each in new:
            before = was.pop(each.interval.start, None)
            if before == each:
                continue
            if before is not None and (before.status, before.reason, before.planned) == (each.status, each.reason, each.planned):
                self._lengthened.append(
                    {"p_target": target_id, "p_since": to_ms(each.interval.start), "p_until": to_ms(each.interval.end)}
                )
                continue
            if before is not None:
                self._removed.append({"p_target": target_id, "p_since": to_ms(before.interval.start)})
            self._written.append(_span_row(target_id, each))
        self._removed += [{"p_target": target_id, "p_since": to_ms(start)} for start in was]

    def write(self, connection: Connection) -> None:
        one = (span.c.target_id == bindparam("p_target")) & (span.c.since == bindparam("p_since"))
        if self._removed:
            connection.execute(delete(span).where(one), self._removed)
        if self._lengthened:
            connection.execute(update(span).where(one).values(until=bindparam("p_until")), self._lengthened)
        if self._written:
            connection.execute(insert(span), self._written)


def _observation(each: Reading, at: int) -> Observation:
    return Observation(from_ms(at), each.status, each.reason)


def _span_holding(spans: Sequence[Span], at: int) -> int:
    moment = from_ms(at)
    return max(to_ms(each.interval.start) for each in spans if each.interval.start <= moment)


def _target_then_time(each: Stored) -> tuple[int, int, int]:
    return each.target.id, each.at, each.seq


def _span(row: Row[tuple[object, ...]]) -> Span:
    return Span(Interval(from_ms(row.since), from_ms(row.until)), Status(row.status), Reason(row.reason), row.planned)


def _span_row(target_id: int, each: Span) -> dict[str, object]:
    return {
        "target_id": target_id,
        "since": to_ms(each.interval.start),
        "until": to_ms(each.interval.end),
        "status": each.status.value,
        "reason": each.reason.value,
        "planned": each.planned,
    }


def _painted(spans: tuple[Span, ...], news: Sequence[Stored], planned: PlannedWithin) -> tuple[Span, ...]:
    for each in news:
        spans = paint_newest(spans, _observation(each.reading, each.at), each.patience, planned)
    return spans


def _latest_row(state: Row[tuple[object, ...]] | None, news: Sequence[Stored], spans: Sequence[Span]) -> dict[str, object]:
    newest = news[-1]
    return {
        "target_id": newest.target.id,
        "seq": newest.seq,
        "at": newest.at,
        "status": newest.reading.status.value,
        "reason": newest.reading.reason.value,
        "since": _since(state, news),
        "vouched_until": newest.at + span_ms(newest.patience),
        "span_since": _span_holding(spans, newest.at),
        "packed": newest.packed,
        "detail_id": newest.detail_id,
    }


def _since(state: Row[tuple[object, ...]] | None, news: Sequence[Stored]) -> int:
    """Since when the status of the newest reading lasts: no other status and no silence in between."""
    since, until, status = (state.since, state.vouched_until, state.status) if state is not None else (0, -1, None)
    for each in news:
        reaches_on = each.at <= until or each.reading.status is Status.UNKNOWN
        if each.reading.status.value != status or not reaches_on:
            since = each.at
        until, status = each.at + span_ms(each.patience), each.reading.status.value
    return int(since)
