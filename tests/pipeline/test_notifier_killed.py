"""kill -9 between state change and send, between send and mark, during retry: never zero notices, hardly a duplicate."""

from __future__ import annotations

from sqlalchemy import Engine

from tests.support.notifier_killing import kill_and_count

KILLS = 12
"""A few here; ``python -m tests.benchmarks.kill_notifier --kills 200`` is the whole of it."""


def test_killed_again_and_again_it_loses_nothing_and_doubles_at_most_one_message_per_kill(
    engine: Engine, database_url: str
) -> None:
    """D6"""
    engine.dispose()
    count = kill_and_count(database_url, KILLS)
    assert count.incidents >= KILLS // 2
    assert count.unheard == ()
    assert count.early == ()
    assert count.doubled <= KILLS
