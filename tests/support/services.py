"""Helpers for e-services: JSON answers, one look at them, and saved answers read without a network."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from collectors.e_services.definition import Definition
from collectors.e_services.documents import Format, read_document
from collectors.e_services.judging import Answer, Finding, inspect, nothing_found, open_answer
from collectors.e_services.options import service_options
from collectors.e_services.parsing import parse_definition
from collectors.e_services.poller import Seen, ServicePoller
from collectors.e_services.templates import resolver
from command_centre.domain.target import Place, Target, TargetKey, TargetKind
from tests.support import http_servers
from tests.support.clock import NOON, FrozenClock
from tests.support.http_servers import Asked, Wire, response, serving

JSON = "application/json"
XML = "application/xml"
PATIENCE = timedelta(seconds=5)


def reply(data: Any, status: int = 200, headers: Sequence[str] = (), kind: str = JSON) -> bytes:
    """A whole answer; anything but text and bytes is written as JSON."""
    return response(data if isinstance(data, (str, bytes)) else json.dumps(data), status, headers, kind)


def find(definition: Mapping[str, Any], body: Any, content_type: str = JSON, at: datetime = NOON) -> Finding:
    """What a definition makes of a saved answer."""
    known = parse_definition(definition)
    raw = body if isinstance(body, bytes) else (body if isinstance(body, str) else json.dumps(body)).encode()
    opened = open_answer(Answer(raw, content_type), known)
    return inspect(opened.document, known, at) if opened.verdict is None else nothing_found(known, opened.verdict)


def document(data: Any) -> Any:
    """Plain data as a document that was read."""
    return read_document(json.dumps(data).encode(), JSON, Format.JSON)


class LiveClock:
    """Certificates are made relative to now."""

    def now(self) -> datetime:
        return datetime.now(UTC)


def _no_register(target: Target) -> Definition:
    raise LookupError("no register here")


@contextlib.asynccontextmanager
async def asking(clock: Any = None, **options: Any) -> AsyncIterator[ServicePoller]:
    """A poller, closed when the block ends."""
    chosen = service_options("petugas@kota.test", options.pop("timeout", PATIENCE), **options)
    poller = ServicePoller(chosen, clock or FrozenClock(), _no_register, resolver(None))
    try:
        yield poller
    finally:
        await poller.close()


def look_at(answer: http_servers.Answer, definition: Mapping[str, Any] | None = None, path: str = "/api", **options: Any) -> Seen:
    """One look at a server that gives this answer."""

    async def scene() -> Seen:
        async with serving(answer) as site, asking(**options) as poller:
            return await poller.look(site.url(path), parse_definition(definition or {}))

    return asyncio.run(scene())


async def body_of(asked: Asked, wire: Wire) -> str:
    """The body of a request that a script answers."""
    length = int(asked.headers.get("content-length", "0"))
    return (await wire.reader.readexactly(length)).decode() if length else ""


def service(url: str | None, **attributes: str) -> Target:
    """A service of the register."""
    return Target(
        TargetKey("layanan:uji"), TargetKind.SERVICE, "Layanan Uji", "Uji", "Diskominfo", "Layanan", Place(), url,
        timedelta(minutes=1), attributes=attributes,
    )  # fmt: skip
