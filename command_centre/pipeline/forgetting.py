"""Forgetting: retention as a chore of the recorder."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection

from command_centre.domain.reading import Reading
from command_centre.pipeline.recorder import Chore
from command_centre.pipeline.rulebook import Rulebook
from command_centre.storage.retention import Retention, remove_old_piece

EVERY = timedelta(seconds=30)


def forgetting(keep: Retention) -> Chore:
    """Remove a piece of what is past its time, now and then."""

    def take_a_turn(connection: Connection, at: datetime, _: Rulebook) -> Sequence[Reading]:
        remove_old_piece(connection, keep, at)
        return ()

    return Chore("removing old data", EVERY, take_a_turn)
