"""What a wall can show: text size and layout tier from the screen's diagonal, its resolution and the farthest viewer.

Sources: 16 minutes of arc for the smallest character (NUREG-0700 rev. 3, group-view displays), which is 4.6542 mm per
metre of distance; tiers and canvas from the design notes, "Wall geometry".
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import IntEnum

MILLIMETRES_PER_METRE = 4.6542
"""Height that subtends 16 minutes of arc at one metre."""

LEAST_ARC_MINUTES = 16.0
CAPITAL_HEIGHT_RATIO = 0.70
"""Height of a capital letter per font size."""

CANVAS_WIDTH_REM, CANVAS_HEIGHT_REM = 61.0, 34.3
FULL_TIER_REM = 33.5
FULL_TIER_WIDTH_REM = 58.0
"""16:10 gives 59.4 rem and fits with a few ellipses; portrait does not fit."""

T1_REM, T2_REM = 24.0, 15.0
MILLIMETRES_PER_INCH = 25.4


class Tier(IntEnum):
    """How much of a page a wall can show; less is shed first. The larger the better."""

    T3 = 0  # two incidents
    T2 = 1  # verdict, four numbers, four incidents
    T1 = 2  # without cartogram and dimensions
    FULL = 3


@dataclass(frozen=True, slots=True)
class WallGeometry:
    """``rem_px`` is the smallest font size on that wall, in pixels; canvas sizes count in it."""

    rem_px: float
    width_rem: float
    height_rem: float
    capital_mm: float
    arc_minutes: float
    tier: Tier

    @property
    def is_full(self) -> bool:
        """Whether pages that exist in the full tier only (situs) can be shown."""
        return self.tier is Tier.FULL


def wall_geometry(diagonal_inch: float, pixels: tuple[int, int], distance_m: float) -> WallGeometry:
    """The geometry of one screen. ``pixels`` is width and height, ``distance_m`` the farthest viewer."""
    width, height = pixels
    pixels_per_mm = math.hypot(width, height) / (diagonal_inch * MILLIMETRES_PER_INCH)
    needed = distance_m * MILLIMETRES_PER_METRE * pixels_per_mm / CAPITAL_HEIGHT_RATIO
    rem = max(needed, min(height / CANVAS_HEIGHT_REM, width / CANVAS_WIDTH_REM))
    capital_mm = rem * CAPITAL_HEIGHT_RATIO / pixels_per_mm
    return WallGeometry(
        rem_px=rem,
        width_rem=width / rem,
        height_rem=height / rem,
        capital_mm=capital_mm,
        arc_minutes=math.degrees(2 * math.atan(capital_mm / 2000 / distance_m)) * 60,
        tier=_tier(width / rem, height / rem),
    )


def _tier(width_rem: float, height_rem: float) -> Tier:
    if height_rem < T2_REM:
        return Tier.T3
    if height_rem < T1_REM:
        return Tier.T2
    if height_rem < FULL_TIER_REM or width_rem < FULL_TIER_WIDTH_REM:
        return Tier.T1
    return Tier.FULL
