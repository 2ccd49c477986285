"""Snapshot: one period, frozen, with its coverage. A pure function of a data cut: the same cut gives the same snapshot.

Times and lengths are whole milliseconds, ratios are rounded to nine decimals, everything stands in a fixed order. What nobody
measured is None, never 0.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

from command_centre.domain.cut import (
    CutComplaints,
    CutDimension,
    CutFollowUp,
    CutIncident,
    CutInjections,
    CutOfficial,
    CutTarget,
    DataCut,
    Earlier,
    Limits,
)
from command_centre.domain.incident import Cause
from command_centre.domain.ledger import (
    Group,
    Ledger,
    Piece,
    group_of,
    ledger_of,
    longest_outage,
    mean_availability,
    outage_within,
    people_lost,
    pieces_of,
    split_at,
    time_full,
    union_of,
)
from command_centre.domain.target import TargetKind

RULE_VERSION = 1
"""The accounting rule's own number: it changes when the same cut would give other figures."""

EXCUSED_CAUSES = frozenset({Cause.POWER.value, Cause.PLANNED_WORK.value})
"""Causes named by people for which no provider owes anything."""

REPEATED = 2
"""Incidents of one target in one period that make it a repeated one."""

KINDS = (TargetKind.SITE.value, TargetKind.HOTSPOT.value, TargetKind.SERVICE.value)
"""What citizens use. Command Centre's own parts have incidents of their own and count in no total."""


@dataclass(frozen=True, slots=True)
class TargetFigures:
    """One target over the period. ``outage_longest`` and ``full`` are milliseconds; ``people_lost`` as in ``ledger``."""

    key: str
    kind: str
    name: str
    short_name: str
    owner: str
    group: str
    kelurahan: str | None
    kecamatan: str | None
    settlement: str | None
    provider: str | None
    class_mbps: int | None
    dimension: str | None
    ledger: Ledger
    availability: float | None
    coverage: float | None
    outage_longest: int
    full: int
    people_lost: int | None
    incidents: int


@dataclass(frozen=True, slots=True)
class GroupFigures:
    """One group: which way of grouping, which one, its figure, and its availability day by day."""

    by: str
    of: str
    figure: Group
    days: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class IncidentFigures:
    """Incidents that touch the period; those explained by another one are counted under it.

    ``closed`` ended in the period; lengths are over those, from their own beginning. Times to acknowledge are over those taken
    in the period. Medians are the mean of the two in the middle where they are even in number; ``p90`` is the nearest rank.
    """

    touching: int
    opened: int
    closed: int
    open_at_end: int
    explained: int
    acknowledged: int
    acknowledge_median: int | None
    acknowledge_p90: int | None
    restore_median: int | None
    restore_p90: int | None
    longest: int | None
    longest_id: int | None
    repeated: tuple[tuple[str, int], ...]
    of_command_centre: int


@dataclass(frozen=True, slots=True)
class ClaimLine:
    """What a provider owes in one class of line, in milliseconds summed over its hotspots.

    ``down`` excludes planned time; ``excused`` is the part of it that people put down to electricity or planned work;
    ``allowed`` is what the contract forgives of the measured time; ``below`` is what is left, hotspot by hotspot, never less than
    nothing.
    """

    provider: str
    class_mbps: int | None
    hotspots: int
    measured: int
    down: int
    excused: int
    allowed: int
    below: int


@dataclass(frozen=True, slots=True)
class EquityLine:
    """One kelurahan, or one settlement on the coast, for the people who live there.

    ``usable_mbps`` is the mean over hotspots of availability × class; ``saturated`` the share of measured time in which they were
    full.
    """

    area: str
    is_settlement: bool
    hotspots: int
    availability: float | None
    coverage: float | None
    usable_mbps: float | None
    saturated: float | None
    people_lost: int


