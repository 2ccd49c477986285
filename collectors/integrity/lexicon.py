"""What the watch knows about gambling offers: phrases in four grades, the words of those who only talk about it, and hosts.

The files an analyst edits lie in ``data/reference/judol/``; ``load`` reads them and names file and line of a mistake.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache
from itertools import islice, pairwise, product
from pathlib import Path
from typing import Any

from collectors.integrity.folding import WORD, Word, cleaned, folded, readings, words
from command_centre.config.yaml_tree import ListNode, MapNode, Node, Scalar, parse

FOLDER = Path(__file__).parents[2] / "data" / "reference" / "judol"
LONGEST_TEXT = 1_000_000
SHORT_TEXT = 400
MOST_HITS = 2_000
MOST_VARIANTS = 20_000
"""So many phrases may the files stand for, all alternatives written out."""


class LexiconError(Exception):
    """The files cannot be understood; the text names file, line and reason."""


class Grade(StrEnum):
    """What a phrase proves."""

    SELLS = "menjual"  # only somebody who offers gambling writes it
    NAMES = "nama"  # a game, a brand, a technique
    LURE = "pancingan"  # counts only beside one of the first two
    TOPIC = "topik"  # what news is about
    GENERIC = "umum"  # a single word that means many things
    HARMLESS = "wajar"


POINTS: Mapping[Grade, int] = {
    Grade.SELLS: 3,
    Grade.NAMES: 2,
    Grade.LURE: 3,
    Grade.TOPIC: 0,
    Grade.GENERIC: 0,
    Grade.HARMLESS: 0,
}


@dataclass(frozen=True, slots=True)
class Hit:
    """One phrase at one place of the cleaned text."""

    phrase: str
    grade: Grade
    start: int
    end: int
    is_disguised: bool = False


@dataclass(frozen=True, slots=True)
class Match:
    """The phrases of one text. ``text`` is the cleaned text, ``low`` its folded form; places are the same in both."""

    text: str
    low: str
    hits: tuple[Hit, ...]


class HostGrade(StrEnum):
    """What the name of a host proves."""

    GAMBLING = "gambling"
    BRAND_LIKE = "brand_like"  # proves nothing alone
    FOREIGN = "foreign"
    SAFE = "safe"


_NUMBER = re.compile(r"x?\d{1,6}(?:k|rb|ribu|jt|juta|x|d)?")
_BRAND_WORD = re.compile(r"([a-z]{3,14}?)(\d{2,5}|[45]d)")
_LETTERS_APART = re.compile(r"(?<![a-z0-9])[a-z0-9](?:[^a-z0-9\n]{1,3}[a-z0-9](?![a-z0-9])){3}")
_TRIE_END = ""
_ANY_NUMBER = "%"


class Lexicon:
    """All of it, ready to be asked. Frozen once made."""

    def __init__(self, source: Source) -> None:
        self._trie: dict[str, Any] = {}
        self._heads: Mapping[str, frozenset[str]] = {}
        self._alone: frozenset[str] = frozenset()
        self._vocabulary: frozenset[str] = frozenset()
        self._source = source
        self._all_roots = (*source.roots, *source.weak_roots)
        self._roots = re.compile("|".join(map(re.escape, sorted(self._all_roots, key=len, reverse=True))))
        self._sure_roots = frozenset(source.roots)
        self._harmless_names = re.compile("|".join(map(re.escape, source.harmless_names)) or r"(?!)")
        self._brand_host = re.compile(rf"[a-z0-9]{{2,14}}(?:{'|'.join(map(re.escape, source.endings))})")
        companions = "|".join(each for each in source.companions if each.isalpha())
        numbers = "|".join(each for each in source.endings if each[:1].isdigit())
        self._numbered = re.compile(rf"(?<![a-z0-9])(?:{companions})(?:{numbers})(?![a-z0-9])")
        self._cues = _CueFinder(source.cues, source.no_cues)
        self._codes = tuple((each, folded(cleaned(each))) for each in source.codes)
        self._fill(source)
        self.split = lru_cache(maxsize=65_536)(self._split)
        self._match_short = lru_cache(maxsize=16_384)(self._match)  # the same menu stands on every page of a site

    @property
    def tried_paths(self) -> tuple[str, ...]:
        """The handful of paths that are tried."""
        return self._source.tried_paths

    # --- text -----------------------------------------------------------------------------------------------------------------

    def match(self, text: str) -> Match:
        """Every phrase of the text. A phrase lies within one line."""
        return self._match_short(text) if len(text) <= SHORT_TEXT else self._match(text)

    def _match(self, text: str) -> Match:
        text = text[:LONGEST_TEXT]
        clean = cleaned(text)
        low = folded(clean)
        hits = tuple(islice(self._hits(low), MOST_HITS))
        if hits and (clean is not text or low != clean.lower()):
            hits = tuple(_marked(each, clean, low, text.lower()) for each in hits)
        return Match(clean, low, hits)

    def cues(self, low: str) -> frozenset[str]:
        """The distinct words of a (folded) text that show that it talks about gambling."""
        return self._cues.find(low)

    def has_root(self, low: str) -> bool:
        """Whether any root stands somewhere in the (folded) text, digits read as letters."""
        return any(root in reading for reading in readings(low) for root in self._all_roots)

    def _hits(self, low: str) -> Iterator[Hit]:
        for start, end in _lines_around(low, self._telling_places(low)):
            yield from self._hits_of_line(low[start:end], start)

    def _telling_places(self, low: str) -> Iterator[int]:
        """Where it is worth reading: most pages hold nothing, and most lines of the others."""
        for reading in readings(low):
            for root in self._all_roots:
                yield from _places(reading, root)
        yield from (found.start() for found in self._numbered.finditer(low))
        yield from (found.start() for found in _LETTERS_APART.finditer(low))
        for _, code in self._codes:
            yield from _places(low, code)
        run = WORD.findall(low)
        telling = {(a, b) for a, b in pairwise(run) if a in self._heads and b in self._heads[a]}
        for word in {a for a, _ in telling} | self._alone.intersection(run):
            yield from _places(low, word)

    def _hits_of_line(self, line: str, offset: int) -> Iterator[Hit]:
        run = words(line, self.split)
        index = 0
        while index < len(run):
            found = self._longest(run, index)
            if found is None:
                index += 1
                continue
            hit, index = found
            if hit.grade is not Grade.HARMLESS:
                yield replace(hit, start=hit.start + offset, end=hit.end + offset)
        for shown, code in self._codes:
            place = line.find(code)
            if place >= 0:
                yield Hit(shown, Grade.NAMES, offset + place, offset + place + len(code))

    def _longest(self, run: Sequence[Word], index: int) -> tuple[Hit, int] | None:
        """The longest phrase that begins at this word, and the index of the word behind it."""
        node, best, last = self._trie, None, index
        disguised = False
        for place in range(index, min(index + 8, len(run))):
            word = run[place]
            node = node.get(word.text) or (node.get(_ANY_NUMBER) if _NUMBER.fullmatch(word.text) else None)  # type: ignore[assignment]
            if node is None:
                break
            disguised = disguised or word.is_disguised
            end = node.get(_TRIE_END)
            if end is not None:
                best, last = Hit(end[1], end[0], run[index].start, word.end, disguised), place
        if best is None:
            best = self._brand(run[index])
        return (best, last + 1) if best is not None else None

    def _brand(self, word: Word) -> Hit | None:
        if not self.is_brand_word(word.text):
            return None
        return Hit(word.text, Grade.NAMES, word.start, word.end, word.is_disguised)

    def is_brand_word(self, text: str) -> bool:
        """``slot88``, ``toto4d``: a root and a number in one word; ``hoki138``: a companion and a number that brands use."""
        found = _BRAND_WORD.fullmatch(text)
        if found is None:
            return False
        name, number = found.groups()
        return name in self._all_roots or (name in self._source.companions and number in self._source.endings)

    # --- run-together words ---------------------------------------------------------------------------------------------------

    def _split(self, text: str) -> tuple[str, ...] | None:
        """The words of which ``text`` is made; None when they are not all known, or when none of them is a root."""
        if text in self._vocabulary or self.is_brand_word(text):
            return (text,)
        if not 6 <= len(text) <= 60 or not self._roots.search(text):
            return None
        return self._cut(text)

    def _cut(self, text: str) -> tuple[str, ...] | None:
        """Cut into as few known words as possible, by dynamic programming over the places."""
        best: list[tuple[str, ...] | None] = [(), *[None] * len(text)]
        for end in range(1, len(text) + 1):
            for start in range(max(0, end - 16), end):
                before, part = best[start], text[start:end]
                if before is None or not ((part in self._vocabulary and len(part) > 1) or part.isdigit()):
                    continue
                here = best[end]
                if here is None or len(before) + 1 < len(here):
                    best[end] = (*before, part)
        return best[len(text)]

    # --- hosts and addresses --------------------------------------------------------------------------------------------------

    def grade_host(self, host: str) -> HostGrade:
        """What the name of a host proves. ``host`` is lower case."""
        if any(host == each or host.endswith("." + each) for each in self._source.safe_hosts):
            return HostGrade.SAFE
        labels = [folded(cleaned(_spelled_out(each))) for each in host.split(".")[:-1]] or [host]
        if any(self._is_gambling_label(each) for each in labels):
            return HostGrade.GAMBLING
        parts = [part for each in labels for part in self._harmless_names.sub("", each).split("-")]
        if any(self._brand_host.fullmatch(part) or self._roots.search(part) for part in parts):
            return HostGrade.BRAND_LIKE
        return HostGrade.FOREIGN

    def _is_gambling_label(self, label: str) -> bool:
        plain = self._harmless_names.sub("", label)
        parts = [*re.split(r"[-_]", plain), re.sub(r"[-_]", "", plain)]
        return any(self._has_root(each) for part in parts for each in (part, *readings(part)))

    def _has_root(self, part: str) -> bool:
        found = self._roots.search(part)
        if found is None:
            return False
        root = found.group()
        rest = part[: found.start()] + part[found.end() :]
        if rest.isdigit() or self._makes_a_brand(part):
            return True
        # A short root counts at an end of the name only: it may stand in any word by accident.
        return root in self._sure_roots and (len(root) > 4 or part.startswith(root) or part.endswith(root))

    def _makes_a_brand(self, part: str) -> bool:
        """Whether the name is made of known words, and more than one of them speaks of gambling."""
        words_of_it = self._cut(part) or ()
        telling = (*self._all_roots, *self._source.companions)
        return sum(each in telling or each.isdigit() for each in words_of_it) > 1

    def slug(self, address: str) -> str:
        """Path and query of an address as words."""
        return re.sub(r"[^\w@$]+|_", " ", address)

    def _fill(self, source: Source) -> None:
        vocabulary: set[str] = {*source.words, *source.companions, *self._all_roots}
        for grade, written in source.phrases:
            for variant in _variants(written):
                vocabulary.update(each for each in variant if each != _ANY_NUMBER)
                _insert(self._trie, variant, grade)
        self._vocabulary = frozenset(vocabulary)
        self._heads = {head: seconds for head, seconds in _telling_heads(self._trie) if not self._roots.search(head)}
        self._alone = frozenset(head for head, node in self._trie.items() if _is_telling(node) and not self._roots.search(head))


def _precedence(grade: Grade) -> int:
    """Which of two grades of the same phrase holds: what an editor calls harmless or news is that, else the heavier."""
    return {Grade.HARMLESS: 9, Grade.TOPIC: 8}.get(grade, POINTS[grade])


def _spelled_out(label: str) -> str:
    """A label of an international name as people read it."""
    if not label.startswith("xn--"):
        return label
    try:
        return label.encode("ascii").decode("idna")
    except UnicodeError:
        return label


def _insert(trie: dict[str, Any], variant: tuple[str, ...], grade: Grade) -> None:
    node = trie
    for word in variant:
        node = node.setdefault(word, {})
    known = node.get(_TRIE_END)
    if known is None or _precedence(grade) > _precedence(known[0]):
        node[_TRIE_END] = (grade, " ".join(variant))


def _marked(hit: Hit, clean: str, low: str, raw: str) -> Hit:
    """The hit, marked as disguised where it does not stand in the page as it reads."""
    literal = clean[hit.start : hit.end].lower()
    is_plain = literal == low[hit.start : hit.end] and literal in raw
    return hit if is_plain else replace(hit, is_disguised=True)


def _telling_heads(trie: Mapping[str, Any]) -> Iterator[tuple[str, frozenset[str]]]:
    """First words of phrases that mean something, each with the words that may follow."""
    for head, node in trie.items():
        seconds = {word for word, below in node.items() if word not in (_TRIE_END, _ANY_NUMBER) and _means_something(below)}
        if head != _ANY_NUMBER and seconds:
            yield head, frozenset(seconds)


def _is_telling(node: Mapping[str, Any]) -> bool:
    end = node.get(_TRIE_END)
    return end is not None and POINTS[end[0]] > 0


def _means_something(node: Mapping[str, Any]) -> bool:
    return _is_telling(node) or any(_means_something(below) for word, below in node.items() if word != _TRIE_END)


def _places(text: str, wanted: str) -> Iterator[int]:
    at = text.find(wanted)
    while at >= 0:
        yield at
        at = text.find(wanted, at + len(wanted))


LONGEST_LINE = 4_000


def _lines_around(text: str, places: Iterable[int]) -> Iterator[tuple[int, int]]:
    """The lines that hold these places, each once, in order; of an endless line the part around the place."""
    read_until = 0
    for place in sorted(set(places)):
        if place < read_until:
            continue
        start = max(read_until, text.rfind("\n", 0, place) + 1, place - LONGEST_LINE)
        end = text.find("\n", place)
        read_until = min(len(text) if end < 0 else end, place + LONGEST_LINE)
        yield start, read_until


# --- who only talks about it --------------------------------------------------------------------------------------------------


class _CueFinder:
    """Finds the words that show that a text talks about gambling."""

    def __init__(self, cues: Sequence[str], no_cues: Sequence[str]) -> None:
        plain = [each for each in cues if " " not in each and "-" not in each]
        self._exact = frozenset(each for each in plain if not each.endswith("*"))
        self._stems = tuple(each.removesuffix("*") for each in plain if each.endswith("*"))
        self._phrases = _any_of([each for each in cues if each not in plain])
        self._not = _any_of(no_cues)

    def find(self, low: str) -> frozenset[str]:
        """The distinct ones among them."""
        read = self._not.sub(" ", low)
        single = (word for word in set(WORD.findall(read)) if word in self._exact or word.startswith(self._stems))
        return frozenset((*single, *(found.group() for found in self._phrases.finditer(read))))


def _any_of(written: Sequence[str]) -> re.Pattern[str]:
    stems = (re.escape(each.removesuffix("*")) + (r"\w*" if each.endswith("*") else "") for each in written)
    return re.compile("|".join(stems) or r"(?!)")


# --- the files ----------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Source:
    """The files' content."""

    phrases: tuple[tuple[Grade, str], ...]
    words: tuple[str, ...]
    companions: tuple[str, ...]
    codes: tuple[str, ...]
    cues: tuple[str, ...]
    no_cues: tuple[str, ...]
    safe_hosts: tuple[str, ...]
    roots: tuple[str, ...]
    weak_roots: tuple[str, ...]
    harmless_names: tuple[str, ...]
    endings: tuple[str, ...]
    tried_paths: tuple[str, ...]


