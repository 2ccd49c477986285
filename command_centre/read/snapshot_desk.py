"""What the desk pages of the snapshot ask: promises with how they stand, and which frozen periods are signed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Engine

from command_centre.domain.seal import Approval
from command_centre.storage import snapshots
from command_centre.storage.approvals import approvals
from command_centre.storage.follow_ups import FollowUp, FollowUpStatus, follow_ups

CLOSED_SHOWN = timedelta(days=28)
"""Closed rows stay in sight this long, so that one can be taken up again."""

MOST_PERIODS = 60


@dataclass(frozen=True, slots=True)
class FollowUpRow:
    """One promise. ``version`` is what a change is held against; ``is_overdue``: open, and its deadline lies before today."""

    id: int
    what: str
    owner: str
    status: str
    is_closed: bool
    deadline: date | None
    closed_at: datetime | None
    is_overdue: bool
    version: int


@dataclass(frozen=True, slots=True)
class SignedPeriod:
    """The newest revision of one frozen period, and who signed it; None: it is a draft."""

    period: str
    revision: int
    approval: Approval | None
    is_simulated: bool


STATUSES = tuple(each.value for each in FollowUpStatus)


class SnapshotDeskQueries:
    """Stateless, so several threads may ask at once."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def follow_ups(self, now: datetime, today: date) -> tuple[FollowUpRow, ...]:
        """Open ones first, those that are due soonest at the top; then what was closed lately."""
        with self._engine.connect() as connection:
            found = follow_ups(connection, now - CLOSED_SHOWN)
        rows = [_row(each, today) for each in found]
        return tuple(sorted(rows, key=lambda each: (each.is_closed, each.deadline or date.max, each.id)))

    def periods(self) -> tuple[SignedPeriod, ...]:
        """Frozen periods, newest first."""
        with self._engine.connect() as connection:
            listed = snapshots.archive(connection, MOST_PERIODS)
            signed = approvals(connection)
        return tuple(
            SignedPeriod(
                each.seal.period, each.seal.revision, signed.get((each.seal.period, each.seal.revision)), each.is_simulated
            )
            for each in listed
        )


def _row(each: FollowUp, today: date) -> FollowUpRow:
    is_overdue = not each.status.is_closed and each.deadline is not None and each.deadline < today
    return FollowUpRow(
        each.id,
        each.what,
        each.owner,
        each.status.value,
        each.status.is_closed,
        each.deadline,
        each.closed_at,
        is_overdue,
        each.version,
    )
