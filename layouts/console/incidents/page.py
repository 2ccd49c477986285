"""The skeleton of the page of incidents: the list at the left, one incident at the right. Buttons only for those who may."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from command_centre.domain.incident import Cause
from command_centre.domain.person import Person, Right
from command_centre.domain.rule import Severity
from command_centre.domain.target import TargetKind
from layouts.console.incidents import ids
from layouts.console.incidents.deeds import LENGTHS
from layouts.console.place import Place
from layouts.wording import Words
from layouts.wording.console import ConsoleWords, console_words
from layouts.wording.duty import cause_word

CHART_CONFIG: Any = {"displayModeBar": False, "responsive": True}
CAUSES = tuple(each for each in Cause if each not in (Cause.POWER, Cause.NOT_A_FAULT))
MOST_LETTERS = 500
EVERYTHING = "*"
"""What a field says that filters nothing: an empty one would be shown empty."""


def skeleton(
    place: Place, person: Person | None, people: Sequence[str], kelurahan: Mapping[str, str], owners: Sequence[str], words: Words
) -> list[Component]:
    """List and detail. What is filtered stands in the address and is shown in the fields."""
    say = console_words(words.language)
    filters = _filters(place, kelurahan, owners, words, say)
    return [
        html.Aside([filters, html.Div(id=ids.LIST), html.Div(id=ids.BESIDE, className="samping")], className="kl"),
        html.Main([_choose(say), _detail(person, people, words, say)], className="kd"),
    ]


def _filters(place: Place, kelurahan: Mapping[str, str], owners: Sequence[str], words: Words, say: ConsoleWords) -> Component:
    asked = place.asked
    fields = [
        dbc.Input(
            id=ids.SEARCH,
            value=asked.text,
            placeholder=say.search_hint,
            debounce=0.3,
            type="search",
            html_size="14",
            autocomplete="off",
        ),
        filter_field(
            ids.SEVERITY, say.all_severities, {each.value: words.severity(each) for each in Severity}, asked.severity or ""
        ),
        filter_field(ids.KIND, say.all_kinds, {each.value: say.kinds[each] for each in TargetKind}, asked.kind or ""),
        filter_field(ids.KELURAHAN, say.all_kelurahan, kelurahan, asked.kelurahan),
        filter_field(ids.OWNER, say.all_owners, {each: each for each in owners}, asked.owner),
    ]
    strip: Component = html.Div(fields, className="saring", role="search")
    return strip


def filter_field(key: str, everything: str, options: Mapping[str, str], value: str) -> Component:
    """A field of the filter; its first choice filters nothing."""
    known = [{"label": everything, "value": EVERYTHING}, *({"label": label, "value": word} for word, label in options.items())]
    if value and value not in options:
        known.append({"label": value, "value": value})  # an address may name what is not there (any more)
    field: Component = dbc.Select(id=key, options=known, value=value or EVERYTHING, size="sm")
    return field


def _choose(say: ConsoleWords) -> Component:
    keys = [part for key, meaning in say.key_list for part in (html.Dt(html.Kbd(key)), html.Dd(meaning))]
    hint: Component = html.Div(
        [html.P(say.choose, className="besar"), html.P(say.choose_hint), html.H2(say.keys), html.Dl(keys, className="tombol")],
        id=ids.CHOOSE,
        className="pilih",
    )
    return hint


def _detail(person: Person | None, people: Sequence[str], words: Words, say: ConsoleWords) -> Component:
    graph = dcc.Graph(id=ids.CHART, config=CHART_CONFIG, style={"height": "218px"})
    chart = html.Section([html.H2(id=ids.CHART_TITLE), graph], className="grafik")
    may_act = person is not None and person.may(Right.ACT_ON_INCIDENT)
    story = [html.Div(id=ids.STORY, className="cerita"), *([_note(say)] if may_act else [])]
    detail: Component = html.Div(
        [
            html.Div(id=ids.HEAD),
            *([_deeds(people, words, say)] if may_act else []),
            html.Div(id=ids.RESULT, className="hasil", role="status"),
            html.Div(id=ids.STANDING, className="liputan"),
            chart,
            html.Div([html.Section(story), html.Section(html.Div(id=ids.SYMPTOMS))], className="du"),
        ],
        id=ids.DETAIL,
        hidden=True,
    )
    return detail


def _button(text: str, deed: str, key: str, kind: str = "") -> Component:
    mark = [html.Kbd(key)] if key else []
    attributes: dict[str, Any] = {"data-tombol": key.lower()} if key else {}
    button: Component = html.Button([text, *mark], id=ids.deed(deed), type="button", className=kind, **attributes)
    return button


def _deeds(people: Sequence[str], words: Words, say: ConsoleWords) -> Component:
    """The bar of buttons. Those that need words open a small form."""
    bar: Component = html.Div(
        [
            _button(say.take, "terima", "A", "kn"),
            _button(say.take_back, "batal", ""),
            _form(say.assign, "T", "tugaskan", say, [_label(say.assign_to, _names(people))]),
            _button(say.power, "pln", "P"),
            _button(say.not_a_fault, "bukan", "B"),
            _form(say.cause, "", "sebab", say, [_label(say.cause, _causes(words))]),
            _form(
                say.quiet,
                "D",
                "tunda",
                say,
                [_label(say.length, _lengths(say)), _label(say.reason, _text(ids.REASON, say.reason_hint))],
            ),
            _form(say.plan, "M", "rawat", say, _work(say)),
            _button(say.recheck, "uji", "U"),
        ],
        className="ak",
    )
    return bar


def _form(text: str, key: str, deed: str, say: ConsoleWords, fields: Sequence[Component]) -> Component:
    mark = [html.Kbd(key)] if key else []
    attributes: dict[str, Any] = {"data-tombol": key.lower()} if key else {}
    inside = html.Div([*fields, html.Button(say.keep, id=ids.deed(deed), type="button", className="kn")], className="isian")
    form: Component = html.Details([html.Summary([text, *mark]), inside], **attributes)
    return form


def _label(text: str, field: Component) -> Component:
    label: Component = html.Label([html.Span(text), field])
    return label


def _text(key: str, hint: str, value: str = "") -> Component:
    field: Component = dbc.Input(id=key, value=value, placeholder=hint, maxlength=MOST_LETTERS, size="sm", autocomplete="off")
    return field


def _names(people: Sequence[str]) -> Component:
    field: Component = html.Div(
        [
            dbc.Input(id=ids.ASSIGNEE, value="", list="konsol-petugas", maxlength=80, size="sm", autocomplete="off"),
            html.Datalist([html.Option(value=each) for each in people], id="konsol-petugas"),
        ]
    )
    return field


def _causes(words: Words) -> Component:
    options = [{"label": cause_word(each, words.language), "value": each.value} for each in CAUSES]
    field: Component = dbc.Select(id=ids.CAUSE, options=options, value=CAUSES[0].value, size="sm")
    return field


def _lengths(say: ConsoleWords) -> Component:
    options = [{"label": say.lengths[each], "value": each} for each in LENGTHS]
    field: Component = dbc.Select(id=ids.LENGTH, options=options, value="1h", size="sm")
    return field


def _work(say: ConsoleWords) -> list[Component]:
    return [
        _label(say.plan_name, _text(ids.WORK, "")),
        _label(say.plan_from, _text(ids.WORK_FROM, say.plan_hint)),
        _label(say.plan_until, _text(ids.WORK_UNTIL, say.plan_hint)),
    ]


def _note(say: ConsoleWords) -> Component:
    field = dbc.Input(id=ids.NOTE, value="", placeholder=say.note_hint, maxlength=MOST_LETTERS, autocomplete="off", n_submit=0)
    save = html.Button([say.save, html.Kbd("Enter")], id=ids.deed("catat"), type="button")
    note: Component = html.Div([field, save], className="ct")
    return note
