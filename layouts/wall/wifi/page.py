"""The skeleton of the Wi-Fi screen: fixed containers, the ground of the map, no data."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from layouts.wall.places import KELURAHAN
from layouts.wall.wifi import ids
from layouts.wall.wifi.geography import (
    HEIGHT,
    INSET,
    SCALE_AT,
    TWO_KILOMETRES,
    WIDTH,
    inset_sea_outline,
    sea_outline,
)


def skeleton() -> Component:
    """Verdict and state bar; the map, the table, and what else there is to know."""
    return html.Div(
        [
            html.Section(
                [
                    html.Div(id=ids.PLATE, className="cc-plat"),
                    html.Div([html.H1(id=ids.SENTENCE), html.P(id=ids.COUNTS, className="cc-hit")]),
                ],
                className="cc-vonis",
            ),
            html.Div(id=ids.BAR, className="cc-tumpuk"),
            html.Div([_map(), _table(), _rest()], className="tiga"),
        ],
        className="cc-isi wifi-isi",
    )


def _map() -> Component:
    ground = [
        html.I(className="pantai", style={"clipPath": sea_outline()}),
        html.I(className="laut", style={"clipPath": sea_outline()}),
    ]
    inset = html.Div(
        [
            html.I(className="pantai", style={"clipPath": inset_sea_outline()}),
            html.I(className="laut", style={"clipPath": inset_sea_outline()}),
        ],
        className="sisipan",
        style={
            "left": f"{INSET.left:.2f}rem",
            "top": f"{INSET.top:.2f}rem",
            "width": f"{INSET.width:.2f}rem",
            "height": f"{INSET.height:.2f}rem",
        },
    )
    scale = html.I(
        className="skala",
        style={"left": f"{SCALE_AT.x:.2f}rem", "top": f"{SCALE_AT.y:.2f}rem", "width": f"{TWO_KILOMETRES:.2f}rem"},
    )
    dots = [html.Div(id=ids.dots(code), className="lapis") for code in [*KELURAHAN, ids.ELSEWHERE]]
    return html.Section(
        [
            *ground,
            html.Div(id=ids.HULLS, className="lapis"),
            inset,
            scale,
            *dots,
            html.Div(id=ids.LABELS, className="lapis"),
        ],
        className="peta-wifi",
        style={"width": f"{WIDTH}rem", "height": f"{HEIGHT}rem"},
    )


def _table() -> Component:
    rows = [
        html.Div([html.Div(id=ids.row(index), className="lapis"), html.Div(id=ids.line(index), className="sp")], className="wb")
        for index in range(ids.ROWS)
    ]
    return html.Section(
        [
            html.Div(id=ids.TABLE_HEAD, className="cc-bag"),
            html.Div(
                [
                    html.Div(id=ids.COLUMNS, className="wb kepala"),
                    html.Div(id=ids.CAUSE, className="lapis"),
                    *rows,
                    html.Div(id=ids.CITY, className="wb kota"),
                ],
                className="wt",
            ),
        ],
        className="tb",
    )


def _rest() -> Component:
    return html.Section(
        [
            html.Div([html.Div(id=ids.PROVIDERS_HEAD, className="cc-bag"), html.Div(id=ids.PROVIDERS, className="kt")]),
            html.Div([html.Div(id=ids.CLASSES_HEAD, className="cc-bag"), html.Div(id=ids.CLASSES, className="kt")]),
            html.Div([html.Div(id=ids.CROWDED_HEAD, className="cc-bag"), html.Div(id=ids.CROWDED, className="kt dua-kol")]),
            html.Div(
                [
                    html.Div(id=ids.DARK_HEAD, className="cc-bag"),
                    html.Div(id=ids.DARK_BAR, className="jdw"),
                    html.Div([html.Span(str(hour)) for hour in (0, 6, 12, 18, 24)], className="jx"),
                    html.Div(id=ids.DARK, className="jt"),
                ]
            ),
        ],
        className="ka",
    )
