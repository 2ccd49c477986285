"""The past of any target, at any length from an hour to a year, each at a resolution that a chart can show.

A line is broken where nothing was told; planned time is laid over; availability follows the accounting rule.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Engine, select

from command_centre.domain.availability import Account, Span, account, overlay_planned
from command_centre.domain.calendar import Interval, Window, union
from command_centre.domain.ports import Clock
from command_centre.domain.reading import Status
from command_centre.domain.series import MetricName, Resolution
from command_centre.domain.target import TargetKey, TargetKind
from command_centre.read import detail_rows
from command_centre.read.details import AvailabilityBar, as_line, bars, buckets, by_minute, without_gaps
from command_centre.read.views import Step
from command_centre.storage.log import SIMULATED_HOTSPOT_PATIENCE
from command_centre.storage.plans import planned_windows
from command_centre.storage.tables import target
from command_centre.storage.times import span_ms, to_ms

CHARTED: Mapping[TargetKind, tuple[MetricName, ...]] = MappingProxyType(
    {
        TargetKind.SITE: (MetricName("total_seconds"),),
        TargetKind.HOTSPOT: (MetricName("clients_total"), MetricName("in_bits_per_second")),
        TargetKind.SERVICE: (MetricName("total_seconds"), MetricName("queue_open_total")),
        TargetKind.SELF: (),
    }
)
"""The quantities that tell most of each kind; others are in the interface for programs."""


class Reach(StrEnum):
    """How far back a chart reaches."""

    HOUR = "1h"
    DAY = "24h"
    WEEK = "7d"
    MONTH = "30d"
    YEAR = "1y"

    @property
    def length(self) -> timedelta:
        return {
            Reach.HOUR: timedelta(hours=1),
            Reach.DAY: timedelta(days=1),
            Reach.WEEK: timedelta(days=7),
            Reach.MONTH: timedelta(days=30),
            Reach.YEAR: timedelta(days=365),
        }[self]


def resolution_for(length: timedelta) -> Resolution | None:
    """60 to 2,000 points whatever the length; None: from the log itself."""
    if length <= timedelta(days=1, hours=12):
        return None
    if length <= timedelta(days=7):
        return Resolution.FIVE_MINUTES
    return Resolution.HOUR if length <= timedelta(days=60) else Resolution.DAY


def bar_for(length: timedelta) -> timedelta:
    """Over what availability is counted."""
    for longest, bar in (
        (timedelta(hours=1), timedelta(minutes=5)),
        (timedelta(days=2), timedelta(hours=1)),
        (timedelta(days=7), timedelta(hours=6)),
        (timedelta(days=60), timedelta(days=1)),
    ):
        if length <= longest:
            return bar
    return timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Line:
    """One quantity over time, in its base unit."""

    metric: MetricName
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Past:
    """The past of one target. ``spans`` are in order and without gap; ``limit_seconds`` None: there is no such limit."""

    key: TargetKey
    kind: TargetKind
    name: str
    within: Interval
    now: datetime
    lines: tuple[Line, ...]
    spans: tuple[Span, ...]
    planned: tuple[Interval, ...]
    bars: tuple[AvailabilityBar, ...]
    whole: Account


class TargetPasts:
    """Answers about the past of targets from one database. Safe to use from several threads at once."""

    def __init__(
        self, engine: Engine, zone: ZoneInfo, clock: Clock, *, windows: Sequence[Window] = (), is_simulated: bool = False
    ) -> None:
        self._engine = engine
        self._zone = zone
        self._clock = clock
        self._windows = tuple(windows)
        self._is_simulated = is_simulated

    def reaching(self, key: TargetKey, reach: Reach) -> Past | None:
        """The past up to now; None when the register never listed such a target."""
        now = self._clock.now()
        return self.past(key, Interval(now - reach.length, now))

    def past(self, key: TargetKey, within: Interval) -> Past | None:
        """The past within some time; None when the register never listed such a target."""
        now = self._clock.now()
        with self._engine.connect() as connection, connection.begin():
            kind = connection.execute(select(target.c.kind).where(target.c.key == key)).scalar_one_or_none()
            facts = None if kind is None else detail_rows.read_target(connection, key, kind)
            if facts is None or kind is None:
                return None
            samples = self._samples(connection, facts, TargetKind(kind), within)
            seen = detail_rows.read_spans(connection, facts.id, to_ms(within.start))
            windows = (*self._windows, *planned_windows(connection, within.start))
        planned = union(part for each in windows if key in each.targets for part in each.intervals(within, self._zone))
        until = min(now, within.end)
        spans = overlay_planned(without_gaps(seen, Interval(within.start, until)), planned) if until > within.start else []
        cut_off = [each.interval for each in spans if each.status in (Status.DOWN, Status.UNKNOWN)]
        return Past(
            key=key,
            kind=TargetKind(kind),
            name=facts.name,
            within=within,
            now=now,
            lines=tuple(Line(name, as_line(found, cut_off, to_ms(until))) for name, found in samples.items()),
            spans=tuple(spans),
            planned=planned,
            bars=bars(spans, buckets(Interval(within.start, until), bar_for(within.length), self._zone)) if spans else (),
            whole=account(spans),
        )

    def _samples(
        self, connection: Connection, facts: detail_rows.TargetFacts, kind: TargetKind, within: Interval
    ) -> dict[MetricName, list[detail_rows.Sample]]:
        resolution, start, end = resolution_for(within.length), to_ms(within.start), to_ms(within.end)
        if resolution is None:
            told = detail_rows.read_samples(connection, facts, start, CHARTED[kind], end)
            return {name: by_minute(found) if within.length > timedelta(hours=2) else found for name, found in told.items()}
        told = detail_rows.read_rollups(connection, facts.id, resolution, start, CHARTED[kind], end)
        if not self._is_simulated or kind is not TargetKind.HOTSPOT:
            return told
        # The simulated past has one reading an hour: most buckets of five minutes are empty, and yet nothing was silent.
        longest = span_ms(SIMULATED_HOTSPOT_PATIENCE)
        return {name: [each._replace(holds=max(each.holds, longest)) for each in found] for name, found in told.items()}
