"""Frozen periods, looks back at them, and rows to follow up."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision: str | None = "0006"
branch_labels: str | None = None
depends_on: str | None = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "snapshot",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("period", sa.String(length=10), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("starts_at", sa.BigInteger(), nullable=False),
        sa.Column("ends_at", sa.BigInteger(), nullable=False),
        sa.Column("cut_at", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("cut_sha256", sa.String(length=64), nullable=False),
        sa.Column("evidence_sha256", sa.String(length=64), nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=True),
        sa.Column("seal", sa.String(length=64), nullable=False),
        sa.Column("public_key", sa.String(length=64), nullable=False),
        sa.Column("signature", sa.String(length=128), nullable=False),
        sa.Column("config_hash", sa.String(length=64), nullable=False),
        sa.Column("code_version", sa.String(length=32), nullable=False),
        sa.Column("is_simulated", sa.Boolean(), nullable=False),
        sa.Column("headline", sa.Text(), nullable=False),
        sa.Column("changes", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("cut", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_snapshot_not_empty")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_snapshot")),
        sa.UniqueConstraint("period", "revision", name=op.f("uq_snapshot_period_revision")),
        sa.UniqueConstraint("seal", name=op.f("uq_snapshot_seal")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "snapshot_check",
        sa.Column("period", sa.String(length=10), nullable=False),
        sa.Column("checked_at", sa.BigInteger(), nullable=False),
        sa.Column("evidence_sha256", sa.String(length=64), nullable=False),
        sa.Column("differs", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("period", name=op.f("pk_snapshot_check")),
    )
    op.create_table(
        "follow_up",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("deadline", sa.String(length=10), nullable=True),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("closed_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_follow_up")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "follow_up_event",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("follow_up_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("field", sa.String(length=16), nullable=False),
        sa.Column("before", sa.Text(), nullable=True),
        sa.Column("after", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["follow_up_id"], ["follow_up.id"], name=op.f("fk_follow_up_event_follow_up_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_follow_up_event")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_follow_up_event_follow_up_id"), "follow_up_event", ["follow_up_id"], unique=False)
    _refuse_changes()


def _refuse_changes() -> None:
    """A frozen period is never changed: the database itself refuses."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "CREATE TRIGGER snapshot_is_frozen BEFORE UPDATE ON snapshot "
            "BEGIN SELECT RAISE(ABORT, 'a snapshot is never changed; make a revision'); END"
        )
        return
    op.execute(
        "CREATE FUNCTION refuse_snapshot_change() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'a snapshot is never changed; make a revision'; END $$"
    )
    op.execute(
        "CREATE TRIGGER snapshot_is_frozen BEFORE UPDATE ON snapshot FOR EACH ROW EXECUTE FUNCTION refuse_snapshot_change()"
    )
