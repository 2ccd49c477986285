"""The skeleton of the page of one hotspot, and its parts as pure functions of a view."""

from __future__ import annotations

from typing import Any

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from command_centre.domain.target import TargetKey
from command_centre.read.details import HotspotDetail, HotspotHistory, Period, Said
from layouts.console.hotspot import ids
from layouts.parts.hotspot import hotspot_class
from layouts.wall.places import KELURAHAN
from layouts.wording import ABSENT, Words

REFRESH_MS = 30_000
CHART_CONFIG: Any = {"displayModeBar": False, "responsive": True}
CHART_HEIGHTS = {ids.CLIENTS: 230, ids.TRAFFIC: 230, ids.AVAILABILITY: 210}
SYNTHETIC = "sintetis"
"""How the register marks a row that is made up."""


def skeleton(words: Words) -> Component:
    """Head; left the facts and what the sources said; right the charts of one period."""
    say = words.say
    periods = dbc.RadioItems(
        id=ids.PERIOD,
        options=[{"label": say.period_names[each.value], "value": each.value} for each in Period],
        value=Period.DAY.value,
        inline=True,
        class_name="rentang",
        input_class_name="btn-check",
        label_class_name="btn btn-sm btn-outline-secondary",
        label_checked_class_name="active",
    )
    charts = [
        _chart(ids.CLIENTS, say.clients_chart, say.planned_band),
        _chart(ids.TRAFFIC, say.traffic_chart),
        _chart(ids.AVAILABILITY, say.availability_chart),
    ]
    skeleton: Component = dbc.Container(
        [
            dcc.Location(id=ids.ADDRESS, refresh=False),
            dcc.Interval(id=ids.TICK, interval=REFRESH_MS),
            html.Header(id=ids.HEAD),
            dbc.Row(
                [
                    dbc.Col([html.Section(id=ids.FACTS), html.Section(id=ids.SOURCES)], width=12, lg=4),
                    dbc.Col(
                        [html.Div([periods, html.Span(id=ids.SUMMARY, className="ringkas")], className="alat"), *charts], lg=8
                    ),
                ]
            ),
        ],
        fluid=True,
        class_name="titik",
    )
    return skeleton


def _chart(key: str, title: str, aside: str = "") -> Component:
    head = html.Div([html.H2(title), html.Span(aside)], className="judul")
    graph = dcc.Graph(id=key, config=CHART_CONFIG, style={"height": f"{CHART_HEIGHTS[key]}px"})
    return html.Section([head, graph], className="grafik")


def key_in(address: str | None) -> TargetKey:
    """The key of the hotspot in the address of the page."""
    return TargetKey((address or "").removeprefix(ids.PREFIX).strip("/"))


def head(detail: HotspotDetail | None, words: Words) -> list[Component]:
    """Its name and state; how long; when it was last heard of."""
    back = html.A(words.say.back_to_wall, href="/wall/wifi", className="kembali")
    if detail is None:
        return [html.H1(words.say.unknown_hotspot), back]
    mark = [html.Span(words.say.simulated, className="contoh")] if detail.is_simulated else []
    look = hotspot_class(detail.state)
    state = html.P([html.I(className=f"cc-glif {look}"), html.B(state_text(detail, words))], className=f"keadaan {look}")
    return [html.Div([html.H1(detail.name), *mark, back], className="nama-titik"), state]


def state_text(detail: HotspotDetail, words: Words) -> str:
    """E.g. "terputus 26 m, waktu habis"; planned time says when it ends."""
    state = words.hotspot_state(detail.state)
    if detail.planned_until is not None:
        return f"{state}, s.d. {words.time(detail.planned_until)}"
    since = f" {words.age(detail.generated_at - detail.since)}" if detail.since is not None else ""
    reason = words.reason(detail.reason)
    return f"{state}{since}" if reason == state else f"{state}{since}, {reason}"


def facts(detail: HotspotDetail | None, words: Words) -> Component | str:
    """What the register says."""
    if detail is None:
        return ""
    say = words.say
    rows = [
        (say.kelurahan, _place(detail)),
        (say.provider, detail.provider),
        (say.speed_class, f"{detail.class_mbps} {say.mbps}" if detail.class_mbps else ""),
        (say.place_type, detail.place_type),
        (say.capacity, words.capacity_of(detail.capacity)),
        (say.depends_on, ", ".join(each.name for each in detail.parents)),
        (say.coordinates, _coordinates(detail, words)),
        (say.owner, detail.owner),
        (say.listed_by, say.synthetic if detail.register_source == SYNTHETIC else detail.register_source),
    ]
    return html.Dl([part for name, text in rows for part in (html.Dt(name), html.Dd(text or ABSENT))], className="fakta")


def _place(detail: HotspotDetail) -> str:
    name = KELURAHAN.get(detail.kelurahan, detail.kelurahan) if detail.kelurahan is not None else ""
    return ", ".join(part for part in (name, detail.settlement) if part)


def _coordinates(detail: HotspotDetail, words: Words) -> str:
    if detail.latitude is None or detail.longitude is None:
        return ""
    return f"{words.number(detail.latitude, 5)}; {words.number(detail.longitude, 5)}"


def sources(detail: HotspotDetail | None, words: Words) -> list[Component]:
    """What each source last said, newest first."""
    if detail is None:
        return []
    say = words.say
    if not detail.sources:
        return [html.H2(say.last_words), html.P(say.nobody_spoke, className="redup")]
    headings = html.Tr([html.Th(each) for each in (say.source_column, say.when, say.what)])
    rows = [row for each in detail.sources for row in _said(each, detail, words)]
    return [html.H2(say.last_words), html.Table([html.Thead(headings), html.Tbody(rows)], className="sumber")]


def _said(said: Said, detail: HotspotDetail, words: Words) -> list[Component]:
    figures = [text for name, value in sorted(said.values.items()) if (text := words.metric(name, value)) is not None]
    what = words.status(said.status)
    reason = words.reason(said.reason)
    row = html.Tr(
        [
            html.Td(words.source(said.source)),
            html.Td(words.moment(said.at, detail.generated_at)),
            html.Td(what if what == reason else f"{what}, {reason}"),
        ]
    )
    about = " · ".join([*([said.detail] if said.detail else []), *figures])
    return [row, html.Tr(html.Td(about, colSpan=3), className="angka")] if about else [row]


def summary(history: HotspotHistory | None, words: Words) -> list[Any]:
    """Availability over the whole period with its coverage; rounded down."""
    if history is None:
        return []
    say, whole = words.say, history.whole
    available = words.percent_down(whole.availability, 2) if whole.availability is not None else say.unwatched
    coverage = f", {say.coverage} {words.percent_down(whole.coverage, 1)}" if whole.coverage is not None else ""
    return [f"{say.availability} ", html.B(available), coverage]
