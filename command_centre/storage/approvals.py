"""Who signed a frozen period, and under which number. The sealed figures stay as they are; the paper loses its draft mark.

Rows are only added, each with its row in the audit log in the same transaction; the newest of a revision counts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, insert, select

from command_centre.domain.seal import Approval
from command_centre.storage.audit import Entry, write_audit
from command_centre.storage.snapshot_tables import snapshot, snapshot_approval
from command_centre.storage.times import to_ms

MOST_TEXT = 60
"""What fits its place on the paper."""

FARTHEST_AHEAD = timedelta(days=31)
"""A letter may be dated ahead, within reason; beyond that somebody slipped."""


class NoSuchSnapshot(Exception):  # noqa: N818 - said to a person
    """That revision of that period is not frozen, so there is nothing to sign."""


@dataclass(frozen=True, slots=True)
class Signing:
    """Which revision somebody signs, and who says so: by which door, when."""

    period: str
    revision: int
    actor: str
    via: str
    at: datetime


def approve(connection: Connection, signing: Signing, *, number: str, name: str, staff_number: str, on: date) -> Approval:
    """Record a signature. A second one corrects the first. Raises NoSuchSnapshot, or ValueError for an empty or endless text."""
    given = Approval(_text(number, "number"), _text(name, "name"), _text(staff_number, "staff number"), on)
    _refuse_unless_frozen(connection, signing)
    if on > signing.at.date() + FARTHEST_AHEAD:
        raise ValueError("the day of signing lies too far ahead")
    _record(connection, signing, given, is_withdrawn=False)
    return given


def withdraw_approval(connection: Connection, signing: Signing) -> bool:
    """Take a signature back: the paper is a draft again. False when there is none."""
    stands = approval_of(connection, signing.period, signing.revision)
    if stands is None:
        return False
    _record(connection, signing, stands, is_withdrawn=True)
    return True


def approval_of(connection: Connection, period: str, revision: int) -> Approval | None:
    """The signature that counts; None while the paper is a draft."""
    asked = (
        select(snapshot_approval)
        .where(snapshot_approval.c.period == period, snapshot_approval.c.revision == revision)
        .order_by(snapshot_approval.c.id.desc())
        .limit(1)
    )
    row = connection.execute(asked).one_or_none()
    return None if row is None or row.is_withdrawn else _approval(row)


def approvals(connection: Connection) -> Mapping[tuple[str, int], Approval]:
    """Every signature that counts, by period and revision."""
    newest: dict[tuple[str, int], Approval | None] = {}
    for row in connection.execute(select(snapshot_approval).order_by(snapshot_approval.c.id)):
        newest[row.period, row.revision] = None if row.is_withdrawn else _approval(row)
    return {key: each for key, each in newest.items() if each is not None}


def _approval(row: Row[Any]) -> Approval:
    return Approval(row.number, row.name, row.staff_number, date.fromisoformat(row.signed_on))


def _refuse_unless_frozen(connection: Connection, signing: Signing) -> None:
    asked = select(snapshot.c.id).where(snapshot.c.period == signing.period, snapshot.c.revision == signing.revision)
    if connection.execute(asked).first() is None:
        raise NoSuchSnapshot(f"{signing.period} revision {signing.revision} is not frozen")


def _record(connection: Connection, signing: Signing, given: Approval, *, is_withdrawn: bool) -> None:
    row = {
        "period": signing.period,
        "revision": signing.revision,
        "number": given.number,
        "name": given.name,
        "staff_number": given.staff_number,
        "signed_on": given.on.isoformat(),
        "is_withdrawn": is_withdrawn,
        "recorded_by": signing.actor,
        "recorded_at": to_ms(signing.at),
    }
    connection.execute(insert(snapshot_approval).values(row))
    detail = {name: row[name] for name in ("number", "name", "staff_number", "signed_on")}
    command = "withdraw_approval" if is_withdrawn else "approve_snapshot"
    subject = f"snapshot:{signing.period}:r{signing.revision}"
    write_audit(connection, Entry(signing.at, signing.actor, signing.via, command, subject, detail))


def _text(text: str, what: str) -> str:
    clean = " ".join(text.split())
    if not clean or len(clean) > MOST_TEXT:
        raise ValueError(f"the {what} must be a text of 1 to {MOST_TEXT} characters")
    return clean
