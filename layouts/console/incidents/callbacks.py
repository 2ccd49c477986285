"""Wiring of the page of incidents: take the address, ask, render. One callback for each part of the page."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from dash import ALL, Dash, Input, Output, State, ctx, no_update

from command_centre.domain.person import Person
from command_centre.read.incident_story import IncidentStories, Story
from command_centre.read.incidents import IncidentQueries
from command_centre.read.target_past import TargetPasts
from layouts.console import ids as frame
from layouts.console import past_figures
from layouts.console.incidents import ids, listing, story
from layouts.console.incidents.deeds import Deeds, Fields
from layouts.console.incidents.page import EVERYTHING
from layouts.console.place import KELURAHAN, KIND, OWNER, SEVERITY, TEXT, Place, place_of
from layouts.wording import Language, Words
from layouts.wording.console import console_words

WordsOf: TypeAlias = Callable[[Language], Words]
WhoAsks: TypeAlias = Callable[[], Person | None]

_AT = (Input(frame.ADDRESS, "pathname"), Input(frame.ADDRESS, "search"))
_NEWS = (Input(frame.SIGNAL, "data"), Input(frame.ACTED, "data"), Input(frame.TICK, "n_intervals"))


@dataclass(frozen=True, slots=True)
class Desk:
    """What the callbacks ask and do. ``person`` tells who sent the request that is being answered."""

    incidents: IncidentQueries
    stories: IncidentStories
    pasts: TargetPasts
    deeds: Deeds
    person: WhoAsks
    words: WordsOf
    theme: str

    def name(self) -> str:
        """Who asks; empty for nobody."""
        person = self.person()
        return "" if person is None else person.name

    async def story(self, place: Place) -> Story | None:
        """The incident that is open in a place."""
        return None if place.incident is None else await asyncio.to_thread(self.stories.story, place.incident)


def register(app: Dash, desk: Desk) -> None:
    """Make the page answer. Questions run in threads: the event loop also feeds the walls."""
    _list(app, desk)
    _filters(app)
    _detail(app, desk)
    _chart(app, desk)
    _act(app, desk)


def _list(app: Dash, desk: Desk) -> None:
    @app.callback(Output(ids.LIST, "children"), Output(ids.BESIDE, "children"), *_AT, *_NEWS)
    async def show_list(path: str | None, search: str | None, *_: Any) -> tuple[Any, Any]:
        place = place_of(path, search)
        words = desk.words(place.language)
        view = await asyncio.to_thread(desk.incidents.incidents, place.asked, desk.name())
        return listing.listing(view, place, words), listing.beside(view, place, words)


def _filters(app: Dash) -> None:
    @app.callback(
        Output(frame.ADDRESS, "search"),
        Input(ids.SEARCH, "value"),
        Input(ids.SEVERITY, "value"),
        Input(ids.KIND, "value"),
        Input(ids.KELURAHAN, "value"),
        Input(ids.OWNER, "value"),
        State(frame.ADDRESS, "pathname"),
        State(frame.ADDRESS, "search"),
        prevent_initial_call=True,
    )
    async def keep_filters(
        text: str | None,
        severity: str | None,
        kind: str | None,
        kelurahan: str | None,
        owner: str | None,
        path: str | None,
        search: str | None,
    ) -> Any:
        return kept_filters(
            {TEXT: text, SEVERITY: severity, KIND: kind, KELURAHAN: kelurahan, OWNER: owner}, place_of(path, search)
        )


def kept_filters(words: Mapping[str, Any], place: Place) -> Any:
    """The query of the address with these words of the filter's fields; nothing where it says so already."""
    known = {name: "" if word == EVERYTHING else str(word or "")[:100] for name, word in words.items()}
    wanted = place.with_filter(**known)
    return no_update if wanted.query == place.query else wanted.search


