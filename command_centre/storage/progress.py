"""Values of indicators that an official typed. Nothing is ever changed or removed: a correction is a newer row."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, insert, select

from command_centre.domain.progress import IndicatorId, Measurement
from command_centre.storage.progress_tables import indicator_value
from command_centre.storage.times import from_ms, to_ms

SHORTEST_EVIDENCE = 4
LONGEST_TEXT = 1000


class ValueRefusedError(ValueError):
    """A typed value that cannot be kept; the text says why, in a sentence for whoever typed it."""


@dataclass(frozen=True, slots=True)
class TypedValue:
    """What an official says about an indicator. ``as_of`` is the moment that the value is about, not that of typing it."""

    indicator: IndicatorId
    value: float
    as_of: datetime
    evidence: str
    author: str
    note: str = ""


def add_value(connection: Connection, typed: TypedValue, at: datetime) -> int:
    """Keep a typed value; its number. Raises ValueRefusedError without evidence, without author, or from the future."""
    _check(typed, at)
    row = {
        "indicator": typed.indicator,
        "value": typed.value,
        "as_of": to_ms(typed.as_of),
        "evidence": typed.evidence.strip(),
        "note": typed.note.strip(),
        "author": typed.author.strip(),
        "entered_at": to_ms(at),
    }
    number: int = connection.execute(insert(indicator_value).values(row).returning(indicator_value.c.id)).scalar_one()
    return number


def _check(typed: TypedValue, at: datetime) -> None:
    if not math.isfinite(typed.value):
        raise ValueRefusedError("the value is not a number")
    if typed.as_of > at:
        raise ValueRefusedError("the value is about a day that has not come yet")
    if len(typed.evidence.strip()) < SHORTEST_EVIDENCE:
        raise ValueRefusedError("a value needs evidence: a link, or the number of a document")
    if not typed.author.strip():
        raise ValueRefusedError("a value needs somebody who answers for it")
    if any(len(text) > LONGEST_TEXT for text in (typed.evidence, typed.note, typed.author)):
        raise ValueRefusedError(f"evidence, note and name have at most {LONGEST_TEXT} characters")


def newest_values(connection: Connection, until: datetime, known_by: datetime | None = None) -> Mapping[IndicatorId, Measurement]:
    """The newest value of each indicator that is about a moment up to ``until``; of two about the same moment the later entry.

    ``known_by``: only what had been entered by then, so that a frozen week can be worked out again.
    """
    table = indicator_value
    wanted = (table.c.as_of <= to_ms(until)) & (table.c.entered_at <= to_ms(known_by) if known_by is not None else table.c.id > 0)
    rank = func.row_number().over(partition_by=table.c.indicator, order_by=(table.c.as_of.desc(), table.c.id.desc()))
    ranked = select(table, rank.label("rank")).where(wanted).subquery()
    found = connection.execute(select(ranked).where(ranked.c.rank == 1))
    return {
        IndicatorId(row.indicator): Measurement(row.value, from_ms(row.as_of), evidence=row.evidence, author=row.author)
        for row in found
    }


def values_of(connection: Connection, indicator: IndicatorId, limit: int = 50) -> tuple[Measurement, ...]:
    """What was ever typed for one indicator, the latest entry first."""
    table = indicator_value
    question = select(table).where(table.c.indicator == indicator).order_by(table.c.id.desc()).limit(limit)
    return tuple(
        Measurement(row.value, from_ms(row.as_of), evidence=row.evidence, author=row.author)
        for row in connection.execute(question)
    )
