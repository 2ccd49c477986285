"""The web process: pages, live feed, fonts, and what walls tell about themselves. It keeps no state of the city."""

from __future__ import annotations

import asyncio
import functools
import hashlib
import json
import logging
import signal
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from html import escape
from importlib import resources
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import quote

import msgspec
import uvicorn
from dash import Dash, html
from dash.exceptions import DependencyException
from fastapi import FastAPI
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Mount, Route

from command_centre.app.api import create_api
from command_centre.app.caching import FileCaching
from command_centre.app.clock import SystemClock
from command_centre.app.console_pages import NEWS, Console, console_of
from command_centre.app.demo_inbox import demo_inbox
from command_centre.app.duty import desk_of
from command_centre.app.entrance import access_of, give_demo_password
from command_centre.app.evidence_pages import evidence_pages
from command_centre.app.guard import SSO_START, Access, Guard
from command_centre.app.live import REST_BETWEEN_DRAWS, Draw, Drawing, LiveFeed
from command_centre.app.metrics import Metrics
from command_centre.app.service_pages import service_pages
from command_centre.app.signing_in import SigningIn
from command_centre.app.single_sign_on import SigningOn
from command_centre.app.snapshot_desk import SnapshotDesk
from command_centre.app.snapshot_pages import snapshot_pages
from command_centre.app.snapshot_settings import paper_settings_of
from command_centre.commands import Commands
from command_centre.config.access import SingleSignOn
from command_centre.config.durations import parse_duration
from command_centre.config.holidays import closed_days
from command_centre.config.model import Config, Mode, Sound, Theme, Wall
from command_centre.domain.ports import Clock
from command_centre.domain.target import TargetKey
from command_centre.read.archive import Archive
from command_centre.read.details import HotspotDetails
from command_centre.read.exports import Exports
from command_centre.read.queries import Queries
from command_centre.read.service_details import ServiceDetails
from command_centre.read.watching import watch
from command_centre.storage.database import migrate, open_database
from command_centre.storage.walls import WallBeat, record_beat
from layouts import SCREENS, WallScreen, shell
from layouts.console.hotspot import callbacks as hotspot_callbacks
from layouts.console.hotspot import page as hotspot_page
from layouts.theme import canvas
from layouts.wording import Language, Words, words_for
from layouts.wording.console import console_words
from layouts.wording.snapshot_desk import desk_words
from layouts.wording.walls import REFUSALS, RefusalWords

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send


log = logging.getLogger(__name__)

MOST_REGION_FAULTS = 100

LAYOUTS = Path(shell.__file__).parent
ASSETS = LAYOUTS / "assets"
STYLE_SHEETS = ("fonts.css", "tokens.css", "wall-base.css")
DESK_ONLY, WALLS_ONLY = (
    r"(desk|duty|console|evidence)\.(css|js)",
    r"(wall-.*|live|freshness|sound|duty|console|evidence)\.(css|js)",
)
"""Files of the one assets folder that the other kind of page leaves out."""
DESK = "/meja/"
"""Where the scripts and answers of desk pages are; the pages themselves have addresses of their own."""
BOOTSTRAP = ("flask_bootstrap", "static/bootstrap5/css/bootstrap.min.css")
"""Served from the installed package: the themes of dash-bootstrap-components are links to a CDN."""

FONTS: Mapping[str, tuple[str, str]] = {
    "roboto.ttf": ("fontpkg_roboto", "Roboto[wdth,wght].ttf"),
    "roboto-condensed.ttf": ("fontpkg_roboto_condensed", "RobotoCondensed[wght].ttf"),
}
"""Fonts come from installed, pinned packages: nothing is fetched from elsewhere, nothing is pasted into the repository."""

MOST_STREAMS = 200
MOST_BEAT_BYTES = 4096
BEAT_EVERY = timedelta(seconds=10)
"""How often a wall says that it lives; one that does so more than twice as often is not listened to."""
LISTING_INCIDENTS = ("gangguan", "ringkasan")
"""Screens that list incidents, the fuller first. The second one has a form for every room."""
LOADING = "memuat"
"""What a wall calls its page before one is drawn (freshness.js)."""
SHORTEST_TURN = timedelta(seconds=5)
LONGEST_TURN = timedelta(hours=1)
A_YEAR = 31_536_000
GRACE_SECONDS = 2

