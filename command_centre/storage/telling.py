"""What was told of each story, as rows; and the stories about which there may be something to tell."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, func, or_, select

from command_centre.domain.incident import IncidentEventKind, IncidentId
from command_centre.domain.notification import NoticeKind
from command_centre.domain.reading import Reason, Status
from command_centre.domain.rule import RuleId, Severity
from command_centre.domain.silence import Matcher, Silence
from command_centre.domain.target import TargetKey
from command_centre.domain.telling import Told
from command_centre.storage.alert_tables import outbox, silence, telling
from command_centre.storage.database import upsert_into
from command_centre.storage.tables import alert_state, incident, incident_event, target
from command_centre.storage.times import from_ms, to_ms

MOST_STORIES = 2_000
"""Stories looked at in one turn; more open ones at once than this are told in the turns after it."""

MOST_NAMED = 8


@dataclass(frozen=True, slots=True)
class Story:
    """One story that stands by itself, its target, and what was told of it so far."""

    id: IncidentId
    rule: RuleId
    severity: Severity
    status: Status
    reason: Reason
    detail: str
    opened_at: datetime
    fired_at: datetime
    resolved_at: datetime | None
    acknowledged_at: datetime | None
    acknowledged_by: str | None
    parent: IncidentId | None
    group_kind: str | None
    group_key: TargetKey | None
    scope: int | None
    scope_total: int | None
    owner: str
    target: TargetKey
    target_kind: str
    name: str
    short_name: str
    kelurahan: str | None
    is_flapping: bool
    is_removed: bool
    told: Told
    number: int

    @property
    def is_open(self) -> bool:
        return self.resolved_at is None


_FIRED_AT = (
    select(func.min(incident_event.c.at))
    .where(incident_event.c.incident_id == incident.c.id, incident_event.c.kind == IncidentEventKind.OPENED.value)
    .correlate(incident)
    .scalar_subquery()
)
"""When it became known, which may be long after the trouble began."""


def stories(connection: Connection) -> list[Story]:
    """The open stories that stand by themselves, and those of which something is still to be told. INFO waits for the digest."""
    is_active = or_(
        and_(incident.c.resolved_at.is_(None), incident.c.parent_id.is_(None), incident.c.severity != Severity.INFO.value),
        telling.c.next_at.is_not(None),
    )
    rows = connection.execute(
        select(
            incident,
            target.c.key,
            target.c.kind.label("target_kind"),
            target.c.name,
            target.c.short_name,
            target.c.kelurahan,
            target.c.owner.label("target_owner"),
            target.c.removed_at,
            alert_state.c.is_flapping,
            telling.c.told,
            telling.c.number,
            _FIRED_AT.label("fired_at"),
        )
        .join(target, target.c.id == incident.c.target_id)
        .outerjoin(telling, telling.c.incident_id == incident.c.id)
        .outerjoin(alert_state, and_(alert_state.c.incident_id == incident.c.id, alert_state.c.target_id == incident.c.target_id))
        .where(is_active)
        .order_by(incident.c.id)
        .limit(MOST_STORIES)
    )
    return [_story(row) for row in rows]


def _story(row: Any) -> Story:
    return Story(
        id=IncidentId(row.id),
        rule=RuleId(row.rule),
        severity=Severity(row.severity),
        status=Status(row.status),
        reason=Reason(row.reason),
        detail=row.detail,
        opened_at=from_ms(row.opened_at),
        fired_at=from_ms(row.opened_at if row.fired_at is None else row.fired_at),
        resolved_at=_moment(row.resolved_at),
        acknowledged_at=_moment(row.acknowledged_at),
        acknowledged_by=row.acknowledged_by,
        parent=None if row.parent_id is None else IncidentId(row.parent_id),
        group_kind=row.group_kind,
        group_key=None if row.group_key is None else TargetKey(row.group_key),
        scope=row.scope,
        scope_total=row.scope_total,
        owner=row.owner or row.target_owner,
        target=TargetKey(row.key),
        target_kind=row.target_kind,
        name=row.name,
        short_name=row.short_name,
        kelurahan=row.kelurahan,
        is_flapping=bool(row.is_flapping),
        is_removed=row.removed_at is not None,
        told=Told() if row.told is None else read_told(row.told),
        number=row.number or 0,
    )


def keep_told(connection: Connection, story: IncidentId, told: Told, number: int, next_at: datetime | None) -> None:
    """What has been told of a story now, and when to look at it again by the clock alone."""
    row = {"incident_id": story, "told": write_told(told), "number": number, "next_at": _ms(next_at)}
    connection.execute(upsert_into(connection, telling), row)


def silences_now(connection: Connection, at: datetime) -> tuple[Silence, ...]:
    """The silences in force."""
    now = to_ms(at)
    in_force = (silence.c.starts_at <= now) & (silence.c.ends_at > now) & silence.c.lifted_at.is_(None)
    return tuple(
        Silence(_matcher(row.matcher), from_ms(row.starts_at), from_ms(row.ends_at), row.author, row.reason)
        for row in connection.execute(select(silence).where(in_force).order_by(silence.c.id))
    )


def lesser_stories(connection: Connection, since: datetime) -> tuple[int, int, tuple[str, ...]]:
    """Of what is only told in the digest: how many began since, how many last, and the names of those that last longest."""
    is_lesser = (incident.c.severity == Severity.INFO.value) & incident.c.parent_id.is_(None)
    begun = connection.execute(select(func.count()).where(is_lesser, incident.c.opened_at >= to_ms(since))).scalar_one()
    lasts = is_lesser & incident.c.resolved_at.is_(None)
    lasting = connection.execute(select(func.count()).where(lasts)).scalar_one()
    named = (
        select(target.c.short_name)
        .join(incident, incident.c.target_id == target.c.id)
        .where(lasts)
        .order_by(incident.c.opened_at, incident.c.id)
        .limit(MOST_NAMED)
    )
    return begun, lasting, tuple(connection.execute(named).scalars())


def told_lately(connection: Connection, since: datetime) -> int:
    """Of how many stories somebody was first told since."""
    first = (outbox.c.kind == NoticeKind.FIRING.value) & (outbox.c.created_at >= to_ms(since)) & outbox.c.incident_id.is_not(None)
    number: int = connection.execute(select(func.count(func.distinct(outbox.c.incident_id))).where(first)).scalar_one()
    return number


def areas_of(connection: Connection, story: IncidentId) -> dict[str, int]:
    """How many open children of a story stand in each kelurahan."""
    rows = connection.execute(
        select(target.c.kelurahan, func.count().label("number"))
        .join(incident, incident.c.target_id == target.c.id)
        .where(incident.c.parent_id == story, incident.c.resolved_at.is_(None), target.c.kelurahan.is_not(None))
        .group_by(target.c.kelurahan)
        .order_by(func.count().desc(), target.c.kelurahan)
    )
    return {row.kelurahan: row.number for row in rows}


def _matcher(written: str) -> Matcher:
    """A silence that cannot be read fits nothing: then too much is told, never too little."""
    try:
        labels = json.loads(written)
    except ValueError:
        return Matcher({})
    if not isinstance(labels, dict):
        return Matcher({})
    return Matcher(
        {str(name): (values,) if isinstance(values, str) else tuple(map(str, values)) for name, values in labels.items()}
    )


def write_told(told: Told) -> str:
    """``told`` as JSON."""
    return json.dumps(
        {
            "severities": {key: each.value for key, each in told.severities.items()},
            "flapping": sorted(told.flapping),
            "answered": sorted(told.answered),
            "changed_at": _ms(told.changed_at),
            "recalled_at": _ms(told.recalled_at),
            "chain_at": _ms(told.chain_at),
            "taken": told.taken,
            "receivers": list(told.receivers),
        }
    )


def read_told(written: str) -> Told:
    """The inverse of ``write_told``."""
    read: Mapping[str, Any] = json.loads(written)
    return Told(
        severities={key: Severity(each) for key, each in read["severities"].items()},
        flapping=frozenset(read["flapping"]),
        answered=frozenset(read["answered"]),
        changed_at=_moment(read["changed_at"]),
        recalled_at=_moment(read["recalled_at"]),
        chain_at=_moment(read["chain_at"]),
        taken=read["taken"],
        receivers=tuple(read["receivers"]),
    )


def _moment(ms: int | None) -> datetime | None:
    return None if ms is None else from_ms(ms)


def _ms(moment: datetime | None) -> int | None:
    return None if moment is None else to_ms(moment)
