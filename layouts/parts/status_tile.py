"""Tiles: one site on the grid, one group heading. The same place on the wall always means the same site."""

from __future__ import annotations

from typing import assert_never

from command_centre.read.views import Condition, SiteTile
from layouts.parts.age import epoch_milliseconds
from layouts.parts.glyph import INJECTED, glyph, glyph_of, state_class
from layouts.parts.history_bar import history_bar
from layouts.parts.node import Children, Element, bold, div, element, span
from layouts.theme import text_width_em
from layouts.wording import ABSENT, Words

TIGHT_EM = 5.9
"""Names wider than this are set tight, so that eleven to thirteen letters still fit beside the number."""


def status_tile(tile: SiteTile, words: Words) -> Element:
    """Name, response time, 24 hours. ``data-last`` lets the browser mark a tile whose figures grow old."""
    last_seen = (
        {"data-last": str(epoch_milliseconds(tile.last_seen))} if tile.last_seen and _is_vouched_for(tile.condition) else {}
    )
    content: list[Element] = [
        span(tile.short_name, "rapat" if text_width_em(tile.short_name) > TIGHT_EM else ""),
        element("Em", _value(tile, words)),
    ]
    if _shows_history(tile.condition):
        content.append(history_bar(tile.history))
    return element("Div", content, _tile_class(tile.condition), attributes=last_seen)


def injected_tile(tile: SiteTile) -> Element:
    """A site in whose pages something was planted: that outweighs how fast it answers."""
    name = span(tile.short_name, "rapat" if text_width_em(tile.short_name) > TIGHT_EM else "")
    return element("Div", [name, element("Em", [glyph(INJECTED)])], "st k-judol")


def _tile_class(condition: Condition) -> str:
    """A site that is degraded but not slow keeps a plain number: its response time is not what is wrong."""
    return f"st {state_class(condition)}{' menurun' if condition is Condition.DEGRADED else ''}"


def _value(tile: SiteTile, words: Words) -> Children:
    match tile.condition:
        case Condition.NORMAL:
            return _seconds(tile, words)
        case Condition.SLOW | Condition.DEGRADED:
            return [glyph_of(tile.condition, tile.reason), _seconds(tile, words)]
        case Condition.DOWN | Condition.NO_DATA | Condition.PLANNED:
            return [glyph_of(tile.condition, tile.reason)]
        case Condition.NO_ADDRESS:
            return ABSENT
        case unreachable:
            assert_never(unreachable)


def _is_vouched_for(condition: Condition) -> bool:
    """Whether the tile says something about now; what is silent, planned or without an address cannot grow old."""
    return _shows_history(condition) or condition is Condition.DOWN


def _seconds(tile: SiteTile, words: Words) -> str:
    return words.seconds(tile.total_seconds) if tile.total_seconds is not None else ABSENT


def _shows_history(condition: Condition) -> bool:
    return condition in (Condition.NORMAL, Condition.SLOW, Condition.DEGRADED)


def group_heading(name: str, active: int, measured: int, words: Words) -> Element:
    """The name of a group with its active and measured sites."""
    return div([bold(name), element("Em", words.share(active, measured) if measured else ABSENT)], "gh")