_LISTS = {
    "leksikon.yaml": ("menjual", "nama", "pancingan", "topik", "umum", "wajar", "kata", "penguat", "sandi"),
    "konteks.yaml": ("bicara", "bukan_bicara"),
    "alamat.yaml": ("aman", "akar", "akar_lemah", "bukan_akar", "akhiran", "dicoba"),
}
MOST_TRIED_PATHS = 6


def load(folder: Path = FOLDER) -> Lexicon:
    """Read the files. Raises LexiconError with file, line and reason."""
    lists: dict[str, tuple[tuple[str, str], ...]] = {}
    for name, expected in _LISTS.items():
        lists |= _read(folder / name, expected)
    _check_phrases(lists)
    if len(lists["dicoba"]) > MOST_TRIED_PATHS:
        place = lists["dicoba"][MOST_TRIED_PATHS][1]
        raise LexiconError(f"{place}: at most {MOST_TRIED_PATHS} paths are tried: this is a look, no search")
    values = {name: tuple(text for text, _ in entries) for name, entries in lists.items()}
    graded = tuple((grade, text) for grade in Grade for text in values[grade.value])
    return Lexicon(
        Source(
            phrases=graded,
            words=values["kata"],
            companions=values["penguat"],
            codes=values["sandi"],
            cues=values["bicara"],
            no_cues=values["bukan_bicara"],
            safe_hosts=values["aman"],
            roots=values["akar"],
            weak_roots=values["akar_lemah"],
            harmless_names=values["bukan_akar"],
            endings=values["akhiran"],
            tried_paths=values["dicoba"],
        )
    )


