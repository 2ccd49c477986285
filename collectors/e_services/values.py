"""From what a service wrote to a typed value. Pure.

The rule is: no value is invented. What is not there is None; what is there and cannot be that value raises ``BadValueError``.
A dash or "n/a" is how people write that there is nothing.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Any, TypeAlias

from collectors.e_services.moments import read_duration, read_time

Value: TypeAlias = int | float | str


class BadValueError(ValueError):
    """Something is there, and it is not the value it should be. The message says what it looks like, without repeating it."""


class ValueType(StrEnum):
    """How a place in the answer is read."""

    NUMBER = "number"  # a JSON number, or text as C writes numbers: 1234.56
    NUMBER_ID = "number_id"  # Indonesian notation: 1.234,56, Rp 1.500.000, 1,5 juta
    NUMBER_EN = "number_en"  # English notation: 1,234.56
    PERCENT = "percent"  # 62,5% or 62.5 %: the number before the sign
    TIME = "time"  # a moment: seconds since the epoch
    DURATION = "duration"  # a length of time: seconds
    COUNT = "count"  # how many: the length of a list, or how many places a path finds
    TEXT = "text"
    BOOL = "bool"  # 1 or 0


LONGEST_NUMBER = 64
LONGEST_TEXT = 1000
NOTHING = frozenset({"", "-", "--", "—", "–", "n/a", "na", "null", "none", "nil", "tidak ada", "belum ada", "t.a.d."})
"""Ways to write that there is no value, in lower case. "nihil" is not one of them: it can mean zero."""

NO_DATE = "0000-00-00"
"""What MySQL writes where there is no date."""


def read_value(raw: Any, kind: ValueType, tz: str | None = None, unit: str = "") -> Value | None:
    """``raw`` as ``kind``; None when there is no value. ``tz`` is the zone of times that name none, ``unit`` that of durations.

    Raises BadValueError.
    """
    if raw is None or (isinstance(raw, str) and raw.strip().lower() in NOTHING and kind is not ValueType.TEXT):
        return None
    if kind is ValueType.TIME and isinstance(raw, str) and raw.startswith(NO_DATE):
        return None
    if isinstance(raw, float) and not math.isfinite(raw):
        raise BadValueError("is not a finite number")
    match kind:
        case ValueType.TIME:
            return _or_bad(read_time(raw, tz), "is not a moment that can be read")
        case ValueType.DURATION:
            return _or_bad(read_duration(raw, unit), "is not a length of time")
        case _:
            return _READERS[kind](raw)


def _or_bad(value: float | None, complaint: str) -> float:
    if value is None:
        raise BadValueError(complaint)
    return int(value) if value == int(value) else value


# --- numbers ------------------------------------------------------------------------------------------------------------------

_C = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
_MONEY = re.compile(r"(?:rp\.?|idr|us\$|usd|\$)\s*", re.IGNORECASE)
_ID = re.compile(r"(?:[1-9]\d{0,2}(?:(?:\.\d{3})+|(?:[ \xa0\u202f]\d{3})+)|\d+)(?:,\d+)?", re.ASCII)
_EN = re.compile(r"(?:[1-9]\d{0,2}(?:,\d{3})+|\d+)(?:\.\d+)?", re.ASCII)
"""No group of thousands begins with 0: "0.500" is half of something, written the other way."""

_SCALES: Mapping[str, int] = MappingProxyType(
    {
        **dict.fromkeys(("ribu", "rb"), 10**3),
        **dict.fromkeys(("juta", "jt"), 10**6),
        **dict.fromkeys(("miliar", "milyar"), 10**9),
        **dict.fromkeys(("triliun", "trilyun"), 10**12),
        "M": 10**9,  # a capital M alone is a thousand million (miliar) in Indonesia
        "T": 10**12,
    }
)
_SCALED = re.compile(rf"(.*?)\s*((?i:{'|'.join(each for each in _SCALES if len(each) > 1)})|M|T)")


def _native(raw: Any) -> int | float | None:
    """A JSON number as it is; None for text. Raises BadValueError for anything else."""
    if isinstance(raw, bool) or not isinstance(raw, (int, float, str)):
        raise BadValueError(f"is {_called(raw)} where a number is wanted")
    if isinstance(raw, str):
        if len(raw) > LONGEST_NUMBER:
            raise BadValueError("is too long for a number")
        return None
    return _finite(raw)


def _finite(number: int | float) -> int | float:
    try:
        is_finite = math.isfinite(float(number))
    except OverflowError:
        is_finite = False
    if not is_finite:
        raise BadValueError("is beyond every number that can be stored")
    return number


def _number(raw: Any) -> int | float:
    known = _native(raw)
    if known is not None:
        return known
    text = raw.strip()
    if not _C.fullmatch(text):
        raise BadValueError("is not written as a number")
    return _finite(int(text) if text.lstrip("+-").isdigit() else float(text))


def _number_id(raw: Any) -> int | float:
    known = _native(raw)
    if known is not None:
        return known
    text, sign = _stripped(raw)
    match = _SCALED.fullmatch(text)
    word = match.group(2) if match else ""
    scale = _SCALES[word if len(word) == 1 else word.lower()] if word else 1
    digits = (match.group(1) if match else text).removesuffix(",-").removesuffix(".-")
    if not _ID.fullmatch(digits):
        raise BadValueError("is not a number in Indonesian notation")
    plain = re.sub(r"[. \xa0\u202f]", "", digits).replace(",", ".")
    return _scaled(plain, scale * sign)


def _number_en(raw: Any) -> int | float:
    known = _native(raw)
    if known is not None:
        return known
    text, sign = _stripped(raw)
    if not _EN.fullmatch(text):
        raise BadValueError("is not a number in English notation")
    return _scaled(text.replace(",", ""), sign)


def _stripped(raw: str) -> tuple[str, int]:
    """The digits without sign, currency, brackets and percent sign; and the sign. ``(1.500)`` is how accountants write minus."""
    text, sign = raw.strip(), 1
    if text.startswith("(") and text.endswith(")"):
        text, sign = text[1:-1].strip(), -1
    text, sign = _unsigned(text, sign)
    money = _MONEY.match(text)
    if money:
        text, sign = _unsigned(text[money.end() :], sign)
    return text.removesuffix("%").strip(), sign


def _unsigned(text: str, sign: int) -> tuple[str, int]:
    if text[:1] in ("-", "−", "+"):
        return text[1:].strip(), sign if text[0] == "+" else -sign
    return text, sign


def _scaled(plain: str, factor: int) -> int | float:
    """``1.5`` times a whole factor, without the rounding of floats where the result is whole."""
    whole, _, fraction = plain.partition(".")
    digits = int(whole + fraction) * factor
    over = 10 ** len(fraction)
    return _finite(digits // over if digits % over == 0 else float(f"{'-' if factor < 0 else ''}{plain}") * abs(factor))


_PERCENT = re.compile(r"([+-]?)(\d{1,9})(?:[.,](\d+))?\s*(?:%|persen)?", re.ASCII | re.IGNORECASE)


def _percent(raw: Any) -> int | float:
    """Either notation, as long as it can mean one thing only: three digits behind the only mark could be thousands."""
    known = _native(raw)
    if known is not None:
        return known
    match = _PERCENT.fullmatch(raw.strip())
    if not match or (len(match.group(3) or "") == 3 and match.group(2) != "0"):
        raise BadValueError("is not a percentage that can mean only one thing")
    return float(f"{match.group(1)}{match.group(2)}.{match.group(3) or '0'}")


# --- everything else ----------------------------------------------------------------------------------------------------------


def _count(raw: Any) -> int:
    if not isinstance(raw, list):
        raise BadValueError(f"is {_called(raw)} where a list is wanted")
    return len(raw)


def _text(raw: Any) -> str:
    if isinstance(raw, (dict, list)) or not isinstance(raw, (str, int, float)):
        raise BadValueError(f"is {_called(raw)} where a text is wanted")
    if isinstance(raw, bool):
        return "true" if raw else "false"
    if isinstance(raw, int):
        return str(_finite(raw))
    return str(raw)[:LONGEST_TEXT]


_WORDS: Mapping[str, int] = MappingProxyType(
    {
        **dict.fromkeys(("true", "ya", "yes", "y", "1", "aktif", "active", "on", "buka", "online"), 1),
        **dict.fromkeys(("false", "tidak", "no", "n", "0", "nonaktif", "inactive", "off", "tutup", "offline"), 0),
    }
)


def _bool(raw: Any) -> int:
    if isinstance(raw, bool):
        return int(raw)
    word = str(raw).strip().lower() if isinstance(raw, (str, int)) else ""
    if word not in _WORDS:
        raise BadValueError("is neither yes nor no")
    return _WORDS[word]


def _called(raw: Any) -> str:
    match raw:
        case bool():
            return "true or false"
        case dict():
            return "an object"
        case list():
            return "a list"
        case str():
            return "a text"
        case int() | float():
            return "a number"
        case _:
            return "something ambiguous"


_READERS: Mapping[ValueType, Callable[[Any], Value]] = MappingProxyType(
    {
        ValueType.NUMBER: _number,
        ValueType.NUMBER_ID: _number_id,
        ValueType.NUMBER_EN: _number_en,
        ValueType.PERCENT: _percent,
        ValueType.COUNT: _count,
        ValueType.TEXT: _text,
        ValueType.BOOL: _bool,
    }
)
