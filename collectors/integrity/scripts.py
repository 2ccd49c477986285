"""Reading scripts without running them: undoing the usual ways of hiding an address, and finding where a script sends people.

Nothing here executes anything. What only a running browser could work out stays unseen; ``docs/integrity.md`` says so. Pure.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto
from urllib.parse import unquote

LONGEST_SCRIPT = 400_000
MOST_LAYERS = 3
MOST_UNPACKED = 200
LONGEST_UNPACKED = 200_000

_ESCAPE = re.compile(r"\\x([0-9a-fA-F]{2})|\\u\{?([0-9a-fA-F]{4,6})\}?|\\([/\"'])")
_CONCATENATED = re.compile(r"([\"'`])\s*\+\s*([\"'`])")
_STRING = re.compile(r"\"((?:[^\"\\\n]|\\.){2,20000})\"|'((?:[^'\\\n]|\\.){2,20000})'|`((?:[^`\\]|\\.){2,20000})`")
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{16,}={0,2}")
_CHAR_CODES = re.compile(
    r"fromCharCode\s*(?:\.apply\s*\([^,]{1,40},\s*)?\(?\s*\[?\s*((?:(?:0x[0-9a-f]{1,4}|\d{1,6})\s*,?\s*){4,4000})", re.IGNORECASE
)
_CODE_LIST = re.compile(r"\[\s*((?:(?:0x[0-9a-f]{1,4}|\d{2,3})\s*,\s*){8,4000}(?:0x[0-9a-f]{1,4}|\d{2,3}))\s*\]", re.IGNORECASE)
_PERCENT = re.compile(r"(?:%[0-9a-fA-F]{2}){4}")
_REVERSED = re.compile(r"\.reverse\s*\(")
_ENTITIES = re.compile(r"&#(?:x([0-9a-fA-F]{1,6})|(\d{1,7}));")
_PACKED = re.compile(r"\}\('(.{0,100000}?)',(\d{1,2}),(\d{1,5}),'([^']{0,50000})'\.split\('\|'\)", re.DOTALL)


def unpacked(script: str) -> Iterator[str]:
    """What the script's literals stand for, layer by layer, each text once; the script itself comes first, its escapes undone."""
    waiting = [_plain(script[:LONGEST_SCRIPT])]
    seen: set[str] = set()
    yield waiting[0]
    for _ in range(MOST_LAYERS):
        following = []
        for text in waiting:
            for each in _undone(text):
                if each in seen or len(seen) >= MOST_UNPACKED:
                    continue
                seen.add(each)
                following.append(each)
                yield each
        waiting = following


def _plain(script: str) -> str:
    """Escapes undone, strings that are only cut in two joined."""
    joined = _CONCATENATED.sub(lambda found: "" if found.group(1) == found.group(2) else found.group(), script)
    return _ENTITIES.sub(_from_entity, _ESCAPE.sub(_from_escape, joined)) if "\\" in joined or "&#" in joined else joined


def _from_escape(found: re.Match[str]) -> str:
    code = found.group(1) or found.group(2)
    return _character(int(code, 16)) if code else found.group(3)


def _from_entity(found: re.Match[str]) -> str:
    return _character(int(found.group(1), 16) if found.group(1) else int(found.group(2)))


def _character(code: int) -> str:
    return chr(code) if 0 < code < 0x110000 and not 0xD800 <= code < 0xE000 else " "


def _undone(text: str) -> Iterator[str]:
    for strings in _STRING.findall(text):
        literal = next(filter(None, strings), "")
        yield from _from_literal(literal, may_be_reversed=_REVERSED.search(text) is not None)
    for codes in (*_CHAR_CODES.findall(text), *_CODE_LIST.findall(text)):
        yield from _telling("".join(_character(int(each, 0)) for each in re.findall(r"0x[0-9a-fA-F]+|[1-9]\d*", codes)))
    for packed in _PACKED.findall(text):
        yield _unwrapped(*packed)


def _from_literal(literal: str, *, may_be_reversed: bool) -> Iterator[str]:
    if _PERCENT.search(literal):
        yield from _telling(unquote(literal, errors="replace"))
    if _BASE64.fullmatch(literal):
        yield from _telling(_from_base64(literal))
    if may_be_reversed:
        yield from _telling(literal[::-1])


def _from_base64(literal: str) -> str:
    try:
        raw = base64.b64decode(
            literal.rstrip("=") + "=" * (-len(literal.rstrip("=")) % 4), altchars=b"-_" if re.search("[-_]", literal) else None
        )
    except (binascii.Error, ValueError):
        return ""
    return raw[:LONGEST_UNPACKED].decode("utf-8", "replace")


