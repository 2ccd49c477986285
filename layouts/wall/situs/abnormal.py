"""The list of what is wrong: worst first, as much detail as the column holds, never cut off without saying so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from command_centre.read.views import Condition, SitesView, SiteTile
from layouts.parts.age import age
from layouts.parts.counts import count_of
from layouts.parts.glyph import glyph, glyph_of, state_class
from layouts.parts.node import Element, bold, element, item, paragraph, span
from layouts.theme import text_width_em
from layouts.wall.situs.grid import badness
from layouts.wall.situs.injected import injected_boxes
from layouts.wording import Words

ROOM_REM = 19.6
"""Height of the list in the full tier."""
ONE_LINE_EM = 14.5
"""Room for name and reason in one line beside an age, counted in the wide face; they are set in the narrow one."""
TWO_LINES_REM, ONE_LINE_REM = 2.62, 1.24


@dataclass(frozen=True, slots=True)
class _Telling:
    """What the rows need beside their tile. ``offices`` maps the full name of an office to the short name of its site."""

    now: datetime
    words: Words
    offices: Mapping[str, str]

    def name(self, tile: SiteTile) -> str:
        return self.words.name_in_group(tile.short_name, tile.group)

    def owner(self, tile: SiteTile) -> str:
        """The owner's short name; empty where it is the site's own."""
        return "" if tile.owner == tile.name else self.offices.get(tile.owner, tile.owner)

    def age(self, tile: SiteTile) -> list[Element]:
        return [age(tile.since, self.now, self.words, tag="Em")] if tile.since is not None else []


def abnormal_list(view: SitesView, words: Words) -> list[Element]:
    """The rows of the list: injected sites, then trouble; the quiet states share one line at its end."""
    ordered = sorted(view.abnormal, key=_worst_first)
    down = [each for each in ordered if each.condition is Condition.DOWN]
    degraded = [each for each in ordered if each.condition in (Condition.DEGRADED, Condition.SLOW)]
    quiet = _quiet_lines(view, words)
    boxes, taken = injected_boxes(view, words)
    room = ROOM_REM - ONE_LINE_REM * len(quiet) - taken
    telling = _Telling(view.generated_at, words, {each.name: each.short_name for each in view.tiles})
    return [*boxes, *_trouble(down, degraded, room, telling), *quiet]


def _worst_first(tile: SiteTile) -> tuple[int, float, float]:
    """Worst condition first; then the slowest of the slow, the longest of the others."""
    slowness = -(tile.total_seconds or 0.0) if tile.condition is Condition.SLOW else 0.0
    began = tile.since.timestamp() if tile.since is not None else float("inf")
    return badness(tile.condition), slowness, began


def _trouble(down: Sequence[SiteTile], degraded: Sequence[SiteTile], room: float, telling: _Telling) -> list[Element]:
    """The fullest form that fits: details, then one line each, then the lesser trouble in one line, then the rest counted."""
    everything = [*down, *degraded]
    one_line_each = [_one_line(each, telling) for each in everything]
    for detailed in (sum(each.condition is not Condition.SLOW for each in everything), len(down)):
        if detailed * TWO_LINES_REM + (len(everything) - detailed) * ONE_LINE_REM <= room:
            return [*(_two_lines(each, telling) for each in everything[:detailed]), *one_line_each[detailed:]]
    if len(one_line_each) * ONE_LINE_REM <= room:
        return one_line_each
    folded = _folded(degraded, telling)
    rows = int(room // ONE_LINE_REM) - len(folded)
    if len(down) <= rows:
        return [*one_line_each[: len(down)], *folded]
    return [*one_line_each[: rows - 1], item(telling.words.and_more(len(down) - rows + 1), "satu lagi"), *folded]


def _two_lines(tile: SiteTile, telling: _Telling) -> Element:
    words = telling.words
    head = [
        glyph_of(tile.condition, tile.reason),
        bold(telling.name(tile)),
        span(words.condition(tile.condition)),
        *telling.age(tile),
    ]
    why = " · ".join(part for part in (words.reason(tile.reason, tile.status_code), telling.owner(tile)) if part)
    return item([element("Div", head, "a"), paragraph(why, "redup")], f"put {state_class(tile.condition)}")


def _one_line(tile: SiteTile, telling: _Telling) -> Element:
    what = _what(tile, telling.words)
    full = telling.name(tile)
    name = full if text_width_em(full) + text_width_em(what) <= ONE_LINE_EM else tile.short_name
    row = [glyph_of(tile.condition, tile.reason), bold(name), span(what), *telling.age(tile)]
    return item(row, f"satu {state_class(tile.condition)}")


def _what(tile: SiteTile, words: Words) -> str:
    if tile.condition is Condition.SLOW and tile.total_seconds is not None:
        return f"{words.condition(tile.condition)} {words.seconds(tile.total_seconds)} {words.say.seconds_short}"
    return words.reason(tile.reason, tile.status_code)


def _folded(tiles: Sequence[SiteTile], telling: _Telling) -> list[Element]:
    """E.g. "▼ 4 lambat  terlama Beasiswa 5,2 dtk", one line per kind."""
    rows = []
    for condition in (Condition.DEGRADED, Condition.SLOW):
        members = [each for each in tiles if each.condition is condition]
        if members:
            rows.append(_folded_line(condition, members, telling))
    return rows


def _folded_line(condition: Condition, members: Sequence[SiteTile], telling: _Telling) -> Element:
    words = telling.words
    head = bold(f"{words.number(len(members))} {words.condition(condition)}")
    first = members[0]
    slowest = (
        words.slowest(telling.name(first), first.total_seconds)
        if condition is Condition.SLOW and first.total_seconds is not None
        else ""
    )
    return item([glyph(state_class(condition)), head, span(slowest)], f"satu {state_class(condition)}")


def _quiet_lines(view: SitesView, words: Words) -> list[Element]:
    """What is not trouble but not normal either: nothing known, no address, planned. Two to a line."""
    parts = [
        span([glyph(state_class(each)), " ", bold(f"{words.number(count)} {words.condition(each)}")], state_class(each))
        for each in (Condition.NO_DATA, Condition.NO_ADDRESS, Condition.PLANNED)
        if (count := count_of(view.counts, each))
    ]
    return [item(parts[start : start + 2], "satu dua-k") for start in range(0, len(parts), 2)]
