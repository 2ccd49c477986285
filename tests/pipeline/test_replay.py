"""The stored past, played again: under the same rules it tells the same, under other rules what those would have told."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine

from command_centre.domain.calendar import Interval, OneOff, Window
from command_centre.domain.orders import Orders
from command_centre.domain.reading import Status
from command_centre.domain.rule import DEFAULT_RULES, RuleId, Severity
from command_centre.domain.target import TargetKey
from command_centre.domain.telling import Step
from command_centre.pipeline.batch import write_batch
from command_centre.pipeline.replay import left_out, replay
from command_centre.pipeline.rulebook import Rulebook
from command_centre.pipeline.sentences import Words
from command_centre.pipeline.silence_watch import SilenceWatch
from command_centre.pipeline.teller import tell
from command_centre.pipeline.watchman import look_round
from command_centre.storage.alert_tables import outbox
from command_centre.storage.database import migrate, open_database, writing
from command_centre.storage.inventory import sync_targets
from command_centre.storage.replaying import incidents_made, newest_moment, notices_made, stretches
from command_centre.storage.tables import incident, span
from tests.support.city import WITA, reading, rows, site
from tests.support.clock import NOON

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
SITES = tuple(site(f"situs:{name}") for name in "abc")
ORDERS = Orders(receivers=("piket",), steps=(Step(15 * MINUTE, ("kabid",)),), zone=WITA, repeat=25 * MINUTE, digest_at=time(20))
DOWN = {"situs:a": [(5, 26)], "situs:b": [(30, 33), (38, 85)], "situs:c": []}
"""Minutes after noon; each is looked at once a minute."""


def book(orders: Orders = ORDERS, windows: Sequence[Window] = (), **changes: Any) -> Rulebook:
    rules = [replace(each, **changes) if each.id == "site-down" else each for each in DEFAULT_RULES]
    return Rulebook.of(rules, windows, WITA, orders)


def lived(engine: Engine, minutes: int = 90, silent: range = range(0)) -> Interval:
    """A few hours of the live city, look by look. Within ``silent`` nothing comes from site c."""
    live, silence = book(), SilenceWatch().chore()
    with writing(engine) as connection:
        sync_targets(connection, SITES, (), NOON)
    for minute in range(minutes):
        at = NOON + minute * MINUTE
        with writing(engine) as connection:
            write_batch(connection, list(_looks(minute, at, silent)), live, at)
            look_round(connection, at, live)
            silence.do(connection, at, live)
            tell(connection, at, live, Words())
    return Interval(NOON, NOON + minutes * MINUTE)


def _looks(minute: int, at: datetime, silent: range) -> Iterator[Any]:
    for key, times in DOWN.items():
        is_down = any(begin <= minute < end for begin, end in times)
        if key != "situs:c" or minute not in silent:
            yield reading(at, Status.DOWN if is_down else Status.UP, key=key)


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Connection]:
    """The database that is thrown away."""
    engine = open_database(f"sqlite:///{tmp_path}/other.db")
    migrate(engine)
    with writing(engine) as connection:
        yield connection
    engine.dispose()


def played(engine: Engine, other: Connection, within: Interval, rulebook: Rulebook) -> datetime:
    with engine.connect() as connection:
        past = list(stretches(connection, within))
    sync_targets(other, SITES, (), within.start)
    return replay(other, past, within, rulebook, Words(), lambda: False)


def told(found: Sequence[Any]) -> list[tuple[str, str, str, str]]:
    return [(each.kind, each.receiver, each.severity, json.loads(each.payload)["title"]) for each in found]


def test_the_past_under_the_same_rules_tells_the_same_within_a_minute(engine: Engine, other: Connection) -> None:
    within = lived(engine)
    came_to = played(engine, other, within, book())
    live, again = rows(engine, outbox), notices_made(other)
    assert came_to == within.end
    assert sorted(told(again)) == sorted(told(live))
    assert {each.kind for each in live} == {"firing", "escalated", "reminder", "resolved"}
    for before, after in zip(sorted(live, key=_which), sorted(again, key=_which), strict=True):
        assert abs(after.due_at - before.due_at) <= 60_000


def _which(row: Any) -> tuple[str, str, str, int]:
    return row.kind, row.receiver, json.loads(row.payload)["facts"]["target"], row.due_at


def test_a_longer_hold_would_have_told_less(engine: Engine, other: Connection) -> None:
    within = lived(engine)
    played(engine, other, within, book(hold=30 * MINUTE))
    assert [(each.key, each.rule) for each in incidents_made(other)] == [("situs:b", "site-down")]


def test_another_severity_other_people_and_planned_time_count(engine: Engine, other: Connection) -> None:
    within = lived(engine)
    window = Window("Servis", frozenset({TargetKey("situs:b")}), OneOff(within.start, within.end))
    played(engine, other, within, book(replace(ORDERS, receivers=("sari",), steps=()), [window], severity=Severity.CRITICAL))
    assert {(each.receiver, each.severity) for each in notices_made(other)} == {("sari", "critical")}
    assert [each.key for each in incidents_made(other)] == ["situs:a"]


def test_silence_of_the_past_is_silence_under_the_rules_in_question(engine: Engine, other: Connection) -> None:
    within = lived(engine, silent=range(20, 80))
    silent = replace(next(each for each in DEFAULT_RULES if each.id == "service-silent"), id=RuleId("situs-diam"))
    silent = replace(silent, applies_to=SITES[0].kind)
    rulebook = Rulebook.of([*DEFAULT_RULES, silent], (), WITA, ORDERS)
    played(engine, other, within, rulebook)
    (found,) = [each for each in incidents_made(other) if each.rule == "situs-diam"]
    assert found.key == "situs:c"
    assert found.resolved_at - found.opened_at > 55 * 60_000


def test_playing_changes_nothing_in_the_city(engine: Engine, other: Connection) -> None:
    within = lived(engine)
    before = (rows(engine, span), rows(engine, incident), rows(engine, outbox))
    played(engine, other, within, book(hold=30 * MINUTE))
    assert (rows(engine, span), rows(engine, incident), rows(engine, outbox)) == before


def test_only_the_time_asked_for_is_played_and_what_lasts_into_it_counts(engine: Engine, other: Connection) -> None:
    within = lived(engine)
    later = Interval(within.start + HOUR, within.end)
    played(engine, other, later, book())
    (found,) = incidents_made(other)
    assert (found.key, found.opened_at) == ("situs:b", int(later.start.timestamp() * 1000))


def test_impatience_ends_it_early_and_says_how_far_it_came(engine: Engine, other: Connection) -> None:
    within = lived(engine)
    with engine.connect() as connection:
        past = list(stretches(connection, within))
        newest = newest_moment(connection)
    sync_targets(other, SITES, (), within.start)
    answers = iter([False, False, False])
    came_to = replay(other, past, within, book(), Words(), lambda: next(answers, True))
    assert within.start < came_to < within.end
    assert newest == within.end - MINUTE


def test_rules_about_values_are_named_as_left_out() -> None:
    assert left_out(DEFAULT_RULES) == ("site-certificate", "site-judol")
