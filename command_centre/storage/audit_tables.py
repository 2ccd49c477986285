"""The tables of what people did and what had to be told.

``audit`` (hash-chained), ``due_step`` (ledger of the outbox), ``duty_answer`` and ``planned_work``.

Same conventions as ``storage.tables``: epoch milliseconds, text values of the domain's enums, NULL for what is not known.
"""

from __future__ import annotations

from sqlalchemy import Column, Integer, String, Table, Text

from command_centre.storage.tables import BIG_ID, MILLISECONDS, metadata

audit = Table(
    "audit",
    metadata,
    Column("id", BIG_ID, primary_key=True, autoincrement=False),  # 1, 2, 3 …: a missing number is a removed row
    Column("at", MILLISECONDS, nullable=False),
    Column("actor", Text, nullable=False),  # who
    Column("via", String(24), nullable=False),  # by which door: duty link, console, command line, system
    Column("command", String(32), nullable=False),
    Column("subject", Text, nullable=False),  # what it was done to, e.g. incident:12
    Column("detail", Text, nullable=False),  # JSON object
    Column("previous", String(64), nullable=False),  # hash of the row before; empty for the first
    Column("hash", String(64), nullable=False),
)

# What had to be told, written in the same transaction as the outbox row and never changed by the notifier. A step without
# its outbox row is a notice that somebody removed. No foreign key: the ledger must outlive what it vouches for.
due_step = Table(
    "due_step",
    metadata,
    Column("outbox_id", BIG_ID, primary_key=True, autoincrement=False),
    Column("key", String(200), nullable=False),
    Column("receiver", String(64), nullable=False),
    Column("incident_id", Integer),
    Column("due_at", MILLISECONDS, nullable=False, index=True),
)

duty_answer = Table(
    "duty_answer",
    metadata,
    Column("link", String(64), primary_key=True),  # digest of the link: one link, one answer
    Column("incident_id", Integer, nullable=False, index=True),
    Column("person", Text, nullable=False),
    Column("answer", String(16), nullable=False),
    Column("at", MILLISECONDS, nullable=False),
    Column("undone_at", MILLISECONDS),
    Column("silence_id", Integer),  # what the answer made, so that undoing it ends that and nothing else
    Column("before", Text),  # JSON: how the incident stood before the answer; undoing goes back to it
)

planned_work = Table(
    "planned_work",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False),
    Column("targets", Text, nullable=False),  # JSON list of keys
    Column("starts_at", MILLISECONDS, nullable=False),
    Column("ends_at", MILLISECONDS, nullable=False, index=True),  # every plan ends
    Column("author", Text, nullable=False),
    Column("created_at", MILLISECONDS, nullable=False),
    Column("called_off_at", MILLISECONDS),
    Column("called_off_by", Text),
    sqlite_autoincrement=True,
)
