"""The addresses of the operator console: ``/konsol…``; scripts and answers lie below a prefix of their own."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TypeAlias
from zoneinfo import ZoneInfo

from dash import Dash, html
from fastapi import FastAPI
from sqlalchemy import Engine
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Mount, Route

from command_centre.app.console_settings import Reloading, in_force, is_supervised
from command_centre.app.guard import current_person
from command_centre.app.live import Draw, Drawing, LiveFeed
from command_centre.commands import Commands
from command_centre.config.model import Config, Mode, Theme
from command_centre.domain.calendar import Window
from command_centre.domain.ports import Clock
from command_centre.read.incident_story import IncidentStories, rules_steps
from command_centre.read.incidents import IncidentQueries, version
from command_centre.read.quarantine import QuarantineQueries
from command_centre.read.register import RegisterQueries
from command_centre.read.target_past import TargetPasts
from layouts import shell
from layouts.console import callbacks, frame
from layouts.console.browser import callbacks as browser_callbacks
from layouts.console.browser import page as browser_page
from layouts.console.incidents import callbacks as incident_callbacks
from layouts.console.incidents import page as incident_page
from layouts.console.incidents.callbacks import Desk
from layouts.console.incidents.deeds import Deeds
from layouts.console.place import INCIDENTS, PAGES, ROOT, TARGETS, Place
from layouts.console.sheets import callbacks as sheet_callbacks
from layouts.console.sheets import ids as sheet_ids
from layouts.console.sheets.callbacks import Reload
from layouts.console.sheets.settings import InForce
from layouts.wording import Language, Words, words_for
from layouts.wording.console import console_words

ASSETS = Path(shell.__file__).parent / "assets"
NOT_OURS = r"(wall-.*|live|freshness|duty|desk|signing-in)\.(css|js)"
DESK = "/meja-konsol/"
"""Where scripts and answers of the console are."""
NEWS = "konsol"
"""The channel of the live feed that says that something has changed, and not what."""
MOST_STREAMS = 100
A_MOMENT = {"Cache-Control": "no-store"}

IndexOf: TypeAlias = Callable[[FastAPI, str], Awaitable[str]]
Wrap: TypeAlias = Callable[[FastAPI], object]


@dataclass(frozen=True, slots=True)
class Console:
    """The console of one installation, before it has a server: the parts that answer, and the words."""

    engine: Engine
    desk: Desk
    commands: Commands
    register: RegisterQueries
    strangers: QuarantineQueries
    in_force: InForce
    reload: Reload | None

    def news(self) -> Draw:
        """How the live feed draws the console: one word that changes when anything does."""
        return lambda: Drawing({NEWS: version(self.engine)}, None)

    def routes(self, feed: LiveFeed, wrap: Wrap, index_of: IndexOf) -> tuple[BaseRoute, ...]:
        """The console's addresses. ``wrap`` and ``index_of`` are ``serving``'s."""
        server = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
        dash_of(server, self)
        page = _Page(server, index_of)
        return (
            Route(f"{ROOT}/siaran", _News(feed).answer),
            Route(ROOT, page.answer),
            Route(f"{ROOT}/insiden/{{number:int}}", page.answer),
            *(Route(f"{ROOT}/{each}", page.answer) for each in PAGES[1:]),
            *(Route(f"{ROOT}/{each}/{{open:path}}", page.answer) for each in ("target",)),
            Mount(DESK.rstrip("/"), app=wrap(server)),  # type: ignore[arg-type]  # what wraps an application is one
        )


class _Page:
    """The page of the console, the same for all: what it shows is asked by the browser."""

    def __init__(self, server: FastAPI, index_of: IndexOf) -> None:
        self._server = server
        self._index_of = index_of
        self._template = ""

    async def answer(self, _: Request) -> Response:
        """The page."""
        if not self._template:
            self._template = await self._index_of(self._server, DESK)
        return HTMLResponse(self._template, headers=A_MOMENT)


class _News:
    """The stream that tells consoles that something has changed."""

    def __init__(self, feed: LiveFeed) -> None:
        self._feed = feed
        self._open = 0

    async def answer(self, request: Request) -> Response:
        """The stream; 503 when too many are open."""
        if self._open >= MOST_STREAMS:
            return PlainTextResponse("too many streams are open\n", 503)
        stream = self._counted(request.headers.get("last-event-id"))
        return StreamingResponse(stream, media_type="text/event-stream", headers={**A_MOMENT, "X-Accel-Buffering": "no"})

    async def _counted(self, last_id: str | None) -> AsyncIterator[bytes]:
        self._open += 1
        try:
            async for chunk in self._feed.stream((NEWS,), last_id):
                yield chunk
        finally:
            self._open -= 1


def dash_of(server: FastAPI, console: Console) -> Dash:
    """The Dash application of the console."""
    desk = console.desk
    app = Dash(
        "command_centre.console",
        server=server,  # type: ignore[arg-type]  # Dash takes a FastAPI application; its annotation knows Flask only
        assets_folder=str(ASSETS),
        assets_ignore=NOT_OURS,
        url_base_pathname=DESK,
        external_stylesheets=["/bootstrap.css"],
        serve_locally=True,
        compress=True,
        update_title="",
        title=console_words(Language.INDONESIAN).title,
        add_log_handler=False,
        suppress_callback_exceptions=True,  # pages come and go below the frame
        enable_mcp=False,
    )
    app.backend.websocket_capability = False
    app.index_string = shell.desk_index_string(language=Language.INDONESIAN.value, theme=desk.theme)
    app.layout = frame.skeleton()
    callbacks.register(app, desk, pages_of(desk))
    incident_callbacks.register(app, desk)
    browser_callbacks.register(app, desk, console.register)
    shows = sheet_callbacks.shows(desk, console.register, console.strangers, console.in_force)
    sheet_callbacks.register(app, desk, shows, console.commands, console.reload)
    return app


def console_of(config: Config, engine: Engine, clock: Clock) -> Console:
    """The console of one configuration."""
    return console_on(
        engine,
        config.zone,
        clock,
        windows=config.windows,
        kelurahan={each.code: each.name for each in config.kelurahan},
        places={each.code: f"Kel. {each.name}, {each.kecamatan}" for each in config.kelurahan},
        steps=rules_steps(config.rules),
        groups={each.key: each.name for each in config.parents},
        is_simulated=config.mode is Mode.DEMO,
        in_force=in_force(config),
        reload=Reloading(engine, clock).ask if is_supervised() else None,
    )


def console_on(
    engine: Engine,
    zone: ZoneInfo,
    clock: Clock,
    *,
    windows: Sequence[Window] = (),
    kelurahan: Mapping[str, str] = MappingProxyType({}),
    places: Mapping[str, str] = MappingProxyType({}),
    steps: Mapping[str, str] = MappingProxyType({}),
    groups: Mapping[str, str] = MappingProxyType({}),
    is_simulated: bool = False,
    in_force: InForce | None = None,
    reload: Reload | None = None,
) -> Console:
    """The console on one database. ``steps``: the first step to take, by rule; ``groups``: names of shared causes, by key."""
    words = {language: words_for(language, zone) for language in Language}
    commands = Commands(engine, clock)
    desk = Desk(
        incidents=IncidentQueries(
            engine, zone, clock, windows=windows, kelurahan=kelurahan, groups=groups, is_simulated=is_simulated
        ),
        stories=IncidentStories(engine, clock, places=places, steps=steps, groups=groups, is_simulated=is_simulated),
        pasts=TargetPasts(engine, zone, clock, windows=windows, is_simulated=is_simulated),
        deeds=Deeds(commands),
        person=current_person,
        words=words.__getitem__,
        theme=Theme.DARK.value,
    )
    return Console(
        engine,
        desk,
        commands,
        RegisterQueries(engine, clock),
        QuarantineQueries(engine),
        InForce() if in_force is None else in_force,
        reload,
    )


def pages_of(desk: Desk) -> Mapping[str, callbacks.BuildPage]:
    """How the skeleton of each page is built."""

    def incidents(place: Place, words: Words) -> object:
        people = desk.stories.people()
        return incident_page.skeleton(place, desk.person(), people, desk.incidents.kelurahan, desk.incidents.owners(), words)

    def targets(place: Place, words: Words) -> object:
        return browser_page.skeleton(place, desk.incidents.kelurahan, desk.incidents.owners(), words)

    def sheet(_: Place, __: Words) -> object:
        return html.Main(
            [html.Div(id=sheet_ids.SAID, className="hasil", role="status"), html.Div(id=sheet_ids.SHEET)], className="lembar"
        )

    return dict.fromkeys(PAGES, sheet) | {INCIDENTS: incidents, TARGETS: targets}
