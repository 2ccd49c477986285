"""Recovery: a SQLite file that a crash or a bad disk has damaged is copied, as far as it can be read, into a sound one.

A write-ahead log that lost its end needs nothing of this: SQLite drops what was not committed whole. This is for a file with
broken or missing pages, where every statement that meets one fails. The damaged file is kept beside the new one.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path

from sqlalchemy import Table

from command_centre.storage.database import StorageError, migrate, open_database, parse_address
from command_centre.storage.tables import metadata
from command_centre.storage.times import from_ms

HEAD = b"SQLite format 3\0"
CHUNK = 1_000
CHECKED_WHOLE_BYTES = 512 * 1024 * 1024
"""Files up to this size are read through at every start (a second or two); of larger ones only the length is checked."""


@dataclass(frozen=True, slots=True)
class TableLoss:
    """What was saved of one table, and how many rows at most were lost; None where the damage hides it."""

    table: str
    saved: int
    lost: int | None


@dataclass(frozen=True, slots=True)
class Recovery:
    """Where the damaged file is now, what was lost of each table that lost something, and where the log ends now."""

    damaged_file: Path
    losses: tuple[TableLoss, ...]
    log_ends_at: datetime | None

    def __str__(self) -> str:
        parts = [f"{each.table}: {each.saved} rows saved, {_in_words(each.lost)} lost" for each in self.losses]
        lost = "; ".join(parts) or "no row is missing"
        until = "is empty" if self.log_ends_at is None else f"ends at {self.log_ends_at:%Y-%m-%d %H:%M:%S} UTC"
        return f"the database was damaged and has been rebuilt ({lost}). The log {until}. The damaged file: {self.damaged_file}"


def recover_if_damaged(url: str, now: datetime) -> Recovery | None:
    """Make sure that the database at ``url`` can be used; None when it is sound, not there yet, or a server's business.

    For the process that writes, before it opens the database, and while no other process has the file open: whoever has goes on
    reading the damaged one. Raises StorageError when the file is no database, or nothing of it can be read.
    """
    address = parse_address(url)
    path = Path(address.database or "").absolute()
    if address.get_backend_name() != "sqlite" or not path.exists() or path.stat().st_size == 0:
        return None
    with path.open("rb") as file:
        if file.read(len(HEAD)) != HEAD:
            raise StorageError(f"{path}: file is not a database. Check storage.url; nothing was changed.")
    return None if _is_sound(path) else _rebuild(path, now)


def _is_sound(path: Path) -> bool:
    question = "PRAGMA quick_check(1)" if path.stat().st_size <= CHECKED_WHOLE_BYTES else "SELECT 'ok' FROM sqlite_schema LIMIT 1"
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as link:
        try:
            return bool(link.execute(question).fetchone() in (("ok",), None))
        except sqlite3.OperationalError:
            return True  # locked or not readable: that is no damage, and opening it will say so
        except sqlite3.DatabaseError:
            return False


def _rebuild(path: Path, now: datetime) -> Recovery:
    fresh = path.with_name(f"{path.name}.recovering")
    _remove(fresh)
    engine = open_database(f"sqlite:///{fresh}")
    migrate(engine)
    engine.dispose()
    losses, ends_at = _copy_all(path, fresh)
    damaged = path.with_name(f"{path.name}.damaged-{now:%Y%m%dT%H%M%SZ}")
    for tail in ("-wal", "-shm", ""):
        _move(Path(f"{path}{tail}"), Path(f"{damaged}{tail}"))
    _move(fresh, path)
    return Recovery(damaged, losses, ends_at)


def _copy_all(path: Path, fresh: Path) -> tuple[tuple[TableLoss, ...], datetime | None]:
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as source, closing(sqlite3.connect(fresh)) as goal:
        # With this SQLite reads a file that is shorter than its head says, as far as it goes.
        source.execute("PRAGMA writable_schema = ON")
        try:
            source.execute("SELECT count(*) FROM sqlite_schema").fetchone()
        except sqlite3.DatabaseError as error:
            raise StorageError(f"{path}: nothing can be read from the damaged file ({error}); restore a backup.") from error
        losses = [_copy(source, goal, table) for table in metadata.sorted_tables]
        losses = [_without_orphans(goal, table, loss) for table, loss in zip(metadata.sorted_tables, losses, strict=True)]
        newest = goal.execute("SELECT max(at) FROM latest").fetchone()[0]
        goal.commit()
        goal.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return tuple(each for each in losses if each.lost != 0), None if newest is None else from_ms(newest)


def _copy(source: sqlite3.Connection, goal: sqlite3.Connection, table: Table) -> TableLoss:
    """Read forwards up to the damage, then backwards up to it from the other side."""
    forwards = _Reading(source, table, "ASC")
    saved = _insert(goal, table, iter(forwards))
    if forwards.is_whole:
        return TableLoss(table.name, saved, 0)
    backwards = _Reading(source, table, "DESC", until=forwards.last)
    saved += _insert(goal, table, iter(backwards))
    return TableLoss(table.name, saved, _gap(forwards.last, backwards.last))


class _Reading:
    """One pass over a table in the order of its key. Ends at the damage, or at ``until``."""

    def __init__(self, source: sqlite3.Connection, table: Table, direction: str, until: tuple[object, ...] | None = None) -> None:
        self._keys = [column.name for column in table.primary_key.columns]
        columns = ", ".join(f'"{column.name}"' for column in table.columns)
        order = ", ".join(f'"{key}" {direction}' for key in self._keys)
        self._statement = f"SELECT {columns} FROM {table.name} NOT INDEXED ORDER BY {order}"  # noqa: S608 - names from tables.py
        self._places = [list(table.columns.keys()).index(key) for key in self._keys]
        self._source = source
        self._until = until
        self.last: tuple[object, ...] | None = None
        self.is_whole = False

    def __iter__(self) -> Iterator[tuple[object, ...]]:
        try:
            for row in self._source.execute(self._statement):
                key = tuple(row[place] for place in self._places)
                if key == self._until:
                    return
                self.last = key
                yield row
        except sqlite3.DatabaseError:
            return  # the damage: what lies behind it is read from the other side
        self.is_whole = True


def _insert(goal: sqlite3.Connection, table: Table, rows: Iterator[tuple[object, ...]]) -> int:
    columns = ", ".join(f'"{column.name}"' for column in table.columns)
    places = ", ".join("?" for _ in table.columns)
    statement = f"INSERT OR IGNORE INTO {table.name} ({columns}) VALUES ({places})"  # noqa: S608 - names from tables.py
    saved = 0
    while chunk := list(islice(rows, CHUNK)):
        saved += goal.executemany(statement, chunk).rowcount
    return saved


def _without_orphans(goal: sqlite3.Connection, table: Table, loss: TableLoss) -> TableLoss:
    """A row whose target is lost must go as well: another target would inherit it with the number."""
    removed = 0
    for key in table.foreign_keys:
        own, parent, named = key.parent.name, key.column.table.name, key.column.name
        statement = f"DELETE FROM {table.name} WHERE {own} NOT IN (SELECT {named} FROM {parent})"  # noqa: S608 - names from tables.py
        removed += goal.execute(statement).rowcount
    return TableLoss(loss.table, loss.saved - removed, None if loss.lost is None else loss.lost + removed)


def _gap(before: tuple[object, ...] | None, after: tuple[object, ...] | None) -> int | None:
    """How many numbers lie between the last row before the damage and the first one behind it."""
    match (before, after):
        case ((int(low),), (int(high),)):
            return max(0, high - low - 1)
        case _:
            return None


def _in_words(lost: int | None) -> str:
    return "an unknown number" if lost is None else str(lost)


def _move(path: Path, goal: Path) -> None:
    if path.exists():
        path.rename(goal)


def _remove(path: Path) -> None:
    for tail in ("-wal", "-shm", ""):
        Path(f"{path}{tail}").unlink(missing_ok=True)
