"""Being a good guest: a service that asks us to wait is not asked before the wait is over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from collectors.websites.judging import Verdict, retry_after
from command_centre.domain.reading import Reason, Status

AFTER_429 = timedelta(seconds=60)
"""How long we wait where "too many requests" names no time: the usual window of such limits."""

LONGEST_QUOTA = timedelta(hours=1)
"""A quota that is used up is believed for an hour at most; nobody names a reset so far away by intention."""

EPOCH_FROM = 1e9
"""A reset at or above this number is a moment (seconds since the epoch), below it a number of seconds."""


@dataclass(frozen=True, slots=True)
class Wait:
    """Until when a service is not asked, and what is said of it meanwhile."""

    until: datetime
    status: Status
    sentence: str

    def verdict(self) -> Verdict:
        until = self.until.astimezone(UTC).strftime("%H:%M:%S UTC")
        return Verdict(self.status, Reason.RATE_LIMITED, f"{self.sentence}; not asked before {until}")


def wait_after(status: int | None, headers: Mapping[str, str], at: datetime) -> Wait | None:
    """How long an answer asks us to stay away; None where it does not.

    ``Retry-After`` on 503 tells how long the service expects to be away. It is no request to stay away, so we go on looking.
    """
    if status == 429:
        named = retry_after(headers.get("retry-after", ""), at) or _until_reset(headers, at)
        return Wait(at + (named or AFTER_429), Status.DEGRADED, "the service finds that we ask too often (429)")
    if _number(headers, "x-ratelimit-remaining", "ratelimit-remaining") == 0:
        pause = _until_reset(headers, at)
        if pause is not None and pause > timedelta():
            return Wait(at + min(pause, LONGEST_QUOTA), Status.UNKNOWN, "our quota with the service is used up")
    return None


def _until_reset(headers: Mapping[str, str], at: datetime) -> timedelta | None:
    reset = _number(headers, "x-ratelimit-reset", "ratelimit-reset")
    if reset is None:
        return None
    seconds = reset - at.timestamp() if reset >= EPOCH_FROM else reset
    return timedelta(seconds=min(seconds, 86_400)) if seconds > 0 else None


def _number(headers: Mapping[str, str], *names: str) -> float | None:
    text = next((headers[name] for name in names if name in headers), "").partition(",")[0].partition(";")[0].strip()
    return float(text) if text.isascii() and text.isdigit() and len(text) < 12 else None


class Waits:
    """Who is not asked before when, by origin. Held in memory: after a restart the service says it again."""

    def __init__(self) -> None:
        self._waits: dict[tuple[str, str, int], Wait] = {}

    def note(self, origin: tuple[str, str, int], wait: Wait | None) -> None:
        """What the newest answer asks for; one that asks for nothing ends an earlier wait."""
        if wait is None:
            self._waits.pop(origin, None)
        else:
            self._waits[origin] = wait

    def at(self, origin: tuple[str, str, int], now: datetime) -> Wait | None:
        """The wait that is still on."""
        wait = self._waits.get(origin)
        return wait if wait is not None and now < wait.until else None
