"""One HTTP conversation with a simulated site: read the question, be as broken as the script says, answer."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import assert_never

from command_centre.demo import judol, pages, services
from command_centre.demo.faults import Fault, FaultKind
from command_centre.demo.hosts import FOREIGN_HOST, Host, HttpsUse
from command_centre.demo.rhythm import CITY_ZONE, redirect_seconds, response_seconds, slow_seconds

PATIENCE_SECONDS = 10.0  # with a client that does not finish its question
LONGEST_SILENCE_SECONDS = 60.0  # of a site that never answers; then it hangs up
RETRY_AFTER_SECONDS = 1800
MARK = ("X-Simulasi", "ya")


@dataclass(frozen=True, slots=True)
class Request:
    """What the client asked for. Header names in small letters."""

    method: str
    path: str
    headers: Mapping[str, str]
    is_secure: bool
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Response:
    """What goes back. A HEAD request gets the same headers without the body."""

    status: HTTPStatus
    headers: tuple[tuple[str, str], ...]
    body: bytes


class PageShelf:
    """Keeps each host's page of the day, so that compressing costs nothing per visit."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], tuple[str, pages.Page]] = {}

    def front(self, host: Host, at: datetime) -> pages.Page:
        return self._page(host, at, "front")

    def neglected(self, host: Host, at: datetime) -> pages.Page:
        return self._page(host, at, "neglected")

    def _page(self, host: Host, at: datetime, which: str) -> pages.Page:
        day = at.astimezone(CITY_ZONE).date()
        kept = self._kept.get((host.name, which))
        if kept is not None and kept[0] == day.isoformat():
            return kept[1]
        make = pages.front_page if which == "front" else pages.neglected_page
        page = make(host.name, host.title, day)
        self._kept[host.name, which] = (day.isoformat(), page)
        return page


def delay_seconds(host: Host, fault: Fault | None, request: Request, at: datetime) -> float:
    """How long the site thinks. A redirect is quick; the page behind it takes the time."""
    if _is_first_hop(host, fault, request):
        return redirect_seconds(response_seconds(host.name, at))
    if fault is not None and fault.kind is FaultKind.SLOW and fault.lasts is not None:
        return slow_seconds(host.name, fault.lasts, at)
    return response_seconds(host.name, at)


def respond(host: Host, fault: Fault | None, request: Request, shelf: PageShelf, at: datetime) -> Response | None:
    """The answer; None: there never is one."""
    kind = None if fault is None else fault.kind
    if kind is FaultKind.TIMEOUT:
        return None
    if request.method not in ("GET", "HEAD"):
        return _plain(HTTPStatus.METHOD_NOT_ALLOWED, pages.error_page(405, "Method Not Allowed"), ("Allow", "GET, HEAD"))
    if kind is FaultKind.REDIRECT_LOOP:
        return _redirect("/masuk" if request.path != "/masuk" else "/beranda")
    if kind is FaultKind.REDIRECT_FOREIGN:
        return _redirect(f"https://{FOREIGN_HOST}/")
    if _is_first_hop(host, fault, request):
        return _redirect(f"https://{host.name}{request.path}", HTTPStatus.MOVED_PERMANENTLY)
    return _content(host, kind, request, shelf, at)


def _content(host: Host, kind: FaultKind | None, request: Request, shelf: PageShelf, at: datetime) -> Response:
    match kind:
        case FaultKind.BAD_GATEWAY:
            return _plain(HTTPStatus.BAD_GATEWAY, pages.error_page(502, "Bad Gateway"))
        case FaultKind.MAINTENANCE:
            wait = ("Retry-After", str(RETRY_AFTER_SECONDS))
            return _plain(HTTPStatus.SERVICE_UNAVAILABLE, pages.maintenance_page(), wait)
        case FaultKind.TOKEN_EXPIRED:
            return _json(services.refused(401, "token kedaluwarsa"))
        case FaultKind.LOGIN_PAGE:
            return _plain(HTTPStatus.OK, services.login_page())
        case FaultKind.EMPTY_PAGE:
            return _plain(HTTPStatus.OK, b"")
        case FaultKind.DATABASE_ERROR:
            return _plain(HTTPStatus.OK, pages.database_error_page())
        case FaultKind.NEGLECTED:
            return _page(shelf.neglected(host, at), request)
        case FaultKind.INJECTED:
            return _page(judol.planted(shelf.front(host, at), at), request)
        case FaultKind.INJECTED_CLOAKED:
            return _page(judol.cloaked(shelf.front(host, at), request.headers, at), request)
        case (
            None
            | FaultKind.SLOW
            | FaultKind.CERTIFICATE_EXPIRED
            | FaultKind.CERTIFICATE_WRONG_HOST
            | FaultKind.CERTIFICATE_EXPIRING
        ):
            return _front(host, request, shelf, at)
        case FaultKind.DNS_NXDOMAIN | FaultKind.DNS_SERVFAIL | FaultKind.REFUSED:
            return _front(host, request, shelf, at)  # broken before HTTP; a client that got here anyway came by address
        case FaultKind.TIMEOUT | FaultKind.REDIRECT_FOREIGN | FaultKind.REDIRECT_LOOP:
            raise AssertionError(f"{kind} never reaches the content")
        case unreachable:
            assert_never(unreachable)


