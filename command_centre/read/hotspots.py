"""From rows to what the screens say of hotspots: pure functions. Times are epoch milliseconds where hundreds are at stake."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple, TypeVar
from zoneinfo import ZoneInfo

from command_centre.domain.calendar import Interval, Window
from command_centre.domain.hotspot import CAPACITY, HotspotState, state_of
from command_centre.domain.reading import Reason, Status
from command_centre.domain.target import Parent, TargetKey, TargetKind
from command_centre.read.causes import Explained, Faulty, shared_causes
from command_centre.read.lines import STEP_MS, Presence, as_steps, fewest_at_once, most_at_once
from command_centre.read.rows import Newest, Registered, SpanRow
from command_centre.read.views import (
    CrowdedPoint,
    HotspotArea,
    HotspotCounts,
    HotspotGroup,
    HotspotLoad,
    HotspotPoint,
    PlannedTime,
    SettlementTile,
    Step,
)
from command_centre.storage.times import from_ms, to_ms
from command_centre.storage.values import unpack_values

CLIENTS, DOWNLOAD = "clients_total", "in_bits_per_second"

CROWDED_SHOWN = 8
_CUT_OFF = frozenset({HotspotState.DOWN, HotspotState.NO_INTERNET})
_REPORTING = frozenset({HotspotState.NORMAL, HotspotState.SLOW, HotspotState.FULL})
_DAY = timedelta(days=1)


class Standing(NamedTuple):
    """What the register says of one hotspot, ready for use."""

    id: int
    key: TargetKey
    short_name: str
    kelurahan: str | None
    kecamatan: str | None
    settlement: str | None
    latitude: float | None
    longitude: float | None
    provider: str
    class_mbps: str
    capacity: int
    parents: tuple[str, ...]


def hotspots_of(register: Iterable[Registered]) -> tuple[Standing, ...]:
    """The hotspots of the register, in its order."""
    return tuple(_standing(each) for each in register if each.kind == TargetKind.HOTSPOT)


def _standing(each: Registered) -> Standing:
    capacity = each.attributes.get("capacity")
    return Standing(
        id=each.id,
        key=TargetKey(each.key),
        short_name=each.short_name,
        kelurahan=each.kelurahan,
        kecamatan=each.kecamatan,
        settlement=each.attributes.get("settlement"),
        latitude=each.latitude,
        longitude=each.longitude,
        provider=each.attributes.get("isp", ""),
        class_mbps=each.attributes.get("class_mbps", ""),
        capacity=CAPACITY if capacity is None else int(capacity),
        parents=each.parents,
    )


# --- what is so now --------------------------------------------------------------------------------------------------


def states_of(
    hotspots: Iterable[Standing], newest: Mapping[int, Newest], off: Collection[str], now: datetime
) -> dict[int, HotspotState]:
    """The state of each hotspot by id. A reading vouches for its patience and no longer; planned time is laid over everything."""
    at = to_ms(now)
    measured: dict[tuple[str, str], HotspotState] = {}
    states = {}
    for each in hotspots:
        seen = newest.get(each.id)
        if each.key in off:
            states[each.id] = HotspotState.PLANNED_OFF
        elif seen is None or at >= seen.vouched_until:
            states[each.id] = HotspotState.NO_DATA
        else:
            pair = seen.status, seen.reason
            if pair not in measured:
                measured[pair] = state_of(Status(seen.status), Reason(seen.reason))
            states[each.id] = measured[pair]
    return states


def count_states(states: Iterable[HotspotState]) -> HotspotCounts:
    """Hotspots by state."""
    return HotspotCounts(**{state.value: number for state, number in Counter(states).items()})


_Key = TypeVar("_Key")


def counts_by(
    hotspots: Iterable[Standing], states: Mapping[int, HotspotState], key: Callable[[Standing], _Key]
) -> dict[_Key, HotspotCounts]:
    """Hotspots by state, for each value of ``key``."""
    tally: dict[_Key, dict[str, int]] = {}
    for (value, state), number in Counter((key(each), states[each.id]) for each in hotspots).items():
        tally.setdefault(value, {})[state.value] = number
    return {value: HotspotCounts(**numbers) for value, numbers in tally.items()}


def settlement_tiles(hotspots: Iterable[Standing], states: Mapping[int, HotspotState]) -> tuple[SettlementTile, ...]:
    """The settlements over the water, by name."""
    there = [each for each in hotspots if each.settlement is not None]
    kelurahan = {each.settlement: each.kelurahan for each in there}
    counted = counts_by(there, states, lambda each: each.settlement)
    return tuple(SettlementTile(name, kelurahan[name], counted[name]) for name in sorted(filter(None, counted)))


def groups_by(
    hotspots: Iterable[Standing], states: Mapping[int, HotspotState], name: Callable[[Standing], str]
) -> tuple[HotspotGroup, ...]:
    """Groups by name; those that carry none are left out."""
    counted = counts_by(hotspots, states, name)
    return tuple(HotspotGroup(each, counted[each]) for each in sorted(counted, key=_naturally) if each)


def _naturally(name: str) -> tuple[int, str]:
    return (int(name) if name.isdecimal() else 0, name)


def causes_of(
    hotspots: Iterable[Standing],
    states: Mapping[int, HotspotState],
    newest: Mapping[int, Newest],
    parents: Mapping[TargetKey, Parent],
) -> tuple[Explained, ...]:
    """What many hotspots that are cut off have in common."""
    faults = []
    depending: dict[str, int] = {}
    for each in hotspots:
        state = states[each.id]
        if state is HotspotState.PLANNED_OFF:
            continue
        for key in each.parents:
            depending[key] = depending.get(key, 0) + 1
        if state in _CUT_OFF:
            seen = newest[each.id]
            faults.append(Faulty(each.id, seen.since, seen.reason, each.kelurahan, each.parents))
    return shared_causes(faults, depending, parents) if faults else ()


def points_of(
    hotspots: Iterable[Standing], states: Mapping[int, HotspotState], causes: Iterable[Explained]
) -> tuple[HotspotPoint, ...]:
    """Every hotspot with its state, in register order."""
    explained = {child: each.cause.key for each in causes for child in each.children}
    return tuple(
        HotspotPoint(
            each.key,
            each.short_name,
            each.kelurahan,
            each.settlement,
            each.latitude,
            each.longitude,
            states[each.id],
            explained.get(each.id),
        )
        for each in hotspots
    )


# --- what people use -------------------------------------------------------------------------------------------------


class Use(NamedTuple):
    """What one hotspot that serves last told of its use."""

    clients: float | None
    bits_per_second: float | None


def uses_of(
    hotspots: Iterable[Standing], states: Mapping[int, HotspotState], newest: Mapping[int, Newest], metrics: Mapping[str, int]
) -> dict[int, Use]:
    """Use by hotspot id; a hotspot that does not serve tells nothing."""
    clients, download = metrics.get(CLIENTS), metrics.get(DOWNLOAD)
    uses = {}
    for each in hotspots:
        if states[each.id] in _REPORTING:
            values = unpack_values(newest[each.id].packed)
            uses[each.id] = Use(
                None if clients is None else values.get(clients), None if download is None else values.get(download)
            )
    return uses


def load_of(hotspots: Iterable[Standing], uses: Mapping[int, Use]) -> HotspotLoad:
    """The use of several hotspots together: of those that told, and only their capacity."""
    told = [(each, uses[each.id]) for each in hotspots if each.id in uses]
    clients = [(use.clients, each.capacity) for each, use in told if use.clients is not None]
    traffic = [use.bits_per_second for _, use in told if use.bits_per_second is not None]
    return HotspotLoad(
        clients=round(sum(each for each, _ in clients)) if clients else None,
        capacity=sum(capacity for _, capacity in clients) if clients else None,
        bits_per_second=sum(traffic) if traffic else None,
    )


def crowded_points(hotspots: Iterable[Standing], uses: Mapping[int, Use]) -> tuple[CrowdedPoint, ...]:
    """The fullest first."""
    told = [
        CrowdedPoint(each.key, each.short_name, round(clients), each.capacity)
        for each in hotspots
        if each.id in uses and (clients := uses[each.id].clients) is not None and clients > 0
    ]
    return tuple(sorted(told, key=lambda each: (-each.clients / each.capacity, -each.clients, each.key))[:CROWDED_SHOWN])


def areas_of(
    hotspots: Sequence[Standing],
    states: Mapping[int, HotspotState],
    uses: Mapping[int, Use],
    day: HotspotDay,
    kelurahan: Mapping[str, str],
) -> tuple[HotspotArea, ...]:
    """Each kelurahan that has hotspots, in the order of the screens; at the end those whose kelurahan is not known."""
    members: dict[str | None, list[Standing]] = {}
    for each in hotspots:
        members.setdefault(each.kelurahan if each.kelurahan in kelurahan else None, []).append(each)
    counts = counts_by(hotspots, states, lambda each: each.kelurahan if each.kelurahan in kelurahan else None)
    return tuple(
        HotspotArea(
            code,
            kelurahan[code] if code is not None else None,
            counts[code],
            load_of(members[code], uses),
            _with_present(day, counts[code], code),
        )
        for code in [*kelurahan, None]
        if code in members
    )


# --- the last day ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class HotspotDay:
    """The last day on the grid of :mod:`lines`: those reporting (None: nobody watched), those expected, and each area's share."""

    begins: int
    reporting: tuple[int | None, ...]
    expected: tuple[int, ...]
    shares: Mapping[str | None, tuple[Step, ...]]


