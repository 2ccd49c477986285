"""What ``/wall/gangguan`` and the alarms of every wall ask: open incidents, who has them, and how much comes in this shift."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, func, select

from command_centre.domain import scoreboard
from command_centre.domain.calendar import Interval
from command_centre.domain.orders import Orders
from command_centre.domain.rule import Severity
from command_centre.domain.scoreboard import FLOOD_BEGINS, FLOOD_ENDS, FLOOD_OVER, Load, load_of, shift_at
from command_centre.domain.silence import is_silenced
from command_centre.domain.target import Parent, TargetKey
from command_centre.domain.telling import Step, Told
from command_centre.read.assembling import incident_row
from command_centre.read.incidents import moment, read_pages, read_silences
from command_centre.read.rows import IncidentFacts, read_open_incidents, read_resolved_incidents
from command_centre.read.views import IncidentRow, SelfFault, SourceHealth
from command_centre.storage.alert_tables import telling
from command_centre.storage.tables import incident, target
from command_centre.storage.telling import read_told
from command_centre.storage.times import from_ms, to_ms

RESOLVED_OVER = timedelta(hours=6)
"""What ended longer ago is no news for a wall."""
CLEARED_OVER = timedelta(hours=1)
"""A wall that was out of contact for so long need not hear of an end any more."""
MOST_CLEARED = 50
MOST_SHOWN = 50
"""Open incidents handed to a screen; how many there are altogether is counted apart."""
FLOOD_LOOKS_BACK = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Flood:
    """More alarms than a person can take, since when; ``recent``: how many came in the last ten minutes."""

    since: datetime
    recent: int


@dataclass(frozen=True, slots=True)
class Held:
    """What is not listed because nobody has to act on it now. Counted, never dropped.

    ``silenced`` and ``planned``: open incidents that a person's promise or planned work covers. ``merged``: those that another
    one explains. ``minor``: those that can wait for the digest.
    """

    silenced: int = 0
    planned: int = 0
    merged: int = 0
    minor: int = 0

    @property
    def total(self) -> int:
        return self.silenced + self.planned + self.merged + self.minor


@dataclass(frozen=True, slots=True)
class Alarm:
    """One open critical incident, as a wall hears it. ``since``: when it began (epoch milliseconds)."""

    id: int
    since: int
    is_taken: bool


@dataclass(frozen=True, slots=True)
class Alarms:
    """What walls jump to and sound for, and which of these are over."""

    open: tuple[Alarm, ...] = ()
    cleared: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class IncidentsView:
    """Everything ``/wall/gangguan`` shows. ``rows`` are worst first, and among equals those that nobody has."""

    as_of: datetime | None
    generated_at: datetime
    seq: int
    is_simulated: bool
    sources: SourceHealth
    faults: tuple[SelfFault, ...]
    rows: tuple[IncidentRow, ...]
    open: int
    critical: int
    untaken: int
    held: Held
    resolved: tuple[IncidentRow, ...]
    load: Load
    flood: Flood | None
    calm_since: datetime | None


@dataclass(frozen=True, slots=True)
class OpenNow:
    """Open incidents, sifted: those that somebody should act on, worst first, and how many are held back."""

    rows: tuple[IncidentRow, ...]
    held: Held

    @property
    def shown(self) -> tuple[IncidentRow, ...]:
        """As many as a screen could ever list."""
        return self.rows[:MOST_SHOWN]

    @property
    def critical(self) -> int:
        return sum(each.severity is Severity.CRITICAL for each in self.rows)

    @property
    def untaken(self) -> int:
        """How many nobody has."""
        return sum(each.acknowledged_at is None for each in self.rows)


def read_open_now(connection: Connection, parents: Mapping[TargetKey, Parent], off: Collection[str], now: datetime) -> OpenNow:
    """The open incidents that somebody should act on. ``off``: the keys of targets in planned time."""
    found = read_open_incidents(connection)
    silences = read_silences(connection, now)
    silenced = {each.id for each in found if silences and is_silenced(silences, _labels(each), now)}
    planned = {each.id for each in found if each.target in off and each.group_key is None} - silenced
    held = replace(_counted(connection), silenced=len(silenced), planned=len(planned))
    listed = (each for each in found if each.id not in silenced | planned)
    return OpenNow(tuple(incident_row(each, parents) for each in listed), held)


def _labels(facts: IncidentFacts) -> dict[str, str]:
    return {
        "target": facts.target,
        "kind": facts.kind,
        "rule": facts.rule,
        "severity": facts.severity,
        "kelurahan": facts.kelurahan or "",
        "group": facts.group_key or "",
    }


def _counted(connection: Connection) -> Held:
    """Those that are explained, and those that are for the digest."""
    is_open = incident.c.resolved_at.is_(None)
    merged = select(func.count()).where(is_open, incident.c.parent_id.is_not(None))
    minor = select(func.count()).where(is_open, incident.c.parent_id.is_(None), incident.c.severity == Severity.INFO.value)
    return Held(merged=connection.execute(merged).scalar_one(), minor=connection.execute(minor).scalar_one())


def with_next_steps(
    connection: Connection, rows: Sequence[IncidentRow], orders: Orders, people: Mapping[str, str], now: datetime
) -> tuple[IncidentRow, ...]:
    """``rows``, each with when its chain goes on and to whom. ``people``: who answers at a receiver."""
    numbers = [each.id for each in rows if each.id is not None and each.acknowledged_at is None]
    found = connection.execute(select(telling.c.incident_id, telling.c.told).where(telling.c.incident_id.in_(numbers)))
    told = {row.incident_id: read_told(row.told) for row in found}
    steps = orders.policy((), now).steps
    return tuple(_with_next_step(each, told.get(each.id), steps, people) for each in rows)


def _with_next_step(row: IncidentRow, told: Told | None, steps: Sequence[Step], people: Mapping[str, str]) -> IncidentRow:
    if told is None or told.chain_at is None or told.is_over:
        return row
    left = (each for each in steps[told.taken :] if row.severity.rank >= each.at_least.rank)
    step = next(left, None)
    if step is None:
        return row
    who = tuple(dict.fromkeys(people.get(each, each) for each in step.receivers))
    return replace(row, next_step_at=told.chain_at + step.after, next_step_to=who)


def read_alarms_of_walls(connection: Connection, now: datetime, rows: Sequence[IncidentRow]) -> Alarms:
    """What walls sound for: the critical ones of ``rows``; and which critical ones have ended in the last hour."""
    ended = (
        select(incident.c.id)
        .where(
            incident.c.resolved_at >= to_ms(now - CLEARED_OVER),
            incident.c.severity == Severity.CRITICAL.value,
            incident.c.parent_id.is_(None),
        )
        .order_by(incident.c.resolved_at.desc())
        .limit(MOST_CLEARED)
    )
    critical = (each for each in rows if each.severity is Severity.CRITICAL and each.id is not None)
    return Alarms(
        tuple(Alarm(int(each.id or 0), to_ms(each.opened_at), each.acknowledged_at is not None) for each in critical),
        tuple(connection.execute(ended).scalars()),
    )


def read_resolved(connection: Connection, parents: Mapping[TargetKey, Parent], now: datetime) -> tuple[IncidentRow, ...]:
    """What ended lately, newest end first."""
    return tuple(incident_row(each, parents) for each in read_resolved_incidents(connection, to_ms(now - RESOLVED_OVER)))


def read_load(connection: Connection, now: datetime, zone: ZoneInfo) -> Load:
    """The burden of this shift so far: of what people should act on, not of what waits for the digest."""
    shift = shift_at(now, zone)
    so_far = Interval(shift.start, now) if now > shift.start else shift
    return load_of(_alarms_since(connection, shift.start), read_pages(connection, shift), so_far, zone)


def _alarms_since(connection: Connection, start: datetime) -> list[scoreboard.Alarm]:
    began = (incident.c.opened_at >= to_ms(start)) & (incident.c.severity != Severity.INFO.value)
    columns = (incident.c.rule, incident.c.opened_at, incident.c.resolved_at, incident.c.acknowledged_at, incident.c.parent_id)
    question = select(target.c.key, *columns).join(target, target.c.id == incident.c.target_id).where(began)
    return [
        scoreboard.Alarm(key, rule, from_ms(opened), moment(resolved), moment(taken), parent is not None)
        for key, rule, opened, resolved, taken, parent in connection.execute(question)
    ]


def read_flood(connection: Connection, now: datetime) -> Flood | None:
    """The flood that is on now. Every alarm counts, whether another one explains it or not: so fast does trouble come."""
    since = to_ms(now - FLOOD_LOOKS_BACK)
    times = select(incident.c.opened_at).where(incident.c.opened_at >= since).order_by(incident.c.opened_at)
    return flood_now(list(connection.execute(times).scalars()), to_ms(now))


def flood_now(times: Sequence[int], now: int) -> Flood | None:
    """The flood that is on at ``now``: it began above ten alarms in ten minutes, and there were never fewer than five since.

    ``times`` (epoch milliseconds) in order.
    """
    width = FLOOD_OVER // timedelta(milliseconds=1)
    begun: int | None = None
    first = 0
    for place, at in enumerate(times):
        while times[first] <= at - width:
            first += 1
        before = place - first
        if before < FLOOD_ENDS:
            begun = None
        if begun is None and before + 1 > FLOOD_BEGINS:
            begun = times[first]
    recent = sum(now - width < at <= now for at in times[first:])
    return None if begun is None or recent < FLOOD_ENDS else Flood(from_ms(begun), recent)
