"""Real databases for tests: a SQLite file, and a PostgreSQL cluster of our own on loopback. Both start with the tables in place.

A ``conftest.py`` that wants them imports the fixtures from here, by name, also those that the wanted ones ask for.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import Engine

from command_centre.storage.database import migrate, open_database
from command_centre.storage.tables import metadata

HOST = "127.0.0.1"
START_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Cluster:
    """A running PostgreSQL server with a database ``city`` that has all tables."""

    port: int
    process: subprocess.Popen[bytes]

    def url(self, name: str) -> str:
        return f"postgresql+psycopg://postgres@{HOST}:{self.port}/{name}"

    def run(self, statement: str, database: str = "postgres") -> None:
        with psycopg.connect(f"host={HOST} port={self.port} user=postgres dbname={database}", autocommit=True) as link:
            link.execute(statement.encode())

    def empty(self) -> None:
        """Nothing in any table, nobody connected. A fresh copy of a template would take twenty times as long."""
        self.run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'city'")
        self.run("; ".join(f"DELETE FROM {table.name}" for table in reversed(metadata.sorted_tables)), "city")


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Cluster]:
    """One server per test process, thrown away at the end."""
    with running_postgresql() as cluster:
        yield cluster


@contextmanager
def running_postgresql() -> Iterator[Cluster]:
    """A PostgreSQL server of our own with a database ``city`` that has all tables; ended and removed at the end."""
    programs = _programs()
    folder = Path(tempfile.mkdtemp(prefix="cc-postgresql-"))
    try:
        as_whom = _as_whom(folder)
        initialise = [
            *as_whom,
            str(programs / "initdb"),
            "-D",
            str(folder / "data"),
            "-U",
            "postgres",
            "-A",
            "trust",
            "-E",
            "UTF8",
        ]
        subprocess.run([*initialise, "--locale=C", "--no-sync"], check=True, capture_output=True, timeout=60, cwd="/")
        cluster = _start(programs, folder, as_whom)
        try:
            cluster.run("CREATE DATABASE city")
            engine = open_database(cluster.url("city"))
            migrate(engine)
            engine.dispose()
            yield cluster
        finally:
            cluster.process.send_signal(signal.SIGINT)  # "fast" shutdown
            cluster.process.wait(timeout=30)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with all tables, to be copied."""
    path = tmp_path_factory.mktemp("template") / "template.db"
    engine = open_database(f"sqlite:///{path}")
    migrate(engine)
    engine.dispose()
    return path


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database with all tables and nothing in them, on each engine in turn."""
    if request.param == "sqlite":
        path = tmp_path / "command-centre.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"
        return
    cluster: Cluster = request.getfixturevalue("postgresql")
    cluster.empty()
    yield cluster.url("city")


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """An engine on ``database_url``."""
    engine = open_database(database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that any user can reach (pytest's own are closed to others)."""
    folder = Path(tempfile.mkdtemp(prefix="cc-open-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@contextmanager
def without_write_permission(folder: Path) -> Iterator[None]:
    """Nothing in ``folder`` can be written meanwhile. Root may write everything, so root becomes nobody for the time being."""
    modes = {path: path.stat().st_mode for path in (folder, *folder.iterdir())}
    for path in modes:
        path.chmod(0o555 if path.is_dir() else 0o444)
    is_root = os.geteuid() == 0
    if is_root:
        os.seteuid(pwd.getpwnam("nobody").pw_uid)
    try:
        yield
    finally:
        if is_root:
            os.seteuid(0)
        for path, mode in modes.items():
            path.chmod(mode)


def _programs() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
    if not found:
        pytest.skip("PostgreSQL's programs are not installed (Debian package postgresql)")
    return found[-1].parent


def _as_whom(folder: Path) -> list[str]:
    """PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return []
    shutil.chown(folder, "postgres", "postgres")
    return ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]


def _start(programs: Path, folder: Path, as_whom: list[str]) -> Cluster:
    port = _free_port()
    settings = {"listen_addresses": HOST, "port": port, "unix_socket_directories": "", "fsync": "on", "max_connections": 60}
    options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
    with (folder / "log").open("wb") as log:
        command = [*as_whom, str(programs / "postgres"), "-D", str(folder / "data"), *options]
        process = subprocess.Popen(command, stdout=log, stderr=log, cwd="/")
    cluster = Cluster(port, process)
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            cluster.run("SELECT 1")
        except psycopg.OperationalError:
            if process.poll() is not None or time.monotonic() > deadline:
                process.kill()
                raise RuntimeError(f"PostgreSQL did not start:\n{(folder / 'log').read_text()}") from None
            time.sleep(0.05)
        else:
            return cluster


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port
