"""Places in a document: JSONPath (RFC 9535) and XPath 1.0, compiled once. Pure.

A JSONPath without ``$`` starts at the root. Most paths are plain (``data.per_opd[0].selesai``): names and indices only. They are
walked here, which tells *where* a path ends that leads nowhere, lets names hold spaces and hyphens, and starts a probe without
the library; everything else (wildcards, slices, filters, descendants) is the library's.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from collectors.e_services.documents import Ambiguous, Document, Format

if TYPE_CHECKING:
    from jsonpath import JSONPath

LONGEST = 500


class BadPathError(ValueError):
    """The path cannot be understood; the message says where."""


class LostError(Exception):
    """The path leads nowhere in this document, or nowhere for certain."""


class Path(Protocol):
    """A compiled path."""

    @property
    def text(self) -> str: ...

    @property
    def is_singular(self) -> bool:
        """Whether it can find one place at most."""
        ...

    def find(self, document: Document) -> list[Any]:
        """What stands at the places found, in order; empty where there are none. Raises LostError where a name is ambiguous."""
        ...

    def count(self, document: Document) -> int | None:
        """How many places it finds; None where the place to look in is not there. Raises LostError."""
        ...


def compile_path(text: str, wanted: Format) -> Path:
    """Compile ``text`` for documents of this format. Raises BadPathError."""
    text = text.strip()
    if not text or len(text) > LONGEST:
        raise BadPathError("a path is between 1 and 500 characters long")
    if wanted is Format.XML:
        return _xpath(text)
    plain = _plain_steps(text)
    return PlainPath(text, plain) if plain is not None else _query(text)


# --- plain JSONPath -----------------------------------------------------------------------------------------------------------

Step: TypeAlias = str | int
_STEP = re.compile(
    r"""\.?(?P<name>[^.\[\]*?"'\s$@][^.\[\]*?"']*)|\[\s*(?P<index>-?\d{1,15})\s*\]|\[(?P<bare>[A-Za-z_][\w-]*)\]|\[\s*(?P<quoted>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')\s*\]|\.?(?P<sign>[@$][^.\[\]*?"'\s]+)"""
)


def _plain_steps(text: str) -> tuple[Step, ...] | None:
    """Names and indices, or None when the path holds anything else."""
    rest = text[1:] if text == "$" or text[:2] in ("$.", "$[") else text
    if rest.startswith(".") and text[0] != "$":
        return None
    steps: list[Step] = []
    at = 0
    while at < len(rest):
        match = _STEP.match(rest, at)
        if match is None or not _begins_well(rest, at, is_first=not steps and rest is text):
            return None
        steps.append(_step(match))
        at = match.end()
    return tuple(steps)


def _begins_well(rest: str, at: int, *, is_first: bool) -> bool:
    """A name needs its dot, except at the very beginning; and two dots are not one."""
    return rest[at] in ".[" or is_first


def _step(match: re.Match[str]) -> Step:
    if match["index"] is not None:
        return int(match["index"])
    if match["quoted"] is not None:
        return _unquoted(match["quoted"])
    return str(match["name"] or match["bare"] or match["sign"]).rstrip()


def _unquoted(quoted: str) -> str:
    inner = quoted[1:-1]
    if quoted[0] == "'":
        inner = inner.replace("\\'", "'").replace('"', '\\"')
    try:
        return str(json.loads(f'"{inner}"', strict=False))
    except ValueError:
        return quoted[1:-1]


@dataclass(frozen=True, slots=True)
class PlainPath:
    """Names and indices."""

    text: str
    steps: tuple[Step, ...]

    @property
    def is_singular(self) -> bool:
        return True

    def find(self, document: Document) -> list[Any]:
        place = document.root
        for done, step in enumerate(self.steps, start=1):
            if not _has(place, step):
                return []
            place = _inside(place, step)
            if place is Ambiguous.TWICE:
                raise LostError(f"{shown(self.steps[:done])} is {Ambiguous.TWICE.value}")
        return [place]

    def count(self, document: Document) -> int | None:
        return len(self.find(document)) or None

    def last_place(self, document: Document) -> str:
        """How far the path leads, for the person who has to mend it: ``data`` where ``data.total`` is not there."""
        place = document.root
        for done, step in enumerate(self.steps):
            if not _has(place, step):
                return shown(self.steps[:done]) if done else "the root"
            place = _inside(place, step)
        return shown(self.steps)


def _has(place: Any, step: Step) -> bool:
    """``data.0.id`` is how Laravel and others write ``data[0].id``: on a list, digits are an index."""
    if isinstance(place, list):
        return (isinstance(step, int) or _is_index(step)) and -len(place) <= int(step) < len(place)
    return isinstance(place, dict) and step in place


def _is_index(step: str) -> bool:
    return step.isascii() and step.isdigit() and len(step) < 16


def _inside(place: Any, step: Step) -> Any:
    return place[int(step)] if isinstance(place, list) else place[step]


def shown(steps: Sequence[Step]) -> str:
    """The steps as a path."""
    return "".join(f"[{each}]" if isinstance(each, int) else f".{each}" for each in steps).removeprefix(".")


# --- the rest of RFC 9535 -----------------------------------------------------------------------------------------------------


def _query(text: str) -> QueryPath:
    from jsonpath import JSONPathEnvironment, JSONPathError

    whole = text if text.startswith("$") else f"${text}" if text.startswith(("[", ".")) else f"$.{text}"
    try:
        compiled = JSONPathEnvironment(strict=True).compile(whole)
    except (JSONPathError, RecursionError, ValueError) as trouble:
        raise BadPathError(f"'{text[:80]}' is not a JSONPath: {_first_line(trouble)}") from None
    return QueryPath(text, compiled)


def _first_line(trouble: BaseException) -> str:
    return re.sub(r"\s+", " ", str(trouble).partition("\n")[0])[:120]


class QueryPath:
    """A path with wildcards, slices, filters or descendants."""

    def __init__(self, text: str, compiled: Any) -> None:
        from jsonpath import JSONPath

        self.text = text
        self._compiled: JSONPath = compiled
        self._parent = JSONPath(env=compiled.env, segments=compiled.segments[:-1])

    @property
    def is_singular(self) -> bool:
        return bool(self._compiled.singular_query())

    def find(self, document: Document) -> list[Any]:
        found = self._all(self._compiled, document)
        if any(each is Ambiguous.TWICE for each in found):
            raise LostError(f"{self.text} is {Ambiguous.TWICE.value}")
        return found

    def count(self, document: Document) -> int | None:
        found = self.find(document)
        is_there = found or any(isinstance(each, (dict, list)) for each in self._all(self._parent, document))
        return len(found) if is_there else None

    def _all(self, path: JSONPath, document: Document) -> list[Any]:
        from jsonpath import JSONPathError

        if not isinstance(document.root, (dict, list)):
            return []  # the library would take a text for JSON to be read
        try:
            return path.findall(document.root)
        except (JSONPathError, RecursionError):
            raise LostError(f"{self.text} cannot be followed: the answer is nested too deeply") from None


# --- XPath --------------------------------------------------------------------------------------------------------------------

_PREFIX = re.compile(r"(?<![\w.-])[A-Za-z_][\w.-]*:(?=[A-Za-z_*])(?!:)")
_QUOTED = re.compile(r"('[^']*'|\"[^\"]*\")")


def _xpath(text: str) -> XmlPath:
    from lxml import etree

    bare = without_prefixes(text)
    try:
        etree.XPath(bare)
    except etree.XPathError:
        raise BadPathError(f"'{text[:80]}' is not an XPath") from None
    return XmlPath(text, bare)


def without_prefixes(text: str) -> str:
    """The XPath with its namespace prefixes taken off; axes (``child::``) and texts in quotes stay."""
    parts = _QUOTED.split(text)
    return "".join(part if index % 2 else _PREFIX.sub("", part) for index, part in enumerate(parts))


@dataclass(frozen=True, slots=True)
class XmlPath:
    """An XPath. Namespaces do not count: services change prefixes, and two elements of one name in one answer are rare.

    ``find`` gives texts (an element's whole text), or the number or truth that the expression computes.
    """

    text: str
    bare: str

    @property
    def is_singular(self) -> bool:
        return False

    def find(self, document: Document) -> list[Any]:
        result = self._evaluate(document, self.bare)
        if not isinstance(result, list):
            return [] if isinstance(result, float) and result != result else [result]
        return [each if isinstance(each, str) else str(each.xpath("string()")) for each in result]

    def count(self, document: Document) -> int | None:
        result = self._evaluate(document, self.bare)
        if not isinstance(result, list):
            return int(result) if isinstance(result, float) and result == int(result) else None
        above = self.bare.rstrip("/").rpartition("/")[0].rstrip("/")
        return len(result) if result or not above or self._evaluate(document, above) else None

    def _evaluate(self, document: Document, xpath: str) -> Any:
        from lxml import etree

        try:
            return document.root.xpath(xpath)
        except etree.XPathError:
            raise LostError(f"{self.text} cannot be followed in this answer") from None


def last_place(path: Path, document: Document) -> str:
    """Where a path that leads nowhere ends, in a few words; empty where that cannot be said."""
    if not isinstance(path, PlainPath) or document.format is not Format.JSON:
        return ""
    reached = path.last_place(document)
    return f"; the answer ends at {reached}" if reached not in ("the root", path.text) else ""


def one(path: Path, document: Document) -> Any:
    """The one thing at the path; None where there is none. An XPath with several places means the first of them (XPath 1.0).

    Raises LostError where a JSONPath finds several different things.
    """
    found = path.find(document)
    if not found:
        return None
    if document.format is Format.XML or all(each == found[0] and type(each) is type(found[0]) for each in found[1:]):
        return found[0]
    raise LostError(f"{path.text} finds {len(found)} different values; one is wanted")
