"""Counts of states in a row: shape, number, word. A state nobody is in is left out."""

from __future__ import annotations

from command_centre.read.views import Condition, Counts
from layouts.parts.glyph import glyph, state_class
from layouts.parts.node import Element, bold, element, span
from layouts.wording import Words

WORST_FIRST = (
    Condition.DOWN,
    Condition.DEGRADED,
    Condition.SLOW,
    Condition.NO_DATA,
    Condition.NO_ADDRESS,
    Condition.PLANNED,
)


def count_of(counts: Counts, condition: Condition) -> int:
    """How many targets are in one condition."""
    return int(getattr(counts, condition.value))


def counted_words(counts: Counts, words: Words) -> list[Element]:
    """ "✕ 3 terputus", "▼ 4 lambat", … worst first."""
    return [
        span([glyph(state_class(each)), bold(words.number(count)), f" {words.condition(each)}"], state_class(each))
        for each in WORST_FIRST
        if (count := count_of(counts, each))
    ]


def counted_glyphs(counts: Counts, words: Words) -> list[Element]:
    """Shape and number only, where there is no room for the word."""
    return [
        element("Span", [glyph(state_class(each)), words.number(count)], f"{state_class(each)} hit")
        for each in (Condition.DOWN, Condition.DEGRADED, Condition.SLOW, Condition.NO_DATA, Condition.NO_ADDRESS)
        if (count := count_of(counts, each))
    ]
