"""One writer, and only one."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from datetime import timedelta

import pytest
from sqlalchemy import Engine, update

from command_centre.storage.database import writing
from command_centre.storage.lease import Lease, LeaseHeld, LeaseLost
from command_centre.storage.tables import lease
from command_centre.storage.times import to_ms
from tests.support.city import rows
from tests.support.clock import FrozenClock


def renew(lease: Lease, engine: Engine) -> None:
    """What every transaction of the recorder does first."""
    with writing(engine) as connection:
        lease.guard(connection)


def test_a_second_writer_is_refused_with_the_name_of_the_first(engine: Engine) -> None:
    clock = FrozenClock()
    Lease.acquire(engine, "utama", "collect di ruang server", clock)
    clock.advance(timedelta(seconds=4))
    with pytest.raises(LeaseHeld) as refusal:
        Lease.acquire(engine, "utama", "collect kedua", clock)
    held = refusal.value
    assert (held.holder, held.host, held.pid) == ("collect di ruang server", socket.gethostname(), os.getpid())
    assert held.age == timedelta(seconds=4)
    assert "'collect di ruang server'" in str(held)


def test_a_writer_that_goes_on_renewing_keeps_the_lease(engine: Engine) -> None:
    clock = FrozenClock()
    first = Lease.acquire(engine, "utama", "pertama", clock)
    for _ in range(5):
        clock.advance(timedelta(seconds=14))
        renew(first, engine)
    clock.advance(timedelta(seconds=14))
    with pytest.raises(LeaseHeld):
        Lease.acquire(engine, "utama", "kedua", clock)


def test_after_fifteen_silent_seconds_another_may_take_over_and_the_stalled_one_cannot_write(engine: Engine) -> None:
    clock = FrozenClock()
    stalled = Lease.acquire(engine, "utama", "pertama", clock)
    clock.advance(timedelta(seconds=15))
    Lease.acquire(engine, "utama", "kedua", clock)
    with pytest.raises(LeaseLost), writing(engine) as connection:
        stalled.guard(connection)


def test_a_stalled_writer_that_lets_go_late_takes_nothing_from_its_successor(engine: Engine) -> None:
    clock = FrozenClock()
    stalled = Lease.acquire(engine, "utama", "pertama", clock)
    clock.advance(timedelta(seconds=20))
    second = Lease.acquire(engine, "utama", "kedua", clock)
    stalled.release()
    renew(second, engine)
    assert rows(engine, lease)[0].holder == "kedua"


def test_a_released_lease_can_be_taken_at_once(engine: Engine) -> None:
    clock = FrozenClock()
    Lease.acquire(engine, "utama", "pertama", clock).release()
    assert Lease.acquire(engine, "utama", "kedua", clock).holder == "kedua"


def test_a_released_lease_cannot_be_used_any_more(engine: Engine) -> None:
    first = Lease.acquire(engine, "utama", "pertama", FrozenClock())
    first.release()
    with pytest.raises(LeaseLost):
        renew(first, engine)


def test_a_killed_writer_on_this_machine_is_not_waited_for(engine: Engine) -> None:
    clock = FrozenClock()
    Lease.acquire(engine, "utama", "pertama", clock)
    gone = subprocess.Popen([sys.executable, "-c", "pass"])
    gone.wait()
    with writing(engine) as connection:
        connection.execute(update(lease).values(pid=gone.pid))
    assert Lease.acquire(engine, "utama", "kedua", clock).holder == "kedua"


def test_a_writer_on_another_machine_is_waited_for_even_when_its_number_means_nothing_here(engine: Engine) -> None:
    clock = FrozenClock()
    Lease.acquire(engine, "utama", "pertama", clock)
    with writing(engine) as connection:
        connection.execute(update(lease).values(pid=2**22 + 1, host="server-lain", renewed_at=to_ms(clock.now())))
    with pytest.raises(LeaseHeld, match="on server-lain"):
        Lease.acquire(engine, "utama", "kedua", clock)


def test_shards_have_a_writer_each(engine: Engine) -> None:
    Lease.acquire(engine, "utara", "pertama", FrozenClock())
    Lease.acquire(engine, "selatan", "kedua", FrozenClock())
    assert [row.shard for row in rows(engine, lease)] == ["selatan", "utara"]
