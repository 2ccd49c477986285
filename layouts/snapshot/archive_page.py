"""The archive of snapshots: skeleton, and its regions as pure functions of what was frozen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from command_centre.domain.narrative import MeasureName, measures, points
from command_centre.domain.seal import Seal
from command_centre.domain.snapshot import Snapshot
from command_centre.read.snapshots import ArchiveLine
from layouts.snapshot import ids
from layouts.wording import ABSENT, Words
from layouts.wording.snapshot import MEASURES, SnapshotWords
from layouts.wording.snapshot_archive import ArchiveWords, archive_words
from layouts.wording.snapshot_desk import desk_words
from layouts.wording.snapshot_document import Document, document

FORMS = ("pdf", "png", "html", "xlsx", "json")
AVAILABILITIES = ("site_availability", "hotspot_availability", "service_availability")


def skeleton(words: Words) -> Component:
    """The list, the comparison, and room for one period."""
    say = archive_words(words.language)
    chooser = [dbc.Select(id=key, options=[], placeholder=say.period, class_name="pilih") for key in (ids.FIRST, ids.SECOND)]
    page: Component = dbc.Container(
        [
            dcc.Location(id=ids.ADDRESS, refresh=False),
            html.Header([html.H1(say.title), _elsewhere(words)]),
            html.Main(
                [
                    html.Article(id=ids.PERIOD),
                    html.Section([html.H2(say.all_periods), html.Div(id=ids.LIST, className="gulir")]),
                    html.Section([html.H2(say.compare), html.Div(chooser, className="pilihan"), html.Div(id=ids.COMPARISON)]),
                ]
            ),
        ],
        fluid=True,
        class_name="titik arsip",
    )
    return page


def _elsewhere(words: Words) -> Component:
    """The desk pages: what was promised, and who signed."""
    say = desk_words(words.language)
    return html.Nav([html.A(say.follow_ups, href=ids.FOLLOW_UPS), " ", html.A(say.approvals, href=ids.APPROVALS)])


def period_in(address: str | None) -> str:
    """The name of the period in the address; empty for the archive itself."""
    return (address or "").removeprefix(ids.PREFIX.rstrip("/")).strip("/")


def options(lines: Sequence[ArchiveLine], words: Words) -> list[dict[str, str]]:
    """What can be chosen for comparison."""
    say = SnapshotWords(words)
    return [{"label": say.title(each.period), "value": each.period} for each in lines]


def listing(lines: Sequence[ArchiveLine], words: Words) -> Component:
    """Every frozen period, newest first, with its three numbers and its files."""
    say = archive_words(words.language)
    if not lines:
        return html.P(say.none)
    thing = SnapshotWords(words)
    numbers = [thing.pair(MEASURES[name]) for name in (MeasureName.SITES, MeasureName.HOTSPOTS, MeasureName.SERVICES)]
    heads = [say.period, *numbers, thing.pair(MEASURES[MeasureName.CLOSED]), say.revision, say.seal, say.files]
    return _table(heads, [_line(each, thing, say) for each in lines])


def _line(line: ArchiveLine, words: SnapshotWords, say: ArchiveWords) -> list[Any]:
    figures = line.figures
    closed, touching = figures.get("incidents_closed"), figures.get("incidents")
    late = [html.Br(), html.Small(say.late)] if line.has_late_data else []
    simulated = [html.Br(), html.Small(say.simulated)] if line.is_simulated else []
    return [
        [html.A(words.title(line.period), href=f"{ids.PREFIX}{line.period}"), *late, *simulated],
        *(words.percent(figures.get(name)) for name in AVAILABILITIES),
        ABSENT if closed is None or touching is None else f"{words.number(closed)} / {words.number(touching)}",
        str(line.revision),
        html.Code(line.seal[:12]),
        _files(line.period, line.revision, say),
    ]


def _files(period: str, revision: int, say: ArchiveWords) -> list[Any]:
    names = (say.paper, say.card, say.page, say.workbook, say.sealed_file)
    links = [html.A(name, href=f"{ids.FILES}{period}/{revision}/{form}") for name, form in zip(names, FORMS, strict=True)]
    return [part for link in links for part in (link, " ")][:-1]


def period(found: tuple[Seal, Snapshot] | None, name: str, words: Words) -> list[Any]:
    """One period as it was frozen; empty in the archive itself."""
    say = archive_words(words.language)
    if not name:
        return []
    if found is None:
        return [html.P(say.unknown), html.A(say.back, href=ids.PREFIX)]
    seal, snap = found
    told = document(snap, seal, SnapshotWords(words))
    marks = [html.Span(text, className="contoh") for text in (told["simulated"], told["incomplete"]) if text]
    return [
        html.P([html.A(say.back, href=ids.PREFIX), " ", *_files(seal.period, seal.revision, say)]),
        html.H2([told["name"], " ", *marks]),
        html.P(told["period"]),
        html.P([_sentence(each) for each in told["verdict"]], className="vonis"),
        _section(told["measures"]["title"], _measures(told["measures"])),
        _section(told["dimensions"]["title"], _dimensions(told)),
        _section(told["stories"]["title"], _stories(told)),
        html.P([html.Strong(told["decision"]["title"]), " ", _sentence(told["decision"])], className="kotak"),
        _section(told["areas"]["title"], _areas(told)),
        _section(told["districts"]["head"][0], _districts(told)),
        _section(told["attention"]["head"][0], _table_and_note(told["attention"])),
        _section(told["follow_ups"]["title"], _table_and_note(told["follow_ups"])),
        _section(told["quality"]["title"], html.Ul([html.Li(each) for each in told["quality"]["lines"]])),
        _section(told["incidents"]["title"], _incidents(told)),
        html.P([f"{told['seal']['label']}: ", html.Code("".join(told["seal"]["halves"]))]),
    ]  # fmt: skip


def _measures(told: Mapping[str, Any]) -> Component:
    return html.Div([_table(told["head"], [row["cells"] for row in told["rows"]]), html.P(told["note"])])


def _section(title: str, content: Any) -> Component:
    return html.Section([html.H3(title), content])


def _sentence(told: Mapping[str, Any]) -> Component:
    """A sentence with what proves it; an incident is a step away."""
    links = [each for each in told["evidence"] if each.startswith("incident:")]
    return html.Span(
        [told["text"], " ", *(html.A(f"[{each.partition(':')[2]}]", href=f"#{_anchor(each)}") for each in links), " "],
        title=", ".join(told["evidence"]),
    )


def _anchor(evidence: str) -> str:
    return f"gangguan-{evidence.partition(':')[2]}"


def _stories(told: Document) -> Component:
    items = [
        html.Li(
            [
                html.Strong(each["head"]),
                " ",
                each["text"],
                " ",
                html.A(f"[{each['number']}]", href=f"#{_anchor(each['evidence'][0])}"),
            ]
        )
        for each in told["stories"]["items"]
    ]
    return html.Div([html.Ol(items), html.P(told["stories"]["note"])])


def _dimensions(told: Document) -> Component:
    rows = told["dimensions"]["rows"]
    items = [html.Li([html.Span([each["name"], html.Br(), html.Small(each["detail"])]), html.B(each["figure"])]) for each in rows]
    return html.Div([html.Ul(items, className="wilayah"), html.P(told["dimensions"]["note"])])


def _areas(told: Document) -> Component:
    return html.Ul([_area(each) for each in (*told["areas"]["kelurahan"], *told["areas"]["coast"])], className="wilayah")


def _districts(told: Document) -> Component:
    rows, total = told["districts"]["rows"], told["districts"]["total"]
    return _table(told["districts"]["head"], rows if total is None else [*rows, total])


def _table_and_note(part: Mapping[str, Any]) -> Component:
    return html.Div([*([_table(part["head"], part["rows"])] if part["rows"] else []), html.P(part["note"])])


def _area(area: Mapping[str, Any]) -> Component:
    return html.Li([html.Span(area["name"]), html.B(f"▼ {area['value']}" if area["is_below"] else area["value"])])


def _incidents(told: Document) -> Component:
    rows = [html.Tr([html.Td(cell) for cell in row["cells"]], id=_anchor(row["evidence"])) for row in told["incidents"]["rows"]]
    heads = html.Tr([html.Th(each, scope="col") for each in told["incidents"]["head"]])
    return html.Div(html.Table([html.Thead(heads), html.Tbody(rows)], className="sumber"), className="gulir")


def comparison(first: tuple[Seal, Snapshot] | None, second: tuple[Seal, Snapshot] | None, words: Words) -> Component:
    """The figures of two periods side by side, and what lies between them."""
    say = archive_words(words.language)
    if first is None or second is None:
        return html.P(say.compare_hint)
    thing = SnapshotWords(words)
    heads = [thing.say("Ukuran", "Measure"), thing.title(first[1].period), thing.title(second[1].period), say.change]
    pairs = zip(measures(first[1]), measures(second[1]), strict=True)
    rows = [
        [
            thing.pair(MEASURES[one.name]),
            thing.this_value(one),
            thing.this_value(other),
            _between(one.value, other.value, one.name, thing),
        ]
        for one, other in pairs
    ]
    return _table(heads, rows)


def _between(one: float | None, other: float | None, name: MeasureName, words: SnapshotWords) -> str:
    """The later minus the earlier, in units of the page; nothing where one of them was not measured."""
    if one is None or other is None:
        return ABSENT
    if name in (MeasureName.SITES, MeasureName.HOTSPOTS, MeasureName.SERVICES):
        change, decimals = (points(other) - points(one)) / 100, 2
    elif name is MeasureName.RESTORE:
        change, decimals = float(int(other) // 60_000 - int(one) // 60_000), 0
    else:
        change, decimals = other - one, 0
    if change == 0:
        return "="
    return f"{'▲' if change > 0 else '▼'} {words.number(abs(change), decimals)}"


def _table(heads: Sequence[Any], rows: Sequence[Sequence[Any]]) -> Component:
    head = html.Tr([html.Th(each, scope="col") for each in heads])
    body = [html.Tr([html.Td(cell) for cell in row]) for row in rows]
    return html.Div(html.Table([html.Thead(head), html.Tbody(body)], className="sumber"), className="gulir")
