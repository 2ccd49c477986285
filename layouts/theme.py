"""Geometry of a wall: how big the smallest text must be, and what then fits; and the template of charts.

Colours and sizes live in the style sheets (``assets/tokens.css``). Charts cannot read those: they have the same values here.

1 rem on a wall is the smallest text allowed: a capital letter that subtends 16 minutes of arc for the farthest viewer
(NUREG-0700 rev. 3, group-view displays), and never smaller than what fills the canvas of 61 x 34.3 rem.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

MILLIMETRES_PER_METRE = 4.6542
"""Height of a capital that subtends 16 minutes of arc, per metre of distance."""
CAPITAL_RATIO = 0.70
"""Capital height over font size (Roboto .711, Liberation .716): the smaller figure errs towards larger text."""
CANVAS_WIDTH_REM = 61.0
CANVAS_HEIGHT_REM = 34.3
FULL_TIER_WIDTH_REM = 59.5
FULL_TIER_HEIGHT_REM = 33.5
"""Below this the style sheet sheds the map and the dimensions, and screens of the full tier only cannot be shown."""


@dataclass(frozen=True, slots=True)
class Canvas:
    """The screen measured in rem, i.e. in multiples of its smallest text."""

    width_rem: float
    height_rem: float
    rem_px: float

    @property
    def has_full_tier(self) -> bool:
        return self.width_rem >= FULL_TIER_WIDTH_REM and self.height_rem >= FULL_TIER_HEIGHT_REM


def canvas(screen_diagonal_in: float, viewing_distance_m: float, width_px: int = 1920, height_px: int = 1080) -> Canvas:
    """The canvas of a screen; the resolution matters only through its aspect."""
    diagonal_px = math.hypot(width_px, height_px)
    capital_px = viewing_distance_m * MILLIMETRES_PER_METRE * diagonal_px / (screen_diagonal_in * 25.4)
    rem_px = max(capital_px / CAPITAL_RATIO, min(height_px / CANVAS_HEIGHT_REM, width_px / CANVAS_WIDTH_REM))
    return Canvas(width_px / rem_px, height_px / rem_px, rem_px)


_NARROW = frozenset("iljtfrI.,:;'!|()[]- ·")
_WIDE = frozenset("mwMWGOQ@%")


def text_width_em(text: str) -> float:
    """Width of a line in Roboto Medium in em, estimated from above: enough to choose the longer of two sentences."""
    return sum(_letter_width_em(letter) for letter in text)


def _letter_width_em(letter: str) -> float:
    if letter in _NARROW:
        return 0.30
    if letter in _WIDE:
        return 0.85
    return 0.64 if letter.isupper() else 0.545


# -- charts on a desk (DESIGN-NOTES §7)

CHART_PX = 13
TICK_PX = 12
FACE = 'Roboto, "Segoe UI", "Noto Sans", "Liberation Sans", "DejaVu Sans Condensed", sans-serif'


@dataclass(frozen=True, slots=True)
class ChartColours:
    """The tokens that charts use; each field is named like its token."""

    dasar: str
    teks: str
    teks_2: str
    teks_3: str
    garis: str
    data: str
    data_2: str
    batang: str
    kritis: str
    kritis_teks: str
    turun: str
    penuh: str
    nodata: str
    jadwal: str
    arsir_a: str


CHART_COLOURS: Mapping[str, ChartColours] = MappingProxyType(
    {
        "gelap": ChartColours(
            "#1B1D1F", "#ECEEEF", "#BFC5CA", "#98A0A7", "#4C5258", "#A9B0B7", "#6F767D", "#5B6268",
            "#CC3A2C", "#FF8B7A", "#F0B23C", "#5AA9E6", "#C9CED3", "#A3AAB1", "#7E858C",
        ),
        "terang": ChartColours(
            "#D2D5D7", "#131517", "#32373C", "#474D53", "#A6ACB1", "#4A5157", "#6C737A", "#98A0A7",
            "#930F0A", "#850D08", "#B06800", "#1F64AE", "#2A2F33", "#4A5157", "#767D84",
        ),
    }
)  # fmt: skip


def chart_template(theme: str) -> dict[str, Any]:
    """Plotly's template: greys only (colours of states are set per trace), step lines, a gap is a gap, no legend, no motion."""
    colours = CHART_COLOURS[theme]
    axis = {
        "showgrid": False,
        "zeroline": False,
        "showline": False,
        "ticks": "outside",
        "ticklen": 4,
        "tickwidth": 1,
        "tickcolor": colours.teks_3,
        "tickfont": {"family": FACE, "size": TICK_PX, "color": colours.teks_3},
        "fixedrange": True,
        "automargin": False,
    }
    return {
        "layout": {
            "font": {"family": FACE, "size": CHART_PX, "color": colours.teks},
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "colorway": [colours.data, colours.teks, colours.data_2],
            "xaxis": axis,
            "yaxis": {**axis, "showgrid": True, "gridcolor": colours.garis, "gridwidth": 1, "ticks": "", "nticks": 5},
            "margin": {"l": 44, "r": 9 * CHART_PX, "t": CHART_PX, "b": 2 * CHART_PX},
            "showlegend": False,
            "hovermode": "x",
            "hoverlabel": {"bgcolor": colours.dasar, "font": {"color": colours.teks, "family": FACE, "size": TICK_PX}},
            "separators": ",.",
            "transition": {"duration": 0},
            "dragmode": False,
        },
        "data": {
            "scatter": [
                {
                    "type": "scatter",
                    "mode": "lines",
                    "line": {"width": 2.2, "shape": "hv", "color": colours.data, "simplify": False},
                    "connectgaps": False,
                }
            ]
        },
    }
