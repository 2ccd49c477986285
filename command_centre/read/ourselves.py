"""What Command Centre knows about itself, for its own metrics: walls, messages that wait, incidents, the size of the database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, Engine, func, select, text

from command_centre.domain.ports import Clock
from command_centre.read.rows import WallFacts, read_walls
from command_centre.storage.alert_tables import outbox
from command_centre.storage.tables import incident, lease, reading
from command_centre.storage.times import from_ms, to_ms

DWELL_OVER = 3_600_000
"""Milliseconds: dwell times are told over the last hour."""


@dataclass(frozen=True, slots=True)
class Ourselves:
    """How we are. Ages in seconds; None: there is nothing it could be the age of."""

    newest_reading_seq: int | None
    writer_seen_at: datetime | None
    walls: tuple[WallFacts, ...]
    waiting: Mapping[str, int]
    oldest_waiting_seconds: float | None
    dead: Mapping[str, int]
    sent_last_hour: int
    slowest_dwell_seconds: float | None
    open_incidents: Mapping[str, int]
    database_bytes: int | None
    log_bytes: int | None


def ourselves(engine: Engine, clock: Clock) -> Ourselves:
    """One look at everything of ours."""
    now = to_ms(clock.now())
    with engine.connect() as connection:
        waiting = outbox.c.sent_at.is_(None) & outbox.c.dead_at.is_(None)
        oldest = connection.execute(select(func.min(outbox.c.due_at)).where(waiting, outbox.c.due_at <= now)).scalar()
        recent = outbox.c.sent_at > now - DWELL_OVER
        sent, dwell = connection.execute(select(func.count(), func.max(outbox.c.sent_at - outbox.c.due_at)).where(recent)).one()
        renewed = connection.execute(select(func.max(lease.c.renewed_at))).scalar()
        return Ourselves(
            newest_reading_seq=connection.execute(select(func.max(reading.c.seq))).scalar(),
            writer_seen_at=None if renewed is None else from_ms(renewed),
            walls=tuple(read_walls(connection)),
            waiting=_by_receiver(connection, waiting & (outbox.c.due_at <= now)),
            oldest_waiting_seconds=None if oldest is None else (now - oldest) / 1000,
            dead=_by_receiver(connection, outbox.c.dead_at.is_not(None) & outbox.c.last_error.is_not(None)),
            sent_last_hour=sent,
            slowest_dwell_seconds=None if dwell is None else dwell / 1000,
            open_incidents=_by_severity(connection),
            database_bytes=_size(connection, engine),
            log_bytes=_log_size(engine),
        )


def _by_receiver(connection: Connection, which: object) -> dict[str, int]:
    question = select(outbox.c.receiver, func.count()).where(which).group_by(outbox.c.receiver)  # type: ignore[arg-type]
    return {name: count for name, count in connection.execute(question)}  # noqa: C416 - rows are not plain pairs to a type checker


def _by_severity(connection: Connection) -> dict[str, int]:
    is_open = incident.c.resolved_at.is_(None)
    question = select(incident.c.severity, func.count()).where(is_open).group_by(incident.c.severity)
    return {severity: count for severity, count in connection.execute(question)}  # noqa: C416 - as above


def _size(connection: Connection, engine: Engine) -> int | None:
    if engine.dialect.name == "postgresql":
        return int(connection.execute(text("SELECT pg_database_size(current_database())")).scalar_one())
    return _bytes_of(Path(str(engine.url.database)))


def _log_size(engine: Engine) -> int | None:
    """The write-ahead log of SQLite: one that grows has a reader that does not end."""
    return _bytes_of(Path(f"{engine.url.database}-wal")) if engine.dialect.name == "sqlite" else None


def _bytes_of(path: Path) -> int | None:
    try:
        return path.stat().st_size
    except OSError:
        return None
