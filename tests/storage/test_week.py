"""A week by hand, from readings to the figures of the accounting rule (R5), and a week that nobody watched (R8)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine

from command_centre.domain.availability import Account, Span, account, group_availability, spans_from
from command_centre.domain.calendar import Interval, OneOff, Window, intersect
from command_centre.domain.reading import Reading, Reason, Status
from command_centre.storage.tables import span
from command_centre.storage.times import from_ms
from tests.support.city import KOMINFO, register, rows, site, write
from tests.support.city import reading as seen

MONDAY = datetime(2026, 11, 15, 16, 0, tzinfo=UTC)  # Monday 16 November 2026, 00.00 WITA
WEEK = Interval(MONDAY, MONDAY + timedelta(days=7))
HOUR = timedelta(hours=1)


def at(day: int, hour: float) -> datetime:
    return MONDAY + timedelta(days=day, hours=hour)


def watched(start: datetime, end: datetime, status: Status) -> list[Reading]:
    """A look every half hour, from ``start`` on and before ``end``."""
    return [seen(start + step * HOUR / 2, status) for step in range(int((end - start) / (HOUR / 2)))]


def week_of(engine: Engine) -> Account:
    spans = [
        Span(part, Status(row.status), Reason(row.reason), row.planned)
        for row in rows(engine, span)
        if (part := intersect(Interval(from_ms(row.since), from_ms(row.until)), WEEK)) is not None
    ]
    # What lies outside the first and the last span was watched by nobody.
    reached = spans_from([], WEEK, HOUR) if not spans else ()
    edges = [] if not spans else [(WEEK.start, spans[0].interval.start), (spans[-1].interval.end, WEEK.end)]
    silent = [Span(Interval(left, right), Status.UNKNOWN, Reason.SILENT) for left, right in edges if left < right]
    return account([*reached, *spans, *silent])


def test_a_week_by_hand_adds_up(engine: Engine) -> None:
    register(engine, site(every=timedelta(minutes=30)))  # patience: one hour
    story = [
        *watched(at(-1, 20), at(0, 6), Status.DOWN),  # the week starts inside an outage: 6 h of it are down
        *watched(at(0, 6), at(2, 0), Status.UP),  # 42 h up
        *watched(at(2, 0), at(2, 4), Status.DEGRADED),  # 4 h degraded
        *watched(at(2, 4), at(3, 0), Status.UP),  # 20 h up
        *watched(at(3, 0), at(3, 10), Status.DOWN),  # 10 h down, 4 of them planned
        *watched(at(3, 10), at(4, 0), Status.UP),  # 14 h up, then one more hour vouched for
        # 23 h until Saturday 00.00 watched by nobody
        *watched(at(5, 0), at(6, 20), Status.UP),  # 44 h up, of which 2 planned
        *watched(at(6, 20), at(7, 3), Status.DOWN),  # the week ends inside an outage: 4 h of it are down
    ]
    windows = [
        Window("perawatan", frozenset({KOMINFO}), OneOff(at(3, 2), at(3, 5))),
        Window("listrik", frozenset({KOMINFO}), OneOff(at(3, 4), at(3, 6))),  # overlaps: 02.00 to 06.00 in all
        Window("perawatan", frozenset({KOMINFO}), OneOff(at(5, 10), at(5, 12))),
    ]
    write(engine, *story, windows=windows)

    week = week_of(engine)
    assert week == Account(
        up=42 * HOUR + 20 * HOUR + 14 * HOUR + HOUR / 2 + 42 * HOUR,
        degraded=4 * HOUR,
        down=6 * HOUR + 6 * HOUR + 4 * HOUR,
        unknown=23 * HOUR + HOUR / 2,
        planned_served=2 * HOUR,
        planned_down=4 * HOUR,
    )
    assert week.window == timedelta(days=7)
    assert week.availability == pytest.approx(122.5 / 138.5)
    assert week.availability_with_planned == pytest.approx(124.5 / 144.5)
    assert week.coverage == pytest.approx(138.5 / 162)
    assert week.pessimistic == pytest.approx(122.5 / 162)
    assert week.optimistic == pytest.approx(146 / 162)


def test_a_site_that_nobody_watched_all_week_has_no_availability_and_stays_in_the_denominator(engine: Engine) -> None:
    register(engine, site(), site("situs:sepi"))
    write(engine, seen(at(1, 0)))
    unwatched = account(spans_from([], WEEK, HOUR))
    assert (unwatched.availability, unwatched.coverage) == (None, 0.0)
    group = group_availability([week_of(engine), unwatched])
    assert (group.measured_targets, group.expected_targets, group.availability) == (1, 2, 1.0)