def _telling(text: str) -> Iterator[str]:
    """The text, if it looks like text at all."""
    sample = text[:400]
    if (
        len(sample) >= 4
        and sum(each.isprintable() or each in "\r\n\t" for each in sample) >= 0.95 * len(sample)
        and "�" not in sample
    ):
        yield _plain(text[:LONGEST_UNPACKED])


def _unwrapped(body: str, base: str, count: str, names: str) -> str:
    """The common packer: words of the script replaced by numbers in base 36 or 62."""
    table = names.split("|")
    digits = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
    radix = int(base)

    def word(found: re.Match[str]) -> str:
        number = 0
        for each in found.group():
            place = digits.find(each)
            if not 0 <= place < radix:
                return found.group()
            number = number * radix + place
        return table[number] if number < len(table) and table[number] else found.group()

    del count
    return _plain(re.sub(r"\b\w{1,4}\b", word, body.replace("\\'", "'"))[:LONGEST_UNPACKED])


# --- where a script sends people ----------------------------------------------------------------------------------------------


class Way(Enum):
    """Whom a redirect is meant for."""

    OPEN = auto()  # everybody
    BY_DEVICE = auto()  # some visitors, by what they use: also how apps are advertised
    BY_REFERRER = auto()  # those who come from a search result: no honest page does that
    HIDDEN = auto()  # the address only comes out when the script is unpacked


@dataclass(frozen=True, slots=True)
class Jump:
    """An address a script goes to, and for whom."""

    address: str
    way: Way
    start: int


_JUMP = re.compile(
    r"(?:(?:window|document|self|top|parent|this)\s*\.\s*)*location(?:\s*\.\s*(?:href|replace|assign)|\s*\[\s*[\"'](?:href|replace|assign)[\"']\s*\])?"
    r"\s*(?:=(?!=)|\()\s*(?:[\w$.]{1,60}\s*\(\s*){0,3}[\"'`]([^\"'`\n]{1,2000})[\"'`]"
    r"|window\s*\.\s*open\s*\(\s*[\"'`]([^\"'`\n]{1,2000})[\"'`]\s*,\s*[\"'`]_(?:self|top|parent)"
)
_ASSIGNED = re.compile(
    r"\b(?:var|let|const)?\s*([A-Za-z_$][\w$]{0,40})\s*=\s*(?:[\w$.]{1,40}\s*\(\s*){0,3}[\"'`]([^\"'`\n]{1,2000})[\"'`]"
)
_JUMP_BY_NAME = re.compile(
    r"location(?:\s*\.\s*(?:href|replace|assign))?\s*(?:=(?!=)|\()\s*(?:[\w$.]{1,40}\s*\(\s*){0,3}([A-Za-z_$][\w$]{0,40})\b"
)
_BY_REFERRER = re.compile(r"document\s*\.\s*referrer|document\s*\[\s*[\"']referrer|googlebot|bingbot", re.IGNORECASE)
_BY_DEVICE = re.compile(r"navigator\s*\.\s*(?:userAgent|platform)|history\s*\.\s*length|screen\s*\.\s*width|innerWidth")
_GOES = re.compile(r"location\s*(?:\.\s*(?:href|replace|assign))?\s*(?:=(?!=)|\()|window\s*\.\s*open|\.submit\s*\(")
REACH = 1_500


def jumps(script: str) -> Iterator[Jump]:
    """Where the script (one of ``unpacked``'s texts) sends people: written out, or by a variable that is set in the same text."""
    for found in _JUMP.finditer(script):
        yield Jump(found.group(1) or found.group(2), way_of(script, found.start()), found.start())
    names = dict(_ASSIGNED.findall(script)) if _JUMP_BY_NAME.search(script) else {}
    for found in _JUMP_BY_NAME.finditer(script):
        if found.group(1) in names:
            yield Jump(names[found.group(1)], way_of(script, found.start()), found.start())


def goes_somewhere(script: str) -> bool:
    """Whether the script sends people anywhere at all."""
    return _GOES.search(script) is not None


def way_of(script: str, at: int = 0) -> Way:
    """Whom a jump at this place is meant for."""
    around = script[max(0, at - REACH) : at + REACH]
    if _BY_REFERRER.search(around):
        return Way.BY_REFERRER
    return Way.BY_DEVICE if _BY_DEVICE.search(around) else Way.OPEN


def writes_html(text: str) -> bool:
    """Whether a script's text holds links that it could write into the page."""
    return re.search(r"<\s*(?:a|iframe|meta|form)\b", text, re.IGNORECASE) is not None
