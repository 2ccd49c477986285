"""The recorder at work: on a database that works, refuses, fills up, goes away, or belongs to somebody else."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import shutil
import sqlite3
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, text, update

from command_centre.domain.reading import Reading
from command_centre.pipeline.inbox import Inbox, ReadingRefused
from command_centre.pipeline.recorder import Chore
from command_centre.pipeline.roller import ROLLING
from command_centre.pipeline.rulebook import Rulebook
from command_centre.pipeline.watchman import watching
from command_centre.storage.database import migrate, open_database, writing
from command_centre.storage.lease import Lease, LeaseLost
from command_centre.storage.tables import incident, lease, reading, target
from command_centre.storage.times import from_ms
from tests.support.city import reading as seen
from tests.support.city import register, rows, site
from tests.support.clock import NOON
from tests.support.databases import Cluster, without_write_permission
from tests.support.recording import AtWork, RunningClock, recording, until


def second(number: float) -> datetime:
    return NOON + timedelta(seconds=number)


def stored(engine: Engine) -> list[datetime]:
    """Times of the site's readings; our own apart."""
    sites = {row.id for row in rows(engine, target) if row.kind == "site"}
    return [from_ms(row.at) for row in rows(engine, reading) if row.target_id in sites]


def own_stories(engine: Engine) -> list[tuple[datetime, datetime | None]]:
    own = {row.id for row in rows(engine, target) if row.kind == "self"}
    found = [row for row in rows(engine, incident) if row.target_id in own]
    return [(from_ms(row.opened_at), None if row.resolved_at is None else from_ms(row.resolved_at)) for row in found]


@pytest.fixture
def sqlite_url(tmp_path: Path, sqlite_template: Path) -> str:
    shutil.copy(sqlite_template, tmp_path / "cc.db")
    return f"sqlite:///{tmp_path / 'cc.db'}"


