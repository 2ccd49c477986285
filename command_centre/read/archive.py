"""What a program may ask: the state of everything, one target's past, incidents. Answers are plain and complete, with coverage.

Stateless, so several threads may ask at once. Times are aware UTC; a value nobody gave is None, never 0.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Engine, Select, and_, func, or_, select

from command_centre.domain.availability import account, overlay_planned
from command_centre.domain.calendar import Interval, Window, union
from command_centre.domain.ports import Clock
from command_centre.domain.reading import Reason, Status
from command_centre.domain.series import Resolution
from command_centre.domain.target import TargetKey
from command_centre.read.detail_rows import read_spans
from command_centre.read.details import without_gaps
from command_centre.storage.plans import planned_windows
from command_centre.storage.tables import detail, incident, incident_event, latest, metric, reading, rollup, series, target
from command_centre.storage.times import from_ms, to_ms
from command_centre.storage.values import unpack_values

LONGEST_PAGE = 1_000
LONGEST_RAW = timedelta(days=2)
MOST_POINTS = 20_000


@dataclass(frozen=True, slots=True)
class StateOf:
    """One target as it is now. ``status`` unknown with reason silent: nobody vouches any more. ``since`` None: never seen."""

    key: str
    kind: str
    name: str
    status: str
    reason: str
    planned: bool
    since: datetime | None
    last_seen: datetime | None
    vouched_until: datetime | None


@dataclass(frozen=True, slots=True)
class Count:
    """How many targets of one kind: registered, with an address (expected), vouched for now (measured), and by status."""

    kind: str
    registered: int
    expected: int
    measured: int
    up: int
    degraded: int
    down: int
    unknown: int
    planned: int


@dataclass(frozen=True, slots=True)
class StatusOfAll:
    """Everything at once. ``data_as_of``: the newest reading; None: there is none."""

    generated_at: datetime
    data_as_of: datetime | None
    is_simulated: bool
    counts: tuple[Count, ...]
    targets: tuple[StateOf, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the register."""

    key: str
    kind: str
    name: str
    short_name: str
    owner: str
    group: str
    kelurahan: str | None
    kecamatan: str | None
    latitude: float | None
    longitude: float | None
    has_address: bool
    expected_every_seconds: float
    dimension: str | None
    parents: tuple[str, ...]
    source: str
    valid_from: str | None
    valid_to: str | None
    removed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Page:
    """Some lines; ``next`` is the cursor of the following page, None at the end."""

    items: tuple[Any, ...]
    next: str | None


@dataclass(frozen=True, slots=True)
class ReadingOf:
    """What one look found. ``values`` by metric, base units."""

    seq: int
    at: datetime
    status: str
    reason: str
    source: str
    tentative: bool
    detail: str
    values: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Point:
    """One bucket: how many samples, their mean, least and greatest. A bucket without samples is not there."""

    at: datetime
    count: int
    mean: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class SeriesOf:
    """One metric of one target. ``resolution_seconds`` 0: every sample. ``coverage``: buckets with samples ÷ all buckets."""

    key: str
    metric: str
    unit: str
    resolution_seconds: int
    start: datetime
    end: datetime
    coverage: float | None
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class AvailabilityOf:
    """The accounting rule over one period: seconds by status, and what follows from them. None: not measured."""

    key: str
    start: datetime
    end: datetime
    up_seconds: float
    degraded_seconds: float
    down_seconds: float
    unknown_seconds: float
    planned_seconds: float
    availability: float | None
    availability_with_planned: float | None
    pessimistic: float | None
    optimistic: float | None
    coverage: float | None


@dataclass(frozen=True, slots=True)
class EventOf:
    """One line of an incident's story."""

    at: datetime
    kind: str
    status: str
    reason: str
    author: str | None
    text: str


@dataclass(frozen=True, slots=True)
class IncidentOf:
    """One incident; ``events`` only when it is asked for alone."""

    id: int
    rule: str
    target: str
    target_name: str
    owner: str
    severity: str
    status: str
    reason: str
    detail: str
    cause: str | None
    opened_at: datetime
    acknowledged_at: datetime | None
    acknowledged_by: str | None
    assigned_to: str | None
    resolved_at: datetime | None
    events: tuple[EventOf, ...] = ()


