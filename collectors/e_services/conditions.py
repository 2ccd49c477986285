"""Success conditions in the body: many services answer 200 and say inside that it went wrong. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from collectors.e_services.documents import Document, Format
from collectors.e_services.paths import LostError, Path, PlainPath, one
from collectors.websites.shown import clean
from command_centre.domain.personal_data import masked

LONGEST_MESSAGE = 160


@dataclass(frozen=True, slots=True)
class Condition:
    """What must stand at ``path``: one of ``equals``, none of ``differs``, a text that ``matches``; none of them: something.

    ``is_absent``: nothing must stand there.
    """

    path: Path
    equals: tuple[Any, ...] = ()
    differs: tuple[Any, ...] = ()
    matches: str = ""
    is_absent: bool = False

    def holds(self, document: Document) -> bool:
        """Whether the answer says so. What is not there does not hold."""
        try:
            found = one(self.path, document)
        except LostError:
            return False
        if self.is_absent:
            return found in (None, "", [], {})
        if found is None:
            return any(each is None for each in self.equals)
        if self.equals and not any(means(found, each) for each in self.equals):
            return False
        if any(means(found, each) for each in self.differs):
            return False
        if self.matches and not re.search(self.matches, str(found)[:10_000]):
            return False
        return bool(self.equals or self.differs or self.matches) or found not in (False, 0, "", [], {})


def means(found: Any, wanted: Any) -> bool:
    """Whether both are the same to a reader: services write ``true`` as text and codes as text or number."""
    if isinstance(found, (dict, list)) or isinstance(wanted, (dict, list)):
        return bool(found == wanted)
    return bool(found == wanted) or _word(found) == _word(wanted)


def _word(value: Any) -> str:
    return str(value).strip().lower()


# --- the service's own words on what went wrong -------------------------------------------------------------------------------

_PLACES = (
    ("error", "message"), ("error", "detail"), ("error", "description"), ("errors", 0, "message"), ("errors", 0, "detail"),
    ("error_description",), ("message",), ("msg",), ("pesan",), ("keterangan",), ("detail",), ("title",), ("error",),
    ("errors", 0), ("metadata", "message"), ("metaData", "message"), ("meta", "message"), ("response", "message"),
    ("status", "message"), ("fault",),
)  # fmt: skip
"""Where services say what went wrong, the most telling place first."""

_XML_PLACES = ("faultstring", "Reason/Text", "message", "pesan", "keterangan", "error")


def own_words(document: Document, paths: Sequence[Path] = ()) -> str:
    """What the service says of its trouble, in one short line without personal data; empty where it says nothing."""
    said = next((text for text in _said(document, paths) if text), "")
    return masked(clean(said, LONGEST_MESSAGE))


def _said(document: Document, paths: Sequence[Path]) -> Iterator[str]:
    for path in paths:
        yield _sentence(_one_or_none(path, document))
    if document.format is Format.JSON:
        for steps in _PLACES:
            yield _sentence(_one_or_none(PlainPath("", steps), document))
    elif document.format is Format.XML:
        for place in _XML_PLACES:
            yield str(document.root.xpath(f"string(//{place})"))


def _one_or_none(path: Path, document: Document) -> Any:
    try:
        return one(path, document)
    except LostError:
        return None


def _sentence(found: Any) -> str:
    return found if isinstance(found, str) else ""


def soap_fault(document: Document) -> str | None:
    """The words of a SOAP fault; None where the answer is none."""
    if document.format is not Format.XML or document.root.tag != "Envelope":
        return None
    return own_words(document) or "a SOAP fault" if document.root.xpath("Body/Fault") else None
