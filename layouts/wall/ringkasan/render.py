"""The summary screen: from view and words to the content of each region. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import fields
from functools import partial

from command_centre.read.views import Condition, Counts, DimensionBar, HotspotCounts, KelurahanTile, Step, SummaryView
from layouts.parts.counts import counted_glyphs, unmeasured, unmeasured_class
from layouts.parts.dimension import OFFICIAL_RATIO, dimension_bar
from layouts.parts.glyph import glyph, state_class
from layouts.parts.hotspot import cut_off_glyphs
from layouts.parts.incident_row import incident_row, resolved_row
from layouts.parts.limits import AMBER_BELOW, RED_BELOW, hotspots_condition, place_condition
from layouts.parts.node import Children, Draw, Element, bold, div, element, item, paragraph, span
from layouts.parts.number import absent_card, number_card
from layouts.parts.section import heading
from layouts.parts.sparkline import EndMark, sparkline
from layouts.parts.verdict import is_sighted, plate
from layouts.wall.ringkasan import ids
from layouts.wall.ringkasan.cartogram import PANELS, SETTLEMENT_SPOTS, SPOTS
from layouts.wall.ringkasan.page import DIMENSIONS
from layouts.wall.ringkasan.verdict import longest_lasting, verdict_on, worst_first
from layouts.wording import ABSENT, Words
from layouts.wording.progress import progress_words

SHOWN_INCIDENTS = 5
CARD_EM = 16.5
"""Room for the last line of a number, counted in the wide face; it is set in the narrow one."""


def regions(view: SummaryView, words: Words) -> dict[str, Draw]:
    """What draws each region, by the id of its container."""
    return {
        **_verdict(view, words),
        **_numbers(view, words),
        **_map(view, words),
        **_incidents(view, words),
        **_dimensions(view, words),
    }


def _verdict(view: SummaryView, words: Words) -> dict[str, Draw]:
    return {
        ids.PLATE: lambda: plate(verdict_on(view, words)),
        ids.SENTENCE: lambda: verdict_on(view, words).sentence,
        ids.SUPPORT: lambda: verdict_on(view, words).support,
    }


# -- numbers


def _numbers(view: SummaryView, words: Words) -> dict[str, Draw]:
    return {
        ids.SITES: lambda: _sites_card(view, words),
        ids.HOTSPOTS: lambda: _hotspots_card(view, words),
        ids.SERVICES: lambda: _services_card(view, words),
        ids.INCIDENT_COUNT: lambda: _incidents_card(view, words),
    }


def _sites_card(view: SummaryView, words: Words) -> list[Element]:
    counts = view.sites
    if counts.measured == 0:
        return absent_card(words.say.sites_card, f"{words.number(counts.expected)} {words.say.expected}, 0 {words.say.measured}")
    high = max(_known(view.sites_active_24h), default=counts.measured)
    low = min([*_known(view.sites_active_24h), high - 4])
    end = EndMark.RED if counts.down else EndMark.CALM
    line = sparkline(view.sites_active_24h, view.generated_at, low=low, high=max(high, counts.measured), end=end)
    return number_card(
        words.say.sites_card, words.number(counts.active), f"/{words.number(counts.measured)}", line, _made_of(counts, words)
    )


def _made_of(counts: Counts, words: Words) -> list[Element | str]:
    return [f"{words.number(counts.expected)} {words.say.expected} ", *counted_glyphs(counts, words)]


def _hotspots_card(view: SummaryView, words: Words) -> list[Element]:
    """Reporting of expected. The dotted line is what was expected: a dip at prayer time is seen to be planned."""
    counts = view.hotspots
    if counts is None or counts.measured == 0:
        return absent_card(words.say.hotspots_card, words.say.not_measured_yet)
    known = [*_known(view.hotspots_reporting_24h), *_known(view.hotspots_expected_24h), counts.expected]
    condition = hotspots_condition(counts)
    end = {Condition.DOWN: EndMark.RED, Condition.DEGRADED: EndMark.AMBER}.get(condition or Condition.NORMAL, EndMark.CALM)
    line = sparkline(
        view.hotspots_reporting_24h,
        view.generated_at,
        low=min(*known, max(known) * 0.9),
        high=max(known),
        end=end,
        reference=view.hotspots_expected_24h,
    )
    return number_card(
        words.say.hotspots_card,
        words.number(counts.reporting),
        f"/{words.number(counts.expected)}",
        line,
        [_expected_hotspots(counts, words), *cut_off_glyphs(counts, words)],
    )


def _expected_hotspots(counts: HotspotCounts, words: Words) -> str:
    """E.g. "721 − 58 terjadwal " or "721 diharapkan "."""
    registered = words.number(counts.registered)
    if not counts.planned_off:
        return f"{registered} {words.say.expected} "
    return f"{registered} − {words.number(counts.planned_off)} {words.say.scheduled} "


def _services_card(view: SummaryView, words: Words) -> list[Element]:
    """Services in order, of those measured; below it the worst one with what is wrong."""
    counts, title = view.services, words.say.services_card
    if counts is None or counts.measured == 0:
        return absent_card(title, words.say.not_measured_yet)
    known = [*_known(view.services_normal_24h), float(counts.measured)]
    end = EndMark.RED if counts.down else EndMark.AMBER if counts.abnormal else EndMark.CALM
    line = sparkline(view.services_normal_24h, view.generated_at, low=min([*known, max(known) - 3]), high=max(known), end=end)
    return number_card(title, words.number(counts.normal), f"/{words.number(counts.measured)}", line, _worst_service(view, words))


def _worst_service(view: SummaryView, words: Words) -> list[Element | str]:
    worst = view.worst_service
    if worst is None:
        return _made_of(view.services or Counts(), words)
    look = state_class(worst.condition)
    slow = worst.condition is Condition.SLOW and worst.total_seconds is not None
    why = f"{words.seconds(worst.total_seconds or 0.0)} {words.say.seconds_short}" if slow else words.reason(worst.reason)
    return [span([glyph(look), f"{worst.short_name} {words.condition(worst.condition)} {why}"], look)]


def _incidents_card(view: SummaryView, words: Words) -> list[Element]:
    critical = view.incidents_critical
    beside: Children = ["\u00a0· ", element("Em", f"{words.number(critical)} {words.say.critical}")] if critical else ""
    high = max([*_known(view.incidents_24h), 1.0])
    end = EndMark.RED if critical else EndMark.AMBER if view.incidents_open else EndMark.CALM
    line = sparkline(view.incidents_24h, view.generated_at, low=0, high=high, end=end)
    return number_card(
        words.say.incidents_card, words.number(view.incidents_open), beside, line, [_incidents_detail(view, words)]
    )


def _incidents_detail(view: SummaryView, words: Words) -> str:
    if not view.incidents:
        return words.resolved_count(len(view.resolved_24h))
    return longest_lasting(view.incidents, view.generated_at, words, CARD_EM)


def _known(steps: Iterable[Step]) -> list[float]:
    return [each.value for each in steps if each.value is not None]


# -- the map


def _map(view: SummaryView, words: Words) -> dict[str, Draw]:
    """The hotspots of each place once the register lists any; its sites before that."""
    by_code = {each.code: each for each in view.kelurahan}
    has_hotspots = view.hotspots is not None
    head = (
        (words.say.hotspot_map_title, words.say.hotspot_map_meaning)
        if has_hotspots
        else (words.say.map_title, words.say.map_meaning)
    )
    tile = _hotspots_tile if has_hotspots else _tile
    drawn: dict[str, Draw] = {
        ids.MAP_HEAD: lambda: heading(*head),
        ids.MAP_LEGEND: lambda: _hotspots_legend(words) if has_hotspots else _legend(words),
        ids.NOWHERE_HEAD: lambda: [span(words.say.nowhere)],
        ids.NOWHERE: lambda: _hotspots_nowhere(view, words) if has_hotspots else _nowhere(view, words),
    }
    drawn |= {ids.kecamatan(panel.code): partial(_panel_head, panel.code, panel.name, view, words) for panel in PANELS}
    drawn |= {ids.settlement(spot.code): partial(_settlement, spot.code, view, words) for spot in SETTLEMENT_SPOTS}
    return drawn | {ids.kelurahan(spot.code): partial(tile, spot.name, by_code.get(spot.code), words) for spot in SPOTS}


# -- the map of hotspots


def _hotspots_tile(name: str, tile: KelurahanTile | None, words: Words) -> Element:
    """Name, percent reporting (rounded down), reporting of expected."""
    return _hotspots_ubin(name, tile.hotspots if tile is not None else HotspotCounts(), words)


def _hotspots_ubin(name: str, counts: HotspotCounts, words: Words) -> Element:
    condition = hotspots_condition(counts)
    title = [element("H3", name)] if name else []
    if condition is None:
        return div([*title, div([bold(ABSENT)])], "cc-ubin garis")
    figures = [span(words.share(counts.reporting, counts.expected))] if counts.expected else []
    if counts.share is not None:
        figures.insert(0, bold(f"{words.whole_percent(counts.share)}%"))
    shape = [] if condition is Condition.NORMAL else [glyph(state_class(condition))]
    return div(
        [*title, div(figures or [bold(ABSENT)]), *shape], f"cc-ubin wifi {state_class(condition)}{'' if name else ' garis'}"
    )


def _settlement(name: str, view: SummaryView, words: Words) -> Children:
    """Two hotspots over the water: reporting of expected; empty while the register lists none there."""
    tile = next((each for each in view.settlements if each.name == name), None)
    condition = None if tile is None else hotspots_condition(tile.hotspots)
    if tile is None or condition is None:
        return ""
    counts = tile.hotspots
    share = words.share(counts.reporting, counts.expected) if counts.expected else ABSENT
    shape = [] if condition is Condition.NORMAL else [glyph(state_class(condition))]
    return div([element("H3", name), div([bold(share)]), *shape], f"cc-ubin wifi pesisir {state_class(condition)}")


def _hotspots_nowhere(view: SummaryView, words: Words) -> Element:
    """The hotspots whose kelurahan is not known: what makes the tiles add up to the total."""
    return _hotspots_ubin("", _hotspots_without_place(view), words)


def _hotspots_without_place(view: SummaryView) -> HotspotCounts:
    whole = view.hotspots if view.hotspots is not None else HotspotCounts()
    located = _sum_of_hotspots([each.hotspots for each in view.kelurahan])
    return HotspotCounts(
        **{each.name: max(getattr(whole, each.name) - getattr(located, each.name), 0) for each in fields(HotspotCounts)}
    )


def _sum_of_hotspots(parts: Sequence[HotspotCounts]) -> HotspotCounts:
    return HotspotCounts(**{each.name: sum(getattr(part, each.name) for part in parts) for each in fields(HotspotCounts)})


def _hotspots_legend(words: Words) -> list[Element]:
    return _legend(words)[:3]


# -- the map of sites


def _panel_head(kecamatan: str, name: str, view: SummaryView, words: Words) -> list[Element]:
    members = [each for each in view.kelurahan if each.kecamatan == kecamatan]
    if view.hotspots is None:
        return [span(name), bold(_share(_sum([each.sites for each in members]), words))]
    counts = _sum_of_hotspots([each.hotspots for each in members])
    return [span(name), bold(words.share(counts.reporting, counts.expected) if counts.expected else ABSENT)]


def _share(counts: Counts, words: Words) -> str:
    return words.share(counts.active, counts.expected) if counts.expected else ABSENT


def _tile(name: str, tile: KelurahanTile | None, words: Words) -> Element:
    """Name, active of expected, and a shape with a count for what is not measured."""
    counts = tile.sites if tile is not None else Counts()
    condition = place_condition(counts)
    if condition is None:
        return div([element("H3", name), div([bold(ABSENT)])], "cc-ubin garis")
    shape = [] if condition is Condition.NORMAL else [glyph(state_class(condition))]
    return div(
        [element("H3", name), div([bold(_share(counts, words)), *_unmeasured(counts, condition, words)]), *shape],
        f"cc-ubin {state_class(condition)}",
    )


def _unmeasured(counts: Counts, condition: Condition, words: Words) -> list[Element]:
    """E.g. "▨ 1": says why a calm tile counts fewer active than expected."""
    if condition not in (Condition.NORMAL, Condition.DEGRADED, Condition.DOWN):
        return []
    count, shape = unmeasured(counts), unmeasured_class(counts)
    return [span([glyph(shape), words.number(count)], f"kurang {shape}")] if count else []


def _nowhere(view: SummaryView, words: Words) -> Element:
    """The sites whose kelurahan is not known: what makes the tiles add up to the total."""
    located = _sum([each.sites for each in view.kelurahan])
    rest = Counts(**{each.name: max(getattr(view.sites, each.name) - getattr(located, each.name), 0) for each in fields(Counts)})
    return div([div([bold(_share(rest, words)), *_unmeasured(rest, Condition.NORMAL, words)])], "cc-ubin garis")


def _sum(parts: Sequence[Counts]) -> Counts:
    return Counts(**{each.name: sum(getattr(part, each.name) for part in parts) for each in fields(Counts)})


def _legend(words: Words) -> list[Element]:
    return [
        paragraph([glyph("k-lambat"), f"< {words.percent_down(AMBER_BELOW)}"]),
        paragraph([glyph("k-terputus"), f"< {words.percent_down(RED_BELOW)}"]),
        paragraph([glyph("k-nodata"), words.condition(Condition.NO_DATA)]),
        paragraph([glyph("k-tanpaalamat"), words.condition(Condition.NO_ADDRESS)]),
    ]


# -- incidents


def _incidents(view: SummaryView, words: Words) -> dict[str, Draw]:
    beside = words.open_of(view.incidents_open) if view.incidents else ""
    return {
        ids.INCIDENTS_HEAD: lambda: heading(words.say.incidents, beside),
        ids.INCIDENTS: lambda: _incident_rows(view, words) if view.incidents else _calm(view, words),
    }


def _incident_rows(view: SummaryView, words: Words) -> list[Element]:
    return [incident_row(each, view.generated_at, words) for each in worst_first(view.incidents)[:SHOWN_INCIDENTS]]


def _calm(view: SummaryView, words: Words) -> list[Element]:
    """No open incident; what was resolved in the last day, newest first."""
    is_known = view.sites.measured > 0 and is_sighted(view.faults)
    lead = item(words.say.no_incident if is_known else words.say.incidents_unknown, "sepi")
    done = sorted(
        (each for each in view.resolved_24h if each.resolved_at is not None), key=lambda each: each.opened_at, reverse=True
    )
    rows = [
        resolved_row(each, each.resolved_at, view.generated_at, words)
        for each in done[:SHOWN_INCIDENTS]
        if each.resolved_at is not None
    ]
    return [lead, item(words.say.resolved_24h, "sepi-judul"), *rows] if rows else [lead]


# -- the six dimensions


def _dimensions(view: SummaryView, words: Words) -> dict[str, Draw]:
    by_dimension = {each.dimension: each for each in view.dimensions}
    drawn: dict[str, Draw] = {ids.DIMENSIONS_HEAD: lambda: _dimensions_head(view, words)}
    for each in DIMENSIONS:
        bar = by_dimension.get(each, DimensionBar(each, None, None, 0, 0))
        drawn[ids.dimension(each)] = partial(dimension_bar, bar, words, _official(view))
    return drawn


def _official(view: SummaryView) -> float | None:
    return OFFICIAL_RATIO if view.city is None else view.city.official


def _dimensions_head(view: SummaryView, words: Words) -> list[Element]:
    bars, say = view.dimensions, words.say
    coverage = words.share(sum(each.filled for each in bars), sum(each.indicators for each in bars))
    official = _official(view)
    share = "" if official is None else progress_words(words).official(official)
    reference: list[Element | str] = [] if official is None else [", ", element("I", None, "cc-acuan"), share]
    return [
        element("H2", say.dimensions),
        paragraph(_shares(view, words)),
        paragraph([f"{say.coverage} ", bold(coverage), *reference]),
    ]


def _shares(view: SummaryView, words: Words) -> Children:
    """The city as the catalogue weighs its dimensions; as their plain mean where a view brings no weights."""
    bars = view.dimensions
    if view.city is not None and view.city.measured is not None:
        return _city(view.city.measured, view.city.conservative, words)
    measured = [each.measured for each in bars if each.measured is not None]
    if not measured:
        return words.say.unmeasured
    certain = [each.conservative for each in bars if each.conservative is not None]
    return _city(sum(measured) / len(measured), sum(certain) / len(bars), words)


def _city(mean: float, low: float, words: Words) -> list[Element | str]:
    return [
        f"{words.say.measured_share} ",
        bold(words.percent_down(mean, 1)),
        f", {words.say.conservative_share} ",
        bold(words.percent_down(low, 1)),
    ]
