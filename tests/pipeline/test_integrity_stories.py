"""An alarm of the judol watch becomes one incident of its site, on SQLite and PostgreSQL, and leaves with it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine, Row, select

from command_centre.domain.incident import IncidentEventKind
from command_centre.domain.integrity import Change, Finding, FindingKind, Signal, View
from command_centre.domain.orders import Orders
from command_centre.domain.reading import Status
from command_centre.domain.rule import DEFAULT_RULES, INJECTED, Severity
from command_centre.pipeline.integrity import confirm_injection, dismiss_findings
from command_centre.pipeline.integrity_stories import evidence_line
from command_centre.pipeline.rulebook import Rulebook
from command_centre.pipeline.sentences import Words
from command_centre.pipeline.teller import tell
from command_centre.storage.alert_tables import outbox
from command_centre.storage.alerts import close_orphans
from command_centre.storage.database import writing
from command_centre.storage.inventory import sync_targets
from command_centre.storage.tables import incident, incident_event
from command_centre.storage.times import to_ms
from tests.support.city import KOMINFO, METRICS, WITA, reading, site, write
from tests.support.clock import NOON
from tests.support.injections import DAY, HIDDEN, UNSURE, scanned


@pytest.fixture
def city(engine: Engine) -> Engine:
    """A database that knows one site."""
    with writing(engine) as connection:
        sync_targets(connection, [site()], METRICS, NOON.astimezone(WITA))
    return engine


def stories(city: Engine) -> Sequence[Row[tuple[object, ...]]]:
    with city.connect() as connection:
        return connection.execute(select(incident).order_by(incident.c.id)).all()


def test_one_suspicion_is_not_told_and_the_second_opens_one_critical_incident(city: Engine) -> None:
    scanned(city, 0, UNSURE)
    assert not stories(city)
    scanned(city, 1, UNSURE)
    scanned(city, 2, UNSURE)
    (story,) = stories(city)
    assert (story.rule, story.severity, story.reason) == (INJECTED, Severity.CRITICAL.value, "content_injection")
    assert (story.opened_at, story.resolved_at) == (to_ms(NOON + DAY), None)
    assert story.owner.endswith("CSIRT Kota Bontang")


def test_what_is_told_is_defanged(city: Engine) -> None:
    scanned(city, 0, HIDDEN)
    detail = stories(city)[0].detail
    assert "hxxps://s***88[.]example" in detail
    assert "slot" not in detail
    assert "://example.test" not in detail


def test_the_message_says_what_whose_and_what_to_do_first_and_carries_the_evidence_defanged(city: Engine) -> None:
    scanned(city, 0, HIDDEN)
    rulebook = Rulebook.of(DEFAULT_RULES, (), WITA, Orders(receivers=("csirt",), zone=WITA))
    with writing(city) as connection:
        tell(connection, at(1), rulebook, Words())
        row = connection.execute(select(outbox)).one()
    told = json.loads(row.payload)
    assert (row.receiver, row.severity) == ("csirt", Severity.CRITICAL.value)
    assert told["title"] == "Dinas Komunikasi dan Informatika terindikasi disusupi konten judi online"
    assert "hxxps://s***88[.]example" in told["lines"][0]
    assert any("CSIRT Kota Bontang" in each for each in told["lines"])
    assert any("docs/runbooks/judol.md" in each for each in told["lines"])
    assert "slot88" not in row.payload


def test_the_incident_ends_with_the_third_clean_scan(city: Engine) -> None:
    for day, findings in enumerate(((HIDDEN,), (), ())):
        scanned(city, day, *findings)
    assert stories(city)[0].resolved_at is None
    scanned(city, 3)
    (story,) = stories(city)
    assert story.resolved_at == to_ms(NOON + 3 * DAY)
    with city.connect() as connection:
        kinds = [row.kind for row in connection.execute(select(incident_event).order_by(incident_event.c.id))]
    assert kinds == [IncidentEventKind.OPENED, IncidentEventKind.RESOLVED]


def test_a_reinfection_is_an_incident_of_its_own(city: Engine) -> None:
    changes = [scanned(city, day, *findings) for day, findings in enumerate(((HIDDEN,), (), (), (), (HIDDEN,)))]
    assert changes[-1] is Change.REINFECTION
    assert [each.resolved_at is None for each in stories(city)] == [False, True]


def test_a_site_that_answers_well_ends_no_judol_incident(city: Engine) -> None:
    scanned(city, 0, HIDDEN)
    write(city, reading(at(1)), reading(at(2)))
    write(city, reading(at(3), Status.DOWN), reading(at(9)))
    assert [(each.rule, each.resolved_at is None) for each in stories(city) if each.rule == INJECTED] == [(INJECTED, True)]


def test_the_incident_of_a_site_that_has_left_the_register_is_closed(city: Engine) -> None:
    scanned(city, 0, HIDDEN)
    with writing(city) as connection:
        sync_targets(connection, [site("lain")], METRICS, (NOON + DAY).astimezone(WITA))
        assert close_orphans(connection, [each.id for each in DEFAULT_RULES], NOON + DAY) == 1
    assert stories(city)[0].resolved_at == to_ms(NOON + DAY)


def test_a_person_who_confirms_a_suspicion_opens_the_incident_with_its_evidence(city: Engine) -> None:
    scanned(city, 0, UNSURE)
    with writing(city) as connection:
        assert confirm_injection(connection, KOMINFO, "analis", "dilihat", at(1)) is Change.CONFIRMED
    (story,) = stories(city)
    assert story.opened_at == to_ms(at(1))
    assert "g****" in story.detail
    scanned(city, 1, HIDDEN)
    assert len(stories(city)) == 1


def test_a_false_alarm_ends_the_incident_and_says_so(city: Engine) -> None:
    scanned(city, 0, HIDDEN)
    with writing(city) as connection:
        assert dismiss_findings(connection, KOMINFO, "analis", "arsip pers", at(1), at(1) + DAY) is Change.DISMISSED
    (story,) = stories(city)
    assert (story.resolved_at, story.cause) == (to_ms(at(1)), "not_a_fault")


def test_the_line_of_evidence_is_the_decisive_finding_not_the_heaviest() -> None:
    loud = Finding(Signal.HEAD, FindingKind.TITLE, View.BOT, "https://a.test/", "title", "keras", "why", 0.95)
    sure = replace(loud, excerpt="pasti", weight=0.9, is_decisive=True)
    assert evidence_line((loud, sure)).endswith("pasti")
    assert evidence_line(()) == ""


def at(hours: int) -> datetime:
    return NOON + timedelta(hours=hours)
