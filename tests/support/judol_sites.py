"""Reading a case of the judol corpus: as the scanner does, without the network. And serving one over real HTTP."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime

from collectors.integrity.options import GUISES
from command_centre.domain.integrity import View
from tests.collectors.integrity.corpus.templates import HOST, Case
from tests.support.http_servers import Asked, Site, Wire, redirect, response, serving

NIGHT = datetime(2026, 11, 24, 18, 0, tzinfo=UTC)


def view_of(asked: Asked) -> View:
    """Which of our guises a request wears."""
    agent, referrer = asked.headers.get("user-agent", ""), asked.headers.get("referer", "")
    for view, guise in GUISES.items():
        if agent == guise.user_agent and referrer == guise.referrer:
            return view
    return View.FILES


@contextlib.asynccontextmanager
async def serving_case(case: Case) -> AsyncIterator[Site]:
    """The case as a running site, at its own name: ``site.url(host=HOST)`` with the name server of ``naming``."""

    async def answer(asked: Asked, wire: Wire) -> None:
        view = view_of(asked)
        if view in case.sent_to and asked.path == "/" and asked.headers["host"].startswith(HOST):
            port = asked.headers["host"].partition(":")[2]
            await wire.send(redirect(case.sent_to[view].replace(f"{HOST}/", f"{HOST}:{port}/")))
            return
        page = case.page(asked.path, view)
        if page is None:
            await wire.send(response("<html><title>404</title><h1>Halaman tidak ditemukan</h1></html>", 404))
            return
        await wire.send(response(page.replace(f"http://{HOST}/", f"http://{asked.headers['host']}/"), kind=_kind(asked.path)))

    async with serving(answer) as site:
        yield site


def _kind(path: str) -> str:
    if path.endswith(".xml") or path == "/feed/":
        return "application/xml"
    if path.endswith(".txt"):
        return "text/plain"
    return "application/javascript" if path.endswith(".js") else "text/html; charset=utf-8"
