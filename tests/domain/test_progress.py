"""Progress as arithmetic: direction, weights, three numbers, and what is not measured."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from command_centre.domain.progress import (
    Catalogue,
    Direction,
    Indicator,
    IndicatorId,
    Measurement,
    attainment,
    city_progress,
    dimension_progress,
    progress_of,
)
from command_centre.domain.target import Dimension

NOW = datetime(2026, 11, 23, 16, 0, tzinfo=UTC)


def indicator(
    name: str = "x",
    *,
    dimension: Dimension = Dimension.GOVERNANCE,
    baseline: float = 0.0,
    target: float = 100.0,
    weight: float = 1.0,
) -> Indicator:
    direction = Direction.HIGHER if target > baseline else Direction.LOWER
    return Indicator(
        IndicatorId(name),
        dimension,
        name,
        name,
        "persen",
        direction,
        baseline,
        target,
        weight,
        "",
        "",
        "",
        valid_for=timedelta(days=30),
    )


def value(number: float, *, age: timedelta = timedelta(0)) -> Measurement:
    return Measurement(number, NOW - age)


@pytest.mark.parametrize(
    ("baseline", "target", "seen", "reached"),
    [
        (0, 100, 75, 0.75),
        (0.90, 0.99, 0.945, 0.5),
        (50, 100, 40, 0.0),  # worse than where it began is nothing, not less than nothing
        (50, 100, 120, 1.0),
        (30, 10, 20, 0.5),  # minutes until help arrives: fewer is better
        (30, 10, 35, 0.0),
        (30, 10, 5, 1.0),
    ],
)
def test_attainment_knows_its_direction_and_stays_between_nothing_and_all(
    baseline: float, target: float, seen: float, reached: float
) -> None:
    assert attainment(indicator(baseline=baseline, target=target), seen) == pytest.approx(reached)


def test_three_numbers_of_a_dimension_worked_out_by_hand() -> None:
    first, second, third = indicator("a", weight=2), indicator("b"), indicator("c", weight=1)
    known = [progress_of(first, value(50), NOW), progress_of(second, value(80), NOW), progress_of(third, None, NOW)]
    found = dimension_progress(Dimension.GOVERNANCE, known)
    assert found.measured == pytest.approx((2 * 0.5 + 1 * 0.8) / 3)
    assert found.conservative == pytest.approx((2 * 0.5 + 1 * 0.8) / 4)
    assert (found.filled, found.total) == (2, 3)


def test_a_dimension_of_which_nothing_is_measured_has_no_figure_and_counts_as_nothing_in_the_conservative_one() -> None:
    catalogue = Catalogue(tuple(indicator(each.value, dimension=each) for each in Dimension))
    city = city_progress(catalogue, {IndicatorId("governance"): value(60), IndicatorId("living"): value(90)}, NOW)
    by_dimension = {each.dimension: each for each in city.dimensions}
    assert by_dimension[Dimension.ECONOMY].measured is None
    assert city.measured == pytest.approx((0.6 + 0.9) / 2)
    assert city.conservative == pytest.approx((0.6 + 0.9) / 6)
    assert (city.filled, city.total) == (2, 6)
    nothing = city_progress(catalogue, {}, NOW)
    assert (nothing.measured, nothing.conservative, nothing.filled) == (None, 0.0, 0)


def test_dimensions_may_weigh_differently() -> None:
    catalogue = Catalogue(tuple(indicator(each.value, dimension=each) for each in Dimension), {Dimension.LIVING: 3.0})
    city = city_progress(catalogue, {IndicatorId("living"): value(100), IndicatorId("economy"): value(20)}, NOW)
    assert city.measured == pytest.approx((3 * 1.0 + 0.2) / 4)
    assert city.conservative == pytest.approx((3 * 1.0 + 0.2) / 8)


def test_the_figures_of_the_mock_up_follow_from_its_dimensions() -> None:
    """Design notes, "Example numbers": the city is the mean of its six dimensions."""
    measured, conservative = (82, 66, 71, 78, 69, 64), (74, 33, 43, 62, 48, 26)
    indicators, values = [], {}
    for dimension, reached, certain in zip(Dimension, measured, conservative, strict=True):
        weight = certain / reached
        indicators += [
            indicator(f"{dimension}-a", dimension=dimension, weight=weight),
            indicator(f"{dimension}-b", dimension=dimension, weight=1 - weight),
        ]
        values[IndicatorId(f"{dimension}-a")] = value(reached)
    city = city_progress(Catalogue(tuple(indicators)), values, NOW)
    assert city.measured is not None
    assert math.floor(city.measured * 1000) / 10 == 71.6
    assert math.floor(city.conservative * 1000) / 10 == 47.6


def test_an_old_value_no_longer_speaks_for_the_present() -> None:
    assert progress_of(indicator(), value(60, age=timedelta(days=30)), NOW).attainment == 0.6
    assert progress_of(indicator(), value(60, age=timedelta(days=30, seconds=1)), NOW).attainment is None
    assert progress_of(indicator(), value(60, age=timedelta(seconds=-1)), NOW).attainment is None


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
def test_what_is_not_a_number_is_not_measured(number: float) -> None:
    assert progress_of(indicator(), value(number), NOW).attainment is None


@given(
    st.lists(st.tuples(st.floats(0, 100), st.floats(0.1, 10), st.booleans()), min_size=1, max_size=12),
)
def test_conservative_is_never_better_than_measured_and_both_stay_between_nothing_and_all(
    cases: list[tuple[float, float, bool]],
) -> None:
    known = [
        progress_of(indicator(str(index), weight=weight), value(number) if is_known else None, NOW)
        for index, (number, weight, is_known) in enumerate(cases)
    ]
    found = dimension_progress(Dimension.LIVING, known)
    assert 0.0 <= found.conservative <= 1.0 + 1e-9
    if found.measured is None:
        assert found.filled == 0
    else:
        assert found.conservative <= found.measured + 1e-9 <= 1.0 + 2e-9
    if found.filled == found.total:
        assert found.measured == pytest.approx(found.conservative)
