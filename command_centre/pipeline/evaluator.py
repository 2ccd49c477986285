"""Evaluator: what a reading does to an alert and its incident. Pure; the recorder writes what is decided here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto

from command_centre.domain.alert import AlertState, Phase, advance
from command_centre.domain.reading import Reading, Reason
from command_centre.domain.rule import Rule, Verdict, judge


class Turn(Enum):
    """What becomes of the incident."""

    NOTHING = auto()
    OPENS = auto()
    LOOKS_DIFFERENT = auto()
    RESOLVES = auto()


@dataclass(frozen=True, slots=True)
class Decision:
    """The alert's state after a reading and what becomes of its incident. ``moment``: when the trouble began or ended."""

    state: AlertState
    turn: Turn
    moment: datetime


def heard(rule: Rule, seen: Reading, *, is_open: bool, is_planned: Callable[[], bool]) -> Verdict:
    """The verdict that counts. Inside planned time no trouble does, so no incident opens; what heals there is heard all the same.

    ``is_planned`` is asked only where it matters: nearly every verdict is fine.
    """
    verdict = judge(rule, seen, is_open=is_open)
    return Verdict.NO_DATA if verdict is Verdict.BREACHED and is_planned() else verdict


def decide(state: AlertState, told: Reason | None, rule: Rule, seen: Reading, verdict: Verdict) -> Decision:
    """What a verdict on ``seen`` does to an alert in ``state`` whose incident last gave ``told`` as the reason (None: none)."""
    after = advance(state, verdict, rule, seen.taken_at)
    if after.phase.is_open and not state.phase.is_open:
        return Decision(after, Turn.OPENS, after.trouble_since or seen.taken_at)
    if state.phase.is_open and not after.phase.is_open:
        return Decision(after, Turn.RESOLVES, _calm_since(state, seen))
    if after.phase.is_open and verdict is Verdict.BREACHED and seen.reason is not told:
        return Decision(after, Turn.LOOKS_DIFFERENT, seen.taken_at)
    return Decision(after, Turn.NOTHING, seen.taken_at)


def _calm_since(state: AlertState, seen: Reading) -> datetime:
    return state.since if state.phase is Phase.RECOVERING else seen.taken_at
