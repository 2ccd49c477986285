"""The skeleton of the sites screen: fixed containers, no data."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from layouts.wall.situs import ids


def skeleton() -> Component:
    """Verdict; left the list of what is wrong and the certificates; right the grid."""
    return html.Div(
        [
            html.Section(
                [
                    html.Div(id=ids.PLATE, className="cc-plat"),
                    html.Div([html.H1(id=ids.SENTENCE), html.P(id=ids.COUNTS, className="cc-hit")]),
                ],
                className="cc-vonis",
            ),
            html.Div(
                [
                    html.Section(
                        [
                            html.Div(id=ids.ABNORMAL_HEAD, className="cc-bag"),
                            html.Ol(id=ids.ABNORMAL, className="abn cc-luruh"),
                            html.Div(id=ids.CERTIFICATES, className="sert"),
                        ],
                        className="kiri",
                    ),
                    html.Section(
                        [
                            html.Div(id=ids.GRID_HEAD, className="cc-bag"),
                            html.Div(
                                [html.Div(id=ids.cell(index), className="petak") for index in range(ids.CELLS)], className="grid"
                            ),
                        ],
                        className="kanan2",
                    ),
                ],
                className="dua",
            ),
        ],
        className="cc-isi situs",
    )
