"""The table of devices that speak and are in no register. They are never counted; a person decides what becomes of them."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Index, Integer, String, Table, Text

from command_centre.storage.tables import MILLISECONDS, metadata

quarantine = Table(
    "quarantine",
    metadata,
    Column("collector", String(32), primary_key=True),
    Column("device", String(128), primary_key=True),  # the name it uses in topics
    Column("first_at", MILLISECONDS, nullable=False),
    Column("last_at", MILLISECONDS, nullable=False),
    Column("messages", Integer, nullable=False),
    Column("topic", Text, nullable=False),  # of its newest message
    Column("sample", Text, nullable=False),  # how its newest message begins, made printable
    Column("state", String(8), nullable=False),  # waiting, adopted, ignored
    Column("decided_at", MILLISECONDS),
    Column("decided_by", Text),
    CheckConstraint("state IN ('waiting', 'adopted', 'ignored')", name="state"),
    Index("ix_quarantine_last_at", "last_at"),
)
