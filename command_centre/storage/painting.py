"""Painting: how one more reading changes a target's spans. The accounting rule (BEHAVIOUR.md §2), applied step by step.

Pure. Painting every reading, in whatever order it arrives, gives the same spans as ``domain.availability.spans_from`` over all of
them at once; a property test holds the two against each other.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import TypeAlias

from command_centre.domain.availability import Observation, Span, join, overlay_planned, spans_from
from command_centre.domain.calendar import Interval
from command_centre.domain.reading import Reason, Status

PlannedWithin: TypeAlias = Callable[[Interval], Sequence[Interval]]
"""The agreed planned time of one target inside an interval."""


def paint_newest(spans: Sequence[Span], seen: Observation, patience: timedelta, planned: PlannedWithin) -> tuple[Span, ...]:
    """The newest spans of a target after a reading later than all before it.

    Whatever was assumed about the time from ``seen`` on gives way: an earlier reading's promise ends where the next one speaks.
    """
    return _replace(spans, [Span(Interval(seen.at, seen.at + patience), seen.status, seen.reason)], None, planned)


def paint_late(
    spans: Sequence[Span],
    seen: Observation,
    next_at: datetime,
    patience: timedelta,
    planned: PlannedWithin,
) -> tuple[Span, ...]:
    """The spans around a reading that arrived after a later one: it speaks from its own time up to ``next_at``."""
    pieces = spans_from([seen], Interval(seen.at, next_at), patience)
    return _replace(spans, pieces, next_at, planned)


def _replace(spans: Sequence[Span], pieces: Sequence[Span], end: datetime | None, planned: PlannedWithin) -> tuple[Span, ...]:
    """Put ``pieces`` over ``spans``, up to ``end`` (None: nothing after them counts). What nobody vouched for becomes SILENT."""
    start = pieces[0].interval.start
    before = [_cut(each, each.interval.start, min(each.interval.end, start)) for each in spans if each.interval.start < start]
    later = [] if end is None else [(each, max(each.interval.start, end)) for each in spans if each.interval.end > end]
    after = [_cut(each, begin, each.interval.end) for each, begin in later]
    new = list(pieces)
    if before and before[-1].interval.end < start:
        new.insert(0, _silent(before[-1].interval.end, start))
    if after and after[0].interval.start > pieces[-1].interval.end:
        new.append(_silent(pieces[-1].interval.end, after[0].interval.start))
    agreed = planned(Interval(new[0].interval.start, new[-1].interval.end))
    marked = overlay_planned(new, agreed) if agreed else tuple(new)
    return join([*before, *marked, *after])


def _cut(span: Span, start: datetime, end: datetime) -> Span:
    if (start, end) == (span.interval.start, span.interval.end):
        return span
    return Span(Interval(start, end), span.status, span.reason, span.planned)


def _silent(start: datetime, end: datetime) -> Span:
    return Span(Interval(start, end), Status.UNKNOWN, Reason.SILENT)
