"""The accounting over spans of a cut, held to the accounting rule itself (R5)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from command_centre.domain.availability import Span, account, group_availability, overlay_planned
from command_centre.domain.calendar import Interval
from command_centre.domain.cut import CutSpan, CutTarget
from command_centre.domain.ledger import (
    Ledger,
    group_of,
    ledger_of,
    longest_outage,
    outage_within,
    people_lost,
    pieces_of,
    split_at,
    union_of,
)
from command_centre.domain.reading import Reason, Status

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
END = 10_000
STATUSES = st.sampled_from([each.value for each in Status])


@st.composite
def spans(draw: st.DrawFn) -> tuple[CutSpan, ...]:
    """Spans in order, with gaps, some sticking out, some overlapping (a clock that was turned back)."""
    edges = sorted(draw(st.lists(st.integers(-500, END + 500), max_size=24)))
    found = []
    for begin, finish in zip(edges[::2], edges[1::2], strict=False):
        finish += draw(st.integers(0, 300))
        if begin < finish:
            found.append(CutSpan(begin, finish, draw(STATUSES), "ok", draw(st.booleans())))
    return tuple(found)


PLANNED = st.lists(st.tuples(st.integers(0, END), st.integers(0, END)), max_size=8).map(
    lambda pairs: union_of((min(pair), max(pair)) for pair in pairs)
)


def target(seen: tuple[CutSpan, ...], planned: tuple[tuple[int, int], ...] = (), start: int = 0, end: int = END) -> CutTarget:
    return CutTarget("wifi:a", "hotspot", "A", "A", "", "", start, end, spans=seen, planned=planned)


def at(milliseconds: int) -> datetime:
    return EPOCH + timedelta(milliseconds=milliseconds)


@given(spans(), PLANNED, st.integers(0, END - 1))
def test_pieces_cover_the_expected_time_without_gap_or_overlap(
    seen: tuple[CutSpan, ...], planned: tuple[tuple[int, int], ...], start: int
) -> None:
    pieces = pieces_of(target(seen, planned, start))
    assert pieces[0].since == start
    assert pieces[-1].until == END
    assert all(left.until == right.since for left, right in pairwise(pieces))
    assert sum(ledger_of(pieces)) == END - start


@given(spans(), PLANNED)
def test_a_ledger_says_what_the_accounting_rule_says(seen: tuple[CutSpan, ...], planned: tuple[tuple[int, int], ...]) -> None:
    pieces = pieces_of(target(seen))
    as_spans = [
        Span(Interval(at(each.since), at(each.until)), Status(each.status), Reason(each.reason), each.planned) for each in pieces
    ]
    rule = account(overlay_planned(as_spans, [Interval(at(start), at(end)) for start, end in planned]))
    ledger = ledger_of(pieces_of(target(seen, planned)))
    assert ledger.account == rule
    assert ledger.availability == rule.availability
    assert ledger.availability_with_planned == rule.availability_with_planned
    assert ledger.coverage == rule.coverage


@given(st.lists(spans(), min_size=1, max_size=6), PLANNED)
def test_a_group_says_what_the_accounting_rule_says_of_groups(
    many: list[tuple[CutSpan, ...]], planned: tuple[tuple[int, int], ...]
) -> None:
    ledgers = [ledger_of(pieces_of(target(each, planned))) for each in many]
    group, rule = group_of(ledgers), group_availability([each.account for each in ledgers])
    assert (group.measured, group.expected) == (rule.measured_targets, rule.expected_targets)
    assert (group.availability is None) is (rule.availability is None)
    if group.availability is not None and rule.availability is not None:
        assert abs(group.availability - rule.availability) < 1e-9
        assert group.pessimistic is not None
        assert group.optimistic is not None
        assert group.pessimistic <= group.optimistic


@given(spans(), PLANNED)
def test_days_add_up_to_the_whole(seen: tuple[CutSpan, ...], planned: tuple[tuple[int, int], ...]) -> None:
    pieces = pieces_of(target(seen, planned))
    days = split_at(pieces, (0, 2_500, 5_000, 7_500), END)
    assert [sum(ledger_of(day)) for day in days] == [2_500] * 4
    assert Ledger(*(sum(parts) for parts in zip(*(ledger_of(day) for day in days), strict=True))) == ledger_of(pieces)


def test_a_day_on_which_a_target_was_not_expected_yet_is_empty() -> None:
    days = split_at(pieces_of(target((), start=6_000)), (0, 2_500, 5_000, 7_500), END)
    assert [sum(ledger_of(day)) for day in days] == [0, 0, 1_500, 2_500]


def test_time_nobody_watched_is_unknown_rather_than_up() -> None:
    ledger = ledger_of(pieces_of(target(())))
    assert ledger == Ledger(unknown=END)
    assert ledger.availability is None


def test_an_outage_that_changes_its_reason_is_one_outage_and_planned_time_is_none() -> None:
    seen = (
        CutSpan(0, 1_000, "down", "timeout", False),
        CutSpan(1_000, 3_000, "down", "http_status", False),
        CutSpan(3_000, 6_000, "down", "maintenance", True),
        CutSpan(6_000, 7_000, "down", "timeout", False),
    )
    assert longest_outage(pieces_of(target(seen))) == 3_000


def test_only_the_outage_within_a_power_cut_is_excused() -> None:
    pieces = pieces_of(target((CutSpan(1_000, 4_000, "down", "offline", False),)))
    assert outage_within(pieces, union_of([(0, 2_000), (1_500, 2_500), (3_900, 9_000)])) == 1_600


def test_people_lost_follow_the_hours_of_the_day() -> None:
    hour = 3_600_000
    pieces = pieces_of(target((CutSpan(hour // 2, 2 * hour, "down", "offline", False),), end=3 * hour))
    assert people_lost(pieces, (1_000, 400, *[0] * 22)) == 1_000 * hour // 2 + 400 * hour


def test_people_lost_are_not_known_where_nobody_was_ever_counted_at_that_hour() -> None:
    outage = pieces_of(target((CutSpan(0, 1_000, "down", "offline", False),)))
    assert people_lost(outage, ()) is None
    assert people_lost(outage, (None, *[0] * 23)) is None
    assert people_lost(pieces_of(target((CutSpan(0, END, "up", "ok", False),))), ()) == 0
