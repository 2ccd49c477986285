"""Recorder: the one thread that writes history. A batch is one transaction; what is acknowledged is on the disk."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto
from itertools import islice
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, InterfaceError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from command_centre.domain.calendar import Window
from command_centre.domain.orders import Orders
from command_centre.domain.ports import Clock
from command_centre.domain.reading import Reading, Reason, Source, Status
from command_centre.domain.rule import Rule
from command_centre.pipeline.batch import write_batch
from command_centre.pipeline.inbox import Entry, Inbox, acknowledge
from command_centre.pipeline.rulebook import Rulebook
from command_centre.storage.database import writing
from command_centre.storage.inventory import STORAGE_KEY
from command_centre.storage.lease import RENEW_EVERY, Lease, LeaseLost

LOG = logging.getLogger(__name__)

MAX_BATCH = 1_000
LINGER_SECONDS = 0.2  # readings that come within this share one commit: a commit costs as much as twenty readings
FIRST_PAUSE_SECONDS = 0.2
LONGEST_PAUSE_SECONDS = 5.0
LONGEST_SLEEP_SECONDS = 0.5  # an idle recorder looks at its chores at least this often
BACKFILL_BATCH = 1_000
LONG_TURN_SECONDS = 0.25
GAP_SECONDS = 0.12
"""After a long turn the write lock stays free this long: whoever waits for it on SQLite looks every tenth of a second."""


@dataclass(frozen=True, slots=True)
class StorageTrouble:
    """Writing does not work: since when, and the database's words for it."""

    since: datetime
    text: str


@dataclass(frozen=True, slots=True)
class Chore:
    """Something else that writes, and therefore takes its turn in the same thread: rolling up, watching, retention.

    ``do`` gets a transaction, the time and the rules in force, does a small piece of work and answers with readings to be
    recorded along with it (mostly none).
    """

    name: str
    every: timedelta
    do: Callable[[Connection, datetime, Rulebook], Sequence[Reading]]


class _Outcome(Enum):
    DONE = auto()
    WORLD_REFUSES = auto()  # locked, full, read-only, gone: try again
    BUG = auto()  # something in this batch cannot be stored, ever


