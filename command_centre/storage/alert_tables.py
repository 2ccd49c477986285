"""The tables of what is to be told: due notifications (``outbox``) and people's promises of quiet (``silence``).

Same conventions as ``storage.tables``: epoch milliseconds, text values of the domain's enums, NULL for what is not known.
"""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, Text

from command_centre.storage.tables import BIG_ID, MILLISECONDS, metadata

outbox = Table(
    "outbox",
    metadata,
    Column("id", BIG_ID, primary_key=True, autoincrement=True),  # also the order in which one receiver hears one incident
    Column("key", String(200), nullable=False, unique=True),  # idempotency key: the same notice is never due twice
    Column("incident_id", ForeignKey("incident.id"), index=True),  # NULL: about many (a digest, a handover)
    Column("receiver", String(64), nullable=False),
    Column("kind", String(20), nullable=False),  # NoticeKind
    Column("why", String(32), nullable=False),  # Why: printed at the foot of the message
    Column("severity", String(10), nullable=False),
    Column("payload", Text, nullable=False),  # JSON object: title, lines, facts, link
    Column("event_at", MILLISECONDS, nullable=False),  # what it tells of happened then: the dwell time counts from here
    Column("due_at", MILLISECONDS, nullable=False),
    Column("created_at", MILLISECONDS, nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("next_try_at", MILLISECONDS, nullable=False),
    Column("lease_holder", Text),
    Column("lease_until", MILLISECONDS),
    Column("sent_at", MILLISECONDS),  # accepted by the receiver
    Column("dead_at", MILLISECONDS),  # given up, or withdrawn before it was sent
    Column("last_error", Text),
    sqlite_autoincrement=True,
)
Index("ix_outbox_waiting", outbox.c.sent_at, outbox.c.dead_at, outbox.c.next_try_at)

silence = Table(
    "silence",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("matcher", Text, nullable=False),  # JSON object: target, kind, rule, kelurahan, ... all of them must fit
    Column("author", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("starts_at", MILLISECONDS, nullable=False),
    Column("ends_at", MILLISECONDS, nullable=False),  # every silence ends
    Column("created_at", MILLISECONDS, nullable=False),
    Column("lifted_at", MILLISECONDS),  # ended early
    Column("lifted_by", Text),
    sqlite_autoincrement=True,
)
Index("ix_silence_ends_at", silence.c.ends_at)

telling = Table(
    "telling",
    metadata,
    Column("incident_id", ForeignKey("incident.id"), primary_key=True, autoincrement=False),
    Column("told", Text, nullable=False),  # JSON: domain.telling.Told, what has been said about it so far
    Column("number", Integer, nullable=False),  # how many notices there were: part of their keys
    Column("next_at", MILLISECONDS, index=True),  # when to decide again; NULL: when something happens
)
