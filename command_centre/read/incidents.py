"""What the console asks about incidents: the list, worst first, and how the people on shift are doing.

Open incidents are read whole (they are few, or the city is on fire and they are bounded) and sifted here: which of them a silence
or planned work covers is no question for SQL. Stateless, so several threads may ask at once.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Engine, Select, case, func, or_, select

from command_centre.domain.calendar import Interval, Window
from command_centre.domain.incident import Cause, IncidentEventKind, IncidentId
from command_centre.domain.notification import NoticeKind
from command_centre.domain.ports import Clock
from command_centre.domain.reading import Reason, Status
from command_centre.domain.rule import Severity
from command_centre.domain.scoreboard import Alarm, Load, Scoreboard, load_of, score, shift_at
from command_centre.domain.silence import Matcher, Silence, is_silenced
from command_centre.domain.target import TargetKey, TargetKind
from command_centre.storage.alert_tables import outbox, silence
from command_centre.storage.audit_tables import planned_work
from command_centre.storage.plans import planned_windows
from command_centre.storage.tables import incident, incident_event, latest, target
from command_centre.storage.times import from_ms, to_ms

MOST_OPEN = 10_000
MOST_SHOWN = 100
MOST_CLOSED = 200
CLOSED_SHOWN = 5
CLOSED_OVER = timedelta(hours=24)
MOST_HANDED_OVER = 6
MOST_LETTERS = 100
MOST_SILENCES = 500


class Tab(StrEnum):
    """Which incidents are listed; the values are words of the address."""

    OPEN = "aktif"
    UNTAKEN = "belum"
    MINE = "saya"
    SILENCED = "ditunda"
    PLANNED = "pemeliharaan"
    CLOSED = "selesai"


@dataclass(frozen=True, slots=True)
class Asked:
    """What a person wants to see. Empty: everything."""

    tab: Tab = Tab.OPEN
    severity: Severity | None = None
    kind: TargetKind | None = None
    kelurahan: str = ""
    owner: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class IncidentRow:
    """One incident as a line. ``children``: how many it explains. What is not known is None or empty."""

    id: IncidentId
    severity: Severity
    rule: str
    target: TargetKey
    kind: TargetKind
    name: str
    short_name: str
    group: str
    kelurahan: str
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
    parent: IncidentId | None
    is_group: bool
    scope: int | None
    scope_total: int | None
    children: int = 0
    is_silenced: bool = False
    is_planned: bool = False


@dataclass(frozen=True, slots=True)
class HandedOver:
    """One line for whoever takes over: a note, quiet that ends, work that is planned."""

    at: datetime
    incident: IncidentId | None
    name: str
    author: str
    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class IncidentList:
    """The console's left side. ``counts`` by tab ignore every other filter; ``matching`` is how many ``rows`` stand for."""

    as_of: datetime
    rows: tuple[IncidentRow, ...]
    matching: int
    counts: Mapping[Tab, int]
    closed: tuple[IncidentRow, ...]
    handover: tuple[HandedOver, ...]
    handover_since: datetime
    load: Load


@dataclass(frozen=True, slots=True)
class _Cover:
    """What covers alerts now: silences, and the targets in planned time."""

    silences: tuple[Silence, ...]
    planned: frozenset[TargetKey] = field(default_factory=frozenset)


