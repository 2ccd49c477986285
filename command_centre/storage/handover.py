"""What a shift leaves behind, as rows: what is open, what ended, what stood out, how many notices it brought."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, or_, select

from command_centre.domain.calendar import Interval
from command_centre.domain.incident import IncidentEventKind
from command_centre.domain.notification import NoticeKind
from command_centre.domain.rule import Severity
from command_centre.domain.target import TargetKey
from command_centre.storage.alert_tables import outbox
from command_centre.storage.tables import incident, incident_event, target
from command_centre.storage.times import from_ms, to_ms

MOST_NAMED = 5
_CALLS = (NoticeKind.FIRING, NoticeKind.UPDATE, NoticeKind.REMINDER, NoticeKind.ESCALATED)
"""What asks somebody to act. The rest is good news, or for reading."""


@dataclass(frozen=True, slots=True)
class Named:
    """One incident by the name of its target, or the key of its cause."""

    name: str
    group_key: TargetKey | None
    opened_at: datetime
    is_critical: bool
    is_taken: bool


@dataclass(frozen=True, slots=True)
class ShiftFacts:
    """One shift in numbers, with the first few names of each. ``calls``: what asked somebody to act, over all receivers once."""

    open: int
    open_named: Sequence[Named]
    resolved: int
    resolved_named: Sequence[Named]
    critical: int
    critical_named: Sequence[Named]
    worsened: int
    escalated: int
    calls: int


def shift_facts(connection: Connection, shift: Interval) -> ShiftFacts:
    """What happened during ``shift`` to incidents that stand by themselves and are worth a notice (INFO is the digest's)."""
    begins, ends = to_ms(shift.start), to_ms(shift.end)
    lasts = (incident.c.opened_at < ends) & or_(incident.c.resolved_at.is_(None), incident.c.resolved_at >= ends)
    ended = (incident.c.resolved_at >= begins) & (incident.c.resolved_at < ends)
    began = (incident.c.opened_at >= begins) & (incident.c.opened_at < ends)
    critical = began & (incident.c.severity == Severity.CRITICAL.value)
    return ShiftFacts(
        _count(connection, lasts),
        _named(connection, lasts),
        _count(connection, ended),
        _named(connection, ended),
        _count(connection, critical),
        _named(connection, critical),
        _worsened(connection, begins, ends),
        _told(connection, begins, ends, (NoticeKind.ESCALATED,), outbox.c.incident_id),
        _told(connection, begins, ends, _CALLS, outbox.c.id),
    )


def is_enqueued(connection: Connection, key: str) -> bool:
    """Whether a message of this key was made before."""
    return connection.execute(select(outbox.c.id).where(outbox.c.key == key)).one_or_none() is not None


def _own() -> ColumnElement[bool]:
    return incident.c.parent_id.is_(None) & (incident.c.severity != Severity.INFO.value)


def _count(connection: Connection, which: ColumnElement[bool]) -> int:
    number: int = connection.execute(select(func.count()).select_from(incident).where(_own(), which)).scalar_one()
    return number


def _named(connection: Connection, which: ColumnElement[bool]) -> list[Named]:
    is_critical = incident.c.severity == Severity.CRITICAL.value
    question: Select[Any] = (
        select(incident, target.c.short_name)
        .join(target, target.c.id == incident.c.target_id)
        .where(_own(), which)
        .order_by(is_critical.desc(), incident.c.opened_at, incident.c.id)
        .limit(MOST_NAMED)
    )
    return [_name(row) for row in connection.execute(question)]


def _name(row: Any) -> Named:
    key = None if row.group_key is None else TargetKey(row.group_key)
    is_critical = row.severity == Severity.CRITICAL.value
    return Named(row.short_name, key, from_ms(row.opened_at), is_critical, row.acknowledged_at is not None)


def _worsened(connection: Connection, begins: int, ends: int) -> int:
    question = (
        select(func.count(func.distinct(incident.c.id)))
        .join(incident_event, incident_event.c.incident_id == incident.c.id)
        .where(_own(), incident_event.c.kind == IncidentEventKind.WORSENED.value)
        .where(incident_event.c.at >= begins, incident_event.c.at < ends)
    )
    number: int = connection.execute(question).scalar_one()
    return number


def _told(connection: Connection, begins: int, ends: int, kinds: Sequence[NoticeKind], what: ColumnElement[Any]) -> int:
    question = select(func.count(func.distinct(what))).where(
        outbox.c.incident_id.is_not(None),
        outbox.c.kind.in_([each.value for each in kinds]),
        outbox.c.due_at >= begins,
        outbox.c.due_at < ends,
    )
    number: int = connection.execute(question).scalar_one()
    return number
