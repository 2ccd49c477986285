"""Asking one site as somebody: politely, along its own redirects, and never at a foreign host."""

from __future__ import annotations

import asyncio
import ipaddress
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pycurl

from collectors.integrity.options import GUISES, ScanOptions
from collectors.websites.addresses import Address, is_own_host, join, parse_address
from collectors.websites.fetching import Fetcher, Request
from collectors.websites.looks import Response
from collectors.websites.redirecting import FOLLOWED
from collectors.websites.resolving import Answer, Resolver
from command_centre.domain.integrity import View

MOST_HOPS = 5
REFUSALS = frozenset({401, 403, 429, 503})
"""Answers with which a server turns a visitor away: they say nothing about the page."""


class BudgetSpentError(Exception):
    """This scan has asked, or lasted, as much as it may."""


@dataclass(frozen=True, slots=True)
class Visit:
    """What one request brought, after following the site's own redirects.

    ``end`` is the address of the last answer, or the foreign one it would have led to (which is never asked). ``flaw`` says why
    it cannot be judged; empty where it can.
    """

    view: View
    url: str
    end: str
    status: int | None = None
    body: bytes = field(default=b"", repr=False)
    body_sha256: str = ""
    content_type: str = ""
    flaw: str = ""

    @property
    def is_page(self) -> bool:
        """Whether there is HTML to read."""
        kind = self.content_type.partition(";")[0].strip().lower()
        return bool(self.body) and (not kind or "html" in kind)


class Visitor:
    """Asks for pages of one site in all guises. Holds one connection handle per guise; ``close`` it."""

    def __init__(self, options: ScanOptions, resolver: Resolver, host: str) -> None:
        self._options = options
        self._resolver = resolver
        self._host = host
        self._fetchers: dict[View, Fetcher] = {}
        self._answers: dict[str, Answer] = {}
        self._next_turn = 0.0
        self._ends_at = time.monotonic() + options.most_time.total_seconds()
        self.requests = 0

    async def close(self) -> None:
        """Give the sockets back."""
        for fetcher in self._fetchers.values():
            await fetcher.close()

    async def visit(self, url: str, view: View) -> Visit:
        """Ask for one page. Raises BudgetSpentError."""
        try:
            address = parse_address(url)
        except ValueError:
            return Visit(view, url, url, flaw="no address that a browser could open")
        fetcher = self._fetcher(view)
        curl = fetcher.begin_visit()
        try:
            for _ in range(MOST_HOPS):
                response = await self._ask(fetcher, curl, address)
                if isinstance(response, str):
                    return Visit(view, url, address.url, flaw=response)
                following = self._following(response, address)
                if following is None:
                    return _visit(view, url, response)
                if not is_own_host(self._host, following.host, self._options.allowed_hosts):
                    return Visit(view, url, following.url, status=response.status)
                address = following
            return Visit(view, url, address.url, flaw="the redirects do not end")
        finally:
            curl.close()

    def _following(self, response: Response, address: Address) -> Address | None:
        if response.status not in FOLLOWED or not response.headers.get("location", "").strip():
            return None
        try:
            return join(address, response.headers["location"])
        except ValueError:
            return None

    async def _ask(self, fetcher: Fetcher, curl: pycurl.Curl, address: Address) -> Response | str:
        """One request; a string says why there was no answer."""
        answer = await self._resolve(address)
        if answer.trouble is not None:
            return f"dns ({answer.trouble.detail})"
        await self._take_turn(address, answer)
        limit = self._options.request_timeout
        request = Request(address=address, addresses=answer.addresses, limit=limit, connect_limit=limit, is_trusted=True)
        response = await fetcher.fetch(curl, request)
        return response.trouble.detail if response.trouble is not None else response

    async def _resolve(self, address: Address) -> Answer:
        if address.is_literal or self._options.websites.proxy is not None:
            return Answer()
        if address.host not in self._answers:
            self._answers[address.host] = await self._resolver.resolve(
                address.host, self._options.request_timeout.total_seconds()
            )
        return self._answers[address.host]

    async def _take_turn(self, address: Address, answer: Answer) -> None:
        """Wait until the host may be asked again."""
        if self.requests >= self._options.most_requests or time.monotonic() > self._ends_at:
            raise BudgetSpentError
        self.requests += 1
        pause = timedelta() if _is_this_machine(address, answer) else self._options.pause
        now = time.monotonic()
        wait = self._next_turn - now
        self._next_turn = max(now, self._next_turn) + pause.total_seconds()
        if wait > 0:
            await asyncio.sleep(wait)

    def _fetcher(self, view: View) -> Fetcher:
        if view not in self._fetchers:
            guise = GUISES.get(view)
            # What anybody may see is looked at: no credentials. Whether the certificate is good is another collector's question.
            websites = replace(self._options.websites, verify=False, headers=(), basic_auth=None)
            if guise is not None:
                headers = (("Referer", guise.referrer),) if guise.referrer else ()
                websites = replace(websites, user_agent=guise.user_agent, accept_language=guise.accept_language, headers=headers)
            self._fetchers[view] = Fetcher(websites)
        return self._fetchers[view]


def _is_this_machine(address: Address, answer: Answer) -> bool:
    """Whether the host lives on our own loopback (the simulated city, a test): nobody else is kept busy there."""
    places = (address.host,) if address.is_literal else answer.addresses
    return bool(places) and all(ipaddress.ip_address(each).is_loopback for each in places)


def _visit(view: View, url: str, response: Response) -> Visit:
    status = response.status
    flaw = f"http {status}" if status in REFUSALS else ""
    if response.headers.get("cf-mitigated", "") == "challenge":
        flaw = "a robot check stands before the page"
    return Visit(
        view,
        url,
        response.address.url,
        status=status,
        body=response.body,
        body_sha256=response.body_sha256,
        content_type=response.headers.get("content-type", ""),
        flaw=flaw,
    )


def ends_by_view(visits: Mapping[View, Visit]) -> dict[View, str]:
    """Where each view ended."""
    return {view: each.end for view, each in visits.items()}
