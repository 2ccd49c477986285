"""Deadlines of the city's calendar make trouble more severe before anybody is told. Real tables."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine

from command_centre.domain.calendar import Interval
from command_centre.domain.deadline import Deadline, in_force
from command_centre.domain.orders import Orders
from command_centre.domain.reading import Reason, Status
from command_centre.domain.rule import DEFAULT_RULES, Severity
from command_centre.domain.target import TargetKey
from command_centre.pipeline.batch import write_batch
from command_centre.pipeline.rulebook import Rulebook
from command_centre.pipeline.sentences import Words
from command_centre.pipeline.teller import tell
from command_centre.storage.alert_tables import outbox
from command_centre.storage.database import writing
from command_centre.storage.tables import incident, incident_event
from tests.support.city import KOMINFO, reading, register, rows, site

WITA = ZoneInfo("Asia/Makassar")
BEGINS, ENDS = datetime(2026, 3, 1, tzinfo=WITA).astimezone(UTC), datetime(2026, 4, 1, tzinfo=WITA).astimezone(UTC)
PLAN = Deadline("Batas akhir RKPD", frozenset({KOMINFO}), Interval(BEGINS, ENDS), Severity.CRITICAL)
ORDERS = Orders(receivers=("piket",), zone=WITA, wait=timedelta(0), deadlines=(PLAN,), repeat=None)
MINUTE = timedelta(minutes=1)


def look(engine: Engine, at: datetime, *keys: str, status: Status = Status.DOWN, **more: Any) -> None:
    rulebook = Rulebook.of(DEFAULT_RULES, (), WITA, ORDERS)
    with writing(engine) as connection:
        write_batch(connection, [reading(at, status, key=key, **more) for key in keys], rulebook, at)
        tell(connection, at, rulebook, Words())


def severities(engine: Engine) -> list[str]:
    return [each.severity for each in rows(engine, incident)]


def test_trouble_within_a_deadline_is_critical_from_the_first_notice_on_and_says_why(engine: Engine) -> None:
    register(engine, site(), site("situs:b"))
    look(engine, BEGINS + MINUTE, KOMINFO, "situs:b")
    told = {json.loads(each.payload)["facts"]["target"]: each for each in rows(engine, outbox)}
    assert {key: each.severity for key, each in told.items()} == {KOMINFO: "critical", "situs:b": "warning"}
    inside = json.loads(told[KOMINFO].payload)
    assert inside["lines"][0] == "Lebih mendesak karena tenggat: Batas akhir RKPD (sampai 31/03/2026)"
    assert inside["facts"]["deadline"] == "Batas akhir RKPD"
    assert "tenggat" not in told["situs:b"].payload
    events = [(each.kind, each.detail) for each in rows(engine, incident_event) if each.kind == "worsened"]
    assert events == [("worsened", "Batas akhir RKPD")]


def test_trouble_that_a_deadline_overtakes_is_told_again_as_worse_once(engine: Engine) -> None:
    register(engine)
    for minutes in (-20, -10, 0, 1, 10, 20):
        look(engine, BEGINS + minutes * MINUTE, KOMINFO)
    assert [(each.kind, each.severity) for each in rows(engine, outbox)] == [("firing", "warning"), ("update", "critical")]


def test_what_was_raised_stays_so_beyond_the_deadline_and_the_next_trouble_is_as_on_other_days(engine: Engine) -> None:
    register(engine)
    look(engine, ENDS - MINUTE, KOMINFO)
    look(engine, ENDS + MINUTE, KOMINFO)
    assert severities(engine) == ["critical"]
    for minutes in (2, 4, 6):
        look(engine, ENDS + minutes * MINUTE, KOMINFO, status=Status.UP)
    look(engine, ENDS + 10 * MINUTE, KOMINFO)
    assert severities(engine) == ["critical", "warning"]
    assert [each.kind for each in rows(engine, outbox)] == ["firing", "resolved", "firing"]


def test_a_deadline_raises_by_one_step_and_never_two(engine: Engine) -> None:
    register(engine)
    days = {"certificate_remaining_seconds": 12 * 86_400.0}
    look(engine, BEGINS + MINUTE, KOMINFO, status=Status.UP, reason=Reason.OK, values=days)
    assert severities(engine) == ["info"]
    assert rows(engine, outbox) == []


@pytest.mark.parametrize(("at", "name"), [(BEGINS, "b"), (ENDS - MINUTE, "b"), (ENDS, None), (BEGINS - MINUTE, None)])
def test_of_two_deadlines_the_more_severe_counts(at: datetime, name: str | None) -> None:
    keys = frozenset({TargetKey("x")})
    both = [
        Deadline(each, keys, Interval(BEGINS, ENDS), how) for each, how in (("a", Severity.WARNING), ("b", Severity.CRITICAL))
    ]
    found = in_force(both, TargetKey("x"), at)
    assert (None if found is None else found.name) == name
    assert in_force(both, TargetKey("y"), at) is None
