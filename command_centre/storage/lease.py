"""The lease: one writer per shard. A second one is refused by name; a stalled one cannot write once its lease is another's."""

from __future__ import annotations

import errno
import os
import secrets
import socket
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine, Row, select, update

from command_centre.domain.ports import Clock
from command_centre.storage.database import insert_into, writing
from command_centre.storage.tables import lease
from command_centre.storage.times import from_ms, span_ms, to_ms

LEASE_LASTS = timedelta(seconds=15)
RENEW_EVERY = timedelta(seconds=5)


class LeaseHeld(Exception):  # noqa: N818 - a state of the world, named like one
    """Somebody else writes already: who, where, and how long ago it last showed itself."""

    def __init__(self, shard: str, holder: str, host: str, pid: int, age: timedelta) -> None:
        self.shard, self.holder, self.host, self.pid, self.age = shard, holder, host, pid, age
        seconds = max(age.total_seconds(), 0.0)
        super().__init__(
            f"'{holder}' (process {pid} on {host}) already writes shard '{shard}' and showed itself {seconds:.0f} s ago. "
            f"Stop it first, or wait {LEASE_LASTS.total_seconds():.0f} s after it has died."
        )


class LeaseLost(Exception):  # noqa: N818
    """The lease went to another writer: this one must not write any more."""


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to write one shard. It lasts 15 s after the last renewal; every recording renews it."""

    engine: Engine
    clock: Clock
    shard: str
    holder: str
    token: str

    @classmethod
    def acquire(cls, engine: Engine, shard: str, holder: str, clock: Clock) -> Lease:
        """Take the lease of ``shard``. Raises LeaseHeld while another holder keeps it.

        A holder on this host whose process is gone (killed, crashed) is not waited for.
        """
        now, host, pid = clock.now(), socket.gethostname(), os.getpid()
        token = secrets.token_hex(16)
        row = {
            "shard": shard,
            "holder": holder,
            "host": host,
            "pid": pid,
            "token": token,
            "acquired_at": to_ms(now),
            "renewed_at": to_ms(now),
            "released_at": None,
        }
        with writing(engine) as connection:
            # The empty insert first: on PostgreSQL it makes two newcomers queue for the row.
            connection.execute(insert_into(connection, lease).values(row).on_conflict_do_nothing())
            held = connection.execute(select(lease).where(lease.c.shard == shard).with_for_update()).one()
            if held.token != token:
                _refuse_if_alive(held, host, pid, now)
                connection.execute(update(lease).where(lease.c.shard == shard).values(row))
        return cls(engine, clock, shard, holder, token)

    def guard(self, connection: Connection) -> None:
        """Renew inside a transaction that writes. Raises LeaseLost, and so undoes the transaction, when the lease is not ours."""
        mine = (lease.c.shard == self.shard) & (lease.c.token == self.token) & lease.c.released_at.is_(None)
        renewed = connection.execute(update(lease).where(mine).values(renewed_at=to_ms(self.clock.now())))
        if renewed.rowcount != 1:
            raise LeaseLost(f"the lease of shard '{self.shard}' is no longer held by '{self.holder}'")

    def release(self) -> None:
        """Give the lease back; does nothing when it is already another's."""
        mine = (lease.c.shard == self.shard) & (lease.c.token == self.token)
        with writing(self.engine) as connection:
            connection.execute(update(lease).where(mine).values(released_at=to_ms(self.clock.now())))


def _refuse_if_alive(held: Row[tuple[object, ...]], host: str, pid: int, now: datetime) -> None:
    is_released = held.released_at is not None
    age = now - from_ms(held.renewed_at)
    is_fresh = span_ms(age) < span_ms(LEASE_LASTS)
    is_dead = held.host == host and held.pid != pid and not is_running(held.pid)
    if is_fresh and not is_released and not is_dead:
        raise LeaseHeld(held.shard, held.holder, held.host, held.pid, age)


def is_running(pid: int) -> bool:
    """Whether a process of this number lives on this machine."""
    try:
        os.kill(pid, 0)
    except OSError as error:
        return error.errno != errno.ESRCH
    return True
