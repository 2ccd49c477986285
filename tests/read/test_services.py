"""Services as screens ask for them, on both databases: parts rolled up, items on their own clocks, nothing invented."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine

from command_centre.domain.reading import Reason, Status
from command_centre.domain.target import TargetKey
from command_centre.read.details import Period
from command_centre.read.queries import Queries
from command_centre.read.service_details import ServiceDetails
from command_centre.read.services import ServiceRow, ServicesView, rolled
from command_centre.read.views import Condition
from tests.support.city import WITA
from tests.support.clock import NOON, FrozenClock
from tests.support.little_services import EVERY, LittleServices
from tests.support.rolling import catch_up

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
HOLIDAYS = frozenset({date(2026, 11, 20)})


def services(engine: Engine, at: datetime = NOON) -> ServicesView:
    return Queries(engine, WITA, FrozenClock(at), holidays=HOLIDAYS).services()


def row(view: ServicesView, key: str) -> ServiceRow:
    return next(each for each in view.rows if each.key == key)


@pytest.mark.parametrize(
    ("parts", "whole"),
    [
        ("normal normal", "normal"),
        ("normal down", "degraded"),  # one way of complaining is gone, the others are there
        ("down down", "down"),
        ("down no_data", "down"),  # all that is measured is down
        ("slow normal", "slow"),
        ("slow degraded", "degraded"),
        ("normal no_data", "normal"),  # how many are measured stands beside it
        ("no_data no_address", "no_data"),
        ("no_address no_address", "no_address"),
        ("planned planned", "planned"),
        ("planned no_data", "no_data"),
        ("planned normal", "normal"),
        ("", "no_address"),
    ],
)
def test_a_service_is_as_its_parts_are(parts: str, whole: str) -> None:
    assert rolled(Condition(each) for each in parts.split()) is Condition(whole)


@given(st.lists(st.sampled_from(Condition), min_size=1, max_size=8))
def test_a_whole_is_never_better_than_its_worst_measured_part_and_never_good_without_one(parts: list[Condition]) -> None:
    whole = rolled(parts)
    if whole is Condition.NORMAL:
        assert Condition.NORMAL in parts
        assert not {Condition.DOWN, Condition.DEGRADED, Condition.SLOW} & set(parts)
    assert (whole is Condition.DOWN) == (
        Condition.DOWN in parts and not {Condition.NORMAL, Condition.SLOW, Condition.DEGRADED} & set(parts)
    )


def test_one_row_for_each_whole_worst_first_and_the_unmeasured_last(engine: Engine) -> None:
    city = LittleServices(engine)
    city.see("layanan:sp4n", NOON, total_seconds=0.5)
    city.see("layanan:apps", NOON, Status.DOWN, Reason.AUTH_REQUIRED)
    city.see("layanan:rencana", NOON, total_seconds=0.2)
    view = services(engine)
    assert [(each.key, each.condition) for each in view.rows] == [
        ("layanan:aduan", Condition.DEGRADED),
        ("layanan:rencana", Condition.NORMAL),
        ("layanan:belum", Condition.NO_ADDRESS),
    ]
    complaints = row(view, "layanan:aduan")
    assert (complaints.owner, complaints.reason) == ("SP4N, Apps", Reason.AUTH_REQUIRED)
    assert (complaints.components.up, complaints.components.measured, complaints.components.expected) == (1, 2, 3)
    assert (view.counts.measured, view.counts.normal, view.counts.expected) == (2, 1, 3)


def test_what_nobody_told_is_absent_and_never_nothing(engine: Engine) -> None:
    LittleServices(engine).see("layanan:rencana", NOON)
    seen = row(services(engine), "layanan:rencana")
    assert (seen.queue, seen.processed_today, seen.overdue, seen.total_seconds, seen.usual_seconds, seen.submission) == (
        None,
    ) * 6
    never = row(services(engine), "layanan:belum")
    assert (never.availability, never.since, never.last_seen, never.clocks, never.history[-1]) == (
        None, None, None, (), Condition.NO_ADDRESS,
    )  # fmt: skip


def test_figures_that_nobody_vouches_for_any_more_are_not_kept(engine: Engine) -> None:
    LittleServices(engine).see(
        "layanan:rencana", NOON, total_seconds=0.2, queue_open_total=7, submitted_total=3, expected_total=9
    )
    later = row(services(engine, NOON + 3 * EVERY), "layanan:rencana")
    assert (later.condition, later.reason) == (Condition.NO_DATA, Reason.SILENT)
    assert (later.queue, later.total_seconds, later.submission) == (None, None, None)
    assert later.since == NOON + 2 * EVERY


def test_every_open_item_runs_on_the_clock_of_its_own_service(engine: Engine) -> None:
    city = LittleServices(engine)
    # NOON is Monday 23 November 12.00; Friday the 20th is a holiday here. What came on Thursday the 12th is due today at 16.00,
    # what came a day before was due on Thursday the 19th.
    old, fresh = datetime(2026, 11, 12, 3, tzinfo=NOON.tzinfo), NOON - HOUR
    city.see("layanan:sp4n", NOON, opened=(old, fresh, old - DAY), queue_open_total=3)
    city.see("layanan:apps", NOON, opened=(NOON - 25 * HOUR, NOON - 12 * HOUR), queue_open_total=2)
    complaints = row(services(engine), "layanan:aduan")
    working, clock = complaints.clocks
    assert (working.level, working.open, working.overdue, working.due_today) == ("6 hari kerja", 3, 1, 1)
    assert (clock.level, clock.open, clock.overdue, clock.due_today) == ("1x24 jam", 2, 1, 1)
    assert list(clock.shares) == pytest.approx([25 / 24, 0.5])
    assert (complaints.overdue, complaints.queue) == (2, 5)


def test_a_service_that_tells_no_items_is_believed_about_what_is_overdue(engine: Engine) -> None:
    LittleServices(engine).see("layanan:sp4n", NOON, queue_open_total=8, overdue_total=2)
    (clock,) = row(services(engine), "layanan:aduan").clocks
    assert (clock.shares, clock.open, clock.overdue) == ((), 8, 2)


def test_plans_are_counted_against_the_day_they_are_due(engine: Engine) -> None:
    LittleServices(engine).see("layanan:rencana", NOON, submitted_total=29, expected_total=32)
    told = row(services(engine), "layanan:rencana").submission
    assert told is not None
    assert (told.submitted, told.expected, told.due, told.working_days) == (29, 32, date(2026, 11, 30), 5)


def test_a_service_that_reports_its_components_counts_as_so_many(engine: Engine) -> None:
    LittleServices(engine).see("layanan:rencana", NOON, Status.DEGRADED, Reason.SLOW, components_total=4, components_up_total=3)
    parts = row(services(engine), "layanan:rencana").components
    assert (parts.up, parts.measured, parts.expected) == (3, 4, 4)


def test_the_usual_time_is_the_median_of_a_week_and_the_month_is_counted(engine: Engine) -> None:
    city = LittleServices(engine)
    for minute in range(40, 0, -1):
        city.see("layanan:rencana", NOON - minute * EVERY, total_seconds=0.5 if minute % 4 else 5.0)
    city.see("layanan:rencana", NOON, Status.DOWN, Reason.CONNECT_REFUSED)
    catch_up(engine, NOON)
    seen = row(services(engine, NOON + EVERY), "layanan:rencana")
    assert seen.usual_seconds == pytest.approx(0.5, rel=0.02)
    assert seen.availability == pytest.approx(40 / 41)
    assert seen.watched_days == pytest.approx(41 / 1440)
    assert seen.response_24h[-1].value is None
    assert max(each.value for each in seen.response_24h if each.value is not None) > 1


def test_the_summary_names_the_worst_service(engine: Engine) -> None:
    city = LittleServices(engine)
    city.see("layanan:sp4n", NOON, total_seconds=0.4)
    city.see("layanan:rencana", NOON, Status.DEGRADED, Reason.SLOW, total_seconds=4.8)
    summary = Queries(engine, WITA, FrozenClock()).summary()
    assert summary.services is not None
    assert (summary.services.normal, summary.services.measured) == (1, 2)
    assert summary.worst_service is not None
    assert (summary.worst_service.short_name, summary.worst_service.total_seconds) == ("RENCANA", 4.8)
    assert summary.services_normal_24h[-1].value == 1


def test_without_services_there_is_nothing_to_count(engine: Engine) -> None:
    LittleServices(engine, ())
    assert services(engine).rows == ()
    assert Queries(engine, WITA, FrozenClock()).summary().services is None


# -- one service


def details(engine: Engine, at: datetime = NOON) -> ServiceDetails:
    return ServiceDetails(engine, WITA, FrozenClock(at), holidays=HOLIDAYS)


def test_a_page_lists_what_waits_by_urgency_and_the_parts(engine: Engine) -> None:
    city = LittleServices(engine)
    city.see("layanan:sp4n", NOON, opened=(NOON - DAY,), total_seconds=0.4)
    city.see("layanan:apps", NOON, opened=(NOON - HOUR, NOON - 30 * HOUR))
    page = details(engine).detail(TargetKey("layanan:aduan"))
    assert page is not None
    assert [each.key for each in page.parts] == [
        "layanan:sp4n",
        "layanan:apps",
        "layanan:wbs",
    ]
    assert [each.due for each in page.waiting if each.due is not None] == sorted(each.due for each in page.waiting if each.due)
    assert page.waiting[0].due == NOON - 6 * HOUR
    part = details(engine).detail(TargetKey("layanan:sp4n"))
    assert part is not None
    assert part.whole == ("layanan:aduan", "Layanan ADUAN")
    assert details(engine).detail(TargetKey("layanan:tidak-ada")) is None


@pytest.mark.parametrize("period", list(Period))
def test_a_past_that_nobody_watched_is_no_past(engine: Engine, period: Period) -> None:
    city = LittleServices(engine)
    city.see("layanan:rencana", NOON - EVERY, total_seconds=0.4, queue_open_total=3)
    catch_up(engine, NOON)
    assert details(engine).history(TargetKey("layanan:belum"), period) is None
    seen = details(engine).history(TargetKey("layanan:rencana"), period)
    assert seen is not None
    assert seen.whole.availability == 1.0
    assert seen.whole.coverage is not None
    assert seen.whole.coverage < 0.01
