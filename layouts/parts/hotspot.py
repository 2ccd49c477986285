"""States of hotspots as shapes, counts and words: the parts that several screens share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import assert_never

from command_centre.domain.hotspot import HotspotState
from command_centre.read.views import HotspotCounts
from layouts.parts.glyph import glyph
from layouts.parts.node import Element, bold, element, span
from layouts.theme import text_width_em
from layouts.wording import Words

NO_INTERNET = "k-tanpainternet"

IN_ORDER = (
    HotspotState.NORMAL,
    HotspotState.SLOW,
    HotspotState.FULL,
    HotspotState.NO_INTERNET,
    HotspotState.DOWN,
    HotspotState.NO_DATA,
    HotspotState.PLANNED_OFF,
)
"""From good to bad, then what says nothing, then what was agreed: the order of bars and legends."""


QUIET = frozenset({HotspotState.NO_DATA, HotspotState.PLANNED_OFF})
GLYPH_EM = 2.1
"""Room for the shape of a state and the gap before it."""


def hotspot_class(state: HotspotState) -> str:
    """The class that carries the colour and the shape of a state."""
    match state:
        case HotspotState.NORMAL:
            return "k-normal"
        case HotspotState.SLOW:
            return "k-lambat"
        case HotspotState.FULL:
            return "k-penuh"
        case HotspotState.NO_INTERNET:
            return NO_INTERNET
        case HotspotState.DOWN:
            return "k-terputus"
        case HotspotState.NO_DATA:
            return "k-nodata"
        case HotspotState.PLANNED_OFF:
            return "k-jadwal"
        case unreachable:
            assert_never(unreachable)


def number_in(counts: HotspotCounts, state: HotspotState) -> int:
    return int(getattr(counts, state.value))


def present_states(counts: HotspotCounts) -> list[tuple[HotspotState, int]]:
    """The states somebody is in, in order, with how many."""
    return [(state, count) for state in IN_ORDER if (count := number_in(counts, state))]


def state_bar(counts: HotspotCounts) -> list[Element]:
    """One bar that is all registered hotspots together; each part as long as its state is common."""
    return [
        element("I", None, f"p {hotspot_class(state)}", style={"flex": str(count)}) for state, count in present_states(counts)
    ]


def state_counts(counts: HotspotCounts, words: Words, room_em: float) -> list[Element]:
    """E.g. "● 588 normal", "▼ 31 lambat", …; where the words do not fit, what is quiet has a shorter one, or none."""
    present = present_states(counts)
    full = {state: words.hotspot_state(state) for state, _ in present}
    shorter = {**full, HotspotState.PLANNED_OFF: words.say.scheduled}
    shortest = {**full, **dict.fromkeys(QUIET, "")}
    said = next((each for each in (full, shorter) if _width(present, each, words) <= room_em), shortest)
    return [
        span(
            [glyph(hotspot_class(state)), bold(words.number(count)), f" {said[state]}" if said[state] else ""],
            hotspot_class(state),
        )
        for state, count in present
    ]


def _width(present: Sequence[tuple[HotspotState, int]], said: Mapping[HotspotState, str], words: Words) -> float:
    return sum(text_width_em(f"{words.number(count)} {said[state]}") + GLYPH_EM for state, count in present)


def cut_off_glyphs(counts: HotspotCounts, words: Words) -> list[Element]:
    """Shape and number only, of what does not report."""
    return [
        span([glyph(hotspot_class(state)), words.number(count)], f"{hotspot_class(state)} hit")
        for state, count in present_states(counts)
        if state in (HotspotState.NO_INTERNET, HotspotState.DOWN, HotspotState.NO_DATA)
    ]
