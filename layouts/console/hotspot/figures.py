"""The charts of one hotspot: from a view to a figure as plain JSON. A gap is a gap; planned time is a hatched band."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, TypeAlias

from command_centre.domain.calendar import Interval
from command_centre.domain.hotspot import HotspotState
from command_centre.read.details import HotspotHistory, Period, Stretch
from command_centre.read.views import Step
from layouts.theme import CHART_COLOURS, ChartColours, chart_template
from layouts.wording import Words

Figure: TypeAlias = dict[str, Any]

STRIP_HEIGHT = 7.0
"""Height of the strip of states under the bars, in percent of availability."""


def empty(theme: str) -> Figure:
    """Nothing to draw: axes would claim that there was something."""
    return {"data": [], "layout": {"template": chart_template(theme), "xaxis": {"visible": False}, "yaxis": {"visible": False}}}


def clients(history: HotspotHistory, words: Words, theme: str) -> Figure:
    """Devices connected, against what the point takes."""
    colours = CHART_COLOURS[theme]
    top = max([history.capacity, *_known(history.clients)])
    figure = _frame(history, words, theme, (0, top * 1.12))
    figure["data"] += [_line(history.clients, words, colours.teks)]
    _limit(figure, history.capacity, words.capacity_of(history.capacity), colours)
    _label_end(figure, history.clients, words, words.say.connected, colours.teks)
    return figure


def traffic(history: HotspotHistory, words: Words, theme: str) -> Figure:
    """Download and upload in Mbps, against the class of the line."""
    colours = CHART_COLOURS[theme]
    download, upload = _in_mbps(history.download), _in_mbps(history.upload)
    limit = None if history.class_bits_per_second is None else history.class_bits_per_second / 1e6
    top = max([*_known(download), *_known(upload), *([limit] if limit is not None else []), 1.0])
    figure = _frame(history, words, theme, (0, top * 1.12))
    figure["data"] += [_line(upload, words, colours.data_2), _line(download, words, colours.teks)]
    if limit is not None:
        _limit(figure, limit, f"{words.say.speed_class} {words.number(limit)}", colours)
    _label_end(figure, download, words, words.say.download, colours.teks)
    _label_end(figure, upload, words, words.say.upload, colours.data)
    return figure


def availability(history: HotspotHistory, words: Words, theme: str) -> Figure:
    """Availability stretch by stretch; below it the strip of states."""
    colours = CHART_COLOURS[theme]
    figure = _frame(history, words, theme, (-2.4 * STRIP_HEIGHT, 104))
    measured = [each for each in history.bars if each.availability is not None]
    figure["data"] += [
        {
            "type": "bar",
            "x": [_local(each.start, words) for each in measured],
            "y": [100 * each.availability for each in measured if each.availability is not None],
            "width": [(each.end - each.start).total_seconds() * 1000 * 0.92 for each in measured],
            "offset": 0,
            "marker": {"color": [_bar_colour(each.availability, colours) for each in measured], "line": {"width": 0}},
            "hovertemplate": "%{y:.2f} %<extra></extra>",
        }
    ]
    figure["layout"]["yaxis"].update(tickvals=[0, 50, 100])
    figure["data"].append(_strip(history.stretches, words, colours))
    figure["layout"]["annotations"].append(_margin_label(-1.5 * STRIP_HEIGHT, words.say.state.lower(), colours.teks_2))
    return figure


def _strip(stretches: Sequence[Stretch], words: Words, colours: ChartColours) -> dict[str, Any]:
    """The states one after another, in one trace however many; what nobody watched is left empty."""
    seen = [each for each in stretches if each.state is not HotspotState.NO_DATA]
    return {
        "type": "bar",
        "x": [_local(each.start, words) for each in seen],
        "y": [STRIP_HEIGHT] * len(seen),
        "base": -2 * STRIP_HEIGHT,
        "width": [(each.end - each.start).total_seconds() * 1000 for each in seen],
        "offset": 0,
        "marker": {"color": [_state_colour(each.state, colours) for each in seen], "line": {"width": 0}},
        "text": [words.hotspot_state(each.state) for each in seen],
        "textposition": "none",
        "hovertemplate": "%{text}<extra></extra>",
    }


def _bar_colour(share: float | None, colours: ChartColours) -> str:
    if share is None or share >= 0.97:
        return colours.data_2
    return colours.turun if share >= 0.80 else colours.kritis


def _state_colour(state: HotspotState, colours: ChartColours) -> str:
    return {
        HotspotState.NORMAL: colours.data_2,
        HotspotState.SLOW: colours.turun,
        HotspotState.FULL: colours.penuh,
        HotspotState.NO_INTERNET: colours.kritis_teks,
        HotspotState.DOWN: colours.kritis,
        HotspotState.NO_DATA: "rgba(0,0,0,0)",
        HotspotState.PLANNED_OFF: colours.garis,
    }[state]


# -- common to all


def _frame(history: HotspotHistory, words: Words, theme: str, bounds: tuple[float, float]) -> Figure:
    colours = CHART_COLOURS[theme]
    return {
        "data": _bands(history.planned, words, colours, bounds) if history.period is not Period.MONTH else [],
        "layout": {
            "template": chart_template(theme),
            "barmode": "overlay",
            "uirevision": history.period.value,
            "xaxis": {
                "type": "date",
                "range": [_local(history.start, words), _local(history.end, words)],
                **_ticks(history, words),
                "hoverformat": "%d %b %H.%M",
            },
            "yaxis": {"range": list(bounds)},
            "shapes": [],
            "annotations": [],
        },
    }


def _ticks(history: HotspotHistory, words: Words) -> dict[str, Any]:
    """Hours of the day, or days with the month in our own words: Plotly's are English."""
    if history.period is Period.DAY:
        return {"tickformat": "%H.%M", "dtick": 3 * 3_600_000}
    step = 1 if history.period is Period.WEEK else 5
    local = history.end.astimezone(words.zone).replace(hour=0, minute=0, second=0, microsecond=0)
    days = [local - timedelta(days=back) for back in range(0, history.period.length.days, step)]
    return {"tickvals": [_local(each, words) for each in days], "ticktext": [words.day(each) for each in days]}


