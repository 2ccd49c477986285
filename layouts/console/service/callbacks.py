"""Wiring of the page of one service: take the address, ask, render. One region for each callback."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, TypeAlias

from dash import Dash, Input, Output

from command_centre.read.details import Period
from command_centre.read.service_details import ServiceDetail, ServiceDetails, ServiceHistory
from layouts.console.service import figures, ids, page
from layouts.wording import Words

ShowDetail: TypeAlias = Callable[[ServiceDetail | None, Words], Any]
Draw: TypeAlias = Callable[[ServiceHistory, Words, str], figures.Figure]

_HISTORY_INPUTS = (Input(ids.ADDRESS, "pathname"), Input(ids.PERIOD, "value"), Input(ids.TICK, "n_intervals"))


def register(app: Dash, details: ServiceDetails, words: Words, theme: str) -> None:
    """Make the page answer. Questions run in threads: the event loop also feeds the walls."""
    for region, show in ((ids.HEAD, page.head), (ids.FACTS, page.facts), (ids.WORK, page.work)):
        _show_detail(app, details, words, region, show)
    charts: tuple[tuple[str, Draw], ...] = (
        (ids.RESPONSE, figures.response),
        (ids.QUEUE, figures.queue),
        (ids.AVAILABILITY, figures.availability),
    )
    for chart, draw in charts:
        _show_chart(app, details, words, theme, chart, draw)

    @app.callback(Output(ids.SUMMARY, "children"), *_HISTORY_INPUTS)
    async def show_summary(address: str | None, period: str, _: int | None) -> list[Any]:
        return page.summary(await _history(details, address, period), words)


def _show_detail(app: Dash, details: ServiceDetails, words: Words, region: str, show: ShowDetail) -> None:
    @app.callback(Output(region, "children"), Input(ids.ADDRESS, "pathname"), Input(ids.TICK, "n_intervals"))
    async def show_detail(address: str | None, _: int | None) -> Any:
        return show(await asyncio.to_thread(details.detail, page.key_in(address)), words)


def _show_chart(app: Dash, details: ServiceDetails, words: Words, theme: str, chart: str, draw: Draw) -> None:
    @app.callback(Output(chart, "figure"), *_HISTORY_INPUTS)
    async def show_chart(address: str | None, period: str, _: int | None) -> figures.Figure:
        history = await _history(details, address, period)
        return figures.empty(theme) if history is None else draw(history, words, theme)


async def _history(details: ServiceDetails, address: str | None, period: str) -> ServiceHistory | None:
    if period not in {each.value for each in Period}:  # a browser may send anything
        return None
    return await asyncio.to_thread(details.history, page.key_in(address), Period(period))
