"""What screens ask about frozen periods. Stateless, so several threads may ask at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine

from command_centre.domain.seal import Approval, Seal
from command_centre.domain.snapshot import Snapshot
from command_centre.storage import snapshots
from command_centre.storage.approvals import approval_of
from command_centre.storage.snapshot_file import kept_to_bytes

MOST_LISTED = 520
"""Ten years of weeks."""


@dataclass(frozen=True, slots=True)
class ArchiveLine:
    """One frozen period: its newest revision and its headline figures; a figure that was not measured is left out.

    ``has_late_data``: what was measured looks different now, and a revision is on offer.
    """

    period: str
    revision: int
    seal: str
    starts_at: datetime
    ends_at: datetime
    is_simulated: bool
    has_late_data: bool
    figures: Mapping[str, float]


class SnapshotArchive:
    """Frozen periods of one database."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def lines(self) -> tuple[ArchiveLine, ...]:
        """Every frozen period, newest first."""
        with self._engine.connect() as connection:
            listed = snapshots.archive(connection, MOST_LISTED)
        return tuple(
            ArchiveLine(
                period=each.seal.period,
                revision=each.seal.revision,
                seal=each.seal.seal,
                starts_at=each.starts_at,
                ends_at=each.ends_at,
                is_simulated=each.is_simulated,
                has_late_data=each.differs_now,
                figures=each.headline,
            )
            for each in listed
        )

    def snapshot(self, period: str, revision: int | None = None) -> tuple[Seal, Snapshot] | None:
        """One of them, the newest revision unless one is named; None when it is not frozen."""
        with self._engine.connect() as connection:
            return snapshots.load_snapshot(connection, period, revision)

    def approval(self, period: str, revision: int) -> Approval | None:
        """Who signed that revision; None while its paper is a draft."""
        with self._engine.connect() as connection:
            return approval_of(connection, period, revision)

    def sealed_file(self, period: str, revision: int | None = None) -> bytes | None:
        """The file that anybody can verify; None when the period is not frozen."""
        with self._engine.connect() as connection:
            kept = snapshots.load_as_kept(connection, period, revision)
        return None if kept is None else kept_to_bytes(kept)
