"""Being a good guest, and knowing how far our own clock can be trusted."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass

TICK_SECONDS = 0.05


class HostBusyError(Exception):
    """Another look of ours has been at this host for so long that this one had no turn."""


@dataclass(slots=True)
class _Gate:
    lock: asyncio.Lock
    users: int = 0


class HostGates:
    """One connection per host at a time. Only hosts in use are remembered."""

    def __init__(self) -> None:
        self._gates: dict[str, _Gate] = {}

    @contextlib.asynccontextmanager
    async def enter(self, host: str, patience_seconds: float) -> AsyncIterator[None]:
        """Wait for our turn at ``host``. Raises HostBusyError when it does not come in time."""
        gate = self._gates.setdefault(host, _Gate(asyncio.Lock()))
        gate.users += 1
        try:
            await _acquire(gate.lock, host, patience_seconds)
            try:
                yield
            finally:
                gate.lock.release()
        finally:
            gate.users -= 1
            if gate.users == 0:
                self._gates.pop(host, None)


async def _acquire(lock: asyncio.Lock, host: str, patience_seconds: float) -> None:
    if not lock.locked():
        await lock.acquire()
        return
    try:
        async with asyncio.timeout(patience_seconds):
            await lock.acquire()
    except TimeoutError:
        raise HostBusyError(host) from None


@dataclass(slots=True, eq=False)
class LagWatch:
    """The worst lateness of the event loop, in seconds, while one look was under way."""

    seconds: float = 0.0


class LoopLag:
    """Measures how late the event loop runs while looks are under way: one timer for all of them, none when there are none."""

    def __init__(self) -> None:
        self._watches: set[LagWatch] = set()
        self._due = 0.0
        self._timer: asyncio.TimerHandle | None = None

    @contextlib.contextmanager
    def watch(self) -> Iterator[LagWatch]:
        """Watch during the block; the result is final when it ends."""
        watch = LagWatch()
        self._watches.add(watch)
        if self._timer is None:
            self._schedule()
        try:
            yield watch
        finally:
            watch.seconds = max(watch.seconds, asyncio.get_running_loop().time() - self._due)
            self._watches.discard(watch)
            if not self._watches and self._timer is not None:
                self._timer.cancel()
                self._timer = None

    def _schedule(self) -> None:
        loop = asyncio.get_running_loop()
        self._due = loop.time() + TICK_SECONDS
        self._timer = loop.call_at(self._due, self._tick)

    def _tick(self) -> None:
        late_seconds = asyncio.get_running_loop().time() - self._due
        for watch in self._watches:
            watch.seconds = max(watch.seconds, late_seconds)
        self._schedule()
