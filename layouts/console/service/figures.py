"""The charts of one service: from a view to a figure as plain JSON. A gap is a gap."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, TypeAlias

from command_centre.read.details import Period
from command_centre.read.service_details import ServiceHistory
from command_centre.read.views import Step
from layouts.theme import CHART_COLOURS, ChartColours, chart_template
from layouts.wording import Words

Figure: TypeAlias = dict[str, Any]

AMBER_BELOW, RED_BELOW = 0.995, 0.95
"""Availability of a public service: the usual goal, and clearly below it."""


def empty(theme: str) -> Figure:
    """Nothing to draw: axes would claim that there was something."""
    return {"data": [], "layout": {"template": chart_template(theme), "xaxis": {"visible": False}, "yaxis": {"visible": False}}}


def response(history: ServiceHistory, words: Words, theme: str) -> Figure:
    """How long an answer took, in seconds."""
    return _line_chart(history, history.response, words, theme, least=0.5)


def queue(history: ServiceHistory, words: Words, theme: str) -> Figure:
    """How many items waited."""
    return _line_chart(history, history.queue, words, theme, least=4)


def availability(history: ServiceHistory, words: Words, theme: str) -> Figure:
    """Availability stretch by stretch; a stretch that nobody watched has no bar."""
    colours = CHART_COLOURS[theme]
    figure = _frame(history, words, theme, (0, 104))
    known = [(each, each.availability) for each in history.bars if each.availability is not None]
    figure["data"] = [
        {
            "type": "bar",
            "x": [_local(each.start, words) for each, _ in known],
            "y": [100 * share for _, share in known],
            "width": [(each.end - each.start) / timedelta(milliseconds=1) * 0.92 for each, _ in known],
            "offset": 0,
            "marker": {"color": [_colour(share, colours) for _, share in known], "line": {"width": 0}},
            "hovertemplate": "%{y:.2f} %<extra></extra>",
        }
    ]
    return figure


def _line_chart(history: ServiceHistory, steps: Sequence[Step], words: Words, theme: str, *, least: float) -> Figure:
    known = [each.value for each in steps if each.value is not None]
    figure = _frame(history, words, theme, (0, max([least, *known]) * 1.12))
    figure["data"] = [
        {
            "type": "scatter",
            "mode": "lines",
            "x": [_local(each.at, words) for each in steps],
            "y": [each.value for each in steps],
            "line": {"color": CHART_COLOURS[theme].teks},
            "connectgaps": False,
            "hovertemplate": "%{y:.1f}<extra></extra>",
        }
    ]
    return figure


def _frame(history: ServiceHistory, words: Words, theme: str, bounds: tuple[float, float]) -> Figure:
    return {
        "data": [],
        "layout": {
            "template": chart_template(theme),
            "uirevision": history.period.value,
            "xaxis": {
                "type": "date",
                "range": [_local(history.start, words), _local(history.end, words)],
                **_ticks(history, words),
            },
            "yaxis": {"range": list(bounds)},
        },
    }


def _ticks(history: ServiceHistory, words: Words) -> dict[str, Any]:
    """Hours of the day, or days with the month in our own words: Plotly's are English."""
    if history.period is Period.DAY:
        return {"tickformat": "%H.%M", "dtick": 3 * 3_600_000}
    midnight = history.end.astimezone(words.zone).replace(hour=0, minute=0, second=0, microsecond=0)
    step = 1 if history.period is Period.WEEK else 5
    days = [midnight - timedelta(days=back) for back in range(0, history.period.length.days, step)]
    return {"tickvals": [_local(each, words) for each in days], "ticktext": [words.day(each) for each in days]}


def _colour(share: float, colours: ChartColours) -> str:
    if share >= AMBER_BELOW:
        return colours.data_2
    return colours.turun if share >= RED_BELOW else colours.kritis


def _local(at: datetime, words: Words) -> str:
    """Wall clock of the city: Plotly knows no zones."""
    return at.astimezone(words.zone).strftime("%Y-%m-%dT%H:%M:%S")
