"""One incident in full: what happened, who was told, what it explains, what was seen, and what else happened near it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, func, or_, select

from command_centre.domain.incident import IncidentId
from command_centre.domain.ports import Clock
from command_centre.domain.reading import Reason, Status
from command_centre.domain.rule import Severity
from command_centre.domain.target import TargetKey, TargetKind
from command_centre.read.incidents import ROW, IncidentRow, labels_of, moment, read_silences, row_of, silence_of
from command_centre.storage.alert_tables import outbox, silence
from command_centre.storage.audit_tables import planned_work
from command_centre.storage.people import list_accounts
from command_centre.storage.tables import detail, incident, incident_event, latest, reading, target
from command_centre.storage.times import from_ms, to_ms

MOST_EVENTS = 300
MOST_TOLD = 100
MOST_CHILDREN = 200
MOST_NEIGHBOURS = 5
MOST_FACTS = 14
MOST_FACT_LETTERS = 240
NEAR = timedelta(minutes=15)
"""How close in time two incidents are to be told of together."""


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the story. ``kind`` is a word of ``IncidentEventKind``, or one that this version does not know."""

    at: datetime
    kind: str
    status: Status
    reason: Reason
    detail: str
    author: str | None
    text: str


@dataclass(frozen=True, slots=True)
class Told:
    """One message about it. Exactly one of ``sent_at`` and ``dead_at`` is known once it has been dealt with."""

    due_at: datetime
    receiver: str
    kind: str
    why: str
    sent_at: datetime | None
    dead_at: datetime | None
    error: str


@dataclass(frozen=True, slots=True)
class Child:
    """An incident that this one explains: nobody is told of it."""

    id: IncidentId
    target: TargetKey
    name: str
    status: Status
    reason: Reason
    opened_at: datetime
    resolved_at: datetime | None


@dataclass(frozen=True, slots=True)
class Near:
    """Something else that happened at nearly the same time, to the same owner, kelurahan or kind."""

    id: IncidentId
    name: str
    severity: Severity
    reason: Reason
    opened_at: datetime


@dataclass(frozen=True, slots=True)
class Quiet:
    """A silence that covers it."""

    id: int
    author: str
    reason: str
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Planned:
    """Work that was planned in the console for this target and is not over."""

    id: int
    name: str
    author: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Seen:
    """What a look really found. ``facts``: name and text, as seen; it was written elsewhere and is never more than text."""

    at: datetime
    status: Status
    reason: Reason
    detail: str
    facts: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Story:
    """One incident in full. ``children`` are shown up to a bound; ``row.children`` counts all."""

    as_of: datetime
    row: IncidentRow
    title: str
    place: str
    parent: IncidentRow | None
    events: tuple[Event, ...]
    told: tuple[Told, ...]
    children: tuple[Child, ...]
    near: tuple[Near, ...]
    quiet: tuple[Quiet, ...]
    planned: tuple[Planned, ...]
    seen: tuple[Seen, ...]
    first_step: str
    suspected: str
    next_step_at: datetime | None
    register_changed_at: datetime | None
    is_simulated: bool


