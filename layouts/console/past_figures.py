"""Charts of any target's past: from a view to a figure as plain JSON. A gap is a gap; planned time is a hatched band."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, TypeAlias

from command_centre.domain.availability import Span
from command_centre.domain.calendar import Interval
from command_centre.domain.reading import Status
from command_centre.domain.series import MetricName
from command_centre.read.target_past import Past
from command_centre.read.views import Step
from layouts.theme import CHART_COLOURS, ChartColours, chart_template
from layouts.wording import Words
from layouts.wording.console import console_words

Figure: TypeAlias = dict[str, Any]

SCALE: Mapping[str, float] = MappingProxyType({"in_bits_per_second": 1e-6})
"""From base units to those that people read."""
STRIP = 0.09
"""Height of the strip of states below the line, as a part of the chart's own height."""
MOST_BANDS = 120
"""More planned stretches than this have no room on a chart of a year: the strip of states has them."""


def empty(theme: str) -> Figure:
    """Nothing to draw: axes would claim that there was something."""
    return {"data": [], "layout": {"template": chart_template(theme), "xaxis": {"visible": False}, "yaxis": {"visible": False}}}


def line(past: Past, metric: MetricName | None, words: Words, theme: str) -> Figure:
    """One quantity over time, and below it the strip of states; without a metric the strip alone."""
    colours = CHART_COLOURS[theme]
    scale = SCALE.get(metric or "", 1.0)
    steps = next((each.steps for each in past.lines if each.metric == metric), ())
    points = [Step(each.at, None if each.value is None else each.value * scale) for each in steps]
    top = max([1.0, *(each.value for each in points if each.value is not None)]) * 1.12
    figure = _frame(past, words, theme, (-2 * STRIP * top, top))
    figure["data"] += [_strip(past.spans, -1.7 * STRIP * top, STRIP * top, words, colours)]
    if points:
        figure["data"].append(_line(points, words, colours.teks))
        _label_end(figure, points, words, colours)
    figure["layout"]["yaxis"]["tickvals"] = _ticks_up_to(top) if points else []
    return figure


def availability(past: Past, words: Words, theme: str) -> Figure:
    """Availability stretch by stretch; a stretch that nobody watched has no bar."""
    colours = CHART_COLOURS[theme]
    figure = _frame(past, words, theme, (0, 104))
    known = [(each, each.availability) for each in past.bars if each.availability is not None]
    figure["data"] = [
        {
            "type": "bar",
            "x": [_local(each.start, words) for each, _ in known],
            "y": [100 * share for _, share in known],
            "width": [_ms(each.end - each.start) * 0.92 for each, _ in known],
            "offset": 0,
            "marker": {"color": [_bar_colour(share, colours) for _, share in known], "line": {"width": 0}},
            "hovertemplate": "%{y:.2f} %<extra></extra>",
        }
    ]
    figure["layout"]["yaxis"]["tickvals"] = [0, 50, 100]
    return figure


def mark(figure: Figure, at: datetime, text: str, words: Words, theme: str, *, is_trouble: bool) -> None:
    """A line across the chart where something happened, with its words beside it."""
    colour = CHART_COLOURS[theme].kritis_teks if is_trouble else CHART_COLOURS[theme].teks_2
    x = _local(at, words)
    stroke = {"color": colour, "width": 1.2}
    figure["layout"]["shapes"].append(
        {"type": "line", "xref": "x", "yref": "paper", "x0": x, "x1": x, "y0": 0, "y1": 1, "line": stroke}
    )
    figure["layout"]["annotations"].append(
        {
            "x": x,
            "yref": "paper",
            "y": 1.0 if is_trouble else 0.9,
            "text": text,
            "showarrow": False,
            "xanchor": "right" if is_trouble else "left",
            "xshift": -5 if is_trouble else 5,
            "yanchor": "top",
            "font": {"color": colour},
        }
    )


def _frame(past: Past, words: Words, theme: str, bounds: tuple[float, float]) -> Figure:
    colours = CHART_COLOURS[theme]
    return {
        "data": _bands(past.planned, words, colours, bounds),
        "layout": {
            "template": chart_template(theme),
            "barmode": "overlay",
            "uirevision": f"{past.key} {past.within.length}",
            "margin": {"l": 44, "r": 96, "t": 8, "b": 26},
            "xaxis": {
                "type": "date",
                "range": [_local(past.within.start, words), _local(past.within.end, words)],
                **_time_axis(past.within, words),
                "hoverformat": "%d-%m-%Y %H.%M",
            },
            "yaxis": {"range": list(bounds)},
            "shapes": [],
            "annotations": [],
        },
    }


