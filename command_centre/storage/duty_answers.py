"""Answers given through links of the duty page: one link, one answer."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, select, update

from command_centre.domain.incident import IncidentId
from command_centre.storage.audit_tables import duty_answer
from command_centre.storage.database import insert_into
from command_centre.storage.times import from_ms, to_ms


class Answer(StrEnum):
    """The four buttons of the duty page."""

    TAKE = "take"
    NOT_A_FAULT = "not_a_fault"
    POWER = "power"
    SNOOZE = "snooze"


@dataclass(frozen=True, slots=True)
class Given:
    """An answer that a link has given. ``before``: how the incident stood, so that it can be undone."""

    incident: IncidentId
    person: str
    answer: Answer
    at: datetime
    undone_at: datetime | None
    silence_id: int | None
    before: Mapping[str, Any]


def reserve(connection: Connection, link: str, story: IncidentId, person: str, answer: Answer, at: datetime) -> bool:
    """Use the link up; False when it has been used. An answer that was undone leaves the link free for another."""
    row = {"incident_id": story, "person": person, "answer": answer.value, "at": to_ms(at), "undone_at": None}
    fresh = row | {"silence_id": None, "before": None}
    adding = insert_into(connection, duty_answer).values(link=link, **fresh)
    again = adding.on_conflict_do_update(
        index_elements=[duty_answer.c.link], set_=fresh, where=duty_answer.c.undone_at.is_not(None)
    )
    return connection.execute(again.returning(duty_answer.c.link)).scalar_one_or_none() is not None


def keep_before(connection: Connection, link: str, before: str, silence_id: int | None) -> None:
    """What undoing the answer needs."""
    kept = update(duty_answer).where(duty_answer.c.link == link).values(before=before, silence_id=silence_id)
    connection.execute(kept)


def given(connection: Connection, link: str) -> Given | None:
    """The answer of a link; None while it has given none."""
    row = connection.execute(select(duty_answer).where(duty_answer.c.link == link)).one_or_none()
    if row is None:
        return None
    return Given(
        IncidentId(row.incident_id),
        row.person,
        Answer(row.answer),
        from_ms(row.at),
        None if row.undone_at is None else from_ms(row.undone_at),
        row.silence_id,
        {} if row.before is None else json.loads(row.before),
    )


def mark_undone(connection: Connection, link: str, at: datetime) -> None:
    """The answer was taken back."""
    connection.execute(update(duty_answer).where(duty_answer.c.link == link).values(undone_at=to_ms(at)))
