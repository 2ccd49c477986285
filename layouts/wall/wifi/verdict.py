"""The sentence of the Wi-Fi screen: the greatest cause, the silent coast, the places below the limit; calm otherwise."""

from __future__ import annotations

from collections.abc import Sequence

from command_centre.domain.rule import Severity
from command_centre.read.views import Condition, HotspotArea, HotspotCounts, HotspotsView
from layouts.parts.glyph import CALM, severity_class, state_class
from layouts.parts.hotspot import state_counts
from layouts.parts.limits import AMBER_BELOW, RED_BELOW, hotspots_condition
from layouts.parts.node import Children, Element, bold, span
from layouts.parts.verdict import Verdict, fault_notice, fault_verdict, longest_that_fits, shedding
from layouts.wall.places import KELURAHAN
from layouts.wording import Words

GREAT_FROM = 20
"""From so many children on a cause is drawn as one thing: small squares in one outline, one line above the table."""


COUNTS_EM = 49.0
"""Room beside the total for the states, counted in the wide face; they are set in the narrow one."""


def verdict_on(view: HotspotsView, words: Words) -> Verdict:
    """Our own blindness first, then trouble by how much it takes away, then calm."""
    blind = fault_verdict(view.faults, view.generated_at, words)
    if blind is not None:
        return blind
    counts, say = view.counts, words.say
    support = _counted(view, words)
    if counts.registered == 0:
        return Verdict("cc-plat-buta", "k-nodata", say.no_data_plate, say.no_hotspot, shedding([]))
    if counts.expected == 0:
        return Verdict(CALM, "k-jadwal", words.condition(Condition.PLANNED).upper(), say.hotspots_planned, support)
    if counts.measured == 0:
        return Verdict("cc-plat-buta", "k-nodata", say.no_data_plate, say.hotspots_unmeasured, support)
    severity = severity_of(view)
    if severity is None:
        return Verdict(CALM, "", say.normal_plate, longest_that_fits(_calm(counts, words)), support)
    shape = state_class(Condition.DOWN if counts.cut_off else Condition.NO_DATA)
    sentence = longest_that_fits(_troubles(view, words))
    return Verdict(severity_class(severity), shape, words.severity(severity), sentence, support)


def severity_of(view: HotspotsView) -> Severity | None:
    """CRITICAL: a great cause, or the whole city below the lower limit. WARNING: any cause, any place below its limit.

    A single point in a small kelurahan is below the limit by arithmetic alone; two are not.
    """
    share = view.counts.share
    if any(each.children >= GREAT_FROM for each in view.causes) or (share is not None and share < RED_BELOW):
        return Severity.CRITICAL
    is_low = bool(view.causes or places_below(view) or _silent_coast(view)) or (share is not None and share < AMBER_BELOW)
    return Severity.WARNING if is_low else None


def places_below(view: HotspotsView) -> list[HotspotArea]:
    """Kelurahan below the limit by more than one point, worst first."""
    low = [each for each in view.areas if each.code is not None and is_below(each.counts) and _lost(each.counts) > 1]
    return sorted(low, key=lambda each: (each.counts.share if each.counts.share is not None else 0.0, -each.counts.expected))


def is_below(counts: HotspotCounts) -> bool:
    return hotspots_condition(counts) in (Condition.DOWN, Condition.DEGRADED, Condition.NO_DATA)


def _lost(counts: HotspotCounts) -> int:
    return counts.expected - counts.reporting


def _silent_coast(view: HotspotsView) -> tuple[int, int] | None:
    """(not reporting, expected) over the settlements, when any of them reports nothing at all."""
    expected = [each.hotspots for each in view.settlements if each.hotspots.expected]
    if not any(each.reporting == 0 for each in expected):
        return None
    return sum(_lost(each) for each in expected), sum(each.expected for each in expected)


def _troubles(view: HotspotsView, words: Words) -> list[str]:
    """Candidates, fullest first: the greatest cause, then what else is wrong, as much of it as fits."""
    causes = [words.one_cause(each.short_name, each.children) for each in view.causes]
    explained = frozenset[str]().union(*(each.kelurahan for each in view.causes))
    coast = _silent_coast(view)
    others = [
        *(each[-1] for each in causes[1:2]),
        *([words.coast_silent(*coast)] if coast is not None else []),
        *_low_places([each for each in places_below(view) if each.code not in explained], words),
    ]
    heads: Sequence[str] = causes[0] if causes else ("",)
    candidates = [_joined([head, *others[:length]]) for length in range(len(others), -1, -1) for head in heads]
    return [*filter(None, candidates), words.hotspots_reporting(view.counts.reporting, view.counts.expected)]


def _low_places(areas: Sequence[HotspotArea], words: Words) -> list[str]:
    """E.g. "Loktuan 88,2 %", "4 kelurahan di bawah 97 %"."""
    if len(areas) != 1:
        return [words.places_below(len(areas), words.percent_down(AMBER_BELOW))] if areas else []
    area = areas[0]
    share = words.percent_down(area.counts.share, 1) if area.counts.share is not None else words.condition(Condition.NO_DATA)
    return [f"{KELURAHAN.get(area.code, area.code) if area.code else ''} {share}"]


def _joined(parts: Sequence[str]) -> str:
    text = ", ".join(each for each in parts if each)
    return text[:1].upper() + text[1:]


def _calm(counts: HotspotCounts, words: Words) -> list[str]:
    reporting = words.hotspots_reporting(counts.reporting, counts.expected)
    return [f"{reporting} {words.limit(words.percent_down(AMBER_BELOW))}", reporting]


def _counted(view: HotspotsView, words: Words) -> Children:
    """E.g. "721 terdaftar:" and the states; a refused configuration is admitted here."""
    lead: Element = span([bold(words.number(view.counts.registered)), f" {words.say.registered}:"], "jumlah")
    notice = fault_notice(view.faults, view.generated_at, words)
    return [lead, *([span(notice, "akui")] if notice else state_counts(view.counts, words, COUNTS_EM))]