class IncidentQueries:
    """Answers about incidents from one database. ``kelurahan``: names by code; ``groups``: of shared causes, by key."""

    def __init__(
        self,
        engine: Engine,
        zone: ZoneInfo,
        clock: Clock,
        *,
        windows: Sequence[Window] = (),
        kelurahan: Mapping[str, str] | None = None,
        groups: Mapping[str, str] | None = None,
        is_simulated: bool = False,
    ) -> None:
        self._engine = engine
        self._zone = zone
        self._clock = clock
        self._windows = tuple(windows)
        self._kelurahan = dict(kelurahan or {})
        self._groups = dict(groups or {})
        self._is_simulated = is_simulated

    @property
    def zone(self) -> ZoneInfo:
        """The city's zone."""
        return self._zone

    def now(self) -> datetime:
        """The moment of this question."""
        return self._clock.now()

    @property
    def is_simulated(self) -> bool:
        """Whether every figure is made up."""
        return self._is_simulated

    @property
    def kelurahan(self) -> Mapping[str, str]:
        """Names by code."""
        return self._kelurahan

    def data_as_of(self) -> datetime | None:
        """When the newest reading was taken; None when there is none."""
        with self._engine.connect() as connection:
            return moment(connection.execute(select(func.max(latest.c.at))).scalar())

    def owners(self) -> tuple[str, ...]:
        """Everybody who owns something in the register, in order of name."""
        owners = select(target.c.owner).where(target.c.removed_at.is_(None), target.c.owner != "").distinct()
        with self._engine.connect() as connection:
            return tuple(connection.execute(owners.order_by(target.c.owner)).scalars())

    def incidents(self, asked: Asked, person: str) -> IncidentList:
        """The incidents that ``person`` asked for, worst first, and the counters around them."""
        now = self._clock.now()
        shift = shift_at(now, self._zone)
        with self._engine.connect() as connection, connection.begin():
            cover = self._cover(connection, now)
            rows = [_covered(each, cover, now) for each in _open_rows(connection, self._groups)]
            closed = closed_rows(connection, now - CLOSED_OVER, self._groups)
            alarms, pages = read_alarms(connection, shift), read_pages(connection, shift)
            handover = _handover(connection, shift, now)
        chosen = closed if asked.tab is Tab.CLOSED else [each for each in rows if _is_in(asked.tab, each, person)]
        found = [each for each in chosen if _fits(asked, each)]
        counts = {tab: sum(_is_in(tab, each, person) for each in rows) for tab in Tab if tab is not Tab.CLOSED}
        return IncidentList(
            as_of=now,
            rows=tuple(found[:MOST_SHOWN]),
            matching=len(found),
            counts=counts | {Tab.CLOSED: len(closed)},
            closed=tuple(closed[:CLOSED_SHOWN]),
            handover=handover,
            handover_since=shift.start,
            load=load_of(alarms, pages, Interval(shift.start, now), self._zone),
        )

    def scoreboard(self, days: int) -> tuple[Scoreboard, Mapping[str, str]]:
        """The burden of alarms of the last ``days``, and what the sources are called."""
        now = self._clock.now()
        within = Interval(now - timedelta(days=days), now)
        with self._engine.connect() as connection, connection.begin():
            alarms, pages = read_alarms(connection, within), read_pages(connection, within)
            keys = {each.source for each in alarms}
            named = connection.execute(select(target.c.key, target.c.short_name))
            names = {row.key: row.short_name for row in named if row.key in keys}
        return score(alarms, pages, within, self._zone), names

    def _cover(self, connection: Connection, now: datetime) -> _Cover:
        windows = (*self._windows, *planned_windows(connection, now))
        moment = Interval(now, now + timedelta(seconds=1))
        covering = (each for each in windows if any(part.contains(now) for part in each.intervals(moment, self._zone)))
        return _Cover(read_silences(connection, now), frozenset(key for each in covering for key in each.targets))


def version(engine: Engine) -> str:
    """Changes whenever anything that the console lists is written: stories, silences, plans, new incidents."""
    with engine.connect() as connection:
        told = connection.execute(_VERSION).one()
    return "-".join("0" if each is None else str(each) for each in told)


_VERSION: Select[Any] = select(
    select(func.max(incident_event.c.id)).scalar_subquery(),
    select(func.max(incident.c.id)).scalar_subquery(),
    select(func.max(silence.c.id)).scalar_subquery(),
    select(func.max(silence.c.lifted_at)).scalar_subquery(),
    select(func.max(planned_work.c.id)).scalar_subquery(),
    select(func.max(planned_work.c.called_off_at)).scalar_subquery(),
)

_URGENCY = case({Severity.CRITICAL.value: 0, Severity.WARNING.value: 1}, value=incident.c.severity, else_=2)

ROW: Select[Any] = select(
    incident,
    target.c.key,
    target.c.kind,
    target.c.name,
    target.c.short_name,
    target.c.group_name,
    target.c.kelurahan,
    target.c.owner.label("target_owner"),
).join(target, target.c.id == incident.c.target_id)


