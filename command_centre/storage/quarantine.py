"""Writing the quarantine: what strangers said, and what was decided about them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, delete, func, select, tuple_, update

from command_centre.domain.quarantine import Stranger, StrangerState
from command_centre.storage.database import insert_into
from command_centre.storage.log import clean_text
from command_centre.storage.quarantine_tables import quarantine
from command_centre.storage.times import to_ms

MOST_KEPT = 1_000
"""Somebody who may publish can invent names for ever; beyond this the ones that waited longest without a word are forgotten."""


def note_stranger(connection: Connection, collector: str, seen: Stranger) -> bool:
    """Add what was heard; False when the table holds it already. What was decided about the device stays."""
    values = {
        "collector": collector,
        "device": clean_text(seen.device),
        "first_at": to_ms(seen.first_at),
        "last_at": to_ms(seen.last_at),
        "messages": seen.messages,
        "topic": clean_text(seen.topic),
        "sample": clean_text(seen.sample),
        "state": StrangerState.WAITING.value,
    }
    adding = insert_into(connection, quarantine).values(values)
    newer = adding.on_conflict_do_update(
        index_elements=[quarantine.c.collector, quarantine.c.device],
        set_={
            "last_at": adding.excluded.last_at,
            "messages": quarantine.c.messages + adding.excluded.messages,
            "topic": adding.excluded.topic,
            "sample": adding.excluded.sample,
        },
        where=quarantine.c.last_at < adding.excluded.last_at,
    )
    return connection.execute(newer.returning(quarantine.c.device)).first() is not None


def forget_surplus(connection: Connection) -> int:
    """Keep the table bounded: those that wait go first, then those that were decided on; the longest silent before others."""
    surplus = (connection.execute(select(func.count()).select_from(quarantine)).scalar() or 0) - MOST_KEPT
    if surplus <= 0:
        return 0
    key = tuple_(quarantine.c.collector, quarantine.c.device)
    is_decided = quarantine.c.state != StrangerState.WAITING.value
    oldest = select(quarantine.c.collector, quarantine.c.device).order_by(is_decided, quarantine.c.last_at).limit(surplus)
    connection.execute(delete(quarantine).where(key.in_([tuple(row) for row in connection.execute(oldest)])))
    return surplus


def decide(connection: Connection, collector: str, device: str, state: StrangerState, by: str, at: datetime) -> bool:
    """Note what somebody decided about a stranger; False when there is none of that name."""
    own = (quarantine.c.collector == collector) & (quarantine.c.device == device)
    is_open = state is StrangerState.WAITING
    change = {"state": state.value, "decided_at": None if is_open else to_ms(at), "decided_by": None if is_open else by}
    return connection.execute(update(quarantine).where(own).values(change)).rowcount > 0
