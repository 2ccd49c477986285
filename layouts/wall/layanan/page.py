"""The skeleton of the services screen: fixed containers, no data."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from layouts.wall.layanan import ids


def skeleton() -> Component:
    """Verdict above six rows under their headings."""
    verdict = html.Section(
        [
            html.Div(id=ids.PLATE, className="cc-plat"),
            html.Div([html.H1(id=ids.SENTENCE), html.P(id=ids.SUPPORT, className="cc-luruh")]),
        ],
        className="cc-vonis",
    )
    rows = [html.Div(id=ids.row(index), className="baris") for index in range(ids.ROWS)]
    table = html.Div([html.Div(id=ids.HEADINGS, className="hd"), *rows], className="tb6")
    return html.Div([verdict, table], className="cc-isi layanan")