class IncidentStories:
    """Answers about single incidents from one database.

    ``places``: words for a kelurahan's code. ``steps``: the first step by rule. ``groups``: what
    shared causes are called, by key.
    """

    def __init__(
        self,
        engine: Engine,
        clock: Clock,
        *,
        places: Mapping[str, str] | None = None,
        steps: Mapping[str, str] | None = None,
        groups: Mapping[str, str] | None = None,
        is_simulated: bool = False,
    ) -> None:
        self._engine = engine
        self._clock = clock
        self._places = dict(places or {})
        self._steps = dict(steps or {})
        self._groups = dict(groups or {})
        self._is_simulated = is_simulated

    def people(self) -> tuple[str, ...]:
        """Who has an account and may be given something to do."""
        with self._engine.connect() as connection:
            return tuple(each.name for each in list_accounts(connection) if each.disabled_at is None)

    def target_of(self, number: int) -> TargetKey | None:
        """What an incident is about; None when there is no such incident."""
        question = select(target.c.key).join(incident, incident.c.target_id == target.c.id).where(incident.c.id == number)
        with self._engine.connect() as connection:
            key = connection.execute(question).scalar_one_or_none()
        return None if key is None else TargetKey(key)

    def story(self, number: int) -> Story | None:
        """One incident as it is now; None when there is no such incident."""
        now = self._clock.now()
        with self._engine.connect() as connection, connection.begin():
            found = connection.execute(ROW.where(incident.c.id == number)).first()
            if found is None:
                return None
            children = _count_children(connection, number)
            row = row_of(found, self._groups, children)
            told = _payload(connection, number)
            facts = told.get("facts") if isinstance(told.get("facts"), dict) else {}
            return Story(
                as_of=now,
                row=row,
                title=_text(told.get("title")),
                place=self._places.get(row.kelurahan, ""),
                parent=_parent(connection, row, self._groups),
                events=_events(connection, number),
                told=_told(connection, number),
                children=_children(connection, number) if children else (),
                near=_near(connection, found, row, self._groups),
                quiet=_quiet(connection, row, now),
                planned=_planned(connection, row.target, now),
                seen=_seen(connection, found),
                first_step=_text((facts or {}).get("first_step")) or self._steps.get(row.rule, ""),
                suspected=_text((facts or {}).get("suspected")),
                next_step_at=_next_step_at(connection, number, now),
                register_changed_at=_register_change(connection, found),
                is_simulated=self._is_simulated,
            )


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _count_children(connection: Connection, number: int) -> int:
    return int(connection.execute(select(func.count()).where(incident.c.parent_id == number)).scalar_one())


def _payload(connection: Connection, number: int) -> Mapping[str, Any]:
    """The newest message about it: its title and its facts were made by whoever knew the rule."""
    newest = select(outbox.c.payload).where(outbox.c.incident_id == number).order_by(outbox.c.id.desc()).limit(1)
    written = connection.execute(newest).scalar_one_or_none()
    try:
        told = json.loads(written or "{}")
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def _parent(connection: Connection, row: IncidentRow, groups: Mapping[str, str]) -> IncidentRow | None:
    if row.parent is None:
        return None
    found = connection.execute(ROW.where(incident.c.id == row.parent)).first()
    return None if found is None else row_of(found, groups)


def _events(connection: Connection, number: int) -> tuple[Event, ...]:
    mine = select(incident_event).where(incident_event.c.incident_id == number)
    rows = connection.execute(mine.order_by(incident_event.c.id.desc()).limit(MOST_EVENTS)).all()
    return tuple(
        Event(from_ms(row.at), row.kind, Status(row.status), Reason(row.reason), row.detail, row.author, row.text or "")
        for row in reversed(rows)
    )


def _told(connection: Connection, number: int) -> tuple[Told, ...]:
    question = select(outbox).where(outbox.c.incident_id == number).order_by(outbox.c.id).limit(MOST_TOLD)
    return tuple(
        Told(
            from_ms(row.due_at),
            row.receiver,
            row.kind,
            row.why,
            moment(row.sent_at),
            moment(row.dead_at),
            (row.last_error or "")[:MOST_FACT_LETTERS],
        )
        for row in connection.execute(question)
    )


def _next_step_at(connection: Connection, number: int, now: datetime) -> datetime | None:
    waits = outbox.c.sent_at.is_(None) & outbox.c.dead_at.is_(None) & (outbox.c.due_at > to_ms(now))
    return moment(connection.execute(select(func.min(outbox.c.due_at)).where(outbox.c.incident_id == number, waits)).scalar())


def _children(connection: Connection, number: int) -> tuple[Child, ...]:
    question = ROW.where(incident.c.parent_id == number).order_by(incident.c.opened_at, incident.c.id).limit(MOST_CHILDREN)
    found = (row_of(row, {}) for row in connection.execute(question))
    return tuple(
        Child(each.id, each.target, each.short_name, each.status, each.reason, each.opened_at, each.resolved_at) for each in found
    )


