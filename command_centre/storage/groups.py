"""Stories of many targets with one cause, as rows: who is in trouble, which cause is open, who belongs to it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from command_centre.domain.grouping import Faulty
from command_centre.domain.incident import IncidentEventKind, IncidentId
from command_centre.domain.reading import Reason, Status
from command_centre.domain.rule import RuleId, Severity
from command_centre.domain.target import TargetKey, TargetKind
from command_centre.storage.tables import incident, incident_event, target
from command_centre.storage.times import to_ms

GROUP_RULE = RuleId("shared-cause")
"""The rule under which a group is kept: that many fail together is itself the condition."""

MEMBERS_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class OpenGroup:
    """A cause that is open. ``scope``: the most it ever took along."""

    id: IncidentId
    key: TargetKey
    kind: str
    severity: Severity
    scope: int
    parent: IncidentId | None


@dataclass(frozen=True, slots=True)
class GroupFacts:
    """What a new group is opened with."""

    key: TargetKey
    kind: str
    owner: str
    severity: Severity
    reason: str
    opened_at: int
    lead_target: int
    scope: int
    scope_total: int


def troubled_children(connection: Connection, rules: Iterable[RuleId]) -> tuple[list[Faulty], dict[int, int]]:
    """Open stories of single hotspots by incident number, and the target of each."""
    rows = connection.execute(
        select(incident.c.id, incident.c.opened_at, incident.c.reason, incident.c.target_id, target.c.kelurahan, target.c.parents)
        .join(target, target.c.id == incident.c.target_id)
        .where(
            incident.c.resolved_at.is_(None),
            incident.c.group_kind.is_(None),
            incident.c.rule.in_(list(rules)),
            target.c.kind == TargetKind.HOTSPOT.value,
        )
        .order_by(incident.c.id)
    ).all()
    faults = [Faulty(row.id, row.opened_at, row.reason, row.kelurahan, tuple(json.loads(row.parents))) for row in rows]
    return faults, {row.id: row.target_id for row in rows}


def children_of_parents(connection: Connection) -> dict[str, int]:
    """How many registered hotspots depend on each parent."""
    counted: dict[str, int] = {}
    is_listed = (target.c.kind == TargetKind.HOTSPOT.value) & target.c.removed_at.is_(None)
    for written in connection.execute(select(target.c.parents).where(is_listed)).scalars():
        for key in json.loads(written):
            counted[key] = counted.get(key, 0) + 1
    return counted


def open_groups(connection: Connection) -> dict[TargetKey, OpenGroup]:
    """The causes that are open, by what they are about."""
    rows = connection.execute(
        select(incident).where(incident.c.resolved_at.is_(None), incident.c.group_key.is_not(None)).order_by(incident.c.id)
    )
    return {
        TargetKey(row.group_key): OpenGroup(
            IncidentId(row.id), TargetKey(row.group_key), row.group_kind, Severity(row.severity), row.scope, row.parent_id
        )
        for row in rows
    }


def open_group(connection: Connection, facts: GroupFacts, at: datetime) -> IncidentId:
    """Begin the story of a cause."""
    values = {
        "rule": GROUP_RULE,
        "target_id": facts.lead_target,
        "severity": facts.severity.value,
        "status": Status.DOWN.value,
        "reason": facts.reason,
        "detail": "",
        "opened_at": facts.opened_at,
        "group_kind": facts.kind,
        "group_key": facts.key,
        "scope": facts.scope,
        "scope_total": facts.scope_total,
        "owner": facts.owner,
    }
    number = IncidentId(connection.execute(insert(incident).values(values).returning(incident.c.id)).scalar_one())
    _tell(connection, number, IncidentEventKind.OPENED, at)
    return number


def widen_group(connection: Connection, group: OpenGroup, scope: int, severity: Severity, at: datetime) -> None:
    """It has taken more along than ever before; its severity never falls while it lasts."""
    values = {"scope": scope, "severity": severity.value}
    connection.execute(update(incident).where(incident.c.id == group.id).values(values))
    if severity is not group.severity:
        _tell(connection, group.id, IncidentEventKind.WORSENED, at)


def end_group(connection: Connection, group: OpenGroup, at: datetime) -> None:
    """The cause is over; whoever is still in trouble stands by itself again."""
    connection.execute(update(incident).where(incident.c.id == group.id).values(resolved_at=to_ms(at)))
    still = (incident.c.parent_id == group.id) & incident.c.resolved_at.is_(None)
    connection.execute(update(incident).where(still).values(parent_id=None))
    _tell(connection, group.id, IncidentEventKind.RESOLVED, at)


def belong_to(connection: Connection, stories: Iterable[int], group: IncidentId | None) -> None:
    """From now on these stories are told by that of ``group`` (None: by themselves)."""
    numbers = sorted(stories)
    for start in range(0, len(numbers), MEMBERS_AT_ONCE):
        some = numbers[start : start + MEMBERS_AT_ONCE]
        connection.execute(update(incident).where(incident.c.id.in_(some)).values(parent_id=group))


def parents_of(connection: Connection, stories: Iterable[int]) -> Mapping[int, int | None]:
    """Which story tells each of these."""
    found: dict[int, int | None] = {}
    numbers = sorted(stories)
    for start in range(0, len(numbers), MEMBERS_AT_ONCE):
        some = numbers[start : start + MEMBERS_AT_ONCE]
        rows = connection.execute(select(incident.c.id, incident.c.parent_id).where(incident.c.id.in_(some)))
        found.update({row.id: row.parent_id for row in rows})
    return found


def _tell(connection: Connection, story: IncidentId, kind: IncidentEventKind, at: datetime) -> None:
    reason = connection.execute(select(incident.c.reason).where(incident.c.id == story)).scalar_one()
    values = {
        "incident_id": story,
        "at": to_ms(at),
        "kind": kind.value,
        "status": (Status.UP if kind is IncidentEventKind.RESOLVED else Status.DOWN).value,
        "reason": (Reason.OK.value if kind is IncidentEventKind.RESOLVED else reason),
        "detail": "",
    }
    connection.execute(insert(incident_event).values(values))
