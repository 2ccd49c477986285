"""The watch over one site, from scan to scan; how findings combine; how they are shown."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from command_centre.domain.integrity import (
    Change,
    Finding,
    FindingKind,
    IntegrityException,
    Phase,
    ScanResult,
    Signal,
    Verdict,
    View,
    Watch,
    advance,
    combined_weight,
    confirm,
    defang,
    dismiss,
    without_exceptions,
)

START = datetime(2026, 11, 1, 18, 0, tzinfo=UTC)


def finding(weight: float, signal: Signal = Signal.LINKS, *, is_decisive: bool = False) -> Finding:
    """One piece of evidence of this weight."""
    place = "footer > div"
    return Finding(signal, FindingKind.HIDDEN_LINKS, View.BOT, "http://a/", place, "slot", "why", weight, is_decisive)


def night(number: int, *findings: Finding, unjudged: bool = False) -> ScanResult:
    """The scan of this night."""
    return ScanResult(START + timedelta(days=number), findings, {View.BOT: "http 403"} if unjudged else {})


def play(scans: str) -> list[tuple[Phase, Change | None]]:
    """One letter a night: I indicated, D decisive, R review, . clean, ? could not be judged."""
    kinds = {
        "I": (finding(0.85),),
        "D": (finding(0.9, is_decisive=True),),
        "R": (finding(0.5),),
        ".": (),
        "?": (),
    }
    watch, seen = Watch(), []
    for number, letter in enumerate(scans):
        step = advance(watch, night(number, *kinds[letter], unjudged=letter == "?"))
        watch = step.watch
        seen.append((watch.phase, step.change))
    return seen


def test_one_indication_is_a_suspicion_and_the_second_in_a_row_an_alarm() -> None:
    assert play("II") == [(Phase.SUSPECTED, Change.SUSPICION), (Phase.INDICATED, Change.ALARM)]


def test_one_decisive_finding_is_an_alarm_at_once() -> None:
    assert play("D") == [(Phase.INDICATED, Change.ALARM)]


def test_a_clean_scan_between_two_indications_begins_the_count_anew() -> None:
    assert [phase for phase, _ in play("I.I")] == [Phase.SUSPECTED, Phase.CLEAN, Phase.SUSPECTED]


def test_an_alarm_ends_after_three_clean_scans_in_a_row_and_not_before() -> None:
    assert [change for _, change in play("D..I...")] == [Change.ALARM, None, None, None, None, None, Change.CLEARED]


def test_a_scan_that_could_not_be_judged_neither_clears_nor_alarms() -> None:
    assert play("?") == [(Phase.UNSEEN, None)]
    assert [phase for phase, _ in play("D??????")][-1] is Phase.INDICATED
    assert play("I?I")[-1] == (Phase.INDICATED, Change.ALARM)
    assert play("D.?.?.")[-1] == (Phase.CLEAN, Change.CLEARED)


def test_something_left_to_review_breaks_the_row_of_clean_scans() -> None:
    assert [phase for phase, _ in play("D..R..")][-1] is Phase.INDICATED


def test_an_alarm_within_thirty_days_of_the_last_ones_end_is_a_reinfection() -> None:
    watch = Watch(phase=Phase.CLEAN, cleared_at=START - timedelta(days=30), reinfections=1)
    step = advance(watch, night(0, finding(0.9, is_decisive=True)))
    assert (step.change, step.watch.reinfections) == (Change.REINFECTION, 2)


def test_an_alarm_after_more_than_thirty_days_is_a_new_infection() -> None:
    watch = Watch(phase=Phase.CLEAN, cleared_at=START - timedelta(days=30, seconds=1))
    assert advance(watch, night(0, finding(0.9, is_decisive=True))).change is Change.ALARM


def test_the_same_scan_told_twice_counts_once() -> None:
    first = advance(Watch(), night(0, finding(0.85)))
    assert advance(first.watch, night(0, finding(0.85))) == replace(first, change=None)


def test_only_a_person_confirms_and_a_confirmed_site_still_needs_three_clean_scans() -> None:
    watch = confirm(advance(Watch(), night(0, finding(0.5))).watch, START).watch
    assert watch.phase is Phase.CONFIRMED
    for number in (1, 2):
        watch = advance(watch, night(number)).watch
        assert watch.phase is Phase.CONFIRMED
    assert advance(watch, night(3)).change is Change.CLEARED


def test_a_false_alarm_leaves_no_infection_behind() -> None:
    alarmed = advance(Watch(), night(0, finding(0.9, is_decisive=True))).watch
    dismissed = dismiss(alarmed, START + timedelta(hours=1))
    assert (dismissed.change, dismissed.watch.phase, dismissed.watch.cleared_at) == (Change.DISMISSED, Phase.CLEAN, None)


def test_what_a_person_called_a_false_alarm_is_left_out_until_the_exception_ends() -> None:
    result = night(0, finding(0.85))
    covering = IntegrityException(result.findings[0].fingerprint, result.at + timedelta(days=1))
    ended = replace(covering, ends_at=result.at)
    other = replace(covering, fingerprint="something else")
    assert without_exceptions(result, [covering]).verdict is Verdict.CLEAN
    assert without_exceptions(result, [ended, other]).verdict is Verdict.INDICATED


# --- the verdict --------------------------------------------------------------------------------------------------------------


def test_nothing_found_in_a_view_that_could_not_be_judged_is_not_clean() -> None:
    assert night(0, unjudged=True).verdict is Verdict.UNJUDGED
    assert night(0, finding(0.9), unjudged=True).verdict is Verdict.INDICATED


def test_the_same_signal_ten_times_weighs_no_more_than_once() -> None:
    assert combined_weight([finding(0.5)] * 10) == pytest.approx(0.5)


def test_two_independent_signals_weigh_more_than_each() -> None:
    assert combined_weight([finding(0.5), finding(0.6, Signal.HEAD)]) == pytest.approx(0.8)


@given(st.lists(st.tuples(st.sampled_from(list(Signal)), st.floats(0, 1)), max_size=20))
def test_more_evidence_never_weighs_less_and_never_more_than_certainty(evidence: list[tuple[Signal, float]]) -> None:
    found = [finding(weight, signal) for signal, weight in evidence]
    weights = [combined_weight(found[:count]) for count in range(len(found) + 1)]
    assert weights == sorted(weights)
    assert all(0 <= each <= 1 for each in weights)


# --- showing it ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("found", "shown"),
    [
        ("https://slot88.example/gacor", "hxxps://s***88[.]example/g****"),
        ("HTTP://Toto.Example", "hxxp://T***[.]Example"),
        ("http%3A//maxwin.example", "hxxp%3A//m*****[.]example"),
        ("sl0t g4c0r", "s*** g****"),
        ("10.0.0.1", "10[.]0[.]0[.]1"),
        ("dua kalimat. Selesai.", "dua kalimat. Selesai."),
        ("<script>x</script>\x1b[31m", "‹script›x‹/script› [31m"),
        ("3.5 persen", "3[.]5 persen"),
    ],
)
def test_what_was_found_is_shown_so_that_nobody_can_click_or_find_it(found: str, shown: str) -> None:
    assert defang(found) == shown


@given(st.text(max_size=400))
def test_nothing_shown_can_be_clicked_or_steer_a_screen(text: str) -> None:
    shown = defang(text)
    assert "http://" not in shown.lower()
    assert "https://" not in shown.lower()
    assert not set("<>\n\r\x00\x1b\u202e") & set(shown)
