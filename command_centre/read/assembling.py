"""From rows to views: pure functions. No word and no colour is chosen here."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from operator import attrgetter

from command_centre.domain.calendar import Interval
from command_centre.domain.incident import IncidentId
from command_centre.domain.reading import Reason, Status
from command_centre.domain.rule import Severity
from command_centre.domain.target import Parent, ParentKind, TargetKey, TargetKind
from command_centre.read.conditions import HalfHours, Look, Stretch, condition_of, count, history_of, measured_condition
from command_centre.read.lines import Presence
from command_centre.read.rows import IncidentFacts, Newest, Registered, SpanRow
from command_centre.read.views import (
    CertificateMark,
    Condition,
    Fault,
    HotspotCounts,
    IncidentRow,
    KelurahanTile,
    SelfFault,
    SiteTile,
    SourceHealth,
)
from command_centre.storage.times import from_ms, to_ms

COLLECTOR_SILENT_AFTER = timedelta(seconds=15)
"""A writer renews its lease every few seconds; one that has not for this long is gone (the lease's own limit)."""

INDICATORS_PER_DIMENSION = 10

_CAUSES = frozenset(each.value for each in ParentKind)
CAUSE_GROUP = "Wi-Fi"
"""What is shared by many hotspots stands among the other Wi-Fi."""

_WORST_FIRST = (Condition.DOWN, Condition.DEGRADED, Condition.SLOW, Condition.NO_DATA, Condition.PLANNED)

_FAULT_OF: Mapping[Reason, Fault] = {
    Reason.OWN_UPLINK: Fault.OWN_UPLINK,
    Reason.STORAGE_FAULT: Fault.STORAGE,
    Reason.CONFIG: Fault.CONFIG_REFUSED,
}
"""Which of our own troubles every screen admits. Others (a silent wall) are incidents and need no banner."""


SITE_METRICS = ("total_seconds", "http_status_code", "tls_seconds", "certificate_remaining_seconds")


@dataclass(frozen=True, slots=True)
class MetricIds:
    """Ids of the metrics that tiles show; None while no such number was ever stored."""

    total: int | None
    status_code: int | None
    tls: int | None
    certificate: int | None

    @classmethod
    def from_names(cls, ids: Mapping[str, int]) -> MetricIds:
        return cls(
            total=ids.get("total_seconds"),
            status_code=ids.get("http_status_code"),
            tls=ids.get("tls_seconds"),
            certificate=ids.get("certificate_remaining_seconds"),
        )


def conditions_of(
    targets: Iterable[Registered], newest: Mapping[int, Newest], off: Collection[str], now: datetime
) -> dict[int, Condition]:
    """The condition of each target at ``now``, by id; those whose keys are in ``off`` are inside an agreed window."""
    at = to_ms(now)
    measured: dict[tuple[str, str], Condition] = {}
    conditions = {}
    for each in targets:
        seen = newest.get(each.id)
        look = None
        if seen is not None:
            pair = seen.status, seen.reason
            if pair not in measured:
                measured[pair] = measured_condition(Status(seen.status), Reason(seen.reason))
            look = Look(measured[pair], seen.vouched_until)
        conditions[each.id] = condition_of(look, has_address=each.has_address, is_planned=each.key in off, now=at)
    return conditions


def off_now(planned: Mapping[str, tuple[Interval, ...]], now: datetime) -> frozenset[str]:
    """The keys of those in agreed time at ``now``. Many targets share the very same times, which are looked at once."""
    is_off = {id(times): any(each.contains(now) for each in times) for times in planned.values()}
    return frozenset(key for key, times in planned.items() if is_off[id(times)])


def measured_conditions(seen: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Condition]:
    """The condition of every (status, reason) that occurs: thousands of rows, a dozen pairs."""
    return {(status, reason): measured_condition(Status(status), Reason(reason)) for status, reason in set(seen)}


def site_tile(
    target: Registered,
    newest: Newest | None,
    values: Mapping[int, float],
    metrics: MetricIds,
    condition: Condition,
    planned: Sequence[Interval],
    history: tuple[Condition, ...],
    now: datetime,
) -> SiteTile:
    """One tile. What nobody vouches for any more is not shown as if it still held."""
    window = next((each for each in planned if each.contains(now)), None)
    seen = newest if _is_vouched_for(condition) else None
    shown = values if seen is not None else {}
    remaining = _value(shown, metrics.certificate)
    return SiteTile(
        key=TargetKey(target.key),
        name=target.name,
        short_name=target.short_name,
        group=target.group,
        owner=target.owner,
        kelurahan=target.kelurahan,
        condition=condition,
        reason=_reason(target, newest, condition, now),
        since=_since(newest, condition, window, now),
        last_seen=None if newest is None else from_ms(newest.at),
        total_seconds=_value(shown, metrics.total),
        status_code=_whole(_value(shown, metrics.status_code)),
        certificate_days=None if remaining is None else remaining / 86_400,
        uses_https=_uses_https(shown, metrics),
        planned_until=None if window is None or condition is not Condition.PLANNED else window.end,
        history=history,
    )


def _is_vouched_for(condition: Condition) -> bool:
    return condition in (Condition.NORMAL, Condition.SLOW, Condition.DEGRADED, Condition.DOWN)


def _value(values: Mapping[int, float], metric: int | None) -> float | None:
    return None if metric is None else values.get(metric)


def _whole(value: float | None) -> int | None:
    return None if value is None else int(value)


def _uses_https(values: Mapping[int, float], metrics: MetricIds) -> bool | None:
    """Whether the conversation was encrypted; None where there was none."""
    if _value(values, metrics.tls) is not None or _value(values, metrics.certificate) is not None:
        return True
    return None if _value(values, metrics.status_code) is None else False


def _reason(target: Registered, newest: Newest | None, condition: Condition, now: datetime) -> Reason:
    if condition is Condition.NO_ADDRESS:
        return Reason.NO_ADDRESS
    if newest is None:
        return Reason.NEVER_SEEN
    if condition is Condition.NO_DATA and newest.status != Status.UNKNOWN and to_ms(now) >= newest.vouched_until:
        return Reason.SILENT
    return Reason(newest.reason)


def _since(newest: Newest | None, condition: Condition, window: Interval | None, now: datetime) -> datetime | None:
    if condition is Condition.PLANNED and window is not None:
        return window.start
    if newest is None or condition is Condition.NO_ADDRESS:
        return None
    has_fallen_silent = newest.status != Status.UNKNOWN and to_ms(now) >= newest.vouched_until
    return from_ms(newest.vouched_until if has_fallen_silent else newest.since)


def worst_first(tiles: Iterable[SiteTile]) -> tuple[SiteTile, ...]:
    """The tiles that are not normal: worst first, then longest first."""
    listed = [each for each in tiles if each.condition in _WORST_FIRST]
    return tuple(sorted(listed, key=lambda each: (_WORST_FIRST.index(each.condition), _age_key(each.since), each.key)))


def _age_key(since: datetime | None) -> float:
    return float("-inf") if since is None else since.timestamp()


def certificate_marks(tiles: Iterable[SiteTile]) -> tuple[CertificateMark, ...]:
    """Certificates by days left, the next to end first."""
    marks = [
        CertificateMark(each.key, each.short_name, each.certificate_days) for each in tiles if each.certificate_days is not None
    ]
    return tuple(sorted(marks, key=lambda mark: (mark.days, mark.key)))


def kelurahan_tiles(
    tiles: Sequence[SiteTile], hotspots: Mapping[str | None, HotspotCounts], kelurahan: Mapping[str, str]
) -> tuple[KelurahanTile, ...]:
    """Each kelurahan (code -> kecamatan code) with the sites and the hotspots that stand there."""
    standing: dict[str, list[Condition]] = {code: [] for code in kelurahan}
    for tile in tiles:
        if tile.kelurahan in standing:
            standing[tile.kelurahan].append(tile.condition)
    return tuple(
        KelurahanTile(code, kelurahan[code], count(conditions), hotspots.get(code, HotspotCounts()))
        for code, conditions in standing.items()
    )


def sources_of(targets: Iterable[Registered]) -> tuple[tuple[int, ...], ...]:
    """The ids behind each source: one per kind and group, of hotspots one per provider and kecamatan."""
    members: dict[tuple[str, str, str | None], list[int]] = {}
    for each in targets:
        if each.has_address:
            members.setdefault(_source_of(each), []).append(each.id)
    return tuple(map(tuple, members.values()))


def _source_of(target: Registered) -> tuple[str, str, str | None]:
    if target.kind == TargetKind.HOTSPOT:
        return target.kind, target.attributes.get("isp", target.group), target.kecamatan
    return target.kind, target.group, None


def source_health(sources: Sequence[Sequence[int]], conditions: Mapping[int, Condition]) -> SourceHealth:
    """A source is silent when nobody vouches for any of its targets."""
    silent = sum(all(conditions[each] is Condition.NO_DATA for each in ids) for ids in sources)
    return SourceHealth(silent, len(sources))


def self_faults(
    targets: Iterable[Registered], newest: Mapping[int, Newest], renewals: Sequence[int], started: datetime, now: datetime
) -> tuple[SelfFault, ...]:
    """What the banner must admit: our own targets that are down, and a writer that no longer renews its lease."""
    faults: dict[Fault, datetime] = {}
    for each in targets:
        seen = newest.get(each.id) if each.kind == TargetKind.SELF else None
        fault = _FAULT_OF.get(Reason(seen.reason)) if seen is not None and seen.status == Status.DOWN else None
        if seen is not None and fault is not None:
            faults[fault] = min(faults.get(fault, now), from_ms(seen.since))
    renewed = from_ms(max(renewals)) if renewals else started
    if now - renewed > COLLECTOR_SILENT_AFTER:
        faults[Fault.COLLECTOR_SILENT] = renewed
    return tuple(SelfFault(fault, since) for fault, since in sorted(faults.items()))


def incident_row(facts: IncidentFacts, parents: Mapping[TargetKey, Parent]) -> IncidentRow:
    """One line of the incident list. What many targets share is named by what they share."""
    key = None if facts.group_key is None else TargetKey(facts.group_key)
    shared = None if key is None else parents.get(key)
    is_cause = facts.group_kind in _CAUSES
    is_blind = facts.group_kind is not None and not is_cause
    return IncidentRow(
        id=IncidentId(facts.id),
        severity=Severity(facts.severity),
        target=TargetKey(facts.target) if key is None else key,
        where=facts.where if shared is None else shared.short_name,
        group=facts.group if key is None else CAUSE_GROUP,
        status=Status.UNKNOWN if is_blind else Status(facts.status),
        reason=Reason(facts.reason),
        owner=facts.owner,
        opened_at=from_ms(facts.opened_at),
        resolved_at=None if facts.resolved_at is None else from_ms(facts.resolved_at),
        children=facts.children if key is None else _children(facts),
        detail=facts.detail,
        is_cause=is_cause,
        is_blind=is_blind,
        scope_total=facts.scope_total,
        kind=TargetKind(facts.kind),
        kelurahan=facts.kelurahan,
        acknowledged_at=None if facts.acknowledged_at is None else from_ms(facts.acknowledged_at),
        acknowledged_by=facts.acknowledged_by or "",
    )


def _children(facts: IncidentFacts) -> int:
    """How many a cause takes along now; once it is over, how many it took at most."""
    if facts.resolved_at is None and facts.children:
        return facts.children
    return facts.children if facts.scope is None else facts.scope


def histories(spans: Sequence[SpanRow], half_hours: HalfHours) -> dict[int, tuple[Condition, ...]]:
    """Each target's last day from its spans, which are in order of target and time."""
    measured = measured_conditions((each.status, each.reason) for each in spans)
    return {
        target_id: history_of(
            (
                Stretch(each.since, each.until, Condition.PLANNED if each.planned else measured[each.status, each.reason])
                for each in own
            ),
            half_hours,
        )
        for target_id, own in groupby(spans, key=attrgetter("target_id"))
    }


def active_times(spans: Iterable[SpanRow]) -> Iterator[Presence]:
    """When targets served citizens (UP or DEGRADED, not planned)."""
    for each in spans:
        if not each.planned and each.status in (Status.UP, Status.DEGRADED):
            yield Presence(each.since, each.until)


def measured_times(spans: Iterable[SpanRow]) -> Iterator[Presence]:
    """When anybody vouched for targets at all."""
    for each in spans:
        if each.status != Status.UNKNOWN:
            yield Presence(each.since, each.until)
