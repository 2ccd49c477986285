"""The table of looks that people ask for out of turn. The collector takes them; of one target only the newest request counts."""

from __future__ import annotations

from sqlalchemy import Column, String, Table, Text

from command_centre.storage.tables import MILLISECONDS, metadata

recheck = Table(
    "recheck",
    metadata,
    Column("target_key", String(200), primary_key=True),
    Column("asked_at", MILLISECONDS, nullable=False),
    Column("asked_by", Text, nullable=False),
    Column("taken_at", MILLISECONDS),  # when the collector took it; NULL while it waits
)
