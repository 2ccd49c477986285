"""A little city: a register of sites on a real database, and readings that the real pipeline writes when a test says so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Engine

from command_centre.domain.calendar import Window
from command_centre.domain.ports import Clock
from command_centre.domain.reading import Reading, Reason, Source, Status
from command_centre.domain.rule import DEFAULT_RULES
from command_centre.domain.series import Metric, MetricName, Unit
from command_centre.domain.target import Place, Target, TargetKey, TargetKind
from command_centre.pipeline.batch import write_batch
from command_centre.pipeline.rulebook import Rulebook
from command_centre.storage.database import writing
from command_centre.storage.inventory import sync_targets
from command_centre.storage.lease import Lease

WITA = ZoneInfo("Asia/Makassar")
EVERY = timedelta(seconds=60)
DAY_SECONDS = 86_400.0

METRICS = tuple(
    Metric(MetricName(name), unit, "")
    for name, unit in (
        ("total_seconds", Unit.SECONDS),
        ("http_status_code", Unit.CODE),
        ("tls_seconds", Unit.SECONDS),
        ("certificate_remaining_seconds", Unit.SECONDS),
    )
)

GROUPS = ("OPD", "Kecamatan", "Kelurahan", "UPT, PKM", "Aplikasi")


def site(
    name: str,
    *,
    group: str = "OPD",
    kelurahan: str | None = "64.74.01.1003",
    address: str | None = "http://situs.invalid/",
    every: timedelta = EVERY,
    kind: TargetKind = TargetKind.SITE,
) -> Target:
    """One line of the register."""
    key = TargetKey(f"situs:{name.lower()}")
    place = Place(kelurahan=kelurahan, kecamatan=None if kelurahan is None else kelurahan[:8])
    return Target(key, kind, f"Dinas {name}", name, f"Dinas {name}", group, place, address, every)


def sites(count: int, *, every: timedelta = EVERY) -> tuple[Target, ...]:
    """Many lines, spread over the five groups."""
    return tuple(site(f"S{index}", group=GROUPS[index % len(GROUPS)], every=every) for index in range(count))


@dataclass(slots=True)
class LittleCity:
    """Writes history as the recorder does, one batch per call."""

    engine: Engine
    clock: Clock
    register: Sequence[Target] = ()
    windows: Sequence[Window] = ()
    lease: Lease | None = None
    rulebook: Rulebook = field(init=False)

    def __post_init__(self) -> None:
        self.rulebook = Rulebook.of(DEFAULT_RULES, self.windows, WITA)
        self.enter(self.register)

    def enter(self, register: Sequence[Target]) -> None:
        """Make this the register."""
        with writing(self.engine) as connection:
            sync_targets(connection, register, METRICS, self.clock.now())
        self.register = register

    def show_life(self) -> None:
        """What a living writer does: it holds the lease and renews it."""
        if self.lease is None:
            self.lease = Lease.acquire(self.engine, "utama", "test", self.clock)
        with writing(self.engine) as connection:
            self.lease.guard(connection)

    def see(
        self,
        *names: str,
        status: Status = Status.UP,
        reason: Reason = Reason.OK,
        at: datetime | None = None,
        seconds: float | None = 0.4,
        certificate_days: float | None = None,
        source: Source = Source.POLL,
    ) -> None:
        """One look at each of these sites (all of the register when none is named), committed together."""
        moment = self.clock.now() if at is None else at
        keys = [TargetKey(name if ":" in name else f"situs:{name.lower()}") for name in names] or [
            each.key for each in self.register if each.address is not None
        ]
        values = _values(status, seconds, certificate_days)
        readings = [Reading(key, moment, status, reason, values=values, source=source) for key in keys]
        with writing(self.engine) as connection:
            if self.lease is not None:
                self.lease.guard(connection)
            write_batch(connection, readings, self.rulebook, self.clock.now())


def _values(status: Status, seconds: float | None, certificate_days: float | None) -> dict[MetricName, float]:
    values = {}
    if seconds is not None and status is not Status.UNKNOWN:
        values[MetricName("total_seconds")] = seconds
        values[MetricName("http_status_code")] = 200.0 if status is not Status.DOWN else 502.0
    if certificate_days is not None:
        values[MetricName("certificate_remaining_seconds")] = certificate_days * DAY_SECONDS
        values[MetricName("tls_seconds")] = 0.05
    return values
