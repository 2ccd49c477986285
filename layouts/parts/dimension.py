"""One of the six dimensions as a bar: solid is conservative (unmeasured counts 0), hatched reaches up to what is measured."""

from __future__ import annotations

from command_centre.read.views import DimensionBar
from layouts.parts.node import Element, bold, div, element, span
from layouts.wording import Words

OFFICIAL_RATIO = 0.75
"""The city's own figure, published on 15 October 2025: a reference, not a measurement of ours. The catalogue may say another."""


def dimension_bar(bar: DimensionBar, words: Words, official: float | None = OFFICIAL_RATIO) -> list[Element]:
    """Name and filled indicators; the bar with its reference; the figures. Shares are ratios (0..1)."""
    name = element("H3", [words.dimension(bar.dimension), span(words.share(bar.filled, bar.indicators))])
    if bar.measured is None:
        return [name, div(_reference(official), "cc-rentang cc-arsir"), div([span(words.say.unmeasured)], "n")]
    certain = bar.conservative if bar.conservative is not None else 0.0  # conservative means: unmeasured counts as nothing
    pieces = [
        element("I", None, style={"width": _share(certain)}),
        element("Em", None, style={"left": _share(certain), "width": _share(max(bar.measured - certain, 0.0))}),
        *_reference(official),
    ]
    figures = [bold(words.whole_percent(bar.measured)), span(f"{words.say.conservative_short} {words.whole_percent(certain)}")]
    return [name, div(pieces, "cc-rentang"), div(figures, "n")]


def _reference(official: float | None) -> list[Element]:
    return [] if official is None else [element("U", None, style={"left": _share(official)})]


def _share(ratio: float) -> str:
    return f"{100 * ratio:.4g}%"