def _near(connection: Connection, found: Any, row: IncidentRow, groups: Mapping[str, str]) -> tuple[Near, ...]:
    start, end = to_ms(row.opened_at - NEAR), to_ms(row.opened_at + NEAR)
    shares = [target.c.owner == found.target_owner, target.c.kind == TargetKind.SELF.value]
    if row.kelurahan:
        shares.append(target.c.kelurahan == row.kelurahan)
    is_other = (incident.c.id != row.id) & incident.c.parent_id.is_(None) & incident.c.opened_at.between(start, end)
    question = ROW.where(is_other, or_(*shares)).order_by(incident.c.opened_at, incident.c.id).limit(MOST_NEIGHBOURS)
    rows = (row_of(each, groups) for each in connection.execute(question))
    return tuple(Near(each.id, each.short_name, each.severity, each.reason, each.opened_at) for each in rows)


def _quiet(connection: Connection, row: IncidentRow, now: datetime) -> tuple[Quiet, ...]:
    in_force = read_silences(connection, now)
    if not in_force:
        return ()
    at = to_ms(now)
    lasts = (silence.c.starts_at <= at) & (silence.c.ends_at > at) & silence.c.lifted_at.is_(None)
    rows = connection.execute(select(silence).where(lasts).order_by(silence.c.ends_at))
    covering = [each for each in rows if silence_of(each).covers(labels_of(row), now)]
    return tuple(Quiet(each.id, each.author, each.reason, from_ms(each.ends_at)) for each in covering)


def _planned(connection: Connection, key: TargetKey, now: datetime) -> tuple[Planned, ...]:
    lasts = (planned_work.c.ends_at > to_ms(now)) & planned_work.c.called_off_at.is_(None)
    rows = connection.execute(select(planned_work).where(lasts).order_by(planned_work.c.starts_at))
    return tuple(
        Planned(each.id, each.name, each.author, from_ms(each.starts_at), from_ms(each.ends_at))
        for each in rows
        if key in json.loads(each.targets)
    )


def _seen(connection: Connection, found: Any) -> tuple[Seen, ...]:
    """The look with which it began, and the newest one."""
    columns = (reading.c.seq, reading.c.at, reading.c.status, reading.c.reason, detail.c.text, detail.c.facts)
    looks = select(*columns).outerjoin(detail, detail.c.id == reading.c.detail_id).where(reading.c.target_id == found.target_id)
    first = connection.execute(
        looks.where(reading.c.at >= found.opened_at, reading.c.status == found.status).order_by(reading.c.at).limit(1)
    ).first()
    newest = connection.execute(
        looks.join(latest, (latest.c.target_id == reading.c.target_id) & (latest.c.at == reading.c.at)).limit(1)
    ).first()
    rows = {each.seq: each for each in (first, newest) if each is not None}
    return tuple(_look(each) for each in rows.values())


def _look(row: Any) -> Seen:
    facts = json.loads(row.facts or "{}")
    lines = tuple((str(name), _short(value)) for name, value in sorted(facts.items())[:MOST_FACTS])
    return Seen(from_ms(row.at), Status(row.status), Reason(row.reason), row.text or "", lines)


def _short(value: object) -> str:
    text = ", ".join(str(each) for each in value) if isinstance(value, list) else str(value)
    return text if len(text) <= MOST_FACT_LETTERS else text[: MOST_FACT_LETTERS - 1] + "…"


def _register_change(connection: Connection, found: Any) -> datetime | None:
    """When the register's line of this target was changed, where that was within a day before the trouble."""
    changed = connection.execute(select(target.c.changed_at, target.c.created_at).where(target.c.id == found.target_id)).one()
    is_recent = changed.changed_at > changed.created_at and found.opened_at - 86_400_000 <= changed.changed_at <= found.opened_at
    return from_ms(changed.changed_at) if is_recent else None


def rules_steps(rules: Sequence[Any]) -> dict[str, str]:
    """The first step by rule, of those that have one."""
    return {str(each.id): each.runbook for each in rules if each.runbook}
