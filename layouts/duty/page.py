"""The duty page as HTML: pure functions from a view to a page. Everything in it that was written elsewhere is escaped.

GET shows, only POST records: every button is a form. The page works without any script.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from html import escape

from command_centre.domain.incident import Cause, IncidentEventKind
from command_centre.domain.reading import Status
from command_centre.domain.rule import Severity
from command_centre.read.duty import SHOWN_PAST, DutyView, Stretch, Word
from layouts.parts.glyph import status_class
from layouts.wording import Words
from layouts.wording.duty import DutyWords, cause_word, deed_word, duty_words

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
CHART_WIDTH, CHART_HEIGHT = 260, 44
_HEIGHT = {Status.UP: 6.0, Status.DEGRADED: 20.0, Status.DOWN: 38.0}


@dataclass(frozen=True, slots=True)
class Visit:
    """Who looks at the page, and what this browser may still do.

    ``answered``: the sentence about the answer this browser has given; None before it. ``undo_seconds``: how long it may be taken
    back; 0 when not. ``may_answer``: the link has not given its answer yet. ``said``: a sentence about what was just done.
    """

    person: str
    expires_at: datetime
    may_answer: bool
    answered: str | None = None
    undo_seconds: int = 0
    said: str = ""


def duty_page(view: DutyView, visit: Visit, words: Words) -> str:
    """The page of one incident."""
    say = duty_words(words.language)
    body = [
        _header(view.is_simulated, words, say),
        _bar(view, words, say),
        f"<h1>{escape(title_of(view, words))}</h1>",
        _said(visit.said),
        _standing(view, words, say),
        _facts(view, words, say),
        _buttons(view, visit, words, say),
    ]
    return document(title_of(view, words), words, "".join(body))


def refusal_page(sentence: str, words: Words, *, is_simulated: bool = False) -> str:
    """Instead of the page: why the link is not taken."""
    say = duty_words(words.language)
    told = f"<h1>{escape(say.refused)}</h1><p class='tolak'>{escape(sentence)}</p><p>{escape(say.ask_operators)}</p>"
    return document(say.refused, words, _header(is_simulated, words, say) + told)


def title_of(view: DutyView, words: Words) -> str:
    """The sentence that was sent; without one, what is in trouble and how."""
    if view.title:
        return view.title
    name = words.name_in_group(view.short_name, view.group)
    return f"{name}: {words.status(view.status)}, {words.reason(view.reason)}"


def document(title: str, words: Words, body: str, *, refresh_seconds: int | None = None) -> str:
    """A whole page for a phone; it is asked for again every ``refresh_seconds``, where given."""
    again = "" if refresh_seconds is None else f'<meta http-equiv="refresh" content="{refresh_seconds}">'
    sheets = "".join(f'<link rel="stylesheet" href="/assets/{name}">' for name in ("tokens.css", "duty.css"))
    return (
        f'<!doctype html><html lang="{words.language.value}" class="cc-piket" data-tema="kertas"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1"><meta name="robots" content="noindex,nofollow">'
        f'<title>{escape(title)}</title>{again}{sheets}</head><body><main class="hp">{body}</main></body></html>'
    )


def _header(is_simulated: bool, words: Words, say: DutyWords) -> str:  # noqa: FBT001 - one fact of the view
    mark = f"<span>{escape(say.simulated)}</span>" if is_simulated else ""
    return f"<header><b>{escape(say.product.format(city=words.say.city))}</b>{mark}</header>"


def _bar(view: DutyView, words: Words, say: DutyWords) -> str:
    """How urgent, and for how long; calm once it is over."""
    if view.resolved_at is not None:
        return (
            f'<section class="sv pulih"><div><i class="cc-glif k-normal"></i><b>{escape(say.back_again.upper())}</b></div>'
            f"<span>{escape(length_of(view.resolved_at - view.opened_at, say))}</span></section>"
        )
    kind = {Severity.CRITICAL: "p1", Severity.WARNING: "p2", Severity.INFO: "p4"}[view.severity]
    glyph = f'<i class="cc-glif {status_class(view.status)}"></i>'
    age = length_of(view.as_of - view.opened_at, say)
    return (
        f'<section class="sv {kind}"><div>{glyph}<b>{escape(words.severity(view.severity))}</b></div>'
        f"<span>{escape(age)}</span></section>"
    )


def _said(sentence: str) -> str:
    return f'<p class="kabar" role="status">{escape(sentence)}</p>' if sentence else ""


def _standing(view: DutyView, words: Words, say: DutyWords) -> str:
    """Who has it."""
    if view.resolved_at is not None:
        length = length_of(view.resolved_at - view.opened_at, say)
        return _plate(
            say.resolved.format(time=words.moment(view.resolved_at, view.as_of)), say.resolved_lead.format(length=length), ""
        )
    if view.acknowledged_at is None:
        return _plate(say.not_taken, view.next_step, "bl")
    name, time = view.acknowledged_by or "?", words.moment(view.acknowledged_at, view.as_of)
    given = say.given_to.format(name=view.assigned_to) if view.assigned_to else ""
    return _plate(say.taken_by.format(name=name, time=time), given, "")


def _plate(head: str, below: str, kind: str) -> str:
    small = f"<em>{escape(below)}</em>" if below else ""
    return f'<div class="st {kind}"><span>{escape(head)}</span>{small}</div>'


def _facts(view: DutyView, words: Words, say: DutyWords) -> str:
    rows = [
        _row(say.where, words.name_in_group(view.name, view.group), view.place),
        _row(say.since, f"{words.time_and_zone(view.opened_at)}, {words.date(view.opened_at)}", words.reason(view.reason)),
        _scope(view, say),
        _row(say.suspected, view.suspected, "") if view.suspected else "",
        _row(say.cause, cause_word(view.cause, words.language), "") if view.cause is not None else "",
        _row(say.owner, view.owner, "") if view.owner else "",
        _chart(view, words, say),
        _row(say.first_step, view.first_step or say.no_first_step, "", "lp"),
        _words(view.words, view.as_of, words, say),
    ]
    return f"<dl>{''.join(rows)}</dl>"


def _row(term: str, text: str, below: str, kind: str = "") -> str:
    small = f"<em>{escape(below)}</em>" if below else ""
    return f'<div class="{kind}"><dt>{escape(term)}</dt><dd>{escape(text)}{small}</dd></div>'


def _scope(view: DutyView, say: DutyWords) -> str:
    if view.scope is not None and view.scope_total is not None:
        head = say.scope_of.format(part=view.scope, whole=view.scope_total)
    elif view.children:
        head = say.children.format(n=view.children)
    else:
        return ""
    named = ", ".join(view.children_named)
    rest = view.children - len(view.children_named)
    more = f", {say.children_more.format(n=rest)}" if named and rest > 0 else ""
    return _row(say.scope, head, named + more)


def _words(said: Sequence[Word], now: datetime, words: Words, say: DutyWords) -> str:
    if not said:
        return ""
    lines = "".join(f"<li>{escape(_word(each, now, words))}</li>" for each in said)
    return f'<div class="ct"><dt>{escape(say.said)}</dt><dd><ul>{lines}</ul></dd></div>'


def _word(each: Word, now: datetime, words: Words) -> str:
    text = each.text
    if each.kind is IncidentEventKind.CAUSE_LABELLED:
        text = _cause_text(each.text, words)
    deed = deed_word(each.kind, words.language)
    return f"{words.moment(each.at, now)} {each.author} {deed}{': ' + text if text else ''}"


def _cause_text(written: str, words: Words) -> str:
    return cause_word(Cause(written), words.language) if written in {cause.value for cause in Cause} else written


def _chart(view: DutyView, words: Words, say: DutyWords) -> str:
    """The target's last six hours as one line: up, slow, down; broken where nobody knows."""
    if not view.past:
        return ""
    end = view.past[-1].until
    lines = "".join(f'<polyline class="l" points="{points}"/>' for points in chart_lines(view.past, end - SHOWN_PAST))
    state = say.past_now.format(state=words.status(view.past[-1].status))
    gap = f"<span>{escape(say.past_gap)}</span>" if _has_gap(view.past) else ""
    return (
        f'<div class="gf"><dt>{escape(say.past)}</dt><dd><svg viewBox="0 0 {CHART_WIDTH} {CHART_HEIGHT}" width="100%" height="44"'
        f' preserveAspectRatio="none" role="img" aria-label="{escape(state)}">{lines}</svg>'
        f'<em class="gk"><span>{escape(state)}</span>{gap}</em></dd></div>'
    )


