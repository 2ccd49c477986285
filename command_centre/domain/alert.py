"""The alert machine: the machine's opinion on one rule and one target. One match statement is its whole life."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from command_centre.domain.flapping import CALM, FlapLimits, Flapping, look
from command_centre.domain.rule import Rule, Severity, Verdict


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


@dataclass(frozen=True, slots=True)
class Alert:
    """One rule on one target, in full: its state, how severe it is, when it fired and ended, and how restless it is.

    ``severity`` is None while it has never been breached. ``ended_at`` is set from the end of an alert until the next begins.
    """

    state: AlertState
    severity: Severity | None = None
    severity_at: datetime | None = None
    fired_at: datetime | None = None
    ended_at: datetime | None = None
    flapping: Flapping = CALM


def hear(alert: Alert, verdict: Verdict, severity: Severity, rule: Rule, at: datetime, limits: FlapLimits | None = None) -> Alert:
    """The alert after one verdict; ``severity`` is that of a breach. Without ``limits`` nothing counts as flapping."""
    state = advance(alert.state, verdict, rule, at)
    if verdict is Verdict.NO_DATA:
        return alert
    flapping = alert.flapping if limits is None else look(alert.flapping, _how(verdict, severity), limits)
    is_same_severity = verdict is not Verdict.BREACHED or severity is alert.severity
    if state is alert.state and flapping is alert.flapping and is_same_severity:
        return alert
    after = replace(alert, state=state, flapping=flapping)
    if state.phase.is_open and not alert.state.phase.is_open:
        return replace(after, severity=severity, severity_at=at, fired_at=at, ended_at=None)
    if not state.phase.is_open and alert.state.phase.is_open:
        return replace(after, ended_at=at)
    if verdict is Verdict.BREACHED and severity is not alert.severity:
        return replace(after, severity=severity, severity_at=at)
    return after


def _how(verdict: Verdict, severity: Severity) -> str:
    return severity.value if verdict is Verdict.BREACHED else verdict.value
