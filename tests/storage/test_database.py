"""Opening, migrating, refusing."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from command_centre.storage.database import StorageError, migrate, open_database, writing
from command_centre.storage.tables import meta, metadata
from tests.support.city import rows
from tests.support.databases import without_write_permission


def test_the_migrations_build_exactly_the_tables_the_program_uses(engine: Engine) -> None:
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_migrating_twice_changes_nothing(engine: Engine) -> None:
    before = _version(engine)
    migrate(engine)
    assert _version(engine) == before


def test_tables_of_a_newer_program_are_refused_by_name(engine: Engine) -> None:
    ours = _version(engine)
    _set_version(engine, "9999")
    with pytest.raises(StorageError, match="version this program does not know"):
        migrate(engine)
    _set_version(engine, ours)


def _version(engine: Engine) -> str:
    with engine.connect() as connection:
        return str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one())


def _set_version(engine: Engine, version: str) -> None:
    with writing(engine) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :version"), {"version": version})


def test_sqlite_keeps_every_commit_through_a_power_cut(tmp_path: Path) -> None:
    engine = open_database(f"sqlite:///{tmp_path / 'new' / 'cc.db'}")
    migrate(engine)
    names = ("journal_mode", "synchronous", "page_size", "foreign_keys", "busy_timeout")
    with engine.connect() as connection:
        settings = {name: connection.execute(text(f"PRAGMA {name}")).scalar() for name in names}
    engine.dispose()
    assert settings == {"journal_mode": "wal", "synchronous": 2, "page_size": 16384, "foreign_keys": 1, "busy_timeout": 5000}


def test_a_writer_that_reads_first_is_not_thrown_out_by_another_commit(engine: Engine) -> None:
    with writing(engine) as connection:
        rows(connection, meta)
        connection.execute(meta.insert().values(key="a", value="1", changed_at=0))
    assert [row.key for row in rows(engine, meta)] == ["a"]


def test_a_failure_inside_a_transaction_leaves_nothing(engine: Engine) -> None:
    with pytest.raises(RuntimeError, match="in the middle"):
        _write_and_fail(engine)
    assert rows(engine, meta) == []


def _write_and_fail(engine: Engine) -> None:
    with writing(engine) as connection:
        connection.execute(meta.insert().values(key="a", value="1", changed_at=0))
        raise RuntimeError("in the middle")


def test_a_reader_can_write_nothing(engine: Engine, database_url: str) -> None:
    reader = open_database(database_url, read_only=True)
    with pytest.raises(DBAPIError, match=r"read.?only"), reader.begin() as connection:
        connection.execute(meta.insert().values(key="a", value="1", changed_at=0))
    reader.dispose()
    assert rows(engine, meta) == []


def test_a_reader_does_not_create_what_is_not_there(tmp_path: Path) -> None:
    path = tmp_path / "none.db"
    with pytest.raises(StorageError, match=r"none\.db: there is no such file yet"):
        open_database(f"sqlite:///{path}", read_only=True)
    assert not path.exists()


def test_a_file_that_is_no_database_is_named_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "letter.db"
    path.write_text("Yth. Kepala Dinas, " * 100)
    with pytest.raises(StorageError, match=r"letter\.db: file is not a database"):
        open_database(f"sqlite:///{path}")
    assert path.read_text().startswith("Yth.")


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match="file: the folder of the database cannot be created"):
        open_database(f"sqlite:///{tmp_path / 'file' / 'cc.db'}")


def test_a_locked_file_is_named_instead_of_waited_for_without_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("command_centre.storage.database.SQLITE_BUSY_SECONDS", 0.05)
    path = tmp_path / "cc.db"
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    with pytest.raises(StorageError, match=r"cc\.db: database is locked\. Another program holds it"):
        open_database(f"sqlite:///{path}")
    holder.close()


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("sqlite://", "in memory"),
        ("mysql://u@h/d", "'mysql' is not a database this program can use"),
        ("no address at all", "cannot be read"),
    ],
)
def test_an_address_that_cannot_work_is_explained(url: str, words: str) -> None:
    with pytest.raises(StorageError, match=words):
        open_database(url)


def test_a_server_that_is_not_there_is_named_without_its_password() -> None:
    with pytest.raises(StorageError) as caught:
        open_database("postgresql://cc:rahasia@127.0.0.1:1/cc")
    assert "127.0.0.1:1" in str(caught.value)
    assert "rahasia" not in str(caught.value)


def test_a_file_without_write_permission_says_so_at_migration(open_folder: Path) -> None:
    (open_folder / "cc.db").touch()
    with without_write_permission(open_folder), pytest.raises(StorageError, match=r"cc\.db: .*readonly database"):
        migrate(open_database(f"sqlite:///{open_folder / 'cc.db'}"))
