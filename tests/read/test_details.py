"""One hotspot for the person who asks: what its sources said, and its past with its gaps."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest
from sqlalchemy import Engine

from command_centre.domain.availability import Span
from command_centre.domain.calendar import Interval, OneOff, Window
from command_centre.domain.hotspot import HotspotState
from command_centre.domain.reading import Reading, Reason, Source, Status
from command_centre.domain.series import MetricName, Resolution
from command_centre.domain.target import TargetKey
from command_centre.pipeline.batch import write_batch
from command_centre.read.detail_rows import Sample
from command_centre.read.details import HotspotDetails, Period, as_line, bars, buckets, by_minute, stretches, without_gaps
from command_centre.storage.database import writing
from command_centre.storage.rollups import roll_up_marked
from command_centre.storage.times import from_ms, to_ms
from tests.read.test_hotspots import UPLINK, WifiCity, hotspot, open_city
from tests.support.clock import NOON, FrozenClock
from tests.support.little_city import WITA

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
KEY = TargetKey("wifi:satu")


def ask(engine: Engine, *windows: Window) -> tuple[WifiCity, FrozenClock, HotspotDetails]:
    city, clock, queries = open_city(engine, (hotspot("Satu", parents=[UPLINK.key], settlement="Gusung"),), windows)
    return city, clock, queries.details()


@pytest.mark.parametrize("key", ["wifi:entah", "situs:dishub", "", "wifi:satu' OR 1=1 --", "x" * 5000])
def test_what_is_no_hotspot_of_the_register_has_no_answer(engine: Engine, key: str) -> None:
    _, _, details = ask(engine)
    assert details.detail(TargetKey(key)) is None
    assert details.history(TargetKey(key), Period.DAY) is None


def test_a_hotspot_nobody_heard_of_has_facts_and_no_figures(engine: Engine) -> None:
    _, _, details = ask(engine)
    detail, history = details.detail(KEY), details.history(KEY, Period.DAY)
    assert detail is not None
    assert (detail.state, detail.reason, detail.since, detail.sources) == (HotspotState.NO_DATA, Reason.NEVER_SEEN, None, ())
    assert (detail.provider, detail.class_mbps, detail.capacity, detail.settlement) == ("Penyedia A", "50", 30, "Gusung")
    assert detail.parents == (UPLINK,)
    assert detail.latitude == 0.0
    assert history is not None
    assert (history.clients, history.whole.availability, history.whole.coverage) == ((), None, 0.0)
    assert {each.availability for each in history.bars} == {None}


def test_each_source_is_told_with_its_own_newest_word(engine: Engine) -> None:
    city, clock, details = ask(engine)
    readings = [
        Reading(KEY, NOON - 9 * MINUTE, Status.UP, Reason.OK, source=Source.POLL, values={MetricName("clients_total"): 3.0}),
        Reading(KEY, NOON - 5 * MINUTE, Status.DOWN, Reason.OFFLINE, "pesan wasiat", source=Source.MQTT),
        Reading(KEY, NOON - MINUTE, Status.UP, Reason.OK, source=Source.POLL, values={MetricName("clients_total"): 8.0}),
    ]
    with writing(engine) as connection:
        write_batch(connection, readings, city.rulebook, clock.now())
    detail = details.detail(KEY)
    assert detail is not None
    assert [(each.source, each.at, each.status, each.detail) for each in detail.sources] == [
        (Source.POLL, NOON - MINUTE, Status.UP, ""),
        (Source.MQTT, NOON - 5 * MINUTE, Status.DOWN, "pesan wasiat"),
    ]
    assert detail.sources[0].values == {"clients_total": 8.0}
    assert (detail.state, detail.last_seen) == (HotspotState.NORMAL, NOON - MINUTE)


def test_planned_time_of_now_says_when_it_ends(engine: Engine) -> None:
    window = Window("salat", frozenset({KEY}), OneOff(NOON - MINUTE, NOON + HOUR))
    city, _, details = ask(engine, window)
    city.tell("Satu", status=Status.DOWN, reason=Reason.OFFLINE)
    detail, history = details.detail(KEY), details.history(KEY, Period.DAY)
    assert detail is not None
    assert (detail.state, detail.planned_until) == (HotspotState.PLANNED_OFF, NOON + HOUR)
    assert history is not None
    assert history.planned == (Interval(NOON - MINUTE, NOON),)


def test_the_line_of_a_day_has_a_gap_where_nothing_was_told(engine: Engine) -> None:
    city, _, details = ask(engine)
    for minute in [*range(-60, -40), *range(-10, 0)]:
        city.tell("Satu", at=NOON + minute * MINUTE, clients=7)
    history = details.history(KEY, Period.DAY)
    assert history is not None
    values = [step.value for step in history.clients]
    assert values == [7.0] * 20 + [None] + [7.0] * 11
    assert history.clients[20].at < NOON - 35 * MINUTE
    assert history.clients[-1].at == NOON
    assert history.download == ()


@pytest.mark.parametrize("period", [Period.WEEK, Period.MONTH])
def test_longer_periods_are_read_from_rollups(engine: Engine, period: Period) -> None:
    city, clock, details = ask(engine)
    for minute in range(-180, 0):
        city.tell("Satu", at=NOON + minute * MINUTE, clients=10 if minute % 2 else 20)
    for resolution in (Resolution.FIVE_MINUTES, Resolution.HOUR):
        with writing(engine) as connection:
            roll_up_marked(connection, resolution, clock.now(), 1000)
    history = details.history(KEY, period)
    assert history is not None
    assert len(history.clients) == {Period.WEEK: 37, Period.MONTH: 4}[period]  # and one that reaches up to now
    assert all(step.value is not None and 14 <= step.value <= 16 for step in history.clients)


def test_availability_leaves_planned_time_and_silence_out(engine: Engine) -> None:
    window = Window("salat", frozenset({KEY}), OneOff(NOON - 40 * MINUTE, NOON - 20 * MINUTE))
    city, _, details = ask(engine, window)
    for minute in range(-60, 0):
        is_down = minute < -40 or -40 <= minute < -20  # the first third is trouble, the second is agreed
        city.tell("Satu", at=NOON + minute * MINUTE, status=Status.DOWN if is_down else Status.UP, reason=Reason.OFFLINE)
    history = details.history(KEY, Period.DAY)
    assert history is not None
    assert history.whole.availability == pytest.approx(0.5)
    assert history.whole.planned == 20 * MINUTE
    assert [each.state for each in history.stretches] == [
        HotspotState.NO_DATA,
        HotspotState.DOWN,
        HotspotState.PLANNED_OFF,
        HotspotState.NORMAL,
    ]
    measured = [each for each in history.bars if each.availability is not None]
    assert [each.start for each in measured] == [NOON - HOUR]
    assert measured[0].availability == pytest.approx(0.5)


def test_every_stretch_of_the_period_is_accounted_for_once(engine: Engine) -> None:
    city, _, details = ask(engine)
    city.tell("Satu", at=NOON - 5 * HOUR)
    for period in Period:
        history = details.history(KEY, period)
        assert history is not None
        assert history.whole.window == period.length
        assert history.stretches[0].start == history.start
        assert history.stretches[-1].end == history.end
        assert all(one.end == other.start for one, other in zip(history.stretches, history.stretches[1:], strict=False))
        assert sum((each.end - each.start for each in history.bars), timedelta()) == period.length


def test_bars_of_a_month_begin_at_the_citys_midnight() -> None:
    cuts = buckets(Interval(NOON - timedelta(days=2), NOON), timedelta(days=1), WITA)
    assert [each.start.astimezone(WITA).hour for each in cuts] == [12, 0, 0]
    assert cuts[-1].end == NOON


def test_a_minute_with_several_words_is_their_mean() -> None:
    told = by_minute([Sample(0, 1.0, 90), Sample(30_000, 3.0, 90), Sample(60_000, 5.0, 90)])
    assert [(each.at, each.value) for each in told] == [(0, 2.0), (60_000, 5.0)]


def line(samples: Sequence[Sample], *cut_off: tuple[int, int], now: int) -> list[tuple[int, float | None]]:
    lost = [Interval(from_ms(start), from_ms(end)) for start, end in cut_off]
    return [(to_ms(step.at), step.value) for step in as_line(samples, lost, now)]


def test_a_value_holds_until_the_next_one_and_up_to_now() -> None:
    assert line([Sample(0, 1.0, 100), Sample(100, 2.0, 100)], now=150) == [(0, 1.0), (100, 2.0), (150, 2.0)]
    assert line([], now=150) == []


def test_a_value_holds_no_longer_than_its_patience() -> None:
    assert line([Sample(0, 1.0, 100), Sample(150, 2.0, 100)], now=400) == [(0, 1.0), (100, None), (150, 2.0), (250, None)]


def test_a_line_is_broken_where_the_hotspot_did_not_serve_although_its_value_would_still_hold() -> None:
    assert line([Sample(0, 1.0, 100), Sample(90, 2.0, 100)], (40, 90), now=120) == [(0, 1.0), (40, None), (90, 2.0), (120, 2.0)]
    assert line([Sample(0, 1.0, 100)], (40, 200), now=60) == [(0, 1.0), (40, None)]


def test_the_sparse_past_of_the_simulated_city_is_a_line_and_no_row_of_dots(engine: Engine) -> None:
    city, clock, details = ask(engine)
    readings = [
        Reading(
            KEY,
            NOON - back * 30 * MINUTE,
            Status.UP,
            Reason.OK,
            source=Source.SIMULATED,
            values={MetricName("clients_total"): 5.0},
        )
        for back in range(10, 0, -1)
    ]
    with writing(engine) as connection:
        write_batch(connection, readings, city.rulebook, clock.now())
    history = details.history(KEY, Period.DAY)
    assert history is not None
    assert {step.value for step in history.clients} == {5.0}


def test_neighbours_of_one_state_are_one_stretch() -> None:
    spans = [
        Span(Interval(NOON, NOON + MINUTE), Status.UP, Reason.OK),
        Span(Interval(NOON + MINUTE, NOON + 2 * MINUTE), Status.UP, Reason.CROWDED),
        Span(Interval(NOON + 3 * MINUTE, NOON + 4 * MINUTE), Status.UP, Reason.OK),
    ]
    whole = without_gaps(spans, Interval(NOON, NOON + 4 * MINUTE))
    assert [(each.state, each.end - each.start) for each in stretches(whole)] == [
        (HotspotState.NORMAL, 2 * MINUTE),
        (HotspotState.NO_DATA, MINUTE),
        (HotspotState.NORMAL, MINUTE),
    ]
    assert [each.availability for each in bars(whole, [Interval(NOON, NOON + 4 * MINUTE)])] == [1.0]
