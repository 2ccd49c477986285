"""What the outbox says about itself: what waits, what was given up, what was removed, and how long telling takes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, not_, or_, select

from command_centre.domain.delivery import WITHDRAWN
from command_centre.domain.rule import Severity
from command_centre.storage.alert_tables import outbox, silence
from command_centre.storage.audit_tables import due_step
from command_centre.storage.tables import incident, lease
from command_centre.storage.times import from_ms, to_ms

DWELL_OVER = timedelta(hours=1)
MOST_DWELLS = 5_000

_WAITS = outbox.c.sent_at.is_(None) & outbox.c.dead_at.is_(None)
_WAS_CALLED_BACK = outbox.c.last_error.startswith(WITHDRAWN, autoescape=True)


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A message that was given up."""

    id: int
    receiver: str
    title: str
    died_at: datetime
    attempts: int
    why: str


@dataclass(frozen=True, slots=True)
class OutboxFacts:
    """The outbox at one moment.

    ``removed``: steps of the ledger whose outbox row is gone. ``untold``: open critical incidents that nobody has been told of
    nor is to be told of. ``dwell_p95``: from the event to the receiver's acceptance, over the last hour; None of nothing sent.
    ``writer_seen_at``: when the recorder last showed itself; None when it never did.
    """

    waiting: int
    oldest_due_at: datetime | None
    dead: int
    removed: tuple[str, ...]
    untold: tuple[int, ...]
    dwell_p95: timedelta | None
    writer_seen_at: datetime | None


def read_facts(connection: Connection, at: datetime, *, since: datetime, untold_before: datetime) -> OutboxFacts:
    """The facts at ``at``: ``dead`` and ``removed`` since ``since``, ``untold`` of what opened before ``untold_before``."""
    now, start = to_ms(at), to_ms(since)
    waiting, oldest = connection.execute(
        select(func.count(), func.min(outbox.c.due_at)).where(_WAITS, outbox.c.due_at <= now)
    ).one()
    return OutboxFacts(
        waiting=waiting,
        oldest_due_at=None if oldest is None else from_ms(oldest),
        dead=connection.execute(select(func.count()).where(_is_dead_letter() & (outbox.c.dead_at >= start))).scalar_one(),
        removed=_removed(connection, start),
        untold=_untold(connection, now, to_ms(untold_before)),
        dwell_p95=_dwell(connection, now),
        writer_seen_at=_writer_seen(connection),
    )


def dead_letters(connection: Connection, most: int = 50) -> tuple[DeadLetter, ...]:
    """The messages given up, newest first."""
    rows = connection.execute(select(outbox).where(_is_dead_letter()).order_by(outbox.c.dead_at.desc()).limit(most))
    return tuple(
        DeadLetter(row.id, row.receiver, row.key, from_ms(row.dead_at), row.attempts, row.last_error or "") for row in rows
    )


def _is_dead_letter() -> ColumnElement[bool]:
    return outbox.c.dead_at.is_not(None) & or_(outbox.c.last_error.is_(None), not_(_WAS_CALLED_BACK))


def _removed(connection: Connection, start: int) -> tuple[str, ...]:
    gone = select(due_step.c.key).outerjoin(outbox, outbox.c.id == due_step.c.outbox_id).where(outbox.c.id.is_(None))
    return tuple(connection.execute(gone.where(due_step.c.due_at >= start).order_by(due_step.c.outbox_id).limit(100)).scalars())


def _untold(connection: Connection, now: int, before: int) -> tuple[int, ...]:
    """Silences are left to the rules: while one is in force, an untold incident proves nothing."""
    in_force = (silence.c.starts_at <= now) & (silence.c.ends_at > now) & silence.c.lifted_at.is_(None)
    if connection.execute(select(silence.c.id).where(in_force).limit(1)).first() is not None:
        return ()
    told = select(outbox.c.id).where(outbox.c.incident_id == incident.c.id).exists()
    stands = incident.c.resolved_at.is_(None) & incident.c.parent_id.is_(None) & incident.c.acknowledged_at.is_(None)
    is_meant = stands & (incident.c.severity == Severity.CRITICAL.value) & (incident.c.opened_at <= before)
    return tuple(connection.execute(select(incident.c.id).where(is_meant, ~told).order_by(incident.c.id).limit(100)).scalars())


def _dwell(connection: Connection, now: int) -> timedelta | None:
    start = now - DWELL_OVER // timedelta(milliseconds=1)
    lasted: Any = outbox.c.sent_at - outbox.c.event_at
    dwells = list(
        connection.execute(
            select(lasted).where(outbox.c.sent_at >= start).order_by(outbox.c.id.desc()).limit(MOST_DWELLS)
        ).scalars()
    )
    return percentile(dwells, 0.95)


def percentile(milliseconds: list[int], share: float) -> timedelta | None:
    """The smallest value that at least ``share`` of all do not exceed; None of nothing."""
    if not milliseconds:
        return None
    ordered = sorted(milliseconds)
    rank = max(-(-len(ordered) * int(share * 100) // 100), 1)
    return timedelta(milliseconds=ordered[rank - 1])


def _writer_seen(connection: Connection) -> datetime | None:
    renewed = connection.execute(select(func.max(lease.c.renewed_at)).where(lease.c.released_at.is_(None))).scalar_one_or_none()
    return None if renewed is None else from_ms(renewed)
