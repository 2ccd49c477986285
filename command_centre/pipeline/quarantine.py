"""The desk where listeners leave what strangers said, until the recorder's thread writes it."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection

from command_centre.domain.quarantine import Stranger
from command_centre.domain.reading import Reading
from command_centre.pipeline.recorder import Chore
from command_centre.pipeline.rulebook import Rulebook
from command_centre.storage.quarantine import forget_surplus, note_stranger

WRITE_EVERY = timedelta(seconds=10)
MOST_WAITING = 2_000
WRITTEN_AT_ONCE = 200


class QuarantineDesk:
    """Filled from the event loop, emptied by the recorder's thread.

    What was written leaves the desk at the next turn, when the table is seen to hold it: a transaction that failed loses nothing,
    and what was heard is never added twice.
    """

    def __init__(self) -> None:
        self._waiting: deque[tuple[str, Stranger]] = deque(maxlen=MOST_WAITING)

    def note(self, collector: str, strangers: Iterable[Stranger]) -> None:
        """Leave what ``collector`` heard of strangers since it last did."""
        self._waiting.extend((collector, each) for each in strangers)

    def chores(self) -> tuple[Chore, ...]:
        """Writes what waits, a piece at a time."""
        return (Chore("writing the quarantine", WRITE_EVERY, self._write),)

    def _write(self, connection: Connection, at: datetime, rulebook: Rulebook) -> Sequence[Reading]:
        del at, rulebook  # what was heard brings its own time, and no rule decides about it
        new = 0
        for _ in range(min(WRITTEN_AT_ONCE, len(self._waiting))):
            collector, seen = self._waiting.popleft()
            if note_stranger(connection, collector, seen):
                self._waiting.append((collector, seen))
                new += 1
        if new:
            forget_surplus(connection)
        return ()
