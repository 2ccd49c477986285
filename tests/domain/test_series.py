"""Rollups merge, sketches answer percentiles within one per cent, and nothing comes of nothing."""

from __future__ import annotations

import random
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from command_centre.domain.series import Resolution, merge, quantile, roll_up

positive = st.lists(st.floats(1e-4, 1e3), min_size=1, max_size=60)


@given(positive, positive, positive)
def test_merging_rollups_does_not_depend_on_the_order(a: list[float], b: list[float], c: list[float]) -> None:
    x, y, z = (roll_up(values, is_latency=True) for values in (a, b, c))
    assert x is not None
    assert y is not None
    assert z is not None
    left, right = merge(merge(x, y), z), merge(x, merge(y, z))
    assert (left.count, left.low, left.high, left.sketch) == (right.count, right.low, right.high, right.sketch)
    assert left.total == pytest.approx(right.total)


@given(positive, positive)
def test_a_merged_rollup_equals_the_rollup_of_everything(a: list[float], b: list[float]) -> None:
    x, y, whole = roll_up(a, is_latency=True), roll_up(b, is_latency=True), roll_up(a + b, is_latency=True)
    assert x is not None
    assert y is not None
    assert whole is not None
    both = merge(x, y)
    assert (both.count, both.low, both.high, both.sketch) == (whole.count, whole.low, whole.high, whole.sketch)


@pytest.mark.parametrize("q", [0.5, 0.95, 0.99])
def test_a_percentile_from_a_sketch_is_within_one_per_cent(q: float) -> None:
    rng = random.Random(7)
    values = [rng.lognormvariate(-1, 0.8) for _ in range(5000)]
    rollup = roll_up(values, is_latency=True)
    assert rollup is not None
    exact = sorted(values)[int(q * (len(values) - 1))]
    assert quantile(rollup.sketch, q) == pytest.approx(exact, rel=0.011)


def test_nothing_rolls_up_to_nothing_and_not_to_zero() -> None:
    assert roll_up([]) is None
    assert quantile({}, 0.5) is None


def test_a_bucket_contains_its_start_and_not_its_end() -> None:
    start = datetime(2026, 11, 23, 4, 5, tzinfo=UTC)
    assert Resolution.FIVE_MINUTES.bucket(start) == start
    assert Resolution.FIVE_MINUTES.bucket(datetime(2026, 11, 23, 4, 9, 59, tzinfo=UTC)) == start
    assert Resolution.DAY.bucket(start) == datetime(2026, 11, 23, tzinfo=UTC)
