"""The browser of targets: its skeleton, and its parts as pure functions of a view."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import dash_ag_grid as dag
import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from command_centre.domain.availability import Account
from command_centre.domain.person import Person, Right
from command_centre.domain.target import TargetKind
from command_centre.read.register import TargetPage, TargetRow, TargetSheet
from command_centre.read.target_past import CHARTED, Past, Reach
from layouts.console import past_figures
from layouts.console.browser import ids
from layouts.console.incidents.listing import name_of, symptom
from layouts.console.incidents.page import CHART_CONFIG, filter_field
from layouts.console.place import INCIDENTS, REACH, Place
from layouts.parts.glyph import severity_class, status_class
from layouts.wording import ABSENT, Words
from layouts.wording.console import ConsoleWords, console_words

ROWS_AT_ONCE = 100
COLUMNS = ("status", "name", "kind", "owner", "kelurahan", "since")
OWN_PAGES: Mapping[TargetKind, str] = {TargetKind.HOTSPOT: "/titik/", TargetKind.SERVICE: "/layanan/"}
THEME = (
    "themeBalham.withParams({backgroundColor:'#1B1D1F',foregroundColor:'#ECEEEF',borderColor:'#4C5258',headerBackgroundColor:'#272B2E',"
    "headerTextColor:'#98A0A7',oddRowBackgroundColor:'#1B1D1F',rowHoverColor:'#272B2E',selectedRowBackgroundColor:'#373C41',"
    "accentColor:'#ECEEEF',fontFamily:'inherit',fontSize:13,wrapperBorder:false,browserColorScheme:'dark'})"
)
"""The grid is drawn with our tokens: its own themes know nothing of grey as normal."""


def skeleton(place: Place, kelurahan: Mapping[str, str], owners: Sequence[str], words: Words) -> list[Component]:
    """Left the table, right one target."""
    say = console_words(words.language)
    asked = place.asked
    filters = html.Div(
        [
            dbc.Input(
                id=ids.SEARCH, value=asked.text, placeholder=say.search_hint, debounce=0.3, type="search", autocomplete="off"
            ),
            filter_field(ids.KIND, say.all_kinds, {each.value: say.kinds[each] for each in TargetKind}, asked.kind or ""),
            filter_field(ids.KELURAHAN, say.all_kelurahan, kelurahan, asked.kelurahan),
            filter_field(ids.OWNER, say.all_owners, {each: each for each in owners}, asked.owner),
        ],
        className="saring",
        role="search",
    )
    return [
        html.Div([filters, html.Div(id=ids.TABLE)], className="kiri"),
        html.Main(
            [
                html.Div(id=ids.HEAD),
                html.Div(id=ids.RESULT, className="hasil", role="status"),
                html.Div(id=ids.REACHES),
                html.Div(id=ids.CHARTS),
                html.Div(id=ids.FACTS),
            ],
            className="kanan",
        ),
    ]


def table(place: Place, words: Words) -> Component:
    """The grid; another filter is another grid, so that nothing of the old one is left in it."""
    say = console_words(words.language)
    titles = {
        "status": say.state,
        "name": say.target,
        "kind": say.kind,
        "owner": say.owner,
        "kelurahan": say.kelurahan,
        "since": say.since,
    }
    flex = {"status": 1.4, "name": 2.2, "kind": 0.9, "owner": 1.6, "kelurahan": 1.1, "since": 1}
    asked = place.asked
    grid = dag.AgGrid(
        id=ids.GRID,
        rowModelType="infinite",
        columnDefs=[{"field": each, "headerName": titles[each], "flex": flex[each]} for each in COLUMNS],
        defaultColDef={"sortable": True, "resizable": True, "suppressMovable": True, "minWidth": 60},
        dashGridOptions={
            "theme": {"function": THEME},
            "cacheBlockSize": ROWS_AT_ONCE,
            "maxBlocksInCache": 10,
            "rowHeight": 28,
            "headerHeight": 28,
            "rowSelection": {"mode": "singleRow", "checkboxes": False, "enableClickSelection": True},
            "animateRows": False,
            "loadThemeGoogleFonts": False,
        },
        getRowId="params.data.key",
        style={"height": "100%", "width": "100%"},
    )
    key = f"{asked.kind} {asked.kelurahan} {asked.owner} {asked.text} {words.language.value}"
    framed: Component = html.Div(grid, key=key, style={"height": "100%"})
    return framed


def lines(page: TargetPage, names: Mapping[str, str], now: Any, words: Words) -> dict[str, Any]:
    """Some lines as the grid takes them: plain text in every cell."""
    say = console_words(words.language)
    return {"rowData": [_cells(each, names, now, words, say) for each in page.rows], "rowCount": page.total}


def _cells(row: TargetRow, names: Mapping[str, str], now: Any, words: Words, say: ConsoleWords) -> dict[str, str]:
    return {
        "key": row.key,
        "status": state_of(row, words),
        "name": row.name,
        "kind": say.kinds[row.kind],
        "owner": row.owner,
        "kelurahan": names.get(row.kelurahan, row.kelurahan),
        "since": say.never if row.since is None else words.age(now - row.since),
    }


def state_of(row: TargetRow, words: Words) -> str:
    """E.g. "terputus, galat HTTP"; where both words are one, it is said once."""
    return ", ".join(dict.fromkeys([words.status(row.status), words.reason(row.reason)]))


# -- one target


def head(sheet: TargetSheet | None, place: Place, person: Person | None, words: Words) -> list[Component]:
    """Its name and how it is."""
    say = console_words(words.language)
    if sheet is None:
        return [html.P(say.no_such_target if place.target else say.choose_target, className="kosong")]
    row = sheet.row
    since = say.never if row.since is None else f"{say.since.lower()} {words.moment(row.since, sheet.as_of)}"
    state: list[Any] = [html.I(className=f"cc-glif {status_class(row.status)}"), f" {state_of(row, words)}, {since}"]
    may = person is not None and person.may(Right.RECHECK) and row.address is not None
    again = [html.Button(say.recheck, id=ids.RECHECK, type="button", className="muat")] if may else []
    return [html.H1(row.name), html.P(state, className="keadaan"), *again]


def reaches(place: Place, words: Words) -> Component:
    """How far back: a link each, so that it stands in the address."""
    say = console_words(words.language)
    links = [
        dcc.Link(
            say.reaches[each],
            href=place.with_filter(**{REACH: "" if each is Reach.DAY else each.value}).href,
            className="on" if each is place.reach else "",
            refresh=False,
        )
        for each in Reach
    ]
    strip: Component = html.Nav(links, className="rentang")
    return strip


def charts(past: Past, words: Words, theme: str) -> list[Component]:
    """Every charted quantity, then availability."""
    say = console_words(words.language)
    metrics = CHARTED[past.kind] or (None,)
    drawn = [(say.metrics[each or ""], past_figures.line(past, each, words, theme)) for each in metrics]
    drawn.append((f"{say.availability} (%)", past_figures.availability(past, words, theme)))
    parts: list[Component] = [html.P(summary(past.whole, words, say), className="ringkas")]
    for title, figure in drawn:
        graph = dcc.Graph(figure=figure, config=CHART_CONFIG, style={"height": "170px"})
        parts.append(html.Section([html.H2(title), graph]))
    return parts


def summary(whole: Account, words: Words, say: ConsoleWords) -> str:
    """E.g. "Ketersediaan 99,93 %, terukur 98 %"; nothing is claimed of what was not measured."""
    share = ABSENT if whole.availability is None else words.percent_down(whole.availability, 2)
    covered = ABSENT if whole.coverage is None else words.percent_down(whole.coverage)
    return f"{say.availability} {share}, {say.measured} {covered}"


def facts(sheet: TargetSheet, names: Mapping[str, str], place: Place, words: Words) -> list[Component]:
    """What the register says, and its newest incidents."""
    say = console_words(words.language)
    row = sheet.row
    known = [
        (say.owner, row.owner),
        (say.kelurahan, names.get(row.kelurahan, row.kelurahan)),
        (say.last_look, say.never if row.last_seen is None else words.moment(row.last_seen, sheet.as_of)),
        ("key", row.key),
        *sorted(sheet.attributes.items()),
        ("parents", ", ".join(sheet.parents)),
    ]
    pairs = [part for name, text in known if text for part in (html.Dt(name), html.Dd(text))]
    own = OWN_PAGES.get(row.kind)
    page = [html.P(html.A(say.open_target, href=f"{own}{row.key}"))] if own else []
    return [html.Section([html.H2(say.target), html.Dl(pairs, className="fakta"), *page]), _incidents(sheet, place, words, say)]


def _incidents(sheet: TargetSheet, place: Place, words: Words, say: ConsoleWords) -> Component:
    rows = [
        html.Tr(
            [
                html.Td(html.Span(words.severity(each.severity), className=f"cc-prio {severity_class(each.severity)}")),
                html.Td(dcc.Link(name_of(each, words), href=place.at(INCIDENTS, str(each.id)).href, refresh=False)),
                html.Td(symptom(each, words, say)),
                html.Td(words.moment(each.opened_at, sheet.as_of), className="n"),
                html.Td(words.age((each.resolved_at or sheet.as_of) - each.opened_at), className="n"),
            ]
        )
        for each in sheet.incidents
    ]
    inside = html.Table(html.Tbody(rows), className="tbl") if rows else html.P(say.nothing_here, className="kosong")
    section: Component = html.Section([html.H2(say.incident), inside])
    return section
