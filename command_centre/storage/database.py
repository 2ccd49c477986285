"""Opening a database: SQLite by default, PostgreSQL by URL, the same code for both.

SQLite settings and their reasons are measured in docs/storage.md: WAL with synchronous=FULL loses nothing on power loss, a page
of 16 KB is much faster for this load than 4 KB, and a transaction that writes starts IMMEDIATE (a deferred one that reads first
fails at once, without waiting, when somebody else has committed meanwhile).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import URL, Connection, Engine, Table, create_engine, event, make_url, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import ArgumentError, DBAPIError

SQLITE_PAGE_BYTES = 16_384
SQLITE_BUSY_SECONDS = 5.0
SQLITE_CHECKPOINT_PAGES = 2_000  # 32 MB of write-ahead log before it is folded back
SQLITE_LOG_LIMIT_BYTES = 64 * 1024 * 1024  # the log file shrinks back to this
POSTGRESQL_CONNECT_SECONDS = 5
POSTGRESQL_LOCK_MILLISECONDS = 5_000
MIGRATIONS = Path(__file__).with_name("migrations")

_WRITES = "command_centre_writes"
_MIGRATION_LOCK = 0x0C0DE  # any number, the same in every copy of the program


class StorageError(Exception):
    """The database cannot be used. The text names it (without a password) and says what to do."""


def open_database(url: str, *, read_only: bool = False) -> Engine:
    """An engine for ``url`` whose connections carry the settings above.

    With ``read_only`` nothing is created and every attempt to write fails.
    Raises StorageError when the database cannot be reached, is not a database or is damaged beyond opening.
    """
    address = parse_address(url)
    if address.get_backend_name() == "sqlite":
        engine = _sqlite_engine(address, read_only=read_only)
    else:
        engine = _postgresql_engine(address, read_only=read_only)
    try:
        with engine.connect() as connection:
            connection.execute(text("SELECT 1"))
    except DBAPIError as error:
        engine.dispose()
        raise _explained(address, error) from error
    return engine


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """One transaction that may write: all of it is kept, or nothing."""
    with engine.connect() as connection:
        connection = connection.execution_options(**{_WRITES: True})
        with connection.begin():
            yield connection


@contextmanager
def writing_lightly(engine: Engine) -> Iterator[Connection]:
    """As ``writing``, but nobody waits for the disk: it survives the death of the program, and perhaps not a power cut.

    For notes of which the loss only makes work be done twice.
    """
    with engine.connect() as connection:
        connection = connection.execution_options(**{_WRITES: True})
        link: Any = connection.connection.dbapi_connection
        is_sqlite = engine.dialect.name == "sqlite"
        if is_sqlite:
            link.execute("PRAGMA synchronous = NORMAL")
        try:
            with connection.begin():
                if not is_sqlite:
                    connection.execute(text("SET LOCAL synchronous_commit = off"))
                yield connection
        finally:
            if is_sqlite:
                _wait_for_the_disk_again(connection, link)


def _wait_for_the_disk_again(connection: Connection, link: Any) -> None:
    try:
        link.execute("PRAGMA synchronous = FULL")
    except sqlite3.Error:
        connection.invalidate()  # a connection in doubt is not used again


def migrate(engine: Engine, revision: str = "head") -> None:
    """Bring the tables to the state this program expects (or to an older ``revision``, to read in what was kept then).

    Does nothing when they are there already.

    Two processes may call it at the same time. Raises StorageError when the database refuses or was written by a newer program.
    """
    from alembic import command
    from alembic.config import Config
    from alembic.util.exc import CommandError

    settings = Config()
    settings.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    try:
        with writing(engine) as connection:
            if engine.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _MIGRATION_LOCK})
            settings.attributes["connection"] = connection
            command.upgrade(settings, revision)
    except DBAPIError as error:
        raise _explained(engine.url, error) from error
    except CommandError as error:
        message = (
            f"{describe(engine.url)}: its tables are of a version this program does not know ({error}). Is a newer one about?"
        )
        raise StorageError(message) from None  # the cause repeats parts of the address, and so of a password


def insert_into(connection: Connection, table: Table) -> sqlite.Insert | postgresql.Insert:
    """An INSERT that knows ON CONFLICT, in the dialect of the connection."""
    if connection.dialect.name == "sqlite":
        return sqlite.insert(table)
    return postgresql.insert(table)


def upsert_into(connection: Connection, table: Table) -> sqlite.Insert | postgresql.Insert:
    """An INSERT that overwrites the row with the same primary key. Every column has to be given."""
    return _upsert(connection.dialect.name, table)


@cache
def _upsert(dialect: str, table: Table) -> sqlite.Insert | postgresql.Insert:
    # Built once per table: putting the statement together costs more than running it for one row.
    adding = sqlite.insert(table) if dialect == "sqlite" else postgresql.insert(table)
    keys = list(table.primary_key.columns)
    overwritten = {column.name: adding.excluded[column.name] for column in table.columns if column not in keys}
    return adding.on_conflict_do_update(index_elements=keys, set_=overwritten)


def describe(url: URL) -> str:
    """The database in words for a message: the file's path, or the address without its password."""
    if url.get_backend_name() == "sqlite":
        return str(Path(url.database or "").absolute())
    return url.render_as_string(hide_password=True)


