"""The services screen: from view and words to the content of each region. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from command_centre.read.services import ItemClock, ServiceRow, ServicesView
from command_centre.read.views import Condition, Step
from layouts.parts.glyph import glyph, state_class
from layouts.parts.history_bar import history_background
from layouts.parts.item_clock import item_clock
from layouts.parts.node import Children, Draw, Element, bold, div, element, paragraph, span
from layouts.parts.sparkline import EndMark, sparkline
from layouts.parts.verdict import plate
from layouts.wall.layanan import ids
from layouts.wall.layanan.verdict import TROUBLE, verdict_on
from layouts.wording import ABSENT, Words
from layouts.wording.services import ServiceWords, service_words

LINE_BUCKETS = 48
"""Half hours: finer steps cannot be told apart on a line of nine letters' width."""
SQUARES_BESIDE = 1
"""Behind the line of half a strip there is room for one square."""
NO_SLOWER_THAN = 2.0
"""The line reaches at least so many times the usual time, so that calm looks calm."""


def regions(view: ServicesView, words: Words) -> dict[str, Draw]:
    """What draws each region, by the id of its container."""
    own = service_words(words)
    drawn: dict[str, Draw] = {
        ids.PLATE: lambda: plate(verdict_on(view, words)),
        ids.SENTENCE: lambda: verdict_on(view, words).sentence,
        ids.SUPPORT: lambda: verdict_on(view, words).support,
        ids.HEADINGS: lambda: _headings(own),
    }
    shown: list[ServiceRow | None] = [*view.rows[: ids.ROWS], *[None] * max(ids.ROWS - len(view.rows), 0)]
    return drawn | {ids.row(index): partial(_row, each, view.generated_at, own) for index, each in enumerate(shown)}


def _headings(own: ServiceWords) -> list[Element]:
    say = own.say
    columns = (say.service_column, say.availability_column, say.response_column, say.queue_column, say.deadline_column)
    return [span(each) for each in columns]


def _row(row: ServiceRow | None, now: datetime, own: ServiceWords) -> Children:
    if row is None:
        return ""
    cells = [
        div(_name(row), "c1"),
        div(_availability(row, own), "c2"),
        div(_response(row, now, own), "c3 telat" if row.condition is Condition.SLOW else "c3"),
        div(_queue(row, own), "c4"),
        div(_deadlines(row, own), "c5"),
    ]
    return div(cells, f"ly {state_class(row.condition)}")


def _name(row: ServiceRow) -> list[Element]:
    shape = [] if row.condition is Condition.NORMAL else [glyph(state_class(row.condition))]
    return [element("H2", [*shape, row.short_name]), paragraph(row.owner)]


# -- availability


def _availability(row: ServiceRow, own: ServiceWords) -> list[Element]:
    word = own.say.absent if row.condition is Condition.NO_ADDRESS else own.words.condition(row.condition)
    head = div([element("B", word, "w"), span(own.components(row.components))], "r1")
    if row.condition is Condition.NO_ADDRESS:
        return [head, div(None, "bar24 kosong"), paragraph(own.say.no_interface)]
    bar = div(None, "bar24", style={"background": history_background(row.history)})
    if row.availability is None:
        return [head, bar, paragraph(own.say.unwatched)]
    return [head, bar, paragraph([f"{own.watched(row.watched_days)} ", bold(own.words.percent_down(row.availability, 2))])]


# -- response time


def _response(row: ServiceRow, now: datetime, own: ServiceWords) -> list[Element]:
    words = own.words
    if row.total_seconds is None:
        return [div([element("B", ABSENT, "v"), span(_usual(row, own))], "r1"), _line(row, now)]
    value = element("B", [words.seconds(row.total_seconds), element("Small", f" {words.say.seconds_short}")], "v")
    return [div([value, span(_usual(row, own))], "r1"), _line(row, now)]


def _usual(row: ServiceRow, own: ServiceWords) -> str:
    return "" if row.usual_seconds is None else f"{own.say.usual} {own.words.seconds(row.usual_seconds)}"


def _line(row: ServiceRow, now: datetime) -> Element:
    known = [each.value for each in row.response_24h if each.value is not None]
    if not known:
        return div(None, "cc-spark")
    usual = row.usual_seconds if row.usual_seconds is not None else max(known)
    end = {Condition.SLOW: EndMark.AMBER, Condition.DEGRADED: EndMark.AMBER, Condition.DOWN: EndMark.RED}.get(
        row.condition, EndMark.CALM
    )
    minute = now.replace(second=0, microsecond=0)
    high = max(*known, usual * NO_SLOWER_THAN)
    reference = (Step(row.response_24h[0].at, usual),) if row.condition is Condition.SLOW else ()
    return sparkline(row.response_24h, minute, low=0.0, high=high, end=end, reference=reference, buckets=LINE_BUCKETS)


# -- queue


def _queue(row: ServiceRow, own: ServiceWords) -> list[Element]:
    if row.queue is None:
        return [element("B", ABSENT, "v")]
    return [element("B", own.words.number(row.queue), "v"), paragraph(row.queue_word or own.say.in_queue)]


# -- deadlines


def _deadlines(row: ServiceRow, own: ServiceWords) -> list[Element]:
    """Clocks of open items; else what had to be handed in; else how many parts answer; else what there is."""
    if len(row.clocks) > 1:
        return [div([part for each in row.clocks[:2] for part in _short_clock(each, own)], "ss")]
    if row.clocks:
        return _clock(row.clocks[0], own)
    if row.submission is not None:
        told = row.submission
        share = min(told.submitted / told.expected, 1.0) if told.expected else 0.0
        return [_progress(share), paragraph(own.submission(told))]
    if row.processed_today is not None and row.condition not in TROUBLE:
        return [paragraph(f"{own.words.number(row.processed_today)} {own.say.processed_today}"), *_late(row, own)]
    if row.components.measured > 1:
        parts = row.components
        text = f"{own.of(parts.up, parts.expected)} {own.say.components_answer}"
        return [_progress(parts.up / parts.expected if parts.expected else 0.0), paragraph(text), *_late(row, own)]
    return [paragraph(own.say.no_deadline, "redup"), *_late(row, own)]


def _progress(share: float) -> Element:
    return div([element("I", None, style={"width": f"{100 * share:.4g}%"})], "prg")


def _late(row: ServiceRow, own: ServiceWords) -> list[Element]:
    return [paragraph(f"{own.words.number(row.overdue)} {own.say.overdue}", "lewat")] if row.overdue else []


def _clock(clock: ItemClock, own: ServiceWords) -> list[Element]:
    """E.g. "1 lewat tenggat, 3 jatuh hari ini" under the strip."""
    parts = [
        f"{own.words.number(clock.overdue)} {own.say.overdue}" if clock.overdue else "",
        f"{own.words.number(clock.due_today)} {own.say.due_today}" if clock.due_today else "",
    ]
    told: Sequence[str] = [each for each in parts if each] or [
        f"{own.level(clock.level)}: {own.words.number(clock.open)} {own.say.open}"
    ]
    return [item_clock(clock.shares, clock.overdue), paragraph(", ".join(told))]


def _short_clock(clock: ItemClock, own: ServiceWords) -> list[Element]:
    """E.g. "6 hari kerja: 6": there is room for no more beside another one."""
    return [
        item_clock(clock.shares, clock.overdue, SQUARES_BESIDE),
        paragraph(f"{own.level(clock.level)}: {own.words.number(clock.open)}"),
    ]
