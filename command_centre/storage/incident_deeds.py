"""What people do to incidents, as rows: who has it, notes, causes, silences. Decided in ``commands``."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, or_, select, update

from command_centre.domain.incident import Cause, IncidentEventKind, IncidentId
from command_centre.storage.alert_tables import silence
from command_centre.storage.tables import incident, incident_event, target
from command_centre.storage.times import from_ms, to_ms

MOST_SILENCED = 1_000


@dataclass(frozen=True, slots=True)
class Standing:
    """How an incident stands with the people who look after it. None: nobody, not said, not over."""

    id: IncidentId
    resolved_at: datetime | None
    acknowledged_at: datetime | None
    acknowledged_by: str | None
    assigned_to: str | None
    cause: str | None


def standing(connection: Connection, story: IncidentId) -> Standing | None:
    """How it stands; None when there is no such incident. Locks the row on PostgreSQL: two answers at once queue."""
    row = connection.execute(select(incident).where(incident.c.id == story).with_for_update()).one_or_none()
    if row is None:
        return None
    return Standing(
        story, _moment(row.resolved_at), _moment(row.acknowledged_at), row.acknowledged_by, row.assigned_to, row.cause
    )


def _moment(ms: int | None) -> datetime | None:
    return None if ms is None else from_ms(ms)


def set_acknowledged(connection: Connection, story: IncidentId, by: str | None, at: datetime | None) -> None:
    """Who has it, and since when; None and None: nobody."""
    values = {"acknowledged_at": None if at is None else to_ms(at), "acknowledged_by": by}
    connection.execute(update(incident).where(incident.c.id == story).values(values))


def set_assigned(connection: Connection, story: IncidentId, to: str | None) -> None:
    """Whose it is."""
    connection.execute(update(incident).where(incident.c.id == story).values(assigned_to=to))


def set_cause(connection: Connection, story: IncidentId, cause: Cause | None) -> None:
    """What it was, as a person said."""
    connection.execute(update(incident).where(incident.c.id == story).values(cause=None if cause is None else cause.value))


def tell_event(connection: Connection, story: IncidentId, kind: IncidentEventKind, author: str, text: str, at: datetime) -> None:
    """One line of the incident's story, by a person."""
    row = connection.execute(select(incident.c.status, incident.c.reason).where(incident.c.id == story)).one()
    values = {
        "incident_id": story,
        "at": to_ms(at),
        "kind": kind.value,
        "status": row.status,
        "reason": row.reason,
        "detail": "",
        "author": author,
        "text": text,
    }
    connection.execute(insert(incident_event).values(values))


def labels_of(connection: Connection, story: IncidentId) -> dict[str, list[str]]:
    """Which alerts an incident and its children are about, as the labels of a silence."""
    mine = or_(incident.c.id == story, incident.c.parent_id == story) & incident.c.resolved_at.is_(None)
    rows = connection.execute(
        select(target.c.key, incident.c.rule)
        .join(target, target.c.id == incident.c.target_id)
        .where(mine)
        .order_by(incident.c.id)
        .limit(MOST_SILENCED)
    ).all()
    return {"target": sorted({row.key for row in rows}), "rule": sorted({row.rule for row in rows})}


def add_silence(
    connection: Connection,
    labels: Mapping[str, Sequence[str]],
    author: str,
    reason: str,
    starts_at: datetime,
    ends_at: datetime,
    at: datetime,
) -> int:
    """A promise of quiet; returns its number."""
    values = {
        "matcher": json.dumps({name: list(each) for name, each in labels.items()}, ensure_ascii=False, sort_keys=True),
        "author": author,
        "reason": reason,
        "starts_at": to_ms(starts_at),
        "ends_at": to_ms(ends_at),
        "created_at": to_ms(at),
    }
    number: int = connection.execute(insert(silence).values(values).returning(silence.c.id)).scalar_one()
    return number


def lift_silence(connection: Connection, number: int, by: str, at: datetime) -> bool:
    """End a silence early; False when there is none of that number that still lasts."""
    lasts = (silence.c.id == number) & silence.c.lifted_at.is_(None) & (silence.c.ends_at > to_ms(at))
    return connection.execute(update(silence).where(lasts).values(lifted_at=to_ms(at), lifted_by=by)).rowcount == 1
