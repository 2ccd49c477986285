"""Roller: keeps the rollups up with the log, a small piece at a time."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection

from command_centre.domain.reading import Reading
from command_centre.domain.series import Resolution
from command_centre.pipeline.recorder import Chore
from command_centre.pipeline.rulebook import Rulebook
from command_centre.storage.rollups import roll_up_marked

PIECE = 250
"""Buckets (of one target each) in one transaction: some tens of milliseconds."""

EVERY = timedelta(seconds=2)


def roll_up_a_piece(connection: Connection, at: datetime) -> int:
    """Recompute one piece of what is marked, finest first; returns how many buckets that was (0: all is done)."""
    for resolution in Resolution:
        done = roll_up_marked(connection, resolution, at, PIECE)
        if done:
            return done
    return 0


def _take_a_turn(connection: Connection, at: datetime, _: Rulebook) -> tuple[Reading, ...]:
    roll_up_a_piece(connection, at)
    return ()


ROLLING = Chore("rolling up", EVERY, _take_a_turn)
"""The roller as a chore of the recorder."""
