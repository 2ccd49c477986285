"""One batch: what readings do to alerts and incidents, across restarts, planned time and the loss of our own uplink."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine, select

from command_centre.domain.calendar import OneOff, Window
from command_centre.domain.reading import Reason, Status
from command_centre.domain.rule import DEFAULT_RULES, Rule, RuleId, Severity, StatusIs
from command_centre.domain.target import TargetKey, TargetKind
from command_centre.pipeline.batch import write_batch
from command_centre.pipeline.rulebook import Rulebook
from command_centre.storage.alerts import close_orphans
from command_centre.storage.database import open_database, writing
from command_centre.storage.inventory import sync_targets
from command_centre.storage.tables import alert_state, incident, incident_event, latest, reading, target
from command_centre.storage.times import from_ms
from tests.support.city import KOMINFO, METRICS, register, rows, site, write
from tests.support.city import reading as seen
from tests.support.clock import NOON

DOWN, UP, UNKNOWN = Status.DOWN, Status.UP, Status.UNKNOWN
HELD = Rule(
    RuleId("held"), TargetKind.SITE, StatusIs(frozenset({DOWN})), timedelta(minutes=10), timedelta(minutes=1), Severity.CRITICAL
)


def minute(number: float) -> datetime:
    return NOON + timedelta(minutes=number)


def stories(engine: Engine) -> list[tuple[str, datetime, datetime | None]]:
    """(reason, opened, resolved) of every incident."""
    return [
        (row.reason, from_ms(row.opened_at), None if row.resolved_at is None else from_ms(row.resolved_at))
        for row in rows(engine, incident)
    ]


def told(engine: Engine) -> list[tuple[str, datetime]]:
    return [(row.kind, from_ms(row.at)) for row in rows(engine, incident_event)]


@pytest.fixture(autouse=True)
def _register(engine: Engine) -> None:
    register(engine)


def test_an_outage_becomes_one_incident_with_its_true_times(engine: Engine) -> None:
    for number, status in enumerate([UP, DOWN, DOWN, UP, UP]):
        write(engine, seen(minute(number), status))
    assert stories(engine) == [("connect_refused", minute(1), minute(3))]
    assert told(engine) == [("opened", minute(1)), ("resolved", minute(4))]
    [row] = rows(engine, incident)
    assert (row.rule, row.severity, row.status) == ("site-down", "warning", "down")


def test_the_whole_outage_in_one_batch_is_the_same_story(engine: Engine) -> None:
    write(engine, *[seen(minute(number), status) for number, status in enumerate([UP, DOWN, DOWN, UP, UP])])
    assert stories(engine) == [("connect_refused", minute(1), minute(3))]
    assert told(engine) == [("opened", minute(1)), ("resolved", minute(4))]


def test_a_first_failure_alone_opens_nothing_and_resolves_nothing(engine: Engine) -> None:
    write(engine, seen(minute(0)), seen(minute(1), DOWN, tentative=True), seen(minute(1.1)), seen(minute(2)))
    assert (stories(engine), told(engine)) == ([], [])


def test_another_look_of_the_same_trouble_is_told_in_the_same_story(engine: Engine) -> None:
    write(
        engine,
        seen(minute(0), DOWN),
        seen(minute(1), DOWN, Reason.HTTP_STATUS, detail="502"),
        seen(minute(2), DOWN, Reason.HTTP_STATUS),
    )
    assert stories(engine) == [("http_status", minute(0), None)]
    assert told(engine) == [("opened", minute(0)), ("reason_changed", minute(1))]
    assert rows(engine, incident)[0].detail == "502"


def test_down_again_after_the_end_is_a_second_incident(engine: Engine) -> None:
    for number, status in enumerate([DOWN, UP, UP, DOWN]):
        write(engine, seen(minute(number), status))
    assert [(opened, resolved) for _, opened, resolved in stories(engine)] == [(minute(0), minute(1)), (minute(3), None)]


def test_a_restart_does_not_set_a_waiting_alert_back(engine: Engine, database_url: str) -> None:
    """S8: the rule holds for ten minutes, the restart comes after six: it fires four minutes later."""
    for number in range(7):
        write(engine, seen(minute(number), DOWN), rules=[HELD])
    restarted = open_database(database_url)
    write(restarted, seen(minute(9), DOWN), rules=[HELD])
    assert stories(restarted) == []
    write(restarted, seen(minute(10), DOWN), rules=[HELD])
    assert stories(restarted) == [("connect_refused", minute(0), None)]
    restarted.dispose()


def test_a_restart_during_an_outage_opens_no_second_story_and_hears_the_recovery(engine: Engine, database_url: str) -> None:
    """S9."""
    write(engine, seen(minute(0), DOWN))
    restarted = open_database(database_url)
    write(restarted, seen(minute(5), DOWN))
    assert told(restarted) == [("opened", minute(0))]
    write(restarted, seen(minute(6)), seen(minute(7)))
    assert stories(restarted) == [("connect_refused", minute(0), minute(6))]
    restarted.dispose()


def test_a_recovery_that_was_under_way_goes_on_after_a_restart(engine: Engine, database_url: str) -> None:
    """S10: the state is there before the first evaluation."""
    write(engine, seen(minute(0), DOWN), seen(minute(1)))
    restarted = open_database(database_url)
    assert [row.phase for row in rows(restarted, alert_state)] == ["recovering"]
    write(restarted, seen(minute(2)))
    assert stories(restarted) == [("connect_refused", minute(0), minute(1))]
    restarted.dispose()


def test_when_our_own_uplink_is_lost_no_story_opens_and_none_ends(engine: Engine) -> None:
    keys = [f"situs:{number}" for number in range(5)]
    register(engine, *[site(key) for key in keys])
    write(engine, seen(minute(0), DOWN, key=keys[0]), *[seen(minute(0), key=key) for key in keys[1:]])
    uplink = seen(minute(1), DOWN, Reason.OWN_UPLINK, key="sendiri:sambungan")
    write(engine, uplink, *[seen(minute(1), UNKNOWN, key=key) for key in keys])
    assert [row.status for row in rows(engine, latest)] == ["unknown"] * 5 + ["down"]
    with engine.connect() as connection:
        affected = connection.execute(
            select(target.c.key).join(incident, incident.c.target_id == target.c.id).order_by(incident.c.id)
        )
        assert affected.scalars().all() == ["situs:0", "sendiri:sambungan"]
    write(engine, seen(minute(2), key="sendiri:sambungan"), *[seen(minute(2), key=key) for key in keys])
    write(engine, *[seen(minute(3), key=key) for key in keys])
    assert all(resolved is not None for _, _, resolved in stories(engine))
    assert len(stories(engine)) == 2


def test_planned_trouble_opens_no_incident(engine: Engine) -> None:
    window = Window("perawatan", frozenset({KOMINFO}), OneOff(minute(1), minute(3)))
    for number in range(5):
        write(engine, seen(minute(number), DOWN if 1 <= number <= 3 else UP), windows=[window])
    assert [opened for _, opened, _ in stories(engine)] == [minute(3)]


def test_a_late_reading_of_an_old_failure_alarms_nobody(engine: Engine) -> None:
    write(engine, seen(minute(5)))
    write(engine, seen(minute(3), DOWN))
    assert stories(engine) == []


def test_the_story_of_a_site_that_leaves_the_register_ends(engine: Engine) -> None:
    write(engine, seen(minute(0), DOWN))
    with writing(engine) as connection:
        sync_targets(connection, [], METRICS, minute(2))
        assert close_orphans(connection, [rule.id for rule in DEFAULT_RULES], minute(2)) == 1
        assert close_orphans(connection, [rule.id for rule in DEFAULT_RULES], minute(3)) == 0
    assert stories(engine) == [("connect_refused", minute(0), minute(2))]


def test_the_story_of_a_rule_that_no_longer_exists_ends(engine: Engine) -> None:
    write(engine, seen(minute(0), DOWN))
    with writing(engine) as connection:
        assert close_orphans(connection, [HELD.id], minute(2)) == 1
    assert told(engine) == [("opened", minute(0)), ("resolved", minute(2))]


def test_a_reader_never_sees_half_a_batch(engine: Engine, database_url: str) -> None:
    """R4: while the transaction is open a reader sees none of it, afterwards all of it."""
    rulebook = Rulebook.of(DEFAULT_RULES, [], ZoneInfo("Asia/Makassar"))
    reader = open_database(database_url, read_only=True)
    tables = (reading, latest, incident, incident_event, alert_state)
    with writing(engine) as connection:
        write_batch(connection, [seen(minute(0)), seen(minute(1), DOWN)], rulebook, NOON)
        assert [rows(reader, table) for table in tables] == [[], [], [], [], []]
    assert [len(rows(reader, table)) for table in tables] == [2, 1, 1, 1, 1]
    reader.dispose()


def test_a_part_of_ourselves_is_registered_by_its_first_reading(engine: Engine) -> None:
    write(engine, seen(minute(0), DOWN, Reason.WALL_SILENT, key="sendiri:layar:utama"))
    own = [row for row in rows(engine, target) if row.kind == "self"]
    assert [(row.key, row.name) for row in own] == [(TargetKey("sendiri:layar:utama"), "Layar utama")]
    assert [row.severity for row in rows(engine, incident)] == ["critical"]