@pytest.fixture
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests do not wait five seconds for a lock."""
    monkeypatch.setattr("command_centre.storage.database.SQLITE_BUSY_SECONDS", 0.05)


def test_what_is_offered_is_written_and_what_is_put_is_durable_when_put_returns(engine: Engine, database_url: str) -> None:
    register(engine)

    async def tell(inbox: Inbox) -> None:
        await asyncio.wait_for(inbox.put(seen(second(1))), 60)
        other = open_database(database_url, read_only=True)
        assert second(1) in stored(other)
        other.dispose()

    with recording(engine) as at_work:
        at_work.inbox.offer(seen(second(0)))
        asyncio.run(tell(at_work.inbox))
    assert stored(engine) == [second(0), second(1)]


def test_what_is_left_at_the_end_is_still_written(engine: Engine) -> None:
    register(engine)
    with recording(engine) as at_work:
        for number in range(2_500):
            at_work.inbox.offer(seen(second(number)))
    assert len(stored(engine)) == 2_500


def _locked_for_a_while(at_work: AtWork, engine: Engine, path: str) -> None:
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    begun = datetime.now(UTC)
    for number in range(10):
        at_work.inbox.offer(seen(second(number)))
    until(lambda: at_work.recorder.fault is not None)
    fault = at_work.recorder.fault
    assert fault is not None
    assert "locked" in fault.text
    assert abs(fault.since - begun) < timedelta(seconds=5)
    holder.execute("ROLLBACK")
    holder.close()
    until(lambda: at_work.recorder.fault is None)
    until(lambda: len(stored(engine)) == 10)
    [(opened, resolved)] = own_stories(engine)
    assert abs(opened - fault.since) < timedelta(milliseconds=2)
    assert resolved is not None
    assert resolved > opened


@pytest.mark.usefixtures("_impatient")
def test_a_locked_database_delays_and_loses_nothing_and_is_one_story_with_its_true_times(sqlite_url: str) -> None:
    engine = open_database(sqlite_url)
    register(engine)
    with recording(engine) as at_work:
        _locked_for_a_while(at_work, engine, str(engine.url.database))
    engine.dispose()


@pytest.mark.usefixtures("_impatient")
def test_a_listener_is_not_acknowledged_while_the_database_refuses(sqlite_url: str) -> None:
    engine = open_database(sqlite_url)
    register(engine)

    async def story(at_work: AtWork) -> None:
        holder = sqlite3.connect(str(engine.url.database), isolation_level=None)
        holder.execute("BEGIN IMMEDIATE")
        telling = asyncio.create_task(at_work.inbox.put(seen(second(0))))
        await asyncio.to_thread(until, lambda: at_work.recorder.fault is not None)
        assert not telling.done()
        holder.execute("ROLLBACK")
        holder.close()
        await asyncio.wait_for(telling, 60)
        assert stored(engine) == [second(0)]

    with recording(engine) as at_work:
        asyncio.run(story(at_work))
    engine.dispose()


@pytest.mark.usefixtures("_impatient")
def test_while_the_database_refuses_for_long_the_inbox_stays_bounded(sqlite_url: str) -> None:
    engine = open_database(sqlite_url)
    register(engine)
    holder = sqlite3.connect(str(engine.url.database), isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    with recording(engine, capacity=100) as at_work:
        at_work.inbox.offer(seen(second(0)))
        until(lambda: at_work.recorder.fault is not None)
        for number in range(1, 1_000):
            at_work.inbox.offer(seen(second(number)))
        assert len(at_work.inbox) == 100
        assert at_work.inbox.dropped == 899
        holder.execute("ROLLBACK")
        holder.close()
        until(lambda: len(stored(engine)) == 101)
    assert stored(engine)[-1] == second(999)
    engine.dispose()


def test_a_database_that_turns_read_only_is_said_and_waited_for(open_folder: Path, sqlite_template: Path) -> None:
    shutil.copy(sqlite_template, open_folder / "cc.db")
    engine = open_database(f"sqlite:///{open_folder / 'cc.db'}")
    register(engine)
    with recording(engine) as at_work:
        with without_write_permission(open_folder):
            engine.dispose()  # a connection that is open may go on writing: only a new one is refused
            at_work.inbox.offer(seen(second(0)))
            until(lambda: at_work.recorder.fault is not None)
            fault = at_work.recorder.fault
            assert fault is not None
            assert "readonly" in fault.text or "unable to open" in fault.text
        until(lambda: stored(engine) == [second(0)])
    assert len(own_stories(engine)) == 1
    engine.dispose()


@pytest.fixture
def small_disk() -> Iterator[Path]:
    """A file system of its own with 8 MB, where this may be mounted; otherwise the test says that it was left out."""
    folder = Path(tempfile.mkdtemp(prefix="cc-disk-"))
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(folder)], capture_output=True, check=False)
    if mounted.returncode != 0:
        folder.rmdir()
        pytest.skip(f"a small disk cannot be mounted here: {mounted.stderr.decode().strip()}")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)
    folder.rmdir()


def test_a_full_disk_is_said_and_when_there_is_room_again_everything_is_written(small_disk: Path) -> None:
    """R2, on a real file system that is full."""
    engine = open_database(f"sqlite:///{small_disk / 'cc.db'}")
    migrate(engine)
    register(engine)
    ballast = small_disk / "ballast"
    with recording(engine) as at_work:
        at_work.inbox.offer(seen(second(0)))
        until(lambda: len(stored(engine)) == 1)
        _fill(ballast)
        for number in range(1, 3_000):
            at_work.inbox.offer(seen(second(number), detail=f"nomor {number}"))
        until(lambda: at_work.recorder.fault is not None)
        fault = at_work.recorder.fault
        assert fault is not None
        assert "full" in fault.text or "I/O" in fault.text
        ballast.unlink()
        until(lambda: len(stored(engine)) == 3_000)
    assert len(own_stories(engine)) == 1
    with engine.connect() as connection:
        assert connection.execute(text("PRAGMA integrity_check")).scalar() == "ok"
    engine.dispose()


def test_a_database_at_its_limit_of_pages_keeps_what_it_acknowledged(sqlite_url: str) -> None:
    """R2 without the right to mount: SQLite's own limit."""
    engine = open_database(sqlite_url)
    register(engine)
    with engine.connect() as connection:
        pages = connection.execute(text("PRAGMA page_count")).scalar_one()
    link = engine.raw_connection()
    link.driver_connection.execute(f"PRAGMA max_page_count = {pages + 2}")  # type: ignore[union-attr]
    link.close()  # back to the pool: the recorder gets this very connection
    with recording(engine) as at_work:
        for number in range(3_000):
            at_work.inbox.offer(seen(second(number), detail=f"nomor {number}"))
        until(lambda: at_work.recorder.fault is not None)
        engine.dispose()  # the next connection knows no limit: there is room again
        until(lambda: len(stored(engine)) == 3_000)
    engine.dispose()


