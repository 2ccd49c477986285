"""Small facts about the database itself: whether its history is simulated, which configuration wrote it last."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import Connection, select

from command_centre.storage.database import upsert_into
from command_centre.storage.tables import meta
from command_centre.storage.times import to_ms

IS_SIMULATED: Final = "is_simulated"
"""``yes`` once any simulated reading was stored here."""

CONFIG_HASH: Final = "config_hash"

LOG_SINCE: Final = "log_since"
"""Milliseconds: retention has removed the readings before."""

SNAPSHOTS_NEED_SINCE: Final = "snapshots_need_since"
"""Milliseconds: rollups of hours and days from then on are still needed, because a period is not frozen yet."""


def remember(connection: Connection, key: str, value: str, at: datetime) -> None:
    """Keep ``value`` under ``key``."""
    connection.execute(upsert_into(connection, meta), {"key": key, "value": value, "changed_at": to_ms(at)})


def recall(connection: Connection, key: str) -> str | None:
    """The value kept under ``key``; None when there is none."""
    return connection.execute(select(meta.c.value).where(meta.c.key == key)).scalar_one_or_none()
