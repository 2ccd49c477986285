"""What a person asks about one service: who it is, how it and its parts are, what waits, and its past at three lengths.

Stateless, so several threads may ask at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Engine

from command_centre.config.service_levels import parse_service_level
from command_centre.domain.availability import Account, account, overlay_planned
from command_centre.domain.calendar import Interval, Window, union
from command_centre.domain.ports import Clock
from command_centre.domain.reading import Status
from command_centre.domain.series import MetricName
from command_centre.domain.service import QUEUE_OPEN, TOTAL
from command_centre.domain.target import TargetKey, TargetKind
from command_centre.domain.working_time import deadline
from command_centre.read import assembling, detail_rows, rows
from command_centre.read.detail_rows import Sample, TargetFacts
from command_centre.read.details import AvailabilityBar, Period, as_line, bars, buckets, by_minute, without_gaps
from command_centre.read.rows import Registered
from command_centre.read.services import NEEDED, ServiceRow, Services, Whole, read_open_items
from command_centre.read.views import Step
from command_centre.storage.times import to_ms

CHARTED = (TOTAL, QUEUE_OPEN)


@dataclass(frozen=True, slots=True)
class Waiting:
    """One open item: when it arrived, and when it is due (None: no service level is on record)."""

    opened: datetime
    due: datetime | None


@dataclass(frozen=True, slots=True)
class ServiceDetail:
    """One service as it is now. ``parts`` are rows of their own; ``waiting`` is in order of urgency."""

    row: ServiceRow
    owner: str
    has_interface: bool
    service_level: str
    hours: str
    register_source: str
    note: str
    whole: tuple[TargetKey, str] | None
    parts: tuple[ServiceRow, ...]
    waiting: tuple[Waiting, ...]
    generated_at: datetime
    is_simulated: bool


@dataclass(frozen=True, slots=True)
class ServiceHistory:
    """The past of one service. Lines have None where nothing was told: a gap is a gap."""

    period: Period
    start: datetime
    end: datetime
    response: tuple[Step, ...]
    queue: tuple[Step, ...]
    planned: tuple[Interval, ...]
    bars: tuple[AvailabilityBar, ...]
    whole: Account


class ServiceDetails:
    """Answers about single services from one database. Safe to use from several threads at once."""

    def __init__(
        self,
        engine: Engine,
        zone: ZoneInfo,
        clock: Clock,
        *,
        windows: Sequence[Window] = (),
        holidays: AbstractSet[date] = frozenset(),
        is_simulated: bool = False,
    ) -> None:
        self._engine = engine
        self._zone = zone
        self._clock = clock
        self._windows = tuple(windows)
        self._holidays = holidays
        self._is_simulated = is_simulated

    def detail(self, key: TargetKey) -> ServiceDetail | None:
        """How this service is now; None when the register lists no such service."""
        now = self._clock.now()
        with self._engine.connect() as connection, connection.begin():
            register = rows.read_register(connection, now.astimezone(self._zone).date())
            found = next((each for each in register if each.key == key and each.kind == TargetKind.SERVICE), None)
            facts = detail_rows.read_target(connection, key, TargetKind.SERVICE)
            if found is None or facts is None:
                return None
            parts = tuple(each for each in register if each.attributes.get("part_of") == key)
            row, *others = self._rows(connection, [_whole(found, parts), *(_whole(each, ()) for each in parts)], register, now)
            waiting = self._waiting(connection, (found, *parts))
        part_of = next((each for each in register if each.key == found.attributes.get("part_of")), None)
        return ServiceDetail(
            row=row,
            owner=found.owner,
            has_interface=found.has_address,
            service_level=found.attributes.get("sla", ""),
            hours=found.attributes.get("hours", ""),
            register_source=facts.source,
            note=found.attributes.get("note", ""),
            whole=None if part_of is None else (TargetKey(part_of.key), part_of.name),
            parts=tuple(others),
            waiting=waiting,
            generated_at=now,
            is_simulated=self._is_simulated,
        )

    def history(self, key: TargetKey, period: Period) -> ServiceHistory | None:
        """The past of this service; None when the register lists no such service, or nobody has looked at it (see its parts)."""
        now = self._clock.now()
        within = Interval(now - period.length, now)
        start = to_ms(within.start)
        with self._engine.connect() as connection, connection.begin():
            facts = detail_rows.read_target(connection, key, TargetKind.SERVICE)
            if facts is None:
                return None
            samples = _samples(connection, facts, period, start)
            seen = detail_rows.read_spans(connection, facts.id, start)
        if not seen:
            return None
        planned = union(
            part for window in self._windows if key in window.targets for part in window.intervals(within, self._zone)
        )
        spans = overlay_planned(without_gaps(seen, within), planned)
        cut_off = [each.interval for each in spans if each.status in (Status.DOWN, Status.UNKNOWN)]
        return ServiceHistory(
            period=period,
            start=within.start,
            end=within.end,
            response=as_line(samples[TOTAL], cut_off, to_ms(now)),
            queue=as_line(samples[QUEUE_OPEN], cut_off, to_ms(now)),
            planned=planned,
            bars=bars(spans, buckets(within, period.bar, self._zone)),
            whole=account(spans),
        )

    def _rows(
        self, connection: Connection, wholes: Sequence[Whole], register: Sequence[Registered], now: datetime
    ) -> list[ServiceRow]:
        newest = rows.read_newest(connection)
        off = frozenset(key for window in self._windows for key in window.targets if _is_off(window, now, self._zone))
        conditions = assembling.conditions_of(register, newest, off, now)
        metrics = {name: number for name, number in rows.read_metrics(connection).items() if name in NEEDED}
        return Services(self._zone, self._holidays).rows_of(connection, wholes, newest, conditions, metrics, now)

    def _waiting(self, connection: Connection, members: Sequence[Registered]) -> tuple[Waiting, ...]:
        opened = read_open_items(connection)
        services = Services(self._zone, self._holidays)
        found = []
        for each in members:
            level = each.attributes.get("sla")
            for arrived in opened.get(each.id, ()):
                due = None if level is None else deadline(arrived, parse_service_level(level), services.calendar(each))
                found.append(Waiting(arrived, due))
        return tuple(sorted(found, key=lambda item: (item.due is None, item.due or item.opened)))


def _whole(head: Registered, parts: Sequence[Registered]) -> Whole:
    return Whole(head, (head, *parts) if head.has_address or not parts else tuple(parts))


def _is_off(window: Window, now: datetime, zone: ZoneInfo) -> bool:
    return any(each.contains(now) for each in window.intervals(Interval(now, now.replace(microsecond=999_999)), zone))


def _samples(connection: Connection, facts: TargetFacts, period: Period, start: int) -> dict[MetricName, list[Sample]]:
    """The charted quantities at the period's resolution."""
    if period.resolution is None:
        told = detail_rows.read_samples(connection, facts, start, CHARTED)
        return {name: by_minute(found) for name, found in told.items()}
    return detail_rows.read_rollups(connection, facts.id, period.resolution, start, CHARTED)
