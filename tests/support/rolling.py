"""Rolling up everything at once, for tests that do not want to wait for the recorder's turns."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Engine

from command_centre.pipeline.roller import roll_up_a_piece
from command_centre.storage.database import writing


def catch_up(engine: Engine, at: datetime) -> int:
    """Roll up all that is marked, piece by piece as the recorder does; returns how many buckets that was."""
    total = 0
    while True:
        with writing(engine) as connection:
            done = roll_up_a_piece(connection, at)
        if done == 0:
            return total
        total += done
