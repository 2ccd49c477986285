"""The skeleton of the page of one service, and its parts as pure functions of a view."""

from __future__ import annotations

from typing import Any

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from command_centre.domain.target import TargetKey
from command_centre.read.details import Period
from command_centre.read.service_details import ServiceDetail, ServiceHistory, Waiting
from command_centre.read.services import ServiceRow
from command_centre.read.views import Condition
from layouts.console.service import ids
from layouts.parts.glyph import state_class
from layouts.wording import ABSENT, Words
from layouts.wording.services import ServiceWords, service_words

REFRESH_MS = 30_000
CHART_CONFIG: Any = {"displayModeBar": False, "responsive": True}
MOST_WAITING = 12
"""Open items listed one by one, the most urgent first; how many there are altogether is told."""


def skeleton(words: Words) -> Component:
    """Head; left the facts, the parts and what waits; right the charts of one period."""
    own = service_words(words)
    periods = dbc.RadioItems(
        id=ids.PERIOD,
        options=[{"label": words.say.period_names[each.value], "value": each.value} for each in Period],
        value=Period.DAY.value,
        inline=True,
        class_name="rentang",
        input_class_name="btn-check",
        label_class_name="btn btn-sm btn-outline-secondary",
        label_checked_class_name="active",
    )
    charts = [
        _chart(ids.RESPONSE, own.say.response_chart),
        _chart(ids.QUEUE, own.say.queue_chart),
        _chart(ids.AVAILABILITY, words.say.availability_chart),
    ]
    tools = html.Div([periods, html.Span(id=ids.SUMMARY, className="ringkas")], className="alat")
    skeleton: Component = dbc.Container(
        [
            dcc.Location(id=ids.ADDRESS, refresh=False),
            dcc.Interval(id=ids.TICK, interval=REFRESH_MS),
            html.Header(id=ids.HEAD),
            dbc.Row(
                [
                    dbc.Col([html.Section(id=ids.FACTS), html.Section(id=ids.WORK)], width=12, lg=4),
                    dbc.Col([tools, *charts], lg=8),
                ]
            ),
        ],
        fluid=True,
        class_name="titik",
    )
    return skeleton


def _chart(key: str, title: str) -> Component:
    graph = dcc.Graph(id=key, config=CHART_CONFIG, style={"height": "210px"})
    return html.Section([html.Div([html.H2(title)], className="judul"), graph], className="grafik")


def key_in(address: str | None) -> TargetKey:
    """The key of the service in the address of the page."""
    return TargetKey((address or "").removeprefix(ids.PREFIX).strip("/"))


def head(detail: ServiceDetail | None, words: Words) -> list[Component]:
    """Its name and state; how long; why."""
    back = html.A(service_words(words).say.back_to_wall, href="/wall/layanan", className="kembali")
    if detail is None:
        return [html.H1(service_words(words).say.unknown), back]
    mark = [html.Span(words.say.simulated, className="contoh")] if detail.is_simulated else []
    look = state_class(detail.row.condition)
    state = html.P([html.I(className=f"cc-glif {look}"), html.B(state_text(detail, words))], className=f"keadaan {look}")
    return [html.Div([html.H1(detail.row.name), *mark, back], className="nama-titik"), state]


def state_text(detail: ServiceDetail, words: Words) -> str:
    """E.g. "lambat 42 m, 3,2 detik"."""
    row, own = detail.row, service_words(words)
    if row.condition is Condition.NO_ADDRESS:
        return f"{own.say.absent}: {own.say.no_interface}"
    state = words.condition(row.condition)
    since = f" {words.age(detail.generated_at - row.since)}" if row.since is not None else ""
    if row.condition is Condition.SLOW and row.total_seconds is not None:
        return f"{state}{since}, {own.seconds(row.total_seconds)}"
    reason = words.reason(row.reason)
    return f"{state}{since}" if row.condition is Condition.NORMAL or reason == state else f"{state}{since}, {reason}"


