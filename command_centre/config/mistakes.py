"""Mistakes of the editor: where, what, what was probably meant. All of them are collected before anybody is told."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass

EXCERPT_WIDTH = 120
"""Characters of a line that an excerpt shows at most."""

LONGEST_WORD = 80
"""Longer texts are no slip of the key, and comparing them takes long."""

LONGEST_LINE = 400
"""A longer line is not drawn: cutting it could separate a secret from the key that gives it away."""

_SECRET_KEY = re.compile(
    r"(?i)([\w-]*(?:password|passwd|passphrase|sandi|secret|rahasia|token|api_?key|kunci|auth|community|credential)[\w-]*[\"']?\s*[:=]\s*)([^\s,}\]]+)"
)
_URL_PASSWORD = re.compile(r"([^\s:@/'\"]*:)([^\s]*)(@)")
_UNPRINTABLE = re.compile(r"[^\x20-\x7e\xa1-\ud7ff\ue000-\uffef]")


@dataclass(frozen=True, slots=True)
class Mistake:
    """One mistake. ``line`` and ``column`` count from 1; ``where`` is the path of the key or column in words."""

    file: str
    sentence: str
    line: int | None = None
    column: int | None = None
    where: str = ""
    suggestion: str | None = None
    excerpt: str | None = None

    def __str__(self) -> str:
        place = ":".join([self.file, *(str(each) for each in (self.line, self.column) if each is not None)])
        path = f"{self.where}: " if self.where else ""
        meant = f"; did you mean '{self.suggestion}'?" if self.suggestion else ""
        picture = f"\n{self.excerpt}" if self.excerpt else ""
        return f"{place}: {path}{self.sentence}{meant}{picture}"


class ConfigError(Exception):
    """The configuration is refused; ``mistakes`` has every reason, in the order of the files."""

    def __init__(self, mistakes: Iterable[Mistake]) -> None:
        self.mistakes = tuple(mistakes)
        super().__init__(self.mistakes)

    def __str__(self) -> str:
        return "\n".join(str(each) for each in self.mistakes)


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that was probably meant; None when nothing is close."""
    if len(word) > LONGEST_WORD:
        return None
    by_lower = {each.lower(): each for each in known}
    close = difflib.get_close_matches(word.lower(), by_lower, n=1, cutoff=0.6)
    return by_lower[close[0]] if close else None


def draw(line: str, column: int) -> str | None:
    """The line with a caret under ``column`` (from 1), without control characters and without secrets; None when too long."""
    if not line.strip() or len(line) > LONGEST_LINE:
        return None
    shown = masked(line)
    if shown != printable(line):
        return f"    {shown[:EXCERPT_WIDTH]}"  # what was masked has moved: a caret would point at the wrong place
    start = 0 if column <= EXCERPT_WIDTH - 20 else column - EXCERPT_WIDTH // 2
    return f"    {shown[start : start + EXCERPT_WIDTH].rstrip()}\n    {' ' * (column - 1 - start)}^"


def masked(text: str) -> str:
    """``text`` on one printable line, with everything that looks like a secret replaced by ``***``."""
    return _SECRET_KEY.sub(_mask_value, _URL_PASSWORD.sub(r"\1***\3", printable(text)))


def looks_secret(key: str) -> bool:
    """Whether a key of that name holds a secret."""
    return _SECRET_KEY.match(f"{key}: value") is not None


def _mask_value(match: re.Match[str]) -> str:
    key, value = match.groups()
    return match.group(0) if value.startswith(("env:", "file:")) else f"{key}***"


def printable(text: str) -> str:
    """Control characters, tabs and line breaks as single spaces, so that a message cannot garble a terminal."""
    return _UNPRINTABLE.sub(" ", text)


def quoted(value: object) -> str:
    """A value in quotes for a sentence: one line, short, masked."""
    text = masked(str(value)[:LONGEST_LINE])
    return f"'{text[:57]}...'" if len(text) > 60 else f"'{text}'"
