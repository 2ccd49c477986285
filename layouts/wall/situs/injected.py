"""The red boxes of injected sites: which site, where, how it is hidden, who has it. Every text of theirs comes defanged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from command_centre.read.injections import InjectedSite
from command_centre.read.views import SitesView, SiteTile
from layouts.parts.age import age
from layouts.parts.glyph import INJECTED, glyph
from layouts.parts.node import Element, Node, bold, div, element, item, paragraph, span
from layouts.wording import Words
from layouts.wording.integrity import IntegrityWords, integrity_words

STATE = INJECTED
BOX_REM, ROW_REM = 3.55, 1.45
"""Height of a box and of a one-line form, with the gap below."""
MOST_BOXES = 3
MOST_ROWS = 6


def tiles_by_key(view: SitesView) -> Mapping[str, SiteTile]:
    """The tiles, to name what is injected."""
    return {each.key: each for each in view.tiles}


def injected_of(view: SitesView) -> tuple[InjectedSite, ...]:
    """The injected sites that stand on the wall, those that nobody has first, then the oldest."""
    tiles = tiles_by_key(view)
    shown = [each for each in view.injected if each.key in tiles]
    return tuple(sorted(shown, key=lambda each: (each.acknowledged_at is not None, each.since)))


def injected_boxes(view: SitesView, words: Words) -> tuple[list[Element], float]:
    """The boxes and how much height they take: three in full, up to six in one line each, the rest counted."""
    sites = injected_of(view)
    if len(sites) <= MOST_BOXES:
        return [_box(each, view, words) for each in sites], len(sites) * BOX_REM
    rows = [*(_row(each, view, words) for each in sites[:MOST_ROWS]), *_rest(sites, words)]
    return rows, len(rows) * ROW_REM


def _box(site: InjectedSite, view: SitesView, words: Words) -> Element:
    own = integrity_words(words.language)
    head = div(
        [span([glyph(STATE), _state(site, own)]), age(site.since, view.generated_at, words, tag="Em")],
        "a",
    )
    where: list[Node] = [bold(_name(site, view, words)), span(_place(site, own)), *_pages(site, words, own)]
    return item([head, div([paragraph(where, "di"), paragraph(_below(site, view, words, own), "redup")], "b")], f"judol {STATE}")


def _row(site: InjectedSite, view: SitesView, words: Words) -> Element:
    head = [span([glyph(STATE), bold(_name(site, view, words))]), age(site.since, view.generated_at, words, tag="Em")]
    return item(div(head, "a"), f"judol {STATE}")


def _rest(sites: Sequence[InjectedSite], words: Words) -> list[Element]:
    """How many of them nobody has, and how many found no place."""
    untaken = sum(each.acknowledged_at is None for each in sites)
    own = integrity_words(words.language)
    plate: list[Node] = [element("U", f"{words.number(untaken)} {own.wall.not_taken}")] if untaken else []
    more: list[Node] = [span(words.and_more(len(sites) - MOST_ROWS))] if len(sites) > MOST_ROWS else []
    return [item([*plate, *more], "satu lagi")] if plate or more else []


def _state(site: InjectedSite, own: IntegrityWords) -> str:
    return own.wall.confirmed if site.is_confirmed else own.wall.indicated


def _name(site: InjectedSite, view: SitesView, words: Words) -> str:
    tile = tiles_by_key(view)[site.key]
    return words.name_in_group(tile.short_name, tile.group)


def _place(site: InjectedSite, own: IntegrityWords) -> str:
    return own.wall.leads_to.format(place=site.leads_to) if site.leads_to else site.place


def _pages(site: InjectedSite, words: Words, own: IntegrityWords) -> list[Node]:
    """How many addresses show something; said where it is more than the one named."""
    return [span(own.wall.pages.format(count=words.number(site.pages)), "hal")] if site.pages > 1 else []


def _below(site: InjectedSite, view: SitesView, words: Words, own: IntegrityWords) -> Sequence[Node]:
    """How it is hidden, whether it is being cleaned, and who has it; nobody stands out."""
    facts = [own.kind(site.kind)] if site.kind is not None else []
    if site.clean_scans:
        facts = [own.wall.cleaning.format(count=site.clean_scans)]
    elif site.reinfections:
        facts.append(own.wall.again.format(count=site.reinfections))
    text = " · ".join(facts)
    if site.acknowledged_at is None:
        return [_not_taken(own), f" {text}" if text else ""]
    who = f"{site.acknowledged_by or ''} {words.moment(site.acknowledged_at, view.generated_at)}".strip()
    return [" · ".join(part for part in (text, who) if part)]


def _not_taken(own: IntegrityWords) -> Element:
    return element("U", own.wall.not_taken)


def injected_sentence(view: SitesView, words: Words) -> str:
    """E.g. "Situs Kel. Kanaan terindikasi judol", "3 situs terindikasi judol"; empty where there is none."""
    sites = injected_of(view)
    own = integrity_words(words.language).wall
    if len(sites) == 1:
        return own.site_is.format(name=_name(sites[0], view, words))
    return own.sites_are.format(count=words.number(len(sites))) if sites else ""


def injected_count(view: SitesView, words: Words) -> list[Element]:
    """E.g. "◆ 3 judol", for the line of counts."""
    number = len(injected_of(view))
    if not number:
        return []
    word = f" {integrity_words(words.language).wall.counted}"
    return [span([glyph(STATE), bold(words.number(number)), word], STATE)]