@dataclass(frozen=True, slots=True)
class PeopleLost:
    """Outage weighted with the people usually there, in hundredths of a device × milliseconds; and where it cannot be said."""

    total: int
    counted: int
    not_known: int

    @property
    def is_unknown(self) -> bool:
        """Whether nothing can be said: nobody was counted where there were outages."""
        return self.total == 0 and (self.not_known > 0 or self.counted == 0)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One period, frozen. ``config_hash`` and ``code_version`` say by which rules; what was read is in the cut."""

    period: str
    zone: str
    city: str
    starts_at: int
    ends_at: int
    is_whole: bool
    is_simulated: bool
    config_hash: str
    code_version: str
    rule_version: int
    limits: Limits
    places: tuple[tuple[str, str], ...]
    targets: tuple[TargetFigures, ...]
    groups: tuple[GroupFigures, ...]
    incidents: IncidentFigures
    incident_log: tuple[CutIncident, ...]
    claim: tuple[ClaimLine, ...]
    equity: tuple[EquityLine, ...]
    people_lost: PeopleLost
    follow_ups: tuple[CutFollowUp, ...]
    complaints: CutComplaints | None
    injections: CutInjections | None
    dimensions: tuple[CutDimension, ...] | None
    previous: Earlier | None
    year_before: Earlier | None
    pending_rollups: int
    notes: tuple[str, ...]
    official: CutOfficial | None = None
    hijri_before: Earlier | None = None

    def group(self, by: str, of: str) -> GroupFigures | None:
        """One group; None when nothing of it was in the register."""
        return next((each for each in self.groups if each.by == by and each.of == of), None)

    def groups_by(self, by: str) -> tuple[GroupFigures, ...]:
        """All groups of one way of grouping."""
        return tuple(each for each in self.groups if each.by == by)

    def target(self, key: str) -> TargetFigures | None:
        """One target by its key."""
        return next((each for each in self.targets if each.key == key), None)

    def place(self, code: str) -> str:
        """The name of a kelurahan or kecamatan; its code where the register has no name for it."""
        return dict(self.places).get(code, code)


class _Watched(NamedTuple):
    """One target with what its time was cut into."""

    target: CutTarget
    pieces: list[Piece]
    ledger: Ledger
    days: list[Ledger]


def snapshot(cut: DataCut, config_hash: str, code_version: str) -> Snapshot:
    """The snapshot of a cut. Pure: the same cut gives the same snapshot, wherever and whenever."""
    watched = [_watched(each, cut) for each in cut.targets if each.kind in KINDS]
    stories = [each for each in cut.incidents if each.parent_id is None and each.kind in KINDS]
    counted = Counter(each.target for each in stories)
    figures = tuple(_figures(each, counted[each.target.key]) for each in watched)
    return Snapshot(
        period=cut.period,
        zone=cut.zone,
        city=cut.city,
        starts_at=cut.starts_at,
        ends_at=cut.ends_at,
        is_whole=cut.is_whole,
        is_simulated=cut.is_simulated,
        config_hash=config_hash,
        code_version=code_version,
        rule_version=RULE_VERSION,
        limits=cut.limits,
        places=cut.places,
        targets=figures,
        groups=_groups(watched, len(cut.day_starts)),
        incidents=_incident_figures(cut, stories),
        incident_log=cut.incidents,
        claim=_claim(watched, cut),
        equity=_equity(figures),
        people_lost=_people_lost(figures),
        follow_ups=cut.follow_ups,
        complaints=cut.complaints,
        injections=cut.injections,
        dimensions=cut.dimensions,
        official=cut.official,
        previous=cut.previous,
        year_before=cut.year_before,
        hijri_before=cut.hijri_before,
        pending_rollups=cut.pending_rollups,
        notes=cut.notes,
    )


def _watched(target: CutTarget, cut: DataCut) -> _Watched:
    pieces = pieces_of(target)
    days = [ledger_of(day) for day in split_at(pieces, cut.day_starts, cut.ends_at)]
    return _Watched(target, pieces, ledger_of(pieces), days)


def _figures(watched: _Watched, incidents: int) -> TargetFigures:
    target, ledger = watched.target, watched.ledger
    return TargetFigures(
        key=target.key,
        kind=target.kind,
        name=target.name,
        short_name=target.short_name,
        owner=target.owner,
        group=target.group,
        kelurahan=target.kelurahan,
        kecamatan=target.kecamatan,
        settlement=target.settlement,
        provider=target.provider,
        class_mbps=target.class_mbps,
        dimension=target.dimension,
        ledger=ledger,
        availability=_rounded(ledger.availability),
        coverage=_rounded(ledger.coverage),
        outage_longest=longest_outage(watched.pieces),
        full=time_full(watched.pieces),
        people_lost=people_lost(watched.pieces, target.usual) if target.kind == TargetKind.HOTSPOT else None,
        incidents=incidents,
    )


def _rounded(ratio: float | None) -> float | None:
    return None if ratio is None else round(ratio, 9)


# --- groups ----------------------------------------------------------------------------------------------------------

NO_PLACE = ""
"""The group of targets of which the register does not say where they are."""

_Label: TypeAlias = Callable[[CutTarget], str | None]


def _if_kind(kinds: Sequence[str], label: _Label) -> _Label:
    return lambda target: label(target) if target.kind in kinds else None


_HOTSPOTS = (TargetKind.HOTSPOT.value,)
_PAGES = (TargetKind.SITE.value, TargetKind.SERVICE.value)

GROUPINGS: tuple[tuple[str, _Label], ...] = (
    ("kind", lambda target: target.kind),
    ("owner", _if_kind(_PAGES, lambda target: target.owner)),
    ("dimension", _if_kind(_PAGES, lambda target: target.dimension)),
    ("kelurahan", _if_kind(_HOTSPOTS, lambda target: target.kelurahan or NO_PLACE)),
    ("kecamatan", _if_kind(_HOTSPOTS, lambda target: target.kecamatan or NO_PLACE)),
    ("settlement", _if_kind(_HOTSPOTS, lambda target: target.settlement)),
    ("class", _if_kind(_HOTSPOTS, lambda target: None if target.class_mbps is None else str(target.class_mbps))),
    ("provider", _if_kind(_HOTSPOTS, lambda target: target.provider)),
)
"""Every way of grouping: its name, and to which group a target belongs (None: to none)."""


def _groups(watched: Sequence[_Watched], days: int) -> tuple[GroupFigures, ...]:
    found: list[GroupFigures] = []
    for by, label in GROUPINGS:
        members: dict[str, list[_Watched]] = defaultdict(list)
        for each in watched:
            of = label(each.target)
            if of is not None:
                members[of].append(each)
        found += [_group_figures(by, of, members[of], days) for of in sorted(members)]
    return tuple(found)


def _group_figures(by: str, of: str, members: Sequence[_Watched], days: int) -> GroupFigures:
    daily = tuple(mean_availability(each.days[day] for each in members) for day in range(days))
    return GroupFigures(by, of, group_of([each.ledger for each in members]), daily)


# --- incidents -------------------------------------------------------------------------------------------------------


def _incident_figures(cut: DataCut, stories: Sequence[CutIncident]) -> IncidentFigures:
    closed = [(each.resolved_at - each.opened_at, each.id) for each in stories if each.resolved_at is not None]
    answered = [
        each.acknowledged_at - each.opened_at
        for each in stories
        if each.acknowledged_at is not None and each.acknowledged_at >= cut.starts_at
    ]
    lengths = sorted(length for length, _ in closed)
    # Of those that still go on the length is not known yet; they are told by their number.
    longest = max(closed, key=lambda each: (each[0], -each[1]), default=None)
    ours = [each for each in cut.incidents if each.kind == TargetKind.SELF]
    return IncidentFigures(
        touching=len(stories),
        opened=sum(each.opened_at >= cut.starts_at for each in stories),
        closed=len(closed),
        open_at_end=len(stories) - len(closed),
        explained=sum(each.parent_id is not None and each.kind in KINDS for each in cut.incidents),
        acknowledged=len(answered),
        acknowledge_median=median(sorted(answered)),
        acknowledge_p90=nearest_rank(sorted(answered), 90),
        restore_median=median(lengths),
        restore_p90=nearest_rank(lengths, 90),
        longest=None if longest is None else longest[0],
        longest_id=None if longest is None else longest[1],
        repeated=_repeated(stories, cut),
        of_command_centre=len(ours),
    )


def _repeated(stories: Iterable[CutIncident], cut: DataCut) -> tuple[tuple[str, int], ...]:
    """Targets in trouble more than once, most often first; a story of many targets is nobody's repetition."""
    counted = Counter(each.target for each in stories if each.group_kind is None and each.opened_at >= cut.starts_at)
    often = [(key, number) for key, number in counted.items() if number >= REPEATED]
    return tuple(sorted(often, key=lambda each: (-each[1], each[0])))


