"""Views: frozen answers to a screen's question. They carry facts, no words and no colours."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from command_centre.domain.incident import IncidentId
from command_centre.domain.reading import Reason, Status
from command_centre.domain.rule import Severity
from command_centre.domain.target import Dimension, TargetKey


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
    """One line of the incident list. ``children`` counts targets explained by the same cause."""

    id: IncidentId
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
    """One kelurahan: the sites that stand there, by condition."""

    code: str
    kecamatan: str
    sites: Counts


@dataclass(frozen=True, slots=True)
class DimensionBar:
    """One of the six dimensions in three numbers. None: no indicator of it is measured yet."""

    dimension: Dimension
    measured: float | None
    conservative: float | None
    filled: int
    indicators: int


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
    hotspots: Counts | None
    hotspots_registered: int | None
    services: Counts | None
    incidents: tuple[IncidentRow, ...]
    incidents_open: int
    incidents_critical: int
    incidents_24h: tuple[Step, ...]
    resolved_24h: tuple[IncidentRow, ...]
    kelurahan: tuple[KelurahanTile, ...]
    dimensions: tuple[DimensionBar, ...]
    calm_since: datetime | None


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
