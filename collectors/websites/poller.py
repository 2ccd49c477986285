"""One look at one site, from name to verdict: resolve, fetch hop by hop, read the page, judge, and say it as a Reading."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

import pycurl

from collectors.websites.addresses import Address, parse_address
from collectors.websites.failures import Trouble
from collectors.websites.fetching import Fetcher, Request
from collectors.websites.judging import Verdict, judge
from collectors.websites.looks import Look, Response
from collectors.websites.options import Expectations, Options, expectations_for
from collectors.websites.pacing import HostBusyError, HostGates, LoopLag
from collectors.websites.pages import CostlyPatternError, Page, read_page
from collectors.websites.redirecting import next_step
from collectors.websites.reporting import evidence_of, values_of
from collectors.websites.resolving import Answer, Resolver
from command_centre.domain.ports import Clock
from command_centre.domain.reading import Reading, Reason, Status
from command_centre.domain.target import Target, TargetKey

KNOCK_SECONDS = 3.0
"""How long the second address family may take to answer; it is looked at after the page, and never instead of it."""

PAGES_REMEMBERED = 2048
PLANS_REMEMBERED = 20_000
CONNECTION_REASONS = frozenset({Reason.CONNECT_REFUSED, Reason.CONNECT_TIMEOUT, Reason.CONNECT_UNREACHABLE})
NO_DNS = Answer()


class WebsitePoller:
    """Implements the Poller port for websites. Use it on one event loop; ``close`` it at the end."""

    def __init__(self, options: Options, clock: Clock) -> None:
        self._options = options
        self._clock = clock
        self._fetcher = Fetcher(options)
        self._resolver = Resolver(options.servers)
        self._gates = HostGates()
        self._lag = LoopLag()
        self._pages = _PageMemory()
        self._plans: dict[TargetKey, tuple[Target, Address, Expectations]] = {}

    async def poll(self, target: Target) -> Reading:
        """One look. Whatever the site does becomes a reading, within the options' time-out."""
        taken_at = self._clock.now()
        if not target.address:
            return Reading(target.key, taken_at, Status.UNKNOWN, Reason.NO_ADDRESS, "no address is known")
        try:
            address, expected = self._plan(target, target.address)
        except ValueError as trouble:
            return Reading(target.key, taken_at, Status.UNKNOWN, Reason.CONFIG, str(trouble))
        with self._lag.watch() as lag:
            try:
                look = await self._look(address, expected, taken_at.date())
            except HostBusyError:
                return _unknown(target, taken_at, Reason.COLLECTOR_FAULT, "another look of ours kept this host busy")
            except CostlyPatternError as trouble:
                return _unknown(target, taken_at, Reason.CONFIG, str(trouble))
        verdict = judge(look, expected, taken_at)
        return _reading(target, taken_at, look, verdict, lag.seconds)

    def _plan(self, target: Target, url: str) -> tuple[Address, Expectations]:
        """What to ask and what to expect, worked out once per target. Raises ValueError."""
        known = self._plans.get(target.key)
        if known is not None and known[0] is target:
            return known[1], known[2]
        address, expected = parse_address(url), expectations_for(self._options, target.attributes)
        if len(self._plans) >= PLANS_REMEMBERED:
            self._plans.clear()
        self._plans[target.key] = (target, address, expected)
        return address, expected

    async def close(self) -> None:
        """Give sockets and name-server channels back."""
        await self._fetcher.close()
        await self._resolver.close()

    async def _look(self, address: Address, expected: Expectations, today: date) -> Look:
        visit = _Visit(address, time.monotonic() + self._options.timeout.total_seconds(), self._fetcher.begin_visit())
        try:
            await self._follow(visit, expected, today)
        finally:
            visit.curl.close()
        await self._try_other_family(visit)
        return visit.look()

    async def _follow(self, visit: _Visit, expected: Expectations, today: date) -> None:
        address: Address | None = visit.asked
        while address is not None:
            response = await self._hop(visit, address)
            if response is None:
                return
            visit.responses.append(response)
            visit.page = self._read(response, expected, today)
            if not self._options.follow:
                return
            step = next_step(visit.responses, visit.page, self._options.max_redirects)
            visit.stop, address = step.trouble, step.address

    async def _hop(self, visit: _Visit, address: Address) -> Response | None:
        """One hop; None when its name has no address (the visit then holds the trouble)."""
        answer = await self._resolve(visit, address)
        if answer.trouble is not None:
            visit.stop = Trouble(answer.trouble.reason, answer.trouble.detail)
            return None
        async with self._gates.enter(address.host, visit.remaining_seconds() / 2):
            if visit.responses or not answer.has_both:
                return await self._fetch(visit, address, answer.addresses, visit.remaining_seconds())
            return await self._fetch_either_family(visit, address, answer)

    async def _fetch_either_family(self, visit: _Visit, address: Address, answer: Answer) -> Response:
        """Over IPv4 first; over IPv6 when there is no connection. What is learned about the families stays with the visit."""
        response = await self._fetch(visit, address, answer.ipv4, visit.remaining_seconds() / 2, whole=visit.remaining_seconds())
        if response.trouble is None or response.trouble.reason not in CONNECTION_REASONS:
            visit.ipv4_up, visit.ipv6_to_try = True, answer.ipv6
            return response
        other = await self._fetch(visit, address, answer.ipv6, visit.remaining_seconds())
        visit.ipv4_up = False
        visit.ipv6_up = other.trouble is None or other.trouble.reason not in CONNECTION_REASONS
        return other if visit.ipv6_up else response

    async def _fetch(
        self, visit: _Visit, address: Address, addresses: tuple[str, ...], limit_seconds: float, whole: float | None = None
    ) -> Response:
        request = Request(
            address=address,
            addresses=addresses,
            limit=timedelta(seconds=max(0.001, whole if whole is not None else limit_seconds)),
            connect_limit=timedelta(seconds=max(0.001, limit_seconds)),
            is_trusted=visit.may_receive_credentials(address),
        )
        return await self._fetcher.fetch(visit.curl, request)

    async def _resolve(self, visit: _Visit, address: Address) -> Answer:
        if address.is_literal or self._options.proxy is not None:
            return NO_DNS
        known = visit.answers.get(address.host)
        if known is not None:
            return known
        answer = await self._resolver.resolve(address.host, visit.remaining_seconds())
        visit.answers[address.host] = answer
        return answer

    async def _try_other_family(self, visit: _Visit) -> None:
        """Whether the site also answers over IPv6. A broken second family is invisible to most people, and a wait to the rest."""
        first = visit.responses[0] if visit.responses else None
        limit = min(KNOCK_SECONDS, visit.remaining_seconds())
        if first is None or first.trouble is not None or not visit.ipv6_to_try or limit < 0.1:
            visit.ipv4_up = visit.ipv4_up if visit.ipv6_up is not None else None
            return
        async with self._gates.enter(visit.asked.host, limit):
            visit.ipv6_up = await self._fetcher.knock(visit.asked, visit.ipv6_to_try, timedelta(seconds=limit))
        if visit.ipv6_up is None:  # this machine has no IPv6: one family is no comparison
            visit.ipv4_up = None

    def _read(self, response: Response, expected: Expectations, today: date) -> Page | None:
        if response.trouble is not None or response.status is None or not response.body:
            return None
        return self._pages.read(response, expected, today)


