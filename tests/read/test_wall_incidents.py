"""What walls ask about incidents: who has them, what is held back and counted, how fast they come, what is to be heard."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Engine, select, update

from command_centre.commands import Actor, Commands
from command_centre.domain.calendar import OneOff, Window
from command_centre.domain.orders import Orders
from command_centre.domain.reading import Reading, Reason, Source, Status
from command_centre.domain.rule import DEFAULT_RULES, Severity
from command_centre.domain.target import Parent, ParentKind, Place, Target, TargetKey, TargetKind
from command_centre.domain.telling import Step, Told
from command_centre.pipeline.batch import write_batch
from command_centre.pipeline.rulebook import Rulebook
from command_centre.read.queries import Queries
from command_centre.read.wall_incidents import Held, flood_now
from command_centre.storage.database import writing
from command_centre.storage.tables import incident
from command_centre.storage.telling import keep_told
from tests.support.clock import NOON, FrozenClock
from tests.support.little_city import EVERY, WITA, LittleCity, site

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
SECOND_MS = 1000
LINE = Parent(TargetKey("induk:a"), ParentKind.UPLINK, "Uplink Penyedia A, Bontang Selatan", "Penyedia A Selatan", "Penyedia A")
ANI = Actor("Ani", "test")


def hotspot(index: int) -> Target:
    key = TargetKey(f"wifi:t{index}")
    place = Place("64.74.02.1004", "64.74.02", 0.1, 117.4)
    attributes = {"isp": "Penyedia A", "class_mbps": "50"}
    name = f"Titik {index}"
    return Target(
        key, TargetKind.HOTSPOT, name, name, "Kominfo", "Wi-Fi", place, None, EVERY, parents=(LINE.key,), attributes=attributes
    )


class City:
    """A little city with a provider's line, whoever looks at it, and whoever acts."""

    def __init__(self, engine: Engine, *, hotspots: int = 0, sites: tuple[str, ...] = ("A", "B", "C")) -> None:
        self.engine, self.clock = engine, FrozenClock()
        register = (*(site(name) for name in sites), *(hotspot(index) for index in range(hotspots)))
        self.city = LittleCity(engine, self.clock, register)
        self.orders = Orders(
            receivers=("piket",), steps=(Step(10 * MINUTE, ("kabid",), Severity.CRITICAL),), parents={LINE.key: LINE}
        )
        self.city.rulebook = Rulebook.of(DEFAULT_RULES, (), WITA, self.orders)
        self.commands = Commands(engine, self.clock)

    def queries(self, *windows: Window) -> Queries:
        people = {"kabid": "Kabid Infrastruktur"}
        return Queries(self.engine, WITA, self.clock, windows=windows, parents=[LINE], orders=self.orders, people=people)

    def down(self, *names: str) -> None:
        self.city.see(*names, status=Status.DOWN, reason=Reason.CONNECT_REFUSED)

    def cut_off(self, count: int, first: int = 0) -> None:
        now = self.clock.now()
        keys = [TargetKey(f"wifi:t{index}") for index in range(first, first + count)]
        readings = [Reading(key, now, Status.DOWN, Reason.TIMEOUT, source=Source.MQTT) for key in keys]
        with writing(self.engine) as connection:
            write_batch(connection, readings, self.city.rulebook, now)

    def blind(self) -> None:
        """Something critical of our own."""
        self.city.see("sendiri:sambungan", status=Status.DOWN, reason=Reason.OWN_UPLINK, source=Source.SELF, seconds=None)


def test_262_hotspots_are_one_line_with_its_children_here_and_on_the_summary(engine: Engine) -> None:
    """S16"""
    city = City(engine, hotspots=262)
    city.cut_off(262)
    view, summary = city.queries().incidents(), city.queries().summary()
    (row,) = view.rows
    assert (row.where, row.children, row.severity, row.is_cause, row.target) == (
        "Penyedia A Selatan", 262, Severity.CRITICAL, True, LINE.key,
    )  # fmt: skip
    assert (view.open, view.critical, view.untaken, view.held) == (1, 1, 1, Held(merged=262))
    assert summary.incidents == (row,)
    assert (summary.incidents_open, summary.incidents_critical, summary.incidents_24h[-1].value) == (1, 1, 1)


