"""The Wi-Fi screen: from view and words to the content of each region. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import lru_cache, partial

from command_centre.domain.target import TargetKey
from command_centre.read.views import (
    Condition,
    HotspotArea,
    HotspotCounts,
    HotspotGroup,
    HotspotLoad,
    HotspotPoint,
    HotspotsView,
    PlannedTime,
    Step,
)
from layouts.parts.glyph import glyph, state_class
from layouts.parts.hotspot import state_bar
from layouts.parts.limits import AMBER_BELOW, hotspots_condition
from layouts.parts.node import Children, Draw, Element, bold, div, element, paragraph, span
from layouts.parts.section import heading
from layouts.parts.sparkline import EndMark, sparkline
from layouts.parts.verdict import plate
from layouts.wall.places import KELURAHAN
from layouts.wall.wifi import ids
from layouts.wall.wifi.dots import dots, hull
from layouts.wall.wifi.geography import LABELS, QUIET_LABELS, SCALE_AT, WIDTH, Label, Spot, spots_of
from layouts.wall.wifi.verdict import GREAT_FROM, verdict_on
from layouts.wording import ABSENT, Words

CROWDED_SHOWN = 3
LEAST_ON_LINE = 0.84
"""Foot of the lines in the table: a fall below the limit is seen, one of a point in fifty is not blown up."""
LINE_BUCKETS = 48
"""Half an hour each: a line in the table is three letters wide."""
DAY = timedelta(days=1)


def regions(view: HotspotsView, words: Words) -> dict[str, Draw]:
    """What draws each region, by the id of its container."""
    return {
        ids.PLATE: lambda: plate(verdict_on(view, words)),
        ids.SENTENCE: lambda: verdict_on(view, words).sentence,
        ids.COUNTS: lambda: verdict_on(view, words).support,
        ids.BAR: lambda: state_bar(view.counts),
        **_map(view, words),
        **_table(view, words),
        **_rest(view, words),
    }


# -- the map


def _map(view: HotspotsView, words: Words) -> dict[str, Draw]:
    """One region for each kelurahan: when a state changes, only its neighbours are sent again."""
    great = great_causes(view)
    by_kelurahan: dict[str, list[tuple[HotspotPoint, Spot]]] = {code: [] for code in [*KELURAHAN, ids.ELSEWHERE]}
    placed = spots_of(view.points)
    for point, spot in placed:
        by_kelurahan.get(point.kelurahan or "", by_kelurahan[ids.ELSEWHERE]).append((point, spot))
    drawn: dict[str, Draw] = {ids.dots(code): partial(dots, members, great) for code, members in by_kelurahan.items()}
    return drawn | {
        ids.HULLS: lambda: [outline for cause in sorted(great) for outline in hull(placed, cause)],
        ids.LABELS: lambda: _labels(words),
    }


def great_causes(view: HotspotsView) -> frozenset[TargetKey]:
    """The causes that are drawn as one thing."""
    return frozenset(each.key for each in view.causes if each.children >= GREAT_FROM)


def _labels(words: Words) -> list[Element]:
    scale = Label(words.say.map_scale, Spot(SCALE_AT.x, SCALE_AT.y - 0.35), is_quiet=True)
    sea = Label(words.say.sea, Spot(WIDTH - 0.2, 0.95), is_right=True, is_quiet=True)
    return [_label(each) for each in (*LABELS.values(), *QUIET_LABELS, scale, sea)]


def _label(label: Label) -> Element:
    side = {"right": f"{WIDTH - label.at.x:.2f}rem"} if label.is_right else {"left": f"{label.at.x:.2f}rem"}
    return element("Span", label.name, "nama redup" if label.is_quiet else "nama", style={**side, "top": f"{label.at.y:.2f}rem"})


# -- the table


def _table(view: HotspotsView, words: Words) -> dict[str, Draw]:
    say = words.say
    hit = frozenset[str]().union(*(each.kelurahan for each in view.causes if each.children >= GREAT_FROM))
    ordered = worst_first(view.areas, hit)
    drawn: dict[str, Draw] = {
        ids.TABLE_HEAD: lambda: heading(f"{say.area_limit} {words.percent_down(AMBER_BELOW)}", say.bar_meaning),
        ids.COLUMNS: lambda: _columns(words),
        ids.CAUSE: lambda: _cause_row(view, words),
        ids.CITY: lambda: _figures(say.whole_city, view.counts, view.load, words),
    }
    for index in range(ids.ROWS):
        area = ordered[index] if index < len(ordered) else None
        drawn[ids.row(index)] = partial(_area_row, area, hit, words)
        drawn[ids.line(index)] = partial(_area_line, area, view.generated_at)
    return drawn


def worst_first(areas: Sequence[HotspotArea], hit: frozenset[str] = frozenset()) -> list[HotspotArea]:
    """Those that a great cause has hit, then by share; those without a place stand at the end, whatever they are."""

    def badness(area: HotspotArea) -> tuple[bool, bool, float, int]:
        share = area.counts.share
        known = share if share is not None else (0.0 if area.counts.expected else 1.0)
        return area.code is None, area.code not in hit, known, -area.counts.registered

    return sorted(areas, key=badness)


def _columns(words: Words) -> list[Element]:
    say = words.say
    return [
        span(say.area, "nm"),
        span(say.day, "sp"),
        span("%", "pc"),
        span(say.reporting, "fr"),
        span(say.connected, "kl2"),
        span(say.mbps, "mb"),
    ]


def _cause_row(view: HotspotsView, words: Words) -> Children:
    """The great cause above the places that it has hit; of several, their number and all their children."""
    great = [each for each in view.causes if each.children >= GREAT_FROM]
    if not great:
        return ""
    children = words.counted_hotspots(sum(each.children for each in great))
    named = f"{great[0].short_name}, {children}" if len(great) == 1 else children
    return div([span(f"{words.as_one(len(great))}: {named}")], "wb gj")


def _area_row(area: HotspotArea | None, hit: frozenset[str], words: Words) -> Children:
    if area is None:
        return ""
    name = KELURAHAN.get(area.code, area.code) if area.code is not None else words.say.nowhere
    return _figures(name, area.counts, area.load, words, is_hit=area.code in hit)


def _figures(name: str, counts: HotspotCounts, load: HotspotLoad, words: Words, *, is_hit: bool = False) -> list[Element]:
    """Name with its shape, percent (rounded down), reporting of expected, devices against capacity, Mbps."""
    condition = hotspots_condition(counts)
    look = state_class(condition) if condition is not None else "k-normal"
    shape = [] if condition in (None, Condition.NORMAL) or is_hit else [glyph(look)]
    percent = words.number(int(counts.share * 1000 + 1e-9) / 10, 1) if counts.share is not None else ABSENT
    return [
        span([*shape, name], f"nm {look}{' kena' if is_hit else ''}"),
        element("B", percent, f"pc {look}"),
        span(words.share(counts.reporting, counts.expected), "fr"),
        _load_bar(load),
        span(words.number(load.clients) if load.clients is not None else ABSENT, "kl"),
        span(words.number(load.bits_per_second / 1e6) if load.bits_per_second is not None else ABSENT, "mb"),
    ]


def _load_bar(load: HotspotLoad) -> Element:
    if load.clients is None or not load.capacity:
        return span(None, "bk kosong")
    filled = min(load.clients / load.capacity, 1)
    return span([element("I", None, style={"width": f"{100 * filled:.0f}%"})], "bk")


def _area_line(area: HotspotArea | None, until: datetime) -> Children:
    if area is None or not area.day:
        return ""
    end = {Condition.DOWN: EndMark.RED, Condition.DEGRADED: EndMark.AMBER}.get(
        hotspots_condition(area.counts) or Condition.NORMAL, EndMark.CALM
    )
    minute = until.replace(second=0, microsecond=0)
    return _share_line(area.day, minute, end)


@lru_cache(maxsize=256)  # sixteen lines that change once in minutes, drawn several times a second
def _share_line(day: tuple[Step, ...], until: datetime, end: EndMark) -> Element:
    known = [each.value for each in day if each.value is not None]
    low = LEAST_ON_LINE if min(known, default=1.0) >= LEAST_ON_LINE else 0.0
    return sparkline(day, until, low=low, high=1.0, end=end, buckets=LINE_BUCKETS)


# -- providers, classes, the fullest, dark times


def _rest(view: HotspotsView, words: Words) -> dict[str, Draw]:
    say = words.say
    full = view.counts.full
    return {
        ids.PROVIDERS_HEAD: lambda: heading(say.providers, say.reporting),
        ids.PROVIDERS: lambda: _groups(sorted(view.providers, key=_by_share), lambda name: name, words),
        ids.CLASSES_HEAD: lambda: heading(say.classes, say.reporting),
        ids.CLASSES: lambda: _groups(view.classes, lambda name: f"{name} {say.class_names.get(name, '')}".strip(), words),
        ids.CROWDED_HEAD: lambda: heading(say.fullest, words.counted_hotspots(full) if full else ""),
        ids.CROWDED: lambda: _crowded(view, words),
        ids.DARK_HEAD: lambda: heading(say.dark_times, say.today),
        ids.DARK_BAR: lambda: _dark_bar(view, words),
        ids.DARK: lambda: _dark_times(view, words),
    }


def _by_share(group: HotspotGroup) -> tuple[float, str]:
    return (group.counts.share if group.counts.share is not None else 1.0), group.name


def _groups(groups: Sequence[HotspotGroup], name: Callable[[str], str], words: Words) -> list[Element]:
    return [_group(name(each.name), each.counts, words) for each in groups]


def _group(name: str, counts: HotspotCounts, words: Words) -> Element:
    condition = hotspots_condition(counts)
    look = state_class(condition) if condition is not None else "k-normal"
    shape = [] if condition in (None, Condition.NORMAL) else [glyph(look)]
    percent = words.number(int(counts.share * 1000 + 1e-9) / 10, 1) if counts.share is not None else ABSENT
    return div(
        [
            span([*shape, name], "nm"),
            element("B", percent, f"pc {look}"),
            span(words.share(counts.reporting, counts.expected), "fr"),
        ],
        "kb",
    )


def _crowded(view: HotspotsView, words: Words) -> list[Element]:
    if view.load.clients is None:
        return [div([span(words.say.nobody_told, "nm redup")], "kb")]
    return [
        div([span(each.short_name, "nm"), span(words.share(each.clients, each.capacity), "fr")], "kb")
        for each in view.crowded[:CROWDED_SHOWN]
    ]


def _dark_bar(view: HotspotsView, words: Words) -> list[Element]:
    """The windows of today on 24 hours, and where we are."""
    now = view.generated_at
    midnight = now.astimezone(words.zone).replace(hour=0, minute=0, second=0, microsecond=0)
    minute = now.replace(second=0, microsecond=0)
    boxes = [
        element(
            "I",
            None,
            "kini" if each.start <= now < each.end else "",
            style={
                "left": _on_axis(max(each.start, midnight), midnight),
                "width": _share_of_day(min(each.end, midnight + DAY) - max(each.start, midnight)),
            },
        )
        for each in view.planned
        if each.start < midnight + DAY and each.end > midnight
    ]
    return [*boxes, element("U", None, style={"left": _on_axis(minute, midnight)})]


def _on_axis(at: datetime, midnight: datetime) -> str:
    return _share_of_day(at - midnight)


def _share_of_day(length: timedelta) -> str:
    return f"{100 * (length / DAY):.4g}%"


def _dark_times(view: HotspotsView, words: Words) -> list[Element]:
    """What is planned now, how many points it takes off, and what comes next."""
    say, now = words.say, view.generated_at
    present = [each for each in view.planned if each.start <= now < each.end]
    later = [each for each in view.planned if each.start > now]
    following = [paragraph(f"{say.next} {_named(later[0], words)} {words.moment(later[0].start, now)}", "redup")] if later else []
    if not present:
        lead = say.no_dark_time_now if view.planned else say.no_dark_time
        return [paragraph([bold(lead)]), *following]
    lines = [paragraph([bold(f"{say.now} {_named(each, words)} {words.from_to(each.start, each.end)}")]) for each in present[:1]]
    affected = paragraph(words.counted_hotspots(present[0].hotspots))
    return [*lines, affected, *following]


def _named(planned: PlannedTime, words: Words) -> str:
    return words.prayer(planned.prayer) if planned.prayer is not None else planned.name