def _read(file: Path, expected: Iterable[str]) -> dict[str, tuple[tuple[str, str], ...]]:
    """The lists of one file: each entry with its place."""
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as trouble:
        raise LexiconError(f"{file}: cannot be read ({trouble})") from None
    tree, faults = parse(text)
    if faults:
        raise LexiconError(f"{file}:{faults[0].mark.line}: {faults[0].sentence}")
    if not isinstance(tree, MapNode):
        raise LexiconError(f"{file}:1: must hold the lists {', '.join(expected)}")
    found = {}
    for name in expected:
        entry = tree.entry(name)
        if entry is None:
            raise LexiconError(f"{file}:1: the list '{name}' is missing")
        found[name] = tuple(_entries(file, name, entry.value))
    return found


def _entries(file: Path, name: str, node: Node) -> Iterator[tuple[str, str]]:
    if not isinstance(node, ListNode):
        raise LexiconError(f"{file}:{node.mark.line}: '{name}' must be a list")
    for each in node.items:
        if not isinstance(each, Scalar) or not each.text.strip():
            raise LexiconError(f"{file}:{each.mark.line}: an entry of '{name}' is one line of text")
        yield each.text.strip().lower(), f"{file}:{each.mark.line}"


_ALTERNATIVE = re.compile(r"(?:x?%|[\w@$-]+)\??")
_LEAST_ALONE = 6