def chart_lines(past: Sequence[Stretch], start: datetime) -> list[str]:
    """The points of each unbroken line, in the chart's own units."""
    lines: list[list[str]] = []
    last_end: datetime | None = None
    for each in past:
        height = _HEIGHT.get(each.status)
        if height is None:
            last_end = None
            continue
        if last_end != each.since:
            lines.append([])
        lines[-1] += [f"{_x(each.since, start):.1f},{height:g}", f"{_x(each.until, start):.1f},{height:g}"]
        last_end = each.until
    return [" ".join(points) for points in lines]


def _x(at: datetime, start: datetime) -> float:
    return CHART_WIDTH * ((at - start) / SHOWN_PAST)


def _has_gap(past: Sequence[Stretch]) -> bool:
    return len(chart_lines(past, past[0].since)) > 1 or any(each.status is Status.UNKNOWN for each in past)


def _buttons(view: DutyView, visit: Visit, words: Words, say: DutyWords) -> str:
    if visit.answered is not None:
        return _after(view, visit, say)
    foot = f"{say.nothing_recorded} " + say.link_for.format(name=visit.person, time=words.moment(visit.expires_at, view.as_of))
    if not visit.may_answer:
        return f'<div class="tb"><p>{escape(say.refused_used)}</p></div>'
    labels = f"<div>{_button('power', say.power)}{_button('not_a_fault', say.not_a_fault)}</div>"
    if view.resolved_at is not None:
        return f'<div class="tb">{labels}<p>{escape(foot)}</p></div>'
    take, snooze = _button("take", say.take, "u"), _button("snooze", say.snooze, "t")
    return f'<div class="tb">{take}{labels}{snooze}<p>{escape(foot)}</p></div>'


