"""``run.py backup FILE`` and ``run.py restore FILE``: everything that makes this installation what it is, in one file.

The file is a zip of the tables (``storage.backup``), of ``config.yaml`` with the registers and reference data, and of the
program's own keys; ``manifest.json`` names every part with its SHA-256. It holds secrets: it is made readable by its owner only.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import sys
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import IO, Any, NoReturn

from sqlalchemy import Connection, Engine, Table
from sqlalchemy.exc import DBAPIError

from command_centre.app.clock import SystemClock
from command_centre.app.collecting import SHARD
from command_centre.app.supervising import EXIT_LEASE_HELD, EXIT_USAGE
from command_centre.app.wiring import choose
from command_centre.domain.ports import Clock
from command_centre.storage.audit import Entry, write_audit
from command_centre.storage.backup import (
    BackupError,
    fill_table,
    is_empty,
    one_moment,
    refilling,
    revision_of,
    tables_of,
    write_table,
)
from command_centre.storage.database import StorageError, open_database, writing
from command_centre.storage.lease import Lease, LeaseHeld

FORMAT = 1
MANIFEST = "manifest.json"
TABLES = "tables/"
FILES = "files/"
NOT_KEPT = frozenset({"lease", "session", "attempt"})
"""Tables of the moment: who writes now, who is signed in now."""
NOT_IN_DATA = frozenset({"demo", "run", "backups"})
"""Folders of ``data`` that the program makes again."""
LARGEST_MANIFEST = 10_000_000
CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the file: its SHA-256, and the rows of a table."""

    sha256: str
    rows: int | None = None


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.exit(EXIT_USAGE, f"run.py: {message}\n")


# --- backup ----------------------------------------------------------------------------------------------------------


def run_backup(rest: Sequence[str]) -> int:
    """``run.py backup FILE [--config FILE]``: while everything runs on."""
    parser = _Parser(prog="run.py backup", add_help=False)
    parser.add_argument("file", type=Path)
    parser.add_argument("--config", default="config.yaml")
    parser.add_argument("--demo", action="store_true")
    options = parser.parse_args(rest)
    chosen = choose(["--config", options.config, *(["--demo"] if options.demo else [])])
    try:
        engine = open_database(chosen.config.database_url(), read_only=True)
        parts = write_backup(engine, chosen.config.source_path.resolve(), options.file, datetime.now(UTC))
    except (StorageError, BackupError, DBAPIError, OSError) as trouble:
        print(f"run.py backup: {trouble}", file=sys.stderr)
        return 1
    rows = sum(part.rows or 0 for part in parts.values())
    size = options.file.stat().st_size / 1_000_000
    print(f"{options.file}: {rows} rows, {len(parts)} parts, {size:.1f} MB. It holds keys: keep it safe.")
    return 0


