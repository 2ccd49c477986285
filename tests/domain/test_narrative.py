"""What is worth telling of a week: measures, stories, verdict and the one decision."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from command_centre.domain.cut import CutFollowUp, CutInjections, Earlier
from command_centre.domain.narrative import (
    DecisionKind,
    Direction,
    MeasureName,
    Overall,
    decision,
    measures,
    points,
    stories,
    verdict,
)
from command_centre.domain.snapshot import Snapshot, median, nearest_rank, snapshot
from tests.support.busy_week import busy_cut

CUT = busy_cut(hotspots=120, sites=30, services=5)
WEEK = snapshot(CUT, "config", "0.1.0")


def week(**changes: object) -> Snapshot:
    return snapshot(replace(CUT, **changes), "config", "0.1.0")  # type: ignore[arg-type]


def test_the_arithmetic_of_a_page_holds_for_what_is_printed() -> None:
    """97,79 against 98,42 is 0,63 whatever lies behind the second decimal."""
    hotspots = next(each for each in measures(WEEK) if each.name is MeasureName.HOTSPOTS)
    assert hotspots.value is not None
    assert hotspots.previous is not None
    assert hotspots.change == points(hotspots.value) - points(hotspots.previous)


def test_points_are_rounded_down() -> None:
    assert points(0.97799) == 9779
    assert points(0.97) == 9700
    assert points(1.0) == 10_000


def test_without_a_week_before_nothing_is_compared() -> None:
    assert {each.direction for each in measures(week(previous=None))} == {Direction.NOT_KNOWN}


def test_fewer_incidents_are_neither_better_nor_worse() -> None:
    closed = next(each for each in measures(WEEK) if each.name is MeasureName.CLOSED)
    assert (closed.change, closed.direction) == (31 - 38, Direction.NEITHER)


def test_the_heaviest_stories_are_told_in_order_of_time() -> None:
    told = stories(WEEK)
    assert len(told) == 3
    assert {1, 2} <= {each.incident.id for each in told}
    assert [each.began for each in told] == sorted(each.began for each in told)


def test_an_incident_that_goes_on_has_no_end_and_lasts_until_the_end_of_the_week() -> None:
    story = next(each for each in stories(WEEK) if each.incident.id == 2)
    assert story.ended is None
    assert story.lasted == WEEK.ends_at - story.began


def test_every_part_of_the_verdict_names_its_evidence() -> None:
    found = verdict(WEEK)
    assert found.evidence
    assert all(each.evidence for each in (*found.below, *found.moved))


def test_a_settlement_below_the_limit_is_named_however_well_the_city_stands() -> None:
    """Two hotspots of seven hundred: no average shows them."""
    fine = tuple(
        replace(
            each,
            spans=tuple(
                span._replace(status="down" if each.settlement == "Gusung" else "up", reason="ok") for span in each.spans
            ),
        )
        for each in busy_cut().targets
    )
    found = verdict(snapshot(replace(busy_cut(), targets=fine), "config", "0.1.0"))
    assert found.below == ()
    assert [each.of for each in found.coast] == ["Gusung"]
    assert found.overall is Overall.MOSTLY_WITHIN
    assert "settlement:Gusung" in found.evidence


def test_a_week_nobody_watched_is_not_called_good() -> None:
    unseen = tuple(replace(each, spans=()) for each in CUT.targets)
    assert verdict(week(targets=unseen)).overall is Overall.NOT_SEEN


def test_a_week_of_which_half_was_not_seen_is_not_called_good() -> None:
    halfway = CUT.starts_at + (CUT.ends_at - CUT.starts_at) * 2 // 5
    seen = tuple(replace(each, spans=tuple(span for span in each.spans if span.until < halfway)) for each in CUT.targets)
    assert verdict(week(targets=seen)).overall is Overall.LITTLE_SEEN


def test_a_site_still_suspected_is_asked_about_before_anything_else() -> None:
    asked = decision(week(injections=CutInjections(29, 30, 2, 1)))
    assert (asked.kind, asked.number, asked.until) == (DecisionKind.INJECTION, 1, date(2026, 11, 30))


def test_a_follow_up_past_its_deadline_is_asked_about() -> None:
    late = CutFollowUp(7, "Ganti baterai", "Diskominfo", "assigned", "2026-11-20")
    asked = decision(week(follow_ups=(late,)))
    assert (asked.kind, asked.number, asked.evidence) == (DecisionKind.OVERDUE, 7, ("follow_up:7",))


def test_a_follow_up_that_is_done_is_not_asked_about() -> None:
    done = CutFollowUp(7, "Ganti baterai", "Diskominfo", "done", "2026-11-20", CUT.starts_at + 1)
    assert decision(week(follow_ups=(done,))).kind is not DecisionKind.OVERDUE


def test_a_quiet_week_asks_for_nothing() -> None:
    quiet = tuple(
        replace(each, spans=tuple(span._replace(status="up", reason="ok") for span in each.spans)) for each in CUT.targets
    )
    assert decision(week(targets=quiet, incidents=(), follow_ups=())).kind is DecisionKind.NOTHING


def test_middle_and_rank_are_as_the_paper_says() -> None:
    assert (median([]), median([3]), median([1, 2]), median([1, 2, 9])) == (None, 3, 1, 2)
    assert (nearest_rank([], 90), nearest_rank([5], 90), nearest_rank(list(range(1, 11)), 90)) == (None, 5, 9)


def test_an_earlier_figure_that_was_not_measured_is_not_zero() -> None:
    before = Earlier("2026-W46", "0" * 64, (("site_availability", 0.99),))
    found = {each.name: each for each in measures(week(previous=before))}
    assert found[MeasureName.HOTSPOTS].previous is None
    assert found[MeasureName.SITES].previous == 0.99
