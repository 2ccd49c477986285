"""Incidents and messages for tests of telling: rows as the recorder writes them, and receivers that keep what they are sent."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine, Row, insert, select

from command_centre.domain.incident import IncidentId
from command_centre.domain.notification import Message, NoticeKind, Why
from command_centre.domain.ports import DeliveryError
from command_centre.domain.rule import Severity
from command_centre.storage.alert_tables import outbox
from command_centre.storage.database import writing
from command_centre.storage.outbox import enqueue
from command_centre.storage.tables import incident, target
from command_centre.storage.times import to_ms
from tests.support.city import KOMINFO, register, site
from tests.support.clock import NOON

_WHY = {
    NoticeKind.FIRING: Why.FIRST,
    NoticeKind.UPDATE: Why.WORSE,
    NoticeKind.REMINDER: Why.REMINDER,
    NoticeKind.RESOLVED: Why.RESOLVED,
    NoticeKind.ESCALATED: Why.UNANSWERED,
}


def open_incident(engine: Engine, at: datetime = NOON, *, severity: Severity = Severity.CRITICAL) -> IncidentId:
    """One open incident of the one site; the site is put into the register when it is not there."""
    with engine.connect() as connection:
        is_there = connection.execute(select(target.c.id).where(target.c.key == KOMINFO)).scalar_one_or_none()
    if is_there is None:
        register(engine, site())
    with writing(engine) as connection:
        return _add_incident(connection, at, severity)


def _add_incident(connection: Connection, at: datetime, severity: Severity) -> IncidentId:
    number = connection.execute(select(target.c.id).where(target.c.key == KOMINFO)).scalar_one()
    row = {
        "rule": "site-down",
        "target_id": number,
        "severity": severity.value,
        "status": "down",
        "reason": "connect_refused",
        "detail": "",
        "opened_at": to_ms(at),
    }
    return IncidentId(connection.execute(insert(incident).values(row).returning(incident.c.id)).scalar_one())


def message(
    story: IncidentId | None,
    kind: NoticeKind = NoticeKind.FIRING,
    receiver: str = "piket",
    *,
    at: datetime = NOON,
    due_at: datetime | None = None,
    severity: Severity = Severity.CRITICAL,
    title: str = "Diskominfo: situs terputus",
    lines: Sequence[str] = ("Sambungan ditolak.",),
    number: int = 0,
) -> Message:
    return Message(
        key=f"{story}:{receiver}:{kind.value}:{number}",
        incident=story,
        receiver=receiver,
        kind=kind,
        why=_WHY.get(kind, Why.FIRST),
        severity=severity,
        title=title,
        lines=tuple(lines),
        event_at=at,
        due_at=at if due_at is None else due_at,
        facts={"target": KOMINFO},
    )


def make_due(engine: Engine, *messages: Message, at: datetime = NOON) -> int:
    with writing(engine) as connection:
        return enqueue(connection, messages, at)


def rows_of(engine: Engine) -> list[Row[tuple[object, ...]]]:
    with engine.connect() as connection:
        return list(connection.execute(select(outbox).order_by(outbox.c.id)))


@dataclass(slots=True)
class Kept:
    """A receiver (the port, faked) that keeps what it takes. ``refuse`` may raise for a message."""

    refuse: Callable[[Message], None] = lambda _: None
    taken: list[Message] = field(default_factory=list)
    asked: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def send(self, message: Message) -> None:
        with self.lock:
            self.asked += 1
        self.refuse(message)
        with self.lock:
            self.taken.append(message)

    def kinds(self) -> list[str]:
        with self.lock:
            return [each.kind.value for each in self.taken]


def out_of_order(_: Message) -> None:
    raise DeliveryError.temporary("out of order")


def until(true: Callable[[], bool], seconds: float = 10.0) -> None:
    """Wait for something that other threads bring about; fails when it does not come."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it did not come about"
        time.sleep(0.01)


SOON = timedelta(milliseconds=20)
