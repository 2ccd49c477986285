"""Sample views of the hotspots: the shipped register with states that a test chooses, on a normal day, a calm one, a bad one."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import accumulate
from pathlib import Path
from random import Random

from command_centre.domain.grouping import severity_of_scope
from command_centre.domain.hotspot import HotspotState
from command_centre.domain.incident import IncidentId
from command_centre.domain.prayer import Prayer
from command_centre.domain.reading import Reason, Status
from command_centre.domain.target import ParentKind, TargetKey, TargetKind
from command_centre.read.assembling import CAUSE_GROUP
from command_centre.read.hotspots import Standing, count_states, counts_by, groups_by, settlement_tiles
from command_centre.read.views import (
    CrowdedPoint,
    HotspotArea,
    HotspotLoad,
    HotspotPoint,
    HotspotsView,
    IncidentRow,
    KelurahanTile,
    PlannedTime,
    SelfFault,
    SharedCause,
    SourceHealth,
    Step,
    SummaryView,
)
from tests.support.wall_views import KELURAHAN, NOW, summary_view

REGISTER = Path(__file__).parents[2] / "data" / "inventory" / "hotspots.csv"
KELURAHAN_CODES = Path(__file__).parents[2] / "data" / "reference" / "kelurahan.csv"
DAY = timedelta(hours=24)
SELATAN = TargetKey("induk:penyedia-a-selatan")


@lru_cache(maxsize=1)
def register() -> tuple[Standing, ...]:
    """The shipped register as the read side knows it."""
    with KELURAHAN_CODES.open(encoding="utf-8", newline="") as file:
        codes = {row["name"]: row["code"] for row in csv.DictReader(file, delimiter=";")}
    with REGISTER.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    return tuple(_standing(number, row, codes) for number, row in enumerate(rows, 1))


def _standing(number: int, row: Mapping[str, str], codes: Mapping[str, str]) -> Standing:
    code = codes.get(row["kelurahan"])
    return Standing(
        id=number,
        key=TargetKey(row["key"]),
        short_name=row["short_name"],
        kelurahan=code,
        kecamatan=code[:8] if code is not None else None,
        settlement=row["settlement"] or None,
        latitude=float(row["latitude"]) if row["latitude"] else None,
        longitude=float(row["longitude"]) if row["longitude"] else None,
        provider=row["isp"],
        class_mbps=row["class_mbps"],
        capacity=int(row["capacity"]),
        parents=tuple(row["parents"].split()),
    )


States = dict[TargetKey, HotspotState]


def all_in(state: HotspotState) -> States:
    return {each.key: state for each in register()}


def calm_states() -> States:
    """Seven down, a few slow and full, no kelurahan below its limit by more than one point."""
    states = all_in(HotspotState.NORMAL)
    _scatter(states, HotspotState.DOWN, 7, lambda each: each.settlement is None, apart=True)
    _scatter(states, HotspotState.SLOW, 9, lambda each: each.settlement is None)
    _scatter(states, HotspotState.FULL, 3, lambda each: each.short_name.startswith("Taman"))
    return states


def normal_states() -> States:
    """Prayer time: 58 planned off; seven points of Loktuan down at once, the coast mostly silent, some slow, full, cut off."""
    states = {
        each.key: HotspotState.PLANNED_OFF if each.short_name.startswith("Ibd") else HotspotState.NORMAL for each in register()
    }
    _scatter(states, HotspotState.DOWN, 7, lambda each: each.kelurahan == "64.74.01.1003")
    _scatter(states, HotspotState.DOWN, 6, lambda each: each.kelurahan != "64.74.01.1003" and each.settlement is None)
    _scatter(states, HotspotState.NO_INTERNET, 2, lambda each: each.kelurahan == "64.74.01.1006")
    _scatter(states, HotspotState.NO_DATA, 5, lambda each: each.settlement in ("Gusung", "Selangan"))
    _scatter(states, HotspotState.DOWN, 1, lambda each: each.settlement == "Tihi-Tihi")
    _scatter(states, HotspotState.NO_DATA, 4, lambda each: each.kelurahan in ("64.74.02.1003", "64.74.01.1004"))
    _scatter(states, HotspotState.SLOW, 31, lambda each: each.settlement is None)
    _scatter(states, HotspotState.FULL, 21, lambda each: each.settlement is None)
    return states


def crisis_states() -> States:
    """The line of provider A in Bontang Selatan is gone, with every point on it."""
    states = all_in(HotspotState.NORMAL)
    for each in register():
        if SELATAN in each.parents:
            states[each.key] = HotspotState.DOWN
    _scatter(states, HotspotState.SLOW, 58, lambda each: each.settlement is None)
    _scatter(states, HotspotState.FULL, 34, lambda each: each.settlement is None)
    _scatter(states, HotspotState.NO_DATA, 2, lambda each: each.settlement == "Gusung")
    return states


def _scatter(states: States, state: HotspotState, count: int, where: Callable[[Standing], bool], *, apart: bool = False) -> None:
    """Put ``count`` normal hotspots into ``state``, spread by a fixed draw; ``apart``: at most one in a kelurahan."""
    free = [each for each in register() if states[each.key] is HotspotState.NORMAL and where(each)]
    Random(count).shuffle(free)
    taken: set[str | None] = set()
    for each in free:
        if count == 0:
            return
        if apart and each.kelurahan in taken:
            continue
        taken.add(each.kelurahan)
        states[each.key] = state
        count -= 1


def cause(
    key: str = SELATAN,
    *,
    children: int = 262,
    short_name: str = "Penyedia A Selatan",
    name: str = "Uplink Penyedia A, Bontang Selatan",
    kind: ParentKind = ParentKind.UPLINK,
    kelurahan: Sequence[str] = (),
    minutes: int = 11,
) -> SharedCause:
    """A shared cause that began ``minutes`` before NOW."""
    return SharedCause(
        key=TargetKey(key),
        kind=kind,
        name=name,
        short_name=short_name,
        owner="Penyedia A",
        since=NOW - timedelta(minutes=minutes),
        reason=Reason.TIMEOUT,
        children=children,
        kelurahan=frozenset(kelurahan),
    )


def cause_row(cause: SharedCause) -> IncidentRow:
    """The stored incident of a shared cause, as a line of the incident list; its hotspots are counted, not listed."""
    return IncidentRow(
        id=IncidentId(1000 + cause.children),
        severity=severity_of_scope(cause.children),
        target=cause.key,
        where=cause.short_name,
        group=CAUSE_GROUP,
        status=Status.DOWN,
        reason=cause.reason,
        owner=cause.owner,
        opened_at=cause.since,
        resolved_at=None,
        children=cause.children,
        is_cause=True,
        scope_total=cause.children,
        kind=TargetKind.HOTSPOT,
    )


def crisis_cause(states: States) -> SharedCause:
    """The cause of :func:`crisis_states`."""
    hit = [each for each in register() if SELATAN in each.parents and states[each.key] is HotspotState.DOWN]
    return cause(children=len(hit), kelurahan=sorted({each.kelurahan for each in hit if each.kelurahan is not None}))


LOKTUAN_POWER = cause(
    "listrik:loktuan",
    children=7,
    short_name="Listrik Loktuan",
    name="Listrik Loktuan",
    kind=ParentKind.POWER,
    kelurahan=["64.74.01.1003"],
    minutes=26,
)


def prayer_times_of_today() -> tuple[PlannedTime, ...]:
    """The five windows of NOW's day; noon prayer is on."""
    times = (("fajr", 4, 20), ("dhuhr", 11, 50), ("asr", 15, 6), ("maghrib", 17, 54), ("isha", 19, 3))
    midnight = datetime(2026, 11, 22, 16, tzinfo=UTC)
    starts = [(Prayer(name), midnight + timedelta(hours=hour, minutes=minute)) for name, hour, minute in times]
    return tuple(PlannedTime("Waktu salat", start, start + timedelta(minutes=30), prayer, 58) for prayer, start in starts)


