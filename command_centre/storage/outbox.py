"""The outbox: messages that are due, who is sending which, and what became of them.

A row waits while ``sent_at`` and ``dead_at`` are NULL. Whoever sends it holds a lease on it: taken by a conditional update, so of
two copies of the program only one gets it; after a crash it runs out (or is taken from the dead). Rows of one receiver and
one incident are a *stream* and are claimed together, so that nobody hears of an end before the beginning.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, case, delete, func, insert, or_, select, update

from command_centre.domain.delivery import ENDS, WITHDRAWN, Heard, Waiting
from command_centre.domain.incident import IncidentId
from command_centre.domain.notification import Message, NoticeKind, Why
from command_centre.domain.rule import Severity
from command_centre.storage.alert_tables import outbox
from command_centre.storage.audit_tables import due_step
from command_centre.storage.database import insert_into
from command_centre.storage.times import from_ms, to_ms

MOST_ERROR_LETTERS = 300
MOST_STREAM_ROWS = 200
"""A stream longer than this is told in parts."""

_WAITS = outbox.c.sent_at.is_(None) & outbox.c.dead_at.is_(None)
_URGENCY = case({Severity.CRITICAL.value: 0, Severity.WARNING.value: 1}, value=outbox.c.severity, else_=2)


@dataclass(frozen=True, slots=True)
class Claim:
    """A stream that is ours to send, in order, and what its receiver has heard of the incident before."""

    rows: tuple[Waiting, ...]
    heard: Heard


# --- what becomes due ------------------------------------------------------------------------------------------------


def enqueue(connection: Connection, messages: Iterable[Message], at: datetime) -> int:
    """Make messages due, and note each in the ledger; returns how many are new. A key that is known already changes nothing."""
    return sum(_add(connection, each, at) for each in messages)


def _add(connection: Connection, message: Message, at: datetime) -> int:
    row = {
        "key": message.key,
        "incident_id": message.incident,
        "receiver": message.receiver,
        "kind": message.kind.value,
        "why": message.why.value,
        "severity": message.severity.value,
        "payload": payload_of(message),
        "event_at": to_ms(message.event_at),
        "due_at": to_ms(message.due_at),
        "created_at": to_ms(at),
        "next_try_at": to_ms(message.due_at),
    }
    adding = insert_into(connection, outbox).values(row).on_conflict_do_nothing(index_elements=[outbox.c.key])
    number = connection.execute(adding.returning(outbox.c.id)).scalar_one_or_none()
    if number is None:
        return 0
    step = {name: row[name] for name in ("key", "receiver", "incident_id", "due_at")}
    connection.execute(insert(due_step).values(outbox_id=number, **step))
    return 1


def payload_of(message: Message) -> str:
    """What the table keeps of a message's words."""
    inside = {"title": message.title, "lines": list(message.lines), "facts": dict(message.facts), "link": message.link}
    return json.dumps(inside, ensure_ascii=False)


# --- who sends what --------------------------------------------------------------------------------------------------


def receivers_waiting(connection: Connection, at: datetime) -> tuple[str, ...]:
    """The receivers for whom something can be sent now."""
    rows = connection.execute(select(outbox.c.receiver).where(_ready(to_ms(at))).distinct().order_by(outbox.c.receiver))
    return tuple(row.receiver for row in rows)


def claim(connection: Connection, receiver: str, holder: str, at: datetime, until: datetime) -> Claim | None:
    """Take the most urgent stream of ``receiver`` until ``until``; None when nothing can be sent now.

    Counts an attempt for each row. Call it in a transaction of its own: what it takes counts once that is committed.
    """
    now = to_ms(at)
    head = connection.execute(_next_head(receiver, now)).one_or_none()
    if head is None:
        return None
    rows = connection.execute(_stream_of(head, receiver, now)).all()
    taken = connection.execute(
        update(outbox)
        .where(outbox.c.id.in_([row.id for row in rows]), _WAITS, _is_free(now))
        .values(lease_holder=holder, lease_until=to_ms(until), attempts=outbox.c.attempts + 1)
    )
    if taken.rowcount != len(rows):
        connection.rollback()  # somebody else was faster with a part of it
        return None
    read = [_waiting(row) for row in rows]
    readable = tuple(each for each in read if each is not None)
    if len(readable) < len(rows):
        unreadable = [row.id for row, each in zip(rows, read, strict=True) if each is None]
        mark_dead(connection, unreadable, at, "the row of the outbox cannot be read")
        return None  # the others are free again once the lease has run out
    return Claim(readable, _heard(connection, head, receiver))


