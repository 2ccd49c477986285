"""The walls and the receivers: who shows what, and whether messages arrive. A pure function of what they told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from dash import html
from dash.development.base_component import Component

from command_centre.read.register import ReceiverFacts
from command_centre.read.rows import WallFacts
from layouts.wording import ABSENT, Words
from layouts.wording.console import ConsoleWords, console_words
from layouts.wording.console_receivers import receiver_words

SILENT_AFTER = timedelta(seconds=30)
"""Walls report every ten seconds; see docs/live.md."""


def walls(found: Sequence[WallFacts], receivers: Sequence[ReceiverFacts], now: datetime, words: Words) -> list[Component]:
    """Walls first, then receivers."""
    say, told = console_words(words.language), receiver_words(words.language)
    titles = (say.wall, say.state, say.wall_page, say.wall_seen, say.wall_data_age, say.wall_size, say.wall_memory)
    rows = [_wall(each, now, words, say) for each in found]
    inside = _table(titles, rows) if rows else html.P(say.no_walls, className="kosong")
    lines = [_receiver(each, now, words) for each in receivers]
    below = _table(told.titles, lines) if lines else html.P(told.none, className="kosong")
    return [html.P(say.walls_lead, className="pokok"), inside, html.H2([told.title, html.Span(told.over)]), below]


def _table(titles: Sequence[str], rows: Sequence[Component]) -> Component:
    head = html.Thead(html.Tr([html.Th(each) for each in titles]))
    table: Component = html.Table([head, html.Tbody(list(rows))], className="tbl")
    return table


def _wall(wall: WallFacts, now: datetime, words: Words, say: ConsoleWords) -> Component:
    seen = datetime.fromtimestamp(wall.last_seen / 1000, tz=now.tzinfo)
    state = "closed" if wall.closed else "silent" if now - seen > SILENT_AFTER else "lives"
    size = ABSENT if wall.width is None or wall.height is None else f"{wall.width} × {wall.height}"
    memory = ABSENT if wall.heap_bytes is None else f"{words.number(wall.heap_bytes / 1e6)} MB"
    data = ABSENT if wall.data_age_seconds is None else words.age(timedelta(seconds=wall.data_age_seconds))
    cells: list[Any] = [wall.name, say.wall_state[state], wall.page, words.moment(seen, now), data, size, memory]
    row: Component = html.Tr(
        [html.Td(each, className="buruk" if index == 1 and state == "silent" else "") for index, each in enumerate(cells)]
    )
    return row


def _receiver(each: ReceiverFacts, now: datetime, words: Words) -> Component:
    last = ABSENT if each.last_sent_at is None else words.moment(each.last_sent_at, now)
    row: Component = html.Tr(
        [
            html.Td(each.name),
            html.Td(words.number(each.sent)),
            html.Td(words.number(each.waiting)),
            html.Td(words.number(each.dead), className="buruk" if each.dead else ""),
            html.Td(last),
        ]
    )
    return row
