"""Who has fallen silent, as rows: targets for which nobody vouches any more."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Connection, func, select

from command_centre.domain.reading import Reason, Status
from command_centre.domain.target import TargetKey, TargetKind
from command_centre.storage.tables import latest, target
from command_centre.storage.times import from_ms, to_ms


class Silent(NamedTuple):
    """A target nobody vouches for, and until when somebody did."""

    id: int
    key: TargetKey
    vouched_until: datetime


def silent_targets(connection: Connection, kind: TargetKind, at: datetime, after: timedelta) -> list[Silent]:
    """Those of one kind that fell silent at least ``after`` ago, and are still on the list."""
    is_silent = (latest.c.reason == Reason.SILENT.value) & (latest.c.status == Status.UNKNOWN.value)
    rows = connection.execute(
        select(target.c.id, target.c.key, latest.c.vouched_until)
        .join(latest, latest.c.target_id == target.c.id)
        .where(is_silent, target.c.kind == kind.value, target.c.removed_at.is_(None))
        .where(latest.c.vouched_until <= to_ms(at - after))
        .order_by(target.c.id)
    )
    return [Silent(row.id, TargetKey(row.key), from_ms(row.vouched_until)) for row in rows]


def measured_targets(connection: Connection, kind: TargetKind) -> int:
    """How many of one kind were ever heard of, and are still on the list."""
    question = (
        select(func.count())
        .select_from(latest)
        .join(target, target.c.id == latest.c.target_id)
        .where(target.c.kind == kind.value, target.c.removed_at.is_(None))
    )
    number: int = connection.execute(question).scalar_one()
    return number