UNNAMED = Wall(name="tanpa nama", screens=("ringkasan",))
"""The room of a browser that did not say which wall it is: the reference screen, 55 inches at 3 metres."""


@dataclass(frozen=True, slots=True)
class WallApp:
    """One web application: what uvicorn serves, and its parts for whoever needs them."""

    asgi: ASGIApp
    dash: Dash
    desk: Dash
    feed: LiveFeed
    build: str


@dataclass(frozen=True, slots=True)
class Page:
    """What one browser is asked to show."""

    screens: tuple[str, ...]
    turn: timedelta
    wall: Wall
    is_named: bool
    theme: Theme


class RefusedError(Exception):
    """A page that cannot be shown; the text is for the person in front of the screen."""

    def __init__(self, sentence: str, status: int) -> None:
        super().__init__(sentence)
        self.status = status


def create_app(
    queries: Queries,
    engine: Engine,
    *,
    clock: Clock,
    words: Words,
    walls: Sequence[Wall] = (),
    refresh_every: timedelta = timedelta(minutes=1),
    beat_every: timedelta = BEAT_EVERY,
    rest_between_draws: timedelta = REST_BETWEEN_DRAWS,
    build: str | None = None,
    details: HotspotDetails | None = None,
    access: Access | None = None,
    single_sign_on: SingleSignOn | None = None,
    more: Sequence[BaseRoute] = (),
    console: Console | None = None,
) -> WallApp:
    """The whole web application on one database. Two of them can live in one process.

    ``access`` says who gets in; without it there is no door at all, which only a test on its own machine may want.
    ``more`` are addresses made elsewhere (the duty page, the interface for programs).

    ``refresh_every`` is how often a target is looked at: the browser measures staleness in it. ``beat_every`` is how often a wall
    reports. ``build`` names what browsers run: when it changes, they reload. ``details`` answers about single hotspots.
    """
    build = build_id() if build is None else build
    screens = SCREENS
    feed = LiveFeed(
        draws(queries, words, screens) | ({} if console is None else {NEWS: console.news()}),
        functools.partial(watch, engine),
        clock,
        {"build": build, "every": refresh_every // timedelta(milliseconds=1)},
        rest_between_draws=rest_between_draws,
    )
    inner = _server()
    dash_app = _dash(inner, words, screens)
    details = queries.details() if details is None else details
    desk_server = _server()
    desk = _desk(desk_server, details, words)
    door = [] if access is None else _door(engine, clock, access, words, single_sign_on)
    site = _Site(details, feed, queries, engine, clock, words, {each.name: each for each in walls}, screens, build, beat_every)

    @asynccontextmanager
    async def life(_: Starlette) -> AsyncIterator[None]:
        site.template = await index_of(inner)
        site.desk_template = await index_of(desk_server, DESK)
        feed.start()
        yield
        feed.stop()
        await run_in_threadpool(feed.wait_until_stopped)

    routes = [
        Route("/", site.front),
        Route("/wall", site.rotation),
        Route("/wall/beat", site.beat, methods=["POST"]),
        Route("/wall/{screen}", site.single),
        Route("/live/{screens}", site.live),
        Route("/healthz", site.healthz),
        Route("/readyz", site.readyz),
        Route("/fonts/{name}", font),
        Route("/bootstrap.css", bootstrap),
        Route("/titik/{key}", site.hotspot),
        *door,
        *(() if console is None else console.routes(feed, WholePath, index_of)),
        *more,
        Mount(DESK.rstrip("/"), app=WholePath(desk_server)),
        Mount("/", app=inner),
    ]
    middleware = [Middleware(SecurityHeaders, policy=_policy(dash_app, desk)), Middleware(FileCaching)]
    if access is not None:
        middleware.append(Middleware(Guard, engine=engine, clock=clock, access=access))
    guarded = Starlette(routes=routes, lifespan=life, middleware=middleware)
    return WallApp(guarded, dash_app, desk, feed, build)


def _server() -> FastAPI:
    """What a Dash application runs on: no pages about itself, and a file that does not exist is the visitor's error, not ours."""
    server = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    for absence in (DependencyException, FileNotFoundError):
        server.add_exception_handler(absence, _no_such_file)
    return server


async def _no_such_file(_: Request, __: Exception) -> Response:
    return PlainTextResponse("no such file\n", 404)


def _door(engine: Engine, clock: Clock, access: Access, words: Words, section: SingleSignOn | None) -> list[Route]:
    """The addresses of signing in."""
    city = words.say.city
    own = SigningIn(engine, clock, access, words, city=city, single_sign_on=None if section is None else SSO_START).routes()
    return own if section is None else [*own, *SigningOn(engine, clock, access, words, section, city=city).routes()]


def desks(language: Language) -> tuple[tuple[str, str], ...]:
    """The pages for people at a desk, behind the sign-in."""
    return (("/konsol", console_words(language).title), ("/cuplikan/", desk_words(language).archive))


def draws(queries: Queries, words: Words, screens: Mapping[str, WallScreen[Any]]) -> dict[str, Draw]:
    """How each screen is drawn: its question, then its pure render function."""
    ask: Mapping[str, Callable[[], Any]] = {
        "ringkasan": queries.summary,
        "situs": queries.sites,
        "wifi": queries.hotspots,
        "layanan": queries.services,
        "gangguan": queries.incidents,
    }
    faults = RegionFaults()

    def draw(screen: WallScreen[Any], question: Callable[[], Any]) -> Drawing:
        view = question()
        return Drawing(screen.regions(view, words, faults.note), view.as_of, queries.alarms())

    return {key: functools.partial(draw, screens[key], question) for key, question in ask.items()}


class RegionFaults:
    """Regions that could not be drawn: each fault is logged once with its traceback, however often the screen is drawn."""

    def __init__(self) -> None:
        self._known: set[tuple[str, str]] = set()

    def note(self, region: str, error: Exception) -> None:
        if (region, repr(error)) not in self._known and len(self._known) < MOST_REGION_FAULTS:
            self._known.add((region, repr(error)))
            log.error("region %s could not be drawn", region, exc_info=error)


def _dash(server: FastAPI, words: Words, screens: Mapping[str, WallScreen[Any]]) -> Dash:
    """One Dash application that holds the empty skeleton of every screen; the live feed fills those that are shown."""
    app = Dash(
        "command_centre.walls",
        server=server,  # type: ignore[arg-type]  # Dash takes a FastAPI application; its annotation knows Flask only
        assets_folder=str(ASSETS),
        assets_ignore=DESK_ONLY,
        serve_locally=True,
        compress=True,
        update_title="",
        title=words.say.city,
        add_log_handler=False,
        suppress_callback_exceptions=True,
        enable_mcp=False,
    )
    app.backend.websocket_capability = False  # or every page holds a second connection that nothing uses
    app.index_string = shell.index_string(language=words.language.value, theme=_THEME_MARK, style=_STYLE_MARK)
    app.layout = html.Div([_hidden(screen.skeleton(words)) for screen in screens.values()], id="dinding")
    return app


def _desk(server: FastAPI, details: HotspotDetails, words: Words) -> Dash:
    """The Dash application of the pages that a person opens at a desk. The walls' own stays as small as it is."""
    app = Dash(
        "command_centre.desk",
        server=server,  # type: ignore[arg-type]  # Dash takes a FastAPI application; its annotation knows Flask only
        assets_folder=str(ASSETS),
        assets_ignore=WALLS_ONLY,
        url_base_pathname=DESK,
        external_stylesheets=["/bootstrap.css"],
        serve_locally=True,
        compress=True,
        update_title="",
        title=words.say.hotspots_page,
        add_log_handler=False,
        enable_mcp=False,
    )
    app.backend.websocket_capability = False
    app.index_string = shell.desk_index_string(language=words.language.value, theme=Theme.DARK.value)
    app.layout = hotspot_page.skeleton(words)
    hotspot_callbacks.register(app, details, words, Theme.DARK.value)
    return app


_THEME_MARK, _STYLE_MARK = "cc-tema", "cc-gaya"


def _hidden(frame: Any) -> Any:
    frame.hidden = True  # live.js uncovers the screen whose turn it is
    return frame


async def index_of(inner: FastAPI, path: str = "/") -> str:
    """Dash's page, asked for once the way a browser would: every wall gets it with its own theme and room."""
    body: list[bytes] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        body.append(message.get("body", b""))

    scope: Scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": b"",
        "headers": [(b"host", b"localhost")],
        "client": None,
        "server": None,
    }
    await inner(scope, receive, send)
    return b"".join(body).decode()


