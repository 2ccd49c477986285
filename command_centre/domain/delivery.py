"""Delivery: what is sent when several messages wait for one receiver, and when a failed one is tried again. Pure.

One *stream* is what one receiver is to hear about one incident, in order. Messages that could not be sent pile up in it; once the
receiver takes messages again it hears the present state once, not the whole pile. Trouble that began and ended unheard is told
in one message that says both.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from command_centre.domain.notification import Message, NoticeKind

ENDS = frozenset({NoticeKind.RESOLVED, NoticeKind.CLOSED})
"""What a message can tell only once: the story is over."""

UNHEARD = "began_unheard"
"""Fact of a message about the end of trouble whose beginning never reached this receiver: when it began (ISO 8601)."""

WITHDRAWN = "withdrawn: "
"""How the last word on a message begins that was called back before it was sent: it is no failure."""

FOLDED = WITHDRAWN + "told by a later message"
NOTHING_TO_END = WITHDRAWN + "its beginning was called back, so there is no end to tell"


@dataclass(frozen=True, slots=True)
class Waiting:
    """One message that waits: its row, how often it was tried."""

    id: int
    message: Message
    attempts: int


@dataclass(frozen=True, slots=True)
class Heard:
    """What this receiver has heard of the incident so far."""

    anything: bool  # some earlier message was accepted
    called_back: bool = False  # the earlier ones were withdrawn by a person's answer, not by a failure
    failed_since: datetime | None = None  # beginning of trouble that was given up untold


@dataclass(frozen=True, slots=True)
class Delivery:
    """What is to be sent for a stream now: one message in one row (None: nothing), and the rows that it makes needless."""

    carrier: Waiting | None
    needless: tuple[Waiting, ...] = ()
    why_needless: str = FOLDED


def next_delivery(stream: Sequence[Waiting], heard: Heard) -> Delivery:
    """The one message that tells what ``stream`` (in order, not empty) has to tell."""
    *before, last = stream
    if last.message.kind not in ENDS or heard.anything:
        return Delivery(last, tuple(before))
    if before:
        began = min(each.message.event_at for each in before)
        return Delivery(_with_beginning(last, began), tuple(before))
    if heard.failed_since is not None:
        return Delivery(_with_beginning(last, heard.failed_since))
    if heard.called_back:
        return Delivery(None, (last,), NOTHING_TO_END)
    return Delivery(last)


def _with_beginning(last: Waiting, began: datetime) -> Waiting:
    facts = {**last.message.facts, UNHEARD: began.isoformat()}
    return replace(last, message=replace(last.message, facts=facts))


@dataclass(frozen=True, slots=True)
class Patience:
    """How a failed message is tried again: after ``first``, then twice as long each time up to ``longest``, with jitter.

    After ``attempts`` it is given up and becomes a dead letter: with the values below about a day after the first failure.
    """

    first: timedelta = timedelta(seconds=2)
    longest: timedelta = timedelta(seconds=60)
    attempts: int = 1_700

    def pause(self, attempts: int, chance: Callable[[], float]) -> timedelta:
        """How long to wait after the given number of failures. ``chance`` draws from [0, 1): half of the pause is left to it."""
        doublings = min(max(attempts - 1, 0), 20)  # beyond that every pause is the longest
        whole = min(self.first * (1 << doublings), self.longest)
        return whole * (0.5 + 0.5 * chance())


LONGEST_WISH = timedelta(minutes=10)
"""A receiver that asks to be left alone for longer is asked again after this."""


def wished_pause(retry_after: timedelta | None) -> timedelta:
    """How long a receiver is left alone because it asked for it."""
    return timedelta(0) if retry_after is None else min(max(retry_after, timedelta(0)), LONGEST_WISH)
