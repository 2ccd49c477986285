"""Wiring of the archive: take the address or the choice, ask, render. One region for each callback."""

from __future__ import annotations

import asyncio
from typing import Any

from dash import Dash, Input, Output

from command_centre.read.snapshots import SnapshotArchive
from layouts.snapshot import archive_page, ids
from layouts.wording import Words


def register(app: Dash, archive: SnapshotArchive, words: Words) -> None:
    """Make the page answer. Questions run in threads: the event loop also feeds the walls."""

    @app.callback(Output(ids.LIST, "children"), Input(ids.ADDRESS, "pathname"))
    async def show_list(_: str | None) -> Any:
        return archive_page.listing(await asyncio.to_thread(archive.lines), words)

    @app.callback(Output(ids.PERIOD, "children"), Input(ids.ADDRESS, "pathname"))
    async def show_period(address: str | None) -> Any:
        name = archive_page.period_in(address)
        return archive_page.period(await asyncio.to_thread(archive.snapshot, name), name, words)

    for choice in (ids.FIRST, ids.SECOND):
        _offer_periods(app, archive, words, choice)

    @app.callback(Output(ids.COMPARISON, "children"), Input(ids.FIRST, "value"), Input(ids.SECOND, "value"))
    async def show_comparison(first: str | None, second: str | None) -> Any:
        found = [await asyncio.to_thread(archive.snapshot, each) if each else None for each in (first, second)]
        return archive_page.comparison(found[0], found[1], words)


def _offer_periods(app: Dash, archive: SnapshotArchive, words: Words, choice: str) -> None:
    @app.callback(Output(choice, "options"), Input(ids.ADDRESS, "pathname"))
    async def show_options(_: str | None) -> Any:
        return archive_page.options(await asyncio.to_thread(archive.lines), words)
