"""Simulated receivers: each takes its messages in order, may be out of order for a while, and is tried again as a live one is."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from command_centre.domain.delivery import Patience
from command_centre.domain.notification import NoticeKind, Why
from command_centre.domain.rule import Severity
from command_centre.domain.telling import Notice

WORKS = frozenset({"ok", "up", "normal"})
REFUSES_FOR_GOOD = frozenset({"http400", "http404", "http401", "http403", "permanent"})
ONCE = "_once"
ASKED_PAUSE = timedelta(seconds=120)
"""What a receiver that is asked too often (429) wants, where the file says nothing."""


@dataclass(frozen=True, slots=True)
class Dispatch:
    """One notice on its way to one receiver."""

    notice: Notice
    receiver: str
    rule: str
    targets: tuple[str, ...]
    count: int
    group: str

    @classmethod
    def digest(cls, receiver: str, targets: Mapping[str, Severity], at: datetime) -> Dispatch:
        """What was gathered for ``receiver`` during the quiet hours."""
        severity = max(targets.values(), key=lambda each: each.rank)
        notice = Notice(NoticeKind.DIGEST, Why.MORNING, (), (receiver,), severity, at)
        return cls(notice, receiver, "digest", tuple(targets), len(targets), "")


@dataclass(frozen=True, slots=True)
class Accepted:
    """A notice that its receiver has taken, and when."""

    at: datetime
    dispatch: Dispatch


@dataclass(slots=True)
class _Line:
    """The way to one receiver."""

    waiting: deque[Dispatch] = field(default_factory=deque)
    mode: str = "ok"
    back_at: datetime | None = None
    attempts: int = 0
    next_try: datetime | None = None


class Receivers:
    """All receivers of a rehearsal, and what they have accepted."""

    def __init__(self) -> None:
        self.accepted: list[Accepted] = []
        self._lines: dict[str, _Line] = defaultdict(_Line)
        self._patience = Patience()

    def set_mode(self, name: str, mode: str, at: datetime, length: float | None) -> datetime | None:
        """From now on ``name`` behaves like this (for ``length`` seconds); returns when it is back by itself."""
        line = self._lines[name]
        line.mode = mode
        line.back_at = None if length is None else at + timedelta(seconds=length)
        return line.back_at

    def enqueue(self, dispatch: Dispatch, at: datetime) -> None:
        """Let a notice wait for its receiver. A reminder that still waits is overtaken by what comes after it."""
        line = self._lines[dispatch.receiver]
        line.waiting = deque(each for each in line.waiting if not _is_overtaken(each, dispatch))
        line.waiting.append(dispatch)

    def deliver(self, at: datetime) -> datetime | None:
        """Send what can be sent; returns when the next try is due."""
        for line in self._lines.values():
            self._send_all(line, at)
        return min((each.next_try for each in self._lines.values() if each.waiting and each.next_try is not None), default=None)

    def _send_all(self, line: _Line, at: datetime) -> None:
        if line.back_at is not None and at >= line.back_at:
            line.mode, line.back_at = "ok", None
        while line.waiting and (line.next_try is None or line.next_try <= at):
            self._send(line, at)

    def _send(self, line: _Line, at: datetime) -> None:
        if line.mode in WORKS:
            self.accepted.append(Accepted(at, line.waiting.popleft()))
            line.attempts, line.next_try = 0, None
        elif line.mode in REFUSES_FOR_GOOD:
            line.waiting.popleft()  # a dead letter
        else:
            line.attempts += 1
            line.next_try = at + (
                ASKED_PAUSE if line.mode.startswith("429") else self._patience.pause(line.attempts, lambda: 1.0)
            )
            if line.mode.endswith(ONCE):
                line.mode = "ok"


def _is_overtaken(waiting: Dispatch, later: Dispatch) -> bool:
    kinds = (NoticeKind.REMINDER, NoticeKind.RESOLVED, NoticeKind.CLOSED)
    is_same = waiting.group == later.group and waiting.rule == later.rule
    return is_same and waiting.notice.kind is NoticeKind.REMINDER and later.notice.kind in kinds
