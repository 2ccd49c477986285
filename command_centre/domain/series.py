"""Series: what we measured, over time. Metrics with units, samples, and rollups that merge."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import Enum, StrEnum
from typing import NewType

MetricName = NewType("MetricName", str)
"""Name of a quantity, ending in its base unit: ``first_byte_seconds``, ``body_bytes``."""


class Unit(StrEnum):
    """Base units only."""

    SECONDS = "seconds"
    BYTES = "bytes"
    BITS_PER_SECOND = "bits_per_second"
    RATIO = "ratio"
    TOTAL = "total"
    CELSIUS = "celsius"
    CODE = "code"  # a number that names something, e.g. an HTTP status: kept, never averaged


@dataclass(frozen=True, slots=True)
class Metric:
    """A quantity: its name, its unit, one sentence of meaning. ``is_latency`` asks rollups to keep a sketch for percentiles."""

    name: MetricName
    unit: Unit
    help: str
    is_latency: bool = False


class Resolution(Enum):
    """The width of a rollup's bucket. Buckets are half-open and start on whole multiples of the width since the epoch (UTC)."""

    FIVE_MINUTES = timedelta(minutes=5)
    HOUR = timedelta(hours=1)
    DAY = timedelta(days=1)

    def bucket(self, at: datetime) -> datetime:
        """Start of the bucket that contains ``at``."""
        width = int(self.value.total_seconds())
        return datetime.fromtimestamp(int(at.timestamp()) // width * width, tz=UTC)


SKETCH_GAMMA = 1.02
"""Ratio of neighbouring sketch bins: a percentile read from a sketch is within 1 % of the true value."""

Sketch = Mapping[int, int]
"""Latency histogram: bin ``i`` counts values in (gamma^(i-1), gamma^i]. Adding two sketches bin by bin is exact."""


def sketch_bin(value: float) -> int:
    """The bin of a positive value. Source: DDSketch (Masson et al., VLDB 2019), logarithmic mapping."""
    return math.ceil(math.log(max(value, 1e-6)) / math.log(SKETCH_GAMMA))


def quantile(sketch: Sketch, q: float) -> float | None:
    """The ``q`` quantile (0..1) of what went into ``sketch``, within 1 %; None when nothing did."""
    total = sum(sketch.values())
    if total == 0:
        return None
    wanted = q * (total - 1)
    seen = 0
    last = 0
    for index in sorted(sketch):
        seen += sketch[index]
        last = index
        if seen > wanted:
            break
    return float(2 * SKETCH_GAMMA**last / (SKETCH_GAMMA + 1))


@dataclass(frozen=True, slots=True)
class Rollup:
    """Count, sum, least and greatest value of one series over one bucket, with a sketch where the metric is a latency."""

    count: int
    total: float
    low: float
    high: float
    sketch: Sketch = field(default_factory=dict)

    @property
    def mean(self) -> float:
        """Arithmetic mean of the samples (a rollup always holds at least one)."""
        return self.total / self.count


def roll_up(values: Iterable[float], *, is_latency: bool = False) -> Rollup | None:
    """The rollup of some samples; None when there are none: absence is not 0."""
    samples = list(values)
    if not samples:
        return None
    sketch: dict[int, int] = {}
    if is_latency:
        for value in samples:
            index = sketch_bin(value)
            sketch[index] = sketch.get(index, 0) + 1
    return Rollup(len(samples), math.fsum(samples), min(samples), max(samples), sketch)


def merge(left: Rollup, right: Rollup) -> Rollup:
    """Both buckets as one. Associative and commutative in count, low, high and sketch; in total up to rounding."""
    sketch = dict(left.sketch)
    for index, count in right.sketch.items():
        sketch[index] = sketch.get(index, 0) + count
    return Rollup(
        left.count + right.count,
        left.total + right.total,
        min(left.low, right.low),
        max(left.high, right.high),
        sketch,
    )
