"""From which share of what is expected a place stands out, and how it then looks: the same on every screen."""

from __future__ import annotations

from command_centre.read.views import Condition, Counts, HotspotCounts

AMBER_BELOW, RED_BELOW = 0.97, 0.80
"""Share below which a place is framed or filled. Our own defaults: the city has not published a target for its free Wi-Fi."""


def place_condition(counts: Counts) -> Condition | None:
    """How a place looks by its sites, judged by what was measured there; None where nothing is expected."""
    if counts.registered == 0:
        return None
    if counts.expected == 0:
        return Condition.PLANNED
    if counts.measured == 0:
        return Condition.NO_DATA if counts.no_data else Condition.NO_ADDRESS
    return _by_share(counts.active / counts.measured)


def hotspots_condition(counts: HotspotCounts) -> Condition | None:
    """How a place looks by its hotspots: those that are silent do not report, so they lower its share."""
    if counts.registered == 0:
        return None
    if counts.expected == 0:
        return Condition.PLANNED
    share = counts.share
    return Condition.NO_DATA if share is None else _by_share(share)


def _by_share(share: float) -> Condition:
    if share < RED_BELOW:
        return Condition.DOWN
    return Condition.DEGRADED if share < AMBER_BELOW else Condition.NORMAL
