"""Open items on their own clocks: a strip that begins when an item arrives, and a line where it is due.

What is overdue stands behind the line as squares; what has used up most of its time is amber.
"""

from __future__ import annotations

from collections.abc import Sequence

from layouts.parts.node import Element, div, element

LINE_AT = 80.0
"""Where the deadline stands on the strip, in percent; the style sheet knows it too."""
WARN_FROM = 0.85
"""The last 15 % of the time (design notes, "SLA strip")."""
MOST_SQUARES = 3
"""Overdue items drawn one by one on a whole strip; how many there are altogether is told in words."""
SQUARE_REM, FIRST_SQUARE_REM = 0.85, 0.35
"""How far apart the squares are, and the first one from the line."""


def item_clock(shares: Sequence[float], overdue: int, most_squares: int = MOST_SQUARES) -> Element:
    """``shares``: how much of its time each open item has used up (1 is the deadline)."""
    waiting = sorted({round(min(max(each, 0.0), 1.0), 3) for each in shares if each <= 1.0})
    ticks = [element("I", None, "w" if each >= WARN_FROM else "", style={"left": _at(each * LINE_AT)}) for each in waiting]
    squares = [
        element("B", None, style={"left": f"calc({LINE_AT:g}% + {FIRST_SQUARE_REM + SQUARE_REM * index:.4g}rem)"})
        for index in range(min(overdue, most_squares))
    ]
    return div([*ticks, *squares, element("U", None)], "stp")


def _at(percent: float) -> str:
    return f"{percent:.3g}%"