class _Site:
    """The answers of the web application, one method per address."""

    def __init__(
        self,
        details: HotspotDetails,
        feed: LiveFeed,
        queries: Queries,
        engine: Engine,
        clock: Clock,
        words: Words,
        walls: Mapping[str, Wall],
        screens: Mapping[str, WallScreen[Any]],
        build: str,
        beat_every: timedelta,
    ) -> None:
        self.template = ""
        self.desk_template = ""
        self._beat_every = beat_every
        self._details = details
        self._feed = feed
        self._queries = queries
        self._engine = engine
        self._clock = clock
        self._words = words
        self._walls = walls
        self._screens = screens
        self._build = build
        self._beats: dict[tuple[str, bool], float] = {}
        self._refusals = REFUSALS[words.language]

    # -- pages

    async def front(self, _: Request) -> Response:
        """Links to the screens and to the walls of the configuration."""
        links = [(f"/wall/{key}", screen.title_in(self._words)) for key, screen in self._screens.items()]
        links += [(f"/wall?name={quote(name)}", name) for name in self._walls]
        links += desks(self._words.language)
        items = "".join(f'<li><a href="{escape(address)}">{escape(text)}</a></li>' for address, text in links)
        return HTMLResponse(_plain_page(self._words, f"<h1>{escape(self._words.say.city)} Command Centre</h1><ul>{items}</ul>"))

    async def single(self, request: Request) -> Response:
        """One screen."""
        return self._answer(request, (request.path_params["screen"],))

    async def rotation(self, request: Request) -> Response:
        """Several screens in turn: those of the query, or those of the wall of that name."""
        asked = request.query_params.get("screens", "")
        name = request.query_params.get("name")
        if not asked and name is not None and name not in self._walls:
            return self._refusal(RefusedError(self._no_such_wall(name), 404))
        return self._answer(request, tuple(each for each in asked.split(",") if each))

    async def hotspot(self, request: Request) -> Response:
        """The page of one hotspot."""
        try:
            known = await run_in_threadpool(self._details.detail, TargetKey(request.path_params["key"]))
        except DBAPIError:
            return PlainTextResponse("the database cannot be read now\n", 503)
        return HTMLResponse(self.desk_template, 404 if known is None else 200, headers={"Cache-Control": "no-store"})

    def _answer(self, request: Request, asked: tuple[str, ...]) -> Response:
        try:
            page = self._page(request.query_params, asked)
        except RefusedError as refused:
            return self._refusal(refused)
        return HTMLResponse(self._html(page), headers={"Cache-Control": "no-store"})

    def _refusal(self, refused: RefusedError) -> Response:
        body = f'<div class="cc-kanvas"><main class="cc-layar cc-tolak"><h1>{escape(str(refused))}</h1></main></div>'
        return HTMLResponse(_plain_page(self._words, body, STYLE_SHEETS, "cc-dinding"), refused.status)

    def _no_such_wall(self, name: str) -> str:
        known = ", ".join(self._walls) or self._refusals.no_walls
        return self._refusals.no_such_wall.format(asked=name[:40], known=known)

    def _page(self, query: Mapping[str, str], asked: tuple[str, ...]) -> Page:
        wall = self._walls.get(query.get("name", ""))
        room = UNNAMED if wall is None else wall
        wanted = tuple(dict.fromkeys(asked or room.screens))
        unknown = next((each for each in wanted if each not in self._screens), None)
        if unknown is not None:
            known = ", ".join(self._screens)
            raise RefusedError(self._refusals.no_such_page.format(asked=unknown[:40], known=known), 404)
        return Page(
            screens=self._readable(wanted, room),
            turn=_turn(query.get("every"), room.every, self._refusals),
            wall=room,
            is_named=wall is not None,
            theme=_theme(query.get("theme"), room.theme, self._refusals),
        )

    def _readable(self, wanted: tuple[str, ...], room: Wall) -> tuple[str, ...]:
        """Those of the screens whose smallest text can be read in this room; refuses when that is none of them."""
        has_full_tier = canvas(room.screen_diagonal, room.viewing_distance_m, *room.pixels).has_full_tier
        shown = tuple(each for each in wanted if has_full_tier or not self._screens[each].needs_full_tier)
        if not shown:
            title = self._screens[wanted[0]].key.capitalize()
            raise RefusedError(self._words.say.too_far.format(page=title), 409)
        return shown

    def _jump(self, page: Page) -> str | None:
        """Where a wall in turn goes for a new critical incident; None on a wall that keeps to one page.

        A page that lists incidents: one of its own where it has one, else the best one that can be read in this room.
        """
        if len(page.screens) == 1:
            return None
        own = next((each for each in LISTING_INCIDENTS if each in page.screens), None)
        return own or self._readable(LISTING_INCIDENTS, page.wall)[0]

    def _html(self, page: Page) -> str:
        style = shell.wall_style(page.wall.screen_diagonal, page.wall.viewing_distance_m)
        plan = {
            "screens": page.screens,
            "jump": self._jump(page),
            "sound": page.wall.sound is Sound.ON and page.is_named,
            "mute": page.wall.mute_minutes,
            "every": page.turn // timedelta(milliseconds=1),
            "name": page.wall.name if page.is_named else None,
            "beat": self._beat_every // timedelta(milliseconds=1),
            "build": self._build,
        }
        # A block of data, not a script: the security policy lets no inline script run. A "<" could end the block early.
        data = json.dumps(plan).replace("<", r"\u003c")
        block = f'<script type="application/json" id="cc-tayang">{data}</script>'
        return (
            self.template.replace(_THEME_MARK, page.theme.value)
            .replace(_STYLE_MARK, escape(style))
            .replace("</head>", f"{block}</head>", 1)
        )

    # -- the live feed

    async def live(self, request: Request) -> Response:
        """The stream of one or several screens (``/live/ringkasan,situs``)."""
        screens = tuple(dict.fromkeys(request.path_params["screens"].split(",")))
        if not all(each in self._screens for each in screens):
            return PlainTextResponse("no such screen\n", 404)
        if self._feed.clients >= MOST_STREAMS:
            return PlainTextResponse("too many streams are open\n", 503)
        last_id = request.query_params.get("since") or request.headers.get("last-event-id")
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        return StreamingResponse(self._feed.stream(screens, last_id), media_type="text/event-stream", headers=headers)

    # -- what others ask and tell

    async def healthz(self, _: Request) -> Response:
        """The process lives."""
        return JSONResponse({"status": "alive", "build": self._build}, headers={"Cache-Control": "no-store"})

    async def readyz(self, _: Request) -> Response:
        """The database can be read, and how old its newest reading is."""
        try:
            as_of = await run_in_threadpool(self._queries.newest_reading_at)
        except DBAPIError as trouble:
            return JSONResponse({"status": "database unreadable", "error": type(trouble.orig).__name__}, 503)
        age = None if as_of is None else (self._clock.now() - as_of).total_seconds()
        return JSONResponse({"status": "ready", "as_of": None if as_of is None else as_of.isoformat(), "age_seconds": age})

    async def beat(self, request: Request) -> Response:
        """A wall says that it lives."""
        if not _is_same_origin(request):
            return PlainTextResponse("only pages of this server may report\n", 403)
        body = await _bounded_body(request, MOST_BEAT_BYTES)
        if body is None:
            return PlainTextResponse("too long\n", 413)
        try:
            told = msgspec.json.decode(body, type=ToldByWall)
        except msgspec.MsgspecError as mistake:
            return PlainTextResponse(f"{mistake}\n", 400)
        if told.name not in self._walls:
            return PlainTextResponse("no wall of that name in the configuration\n", 404)
        if told.page not in self._screens and told.page != LOADING:
            return PlainTextResponse("no such page\n", 400)
        return await self._remember(told, request.headers.get("user-agent", "")[:300])

    async def _remember(self, told: ToldByWall, user_agent: str) -> Response:
        """A page that closes has just told that it lives, and the next one opens at once: each kind has its own pace."""
        now = asyncio.get_running_loop().time()
        kind = (told.name, told.closed)  # bounded by the walls of the configuration
        if now - self._beats.get(kind, float("-inf")) < self._beat_every.total_seconds() / 2:
            return PlainTextResponse("too often\n", 429)
        self._beats[kind] = now
        beat = WallBeat(
            name=told.name,
            page=told.page,
            data_age_seconds=told.data_age_seconds,
            frame_age_seconds=told.frame_age_seconds,
            heap_bytes=told.heap_bytes,
            dom_nodes=told.dom_nodes,
            width=told.width,
            height=told.height,
            user_agent=user_agent,
            closed=told.closed,
        )
        try:
            await run_in_threadpool(record_beat, self._engine, beat, self._clock.now())
        except DBAPIError:
            return PlainTextResponse("cannot be stored now\n", 503)
        return Response(status_code=204)


