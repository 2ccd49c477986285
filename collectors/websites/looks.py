"""What one look at a site saw, as plain facts: answers hop by hop, and what was learned beside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from collectors.websites.addresses import Address, is_own_host
from collectors.websites.certificates import Certificate
from collectors.websites.failures import Trouble
from collectors.websites.pages import Page


@dataclass(frozen=True, slots=True)
class Phases:
    """Seconds of each phase, None where it was not reached. ``total`` is without DNS."""

    connect: float | None
    tls: float | None
    first_byte: float | None
    transfer: float | None
    total: float


@dataclass(frozen=True, slots=True)
class Response:
    """What one request brought. ``status`` None: no proper answer, and ``trouble`` says why.

    ``is_capped``: the page was read up to the limit only.
    """

    address: Address
    phases: Phases
    trouble: Trouble | None
    status: int | None
    headers: Mapping[str, str]
    body: bytes = field(repr=False)
    body_sha256: str
    is_capped: bool
    chain: tuple[Certificate, ...]
    remote_address: str
    http_version: str
    tls_cipher: str
    cookies: tuple[str, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Look:
    """One look at one site: its hops in order, where following ended (``stop``), and what was learned beside.

    ``responses`` is empty only where DNS gave no address. ``ipv4_up`` and ``ipv6_up`` are None where they were not both measured.
    """

    responses: Sequence[Response]
    stop: Trouble | None
    page: Page | None
    dns_seconds: float | None
    has_moved: bool
    ipv4_up: bool | None
    ipv6_up: bool | None

    @property
    def last(self) -> Response | None:
        return self.responses[-1] if self.responses else None

    @property
    def first(self) -> Response | None:
        return self.responses[0] if self.responses else None

    @property
    def secured(self) -> Response | None:
        """The hop whose certificate is the site's own: the first that brought one on the host asked for (or its www twin).

        Most addresses of the register are written http:// and lead to https:// on the same host; a foreign host's certificate
        says nothing about the site.
        """
        if self.first is None:
            return None
        asked = self.first.address.host
        own = (each for each in self.responses if each.chain and is_own_host(asked, each.address.host, frozenset()))
        return next(own, None)

    @property
    def total_seconds(self) -> float | None:
        """From the first question to the last byte; None when there was no whole answer."""
        if self.last is None or self.last.trouble is not None:
            return None
        return (self.dns_seconds or 0.0) + sum(each.phases.total for each in self.responses)
