"""What a person asks about one hotspot: who it is, what each source last said, and its past at three lengths.

Stateless, so several threads may ask at once: answers to a person need not be as quick as a wall's.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Engine

from command_centre.domain.availability import Account, Span, account, overlay_planned
from command_centre.domain.calendar import Interval, Window, intersect, union
from command_centre.domain.hotspot import CAPACITY, HotspotState, state_of
from command_centre.domain.ports import Clock
from command_centre.domain.reading import Reason, Source, Status
from command_centre.domain.series import MetricName, Resolution
from command_centre.domain.target import Parent, TargetKey, TargetKind
from command_centre.read import detail_rows
from command_centre.read.detail_rows import Sample, TargetFacts
from command_centre.read.views import Step
from command_centre.storage.log import SIMULATED_HOTSPOT_PATIENCE
from command_centre.storage.times import from_ms, span_ms, to_ms

CLIENTS = MetricName("clients_total")
DOWNLOAD = MetricName("in_bits_per_second")
UPLOAD = MetricName("out_bits_per_second")
CHARTED = (CLIENTS, DOWNLOAD, UPLOAD)

LONGEST_SINCE = timedelta(days=31)
"""How far back the last words of each source are looked for."""
MINUTE_MS = 60_000


class Period(StrEnum):
    """How far back a chart reaches."""

    DAY = "24h"
    WEEK = "7d"
    MONTH = "30d"

    @property
    def length(self) -> timedelta:
        return {Period.DAY: timedelta(days=1), Period.WEEK: timedelta(days=7), Period.MONTH: timedelta(days=30)}[self]

    @property
    def resolution(self) -> Resolution | None:
        """Some 700 to 2,000 points whatever the length; None: from the log itself, minute by minute."""
        return {Period.DAY: None, Period.WEEK: Resolution.FIVE_MINUTES, Period.MONTH: Resolution.HOUR}[self]

    @property
    def bar(self) -> timedelta:
        """Over what availability is counted."""
        return {Period.DAY: timedelta(hours=1), Period.WEEK: timedelta(hours=6), Period.MONTH: timedelta(days=1)}[self]


@dataclass(frozen=True, slots=True)
class Said:
    """What one source last said of the hotspot, as it was stored (the settled status; see domain.hotspot)."""

    source: Source
    at: datetime
    status: Status
    reason: Reason
    detail: str
    values: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class HotspotDetail:
    """One hotspot: what the register knows, how it is, who said so. ``since`` None: never seen."""

    key: TargetKey
    name: str
    owner: str
    kelurahan: str | None
    settlement: str | None
    latitude: float | None
    longitude: float | None
    provider: str
    class_mbps: str
    place_type: str
    capacity: int
    parents: tuple[Parent, ...]
    register_source: str
    state: HotspotState
    reason: Reason
    since: datetime | None
    last_seen: datetime | None
    planned_until: datetime | None
    sources: tuple[Said, ...]
    generated_at: datetime
    is_simulated: bool


@dataclass(frozen=True, slots=True)
class Stretch:
    """One state over one stretch of time."""

    start: datetime
    end: datetime
    state: HotspotState


@dataclass(frozen=True, slots=True)
class AvailabilityBar:
    """Availability (0..1) and coverage over one stretch; None: nobody watched, or all of it was planned."""

    start: datetime
    end: datetime
    availability: float | None
    coverage: float | None


@dataclass(frozen=True, slots=True)
class HotspotHistory:
    """The past of one hotspot. Lines have None where nothing was told: a gap is a gap."""

    period: Period
    start: datetime
    end: datetime
    capacity: int
    class_bits_per_second: float | None
    clients: tuple[Step, ...]
    download: tuple[Step, ...]
    upload: tuple[Step, ...]
    stretches: tuple[Stretch, ...]
    planned: tuple[Interval, ...]
    bars: tuple[AvailabilityBar, ...]
    whole: Account


class HotspotDetails:
    """Answers about single hotspots from one database. Safe to use from several threads at once."""

    def __init__(
        self,
        engine: Engine,
        zone: ZoneInfo,
        clock: Clock,
        *,
        windows: Sequence[Window] = (),
        parents: Sequence[Parent] = (),
        is_simulated: bool = False,
    ) -> None:
        self._engine = engine
        self._zone = zone
        self._clock = clock
        self._windows = tuple(windows)
        self._parents = {each.key: each for each in parents}
        self._is_simulated = is_simulated

    def detail(self, key: TargetKey) -> HotspotDetail | None:
        """Who this hotspot is and how it is; None when the register lists no such hotspot."""
        now = self._clock.now()
        with self._engine.connect() as connection, connection.begin():
            facts = detail_rows.read_target(connection, key, TargetKind.HOTSPOT)
            if facts is None:
                return None
            newest = detail_rows.read_newest(connection, facts.id)
            sources = detail_rows.read_last_words(connection, facts.id, to_ms(now - LONGEST_SINCE))
        window = next((each for each in self._planned(key, Interval(now, now + timedelta(days=8))) if each.contains(now)), None)
        is_silent = newest is None or to_ms(now) >= newest.vouched_until
        status = Status.UNKNOWN if newest is None or is_silent else Status(newest.status)
        reason = Reason.NEVER_SEEN if newest is None else Reason.SILENT if is_silent else Reason(newest.reason)
        since = None if newest is None else newest.vouched_until if is_silent else newest.since
        return HotspotDetail(
            key=key,
            name=facts.name,
            owner=facts.owner,
            kelurahan=facts.kelurahan,
            settlement=facts.attributes.get("settlement"),
            latitude=facts.latitude,
            longitude=facts.longitude,
            provider=facts.attributes.get("isp", ""),
            class_mbps=facts.attributes.get("class_mbps", ""),
            place_type=facts.attributes.get("place_type", ""),
            capacity=_capacity(facts),
            parents=tuple(self._parents[TargetKey(each)] for each in facts.parents if each in self._parents),
            register_source=facts.source,
            state=state_of(status, reason, planned=window is not None),
            reason=reason,
            since=None if since is None else from_ms(since),
            last_seen=None if newest is None else from_ms(newest.at),
            planned_until=None if window is None else window.end,
            sources=tuple(_said(each) for each in sources),
            generated_at=now,
            is_simulated=self._is_simulated,
        )

    def history(self, key: TargetKey, period: Period) -> HotspotHistory | None:
        """The past of this hotspot; None when the register lists no such hotspot."""
        now = self._clock.now()
        within = Interval(now - period.length, now)
        with self._engine.connect() as connection, connection.begin():
            facts = detail_rows.read_target(connection, key, TargetKind.HOTSPOT)
            if facts is None:
                return None
            samples = _samples(connection, facts, period, to_ms(within.start), is_simulated=self._is_simulated)
            seen = detail_rows.read_spans(connection, facts.id, to_ms(within.start))
        planned = self._planned(key, within)
        spans = overlay_planned(without_gaps(seen, within), planned)
        cut_off = [each.interval for each in spans if each.status in (Status.DOWN, Status.UNKNOWN)]
        lines = {name: as_line(found, cut_off, to_ms(now)) for name, found in samples.items()}
        mbps = facts.attributes.get("class_mbps")
        return HotspotHistory(
            period=period,
            start=within.start,
            end=within.end,
            capacity=_capacity(facts),
            class_bits_per_second=None if mbps is None else float(mbps) * 1e6,
            clients=lines[CLIENTS],
            download=lines[DOWNLOAD],
            upload=lines[UPLOAD],
            stretches=stretches(spans),
            planned=planned,
            bars=bars(spans, buckets(within, period.bar, self._zone)),
            whole=account(spans),
        )

    def _planned(self, key: TargetKey, within: Interval) -> tuple[Interval, ...]:
        own = (window for window in self._windows if key in window.targets)
        return union(part for window in own for part in window.intervals(within, self._zone))


def _capacity(facts: TargetFacts) -> int:
    return int(facts.attributes.get("capacity", CAPACITY))


def _said(words: detail_rows.LastWords) -> Said:
    return Said(Source(words.source), from_ms(words.at), Status(words.status), Reason(words.reason), words.detail, words.values)


def _samples(
    connection: Connection, facts: TargetFacts, period: Period, start: int, *, is_simulated: bool
) -> dict[MetricName, list[Sample]]:
    """The charted quantities at the period's resolution."""
    resolution = period.resolution
    if resolution is None:
        told = detail_rows.read_samples(connection, facts, start, CHARTED)
        return {name: by_minute(found) for name, found in told.items()}
    told = detail_rows.read_rollups(connection, facts.id, resolution, start, CHARTED)
    if not is_simulated:
        return told
    # The simulated past has one reading an hour: most buckets of five minutes are empty, and yet nothing was silent.
    longest = span_ms(SIMULATED_HOTSPOT_PATIENCE)
    return {name: [each._replace(holds=max(each.holds, longest)) for each in found] for name, found in told.items()}


