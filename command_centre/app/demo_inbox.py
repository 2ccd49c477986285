"""The simulated phone: ``/demo/kotak-masuk`` shows what the notices of a demo would have brought to people. Demo mode only.

It reads the book into which every receiver of a demo writes (``app.notifying``), so it shows what was really sent, and no more.
"""

from __future__ import annotations

from collections import deque
from datetime import datetime
from pathlib import Path

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from command_centre.app.notifying import DEMO_BOOK
from command_centre.config.model import Config
from command_centre.domain.rule import Severity
from layouts.duty.inbox import Arrived, inbox_page
from layouts.wording import Words

ADDRESS = "/demo/kotak-masuk"
MOST_SHOWN = 30


class Line(msgspec.Struct):
    """One line of the book."""

    receiver: str
    kind: str
    severity: Severity
    due_at: datetime
    text: str
    link: str | None = None


class DemoInbox:
    """Answers with the newest messages of the book. ``people``: who answers at a receiver."""

    def __init__(self, book: Path, people: dict[str, str], words: Words) -> None:
        self._book = book
        self._people = people
        self._words = words

    async def page(self, _: Request) -> Response:
        """The inbox as it is now."""
        arrived = await run_in_threadpool(self.newest)
        return HTMLResponse(inbox_page(arrived, self._words), headers={"Cache-Control": "no-store"})

    def newest(self) -> tuple[Arrived, ...]:
        """The newest messages first. Lines that cannot be read are left out: the last one may be half written."""
        try:
            with self._book.open(encoding="utf-8") as book:
                lines = deque(book, MOST_SHOWN)
        except FileNotFoundError:
            return ()
        return tuple(each for line in reversed(lines) if (each := self._arrived(line)) is not None)

    def _arrived(self, line: str) -> Arrived | None:
        try:
            told = msgspec.json.decode(line, type=Line)
        except msgspec.DecodeError:
            return None
        return Arrived(
            self._people.get(told.receiver, told.receiver), told.kind, told.severity, told.due_at, told.text, _path(told.link)
        )


def _path(link: str | None) -> str | None:
    """The link on this very server, under whatever name the visitor has reached it."""
    if link is None or "://" not in link:
        return link
    return "/" + link.split("://", 1)[1].partition("/")[2]


def demo_inbox(config: Config, words: Words) -> Route:
    """The address of the simulated phone of one configuration."""
    book = config.source_path.resolve().parent / "data" / DEMO_BOOK
    people = {each.name: each.person for each in config.receivers if each.person is not None}
    return Route(ADDRESS, DemoInbox(book, people, words).page)
