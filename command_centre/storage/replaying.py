"""The stored past as stretches, for playing it again, and what came of it. Only a database to be thrown away is written."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, func, select, update

from command_centre.domain.calendar import Interval
from command_centre.domain.reading import Reason, Status
from command_centre.domain.target import TargetKey, TargetKind
from command_centre.storage.alert_tables import outbox, telling
from command_centre.storage.tables import incident, latest, span, target
from command_centre.storage.times import from_ms, to_ms


class Stretch(NamedTuple):
    """How a target was measured for a while."""

    target: TargetKey
    kind: TargetKind
    since: datetime
    until: datetime
    status: Status
    reason: Reason


def newest_moment(connection: Connection) -> datetime | None:
    """When the newest reading was taken; None where there is none."""
    at: int | None = connection.execute(select(func.max(latest.c.at))).scalar()
    return None if at is None else from_ms(at)


def stretches(connection: Connection, within: Interval) -> Iterator[Stretch]:
    """Every stretch that touches ``within``, cut to it, in order of time."""
    begins, ends = to_ms(within.start), to_ms(within.end)
    rows = connection.execute(
        select(target.c.key, target.c.kind, span.c.since, span.c.until, span.c.status, span.c.reason)
        .join(target, target.c.id == span.c.target_id)
        .where(span.c.until > begins, span.c.since < ends)
        .order_by(span.c.since, target.c.id)
    )
    for row in rows:
        since, until = from_ms(max(row.since, begins)), from_ms(min(row.until, ends))
        yield Stretch(TargetKey(row.key), TargetKind(row.kind), since, until, Status(row.status), Reason(row.reason))


def fall_silent(connection: Connection, key: TargetKey, since: datetime) -> None:
    """As the watchman writes it: nobody vouches for this target since then. One that was never heard of stays so."""
    which = select(target.c.id).where(target.c.key == key).scalar_subquery()
    silent = {"status": Status.UNKNOWN.value, "reason": Reason.SILENT.value, "vouched_until": to_ms(since)}
    connection.execute(update(latest).where(latest.c.target_id == which).values(silent))


def next_look(connection: Connection) -> datetime | None:
    """When the teller wants to look again by the clock alone."""
    at: int | None = connection.execute(select(func.min(telling.c.next_at))).scalar()
    return None if at is None else from_ms(at)


def notices_made(connection: Connection) -> list[Any]:
    """Every message that became due, in order."""
    return list(connection.execute(select(outbox).order_by(outbox.c.due_at, outbox.c.id)))


def incidents_made(connection: Connection) -> list[Any]:
    """Every incident, with the name of its target, in order."""
    question = select(incident, target.c.key, target.c.short_name).join(target, target.c.id == incident.c.target_id)
    return list(connection.execute(question.order_by(incident.c.opened_at, incident.c.id)))
