"""The step line: a value holds until the next, a gap stays a gap."""

from __future__ import annotations

import re
from datetime import timedelta

from command_centre.read.views import Condition, Step
from layouts.parts.history_bar import history_background, history_bar
from layouts.parts.sparkline import BUCKETS, EndMark, sample, sparkline
from tests.support.dash_html import classes
from tests.support.wall_views import DAY, NOW


def test_a_value_holds_until_the_next_step() -> None:
    values = sample([Step(NOW - DAY, 10), Step(NOW - timedelta(hours=6), 8)], NOW)
    assert len(values) == BUCKETS
    assert values[0] == 10
    assert values[-1] == 8
    assert values.count(8) in (24, 25)


def test_before_the_first_step_nothing_is_known() -> None:
    values = sample([Step(NOW - timedelta(hours=1), 5)], NOW)
    assert values[0] is None
    assert values[-1] == 5


def test_the_newest_step_is_seen_at_once() -> None:
    assert sample([Step(NOW - DAY, 10), Step(NOW, 3)], NOW)[-1] == 3


def test_a_gap_breaks_the_line_in_two() -> None:
    steps = [Step(NOW - DAY, 10), Step(NOW - timedelta(hours=12), None), Step(NOW - timedelta(hours=6), 10)]
    assert classes(sparkline(steps, NOW, low=0, high=10)) == ["cc-spark", "l", "l", "t"]


def test_a_line_that_ends_in_a_gap_has_no_end_mark() -> None:
    steps = [Step(NOW - DAY, 10), Step(NOW - timedelta(hours=1), None)]
    assert classes(sparkline(steps, NOW, low=0, high=10)) == ["cc-spark", "l"]


def test_without_any_step_there_is_no_line() -> None:
    assert classes(sparkline([], NOW, low=0, high=10)) == ["cc-spark"]


def test_trouble_marks_the_end_of_the_line() -> None:
    assert "x" in classes(sparkline([Step(NOW - DAY, 1)], NOW, low=0, high=1, end=EndMark.RED))


def test_the_outline_encloses_a_line_of_one_thickness() -> None:
    """Every corner appears twice, half a thickness to either side."""
    line = sparkline([Step(NOW - DAY, 4), Step(NOW - timedelta(hours=12), 2)], NOW, low=0, high=4)["props"]["children"][0]
    polygon = line["props"]["style"]["clipPath"].removeprefix("polygon(").removesuffix(")")
    points = polygon.split(",")
    assert len(points) == 8  # two ends and two corners, there and back
    for there, back in zip(points[:4], reversed(points[4:]), strict=True):
        assert there.replace(" + ", " ± ").replace(" - ", " ± ") == back.replace(" + ", " ± ").replace(" - ", " ± ")
        assert there != back


def test_the_line_stands_still_between_quarters_of_an_hour() -> None:
    steps = [Step(NOW - DAY, 4), Step(NOW - timedelta(hours=12), 2)]
    assert sparkline(steps, NOW, low=0, high=4) == sparkline(steps, NOW + timedelta(minutes=5), low=0, high=4)


def test_a_normal_day_needs_no_style_of_its_own() -> None:
    assert history_bar((Condition.NORMAL,) * 48)["props"].get("style") is None


def test_unknown_time_is_drawn_as_nothing() -> None:
    background = history_background((Condition.NO_DATA,) * 48)
    assert "var(" not in background


def test_trouble_is_full_height_and_normal_time_a_thin_line() -> None:
    background = history_background((Condition.NORMAL,) * 24 + (Condition.DOWN,) * 24)
    trouble, normal = re.split(r",(?=linear)", background)
    assert "var(--c-kritis-batang) 50% 100%" in trouble
    assert trouble.endswith("100% no-repeat")
    assert "var(--c-batang) 0% 50%" in normal
    assert normal.endswith("45% no-repeat")
