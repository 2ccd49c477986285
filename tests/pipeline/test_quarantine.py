"""The desk of the quarantine: a transaction that fails loses nothing, one that succeeds adds nothing twice."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Engine

from command_centre.domain.quarantine import Stranger
from command_centre.domain.rule import DEFAULT_RULES
from command_centre.pipeline.quarantine import QuarantineDesk
from command_centre.pipeline.rulebook import Rulebook
from command_centre.read.quarantine import QuarantineQueries
from command_centre.storage.database import writing
from tests.support.city import WITA
from tests.support.clock import NOON

RULEBOOK = Rulebook.of(DEFAULT_RULES, [], WITA)


def heard(device: str, after: float = 0) -> Stranger:
    at = NOON + timedelta(seconds=after)
    return Stranger(device, at, at, 1, f"kota/wifi/{device}/telemetri", "{}")


def turn(engine: Engine, desk: QuarantineDesk, *, fails: bool = False) -> None:
    (chore,) = desk.chores()
    with writing(engine) as connection:
        assert chore.do(connection, NOON, RULEBOOK) == ()
        if fails:
            raise RuntimeError("the transaction fails")


def counted(engine: Engine) -> dict[str, int]:
    return {each.device: each.messages for each in QuarantineQueries(engine).strangers()}


def test_what_was_heard_is_written_once_however_many_turns_there_are(engine: Engine) -> None:
    desk = QuarantineDesk()
    desk.note("hotspots_mqtt", [heard("asing-1"), heard("asing-2")])
    desk.note("hotspots_mqtt", [heard("asing-1", after=10)])
    for _ in range(3):
        turn(engine, desk)
    assert counted(engine) == {"asing-1": 2, "asing-2": 1}


def test_a_transaction_that_failed_is_made_up_for_at_the_next_turn(engine: Engine) -> None:
    desk = QuarantineDesk()
    desk.note("hotspots_mqtt", [heard("asing-1")])
    with pytest.raises(RuntimeError, match="fails"):
        turn(engine, desk, fails=True)
    assert counted(engine) == {}
    turn(engine, desk)
    assert counted(engine) == {"asing-1": 1}
