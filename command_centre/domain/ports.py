"""The four seams to the outside world. Everything else is plain functions and data."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TYPE_CHECKING, Protocol, TypeAlias

if TYPE_CHECKING:
    from command_centre.domain.reading import Reading
    from command_centre.domain.target import Target

Emit: TypeAlias = Callable[["Reading"], Awaitable[None]]
"""Hand one reading to the pipeline; returns once the reading is durable."""


class Clock(Protocol):
    """Tells the time. Always aware, always UTC."""

    def now(self) -> datetime: ...


class Poller(Protocol):
    """Asks one target and answers with one reading.

    Whatever the *target* does becomes a Reading; only our own bugs raise.
    The runner owns interval, jitter, concurrency and the deadline.
    """

    async def poll(self, target: Target) -> Reading: ...


class Listener(Protocol):
    """Is told, and passes each reading on; it acknowledges its source only after ``emit`` has returned."""

    async def listen(self, emit: Emit) -> None: ...
