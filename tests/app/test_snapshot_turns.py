"""The calendar's turns in a process of their own."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

from sqlalchemy import select

from command_centre.app.clock import SystemClock
from command_centre.app.snapshot_turns import SnapshotTurns
from command_centre.app.wiring import read
from command_centre.storage.database import migrate, open_database
from command_centre.storage.snapshot_tables import snapshot
from tests.support.clock import FrozenClock
from tests.support.little_city import LittleCity, sites


def test_what_is_due_is_frozen_by_a_process_of_its_own_and_only_once(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_text("mode: live\ncity:\n  contact: jaga@contoh.go.id\n")
    chosen = read(["--config", str(path)])
    engine = open_database(chosen.config.database_url())
    migrate(engine)
    long_ago = FrozenClock(SystemClock().now() - timedelta(days=9))
    LittleCity(engine, long_ago, sites(2)).see()
    turns = SnapshotTurns(engine, SystemClock())
    asyncio.run(turns.take(chosen))
    with engine.connect() as connection:
        frozen = list(connection.execute(select(snapshot.c.period)).scalars())
    assert frozen
    asyncio.run(turns.take(chosen))
    with engine.connect() as connection:
        assert list(connection.execute(select(snapshot.c.period)).scalars()) == frozen
    engine.dispose()
