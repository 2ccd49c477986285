"""The skeleton of the summary screen: fixed containers, no data."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from command_centre.domain.target import Dimension
from layouts.wall.ringkasan import ids
from layouts.wall.ringkasan.cartogram import PANELS, SETTLEMENT_SPOTS, SPOTS

DIMENSIONS = (
    Dimension.GOVERNANCE,
    Dimension.BRANDING,
    Dimension.ECONOMY,
    Dimension.LIVING,
    Dimension.SOCIETY,
    Dimension.ENVIRONMENT,
)


def skeleton() -> Component:
    """Verdict; numbers, map and incidents side by side; the six dimensions at the foot."""
    return html.Div(
        [_verdict(), html.Div([_numbers(), _map(), _incidents()], className="cc-bawah"), _dimensions()],
        className="cc-isi ringkasan",
    )


def _verdict() -> Component:
    words = html.Div([html.H1(id=ids.SENTENCE), html.P(id=ids.SUPPORT, className="cc-luruh lepas-3")])
    return html.Section([html.Div(id=ids.PLATE, className="cc-plat"), words], className="cc-vonis")


def _numbers() -> Component:
    return html.Div(
        [html.Section(id=each, className="cc-angka") for each in (ids.SITES, ids.HOTSPOTS, ids.SERVICES, ids.INCIDENT_COUNT)],
        className="cc-deret",
    )


def _map() -> Component:
    grounds = [html.Div(className="cc-kec", style={"gridArea": each.area}) for each in PANELS]
    headings = [
        html.Div(id=ids.kecamatan(each.code), className="cc-kec-j", style={"gridArea": each.heading_area}) for each in PANELS
    ]
    tiles = [html.Div(id=ids.kelurahan(each.code), className="cc-tempat", style={"gridArea": each.area}) for each in SPOTS]
    tiles += [
        html.Div(id=ids.settlement(each.code), className="cc-tempat", style={"gridArea": each.area}) for each in SETTLEMENT_SPOTS
    ]
    rest = [
        html.Div(id=ids.NOWHERE_HEAD, className="cc-kec-j", style={"gridArea": "5/1"}),
        html.Div(id=ids.NOWHERE, className="cc-tempat", style={"gridArea": "6/1"}),
        html.Div(id=ids.MAP_LEGEND, className="cc-ket", style={"gridArea": "7/1/9/2"}),
    ]
    return html.Section(
        [html.Div(id=ids.MAP_HEAD, className="cc-bag"), html.Div([*grounds, *headings, *tiles, *rest], className="cc-peta")],
        className="cc-kol lepas-1",
    )


def _incidents() -> Component:
    return html.Section(
        [html.Div(id=ids.INCIDENTS_HEAD, className="cc-bag"), html.Ol(id=ids.INCIDENTS, className="cc-ins cc-luruh")],
        className="cc-daftar",
    )


def _dimensions() -> Component:
    bars = html.Div([html.Div(id=ids.dimension(each)) for each in DIMENSIONS], className="cc-dim")
    return html.Section([html.Div(id=ids.DIMENSIONS_HEAD, className="j"), bars], className="cc-dimensi lepas-1")
