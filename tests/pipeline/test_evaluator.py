"""Alerts as drawings: one column a minute; ``--`` a look that brought nothing, ``pl`` trouble inside planned time."""

from __future__ import annotations

from datetime import timedelta

from command_centre.domain.alert import AlertState, Phase
from command_centre.domain.reading import Reason, Status
from command_centre.domain.rule import Rule, RuleId, Severity, StatusIs
from command_centre.domain.target import TargetKind
from command_centre.pipeline.evaluator import Turn, decide, heard
from tests.support.city import reading as seen
from tests.support.clock import NOON

LOOKS = {
    "ok": (Status.UP, None),
    "bad": (Status.DOWN, None),
    "503": (Status.DOWN, Reason.HTTP_STATUS),
    "--": (Status.UNKNOWN, None),
    "pl": (Status.DOWN, None),
    "plok": (Status.UP, None),
}
TURNS = {Turn.NOTHING: ".", Turn.OPENS: "O", Turn.LOOKS_DIFFERENT: "D", Turn.RESOLVES: "R"}


def play(drawing: str, *, hold: int = 0, recover: int = 0) -> list[int]:
    """Check a drawing; returns, for every turn that opens or resolves, the minute it is dated."""
    lines = {name: cells for line in drawing.strip().splitlines() for name, *cells in [line.split()]}
    rule = Rule(
        RuleId("r"), TargetKind.SITE, StatusIs(frozenset({Status.DOWN})), _minutes(hold), _minutes(recover), Severity.WARNING
    )
    state, told, turns, dated = AlertState(Phase.CLEAR, NOON), None, [], []
    for minute, look in enumerate(lines["seen"]):
        status, reason = LOOKS[look]
        each = seen(NOON + _minutes(minute), status, reason)
        is_planned = look.startswith("pl")
        verdict = heard(rule, each, is_open=state.phase.is_open, is_planned=lambda planned=is_planned: planned)  # type: ignore[misc]
        decision = decide(state, told, rule, each, verdict)
        state = decision.state
        told = each.reason if decision.turn in (Turn.OPENS, Turn.LOOKS_DIFFERENT) else told if state.phase.is_open else None
        turns.append(TURNS[decision.turn])
        if decision.turn in (Turn.OPENS, Turn.RESOLVES):
            dated.append(int((decision.moment - NOON) / _minutes(1)))
    assert turns == lines["story"]
    return dated


def _minutes(number: int) -> timedelta:
    return timedelta(minutes=number)


def test_an_outage_is_one_story_from_its_first_to_its_last_bad_minute() -> None:
    dated = play("""
        seen   ok bad bad ok ok
        story  .  O   .   R  .
    """)
    assert dated == [1, 3]


def test_a_story_is_dated_by_the_trouble_and_not_by_the_rule() -> None:
    dated = play(
        """
        seen   ok bad bad bad ok ok ok
        story  .  .   .   O   .  .  R
        """,
        hold=2,
        recover=2,
    )
    assert dated == [1, 4]


def test_flapping_is_one_story_until_calm_has_lasted() -> None:
    play(
        """
        seen   bad bad ok bad ok ok ok
        story  .   O   .  .   .  .  R
        """,
        hold=1,
        recover=2,
    )


def test_missing_data_neither_opens_nor_resolves() -> None:
    play("""
        seen   --  bad -- -- -- ok
        story  .   O   .  .  .  R
    """)


def test_trouble_that_looks_different_is_the_same_story() -> None:
    play("""
        seen   bad bad 503 503 bad ok bad
        story  O   .   D   .   D   R  O
    """)


def test_planned_trouble_opens_nothing_and_is_told_when_it_outlasts_the_window() -> None:
    dated = play("""
        seen   ok pl pl bad ok
        story  .  .  .  O   R
    """)
    assert dated == [3, 4]


def test_a_story_can_end_inside_planned_time() -> None:
    play("""
        seen   bad pl plok ok
        story  O   .  R    .
    """)