def test_a_flood_is_on_while_262_alarms_have_come_and_over_ten_minutes_later(engine: Engine) -> None:
    """S16"""
    city = City(engine, hotspots=262)
    city.cut_off(262)
    flood = city.queries().incidents().flood
    assert flood is not None
    assert (flood.since, flood.recent) == (NOON, 262 + 1)  # the cause itself is an alarm too
    city.clock.advance(10 * MINUTE)
    assert city.queries().incidents().flood is None


@pytest.mark.parametrize(("count", "is_on"), [(10, False), (11, True)])
def test_a_flood_begins_above_ten_alarms_in_ten_minutes(count: int, is_on: bool) -> None:
    times = [second * SECOND_MS for second in range(count)]
    assert (flood_now(times, 60 * SECOND_MS) is not None) is is_on


@pytest.mark.parametrize(("later", "is_on"), [(5, True), (4, False)])
def test_a_flood_is_over_below_five_alarms_in_ten_minutes(later: int, is_on: bool) -> None:
    """Eleven at once, then some more nine minutes later: those alone are left at the end."""
    times = [second * SECOND_MS for second in range(11)] + [(540 + second) * SECOND_MS for second in range(later)]
    assert (flood_now(times, 700 * SECOND_MS) is not None) is is_on


def test_after_a_flood_has_ended_a_few_alarms_begin_no_new_one() -> None:
    times = [0] * 12 + [1_000 * SECOND_MS + each for each in range(7)]
    assert flood_now(times, 1_001 * SECOND_MS) is None


def test_alarms_that_come_slowly_are_no_flood_however_many(engine: Engine) -> None:
    assert flood_now([minute * 60 * SECOND_MS for minute in range(200)], 200 * 60 * SECOND_MS) is None
    assert City(engine).queries().incidents().flood is None


def test_who_has_an_incident_and_since_when_is_read_and_it_goes_behind_what_nobody_has(engine: Engine) -> None:
    city = City(engine)
    city.down("A")
    city.clock.advance(MINUTE)
    city.down("B")
    first, second = city.queries().incidents().rows
    assert (first.where, second.where) == ("A", "B")
    assert first.id is not None
    city.commands.acknowledge(first.id, ANI)
    view = city.queries().incidents()
    assert [each.where for each in view.rows] == ["B", "A"]
    taken = view.rows[1]
    assert (taken.acknowledged_by, taken.acknowledged_at, view.untaken) == ("Ani", city.clock.now(), 1)
    assert [each.where for each in city.queries().summary().incidents] == ["B", "A"]


def test_what_is_silenced_or_planned_is_counted_and_not_listed(engine: Engine) -> None:
    city = City(engine)
    city.down("A", "B", "C")
    city.commands.silence({"target": ["situs:a"]}, ANI, HOUR, "sudah diketahui")
    window = Window("servis", frozenset({TargetKey("situs:b")}), OneOff(NOON - MINUTE, NOON + HOUR))
    view = city.queries(window).incidents()
    assert [each.where for each in view.rows] == ["C"]
    assert view.held == Held(silenced=1, planned=1)
    city.clock.advance(HOUR)
    assert {each.where for each in city.queries(window).incidents().rows} == {"A", "B", "C"}


def test_what_can_wait_for_the_digest_is_counted_and_no_burden_of_the_shift(engine: Engine) -> None:
    city = City(engine, hotspots=3)
    city.cut_off(2)
    city.down("A")
    city.clock.advance(MINUTE)
    view = city.queries().incidents()
    assert [each.where for each in view.rows] == ["A"]
    assert (view.held, view.load.actionable) == (Held(minor=2), 1)
    assert city.queries().summary().incidents_open == 1