class _Life(NamedTuple):
    """One hotspot's day: when it served, when it was expected and did not serve, when it was planned off, when it was watched."""

    served: list[Presence]
    missing: list[Presence]
    planned: list[Presence]
    watched: list[Presence]


def day_of(
    hotspots: Sequence[Standing],
    spans: Sequence[SpanRow],
    planned: Mapping[str, Sequence[Interval]],
    kelurahan: Mapping[str, str],
    begins: int,
    now: int,
) -> HotspotDay:
    """The lines of the last day from ``spans`` in order of target and time."""
    by_target = {key: list(own) for key, own in groupby(spans, key=attrgetter("target_id"))}
    lives: dict[str | None, list[_Life]] = {}
    for each in hotspots:
        life = _life(by_target.get(each.id, ()), planned.get(each.key, ()), begins, now)
        lives.setdefault(each.kelurahan if each.kelurahan in kelurahan else None, []).append(life)
    everyone = [life for members in lives.values() for life in members]
    watched = most_at_once(_all(everyone, "watched"), begins, now)
    reporting = fewest_at_once(_all(everyone, "served"), begins, now)
    off = most_at_once(_all(everyone, "planned"), begins, now)
    return HotspotDay(
        begins,
        tuple(figure if any_watched else None for figure, any_watched in zip(reporting, watched, strict=True)),
        tuple(len(everyone) - each for each in off),
        {code: as_steps(_shares(members, begins, now), begins) for code, members in lives.items()},
    )


