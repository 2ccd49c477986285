"""What is known of one service: how it is asked, and what its answers mean. Plain frozen data; ``parsing.py`` reads it.

Texts that may hold secrets or variables are templates (``templates.py``); they have no place in a ``repr``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from collectors.e_services.conditions import Condition
from collectors.e_services.documents import Format
from collectors.e_services.extracting import Extract
from collectors.e_services.health import HealthRule
from collectors.e_services.paging import Paging
from collectors.e_services.paths import Path
from collectors.websites.options import StatusRanges


@dataclass(frozen=True, slots=True)
class NoAuth:
    """Everybody may ask."""


@dataclass(frozen=True, slots=True)
class BasicAuth:
    """User name and password; both are templates."""

    user: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class BearerAuth:
    """A fixed token; a template."""

    token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class ApiKeyAuth:
    """A key in a header, or in a parameter of the query; ``key`` is a template."""

    key: str = field(repr=False)
    header: str = ""
    query: str = ""


@dataclass(frozen=True, slots=True)
class OAuth2Auth:
    """Client credentials (RFC 6749, section 4.4). ``in_body``: the server wants them in the form instead of the header."""

    token_url: str
    client_id: str
    client_secret: str = field(repr=False)
    scope: str = ""
    audience: str = ""
    in_body: bool = False


Auth = NoAuth | BasicAuth | BearerAuth | ApiKeyAuth | OAuth2Auth


@dataclass(frozen=True, slots=True)
class Ask:
    """One request. ``url``, the values of ``headers`` and ``body`` are templates; with a body it is a POST."""

    url: str = ""
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    body: str | None = field(default=None, repr=False)
    form: tuple[tuple[str, str], ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Step:
    """One request before the real one: log in, fetch a session. ``save`` names variables and the paths their values stand at."""

    ask: Ask
    save: tuple[tuple[str, Path], ...]
    ok: tuple[Condition, ...] = ()
    format: Format = Format.JSON


@dataclass(frozen=True, slots=True)
class Freshness:
    """The newest moment at ``path`` may be this old. ``at`` stands for now, when a stored answer is tried out."""

    path: Path
    max_age: timedelta
    tz: str | None = None
    ahead: timedelta = timedelta(minutes=5)
    at: float | None = None


@dataclass(frozen=True, slots=True)
class OpenItems:
    """The list of open items: where it is, and at which key of an item its moment of arrival stands. ``closed`` are the words of
    ``status`` that say that an item is done."""

    path: Path
    opened: Path
    status: Path | None = None
    closed: frozenset[str] = frozenset()
    tz: str | None = None


@dataclass(frozen=True, slots=True)
class Definition:
    """Everything the poller knows of one service."""

    format: Format = Format.JSON
    ask: Ask = Ask()
    auth: Auth = NoAuth()
    client_certificate: str | None = None
    steps: tuple[Step, ...] = ()
    expect_status: StatusRanges = ()
    ok: tuple[Condition, ...] = ()
    message: tuple[Path, ...] = ()
    health: HealthRule | None = None
    extract: tuple[Extract, ...] = ()
    required: frozenset[str] = frozenset()
    paging: Paging | None = None
    freshness: Freshness | None = None
    open_items: OpenItems | None = None
    slow_after: timedelta | None = None
    max_body_bytes: int | None = None
    strange_keys: tuple[str, ...] = ()
