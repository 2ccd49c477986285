"""Walls that the configuration names no longer are forgotten, and may come back."""

from __future__ import annotations

import traceback
from datetime import timedelta

import pytest
from sqlalchemy import Engine, select

from command_centre.domain.target import TargetKey
from command_centre.storage.database import StorageError, open_database, writing
from command_centre.storage.inventory import ensure_self_target
from command_centre.storage.tables import target, wall
from command_centre.storage.walls import WallBeat, keep_walls, record_beat
from tests.support.clock import NOON


def _walls(engine: Engine) -> tuple[list[str], dict[str, bool]]:
    with engine.connect() as connection:
        beating = [row.name for row in connection.execute(select(wall.c.name))]
        listed = {row.key: row.removed_at is None for row in connection.execute(select(target.c.key, target.c.removed_at))}
    return beating, listed


def test_a_wall_that_was_renamed_is_forgotten_and_its_history_stays(engine: Engine) -> None:
    record_beat(engine, WallBeat("utama", "ringkasan"), NOON)
    with writing(engine) as connection:
        ensure_self_target(connection, TargetKey("sendiri:layar:utama"), "Layar utama", NOON)
        keep_walls(connection, ["baru"], NOON + timedelta(hours=1))
    assert _walls(engine) == ([], {"sendiri:layar:utama": False})
    with writing(engine) as connection:
        keep_walls(connection, ["utama"], NOON + timedelta(hours=2))
    assert _walls(engine) == ([], {"sendiri:layar:utama": True})


@pytest.mark.parametrize("address", ["postgresql://cc:pa@gehe:imwort@h/x", "garbage x", "mysql://h/x"])
def test_an_address_that_cannot_be_read_repeats_nothing_of_itself(address: str) -> None:
    with pytest.raises(StorageError) as refusal:
        open_database(address)
    assert "imwort" not in "".join(traceback.format_exception(refusal.value))
