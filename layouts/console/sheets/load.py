"""The burden of alarms: a pure function of the scoreboard."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from dash import html
from dash.development.base_component import Component

from command_centre.domain.scoreboard import ANSWER_WITHIN, MOST_PER_SHIFT, TOP_SHARE, Load, Scoreboard
from layouts.wording import ABSENT, Words
from layouts.wording.console import ConsoleWords, console_words

DAYS = 7


def scoreboard(score: Scoreboard, names: Mapping[str, str], now: datetime, words: Words) -> list[Component]:
    """The whole, then each shift, then the sources that make most of it."""
    say = console_words(words.language)
    return [
        html.P(say.score_lead, className="pokok"),
        _tiles(score, words, say),
        html.H2([say.per_shift, html.Span(say.score_days.format(n=DAYS))]),
        _shifts(score, names, now, words, say),
        *_frequent(score, names, words, say),
        *_standing(score, names, now, words, say),
    ]


def _tiles(score: Scoreboard, words: Words, say: ConsoleWords) -> Component:
    whole = score.whole
    cells = [
        (say.load_actionable, words.number(whole.actionable)),
        (say.load_merged, words.number(whole.merged)),
        (say.answered, ABSENT if whole.median_answer is None else words.age(whole.median_answer)),
        (say.unanswered, words.number(whole.unanswered)),
        (say.floods, words.number(len(whole.floods))),
        (say.chattering, words.number(len(whole.chattering))),
        (say.standing, words.number(len(score.standing))),
        (say.night_pages, words.number(whole.night_pages)),
    ]
    tiles: Component = html.Div([html.Div([html.B(value), html.Span(title)]) for title, value in cells], className="ubin")
    return tiles


def _shifts(score: Scoreboard, names: Mapping[str, str], now: datetime, words: Words, say: ConsoleWords) -> Component:
    titles = (
        say.shift,
        say.load_actionable,
        say.load_merged,
        say.answered,
        say.unanswered,
        say.floods,
        say.chattering,
        say.night_pages,
    )
    head = html.Tr([html.Th(each) for each in titles])
    rows = [_shift(each, names, now, words, say) for each in score.shifts]
    table: Component = html.Table([html.Thead(head), html.Tbody(rows)], className="tbl")
    return table


def _shift(load: Load, names: Mapping[str, str], now: datetime, words: Words, say: ConsoleWords) -> Component:
    is_slow = load.median_answer is not None and load.median_answer > ANSWER_WITHIN
    restless = ", ".join(names.get(each, each) for each in load.chattering)
    row: Component = html.Tr(
        [
            html.Td(f"{words.day(load.within.start)} {words.from_to(load.within.start, load.within.end)}"),
            html.Td(words.number(load.actionable), className="lewat" if load.actionable > MOST_PER_SHIFT else ""),
            html.Td(words.number(load.merged)),
            html.Td(
                ABSENT if load.median_answer is None else words.age(load.median_answer), className="lewat" if is_slow else ""
            ),
            html.Td(words.number(load.unanswered)),
            html.Td(", ".join(words.from_to(each.start, each.end) for each in load.floods) or say.none),
            html.Td(restless or say.none),
            html.Td(words.number(load.night_pages)),
        ]
    )
    return row


def _frequent(score: Scoreboard, names: Mapping[str, str], words: Words, say: ConsoleWords) -> list[Component]:
    share = ABSENT if score.top_share is None else words.percent_down(score.top_share)
    told = say.top_share.format(share=share, aim=words.percent_down(TOP_SHARE))
    rows = [
        html.Tr(
            [
                html.Td(names.get(each.source, each.source)),
                html.Td(words.number(each.count), className="n"),
                html.Td(words.percent_down(each.share), className="n"),
            ]
        )
        for each in score.frequent
    ]
    inside = html.Table(html.Tbody(rows), className="tbl") if rows else html.P(say.none, className="kosong")
    return [html.H2([say.top_ten, html.Span(told if rows else "")]), inside]


def _standing(score: Scoreboard, names: Mapping[str, str], now: datetime, words: Words, say: ConsoleWords) -> list[Component]:
    rows = [
        html.Tr([html.Td(names.get(each.source, each.source)), html.Td(words.age(now - each.opened_at), className="n")])
        for each in score.standing
    ]
    inside = html.Table(html.Tbody(rows), className="tbl") if rows else html.P(say.none, className="kosong")
    return [html.H2(say.standing), inside]
