"""Wiring of the browser of targets: take the address, ask, render."""

from __future__ import annotations

import asyncio
from typing import Any

from dash import Dash, Input, Output, State, no_update

from command_centre.domain.incident import IncidentId
from command_centre.read.register import RegisterQueries
from layouts.console import ids as frame
from layouts.console.browser import ids, page
from layouts.console.incidents.callbacks import Desk, kept_filters
from layouts.console.incidents.deeds import Fields
from layouts.console.place import KELURAHAN, KIND, OWNER, TARGETS, TEXT, place_of

_AT = (Input(frame.ADDRESS, "pathname"), Input(frame.ADDRESS, "search"))


def register(app: Dash, desk: Desk, queries: RegisterQueries) -> None:
    """Make the page answer. Questions run in threads: the event loop also feeds the walls."""
    _table(app, desk, queries)
    _sheet(app, desk, queries)
    _recheck(app, desk)


def _table(app: Dash, desk: Desk, queries: RegisterQueries) -> None:
    @app.callback(Output(ids.TABLE, "children"), Input(frame.ADDRESS, "search"), State(frame.ADDRESS, "pathname"))
    async def show_table(search: str | None, path: str | None) -> Any:
        place = place_of(path, search)
        return page.table(place, desk.words(place.language))

    @app.callback(
        Output(ids.GRID, "getRowsResponse"),
        Input(ids.GRID, "getRowsRequest"),
        State(frame.ADDRESS, "pathname"),
        State(frame.ADDRESS, "search"),
        prevent_initial_call=True,
    )
    async def give_rows(request: Any, path: str | None, search: str | None) -> Any:
        if not isinstance(request, dict):
            return no_update
        place = place_of(path, search)
        start, end, sort, descending = _wanted(request)
        found = await asyncio.to_thread(queries.page, place.asked, start, end, sort, descending=descending)
        return page.lines(found, desk.incidents.kelurahan, desk.incidents.now(), desk.words(place.language))

    @app.callback(
        Output(frame.ADDRESS, "search", allow_duplicate=True),
        Input(ids.SEARCH, "value"),
        Input(ids.KIND, "value"),
        Input(ids.KELURAHAN, "value"),
        Input(ids.OWNER, "value"),
        State(frame.ADDRESS, "pathname"),
        State(frame.ADDRESS, "search"),
        prevent_initial_call=True,
    )
    async def keep_filters(text: Any, kind: Any, kelurahan: Any, owner: Any, path: str | None, search: str | None) -> Any:
        return kept_filters({TEXT: text, KIND: kind, KELURAHAN: kelurahan, OWNER: owner}, place_of(path, search))

    @app.callback(
        Output(frame.ADDRESS, "pathname"),
        Input(ids.GRID, "cellClicked"),
        State(frame.ADDRESS, "search"),
        prevent_initial_call=True,
    )
    async def open_target(clicked: Any, search: str | None) -> Any:
        key = clicked.get("rowId") if isinstance(clicked, dict) else None
        if not isinstance(key, str):
            return no_update
        return place_of(f"/konsol/{TARGETS}", search).at(TARGETS, key).href.partition("?")[0]


def _wanted(request: dict[str, Any]) -> tuple[int, int, str, bool]:
    """Which lines the grid asks for, in which order; a browser may send anything."""
    start, end = (each if isinstance(each, int) else 0 for each in (request.get("startRow"), request.get("endRow")))
    model = request.get("sortModel")
    first = model[0] if isinstance(model, list) and model and isinstance(model[0], dict) else {}
    column = first.get("colId")
    return start, end, column if isinstance(column, str) else "status", first.get("sort") == "desc"


def _sheet(app: Dash, desk: Desk, queries: RegisterQueries) -> None:
    @app.callback(
        Output(ids.HEAD, "children"),
        Output(ids.REACHES, "children"),
        Output(ids.CHARTS, "children"),
        Output(ids.FACTS, "children"),
        *_AT,
        Input(frame.TICK, "n_intervals"),
        Input(frame.ACTED, "data"),
    )
    async def show_sheet(path: str | None, search: str | None, *_: Any) -> tuple[Any, ...]:
        place = place_of(path, search)
        words = desk.words(place.language)
        sheet = None if place.target is None else await asyncio.to_thread(queries.sheet, place.target)
        head = page.head(sheet, place, desk.person(), words)
        past = None if place.target is None else await asyncio.to_thread(desk.pasts.reaching, place.target, place.reach)
        if sheet is None or past is None:
            return head, [], [], []
        charts = page.charts(past, words, desk.theme)
        return head, page.reaches(place, words), charts, page.facts(sheet, desk.incidents.kelurahan, place, words)


def _recheck(app: Dash, desk: Desk) -> None:
    @app.callback(
        Output(ids.RESULT, "children"),
        Input(ids.RECHECK, "n_clicks"),
        State(frame.ADDRESS, "pathname"),
        State(frame.ADDRESS, "search"),
        prevent_initial_call=True,
    )
    async def recheck(clicks: int | None, path: str | None, search: str | None) -> Any:
        place = place_of(path, search)
        if not clicks or place.target is None:
            return no_update
        words, now = desk.words(place.language), desk.incidents.now()
        nothing = IncidentId(0)
        said = await asyncio.to_thread(desk.deeds.do, "uji", desk.person(), nothing, place.target, Fields(), now, words)
        return said.text
