"""From bytes to a document or a text. Strict JSON, one exception: NaN and Infinity make one value unreadable, not all of them."""

from __future__ import annotations

import json
import re

import msgspec

from collectors.hotspots_mqtt.flaws import FlawKind, RejectedError

_BOM = b"\xef\xbb\xbf"
_SECRET = re.compile(r"""((?:pass|pwd|sandi|secret|token|psk|key)\w*["']?\s*[:=]\s*["']?)[^"',}\s]+""", re.IGNORECASE)


class Unreadable:
    """The type of a value that stands where JSON has none (NaN, Infinity, a number beyond any range)."""

    __slots__ = ()


UNREADABLE = Unreadable()


def trimmed(payload: bytes, limit: int) -> bytes:
    """The payload without the padding that some senders add (a NUL at the end, white space). Raises RejectedError."""
    if len(payload) > limit:
        raise RejectedError(FlawKind.TOO_LARGE, f"{len(payload)} bytes, at most {limit} are read")
    body = payload.strip(b"\x00 \t\r\n").removeprefix(_BOM)
    if not body:
        raise RejectedError(FlawKind.EMPTY, "no payload")
    return body


def text_of(payload: bytes, limit: int) -> str:
    """The payload as text. Raises RejectedError for anything that is not one."""
    try:
        return trimmed(payload, limit).decode("utf-8")
    except UnicodeDecodeError:
        raise RejectedError(FlawKind.NOT_TEXT, "not UTF-8") from None


def json_of(payload: bytes, limit: int) -> object:
    """The payload as JSON. Raises RejectedError."""
    body = trimmed(payload, limit)
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return _lenient(body)


def _lenient(body: bytes) -> object:
    """What Python's own decoder reads of it: NaN, Infinity and numbers out of range become UNREADABLE."""
    try:
        text = body.decode("utf-8")
        return json.loads(text, parse_constant=lambda _: UNREADABLE, parse_float=_float, parse_int=_int)
    except UnicodeDecodeError:
        raise RejectedError(FlawKind.NOT_TEXT, "not UTF-8") from None
    except RecursionError:
        raise RejectedError(FlawKind.BAD_JSON, "nested too deeply") from None
    except ValueError as trouble:
        where = trouble.pos if isinstance(trouble, json.JSONDecodeError) else 0
        raise RejectedError(FlawKind.BAD_JSON, f"not JSON from character {where}") from None


def _float(digits: str) -> object:
    value = float(digits)
    return value if abs(value) != float("inf") else UNREADABLE


def _int(digits: str) -> object:
    return int(digits) if len(digits) < 400 else UNREADABLE


def shown(beginning: bytes) -> str:
    """How a payload begins, for people: printable, and without what follows the name of a secret."""
    text = "".join(each if each.isprintable() else "\ufffd" for each in beginning.decode("utf-8", "replace"))
    return _SECRET.sub(r"\1…", text)
