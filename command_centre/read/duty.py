"""What the duty page asks: one incident, how it stands with the people who look after it, and its last six hours."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Connection, Engine, Row, func, select

from command_centre.domain.incident import Cause, IncidentEventKind, IncidentId
from command_centre.domain.ports import Clock
from command_centre.domain.reading import Reason, Status
from command_centre.domain.rule import Severity
from command_centre.domain.target import TargetKey
from command_centre.storage.alert_tables import outbox
from command_centre.storage.tables import incident, incident_event, span, target
from command_centre.storage.times import from_ms, to_ms

SHOWN_PAST = timedelta(hours=6)
MOST_STRETCHES = 200
MOST_CHILDREN = 5
MOST_WORDS = 6


class Stretch(NamedTuple):
    """One status over one stretch of time, half-open."""

    since: datetime
    until: datetime
    status: Status


@dataclass(frozen=True, slots=True)
class Word:
    """Something a person said or did about the incident."""

    at: datetime
    author: str
    kind: IncidentEventKind
    text: str


@dataclass(frozen=True, slots=True)
class DutyView:
    """One incident for a phone. What is not known is None or empty.

    ``title``: the sentence that was sent about it; empty when none was. ``children``: how many others it explains, the first of
    them named in ``children_named``. ``past``: the target's last six hours, oldest first, with gaps where nobody knows.
    ``words``: newest first.
    """

    id: IncidentId
    as_of: datetime
    severity: Severity
    title: str
    target: TargetKey
    name: str
    short_name: str
    group: str
    place: str
    owner: str
    status: Status
    reason: Reason
    detail: str
    opened_at: datetime
    resolved_at: datetime | None
    acknowledged_at: datetime | None
    acknowledged_by: str | None
    assigned_to: str | None
    cause: Cause | None
    children: int
    children_named: tuple[str, ...]
    scope: int | None
    scope_total: int | None
    first_step: str
    suspected: str
    next_step: str
    past: tuple[Stretch, ...]
    words: tuple[Word, ...]
    is_simulated: bool


class DutyQueries:
    """Answers from one database. ``places``: the words for a kelurahan's code."""

    def __init__(
        self, engine: Engine, clock: Clock, *, places: Mapping[str, str] | None = None, is_simulated: bool = False
    ) -> None:
        self._engine = engine
        self._clock = clock
        self._places = dict(places or {})
        self._is_simulated = is_simulated

    def incident(self, story: IncidentId) -> DutyView | None:
        """One incident as it is now; None when there is no such incident."""
        now = self._clock.now()
        with self._engine.connect() as connection:
            row = connection.execute(_incident(story)).one_or_none()
            return None if row is None else self._view(connection, row, now)

    def _view(self, connection: Connection, row: Row[Any], now: datetime) -> DutyView:
        told = _newest_told(connection, row.id)
        facts = told.get("facts") or {}
        children, named = _children(connection, row.id)
        end = now if row.resolved_at is None else min(now, from_ms(row.resolved_at) + SHOWN_PAST / 3)
        return DutyView(
            id=IncidentId(row.id),
            as_of=now,
            severity=Severity(row.severity),
            title=str(told.get("title") or ""),
            target=TargetKey(row.key),
            name=row.name,
            short_name=row.short_name,
            group=row.group_name,
            place=self._places.get(row.kelurahan or "", ""),
            owner=row.owner or row.target_owner,
            status=Status(row.status),
            reason=Reason(row.reason),
            detail=row.detail,
            opened_at=from_ms(row.opened_at),
            resolved_at=_moment(row.resolved_at),
            acknowledged_at=_moment(row.acknowledged_at),
            acknowledged_by=row.acknowledged_by,
            assigned_to=row.assigned_to,
            cause=_cause(row.cause),
            children=children,
            children_named=named,
            scope=row.scope,
            scope_total=row.scope_total,
            first_step=_fact(facts, "first_step", "runbook"),
            suspected=_fact(facts, "suspected", "likely_cause"),
            next_step=_fact(facts, "next_step"),
            past=_past(connection, row.target_id, end - SHOWN_PAST, end),
            words=_words(connection, row.id),
            is_simulated=self._is_simulated,
        )


def _incident(story: IncidentId) -> Any:
    return (
        select(
            incident,
            target.c.key,
            target.c.name,
            target.c.short_name,
            target.c.group_name,
            target.c.kelurahan,
            target.c.owner.label("target_owner"),
        )
        .join(target, target.c.id == incident.c.target_id)
        .where(incident.c.id == story)
    )


def _newest_told(connection: Connection, story: int) -> Mapping[str, Any]:
    newest = select(outbox.c.payload).where(outbox.c.incident_id == story).order_by(outbox.c.id.desc()).limit(1)
    written = connection.execute(newest).scalar_one_or_none()
    try:
        told = json.loads(written) if written is not None else {}
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def _fact(facts: Mapping[str, Any], *names: str) -> str:
    return next((said for name in names if isinstance(said := facts.get(name), str)), "")


def _children(connection: Connection, story: int) -> tuple[int, tuple[str, ...]]:
    mine = incident.c.parent_id == story
    count = connection.execute(select(func.count()).select_from(incident).where(mine)).scalar_one()
    named = (
        select(target.c.short_name)
        .join(incident, incident.c.target_id == target.c.id)
        .where(mine)
        .order_by(incident.c.opened_at, incident.c.id)
        .limit(MOST_CHILDREN)
    )
    return count, tuple(connection.execute(named).scalars())


def _past(connection: Connection, target_id: int, since: datetime, until: datetime) -> tuple[Stretch, ...]:
    start, end = to_ms(since), to_ms(until)
    touching = (span.c.target_id == target_id) & (span.c.until > start) & (span.c.since < end)
    rows = connection.execute(
        select(span.c.since, span.c.until, span.c.status).where(touching).order_by(span.c.since.desc()).limit(MOST_STRETCHES)
    ).all()
    return tuple(
        Stretch(from_ms(max(row.since, start)), from_ms(min(row.until, end)), Status(row.status)) for row in reversed(rows)
    )


def _words(connection: Connection, story: int) -> tuple[Word, ...]:
    said = (incident_event.c.incident_id == story) & incident_event.c.author.is_not(None)
    rows = connection.execute(select(incident_event).where(said).order_by(incident_event.c.id.desc()).limit(MOST_WORDS))
    return tuple(Word(from_ms(row.at), row.author, IncidentEventKind(row.kind), row.text or "") for row in rows)


def _moment(ms: int | None) -> datetime | None:
    return None if ms is None else from_ms(ms)


def _cause(written: str | None) -> Cause | None:
    known = {each.value for each in Cause}
    return Cause(written) if written in known else None
