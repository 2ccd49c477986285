"""One incident in full: pure functions of a view. Everything that was written elsewhere is text, never markup."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from dash import dcc, html
from dash.development.base_component import Component

from command_centre.domain.calendar import Interval
from command_centre.domain.incident import Cause, IncidentEventKind
from command_centre.domain.person import Person, Right
from command_centre.read.incident_story import Event, Seen, Story, Told
from command_centre.read.target_past import CHARTED, Past
from layouts.console import past_figures
from layouts.console.incidents import ids
from layouts.console.incidents.listing import name_of, symptom
from layouts.console.place import TARGETS, Place
from layouts.parts.glyph import severity_class, status_class
from layouts.wording import ABSENT, Language, Words
from layouts.wording.console import DEEDS, ConsoleWords, change_word, console_words, notice_word
from layouts.wording.duty import cause_word

CHART_BEFORE = timedelta(hours=6)
CHART_AFTER = timedelta(hours=2)
LONGEST_CHART = timedelta(days=30)
CHILDREN_SHOWN = 12


def chart_interval(story: Story) -> Interval:
    """From six hours before the trouble to now, or to two hours after its end; thirty days at most."""
    over = story.row.resolved_at
    end = story.as_of if over is None else min(story.as_of, over + CHART_AFTER)
    return Interval(max(story.row.opened_at - CHART_BEFORE, end - LONGEST_CHART), end)


def title_of(story: Story, words: Words) -> str:
    """The sentence that was sent; without one, what is in trouble and how."""
    return story.title or f"{name_of(story.row, words)}: {symptom(story.row, words, console_words(words.language))}"


def head(story: Story, place: Place, words: Words) -> list[Component]:
    """Priority, title, number, and four facts."""
    say = console_words(words.language)
    row = story.row
    plate = html.Span(words.severity(row.severity), className=f"cc-prio {severity_class(row.severity)}")
    lines: list[Component] = [
        html.Div([plate, html.H1(title_of(story, words)), html.Span(f"#{row.id}", className="id")], className="dh"),
        html.Dl(
            [_since(story, words, say), _scope(story, words, say), _cause(story, words, say), _taker(story, words, say)],
            className="fk",
        ),
    ]
    if story.parent is not None:
        told = say.explained_by.format(id=story.parent.id, name=name_of(story.parent, words))
        lines.insert(1, dcc.Link(told, href=place.at(place.page, str(story.parent.id)).href, className="induk", refresh=False))
    return lines


def _fact(term: str, text: Any, below: Any) -> Component:
    fact: Component = html.Div([html.Dt(term), html.Dd([text, html.Em(below)])])
    return fact


def _since(story: Story, words: Words, say: ConsoleWords) -> Component:
    row = story.row
    begun = f"{words.moment(row.opened_at, story.as_of)} {words.zone_name(row.opened_at)}"
    if row.resolved_at is None:
        return _fact(say.since, begun, say.minutes_long.format(length=words.age(story.as_of - row.opened_at)))
    length = words.age(row.resolved_at - row.opened_at)
    return _fact(say.since, begun, say.over_at.format(time=words.moment(row.resolved_at, story.as_of), length=length))


def _scope(story: Story, words: Words, say: ConsoleWords) -> Component:
    row = story.row
    scope = say.scope_one
    if row.scope is not None and row.scope_total is not None:
        scope = say.scope_of.format(part=words.number(row.scope), whole=words.number(row.scope_total))
    below = [say.children_count.format(n=words.number(row.children))] if row.children else []
    return _fact(say.scope, scope, ", ".join([*below, story.place or row.owner]))


def _cause(story: Story, words: Words, say: ConsoleWords) -> Component:
    if story.row.cause is not None:
        return _fact(say.suspected, cause_word(story.row.cause, words.language), say.cause_said)
    return _fact(say.suspected, story.suspected or say.suspected_none, words.reason(story.row.reason))


def _taker(story: Story, words: Words, say: ConsoleWords) -> Component:
    row = story.row
    waiting = say.no_next_step
    if story.next_step_at is not None:
        waiting = say.next_step.format(time=words.moment(story.next_step_at, story.as_of))
    if row.acknowledged_at is None:
        return _fact(say.taker, html.Span(say.untaken if row.resolved_at is None else ABSENT, className="blm"), waiting)
    who = row.assigned_to or row.acknowledged_by or "?"
    return _fact(say.taker, say.taken_at.format(name=who, time=words.moment(row.acknowledged_at, story.as_of)), waiting)


# -- what covers it


def covers(story: Story, person: Person | None, words: Words) -> list[Component]:
    """Silences and planned work, each with the button that ends it (for those who may)."""
    say = console_words(words.language)
    may_lift = person is not None and person.may(Right.SILENCE)
    may_call_off = person is not None and person.may(Right.PLAN)
    lines: list[Component] = []
    for quiet in story.quiet:
        told = say.quiet_until.format(time=words.moment(quiet.ends_at, story.as_of), author=quiet.author, reason=quiet.reason)
        button = [html.Button(say.lift, id=ids.deed(f"akhiri-tunda:{quiet.id}"), type="button")] if may_lift else []
        lines.append(html.P([html.I(className="cc-glif k-jadwal"), html.Span(told), *button]))
    for work in story.planned:
        start, end = (words.moment(each, story.as_of) for each in (work.starts_at, work.ends_at))
        told = say.planned_until.format(start=start, end=end, author=work.author, name=work.name)
        button = [html.Button(say.call_off, id=ids.deed(f"akhiri-rawat:{work.id}"), type="button")] if may_call_off else []
        lines.append(html.P([html.I(className="cc-glif k-jadwal"), html.Span(told), *button]))
    return lines


# -- the chart


def chart_title(story: Story, words: Words) -> list[Any]:
    say = console_words(words.language)
    charted = CHARTED[story.row.kind]
    metric = say.metrics[charted[0] if charted else ""]
    return [say.chart.format(metric=metric), html.Span(say.chart_source)]


def chart(story: Story, past: Past | None, words: Words, theme: str) -> past_figures.Figure:
    """The target around the event."""
    if past is None:
        return past_figures.empty(theme)
    say = console_words(words.language)
    charted = CHARTED[story.row.kind]
    figure = past_figures.line(past, charted[0] if charted else None, words, theme)
    begun, over = story.row.opened_at, story.row.resolved_at
    if past.within.contains(begun):
        past_figures.mark(figure, begun, say.event_line.format(time=words.time(begun)), words, theme, is_trouble=True)
    if over is not None and past.within.contains(over):
        past_figures.mark(figure, over, say.end_line.format(time=words.time(over)), words, theme, is_trouble=False)
    return figure


# -- the story


def chronology(story: Story, words: Words) -> list[Component]:
    """What happened, in order: what was measured, what was sent, what people did."""
    say = console_words(words.language)
    lines = [(each.at, _event(each, story, words, say)) for each in story.events]
    lines += [(each.sent_at or each.dead_at or each.due_at, _told(each, story, words, say)) for each in story.told]
    lines.sort(key=lambda each: each[0])
    if story.row.resolved_at is None:
        length = words.age(story.as_of - story.row.opened_at)
        now = say.still.format(state=words.status(story.row.status), length=length)
        lines.append((story.as_of, _line(story.as_of, story, [now], "kini", words)))
    return [html.H2(say.chronology), html.Ol([line for _, line in lines], className="kr")]


def _line(at: datetime, story: Story, text: list[Any], kind: str, words: Words) -> Component:
    local, today = (each.astimezone(words.zone).date() for each in (at, story.as_of))
    clock = _clock(at, words) if local == today else words.moment(at, story.as_of)
    line: Component = html.Li([html.Time(clock), html.Div(text)], className=kind)
    return line


def _clock(at: datetime, words: Words) -> str:
    """To the second, as the language writes times in prose."""
    clock = words.clock(at)
    return clock.replace(":", ".") if words.language is Language.INDONESIAN else clock


def _event(event: Event, story: Story, words: Words, say: ConsoleWords) -> Component:
    if event.author is not None or event.kind in DEEDS:
        return _line(event.at, story, _deed(event, words, say), "orang", words)
    reason = words.reason(event.reason)
    detail = f" ({event.detail})" if event.detail else ""
    match event.kind:
        case IncidentEventKind.OPENED.value:
            name = name_of(story.row, words)
            told = say.opened.format(name=name, state=words.status(event.status), reason=reason)
            return _line(event.at, story, [told + detail], "mulai", words)
        case IncidentEventKind.REASON_CHANGED.value:
            return _line(event.at, story, [say.changed.format(reason=reason) + detail], "", words)
        case IncidentEventKind.RESOLVED.value:
            return _line(event.at, story, [say.resolved.format(state=words.status(event.status))], "usai", words)
        case _:
            told = (change_word(event.kind, words.language) or "{reason}").format(reason=reason)
            return _line(event.at, story, [event.text or told + detail], "", words)


def _deed(event: Event, words: Words, say: ConsoleWords) -> list[Any]:
    text = event.text
    if event.kind == IncidentEventKind.CAUSE_LABELLED.value and text in set(Cause):
        text = cause_word(Cause(text), words.language)
    field = DEEDS.get(event.kind)
    sentence: str = say.other_event if field is None else getattr(say, field)
    return [html.B(event.author or "?"), f" {sentence.format(text=text)}"]


def _told(told: Told, story: Story, words: Words, say: ConsoleWords) -> Component:
    kind = notice_word(told.kind, words.language)
    if told.sent_at is not None:
        text = say.told_sent.format(kind=kind, receiver=told.receiver, time=_clock(told.sent_at, words))
        return _line(told.sent_at, story, [text], "kirim", words)
    if told.dead_at is not None:
        sentence = say.told_withdrawn if told.error.startswith("withdrawn") else say.told_dead
        return _line(told.dead_at, story, [sentence.format(kind=kind, receiver=told.receiver, error=told.error)], "kirim", words)
    sentence = say.told_late if told.due_at <= story.as_of else say.told_waiting
    return _line(told.due_at, story, [sentence.format(kind=kind, receiver=told.receiver)], "kirim", words)


# -- symptoms, evidence, neighbours, first step


def symptoms(story: Story, place: Place, person: Person | None, words: Words) -> list[Component]:
    """The right column."""
    say = console_words(words.language)
    parts = [_children(story, place, words, say)] if story.children else []
    step = html.P([html.B(say.first_step), " ", story.first_step or say.no_first_step], className="lk")
    target = place.at(TARGETS, story.row.target)
    history = html.P(dcc.Link(f"{say.open_target}: {story.row.name}", href=target.href, refresh=False), className="riwayat")
    return [step, *parts, _evidence(story, person, words, say), _near(story, place, words, say), history]


def _children(story: Story, place: Place, words: Words, say: ConsoleWords) -> Component:
    rows = [
        html.Tr(
            [
                html.Td(html.I(className=f"cc-glif {status_class(each.status)}")),
                html.Td(dcc.Link(each.name, href=place.at(place.page, str(each.id)).href, refresh=False)),
                html.Td(words.reason(each.reason)),
                html.Td(words.moment(each.opened_at, story.as_of)),
            ]
        )
        for each in story.children[:CHILDREN_SHOWN]
    ]
    more = story.row.children - len(rows)
    head = html.Tr([html.Th(each) for each in ("", say.target, say.state, say.first)])
    below = [html.P(say.children_more.format(n=words.number(more)), className="kosong")] if more > 0 else []
    told = say.children_not_told.format(n=words.number(story.row.children))
    table = html.Table([html.Thead(head), html.Tbody(rows)], className="an")
    section: Component = html.Section([html.H2([say.children, html.Span(told)]), table, *below])
    return section


def _evidence(story: Story, person: Person | None, words: Words, say: ConsoleWords) -> Component:
    title = html.H2([say.evidence, html.Span(say.evidence_first)])
    if person is None or not person.may(Right.SEE_EVIDENCE):
        hidden: Component = html.Section([title, html.P(say.evidence_hidden, className="kosong")], className="bukti")
        return hidden
    looks = [_look(each, story, words) for each in story.seen if each.detail or each.facts]
    section: Component = html.Section([title, *(looks or [html.P(say.no_evidence, className="kosong")])], className="bukti")
    return section


def _look(seen: Seen, story: Story, words: Words) -> Component:
    when = f"{words.moment(seen.at, story.as_of)} {words.status(seen.status)}, {words.reason(seen.reason)}"
    facts = [part for name, text in seen.facts for part in (html.Dt(name), html.Dd(text))]
    look: Component = html.Div([html.P([html.Time(when), f" {seen.detail}"]), html.Dl(facts)])
    return look


def _near(story: Story, place: Place, words: Words, say: ConsoleWords) -> Component:
    lines: list[Component] = [
        html.Li(
            dcc.Link(
                f"{words.moment(each.opened_at, story.as_of)} {each.name}: {words.reason(each.reason)}",
                href=place.at(place.page, str(each.id)).href,
                refresh=False,
            )
        )
        for each in story.near
    ]
    if story.register_changed_at is not None:
        lines.append(html.Li(say.register_changed.format(time=words.moment(story.register_changed_at, story.as_of))))
    inside = html.Ul(lines) if lines else html.P(say.near_none, className="kosong")
    section: Component = html.Section([html.H2(say.near), inside], className="dekat")
    return section
