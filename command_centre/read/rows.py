"""What the tables hold, as rows: all SQL of the read side. Each function is one question on one open connection.

Rows that come by the thousand are named tuples: they are built five times as fast as frozen dataclasses.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, case, func, select

from command_centre.domain.rule import Severity
from command_centre.domain.target import TargetKind
from command_centre.storage.tables import incident, incident_event, latest, lease, metric, reading, span, target, wall

MOST_OPEN = 10_000
"""Open incidents that are read: those that are for today, each standing for all that it explains."""

RESOLVED_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Registered:
    """One line of the register."""

    id: int
    key: str
    kind: str
    name: str
    short_name: str
    owner: str
    group: str
    kelurahan: str | None
    kecamatan: str | None
    has_address: bool
    latitude: float | None
    longitude: float | None
    parents: tuple[str, ...]
    attributes: Mapping[str, str]


class Newest(NamedTuple):
    """The newest look at one target. Times in epoch milliseconds."""

    target_id: int
    at: int
    status: str
    reason: str
    since: int
    vouched_until: int
    packed: bytes | None


class SpanRow(NamedTuple):
    """One status over one stretch of time."""

    target_id: int
    since: int
    until: int
    status: str
    reason: str
    planned: bool


@dataclass(frozen=True, slots=True)
class IncidentFacts:
    """One incident with what the register knows about its target."""

    id: int
    severity: str
    target: str
    where: str
    group: str
    owner: str
    status: str
    reason: str
    detail: str
    opened_at: int
    resolved_at: int | None
    rule: str = ""
    kind: str = TargetKind.SITE.value
    kelurahan: str | None = None
    acknowledged_at: int | None = None
    acknowledged_by: str | None = None
    group_kind: str | None = None
    group_key: str | None = None
    scope: int | None = None
    scope_total: int | None = None
    children: int = 0


@dataclass(frozen=True, slots=True)
class WallFacts:
    """What one wall last told."""

    name: str
    page: str
    last_seen: int
    closed: bool
    data_age_seconds: float | None
    frame_age_seconds: float | None
    heap_bytes: int | None
    dom_nodes: int | None
    width: int | None
    height: int | None


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far history has come. Equal cursors: nothing that a screen shows has been written in between."""

    seq: int
    events: int
    register: int


CURSOR = select(
    select(func.max(reading.c.seq)).scalar_subquery(),
    select(func.max(incident_event.c.id)).scalar_subquery(),
    select(func.max(target.c.changed_at)).scalar_subquery(),
    select(func.max(target.c.removed_at)).scalar_subquery(),
)

NEWEST = select(
    latest.c.target_id, latest.c.at, latest.c.status, latest.c.reason, latest.c.since, latest.c.vouched_until, latest.c.packed
)

METRICS = select(metric.c.name, metric.c.id)


def read_cursor(connection: Connection) -> Cursor:
    """How far history has come; cheap enough to be asked many times a second."""
    seq, events, changed, removed = connection.execute(CURSOR).one()
    return Cursor(_from_zero(seq), _from_zero(events), max(_from_zero(changed), _from_zero(removed)))


def _from_zero(position: int | None) -> int:
    return 0 if position is None else position  # positions count from 1: an empty log stands at 0


def read_register(connection: Connection, today: date) -> tuple[Registered, ...]:
    """Every target the register lists ``today``, in the order in which they were entered.

    A part of Command Centre itself has no address and is measured all the same; so is a hotspot, which may speak by itself.
    """
    day = today.isoformat()
    is_measured = target.c.address.is_not(None) | target.c.kind.in_([TargetKind.SELF.value, TargetKind.HOTSPOT.value])
    question: Select[Any] = (
        select(
            target.c.id,
            target.c.key,
            target.c.kind,
            target.c.name,
            target.c.short_name,
            target.c.owner,
            target.c.group_name,
            target.c.kelurahan,
            target.c.kecamatan,
            is_measured,
            target.c.latitude,
            target.c.longitude,
            target.c.parents,
            target.c.attributes,
        )
        .where(
            target.c.removed_at.is_(None),
            target.c.valid_from.is_(None) | (target.c.valid_from <= day),
            target.c.valid_to.is_(None) | (target.c.valid_to >= day),
        )
        .order_by(target.c.id)
    )
    return tuple(_registered(*row) for row in connection.execute(question))


def _registered(*columns: Any) -> Registered:
    facts: Any = (*columns[:-2], tuple(json.loads(columns[-2])), json.loads(columns[-1]))
    return Registered(*facts)


def read_newest(connection: Connection) -> dict[int, Newest]:
    """The newest look at each target that was ever seen."""
    return {row[0]: Newest._make(row) for row in connection.execute(NEWEST).all()}


def read_metrics(connection: Connection) -> dict[str, int]:
    """Metric ids by name."""
    return {row.name: row.id for row in connection.execute(METRICS)}


