"""The screen of incidents: from view and words to the content of each region. Pure."""

from __future__ import annotations

from datetime import timedelta

from command_centre.domain.scoreboard import ANSWER_WITHIN, MOST_PER_SHIFT, STANDING, shift_at
from command_centre.read.views import IncidentRow
from command_centre.read.wall_incidents import IncidentsView
from layouts.parts.age import age
from layouts.parts.glyph import glyph, severity_class, trouble_class
from layouts.parts.incident_row import blink, custody, place, resolved_row, state_and_reason
from layouts.parts.node import Children, Draw, Element, Node, bold, div, item, paragraph, span
from layouts.parts.section import heading
from layouts.parts.verdict import is_sighted, plate
from layouts.wall.gangguan import ids
from layouts.wall.gangguan.verdict import verdict_on
from layouts.wording import ABSENT, Words
from layouts.wording.incidents import IncidentWords, incident_words

SHOWN = 6
"""Rows of two lines that fit in the full tier at 16 minutes of arc."""
SHOWN_RESOLVED = 5


def regions(view: IncidentsView, words: Words) -> dict[str, Draw]:
    """What draws each region, by the id of its container."""
    own = incident_words(words)
    return {
        ids.PLATE: lambda: plate(verdict_on(view, words)),
        ids.SENTENCE: lambda: verdict_on(view, words).sentence,
        ids.SUPPORT: lambda: verdict_on(view, words).support,
        ids.LIST_HEAD: lambda: heading(words.say.incidents, _how_many(view, words)),
        ids.LIST: lambda: _rows(view, own) if view.rows else _calm(view, own),
        ids.LOAD_HEAD: lambda: heading(_shift(view, own), own.say.limits),
        ids.LOAD: lambda: _load(view, own),
        ids.HELD_HEAD: lambda: heading(own.say.held),
        ids.HELD: lambda: _held(view, own),
        ids.RESOLVED_HEAD: lambda: heading(own.say.resolved, own.say.resolved_within),
        ids.RESOLVED: lambda: _resolved(view, own),
    }


# -- open incidents


def _how_many(view: IncidentsView, words: Words) -> str:
    if view.open > SHOWN:
        return words.part_of(SHOWN, view.open)
    return words.open_of(view.open) if view.open else ""


def _rows(view: IncidentsView, own: IncidentWords) -> list[Element]:
    return [_row(each, view, own) for each in view.rows[:SHOWN]]


def _row(row: IncidentRow, view: IncidentsView, own: IncidentWords) -> Element:
    """How urgent, where, who has it, how long; what, whose, and who is next."""
    now, words = view.generated_at, own.words
    what: list[Node] = [glyph(trouble_class(row.status, row.reason)), *state_and_reason(row, words)]
    return item(
        [
            span(words.severity(row.severity), f"cc-prio {severity_class(row.severity)}{blink(row, now)}"),
            span(place(row, words), "di"),
            span(custody(row, now, own), "siapa"),
            age(row.opened_at, now, words, class_name="umur"),
            div([span(what, "apa"), *_whose(row), span(_next(row, view, own), "lanjut")], "bawah"),
        ]
    )


def _whose(row: IncidentRow) -> list[Element]:
    return [span(f"· {row.owner}", "milik")] if row.owner else []


def _next(row: IncidentRow, view: IncidentsView, own: IncidentWords) -> str:
    if row.next_step_at is None or row.acknowledged_at is not None:
        return ""
    return own.next_step(row.next_step_to, row.next_step_at, view.generated_at)


def _calm(view: IncidentsView, own: IncidentWords) -> list[Element]:
    say = own.words.say
    is_known = view.as_of is not None and is_sighted(view.faults)
    return [item(say.no_incident if is_known else say.incidents_unknown, "sepi")]


# -- the load of the shift


def _shift(view: IncidentsView, own: IncidentWords) -> str:
    shift = shift_at(view.generated_at, own.words.zone)
    return own.say.shift.format(start=own.words.time(shift.start), end=own.words.time(shift.end))


def _load(view: IncidentsView, own: IncidentWords) -> list[Element]:
    load, say, words = view.load, own.say, own.words
    answer = load.median_answer
    standing = sum(view.generated_at - each.opened_at > STANDING for each in view.rows)
    return [
        _fact(
            say.actionable,
            words.number(load.actionable),
            say.at_most.format(most=words.number(MOST_PER_SHIFT)),
            is_over=load.actionable > MOST_PER_SHIFT,
        ),
        _fact(
            say.answered_in,
            ABSENT if answer is None else own.length(_whole_minutes(answer)),
            say.aim.format(length=own.length(ANSWER_WITHIN)),
            is_over=answer is not None and answer > ANSWER_WITHIN,
        ),
        _fact(say.chattering, own.first_and_more(_names(view, load.chattering)), "", is_over=bool(load.chattering)),
        _fact(say.standing, words.number(standing) if standing else say.none, "", is_over=standing > 0),
        _flood(view, own),
    ]


def _names(view: IncidentsView, keys: tuple[str, ...]) -> list[str]:
    """What the sources are called where this view knows it; their keys otherwise."""
    known = {str(each.target): each.where for each in (*view.rows, *view.resolved)}
    return [known.get(key, key.partition(":")[2] or key) for key in keys]


def _whole_minutes(length: timedelta) -> timedelta:
    return timedelta(minutes=round(length.total_seconds() / 60)) if length >= timedelta(minutes=1) else length


def _fact(name: str, value: str, limit: str, *, is_over: bool) -> Element:
    shape: list[Element | str] = [glyph("k-lambat")] if is_over else []
    return div([span(name, "n"), span(limit, "b"), bold([*shape, value])], "fakta lewat" if is_over else "fakta")


def _flood(view: IncidentsView, own: IncidentWords) -> Element:
    """More alarms than a person can take: the brightest thing here while it lasts."""
    if view.flood is None:
        return _fact(own.say.flood_name, own.say.no_flood, own.say.flood_limit, is_over=False)
    time = own.words.moment(view.flood.since, view.generated_at)
    told = span(own.say.flood.format(time=time), "cc-belum-diterima")
    return div([span(own.say.flood_name, "n"), span("", "b"), told], "fakta")


# -- what is held back


def _held(view: IncidentsView, own: IncidentWords) -> Children:
    held, say = view.held, own.say
    counted = ((held.merged, say.merged), (held.silenced, say.silenced), (held.planned, say.planned), (held.minor, say.minor))
    parts = [div([span(name, "n"), span("", "b"), bold(own.words.number(count))], "fakta") for count, name in counted if count]
    return parts or [paragraph(say.nothing_held, "redup")]


# -- what has just recovered


def _resolved(view: IncidentsView, own: IncidentWords) -> list[Element]:
    done = [each for each in view.resolved if each.resolved_at is not None][:SHOWN_RESOLVED]
    if not done:
        return [item(own.say.nothing_resolved, "sepi-judul")]
    now, words = view.generated_at, own.words
    return [resolved_row(each, each.resolved_at, now, words) for each in done if each.resolved_at is not None]
