"""Queries: what screens may ask. One method per question, one short read transaction each, an answer that never changes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Engine

from command_centre.domain.calendar import Interval, Window, union
from command_centre.domain.hotspot import HotspotState
from command_centre.domain.orders import Orders
from command_centre.domain.ports import Clock
from command_centre.domain.progress import Catalogue, CityProgress
from command_centre.domain.target import Parent, TargetKey, TargetKind
from command_centre.read import assembling, hotspots, rows
from command_centre.read.causes import Explained
from command_centre.read.conditions import HISTORY_LENGTH, HalfHours, count
from command_centre.read.details import HotspotDetails
from command_centre.read.hotspots import HotspotDay, Standing, Use
from command_centre.read.injections import injected_sites
from command_centre.read.kept import Kept
from command_centre.read.lines import STEP_MS, Presence, as_steps, fewest_at_once, most_at_once
from command_centre.read.progress import bars, figures, read_progress
from command_centre.read.rows import Cursor, Newest, Registered
from command_centre.read.services import NEEDED as SERVICE_METRICS
from command_centre.read.services import Services, ServicesFigures, ServicesView, counts_of, normal_line, worst_service
from command_centre.read.views import (
    Condition,
    Counts,
    HotspotCounts,
    HotspotsView,
    PlannedTime,
    SelfFault,
    SettlementTile,
    SitesView,
    SiteTile,
    SourceHealth,
    Step,
    SummaryView,
    WallRow,
)
from command_centre.read.wall_incidents import (
    Alarms,
    IncidentsView,
    read_alarms_of_walls,
    read_flood,
    read_load,
    read_open_now,
    read_resolved,
    with_next_steps,
)
from command_centre.storage.plans import planned_windows
from command_centre.storage.times import from_ms, to_ms
from command_centre.storage.values import unpack_values

DAY = timedelta(days=1)
LOOK_AHEAD = timedelta(days=8)
"""How far ahead planned windows are known: a weekly one of today is known to its end."""

WALL_SILENT_AFTER = timedelta(seconds=30)
"""A wall reports every 10 seconds; after three missed reports it counts as silent."""

PROGRESS_MS = 120_000
"""Progress looks back over days: it is worked out every two minutes."""

_TROUBLE = (Condition.DOWN, Condition.DEGRADED, Condition.SLOW)


Planned = Mapping[str, tuple[Interval, ...]]
"""Agreed planned time by target key."""

FIGURES_SETTLE_MS = 10_000
"""Sums of devices and traffic stand still for so long, unless a state changes: digits that run cannot be read from afar."""


@dataclass(frozen=True, slots=True)
class _SiteDay:
    """The last day of the sites: each one's history, and how many were active."""

    histories: Mapping[int, tuple[Condition, ...]]
    active: Sequence[int | None]
    begins: int


@dataclass(frozen=True, slots=True)
class _Picture:
    """What one transaction saw of everything that screens have in common."""

    now: datetime
    cursor: Cursor
    register: tuple[Registered, ...]
    newest: Mapping[int, Newest]
    planned: Planned
    off: frozenset[str]
    conditions: Mapping[int, Condition]
    as_of: datetime | None
    sources: SourceHealth
    faults: tuple[SelfFault, ...]

    @property
    def minute(self) -> tuple[int, int]:
        """What slow facts are made from: they are read again once a minute, and when the register has changed."""
        return to_ms(self.now) // 60_000, self.cursor.register


@dataclass(frozen=True, slots=True)
class _Wifi:
    """What one transaction saw of the hotspots."""

    hotspots: tuple[Standing, ...]
    states: Mapping[int, HotspotState]
    counts: HotspotCounts
    causes: tuple[Explained, ...]
    settlements: tuple[SettlementTile, ...]
    day: HotspotDay


