"""The tables of the watch for injected content. Same conventions as ``storage.tables``.

Apart from readings on purpose: how a site answers and whether it was broken into are two questions, asked at two paces.
What a hacked page sent (``integrity_evidence``) is kept packed, and only for who may see evidence.
"""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Float, ForeignKey, Index, Integer, LargeBinary, String, Table, Text, UniqueConstraint

from command_centre.storage.tables import BIG_ID, MILLISECONDS, metadata

integrity_watch = Table(
    "integrity_watch",
    metadata,
    Column("target_id", ForeignKey("target.id"), primary_key=True, autoincrement=False),
    Column("phase", String(12), nullable=False),
    Column("since", MILLISECONDS),
    Column("indicated_scans", Integer, nullable=False),
    Column("clean_scans", Integer, nullable=False),
    Column("cleared_at", MILLISECONDS),
    Column("reinfections", Integer, nullable=False),
    Column("last_verdict", String(12)),
    Column("last_scan_at", MILLISECONDS),
    Column("last_judged_at", MILLISECONDS),
    Column("baseline", Text),  # JSON: what the site was like at its last clean scan; NULL: never seen clean
)

integrity_scan = Table(
    "integrity_scan",
    metadata,
    Column("id", BIG_ID, primary_key=True, autoincrement=True),
    Column("target_id", ForeignKey("target.id"), nullable=False),
    Column("at", MILLISECONDS, nullable=False),
    Column("verdict", String(12), nullable=False),
    Column("weight", Float, nullable=False),
    Column("pages", Integer, nullable=False),
    Column("requests", Integer, nullable=False),
    Column("unjudged", Text, nullable=False),  # JSON object: view -> why it could not be judged
    UniqueConstraint("target_id", "at"),
    sqlite_autoincrement=True,
)

integrity_finding = Table(
    "integrity_finding",
    metadata,
    Column("scan_id", ForeignKey("integrity_scan.id"), primary_key=True),
    Column("number", Integer, primary_key=True),  # heaviest first
    Column("signal", String(16), nullable=False),
    Column("kind", String(24), nullable=False),
    Column("view", String(12), nullable=False),
    Column("url", Text, nullable=False),
    Column("position", Text, nullable=False),
    Column("excerpt", Text, nullable=False),  # as found: shown only through ``defang``
    Column("why", Text, nullable=False),
    Column("weight", Float, nullable=False),
    Column("is_decisive", Boolean, nullable=False),
    Column("body_sha256", String(64)),
    Column("fingerprint", String(24), nullable=False),
)

integrity_evidence = Table(
    "integrity_evidence",
    metadata,
    Column("target_id", ForeignKey("target.id"), primary_key=True),
    Column("sha256", String(64), primary_key=True),
    Column("view", String(12), nullable=False),
    Column("url", Text, nullable=False),
    Column("first_at", MILLISECONDS, nullable=False),
    Column("last_at", MILLISECONDS, nullable=False),
    Column("size_bytes", Integer, nullable=False),  # before it was packed
    Column("body", LargeBinary, nullable=False),  # zstd
)
Index("ix_integrity_evidence_last_at", integrity_evidence.c.last_at)

integrity_event = Table(
    "integrity_event",
    metadata,
    Column("id", BIG_ID, primary_key=True, autoincrement=True),
    Column("target_id", ForeignKey("target.id"), nullable=False, index=True),
    Column("at", MILLISECONDS, nullable=False),
    Column("change", String(16), nullable=False),
    Column("scan_id", BIG_ID),  # NULL: a person did it
    Column("author", Text),
    Column("note", Text),
    sqlite_autoincrement=True,
)

integrity_exception = Table(
    "integrity_exception",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("target_id", ForeignKey("target.id"), nullable=False, index=True),
    Column("fingerprint", String(24), nullable=False),
    Column("author", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("created_at", MILLISECONDS, nullable=False),
    Column("ends_at", MILLISECONDS, nullable=False),  # every exception ends
    sqlite_autoincrement=True,
)
