"""The one door in front of every page, callback, feed and interface: who is it, and may they?

What an address needs is decided by ``needed`` (pure); an address that is not listed needs the right to read. Writing needs more
than this door: each command asks again whether the person has the right. ``current_person`` is whom a callback or a page is
working for.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import timedelta
from http.cookies import CookieError, SimpleCookie
from ipaddress import ip_address
from types import MappingProxyType
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

from itsdangerous import BadSignature, Signer
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError
from starlette.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response

from command_centre.domain.person import Person, Right, Role
from command_centre.domain.ports import Clock
from command_centre.storage.database import writing
from command_centre.storage.people import person_of_session, token_of, touch_session, touch_token

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

log = logging.getLogger(__name__)

SESSION_COOKIE = "cc_sesi"
WALL_COOKIE = "cc_dinding"
SESSION_LASTS = timedelta(hours=12)
"""A session ends this long after it was last used."""
SIGN_IN = "/masuk"
SSO_START, SSO_BACK = "/masuk/sso", "/masuk/sso/kembali"
SIGN_OUT = "/keluar"
NEW_PASSWORD = "/sandi"  # noqa: S105 - an address
API = "/api/"
WALL_COOKIE_LASTS = timedelta(days=400)
"""The most a browser keeps; every start with the token renews it."""
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

_PUBLIC = frozenset(
    {"/healthz", "/readyz", SIGN_IN, SSO_START, SSO_BACK, SIGN_OUT, NEW_PASSWORD, "/favicon.ico", "/bootstrap.css"}
)
_PUBLIC_BELOW = (
    "/fonts/",
    "/assets/",
    "/_dash-component-suites/",
    "/meja/assets/",
    "/meja/_dash-component-suites/",
    "/piket/",  # the duty page: its link carries its own signature
)
_FOR_WALLS = frozenset({"/", "/wall", "/_dash-layout", "/_dash-dependencies", "/_dash-update-component", "/_favicon.ico"})
_FOR_WALLS_BELOW = ("/wall/", "/live/")

_CURRENT: ContextVar[Person | None] = ContextVar("command_centre_person", default=None)


def current_person() -> Person | None:
    """Who sent the request that is being answered; None outside of one, and for a visitor nobody knows."""
    return _CURRENT.get()


def needed(path: str) -> Right | None:
    """The right an address asks for; None: anybody may. An address nobody thought of asks for the right to read."""
    if path in _PUBLIC or path.startswith(_PUBLIC_BELOW):
        return None
    if path in _FOR_WALLS or path.startswith(_FOR_WALLS_BELOW):
        return Right.SEE_WALLS
    return Right.READ


@dataclass(frozen=True, slots=True)
class Access:
    """How the door is set. ``walls_are_open``: a browser on this machine sees the walls without signing in.

    ``key`` signs the cookies of sessions. ``behind_https``: cookies travel over TLS only.
    """

    key: bytes
    walls_are_open: bool
    behind_https: bool = False

    def signer(self) -> Signer:
        """What signs the cookie of a session."""
        return Signer(self.key, salt="session")


ON_THIS_MACHINE = Person("layar setempat", Role.WALL)
"""A browser on the machine itself, where the walls are open to it."""


class Guard:
    """Stands in front of the whole application."""

    def __init__(self, app: ASGIApp, *, engine: Engine, clock: Clock, access: Access) -> None:
        self._app = app
        self._engine = engine
        self._clock = clock
        self._access = access

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request through with its person, or answer it here."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif scope["type"] == "http":
            await self._answer(scope, receive, send)
        else:
            await send({"type": "websocket.close", "code": 1008})  # nothing here speaks WebSocket

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        connection = HTTPConnection(scope)
        right = needed(scope["path"])
        if (refusal := _forgery(connection, scope["method"])) is not None:
            await refusal(scope, receive, send)
            return
        try:
            person = await self._person(connection)
        except DBAPIError:
            # Walls that need no signing in go on; everything else cannot be judged now.
            person = self._neighbour(connection)
            if right not in (None, Right.SEE_WALLS):
                await PlainTextResponse("the database cannot be read now\n", 503)(scope, receive, send)
                return
        if right is Right.SEE_WALLS and (admitted := await self._wall_with_token(connection)) is not None:
            await admitted(scope, receive, send)
            return
        if right is not None and (person is None or not person.may(right)):
            await _refused(connection, person)(scope, receive, send)
            return
        token = _CURRENT.set(person)
        try:
            await self._app(scope, receive, send)
        finally:
            _CURRENT.reset(token)

    async def _person(self, connection: HTTPConnection) -> Person | None:
        bearer = _bearer(connection.headers.get("authorization", ""))
        if bearer is not None:
            return await run_in_threadpool(self._of_token, bearer)
        cookies = connection.cookies
        if (signed := cookies.get(SESSION_COOKIE)) is not None:
            secret = unsigned(self._access, signed)
            person = None if secret is None else await run_in_threadpool(self._of_session, secret)
            if person is not None:
                return person
        if (wall := cookies.get(WALL_COOKIE)) is not None:
            person = await run_in_threadpool(self._of_token, wall)
            if person is not None:
                return person
        return self._neighbour(connection)

    async def _wall_with_token(self, connection: HTTPConnection) -> Response | None:
        """A wall that brings its token gets a cookie, and the address without the token. None: it brings none that opens."""
        secret = connection.query_params.get("token")
        if secret is None or connection.scope["method"] != "GET":
            return None
        try:
            bearer = await run_in_threadpool(self._of_token, secret)
        except DBAPIError:
            return None
        if bearer is None or bearer.role is not Role.WALL:
            return None
        rest = urlencode([(name, value) for name, value in connection.query_params.multi_items() if name != "token"])
        path = connection.url.path
        response = RedirectResponse(within(f"{path}?{rest}" if rest else path), 303, headers={"Cache-Control": "no-store"})
        give_cookie(response, connection, self._access, WALL_COOKIE, secret, lasts=WALL_COOKIE_LASTS)
        return response

    def _neighbour(self, connection: HTTPConnection) -> Person | None:
        return ON_THIS_MACHINE if self._access.walls_are_open and is_on_this_machine(connection) else None

    def _of_session(self, secret: str) -> Person | None:
        at = self._clock.now()
        with self._engine.connect() as connection:
            found = person_of_session(connection, secret, at)
        if found is None:
            return None
        person, is_due = found
        if is_due:
            self._try_to_write(lambda connection: touch_session(connection, secret, at, SESSION_LASTS))
        return person

    def _of_token(self, secret: str) -> Person | None:
        at = self._clock.now()
        with self._engine.connect() as connection:
            found = token_of(connection, secret, at)
        if found is None:
            return None
        if found.last_used is None or at - found.last_used >= timedelta(minutes=5):
            self._try_to_write(lambda connection: touch_token(connection, found.id, at))
        return Person(found.name, found.role)

    def _try_to_write(self, do: Callable[..., None]) -> None:
        """The last use is good to know; that it cannot be written now keeps nobody out."""
        try:
            with writing(self._engine) as connection:
                do(connection)
        except DBAPIError:
            log.debug("the last use of a session or token could not be written")


def unsigned(access: Access, value: str) -> str | None:
    """The secret in a session's cookie; None when the cookie is not ours."""
    try:
        return access.signer().unsign(value).decode()
    except (BadSignature, UnicodeDecodeError):
        return None


