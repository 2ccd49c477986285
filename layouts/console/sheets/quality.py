"""How tidy the register is: a pure function of what wants correcting."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dash import dcc, html
from dash.development.base_component import Component

from command_centre.read.register import MOST_FLAWS, Flaw
from layouts.console.place import TARGETS, Place
from layouts.wording import Words
from layouts.wording.console import ConsoleWords, console_words


def quality(flaws: Mapping[str, Sequence[Flaw]], place: Place, words: Words) -> list[Component]:
    """Counts first, then the lines by kind of flaw."""
    say = console_words(words.language)
    tiles = [
        html.A([html.B(_count(flaws[name], words)), html.Span(title)], href=f"#mutu-{name}")
        for name, title in say.quality.items()
    ]
    sections = [_section(name, flaws[name], place, words, say) for name in say.quality]
    return [html.P(say.quality_lead, className="pokok"), html.Div(tiles, className="ubin"), *sections]


def _count(flaws: Sequence[Flaw], words: Words) -> str:
    return f"≥ {words.number(MOST_FLAWS)}" if len(flaws) >= MOST_FLAWS else words.number(len(flaws))


def _section(name: str, flaws: Sequence[Flaw], place: Place, words: Words, say: ConsoleWords) -> Component:
    title = html.H2([say.quality[name], html.Span(say.quality_meaning[name])], id=f"mutu-{name}")
    if not flaws:
        none: Component = html.Section([title, html.P(say.quality_none, className="kosong")])
        return none
    rows = [
        html.Tr(
            [
                html.Td(dcc.Link(each.name, href=place.at(TARGETS, each.key).href, refresh=False)),
                html.Td(say.kinds[each.kind]),
                html.Td(each.owner),
                html.Td(_note(each, words)),
            ]
        )
        for each in flaws
    ]
    section: Component = html.Section([title, html.Table(html.Tbody(rows), className="tbl rata")])
    return section


def _note(flaw: Flaw, words: Words) -> Any:
    return flaw.note if flaw.days is None else f"{words.number(flaw.days)} {words.units.day}"