class Recorder:
    """Takes batches from the inbox and makes them history.

    While the database refuses, the batch is kept and tried again, and ``fault`` says so. Nothing acknowledged is ever lost.
    """

    def __init__(
        self,
        engine: Engine,
        inbox: Inbox,
        *,
        rules: Sequence[Rule],
        windows: Sequence[Window],
        zone: ZoneInfo,
        clock: Clock,
        orders: Orders | None = None,
        lease: Lease | None = None,
        chores: Sequence[Chore] = (),
        max_batch: int = MAX_BATCH,
        linger: float = LINGER_SECONDS,
    ) -> None:
        self._engine = engine
        self._inbox = inbox
        self._rulebook = Rulebook.of(rules, windows, zone, orders)
        self._clock = clock
        self._lease = lease
        self._chores = tuple(chores)
        self._max_batch = max_batch
        self._linger = linger
        self._fault: StorageTrouble | None = None
        self._refused = 0
        self._last_commit = time.monotonic()
        self._due = {chore.name: 0.0 for chore in self._chores}

    @property
    def fault(self) -> StorageTrouble | None:
        """What keeps the recorder from writing; None while it can."""
        return self._fault

    @property
    def refused(self) -> int:
        """Readings that could not be stored because of a bug of ours (each is in the program's log)."""
        return self._refused

    def adopt(self, rules: Sequence[Rule], windows: Sequence[Window], zone: ZoneInfo, orders: Orders | None = None) -> None:
        """Go on with another configuration, from the next batch on."""
        self._rulebook = Rulebook.of(rules, windows, zone, orders)

    def run(self, stop: threading.Event) -> None:
        """Record until ``stop`` is set; then what is left in the inbox is still written, if the database lets it.

        Raises LeaseLost when another writer has taken over: nothing may be written here any more.
        """
        while not stop.is_set():
            batch = self._inbox.take(self._max_batch, self._linger, LONGEST_SLEEP_SECONDS)
            if batch:
                self._deal_with(batch, stop)
            self._do_due_chores()
            self._show_sign_of_life()
        self._write_rest()

    def record(self, readings: Iterable[Reading]) -> int:
        """Write readings at once, past the inbox (back-fill, tests); returns how many were new. Nothing is retried."""
        source = iter(readings)
        new = 0
        while chunk := list(islice(source, BACKFILL_BATCH)):
            new += self._commit(chunk)
        return new

    def _deal_with(self, batch: Sequence[Entry], stop: threading.Event) -> None:
        pause = FIRST_PAUSE_SECONDS
        while (outcome := self._try(batch)) is _Outcome.WORLD_REFUSES:
            if stop.wait(pause):
                LOG.error("%d readings could not be written before the end", len(batch))
                return
            pause = min(pause * 2, LONGEST_PAUSE_SECONDS)
        if outcome is _Outcome.BUG:
            self._isolate(batch, stop)

    def _isolate(self, batch: Sequence[Entry], stop: threading.Event) -> None:
        """One reading cannot be stored: store the others, and leave that one out."""
        if len(batch) == 1:
            self._refused += 1
            batch[0].refuse(f"a reading of {batch[0].reading.target} cannot be stored")
            return
        half = len(batch) // 2
        self._deal_with(batch[:half], stop)
        self._deal_with(batch[half:], stop)

    def _try(self, batch: Sequence[Entry]) -> _Outcome:
        begun = self._clock.now()
        try:
            self._commit([entry.reading for entry in batch])
        except LeaseLost:
            raise
        except (DBAPIError, PoolTimeoutError) as error:
            if _is_worlds_fault(error):
                self._note_fault(begun, error)
                return _Outcome.WORLD_REFUSES
            LOG.exception("a batch with readings of %s cannot be stored", _some_targets(batch))
            return _Outcome.BUG
        except Exception:  # the job boundary: a bug in one reading must not end the recording of all others
            LOG.exception("a batch with readings of %s cannot be stored", _some_targets(batch))
            return _Outcome.BUG
        acknowledge(batch)
        return _Outcome.DONE

    def _do_due_chores(self) -> None:
        for chore in self._chores:
            now = time.monotonic()
            if self._fault is None and now >= self._due[chore.name]:
                self._due[chore.name] = now + chore.every.total_seconds()
                self._do(chore)

    def _do(self, chore: Chore) -> None:
        begun = self._clock.now()
        try:
            self._commit([], chore)
        except LeaseLost:
            raise
        except (DBAPIError, PoolTimeoutError) as error:
            if _is_worlds_fault(error):
                self._note_fault(begun, error)
            else:
                LOG.exception("%s failed; the next try is in %s", chore.name, chore.every)
        except Exception:  # the job boundary: watching and rolling up may fail, recording goes on
            LOG.exception("%s failed; the next try is in %s", chore.name, chore.every)

    def _show_sign_of_life(self) -> None:
        """Renew the lease of an idle recorder, and find out whether a database that refused takes writes again."""
        if self._fault is not None or time.monotonic() - self._last_commit >= RENEW_EVERY.total_seconds():
            self._try([])

    def _write_rest(self) -> None:
        while batch := self._inbox.take(self._max_batch, 0.0, 0.0):
            stopped = threading.Event()
            stopped.set()
            self._deal_with(batch, stopped)

    def _commit(self, readings: Sequence[Reading], chore: Chore | None = None) -> int:
        """One transaction. After a fault, its story is part of the first one that succeeds."""
        begun = time.monotonic()
        with writing(self._engine) as connection:
            if self._lease is not None:
                self._lease.guard(connection)
            at = self._clock.now()
            more = () if chore is None else chore.do(connection, at, self._rulebook)
            story = _story_of(self._fault, at)
            new = write_batch(connection, [*story, *readings, *more], self._rulebook, at)
        self._last_commit = time.monotonic()
        self._note_recovery(at)
        if self._last_commit - begun > LONG_TURN_SECONDS and self._engine.dialect.name == "sqlite":
            time.sleep(GAP_SECONDS)
        return new - len(story)

    def _note_fault(self, begun: datetime, error: Exception) -> None:
        self._engine.dispose()  # a connection that was opened while the file was read-only would refuse for ever
        text = str(getattr(error, "orig", None) or error).strip()
        if self._fault is None:
            LOG.warning("the database takes no writes: %s", text)
            self._fault = StorageTrouble(begun, text)

    def _note_recovery(self, at: datetime) -> None:
        if self._fault is not None:
            LOG.info("the database takes writes again after %s", at - self._fault.since)
            self._fault = None


def _story_of(fault: StorageTrouble | None, at: datetime) -> list[Reading]:
    """The self-incident of a time without storage, told afterwards with its true times."""
    if fault is None:
        return []
    return [
        Reading(STORAGE_KEY, fault.since, Status.DOWN, Reason.STORAGE_FAULT, fault.text, source=Source.SELF),
        Reading(STORAGE_KEY, max(at, fault.since + timedelta(milliseconds=1)), Status.UP, Reason.OK, source=Source.SELF),
    ]


def _is_worlds_fault(error: DBAPIError | PoolTimeoutError) -> bool:
    """Whether trying again can help. A value that the database cannot hold stays so."""
    is_ours = isinstance(error, (DataError, IntegrityError)) or (
        isinstance(error, InterfaceError) and not error.connection_invalidated and "parameter" in str(error.orig)
    )
    return not is_ours


def _some_targets(batch: Sequence[Entry]) -> str:
    return ", ".join(sorted({str(entry.reading.target) for entry in batch})[:5])
