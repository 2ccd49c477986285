"""Queries: what screens may ask. One method per question, one short read transaction each, an answer that never changes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Engine

from command_centre.domain.calendar import Interval, Window, union
from command_centre.domain.ports import Clock
from command_centre.domain.rule import Severity
from command_centre.domain.target import TargetKind
from command_centre.read import assembling, rows
from command_centre.read.conditions import HISTORY_LENGTH, HalfHours, count
from command_centre.read.lines import STEP_MS, Presence, as_steps, fewest_at_once, most_at_once
from command_centre.read.rows import Cursor, Newest, Registered
from command_centre.read.views import Condition, Counts, SelfFault, SitesView, SiteTile, SourceHealth, Step, SummaryView, WallRow
from command_centre.storage.times import from_ms, to_ms
from command_centre.storage.values import unpack_values

DAY = timedelta(days=1)
LOOK_AHEAD = timedelta(days=8)
"""How far ahead planned windows are known: a weekly one of today is known to its end."""

WALL_SILENT_AFTER = timedelta(seconds=30)
"""A wall reports every 10 seconds; after three missed reports it counts as silent."""

_TROUBLE = (Condition.DOWN, Condition.DEGRADED, Condition.SLOW)


@dataclass(frozen=True, slots=True)
class _Day:
    """What changes only slowly: histories and planned time. Kept for one minute."""

    minute: int
    register: int
    histories: Mapping[int, tuple[Condition, ...]]
    active: Sequence[int | None]
    begins: int
    planned: Mapping[str, tuple[Interval, ...]]


@dataclass(frozen=True, slots=True)
class _Picture:
    """What one transaction saw of everything that screens have in common."""

    now: datetime
    cursor: Cursor
    register: tuple[Registered, ...]
    newest: Mapping[int, Newest]
    conditions: Mapping[int, Condition]
    tiles: tuple[SiteTile, ...]
    as_of: datetime | None
    sources: SourceHealth
    faults: tuple[SelfFault, ...]
    day: _Day

    @property
    def sites(self) -> Counts:
        return count(each.condition for each in self.tiles)


class Queries:
    """Answers from one database. Safe to use from one thread at a time; several processes may have their own.

    ``kelurahan`` maps the code of each kelurahan to that of its kecamatan, in the order in which screens show them.
    """

    def __init__(
        self,
        engine: Engine,
        zone: ZoneInfo,
        clock: Clock,
        *,
        windows: Sequence[Window] = (),
        kelurahan: Mapping[str, str] | None = None,
        is_simulated: bool = False,
    ) -> None:
        # REPEATABLE READ: all questions of one answer see the same moment. (SQLite's read transactions always do.)
        is_postgresql = engine.dialect.name == "postgresql"
        self._engine = engine.execution_options(isolation_level="REPEATABLE READ") if is_postgresql else engine
        self._zone = zone
        self._clock = clock
        self._started = clock.now()
        self._windows = tuple(windows)
        self._kelurahan = {} if kelurahan is None else dict(kelurahan)
        self._is_simulated = is_simulated
        self._forget()

    def _forget(self) -> None:
        """Start with an empty memory: ids of another database file mean nothing here."""
        self._pool = self._engine.pool  # a new one whenever the watch has found another file under the database's name
        self._register: tuple[int, date, tuple[Registered, ...]] | None = None
        self._metrics: dict[str, int] = {}
        self._day: _Day | None = None

    def cursor(self) -> Cursor:
        """How far history has come: equal cursors mean that nothing new was written."""
        with self._reading() as connection:
            return rows.read_cursor(connection)

    def sites(self) -> SitesView:
        """Everything ``/wall/situs`` shows."""
        with self._reading() as connection:
            picture = self._picture(connection)
        return SitesView(
            as_of=picture.as_of,
            generated_at=picture.now,
            seq=picture.cursor.seq,
            is_simulated=self._is_simulated,
            sources=picture.sources,
            faults=picture.faults,
            counts=picture.sites,
            tiles=picture.tiles,
            abnormal=assembling.worst_first(picture.tiles),
            certificates=assembling.certificate_marks(picture.tiles),
            without_https=sum(each.uses_https is False for each in picture.tiles),
        )

    def summary(self) -> SummaryView:
        """Everything ``/wall/ringkasan`` shows."""
        with self._reading() as connection:
            picture = self._picture(connection)
            start = to_ms(picture.now - DAY)
            open_now = rows.read_open_incidents(connection)
            resolved = rows.read_resolved_incidents(connection, start)
            by_severity = rows.count_open_incidents(connection)
            times = rows.read_incident_times(connection, picture.day.begins)
            last_end = rows.read_last_resolution(connection)
            first_seen = rows.read_first_seen(connection)
        hotspots = assembling.counts_of_kind(picture.register, picture.conditions, TargetKind.HOTSPOT)
        calm_since = last_end if last_end is not None else first_seen
        return SummaryView(
            as_of=picture.as_of,
            generated_at=picture.now,
            seq=picture.cursor.seq,
            is_simulated=self._is_simulated,
            sources=picture.sources,
            faults=picture.faults,
            sites=picture.sites,
            sites_active_24h=_active_line(picture),
            hotspots=hotspots,
            hotspots_registered=None if hotspots is None else hotspots.registered,
            services=assembling.counts_of_kind(picture.register, picture.conditions, TargetKind.SERVICE),
            incidents=tuple(assembling.incident_row(each) for each in open_now),
            incidents_open=sum(by_severity.values()),
            incidents_critical=by_severity.get(Severity.CRITICAL, 0),
            incidents_24h=_incident_line(times, picture, first_seen),
            resolved_24h=tuple(assembling.incident_row(each) for each in resolved),
            kelurahan=assembling.kelurahan_tiles(picture.tiles, self._kelurahan),
            dimensions=assembling.unmeasured_dimensions(),
            calm_since=None if by_severity or calm_since is None else from_ms(calm_since),
        )

    def wall_status(self) -> tuple[WallRow, ...]:
        """Every wall the server knows, with what it last told."""
        now = self._clock.now()
        with self._reading() as connection:
            walls = rows.read_walls(connection)
        return tuple(_wall_row(each, now) for each in walls)

    def newest_reading_at(self) -> datetime | None:
        """When the newest reading of the city was taken; None when there is none."""
        with self._reading() as connection:
            register = self._registered(connection, rows.read_cursor(connection), self._clock.now())
            return _as_of(register, rows.read_newest(connection))

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        if self._engine.pool is not self._pool:
            self._forget()
        with self._engine.connect() as connection, connection.begin():
            yield connection

    def _picture(self, connection: Connection) -> _Picture:
        now = self._clock.now()
        cursor = rows.read_cursor(connection)
        register = self._registered(connection, cursor, now)
        newest = rows.read_newest(connection)
        day = self._slow_facts(connection, cursor, now)
        conditions = assembling.conditions_of(register, newest, day.planned, now)
        return _Picture(
            now=now,
            cursor=cursor,
            register=register,
            newest=newest,
            conditions=conditions,
            tiles=self._tiles(connection, register, newest, conditions, day, now),
            as_of=_as_of(register, newest),
            sources=assembling.source_health(register, conditions),
            faults=assembling.self_faults(register, newest, rows.read_lease_renewals(connection), self._started, now),
            day=day,
        )

    def _registered(self, connection: Connection, cursor: Cursor, now: datetime) -> tuple[Registered, ...]:
        """The register, read again only when it has changed or a day has begun."""
        today = now.astimezone(self._zone).date()
        if self._register is None or self._register[:2] != (cursor.register, today):
            self._register = (cursor.register, today, rows.read_register(connection, today))
        return self._register[2]

    def _slow_facts(self, connection: Connection, cursor: Cursor, now: datetime) -> _Day:
        minute = to_ms(now) // 60_000
        if self._day is None or (self._day.minute, self._day.register) != (minute, cursor.register):
            self._day = self._read_day(connection, minute, cursor.register, now)
        return self._day

    def _read_day(self, connection: Connection, minute: int, register: int, now: datetime) -> _Day:
        half_hours = HalfHours.until(to_ms(now))
        begins, until = half_hours.start, half_hours.now
        spans = rows.read_spans(connection, begins, TargetKind.SITE)
        active = fewest_at_once(assembling.active_times(spans), begins, until)
        watched = most_at_once(assembling.measured_times(spans), begins, until)
        figures = [each if any_watched else None for each, any_watched in zip(active, watched, strict=True)]
        within = Interval(now - DAY, now + LOOK_AHEAD)
        histories = assembling.histories(spans, half_hours)
        return _Day(minute, register, histories, figures, begins, planned_times(self._windows, within, self._zone))

    def _tiles(
        self,
        connection: Connection,
        register: Sequence[Registered],
        newest: Mapping[int, Newest],
        conditions: Mapping[int, Condition],
        day: _Day,
        now: datetime,
    ) -> tuple[SiteTile, ...]:
        metrics = self._metric_ids(connection)
        tiles = []
        for each in register:
            if each.kind != TargetKind.SITE:
                continue
            seen = newest.get(each.id)
            values = unpack_values(seen.packed) if seen is not None else {}
            condition = conditions[each.id]
            history = _with_present(day.histories.get(each.id), condition)
            planned = day.planned.get(each.key, ())
            tiles.append(assembling.site_tile(each, seen, values, metrics, condition, planned, history, now))
        return tuple(tiles)

    def _metric_ids(self, connection: Connection) -> assembling.MetricIds:
        """Metric ids never change; they are asked again only while one is still missing."""
        ids = assembling.MetricIds.from_names(self._metrics)
        if None in (ids.total, ids.status_code, ids.tls, ids.certificate):
            self._metrics = rows.read_metrics(connection)
            ids = assembling.MetricIds.from_names(self._metrics)
        return ids


def planned_times(windows: Sequence[Window], within: Interval, zone: ZoneInfo) -> dict[str, tuple[Interval, ...]]:
    """Agreed planned time by target key; overlapping windows count once."""
    times: dict[str, list[Interval]] = {}
    for window in windows:
        intervals = window.intervals(within, zone)
        for key in window.targets:
            times.setdefault(key, []).extend(intervals)
    return {key: union(intervals) for key, intervals in times.items()}


def _as_of(register: Sequence[Registered], newest: Mapping[int, Newest]) -> datetime | None:
    """Time of the newest reading of the city. What we say of ourselves does not count: it would hide that the city is silent."""
    times = [newest[each.id].at for each in register if each.kind != TargetKind.SELF and each.id in newest]
    return from_ms(max(times)) if times else None


def _with_present(history: tuple[Condition, ...] | None, condition: Condition) -> tuple[Condition, ...]:
    """The history, up to a minute old, with what is known by now in its last half hour."""
    if condition is Condition.NO_ADDRESS:
        return (Condition.NO_ADDRESS,) * HISTORY_LENGTH
    if history is None:
        return (*(Condition.NO_DATA,) * (HISTORY_LENGTH - 1), condition)
    if condition in _TROUBLE and not (history[-1] in _TROUBLE and _TROUBLE.index(history[-1]) < _TROUBLE.index(condition)):
        return (*history[:-1], condition)
    return history


def _active_line(picture: _Picture) -> tuple[Step, ...]:
    """Active sites over the day; a gap where nobody was watched. Its last point is the number that stands beside it."""
    sites = picture.sites
    return as_steps([*picture.day.active[:-1], sites.active if sites.measured else None], picture.day.begins)


def _incident_line(times: Sequence[tuple[int, int | None]], picture: _Picture, first_seen: int | None) -> tuple[Step, ...]:
    """Open incidents over the day. Before the first look of all there is a gap: nobody was there to see any."""
    begins, now = picture.day.begins, to_ms(picture.now)
    open_times = [Presence(opened, now if resolved is None else resolved) for opened, resolved in times]
    figures = most_at_once(open_times, begins, now)
    present = sum(resolved is None for _, resolved in times)
    seen_from = now if first_seen is None else first_seen
    watched = [each if begins + (index + 1) * STEP_MS > seen_from else None for index, each in enumerate(figures)]
    return as_steps([*watched[:-1], None if first_seen is None else present], begins)


def _wall_row(facts: rows.WallFacts, now: datetime) -> WallRow:
    last_seen = from_ms(facts.last_seen)
    return WallRow(
        name=facts.name,
        page=facts.page,
        last_seen=last_seen,
        is_silent=not facts.closed and now - last_seen > WALL_SILENT_AFTER,
        is_closed=facts.closed,
        data_age_seconds=facts.data_age_seconds,
        frame_age_seconds=facts.frame_age_seconds,
        heap_bytes=facts.heap_bytes,
        dom_nodes=facts.dom_nodes,
        width=facts.width,
        height=facts.height,
    )
