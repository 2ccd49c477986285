"""The watchman: what does not come is noticed."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine

from command_centre.domain.reading import Reason, Source, Status
from command_centre.domain.rule import DEFAULT_RULES
from command_centre.domain.target import TargetKey
from command_centre.pipeline.batch import write_batch
from command_centre.pipeline.rulebook import Rulebook
from command_centre.pipeline.watchman import Newest, WallSeen, look_round, wall_readings
from command_centre.storage.database import writing
from command_centre.storage.tables import incident, latest, span, target
from command_centre.storage.times import from_ms, to_ms
from command_centre.storage.walls import WallBeat, record_beat
from tests.support.city import WITA, register, rows, site, write
from tests.support.city import reading as seen
from tests.support.clock import NOON

RULEBOOK = Rulebook.of(DEFAULT_RULES, [], WITA)


def second(number: float) -> datetime:
    return NOON + timedelta(seconds=number)


def look(engine: Engine, at: datetime) -> list[tuple[str, str]]:
    """Look round as the recorder would; returns what was said about walls."""
    with writing(engine) as connection:
        said = look_round(connection, at, RULEBOOK)
        write_batch(connection, said, RULEBOOK, at)
    return [(each.target, each.status.value) for each in said if each.target.startswith("sendiri:layar:")]


def beat(engine: Engine, at: datetime, name: str = "utama", *, closed: bool = False) -> None:
    record_beat(engine, WallBeat(name, "/wall/ringkasan", heap_bytes=40_000_000, closed=closed), at)


def stories(engine: Engine) -> list[tuple[datetime, datetime | None]]:
    return [
        (from_ms(row.opened_at), None if row.resolved_at is None else from_ms(row.resolved_at)) for row in rows(engine, incident)
    ]


@pytest.fixture(autouse=True)
def _register(engine: Engine) -> None:
    register(engine, site(), site("situs:lain"))


def test_silent_targets_become_unknown_without_a_story(engine: Engine) -> None:
    write(engine, seen(second(0)), seen(second(0), key="situs:lain"))
    write(engine, seen(second(100)))
    look(engine, second(130))
    states = {row.target_id: (row.status, row.reason) for row in rows(engine, latest)}
    names = {row.id: row.key for row in rows(engine, target)}
    assert {names[key]: state for key, state in states.items() if not names[key].startswith("sendiri")} == {
        "situs:diskominfo": ("up", "ok"),
        "situs:lain": ("unknown", "silent"),
    }
    assert rows(engine, incident) == []


def test_a_word_that_is_said_again_each_interval_is_one_outage_and_no_silence(engine: Engine) -> None:
    """BEHAVIOUR Q4: an "offline" that stands keeps its hotspot down, in one span, for as long as it stands."""
    for minute in range(11):
        write(engine, seen(second(60 * minute), Status.DOWN, Reason.OFFLINE, source=Source.MQTT))
        look(engine, second(60 * minute + 59))
    first = rows(engine, target)[0].id
    spans = [(row.since, row.status, row.reason) for row in rows(engine, span) if row.target_id == first]
    assert spans == [(to_ms(second(0)), "down", "offline")]
    look(engine, second(60 * 12 + 1))
    assert [row.status for row in rows(engine, latest) if row.target_id == first] == ["unknown"], "and then nobody says it"


def test_a_wall_that_is_silent_for_thirty_seconds_is_one_story_until_it_is_back(engine: Engine) -> None:
    beat(engine, second(0))
    assert look(engine, second(5)) == [("sendiri:layar:utama", "up")]
    assert look(engine, second(30)) == []
    assert look(engine, second(35)) == [("sendiri:layar:utama", "down")]
    assert look(engine, second(40)) == []
    assert look(engine, second(95)) == [("sendiri:layar:utama", "down")]  # once a minute, so that it goes on being vouched for
    assert stories(engine) == [(second(35), None)]
    beat(engine, second(100))
    assert look(engine, second(101)) == [("sendiri:layar:utama", "up")]
    assert stories(engine) == [(second(35), second(101))]


def test_a_wall_closed_on_purpose_is_not_missed(engine: Engine) -> None:
    beat(engine, second(0))
    look(engine, second(5))
    beat(engine, second(10), closed=True)
    assert [look(engine, second(number)) for number in (40, 100, 1_000)] == [[], [], []]
    assert stories(engine) == []


def test_walls_that_were_last_seen_before_we_began_to_watch_prove_nothing(engine: Engine) -> None:
    beat(engine, second(0))
    assert look(engine, second(3_600)) == []
    assert stories(engine) == []


def test_a_wall_that_was_missed_in_time_stays_missed_for_as_long_as_it_takes(engine: Engine) -> None:
    beat(engine, second(0))
    for number in range(5, 1_205, 5):
        look(engine, second(number))
    assert stories(engine) == [(second(35), None)]


def test_the_database_vouches_for_itself_once_a_minute(engine: Engine) -> None:
    for number in range(0, 180, 5):
        look(engine, second(number))
    states = {row.target_id: row for row in rows(engine, latest)}
    [own] = [row.id for row in rows(engine, target) if row.key == "sendiri:penyimpanan"]
    assert (states[own].status, from_ms(states[own].at)) == ("up", second(120))


def test_a_silent_wall_that_is_then_closed_on_purpose_is_no_trouble_any_more() -> None:
    key = TargetKey("sendiri:layar:utama")
    closed = [WallSeen("utama", NOON - timedelta(minutes=5), closed=True)]
    (said,) = wall_readings(closed, {key: Newest(NOON - timedelta(minutes=1), Status.DOWN)}, NOON, timedelta(seconds=30))
    assert (said.target, said.status) == (key, Status.UP)
    assert wall_readings(closed, {key: Newest(NOON, Status.UP)}, NOON, timedelta(seconds=30)) == []
