"""The record of what people did: rows in a hash chain, so that a changed or removed row is found.

The hash of a row covers the hash of the row before. Whoever writes holds the database's write lock from the first statement on
(``writing`` begins IMMEDIATE on SQLite; on PostgreSQL the chain is locked here), so two writers never continue the same row.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, text

from command_centre.storage.audit_tables import audit
from command_centre.storage.times import from_ms, to_ms

_CHAIN_LOCK = 0x0A0D17  # any number, the same in every copy of the program


@dataclass(frozen=True, slots=True)
class Entry:
    """One deed: when, who, by which door, what, to what. ``detail``: before, after, from where; nothing secret."""

    at: datetime
    actor: str
    via: str
    command: str
    subject: str
    detail: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Break:
    """Where the chain does not hold: the number of the row, and what is wrong with it."""

    id: int
    sentence: str


def write_audit(connection: Connection, entry: Entry) -> int:
    """Append one row in the transaction of the deed itself; answers with its number."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _CHAIN_LOCK})
    last = connection.execute(select(audit.c.id, audit.c.hash).order_by(audit.c.id.desc()).limit(1)).first()
    number, previous = (1, "") if last is None else (last.id + 1, last.hash)
    row = {
        "id": number,
        "at": to_ms(entry.at),
        "actor": entry.actor,
        "via": entry.via,
        "command": entry.command,
        "subject": entry.subject,
        "detail": json.dumps(entry.detail, ensure_ascii=False, sort_keys=True, separators=(",", ":")),
        "previous": previous,
    }
    connection.execute(insert(audit).values(row | {"hash": _hash(row)}))
    return number


def last_entries(connection: Connection, most: int) -> tuple[tuple[int, Entry], ...]:
    """The newest rows with their numbers, oldest of them first."""
    rows = connection.execute(select(audit).order_by(audit.c.id.desc()).limit(max(most, 0))).all()
    return tuple(
        (row.id, Entry(from_ms(row.at), row.actor, row.via, row.command, row.subject, json.loads(row.detail)))
        for row in reversed(rows)
    )


def first_break(connection: Connection) -> Break | None:
    """The first row at which the chain does not hold; None when all of it does. A cut-off end cannot be seen from here alone."""
    expected, previous = 1, ""
    for row in connection.execute(select(audit).order_by(audit.c.id)):
        kept = dict(row._mapping)
        if kept["id"] != expected:
            return Break(expected, "is missing")
        if kept["previous"] != previous:
            return Break(expected, "does not continue the row before it")
        if kept.pop("hash") != (previous := _hash(kept)):
            return Break(expected, "was changed")
        expected += 1
    return None


def _hash(row: Mapping[str, Any]) -> str:
    """Over everything but the hash itself, in a form that depends on nothing else."""
    return hashlib.sha256(json.dumps(row, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