def give_cookie(
    response: Response, connection: HTTPConnection, access: Access, name: str, value: str, *, lasts: timedelta | None = None
) -> None:
    """A cookie that scripts cannot read and other sites' pages cannot send; without ``lasts`` it ends with the browser."""
    age = None if lasts is None else int(lasts.total_seconds())
    is_secure = access.behind_https or connection.url.scheme == "https"
    response.set_cookie(name, value, max_age=age, path="/", httponly=True, samesite="lax", secure=is_secure)


def within(target: str) -> str:
    """An address of this server, whatever was asked for: nobody is sent elsewhere after signing in."""
    is_ours = target.startswith("/") and not target.startswith("//") and "\\" not in target
    return target if is_ours and all(ord(each) >= 32 for each in target) else "/"


def is_on_this_machine(connection: HTTPConnection) -> bool:
    """Whether the browser runs on this machine. A proxy in front says so in its headers, and then it does not count."""
    if any(name in connection.headers for name in ("forwarded", "x-forwarded-for", "x-real-ip")) or connection.client is None:
        return False
    try:
        return ip_address(connection.client.host).is_loopback
    except ValueError:
        return False


def is_same_origin(connection: HTTPConnection) -> bool:
    """Whether a page of this server sent it; browsers say so themselves. One that says nothing is not believed."""
    site = connection.headers.get("sec-fetch-site")
    if site is not None and site != "same-origin":
        return False
    origin = connection.headers.get("origin")
    if origin is None:
        return site == "same-origin"
    return origin.partition("://")[2] == connection.headers.get("host")


def _forgery(connection: HTTPConnection, method: str) -> Response | None:
    """The refusal of a write that another site's page may have sent in somebody's name."""
    carries_cookie = bool(_cookies(connection).keys() & {SESSION_COOKIE, WALL_COOKIE})
    if method in SAFE_METHODS or not carries_cookie or is_same_origin(connection):
        return None
    log.warning("refused a %s of %s from another site", method, connection.url.path[:100])
    return PlainTextResponse("only pages of this server may send that\n", 403)


def _cookies(connection: HTTPConnection) -> Mapping[str, str]:
    try:
        return {name: morsel.value for name, morsel in SimpleCookie(connection.headers.get("cookie", "")).items()}
    except CookieError:
        return MappingProxyType({})


def _bearer(header: str) -> str | None:
    scheme, _, secret = header.partition(" ")
    return secret.strip() if scheme.lower() == "bearer" and secret.strip() else None


def _refused(connection: HTTPConnection, person: Person | None) -> Response:
    """Programs get a status and a sentence; people are sent where they can sign in, or told what they lack."""
    path = connection.url.path
    if path.startswith((API, "/live/")) or connection.scope["method"] not in SAFE_METHODS or "/_dash" in path:
        if person is None:
            return JSONResponse({"error": "sign in first"}, 401, headers={"WWW-Authenticate": "Bearer"})
        return JSONResponse({"error": f"the role {person.role.value} may not do that"}, 403)
    if person is not None and person.must_replace:
        return RedirectResponse(NEW_PASSWORD, 303)
    if person is None or person is ON_THIS_MACHINE or person.role is Role.WALL:
        query = f"?{connection.url.query}" if connection.url.query else ""
        return RedirectResponse(f"{SIGN_IN}?ke={quote(path + query)}", 303, headers={"Cache-Control": "no-store"})
    return PlainTextResponse(f"Peran {person.role.value} tidak berhak membuka halaman ini.\n", 403)
