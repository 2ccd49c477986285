"""The frame of a wall screen: header, banner, and the page around it. The browser's plain script keeps its clock and ages true.

Hooks for that script are classes, because two screens may stand in one document when a wall rotates:

====================  ==================================================================================================
``.cc-denyut i``      ten ticks of the pulse; the script moves ``aktif`` one further with each data answer
``.cc-data-per``      time of the newest data, hh:mm:ss
``.cc-data-umur``     its age, in brackets
``.cc-jam-pukul``     the clock, hh:mm:ss; ``.cc-jam-zona`` the zone; ``.cc-jam-tanggal`` the date
``.cc-suara``         whether this wall may be heard (sound.js)
``.cc-umur``          an age: text of the time since ``data-since`` (epoch milliseconds)
``[data-last]``       a tile: time of its last reading (epoch milliseconds)
``.cc-spanduk``       the banner, ``hidden`` until contact is lost; ``.cc-spanduk-judul`` and ``.cc-spanduk-isi`` inside
``.cc-kanvas``        the canvas; class ``cc-putus`` dims everything but the header; its ``data-kata`` holds the words as JSON
====================  ==================================================================================================
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from html import escape
from typing import Any, TypeAlias

from dash import html
from dash.development.base_component import Component

from command_centre.read.services import ServicesView
from command_centre.read.views import HotspotsView, SitesView, SummaryView
from command_centre.read.wall_incidents import IncidentsView
from layouts.parts.node import Children, Draw, bold, span
from layouts.wording import Words
from layouts.wording.incidents import incident_words

AnyView: TypeAlias = HotspotsView | IncidentsView | ServicesView | SitesView | SummaryView

PULSE_TICKS = 10


def wall_style(screen_diagonal: float, viewing_distance_m: float) -> str:
    """The style of the ``html`` element: from these two numbers the style sheet derives every size on the wall.

    ``screen_diagonal`` in inches, ``viewing_distance_m`` of the farthest viewer who must read everything.
    """
    return f"--jarak-m:{viewing_distance_m:g};--diag-in:{screen_diagonal:g}"


def index_string(*, language: str = "id", theme: str = "gelap", style: str = "") -> str:
    """Dash's page template for a wall; ``theme`` is ``gelap`` or ``terang``, ``style`` comes from :func:`wall_style`."""
    root = f'<html class="cc-dinding" lang="{escape(language)}" data-tema="{escape(theme)}" style="{escape(style)}">'
    return (
        f"<!doctype html>{root}<head>{{%metas%}}<title>{{%title%}}</title>{{%favicon%}}{{%css%}}</head>"
        "<body>{%app_entry%}<footer>{%config%}{%scripts%}{%renderer%}</footer></body></html>"
    )


def desk_index_string(*, language: str = "id", theme: str = "gelap") -> str:
    """Dash's page template for a page at a desk. The ground stands in the document itself: no flash of white."""
    root = f'<html class="cc-meja" lang="{escape(language)}" data-tema="{escape(theme)}">'
    return (
        f'<!doctype html>{root}<head>{{%metas%}}<meta name="viewport" content="width=device-width,initial-scale=1">'
        "<title>{%title%}</title>{%favicon%}{%css%}</head>"
        "<body>{%app_entry%}<footer>{%config%}{%scripts%}{%renderer%}</footer></body></html>"
    )


def sources_id(screen: str) -> str:
    return f"{screen}-kop-sumber"


def mark_id(screen: str) -> str:
    return f"{screen}-kop-tanda"


def frame(screen: str, title: str, body: Component, words: Words) -> Component:
    """The whole wall of one screen: header over ``body``, and the banner that waits for the loss of contact."""
    data: dict[str, Any] = {"data-halaman": screen, "data-kata": words_for_script(words)}
    return html.Div(
        [html.Main([_header(screen, title, words), body], className="cc-layar"), _banner()], className="cc-kanvas", **data
    )


def frame_regions(screen: str, view: AnyView, words: Words) -> dict[str, Draw]:
    """Regions of the header: silent sources, and the mark of simulated data."""
    return {
        sources_id(screen): lambda: _sources(view, words),
        mark_id(screen): lambda: span(words.say.simulated, "cc-contoh") if view.is_simulated else "",
    }


def _sources(view: AnyView, words: Words) -> Children:
    sources = words.sources(view.sources.silent, view.sources.total)
    return bold(sources) if view.sources.silent else sources


def words_for_script(words: Words) -> str:
    """Words the browser needs when the server cannot be asked, as JSON."""
    say, units, sound = words.say, words.units, incident_words(words).say
    return json.dumps(
        {
            "bahasa": words.language.value,
            "zona": words.zone.key,
            "satuan": {"detik": units.second, "menit": units.minute, "jam": units.hour, "hari": units.day},
            "lalu": say.seconds_ago,
            "putus_judul": say.lost_title,
            "putus_isi": say.lost_text,
            "basi_judul": say.stale_title,
            "basi_isi": say.stale_text,
            "server_diam": say.server_silent,
            "suara": {
                "nyala": sound.sound_on,
                "mati": sound.sound_off,
                "terblokir": sound.sound_blocked,
                "bungkam": sound.sound_muted,
            },
        },
        ensure_ascii=False,
    )


def _header(screen: str, title: str, words: Words) -> Component:
    return html.Header([_name(screen, title, words), _freshness(screen, words), _clock()], className="cc-kop")


def _name(screen: str, title: str, words: Words) -> Component:
    name = html.Div([words.say.city, html.Span(" Command Centre")], className="cc-kop-nama")
    page = html.Div([html.Span(title), " ", html.Span(id=mark_id(screen))], className="cc-kop-hal")
    return html.Div([name, page])


def _freshness(screen: str, words: Words) -> Component:
    pulse = html.Span([html.I() for _ in range(PULSE_TICKS)], className="cc-denyut")
    as_of: list[Component | str] = [
        pulse,
        f"{words.say.data_as_of} ",
        html.B(className="cc-data-per"),
        " ",
        html.Span(className="cc-data-umur redup"),
    ]
    second = html.Div([html.Span(id=sources_id(screen)), html.Span(className="cc-suara")], className="cc-sumber redup")
    return html.Div([html.Div(as_of), second], className="cc-segar")


def _clock() -> Component:
    zone = html.Span(
        [html.Span(className="cc-jam-zona"), html.Span(className="cc-jam-tanggal lepas-1")], className="cc-jam-samping"
    )
    return html.Div([html.B(className="cc-jam-pukul"), zone], className="cc-jam")


def _banner() -> Component:
    return html.Div(
        [html.I(className="cc-glif k-nodata"), html.B(className="cc-spanduk-judul"), html.P(className="cc-spanduk-isi")],
        className="cc-spanduk",
        hidden=True,
        role="alert",
    )


def fill(component: Component, content: Mapping[str, Children]) -> Component:
    """Put the content of regions into the containers of a skeleton, in place; gives the skeleton back."""
    key = getattr(component, "id", None)
    if isinstance(key, str) and key in content:
        component.children = content[key]
        return component
    children = getattr(component, "children", None)
    for child in children if isinstance(children, list | tuple) else [children]:
        if isinstance(child, Component):
            fill(child, content)
    return component
