"""Electronic services for screens: a service is as its parts are, its open items run on their own clocks.

A service of the register may have parts (complaints arrive by three ways); a wall shows one row for the whole.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select

from command_centre.config.service_levels import next_due, parse_hours, parse_service_level
from command_centre.domain.availability import Account, group_availability
from command_centre.domain.reading import Reason, Status
from command_centre.domain.series import Resolution, merge, quantile
from command_centre.domain.series import Rollup as SeriesRollup
from command_centre.domain.service import (
    COMPONENTS,
    COMPONENTS_UP,
    EXPECTED,
    OPEN_ITEMS,
    OVERDUE,
    PROCESSED_TODAY,
    QUEUE_OPEN,
    SUBMITTED,
    TOTAL,
    read_items,
)
from command_centre.domain.target import TargetKey, TargetKind
from command_centre.domain.working_time import (
    OFFICE_HOURS,
    ServiceLevel,
    WorkCalendar,
    deadline,
    elapsed_share,
    working_days_between,
)
from command_centre.read.assembling import histories
from command_centre.read.conditions import HISTORY_LENGTH, HalfHours, count
from command_centre.read.kept import Kept
from command_centre.read.rows import Newest, Registered, read_spans
from command_centre.read.sums import Stretch, read_accounts, unseen
from command_centre.read.views import Condition, Counts, SelfFault, SourceHealth, Step, WorstService
from command_centre.storage.tables import detail, latest, metric, rollup, series, target
from command_centre.storage.times import from_ms, to_ms
from command_centre.storage.values import unpack_sketch, unpack_values

ZERO = timedelta(0)
LONG = timedelta(days=30)
"""What "30 hari" means beside the bar of 24 hours."""

USUAL = timedelta(days=7)
"""The usual response time is the median of the last seven days."""

LEAST_SAMPLES = 30
"""Fewer answers than that have no usual time."""

STEP = timedelta(minutes=5)
KEPT_MS = 60_000
"""What looks back is worked out once a minute."""

WORST_FIRST = (
    Condition.DOWN,
    Condition.DEGRADED,
    Condition.SLOW,
    Condition.NO_DATA,
    Condition.NORMAL,
    Condition.PLANNED,
    Condition.NO_ADDRESS,
)
_MEASURED = (Condition.DOWN, Condition.DEGRADED, Condition.SLOW, Condition.NORMAL)
NEEDED = (TOTAL, QUEUE_OPEN, PROCESSED_TODAY, OVERDUE, SUBMITTED, EXPECTED, COMPONENTS, COMPONENTS_UP)


# -- views


@dataclass(frozen=True, slots=True)
class ItemClock:
    """Open items of one service level. ``shares`` is how much of its time each has used up (1 is the deadline), oldest first.

    ``open`` is how many wait altogether: only the oldest fifty are told one by one. ``due_today`` are not overdue yet.
    """

    level: str
    shares: tuple[float, ...]
    open: int
    overdue: int
    due_today: int


@dataclass(frozen=True, slots=True)
class Submission:
    """How many have handed in what is due on a day; ``working_days`` are those that are left, 0 when it has passed."""

    submitted: int
    expected: int
    due: date | None
    working_days: int
    has_passed: bool = False


@dataclass(frozen=True, slots=True)
class Components:
    """Parts that answer, of those measured, of those expected."""

    up: int
    measured: int
    expected: int


@dataclass(frozen=True, slots=True)
class ServiceRow:
    """One service on the wall. Figures that nobody told are None, never 0.

    ``owner`` is the short public name where the register has one. ``watched_days``: of the last 30, on how many somebody looked.
    """

    key: TargetKey
    name: str
    short_name: str
    owner: str
    condition: Condition
    reason: Reason
    since: datetime | None
    last_seen: datetime | None
    components: Components
    history: tuple[Condition, ...]
    availability: float | None
    watched_days: float
    total_seconds: float | None
    usual_seconds: float | None
    response_24h: tuple[Step, ...]
    queue: int | None
    queue_word: str
    processed_today: int | None
    overdue: int | None
    clocks: tuple[ItemClock, ...]
    submission: Submission | None


@dataclass(frozen=True, slots=True)
class ServicesFigures:
    """Everything about services that a screen shows."""

    counts: Counts
    rows: tuple[ServiceRow, ...]
    components: Components


@dataclass(frozen=True, slots=True)
class ServicesView:
    """Everything ``/wall/layanan`` shows."""

    as_of: datetime | None
    generated_at: datetime
    seq: int
    is_simulated: bool
    sources: SourceHealth
    faults: tuple[SelfFault, ...]
    counts: Counts
    rows: tuple[ServiceRow, ...]
    components: Components


# -- what the tables hold


class Member(NamedTuple):
    """One target behind a row: a service with an address of its own, or a part."""

    target: Registered
    newest: Newest | None
    condition: Condition
    values: Mapping[str, float]
    opened: tuple[datetime, ...]


@dataclass(frozen=True, slots=True)
class Whole:
    """A row of the wall before it has figures: a service of the register and its parts."""

    head: Registered
    targets: tuple[Registered, ...]


def wholes_of(register: Iterable[Registered]) -> tuple[Whole, ...]:
    """The services with their parts. One that has parts and no interface of its own is nothing but its parts."""
    services = [each for each in register if each.kind == TargetKind.SERVICE]
    listed = {each.key for each in services}
    parts: dict[str, list[Registered]] = {}
    for each in services:
        whole = each.attributes.get("part_of")
        if whole in listed and whole is not None:
            parts.setdefault(whole, []).append(each)
    heads = [each for each in services if each.attributes.get("part_of") not in listed]
    return tuple(
        Whole(each, (*([each] if each.has_address or each.key not in parts else []), *parts.get(each.key, ()))) for each in heads
    )


def rolled(conditions: Iterable[Condition]) -> Condition:
    """One condition for all parts. DOWN only when every measured part is; one part down leaves the service impaired.

    A part that nobody measures says nothing about the others; how many are measured always stands beside it.
    """
    seen = [each for each in conditions if each is not Condition.NO_ADDRESS]
    measured = [each for each in seen if each in _MEASURED]
    if not seen:
        return Condition.NO_ADDRESS
    if not measured:
        return Condition.NO_DATA if Condition.NO_DATA in seen else Condition.PLANNED
    if all(each is Condition.DOWN for each in measured):
        return Condition.DOWN
    if Condition.DOWN in measured or Condition.DEGRADED in measured:
        return Condition.DEGRADED
    return Condition.SLOW if Condition.SLOW in measured else Condition.NORMAL


def counts_of(register: Sequence[Registered], conditions: Mapping[int, Condition]) -> Counts | None:
    """Services (not their parts) by condition; None when the register lists none."""
    wholes = wholes_of(register)
    if not wholes:
        return None
    return count(rolled(conditions[each.id] for each in whole.targets) for whole in wholes)


class Services:
    """Works out the figures of services; keeps what changes only slowly. Not for several threads at once."""

    def __init__(self, zone: ZoneInfo, holidays: AbstractSet[date] = frozenset()) -> None:
        self._zone = zone
        self._holidays = holidays
        self._month = Kept[Mapping[int, Account]]()
        self._usual = Kept[Mapping[int, SeriesRollup]]()
        self._day = Kept[_Day]()

    def figures(
        self,
        connection: Connection,
        register: Sequence[Registered],
        newest: Mapping[int, Newest],
        conditions: Mapping[int, Condition],
        metrics: Mapping[str, int],
        now: datetime,
    ) -> ServicesFigures:
        """The rows, worst first; equal ones in the order of the register."""
        wholes = wholes_of(register)
        if not wholes:
            return ServicesFigures(Counts(), (), Components(0, 0, 0))
        found = self.rows_of(connection, wholes, newest, conditions, metrics, now)
        ordered = sorted(found, key=lambda row: WORST_FIRST.index(row.condition))
        return ServicesFigures(count(each.condition for each in found), tuple(ordered), _added(each.components for each in found))

    def rows_of(
        self,
        connection: Connection,
        wholes: Sequence[Whole],
        newest: Mapping[int, Newest],
        conditions: Mapping[int, Condition],
        metrics: Mapping[str, int],
        now: datetime,
    ) -> list[ServiceRow]:
        """One row for each of ``wholes``, in their order."""
        at = to_ms(now)
        opened = read_open_items(connection)
        month = self._month.get(
            at // KEPT_MS,
            lambda: read_accounts(connection, Stretch(to_ms(now - LONG), at), (TargetKind.SERVICE.value,)),
        )
        usual = self._usual.get(at // KEPT_MS, lambda: read_usual(connection, now))
        day = self._day.get(at // KEPT_MS, lambda: read_day(connection, at))
        names = {number: name for name, number in metrics.items() if name in NEEDED}
        rows = []
        for whole in wholes:
            members = [_member(each, newest.get(each.id), conditions[each.id], names, opened) for each in whole.targets]
            rows.append(self._row(whole, members, month, usual, day, now))
        return rows

    def calendar(self, member: Registered) -> WorkCalendar:
        """When that service is open."""
        hours = member.attributes.get("hours")
        return WorkCalendar(self._zone, OFFICE_HOURS if hours is None else parse_hours(hours), self._holidays)

    def _row(
        self,
        whole: Whole,
        members: Sequence[Member],
        month: Mapping[int, Account],
        usual: Mapping[int, SeriesRollup],
        day: _Day,
        now: datetime,
    ) -> ServiceRow:
        head = whole.head
        condition = rolled(each.condition for each in members)
        worst = _worst(members)
        within = Stretch(to_ms(now - LONG), to_ms(now))
        accounts = [month.get(each.target.id) or unseen(within) for each in members if each.target.has_address]
        total = _largest(each.values.get(TOTAL) for each in members)
        return ServiceRow(
            key=TargetKey(head.key),
            name=head.name,
            short_name=head.short_name,
            owner=head.attributes.get("public_name", head.owner),
            condition=condition,
            reason=_reason(worst, now),
            since=_since(worst, now),
            last_seen=_last_seen(members),
            components=_components(members),
            history=day.history([each.target for each in members], condition),
            availability=group_availability(accounts).availability,
            watched_days=_watched_days(accounts),
            total_seconds=total,
            usual_seconds=_largest(_median(usual.get(each.target.id)) for each in members),
            response_24h=day.responses([each.target.id for each in members], total, now),
            queue=_sum(each.values.get(QUEUE_OPEN) for each in members),
            queue_word=_queue_word(whole),
            processed_today=_sum(each.values.get(PROCESSED_TODAY) for each in members),
            overdue=self._overdue(members, now),
            clocks=self._clocks(members, now),
            submission=self._submission(whole, members, now),
        )

    def _clocks(self, members: Sequence[Member], now: datetime) -> tuple[ItemClock, ...]:
        """One clock for each service level that any member is held to, in the order of the register."""
        by_level: dict[str, list[Member]] = {}
        for each in members:
            level = each.target.attributes.get("sla")
            if level is not None and (each.opened or each.values.get(QUEUE_OPEN) is not None):
                by_level.setdefault(level, []).append(each)
        return tuple(self._clock(level, own, now) for level, own in by_level.items())

    def _clock(self, level: str, members: Sequence[Member], now: datetime) -> ItemClock:
        agreed = parse_service_level(level)
        shares: list[float] = []
        due_today = 0
        for each in members:
            calendar = self.calendar(each.target)
            shares += [elapsed_share(opened, agreed, calendar, now) for opened in each.opened]
            due_today += sum(_is_due_today(opened, agreed, calendar, now) for opened in each.opened)
        told = sum(len(each.opened) for each in members)
        waiting = _sum(each.values.get(QUEUE_OPEN) for each in members)
        return ItemClock(
            level=level,
            shares=tuple(sorted(shares, reverse=True)),
            open=told if waiting is None else max(waiting, told),
            overdue=_sum(self._overdue_of(each, now) for each in members) or 0,
            due_today=due_today,
        )

    def _overdue(self, members: Sequence[Member], now: datetime) -> int | None:
        return _sum(self._overdue_of(each, now) for each in members)

    def _overdue_of(self, member: Member, now: datetime) -> int | None:
        """By our own clock where items are told one by one; otherwise what the service says of itself."""
        level = member.target.attributes.get("sla")
        if level is None or not member.opened:
            return _whole(member.values.get(OVERDUE))
        agreed, calendar = parse_service_level(level), self.calendar(member.target)
        return sum(deadline(opened, agreed, calendar) < now for opened in member.opened)

    def _submission(self, whole: Whole, members: Sequence[Member], now: datetime) -> Submission | None:
        telling = next((each for each in members if SUBMITTED in each.values and EXPECTED in each.values), None)
        if telling is None:
            return None
        today = now.astimezone(self._zone).date()
        text = telling.target.attributes.get("due") or whole.head.attributes.get("due")
        due = None if text is None else next_due(text, today)
        left = 0 if due is None else working_days_between(today, due, self.calendar(telling.target))
        has_passed = due is not None and due < today
        return Submission(int(telling.values[SUBMITTED]), int(telling.values[EXPECTED]), due, left, has_passed)


# -- one row


def _member(
    registered: Registered,
    newest: Newest | None,
    condition: Condition,
    names: Mapping[int, str],
    opened: Mapping[int, tuple[datetime, ...]],
) -> Member:
    """What nobody vouches for any more is not shown as if it still held."""
    if newest is None or condition not in _MEASURED:
        return Member(registered, newest, condition, {}, ())
    told = {names[number]: value for number, value in unpack_values(newest.packed).items() if number in names}
    return Member(registered, newest, condition, told, opened.get(registered.id, ()))


def _worst(members: Sequence[Member]) -> Member | None:
    return min(members, key=lambda each: WORST_FIRST.index(each.condition), default=None)


def _reason(worst: Member | None, now: datetime) -> Reason:
    if worst is None or worst.condition is Condition.NO_ADDRESS:
        return Reason.NO_ADDRESS
    if worst.newest is None:
        return Reason.NEVER_SEEN
    has_fallen_silent = worst.newest.status != Status.UNKNOWN and to_ms(now) >= worst.newest.vouched_until
    return Reason.SILENT if has_fallen_silent else Reason(worst.newest.reason)


def _since(worst: Member | None, now: datetime) -> datetime | None:
    if worst is None or worst.newest is None or worst.condition is Condition.NO_ADDRESS:
        return None
    newest = worst.newest
    has_fallen_silent = newest.status != Status.UNKNOWN and to_ms(now) >= newest.vouched_until
    return from_ms(newest.vouched_until if has_fallen_silent else newest.since)


def _last_seen(members: Iterable[Member]) -> datetime | None:
    times = [each.newest.at for each in members if each.newest is not None]
    return from_ms(max(times)) if times else None


def _components(members: Sequence[Member]) -> Components:
    """A member that reports its own components counts as so many; any other as one."""
    return _added(map(_components_of, members))


def _components_of(member: Member) -> Components:
    whole, up = _whole(member.values.get(COMPONENTS)), _whole(member.values.get(COMPONENTS_UP))
    if whole and up is not None:
        return Components(min(up, whole), whole, whole)
    is_measured = member.condition in _MEASURED
    is_up = is_measured and member.condition is not Condition.DOWN
    return Components(int(is_up), int(is_measured), int(member.condition is not Condition.PLANNED))


def _added(components: Iterable[Components]) -> Components:
    each = tuple(components)
    return Components(sum(c.up for c in each), sum(c.measured for c in each), sum(c.expected for c in each))


def _queue_word(whole: Whole) -> str:
    own = whole.head.attributes.get("queue_word")
    words = [each.attributes["queue_word"] for each in whole.targets if "queue_word" in each.attributes]
    return own if own is not None else words[0] if words else ""


def _watched_days(accounts: Sequence[Account]) -> float:
    """How much of the last 30 days somebody looked at any member."""
    return max((LONG - each.unknown for each in accounts), default=ZERO) / timedelta(days=1)


def _median(usual: SeriesRollup | None) -> float | None:
    return None if usual is None or usual.count < LEAST_SAMPLES else quantile(usual.sketch, 0.5)


def _is_due_today(opened: datetime, level: ServiceLevel, calendar: WorkCalendar, now: datetime) -> bool:
    due = deadline(opened, level, calendar)
    return now <= due and calendar.local_day(due - timedelta(microseconds=1)) == calendar.local_day(now)


def _largest(values: Iterable[float | None]) -> float | None:
    return max((each for each in values if each is not None), default=None)


def _sum(values: Iterable[float | None]) -> int | None:
    known = [each for each in values if each is not None]
    return int(sum(known)) if known else None


def _whole(value: float | None) -> int | None:
    return None if value is None or not math.isfinite(value) else int(value)


def worst_service(rows: Sequence[ServiceRow]) -> WorstService | None:
    """The first row, when something is wrong with it."""
    first = rows[0] if rows else None
    if first is None or first.condition not in (Condition.DOWN, Condition.DEGRADED, Condition.SLOW):
        return None
    return WorstService(first.short_name, first.condition, first.reason, first.total_seconds)


def normal_line(figures: ServicesFigures, now: datetime) -> tuple[Step, ...]:
    """How many services were in order over the day, by half hours; a gap where none was measured. Its end is the present."""
    half_hours = HalfHours.until(to_ms(now))
    steps: list[Step] = []
    for index in range(HISTORY_LENGTH):
        seen = [each.history[index] for each in figures.rows]
        value = float(seen.count(Condition.NORMAL)) if any(each in _MEASURED for each in seen) else None
        if index == HISTORY_LENGTH - 1:
            value = float(figures.counts.normal) if figures.counts.measured else None
        if not steps or steps[-1].value != value:
            steps.append(Step(from_ms(half_hours.start + index * 1_800_000), value))
    return tuple(steps)


# -- the past


@dataclass(frozen=True, slots=True)
class _Day:
    """The last 24 hours: conditions by half hours, and response times by five minutes."""

    start: int
    conditions: Mapping[int, tuple[Condition, ...]]
    times: Mapping[int, Mapping[int, float]]

    def history(self, targets: Sequence[Registered], present: Condition) -> tuple[Condition, ...]:
        """The history of a whole: half hour by half hour as its parts were; the last one is as it is now."""
        if not any(each.has_address for each in targets):
            return (Condition.NO_ADDRESS,) * HISTORY_LENGTH
        silent = (Condition.NO_DATA,) * HISTORY_LENGTH
        own = [self.conditions.get(each.id, silent) for each in targets if each.has_address]
        past = [rolled(each[index] for each in own) for index in range(HISTORY_LENGTH)]
        return (*past[:-1], present if WORST_FIRST.index(present) < WORST_FIRST.index(past[-1]) else past[-1])

    def responses(self, targets: Sequence[int], present: float | None, now: datetime) -> tuple[Step, ...]:
        """The slowest member's mean in each five minutes; a gap where none answered. Its end is the present."""
        width = STEP // timedelta(milliseconds=1)
        steps: list[Step] = []
        for bucket in range(self.start // width * width, to_ms(now) // width * width, width):
            value = _largest(self.times.get(each, {}).get(bucket) for each in targets)
            if not steps or steps[-1].value != value:
                steps.append(Step(from_ms(bucket), value))
        return (*steps, Step(from_ms(to_ms(now) // width * width), present))


def read_day(connection: Connection, now: int) -> _Day:
    """The last 24 hours of all services."""
    half_hours = HalfHours.until(now)
    spans = read_spans(connection, half_hours.start, TargetKind.SERVICE)
    question = (
        select(series.c.target_id, rollup.c.bucket, rollup.c.total, rollup.c.count.label("samples"))
        .join(series, series.c.id == rollup.c.series_id)
        .join(metric, metric.c.id == series.c.metric_id)
        .join(target, target.c.id == series.c.target_id)
        .where(
            rollup.c.resolution_seconds == int(Resolution.FIVE_MINUTES.value.total_seconds()),
            rollup.c.bucket >= half_hours.start,
            metric.c.name == TOTAL,
            target.c.kind == TargetKind.SERVICE.value,
        )
    )
    times: dict[int, dict[int, float]] = {}
    for target_id, bucket, total, samples in connection.execute(question):
        times.setdefault(target_id, {})[bucket] = total / samples
    return _Day(half_hours.start, histories(spans, half_hours), times)


def read_usual(connection: Connection, now: datetime) -> dict[int, SeriesRollup]:
    """Response times of the last seven days of every service, merged."""
    question = (
        select(series.c.target_id, rollup.c.count.label("samples"), rollup.c.total, rollup.c.low, rollup.c.high, rollup.c.sketch)
        .join(series, series.c.id == rollup.c.series_id)
        .join(metric, metric.c.id == series.c.metric_id)
        .join(target, target.c.id == series.c.target_id)
        .where(
            rollup.c.resolution_seconds == int(Resolution.HOUR.value.total_seconds()),
            rollup.c.bucket >= to_ms(now - USUAL),
            metric.c.name == TOTAL,
            target.c.kind == TargetKind.SERVICE.value,
        )
    )
    merged: dict[int, SeriesRollup] = {}
    for target_id, samples, total, low, high, sketch in connection.execute(question):
        one = SeriesRollup(samples, total, low, high, unpack_sketch(sketch))
        merged[target_id] = merge(merged[target_id], one) if target_id in merged else one
    return merged


def read_open_items(connection: Connection) -> dict[int, tuple[datetime, ...]]:
    """When each open item of a service's newest reading arrived, by target id; oldest first."""
    question = (
        select(latest.c.target_id, detail.c.facts)
        .join(detail, detail.c.id == latest.c.detail_id)
        .join(target, target.c.id == latest.c.target_id)
        .where(target.c.kind == TargetKind.SERVICE.value, target.c.removed_at.is_(None))
    )
    return {
        target_id: read_items(json.loads(facts).get(OPEN_ITEMS)) for target_id, facts in connection.execute(question) if facts
    }