def facts(detail: ServiceDetail | None, words: Words) -> list[Component]:
    """What the register says, and its parts."""
    if detail is None:
        return []
    say = service_words(words).say
    whole = "" if detail.whole is None else html.A(detail.whole[1], href=f"{ids.PREFIX}{detail.whole[0]}")
    pairs: list[tuple[str, Any]] = [
        (words.say.owner, detail.owner),
        (say.parts_of, whole),
        (say.service_level, detail.service_level),
        (say.hours, detail.hours or (say.office_hours if detail.service_level else "")),
        (words.say.listed_by, detail.register_source),
        (say.note, detail.note),
    ]
    optional = (say.parts_of, say.hours, say.note)
    listed = [part for name, text in pairs if text or name not in optional for part in (html.Dt(name), html.Dd(text or ABSENT))]
    return [html.Dl(listed, className="fakta"), *_parts(detail, words)]


def _parts(detail: ServiceDetail, words: Words) -> list[Component]:
    if not detail.parts:
        return []
    rows = [_part(each, words) for each in detail.parts]
    return [html.H2(service_words(words).say.parts), html.Table(html.Tbody(rows), className="sumber")]


def _part(row: ServiceRow, words: Words) -> Component:
    own = service_words(words)
    look = state_class(row.condition)
    word = own.say.absent if row.condition is Condition.NO_ADDRESS else words.condition(row.condition)
    queue = ABSENT if row.queue is None else f"{words.number(row.queue)} {row.queue_word or own.say.in_queue}"
    return html.Tr(
        [
            html.Td(html.A(row.name, href=f"{ids.PREFIX}{row.key}")),
            html.Td([html.I(className=f"cc-glif {look}"), f" {word}"]),
            html.Td(queue),
        ]
    )


def work(detail: ServiceDetail | None, words: Words) -> list[Component]:
    """What waits, the most urgent first, each with what is left of its time."""
    if detail is None:
        return []
    own, row = service_words(words), detail.row
    figures = [
        (own.say.queue_column, row.queue),
        (own.say.processed_today, row.processed_today),
        (own.say.overdue, row.overdue),
    ]
    told = [part for name, value in figures if value is not None for part in (html.Dt(name), html.Dd(words.number(value)))]
    if row.submission is not None:
        told += [html.Dt(own.say.due), html.Dd(own.submission(row.submission))]
    lead = html.Dl(told, className="fakta") if told else html.P(own.say.nothing_told, className="redup")
    return [html.H2(own.say.work), lead, *_waiting(detail, own)]


def _waiting(detail: ServiceDetail, own: ServiceWords) -> list[Component]:
    if not detail.waiting:
        return []
    rows = [_item(each, detail, own) for each in detail.waiting[:MOST_WAITING]]
    more = len(detail.waiting) - MOST_WAITING
    rest = [html.P(own.words.and_more(more), className="redup")] if more > 0 else []
    return [html.H2(own.say.open_items), html.Table(html.Tbody(rows), className="sumber"), *rest]


def _item(item: Waiting, detail: ServiceDetail, own: ServiceWords) -> Component:
    words, now = own.words, detail.generated_at
    if item.due is None:
        left = own.say.no_deadline
    elif item.due < now:
        left = f"{own.say.overdue} {words.age(now - item.due)}"
    else:
        left = f"{own.say.due} {words.moment(item.due, now)}"
    look = "k-terputus" if item.due is not None and item.due < now else "k-normal"
    return html.Tr([html.Td(words.moment(item.opened, now)), html.Td([html.I(className=f"cc-glif {look}"), f" {left}"])])


def summary(history: ServiceHistory | None, words: Words) -> list[Any]:
    """Availability over the whole period with its coverage; rounded down."""
    if history is None:
        return []
    say, whole = words.say, history.whole
    available = words.percent_down(whole.availability, 2) if whole.availability is not None else say.unwatched
    coverage = f", {say.coverage} {words.percent_down(whole.coverage, 1)}" if whole.coverage is not None else ""
    return [f"{say.availability} ", html.B(available), coverage]
