"""The quarantine: devices that speak and are in no register. All of what they say was written elsewhere: text, never markup."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from dash import html
from dash.development.base_component import Component

from command_centre.domain.person import Person, Right
from command_centre.domain.quarantine import StrangerState
from command_centre.read.quarantine import StrangerRow
from layouts.console.sheets import ids
from layouts.wording import Words
from layouts.wording.console import ConsoleWords, console_words

DECISIONS = {"jadikan": StrangerState.ADOPTED, "abaikan": StrangerState.IGNORED, "tunggu": StrangerState.WAITING}


def button_index(decision: str, row: StrangerRow) -> str:
    """What a button carries: the decision and whom it is about."""
    return json.dumps([decision, row.collector, row.device])


def decision_in(index: object) -> tuple[StrangerState, str, str] | None:
    """The decision, the collector and the device of a button; None for what no button says."""
    try:
        said = json.loads(str(index))
    except ValueError:
        return None
    if not isinstance(said, list) or len(said) != 3 or not all(isinstance(each, str) for each in said):
        return None
    decision, collector, device = said
    return (DECISIONS[decision], collector, device) if decision in DECISIONS else None


def strangers(rows: Sequence[StrangerRow], person: Person | None, now: datetime, words: Words) -> list[Component]:
    """Those that wait first."""
    say = console_words(words.language)
    may = person is not None and person.may(Right.ADOPT_HOTSPOT)
    if not rows:
        return [html.P(say.strangers_lead, className="pokok"), html.P(say.no_strangers, className="kosong")]
    titles = (say.device, say.first_heard, say.last_heard, say.messages, say.sample, say.decision)
    head = html.Thead(html.Tr([html.Th(each) for each in titles]))
    body = html.Tbody([_row(each, now, words, say, may=may) for each in rows])
    adopted = [each for each in rows if each.state is StrangerState.ADOPTED]
    below = [html.H2(say.adopt_hint), html.Pre(_register_lines(adopted))] if adopted else []
    return [html.P(say.strangers_lead, className="pokok"), html.Table([head, body], className="tbl"), *below]


def _row(each: StrangerRow, now: datetime, words: Words, say: ConsoleWords, *, may: bool) -> Component:
    sample = [html.Div(each.topic), html.Code(each.sample)]
    row: Component = html.Tr(
        [
            html.Td(html.B(each.device)),
            html.Td(words.moment(each.first_at, now), className="n"),
            html.Td(words.moment(each.last_at, now), className="n"),
            html.Td(words.number(each.messages), className="n"),
            html.Td(sample),
            html.Td([html.Div(_decided(each, now, words, say)), *(_buttons(each, say) if may else [])]),
        ]
    )
    return row


def _decided(each: StrangerRow, now: datetime, words: Words, say: ConsoleWords) -> str:
    if each.state is StrangerState.WAITING or each.decided_at is None:
        return say.waiting
    sentence = say.adopted if each.state is StrangerState.ADOPTED else say.ignored
    return sentence.format(name=each.decided_by or "?", time=words.moment(each.decided_at, now))


def _buttons(each: StrangerRow, say: ConsoleWords) -> list[Any]:
    said = {"jadikan": say.adopt, "abaikan": say.ignore, "tunggu": say.wait}
    return [
        html.Button(said[word], id={"type": ids.DECIDE, "index": button_index(word, each)}, type="button")
        for word, state in DECISIONS.items()
        if state is not each.state
    ]


def _register_lines(adopted: Sequence[StrangerRow]) -> str:
    """Lines for the register's sheet: the key and the name by which the device calls itself; the rest a person knows."""
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    writer.writerow(("key", "name", "device"))
    for each in adopted:
        # A cell that begins with one of these is a formula to a spreadsheet.
        device = f"'{each.device}" if each.device[:1] in ("=", "+", "-", "@", "\t") else each.device
        writer.writerow((f"wifi:{device.lower()}", device, device))
    return written.getvalue()
