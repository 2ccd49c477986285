"""The sites screen: from view and words to the content of each region. Pure."""

from __future__ import annotations

from functools import partial

from command_centre.domain.rule import Severity
from command_centre.domain.target import TargetKey
from command_centre.read.views import Condition, SitesView, SiteTile
from layouts.parts.certificate_strip import certificate_strip
from layouts.parts.counts import count_of, counted_words
from layouts.parts.glyph import CALM, state_class
from layouts.parts.node import Children, Draw, Element, bold, div, span
from layouts.parts.section import heading
from layouts.parts.status_tile import group_heading, injected_tile, status_tile
from layouts.parts.verdict import Verdict, fault_notice, fault_verdict, longest_that_fits, plate, shedding
from layouts.wall.situs import ids
from layouts.wall.situs.abnormal import abnormal_list
from layouts.wall.situs.grid import Cell, Heading, lay_out
from layouts.wall.situs.injected import STATE, injected_count, injected_of, injected_sentence
from layouts.wording import Words

COUNTS_EM = 30.0
"""Room beside the totals for the other states, counted in the wide face; they are set in the narrow one."""


def regions(view: SitesView, words: Words) -> dict[str, Draw]:
    """What draws each region, by the id of its container."""
    grid = lay_out(view.tiles)
    beside = words.not_shown(grid.hidden) if grid.hidden else words.say.grid_meaning
    injected = frozenset(each.key for each in injected_of(view))
    hurt = sum(each.key in injected and each.condition is Condition.NORMAL for each in view.tiles)
    not_normal = view.counts.registered - view.counts.normal + hurt
    drawn: dict[str, Draw] = {
        ids.PLATE: lambda: plate(verdict_on(view, words)),
        ids.SENTENCE: lambda: verdict_on(view, words).sentence,
        ids.COUNTS: lambda: verdict_on(view, words).support,
        ids.ABNORMAL_HEAD: lambda: heading(words.say.abnormal, words.part_of(not_normal, view.counts.registered)),
        ids.ABNORMAL: lambda: abnormal_list(view, words),
        ids.CERTIFICATES: lambda: _certificates(view, words),
        ids.GRID_HEAD: lambda: heading(words.say.all_sites, beside),
    }
    return drawn | {ids.cell(index): partial(_cell, cell, injected, words) for index, cell in enumerate(grid.cells)}


def _cell(cell: Cell, injected: frozenset[TargetKey], words: Words) -> Children:
    if cell is None:
        return ""
    if isinstance(cell, Heading):
        return group_heading(cell.name, cell.active, cell.measured, words)
    return injected_tile(cell) if cell.key in injected else status_tile(cell, words)


def _certificates(view: SitesView, words: Words) -> list[Element]:
    without = f"{words.number(view.without_https)} {words.say.without_https}"
    return [div(heading(words.say.certificates, without), "cc-bag"), *certificate_strip(view.certificates, words)]


def verdict_on(view: SitesView, words: Words) -> Verdict:
    """Our own blindness first, then the worst condition of any site, then calm."""
    blind = fault_verdict(view.faults, view.generated_at, words)
    if blind is not None:
        return blind
    return _verdict(view, _counted(view, words), words)


def _verdict(view: SitesView, support: Children, words: Words) -> Verdict:
    counts = view.counts
    if counts.registered == 0:
        return Verdict(
            "cc-plat-buta",
            "k-nodata",
            words.say.no_data_plate,
            words.say.nothing_registered,
            shedding([words.say.register_empty_hint]),
        )
    if counts.expected == 0 and not injected_of(view):
        return Verdict(CALM, "k-jadwal", words.condition(Condition.PLANNED).upper(), words.say.everything_planned, support)
    if counts.measured == 0:
        return Verdict("cc-plat-buta", "k-nodata", words.say.no_data_plate, words.say.nothing_measured, support)
    worst = next((each for each in (Condition.DOWN, Condition.DEGRADED, Condition.SLOW) if count_of(counts, each)), None)
    if injection := injected_sentence(view, words):
        rest = [words.sites_are(count_of(counts, worst), worst)] if worst is not None else []
        sentence = longest_that_fits([", ".join([injection, *rest]), injection])
        return Verdict(STATE, STATE, words.severity(Severity.CRITICAL), sentence, support)
    if worst is None:
        return Verdict(CALM, "", words.say.normal_plate, words.say.all_normal, support)
    shape = state_class(worst)
    return Verdict(shape, shape, words.condition(worst).upper(), _sentence(view, words), support)


def _counted(view: SitesView, words: Words) -> list[Element]:
    """E.g. "113 aktif, 116 terukur, 119 diharapkan" and the other states; a refused configuration is admitted here."""
    counts, say = view.counts, words.say
    lead: Element = span(
        [
            bold(words.number(counts.active)),
            f" {say.active}, ",
            bold(words.number(counts.measured)),
            f" {say.measured}, ",
            bold(words.number(counts.expected)),
            f" {say.expected}",
        ],
        "jumlah",
    )
    notice = fault_notice(view.faults, view.generated_at, words)
    others = [*injected_count(view, words), *counted_words(counts, words, COUNTS_EM)]
    return [lead, *([span(notice, "akui")] if notice else others)]


def _sentence(view: SitesView, words: Words) -> str:
    """Names where they fit, counts otherwise: "Kel. Loktuan dan LPSE terputus, 4 lambat"."""
    groups = [
        (condition, [words.name_in_group(each.short_name, each.group) for each in _of(view, condition)])
        for condition in (Condition.DOWN, Condition.DEGRADED, Condition.SLOW)
        if count_of(view.counts, condition)
    ]
    counted = [f"{words.number(count_of(view.counts, condition))} {words.condition(condition)}" for condition, _ in groups]
    worst, names = groups[0]
    first = words.sites_are(count_of(view.counts, worst), worst)
    rest = counted[1:]
    candidates = [", ".join([first, *rest]), ", ".join([first, *rest[:1]]), first]
    if 1 <= len(names) <= 2 and len(names) == count_of(view.counts, worst):
        named = words.site_called(words.listing(names)) + f" {words.condition(worst)}"
        candidates = [", ".join([named, *rest]), named, *candidates]
    return longest_that_fits(candidates)


def _of(view: SitesView, condition: Condition) -> list[SiteTile]:
    """The sites in one condition, the oldest trouble first."""
    found = [each for each in view.abnormal if each.condition is condition]
    return sorted(found, key=lambda each: each.since.timestamp() if each.since is not None else float("inf"))