def _front(host: Host, request: Request, shelf: PageShelf, at: datetime) -> Response:
    if host.name == FOREIGN_HOST:
        return _plain(HTTPStatus.OK, pages.foreign_page())
    said = services.answer(host.targets, request.path, request.headers.get("authorization", ""), at)
    if said is not None:
        return _json(said)
    return _page(shelf.front(host, at), request)


def _is_first_hop(host: Host, fault: Fault | None, request: Request) -> bool:
    """Whether http:// leads to https:// here. A fault about the certificate makes the site insist, or nobody would see it."""
    about_certificate = fault is not None and fault.kind.is_about_certificate
    return not request.is_secure and (host.https is HttpsUse.REDIRECTED or about_certificate)


def _redirect(location: str, status: HTTPStatus = HTTPStatus.FOUND) -> Response:
    return _plain(status, pages.error_page(status.value, status.phrase), ("Location", location))


def _page(page: pages.Page, request: Request) -> Response:
    common = (("Content-Type", "text/html; charset=utf-8"), ("Last-Modified", page.last_modified), ("Vary", "Accept-Encoding"))
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Response(HTTPStatus.OK, (*common, ("Content-Encoding", "gzip")), page.compressed)
    return Response(HTTPStatus.OK, common, page.plain)


def _json(said: services.Answer) -> Response:
    return Response(HTTPStatus(said.status), (("Content-Type", "application/json"),), said.body)


def _plain(status: HTTPStatus, body: bytes, *more: tuple[str, str]) -> Response:
    return Response(status, (("Content-Type", "text/html; charset=utf-8"), *more), body)


def encode(response: Response, method: str) -> bytes:
    """The response as it goes over the wire."""
    lines = [f"HTTP/1.1 {response.status.value} {response.status.phrase}"]
    headers = (
        MARK,
        ("Server", "simulasi"),
        *response.headers,
        ("Content-Length", str(len(response.body))),
        ("Connection", "close"),
    )
    lines += [f"{name}: {value}" for name, value in headers]
    head = ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")
    return head if method == "HEAD" else head + response.body


async def read_request(reader: asyncio.StreamReader, *, is_secure: bool, most_body_bytes: int = 0) -> Request | None:
    """The client's question; None when it is not HTTP, too long, or does not come."""
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            head = await reader.readuntil(b"\r\n\r\n")
            request = _parsed(head, is_secure=is_secure)
            if request is None or most_body_bytes == 0:
                return request
            return await _with_body(request, reader, most_body_bytes)
    except (TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, OSError):
        return None


async def _with_body(request: Request, reader: asyncio.StreamReader, most: int) -> Request | None:
    declared = request.headers.get("content-length", "0")
    if not declared.isdecimal() or int(declared) > most:
        return None
    body = await reader.readexactly(int(declared))
    return Request(request.method, request.path, request.headers, request.is_secure, body)


def _parsed(head: bytes, *, is_secure: bool) -> Request | None:
    first, *rest = head.decode("latin-1").split("\r\n")
    words = first.split(" ")
    if len(words) != 3 or not words[2].startswith("HTTP/1.") or not words[1].startswith("/"):
        return None
    pairs = (line.partition(":") for line in rest if line)
    headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
    return Request(words[0], words[1], headers, is_secure)


async def stay_silent(reader: asyncio.StreamReader) -> None:
    """Keep the connection open until the client gives up, within reason."""
    with contextlib.suppress(TimeoutError, OSError):
        async with asyncio.timeout(LONGEST_SILENCE_SECONDS):
            while await reader.read(4096):
                pass
