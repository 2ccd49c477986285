"""Narrative: what is worth telling of a period, decided from its figures and its event log. No words here, only facts.

Every fact carries the ids of its evidence: incidents, measures, follow-ups. Whoever turns facts into sentences adds nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from command_centre.domain.cut import CutIncident
from command_centre.domain.period import parse_period
from command_centre.domain.rule import Severity
from command_centre.domain.snapshot import KINDS, ClaimLine, GroupFigures, Snapshot
from command_centre.domain.target import TargetKind

STORIES = 3
HALF_SEEN = 0.5
"""Coverage below which a figure is called little seen, whatever it says."""

FEW = 20
"""Below this number a change is told in counts, never in percent (the accounting rule, 7)."""

NOTABLE_POINTS = 5
"""Hundredths of a point: a smaller change of availability is not worth a word in the verdict."""

REPEATS_ASKED_ABOUT = 3
CLAIM_ASKED_ABOUT_MS = 3_600_000
DECIDE_WITHIN = timedelta(days=7)


class MeasureName(StrEnum):
    """The seven measures of the first page, in their order."""

    SITES = "sites"
    HOTSPOTS = "hotspots"
    SERVICES = "services"
    CLOSED = "closed"
    RESTORE = "restore"
    COMPLAINTS = "complaints"
    INJECTIONS = "injections"


class Direction(StrEnum):
    """Against the period before."""

    BETTER = "better"
    WORSE = "worse"
    SAME = "same"
    NEITHER = "neither"  # more or fewer, and neither good nor bad by itself
    NOT_KNOWN = "not_known"


@dataclass(frozen=True, slots=True)
class Measure:
    """One line of the first page. ``value``, ``previous`` and ``limit`` are in one unit: ratio, number or milliseconds.

    ``change`` is in units of the page (hundredths of a point, or whole numbers); None when there is nothing to compare.
    """

    name: MeasureName
    value: float | None
    previous: float | None
    limit: float | None
    numerator: int | None
    denominator: int | None
    coverage: float | None
    change: int | None
    direction: Direction
    is_within: bool | None
    evidence: tuple[str, ...]

    @property
    def is_measured(self) -> bool:
        return self.value is not None


_OF_KIND = {
    TargetKind.SITE.value: MeasureName.SITES,
    TargetKind.HOTSPOT.value: MeasureName.HOTSPOTS,
    TargetKind.SERVICE.value: MeasureName.SERVICES,
}


def measures(snap: Snapshot) -> tuple[Measure, ...]:
    """The measures of the first page."""
    return (
        *(_availability(snap, kind) for kind in KINDS),
        _closed(snap),
        _restore(snap),
        _complaints(snap),
        _injections(snap),
    )


def points(ratio: float) -> int:
    """A ratio in hundredths of a percent point as the page prints it: rounded down."""
    return int(ratio * 10_000 + 1e-7)


def _availability(snap: Snapshot, kind: str) -> Measure:
    group = snap.group("kind", kind)
    value = group.figure.availability if group is not None else None
    previous = snap.previous.get(f"{kind}_availability") if snap.previous is not None else None
    limit = snap.limits.of(kind)
    change = None if value is None or previous is None else points(value) - points(previous)
    return Measure(
        name=_OF_KIND[kind],
        value=value,
        previous=previous,
        limit=limit,
        numerator=None if group is None else group.figure.ledger.served,
        denominator=None if group is None else group.figure.ledger.measured,
        coverage=None if group is None else group.figure.coverage,
        change=change,
        direction=_direction(change, more_is_better=True),
        is_within=None if value is None or limit is None else points(value) >= points(limit),
        evidence=(f"kind:{kind}",),
    )


def _direction(change: int | None, *, more_is_better: bool) -> Direction:
    if change is None:
        return Direction.NOT_KNOWN
    if change == 0:
        return Direction.SAME
    return Direction.BETTER if (change > 0) is more_is_better else Direction.WORSE


def _closed(snap: Snapshot) -> Measure:
    told = snap.incidents
    previous = snap.previous.get("incidents_closed") if snap.previous is not None else None
    change = None if previous is None else told.closed - int(previous)
    direction = _direction(change, more_is_better=False)
    neither = direction if direction in (Direction.SAME, Direction.NOT_KNOWN) else Direction.NEITHER
    return Measure(
        MeasureName.CLOSED, told.closed, previous, None, told.closed, told.touching, 1.0, change, neither, None, ("incidents",)
    )


def _restore(snap: Snapshot) -> Measure:
    told, minute = snap.incidents, 60_000
    previous = snap.previous.get("restore_median_ms") if snap.previous is not None else None
    value = told.restore_median
    change = None if value is None or previous is None else value // minute - int(previous) // minute
    limit = snap.limits.restore_minutes * minute
    return Measure(
        name=MeasureName.RESTORE,
        value=value,
        previous=previous,
        limit=limit,
        numerator=None,
        denominator=told.closed,
        coverage=1.0,
        change=change,
        direction=_direction(change, more_is_better=False),
        is_within=None if value is None else value <= limit,
        evidence=("incidents",),
    )


def _complaints(snap: Snapshot) -> Measure:
    told = snap.complaints
    previous = snap.previous.get("complaints_in_time") if snap.previous is not None else None
    value = None if told is None else told.answered_in_time
    return Measure(
        name=MeasureName.COMPLAINTS,
        value=value,
        previous=previous,
        limit=None,
        numerator=value,
        denominator=None if told is None else told.due,
        coverage=None if told is None or not told.services else told.measured_services / told.services,
        change=None,  # numbers this small are shown side by side, and not as a change
        direction=Direction.NEITHER if value is not None else Direction.NOT_KNOWN,
        is_within=None if told is None else told.answered_in_time >= told.due,
        evidence=("complaints",),
    )


def _injections(snap: Snapshot) -> Measure:
    told = snap.injections
    previous = snap.previous.get("sites_suspected") if snap.previous is not None else None
    value = None if told is None else told.suspected
    change = None if value is None or previous is None else value - int(previous)
    return Measure(
        name=MeasureName.INJECTIONS,
        value=value,
        previous=previous,
        limit=0,
        numerator=value,
        denominator=None if told is None else told.looked_at,
        coverage=None if told is None or not told.expected else told.looked_at / told.expected,
        change=change,
        direction=_direction(change, more_is_better=False),
        is_within=None if value is None else value == 0,
        evidence=("injections",),
    )


# --- stories -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Story:
    """One incident as it touches the period. ``lasted`` is its whole length so far; ``ended`` is None while it goes on.

    ``where`` names the target, or what its targets share; ``answered_after`` is how long nobody had taken it.
    """

    incident: CutIncident
    where: str
    scope: int
    began: int
    ended: int | None
    lasted: int
    answered_after: int | None
    began_before: bool

    @property
    def evidence(self) -> tuple[str, ...]:
        return (f"incident:{self.incident.id}",)


_URGENCY = {Severity.CRITICAL.value: 0, Severity.WARNING.value: 1, Severity.INFO.value: 2}


def stories(snap: Snapshot, most: int = STORIES) -> tuple[Story, ...]:
    """The stories that weigh most (severity, then how many targets for how long), in order of time."""
    weighed = sorted((each for each in told(snap)), key=_weight)
    return tuple(sorted(weighed[:most], key=lambda each: (each.began, each.incident.id)))


def told(snap: Snapshot) -> tuple[Story, ...]:
    """Every incident of the period that no other one explains, oldest first."""
    names = {each.key: each.short_name for each in snap.targets}
    places = dict(snap.places)
    found = [_story(each, names, places, snap) for each in snap.incident_log if each.parent_id is None and each.kind in KINDS]
    return tuple(sorted(found, key=lambda each: (each.began, each.incident.id)))


def _story(each: CutIncident, names: dict[str, str], places: dict[str, str], snap: Snapshot) -> Story:
    ended = each.resolved_at
    return Story(
        incident=each,
        where=_where(each, names, places),
        scope=each.scope or 1,
        began=each.opened_at,
        ended=ended,
        lasted=(snap.ends_at if ended is None else ended) - each.opened_at,
        answered_after=None if each.acknowledged_at is None else each.acknowledged_at - each.opened_at,
        began_before=each.opened_at < snap.starts_at,
    )


def _where(each: CutIncident, names: dict[str, str], places: dict[str, str]) -> str:
    if each.group_key is not None:
        return places.get(each.group_key) or names.get(each.group_key) or _from_key(each.group_key)
    return names.get(each.target) or _from_key(each.target)


def _from_key(key: str) -> str:
    """A name for what the register no longer has: ``induk:penyedia-a-utara`` → Penyedia A Utara."""
    return key.rpartition(":")[2].replace("-", " ").title()


def _weight(story: Story) -> tuple[int, int, int]:
    return _URGENCY.get(story.incident.severity, 2), -story.scope * story.lasted, story.incident.id


# --- the verdict -------------------------------------------------------------------------------------------------------


class Overall(StrEnum):
    """How the period stands, in one word."""

    WITHIN = "within"
    MOSTLY_WITHIN = "mostly_within"
    BELOW = "below"
    LITTLE_SEEN = "little_seen"
    NOT_SEEN = "not_seen"


@dataclass(frozen=True, slots=True)
class Verdict:
    """A few sentences' worth of facts: how it stands overall, what is below its limit or moved, and the story behind it.

    ``coast`` are the settlements below the limit, worst first: two hotspots each, which no average of a city would show.
    """

    overall: Overall
    below: tuple[Measure, ...]
    moved: tuple[Measure, ...]
    because: Story | None
    suspected: int | None
    remaining: int | None
    coast: tuple[GroupFigures, ...] = ()

    @property
    def evidence(self) -> tuple[str, ...]:
        because = () if self.because is None else self.because.evidence
        coast = [f"settlement:{each.of}" for each in self.coast]
        return tuple(dict.fromkeys([*(id_ for each in (*self.below, *self.moved) for id_ in each.evidence), *because, *coast]))


def verdict(snap: Snapshot) -> Verdict:
    """How the period stands. What was hardly seen is not called good."""
    about = [each for each in measures(snap)[: len(KINDS)] if each.denominator is not None]
    below = tuple(each for each in about if each.is_within is False)
    moved = tuple(each for each in about if each not in below and each.change is not None and each.change <= -NOTABLE_POINTS)
    concerned = {each.name for each in (*below, *moved)}
    behind = [each for each in stories(snap) if _OF_KIND.get(each.incident.kind) in concerned]
    coast = tuple(each for each in areas_by_need(snap)[1] if is_below(each, snap.limits.hotspot))
    return Verdict(
        overall=_overall(about, below, coast),
        below=below,
        moved=moved,
        because=min(behind, key=_weight, default=None),
        suspected=None if snap.injections is None else snap.injections.suspected,
        remaining=None if snap.injections is None else snap.injections.remaining,
        coast=coast,
    )


def is_below(group: GroupFigures, limit: float) -> bool:
    """Whether a group was measured, and below the limit as the page prints both."""
    value = group.figure.availability
    return value is not None and points(value) < points(limit)


def _overall(about: Sequence[Measure], below: Sequence[Measure], coast: Sequence[GroupFigures]) -> Overall:
    seen = [each for each in about if each.is_measured]
    if not seen:
        return Overall.NOT_SEEN
    if any(each.coverage is None or each.coverage < HALF_SEEN for each in about):
        return Overall.LITTLE_SEEN
    if not below:
        return Overall.MOSTLY_WITHIN if coast else Overall.WITHIN
    return Overall.BELOW if len(below) == len(seen) else Overall.MOSTLY_WITHIN


# --- the decision asked for ----------------------------------------------------------------------------------------------


class DecisionKind(StrEnum):
    """What may be asked of an official; one thing a week."""

    INJECTION = "injection"
    OVERDUE = "overdue"
    REPEATED = "repeated"
    CLAIM = "claim"
    COVERAGE = "coverage"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Decision:
    """What is asked for: about whom, how much, until when."""

    kind: DecisionKind
    subject: str
    number: int
    until: date
    evidence: tuple[str, ...]


def decision(snap: Snapshot) -> Decision:
    """The most pressing question that the figures raise; NOTHING when they raise none."""
    until = parse_period(snap.period).day_after + DECIDE_WITHIN
    found = next(_questions(snap), None)
    if found is None:
        return Decision(DecisionKind.NOTHING, "", 0, until, ())
    kind, subject, number, evidence = found
    return Decision(kind, subject, number, until, evidence)


def _questions(snap: Snapshot) -> Iterator[tuple[DecisionKind, str, int, tuple[str, ...]]]:
    if snap.injections is not None and snap.injections.remaining:
        yield DecisionKind.INJECTION, "", snap.injections.remaining, ("injections",)
    today = parse_period(snap.period).day_after.isoformat()
    for each in snap.follow_ups:
        if each.closed_at is None and each.deadline is not None and each.deadline < today:
            yield DecisionKind.OVERDUE, each.what, each.id, (f"follow_up:{each.id}",)
    for key, number in snap.incidents.repeated:
        target = snap.target(key)
        if number >= REPEATS_ASKED_ABOUT and target is not None:
            yield DecisionKind.REPEATED, target.name, number, (f"target:{key}",)
    worst = max(claim_by_provider(snap), key=lambda each: each.below, default=None)
    if worst is not None and worst.below >= CLAIM_ASKED_ABOUT_MS:
        yield DecisionKind.CLAIM, worst.provider, worst.below, (f"provider:{worst.provider}",)
    group = snap.group("kind", TargetKind.HOTSPOT.value)
    if group is not None and group.figure.coverage is not None and group.figure.coverage < HALF_SEEN:
        yield DecisionKind.COVERAGE, "", group.figure.expected - group.figure.measured, ("kind:hotspot",)


def claim_by_provider(snap: Snapshot) -> tuple[ClaimLine, ...]:
    """What each provider owes over all classes, in order of name."""
    names = sorted({each.provider for each in snap.claim})
    return tuple(_over_classes(name, [each for each in snap.claim if each.provider == name]) for name in names)


def _over_classes(provider: str, lines: Sequence[ClaimLine]) -> ClaimLine:
    return ClaimLine(
        provider,
        None,
        hotspots=sum(each.hotspots for each in lines),
        measured=sum(each.measured for each in lines),
        down=sum(each.down for each in lines),
        excused=sum(each.excused for each in lines),
        allowed=sum(each.allowed for each in lines),
        below=sum(each.below for each in lines),
    )


# --- who needs attention ---------------------------------------------------------------------------------------------------


def areas_by_need(snap: Snapshot) -> tuple[tuple[GroupFigures, ...], tuple[GroupFigures, ...]]:
    """Kelurahan and settlements on the coast, each from the one that needs attention most; what nobody measured comes last."""

    def need(group: GroupFigures) -> tuple[bool, float, str]:
        figure = group.figure.availability
        return figure is None, 0.0 if figure is None else figure, group.of

    kelurahan = [each for each in snap.groups_by("kelurahan") if each.of]
    return tuple(sorted(kelurahan, key=need)), tuple(sorted(snap.groups_by("settlement"), key=need))
