"""What the console asks about incidents, on both databases."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Engine

from command_centre.commands import Actor, Commands
from command_centre.domain.calendar import OneOff, Window
from command_centre.domain.incident import Cause
from command_centre.domain.reading import Reason, Status
from command_centre.domain.rule import Severity
from command_centre.domain.target import TargetKind
from command_centre.read.incident_story import IncidentStories
from command_centre.read.incidents import Asked, IncidentQueries, Tab, version
from tests.support.clock import NOON, FrozenClock
from tests.support.console_desk import add_people, keep_evidence, open_incident, resolve, tell_somebody
from tests.support.little_city import WITA, LittleCity, site

REGISTER = (site("Dlh"), site("Dinkes"), site("Bkpsdm", kelurahan="64.74.02.1001"))
DLH, DINKES, BKPSDM = REGISTER
AMINAH = Actor("aminah", "console")


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock()


@pytest.fixture
def city(engine: Engine, clock: FrozenClock) -> LittleCity:
    return LittleCity(engine, clock, REGISTER)


@pytest.fixture
def queries(city: LittleCity, clock: FrozenClock) -> IncidentQueries:
    return IncidentQueries(city.engine, WITA, clock)


@pytest.fixture
def commands(city: LittleCity, clock: FrozenClock) -> Commands:
    return Commands(city.engine, clock)


def ago(minutes: float) -> timedelta:
    return timedelta(minutes=minutes)


def listed(queries: IncidentQueries, asked: Asked | None = None, person: str = "") -> list[str]:
    return [each.short_name for each in queries.incidents(asked or Asked(), person).rows]


def test_the_worst_comes_first_then_what_nobody_took_then_the_oldest(
    engine: Engine, queries: IncidentQueries, commands: Commands
) -> None:
    taken = open_incident(engine, DLH, NOON - ago(90))
    open_incident(engine, DINKES, NOON - ago(5))
    open_incident(engine, BKPSDM, NOON - ago(1), severity=Severity.CRITICAL)
    commands.acknowledge(taken, AMINAH)
    assert listed(queries) == ["Bkpsdm", "Dinkes", "Dlh"]


def test_what_another_incident_explains_is_counted_and_not_listed(engine: Engine, queries: IncidentQueries) -> None:
    parent = open_incident(engine, DLH, NOON - ago(9))
    open_incident(engine, DINKES, NOON - ago(8), parent=parent)
    view = queries.incidents(Asked(), "")
    assert [(each.short_name, each.children) for each in view.rows] == [("Dlh", 1)]
    assert view.counts[Tab.OPEN] == 1
    assert (view.load.actionable, view.load.merged) == (1, 1)


def test_every_filter_takes_away_what_does_not_fit(engine: Engine, queries: IncidentQueries) -> None:
    open_incident(engine, DLH, NOON - ago(9), severity=Severity.CRITICAL)
    open_incident(engine, DINKES, NOON - ago(8), text="HTTP 502 dari peladen")
    open_incident(engine, BKPSDM, NOON - ago(7), owner="Penyedia A")
    assert listed(queries, Asked(severity=Severity.CRITICAL)) == ["Dlh"]
    assert listed(queries, Asked(kelurahan="64.74.02.1001")) == ["Bkpsdm"]
    assert listed(queries, Asked(owner="Penyedia A")) == ["Bkpsdm"]
    assert listed(queries, Asked(text="502 PELADEN")) == ["Dinkes"]
    assert listed(queries, Asked(kind=TargetKind.HOTSPOT)) == []
    assert listed(queries, Asked(kind=TargetKind.SITE)) == ["Dlh", "Dinkes", "Bkpsdm"]


def test_the_counts_of_the_tabs_do_not_depend_on_the_filter(engine: Engine, queries: IncidentQueries, commands: Commands) -> None:
    mine = open_incident(engine, DLH, NOON - ago(9))
    open_incident(engine, DINKES, NOON - ago(8))
    commands.acknowledge(mine, AMINAH)
    view = queries.incidents(Asked(tab=Tab.MINE, text="dlh"), "aminah")
    assert [each.id for each in view.rows] == [mine]
    assert {tab: view.counts[tab] for tab in (Tab.OPEN, Tab.UNTAKEN, Tab.MINE)} == {Tab.OPEN: 2, Tab.UNTAKEN: 1, Tab.MINE: 1}
    assert queries.incidents(Asked(), "lestari").counts[Tab.MINE] == 0


def test_what_was_given_to_somebody_is_theirs_and_no_longer_the_givers(
    engine: Engine, queries: IncidentQueries, commands: Commands
) -> None:
    story = open_incident(engine, DLH, NOON - ago(9))
    commands.assign(story, AMINAH, "lestari")
    assert listed(queries, Asked(tab=Tab.MINE), "lestari") == ["Dlh"]
    assert listed(queries, Asked(tab=Tab.MINE), "aminah") == []


def test_silence_ends_by_itself(engine: Engine, queries: IncidentQueries, commands: Commands, clock: FrozenClock) -> None:
    story = open_incident(engine, DLH, NOON - ago(9))
    open_incident(engine, DINKES, NOON - ago(8))
    commands.silence_incident(story, AMINAH, timedelta(hours=1), "sedang dipindah")
    assert listed(queries, Asked(tab=Tab.SILENCED)) == ["Dlh"]
    clock.advance(timedelta(hours=1))
    assert listed(queries, Asked(tab=Tab.SILENCED)) == []


def test_planned_work_of_the_configuration_and_of_people_is_one_tab(
    engine: Engine, city: LittleCity, commands: Commands, clock: FrozenClock
) -> None:
    window = Window("Cadangan", frozenset({DLH.key}), OneOff(NOON - ago(60), NOON + ago(60)))
    queries = IncidentQueries(engine, WITA, clock, windows=(window,))
    for each in REGISTER:
        open_incident(engine, each, NOON - ago(9))
    commands.plan("Ganti kabel", [DINKES.key], AMINAH, NOON - ago(1), NOON + ago(60))
    assert listed(queries, Asked(tab=Tab.PLANNED)) == ["Dlh", "Dinkes"]


def test_what_ended_within_a_day_is_shown_newest_end_first(engine: Engine, queries: IncidentQueries) -> None:
    open_incident(engine, DLH, NOON - timedelta(hours=30), resolved_at=NOON - timedelta(hours=25))
    open_incident(engine, DINKES, NOON - ago(90), resolved_at=NOON - ago(80))
    open_incident(engine, BKPSDM, NOON - ago(300), resolved_at=NOON - ago(10))
    view = queries.incidents(Asked(tab=Tab.CLOSED), "")
    assert [each.short_name for each in view.rows] == ["Bkpsdm", "Dinkes"]
    assert (view.counts[Tab.OPEN], view.counts[Tab.CLOSED]) == (0, 2)


def test_the_handover_tells_notes_quiet_that_ends_and_work_that_begins(
    engine: Engine, queries: IncidentQueries, commands: Commands
) -> None:
    story = open_incident(engine, DLH, NOON - ago(9))
    commands.annotate(story, AMINAH, "PLN sudah dihubungi")
    commands.silence_incident(story, AMINAH, timedelta(hours=1), "menunggu PLN")
    commands.plan("Ganti kabel", [DINKES.key], AMINAH, NOON + ago(60), NOON + ago(90))
    told = {(each.kind, each.text, each.author) for each in queries.incidents(Asked(), "").handover}
    assert told == {
        ("note", "PLN sudah dihubungi", "aminah"),
        ("silence", "menunggu PLN", "aminah"),
        ("plan", "Ganti kabel", "aminah"),
    }


def test_whatever_a_person_or_the_machine_writes_changes_the_version(
    engine: Engine, city: LittleCity, commands: Commands
) -> None:
    seen = [version(engine)]
    story = open_incident(engine, DLH, NOON - ago(9))
    seen.append(version(engine))
    commands.acknowledge(story, AMINAH)
    seen.append(version(engine))
    silenced = commands.silence({"target": [DLH.key]}, AMINAH, timedelta(hours=1), "x")
    seen.append(version(engine))
    assert silenced.number is not None
    commands.lift(silenced.number, AMINAH)
    seen.append(version(engine))
    planned = commands.plan("x", [DLH.key], AMINAH, NOON, NOON + ago(60))
    seen.append(version(engine))
    assert planned.number is not None
    commands.call_off(planned.number, AMINAH)
    seen.append(version(engine))
    assert len(set(seen)) == len(seen)
    city.see("Dlh")  # a look that changes nothing is no news
    assert version(engine) == seen[-1]


def test_a_story_holds_what_happened_who_was_told_and_what_was_seen(
    engine: Engine, city: LittleCity, commands: Commands, clock: FrozenClock
) -> None:
    city.see("Dlh", at=NOON - ago(9), status=Status.DOWN, reason=Reason.HTTP_STATUS)
    keep_evidence(engine, DLH, NOON - ago(9), "HTTP 502", {"final_url": "http://situs.invalid/", "names": ["a", "b"]})
    story = open_incident(engine, DLH, NOON - ago(9), reason=Reason.HTTP_STATUS)
    child = open_incident(engine, DINKES, NOON - ago(8), parent=story)
    near = open_incident(engine, BKPSDM, NOON - ago(7), owner="lain")
    tell_somebody(
        engine, story, NOON - ago(8), title="DLH terputus", facts={"first_step": "Hubungi admin"}, sent_at=NOON - ago(8)
    )
    tell_somebody(engine, story, NOON + ago(20), receiver="atasan")
    commands.label_cause(story, AMINAH, Cause.SOFTWARE)
    add_people(engine, NOON)
    stories = IncidentStories(engine, clock, places={"64.74.01.1003": "Kel. Loktuan"}, steps={"site-down": "umum"})
    told = stories.story(story)
    assert told is not None
    assert [each.kind for each in told.events] == ["opened", "cause_labelled"]
    assert [(each.receiver, each.sent_at is not None) for each in told.told] == [("piket", True), ("atasan", False)]
    assert told.next_step_at == NOON + ago(20)
    assert [each.id for each in told.children] == [child]
    assert (told.row.cause, told.place, told.first_step) == (Cause.SOFTWARE, "Kel. Loktuan", "umum")
    assert [each.facts for each in told.seen] == [(("final_url", "http://situs.invalid/"), ("names", "a, b"))]
    assert near not in [each.id for each in told.near]  # neither owner nor kelurahan in common
    explained = stories.story(child)
    assert explained is not None
    assert explained.parent is not None
    assert explained.parent.id == story
    assert stories.people() == ("admin", "aminah", "lestari", "pejabat")
    assert stories.story(9999) is None


def test_what_happened_nearby_at_the_same_time_is_told(engine: Engine, city: LittleCity, clock: FrozenClock) -> None:
    story = open_incident(engine, DLH, NOON - ago(20))
    beside = open_incident(engine, DINKES, NOON - ago(10))
    open_incident(engine, DINKES, NOON - ago(50))  # too long before
    told = IncidentStories(engine, clock).story(story)
    assert told is not None
    assert [each.id for each in told.near] == [beside]


def test_the_quiet_that_covers_an_incident_can_be_ended_from_it(
    engine: Engine, city: LittleCity, commands: Commands, clock: FrozenClock
) -> None:
    story = open_incident(engine, DLH, NOON - ago(20))
    commands.silence({"target": [DINKES.key]}, AMINAH, timedelta(hours=1), "yang lain")
    commands.silence({"target": ["situs:*"]}, AMINAH, timedelta(hours=2), "semua situs")
    commands.plan("Ganti kabel", [DLH.key], AMINAH, NOON, NOON + ago(60))
    stories = IncidentStories(engine, clock)
    told = stories.story(story)
    assert told is not None
    assert [(each.reason, each.ends_at) for each in told.quiet] == [("semua situs", NOON + timedelta(hours=2))]
    assert [each.name for each in told.planned] == ["Ganti kabel"]
    commands.lift(told.quiet[0].id, AMINAH)
    commands.call_off(told.planned[0].id, AMINAH)
    resolve(engine, story, NOON)
    after = stories.story(story)
    assert after is not None
    assert (after.quiet, after.planned, after.row.resolved_at) == ((), (), NOON)
