"""One question to a service and its answer, hop by hop, with the engine of the websites collector: libcurl and c-ares."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import date, timedelta

import pycurl

from collectors.e_services.documents import is_markup
from collectors.websites.addresses import Address, parse_address
from collectors.websites.failures import Trouble
from collectors.websites.fetching import Fetcher, Request
from collectors.websites.looks import Look, Response
from collectors.websites.options import Options, expectations_for
from collectors.websites.pacing import HostGates
from collectors.websites.pages import Page, read_page
from collectors.websites.redirecting import next_step
from collectors.websites.resolving import Answer, Resolver

KEEPS_METHOD = frozenset({307, 308})
NO_DNS = Answer()


@dataclass(frozen=True, slots=True)
class Question:
    """One request, filled in. With a body it is a POST."""

    url: str = field(repr=False)
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    body: bytes | None = field(default=None, repr=False)
    client_certificate: str | None = None


@dataclass(slots=True)
class Visit:
    """One look while it is under way: its deadline, its cookies, and what was seen so far."""

    deadline: float
    curl: pycurl.Curl
    responses: list[Response] = field(default_factory=list)
    dns_seconds: float | None = None
    answers: dict[str, Answer] = field(default_factory=dict)

    def remaining_seconds(self) -> float:
        return max(0.0, self.deadline - time.monotonic())


class Asker:
    """Owns the sockets. Use it on one event loop; ``close`` it at the end."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self._fetcher = Fetcher(options)
        self._resolver = Resolver(options.servers)
        self._gates = HostGates()
        self._expected = expectations_for(options, {})

    def begin(self) -> Visit:
        """A look with a cookie jar of its own. Give it back with ``end``."""
        return Visit(time.monotonic() + self._options.timeout.total_seconds(), self._fetcher.begin_visit())

    def end(self, visit: Visit) -> None:
        visit.curl.close()

    async def close(self) -> None:
        """Give sockets and name-server channels back. May be called twice."""
        await self._fetcher.close()
        await self._resolver.close()

    async def ask(self, visit: Visit, question: Question, today: date) -> Look:
        """Ask and follow redirects. Whatever the service does is in the look. Raises ValueError for an address that is none."""
        asked = parse_address(question.url)
        hops: list[Response] = []
        address: Address | None = asked
        look = Look((), None, None, None, has_moved=False, ipv4_up=None, ipv6_up=None)
        while address is not None:
            answer = await self._resolve(visit, address)
            if answer.trouble is not None:
                trouble = answer.trouble
                return _look(hops, None, Trouble(trouble.reason, trouble.detail), answer)
            response = await self._hop(visit, question, asked, address, answer, hops)
            hops.append(response)
            visit.responses.append(response)
            step = next_step(hops, None, self._options.max_redirects) if self._options.follow else None
            look = _look(hops, self._page(response, today), step.trouble if step is not None else None, answer)
            address = step.address if step is not None else None
        return look

    async def _hop(
        self, visit: Visit, question: Question, asked: Address, address: Address, answer: Answer, hops: list[Response]
    ) -> Response:
        limit = timedelta(seconds=max(0.001, visit.remaining_seconds()))
        keeps_body = not hops or all(each.status in KEEPS_METHOD for each in hops)
        request = Request(
            address=address,
            addresses=answer.addresses,
            limit=limit,
            connect_limit=limit,
            is_trusted=may_receive_credentials(asked, address),
            headers=question.headers,
            body=question.body if keeps_body and may_receive_credentials(asked, address) else None,
            client_certificate=question.client_certificate,
        )
        async with self._gates.enter(address.host, visit.remaining_seconds() / 2):
            return await self._fetcher.fetch(visit.curl, request)

    async def _resolve(self, visit: Visit, address: Address) -> Answer:
        if address.is_literal:
            return NO_DNS
        known = visit.answers.get(address.host)
        if known is not None:
            return known
        answer = await self._resolver.resolve(address.host, visit.remaining_seconds())
        visit.answers[address.host] = answer
        if answer.seconds is not None:
            visit.dns_seconds = (visit.dns_seconds or 0.0) + answer.seconds
        return answer

    def _page(self, response: Response, today: date) -> Page | None:
        """A page for people is read as one: it may say that it is a maintenance page, or a provider's blocking page."""
        content_type = response.headers.get("content-type", "")
        if response.trouble is not None or not response.body or not is_markup(response.body, content_type):
            return None
        return read_page(response.body, content_type, self._expected, today)


def may_receive_credentials(asked: Address, address: Address) -> bool:
    """Credentials go to the origin they were given for, or to the same host after its step up to https; nowhere else."""
    stepped_up = asked.scheme == "http" and address.scheme == "https" and address.host == asked.host
    return address.origin == asked.origin or stepped_up


def _look(hops: list[Response], page: Page | None, stop: Trouble | None, answer: Answer) -> Look:
    return Look(tuple(hops), stop, page, answer.seconds, has_moved=answer.has_moved, ipv4_up=None, ipv6_up=None)
