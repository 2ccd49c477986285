"""The frame of the console: head with the pages, the time and who is signed in; below it the page."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from dash import dcc, html
from dash.development.base_component import Component

from command_centre.domain.person import Person
from layouts.console import ids
from layouts.console.place import PAGES, Place
from layouts.wording import Language, Words
from layouts.wording.console import ConsoleWords, console_words

REFRESH_MS = 30_000
"""Ages grow also when nothing happens."""
ELSEWHERE = (("judol", "/konsol/judol"), ("cuplikan", "/cuplikan/"), ("layar", "/"))
"""Pages that are applications of their own: a whole page load."""


def skeleton() -> Component:
    """What stands while the person moves about. The banner must speak when the server cannot be asked: in the city's language."""
    say = console_words(Language.INDONESIAN)
    banner: dict[str, Any] = {"data-putus": say.lost, "data-buta": say.unreadable}
    frame: Component = html.Div(
        [
            dcc.Location(id=ids.ADDRESS, refresh=False),
            dcc.Interval(id=ids.TICK, interval=REFRESH_MS),
            dcc.Store(id=ids.SIGNAL, data=0),
            dcc.Store(id=ids.ACTED, data=0),
            dcc.Store(id=ids.SHOWN),
            html.Header(id=ids.HEADER, className="kt"),
            html.Div(className="k-putus", hidden=True, role="alert", **banner),
            html.Div(id=ids.PAGE, className="kisi"),
        ],
        className="konsol",
    )
    return frame


def header(
    place: Place, person: Person | None, now: datetime, newest: datetime | None, words: Words, *, simulated: bool
) -> list[Any]:
    """The head: pages, freshness, clock, person."""
    say = console_words(words.language)
    mark = [html.Span(words.say.simulated, className="cth")] if simulated else []
    fresh = say.no_data_yet if newest is None else f"{say.data_as_of} {words.clock(newest)}"
    clock: dict[str, Any] = {"data-now": int(now.timestamp() * 1000), "data-zona": words.zone.key}
    return [
        html.B(words.say.city),
        html.Span("Command Centre", className="produk"),
        html.Nav([*(_page(each, place, say) for each in PAGES), *(_elsewhere(key, address, say) for key, address in ELSEWHERE)]),
        *mark,
        html.Span(fresh, className="sg"),
        html.B(words.clock(now), className="jm", **clock),
        html.Span(words.zone_name(now), className="rd"),
        _who(person, say),
    ]


def _page(page: str, place: Place, say: ConsoleWords) -> Component:
    is_here = page == place.page
    here = place.at(page, place.open) if is_here else place.at(page)
    link: Component = dcc.Link(say.pages[page], href=here.href, className="on" if is_here else "", refresh=False)
    return link


def _elsewhere(key: str, address: str, say: ConsoleWords) -> Component:
    link: Component = html.A(say.pages[key], href=address)
    return link


def _who(person: Person | None, say: ConsoleWords) -> Component:
    if person is None:
        nobody: Component = html.Span(className="or")
        return nobody
    out = html.Form(html.Button(say.sign_out, type="submit"), action="/keluar", method="POST")
    who: Component = html.Div([html.B(person.name), html.Div([f"{say.roles[person.role]} · ", out])], className="or")
    return who