def _fill(path: Path) -> None:
    with contextlib.suppress(OSError), path.open("wb", buffering=0) as file:
        while True:
            file.write(b"\0" * 4096)


@pytest.mark.postgresql
def test_connections_cut_by_the_server_are_opened_again(postgresql: Cluster) -> None:
    postgresql.empty()
    engine = open_database(postgresql.url("city"))
    register(engine)
    with recording(engine) as at_work:
        for number in range(200):
            at_work.inbox.offer(seen(second(number)))
            if number % 40 == 20:
                postgresql.run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'city'")
        until(lambda: len(stored(engine)) == 200)
    engine.dispose()


def test_one_reading_that_cannot_be_stored_does_not_keep_the_others_out(engine: Engine, caplog: pytest.LogCaptureFixture) -> None:
    register(engine)
    impossible = replace(seen(second(5)), evidence={"hash": object()})  # type: ignore[dict-item]

    async def tell(at_work: AtWork) -> None:
        with pytest.raises(ReadingRefused, match="situs:diskominfo"):
            await asyncio.wait_for(at_work.inbox.put(impossible), 60)

    with recording(engine) as at_work:
        for number in range(5):
            at_work.inbox.offer(seen(second(number)))
        asyncio.run(tell(at_work))
        until(lambda: len(stored(engine)) == 5)
        assert at_work.recorder.refused == 1
        assert at_work.recorder.fault is None
    assert "cannot be stored" in caplog.text


def test_a_writer_whose_lease_was_taken_stops_and_writes_nothing_more(engine: Engine) -> None:
    register(engine)
    held = Lease.acquire(engine, "utama", "pertama", RunningClock())
    with recording(engine, lease=held) as at_work:
        at_work.inbox.offer(seen(second(0)))
        until(lambda: len(stored(engine)) == 1)
        with writing(engine) as connection:
            connection.execute(update(lease).values(renewed_at=0))
        Lease.acquire(engine, "utama", "kedua", RunningClock())
        at_work.inbox.offer(seen(second(1)))
        until(lambda: not at_work.thread.is_alive())
    assert [type(error) for error in at_work.failed] == [LeaseLost]
    assert stored(engine) == [second(0)]


def test_a_chore_that_fails_is_said_and_recording_goes_on(engine: Engine, caplog: pytest.LogCaptureFixture) -> None:
    register(engine)

    def fail(_connection: Connection, _at: datetime, _rulebook: Rulebook) -> list[Reading]:
        raise RuntimeError("a bug of ours")

    caplog.set_level(logging.ERROR)
    with recording(engine, chores=[Chore("tidying", timedelta(0), fail), ROLLING, watching()]) as at_work:
        until(lambda: "tidying failed" in caplog.text)
        at_work.inbox.offer(seen(second(0)))
        until(lambda: len(stored(engine)) == 1)
        assert at_work.recorder.fault is None


def test_an_idle_recorder_goes_on_showing_that_it_lives(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("command_centre.pipeline.recorder.RENEW_EVERY", timedelta(seconds=0.1))
    register(engine, site())
    held = Lease.acquire(engine, "utama", "pertama", RunningClock())
    before = rows(engine, lease)[0].renewed_at
    with recording(engine, lease=held):
        until(lambda: rows(engine, lease)[0].renewed_at > before)
    assert threading.active_count() >= 1
    assert os.getpid() == rows(engine, lease)[0].pid
