"""Flapping: a state that changes so often that telling each change would help nobody.

The measure is the one Icinga 2 documents: the last looks, each remembered as "changed" or "same", the newest weighing more (from
0.8 for the oldest of twenty to 1.18). Flapping begins above one share and ends below a lower one.
"""

from __future__ import annotations

from dataclasses import dataclass

LIGHTEST = 0.8
HEAVIEST = 1.2


@dataclass(frozen=True, slots=True)
class FlapLimits:
    """Over how many looks, and the shares in percent above which it begins and at or below which it ends."""

    window: int = 20
    high: float = 30.0
    low: float = 25.0


@dataclass(frozen=True, slots=True)
class Flapping:
    """The last looks of one alert, oldest first, as bits (``changes``), and whether it counts as flapping."""

    last: str | None = None  # how the newest look was
    changes: tuple[bool, ...] = ()
    is_flapping: bool = False


CALM = Flapping()


def share_of_changes(changes: tuple[bool, ...], window: int) -> float:
    """The weighted share of changes in percent; looks that have not happened yet count as no change."""
    step = (HEAVIEST - LIGHTEST) / window
    oldest = window - len(changes)
    return 100.0 / window * sum(LIGHTEST + step * (oldest + place) for place, changed in enumerate(changes) if changed)


def look(flapping: Flapping, state: str, limits: FlapLimits) -> Flapping:
    """After one more look that found ``state``. The first look is no change."""
    if flapping.last is None:
        return Flapping(state)
    if state == flapping.last and not flapping.changes and not flapping.is_flapping:
        return flapping  # calm stays calm: nearly every look of nearly every target
    changes = _without_calm_past((*flapping.changes, state != flapping.last)[-limits.window :])
    share = share_of_changes(changes, limits.window)
    return Flapping(state, changes, share > (limits.low if flapping.is_flapping else limits.high))


def _without_calm_past(changes: tuple[bool, ...]) -> tuple[bool, ...]:
    """Old looks that changed nothing weigh nothing: what is calm has nothing to remember."""
    first = next((place for place, changed in enumerate(changes) if changed), len(changes))
    return changes[first:]