def _check_phrases(lists: Mapping[str, tuple[tuple[str, str], ...]]) -> None:
    """A single generic word must never be able to alarm."""
    for grade in Grade:
        for text, place in lists[grade.value]:
            for word in text.split():
                if not all(_ALTERNATIVE.fullmatch(each) for each in word.split("|")):
                    raise LexiconError(f"{place}: '{word}' is not written as README.md says")
            alone = [each[0] for each in _variants(text) if len(each) == 1]
            if grade is Grade.SELLS and alone:
                raise LexiconError(f"{place}: '{alone[0]}' is a single word; only a phrase can sell")
            weak = [each for each in alone if len(each) < _LEAST_ALONE and not any(map(str.isdigit, each))]
            if grade is Grade.NAMES and weak:
                raise LexiconError(f"{place}: '{weak[0]}' is too short to stand alone")


def _variants(written: str) -> Iterator[tuple[str, ...]]:
    """All phrases that a line stands for."""
    choices = []
    for word in written.split():
        alternatives = [each.removesuffix("?") for each in word.split("|")]
        skips = [""] if any(each.endswith("?") for each in word.split("|")) else []
        choices.append([_ANY_NUMBER if each == "x%" else each for each in alternatives] + skips)
    for variant in product(*choices):
        kept = tuple(each for each in variant if each)
        if kept:
            yield kept
