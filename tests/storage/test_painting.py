"""Painting reading by reading, in any order of arrival, against the accounting rule over all readings at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from command_centre.domain.availability import Observation, Span, overlay_planned, spans_from
from command_centre.domain.calendar import Interval, intersect, union
from command_centre.domain.reading import Reason, Status
from command_centre.storage.painting import paint_late, paint_newest
from tests.support.clock import NOON

PATIENCE = timedelta(seconds=120)
END_SECONDS = 1_200

_seen = st.builds(
    lambda second, status: Observation(NOON + timedelta(seconds=second), status, Reason.OK),
    st.integers(0, END_SECONDS),
    st.sampled_from(Status),
)
_window = st.builds(
    lambda start, length: Interval(NOON + timedelta(seconds=start), NOON + timedelta(seconds=start + length)),
    st.integers(-100, END_SECONDS),
    st.integers(1, 400),
)


@settings(deadline=None)
@given(st.lists(_seen, min_size=1, max_size=12, unique_by=lambda each: each.at), st.lists(_window, max_size=3))
def test_any_order_of_arrival_gives_the_spans_of_the_accounting_rule(
    arrivals: list[Observation], windows: list[Interval]
) -> None:
    def planned_within(within: Interval) -> Sequence[Interval]:
        return union(part for each in windows if (part := intersect(each, within)) is not None)

    spans: tuple[Span, ...] = ()
    known: list[Observation] = []
    for seen in arrivals:
        later = [each.at for each in known if each.at > seen.at]
        if later:
            spans = paint_late(spans, seen, min(later), PATIENCE, planned_within)
        else:
            spans = paint_newest(spans, seen, PATIENCE, planned_within)
        known.append(seen)

    in_order = sorted(arrivals, key=lambda each: each.at)
    window = Interval(in_order[0].at, in_order[-1].at + PATIENCE)
    assert spans == overlay_planned(spans_from(in_order, window, PATIENCE), windows)


@settings(deadline=None)
@given(st.lists(_seen, min_size=1, max_size=12, unique_by=lambda each: each.at))
def test_spans_have_no_gap_and_no_overlap(arrivals: list[Observation]) -> None:
    spans: tuple[Span, ...] = ()
    for seen in sorted(arrivals, key=lambda each: each.at):
        spans = paint_newest(spans, seen, PATIENCE, lambda _: ())
    assert all(left.interval.end == right.interval.start for left, right in pairwise(spans))
    assert all(each.interval.end > each.interval.start for each in spans)
