"""The four seams to the outside world. Everything else is plain functions and data."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from enum import Enum, auto
from typing import TYPE_CHECKING, Protocol, TypeAlias

if TYPE_CHECKING:
    from command_centre.domain.notification import Message
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


class Refusal(Enum):
    """Whether trying again can help."""

    TEMPORARY = auto()  # busy, unreachable, out of order, wrongly set up: the same message may pass later
    PERMANENT = auto()  # this message will never be taken


class DeliveryError(Exception):
    """A receiver did not take a message. The text is one line for people and names no secret.

    ``retry_after``: how long the receiver asks to be left alone.
    """

    def __init__(self, sentence: str, refusal: Refusal, retry_after: timedelta | None = None) -> None:
        super().__init__(sentence)
        self.refusal = refusal
        self.retry_after = retry_after

    @classmethod
    def temporary(cls, sentence: str, retry_after: timedelta | None = None) -> DeliveryError:
        """Trying again may help."""
        return cls(sentence, Refusal.TEMPORARY, retry_after)

    @classmethod
    def permanent(cls, sentence: str) -> DeliveryError:
        """Trying again cannot help."""
        return cls(sentence, Refusal.PERMANENT)


class Receiver(Protocol):
    """Takes one message to one place: a mailbox, a chat, a program.

    ``send`` returns once the other side has accepted the message, and raises DeliveryError otherwise. It ends within a bounded
    time. The same message may come twice (after a crash, or when an acceptance was not heard): its ``key`` is the same then.
    """

    def send(self, message: Message) -> None: ...