def hotspots_view(
    states: States,
    *,
    causes: Sequence[SharedCause] = (),
    planned: Sequence[PlannedTime] | None = None,
    faults: Sequence[SelfFault] = (),
    hotspots: Sequence[Standing] | None = None,
) -> HotspotsView:
    """The view of ``states``, as the read side would give it."""
    there = register() if hotspots is None else tuple(hotspots)
    by_id = {each.id: states[each.key] for each in there}
    kelurahan = [*(code for code, _ in KELURAHAN), None]
    counted = counts_by(there, by_id, lambda each: each.kelurahan)
    return HotspotsView(
        as_of=NOW - timedelta(seconds=4) if there else None,
        generated_at=NOW,
        seq=4711,
        is_simulated=True,
        sources=SourceHealth(2, 26),
        faults=tuple(faults),
        counts=count_states(by_id.values()),
        points=tuple(_point(each, states[each.key], causes) for each in there),
        areas=tuple(
            HotspotArea(
                code,
                code[:8] if code is not None else None,
                counted[code],
                _load([each for each in there if each.kelurahan == code], states),
                _day(code, counted[code].share),
            )
            for code in kelurahan
            if code in counted
        ),
        load=_load(there, states),
        settlements=settlement_tiles(there, by_id),
        providers=groups_by(there, by_id, lambda each: each.provider),
        classes=groups_by(there, by_id, lambda each: each.class_mbps),
        crowded=_crowded(there, states),
        planned=prayer_times_of_today() if planned is None else tuple(planned),
        causes=tuple(causes),
    )


