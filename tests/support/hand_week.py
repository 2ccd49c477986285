"""The week by hand (``week_by_hand/README.md``): reads its sheets, and puts it into a database."""

from __future__ import annotations

import csv
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Engine, insert, select

from command_centre.domain.calendar import OneOff, Window
from command_centre.domain.hotspot import CLIENTS
from command_centre.domain.period import Period, parse_period
from command_centre.domain.series import Metric, Unit
from command_centre.domain.target import Dimension, Place, Target, TargetKey, TargetKind
from command_centre.pipeline.snapshotter import Snapshotter
from command_centre.storage.cutting import CityFacts
from command_centre.storage.database import writing
from command_centre.storage.inventory import ensure_self_target, sync_targets
from command_centre.storage.signing import open_signer
from command_centre.storage.tables import incident, metric, rollup, series, span, target
from command_centre.storage.times import to_ms

SHEETS = Path(__file__).with_name("week_by_hand")
ZONE = ZoneInfo("Asia/Makassar")
WEEK: Period = parse_period("2026-W47")
MONDAY = datetime(2026, 11, 16, tzinfo=ZONE)
NEXT_MONDAY_AT_SIX = datetime(2026, 11, 22, 22, 0, tzinfo=UTC)
DAYS = ("Sen", "Sel", "Rab", "Kam", "Jum", "Sab", "Min")
PLACES = {
    "64.74.01": "Bontang Utara",
    "64.74.01.1003": "Loktuan",
    "64.74.01.1004": "Guntung",
}
MINUTE = 60_000
OWN = TargetKey("sendiri:uplink")


def sheet(name: str) -> list[dict[str, str]]:
    """The rows of one sheet."""
    with (SHEETS / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


def moment(text: str) -> datetime:
    """``Sel 10:00``, ``Min-1 20:00`` (the week before), ``Sen+1 03:00`` (the week after)."""
    day, clock = text.split()
    hours, minutes = clock.split(":")
    weeks = {"-": -1, "+": 1}.get(day[3:4], 0)
    return MONDAY + timedelta(weeks=weeks, days=DAYS.index(day[:3]), hours=int(hours), minutes=int(minutes))


def targets() -> list[Target]:
    """The register."""
    return [_target(row) for row in sheet("register")]


def windows() -> list[Window]:
    """Agreed planned time."""
    return [
        Window(row["name"], frozenset({TargetKey(row["target"])}), OneOff(moment(row["from"]), moment(row["until"])))
        for row in sheet("windows")
    ]


def fill(engine: Engine) -> None:
    """Put the whole week into an empty database."""
    with writing(engine) as connection:
        sync_targets(connection, targets(), [Metric(CLIENTS, Unit.TOTAL, "Devices.")], datetime(2026, 1, 1, tzinfo=UTC))
        ensure_self_target(connection, OWN, "Sambungan keluar", datetime(2026, 1, 1, tzinfo=UTC))
        ids = {row.key: row.id for row in connection.execute(select(target.c.key, target.c.id))}
        connection.execute(insert(span), [_span(row, ids) for row in sheet("seen")])
        connection.execute(insert(incident), [_incident(row, ids) for row in sheet("incidents")])
        ten_devices_at_every_hour(connection, ids["wifi:g"])


def ten_devices_at_every_hour(connection: Connection, target_id: int) -> None:
    """One day of hourly rollups with ten devices in each."""
    metric_id = connection.execute(select(metric.c.id).where(metric.c.name == CLIENTS)).scalar_one()
    row = {"target_id": target_id, "metric_id": metric_id}
    series_id = connection.execute(insert(series).values(row).returning(series.c.id)).scalar_one()
    first = to_ms(moment("Jum-1 08:00"))
    connection.execute(
        insert(rollup),
        [
            {
                "resolution_seconds": 3600,
                "series_id": series_id,
                "bucket": first + hour * 60 * MINUTE,
                "count": 60,
                "total": 600.0,
                "low": 8.0,
                "high": 12.0,
                "sketch": None,
            }
            for hour in range(24)
        ],
    )


def snapshotter(engine: Engine, folder: Path, **more: Any) -> Snapshotter:
    """A snapshotter of this city; its key is made in ``folder``."""
    city = CityFacts("Kota Bontang", ZONE, tuple(windows()), PLACES)
    return Snapshotter(engine, city, "config-1", open_signer(folder), **more)


def _target(row: dict[str, str]) -> Target:
    attributes = {name: row[name] for name in ("settlement", "isp", "class_mbps") if row[name]}
    return Target(
        key=TargetKey(row["key"]),
        kind=TargetKind(row["kind"]),
        name=row["key"],
        short_name=row["key"].partition(":")[2].upper(),
        owner=row["owner"],
        group="OPD",
        place=Place(row["kelurahan"] or None, row["kecamatan"] or None),
        address="https://example.test/",
        expected_every=timedelta(minutes=1),
        dimension=Dimension(row["dimension"]) if row["dimension"] else None,
        valid_from=date.fromisoformat(row["valid_from"]),
        valid_to=date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
        attributes=attributes,
    )


def _span(row: dict[str, str], ids: dict[str, int]) -> dict[str, Any]:
    return {
        "target_id": ids[row["target"]],
        "since": to_ms(moment(row["from"])),
        "until": to_ms(moment(row["until"])),
        "status": row["status"],
        "reason": row["reason"],
        "planned": False,
    }


def _incident(row: dict[str, str], ids: dict[str, int]) -> dict[str, Any]:
    return {
        "id": int(row["id"]),
        "rule": "site-down",
        "target_id": ids[row["target"]],
        "severity": "warning",
        "status": "down",
        "reason": "timeout",
        "detail": "",
        "opened_at": to_ms(moment(row["opened"])),
        "acknowledged_at": to_ms(moment(row["acknowledged"])) if row["acknowledged"] else None,
        "resolved_at": to_ms(moment(row["resolved"])) if row["resolved"] else None,
        "cause": row["cause"] or None,
        "parent_id": int(row["parent"]) if row["parent"] else None,
    }
