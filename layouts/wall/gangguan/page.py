"""The skeleton of the screen of incidents: fixed containers, no data."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from layouts.wall.gangguan import ids


def skeleton() -> Component:
    """Verdict; the open incidents; beside them the load of the shift, what is held back, and what has just recovered."""
    verdict = html.Section(
        [
            html.Div(id=ids.PLATE, className="cc-plat"),
            html.Div([html.H1(id=ids.SENTENCE), html.P(id=ids.SUPPORT, className="cc-luruh")]),
        ],
        className="cc-vonis",
    )
    listed = html.Section(
        [html.Div(id=ids.LIST_HEAD, className="cc-bag"), html.Ol(id=ids.LIST, className="cc-gg cc-luruh")], className="cc-daftar"
    )
    beside = html.Div(
        [
            html.Section([html.Div(id=ids.LOAD_HEAD, className="cc-bag"), html.Div(id=ids.LOAD, className="cc-beban")]),
            html.Section([html.Div(id=ids.HELD_HEAD, className="cc-bag"), html.Div(id=ids.HELD, className="cc-beban")]),
            html.Section(
                [html.Div(id=ids.RESOLVED_HEAD, className="cc-bag"), html.Ol(id=ids.RESOLVED, className="cc-ins cc-luruh")],
                className="cc-daftar",
            ),
        ],
        className="cc-samping",
    )
    return html.Div([verdict, html.Div([listed, beside], className="cc-bawah2")], className="cc-isi gangguan")
