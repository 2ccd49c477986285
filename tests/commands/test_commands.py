"""Commands on both databases: each does its thing once, tells it in the story, and leaves a row in the chain."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import Engine, select, update

from command_centre.commands import Actor, CommandRefusedError, Commands, Outcome
from command_centre.domain.incident import Cause, IncidentId
from command_centre.domain.target import TargetKey
from command_centre.storage.alert_tables import outbox, silence
from command_centre.storage.audit import first_break
from command_centre.storage.audit_tables import audit, planned_work
from command_centre.storage.database import writing
from command_centre.storage.tables import incident, incident_event
from command_centre.storage.times import to_ms
from tests.support.city import KOMINFO, rows
from tests.support.clock import NOON, FrozenClock
from tests.support.telling import make_due, message, open_incident

AMINAH = Actor("S. Aminah", "console")
HIDAYAT = Actor("R. Hidayat", "console")
HOUR = timedelta(hours=1)


@pytest.fixture
def commands(engine: Engine) -> Commands:
    return Commands(engine, FrozenClock(NOON))


def resolve(engine: Engine, story: IncidentId) -> None:
    with writing(engine) as connection:
        connection.execute(update(incident).where(incident.c.id == story).values(resolved_at=to_ms(NOON)))


def kinds(engine: Engine) -> list[str]:
    return [row.kind for row in rows(engine, incident_event)]


def waiting(engine: Engine) -> int:
    return sum(row.dead_at is None for row in rows(engine, outbox))


def test_the_first_who_takes_it_has_it(engine: Engine, commands: Commands) -> None:
    story = open_incident(engine)
    make_due(engine, message(story))
    assert commands.acknowledge(story, AMINAH).outcome is Outcome.DONE
    second = commands.acknowledge(story, HIDAYAT)
    assert second.outcome is Outcome.ALREADY
    assert second.standing is not None
    assert second.standing.acknowledged_by == "S. Aminah"
    assert kinds(engine) == ["acknowledged"]
    assert waiting(engine) == 0


def test_two_who_take_it_at_the_same_moment_are_one_who_has_it(engine: Engine, commands: Commands) -> None:
    story = open_incident(engine)
    with ThreadPoolExecutor(8) as crowd:
        done = list(crowd.map(lambda number: commands.acknowledge(story, Actor(str(number), "console")), range(8)))
    assert sorted(each.outcome for each in done) == [Outcome.ALREADY] * 7 + [Outcome.DONE]
    with engine.connect() as connection:
        assert first_break(connection) is None
    assert len(rows(engine, audit)) == 8


def test_who_gives_it_back_lets_the_notices_go_on(engine: Engine, commands: Commands) -> None:
    story = open_incident(engine)
    make_due(engine, message(story))
    commands.acknowledge(story, AMINAH)
    assert commands.take_back(story, AMINAH).outcome is Outcome.DONE
    assert commands.take_back(story, AMINAH).outcome is Outcome.ALREADY
    assert waiting(engine) == 1


def test_whoever_is_given_it_has_it(engine: Engine, commands: Commands) -> None:
    story = open_incident(engine)
    assert commands.assign(story, AMINAH, "R. Hidayat").outcome is Outcome.DONE
    assert commands.assign(story, AMINAH, "R. Hidayat").outcome is Outcome.ALREADY
    [row] = rows(engine, incident)
    assert (row.assigned_to, row.acknowledged_by) == ("R. Hidayat", "R. Hidayat")


@pytest.mark.parametrize(
    "command",
    [
        lambda commands, story: commands.acknowledge(story, AMINAH),
        lambda commands, story: commands.take_back(story, AMINAH),
        lambda commands, story: commands.assign(story, AMINAH, "R. Hidayat"),
        lambda commands, story: commands.silence_incident(story, AMINAH, HOUR, "kerja"),
    ],
)
def test_what_is_over_stays_over(command: Callable[[Commands, IncidentId], object], engine: Engine, commands: Commands) -> None:
    """O2"""
    story = open_incident(engine)
    resolve(engine, story)
    before = rows(engine, incident)
    assert getattr(command(commands, story), "outcome", None) is Outcome.TOO_LATE
    assert rows(engine, incident) == before
    assert len(rows(engine, audit)) == 1


def test_notes_and_causes_are_taken_after_the_end_too(engine: Engine, commands: Commands) -> None:
    story = open_incident(engine)
    resolve(engine, story)
    assert commands.annotate(story, AMINAH, "kabel disambung").outcome is Outcome.DONE
    assert commands.label_cause(story, AMINAH, Cause.CABLE).outcome is Outcome.DONE
    assert commands.label_cause(story, AMINAH, Cause.CABLE).outcome is Outcome.ALREADY
    assert kinds(engine) == ["noted", "cause_labelled"]


def test_what_nobody_knows_is_unknown(engine: Engine, commands: Commands) -> None:
    nobody = IncidentId(4711)
    assert commands.acknowledge(nobody, AMINAH).outcome is Outcome.UNKNOWN
    assert commands.annotate(nobody, AMINAH, "x").outcome is Outcome.UNKNOWN
    assert commands.label_cause(nobody, AMINAH, Cause.OTHER).outcome is Outcome.UNKNOWN
    assert commands.lift(4711, AMINAH).outcome is Outcome.UNKNOWN
    assert commands.call_off(4711, AMINAH).outcome is Outcome.UNKNOWN


def test_a_silence_has_author_reason_and_end_and_can_be_lifted_once(engine: Engine, commands: Commands) -> None:
    """M6"""
    made = commands.silence({"kind": ["hotspot"], "kelurahan": ["loktuan"]}, AMINAH, HOUR, "ganti tiang")
    assert made.number is not None
    [row] = rows(engine, silence)
    assert (row.author, row.reason, row.ends_at) == ("S. Aminah", "ganti tiang", to_ms(NOON + HOUR))
    assert commands.lift(made.number, HIDAYAT).outcome is Outcome.DONE
    assert commands.lift(made.number, HIDAYAT).outcome is Outcome.UNKNOWN


@pytest.mark.parametrize("length", [timedelta(0), timedelta(seconds=59), timedelta(days=31), timedelta(days=-1)])
def test_a_silence_without_a_sensible_end_is_refused(engine: Engine, commands: Commands, length: timedelta) -> None:
    """M6: "forever" is refused."""
    story = open_incident(engine)
    with pytest.raises(CommandRefusedError):
        commands.silence({"target": [KOMINFO]}, AMINAH, length, "kerja")
    with pytest.raises(CommandRefusedError):
        commands.silence_incident(story, AMINAH, length, "kerja")
    assert rows(engine, silence) == []
    assert rows(engine, audit) == []


def test_a_silence_about_everything_is_refused(engine: Engine, commands: Commands) -> None:
    empty: list[dict[str, list[str]]] = [{}, {"target": []}]
    for labels in empty:
        with pytest.raises(CommandRefusedError):
            commands.silence(labels, AMINAH, HOUR, "x")


def test_the_silence_of_an_incident_covers_its_children(engine: Engine, commands: Commands) -> None:
    parent, child = open_incident(engine), open_incident(engine)
    with writing(engine) as connection:
        connection.execute(update(incident).where(incident.c.id == child).values(parent_id=parent, rule="hotspot-down"))
    commands.silence_incident(parent, AMINAH, HOUR, "kerja")
    assert rows(engine, silence)[0].matcher == '{"rule": ["hotspot-down", "site-down"], "target": ["situs:diskominfo"]}'


def test_planned_work_has_targets_that_exist_and_an_end_ahead(engine: Engine, commands: Commands) -> None:
    open_incident(engine)
    made = commands.plan("ganti kabel", [TargetKey(KOMINFO)], AMINAH, NOON, NOON + HOUR)
    assert made.outcome is Outcome.DONE
    assert rows(engine, planned_work)[0].targets == '["situs:diskominfo"]'
    refused = [
        ([], NOON, NOON + HOUR),
        ([TargetKey(KOMINFO)], NOON, NOON),
        ([TargetKey(KOMINFO)], NOON - 2 * HOUR, NOON - HOUR),
        ([TargetKey(KOMINFO)], NOON, NOON + timedelta(days=401)),
        ([TargetKey("situs:tiada")], NOON, NOON + HOUR),
    ]
    for targets, starts_at, ends_at in refused:
        with pytest.raises(CommandRefusedError):
            commands.plan("x", targets, AMINAH, starts_at, ends_at)
    assert made.number is not None
    assert commands.call_off(made.number, AMINAH).outcome is Outcome.DONE
    assert commands.call_off(made.number, AMINAH).outcome is Outcome.UNKNOWN


@pytest.mark.parametrize("text", ["", "   ", "\n\t"])
def test_empty_words_are_refused(engine: Engine, commands: Commands, text: str) -> None:
    story = open_incident(engine)
    for command in (commands.annotate, commands.assign):
        with pytest.raises(CommandRefusedError):
            command(story, AMINAH, text)


def test_words_of_any_kind_and_length_are_kept_bounded(engine: Engine, commands: Commands) -> None:
    story = open_incident(engine)
    commands.annotate(story, AMINAH, "é\0" * 5_000)
    assert len(rows(engine, incident_event)[0].text) == 500


def test_every_command_leaves_a_row_and_the_chain_shows_any_change(engine: Engine, commands: Commands) -> None:
    story = open_incident(engine)
    commands.acknowledge(story, AMINAH)
    commands.annotate(story, AMINAH, "x")
    commands.label_cause(story, AMINAH, Cause.POWER)
    with engine.connect() as connection:
        assert connection.execute(select(audit.c.command).order_by(audit.c.id)).scalars().all() == [
            "acknowledge",
            "annotate",
            "label_cause",
        ]
        assert first_break(connection) is None
    with writing(engine) as connection:
        connection.execute(update(audit).where(audit.c.id == 2).values(actor="orang lain"))
    with engine.connect() as connection:
        broken = first_break(connection)
    assert broken is not None
    assert broken.id == 2
