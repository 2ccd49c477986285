"""The addresses of the archive of snapshots: ``/cuplikan/``, one period, and its files."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from dash import Dash
from fastapi import FastAPI
from sqlalchemy import Engine
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route

from command_centre.app.snapshot_settings import PaperSettings
from command_centre.config.model import Theme
from command_centre.domain.seal import Seal
from command_centre.domain.snapshot import Snapshot
from command_centre.read.snapshots import SnapshotArchive
from layouts import shell
from layouts.snapshot import annex, archive_page, callbacks, forms, ids, paper
from layouts.snapshot.web_page import web_page
from layouts.wording import Words
from layouts.wording.snapshot_archive import archive_words

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

ASSETS = Path(shell.__file__).parent / "assets"
WALLS_ONLY = r"(wall-.*|live|freshness)\.(css|js)"
AT_ONCE = 2
"""Papers typeset at the same time: each takes a processor for a moment, and the walls come first."""

A_PERIOD = re.compile(r"\d{4}(-W?\d{2})?")

MEDIA = {
    "pdf": "application/pdf",
    "png": "image/png",
    "html": "text/html; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
}


def snapshot_pages(
    engine: Engine, words: Words, wrap: Callable[[ASGIApp], ASGIApp], settings: PaperSettings | None = None
) -> tuple[BaseRoute, ...]:
    """The archive's addresses. ``wrap`` makes a mounted application see its whole path (``serving.WholePath``)."""
    archive = SnapshotArchive(engine)
    server = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    _dash(server, archive, words)
    files = SnapshotFiles(archive, words, settings or PaperSettings())
    return (
        Route(f"{ids.FILES}{{period}}/{{revision:int}}/{{form}}", files.answer),
        Route(ids.PREFIX.rstrip("/"), _to_the_archive),
        Mount(ids.PREFIX.rstrip("/"), app=wrap(OnePage(server))),
    )


class OnePage:
    """The address of a period is the archive's own page: the browser reads the period from the address."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and A_PERIOD.fullmatch(scope["path"].removeprefix(ids.PREFIX)):
            scope = {**scope, "path": ids.PREFIX, "raw_path": ids.PREFIX.encode()}
        await self._app(scope, receive, send)


async def _to_the_archive(_: Request) -> Response:
    return RedirectResponse(ids.PREFIX)


def _dash(server: FastAPI, archive: SnapshotArchive, words: Words) -> Dash:
    app = Dash(
        "command_centre.snapshots",
        server=server,  # type: ignore[arg-type]  # Dash takes a FastAPI application; its annotation knows Flask only
        assets_folder=str(ASSETS),
        assets_ignore=WALLS_ONLY,
        url_base_pathname=ids.PREFIX,
        external_stylesheets=["/bootstrap.css"],
        serve_locally=True,
        compress=True,
        update_title="",
        title=archive_words(words.language).title,
        add_log_handler=False,
        enable_mcp=False,
    )
    app.backend.websocket_capability = False
    app.index_string = shell.desk_index_string(language=words.language.value, theme=Theme.LIGHT.value)
    app.layout = archive_page.skeleton(words)
    callbacks.register(app, archive, words)
    return app


class SnapshotFiles:
    """Files of frozen periods, made when somebody asks: the same bytes every time, until somebody signs."""

    def __init__(self, archive: SnapshotArchive, words: Words, settings: PaperSettings) -> None:
        self._archive = archive
        self._words = words
        self._settings = settings
        self._typesetting = asyncio.Semaphore(AT_ONCE)

    async def answer(self, request: Request) -> Response:
        """One file; 404 for what is not frozen or has no such form."""
        period, form = request.path_params["period"], request.path_params["form"]
        revision: int = request.path_params["revision"]
        if form not in MEDIA:
            return PlainTextResponse("no such form\n", 404)
        async with self._typesetting:
            made = await asyncio.to_thread(self._made, period, revision, form)
        if made is None:
            return PlainTextResponse("no such snapshot\n", 404)
        name = f"cuplikan-{period}-r{revision}.{form}"
        return Response(made, media_type=MEDIA[form], headers={"Content-Disposition": f'inline; filename="{name}"'})

    def _made(self, period: str, revision: int, form: str) -> bytes | None:
        if form == "json":
            return self._archive.sealed_file(period, revision)
        found = self._archive.snapshot(period, revision)
        return None if found is None else self._form(*found, form)

    def _form(self, seal: Seal, snap: Snapshot, form: str) -> bytes:
        if form == "xlsx":
            return annex.as_xlsx(annex.sheets(snap), forms.made_at(seal))
        approval = self._archive.approval(seal.period, seal.revision)
        own = self._settings
        told = (snap, seal, self._words.language, own.letterhead, approval, own.public_url)
        match form:
            case "pdf":
                return paper.pdf(forms.paper_document_of(*told), seal.cut_at)
            case "png":
                return paper.card(forms.paper_document_of(*told))
            case _:
                return web_page(forms.document_of(*told)).encode()
