"""Offering gambling, or talking about it: which phrases of a text count. Pure.

Hits that stand close together make one *passage*. A passage talks *about* gambling when the words around it warn, report or
forbid, enough of them for its phrases: a press release that lists ten tricks still says "waspada", "diblokir" and "laporkan";
a seller who writes one "hindari penipuan" among ten phrases stays a seller. What is talked about counts for nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from collectors.integrity.lexicon import POINTS, Grade, Hit, Lexicon, Match

SAME_PASSAGE = 300
"""Hits closer than this (in characters) belong together."""

AROUND = 250
"""So far around a passage the words that talk about it are looked for."""

HITS_PER_CUE = 3
"""One warning word answers for so many distinct phrases."""

DISGUISED_POINTS = 2
"""What a disguise adds: nobody who means well writes ``sl0t``."""

EXCERPT = 80


@dataclass(frozen=True, slots=True)
class Passage:
    """Phrases that stand together, each distinct one once, and where."""

    start: int
    end: int
    hits: tuple[Hit, ...]

    @property
    def points(self) -> int:
        return points(self.hits)

    @property
    def sells(self) -> int:
        return sells(self.hits)


def distinct(hits: Iterable[Hit]) -> tuple[Hit, ...]:
    """One hit per phrase, the first. Topics are left out, and lures that stand there without anything of gambling."""
    first: dict[str, Hit] = {}
    for each in hits:
        if POINTS[each.grade]:
            first.setdefault(each.phrase, each)
    has_gambling = any(each.grade is not Grade.LURE for each in first.values())
    return tuple(first.values()) if has_gambling else ()


def points(hits: Iterable[Hit]) -> int:
    """What distinct phrases weigh together."""
    return sum(POINTS[each.grade] + (DISGUISED_POINTS if each.is_disguised else 0) for each in distinct(hits))


def sells(hits: Iterable[Hit]) -> int:
    """How many distinct phrases only a seller writes; a lure beside them is one, and a disguised name."""
    return sum(each.grade is not Grade.NAMES or each.is_disguised for each in distinct(hits))


def is_keyword(match: Match) -> bool:
    """Whether a text is nothing but gambling phrases: no headline is, and every link of a spammer."""
    covered = sum(hit.end - hit.start for hit in match.hits if hit.grade not in (Grade.GENERIC, Grade.LURE))
    return covered > 0 and covered >= 0.85 * len(match.text.strip())


def is_keyword_slug(lexicon: Lexicon, path: str) -> bool:
    """Whether the last part of an address is nothing but gambling phrases and numbers."""
    last = path.strip("/ ").rpartition("/")[2]
    words = re.sub(r"\b\d+\b|\b(?:html?|php)\b", " ", lexicon.slug(last)).strip()
    return is_keyword(lexicon.match(" ".join(words.split())))


def passages(match: Match) -> tuple[Passage, ...]:
    """The hits of a text, grouped by their closeness."""
    groups: list[list[Hit]] = []
    for each in match.hits:
        if groups and each.start - groups[-1][-1].end <= SAME_PASSAGE:
            groups[-1].append(each)
        else:
            groups.append([each])
    return tuple(Passage(group[0].start, group[-1].end, tuple(group)) for group in groups)


def talks_about(lexicon: Lexicon, hits: Sequence[Hit], around: str) -> bool:
    """Whether the (folded) words around these hits show that gambling is talked about, not offered."""
    cues = lexicon.cues(around)
    return bool(cues) and len(cues) * HITS_PER_CUE >= len(distinct(hits))


def offers(
    lexicon: Lexicon,
    match: Match,
    headings: Sequence[tuple[int, str]] = (),
    is_hidden: Callable[[int], bool] = lambda place: False,
) -> tuple[Passage, ...]:
    """The passages that offer gambling. ``headings`` gives folded headings with their places, in order.

    Under a heading that itself talks about gambling ("Bahaya Judi Online"), the text below is that article. What is hidden
    (``is_hidden`` tells it of a place) must excuse itself: the visible words around it were written by somebody else.
    """
    found = []
    for each in passages(match):
        if not any(POINTS[hit.grade] for hit in each.hits):
            continue
        alone = is_hidden(each.start)
        reach = 0 if alone else AROUND
        around = match.low[_line_start(match.low, each.start - reach) : _line_end(match.low, each.end + reach)]
        if talks_about(lexicon, each.hits, around) or (not alone and _heading_talks(lexicon, each, headings)):
            continue
        found.append(each)
    return tuple(found)


def _line_start(text: str, place: int) -> int:
    return max(0, text.rfind("\n", 0, max(0, place)) + 1, place - AROUND)


def _line_end(text: str, place: int) -> int:
    end = text.find("\n", place)
    return min(len(text) if end < 0 else end, place + AROUND)


def _heading_talks(lexicon: Lexicon, passage: Passage, headings: Sequence[tuple[int, str]]) -> bool:
    text = next((text for start, text in reversed(headings) if start <= passage.start), "")
    return bool(text) and "judi" in text.replace("-", " ") and bool(lexicon.cues(text))


def offering_hits(lexicon: Lexicon, text: str) -> tuple[Hit, ...]:
    """The phrases of a short text (a link, a title) that count; nothing when the text talks about gambling."""
    match = lexicon.match(text)
    if not match.hits or not distinct(match.hits) or lexicon.cues(match.low):
        return ()
    return distinct(match.hits)


def offering_title(lexicon: Lexicon, title: str) -> tuple[Hit, ...]:
    """As ``offering_hits``, for each part of a title by itself: an intruder leaves the name of the site behind his own words."""
    return distinct(hit for part in _parts(title) for hit in offering_hits(lexicon, part))


_BETWEEN_PARTS = re.compile(r"\s[-–—|»«·•/]\s|\s[|»«·•]|[|»«·•]\s")


def _parts(title: str) -> list[str]:
    return [each for each in _BETWEEN_PARTS.split(title) if each.strip()]


def offering_slug(lexicon: Lexicon, path: str) -> tuple[Hit, ...]:
    """The phrases in the path and query of an address."""
    return offering_hits(lexicon, lexicon.slug(path))


def excerpt(text: str, start: int, end: int) -> str:
    """What stands there, with 80 characters on either side, on one line."""
    return " ".join(text[max(0, start - EXCERPT) : min(end, start + 2 * EXCERPT) + EXCERPT].split())


def phrases_of(hits: Iterable[Hit]) -> str:
    """The distinct phrases, for a sentence."""
    return ", ".join(each.phrase for each in distinct(hits))[:200]