def write_backup(engine: Engine, config: Path, file: Path, at: datetime) -> Mapping[str, Part]:
    """Write ``file``; it appears under its name only when it is whole. Raises BackupError, DBAPIError, OSError."""
    unfinished = file.with_name(f".{file.name}.unfinished")
    descriptor = os.open(unfinished, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as raw, zipfile.ZipFile(raw, "w", zipfile.ZIP_STORED) as archive:
            parts = _write_parts(engine, config, archive, at)
        unfinished.replace(file)
    finally:
        unfinished.unlink(missing_ok=True)
    return parts


def _write_parts(engine: Engine, config: Path, archive: zipfile.ZipFile, at: datetime) -> Mapping[str, Part]:
    parts: dict[str, Part] = {}
    with one_moment(engine) as connection:
        revision = revision_of(connection)
        for table in tables_of(connection):
            if table.name in NOT_KEPT:
                continue
            with _part(archive, f"{TABLES}{table.name}") as out:
                rows = write_table(connection, table, out)
            parts[f"{TABLES}{table.name}"] = Part(out.digest(), rows)
    for path in files_of(config):
        name = f"{FILES}{path.relative_to(config.parent).as_posix()}"
        with _part(archive, name) as out:
            out.write(path.read_bytes())
        parts[name] = Part(out.digest())
    about = {
        "format": FORMAT,
        "made_at": at.isoformat(),
        "revision": revision,
        "config": config.name,
        "parts": {name: {"sha256": part.sha256, "rows": part.rows} for name, part in parts.items()},
    }
    archive.writestr(MANIFEST, json.dumps(about, indent=1))
    return parts


def files_of(config: Path) -> Iterator[Path]:
    """``config.yaml`` and what a person or the program keeps beside it in ``data``."""
    yield config
    data = config.parent / "data"
    for path in sorted(data.rglob("*")):
        inside = path.relative_to(data).parts
        is_database = ".db" in path.name
        if path.is_file() and not path.is_symlink() and inside[0] not in NOT_IN_DATA and not is_database:
            yield path


class _Hashing:
    """Writes on, and knows the digest of what was written."""

    def __init__(self, out: Any) -> None:
        self._out = out
        self._digest = hashlib.sha256()

    def write(self, data: bytes) -> int:
        self._digest.update(data)
        self._out.write(data)
        return len(data)

    def flush(self) -> None:
        self._out.flush()

    def digest(self) -> str:
        return self._digest.hexdigest()


@contextmanager
def _part(archive: zipfile.ZipFile, name: str) -> Iterator[Any]:
    with archive.open(name, "w", force_zip64=True) as out:
        yield _Hashing(out)


# --- restore ---------------------------------------------------------------------------------------------------------


def run_restore(rest: Sequence[str]) -> int:
    """``run.py restore FILE [--config FILE] [--replace]``: onto an empty database, or with ``--replace`` over what is there."""
    parser = _Parser(prog="run.py restore", add_help=False)
    parser.add_argument("file", type=Path)
    parser.add_argument("--config", type=Path, default=Path("config.yaml"))
    parser.add_argument("--replace", action="store_true")
    parser.add_argument("--demo", action="store_true")
    options = parser.parse_args(rest)
    try:
        with opened(options.file) as (archive, about):
            for line in restore_files(archive, about, options.config.resolve(), is_replacing=options.replace):
                print(line)
            chosen = choose(["--config", str(options.config), *(["--demo"] if options.demo else [])])
            engine = open_database(chosen.config.database_url())
            rows = restore_tables(engine, archive, about, SystemClock(), is_replacing=options.replace)
    except LeaseHeld as held:
        print(f"run.py restore: {held}", file=sys.stderr)
        return EXIT_LEASE_HELD
    except (StorageError, BackupError, DBAPIError, OSError) as trouble:
        print(f"run.py restore: {trouble}", file=sys.stderr)
        return 1
    print(f"{rows} rows are back as they were at {about['made_at']}")
    return 0


@contextmanager
def opened(file: Path) -> Iterator[tuple[zipfile.ZipFile, Mapping[str, Any]]]:
    """The file and its manifest, every part checked against its hash. Raises BackupError."""
    try:
        with zipfile.ZipFile(file) as archive:
            about = _manifest(archive)
            _verify(archive, about["parts"])
            yield archive, about
    except (zipfile.BadZipFile, KeyError, TypeError, ValueError) as trouble:
        raise BackupError(f"{file} is no backup of this program, or it is damaged ({trouble})") from None


def _manifest(archive: zipfile.ZipFile) -> Mapping[str, Any]:
    if archive.getinfo(MANIFEST).file_size > LARGEST_MANIFEST:
        raise ValueError("its manifest is too large")
    about: Mapping[str, Any] = json.loads(archive.read(MANIFEST))
    if about["format"] != FORMAT:
        raise ValueError(f"it is of format {about['format']}")
    return about


def _verify(archive: zipfile.ZipFile, parts: Mapping[str, Mapping[str, Any]]) -> None:
    for name, part in parts.items():
        digest = hashlib.sha256()
        with archive.open(name) as stream:
            while chunk := stream.read(CHUNK):
                digest.update(chunk)
        if digest.hexdigest() != part["sha256"]:
            raise ValueError(f"{name} is not what was written")


def restore_files(archive: zipfile.ZipFile, about: Mapping[str, Any], config: Path, *, is_replacing: bool) -> Iterator[str]:
    """Put the files where they were, beside ``config``. One that is there and differs stays, unless it is to be replaced."""
    for name in about["parts"]:
        if not name.startswith(FILES):
            continue
        inside = PurePosixPath(name.removeprefix(FILES))
        if inside.is_absolute() or ".." in inside.parts:
            raise BackupError(f"{name} would be written outside of this folder")
        path = config if str(inside) == about["config"] else config.parent / inside
        data = archive.read(name)
        if path.exists() and path.read_bytes() == data:
            continue
        if path.exists() and not is_replacing:
            yield f"{path} stays as it is here; it differs from the one in the backup"
            continue
        _put_file(path, data)
        yield f"{path} is back"


def _put_file(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    is_key = path.parent.name == "keys"
    fresh = path.with_name(f".{path.name}.restored")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600 if is_key else 0o644)
    with os.fdopen(descriptor, "wb") as out:
        out.write(data)
    fresh.replace(path)


def restore_tables(
    engine: Engine, archive: zipfile.ZipFile, about: Mapping[str, Any], clock: Clock, *, is_replacing: bool
) -> int:
    """Fill the database; answers with the number of rows. All of it is there afterwards, or the database is as it was.

    Raises BackupError when something is in it and nothing is to be replaced, LeaseHeld while a writer runs.
    """
    if not is_empty(engine) and not is_replacing:
        raise BackupError("the database is not empty; with --replace everything in it is given up for the backup")
    if not is_empty(engine):
        Lease.acquire(engine, SHARD, "restore", clock).release()  # refuses while somebody writes
    rows = 0
    with refilling(engine, about["revision"]) as connection:
        for table in tables_of(connection):
            name = f"{TABLES}{table.name}"
            if name in about["parts"]:
                with archive.open(name) as stream:
                    rows += _filled(connection, table, stream, about["parts"][name]["rows"])
    with writing(engine) as connection:
        detail = {"made_at": about["made_at"], "rows": rows}
        write_audit(connection, Entry(clock.now(), "restore", "command line", "restore", "database", detail))
    return rows


def _filled(connection: Connection, table: Table, stream: IO[bytes], expected: int) -> int:
    count = fill_table(connection, table, stream)
    if count != expected:
        raise BackupError(f"table {table.name}: {count} rows instead of {expected}")
    return count
