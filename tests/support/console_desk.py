"""The console for tests: a city with incidents of every sort, people of every role, and the parts that answer."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, insert, select, update

from command_centre.app.console_pages import Console, console_on
from command_centre.app.guard import Access
from command_centre.domain.calendar import Window
from command_centre.domain.incident import IncidentEventKind, IncidentId
from command_centre.domain.person import Role
from command_centre.domain.ports import Clock
from command_centre.domain.reading import Reason, Status
from command_centre.domain.rule import Severity
from command_centre.domain.target import Target
from command_centre.storage.alert_tables import outbox
from command_centre.storage.database import writing
from command_centre.storage.people import begin_session, save_account
from command_centre.storage.tables import detail, incident, incident_event, reading, target
from command_centre.storage.times import to_ms
from tests.support.little_city import WITA

KEY = b"k" * 32
ACCESS = Access(KEY, walls_are_open=False)
KELURAHAN = {"64.74.01.1003": "Loktuan", "64.74.02.1001": "Tanjung Laut"}
PEOPLE = {"pejabat": Role.OFFICIAL, "aminah": Role.OPERATOR, "lestari": Role.OPERATOR, "admin": Role.ADMIN}
HOSTILE = "<script>window.__hacked=1</script><img src=x onerror='window.__hacked=1'>"
"""What a page of a hacked site may call itself."""


def console(engine: Engine, clock: Clock, windows: Sequence[Window] = (), **options: Any) -> Console:
    """The console on one database."""
    return console_on(engine, WITA, clock, windows=windows, kelurahan=KELURAHAN, is_simulated=True, **options)


def add_people(engine: Engine, at: datetime) -> None:
    """One account for each role, two for operators."""
    with writing(engine) as connection:
        for name, role in PEOPLE.items():
            save_account(connection, name, role, at, password_hash="nobody signs in with this")


def session_of(engine: Engine, name: str, at: datetime) -> str:
    """What the cookie of somebody who has just signed in holds."""
    with writing(engine) as connection:
        secret = begin_session(connection, name, "127.0.0.1", at, timedelta(hours=12))
    return ACCESS.signer().sign(secret).decode()


def open_incident(
    engine: Engine,
    about: Target,
    at: datetime,
    *,
    severity: Severity = Severity.WARNING,
    status: Status = Status.DOWN,
    reason: Reason = Reason.CONNECT_REFUSED,
    text: str = "",
    rule: str = "site-down",
    parent: IncidentId | None = None,
    resolved_at: datetime | None = None,
    **columns: Any,
) -> IncidentId:
    """One incident and the first line of its story, as the recorder writes them."""
    with writing(engine) as connection:
        number = connection.execute(select(target.c.id).where(target.c.key == about.key)).scalar_one()
        values = {
            "rule": rule,
            "target_id": number,
            "severity": severity.value,
            "status": status.value,
            "reason": reason.value,
            "detail": text,
            "opened_at": to_ms(at),
            "resolved_at": None if resolved_at is None else to_ms(resolved_at),
            "parent_id": parent,
        }
        story = IncidentId(connection.execute(insert(incident).values(values | columns).returning(incident.c.id)).scalar_one())
        _tell(connection, story, IncidentEventKind.OPENED, at, status, reason, text)
        if resolved_at is not None:
            _tell(connection, story, IncidentEventKind.RESOLVED, resolved_at, Status.UP, Reason.OK, "")
    return story


def _tell(
    connection: Connection, story: int, kind: IncidentEventKind, at: datetime, status: Status, reason: Reason, text: str
) -> None:
    values = {
        "incident_id": story,
        "at": to_ms(at),
        "kind": kind.value,
        "status": status.value,
        "reason": reason.value,
        "detail": text,
    }
    connection.execute(insert(incident_event).values(values))


def resolve(engine: Engine, story: IncidentId, at: datetime) -> None:
    """End a story."""
    with writing(engine) as connection:
        connection.execute(update(incident).where(incident.c.id == story).values(resolved_at=to_ms(at)))
        _tell(connection, story, IncidentEventKind.RESOLVED, at, Status.UP, Reason.OK, "")


def keep_evidence(engine: Engine, about: Target, at: datetime, text: str, facts: Mapping[str, Any]) -> None:
    """Give the newest look at a target words and facts of its own."""
    with writing(engine) as connection:
        number = connection.execute(select(target.c.id).where(target.c.key == about.key)).scalar_one()
        row = {
            "hash": f"{about.key}{text}".encode()[:16].ljust(16),
            "text": text,
            "facts": json.dumps(facts),
            "last_used": to_ms(at),
        }
        kept = connection.execute(insert(detail).values(row).returning(detail.c.id)).scalar_one()
        mine = (reading.c.target_id == number) & (reading.c.at == to_ms(at))
        assert connection.execute(update(reading).where(mine).values(detail_id=kept)).rowcount == 1


def tell_somebody(
    engine: Engine,
    story: IncidentId,
    at: datetime,
    *,
    receiver: str = "piket",
    title: str = "",
    facts: Mapping[str, Any] | None = None,
    sent_at: datetime | None = None,
    severity: Severity = Severity.CRITICAL,
) -> None:
    """One message about an incident."""
    payload = json.dumps({"title": title, "lines": [], "facts": dict(facts or {}), "link": None})
    values = {
        "key": f"{story}:{receiver}:{to_ms(at)}",
        "incident_id": story,
        "receiver": receiver,
        "kind": "firing",
        "why": "first",
        "severity": severity.value,
        "payload": payload,
        "event_at": to_ms(at),
        "due_at": to_ms(at),
        "created_at": to_ms(at),
        "next_try_at": to_ms(at),
        "sent_at": None if sent_at is None else to_ms(sent_at),
    }
    with writing(engine) as connection:
        connection.execute(insert(outbox).values(values))