class Queries:
    """Answers from one database. Safe to use from one thread at a time; several processes may have their own.

    ``kelurahan`` maps the code of each kelurahan to that of its kecamatan, in the order in which screens show them.
    ``parents`` are what hotspots have in common: a provider's lines, power areas. ``orders`` say who is next when nobody takes an
    incident, ``people`` who answers at a receiver.
    """

    def __init__(
        self,
        engine: Engine,
        zone: ZoneInfo,
        clock: Clock,
        *,
        windows: Sequence[Window] = (),
        kelurahan: Mapping[str, str] | None = None,
        parents: Sequence[Parent] = (),
        is_simulated: bool = False,
        holidays: AbstractSet[date] = frozenset(),
        catalogue: Catalogue | None = None,
        orders: Orders | None = None,
        people: Mapping[str, str] | None = None,
    ) -> None:
        # REPEATABLE READ: all questions of one answer see the same moment. (SQLite's read transactions always do.)
        is_postgresql = engine.dialect.name == "postgresql"
        self._engine = engine.execution_options(isolation_level="REPEATABLE READ") if is_postgresql else engine
        self._zone = zone
        self._clock = clock
        self._started = clock.now()
        self._windows = tuple(windows)
        self._kelurahan = {} if kelurahan is None else dict(kelurahan)
        self._parents: dict[TargetKey, Parent] = {each.key: each for each in parents}
        self._is_simulated = is_simulated
        self._holidays = holidays
        self._catalogue = Catalogue() if catalogue is None else catalogue
        self._orders = Orders() if orders is None else orders
        self._people = dict(people or {})
        self._forget()

    def _forget(self) -> None:
        """Start with an empty memory: ids of another database file mean nothing here."""
        self._pool = self._engine.pool  # a new one whenever the watch has found another file under the database's name
        self._register: tuple[int, date, tuple[Registered, ...]] | None = None
        self._metrics: dict[str, int] = {}
        self._planned = Kept[Planned]()
        self._sources = Kept[tuple[tuple[int, ...], ...]]()
        self._site_day = Kept[_SiteDay]()
        self._hotspots = Kept[tuple[Standing, ...]]()
        self._hotspot_day = Kept[HotspotDay]()
        self._uses = Kept[dict[int, Use]]()
        self._services = Services(self._zone, self._holidays)
        self._progress = Kept[CityProgress]()
        self._dark_times = Kept[tuple[PlannedTime, ...]]()

    def cursor(self) -> Cursor:
        """How far history has come: equal cursors mean that nothing new was written."""
        with self._reading() as connection:
            return rows.read_cursor(connection)

    def sites(self) -> SitesView:
        """Everything ``/wall/situs`` shows."""
        with self._reading() as connection:
            picture = self._picture(connection)
            tiles = self._tiles(connection, picture, self._day_of_sites(connection, picture))
            injected = injected_sites(connection)
        return SitesView(
            as_of=picture.as_of,
            generated_at=picture.now,
            seq=picture.cursor.seq,
            is_simulated=self._is_simulated,
            sources=picture.sources,
            faults=picture.faults,
            counts=count(each.condition for each in tiles),
            tiles=tiles,
            abnormal=assembling.worst_first(tiles),
            certificates=assembling.certificate_marks(tiles),
            without_https=sum(each.uses_https is False for each in tiles),
            injected=injected,
        )

    def hotspots(self) -> HotspotsView:
        """Everything ``/wall/wifi`` shows."""
        with self._reading() as connection:
            picture = self._picture(connection)
            wifi = self._wifi(connection, picture)
            uses = self._uses_of(connection, picture, wifi)
        there, states = wifi.hotspots, wifi.states
        return HotspotsView(
            as_of=picture.as_of,
            generated_at=picture.now,
            seq=picture.cursor.seq,
            is_simulated=self._is_simulated,
            sources=picture.sources,
            faults=picture.faults,
            counts=wifi.counts,
            points=hotspots.points_of(there, states, wifi.causes),
            areas=hotspots.areas_of(there, states, uses, wifi.day, self._kelurahan),
            load=hotspots.load_of(there, uses),
            settlements=wifi.settlements,
            providers=hotspots.groups_by(there, states, lambda each: each.provider),
            classes=hotspots.groups_by(there, states, lambda each: each.class_mbps),
            crowded=hotspots.crowded_points(there, uses),
            planned=self._dark_times.get(
                picture.minute, lambda: hotspots.planned_today(self._windows, there, picture.now, self._zone)
            ),
            causes=tuple(each.cause for each in wifi.causes),
        )

    def services(self) -> ServicesView:
        """Everything ``/wall/layanan`` shows."""
        with self._reading() as connection:
            picture = self._picture(connection)
            found = self._services_now(connection, picture)
        return ServicesView(
            as_of=picture.as_of,
            generated_at=picture.now,
            seq=picture.cursor.seq,
            is_simulated=self._is_simulated,
            sources=picture.sources,
            faults=picture.faults,
            counts=found.counts,
            rows=found.rows,
            components=found.components,
        )

    def progress(self) -> CityProgress:
        """Progress in the six dimensions, as every screen shows it now."""
        with self._reading() as connection:
            return self._progress_now(connection, self._picture(connection))

    def summary(self) -> SummaryView:
        """Everything ``/wall/ringkasan`` shows."""
        with self._reading() as connection:
            picture = self._picture(connection)
            day = self._day_of_sites(connection, picture)
            tiles = self._tiles(connection, picture, day)
            wifi = self._wifi(connection, picture)
            start = to_ms(picture.now - DAY)
            open_now = read_open_now(connection, self._parents, picture.off, picture.now)
            resolved = rows.read_resolved_incidents(connection, start)
            times = rows.read_incident_times(connection, day.begins)
            last_end = rows.read_last_resolution(connection)
            first_seen = rows.read_first_seen(connection)
            services = self._services_now(connection, picture)
            progress = self._progress_now(connection, picture)
        sites = count(each.condition for each in tiles)
        calm_since = last_end if last_end is not None else first_seen
        reporting, expected = hotspots.lines_until_now(wifi.day, wifi.counts)
        has_hotspots = bool(wifi.hotspots)
        return SummaryView(
            as_of=picture.as_of,
            generated_at=picture.now,
            seq=picture.cursor.seq,
            is_simulated=self._is_simulated,
            sources=picture.sources,
            faults=picture.faults,
            sites=sites,
            sites_active_24h=_active_line(day, sites),
            hotspots=wifi.counts if has_hotspots else None,
            hotspots_registered=wifi.counts.registered if has_hotspots else None,
            hotspots_reporting_24h=reporting if has_hotspots else (),
            hotspots_expected_24h=expected if has_hotspots else (),
            services=counts_of(picture.register, picture.conditions),
            incidents=open_now.shown,
            incidents_open=len(open_now.rows),
            incidents_critical=open_now.critical,
            incidents_24h=_incident_line(times, day.begins, picture.now, first_seen, len(open_now.rows)),
            resolved_24h=tuple(assembling.incident_row(each, self._parents) for each in resolved),
            kelurahan=assembling.kelurahan_tiles(
                tiles, hotspots.counts_by(wifi.hotspots, wifi.states, lambda each: each.kelurahan), self._kelurahan
            ),
            settlements=wifi.settlements,
            dimensions=bars(progress),
            city=figures(progress, self._catalogue),
            services_normal_24h=normal_line(services, picture.now),
            worst_service=worst_service(services.rows),
            calm_since=None if open_now.rows or calm_since is None else from_ms(calm_since),
        )

    def incidents(self) -> IncidentsView:
        """Everything ``/wall/gangguan`` shows."""
        with self._reading() as connection:
            picture = self._picture(connection)
            open_now = read_open_now(connection, self._parents, picture.off, picture.now)
            resolved = read_resolved(connection, self._parents, picture.now)
            listed = with_next_steps(connection, open_now.shown, self._orders, self._people, picture.now)
            load, flood = read_load(connection, picture.now, self._zone), read_flood(connection, picture.now)
            last_end, first_seen = rows.read_last_resolution(connection), rows.read_first_seen(connection)
        calm_since = last_end if last_end is not None else first_seen
        return IncidentsView(
            as_of=picture.as_of,
            generated_at=picture.now,
            seq=picture.cursor.seq,
            is_simulated=self._is_simulated,
            sources=picture.sources,
            faults=picture.faults,
            rows=listed,
            open=len(open_now.rows),
            critical=open_now.critical,
            untaken=open_now.untaken,
            held=open_now.held,
            resolved=resolved,
            load=load,
            flood=flood,
            calm_since=None if open_now.rows or calm_since is None else from_ms(calm_since),
        )

    def alarms(self) -> Alarms:
        """What every wall jumps to and sounds for, whatever it shows."""
        with self._reading() as connection:
            now = self._clock.now()
            off = assembling.off_now(self._planned_times(connection, now), now)
            return read_alarms_of_walls(connection, now, read_open_now(connection, self._parents, off, now).rows)

    def details(self) -> HotspotDetails:
        """Answers about single hotspots of the same city, for several threads at once."""
        return HotspotDetails(
            self._engine,
            self._zone,
            self._clock,
            windows=self._windows,
            parents=tuple(self._parents.values()),
            is_simulated=self._is_simulated,
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
        planned = self._planned_times(connection, now)
        off = assembling.off_now(planned, now)
        conditions = assembling.conditions_of(register, newest, off, now)
        sources = self._sources.get(register, lambda: assembling.sources_of(register))
        return _Picture(
            now=now,
            cursor=cursor,
            register=register,
            newest=newest,
            planned=planned,
            off=off,
            conditions=conditions,
            as_of=_as_of(register, newest),
            sources=assembling.source_health(sources, conditions),
            faults=assembling.self_faults(register, newest, rows.read_lease_renewals(connection), self._started, now),
        )

    def _planned_times(self, connection: Connection, now: datetime) -> Planned:
        return self._planned.get(
            to_ms(now) // 60_000,
            lambda: planned_times(
                (*self._windows, *planned_windows(connection, now - DAY)), Interval(now - DAY, now + LOOK_AHEAD), self._zone
            ),
        )

    def _registered(self, connection: Connection, cursor: Cursor, now: datetime) -> tuple[Registered, ...]:
        """The register, read again only when it has changed or a day has begun."""
        today = now.astimezone(self._zone).date()
        if self._register is None or self._register[:2] != (cursor.register, today):
            self._register = (cursor.register, today, rows.read_register(connection, today))
        return self._register[2]

    def _day_of_sites(self, connection: Connection, picture: _Picture) -> _SiteDay:
        return self._site_day.get(picture.minute, lambda: _read_site_day(connection, HalfHours.until(to_ms(picture.now))))

    def _wifi(self, connection: Connection, picture: _Picture) -> _Wifi:
        there = self._hotspots.get(picture.register, lambda: hotspots.hotspots_of(picture.register))
        states = hotspots.states_of(there, picture.newest, picture.off, picture.now)
        return _Wifi(
            there,
            states,
            hotspots.count_states(states.values()),
            hotspots.causes_of(there, states, picture.newest, self._parents),
            hotspots.settlement_tiles(there, states),
            self._hotspot_day.get(picture.minute, lambda: self._read_hotspot_day(connection, picture, there)),
        )

    def _read_hotspot_day(self, connection: Connection, picture: _Picture, there: Sequence[Standing]) -> HotspotDay:
        half_hours = HalfHours.until(to_ms(picture.now))
        spans = rows.read_spans(connection, half_hours.start, TargetKind.HOTSPOT) if there else []
        return hotspots.day_of(there, spans, picture.planned, self._kelurahan, half_hours.start, half_hours.now)

    def _uses_of(self, connection: Connection, picture: _Picture, wifi: _Wifi) -> dict[int, Use]:
        metrics = self._metrics_with(connection, (hotspots.CLIENTS, hotspots.DOWNLOAD))
        made_from = (to_ms(picture.now) // FIGURES_SETTLE_MS, picture.cursor.register, wifi.states)
        return self._uses.get(made_from, lambda: hotspots.uses_of(wifi.hotspots, wifi.states, picture.newest, metrics))

    def _tiles(self, connection: Connection, picture: _Picture, day: _SiteDay) -> tuple[SiteTile, ...]:
        metrics = self._metric_ids(connection)
        tiles = []
        for each in picture.register:
            if each.kind != TargetKind.SITE:
                continue
            seen = picture.newest.get(each.id)
            values = unpack_values(seen.packed) if seen is not None else {}
            condition = picture.conditions[each.id]
            history = _with_present(day.histories.get(each.id), condition)
            planned = picture.planned.get(each.key, ())
            tiles.append(assembling.site_tile(each, seen, values, metrics, condition, planned, history, picture.now))
        return tuple(tiles)

    def _services_now(self, connection: Connection, picture: _Picture) -> ServicesFigures:
        metrics = self._metrics_with(connection, SERVICE_METRICS)
        return self._services.figures(connection, picture.register, picture.newest, picture.conditions, metrics, picture.now)

    def _progress_now(self, connection: Connection, picture: _Picture) -> CityProgress:
        made_from = to_ms(picture.now) // PROGRESS_MS, picture.cursor.register
        within = Interval(picture.now - self._catalogue.period, picture.now)
        return self._progress.get(made_from, lambda: read_progress(connection, self._catalogue, picture.register, within))

    def _metric_ids(self, connection: Connection) -> assembling.MetricIds:
        return assembling.MetricIds.from_names(self._metrics_with(connection, assembling.SITE_METRICS))

    def _metrics_with(self, connection: Connection, needed: Sequence[str]) -> Mapping[str, int]:
        """Metric ids by name. They never change; they are asked again only while one that is needed is still missing."""
        if any(name not in self._metrics for name in needed):
            self._metrics = rows.read_metrics(connection)
        return self._metrics


def _read_site_day(connection: Connection, half_hours: HalfHours) -> _SiteDay:
    begins, until = half_hours.start, half_hours.now
    spans = rows.read_spans(connection, begins, TargetKind.SITE)
    active = fewest_at_once(assembling.active_times(spans), begins, until)
    watched = most_at_once(assembling.measured_times(spans), begins, until)
    figures = [each if any_watched else None for each, any_watched in zip(active, watched, strict=True)]
    return _SiteDay(assembling.histories(spans, half_hours), figures, begins)


def planned_times(windows: Sequence[Window], within: Interval, zone: ZoneInfo) -> dict[str, tuple[Interval, ...]]:
    """Agreed planned time by target key; overlapping windows count once. Targets of the same windows share one tuple."""
    times = [window.intervals(within, zone) for window in windows]
    own: dict[str, tuple[int, ...]] = {}
    for number, window in enumerate(windows):
        for key in window.targets:
            own[key] = (*own.get(key, ()), number)
    joined = {numbers: union(part for number in numbers for part in times[number]) for numbers in set(own.values())}
    return {key: joined[numbers] for key, numbers in own.items()}


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


def _active_line(day: _SiteDay, sites: Counts) -> tuple[Step, ...]:
    """Active sites over the day; a gap where nobody was watched. Its last point is the number that stands beside it."""
    return as_steps([*day.active[:-1], sites.active if sites.measured else None], day.begins)


def _incident_line(
    times: Sequence[tuple[int, int | None]], begins: int, at: datetime, first_seen: int | None, present: int
) -> tuple[Step, ...]:
    """Open incidents over the day, ``present`` of them now. Before the first look of all there is a gap: nobody saw any."""
    now = to_ms(at)
    open_times = [Presence(opened, now if resolved is None else resolved) for opened, resolved in times]
    figures = most_at_once(open_times, begins, now)
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
