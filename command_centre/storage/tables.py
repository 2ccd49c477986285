"""The tables, as they are after all migrations. A test compares this file with what the migrations build.

Times are integer epoch milliseconds (UTC). Closed sets (status, reason, source, phase, ...) are the text values of the
domain's enums. A missing value is NULL or left out, never 0.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

BIG_ID = BigInteger().with_variant(Integer, "sqlite")
"""SQLite counts only in a column spelled INTEGER PRIMARY KEY; that one holds 64 bits as well."""

MILLISECONDS = BigInteger()

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

target = Table(
    "target",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("key", String(200), nullable=False, unique=True),  # the stable name: history follows it through every renaming
    Column("kind", String(16), nullable=False),
    Column("name", Text, nullable=False),
    Column("short_name", Text, nullable=False),
    Column("owner", Text, nullable=False),
    Column("group_name", Text, nullable=False),
    Column("kelurahan", String(20)),
    Column("kecamatan", String(20)),
    Column("latitude", Float),
    Column("longitude", Float),
    Column("address", Text),  # NULL: expected, not measured
    Column("expected_every_seconds", Float, nullable=False),
    Column("dimension", String(16)),
    Column("source", Text, nullable=False),
    Column("valid_from", String(10)),  # ISO dates, both ends inclusive
    Column("valid_to", String(10)),
    Column("parents", Text, nullable=False),  # JSON list of keys
    Column("attributes", Text, nullable=False),  # JSON object of texts
    Column("created_at", MILLISECONDS, nullable=False),
    Column("changed_at", MILLISECONDS, nullable=False),
    Column("removed_at", MILLISECONDS),  # NULL: the register lists it; otherwise since when it does not. Rows are never deleted.
)

metric = Table(
    "metric",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(100), nullable=False, unique=True),
    Column("unit", String(24), nullable=False),
    Column("help", Text, nullable=False),
    Column("is_latency", Boolean, nullable=False),
)

series = Table(
    "series",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("target_id", ForeignKey("target.id"), nullable=False),
    Column("metric_id", ForeignKey("metric.id"), nullable=False),
    UniqueConstraint("target_id", "metric_id"),
)

detail = Table(
    "detail",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("hash", LargeBinary(16), nullable=False, unique=True),
    Column("text", Text, nullable=False),  # one line for people
    Column("facts", Text, nullable=False),  # JSON object: the reading's evidence
    Column("last_used", MILLISECONDS, nullable=False),  # to the day: retention asks it
)

reading = Table(
    "reading",
    metadata,
    Column("seq", BIG_ID, primary_key=True, autoincrement=True),  # the cursor of everything that tails the log; never used twice
    Column("target_id", ForeignKey("target.id"), nullable=False),
    Column("at", MILLISECONDS, nullable=False),
    Column("status", String(10), nullable=False),
    Column("reason", String(24), nullable=False),
    Column("source", String(10), nullable=False),
    Column("tentative", Boolean, nullable=False),
    Column("packed", LargeBinary),  # storage.values: {metric id: number}; NULL when the source gave none
    Column("detail_id", Integer),  # of detail; no foreign key, or removing a detail would read the whole log
    UniqueConstraint("target_id", "at", "source"),  # the identity of a reading: redelivery changes nothing
    sqlite_autoincrement=True,
)
latest = Table(
    "latest",
    metadata,
    Column("target_id", ForeignKey("target.id"), primary_key=True, autoincrement=False),
    Column("seq", BIG_ID, nullable=False),
    Column("at", MILLISECONDS, nullable=False),  # time of the newest reading that counts (a tentative one does not)
    Column("status", String(10), nullable=False),  # UNKNOWN/SILENT once the watchman found nobody vouching any more
    Column("reason", String(24), nullable=False),
    Column("since", MILLISECONDS, nullable=False),  # since when the status lasts without a break
    Column("vouched_until", MILLISECONDS, nullable=False),  # at + patience: after that nothing is known
    Column("span_since", MILLISECONDS, nullable=False),  # key of the newest span
    Column("packed", LargeBinary),
    Column("detail_id", Integer),
    sqlite_with_rowid=False,
)

span = Table(
    "span",
    metadata,
    Column("target_id", ForeignKey("target.id"), primary_key=True, autoincrement=False),
    Column("since", MILLISECONDS, primary_key=True, autoincrement=False),
    # Half-open. The newest span of a target ends where its last reading stops vouching, which may lie ahead of now:
    # whoever asks cuts at now, and counts what lies after the last span as UNKNOWN / SILENT.
    Column("until", MILLISECONDS, nullable=False),
    Column("status", String(10), nullable=False),
    Column("reason", String(24), nullable=False),
    Column("planned", Boolean, nullable=False),  # laid over the measured status, which is kept
    CheckConstraint("until > since", name="not_empty"),
    sqlite_with_rowid=False,
)
Index("ix_span_until", span.c.until)  # "everything that touches the last 24 hours"

rollup = Table(
    "rollup",
    metadata,
    Column("resolution_seconds", Integer, primary_key=True, autoincrement=False),  # 300, 3600, 86400
    Column("series_id", ForeignKey("series.id"), primary_key=True, autoincrement=False),
    Column("bucket", MILLISECONDS, primary_key=True, autoincrement=False),  # start of the bucket
    Column("count", Integer, nullable=False),
    Column("total", Float(53), nullable=False),
    Column("low", Float(53), nullable=False),
    Column("high", Float(53), nullable=False),
    Column("sketch", LargeBinary),  # storage.values: {bin: count}; only for latency metrics
    sqlite_with_rowid=False,
)

dirty = Table(
    "dirty",
    metadata,
    Column("resolution_seconds", Integer, primary_key=True, autoincrement=False),
    Column("bucket", MILLISECONDS, primary_key=True, autoincrement=False),
    Column("target_id", ForeignKey("target.id"), primary_key=True, autoincrement=False),  # all series of the target
    Column("marked_at", MILLISECONDS, nullable=False),
    sqlite_with_rowid=False,
)

alert_state = Table(
    "alert_state",
    metadata,
    Column("rule", String(64), primary_key=True),
    Column("target_id", ForeignKey("target.id"), primary_key=True, autoincrement=False),
    Column("phase", String(12), nullable=False),
    Column("since", MILLISECONDS, nullable=False),
    Column("trouble_since", MILLISECONDS),
    Column("incident_id", ForeignKey("incident.id")),  # while the phase is open
    Column("severity", String(10)),  # of the newest breach
    Column("last_look", String(10)),  # how the newest look was, for flapping
    Column("changes", String(100)),  # the last looks, oldest first: 1 changed something, 0 did not
    Column("is_flapping", Boolean),
    sqlite_with_rowid=False,
)

incident = Table(
    "incident",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("rule", String(64), nullable=False),
    Column("target_id", ForeignKey("target.id"), nullable=False),
    Column("severity", String(10), nullable=False),
    Column("status", String(10), nullable=False),  # of the newest reading that breached the rule
    Column("reason", String(24), nullable=False),
    Column("detail", Text, nullable=False),
    Column("opened_at", MILLISECONDS, nullable=False),  # when the trouble began, not when the rule fired
    Column("resolved_at", MILLISECONDS),  # when it ended, not when calm had lasted long enough; NULL while it lasts
    Column("parent_id", Integer),  # the incident that explains this one; no foreign key: SQLite cannot add one to a table
    Column("group_kind", String(16)),  # not NULL: one story of many targets with one cause; target_id is the first of them
    Column("group_key", String(200)),  # which line, power area, kelurahan ... they share
    Column("scope", Integer),  # how many targets it took along, at most
    Column("scope_total", Integer),  # of how many that could have been
    Column("owner", Text),
    Column("cause", String(32)),  # what a person says it was
    Column("assigned_to", Text),
    Column("acknowledged_at", MILLISECONDS),
    Column("acknowledged_by", Text),
    sqlite_autoincrement=True,
)
Index("ix_incident_resolved_at", incident.c.resolved_at)
Index("ix_incident_parent_id", incident.c.parent_id)

incident_event = Table(
    "incident_event",
    metadata,
    Column("id", BIG_ID, primary_key=True, autoincrement=True),
    Column("incident_id", ForeignKey("incident.id"), nullable=False, index=True),
    Column("at", MILLISECONDS, nullable=False),  # taken_at of the reading that caused it
    Column("kind", String(20), nullable=False),
    Column("status", String(10), nullable=False),
    Column("reason", String(24), nullable=False),
    Column("detail", Text, nullable=False),
    Column("author", Text),  # a person, where one did it
    Column("text", Text),  # in that person's words
)

wall = Table(
    "wall",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("page", Text, nullable=False),
    Column("first_seen", MILLISECONDS, nullable=False),
    Column("last_seen", MILLISECONDS, nullable=False),
    Column("closed", Boolean, nullable=False),  # closed on purpose: its silence means nothing
    Column("data_age_seconds", Float),
    Column("frame_age_seconds", Float),
    Column("heap_bytes", BigInteger),
    Column("dom_nodes", Integer),
    Column("width", Integer),
    Column("height", Integer),
    Column("user_agent", Text, nullable=False),
)

lease = Table(
    "lease",
    metadata,
    Column("shard", String(64), primary_key=True),
    Column("holder", Text, nullable=False),
    Column("host", Text, nullable=False),
    Column("pid", Integer, nullable=False),
    Column("token", String(32), nullable=False),  # changes hands with the lease: a stalled old writer no longer knows it
    Column("acquired_at", MILLISECONDS, nullable=False),
    Column("renewed_at", MILLISECONDS, nullable=False),
    Column("released_at", MILLISECONDS),
)

meta = Table(
    "meta",
    metadata,
    Column("key", String(64), primary_key=True),  # e.g. is_simulated, config_hash
    Column("value", Text, nullable=False),
    Column("changed_at", MILLISECONDS, nullable=False),
)