def row_of(row: Any, groups: Mapping[str, str], children: int = 0) -> IncidentRow:
    """One row of ``ROW`` as a line. ``groups``: what shared causes are called, by key."""
    cause = groups.get(row.group_key or "")
    return IncidentRow(
        id=IncidentId(row.id),
        severity=Severity(row.severity),
        rule=row.rule,
        target=TargetKey(row.key),
        kind=TargetKind(row.kind),
        name=cause or row.name,
        short_name=cause or row.short_name,
        group=row.group_name,
        kelurahan=row.kelurahan or "",
        owner=row.owner or row.target_owner,
        status=Status(row.status),
        reason=Reason(row.reason),
        detail=row.detail,
        opened_at=from_ms(row.opened_at),
        resolved_at=moment(row.resolved_at),
        acknowledged_at=moment(row.acknowledged_at),
        acknowledged_by=row.acknowledged_by,
        assigned_to=row.assigned_to,
        cause=Cause(row.cause) if row.cause in set(Cause) else None,
        parent=None if row.parent_id is None else IncidentId(row.parent_id),
        is_group=row.group_kind is not None,
        scope=row.scope,
        scope_total=row.scope_total,
        children=children,
    )


def moment(ms: int | None) -> datetime | None:
    """A moment of a table; None stays None."""
    return None if ms is None else from_ms(ms)


def _open_rows(connection: Connection, groups: Mapping[str, str]) -> list[IncidentRow]:
    """Open incidents that no other one explains: priority, not yet taken first, oldest first."""
    counted = select(incident.c.parent_id, func.count().label("children")).where(incident.c.parent_id.is_not(None))
    children = {row.parent_id: row.children for row in connection.execute(counted.group_by(incident.c.parent_id))}
    question = (
        ROW.where(incident.c.resolved_at.is_(None), incident.c.parent_id.is_(None))
        .order_by(_URGENCY, incident.c.acknowledged_at.is_not(None), incident.c.opened_at, incident.c.id)
        .limit(MOST_OPEN)
    )
    return [row_of(row, groups, children.get(row.id, 0)) for row in connection.execute(question)]


def closed_rows(connection: Connection, since: datetime, groups: Mapping[str, str]) -> list[IncidentRow]:
    """Incidents of their own that ended since a moment, newest end first."""
    question = (
        ROW.where(incident.c.resolved_at >= to_ms(since), incident.c.parent_id.is_(None))
        .order_by(incident.c.resolved_at.desc(), incident.c.id.desc())
        .limit(MOST_CLOSED)
    )
    return [row_of(row, groups) for row in connection.execute(question)]


def read_silences(connection: Connection, now: datetime) -> tuple[Silence, ...]:
    """The silences in force."""
    at = to_ms(now)
    lasts = (silence.c.starts_at <= at) & (silence.c.ends_at > at) & silence.c.lifted_at.is_(None)
    rows = connection.execute(select(silence).where(lasts).order_by(silence.c.id.desc()).limit(MOST_SILENCES))
    return tuple(silence_of(row) for row in rows)


def silence_of(row: Any) -> Silence:
    """One row of the table ``silence``."""
    labels = {name: tuple(str(each) for each in values) for name, values in json.loads(row.matcher).items()}
    return Silence(Matcher(labels), from_ms(row.starts_at), from_ms(row.ends_at), row.author, row.reason, moment(row.lifted_at))


def labels_of(row: IncidentRow) -> dict[str, str]:
    """What a silence looks at."""
    return {
        "target": row.target,
        "kind": row.kind.value,
        "rule": row.rule,
        "severity": row.severity.value,
        "kelurahan": row.kelurahan,
    }


def _covered(row: IncidentRow, cover: _Cover, now: datetime) -> IncidentRow:
    is_quiet = bool(cover.silences) and is_silenced(cover.silences, labels_of(row), now)
    is_planned = row.target in cover.planned
    return replace(row, is_silenced=is_quiet, is_planned=is_planned) if is_quiet or is_planned else row


def _is_in(tab: Tab, row: IncidentRow, person: str) -> bool:
    match tab:
        case Tab.OPEN:
            return True
        case Tab.UNTAKEN:
            return row.acknowledged_at is None
        case Tab.MINE:
            return person in (row.assigned_to or row.acknowledged_by,)
        case Tab.SILENCED:
            return row.is_silenced
        case Tab.PLANNED:
            return row.is_planned
        case Tab.CLOSED:
            return row.resolved_at is not None


