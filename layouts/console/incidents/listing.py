"""The list of incidents and what stands below it: pure functions of a view."""

from __future__ import annotations

from dash import dcc, html
from dash.development.base_component import Component

from command_centre.domain.reading import Reason
from command_centre.domain.scoreboard import ANSWER_WITHIN, MOST_PER_SHIFT
from command_centre.domain.target import TargetKind
from command_centre.read.incidents import HandedOver, IncidentList, IncidentRow, Tab
from layouts.console.place import TAB, Place
from layouts.parts.glyph import severity_class, status_class
from layouts.wording import ABSENT, Words
from layouts.wording.console import ConsoleWords, console_words
from layouts.wording.duty import cause_word

JUDOL = frozenset({Reason.CONTENT_INJECTION, Reason.DEFACE})


def name_of(row: IncidentRow, words: Words) -> str:
    """What is in trouble, in a few words."""
    if row.kind is TargetKind.SITE and not row.is_group:
        return words.site_called(words.name_in_group(row.short_name, row.group))
    return row.short_name


def look_of(row: IncidentRow) -> str:
    """The class with its shape."""
    return "k-judol" if row.reason in JUDOL else status_class(row.status)


def tabs(view: IncidentList, place: Place, words: Words) -> Component:
    """The tabs, each with how many stand behind it."""
    say = console_words(words.language)
    links = [
        dcc.Link(
            [f"{say.tabs[each]} ", html.B(words.number(view.counts[each]))],
            href=place.with_filter(**{TAB: "" if each is Tab.OPEN else each.value}).href,
            className="on" if each is place.asked.tab else "",
            refresh=False,
        )
        for each in Tab
    ]
    strip: Component = html.Nav(links, className="tab")
    return strip


def listing(view: IncidentList, place: Place, words: Words) -> list[Component]:
    """Tabs and rows."""
    say = console_words(words.language)
    head = html.Div(
        [html.Span(each) for each in (say.priority, "", say.incident, say.age, say.owner_and_taker)], className="it-k"
    )
    rows = [_row(each, view, place, words, say) for each in view.rows]
    below: list[Component] = []
    if not rows:
        below = [html.P(say.nothing_fits if view.counts[place.asked.tab] else say.nothing_here, className="kosong")]
    elif view.matching > len(rows):
        below = [html.P(say.shown_of.format(shown=words.number(len(rows)), all=words.number(view.matching)), className="kosong")]
    return [tabs(view, place, words), head, html.Div(rows, className="it"), *below]


def _row(row: IncidentRow, view: IncidentList, place: Place, words: Words, say: ConsoleWords) -> Component:
    end = view.as_of if row.resolved_at is None else row.resolved_at
    is_open = place.incident == row.id
    link: Component = dcc.Link(
        [
            html.Span(words.severity(row.severity), className=f"cc-prio {severity_class(row.severity)}"),
            html.I(className=f"cc-glif {look_of(row)}"),
            html.Span([html.B(name_of(row, words)), html.Span(symptom(row, words, say))], className="t"),
            html.Span(words.age(end - row.opened_at), className="u"),
            html.Span([html.Span(row.owner or ABSENT), _taker(row, view, words, say)], className="o"),
        ],
        href=place.at(place.page, str(row.id)).href,
        className="brs sel" if is_open else "brs",
        refresh=False,
    )
    return link


def symptom(row: IncidentRow, words: Words, say: ConsoleWords) -> str:
    """E.g. "terputus, galat HTTP, 40 gejala digabung"."""
    parts = [words.status(row.status), words.reason(row.reason)]
    if row.scope is not None and row.scope_total is not None and row.scope_total > 1:
        parts.append(say.scope_of.format(part=words.number(row.scope), whole=words.number(row.scope_total)))
    if row.children:
        parts.append(say.children_count.format(n=words.number(row.children)))
    return ", ".join(dict.fromkeys(parts))


def _taker(row: IncidentRow, view: IncidentList, words: Words, say: ConsoleWords) -> Component:
    if row.acknowledged_at is None:
        untaken: Component = html.Span(say.untaken if row.resolved_at is None else ABSENT, className="blm")
        return untaken
    who = row.assigned_to or row.acknowledged_by or "?"
    taken: Component = html.Span(f"{who} {words.moment(row.acknowledged_at, view.as_of)}")
    return taken


def beside(view: IncidentList, place: Place, words: Words) -> list[Component]:
    """Below the list: what has ended, what is handed over, how heavy the shift is."""
    say = console_words(words.language)
    return [_closed(view, place, words, say), _handover(view, place, words, say), _load(view, words, say)]


def _closed(view: IncidentList, place: Place, words: Words, say: ConsoleWords) -> Component:
    lines = [
        html.Li(
            [
                html.Time(words.moment(each.resolved_at, view.as_of) if each.resolved_at is not None else ABSENT),
                dcc.Link(
                    f"{name_of(each, words)} {words.status(each.status)}",
                    href=place.at(place.page, str(each.id)).href,
                    refresh=False,
                ),
                html.Span(words.age(each.resolved_at - each.opened_at) if each.resolved_at is not None else ABSENT),
                html.Span(say.by_itself if each.cause is None else cause_word(each.cause, words.language)),
            ]
        )
        for each in view.closed
    ]
    title = html.H2([say.closed_title, html.Span(words.number(view.counts[Tab.CLOSED]))])
    section: Component = html.Section([title, html.Ol(lines) if lines else html.P(say.no_closed)], className="sl selesai")
    return section


def _handover(view: IncidentList, place: Place, words: Words, say: ConsoleWords) -> Component:
    lines = [html.Li(_handed(each, view, place, words, say)) for each in view.handover]
    title = html.H2([say.handover, html.Span(words.time(view.handover_since))])
    section: Component = html.Section([title, html.Ul(lines) if lines else html.P(say.no_handover)], className="sl serah")
    return section


def _handed(line: HandedOver, view: IncidentList, place: Place, words: Words, say: ConsoleWords) -> Component | str:
    time = words.moment(line.at, view.as_of)
    sentence = {"note": say.handed_note, "silence": say.handed_silence, "plan": say.handed_plan}[line.kind]
    told = sentence.format(name=line.name, text=line.text, author=line.author, time=time)
    if line.incident is None:
        return told
    link: Component = dcc.Link(told, href=place.at(place.page, str(line.incident)).href, refresh=False)
    return link


def _load(view: IncidentList, words: Words, say: ConsoleWords) -> Component:
    load = view.load
    answer = ABSENT if load.median_answer is None else words.age(load.median_answer)
    limit = int(ANSWER_WITHIN.total_seconds() // 60)
    cells = [
        (
            say.load_actionable,
            words.number(load.actionable),
            say.load_most.format(n=MOST_PER_SHIFT),
            load.actionable > MOST_PER_SHIFT,
        ),
        (say.load_merged, words.number(load.merged), say.load_not_sent, False),
        (
            say.load_answer,
            answer,
            say.load_median.format(n=limit),
            load.median_answer is not None and load.median_answer > ANSWER_WITHIN,
        ),
        (say.load_chattering, words.number(len(load.chattering)), say.load_aim_none, bool(load.chattering)),
    ]
    shift = f"{words.time(load.within.start)}–{words.time(load.within.end)}"
    items = [
        html.Div([html.Dt(title), html.Dd(value, className="lewat" if is_over else ""), html.Dd(aim, className="n")])
        for title, value, aim, is_over in cells
    ]
    section: Component = html.Section([html.H2(say.load.format(shift=shift)), html.Dl(items)], className="bb")
    return section