def _point(each: Standing, state: HotspotState, causes: Sequence[SharedCause]) -> HotspotPoint:
    key = next((one.key for one in causes if one.key in each.parents and state is HotspotState.DOWN), None)
    return HotspotPoint(each.key, each.short_name, each.kelurahan, each.settlement, each.latitude, each.longitude, state, key)


_SERVING = (HotspotState.NORMAL, HotspotState.SLOW, HotspotState.FULL)


def _load(hotspots: Sequence[Standing], states: States) -> HotspotLoad:
    serving = [each for each in hotspots if states[each.key] in _SERVING]
    if not serving:
        return HotspotLoad(None, None, None)
    clients = sum(30 if states[each.key] is HotspotState.FULL else 8 + each.id % 7 for each in serving)
    return HotspotLoad(clients, 30 * len(serving), clients * 0.72e6)


def _crowded(hotspots: Sequence[Standing], states: States) -> tuple[CrowdedPoint, ...]:
    full = [each for each in hotspots if states[each.key] is HotspotState.FULL]
    return tuple(CrowdedPoint(each.key, each.short_name, 30, 30) for each in full[:8])


def _day(code: str | None, share: float | None) -> tuple[Step, ...]:
    """Small ups and downs all day, and the present at its end."""
    draw = Random(code or "-")
    moves = accumulate((draw.choice((-0.01, 0, 0, 0.01)) for _ in range(24)), initial=0.985)
    steps = [Step(NOW - DAY + timedelta(hours=hour), min(max(value, 0.95), 1.0)) for hour, value in enumerate(moves)]
    return (*steps[:-1], Step(NOW - timedelta(minutes=11), share))


def summary_with_hotspots(states: States, tiles: Sequence[object], **options: object) -> SummaryView:
    """The summary of a city that has hotspots as well."""
    from dataclasses import replace

    view = hotspots_view(states)
    plain = summary_view(tiles, **options)  # type: ignore[arg-type]
    by_code = {each.code: each.counts for each in view.areas}
    reporting = view.counts.reporting
    dips = [(11, -58), (24, -58), (36, -58), (66, -58)]
    expected, served = [Step(NOW - DAY, 721.0)], [Step(NOW - DAY, 715.0)]
    for quarter, change in dips:
        begins = NOW - DAY + timedelta(minutes=15 * quarter)
        expected += [Step(begins, 721.0 + change), Step(begins + timedelta(minutes=30), 721.0)]
        served += [Step(begins, 715.0 + change), Step(begins + timedelta(minutes=30), 715.0)]
    served.append(Step(NOW - timedelta(minutes=14), float(reporting)))
    expected.append(Step(NOW - timedelta(minutes=14), float(view.counts.expected)))
    return replace(
        plain,
        hotspots=view.counts,
        hotspots_registered=view.counts.registered,
        hotspots_reporting_24h=tuple(served),
        hotspots_expected_24h=tuple(expected),
        kelurahan=tuple(
            KelurahanTile(each.code, each.kecamatan, each.sites, by_code.get(each.code, each.hotspots))
            for each in plain.kelurahan
        ),
        settlements=view.settlements,
    )
