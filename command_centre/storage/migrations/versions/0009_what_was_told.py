"""What was told of each incident, and how restless each alert is."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision: str | None = "0008"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    op.create_table(
        "telling",
        sa.Column("incident_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("told", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name=op.f("fk_telling_incident_id")),
        sa.PrimaryKeyConstraint("incident_id", name=op.f("pk_telling")),
    )
    op.create_index("ix_telling_next_at", "telling", ["next_at"], unique=False)
    for column in (
        sa.Column("severity", sa.String(length=10), nullable=True),
        sa.Column("last_look", sa.String(length=10), nullable=True),
        sa.Column("changes", sa.String(length=100), nullable=True),
        sa.Column("is_flapping", sa.Boolean(), nullable=True),
    ):
        op.add_column("alert_state", column)
