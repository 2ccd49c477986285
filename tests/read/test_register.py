"""The register as it is browsed, and how tidy it is, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Engine

from command_centre.domain.reading import Reason, Status
from command_centre.domain.target import Target, TargetKey, TargetKind
from command_centre.read.incidents import Asked
from command_centre.read.register import Refused, RegisterQueries
from command_centre.read.target_past import Reach, TargetPasts
from command_centre.storage import facts
from command_centre.storage.database import writing
from command_centre.storage.inventory import ensure_self_target
from tests.support.clock import NOON, FrozenClock
from tests.support.console_desk import keep_evidence, open_incident, tell_somebody
from tests.support.little_city import WITA, LittleCity, site


def at_address(name: str, address: str | None, owner: str = "Diskominfo") -> Target:
    return replace(site(name, address=address), owner=owner)


REGISTER = (
    at_address("A", "https://a.bontangkota.go.id/"),
    at_address("B", "https://A.bontangkota.go.id"),
    at_address("C", "http://c.go.id/"),
    at_address("D", "https://d.example.com/"),
    at_address("E", None),
    at_address("F", "https://f.go.id/", owner=""),
    at_address("G", "https://notgo.id/"),
)


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock()


@pytest.fixture
def city(engine: Engine, clock: FrozenClock) -> LittleCity:
    return LittleCity(engine, clock, REGISTER)


@pytest.fixture
def queries(city: LittleCity, clock: FrozenClock) -> RegisterQueries:
    return RegisterQueries(city.engine, clock)


def names(queries: RegisterQueries, flaw: str) -> list[str]:
    return [each.name.removeprefix("Dinas ") for each in queries.flaws()[flaw]]


def test_each_flaw_of_the_register_is_found_and_nothing_else(city: LittleCity, queries: RegisterQueries) -> None:
    city.see("A", "C", certificate_days=12)
    assert names(queries, "no_address") == ["E"]
    assert names(queries, "duplicate") == ["A", "B"]
    assert names(queries, "http_only") == ["C"]
    assert names(queries, "off_domain") == ["D", "G"]
    assert names(queries, "no_owner") == ["F"]
    assert names(queries, "certificate") == ["A", "C"]
    assert names(queries, "never_seen") == ["B", "D", "F", "G"]
    assert names(queries, "neglected") == []
    assert [each.days for each in queries.flaws()["certificate"]] == [12, 12]


def test_trouble_comes_first_and_silence_is_no_good_news(city: LittleCity, queries: RegisterQueries, clock: FrozenClock) -> None:
    city.see("A", "B", "D", "F", "G")
    clock.advance(timedelta(minutes=2))
    city.see("A", "F", "G")
    city.see("C", status=Status.DOWN, reason=Reason.TIMEOUT)
    page = queries.page(Asked(), 0, 50, "status", descending=False)
    rows = [(each.name.removeprefix("Dinas "), each.status, each.reason) for each in page.rows]
    assert rows[0] == ("C", Status.DOWN, Reason.TIMEOUT)
    assert rows[1:4] == [
        ("B", Status.UNKNOWN, Reason.SILENT),
        ("D", Status.UNKNOWN, Reason.SILENT),
        ("E", Status.UNKNOWN, Reason.NO_ADDRESS),
    ]
    assert page.total == 7


def test_pages_are_bounded_and_follow_each_other(queries: RegisterQueries) -> None:
    first = queries.page(Asked(), 0, 3, "name", descending=False)
    rest = queries.page(Asked(), 3, 100_000, "name", descending=False)
    assert [each.short_name for each in (*first.rows, *rest.rows)] == list("ABCDEFG")
    assert first.total == rest.total == 7
    assert [each.short_name for each in queries.page(Asked(), -5, 2, "name", descending=True).rows] == ["G", "F"]
    assert queries.page(Asked(), 0, 10, "; DROP TABLE target", descending=False).total == 7


def test_a_search_takes_letters_as_they_are(queries: RegisterQueries) -> None:
    assert queries.page(Asked(text="%"), 0, 10, "name", descending=False).total == 0
    assert queries.page(Asked(text="dinas a"), 0, 10, "name", descending=False).total == 7  # "a" stands in every "dinas"
    assert queries.page(Asked(text="example.com"), 0, 10, "name", descending=False).total == 1
    assert queries.page(Asked(kind=TargetKind.HOTSPOT), 0, 10, "name", descending=False).total == 0


def test_one_target_shows_its_newest_incidents(city: LittleCity, queries: RegisterQueries) -> None:
    story = open_incident(city.engine, REGISTER[0], NOON)
    sheet = queries.sheet(REGISTER[0].key)
    assert sheet is not None
    assert [each.id for each in sheet.incidents] == [story]
    assert queries.sheet(TargetKey("situs:tidak-ada")) is None


def test_receivers_are_counted_by_what_became_of_their_messages(city: LittleCity, queries: RegisterQueries) -> None:
    story = open_incident(city.engine, REGISTER[0], NOON)
    tell_somebody(city.engine, story, NOON - timedelta(hours=30), sent_at=NOON - timedelta(hours=30))
    tell_somebody(city.engine, story, NOON - timedelta(minutes=5), sent_at=NOON - timedelta(minutes=4))
    tell_somebody(city.engine, story, NOON - timedelta(minutes=1), receiver="surel")
    found = [(each.name, each.sent, each.waiting, each.dead, each.last_sent_at) for each in queries.receivers()]
    assert found == [("piket", 1, 0, 0, NOON - timedelta(minutes=4)), ("surel", 0, 1, 0, None)]


def test_the_configuration_in_force_and_the_last_refused_one_are_told(
    city: LittleCity, queries: RegisterQueries, engine: Engine
) -> None:
    assert queries.configuration() == (None, None)
    key = TargetKey("sendiri:konfigurasi")
    with writing(engine) as connection:
        facts.remember(connection, facts.CONFIG_HASH, "abc", NOON)
        ensure_self_target(connection, key, "Konfigurasi", NOON)
    city.see(key, status=Status.DOWN, reason=Reason.CONFIG)
    about = replace(REGISTER[0], key=key)
    keep_evidence(engine, about, NOON, "config.yaml:3: unknown key", {})
    assert queries.configuration() == ("abc", Refused(NOON, "config.yaml:3: unknown key"))


def test_the_past_of_a_target_reaches_from_an_hour_to_a_year(city: LittleCity, engine: Engine, clock: FrozenClock) -> None:
    for minute in range(-30, 1):
        down = -20 <= minute < -10
        city.see(
            "A",
            at=NOON + timedelta(minutes=minute),
            status=Status.DOWN if down else Status.UP,
            reason=Reason.TIMEOUT if down else Reason.OK,
            seconds=None if down else 0.5,
        )
    pasts = TargetPasts(engine, WITA, clock)
    hour = pasts.reaching(REGISTER[0].key, Reach.HOUR)
    assert hour is not None
    assert hour.whole.down == timedelta(minutes=10)
    assert hour.whole.up == timedelta(minutes=20)
    assert hour.whole.unknown == timedelta(minutes=30)
    line = hour.lines[0].steps
    assert [each.at for each in line if each.value is None] == [NOON - timedelta(minutes=20)]
    year = pasts.reaching(REGISTER[0].key, Reach.YEAR)
    assert year is not None
    assert year.whole.down == timedelta(minutes=10)
    assert pasts.reaching(TargetKey("situs:tidak-ada"), Reach.DAY) is None
