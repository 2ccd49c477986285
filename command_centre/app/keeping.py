"""Keeping: sweeps and listeners as tasks, started again when a bug ended them, exchanged when the configuration changes."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

log = logging.getLogger(__name__)


class Kept(Protocol):
    """A sweep or a listener. ``may_overlap``: its successor may begin while it still ends what it has begun."""

    @property
    def name(self) -> str: ...

    @property
    def size(self) -> int: ...

    @property
    def may_overlap(self) -> bool: ...

    async def run(self, since: float | None = None) -> None: ...

    def stop(self) -> None: ...

    async def finish(self) -> float | None: ...

    async def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Plan:
    """What a source depends on (equal to before: nothing to exchange), and how it is made."""

    depends_on: object
    make: Callable[[], Kept]


@dataclass(slots=True)
class _Running:
    plan: Plan
    kept: Kept
    task: asyncio.Task[None]


class Keeper:
    """Keeps what the newest plans name running. Used from the event loop only."""

    def __init__(self) -> None:
        self._running: dict[str, _Running] = {}
        self._ending: set[asyncio.Task[None]] = set()

    @property
    def kept(self) -> tuple[Kept, ...]:
        """What runs now."""
        return tuple(each.kept for each in self._running.values())

    async def adopt(self, plans: Mapping[str, Plan]) -> None:
        """Go over to ``plans``: what is unchanged runs on undisturbed, no turn of the others is lost."""
        made = {name: plan.make() for name, plan in plans.items() if not self._is_unchanged(name, plan)}
        for name in [name for name in self._running if name not in plans]:
            await self._let_go(self._running.pop(name))
        for name, kept in made.items():
            since = await self._let_go(self._running.pop(name)) if name in self._running else None
            self._running[name] = _Running(plans[name], kept, asyncio.create_task(kept.run(since)))

    def revive(self) -> None:
        """Start again what has ended by itself."""
        for running in self._running.values():
            if running.task.done():
                log.error("%s ended; starting it again", running.kept.name, exc_info=running.task.exception())
                running.task = asyncio.create_task(running.kept.run())

    async def stop(self) -> None:
        """End everything now."""
        for running in self._running.values():
            running.kept.stop()
        await asyncio.gather(*(_ended(each) for each in self._running.values()), *self._ending, return_exceptions=True)

    def _is_unchanged(self, name: str, plan: Plan) -> bool:
        return name in self._running and self._running[name].plan.depends_on == plan.depends_on

    async def _let_go(self, running: _Running) -> float | None:
        """Let it end what it has begun; answers from when on its successor has to take its turns."""
        since = await running.kept.finish()
        ending = asyncio.create_task(_ended(running))
        self._ending.add(ending)
        ending.add_done_callback(self._ending.discard)
        if not running.kept.may_overlap:
            await ending
        return since


async def _ended(running: _Running) -> None:
    await asyncio.gather(running.task, return_exceptions=True)
    await running.kept.close()