def _fits(asked: Asked, row: IncidentRow) -> bool:
    wanted = asked.text[:MOST_LETTERS].casefold().split()
    text = f"{row.name} {row.short_name} {row.target} {row.detail} {row.owner} {row.id}".casefold()
    checks: tuple[tuple[bool, Callable[[], bool]], ...] = (
        (asked.severity is not None, lambda: row.severity is asked.severity),
        (asked.kind is not None, lambda: row.kind is asked.kind),
        (bool(asked.kelurahan), lambda: row.kelurahan == asked.kelurahan),
        (bool(asked.owner), lambda: row.owner == asked.owner),
        (bool(wanted), lambda: all(each in text for each in wanted)),
    )
    return all(holds() for is_asked, holds in checks if is_asked)


def read_alarms(connection: Connection, within: Interval) -> list[Alarm]:
    """Incidents for the scoreboard: those that began within, and those that still stand."""
    began = (incident.c.opened_at >= to_ms(within.start)) & (incident.c.opened_at < to_ms(within.end))
    question = (
        select(
            target.c.key,
            incident.c.rule,
            incident.c.opened_at,
            incident.c.resolved_at,
            incident.c.acknowledged_at,
            incident.c.parent_id,
        )
        .join(target, target.c.id == incident.c.target_id)
        .where(or_(began, incident.c.resolved_at.is_(None)))
    )
    return [
        Alarm(key, rule, from_ms(opened), moment(resolved), moment(taken), parent is not None)
        for key, rule, opened, resolved, taken, parent in connection.execute(question)
    ]


def read_pages(connection: Connection, within: Interval) -> list[datetime]:
    """When messages about critical trouble were accepted: what may have woken somebody."""
    is_page = (outbox.c.severity == Severity.CRITICAL.value) & (outbox.c.kind != NoticeKind.RESOLVED.value)
    sent = (outbox.c.sent_at >= to_ms(within.start)) & (outbox.c.sent_at < to_ms(within.end))
    return [from_ms(each) for each in connection.execute(select(outbox.c.sent_at).where(is_page, sent)).scalars()]


def _handover(connection: Connection, shift: Interval, now: datetime) -> tuple[HandedOver, ...]:
    """Notes of this shift and the one before, quiet that ends and work that begins before the next one: newest first."""
    lines = [*_notes(connection, shift.start - shift.length), *_ending(connection, shift, now), *_coming(connection, shift, now)]
    return tuple(sorted(lines, key=lambda each: each.at, reverse=True)[:MOST_HANDED_OVER])


def _notes(connection: Connection, since: datetime) -> Iterable[HandedOver]:
    said = (incident_event.c.kind == IncidentEventKind.NOTED.value) & (incident_event.c.at >= to_ms(since))
    question = (
        select(incident_event, target.c.short_name)
        .join(incident, incident.c.id == incident_event.c.incident_id)
        .join(target, target.c.id == incident.c.target_id)
        .where(said, incident_event.c.author.is_not(None))
        .order_by(incident_event.c.id.desc())
        .limit(MOST_HANDED_OVER)
    )
    for row in connection.execute(question):
        yield HandedOver(from_ms(row.at), IncidentId(row.incident_id), row.short_name, row.author, "note", row.text or "")


def _ending(connection: Connection, shift: Interval, now: datetime) -> Iterable[HandedOver]:
    ends = (silence.c.ends_at > to_ms(now)) & (silence.c.ends_at <= to_ms(shift.end)) & silence.c.lifted_at.is_(None)
    for row in connection.execute(select(silence).where(ends).order_by(silence.c.ends_at).limit(MOST_HANDED_OVER)):
        yield HandedOver(from_ms(row.ends_at), None, "", row.author, "silence", row.reason)


def _coming(connection: Connection, shift: Interval, now: datetime) -> Iterable[HandedOver]:
    ahead = (planned_work.c.ends_at > to_ms(now)) & (planned_work.c.starts_at < to_ms(shift.end + shift.length))
    question = select(planned_work).where(ahead, planned_work.c.called_off_at.is_(None)).order_by(planned_work.c.starts_at)
    for row in connection.execute(question.limit(MOST_HANDED_OVER)):
        yield HandedOver(from_ms(row.starts_at), None, "", row.author, "plan", row.name)
