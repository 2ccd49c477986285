"""A small city for tests of storage and pipeline: targets, metrics and readings with short names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Engine, Row, Table, select

from command_centre.domain.calendar import Window
from command_centre.domain.reading import Fact, Reading, Reason, Source, Status
from command_centre.domain.rule import DEFAULT_RULES, Rule
from command_centre.domain.series import Metric, MetricName, Unit
from command_centre.domain.target import Place, Target, TargetKey, TargetKind
from command_centre.pipeline.batch import write_batch
from command_centre.pipeline.rulebook import Rulebook
from command_centre.storage.database import writing
from command_centre.storage.inventory import sync_targets
from tests.support.clock import NOON

WITA = ZoneInfo("Asia/Makassar")
EVERY = timedelta(seconds=60)
TOTAL = MetricName("total_seconds")
CODE = MetricName("http_status_code")
METRICS = (
    Metric(TOTAL, Unit.SECONDS, "From the first packet to the last.", is_latency=True),
    Metric(CODE, Unit.CODE, "The status code of the answer."),
    Metric(MetricName("body_bytes"), Unit.BYTES, "Size of the body."),
)
KOMINFO = TargetKey("situs:diskominfo")


def site(key: str = KOMINFO, *, name: str = "Dinas Komunikasi dan Informatika", every: timedelta = EVERY) -> Target:
    return Target(
        TargetKey(key), TargetKind.SITE, name, "Diskominfo", "Diskominfo", "OPD", Place(), "https://example.test/", every
    )


def reading(
    at: datetime,
    status: Status = Status.UP,
    reason: Reason | None = None,
    *,
    key: str = KOMINFO,
    values: Mapping[MetricName, float] | None = None,
    source: Source = Source.POLL,
    tentative: bool = False,
    detail: str = "",
    evidence: Mapping[str, Fact] | None = None,
) -> Reading:
    fitting = {
        Status.UP: Reason.OK,
        Status.DEGRADED: Reason.SLOW,
        Status.DOWN: Reason.CONNECT_REFUSED,
        Status.UNKNOWN: Reason.OWN_UPLINK,
    }
    why = reason or fitting[status]
    return Reading(TargetKey(key), at, status, why, detail, values or {}, source, evidence or {}, tentative)


def register(engine: Engine, *targets: Target) -> None:
    with writing(engine) as connection:
        sync_targets(connection, targets or (site(),), METRICS, NOON)


def write(engine: Engine, *readings: Reading, rules: Sequence[Rule] = DEFAULT_RULES, windows: Sequence[Window] = ()) -> int:
    """One batch in one transaction, without recorder or inbox."""
    with writing(engine) as connection:
        return write_batch(connection, readings, Rulebook.of(rules, windows, WITA), NOON)


def rows(source: Engine | Connection, table: Table) -> list[Row[tuple[object, ...]]]:
    """All rows of a table, in the order of its key."""
    statement = select(table).order_by(*table.primary_key.columns)
    if isinstance(source, Connection):
        return list(source.execute(statement).all())
    with source.connect() as connection:
        return list(connection.execute(statement).all())
