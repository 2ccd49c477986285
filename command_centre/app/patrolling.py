"""The patrol: takes the city's sites in turn, scans those that are due, and hands the scans to the recorder's thread.

In live mode at night only; in the simulated city every two minutes, and with fewer pages, so that a story can be seen to happen.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from collectors.integrity.lexicon import LexiconError, load
from collectors.integrity.options import ScanOptions
from collectors.integrity.reading import ReadingProcess
from collectors.integrity.scanning import Scanner
from collectors.websites.options import Options, user_agent
from command_centre.config.integrity import IntegritySection
from command_centre.demo.place import DemoPlace
from command_centre.domain.integrity import Baseline
from command_centre.domain.ports import Clock
from command_centre.domain.target import Target, TargetKind
from command_centre.pipeline.integrity import IntegrityDesk, baseline_of, is_due

if TYPE_CHECKING:
    from command_centre.app.wiring import Chosen

log = logging.getLogger(__name__)

TURN_EVERY = timedelta(seconds=10)
DEMO_EVERY = timedelta(minutes=2)
DEMO_PAGES = 2
DEMO_AT_ONCE = 16
"""The simulated sites answer as slowly as real ones, and all at once mind it less."""

MOST_PER_TURN = 40
"""So many sites before it is looked again whether the night is over."""


@dataclass(frozen=True, slots=True)
class _Due:
    """A site whose turn it is, and what it was like when it was well."""

    target: Target
    address: str
    before: Baseline | None


class IntegrityPatrol:
    """Used from the event loop only; ``close`` it at the end."""

    def __init__(self, engine: Engine, desk: IntegrityDesk, clock: Clock) -> None:
        self._engine = engine
        self._desk = desk
        self._clock = clock
        self._scanner: Scanner | None = None
        self._made_for: object = None
        self._is_refused = False

    async def run(self, now_in_force: Callable[[], tuple[Chosen, DemoPlace | None]]) -> None:
        """Turn after turn until it is cancelled, each with the configuration then in force."""
        while True:
            try:
                await self.take_a_turn(*now_in_force())
            except Exception:
                log.exception("fault of our own in the watch for injected content")
            await asyncio.sleep(TURN_EVERY.total_seconds())

    async def take_a_turn(self, chosen: Chosen, place: DemoPlace | None) -> None:
        """Scan the sites that are due now. A bug with one site is logged and costs nobody else his turn."""
        section, now = chosen.config.integrity, self._clock.now()
        if section is None or not self._may_scan(section, chosen, now):
            return
        try:
            scanner = await self._scanner_for(section, chosen, place)
            due = await asyncio.to_thread(self._due, chosen, now)
        except (LexiconError, DBAPIError) as trouble:
            self._complain(trouble)
            return
        self._is_refused = False
        places = asyncio.Semaphore(DEMO_AT_ONCE if chosen.is_demo else section.at_once)
        await asyncio.gather(*(self._scan(scanner, each, places) for each in due))

    async def close(self) -> None:
        """Give back what the scanner holds."""
        scanner, self._scanner = self._scanner, None
        if scanner is not None:
            await scanner.close()

    def _may_scan(self, section: IntegritySection, chosen: Chosen, now: datetime) -> bool:
        return chosen.is_demo or section.covers(now.astimezone(chosen.config.zone).strftime("%H:%M"))

    def _complain(self, trouble: Exception) -> None:
        """Once, not every ten seconds."""
        if not self._is_refused:
            log.error("the watch for injected content cannot work: %s", trouble)
        self._is_refused = True

    async def _scanner_for(self, section: IntegritySection, chosen: Chosen, place: DemoPlace | None) -> Scanner:
        """The scanner for this configuration; another one when it has changed. Raises LexiconError."""
        wanted = (section, chosen.config.city.contact, place)
        if self._scanner is None or self._made_for != wanted:
            await self.close()
            lexicon = await asyncio.to_thread(load)
            self._scanner = Scanner(_options(section, chosen, place), lexicon, ReadingProcess())
            self._made_for = wanted
        return self._scanner

    def _due(self, chosen: Chosen, now: datetime) -> Sequence[_Due]:
        every = DEMO_EVERY if chosen.is_demo or chosen.config.integrity is None else chosen.config.integrity.every
        today = now.astimezone(chosen.config.zone).date()
        found: list[_Due] = []
        with self._engine.connect() as connection:
            for each in chosen.config.targets_of(TargetKind.SITE):
                if len(found) >= MOST_PER_TURN:
                    break
                if each.address and each.is_valid_on(today) and is_due(connection, each.key, now, every):
                    found.append(_Due(each, each.address, baseline_of(connection, each.key)))
        return found

    async def _scan(self, scanner: Scanner, due: _Due, places: asyncio.Semaphore) -> None:
        async with places:
            try:
                scan = await scanner.scan(due.address, self._clock.now(), due.before)
            except Exception:
                log.exception("fault of our own while scanning %s", due.target.key)
                return
        self._desk.put(due.target.key, scan)


def _options(section: IntegritySection, chosen: Chosen, place: DemoPlace | None) -> ScanOptions:
    websites = Options(user_agent=user_agent(chosen.config.city.contact or ""))
    if place is not None:
        websites = replace(websites, servers=(place.dns,), connect_to=place.connect_to, ca_file=str(place.ca_file))
    return ScanOptions(
        websites=websites,
        pause=section.pause,
        inner_pages=DEMO_PAGES if chosen.is_demo else section.pages,
        allowed_hosts=frozenset(section.allowed_hosts),
    )
