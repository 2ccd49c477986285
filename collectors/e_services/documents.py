"""From bytes to a document, strictly: what is not proper JSON or XML is refused whole, nothing outside is opened. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, TypeAlias

if TYPE_CHECKING:
    from lxml.etree import _Element

Json: TypeAlias = Any


class Format(StrEnum):
    """What an answer is read as."""

    JSON = "json"
    XML = "xml"
    ANY = "any"  # not read at all: that it is there is enough


class Ambiguous(Enum):
    """Stands where one name was given two different values: nobody can say which is meant (RFC 8259, section 4)."""

    TWICE = "given twice, with different values"


@dataclass(frozen=True, slots=True)
class Document:
    """An answer that could be read: the root of its JSON or of its XML."""

    format: Format
    root: Any


NO_DOCUMENT: Final = Document(Format.ANY, None)


class UnreadableError(Exception):
    """The answer is not what it should be; the message is one line without any of its text."""


def read_document(body: bytes, content_type: str, wanted: Format) -> Document:
    """The document in ``body``. Raises UnreadableError."""
    match wanted:
        case Format.JSON:
            return Document(Format.JSON, _read_json(body, content_type))
        case Format.XML:
            return Document(Format.XML, _read_xml(body))
        case Format.ANY:
            return NO_DOCUMENT


# --- JSON ---------------------------------------------------------------------------------------------------------------------


def _read_json(body: bytes, content_type: str) -> Json:
    text = _characters(body, content_type)
    if not text.strip(" \t\r\n"):
        raise UnreadableError("the answer is empty where JSON is wanted")
    try:
        return _decoder().decode(text)
    except RecursionError:
        raise UnreadableError("the JSON is nested deeper than any answer needs") from None
    except json.JSONDecodeError as trouble:
        raise UnreadableError(f"not JSON: {trouble.msg} at line {trouble.lineno}, column {trouble.colno}") from None
    except _NoJsonError as trouble:
        raise UnreadableError(f"not JSON: {trouble}") from None
    except ValueError:  # Python refuses to read integers of thousands of digits: only those values are lost
        return _read_again(text)


def _read_again(text: str) -> Json:
    try:
        return _patient_decoder().decode(text)
    except (ValueError, RecursionError):
        raise UnreadableError("the JSON cannot be read") from None


class _NoJsonError(Exception):
    """NaN and Infinity, which Python would take."""


def _refuse(name: str) -> float:
    raise _NoJsonError(f"{name} is no number in JSON")


def _object(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    found = dict(pairs)
    if len(found) != len(pairs):
        _mark_contradictions(found, pairs)
    return found


def _mark_contradictions(found: dict[str, Json], pairs: list[tuple[str, Json]]) -> None:
    for name, value in pairs:
        if not _is_same(found[name], value):
            found[name] = Ambiguous.TWICE


def _is_same(one: Json, other: Json) -> bool:
    try:
        return type(one) is type(other) and bool(one == other)
    except RecursionError:
        return False


DIGITS = 400
"""More digits than any number that a float can hold has before its mark."""


def _integer(digits: str) -> int | float:
    return int(digits) if len(digits) <= DIGITS else float("-inf" if digits.startswith("-") else "inf")


@lru_cache(maxsize=1)
def _decoder() -> json.JSONDecoder:
    return json.JSONDecoder(object_pairs_hook=_object, parse_constant=_refuse)


@lru_cache(maxsize=1)
def _patient_decoder() -> json.JSONDecoder:
    return json.JSONDecoder(object_pairs_hook=_object, parse_constant=_refuse, parse_int=_integer)


_CHARSET = re.compile(r"charset\s*=\s*[\"']?([a-z0-9_-]+)", re.IGNORECASE)
_LEGACY: Mapping[str, str] = {
    "iso-8859-1": "cp1252",
    "latin1": "cp1252",
    "windows-1252": "cp1252",
    "us-ascii": "cp1252",
    "utf-16": "utf-16",
}


def _characters(body: bytes, content_type: str) -> str:
    """JSON is UTF-8 (RFC 8259); an older charset only where the server declares it, a byte order mark as the exception it is."""
    codec = "utf-16" if body.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        return body.decode(codec)
    except UnicodeDecodeError:
        declared = _CHARSET.search(content_type)
        legacy = _LEGACY.get(declared.group(1).lower()) if declared else None
        if legacy is None:
            raise UnreadableError("the answer is not UTF-8") from None
        return _legacy(body, legacy)


def _legacy(body: bytes, codec: str) -> str:
    try:
        return body.decode(codec)
    except UnicodeDecodeError:
        raise UnreadableError(f"the answer is not {codec}, as it says") from None


# --- XML ----------------------------------------------------------------------------------------------------------------------


def _read_xml(body: bytes) -> _Element:
    from lxml import etree

    if not body.strip():
        raise UnreadableError("the answer is empty where XML is wanted")
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(body.lstrip(b" \t\r\n"), parser)
    except (etree.XMLSyntaxError, ValueError) as trouble:
        raise UnreadableError(f"not XML: {_in_short(str(trouble))}") from None
    if root is None:
        raise UnreadableError("the answer is empty where XML is wanted")
    if _has_entities(root):
        raise UnreadableError("the XML uses entities of its own, which is how bombs are built and files are read out")
    _drop_namespaces(root)
    return root


def _has_entities(root: _Element) -> bool:
    from lxml import etree

    dtd = root.getroottree().docinfo.internalDTD
    is_declared = dtd is not None and next(iter(dtd.iterentities()), None) is not None
    return is_declared or next(root.iter(etree.Entity), None) is not None


def _drop_namespaces(root: _Element) -> None:
    """Names without their namespaces, as the paths of a definition write them."""
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
        for name in [each for each in element.attrib if each.startswith("{")]:
            if name.rpartition("}")[2] not in element.attrib:
                element.set(name.rpartition("}")[2], element.attrib[name])


def _in_short(message: str) -> str:
    """libxml2's words and the place, on one short line."""
    kept = re.sub(r"[^A-Za-z0-9 ,.:'-]+", " ", message.partition(" (<")[0])
    return re.sub(r"\s+", " ", kept)[:120].strip()


def is_markup(body: bytes, content_type: str) -> bool:
    """Whether the answer is a page for people: HTML by its type, or by how it begins."""
    kind = content_type.partition(";")[0].strip().lower()
    head = body[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith((b"<!doctype html", b"<html", b"<head", b"<body")):
        return True
    return kind in ("text/html", "application/xhtml+xml") and head.startswith(b"<") and not head.startswith(b"<?xml")