def _all(lives: Iterable[_Life], part: str) -> Iterator[Presence]:
    for life in lives:
        yield from getattr(life, part)


def _shares(lives: Sequence[_Life], begins: int, now: int) -> list[float | None]:
    """The least share reporting in each step: a short dip stays visible. None while nobody watched, or all were planned off."""
    missing = most_at_once(_all(lives, "missing"), begins, now)
    off = fewest_at_once(_all(lives, "planned"), begins, now)
    watched = most_at_once(_all(lives, "watched"), begins, now)
    number = len(lives)
    return [
        1 - lost / (number - away) if any_watched and number > away else None
        for lost, away, any_watched in zip(missing, off, watched, strict=True)
    ]


def _life(spans: Sequence[SpanRow], planned: Sequence[Interval], begins: int, now: int) -> _Life:
    off = [Presence(to_ms(each.start), to_ms(each.end)) for each in planned]
    served = _without(_joined(each for each in spans if each.status in (Status.UP, Status.DEGRADED)), off)
    watched = _joined(each for each in spans if each.status != Status.UNKNOWN)
    return _Life(served, _gaps(sorted([*served, *off]), begins, now), off, watched)


def _joined(spans: Iterable[SpanRow]) -> list[Presence]:
    """Neighbouring spans as one presence: a change of reason is no interruption."""
    joined: list[Presence] = []
    for each in spans:
        if joined and joined[-1].end >= each.since:
            joined[-1] = Presence(joined[-1].start, each.until)
        else:
            joined.append(Presence(each.since, each.until))
    return joined