def _ready(now: int) -> ColumnElement[bool]:
    """Due, not in a pause, held by nobody, and nothing of the same stream before it."""
    earlier = outbox.alias("earlier")
    is_behind = (
        select(earlier.c.id)
        .where(
            earlier.c.incident_id == outbox.c.incident_id,
            earlier.c.receiver == outbox.c.receiver,
            earlier.c.id < outbox.c.id,
            earlier.c.sent_at.is_(None),
            earlier.c.dead_at.is_(None),
        )
        .exists()
    )
    return _WAITS & (outbox.c.next_try_at <= now) & (outbox.c.due_at <= now) & _is_free(now) & ~is_behind


def _is_free(now: int) -> ColumnElement[bool]:
    return or_(outbox.c.lease_until.is_(None), outbox.c.lease_until <= now)


def _next_head(receiver: str, now: int) -> Select[Any]:
    return select(outbox).where(outbox.c.receiver == receiver, _ready(now)).order_by(_URGENCY, outbox.c.id).limit(1)


def _stream_of(head: Row[Any], receiver: str, now: int) -> Select[Any]:
    if head.incident_id is None:
        return select(outbox).where(outbox.c.id == head.id)
    is_mine = (outbox.c.incident_id == head.incident_id) & (outbox.c.receiver == receiver) & (outbox.c.due_at <= now)
    return select(outbox).where(is_mine, _WAITS).order_by(outbox.c.id).limit(MOST_STREAM_ROWS)


def _heard(connection: Connection, head: Row[Any], receiver: str) -> Heard:
    if head.incident_id is None:
        return Heard(anything=False)
    is_before = (outbox.c.incident_id == head.incident_id) & (outbox.c.receiver == receiver) & (outbox.c.id < head.id)
    rows = connection.execute(
        select(outbox.c.kind, outbox.c.event_at, outbox.c.sent_at, outbox.c.dead_at, outbox.c.last_error).where(is_before)
    ).all()
    dead = [row for row in rows if row.dead_at is not None and NoticeKind(row.kind) not in ENDS]
    failed = [row.event_at for row in dead if not _was_called_back(row.last_error)]
    return Heard(
        anything=any(row.sent_at is not None for row in rows),
        called_back=any(_was_called_back(row.last_error) for row in dead),
        failed_since=from_ms(min(failed)) if failed else None,
    )


def _was_called_back(last_error: str | None) -> bool:
    return last_error is not None and last_error.startswith(WITHDRAWN)


def _waiting(row: Row[Any]) -> Waiting | None:
    try:
        return Waiting(row.id, message_of(row), row.attempts + 1)
    except (ValueError, KeyError, TypeError):  # written by hand, or by a version of ours that knew other words
        return None


def message_of(row: Row[Any]) -> Message:
    """The message in a row of ``outbox``. Raises ValueError, KeyError or TypeError when the row cannot be understood."""
    inside = json.loads(row.payload)
    return Message(
        key=row.key,
        incident=None if row.incident_id is None else IncidentId(row.incident_id),
        receiver=row.receiver,
        kind=NoticeKind(row.kind),
        why=Why(row.why),
        severity=Severity(row.severity),
        title=inside["title"],
        lines=tuple(inside["lines"]),
        event_at=from_ms(row.event_at),
        due_at=from_ms(row.due_at),
        link=inside.get("link"),
        facts=inside.get("facts", {}),
    )


# --- what became of it -----------------------------------------------------------------------------------------------


def mark_sent(connection: Connection, ids: Sequence[int], at: datetime) -> None:
    """The receiver accepted them. Holds whoever has the lease by now: an accepted message is not to be sent again."""
    _settle(connection, outbox.c.id.in_(ids), sent_at=to_ms(at), last_error=None)


def mark_dead(connection: Connection, ids: Sequence[int], at: datetime, why: str) -> None:
    """They will not be sent (any more)."""
    _settle(connection, outbox.c.id.in_(ids), dead_at=to_ms(at), last_error=why[:MOST_ERROR_LETTERS])


def postpone(connection: Connection, ids: Sequence[int], holder: str, next_try_at: datetime, why: str) -> None:
    """The attempt failed: nobody sends them until ``next_try_at``. Does nothing to rows that another holds by now."""
    is_mine = outbox.c.id.in_(ids) & _WAITS & (outbox.c.lease_holder == holder)
    later = {"next_try_at": to_ms(next_try_at), "last_error": why[:MOST_ERROR_LETTERS]}
    connection.execute(update(outbox).where(is_mine).values(lease_holder=None, lease_until=None, **later))