Seconds = Annotated[float, msgspec.Meta(ge=0, le=1e9)]
Amount = Annotated[int, msgspec.Meta(ge=0, le=1 << 48)]


class ToldByWall(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a wall may tell about itself; anything else is refused."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
    page: Annotated[str, msgspec.Meta(max_length=64, pattern=r"^[a-z0-9_-]+$")]
    data_age_seconds: Seconds | None = None
    frame_age_seconds: Seconds | None = None
    heap_bytes: Amount | None = None
    dom_nodes: Amount | None = None
    width: Amount | None = None
    height: Amount | None = None
    closed: bool = False


async def _bounded_body(request: Request, most: int) -> bytes | None:
    """The body, or None when it is longer than ``most``: not one byte more than needed is read."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > most:
            return None
    return body


def _is_same_origin(request: Request) -> bool:
    """Whether a page of this server sent it: browsers say so themselves, and JSON across origins would need our consent."""
    origin = request.headers.get("origin")
    is_json = request.headers.get("content-type", "").partition(";")[0].strip() == "application/json"
    return is_json and (origin is None or origin.partition("://")[2] == request.headers.get("host"))


def _turn(asked: str | None, default: timedelta, say: RefusalWords) -> timedelta:
    if asked is None:
        return default
    try:
        return min(max(parse_duration(asked), SHORTEST_TURN), LONGEST_TURN)
    except ValueError:
        raise RefusedError(say.bad_turn, 400) from None


def _theme(asked: str | None, default: Theme, say: RefusalWords) -> Theme:
    if asked is None:
        return default
    try:
        return Theme(asked)
    except ValueError:
        raise RefusedError(say.bad_theme, 400) from None


def _plain_page(words: Words, body: str, style_sheets: Sequence[str] = (), root_class: str = "") -> str:
    """A page without scripts."""
    links = "".join(f'<link rel="stylesheet" href="/assets/{name}">' for name in style_sheets)
    return (
        f'<!doctype html><html lang="{words.language.value}" class="{root_class}" data-tema="gelap"><head><meta charset="utf-8">'
        f"<title>{escape(words.say.city)}</title>{links}</head><body>{body}</body></html>"
    )


async def font(request: Request) -> Response:
    """A font face from its package."""
    known = FONTS.get(request.path_params["name"])
    if known is None:
        return PlainTextResponse("no such font\n", 404)
    package, file = known
    path = resources.files(package) / "files" / file
    return FileResponse(str(path), media_type="font/ttf", headers={"Cache-Control": f"public, max-age={A_YEAR}, immutable"})


async def bootstrap(_: Request) -> Response:
    """Bootstrap's style sheet from its package."""
    package, file = BOOTSTRAP
    return FileResponse(str(resources.files(package) / file), media_type="text/css", headers={"Cache-Control": "max-age=86400"})


def build_id() -> str:
    """Names this version of what browsers run and show: when it changes, walls reload."""
    digest = hashlib.blake2b(digest_size=8)
    for path in sorted(LAYOUTS.rglob("*")):
        if path.suffix in (".py", ".js", ".css"):
            digest.update(path.relative_to(LAYOUTS).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def _policy(*apps: Dash) -> str:
    """The content security policy: everything from here, no inline script but Dash's own few, by their hashes."""
    scripts = " ".join(["'self'", *dict.fromkeys(digest for app in apps for digest in app.csp_hashes())])
    return (
        f"default-src 'none'; script-src {scripts}; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
        "font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'"
    )


class WholePath:
    """Hands a mounted application the whole path: Dash compares it with its own prefix, wherever it is mounted."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app({**scope, "root_path": ""}, receive, send)


class SecurityHeaders:
    """Adds the same few headers to every answer."""

    def __init__(self, app: ASGIApp, policy: str) -> None:
        self._app = app
        self._headers = [
            (b"content-security-policy", policy.encode()),
            (b"x-content-type-options", b"nosniff"),
            (b"referrer-policy", b"same-origin"),
            (b"permissions-policy", b"camera=(), microphone=(), geolocation=()"),
        ]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message["headers"], *self._headers]}
            await send(message)

        await self._app(scope, receive, send_with_headers)


class WallServer(uvicorn.Server):
    """uvicorn, which on a signal first ends the live streams: they would hold up its farewell."""

    def __init__(self, config: uvicorn.Config, feed: LiveFeed) -> None:
        super().__init__(config)
        self._feed = feed

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Unlike uvicorn's own: the signal is not raised again at the end, or nobody would be left to close the database."""
        self._feed.stop()
        if self.should_exit and sig == signal.SIGINT:
            self.force_exit = True
        self.should_exit = True


def serve(app: WallApp, host: str, port: int) -> WallServer:
    """The server for one application; run it with ``run()`` (or in a thread), stop it with ``should_exit``."""
    config = uvicorn.Config(
        app.asgi,
        host=host,
        port=port,
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
        timeout_keep_alive=30,
    )
    return WallServer(config, app.feed)


def run_serve(config: Config, database_url: str) -> int:
    """``run.py serve``: open the database (both processes may create it) and serve until told to stop.

    Raises StorageError when the database cannot be opened.
    """
    engine = open_database(database_url)
    migrate(engine)
    data_dir = config.source_path.resolve().parent / "data"
    duty = desk_of(config, data_dir, engine, SystemClock())
    app = app_of(config, engine, SystemClock(), access_of(config, data_dir), duty.routes())
    if config.mode is Mode.DEMO:
        give_demo_password(engine, f"http://{config.web.host}:{config.web.port}")
    log.info("screens at http://%s:%d/", config.web.host, config.web.port)
    serve(app, config.web.host, config.web.port).run()
    engine.dispose()
    return 0


def app_of(config: Config, engine: Engine, clock: Clock, access: Access, more: Sequence[BaseRoute] = ()) -> WallApp:
    """The web application of one configuration."""
    queries = Queries(
        engine,
        config.zone,
        clock,
        windows=config.windows,
        kelurahan={each.code: each.kecamatan_code for each in config.kelurahan},
        parents=config.parents,
        is_simulated=config.mode is Mode.DEMO,
        holidays=closed_days(config.special_days),
        catalogue=config.catalogue,
        orders=config.orders,
        people={each.name: each.person for each in config.receivers if each.person is not None},
    )
    words = words_for(Language.INDONESIAN, config.zone)
    services = ServiceDetails(
        engine,
        config.zone,
        clock,
        windows=config.windows,
        holidays=closed_days(config.special_days),
        is_simulated=config.mode is Mode.DEMO,
    )
    rhythms = [each.expected_every for each in config.targets if each.address is not None]
    return create_app(
        queries,
        engine,
        clock=clock,
        words=words,
        walls=config.walls,
        refresh_every=min(rhythms, default=timedelta(minutes=1)),
        access=access,
        single_sign_on=None if config.access is None else config.access.oidc,
        console=console_of(config, engine, clock),
        more=(
            *more,
            *for_programs(config, engine, clock),
            *service_pages(services, words, WholePath, index_of),
            *snapshot_pages(engine, words, WholePath, paper_settings_of(config)),
            *evidence_pages(engine, clock, words, contact=config.city.contact or "", is_simulated=config.mode is Mode.DEMO),
            *SnapshotDesk(engine, clock, words, simulated=config.mode is Mode.DEMO).routes(),
            *([demo_inbox(config, words)] if config.mode is Mode.DEMO else []),
        ),
    )


def for_programs(config: Config, engine: Engine, clock: Clock) -> tuple[BaseRoute, ...]:
    """What programs may ask and do."""
    is_simulated = config.mode is Mode.DEMO
    archive = Archive(engine, config.zone, clock, windows=config.windows, is_simulated=is_simulated)
    api = Mount("/api/v1", app=create_api(archive, Exports(engine), Commands(engine, clock), clock, is_simulated=is_simulated))
    return (api, Metrics(archive, engine, clock).route())