def _detail(app: Dash, desk: Desk) -> None:
    outputs = (
        Output(ids.DETAIL, "hidden"),
        Output(ids.CHOOSE, "hidden"),
        Output(ids.HEAD, "children"),
        Output(ids.STANDING, "children"),
        Output(ids.STORY, "children"),
        Output(ids.SYMPTOMS, "children"),
        Output(ids.DETAIL, "className"),
    )

    @app.callback(*outputs, *_AT, *_NEWS)
    async def show_detail(path: str | None, search: str | None, *_: Any) -> tuple[Any, ...]:
        place = place_of(path, search)
        words = desk.words(place.language)
        if place.incident is None:
            return True, False, [], [], [], [], ""
        found = await desk.story(place)
        if found is None:
            missing = console_words(words.language).no_such
            return False, True, missing, [], [], [], "tiada"
        person = desk.person()
        return (
            False,
            True,
            story.head(found, place, words),
            story.covers(found, person, words),
            story.chronology(found, words),
            story.symptoms(found, place, person, words),
            _standing(found),
        )


def _standing(found: Story) -> str:
    """Which buttons make sense now: the style sheet hides the others."""
    if found.row.resolved_at is not None:
        return "selesai"
    return "belum" if found.row.acknowledged_at is None else "diterima"


def _chart(app: Dash, desk: Desk) -> None:
    @app.callback(Output(ids.CHART, "figure"), Output(ids.CHART_TITLE, "children"), *_AT, Input(frame.TICK, "n_intervals"))
    async def show_chart(path: str | None, search: str | None, _: int | None) -> tuple[Any, Any]:
        place = place_of(path, search)
        words = desk.words(place.language)
        found = await desk.story(place)
        if found is None:
            return past_figures.empty(desk.theme), []
        past = await asyncio.to_thread(desk.pasts.past, found.row.target, story.chart_interval(found))
        return story.chart(found, past, words, desk.theme), story.chart_title(found, words)


def _act(app: Dash, desk: Desk) -> None:
    fields = (ids.NOTE, ids.ASSIGNEE, ids.CAUSE, ids.LENGTH, ids.REASON, ids.WORK, ids.WORK_FROM, ids.WORK_UNTIL)

    @app.callback(
        Output(ids.RESULT, "children"),
        Output(frame.ACTED, "data"),
        Output(ids.NOTE, "value"),
        Output(ids.REASON, "value"),
        Output(ids.WORK, "value"),
        Input({"type": ids.DEED, "index": ALL}, "n_clicks"),
        Input(ids.NOTE, "n_submit"),
        State(frame.ADDRESS, "pathname"),
        State(frame.ADDRESS, "search"),
        State(frame.ACTED, "data"),
        *(State(each, "value") for each in fields),
        prevent_initial_call=True,
    )
    async def act(
        _: Any, __: Any, path: str | None, search: str | None, acted: int | None, *values: Any
    ) -> tuple[Any, Any, Any, Any, Any]:
        pressed, place = _pressed(), place_of(path, search)
        nothing = (no_update, no_update, no_update, no_update, no_update)
        if pressed is None or place.incident is None:
            return nothing
        words = desk.words(place.language)
        target = await asyncio.to_thread(desk.stories.target_of, place.incident)
        if target is None:
            return console_words(words.language).unknown, *nothing[1:]
        given = Fields(*(each[:500] if isinstance(each, str) else "" for each in values))
        now = desk.incidents.now()
        said = await asyncio.to_thread(desk.deeds.do, pressed, desk.person(), place.incident, target, given, now, words)
        if not said.is_done:
            return said.text, no_update, no_update, no_update, no_update
        return said.text, (acted or 0) + 1, *_emptied(pressed)


def _pressed() -> str | None:
    """The button that was pressed; None when the page was only built."""
    trigger = ctx.triggered_id
    if not ctx.triggered or not ctx.triggered[0]["value"]:
        return None
    if trigger == ids.NOTE:
        return "catat"
    return str(trigger["index"]) if isinstance(trigger, dict) and trigger.get("type") == ids.DEED else None


def _emptied(pressed: str) -> tuple[Any, Any, Any]:
    """Note, reason and work: what was kept need not stand there any more."""
    return tuple("" if pressed == deed else no_update for deed in ("catat", "tunda", "rawat"))  # type: ignore[return-value]
