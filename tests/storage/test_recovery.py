"""R1: pull the plug, cut off pages: it starts, says what was lost, and serves the rest."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from command_centre.storage.database import SQLITE_PAGE_BYTES, StorageError, migrate, open_database
from command_centre.storage.recovery import Recovery, recover_if_damaged
from command_centre.storage.tables import incident, latest, reading, target
from tests.support.city import TOTAL, register, rows, site, write
from tests.support.city import reading as seen
from tests.support.clock import NOON

COUNT = 1_500


@pytest.fixture
def path(tmp_path: Path, sqlite_template: Path) -> Path:
    """A database of some fifty pages that was closed in good order."""
    path = tmp_path / "cc.db"
    shutil.copy(sqlite_template, path)
    engine = open_database(f"sqlite:///{path}")
    keys = [f"situs:{number}" for number in range(10)]
    register(engine, *[site(key) for key in keys])
    told = [
        seen(NOON + timedelta(seconds=6 * number), key=keys[number % 10], values={TOTAL: number / 7}) for number in range(COUNT)
    ]
    write(engine, *told)
    engine.dispose()
    return path


def recovered(path: Path) -> tuple[Recovery, Engine]:
    recovery = recover_if_damaged(f"sqlite:///{path}", NOON)
    assert recovery is not None
    engine = open_database(f"sqlite:///{path}")
    migrate(engine)
    return recovery, engine


def test_a_sound_database_is_left_alone(path: Path) -> None:
    before = path.read_bytes()
    assert recover_if_damaged(f"sqlite:///{path}", NOON) is None
    assert path.read_bytes() == before


def test_a_database_that_is_not_there_yet_or_empty_needs_no_recovery(tmp_path: Path) -> None:
    assert recover_if_damaged(f"sqlite:///{tmp_path / 'none.db'}", NOON) is None
    (tmp_path / "empty.db").touch()
    assert recover_if_damaged(f"sqlite:///{tmp_path / 'empty.db'}", NOON) is None


def test_a_server_looks_after_itself() -> None:
    assert recover_if_damaged("postgresql://cc@127.0.0.1/cc", NOON) is None


def test_after_the_last_pages_are_cut_off_it_starts_and_says_what_was_lost(path: Path) -> None:
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.truncate(size - 3 * SQLITE_PAGE_BYTES + 100)
    recovery, engine = recovered(path)
    kept = rows(engine, reading)
    assert 0 < len(kept) < COUNT or recovery.losses
    losses = {each.table: each for each in recovery.losses}
    if "reading" in losses:
        assert losses["reading"].saved == len(kept)
        assert f"reading: {len(kept)} rows saved" in str(recovery)
    assert len(rows(engine, target)) == 10
    assert recovery.damaged_file.exists()
    assert write(engine, seen(NOON + timedelta(days=1), key="situs:1")) == 1
    engine.dispose()


@pytest.mark.parametrize("page", range(3, 30, 4))
def test_whichever_page_is_overwritten_the_rest_is_served(path: Path, page: int) -> None:
    with path.open("r+b") as file:
        file.seek(page * SQLITE_PAGE_BYTES)
        file.write(b"\xa5" * SQLITE_PAGE_BYTES)
    recovery = recover_if_damaged(f"sqlite:///{path}", NOON)
    engine = open_database(f"sqlite:///{path}")
    migrate(engine)
    lost = {each.table: each.lost for each in recovery.losses} if recovery is not None else {}
    kept = rows(engine, reading)
    if "reading" in lost and lost["reading"] is not None:
        assert COUNT - lost["reading"] <= len(kept) < COUNT
    if not lost:
        assert len(kept) == COUNT
    assert all(row.target_id in {each.id for each in rows(engine, target)} for row in kept)
    for table in (latest, incident):
        rows(engine, table)  # everything can be read again
    assert recover_if_damaged(f"sqlite:///{path}", NOON) is None
    engine.dispose()


def test_a_write_ahead_log_that_lost_its_end_loses_the_last_commits_and_nothing_else(path: Path, tmp_path: Path) -> None:
    engine = open_database(f"sqlite:///{path}")
    for number in range(20):
        write(engine, seen(NOON + timedelta(days=1, seconds=number), key="situs:1"))
    pulled = tmp_path / "pulled.db"
    shutil.copy(path, pulled)  # as the disk looks when the plug is pulled: nothing was closed
    shutil.copy(f"{path}-wal", f"{pulled}-wal")
    engine.dispose()
    log = Path(f"{pulled}-wal")
    with log.open("r+b") as file:
        file.truncate(log.stat().st_size - SQLITE_PAGE_BYTES // 2)

    assert recover_if_damaged(f"sqlite:///{pulled}", NOON) is None
    engine = open_database(f"sqlite:///{pulled}")
    assert len(rows(engine, reading)) == COUNT + 19
    assert write(engine, seen(NOON + timedelta(days=1, seconds=19), key="situs:1")) == 1
    engine.dispose()


def test_a_file_that_is_something_else_is_not_touched(tmp_path: Path) -> None:
    letter = tmp_path / "letter.db"
    letter.write_text("Yth. Kepala Dinas, " * 2_000)
    with pytest.raises(StorageError, match="file is not a database"):
        recover_if_damaged(f"sqlite:///{letter}", NOON)
    assert list(tmp_path.iterdir()) == [letter]


def test_a_file_of_which_nothing_can_be_read_is_refused_with_advice(path: Path) -> None:
    with path.open("r+b") as file:
        file.seek(100)
        file.write(b"\xa5" * (SQLITE_PAGE_BYTES - 100))
    with pytest.raises(StorageError, match="restore a backup"):
        recover_if_damaged(f"sqlite:///{path}", NOON)
    assert path.exists()