def _bands(planned: Sequence[Interval], words: Words, colours: ChartColours, bounds: tuple[float, float]) -> list[dict[str, Any]]:
    """Agreed dark times as hatched bands over the whole height. Plotly hatches bars only, so they are bars.

    A month has no room for half an hour: there the strip of states has them.
    """
    if not planned:
        return []
    return [
        {
            "type": "bar",
            "x": [_local(each.start, words) for each in planned],
            "y": [bounds[1] - bounds[0]] * len(planned),
            "base": bounds[0],
            "width": [each.length.total_seconds() * 1000 for each in planned],
            "offset": 0,
            "marker": {
                "color": "rgba(0,0,0,0)",
                "line": {"width": 0},
                "pattern": {"shape": "/", "fgcolor": colours.arsir_a, "bgcolor": "rgba(0,0,0,0)", "size": 6, "solidity": 0.16},
            },
            "hoverinfo": "skip",
        }
    ]


def _line(steps: Sequence[Step], words: Words, colour: str) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines",
        "x": [_local(each.at, words) for each in steps],
        "y": [each.value for each in steps],
        "line": {"color": colour},
        "connectgaps": False,
        "hovertemplate": "%{y:.1f}<extra></extra>",
    }


def _limit(figure: Figure, at: float, text: str, colours: ChartColours) -> None:
    figure["layout"]["shapes"].append(
        {
            "type": "line",
            "xref": "paper",
            "x0": 0,
            "x1": 1,
            "y0": at,
            "y1": at,
            "line": {"color": colours.teks_3, "width": 1, "dash": "2px,3px"},
        }
    )
    figure["layout"]["annotations"].append({**_margin_label(at, text, colours.teks_3), "yanchor": "bottom"})


def _label_end(figure: Figure, steps: Sequence[Step], words: Words, name: str, colour: str) -> None:
    """The newest value beside the end of its line; nothing when the line has ended in a gap."""
    if steps and steps[-1].value is not None:
        value = steps[-1].value
        text = f"<b>{words.number(value, 0 if value >= 10 else 1)}</b> {name}"
        figure["layout"]["annotations"].append({**_margin_label(value, text, colour), "yanchor": "top"})


def _margin_label(at: float, text: str, colour: str) -> dict[str, Any]:
    return {
        "xref": "paper",
        "x": 1,
        "y": at,
        "text": text,
        "xanchor": "left",
        "xshift": 8,
        "showarrow": False,
        "font": {"color": colour},
    }


def _local(at: datetime, words: Words) -> str:
    """Wall clock of the city: Plotly knows no zones."""
    return at.astimezone(words.zone).strftime("%Y-%m-%dT%H:%M:%S")


def _in_mbps(steps: Sequence[Step]) -> list[Step]:
    return [Step(each.at, None if each.value is None else each.value / 1e6) for each in steps]


def _known(steps: Sequence[Step]) -> list[float]:
    return [each.value for each in steps if each.value is not None]
