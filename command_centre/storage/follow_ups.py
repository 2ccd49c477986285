"""What somebody promised to do after a week (tindak lanjut): carried from week to week until closed. Every change is kept.

Each change leaves a row of its own here, and one in the audit log, in the same transaction.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum, StrEnum, auto
from typing import Any, Final

from sqlalchemy import Connection, func, insert, select, update

from command_centre.storage.audit import Entry, write_audit
from command_centre.storage.snapshot_tables import follow_up, follow_up_event
from command_centre.storage.times import from_ms, to_ms

MOST_TEXT = 300
MOST_OPEN = 500
"""Rows that are open at once: more are no promises any more."""


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
    """One promise. ``deadline`` is None where none was agreed. ``version`` is the number of its last change."""

    id: int
    what: str
    owner: str
    status: FollowUpStatus
    deadline: date | None
    created_at: datetime
    closed_at: datetime | None
    version: int


class _Unsaid(Enum):
    UNSAID = auto()


UNSAID: Final = _Unsaid.UNSAID
"""A deadline of which nothing is said: None says that there is none."""


class NoSuchFollowUp(Exception):  # noqa: N818 - said to a person
    """There is no such row."""


class ChangedMeanwhile(Exception):  # noqa: N818 - said to a person
    """Somebody else has changed the row since it was looked at: nothing was written."""


def add_follow_up(
    connection: Connection, what: str, owner: str, deadline: date | None, *, author: str, at: datetime, via: str = "console"
) -> int:
    """Begin a row, waiting; returns its number. Raises ValueError for an empty or endless text, or a table without end."""
    is_open = select(func.count()).select_from(follow_up).where(follow_up.c.closed_at.is_(None))
    if connection.execute(is_open).scalar_one() >= MOST_OPEN:
        raise ValueError(f"more than {MOST_OPEN} rows are open; close some first")
    values = {
        "what": _text(what),
        "owner": _text(owner),
        "deadline": None if deadline is None else deadline.isoformat(),
        "status": FollowUpStatus.WAITING.value,
        "created_at": to_ms(at),
    }
    number = int(connection.execute(insert(follow_up).values(values).returning(follow_up.c.id)).scalar_one())
    _tell(connection, number, author, at, "what", None, values["what"])
    told = {name: values[name] for name in ("what", "owner", "deadline", "status")}
    write_audit(connection, Entry(at, author, via, "add_follow_up", f"follow_up:{number}", told))
    return number


def change_follow_up(
    connection: Connection,
    number: int,
    *,
    author: str,
    at: datetime,
    via: str = "console",
    what: str | None = None,
    owner: str | None = None,
    deadline: date | _Unsaid | None = UNSAID,
    status: FollowUpStatus | None = None,
    seen: int | None = None,
) -> bool:
    """Change what is given and keep what it was before; whether anything is new. ``seen``: the version that was looked at.

    Raises NoSuchFollowUp, ChangedMeanwhile or ValueError, and then has written nothing.
    """
    row = connection.execute(select(follow_up).where(follow_up.c.id == number).with_for_update()).one_or_none()
    if row is None:
        raise NoSuchFollowUp(f"there is no follow-up {number}")
    if seen is not None and _version(connection, number) != seen:
        raise ChangedMeanwhile(f"follow-up {number} was changed by somebody else meanwhile")
    changes = {name: value for name, value in _wanted(what, owner, deadline, status).items() if row._mapping[name] != value}
    if not changes:
        return False
    for name, value in changes.items():
        _tell(connection, number, author, at, name, row._mapping[name], value)
    detail = {name: {"before": row._mapping[name], "after": value} for name, value in changes.items()}
    if status is not None and "status" in changes:
        changes["closed_at"] = to_ms(at) if status.is_closed else None
    connection.execute(update(follow_up).where(follow_up.c.id == number).values(changes))
    write_audit(connection, Entry(at, author, via, "change_follow_up", f"follow_up:{number}", detail))
    return True


def _wanted(
    what: str | None, owner: str | None, deadline: date | _Unsaid | None, status: FollowUpStatus | None
) -> dict[str, Any]:
    wanted: dict[str, Any] = {}
    if what is not None:
        wanted["what"] = _text(what)
    if owner is not None:
        wanted["owner"] = _text(owner)
    if deadline is not UNSAID:
        wanted["deadline"] = None if deadline is None else deadline.isoformat()
    if status is not None:
        wanted["status"] = status.value
    return wanted


def follow_ups(connection: Connection, closed_since: datetime) -> tuple[FollowUp, ...]:
    """What is open, and what was closed at or after ``closed_since``, in order of number."""
    asked = (
        select(follow_up)
        .where(follow_up.c.closed_at.is_(None) | (follow_up.c.closed_at >= to_ms(closed_since)))
        .order_by(follow_up.c.id)
    )
    versions = _versions(connection)
    return tuple(
        FollowUp(
            row.id,
            row.what,
            row.owner,
            FollowUpStatus(row.status),
            None if row.deadline is None else date.fromisoformat(row.deadline),
            from_ms(row.created_at),
            None if row.closed_at is None else from_ms(row.closed_at),
            versions.get(row.id, 0),
        )
        for row in connection.execute(asked)
    )


def _versions(connection: Connection) -> Mapping[int, int]:
    asked = select(follow_up_event.c.follow_up_id, func.max(follow_up_event.c.id)).group_by(follow_up_event.c.follow_up_id)
    return {int(number): int(last) for number, last in connection.execute(asked)}


def _version(connection: Connection, number: int) -> int:
    asked = select(func.max(follow_up_event.c.id)).where(follow_up_event.c.follow_up_id == number)
    return int(connection.execute(asked).scalar_one() or 0)


def _text(text: str) -> str:
    clean = " ".join(text.split())
    if not clean or len(clean) > MOST_TEXT:
        raise ValueError(f"must be a text of 1 to {MOST_TEXT} characters")
    return clean


def _tell(connection: Connection, number: int, author: str, at: datetime, name: str, before: Any, after: Any) -> None:
    values = {"follow_up_id": number, "at": to_ms(at), "author": author, "field": name, "before": before, "after": after}
    connection.execute(insert(follow_up_event).values(values))