@dataclass(slots=True)
class _Visit:
    """One look while it is under way."""

    asked: Address
    deadline: float
    curl: pycurl.Curl
    responses: list[Response] = field(default_factory=list)
    answers: dict[str, Answer] = field(default_factory=dict)
    page: Page | None = None
    stop: Trouble | None = None
    ipv4_up: bool | None = None
    ipv6_up: bool | None = None
    ipv6_to_try: tuple[str, ...] = ()

    def remaining_seconds(self) -> float:
        return max(0.0, self.deadline - time.monotonic())

    def may_receive_credentials(self, address: Address) -> bool:
        """Credentials go to the origin they were given for, or to the same host after its step up to https; nowhere else."""
        stepped_up = self.asked.scheme == "http" and address.scheme == "https" and address.host == self.asked.host
        return address.origin == self.asked.origin or stepped_up

    def look(self) -> Look:
        asked = [each.seconds for each in self.answers.values() if each.seconds is not None]
        first = self.answers.get(self.asked.host, NO_DNS)
        return Look(
            responses=tuple(self.responses),
            stop=self.stop,
            page=self.page,
            dns_seconds=sum(asked) if asked else None,
            has_moved=first.has_moved,
            ipv4_up=self.ipv4_up,
            ipv6_up=self.ipv6_up,
        )


class _PageMemory:
    """Pages read before, by their hash: most pages do not change from one look to the next, and need no second reading."""

    def __init__(self) -> None:
        self._pages: OrderedDict[tuple[object, ...], Page] = OrderedDict()

    def read(self, response: Response, expected: Expectations, today: date) -> Page:
        content_type = response.headers.get("content-type", "")
        key = (response.body_sha256, content_type, expected, today)
        page = self._pages.get(key)
        if page is None:
            page = read_page(response.body, content_type, expected, today)
            self._pages[key] = page
            if len(self._pages) > PAGES_REMEMBERED:
                self._pages.popitem(last=False)
        else:
            self._pages.move_to_end(key)
        return page


def _unknown(target: Target, at: datetime, reason: Reason, detail: str) -> Reading:
    return Reading(target.key, at, Status.UNKNOWN, reason, detail)


def _reading(target: Target, at: datetime, look: Look, verdict: Verdict, lag_seconds: float) -> Reading:
    return Reading(
        target=target.key,
        taken_at=at,
        status=verdict.status,
        reason=verdict.reason,
        detail=verdict.detail,
        values=values_of(look, at, lag_seconds),
        evidence=evidence_of(look, at, lag_seconds),
    )


async def poll_once(options: Options, clock: Clock, target: Target) -> Reading:
    """One look with a poller of its own, closed at the end."""
    poller = WebsitePoller(options, clock)
    try:
        return await poller.poll(target)
    finally:
        await asyncio.shield(poller.close())
