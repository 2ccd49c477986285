"""Devices of no register: kept, bounded, never forgotten by a restart, and decided on by people."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Engine

from command_centre.domain.quarantine import Stranger, StrangerState
from command_centre.read.quarantine import QuarantineQueries
from command_centre.storage import quarantine
from command_centre.storage.database import writing
from tests.support.clock import NOON

MQTT = "hotspots_mqtt"


def heard(device: str = "asing-1", *, after: float = 0, messages: int = 1, sample: str = '{"klien": 3}') -> Stranger:
    at = NOON + timedelta(seconds=after)
    return Stranger(device, at, at, messages, f"kota/wifi/{device}/telemetri", sample)


def note(engine: Engine, *strangers: Stranger) -> list[bool]:
    with writing(engine) as connection:
        return [quarantine.note_stranger(connection, MQTT, each) for each in strangers]


def decide(engine: Engine, device: str, state: StrangerState) -> bool:
    with writing(engine) as connection:
        return quarantine.decide(connection, MQTT, device, state, "Rina", NOON)


def test_what_a_stranger_says_adds_up_and_shows_its_newest_message(engine: Engine) -> None:
    note(engine, heard(messages=3), heard(after=60, messages=2, sample="baru\0lagi"))
    (row,) = QuarantineQueries(engine).strangers()
    assert (row.device, row.first_at, row.last_at) == ("asing-1", NOON, NOON + timedelta(seconds=60))
    assert (row.messages, row.sample, row.state) == (5, "baru\ufffdlagi", StrangerState.WAITING)


def test_what_is_there_already_is_not_added_again(engine: Engine) -> None:
    assert note(engine, heard(), heard()) == [True, False]
    assert [each.messages for each in QuarantineQueries(engine).strangers()] == [1]


def test_what_was_decided_stays_decided_however_often_it_speaks(engine: Engine) -> None:
    note(engine, heard("asing-1"), heard("asing-2"))
    assert decide(engine, "asing-1", StrangerState.IGNORED)
    note(engine, heard("asing-1", after=60))
    queries = QuarantineQueries(engine)
    assert queries.counts() == {StrangerState.WAITING: 1, StrangerState.ADOPTED: 0, StrangerState.IGNORED: 1}
    (ignored,) = queries.strangers(StrangerState.IGNORED)
    assert (ignored.decided_by, ignored.decided_at, ignored.messages) == ("Rina", NOON, 2)
    assert decide(engine, "asing-1", StrangerState.WAITING), "and can be taken back"
    assert queries.strangers()[0].decided_by is None


def test_nothing_is_decided_about_a_device_that_nobody_heard(engine: Engine) -> None:
    assert not decide(engine, "tidak-ada", StrangerState.ADOPTED)


def test_invented_names_without_end_cost_no_more_than_a_thousand_rows(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quarantine, "MOST_KEPT", 5)
    note(engine, *(heard(f"asing-{number}", after=number) for number in range(8)))
    decide(engine, "asing-0", StrangerState.ADOPTED)
    with writing(engine) as connection:
        assert quarantine.forget_surplus(connection) == 3
        assert quarantine.forget_surplus(connection) == 0
    left = [each.device for state in StrangerState for each in QuarantineQueries(engine).strangers(state)]
    assert sorted(left) == ["asing-0", "asing-4", "asing-5", "asing-6", "asing-7"], "what was decided on is kept"


def test_the_one_heard_last_is_listed_first(engine: Engine) -> None:
    note(engine, heard("asing-1", after=5), heard("asing-2", after=9), heard("asing-3", after=7))
    queries = QuarantineQueries(engine)
    assert [each.device for each in queries.strangers(most=2)] == ["asing-2", "asing-3"]
