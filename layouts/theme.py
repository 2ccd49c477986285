"""Geometry of a wall: how big the smallest text must be, and what then fits. Colours and sizes live in the style sheets.

1 rem on a wall is the smallest text allowed: a capital letter that subtends 16 minutes of arc for the farthest viewer
(NUREG-0700 rev. 3, group-view displays), and never smaller than what fills the canvas of 61 x 34.3 rem.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

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
