"""Counts of states in a row: shape, number, word. A state nobody is in is left out."""

from __future__ import annotations

from command_centre.read.views import Condition, Counts
from layouts.parts.glyph import glyph, state_class
from layouts.parts.node import Element, bold, span
from layouts.theme import text_width_em
from layouts.wording import Words

WORST_FIRST = (
    Condition.DOWN,
    Condition.DEGRADED,
    Condition.SLOW,
    Condition.NO_DATA,
    Condition.NO_ADDRESS,
    Condition.PLANNED,
)


QUIET = frozenset({Condition.NO_DATA, Condition.NO_ADDRESS, Condition.PLANNED})
GLYPH_EM = 2.1
"""Room for the shape of a state and the gap before it."""


def count_of(counts: Counts, condition: Condition) -> int:
    """How many targets are in one condition."""
    return int(getattr(counts, condition.value))


def counted_words(counts: Counts, words: Words, room_em: float) -> list[Element]:
    """E.g. "✕ 3 terputus", "▼ 4 lambat", … worst first; the quiet states lose their words where these do not fit."""
    present = [(each, count) for each in WORST_FIRST if (count := count_of(counts, each))]
    labels = {each: f"{words.number(count)} {words.condition(each)}" for each, count in present}
    is_tight = sum(text_width_em(label) + GLYPH_EM for label in labels.values()) > room_em
    return [
        _counted(each, words.number(count), "" if is_tight and each in QUIET else f" {words.condition(each)}")
        for each, count in present
    ]


def _counted(condition: Condition, number: str, word: str) -> Element:
    return span([glyph(state_class(condition)), bold(number), word], state_class(condition))


def counted_glyphs(counts: Counts, words: Words) -> list[Element]:
    """Shape and number only: down, impaired, not measured."""
    return [
        span([glyph(shape), words.number(count)], f"{shape} hit")
        for shape, count in (
            (state_class(Condition.DOWN), counts.down),
            (state_class(Condition.DEGRADED), counts.degraded + counts.slow),
            (unmeasured_class(counts), unmeasured(counts)),
        )
        if count
    ]


def unmeasured(counts: Counts) -> int:
    """Expected, but nothing is known: silent, or without an address."""
    return counts.no_data + counts.no_address


def unmeasured_class(counts: Counts) -> str:
    """The shape for the unmeasured: silence is worse than a known gap in the register."""
    return state_class(Condition.NO_DATA if counts.no_data else Condition.NO_ADDRESS)
