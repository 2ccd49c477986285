"""The alert machine as drawings: one column a minute, ``--`` a poll that brought nothing."""

from __future__ import annotations

from datetime import timedelta

from command_centre.domain.alert import AlertState, Phase, advance
from command_centre.domain.reading import Reading, Reason, Status
from command_centre.domain.rule import DEFAULT_RULES, Rule, RuleId, Severity, StatusIs, Verdict, judge
from command_centre.domain.target import TargetKey, TargetKind
from tests.support.clock import NOON

VERDICTS = {"bad": Verdict.BREACHED, "ok": Verdict.FINE, "--": Verdict.NO_DATA}
LETTERS = {Phase.CLEAR: ".", Phase.PENDING: "P", Phase.FIRING: "F", Phase.RECOVERING: "R"}
MINUTE = timedelta(minutes=1)


def play(drawing: str, *, hold: int, recover: int) -> None:
    seen_line, alert_line = (line.split()[1:] for line in drawing.strip().splitlines())
    rule = Rule(
        RuleId("drawn"), TargetKind.SITE, StatusIs(frozenset({Status.DOWN})), hold * MINUTE, recover * MINUTE, Severity.WARNING
    )
    state = AlertState(Phase.CLEAR, NOON)
    drawn = []
    for minute, word in enumerate(seen_line):
        state = advance(state, VERDICTS[word], rule, NOON + minute * MINUTE)
        drawn.append(LETTERS[state.phase])
    assert drawn == alert_line


def test_flapping_stays_one_alert_until_calm_has_lasted() -> None:
    play(
        """
        seen   bad bad ok  bad ok  ok  ok
        alert  P   F   R   F   R   R   .
        """,
        hold=1,
        recover=2,
    )


def test_missing_data_moves_nothing() -> None:
    play(
        """
        seen   bad bad --  --  --  ok  --  ok  ok
        alert  P   F   F   F   F   R   R   R   .
        """,
        hold=1,
        recover=3,
    )


def test_trouble_that_ends_before_its_hold_never_fires() -> None:
    play(
        """
        seen   bad ok  bad bad ok
        alert  P   .   P   P   .
        """,
        hold=2,
        recover=0,
    )


def test_without_hold_and_recover_the_alert_follows_the_readings() -> None:
    play(
        """
        seen   ok  bad ok  bad
        alert  .   F   .   F
        """,
        hold=0,
        recover=0,
    )


def test_silence_alone_neither_raises_nor_resolves() -> None:
    play(
        """
        seen   --  --  bad --
        alert  .   .   F   F
        """,
        hold=0,
        recover=0,
    )


def test_the_trouble_counts_from_its_first_bad_reading() -> None:
    rule = Rule(RuleId("held"), TargetKind.SITE, StatusIs(frozenset({Status.DOWN})), 5 * MINUTE, MINUTE, Severity.WARNING)
    state = advance(AlertState(Phase.CLEAR, NOON), Verdict.BREACHED, rule, NOON)
    state = advance(state, Verdict.BREACHED, rule, NOON + 5 * MINUTE)
    assert state.phase is Phase.FIRING
    assert state.trouble_since == NOON


def reading(status: Status, *, tentative: bool = False) -> Reading:
    return Reading(TargetKey("situs:contoh"), NOON, status, Reason.TIMEOUT, tentative=tentative)


def test_a_first_failure_waits_for_its_retry() -> None:
    site_down = DEFAULT_RULES[0]
    assert judge(site_down, reading(Status.DOWN, tentative=True)) is Verdict.NO_DATA
    assert judge(site_down, reading(Status.DOWN)) is Verdict.BREACHED


def test_unknown_is_no_data_and_degraded_is_fine_for_a_rule_about_down() -> None:
    site_down = DEFAULT_RULES[0]
    assert judge(site_down, reading(Status.UNKNOWN)) is Verdict.NO_DATA
    assert judge(site_down, reading(Status.DEGRADED)) is Verdict.FINE
