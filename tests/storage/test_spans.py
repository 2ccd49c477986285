"""Latest and spans, as rows, after readings have come in time, late, twice or not at all."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import permutations

import pytest
from sqlalchemy import Engine, delete

from command_centre.domain.calendar import OneOff, Window
from command_centre.domain.reading import Reading, Reason, Source, Status
from command_centre.domain.target import TargetKey
from command_centre.storage.database import writing
from command_centre.storage.spans import mark_silent
from command_centre.storage.tables import alert_state, detail, dirty, incident, incident_event, latest, reading, span
from command_centre.storage.times import from_ms, to_ms
from command_centre.storage.values import unpack_values
from tests.support.city import CODE, KOMINFO, TOTAL, register, rows, site, write
from tests.support.city import reading as seen
from tests.support.clock import NOON

DOWN, UP, UNKNOWN = Status.DOWN, Status.UP, Status.UNKNOWN


def second(number: float) -> datetime:
    return NOON + timedelta(seconds=number)


def history(engine: Engine) -> list[tuple[float, float, str, str, bool]]:
    """(from second, to second, status, reason, planned) of every span, counted from noon."""
    start = to_ms(NOON)
    return [
        ((row.since - start) / 1000, (row.until - start) / 1000, row.status, row.reason, row.planned)
        for row in rows(engine, span)
    ]


@pytest.fixture(autouse=True)
def _register(engine: Engine) -> None:
    register(engine)


def test_a_reading_vouches_for_twice_the_interval_of_its_target(engine: Engine) -> None:
    write(engine, seen(second(0)))
    assert history(engine) == [(0, 120, "up", "ok", False)]


def test_readings_that_say_the_same_are_one_span(engine: Engine) -> None:
    for number in range(0, 600, 60):
        write(engine, seen(second(number)))
    assert history(engine) == [(0, 660, "up", "ok", False)]


def test_a_change_of_status_ends_the_promise_of_the_reading_before(engine: Engine) -> None:
    write(engine, seen(second(0)), seen(second(60), DOWN), seen(second(120)))
    assert history(engine) == [
        (0, 60, "up", "ok", False),
        (60, 120, "down", "connect_refused", False),
        (120, 240, "up", "ok", False),
    ]


def test_time_that_nobody_vouched_for_is_unknown(engine: Engine) -> None:
    write(engine, seen(second(0)))
    write(engine, seen(second(300)))
    assert history(engine) == [(0, 120, "up", "ok", False), (120, 300, "unknown", "silent", False), (300, 420, "up", "ok", False)]


def test_planned_time_is_laid_over_what_was_measured_underneath(engine: Engine) -> None:
    window = Window("perawatan", frozenset({KOMINFO}), OneOff(second(90), second(150)))
    for number in (0, 60, 120, 180):
        write(engine, seen(second(number), DOWN if number == 120 else UP), windows=[window])
    assert history(engine) == [
        (0, 90, "up", "ok", False),
        (90, 120, "up", "ok", True),
        (120, 150, "down", "connect_refused", True),
        (150, 180, "down", "connect_refused", False),
        (180, 300, "up", "ok", False),
    ]


def test_a_window_of_another_target_changes_nothing(engine: Engine) -> None:
    window = Window("perawatan", frozenset({TargetKey("situs:lain")}), OneOff(second(0), second(500)))
    write(engine, seen(second(0)), windows=[window])
    assert history(engine) == [(0, 120, "up", "ok", False)]


def test_a_late_reading_changes_the_past_and_not_what_is_shown_now(engine: Engine) -> None:
    write(engine, seen(second(0)), seen(second(300), values={TOTAL: 0.3}))
    write(engine, seen(second(150), DOWN, values={TOTAL: 9.0}))
    assert history(engine) == [
        (0, 120, "up", "ok", False),
        (120, 150, "unknown", "silent", False),
        (150, 270, "down", "connect_refused", False),
        (270, 300, "unknown", "silent", False),
        (300, 420, "up", "ok", False),
    ]
    [newest] = rows(engine, latest)
    assert (newest.status, from_ms(newest.at)) == ("up", second(300))
    assert list(unpack_values(newest.packed).values()) == [0.3]


def test_a_late_reading_that_agrees_moves_the_beginning_of_what_is_shown(engine: Engine) -> None:
    write(engine, seen(second(0), DOWN), seen(second(200), DOWN))
    assert from_ms(rows(engine, latest)[0].since) == second(200)
    write(engine, seen(second(100), DOWN))
    assert history(engine) == [(0, 320, "down", "connect_refused", False)]
    assert from_ms(rows(engine, latest)[0].since) == second(0)
    write(engine, seen(second(260), DOWN))
    assert history(engine) == [(0, 380, "down", "connect_refused", False)]


def test_every_order_of_arrival_ends_in_the_same_history(engine: Engine) -> None:
    told = [seen(second(0)), seen(second(60), DOWN), seen(second(400)), seen(second(430), UNKNOWN)]
    ends = set()
    for order in permutations(told):
        with writing(engine) as connection:
            for table in (incident_event, alert_state, incident, dirty, span, latest, reading):
                connection.execute(delete(table))
        for each in order:
            write(engine, each)
        [newest] = rows(engine, latest)
        ends.add((tuple(history(engine)), newest.at, newest.status, newest.since, newest.vouched_until, newest.span_since))
    assert len(ends) == 1


def test_a_reading_delivered_twice_changes_nothing(engine: Engine) -> None:
    told = [seen(second(0)), seen(second(60), DOWN), seen(second(120))]
    assert write(engine, *told) == 3
    before = [rows(engine, table) for table in (reading, latest, span, alert_state, incident, incident_event)]
    assert write(engine, *told, *told) == 0
    assert [rows(engine, table) for table in (reading, latest, span, alert_state, incident, incident_event)] == before


def test_the_same_moment_from_two_sources_is_two_readings(engine: Engine) -> None:
    assert write(engine, seen(second(0)), seen(second(0), DOWN, source=Source.RETRY)) == 2
    assert write(engine, seen(second(0), UNKNOWN, source=Source.FIELD)) == 1
    assert history(engine) == [(0, 120, "unknown", "own_uplink", False)]


def test_a_first_failure_is_kept_in_the_log_and_moves_nothing(engine: Engine) -> None:
    write(engine, seen(second(0)))
    write(engine, seen(second(60), DOWN, tentative=True))
    assert [row.tentative for row in rows(engine, reading)] == [False, True]
    assert history(engine) == [(0, 120, "up", "ok", False)]
    assert rows(engine, latest)[0].status == "up"
    write(engine, seen(second(64), DOWN, source=Source.RETRY))
    assert history(engine) == [(0, 64, "up", "ok", False), (64, 184, "down", "connect_refused", False)]


def test_a_target_that_falls_silent_is_unknown_from_the_end_of_its_patience(engine: Engine) -> None:
    write(engine, seen(second(0), values={TOTAL: 0.2}))
    with writing(engine) as connection:
        assert mark_silent(connection, second(119), lambda _: lambda __: ()) == 0
        assert mark_silent(connection, second(125), lambda _: lambda __: ()) == 1
        assert mark_silent(connection, second(130), lambda _: lambda __: ()) == 0
    [newest] = rows(engine, latest)
    assert (newest.status, newest.reason, from_ms(newest.since), from_ms(newest.at)) == (
        "unknown",
        "silent",
        second(120),
        second(0),
    )
    assert history(engine) == [(0, 120, "up", "ok", False), (120, 125, "unknown", "silent", False)]
    assert len(rows(engine, reading)) == 1  # no reading is invented

    write(engine, seen(second(200)))
    assert history(engine) == [(0, 120, "up", "ok", False), (120, 200, "unknown", "silent", False), (200, 320, "up", "ok", False)]
    assert from_ms(rows(engine, latest)[0].since) == second(200)


def test_a_reading_from_within_the_silence_takes_its_part_of_it(engine: Engine) -> None:
    write(engine, seen(second(0)))
    with writing(engine) as connection:
        mark_silent(connection, second(500), lambda _: lambda __: ())
    write(engine, seen(second(180), DOWN))
    assert history(engine)[:3] == [
        (0, 120, "up", "ok", False),
        (120, 180, "unknown", "silent", False),
        (180, 300, "down", "connect_refused", False),
    ]


def test_back_filled_history_vouches_from_one_of_its_steps_to_the_next(engine: Engine) -> None:
    write(engine, *[seen(second(number), source=Source.SIMULATED) for number in (0, 300, 600)])
    assert history(engine) == [(0, 960, "up", "ok", False)]


def test_a_text_said_a_hundred_times_is_kept_once(engine: Engine) -> None:
    said = [seen(second(number), detail="503 dari nginx", evidence={"ip": "127.0.0.9"}) for number in range(100)]
    write(engine, *said)
    assert [row.text for row in rows(engine, detail)] == ["503 dari nginx"]
    assert len({row.detail_id for row in rows(engine, reading)}) == 1


def test_text_that_no_database_takes_is_kept_as_far_as_it_can_be(engine: Engine) -> None:
    write(engine, seen(second(0), detail="nol\0 dan \ud800 separuh", evidence={"title": "a\0b"}))
    assert rows(engine, detail)[0].text == "nol\ufffd dan ? separuh"


def test_a_value_that_is_missing_or_no_number_is_left_out(engine: Engine) -> None:
    write(engine, seen(second(0), values={TOTAL: float("nan"), CODE: 200.0}))
    assert list(unpack_values(rows(engine, reading)[0].packed).values()) == [200.0]
    write(engine, seen(second(60)))
    assert rows(engine, reading)[1].packed is None


def test_a_value_nobody_described_is_kept(engine: Engine) -> None:
    odd = Reading(KOMINFO, second(0), UP, Reason.OK, values={"tide_metres": 1.5})  # type: ignore[dict-item]
    write(engine, odd)
    assert list(unpack_values(rows(engine, reading)[0].packed).values()) == [1.5]


def test_a_reading_of_a_target_that_nobody_registered_is_left_out_and_said(
    engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    assert write(engine, seen(second(0), key="situs:asing"), seen(second(0))) == 1
    assert "situs:asing" in caplog.text


def test_a_target_with_no_interval_still_has_a_moment_of_patience(engine: Engine) -> None:
    register(engine, site(every=timedelta(0)))
    write(engine, seen(second(0)))
    assert history(engine) == [(0, 1, "up", "ok", False)]
