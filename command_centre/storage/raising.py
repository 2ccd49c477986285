"""Raising the severity of open stories, as rows."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, insert, select, update

from command_centre.domain.incident import IncidentEventKind, IncidentId
from command_centre.domain.rule import Severity
from command_centre.domain.target import TargetKey
from command_centre.storage.tables import incident, incident_event, target
from command_centre.storage.times import to_ms

KEYS_AT_ONCE = 500


class OpenStory(NamedTuple):
    """A story that stands by itself: of which target, and how severe and why."""

    id: IncidentId
    target: TargetKey
    severity: Severity
    status: str
    reason: str


def open_stories_of(connection: Connection, keys: Collection[str]) -> list[OpenStory]:
    """The open stories of some targets that no cause explains."""
    wanted, found = sorted(keys), list[OpenStory]()
    for start in range(0, len(wanted), KEYS_AT_ONCE):
        rows = connection.execute(
            select(incident.c.id, target.c.key, incident.c.severity, incident.c.status, incident.c.reason)
            .join(target, target.c.id == incident.c.target_id)
            .where(incident.c.resolved_at.is_(None), incident.c.parent_id.is_(None), incident.c.group_kind.is_(None))
            .where(target.c.key.in_(wanted[start : start + KEYS_AT_ONCE]))
            .order_by(incident.c.id)
        )
        found += [OpenStory(IncidentId(row[0]), TargetKey(row[1]), Severity(row[2]), row[3], row[4]) for row in rows]
    return found


def raise_severity(connection: Connection, story: OpenStory, severity: Severity, because: str, at: datetime) -> None:
    """From now on the story is more severe; its timeline says why."""
    connection.execute(update(incident).where(incident.c.id == story.id).values(severity=severity.value))
    told = {"incident_id": story.id, "at": to_ms(at), "kind": IncidentEventKind.WORSENED.value}
    connection.execute(insert(incident_event).values(told | {"status": story.status, "reason": story.reason, "detail": because}))
