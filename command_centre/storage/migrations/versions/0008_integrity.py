"""The watch for injected content: state, scans, findings, evidence, events, exceptions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision: str | None = "0007"
branch_labels: str | None = None
depends_on: str | None = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "integrity_watch",
        sa.Column("target_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("phase", sa.String(length=12), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=True),
        sa.Column("indicated_scans", sa.Integer(), nullable=False),
        sa.Column("clean_scans", sa.Integer(), nullable=False),
        sa.Column("cleared_at", sa.BigInteger(), nullable=True),
        sa.Column("reinfections", sa.Integer(), nullable=False),
        sa.Column("last_verdict", sa.String(length=12), nullable=True),
        sa.Column("last_scan_at", sa.BigInteger(), nullable=True),
        sa.Column("last_judged_at", sa.BigInteger(), nullable=True),
        sa.Column("baseline", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["target_id"], ["target.id"], name=op.f("fk_integrity_watch_target_id")),
        sa.PrimaryKeyConstraint("target_id", name=op.f("pk_integrity_watch")),
    )
    op.create_table(
        "integrity_scan",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("target_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("verdict", sa.String(length=12), nullable=False),
        sa.Column("weight", sa.Float(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("requests", sa.Integer(), nullable=False),
        sa.Column("unjudged", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["target_id"], ["target.id"], name=op.f("fk_integrity_scan_target_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_integrity_scan")),
        sa.UniqueConstraint("target_id", "at", name=op.f("uq_integrity_scan_target_id_at")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "integrity_finding",
        sa.Column("scan_id", BIG_ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("signal", sa.String(length=16), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("view", sa.String(length=12), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("position", sa.Text(), nullable=False),
        sa.Column("excerpt", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("weight", sa.Float(), nullable=False),
        sa.Column("is_decisive", sa.Boolean(), nullable=False),
        sa.Column("body_sha256", sa.String(length=64), nullable=True),
        sa.Column("fingerprint", sa.String(length=24), nullable=False),
        sa.ForeignKeyConstraint(["scan_id"], ["integrity_scan.id"], name=op.f("fk_integrity_finding_scan_id")),
        sa.PrimaryKeyConstraint("scan_id", "number", name=op.f("pk_integrity_finding")),
    )
    op.create_table(
        "integrity_evidence",
        sa.Column("target_id", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("view", sa.String(length=12), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("first_at", sa.BigInteger(), nullable=False),
        sa.Column("last_at", sa.BigInteger(), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["target_id"], ["target.id"], name=op.f("fk_integrity_evidence_target_id")),
        sa.PrimaryKeyConstraint("target_id", "sha256", name=op.f("pk_integrity_evidence")),
    )
    op.create_index("ix_integrity_evidence_last_at", "integrity_evidence", ["last_at"], unique=False)
    op.create_table(
        "integrity_event",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("target_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("change", sa.String(length=16), nullable=False),
        sa.Column("scan_id", BIG_ID, nullable=True),
        sa.Column("author", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["target_id"], ["target.id"], name=op.f("fk_integrity_event_target_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_integrity_event")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_integrity_event_target_id", "integrity_event", ["target_id"], unique=False)
    op.create_table(
        "integrity_exception",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("target_id", sa.Integer(), nullable=False),
        sa.Column("fingerprint", sa.String(length=24), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("ends_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["target_id"], ["target.id"], name=op.f("fk_integrity_exception_target_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_integrity_exception")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_integrity_exception_target_id", "integrity_exception", ["target_id"], unique=False)
