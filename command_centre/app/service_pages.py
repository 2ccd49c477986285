"""The addresses of single services: ``/layanan/<key>``; scripts and answers lie below a prefix of their own."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeAlias

from dash import Dash
from fastapi import FastAPI
from sqlalchemy.exc import DBAPIError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route

from command_centre.config.model import Theme
from command_centre.domain.target import TargetKey
from command_centre.read.service_details import ServiceDetails
from layouts import shell
from layouts.console.service import callbacks, ids
from layouts.console.service.page import skeleton
from layouts.wording import Words
from layouts.wording.services import service_words

ASSETS = Path(shell.__file__).parent / "assets"
WALLS_ONLY = r"(wall-.*|live|freshness)\.(css|js)"
DESK = "/meja-layanan/"
"""Where scripts and answers of the page are."""

IndexOf: TypeAlias = Callable[[FastAPI, str], Awaitable[str]]


def service_pages(
    details: ServiceDetails, words: Words, wrap: Callable[[FastAPI], object], index_of: IndexOf
) -> tuple[BaseRoute, ...]:
    """The pages' addresses.

    ``wrap`` makes a mounted application see its whole path, ``index_of`` asks it for its page (both are ``serving``'s).
    """
    server = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    desk_of_services(server, details, words)
    return (
        Route(ids.PREFIX.rstrip("/"), _to_the_wall),
        Route(f"{ids.PREFIX}{{key}}", _Page(details, server, index_of).answer),
        Mount(DESK.rstrip("/"), app=wrap(server)),  # type: ignore[arg-type]  # what wraps an application is one
    )


class _Page:
    """The page of one service, the same for all: what it shows is asked by the browser."""

    def __init__(self, details: ServiceDetails, server: FastAPI, index_of: IndexOf) -> None:
        self._details = details
        self._server = server
        self._index_of = index_of
        self._template = ""

    async def answer(self, request: Request) -> Response:
        """The page; with status 404 where the register lists no such service."""
        try:
            known = await run_in_threadpool(self._details.detail, TargetKey(request.path_params["key"]))
        except DBAPIError:
            return PlainTextResponse("the database cannot be read now\n", 503)
        if not self._template:
            self._template = await self._index_of(self._server, DESK)
        return HTMLResponse(self._template, 404 if known is None else 200, headers={"Cache-Control": "no-store"})


async def _to_the_wall(_: Request) -> Response:
    return RedirectResponse("/wall/layanan")


def desk_of_services(server: FastAPI, details: ServiceDetails, words: Words) -> Dash:
    """The Dash application of the page of one service."""
    app = Dash(
        "command_centre.services",
        server=server,  # type: ignore[arg-type]  # Dash takes a FastAPI application; its annotation knows Flask only
        assets_folder=str(ASSETS),
        assets_ignore=WALLS_ONLY,
        url_base_pathname=DESK,
        external_stylesheets=["/bootstrap.css"],
        serve_locally=True,
        compress=True,
        update_title="",
        title=service_words(words).say.page,
        add_log_handler=False,
        enable_mcp=False,
    )
    app.backend.websocket_capability = False
    app.index_string = shell.desk_index_string(language=words.language.value, theme=Theme.DARK.value)
    app.layout = skeleton(words)
    callbacks.register(app, details, words, Theme.DARK.value)
    return app
