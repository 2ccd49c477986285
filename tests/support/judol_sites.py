"""Reading a case of the judol corpus: as the scanner does, without the network. And serving one over real HTTP."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

from collectors.integrity.lexicon import load
from collectors.integrity.options import GUISES, ScanOptions
from collectors.integrity.reading import ReadingProcess
from collectors.integrity.scanning import Scanner
from collectors.websites.options import Options
from command_centre.domain.integrity import ScanResult, View
from tests.collectors.integrity.corpus.templates import HOST, Case
from tests.support.http_servers import Answer, Asked, Site, Wire, naming, redirect, response, serving

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


@contextlib.asynccontextmanager
async def scanning(*hosts: str, **changes: Any) -> AsyncIterator[Scanner]:
    """A scanner that finds these names on loopback, closed when the block ends."""
    async with naming({host: ["127.0.0.1"] for host in (HOST, f"m.{HOST}", *hosts)}) as dns:
        websites = Options(servers=(dns.address,), user_agent="uji")
        scanner = Scanner(ScanOptions(websites=websites, **changes), load(), ReadingProcess())
        try:
            yield scanner
        finally:
            await scanner.close()


def scan_case(case: Case, **changes: Any) -> ScanResult:
    """One scan of one case over real HTTP."""

    async def scene() -> ScanResult:
        async with serving_case(case) as site, scanning(**changes) as scanner:
            return (await scanner.scan(site.url(host=HOST), NIGHT)).result

    return asyncio.run(scene())


def scan_answer(answer: Answer, **changes: Any) -> ScanResult:
    """One scan of a server that gives this answer."""

    async def scene() -> ScanResult:
        async with serving(answer) as site, scanning(**changes) as scanner:
            return (await scanner.scan(site.url(host=HOST), NIGHT)).result

    return asyncio.run(scene())
