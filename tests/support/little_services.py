"""A few services on a real database, with readings that the real pipeline writes when a test says so."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Engine

from command_centre.domain.reading import Reading, Reason, Status
from command_centre.domain.rule import DEFAULT_RULES
from command_centre.domain.series import Metric, MetricName, Unit
from command_centre.domain.service import OPEN_ITEMS, written_items
from command_centre.domain.target import Place, Target, TargetKey, TargetKind
from command_centre.pipeline.batch import write_batch
from command_centre.pipeline.rulebook import Rulebook
from command_centre.storage.database import writing
from command_centre.storage.inventory import sync_targets
from tests.support.city import WITA
from tests.support.clock import NOON

EVERY = timedelta(minutes=1)
METRICS = (
    Metric(MetricName("total_seconds"), Unit.SECONDS, "", is_latency=True),
    *(
        Metric(MetricName(name), Unit.TOTAL, "")
        for name in (
            "queue_open_total", "processed_today_total", "overdue_total", "submitted_total", "expected_total", "components_total",
            "components_up_total",
        )
    ),
)  # fmt: skip


def service(key: str, *, address: str | None = "https://a.invalid/", **attributes: str) -> Target:
    """One line of the register of services."""
    name = key.partition(":")[2].upper()
    return Target(
        TargetKey(key),
        TargetKind.SERVICE,
        f"Layanan {name}",
        name,
        "Dinas",
        "Layanan",
        Place(),
        address,
        EVERY,
        attributes=attributes,
    )


REGISTER = (
    service("layanan:aduan", address=None, public_name="SP4N, Apps", queue_word="terbuka"),
    service("layanan:sp4n", part_of="layanan:aduan", sla="6 hari kerja"),
    service("layanan:apps", part_of="layanan:aduan", sla="1x24 jam", hours="24 jam"),
    service("layanan:wbs", address=None, part_of="layanan:aduan"),
    service("layanan:rencana", due="11-30"),
    service("layanan:belum", address=None),
)


class LittleServices:
    """Writes history as the recorder does, one batch per call."""

    def __init__(self, engine: Engine, register: tuple[Target, ...] = REGISTER) -> None:
        self._engine = engine
        with writing(engine) as connection:
            sync_targets(connection, register, METRICS, NOON - timedelta(days=60))

    def see(
        self,
        key: str,
        at: datetime,
        status: Status = Status.UP,
        reason: Reason = Reason.OK,
        *,
        opened: tuple[datetime, ...] = (),
        **values: float,
    ) -> None:
        """One look at one service, which tells ``values`` and when its open items arrived."""
        told = {MetricName(name): value for name, value in values.items()}
        evidence = {OPEN_ITEMS: written_items(opened)} if opened else {}
        reading = Reading(TargetKey(key), at, status, reason, values=told, evidence=evidence)
        with writing(self._engine) as connection:
            write_batch(connection, [reading], Rulebook.of(DEFAULT_RULES, (), WITA), at)
