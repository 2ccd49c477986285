"""The calendar of snapshots: once a minute it looks what is due, once a day whether late data came in.

It takes its turns in a process of its own (``app.snapshot_turns``): a snapshot takes a second or two, and what is measured
meanwhile must not wait for it.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING, TypeVar

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from command_centre.app.snapshotting import snapshotter_of
from command_centre.demo.weeks import past_hours, past_incidents, past_spans, weeks_begin
from command_centre.domain.hotspot import CLIENTS
from command_centre.domain.ports import Clock
from command_centre.domain.target import Target, TargetKind
from command_centre.pipeline.snapshotter import DUE_AT, Told
from command_centre.storage import facts, past
from command_centre.storage.cutting import first_data
from command_centre.storage.database import writing
from command_centre.storage.signing import KeyTrouble

if TYPE_CHECKING:
    from command_centre.app.wiring import Chosen

log = logging.getLogger(__name__)

TURN_EVERY = timedelta(minutes=1)
FIRST_TURN_AFTER = timedelta(seconds=15)
"""After a start the walls come first."""

TARGETS_AT_ONCE = 40
"""Of the simulated past in one transaction: some ten thousand rows, a fraction of a second."""

LOOKED_BACK_ON = "snapshots_looked_back_on"
"""The day of the city on which late data were last looked for."""

REST = timedelta(milliseconds=50)

_Item = TypeVar("_Item")


class SnapshotCalendar:
    """Takes turns; a turn that fails is logged once and tried again at the next one."""

    def __init__(self, engine: Engine, clock: Clock, tell: Told | None = None) -> None:
        self._engine = engine
        self._clock = clock
        self._tell = tell
        self._last_fault = ""

    @property
    def has_failed(self) -> bool:
        """Whether the last turn could not be taken."""
        return bool(self._last_fault)

    def has_work(self, chosen: Chosen) -> bool:
        """Whether a turn would do anything. A database that cannot be asked now is asked again at the next turn."""
        now = self._clock.now()
        try:
            if chosen.is_demo and self._past_ends_at() is not None:
                return True
            return snapshotter_of(chosen, self._engine, self._tell).has_due(now) or self._is_to_look_back(chosen, now)
        except (DBAPIError, KeyTrouble):
            return False

    def _is_to_look_back(self, chosen: Chosen, now: datetime) -> bool:
        local = now.astimezone(chosen.config.zone)
        if local.time() < DUE_AT:
            return False
        with self._engine.connect() as connection:
            return facts.recall(connection, LOOKED_BACK_ON) != local.date().isoformat()

    async def take_a_turn(self, chosen: Chosen) -> None:
        """Freeze what is due; in the demo, first make up the weeks before it began."""
        try:
            if chosen.is_demo:
                await self._make_up_the_past(chosen)
            await asyncio.to_thread(self._turn, chosen)
            self._last_fault = ""
        except KeyTrouble as trouble:
            self._complain(str(trouble))
        except Exception as error:  # the job boundary: collecting goes on
            if repr(error) != self._last_fault:
                log.exception("the snapshot could not be made; the next try is in %s", TURN_EVERY)
            self._last_fault = repr(error)

    def _turn(self, chosen: Chosen) -> None:
        now = self._clock.now()
        maker = snapshotter_of(chosen, self._engine, self._tell)
        maker.freeze_due(now)
        if not self._is_to_look_back(chosen, now):
            return
        late = [name for name, differs in maker.look_back(now).items() if differs]
        if late:
            log.info("late data came in for %s: run.py snapshot --week makes a revision", ", ".join(late))
        with writing(self._engine) as connection:
            facts.remember(connection, LOOKED_BACK_ON, now.astimezone(chosen.config.zone).date().isoformat(), now)

    def _complain(self, sentence: str) -> None:
        if sentence != self._last_fault:
            log.error("%s", sentence)
        self._last_fault = sentence

    async def _make_up_the_past(self, chosen: Chosen) -> None:
        """The demo's eight weeks, slice by slice, so that what is measured now waits for no more than one slice."""
        now, zone = self._clock.now(), chosen.config.zone
        until = await asyncio.to_thread(self._past_ends_at)
        if until is None:
            return
        begins = weeks_begin(now, zone)
        targets = sorted((each for each in chosen.config.targets if each.kind is not TargetKind.SELF), key=lambda each: each.key)
        if begins < until:
            for some in _slices(iter(targets), TARGETS_AT_ONCE):
                await asyncio.to_thread(self._write_past, some, begins, until, chosen)
                await asyncio.sleep(REST.total_seconds())
        await asyncio.to_thread(self._write_incidents, targets, begins, until, chosen)
        log.info("made up the simulated weeks since %s in %.1f s", begins, (self._clock.now() - now).total_seconds())

    def _past_ends_at(self) -> datetime | None:
        """Where the made up weeks have to end: where history begins. None: they are there, or there is no history yet."""
        with self._engine.connect() as connection:
            is_made = facts.recall(connection, past.WEEKS_MADE) == "yes"
            first = first_data(connection)
        return None if is_made or first is None else first.replace(second=0, microsecond=0)

    def _write_past(self, targets: Sequence[Target], begins: datetime, until: datetime, chosen: Chosen) -> None:
        spans = [span for each in targets if _is_seen(each) for span in past_spans(each, begins, until, chosen.config.zone)]
        hotspots = [each for each in targets if each.kind is TargetKind.HOTSPOT]
        hours = [hour for each in hotspots for hour in past_hours(each, begins, until)]
        with writing(self._engine) as connection:
            ids = past.target_ids(connection)
            past.write_past_spans(connection, ids, spans)
            past.write_past_hours(connection, ids, CLIENTS, hours)

    def _write_incidents(self, targets: Sequence[Target], begins: datetime, until: datetime, chosen: Chosen) -> None:
        """Last, with the mark that all is there: what was interrupted before begins again and writes the same spans."""
        with writing(self._engine) as connection:
            found = past_incidents(targets, begins, until, chosen.config.zone) if begins < until else ()
            past.write_past_incidents(connection, past.target_ids(connection), found)
            facts.remember(connection, past.WEEKS_MADE, "yes", self._clock.now())


def _is_seen(target: Target) -> bool:
    """What the register has no address for was expected in the past as well, and measured as little."""
    return target.address is not None or target.kind is TargetKind.HOTSPOT


def _slices(items: Iterator[_Item], size: int) -> Iterator[list[_Item]]:
    while some := list(islice(items, size)):
        yield some
