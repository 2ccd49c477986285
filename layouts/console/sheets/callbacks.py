"""Wiring of the plain pages: one region, drawn again when something has changed; and the few buttons in them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from dash import ALL, Dash, Input, Output, State, ctx, no_update
from sqlalchemy.exc import DBAPIError

from command_centre.commands import Actor, Commands, Outcome
from command_centre.domain.person import Person, Right
from command_centre.domain.quarantine import StrangerState
from command_centre.read.quarantine import QuarantineQueries
from command_centre.read.register import RegisterQueries
from layouts.console import ids as frame
from layouts.console.incidents.callbacks import Desk
from layouts.console.incidents.deeds import VIA
from layouts.console.place import QUALITY, SCORE, SETTINGS, STRANGERS, WALLS, Place, place_of
from layouts.console.sheets import ids, load, quality, settings, walls
from layouts.console.sheets import strangers as quarantine
from layouts.wording import Words
from layouts.wording.console import console_words

Show: TypeAlias = Callable[[Place, Person | None, Words], Any]
Reload: TypeAlias = Callable[[Person], None]
"""Ask for the configuration to be read again, and write down who asked."""


def shows(desk: Desk, register: RegisterQueries, strange: QuarantineQueries, here: settings.InForce) -> Mapping[str, Show]:
    """How each plain page is drawn: its question, then its pure function. Runs in a thread."""

    def show_quality(place: Place, _: Person | None, words: Words) -> Any:
        return quality.quality(register.flaws(), place, words)

    def show_load(_: Place, __: Person | None, words: Words) -> Any:
        score, names = desk.incidents.scoreboard(load.DAYS)
        return load.scoreboard(score, names, desk.incidents.now(), words)

    def show_walls(_: Place, __: Person | None, words: Words) -> Any:
        found, now = register.walls()
        return walls.walls(found, register.receivers(), now, words)

    def show_strangers(_: Place, person: Person | None, words: Words) -> Any:
        rows = [each for state in StrangerState for each in strange.strangers(state)]
        return quarantine.strangers(rows, person, desk.incidents.now(), words)

    def show_settings(_: Place, person: Person | None, words: Words) -> Any:
        collector, refused = register.configuration()
        return settings.settings(here, collector, refused, person, desk.incidents.now(), words)

    return {QUALITY: show_quality, SCORE: show_load, WALLS: show_walls, STRANGERS: show_strangers, SETTINGS: show_settings}


def register(app: Dash, desk: Desk, pages: Mapping[str, Show], commands: Commands, reload: Reload | None) -> None:
    """Make the plain pages answer."""

    @app.callback(
        Output(ids.SHEET, "children"),
        Input(frame.ADDRESS, "pathname"),
        Input(frame.ADDRESS, "search"),
        Input(frame.SIGNAL, "data"),
        Input(frame.ACTED, "data"),
        Input(frame.TICK, "n_intervals"),
    )
    async def show_sheet(path: str | None, search: str | None, *_: Any) -> Any:
        place = place_of(path, search)
        show = pages.get(place.page)
        if show is None:
            return no_update
        return await asyncio.to_thread(show, place, desk.person(), desk.words(place.language))

    @app.callback(
        Output(ids.SAID, "children"),
        Output(frame.ACTED, "data", allow_duplicate=True),
        Input({"type": ids.DECIDE, "index": ALL}, "n_clicks"),
        State(frame.ADDRESS, "search"),
        State(frame.ACTED, "data"),
        prevent_initial_call=True,
    )
    async def decide(_: Any, search: str | None, acted: int | None) -> tuple[Any, Any]:
        trigger = ctx.triggered_id
        if not ctx.triggered or not ctx.triggered[0]["value"] or not isinstance(trigger, dict):
            return no_update, no_update
        said = await asyncio.to_thread(
            _decide, commands, desk.person(), trigger.get("index"), desk.words(place_of("", search).language)
        )
        return said, (acted or 0) + 1

    @app.callback(
        Output(ids.SAID, "children", allow_duplicate=True),
        Input(ids.RELOAD, "n_clicks"),
        State(frame.ADDRESS, "search"),
        prevent_initial_call=True,
    )
    async def reload_configuration(clicks: int | None, search: str | None) -> Any:
        say = console_words(place_of("", search).language)
        person = desk.person()
        if not clicks:
            return no_update
        if person is None or not person.may(Right.RELOAD) or reload is None:
            return say.not_allowed
        await asyncio.to_thread(reload, person)
        return say.reloading


def _decide(commands: Commands, person: Person | None, index: object, words: Words) -> str:
    say = console_words(words.language)
    wanted = quarantine.decision_in(index)
    if person is None or not person.may(Right.ADOPT_HOTSPOT) or wanted is None:
        return say.not_allowed
    state, collector, device = wanted
    try:
        done = commands.decide_stranger(collector, device, state, Actor(person.name, VIA))
    except DBAPIError:
        return say.cannot_write
    return say.decided if done.outcome is Outcome.DONE else say.unknown
