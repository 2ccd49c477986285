"""The data cut: everything one snapshot is made from, as plain numbers in a fixed order. Nothing else may enter a snapshot.

Times are integer epoch milliseconds: a cut is written down byte for byte. What was not known is None or left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple


class CutSpan(NamedTuple):
    """One status over one stretch of time, as stored; half-open."""

    since: int
    until: int
    status: str
    reason: str
    planned: bool


class CutRollup(NamedTuple):
    """What one metric of one target came to over the whole period."""

    metric: str
    samples: int
    total: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class CutTarget:
    """One target as the register knew it at the cut, and what was seen of it.

    It was expected from ``expected_from`` to ``expected_until`` (within the period). ``is_measured``: there is a way to look at
    it; without one it is expected and not measured. ``planned`` is agreed planned time, disjoint and in order. ``usual`` are the
    devices usually there by hour of the day (UTC), in hundredths; empty when nobody was ever counted there.
    """

    key: str
    kind: str
    name: str
    short_name: str
    owner: str
    group: str
    expected_from: int
    expected_until: int
    is_measured: bool = True
    kelurahan: str | None = None
    kecamatan: str | None = None
    settlement: str | None = None
    provider: str | None = None
    class_mbps: int | None = None
    dimension: str | None = None
    parents: tuple[str, ...] = ()
    spans: tuple[CutSpan, ...] = ()
    planned: tuple[tuple[int, int], ...] = ()
    usual: tuple[int | None, ...] = ()
    rollups: tuple[CutRollup, ...] = ()


@dataclass(frozen=True, slots=True)
class CutIncident:
    """One incident that touches the period. What happened after the period's end is not known here yet."""

    id: int
    rule: str
    severity: str
    target: str
    kind: str
    status: str
    reason: str
    opened_at: int
    resolved_at: int | None = None
    acknowledged_at: int | None = None
    cause: str | None = None
    owner: str | None = None
    parent_id: int | None = None
    group_kind: str | None = None
    group_key: str | None = None
    scope: int | None = None
    scope_total: int | None = None


@dataclass(frozen=True, slots=True)
class CutFollowUp:
    """One thing that somebody promised to do."""

    id: int
    what: str
    owner: str
    status: str
    deadline: str | None = None
    closed_at: int | None = None


@dataclass(frozen=True, slots=True)
class CutDimension:
    """Progress of one of the six dimensions: 0..1 over measured indicators, and with unmeasured ones as zero."""

    dimension: str
    measured_ratio: float | None
    conservative_ratio: float
    measured_indicators: int
    indicators: int


@dataclass(frozen=True, slots=True)
class CutOfficial:
    """The city's own declared figure (0..1), with its day (ISO) and its source. It stands beside ours."""

    ratio: float
    declared_on: str
    source: str


@dataclass(frozen=True, slots=True)
class CutComplaints:
    """Citizens' complaints of the period: how many fell due, and how many of those were answered in time.

    ``measured_services`` of ``services`` tell enough to be counted (``domain.complaints``).
    """

    due: int
    answered_in_time: int
    measured_services: int = 1
    services: int = 1


@dataclass(frozen=True, slots=True)
class CutInjections:
    """What the watch for gambling links found: sites looked at, of how many; how many were suspected, how many still are."""

    looked_at: int
    expected: int
    suspected: int
    remaining: int


@dataclass(frozen=True, slots=True)
class Earlier:
    """Headline figures of an earlier, frozen snapshot, to compare with. A figure it did not have is left out."""

    period: str
    seal: str
    figures: tuple[tuple[str, float], ...]

    def get(self, name: str) -> float | None:
        """One figure by name."""
        return dict(self.figures).get(name)


@dataclass(frozen=True, slots=True)
class Limits:
    """What the city promises itself. Own defaults (no target of the city's was found), to be set in ``config.yaml``.

    Ratios are availabilities; ``contract`` is that below which a provider's line is claimed back.
    """

    site: float = 0.99
    hotspot: float = 0.97
    service: float = 0.995
    contract: float = 0.97
    restore_minutes: int = 60

    def of(self, kind: str) -> float | None:
        """The limit of one kind of target."""
        return {"site": self.site, "hotspot": self.hotspot, "service": self.service}.get(kind)


@dataclass(frozen=True, slots=True)
class DataCut:
    """Everything a snapshot is made from. ``ends_at`` lies before the period's end when that was not over yet.

    ``targets`` are in order of key, ``incidents`` and ``follow_ups`` of id, ``places`` (code, name) of code. ``complaints``,
    ``injections`` and ``dimensions`` are None while nobody measures them. ``pending_rollups`` counts what was not yet rolled up.
    ``year_before`` is the same week number a year ago, ``hijri_before`` the week of the same Hijri day a Hijri year ago.
    """

    period: str
    zone: str
    city: str
    starts_at: int
    ends_at: int
    day_starts: tuple[int, ...]
    is_whole: bool
    is_simulated: bool
    limits: Limits
    places: tuple[tuple[str, str], ...]
    targets: tuple[CutTarget, ...]
    incidents: tuple[CutIncident, ...] = ()
    follow_ups: tuple[CutFollowUp, ...] = ()
    previous: Earlier | None = None
    year_before: Earlier | None = None
    complaints: CutComplaints | None = None
    injections: CutInjections | None = None
    dimensions: tuple[CutDimension, ...] | None = None
    official: CutOfficial | None = None
    pending_rollups: int = 0
    notes: tuple[str, ...] = ()
    hijri_before: Earlier | None = None