def test_the_next_step_is_when_the_chain_goes_on_until_somebody_takes_it(engine: Engine) -> None:
    """O1"""
    city = City(engine)
    city.blind()
    (row,) = city.queries().incidents().rows
    assert row.id is not None
    assert row.next_step_at is None  # nobody has been told yet: the chain has not begun
    with writing(engine) as connection:
        told = Told(severities={"story": Severity.CRITICAL}, chain_at=NOON + MINUTE)
        keep_told(connection, row.id, told, 1, NOON + 11 * MINUTE)
    (row,) = city.queries().incidents().rows
    assert (row.next_step_at, row.next_step_to) == (NOON + 11 * MINUTE, ("Kabid Infrastruktur",))
    assert row.id is not None
    city.commands.acknowledge(row.id, ANI)
    (row,) = city.queries().incidents().rows
    assert row.next_step_at is None


def test_a_chain_that_has_reached_its_end_promises_nobody(engine: Engine) -> None:
    city = City(engine)
    city.blind()
    (row,) = city.queries().incidents().rows
    assert row.id is not None
    with writing(engine) as connection:
        keep_told(connection, row.id, Told(severities={"story": Severity.CRITICAL}, chain_at=NOON, taken=1), 2, None)
    (row,) = city.queries().incidents().rows
    assert (row.next_step_at, row.next_step_to) == (None, ())


def test_a_critical_incident_is_heard_until_it_is_over_and_says_when_somebody_has_it(engine: Engine) -> None:
    city = City(engine)
    city.down("A")
    assert city.queries().alarms().open == ()
    city.blind()
    (alarm,) = city.queries().alarms().open
    assert alarm.is_taken is False
    (row,) = [each for each in city.queries().incidents().rows if each.severity is Severity.CRITICAL]
    assert row.id == alarm.id
    city.commands.acknowledge(row.id, ANI)
    assert [each.is_taken for each in city.queries().alarms().open] == [True]
    city.clock.advance(MINUTE)
    city.city.see("sendiri:sambungan", source=Source.SELF, seconds=None)
    heard = city.queries().alarms()
    assert (heard.open, heard.cleared) == ((), (alarm.id,))
    city.clock.advance(2 * HOUR)
    assert city.queries().alarms().cleared == ()


def test_a_silenced_critical_incident_is_not_heard(engine: Engine) -> None:
    city = City(engine)
    city.blind()
    city.commands.silence({"target": ["sendiri:sambungan"]}, ANI, HOUR, "sudah diketahui")
    assert city.queries().alarms().open == ()
    assert city.queries().incidents().held.silenced == 1


def test_the_load_counts_this_shift_only(engine: Engine) -> None:
    city = City(engine)
    city.down("A")
    with writing(engine) as connection:  # it began before 06.00 WITA, in the shift before
        connection.execute(update(incident).values(opened_at=incident.c.opened_at - 7 * 3_600_000))
    city.down("B")
    city.clock.advance(MINUTE)
    load = city.queries().incidents().load
    assert (load.actionable, load.unanswered, load.median_answer) == (1, 1, None)
    assert load.within.start.astimezone(WITA).hour == 6


def test_what_ended_in_the_last_hours_is_listed_newest_first(engine: Engine) -> None:
    city = City(engine)
    for name in ("A", "B"):
        city.down(name)
        city.clock.advance(5 * MINUTE)
        city.city.see(name)
        city.clock.advance(2 * MINUTE)
        city.city.see(name)
    view = city.queries().incidents()
    assert [each.where for each in view.resolved] == ["B", "A"]
    assert (view.rows, view.calm_since) == ((), view.resolved[0].resolved_at)
    city.clock.advance(7 * HOUR)
    assert city.queries().incidents().resolved == ()


def test_a_kind_that_fell_silent_together_is_told_as_our_own_blindness(engine: Engine) -> None:
    """S7"""
    city = City(engine)
    city.down("A")
    with writing(engine) as connection:
        number = connection.execute(select(incident.c.id)).scalar_one()
        group = {"group_kind": "collector", "group_key": "collector:site", "scope": 3, "scope_total": 3}
        connection.execute(update(incident).where(incident.c.id == number).values(group))
    (row,) = city.queries().incidents().rows
    assert (row.is_blind, row.is_cause, row.status, row.children, row.kind) == (True, False, Status.UNKNOWN, 3, TargetKind.SITE)
