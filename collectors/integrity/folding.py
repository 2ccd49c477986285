"""Seeing through disguises: text as a reader takes it in, whatever characters it is written with. Pure.

Three steps. ``cleaned`` undoes what Unicode offers (wide and mathematical letters, accents, invisible characters). ``folded``
lowers the case and exchanges look-alikes letter by letter, so that it keeps the length of the cleaned text and places in one are
places in the other. ``words`` cuts it into words, undoes digits that stand for letters, and joins letters that were set apart.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import NamedTuple, TypeAlias

_LOOK_ALIKES = str.maketrans(
    {
        **dict(zip("аеорсхуіѕјԁԛԝһӏкмтвнпг", "aeopcxyisjdqwhlkmtbhnr", strict=True)),
        **dict(zip("αβεηικνορτυχωγσδλμ", "abenikvoptuxwgsdlu", strict=True)),
        **dict(zip("ꜱʟᴏᴛɢᴀᴄʀᴊᴜᴅɪᴇᴋᴍᴘʙɴʜᴠᴡʏᴢꜰ", "slotgacrjudiekmpbnhvwyzf", strict=True)),
        **dict(zip("łøıđħŧɑɡǀ∣", "loidhtagll", strict=True)),
    }
)
"""Letters of other alphabets that look like Latin ones. Only whole known words are looked for: a wrong pair does no harm."""

_SYMBOL_LETTERS = {
    **{first + n: 97 + n for first in (0x1F130, 0x1F150, 0x1F170, 0x1F1E6) for n in range(26)},  # squared, circled, regional
}
_ORDINARY = frozenset(map(chr, range(128))) | frozenset("–—‘’“”„…•·°©®™«»×→←▶►✓éèêëáàäâóòöôúùüûíìïîçñÉ§±²³¼½¾€£")
"""What stands in ordinary pages and hides nothing: most pages need no cleaning."""

_INVISIBLE = frozenset({"Mn", "Me", "Cf"})


def cleaned(text: str) -> str:
    """The text without invisible characters, accents and typographic variants of letters."""
    if text.isascii() or set(text) <= _ORDINARY:
        return text
    spread = unicodedata.normalize("NFKD", text.translate(_SYMBOL_LETTERS))
    unseen = {ord(each): None for each in set(spread) if unicodedata.category(each) in _INVISIBLE}
    return spread.translate(unseen) if unseen else spread


def folded(clean_text: str) -> str:
    """Lower case, look-alikes exchanged; as long as ``clean_text``."""
    lowered = clean_text.lower()
    if len(lowered) != len(clean_text):  # a few capitals have lower forms of two characters
        lowered = "".join(each.lower()[:1] for each in clean_text)
    return lowered if _LOOK_ALIKES.keys().isdisjoint(map(ord, set(lowered))) else lowered.translate(_LOOK_ALIKES)


class Word(NamedTuple):
    """One word and where it stands. ``is_disguised``: it was written so as not to be found."""

    text: str
    start: int
    end: int
    is_disguised: bool = False


Split: TypeAlias = Callable[[str], tuple[str, ...] | None]
"""Knows the vocabulary: cuts ``situsslotgacor`` into its words, or answers None."""

WORD = re.compile(r"[a-z0-9@$]+")
_LONE = re.compile(r"(?<![a-z0-9])[a-z0-9@$](?:[^a-z0-9\n]{1,3}[a-z0-9@$](?![a-z0-9])){3,24}")
"""Single letters set apart by anything else: ``s l o t``, ``s.l.o.t``, ``s🎰l🎰o🎰t``."""

_DIGITS = tuple(zip("034578@$9", "oeastbasg", strict=True))
_LEAST_SPLIT = 6
"""Shorter words of letters alone are what they are."""


def readings(folded_text: str) -> tuple[str, str]:
    """The text with its digits read as the letters they may stand for; 1 may be an i or an l."""
    for digit, letter in _DIGITS:  # far quicker than one translate, for texts that are not ASCII
        folded_text = folded_text.replace(digit, letter)
    return folded_text.replace("1", "i"), folded_text.replace("1", "l")


def words(folded_text: str, split: Split) -> list[Word]:
    """The words in order; those that are written in a disguise or run together come as the words they are read as."""
    found: list[Word] = []
    apart = _set_apart(folded_text, split)
    for each in WORD.finditer(folded_text):
        text, start = each.group(), each.start()
        while apart and apart[0][0].end <= start:
            found += apart.pop(0)
        if apart and apart[0][0].start <= start:
            continue
        if text.isdigit() or (len(text) < _LEAST_SPLIT and text.isalpha()):
            found.append(Word(text, start, each.end()))
        else:
            found += _read(text, start, each.end(), split)
    return found + [word for each in apart for word in each]


def _set_apart(text: str, split: Split) -> list[list[Word]]:
    """The words whose letters are set apart, each group of them as one entry."""
    found = []
    for each in _LONE.finditer(text):
        parts = _first_known(re.sub(r"[^a-z0-9@$]", "", each.group()), split)
        if parts is not None:
            found.append([Word(part, each.start(), each.end(), is_disguised=True) for part in parts])
    return found


def _read(text: str, start: int, end: int, split: Split) -> list[Word]:
    parts = split(text)
    if parts is not None:
        return [Word(each, start, end) for each in parts]
    if not text.isalpha():
        parts = _first_known(text, split)
        if parts is not None:
            return [Word(each, start, end, is_disguised=True) for each in parts]
    return [Word(text, start, end)]


def _first_known(letters: str, split: Split) -> tuple[str, ...] | None:
    """The words of ``letters`` as written, or with its digits read as letters; None when it makes no known words."""
    return next((parts for parts in map(split, (letters, *readings(letters))) if parts is not None), None)