def _time_axis(within: Interval, words: Words) -> dict[str, Any]:
    """Hours of the day, or days with the month in our own words: Plotly's are English."""
    for longest, minutes in ((timedelta(hours=1, minutes=30), 10), (timedelta(hours=9), 60), (timedelta(hours=36), 180)):
        if within.length <= longest:
            return {"tickformat": "%H.%M", "dtick": minutes * 60_000}
    step = next(days for longest, days in ((9, 1), (45, 5), (400, 30)) if within.length <= timedelta(days=longest) or days == 30)
    midnight = within.end.astimezone(words.zone).replace(hour=0, minute=0, second=0, microsecond=0)
    days = [midnight - timedelta(days=back) for back in range(0, within.length.days + 1, step)]
    return {"tickvals": [_local(each, words) for each in days], "ticktext": [words.day(each) for each in days]}


def _ticks_up_to(top: float) -> list[float]:
    """Three or four round numbers from 0: the strip of states lies below 0 and has none."""
    step = next(each for size in range(-2, 12) for each in (10**size, 2 * 10**size, 5 * 10**size) if top / each <= 4.5)
    return [step * count for count in range(int(top / step) + 1)]


def _bands(planned: Sequence[Interval], words: Words, colours: ChartColours, bounds: tuple[float, float]) -> list[dict[str, Any]]:
    """Planned time as hatched bands over the whole height. Plotly hatches bars only, so they are bars."""
    if not planned or len(planned) > MOST_BANDS:
        return []
    say = console_words(words.language)
    return [
        {
            "type": "bar",
            "x": [_local(each.start, words) for each in planned],
            "y": [bounds[1] - bounds[0]] * len(planned),
            "base": bounds[0],
            "width": [_ms(each.length) for each in planned],
            "offset": 0,
            "marker": {
                "color": "rgba(0,0,0,0)",
                "line": {"width": 0},
                "pattern": {"shape": "/", "size": 6, "solidity": 0.25, "fgcolor": colours.arsir_a},
            },
            "hovertemplate": f"{say.planned_line}<extra></extra>",
        }
    ]


def _strip(spans: Sequence[Span], base: float, height: float, words: Words, colours: ChartColours) -> dict[str, Any]:
    """The states one after another; what nobody watched is left empty."""
    seen = [each for each in spans if each.status is not Status.UNKNOWN]
    return {
        "type": "bar",
        "x": [_local(each.interval.start, words) for each in seen],
        "y": [height] * len(seen),
        "base": base,
        "width": [_ms(each.interval.length) for each in seen],
        "offset": 0,
        "marker": {"color": [_state_colour(each, colours) for each in seen], "line": {"width": 0}},
        "text": [f"{words.status(each.status)}: {words.reason(each.reason)}" for each in seen],
        "textposition": "none",
        "hovertemplate": "%{text}<extra></extra>",
    }


def _line(points: Sequence[Step], words: Words, colour: str) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines",
        "x": [_local(each.at, words) for each in points],
        "y": [each.value for each in points],
        "line": {"color": colour, "shape": "hv", "width": 1.8},
        "connectgaps": False,
        "hovertemplate": "%{y:.2f}<extra></extra>",
    }


def _label_end(figure: Figure, points: Sequence[Step], words: Words, colours: ChartColours) -> None:
    """The newest value beside the end of its line; nothing when the line has ended in a gap."""
    value = points[-1].value
    if value is None:
        return
    figure["layout"]["annotations"].append(
        {
            "xref": "paper",
            "x": 1,
            "y": value,
            "text": f"<b>{words.number(value, 0 if value >= 10 else 1)}</b>",
            "xanchor": "left",
            "xshift": 8,
            "showarrow": False,
            "font": {"color": colours.teks},
        }
    )


def _state_colour(span: Span, colours: ChartColours) -> str:
    if span.planned:
        return colours.garis
    return {Status.UP: colours.data_2, Status.DEGRADED: colours.turun, Status.DOWN: colours.kritis}.get(
        span.status, colours.garis
    )


def _bar_colour(share: float, colours: ChartColours) -> str:
    if share >= 0.97:
        return colours.data_2
    return colours.turun if share >= 0.80 else colours.kritis


def _ms(length: timedelta) -> float:
    return length / timedelta(milliseconds=1)


def _local(at: datetime, words: Words) -> str:
    """Wall clock of the city: Plotly knows no zones."""
    return at.astimezone(words.zone).strftime("%Y-%m-%dT%H:%M:%S")
