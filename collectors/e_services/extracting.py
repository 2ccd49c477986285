"""From a document to metrics: each with its value, or with the reason why it has none. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from collectors.e_services.documents import Document, Format
from collectors.e_services.paths import LostError, Path, last_place, one
from collectors.e_services.values import BadValueError, Value, ValueType, read_value
from command_centre.domain.reading import Reason


class Aggregate(StrEnum):
    """What becomes of several values at the places of one path."""

    SUM = "sum"
    MEAN = "mean"
    MIN = "min"
    MAX = "max"
    FIRST = "first"
    LAST = "last"


@dataclass(frozen=True, slots=True)
class Extract:
    """One metric: where it stands and how it is read. ``tz`` is the zone of times that name none, ``unit`` that of durations."""

    metric: str
    path: Path
    type: ValueType
    tz: str | None = None
    unit: str = ""
    aggregate: Aggregate | None = None


@dataclass(frozen=True, slots=True)
class Flaw:
    """Why a metric has no value. ``detail`` names the path, and nothing of what stands there."""

    metric: str
    path: str
    reason: Reason
    detail: str


@dataclass(frozen=True, slots=True)
class Extraction:
    """Every metric asked for; None where there is no value. ``flaws`` are in the order of the definition."""

    values: Mapping[str, Value | None] = field(default_factory=dict)
    flaws: Sequence[Flaw] = ()


def extract(document: Document, wanted: Iterable[Extract], required: frozenset[str]) -> Extraction:
    """Read all metrics. One that is not there is a flaw only where it is required; one that cannot be read always is."""
    values: dict[str, Value | None] = {}
    flaws: list[Flaw] = []
    for each in wanted:
        value, flaw = _read(document, each, is_required=each.metric in required)
        values[each.metric] = value
        if flaw is not None:
            flaws.append(flaw)
    return Extraction(values, tuple(flaws))


def nothing_of(wanted: Iterable[Extract]) -> Extraction:
    """The metrics of an answer that is not read: none has a value."""
    return Extraction({each.metric: None for each in wanted})


def _read(document: Document, wanted: Extract, *, is_required: bool) -> tuple[Value | None, Flaw | None]:
    try:
        value = value_of(document, wanted)
    except (BadValueError, LostError) as trouble:
        said = str(trouble)
        detail = said if isinstance(trouble, LostError) else f"{wanted.path.text} {said}"
        return None, Flaw(wanted.metric, wanted.path.text, Reason.BAD_VALUE, detail)
    if value is None and is_required:
        detail = f"{wanted.path.text} gives no value{last_place(wanted.path, document)}"
        return None, Flaw(wanted.metric, wanted.path.text, Reason.MISSING_VALUE, detail)
    return value, None


def value_of(document: Document, wanted: Extract) -> Value | None:
    """The metric's value; None when there is none. Raises BadValueError, LostError."""
    if wanted.type is ValueType.COUNT and (document.format is Format.XML or not wanted.path.is_singular):
        return wanted.path.count(document)
    if wanted.aggregate is not None:
        return _aggregated(document, wanted, wanted.aggregate)
    return _typed(one(wanted.path, document), wanted)


def _typed(raw: Any, wanted: Extract) -> Value | None:
    return read_value(raw, wanted.type, wanted.tz, wanted.unit)


def _aggregated(document: Document, wanted: Extract, how: Aggregate) -> Value | None:
    """All places or none: a sum over the readable half would be a number that nobody wrote."""
    found = [_typed(raw, wanted) for raw in wanted.path.find(document)]
    values = [each for each in found if each is not None]
    if not values or (len(values) < len(found) and how in (Aggregate.SUM, Aggregate.MEAN)):
        return None
    if how in (Aggregate.FIRST, Aggregate.LAST):
        return values[0] if how is Aggregate.FIRST else values[-1]
    return _of_numbers([each for each in values if not isinstance(each, str)], how)


def _of_numbers(numbers: Sequence[int | float], how: Aggregate) -> int | float | None:
    if not numbers:
        return None
    match how:
        case Aggregate.MIN:
            return min(numbers)
        case Aggregate.MAX:
            return max(numbers)
        case Aggregate.MEAN:
            return math.fsum(numbers) / len(numbers)
        case _:
            total = math.fsum(numbers)
            return int(total) if total == int(total) else total
