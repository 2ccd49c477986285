"""How long browsers may keep the files of a page: for ever under an address that names their version, else until they have asked.

An update of the program must reach every wall at its next reload, and a wall must not fetch what it has.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qs

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

FILES = ("/assets/", "/meja/assets/", "/_dash-component-suites/", "/meja/_dash-component-suites/")
VERSIONED = b"public, max-age=31536000, immutable"
ASK_FIRST = b"no-cache"


class FileCaching:
    """Adds ``Cache-Control`` to answers that hold a file and do not say so themselves."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not str(scope["path"]).startswith(FILES):
            await self._app(scope, receive, send)
            return

        async def send_with_age(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": _with_age(message, scope)}
            await send(message)

        await self._app(scope, receive, send_with_age)


def _with_age(message: Message, scope: Scope) -> list[tuple[bytes, bytes]]:
    headers: list[tuple[bytes, bytes]] = list(message["headers"])
    is_said = any(name.lower() == b"cache-control" for name, _ in headers)
    if is_said or message["status"] not in (200, 206, 304):
        return headers
    is_versioned = "m" in parse_qs(scope["query_string"].decode("latin-1"))  # Dash writes the file's time there
    return [*headers, (b"cache-control", VERSIONED if is_versioned else ASK_FIRST)]
