"""Lets a process of its own take the turns of the calendar of snapshots, and only when there is something to do.

A freeze works for seconds on plain numbers; in a thread of the writer it would hold up every look that falls into them.
"""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import Engine

from command_centre.app import logs
from command_centre.app.clock import SystemClock
from command_centre.app.snapshot_calendar import SnapshotCalendar
from command_centre.app.supervising import RUN, die_with_parent
from command_centre.domain.ports import Clock
from command_centre.storage.database import StorageError, open_database

if TYPE_CHECKING:
    from command_centre.app.wiring import Chosen

log = logging.getLogger(__name__)

AFTER_A_FAILURE = timedelta(minutes=10)
NICE = 10
"""What is measured comes first."""


class SnapshotTurns:
    """Looks once a minute whether something is due; one process at a time."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._calendar = SnapshotCalendar(engine, clock)
        self._clock = clock
        self._not_before: datetime | None = None

    async def take(self, chosen: Chosen) -> None:
        """Have done what is due, and wait for it."""
        now = self._clock.now()
        if self._not_before is not None and now < self._not_before:
            return
        if not await asyncio.to_thread(self._calendar.has_work, chosen):
            return
        code = await _run(chosen)
        self._not_before = now + AFTER_A_FAILURE if code else None
        if code:
            log.warning("making snapshots ended with code %d; the next try is in %s", code, AFTER_A_FAILURE)


async def _run(chosen: Chosen) -> int:
    words = ["snapshot", "due", "--config", str(chosen.config.source_path), *(["--demo"] if chosen.is_demo else [])]
    process = await asyncio.create_subprocess_exec(sys.executable, str(RUN), *words)
    try:
        return await process.wait()
    except asyncio.CancelledError:
        process.terminate()
        await process.wait()
        raise


def run_due(rest: list[str]) -> int:
    """``run.py snapshot due``: one turn of the calendar."""
    from command_centre.app import wiring

    logs.set_up()
    die_with_parent()
    os.nice(NICE)
    chosen = wiring.choose(rest)
    try:
        engine = open_database(chosen.config.database_url())
    except StorageError as error:
        log.error("%s", error)
        return 1
    calendar = SnapshotCalendar(engine, SystemClock())
    try:
        asyncio.run(calendar.take_a_turn(chosen))
    finally:
        engine.dispose()
    return int(calendar.has_failed)