def parse_address(url: str) -> URL:
    """The address, with the driver this program uses. Raises StorageError."""
    try:
        address = make_url(url)
    except (ArgumentError, ValueError):
        message = (
            "the database address cannot be read; write e.g. sqlite:///data/command-centre.db or postgresql://user@host/name"
        )
        raise StorageError(message) from None  # the cause repeats parts of the address, and so of a password
    backend = address.get_backend_name()
    if backend == "postgresql":
        return address.set(drivername="postgresql+psycopg")
    if backend != "sqlite":
        raise StorageError(f"'{backend}' is not a database this program can use; it knows sqlite and postgresql")
    if not address.database or address.database == ":memory:":
        raise StorageError("SQLite in memory cannot be shared by two processes; name a file: sqlite:///data/command-centre.db")
    return address


def _sqlite_engine(address: URL, *, read_only: bool) -> Engine:
    path = Path(address.database or "").absolute()
    if read_only:
        if not path.exists():
            raise StorageError(f"{path}: there is no such file yet; the writer (run.py collect) creates it")
    else:
        _make_directory(path)
    mode = "rw" if read_only else "rwc"

    def connect() -> sqlite3.Connection:
        target = f"file:{quote(str(path))}?mode={mode}"
        link = sqlite3.connect(target, uri=True, timeout=SQLITE_BUSY_SECONDS, check_same_thread=False, isolation_level=None)
        try:
            _set_up_sqlite(link, read_only=read_only)
        except sqlite3.Error:
            link.close()
            raise
        return link

    engine = create_engine(address, creator=connect)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _make_directory(path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StorageError(f"{path.parent}: the folder of the database cannot be created ({error.strerror})") from error


def _set_up_sqlite(link: sqlite3.Connection, *, read_only: bool) -> None:
    if read_only:
        link.execute("PRAGMA query_only = ON")
    else:
        link.execute(f"PRAGMA page_size = {SQLITE_PAGE_BYTES}")  # counts only while the file is new
        _switch_to_wal(link)
        link.execute("PRAGMA synchronous = FULL")
        link.execute(f"PRAGMA wal_autocheckpoint = {SQLITE_CHECKPOINT_PAGES}")
        link.execute(f"PRAGMA journal_size_limit = {SQLITE_LOG_LIMIT_BYTES}")
    link.execute("PRAGMA foreign_keys = ON")
    link.execute("PRAGMA temp_store = MEMORY")  # a full disk must not stop a sort


def _switch_to_wal(link: sqlite3.Connection) -> None:
    try:
        link.execute("PRAGMA journal_mode = WAL")
    except sqlite3.OperationalError as error:
        if "readonly" not in str(error):
            raise  # a read-only file is met again at the first write, where it is handled


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _postgresql_engine(address: URL, *, read_only: bool) -> Engine:
    options = f"-c lock_timeout={POSTGRESQL_LOCK_MILLISECONDS} -c client_encoding=UTF8"
    if read_only:
        options += " -c default_transaction_read_only=on"
    arguments: dict[str, Any] = {
        "connect_timeout": POSTGRESQL_CONNECT_SECONDS,
        "application_name": "command-centre",
        "options": options,
    }
    return create_engine(address, connect_args=arguments, pool_pre_ping=True)


def _explained(address: URL, error: DBAPIError) -> StorageError:
    cause = str(error.orig).strip()
    return StorageError(f"{describe(address)}: {cause}. {_advice(cause)}".rstrip())


def _advice(cause: str) -> str:
    hints = {
        "database is locked": "Another program holds it; is a second writer or a backup running?",
        "unable to open": "Does the folder exist, and may this user write there?",
        "readonly": "May this user write the file and its folder?",
        "read-only": "May this user write to it?",
        "not a database": "The file is something else; check storage.url, nothing was changed.",
        "malformed": "The file is damaged; docs/storage.md says how it is recovered.",
        "full": "Make room on the disk.",
        "Connection refused": "Is PostgreSQL running there?",
        "connection failed": "Is PostgreSQL running there, and are name and password right?",
    }
    return next((hint for sign, hint in hints.items() if sign in cause), "")
