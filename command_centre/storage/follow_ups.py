"""What somebody promised to do after a week (tindak lanjut): carried from week to week until closed. Every change is kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, insert, select, update

from command_centre.storage.snapshot_tables import follow_up, follow_up_event
from command_centre.storage.times import from_ms, to_ms

MOST_TEXT = 300


class FollowUpStatus(StrEnum):
    """How far a promise has come: the words of the register of tasks."""

    WAITING = "waiting"  # menunggu
    ASSIGNED = "assigned"  # ditugaskan
    IN_PROGRESS = "in_progress"  # diproses
    DONE = "done"  # selesai
    DROPPED = "dropped"  # tidak dilanjutkan

    @property
    def is_closed(self) -> bool:
        return self in (FollowUpStatus.DONE, FollowUpStatus.DROPPED)


@dataclass(frozen=True, slots=True)
class FollowUp:
    """One promise. ``deadline`` is None where none was agreed."""

    id: int
    what: str
    owner: str
    status: FollowUpStatus
    deadline: date | None
    created_at: datetime
    closed_at: datetime | None


class NoSuchFollowUp(Exception):  # noqa: N818 - said to a person
    """There is no such row."""


def add_follow_up(connection: Connection, what: str, owner: str, deadline: date | None, *, author: str, at: datetime) -> int:
    """Begin a row, waiting; returns its number. Raises ValueError for an empty or endless text."""
    values = {
        "what": _text(what),
        "owner": _text(owner),
        "deadline": None if deadline is None else deadline.isoformat(),
        "status": FollowUpStatus.WAITING.value,
        "created_at": to_ms(at),
    }
    number = int(connection.execute(insert(follow_up).values(values).returning(follow_up.c.id)).scalar_one())
    _tell(connection, number, author, at, "what", None, values["what"])
    return number


def change_follow_up(
    connection: Connection,
    number: int,
    *,
    author: str,
    at: datetime,
    what: str | None = None,
    owner: str | None = None,
    deadline: date | None = None,
    status: FollowUpStatus | None = None,
) -> None:
    """Change what is given and keep what it was before. Raises NoSuchFollowUp or ValueError."""
    row = connection.execute(select(follow_up).where(follow_up.c.id == number)).one_or_none()
    if row is None:
        raise NoSuchFollowUp(f"there is no follow-up {number}")
    wanted: dict[str, Any] = {}
    if what is not None:
        wanted["what"] = _text(what)
    if owner is not None:
        wanted["owner"] = _text(owner)
    if deadline is not None:
        wanted["deadline"] = deadline.isoformat()
    if status is not None:
        wanted["status"] = status.value
    changes = {name: value for name, value in wanted.items() if row._mapping[name] != value}
    for name, value in changes.items():
        _tell(connection, number, author, at, name, row._mapping[name], value)
    if status is not None and "status" in changes:
        changes["closed_at"] = to_ms(at) if status.is_closed else None
    if changes:
        connection.execute(update(follow_up).where(follow_up.c.id == number).values(changes))


def follow_ups(connection: Connection, closed_since: datetime) -> tuple[FollowUp, ...]:
    """What is open, and what was closed at or after ``closed_since``, in order of number."""
    asked = (
        select(follow_up)
        .where(follow_up.c.closed_at.is_(None) | (follow_up.c.closed_at >= to_ms(closed_since)))
        .order_by(follow_up.c.id)
    )
    return tuple(
        FollowUp(
            row.id,
            row.what,
            row.owner,
            FollowUpStatus(row.status),
            None if row.deadline is None else date.fromisoformat(row.deadline),
            from_ms(row.created_at),
            None if row.closed_at is None else from_ms(row.closed_at),
        )
        for row in connection.execute(asked)
    )


def _text(text: str) -> str:
    clean = " ".join(text.split())
    if not clean or len(clean) > MOST_TEXT:
        raise ValueError(f"must be a text of 1 to {MOST_TEXT} characters")
    return clean


def _tell(connection: Connection, number: int, author: str, at: datetime, name: str, before: Any, after: Any) -> None:
    values = {"follow_up_id": number, "at": to_ms(at), "author": author, "field": name, "before": before, "after": after}
    connection.execute(insert(follow_up_event).values(values))