def _after(view: DutyView, visit: Visit, say: DutyWords) -> str:
    """What this browser may still do once it has answered."""
    below = say.end_is_told if view.acknowledged_at is None else f"{say.others_stopped} {say.end_is_told}"
    small = f"<span>{escape(below)}</span>" if view.resolved_at is None else ""
    plate = f'<div class="ok"><b>{escape(visit.answered or "")}</b>{small}</div>'
    back = _button("back", say.back_again, "u") if view.resolved_at is None else ""
    note = (
        f'<form method="post" class="ct"><label><span>{escape(say.note_label)}</span>'
        f'<input name="catatan" maxlength="500" autocomplete="off"></label>'
        f'<button name="jawab" value="note">{escape(say.note)}</button></form>'
    )
    cause = _button("cause_power", say.power) if view.cause is None else ""
    undo = _button("undo", say.undo.format(n=visit.undo_seconds)) if visit.undo_seconds > 0 else ""
    pair = f"<div>{cause}{undo}</div>" if cause or undo else ""
    return f'<div class="tb sesudah">{plate}{back}{pair}{note}</div>'


def _button(value: str, text: str, kind: str = "") -> str:
    name = f' class="{kind}"' if kind else ""
    return f'<form method="post"><button name="jawab" value="{value}"{name}>{escape(text)}</button></form>'


def length_of(lasted: timedelta, say: DutyWords) -> str:
    """How long, in full words: this page has the room."""
    if lasted < MINUTE:
        return say.under_a_minute
    if lasted < HOUR:
        return say.minutes.format(n=lasted // MINUTE)
    if lasted < 2 * DAY:
        return say.hours.format(h=lasted // HOUR, m=lasted % HOUR // MINUTE)
    return say.days.format(d=lasted // DAY, h=lasted % DAY // HOUR)