def read_spans(connection: Connection, start: int, kind: str) -> list[SpanRow]:
    """Spans of one kind of target that touch the time from ``start`` on, in order of target and time."""
    question = (
        select(span.c.target_id, span.c.since, span.c.until, span.c.status, span.c.reason, span.c.planned)
        .join(target, target.c.id == span.c.target_id)
        .where(span.c.until > start, target.c.kind == kind, target.c.removed_at.is_(None))
        .order_by(span.c.target_id, span.c.since)
    )
    return [SpanRow._make(row) for row in connection.execute(question).all()]


def read_first_seen(connection: Connection) -> int | None:
    """When the first reading that is still kept was taken; None when nothing was ever seen."""
    first: int | None = connection.execute(select(reading.c.at).order_by(reading.c.seq).limit(1)).scalar()
    return first


_child = incident.alias("child")
_CHILDREN = (
    select(func.count())
    .where(_child.c.parent_id == incident.c.id, _child.c.resolved_at.is_(None))
    .correlate(incident)
    .scalar_subquery()
    .label("children")
)
_STANDS_ALONE = incident.c.parent_id.is_(None)
"""What another incident explains is counted there, and nowhere else."""
_FOR_TODAY = incident.c.severity != Severity.INFO.value
"""What can wait for the digest is no trouble of this hour: one hotspot of seven hundred, a certificate with days to go."""

_INCIDENTS: Select[Any] = select(
    incident.c.id,
    incident.c.severity,
    target.c.key,
    target.c.short_name,
    target.c.group_name,
    func.coalesce(incident.c.owner, target.c.owner),
    incident.c.status,
    incident.c.reason,
    incident.c.detail,
    incident.c.opened_at,
    incident.c.resolved_at,
    incident.c.rule,
    target.c.kind,
    target.c.kelurahan,
    incident.c.acknowledged_at,
    incident.c.acknowledged_by,
    incident.c.group_kind,
    incident.c.group_key,
    incident.c.scope,
    incident.c.scope_total,
    _CHILDREN,
).join(target, target.c.id == incident.c.target_id)

_URGENCY = case({Severity.CRITICAL.value: 0, Severity.WARNING.value: 1}, value=incident.c.severity, else_=2)


def read_open_incidents(connection: Connection) -> tuple[IncidentFacts, ...]:
    """The open incidents that somebody should act on today: most urgent first, those nobody has first, oldest first."""
    question = (
        _INCIDENTS.where(incident.c.resolved_at.is_(None), _STANDS_ALONE, _FOR_TODAY)
        .order_by(_URGENCY, incident.c.acknowledged_at.is_not(None), incident.c.opened_at, incident.c.id)
        .limit(MOST_OPEN)
    )
    return tuple(IncidentFacts(*row) for row in connection.execute(question))


def read_resolved_incidents(connection: Connection, start: int) -> tuple[IncidentFacts, ...]:
    """Incidents that ended at or after ``start``, newest end first."""
    question = (
        _INCIDENTS.where(incident.c.resolved_at >= start, _STANDS_ALONE, _FOR_TODAY)
        .order_by(incident.c.resolved_at.desc(), incident.c.id.desc())
        .limit(RESOLVED_SHOWN)
    )
    return tuple(IncidentFacts(*row) for row in connection.execute(question))


def read_incident_times(connection: Connection, start: int) -> list[tuple[int, int | None]]:
    """(opened, resolved) of every incident for today that was open at some time from ``start`` on."""
    was_open = incident.c.resolved_at.is_(None) | (incident.c.resolved_at > start)
    question = select(incident.c.opened_at, incident.c.resolved_at).where(was_open, _STANDS_ALONE, _FOR_TODAY)
    return [(opened, resolved) for opened, resolved in connection.execute(question)]


def read_last_resolution(connection: Connection) -> int | None:
    """When the last incident for today ended; None when none ever did."""
    question = select(func.max(incident.c.resolved_at)).where(_STANDS_ALONE, _FOR_TODAY)
    last: int | None = connection.execute(question).scalar_one()
    return last


def read_lease_renewals(connection: Connection) -> tuple[int, ...]:
    """When each shard's writer last said that it lives."""
    return tuple(connection.execute(select(lease.c.renewed_at)).scalars())


def read_walls(connection: Connection) -> tuple[WallFacts, ...]:
    """Every wall the server knows, by name."""
    question: Select[Any] = select(
        wall.c.name,
        wall.c.page,
        wall.c.last_seen,
        wall.c.closed,
        wall.c.data_age_seconds,
        wall.c.frame_age_seconds,
        wall.c.heap_bytes,
        wall.c.dom_nodes,
        wall.c.width,
        wall.c.height,
    ).order_by(wall.c.name)
    return tuple(WallFacts(*row) for row in connection.execute(question))
