"""Planned work that people enter while the program runs, beside the windows of the configuration. Every plan ends."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, or_, select, update

from command_centre.domain.calendar import OneOff, Window
from command_centre.domain.target import TargetKey
from command_centre.storage.audit_tables import planned_work
from command_centre.storage.times import from_ms, to_ms

MOST_PLANS = 500


def planned_windows(connection: Connection, since: datetime) -> tuple[Window, ...]:
    """The plans that end after ``since``, as windows. One that was called off ends there; before it began, it is none."""
    is_called_off = planned_work.c.called_off_at.is_not(None)
    lasts = (planned_work.c.ends_at > to_ms(since)) & or_(~is_called_off, planned_work.c.called_off_at > planned_work.c.starts_at)
    rows = connection.execute(select(planned_work).where(lasts).order_by(planned_work.c.id.desc()).limit(MOST_PLANS))
    return tuple(_window(row) for row in rows)


def _window(row: Any) -> Window:
    end = row.ends_at if row.called_off_at is None else min(row.ends_at, row.called_off_at)
    targets = frozenset(TargetKey(key) for key in json.loads(row.targets))
    return Window(row.name, targets, OneOff(from_ms(row.starts_at), from_ms(end)))


def add_planned_work(
    connection: Connection,
    name: str,
    targets: Sequence[str],
    author: str,
    starts_at: datetime,
    ends_at: datetime,
    at: datetime,
) -> int:
    """Agreed planned time, entered by a person; returns its number."""
    values: dict[str, Any] = {
        "name": name,
        "targets": json.dumps(list(targets), ensure_ascii=False),
        "starts_at": to_ms(starts_at),
        "ends_at": to_ms(ends_at),
        "author": author,
        "created_at": to_ms(at),
    }
    number: int = connection.execute(insert(planned_work).values(values).returning(planned_work.c.id)).scalar_one()
    return number


def call_off_work(connection: Connection, number: int, by: str, at: datetime) -> bool:
    """End planned work early, or before it begins; False when there is none of that number ahead or under way."""
    stands = (planned_work.c.id == number) & planned_work.c.called_off_at.is_(None) & (planned_work.c.ends_at > to_ms(at))
    off = update(planned_work).where(stands).values(called_off_at=to_ms(at), called_off_by=by)
    return connection.execute(off).rowcount == 1
