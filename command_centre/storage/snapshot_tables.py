"""The tables of frozen periods: snapshots (never changed once written), who signed them, looks back at them, rows to follow up.

Same conventions as ``storage.tables``: epoch milliseconds, text values of the domain's enums, NULL for what is not known.
"""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from command_centre.storage.tables import BIG_ID, MILLISECONDS, metadata

snapshot = Table(
    "snapshot",
    metadata,
    Column("id", Integer, primary_key=True),  # the order of the chain
    Column("period", String(10), nullable=False),  # 2026-W47, 2026-11, 2026
    Column("revision", Integer, nullable=False),  # 1, 2, ...: late data make a new one, never a change
    Column("starts_at", MILLISECONDS, nullable=False),
    Column("ends_at", MILLISECONDS, nullable=False),
    Column("cut_at", MILLISECONDS, nullable=False),  # when the data were read
    Column("sha256", String(64), nullable=False),  # of the body's canonical JSON
    Column("cut_sha256", String(64), nullable=False),  # of the data cut's
    Column("evidence_sha256", String(64), nullable=False),  # of what was measured: the same evidence needs no revision
    Column("previous", String(64)),  # the seal of the snapshot before; NULL for the first of the chain
    Column("seal", String(64), nullable=False, unique=True),
    Column("public_key", String(64), nullable=False),
    Column("signature", String(128), nullable=False),
    Column("config_hash", String(64), nullable=False),
    Column("code_version", String(32), nullable=False),
    Column("is_simulated", Boolean, nullable=False),
    Column("headline", Text, nullable=False),  # JSON: the few numbers that an archive lists
    Column("changes", Text, nullable=False),  # JSON list: what differs from the revision before
    Column("body", LargeBinary, nullable=False),  # canonical JSON, zstandard
    Column("cut", LargeBinary, nullable=False),
    UniqueConstraint("period", "revision"),
    CheckConstraint("ends_at > starts_at", name="not_empty"),
    sqlite_autoincrement=True,
)

snapshot_check = Table(
    "snapshot_check",
    metadata,
    Column("period", String(10), primary_key=True),
    Column("checked_at", MILLISECONDS, nullable=False),
    Column("evidence_sha256", String(64), nullable=False),  # of what was measured, as it was known then
    Column("differs", Boolean, nullable=False),  # late data came in: a revision is offered
)

snapshot_approval = Table(
    "snapshot_approval",
    metadata,
    Column("id", Integer, primary_key=True),  # rows are only added; the newest of a revision counts
    Column("period", String(10), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("number", Text, nullable=False),  # of the letter
    Column("name", Text, nullable=False),  # of whoever signed
    Column("staff_number", Text, nullable=False),
    Column("signed_on", String(10), nullable=False),  # ISO date
    Column("is_withdrawn", Boolean, nullable=False),  # taken back: the paper is a draft again
    Column("recorded_by", Text, nullable=False),
    Column("recorded_at", MILLISECONDS, nullable=False),
    sqlite_autoincrement=True,
)
Index("ix_snapshot_approval_period", snapshot_approval.c.period, snapshot_approval.c.revision)

follow_up = Table(
    "follow_up",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("what", Text, nullable=False),
    Column("owner", Text, nullable=False),
    Column("deadline", String(10)),  # ISO date; NULL: none agreed
    Column("status", String(12), nullable=False),
    Column("created_at", MILLISECONDS, nullable=False),
    Column("closed_at", MILLISECONDS),  # carried from week to week until then
    sqlite_autoincrement=True,
)

follow_up_event = Table(
    "follow_up_event",
    metadata,
    Column("id", BIG_ID, primary_key=True, autoincrement=True),
    Column("follow_up_id", ForeignKey("follow_up.id"), nullable=False, index=True),
    Column("at", MILLISECONDS, nullable=False),
    Column("author", Text, nullable=False),
    Column("field", String(16), nullable=False),
    Column("before", Text),
    Column("after", Text),
    sqlite_autoincrement=True,
)
