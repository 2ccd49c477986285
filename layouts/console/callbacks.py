"""Wiring of the console's frame: which page stands in it, and its head."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from dash import Dash, Input, Output, State, no_update

from layouts.console import frame, ids
from layouts.console.incidents.callbacks import Desk
from layouts.console.place import Place, place_of
from layouts.wording import Words

BuildPage: TypeAlias = Callable[[Place, Words], Any]
"""The skeleton of one page. Runs in a thread; the person is asked for inside."""


def register(app: Dash, desk: Desk, pages: Mapping[str, BuildPage]) -> None:
    """Make the frame answer."""

    @app.callback(
        Output(ids.PAGE, "children"),
        Output(ids.PAGE, "className"),
        Output(ids.SHOWN, "data"),
        Input(ids.ADDRESS, "pathname"),
        Input(ids.ADDRESS, "search"),
        State(ids.SHOWN, "data"),
    )
    async def show_page(path: str | None, search: str | None, shown: str | None) -> tuple[Any, Any, Any]:
        place = place_of(path, search)
        wanted = f"{place.page} {place.language.value}"
        if wanted == shown:
            return no_update, no_update, no_update
        built = await asyncio.to_thread(pages[place.page], place, desk.words(place.language))
        return built, f"kisi ks-{place.page}", wanted

    @app.callback(
        Output(ids.HEADER, "children"),
        Input(ids.ADDRESS, "pathname"),
        Input(ids.ADDRESS, "search"),
        Input(ids.TICK, "n_intervals"),
    )
    async def show_header(path: str | None, search: str | None, _: int | None) -> Any:
        place = place_of(path, search)
        newest = await asyncio.to_thread(desk.incidents.data_as_of)
        simulated, now = desk.incidents.is_simulated, desk.incidents.now()
        return frame.header(place, desk.person(), now, newest, desk.words(place.language), simulated=simulated)
