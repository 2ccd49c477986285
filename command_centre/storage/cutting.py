"""Cutting: everything a snapshot is made from, read from the database in one transaction and put in a fixed order."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Row, func, or_, select

from command_centre.domain.calendar import ONE_DAY, Interval, Window, union
from command_centre.domain.cut import (
    CutComplaints,
    CutDimension,
    CutFollowUp,
    CutIncident,
    CutInjections,
    CutOfficial,
    CutRollup,
    CutSpan,
    CutTarget,
    DataCut,
    Limits,
)
from command_centre.domain.hijri import a_hijri_year_before
from command_centre.domain.hotspot import CLIENTS
from command_centre.domain.ledger import HOUR_MS, HOURS
from command_centre.domain.period import Period, midnight
from command_centre.domain.reading import Status
from command_centre.domain.series import Resolution
from command_centre.domain.target import TargetKey, TargetKind
from command_centre.storage import facts
from command_centre.storage.follow_ups import follow_ups
from command_centre.storage.snapshots import earlier
from command_centre.storage.tables import dirty, incident, metric, rollup, series, span, target
from command_centre.storage.times import from_ms, to_ms

USUAL_FROM = timedelta(days=28)
"""What is usual at an hour is the mean over the four weeks that end with the period."""

DAY_MS = 86_400_000
SERIES_AT_ONCE = 400
"""Of one question: each is a seek of its own in the index, however long the history of the others is."""


@dataclass(frozen=True, slots=True)
class CityFacts:
    """What the configuration says and a snapshot needs. ``places`` maps codes of kelurahan and kecamatan to names."""

    name: str
    zone: ZoneInfo
    windows: Sequence[Window] = ()
    places: Mapping[str, str] | None = None
    limits: Limits = field(default_factory=Limits)


@dataclass(frozen=True, slots=True)
class Supplements:
    """What other parts of Command Centre measure; None while nobody does. ``notes`` are remarks on the quality of the data."""

    complaints: CutComplaints | None = None
    injections: CutInjections | None = None
    dimensions: tuple[CutDimension, ...] | None = None
    official: CutOfficial | None = None
    notes: tuple[str, ...] = ()


def read_cut(connection: Connection, period: Period, city: CityFacts, now: datetime, extra: Supplements | None = None) -> DataCut:
    """The cut of a period as it is known now; of one that is not over, up to now.

    Raises ValueError for a period that has not begun.
    """
    whole = period.interval(city.zone)
    if now <= whole.start:
        raise ValueError(f"{period.name} has not begun")
    within = Interval(whole.start, min(whole.end, now))
    extra = extra or Supplements()
    targets = _targets(connection, within, city)
    hijri = a_hijri_year_before(period)
    return DataCut(
        period=period.name,
        zone=city.zone.key,
        city=city.name,
        starts_at=to_ms(within.start),
        ends_at=to_ms(within.end),
        day_starts=tuple(to_ms(each) for each in period.day_starts(city.zone) if each < within.end),
        is_whole=within == whole,
        is_simulated=facts.recall(connection, facts.IS_SIMULATED) == "yes",
        limits=city.limits,
        places=tuple(sorted((city.places or {}).items())),
        targets=targets,
        incidents=_incidents(connection, within),
        follow_ups=_follow_ups(connection, within),
        previous=earlier(connection, period.before().name),
        year_before=earlier(connection, period.a_year_before().name),
        hijri_before=None if hijri is None else earlier(connection, hijri.name),
        complaints=extra.complaints,
        injections=extra.injections,
        dimensions=extra.dimensions,
        official=extra.official,
        pending_rollups=count_pending(connection, within),
        notes=extra.notes,
    )


def count_pending(connection: Connection, within: Interval) -> int:
    """How many buckets of that time are not yet rolled up."""
    asked = select(func.count()).where(dirty.c.bucket >= to_ms(within.start), dirty.c.bucket < to_ms(within.end))
    return int(connection.execute(asked).scalar_one())


def first_data(connection: Connection) -> datetime | None:
    """When history begins; None: nothing was ever seen."""
    first = connection.execute(select(func.min(span.c.since))).scalar()
    return None if first is None else from_ms(first)


# --- targets -----------------------------------------------------------------------------------------------------------


def _targets(connection: Connection, within: Interval, city: CityFacts) -> tuple[CutTarget, ...]:
    start, end = to_ms(within.start), to_ms(within.end)
    rows = connection.execute(
        select(target)
        .where(target.c.kind != TargetKind.SELF.value, or_(target.c.removed_at.is_(None), target.c.removed_at > start))
        .order_by(target.c.key)
    ).all()
    spans = _spans(connection, start, end)
    expected = {row.id: _expected(row, start, end, spans.get(row.id, ()), city.zone) for row in rows}
    listed = [row for row in rows if expected[row.id] is not None]
    planned = _Planned(city, within)
    rollups = _rollups(connection, start, end)
    usual = _usual(connection, [row.id for row in listed if _had_outage(row, spans.get(row.id, ()))], end)
    return tuple(
        _cut_target(row, expected[row.id], spans.get(row.id, ()), planned.of(row.key), rollups.get(row.id, ()), usual.get(row.id))
        for row in sorted(listed, key=lambda row: str(row.key))  # by code point: databases sort by their own lights
    )


def _spans(connection: Connection, start: int, end: int) -> Mapping[int, Sequence[CutSpan]]:
    asked = (
        select(span.c.target_id, span.c.since, span.c.until, span.c.status, span.c.reason, span.c.planned)
        .where(span.c.until > start, span.c.since < end)
        .order_by(span.c.target_id, span.c.since)
    )
    found: dict[int, list[CutSpan]] = defaultdict(list)
    for target_id, since, until, status, reason, planned in connection.execute(asked):
        found[target_id].append(CutSpan(max(since, start), min(until, end), status, reason, planned))
    return found


def _expected(row: Row[Any], start: int, end: int, spans: Sequence[CutSpan], zone: ZoneInfo) -> tuple[int, int] | None:
    """When the target was due: as the register says; where it does not say, from when it was first known or seen."""
    if row.valid_from is not None:
        begins = to_ms(midnight(date.fromisoformat(row.valid_from), zone))
    else:
        begins = min([row.created_at, *(each.since for each in spans[:1])])
    ends = end
    if row.valid_to is not None:
        ends = min(ends, to_ms(midnight(date.fromisoformat(row.valid_to) + ONE_DAY, zone)))
    if row.removed_at is not None:
        ends = min(ends, row.removed_at)
    begins = max(begins, start)
    return (begins, ends) if begins < ends else None


def _had_outage(row: Row[Any], spans: Sequence[CutSpan]) -> bool:
    return row.kind == TargetKind.HOTSPOT and any(each.status == Status.DOWN and not each.planned for each in spans)


class _Planned:
    """Agreed planned time by target: targets with the same windows share one answer."""

    def __init__(self, city: CityFacts, within: Interval) -> None:
        self._windows = city.windows
        self._zone = city.zone
        self._within = within
        self._known: dict[tuple[int, ...], tuple[tuple[int, int], ...]] = {(): ()}

    def of(self, key: str) -> tuple[tuple[int, int], ...]:
        """(start, end) in milliseconds, disjoint and in order."""
        which = tuple(index for index, each in enumerate(self._windows) if TargetKey(key) in each.targets)
        if which not in self._known:
            times = union(part for index in which for part in self._windows[index].intervals(self._within, self._zone))
            self._known[which] = tuple((to_ms(each.start), to_ms(each.end)) for each in times)
        return self._known[which]


def _cut_target(
    row: Row[Any],
    expected: tuple[int, int] | None,
    spans: Sequence[CutSpan],
    planned: tuple[tuple[int, int], ...],
    rollups: Sequence[CutRollup],
    usual: tuple[int | None, ...] | None,
) -> CutTarget:
    assert expected is not None
    attributes = json.loads(row.attributes)
    mbps = attributes.get("class_mbps")
    return CutTarget(
        key=row.key,
        kind=row.kind,
        name=row.name,
        short_name=row.short_name,
        owner=row.owner,
        group=row.group_name,
        expected_from=expected[0],
        expected_until=expected[1],
        is_measured=row.address is not None or row.kind == TargetKind.HOTSPOT,
        kelurahan=row.kelurahan,
        kecamatan=row.kecamatan,
        settlement=attributes.get("settlement"),
        provider=attributes.get("isp"),
        class_mbps=None if mbps is None else int(mbps),
        dimension=row.dimension,
        parents=tuple(sorted(json.loads(row.parents))),
        spans=tuple(spans),
        planned=planned,
        usual=() if usual is None else usual,
        rollups=tuple(rollups),
    )


# --- rollups -----------------------------------------------------------------------------------------------------------


class _Stretch(NamedTuple):
    """Some buckets of one resolution."""

    resolution: Resolution
    start: int
    end: int


def _stretches(start: int, end: int) -> tuple[_Stretch, ...]:
    """Whole days (UTC) from daily rollups; what sticks out at both ends, since the city's midnight is another, from hours."""
    first, last = -(-start // DAY_MS) * DAY_MS, end // DAY_MS * DAY_MS
    if first >= last:
        return (_Stretch(Resolution.HOUR, start, end),)
    parts = (
        _Stretch(Resolution.HOUR, start, first),
        _Stretch(Resolution.DAY, first, last),
        _Stretch(Resolution.HOUR, last, end),
    )
    return tuple(each for each in parts if each.start < each.end)


def _rollups(connection: Connection, start: int, end: int) -> Mapping[int, Sequence[CutRollup]]:
    """Per target what each metric came to, in order of metric."""
    known = {
        row.id: (row.target_id, row.name)
        for row in connection.execute(
            select(series.c.id, series.c.target_id, metric.c.name).join(metric, metric.c.id == series.c.metric_id)
        )
    }
    sums: dict[int, list[CutRollup]] = defaultdict(list)
    for stretch in _stretches(start, end):
        for series_id, samples, total, low, high in _summed(connection, sorted(known), stretch):
            sums[series_id].append(CutRollup("", samples, total, low, high))
    found: dict[int, list[CutRollup]] = defaultdict(list)
    for series_id, parts in sums.items():
        target_id, name = known[series_id]
        found[target_id].append(_merged(name, parts))
    return {target_id: sorted(each) for target_id, each in found.items()}


def _summed(connection: Connection, ids: Sequence[int], stretch: _Stretch) -> Iterator[tuple[int, int, float, float, float]]:
    for some in _pieces_of(ids):
        asked = (
            select(
                rollup.c.series_id,
                func.sum(rollup.c.count),
                func.sum(rollup.c.total),
                func.min(rollup.c.low),
                func.max(rollup.c.high),
            )
            .where(
                rollup.c.resolution_seconds == _seconds(stretch.resolution),
                rollup.c.series_id.in_(some),
                rollup.c.bucket >= stretch.start,
                rollup.c.bucket < stretch.end,
            )
            .group_by(rollup.c.series_id)
        )
        yield from (tuple(row) for row in connection.execute(asked))


def _merged(name: str, parts: Sequence[CutRollup]) -> CutRollup:
    return CutRollup(
        name,
        int(sum(each.samples for each in parts)),
        _nine_digits(sum(each.total for each in parts)),
        min(each.low for each in parts),
        max(each.high for each in parts),
    )


def _nine_digits(value: float) -> float:
    """Sums differ in the last bits with the order in which a database adds; nine digits do not."""
    return float(f"{value:.9g}")


def _usual(connection: Connection, target_ids: Sequence[int], end: int) -> Mapping[int, tuple[int | None, ...]]:
    """Per hotspot the mean number of devices by hour of the day (UTC), in hundredths."""
    clients = select(series.c.id, series.c.target_id).join(metric, metric.c.id == series.c.metric_id)
    wanted = set(target_ids)
    owners = {
        row.id: row.target_id for row in connection.execute(clients.where(metric.c.name == CLIENTS)) if row.target_id in wanted
    }
    hour = (rollup.c.bucket // HOUR_MS) % HOURS
    found: dict[int, list[int | None]] = {}
    for some in _pieces_of(sorted(owners)):
        asked = (
            select(rollup.c.series_id, hour.label("hour"), func.sum(rollup.c.total), func.sum(rollup.c.count))
            .where(
                rollup.c.resolution_seconds == _seconds(Resolution.HOUR),
                rollup.c.series_id.in_(some),
                rollup.c.bucket >= end - USUAL_FROM // timedelta(milliseconds=1),
                rollup.c.bucket < end,
            )
            .group_by(rollup.c.series_id, hour)
        )
        for series_id, at, total, samples in connection.execute(asked):
            found.setdefault(owners[series_id], [None] * HOURS)[int(at)] = int(total / int(samples) * 100 + 0.5)
    return {target_id: tuple(hours) for target_id, hours in found.items()}


def _pieces_of(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for first in range(0, len(ids), SERIES_AT_ONCE):
        yield ids[first : first + SERIES_AT_ONCE]


def _seconds(resolution: Resolution) -> int:
    return int(resolution.value.total_seconds())


# --- what happened, what was promised ------------------------------------------------------------------------------------


def _incidents(connection: Connection, within: Interval) -> tuple[CutIncident, ...]:
    start, end = to_ms(within.start), to_ms(within.end)
    asked = (
        select(incident, target.c.key, target.c.kind)
        .join(target, target.c.id == incident.c.target_id)
        .where(incident.c.opened_at < end, or_(incident.c.resolved_at.is_(None), incident.c.resolved_at > start))
        .order_by(incident.c.id)
    )
    return tuple(_cut_incident(row, end) for row in connection.execute(asked))


def _cut_incident(row: Row[Any], end: int) -> CutIncident:
    return CutIncident(
        id=row.id,
        rule=row.rule,
        severity=row.severity,
        target=row.key,
        kind=row.kind,
        status=row.status,
        reason=row.reason,
        opened_at=row.opened_at,
        resolved_at=_if_before(row.resolved_at, end),
        acknowledged_at=_if_before(row.acknowledged_at, end),
        cause=row.cause,
        owner=row.owner,
        parent_id=row.parent_id,
        group_kind=row.group_kind,
        group_key=row.group_key,
        scope=row.scope,
        scope_total=row.scope_total,
    )


def _if_before(at: int | None, end: int) -> int | None:
    """What happened later is not known at the end of the period."""
    return at if at is not None and at <= end else None


def _follow_ups(connection: Connection, within: Interval) -> tuple[CutFollowUp, ...]:
    return tuple(
        CutFollowUp(
            id=each.id,
            what=each.what,
            owner=each.owner,
            status=each.status.value,
            deadline=None if each.deadline is None else each.deadline.isoformat(),
            closed_at=None if each.closed_at is None else to_ms(each.closed_at),
        )
        for each in follow_ups(connection, within.start)
    )