class Archive:
    """Answers programs from one database."""

    def __init__(
        self, engine: Engine, zone: ZoneInfo, clock: Clock, *, windows: Sequence[Window] = (), is_simulated: bool = False
    ) -> None:
        self._engine = engine
        self._zone = zone
        self._clock = clock
        self._windows = tuple(windows)
        self._is_simulated = is_simulated

    # -- now

    def status(self) -> StatusOfAll:
        """The state of every target that the register lists."""
        now = self._clock.now()
        with self._engine.connect() as connection:
            rows = connection.execute(_STATUS).all()
            newest = connection.execute(select(func.max(latest.c.at))).scalar()
            planned = self._planned_now(connection, now)
        at = to_ms(now)
        states = tuple(_state(row, at, planned) for row in rows)
        expected: dict[str, int] = {}
        for row in rows:
            expected[row.kind] = expected.get(row.kind, 0) + (row.address is not None)
        counts = tuple(_count(kind, number, [each for each in states if each.kind == kind]) for kind, number in expected.items())
        return StatusOfAll(now, None if newest is None else from_ms(newest), self._is_simulated, counts, states)

    def _planned_now(self, connection: Connection, now: datetime) -> frozenset[str]:
        moment = Interval(now, now + timedelta(seconds=1))
        covering = (
            each
            for each in self._windows_since(connection, now)
            if any(part.contains(now) for part in each.intervals(moment, self._zone))
        )
        return frozenset(key for window in covering for key in window.targets)

    def _windows_since(self, connection: Connection, since: datetime) -> tuple[Window, ...]:
        """The windows of the configuration, and what people have planned while the program runs."""
        return (*self._windows, *planned_windows(connection, since))

    # -- the register

    def targets(self, *, kind: str | None, kelurahan: str | None, removed: bool, after: str | None, limit: int) -> Page:
        """Lines of the register in the order of their keys."""
        question: Select[Any] = select(target).order_by(target.c.key).limit(limit + 1)
        if kind is not None:
            question = question.where(target.c.kind == kind)
        if kelurahan is not None:
            question = question.where(target.c.kelurahan == kelurahan)
        if not removed:
            question = question.where(target.c.removed_at.is_(None))
        if after is not None:
            question = question.where(target.c.key > after)
        with self._engine.connect() as connection:
            lines = [_line(row) for row in connection.execute(question)]
        return Page(tuple(lines[:limit]), lines[limit - 1].key if len(lines) > limit else None)

    def target(self, key: str) -> Line | None:
        """One line of the register, also one that has left it."""
        with self._engine.connect() as connection:
            row = connection.execute(select(target).where(target.c.key == key)).first()
        return None if row is None else _line(row)

    # -- one target's past

    def readings(self, key: str, within: Interval, *, after: int | None, limit: int) -> Page | None:
        """The log of one target in the order in which it was written; None: no such target."""
        with self._engine.connect() as connection:
            number = _number(connection, key)
            if number is None:
                return None
            names = {row.id: row.name for row in connection.execute(select(metric.c.id, metric.c.name))}
            question: Select[Any] = (
                select(reading, detail.c.text)
                .outerjoin(detail, detail.c.id == reading.c.detail_id)
                .where(reading.c.target_id == number, reading.c.at >= to_ms(within.start), reading.c.at < to_ms(within.end))
                .order_by(reading.c.seq)
                .limit(limit + 1)
            )
            if after is not None:
                question = question.where(reading.c.seq > after)
            found = [_reading(row, names) for row in connection.execute(question)]
        return Page(tuple(found[:limit]), str(found[limit - 1].seq) if len(found) > limit else None)

    def series(self, key: str, name: str, within: Interval, resolution: Resolution | None) -> SeriesOf | None:
        """One metric over some time, from rollups, or (``resolution`` None) from the log; None: no such target or metric."""
        with self._engine.connect() as connection:
            about = connection.execute(
                select(target.c.id, metric.c.id.label("metric_id"), metric.c.unit)
                .select_from(target.join(metric, metric.c.name == name))
                .where(target.c.key == key)
            ).first()
            if about is None:
                return None
            points = (
                _raw(connection, about.id, about.metric_id, within)
                if resolution is None
                else _rolled(connection, about.id, about.metric_id, within, resolution)
            )
        width = 0 if resolution is None else int(resolution.value.total_seconds())
        buckets = 0 if not width else -(-int((within.end - within.start).total_seconds()) // width)
        coverage = min(1.0, len(points) / buckets) if buckets else None
        return SeriesOf(key, name, about.unit, width, within.start, within.end, coverage, points)

    def availability(self, key: str, within: Interval) -> AvailabilityOf | None:
        """The accounting rule over some time that has passed; None: no such target."""
        with self._engine.connect() as connection:
            number = _number(connection, key)
            seen = [] if number is None else read_spans(connection, number, to_ms(within.start))
            windows = self._windows_since(connection, within.start)
        if number is None:
            return None
        own = (window for window in windows if TargetKey(key) in window.targets)
        planned = union(part for window in own for part in window.intervals(within, self._zone))
        total = account(overlay_planned(without_gaps(seen, within), planned))
        seconds = {
            f"{name}_seconds": getattr(total, name).total_seconds() for name in ("up", "degraded", "down", "unknown", "planned")
        }
        return AvailabilityOf(
            key,
            within.start,
            within.end,
            **seconds,
            availability=total.availability,
            availability_with_planned=total.availability_with_planned,
            pessimistic=total.pessimistic,
            optimistic=total.optimistic,
            coverage=total.coverage,
        )

    # -- incidents

    def incidents(
        self, *, state: str | None, severity: str | None, within: Interval | None, after: int | None, limit: int
    ) -> Page:
        """Incidents, newest first. ``after``: number of the last one of the page before."""
        question = _INCIDENTS.order_by(incident.c.id.desc()).limit(limit + 1)
        if state is not None:
            is_open = incident.c.resolved_at.is_(None)
            question = question.where(is_open if state == "open" else ~is_open)
        if severity is not None:
            question = question.where(incident.c.severity == severity)
        if within is not None:
            touches = or_(incident.c.resolved_at.is_(None), incident.c.resolved_at > to_ms(within.start))
            question = question.where(and_(incident.c.opened_at < to_ms(within.end), touches))
        if after is not None:
            question = question.where(incident.c.id < after)
        with self._engine.connect() as connection:
            found = [_incident(row, ()) for row in connection.execute(question)]
        return Page(tuple(found[:limit]), str(found[limit - 1].id) if len(found) > limit else None)

    def incident(self, number: int) -> IncidentOf | None:
        """One incident with its story."""
        with self._engine.connect() as connection:
            row = connection.execute(_INCIDENTS.where(incident.c.id == number)).first()
            if row is None:
                return None
            events = connection.execute(
                select(incident_event).where(incident_event.c.incident_id == number).order_by(incident_event.c.id)
            )
            return _incident(row, tuple(_event(each) for each in events))


_STATUS: Select[Any] = (
    select(
        target.c.key,
        target.c.kind,
        target.c.name,
        target.c.address,
        latest.c.status,
        latest.c.reason,
        latest.c.since,
        latest.c.at,
        latest.c.vouched_until,
    )
    .outerjoin(latest, latest.c.target_id == target.c.id)
    .where(target.c.removed_at.is_(None))
    .order_by(target.c.id)
)

_INCIDENTS: Select[Any] = select(
    incident, target.c.key.label("target_key"), target.c.name.label("target_name"), target.c.owner.label("target_owner")
).join(target, target.c.id == incident.c.target_id)


def _state(row: Any, now: int, planned: frozenset[str]) -> StateOf:
    is_planned = row.key in planned
    if row.status is None:
        return StateOf(row.key, row.kind, row.name, Status.UNKNOWN, Reason.NEVER_SEEN, is_planned, None, None, None)
    is_silent = now >= row.vouched_until
    status, reason = (Status.UNKNOWN, Reason.SILENT) if is_silent else (row.status, row.reason)
    since = row.vouched_until if is_silent else row.since
    return StateOf(
        row.key, row.kind, row.name, status, reason, is_planned, from_ms(since), from_ms(row.at), from_ms(row.vouched_until)
    )


def _count(kind: str, expected: int, states: Sequence[StateOf]) -> Count:
    by_status = {status: sum(each.status == status for each in states) for status in Status}
    return Count(
        kind=kind,
        registered=len(states),
        expected=expected,
        measured=len(states) - by_status[Status.UNKNOWN],
        up=by_status[Status.UP],
        degraded=by_status[Status.DEGRADED],
        down=by_status[Status.DOWN],
        unknown=by_status[Status.UNKNOWN],
        planned=sum(each.planned for each in states),
    )


def _line(row: Any) -> Line:
    return Line(
        key=row.key,
        kind=row.kind,
        name=row.name,
        short_name=row.short_name,
        owner=row.owner,
        group=row.group_name,
        kelurahan=row.kelurahan,
        kecamatan=row.kecamatan,
        latitude=row.latitude,
        longitude=row.longitude,
        has_address=row.address is not None,
        expected_every_seconds=row.expected_every_seconds,
        dimension=row.dimension,
        parents=tuple(json.loads(row.parents)),
        source=row.source,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        removed_at=None if row.removed_at is None else from_ms(row.removed_at),
    )


def _number(connection: Connection, key: str) -> int | None:
    return connection.execute(select(target.c.id).where(target.c.key == key)).scalar_one_or_none()


def _reading(row: Any, names: Mapping[int, str]) -> ReadingOf:
    values = {names[number]: value for number, value in unpack_values(row.packed).items() if number in names}
    return ReadingOf(row.seq, from_ms(row.at), row.status, row.reason, row.source, row.tentative, row.text or "", values)


def _raw(connection: Connection, number: int, metric_id: int, within: Interval) -> tuple[Point, ...]:
    rows = connection.execute(
        select(reading.c.at, reading.c.packed)
        .where(
            reading.c.target_id == number,
            reading.c.at >= to_ms(within.start),
            reading.c.at < to_ms(within.end),
            reading.c.tentative.is_(False),
            reading.c.packed.is_not(None),
        )
        .order_by(reading.c.at)
        .limit(MOST_POINTS)
    )
    found = ((at, unpack_values(packed).get(metric_id)) for at, packed in rows)
    return tuple(Point(from_ms(at), 1, value, value, value) for at, value in found if value is not None)


def _rolled(connection: Connection, number: int, metric_id: int, within: Interval, resolution: Resolution) -> tuple[Point, ...]:
    rows = connection.execute(
        select(rollup.c.bucket, rollup.c.count.label("samples"), rollup.c.total, rollup.c.low, rollup.c.high)
        .join(series, series.c.id == rollup.c.series_id)
        .where(
            series.c.target_id == number,
            series.c.metric_id == metric_id,
            rollup.c.resolution_seconds == int(resolution.value.total_seconds()),
            rollup.c.bucket >= to_ms(within.start),
            rollup.c.bucket < to_ms(within.end),
        )
        .order_by(rollup.c.bucket)
        .limit(MOST_POINTS)
    )
    return tuple(Point(from_ms(row.bucket), row.samples, row.total / row.samples, row.low, row.high) for row in rows)


def _incident(row: Any, events: tuple[EventOf, ...]) -> IncidentOf:
    return IncidentOf(
        id=row.id,
        rule=row.rule,
        target=row.target_key,
        target_name=row.target_name,
        owner=row.target_owner,
        severity=row.severity,
        status=row.status,
        reason=row.reason,
        detail=row.detail,
        cause=row.cause,
        opened_at=from_ms(row.opened_at),
        acknowledged_at=None if row.acknowledged_at is None else from_ms(row.acknowledged_at),
        acknowledged_by=row.acknowledged_by,
        assigned_to=row.assigned_to,
        resolved_at=None if row.resolved_at is None else from_ms(row.resolved_at),
        events=events,
    )


def _event(row: Any) -> EventOf:
    return EventOf(from_ms(row.at), row.kind, row.status, row.reason, row.author, row.text or row.detail)
