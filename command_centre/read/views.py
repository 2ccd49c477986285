"""Views: frozen answers to a screen's question. They carry facts, no words and no colours."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from command_centre.domain.hotspot import HotspotState
from command_centre.domain.incident import IncidentId
from command_centre.domain.prayer import Prayer
from command_centre.domain.reading import Reason, Status
from command_centre.domain.rule import Severity
from command_centre.domain.target import Dimension, ParentKind, TargetKey, TargetKind
from command_centre.read.injections import InjectedSite


class Condition(StrEnum):
    """How a tile looks: the status with planned and absent time told apart (DESIGN-NOTES §4)."""

    NORMAL = "normal"
    SLOW = "slow"  # DEGRADED because it answers late
    DEGRADED = "degraded"  # DEGRADED for any other reason (certificate soon to expire, stale content, ...)
    DOWN = "down"
    NO_DATA = "no_data"  # UNKNOWN: silent, never seen, own uplink lost
    NO_ADDRESS = "no_address"  # expected, not measured: the register knows no address
    PLANNED = "planned"  # inside an agreed window


@dataclass(frozen=True, slots=True)
class Counts:
    """Targets by condition. Every total on a screen shows its denominator."""

    normal: int = 0
    slow: int = 0
    degraded: int = 0
    down: int = 0
    no_data: int = 0
    no_address: int = 0
    planned: int = 0

    @property
    def registered(self) -> int:
        return self.expected + self.planned

    @property
    def expected(self) -> int:
        return self.measured + self.no_data + self.no_address

    @property
    def measured(self) -> int:
        return self.active + self.down

    @property
    def active(self) -> int:
        return self.normal + self.slow + self.degraded

    @property
    def abnormal(self) -> int:
        return self.slow + self.degraded + self.down


@dataclass(frozen=True, slots=True)
class HotspotCounts:
    """Hotspots by state; each field is named like its state."""

    normal: int = 0
    slow: int = 0
    full: int = 0
    no_internet: int = 0
    down: int = 0
    no_data: int = 0
    planned_off: int = 0

    @property
    def registered(self) -> int:
        return self.expected + self.planned_off

    @property
    def expected(self) -> int:
        return self.measured + self.no_data

    @property
    def measured(self) -> int:
        return self.reporting + self.cut_off

    @property
    def reporting(self) -> int:
        """Those that serve the people beside them, however slowly."""
        return self.normal + self.slow + self.full

    @property
    def cut_off(self) -> int:
        return self.no_internet + self.down

    @property
    def share(self) -> float | None:
        """Reporting among expected (0..1); None where nobody was heard of."""
        return self.reporting / self.expected if self.measured else None


@dataclass(frozen=True, slots=True)
class SiteTile:
    """One site on the grid. ``history`` holds one condition per half hour of the last 24 h, oldest first (48)."""

    key: TargetKey
    name: str
    short_name: str
    group: str
    owner: str
    kelurahan: str | None
    condition: Condition
    reason: Reason
    since: datetime | None
    last_seen: datetime | None
    total_seconds: float | None
    status_code: int | None
    certificate_days: float | None
    uses_https: bool | None
    planned_until: datetime | None
    history: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class IncidentRow:
    """One line of the incident list. ``children`` counts targets explained by the same cause.

    ``is_cause``: it stands for many targets that share ``target``, a parent of the register, as ``scope_total`` of them do.
    ``is_blind``: all ``children`` of one kind fell silent together, so it is our own sight that is lost.
    ``next_step_at``: when the chain goes on if nobody takes it, to ``next_step_to``; None where nothing more is due.
    """

    id: IncidentId | None
    severity: Severity
    target: TargetKey
    where: str
    group: str
    status: Status
    reason: Reason
    owner: str
    opened_at: datetime
    resolved_at: datetime | None
    children: int = 0
    detail: str = ""
    is_cause: bool = False
    is_blind: bool = False
    scope_total: int | None = None
    kind: TargetKind = TargetKind.SITE
    kelurahan: str | None = None
    acknowledged_at: datetime | None = None
    acknowledged_by: str = ""
    next_step_at: datetime | None = None
    next_step_to: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SourceHealth:
    """How many of our own sources (one per collector and group of targets) have fallen silent."""

    silent: int
    total: int


class Fault(StrEnum):
    """What the banner of every screen must admit about ourselves."""

    OWN_UPLINK = "own_uplink"
    STORAGE = "storage"
    COLLECTOR_SILENT = "collector_silent"
    CONFIG_REFUSED = "config_refused"


@dataclass(frozen=True, slots=True)
class SelfFault:
    """One trouble of ours, since when."""

    fault: Fault
    since: datetime


@dataclass(frozen=True, slots=True)
class Step:
    """One point of a step line: the value holds until the next step. None is a gap."""

    at: datetime
    value: float | None


@dataclass(frozen=True, slots=True)
class KelurahanTile:
    """One kelurahan: the sites and the hotspots that stand there."""

    code: str
    kecamatan: str
    sites: Counts
    hotspots: HotspotCounts = HotspotCounts()


@dataclass(frozen=True, slots=True)
class SettlementTile:
    """One settlement over the water; its hotspots count in its kelurahan (``kelurahan``, a code) as well."""

    name: str
    kelurahan: str | None
    hotspots: HotspotCounts


@dataclass(frozen=True, slots=True)
class DimensionBar:
    """One of the six dimensions in three numbers. None: no indicator of it is measured yet."""

    dimension: Dimension
    measured: float | None
    conservative: float | None
    filled: int
    indicators: int


@dataclass(frozen=True, slots=True)
class CityFigures:
    """The city over its dimensions, and the figure that it has declared itself (0..1). None: nothing measured, none declared."""

    measured: float | None
    conservative: float
    filled: int
    indicators: int
    official: float | None


@dataclass(frozen=True, slots=True)
class CertificateMark:
    """One certificate on the strip of remaining days."""

    key: TargetKey
    short_name: str
    days: float


@dataclass(frozen=True, slots=True)
class SitesView:
    """Everything ``/wall/situs`` shows. ``as_of`` is the time of the newest reading; None when there is none."""

    as_of: datetime | None
    generated_at: datetime
    seq: int
    is_simulated: bool
    sources: SourceHealth
    faults: tuple[SelfFault, ...]
    counts: Counts
    tiles: tuple[SiteTile, ...]
    abnormal: tuple[SiteTile, ...]
    certificates: tuple[CertificateMark, ...]
    without_https: int
    injected: tuple[InjectedSite, ...] = ()


class HotspotPoint(NamedTuple):
    """One hotspot on the map (a named tuple: there are hundreds at every draw). Coordinates in degrees, where known.

    ``cause`` is the key of the shared cause under which its trouble is counted.
    """

    key: TargetKey
    short_name: str
    kelurahan: str | None
    settlement: str | None
    latitude: float | None
    longitude: float | None
    state: HotspotState
    cause: TargetKey | None


@dataclass(frozen=True, slots=True)
class SharedCause:
    """Several hotspots that went down together, and the one thing that they have in common.

    It is a conclusion from what is so now, not a record: ``key`` is that of a ``Parent`` of the register.
    """

    key: TargetKey
    kind: ParentKind
    name: str
    short_name: str
    owner: str
    since: datetime
    reason: Reason
    children: int
    kelurahan: frozenset[str]


@dataclass(frozen=True, slots=True)
class HotspotLoad:
    """What people use: devices connected, what the points that tell can hold, download in bits per second. None: nobody told."""

    clients: int | None
    capacity: int | None
    bits_per_second: float | None


@dataclass(frozen=True, slots=True)
class HotspotArea:
    """One kelurahan (``code`` None: those without a place). ``day`` is the share reporting (0..1) over the last 24 hours."""

    code: str | None
    kecamatan: str | None
    counts: HotspotCounts
    load: HotspotLoad
    day: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class HotspotGroup:
    """The hotspots of one provider, or of one class (``name`` is its Mbps)."""

    name: str
    counts: HotspotCounts


@dataclass(frozen=True, slots=True)
class CrowdedPoint:
    """One hotspot with as many devices as it takes, or nearly."""

    key: TargetKey
    short_name: str
    clients: int
    capacity: int


@dataclass(frozen=True, slots=True)
class PlannedTime:
    """One agreed dark time of a day: for how many hotspots, and around which prayer if it is about one."""

    name: str
    start: datetime
    end: datetime
    prayer: Prayer | None
    hotspots: int


@dataclass(frozen=True, slots=True)
class HotspotsView:
    """Everything ``/wall/wifi`` shows. Sums of devices and traffic are settled every ten seconds; states are always of now.

    ``planned`` holds the dark times that touch today and, after them, the first one of tomorrow.
    """

    as_of: datetime | None
    generated_at: datetime
    seq: int
    is_simulated: bool
    sources: SourceHealth
    faults: tuple[SelfFault, ...]
    counts: HotspotCounts
    points: tuple[HotspotPoint, ...]
    areas: tuple[HotspotArea, ...]
    load: HotspotLoad
    settlements: tuple[SettlementTile, ...]
    providers: tuple[HotspotGroup, ...]
    classes: tuple[HotspotGroup, ...]
    crowded: tuple[CrowdedPoint, ...]
    planned: tuple[PlannedTime, ...]
    causes: tuple[SharedCause, ...]


@dataclass(frozen=True, slots=True)
class WorstService:
    """The service that is worst now, when one is not in order."""

    short_name: str
    condition: Condition
    reason: Reason
    total_seconds: float | None


@dataclass(frozen=True, slots=True)
class SummaryView:
    """Everything ``/wall/ringkasan`` shows. Sources that do not exist yet are None, never 0."""

    as_of: datetime | None
    generated_at: datetime
    seq: int
    is_simulated: bool
    sources: SourceHealth
    faults: tuple[SelfFault, ...]
    sites: Counts
    sites_active_24h: tuple[Step, ...]
    hotspots: HotspotCounts | None
    hotspots_registered: int | None
    hotspots_reporting_24h: tuple[Step, ...]
    hotspots_expected_24h: tuple[Step, ...]
    services: Counts | None
    incidents: tuple[IncidentRow, ...]
    incidents_open: int
    incidents_critical: int
    incidents_24h: tuple[Step, ...]
    resolved_24h: tuple[IncidentRow, ...]
    kelurahan: tuple[KelurahanTile, ...]
    settlements: tuple[SettlementTile, ...]
    dimensions: tuple[DimensionBar, ...]
    calm_since: datetime | None
    city: CityFigures | None = None
    services_normal_24h: tuple[Step, ...] = ()
    worst_service: WorstService | None = None


@dataclass(frozen=True, slots=True)
class WallRow:
    """One wall the server knows: what it shows and how it fares. Absent numbers: the wall did not tell them."""

    name: str
    page: str
    last_seen: datetime
    is_silent: bool
    is_closed: bool
    data_age_seconds: float | None
    frame_age_seconds: float | None
    heap_bytes: int | None
    dom_nodes: int | None
    width: int | None
    height: int | None
