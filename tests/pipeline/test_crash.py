"""kill -9, again and again: what was acknowledged is there, and nothing is half there."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, text

from command_centre.domain.availability import Observation, spans_from
from command_centre.domain.calendar import Interval
from command_centre.domain.reading import Reason, Status
from command_centre.storage.recovery import recover_if_damaged
from command_centre.storage.tables import latest, reading, span
from command_centre.storage.times import from_ms, to_ms
from tests.support.city import EVERY, register, rows, site
from tests.support.clock import NOON
from tests.support.recording import Nursery

KILLS = 30


@pytest.fixture
def nursery(engine: Engine, database_url: str) -> Iterator[Nursery]:
    register(engine, site(), site("situs:lain"))
    engine.dispose()
    nursery = Nursery(database_url)
    yield nursery
    nursery.close()


def test_thirty_kills_lose_nothing_that_was_acknowledged(engine: Engine, database_url: str, nursery: Nursery) -> None:
    chance = random.Random(7)
    acknowledged: set[int] = set()
    first = 0
    for _ in range(KILLS):
        last = nursery.write_and_kill(first, chance.uniform(0.0, 0.06))
        acknowledged |= set(range(first, last + 1))
        assert recover_if_damaged(database_url, NOON) is None
        first = last + 2  # number last + 1 was perhaps written and never acknowledged: it may be there or not

    at = [(row.at - to_ms(NOON)) // 1000 for row in rows(engine, reading)]
    assert set(at) >= acknowledged
    assert all(at.count(number) == 2 for number in set(at)), "half a batch, or one twice"
    assert len(set(at) - acknowledged) <= KILLS
    _history_is_whole(engine)


def _history_is_whole(engine: Engine) -> None:
    """Latest and spans say exactly what the log says: they were written with it or not at all."""
    for state in rows(engine, latest):
        log = [row for row in rows(engine, reading) if row.target_id == state.target_id]
        assert state.at == max(row.at for row in log)
        seen = [
            Observation(from_ms(row.at), Status(row.status), Reason(row.reason)) for row in sorted(log, key=lambda row: row.at)
        ]
        window = Interval(seen[0].at, seen[-1].at + 2 * EVERY)
        kept = [(from_ms(row.since), from_ms(row.until)) for row in rows(engine, span) if row.target_id == state.target_id]
        assert kept == [(each.interval.start, each.interval.end) for each in spans_from(seen, window, 2 * EVERY)]
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            assert connection.execute(text("PRAGMA integrity_check")).scalar() == "ok"
