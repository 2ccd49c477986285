"""The calendar of snapshots in the writer: the demo's weeks, each period once, and what happens when it cannot."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, insert, select

from collectors import KINDS
from command_centre.app.snapshot_calendar import SnapshotCalendar
from command_centre.app.wiring import Chosen
from command_centre.config.loading import load
from command_centre.domain.hotspot import CLIENTS
from command_centre.domain.seal import Frozen
from command_centre.domain.series import Metric, Unit
from command_centre.storage import facts, snapshots
from command_centre.storage.database import migrate, open_database, writing
from command_centre.storage.inventory import sync_targets
from command_centre.storage.signing import KEY_NAME
from command_centre.storage.snapshot_tables import snapshot as snapshot_table
from command_centre.storage.tables import incident, span, target
from command_centre.storage.times import to_ms
from tests.support.clock import FrozenClock
from tests.support.recording import ROOT

NOW = datetime(2026, 11, 24, 1, 30, tzinfo=UTC)  # Tuesday, 09.30 WITA


@pytest.fixture
def chosen(tmp_path: Path) -> Chosen:
    """The shipped city in demo mode, with a data folder of its own."""
    kinds = {name: kind.settings for name, kind in KINDS.items() if name != "uplink"}
    return Chosen(load(ROOT / "config.yaml", kinds).as_demo(), tmp_path)


@pytest.fixture
def engine(tmp_path: Path, chosen: Chosen) -> Iterator[Engine]:
    """The demo's database a moment after its start: history begins 24 hours ago."""
    engine = open_database(f"sqlite:///{tmp_path / 'city.db'}")
    migrate(engine)
    with writing(engine) as connection:
        sync_targets(connection, chosen.config.targets, [Metric(CLIENTS, Unit.TOTAL, "Devices.")], NOW)
        facts.remember(connection, facts.IS_SIMULATED, "yes", NOW)
        first = connection.execute(select(target.c.id).where(target.c.kind == "site").order_by(target.c.id).limit(1)).scalar_one()
        row = {"target_id": first, "status": "up", "reason": "ok", "planned": False}
        connection.execute(insert(span).values(row | {"since": to_ms(NOW - timedelta(hours=24)), "until": to_ms(NOW)}))
    yield engine
    engine.dispose()


def take_turns(calendar: SnapshotCalendar, chosen: Chosen, turns: int = 1) -> None:
    for _ in range(turns):
        asyncio.run(calendar.take_a_turn(chosen))


def test_the_demo_has_eight_weeks_to_browse_and_each_was_told_once(engine: Engine, chosen: Chosen) -> None:
    told: list[Frozen] = []
    calendar = SnapshotCalendar(engine, FrozenClock(NOW), tell=lambda _, frozen: told.append(frozen))
    take_turns(calendar, chosen, turns=2)
    with engine.connect() as connection:
        lines = snapshots.archive(connection)
        overlaps = connection.exec_driver_sql(
            "SELECT count(*) FROM span a JOIN span b ON a.target_id = b.target_id AND b.since > a.since AND b.since < a.until"
        ).scalar_one()
        incidents = len(connection.execute(select(incident.c.id)).all())
    weeks = [each.seal.period for each in lines if "W" in each.seal.period]
    assert weeks == [f"2026-W{week}" for week in range(47, 39, -1)]
    assert sorted(each.seal.period for each in told) == sorted(each.seal.period for each in lines)
    assert all(each.is_simulated for each in lines)
    assert all(0.9 < each.headline["hotspot_availability"] < 1 for each in lines)
    assert overlaps == 0
    assert incidents > 100

    take_turns(SnapshotCalendar(engine, FrozenClock(NOW)), chosen)  # the writer starts again
    with engine.connect() as connection:
        assert len(connection.execute(select(snapshot_table.c.id)).all()) == len(lines)
        assert len(connection.execute(select(incident.c.id)).all()) == incidents


def test_a_key_that_cannot_be_used_is_told_once_and_stops_nothing(
    engine: Engine, chosen: Chosen, caplog: pytest.LogCaptureFixture
) -> None:
    folder = chosen.data_dir / "demo" / "keys"
    folder.mkdir(parents=True)
    (folder / KEY_NAME).write_text("not a key")
    (folder / KEY_NAME).chmod(0o600)
    with writing(engine) as connection:
        facts.remember(connection, "demo_weeks_made", "yes", NOW)
    calendar = SnapshotCalendar(engine, FrozenClock(NOW))
    with caplog.at_level(logging.ERROR):
        take_turns(calendar, chosen, turns=3)
    assert [record.getMessage().count("is not an Ed25519 private key") for record in caplog.records] == [1]
