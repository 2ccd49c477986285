"""Looks that people ask for out of turn: asked by the web process, taken by the collector."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select, update

from command_centre.domain.target import TargetKey
from command_centre.storage.database import upsert_into
from command_centre.storage.recheck_tables import recheck
from command_centre.storage.tables import target
from command_centre.storage.times import to_ms

MOST_TAKEN = 50
"""At once: whoever asks for everything must not push the regular looks aside."""


def ask_recheck(connection: Connection, key: TargetKey, by: str, at: datetime) -> bool:
    """Ask for a look at a target; False when the register lists no such target."""
    listed = select(target.c.id).where(target.c.key == key, target.c.removed_at.is_(None))
    if connection.execute(listed).first() is None:
        return False
    row = {"target_key": key, "asked_at": to_ms(at), "asked_by": by, "taken_at": None}
    connection.execute(upsert_into(connection, recheck), row)
    return True


def is_asked(connection: Connection) -> bool:
    """Whether any request waits; cheap enough to be asked every second."""
    return connection.execute(select(recheck.c.target_key).where(recheck.c.taken_at.is_(None)).limit(1)).first() is not None


def take_rechecks(connection: Connection, at: datetime) -> tuple[TargetKey, ...]:
    """The requests that wait, oldest first; from now on they are taken."""
    waiting = select(recheck.c.target_key).where(recheck.c.taken_at.is_(None)).order_by(recheck.c.asked_at).limit(MOST_TAKEN)
    keys = list(connection.execute(waiting).scalars())
    connection.execute(update(recheck).where(recheck.c.target_key.in_(keys)).values(taken_at=to_ms(at)))
    return tuple(TargetKey(each) for each in keys)
