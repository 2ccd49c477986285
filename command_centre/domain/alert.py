"""The alert machine: the machine's opinion on one rule and one target. One match statement is its whole life."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from command_centre.domain.rule import Rule, Verdict


class Phase(StrEnum):
    """CLEAR, PENDING (bad, not yet long enough), FIRING, RECOVERING (good, not yet long enough: still open)."""

    CLEAR = "clear"
    PENDING = "pending"
    FIRING = "firing"
    RECOVERING = "recovering"

    @property
    def is_open(self) -> bool:
        return self in (Phase.FIRING, Phase.RECOVERING)


@dataclass(frozen=True, slots=True)
class AlertState:
    """The phase, since when it lasts, and since when the trouble itself lasts (None while clear)."""

    phase: Phase
    since: datetime
    trouble_since: datetime | None = None


def advance(state: AlertState, verdict: Verdict, rule: Rule, at: datetime) -> AlertState:
    """The state after one verdict. NO_DATA moves nothing; hold and recover count from the first verdict of their kind."""
    match (state.phase, verdict):
        case (_, Verdict.NO_DATA):
            return state
        case (Phase.CLEAR, Verdict.BREACHED):
            begun = AlertState(Phase.PENDING, at, at)
            return _fire_if_held(begun, rule, at)
        case (Phase.PENDING, Verdict.BREACHED):
            return _fire_if_held(state, rule, at)
        case (Phase.PENDING, Verdict.FINE):
            return AlertState(Phase.CLEAR, at)
        case (Phase.FIRING, Verdict.FINE):
            return _clear_if_calm(AlertState(Phase.RECOVERING, at, state.trouble_since), rule, at)
        case (Phase.RECOVERING, Verdict.FINE):
            return _clear_if_calm(state, rule, at)
        case (Phase.RECOVERING, Verdict.BREACHED):
            return AlertState(Phase.FIRING, at, state.trouble_since)
        case _:
            return state  # CLEAR and fine, FIRING and breached: nothing new


def _fire_if_held(state: AlertState, rule: Rule, at: datetime) -> AlertState:
    return AlertState(Phase.FIRING, at, state.trouble_since) if at - state.since >= rule.hold else state


def _clear_if_calm(state: AlertState, rule: Rule, at: datetime) -> AlertState:
    return AlertState(Phase.CLEAR, at) if at - state.since >= rule.recover else state
