"""Planned work as windows, on both databases."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Engine

from command_centre.commands import Actor, Commands
from command_centre.domain.calendar import OneOff
from command_centre.domain.target import TargetKey
from command_centre.storage.plans import planned_windows
from tests.support.city import KOMINFO, register, site
from tests.support.clock import NOON, FrozenClock

HOUR = timedelta(hours=1)
AMINAH = Actor("S. Aminah", "console")


def test_a_plan_is_a_window_until_it_is_over_or_called_off(engine: Engine) -> None:
    register(engine, site())
    clock = FrozenClock(NOON)
    commands = Commands(engine, clock)
    running = commands.plan("ganti kabel", [TargetKey(KOMINFO)], AMINAH, NOON, NOON + 2 * HOUR)
    ahead = commands.plan("pindah gedung", [TargetKey(KOMINFO)], AMINAH, NOON + 5 * HOUR, NOON + 6 * HOUR)
    clock.advance(HOUR)
    assert running.number is not None
    assert ahead.number is not None
    commands.call_off(running.number, AMINAH)
    commands.call_off(ahead.number, AMINAH)
    with engine.connect() as connection:
        [window] = planned_windows(connection, NOON)
        assert planned_windows(connection, NOON + 3 * HOUR) == ()
    assert (window.name, window.targets) == ("ganti kabel", frozenset({KOMINFO}))
    assert window.when == OneOff(NOON, NOON + HOUR)