def by_minute(samples: Iterable[Sample]) -> list[Sample]:
    """The mean of each minute: a chart of a day has no room for more."""
    minutes: dict[int, list[Sample]] = {}
    for each in samples:
        minutes.setdefault(each.at // MINUTE_MS * MINUTE_MS, []).append(each)
    return [
        Sample(at, sum(each.value for each in told) / len(told), max(each.holds for each in told) + MINUTE_MS)
        for at, told in minutes.items()
    ]


def as_line(samples: Sequence[Sample], cut_off: Sequence[Interval], now: int) -> tuple[Step, ...]:
    """The line through the samples. It is broken where a value no longer holds, and where the hotspot did not serve."""
    ends = [to_ms(each.start) for each in cut_off]
    steps: list[Step] = []
    for index, each in enumerate(samples):
        steps.append(Step(from_ms(each.at), each.value))
        following = samples[index + 1].at if index + 1 < len(samples) else now
        lost = bisect_right(ends, each.at)
        until = min(each.at + each.holds, ends[lost] if lost < len(ends) else following)
        if until < following:
            steps.append(Step(from_ms(until), None))
        elif index + 1 == len(samples):
            steps.append(Step(from_ms(now), each.value))
    return tuple(steps)


def without_gaps(spans: Sequence[Span], within: Interval) -> list[Span]:
    """``spans`` cut to ``within``; what lies between them is silence."""
    filled: list[Span] = []
    reached = within.start
    for each in spans:
        part = intersect(each.interval, within)
        if part is None:
            continue
        if part.start > reached:
            filled.append(Span(Interval(reached, part.start), Status.UNKNOWN, Reason.SILENT))
        filled.append(Span(part, each.status, each.reason, each.planned))
        reached = part.end
    if reached < within.end:
        filled.append(Span(Interval(reached, within.end), Status.UNKNOWN, Reason.SILENT))
    return filled


def stretches(spans: Iterable[Span]) -> tuple[Stretch, ...]:
    """The spans as states; neighbours of one state as one."""
    joined: list[Stretch] = []
    for each in spans:
        state = state_of(each.status, each.reason, planned=each.planned)
        if joined and joined[-1].state is state and joined[-1].end == each.interval.start:
            joined[-1] = Stretch(joined[-1].start, each.interval.end, state)
        else:
            joined.append(Stretch(each.interval.start, each.interval.end, state))
    return tuple(joined)


def buckets(within: Interval, width: timedelta, zone: ZoneInfo) -> list[Interval]:
    """``within`` cut at the city's midnights and every ``width`` after them."""
    cuts: list[Interval] = []
    local = within.start.astimezone(zone)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    start = midnight + (local - midnight) // width * width
    while start < within.end:
        part = intersect(Interval(start, start + width), within)
        if part is not None:
            cuts.append(part)
        start += width
    return cuts


def bars(spans: Sequence[Span], cuts: Iterable[Interval]) -> tuple[AvailabilityBar, ...]:
    """Availability in each of ``cuts``; ``spans`` are in order and without gap."""
    starts = [each.interval.start for each in spans]
    found = []
    for cut in cuts:
        first = max(bisect_right(starts, cut.start) - 1, 0)
        parts = []
        for each in spans[first:]:
            if each.interval.start >= cut.end:
                break
            part = intersect(each.interval, cut)
            if part is not None:
                parts.append(Span(part, each.status, each.reason, each.planned))
        total = account(parts)
        found.append(AvailabilityBar(cut.start, cut.end, total.availability, total.coverage))
    return tuple(found)
