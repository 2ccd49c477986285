"""The configuration in force, and the last one that was refused. A pure function; secrets are named by their reference only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from dash import html
from dash.development.base_component import Component

from command_centre.domain.person import Person, Right
from command_centre.read.register import Refused
from layouts.console.sheets import ids
from layouts.wording import ABSENT, Words
from layouts.wording.console import console_words


@dataclass(frozen=True, slots=True)
class InForce:
    """The configuration of this server as lines (section, key, value), its hash, and what was warned of when it was read."""

    lines: tuple[tuple[str, str, str], ...] = ()
    hash: str = ""
    warnings: tuple[str, ...] = ()
    can_reload: bool = False


def settings(
    here: InForce, collector: str | None, refused: Refused | None, person: Person | None, now: datetime, words: Words
) -> list[Component]:
    """Which one is in force, what was refused, and every line."""
    say = console_words(words.language)
    differs = collector is not None and bool(here.hash) and collector != here.hash
    known = [
        (say.in_force, here.hash or ABSENT),
        (say.in_collector, collector or ABSENT),
        (say.last_refused, say.never_refused if refused is None else words.moment(refused.at, now)),
    ]
    pairs = [part for name, text in known for part in (html.Dt(name), html.Dd(text))]
    return [
        html.P(say.settings_lead, className="pokok"),
        html.Dl(pairs, className="fakta"),
        *([html.P(say.differs, className="hasil")] if differs else []),
        *([html.Pre(refused.text)] if refused is not None else []),
        *_reload(here, person, words),
        html.H2(say.warnings),
        html.Ul([html.Li(each) for each in here.warnings]) if here.warnings else html.P(say.no_warnings, className="kosong"),
        html.H2(say.pages["konfigurasi"]),
        _lines(here.lines, words),
    ]


def _reload(here: InForce, person: Person | None, words: Words) -> list[Component]:
    say = console_words(words.language)
    if person is None or not person.may(Right.RELOAD):
        return []
    if not here.can_reload:
        return [html.P(say.no_reload, className="kosong")]
    return [html.P([html.Button(say.reload, id=ids.RELOAD, type="button", className="muat"), f" {say.reload_hint}"])]


def _lines(lines: Sequence[tuple[str, str, str]], words: Words) -> Component:
    say = console_words(words.language)
    head = html.Thead(html.Tr([html.Th(each) for each in (say.section, say.setting, say.value)]))
    rows = [html.Tr([html.Td(section), html.Td(key), html.Td(value)]) for section, key, value in lines]
    table: Component = html.Table([head, html.Tbody(rows)], className="tbl")
    return table