def median(ordered: Sequence[int]) -> int | None:
    """The middle one; the mean of both middle ones, cut to a whole number, where they are even in number; None of nothing."""
    if not ordered:
        return None
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) // 2


def nearest_rank(ordered: Sequence[int], percent: int) -> int | None:
    """The least value that at least ``percent`` of the values do not exceed; None of nothing."""
    return ordered[-(-len(ordered) * percent // 100) - 1] if ordered else None


# --- what a provider owes, what citizens lost ----------------------------------------------------------------------------


def _claim(watched: Sequence[_Watched], cut: DataCut) -> tuple[ClaimLine, ...]:
    excused = _excused_times(cut)
    lines: dict[tuple[str, int | None], list[ClaimLine]] = defaultdict(list)
    for each in watched:
        if each.target.kind == TargetKind.HOTSPOT and each.target.provider is not None:
            line = _claim_of(each, excused, cut.limits.contract)
            lines[line.provider, line.class_mbps].append(line)
    return tuple(_summed(lines[key]) for key in sorted(lines, key=lambda key: (key[0], key[1] or 0)))


def _excused_times(cut: DataCut) -> Mapping[str, tuple[tuple[int, int], ...]]:
    """Target or parent → when people put its trouble down to what excuses it. Incidents explained by one inherit its cause."""
    causes = {each.id: each.cause for each in cut.incidents}
    times: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for each in cut.incidents:
        cause = each.cause or (causes.get(each.parent_id) if each.parent_id is not None else None)
        if cause in EXCUSED_CAUSES:
            during = (each.opened_at, cut.ends_at if each.resolved_at is None else each.resolved_at)
            for key in {each.target, each.group_key or each.target}:
                times[key].append(during)
    return {key: union_of(each) for key, each in times.items()}


def _claim_of(watched: _Watched, times: Mapping[str, Sequence[tuple[int, int]]], contract: float) -> ClaimLine:
    target, ledger = watched.target, watched.ledger
    during = union_of(each for key in (target.key, *target.parents) for each in times.get(key, ()))
    excused = outage_within(watched.pieces, during) if during else 0
    allowed = int((1 - contract) * ledger.measured + 0.5)
    below = max(0, ledger.down - excused - allowed)
    return ClaimLine(target.provider or "", target.class_mbps, 1, ledger.measured, ledger.down, excused, allowed, below)


def _summed(lines: Sequence[ClaimLine]) -> ClaimLine:
    first = lines[0]
    return ClaimLine(
        first.provider,
        first.class_mbps,
        hotspots=len(lines),
        measured=sum(each.measured for each in lines),
        down=sum(each.down for each in lines),
        excused=sum(each.excused for each in lines),
        allowed=sum(each.allowed for each in lines),
        below=sum(each.below for each in lines),
    )


def _equity(figures: Sequence[TargetFigures]) -> tuple[EquityLine, ...]:
    """Worst served first; what nobody measured comes last. A settlement has a line of its own beside its kelurahan's."""
    areas: dict[tuple[bool, str], list[TargetFigures]] = defaultdict(list)
    for each in figures:
        if each.kind == TargetKind.HOTSPOT:
            areas[False, each.kelurahan or NO_PLACE].append(each)
            if each.settlement is not None:
                areas[True, each.settlement].append(each)
    lines = [_equity_line(area, is_settlement, members) for (is_settlement, area), members in areas.items()]
    return tuple(sorted(lines, key=_by_need))


def _by_need(line: EquityLine) -> tuple[bool, float, str]:
    usable = line.availability if line.usable_mbps is None else line.usable_mbps
    return usable is None, 0.0 if usable is None else usable, line.area


def _equity_line(area: str, is_settlement: bool, members: Sequence[TargetFigures]) -> EquityLine:  # noqa: FBT001 - a fact of the area
    figure = group_of([each.ledger for each in members])
    usable = [
        each.availability * each.class_mbps for each in members if each.availability is not None and each.class_mbps is not None
    ]
    return EquityLine(
        area=area,
        is_settlement=is_settlement,
        hotspots=len(members),
        availability=figure.availability,
        coverage=figure.coverage,
        usable_mbps=round(sum(usable) / len(usable), 6) if usable else None,
        saturated=round(sum(each.full for each in members) / figure.ledger.measured, 9) if figure.ledger.measured else None,
        people_lost=sum(each.people_lost for each in members if each.people_lost is not None),
    )


def _people_lost(figures: Sequence[TargetFigures]) -> PeopleLost:
    hotspots = [each for each in figures if each.kind == TargetKind.HOTSPOT]
    known = [each.people_lost for each in hotspots if each.people_lost is not None]
    return PeopleLost(total=sum(known), counted=len(known), not_known=len(hotspots) - len(known))


# --- the few numbers that an archive lists and the next snapshot compares with ----------------------------------------


def headline(snap: Snapshot) -> tuple[tuple[str, float], ...]:
    """Name and value of the headline figures, in order of name; what was not measured is left out."""
    figures: dict[str, float | None] = {}
    for kind in KINDS:
        group = snap.group("kind", kind)
        if group is not None:
            figures |= {f"{kind}_availability": group.figure.availability, f"{kind}_coverage": group.figure.coverage}
    told = snap.incidents
    figures |= {
        "incidents": told.touching,
        "incidents_closed": told.closed,
        "restore_median_ms": told.restore_median,
        "people_lost": None if snap.people_lost.is_unknown else snap.people_lost.total,
        "claim_below_ms": sum(each.below for each in snap.claim) if snap.claim else None,
    }
    if snap.complaints is not None:
        figures["complaints_in_time"] = snap.complaints.answered_in_time
    if snap.injections is not None:
        figures["sites_suspected"] = snap.injections.suspected
    for each in snap.dimensions or ():
        figures[f"dimension_{each.dimension}"] = each.measured_ratio
    return tuple((name, float(value)) for name, value in sorted(figures.items()) if value is not None)