def _without(presences: Sequence[Presence], off: Sequence[Presence]) -> list[Presence]:
    """``presences`` less the time in ``off``; both in order and without overlap."""
    if not off:
        return list(presences)
    kept = []
    for each in presences:
        start = each.start
        for away in off:
            if away.end <= start or away.start >= each.end:
                continue
            if away.start > start:
                kept.append(Presence(start, away.start))
            start = min(away.end, each.end)
        if start < each.end:
            kept.append(Presence(start, each.end))
    return kept


def _gaps(filled: Sequence[Presence], begins: int, now: int) -> list[Presence]:
    """What lies between ``filled`` (in order) from ``begins`` to ``now``."""
    gaps = []
    reached = begins
    for each in filled:
        if each.start > reached:
            gaps.append(Presence(reached, min(each.start, now)))
        reached = max(reached, each.end)
        if reached >= now:
            return gaps
    gaps.append(Presence(reached, now))
    return gaps


def lines_until_now(day: HotspotDay, counts: HotspotCounts) -> tuple[tuple[Step, ...], tuple[Step, ...]]:
    """Reporting and expected over the day; the last points are the numbers that stand beside the lines."""
    reporting = as_steps([*day.reporting[:-1], counts.reporting if counts.measured else None], day.begins)
    return reporting, as_steps([*day.expected[:-1], counts.expected], day.begins)


def _with_present(day: HotspotDay, counts: HotspotCounts, code: str | None) -> tuple[Step, ...]:
    """An area's share over the day, up to a minute old, with what is so now as its last step."""
    steps = day.shares.get(code, ())
    if not steps or steps[-1].value == counts.share:
        return steps
    last = from_ms(day.begins + (len(day.expected) - 1) * STEP_MS)
    return (*(each for each in steps if each.at < last), Step(last, counts.share))


# --- agreed dark times -----------------------------------------------------------------------------------------------


def planned_today(
    windows: Sequence[Window], hotspots: Iterable[Standing], now: datetime, zone: ZoneInfo
) -> tuple[PlannedTime, ...]:
    """The dark times of hotspots that touch today by the city's clock, and the first one after it."""
    keys = {each.key for each in hotspots}
    midnight = now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    today, tomorrow = Interval(midnight, midnight + _DAY), Interval(midnight + _DAY, midnight + 2 * _DAY)
    concerned = [(each, len(keys & each.targets)) for each in windows if keys & each.targets]
    times = _occurring(concerned, today, zone)
    later = [each for each in _occurring(concerned, tomorrow, zone) if each not in times]
    return (*times, *later[:1])


def _occurring(windows: Iterable[tuple[Window, int]], within: Interval, zone: ZoneInfo) -> list[PlannedTime]:
    times = [
        PlannedTime(window.name, each.interval.start, each.interval.end, each.prayer, number)
        for window, number in windows
        for each in window.occurrences(within, zone)
    ]
    return sorted(times, key=lambda each: (each.start, each.end, each.name))