def _settle(connection: Connection, which: ColumnElement[bool], **values: object) -> int:
    settled = update(outbox).where(which, _WAITS).values(lease_holder=None, lease_until=None, **values)
    return connection.execute(settled).rowcount


def withdraw(connection: Connection, incident: IncidentId, at: datetime, why: str) -> int:
    """Call back what has not been sent about an incident that goes on; its end, once due, is left. Returns how many."""
    goes_on = outbox.c.kind.not_in([kind.value for kind in ENDS])
    which = (outbox.c.incident_id == incident) & goes_on
    return _settle(connection, which, dead_at=to_ms(at), last_error=(WITHDRAWN + why)[:MOST_ERROR_LETTERS])


def restore(connection: Connection, incident: IncidentId, withdrawn_at: datetime, at: datetime) -> int:
    """Undo the withdrawal of that moment: the messages are due again."""
    which = (
        (outbox.c.incident_id == incident)
        & (outbox.c.dead_at == to_ms(withdrawn_at))
        & outbox.c.last_error.startswith(WITHDRAWN, autoescape=True)
    )
    back = update(outbox).where(which).values(dead_at=None, last_error=None, next_try_at=to_ms(at))
    return connection.execute(back).rowcount


def free_leases(
    connection: Connection, is_gone: Callable[[str], bool], at: datetime, pause: Callable[[int], timedelta] | None = None
) -> int:
    """Take the leases from holders that are no more (``is_gone`` judges a holder): a restart need not wait them out.

    What was on its way may have arrived. The first time it is sent again at once; whatever has outlived its sender more than
    once waits ``pause(attempts)``, so that a message that kills the program, or a program that keeps dying, repeats little.
    """
    held = select(outbox.c.id, outbox.c.lease_holder, outbox.c.attempts).where(_WAITS, outbox.c.lease_holder.is_not(None))
    rows = connection.execute(held).all()
    gone = {holder for holder in {row.lease_holder for row in rows} if is_gone(holder)}
    freed = [row for row in rows if row.lease_holder in gone]
    for row in freed:
        again = at if pause is None or row.attempts <= 1 else at + pause(row.attempts)
        free = update(outbox).where(outbox.c.id == row.id, outbox.c.lease_holder == row.lease_holder)
        connection.execute(free.values(lease_holder=None, lease_until=None, next_try_at=to_ms(again)))
    return len(freed)


def bury_strangers(connection: Connection, known: Sequence[str], at: datetime) -> int:
    """Give up what waits for receivers that the configuration does not know."""
    which = outbox.c.receiver.not_in(list(known)) & _is_free(to_ms(at))
    return _settle(connection, which, dead_at=to_ms(at), last_error="the configuration knows no receiver of this name")


def shorten_queues(connection: Connection, most: int, at: datetime) -> int:
    """Bound what waits for each receiver: beyond ``most`` the oldest of the least urgent are given up, and stay visible."""
    counts = select(outbox.c.receiver, func.count().label("waiting")).where(_WAITS).group_by(outbox.c.receiver)
    too_long = [row for row in connection.execute(counts) if row.waiting > most]
    return sum(_shorten(connection, row.receiver, row.waiting - most, at) for row in too_long)


def _shorten(connection: Connection, receiver: str, surplus: int, at: datetime) -> int:
    last = select(outbox.c.id).where(_WAITS, outbox.c.receiver == receiver).order_by(_URGENCY.desc(), outbox.c.id).limit(surplus)
    ids = list(connection.execute(last).scalars())
    why = "the queue of this receiver was full"
    return _settle(connection, outbox.c.id.in_(ids) & _is_free(to_ms(at)), dead_at=to_ms(at), last_error=why)


def forget_settled(connection: Connection, before: datetime, most: int = 500) -> int:
    """Remove what was settled before ``before``, with its ledger rows: at most ``most`` at a time. Returns how many."""
    limit = to_ms(before)
    old = select(outbox.c.id).where(or_(outbox.c.sent_at < limit, outbox.c.dead_at < limit)).order_by(outbox.c.id).limit(most)
    ids = list(connection.execute(old).scalars())
    if ids:
        connection.execute(delete(due_step).where(due_step.c.outbox_id.in_(ids)))
        connection.execute(delete(outbox).where(outbox.c.id.in_(ids)))
    return len(ids)
