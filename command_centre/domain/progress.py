"""The six dimensions in the open: indicators with a baseline and a target, and what follows from those that are measured.

Three numbers stand beside each other, always: *measured* (only what is measured), *conservative* (what is not measured counts as
nothing) and *coverage* (how many of how many are measured).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import NewType

from command_centre.domain.target import Dimension, TargetKey

IndicatorId = NewType("IndicatorId", str)
"""The stable name of an indicator, e.g. ``tk-situs-tersedia``. A renamed indicator keeps its values."""


class Direction(StrEnum):
    """Which way is better."""

    HIGHER = "higher"
    LOWER = "lower"


class Feed(StrEnum):
    """What of our own measurements an automatic indicator shows, as a ratio (0..1) over its targets."""

    AVAILABILITY = "availability"  # mean over targets of time served / time measured
    COVERAGE = "coverage"  # time measured / time expected
    HTTPS = "https"  # targets whose conversation is encrypted / targets that answer
    CERTIFICATE = "certificate"  # targets whose certificate lasts 30 days more / targets that have one
    FRESH_CONTENT = "fresh_content"  # targets whose newest content is younger than 30 days / targets that date it
    ON_TIME = "on_time"  # open items that are not overdue / open items
    MEASURED = "measured"  # targets that anybody vouches for / targets that are expected


@dataclass(frozen=True, slots=True)
class Indicator:
    """One indicator of the catalogue. ``feed`` None: typed by an official, with evidence.

    ``valid_for`` is how long a typed value speaks for the present; after that the indicator counts as not measured.
    """

    id: IndicatorId
    dimension: Dimension
    name_id: str
    name_en: str
    unit: str
    direction: Direction
    baseline: float
    target: float
    weight: float
    definition: str
    source: str
    owner: str
    feed: Feed | None = None
    targets: frozenset[TargetKey] = frozenset()
    valid_for: timedelta = timedelta(days=400)


@dataclass(frozen=True, slots=True)
class OfficialFigure:
    """A figure that the city itself has declared, with its day and its source. It stands beside ours and is never overwritten."""

    value: float
    declared_on: date
    source: str


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What is counted: the indicators, how much each dimension weighs, and the city's own figure to compare with.

    ``period`` is the stretch of time that automatic indicators look back on.
    """

    indicators: tuple[Indicator, ...] = ()
    weights: Mapping[Dimension, float] = field(default_factory=dict)
    official: OfficialFigure | None = None
    period: timedelta = timedelta(days=7)

    def automatic(self) -> tuple[Indicator, ...]:
        """The indicators that our own measurements feed."""
        return tuple(each for each in self.indicators if each.feed is not None)


@dataclass(frozen=True, slots=True)
class Measurement:
    """A value of an indicator in the indicator's unit, and where it comes from.

    ``part`` and ``whole`` are numerator and denominator where the value is a share; ``evidence`` is where it can be checked.
    """

    value: float
    as_of: datetime
    part: float | None = None
    whole: float | None = None
    evidence: str = ""
    author: str = ""


@dataclass(frozen=True, slots=True)
class IndicatorProgress:
    """One indicator with what is known of it. ``attainment`` (0..1) is None while it is not measured."""

    indicator: Indicator
    measurement: Measurement | None
    attainment: float | None


@dataclass(frozen=True, slots=True)
class DimensionProgress:
    """One dimension in three numbers. ``measured`` is None while no indicator of it is measured."""

    dimension: Dimension
    measured: float | None
    conservative: float
    filled: int
    indicators: tuple[IndicatorProgress, ...]

    @property
    def total(self) -> int:
        return len(self.indicators)


@dataclass(frozen=True, slots=True)
class CityProgress:
    """All dimensions, and the city over them. ``measured`` is None while nothing is measured at all."""

    measured: float | None
    conservative: float
    dimensions: tuple[DimensionProgress, ...]

    @property
    def filled(self) -> int:
        return sum(each.filled for each in self.dimensions)

    @property
    def total(self) -> int:
        return sum(each.total for each in self.dimensions)


def attainment(indicator: Indicator, value: float) -> float:
    """How far the city has come from the baseline to the target: clamp((value - baseline) / (target - baseline), 0, 1).

    The formula knows the direction by itself: where lower is better, the target lies below the baseline. Catalogues in which
    both are the same are refused when they are read.
    """
    return min(max((value - indicator.baseline) / (indicator.target - indicator.baseline), 0.0), 1.0)


def progress_of(indicator: Indicator, measurement: Measurement | None, at: datetime) -> IndicatorProgress:
    """The indicator at ``at``. A value that is not a number, or too old to speak for the present, is not a measurement."""
    if measurement is None or not math.isfinite(measurement.value) or not is_current(indicator, measurement, at):
        return IndicatorProgress(indicator, None, None)
    return IndicatorProgress(indicator, measurement, attainment(indicator, measurement.value))


def is_current(indicator: Indicator, measurement: Measurement, at: datetime) -> bool:
    """Whether the value still speaks for ``at``: not from later, and not longer ago than the indicator allows."""
    return measurement.as_of <= at and at - measurement.as_of <= indicator.valid_for


def dimension_progress(dimension: Dimension, indicators: Sequence[IndicatorProgress]) -> DimensionProgress:
    """Weighted mean over the measured indicators; conservative with the weight of all of them below the line."""
    known = [(each.indicator.weight, each.attainment) for each in indicators if each.attainment is not None]
    reached = math.fsum(weight * share for weight, share in known)
    weighed = math.fsum(weight for weight, _ in known)
    whole = math.fsum(each.indicator.weight for each in indicators)
    return DimensionProgress(
        dimension,
        measured=reached / weighed if known else None,
        conservative=reached / whole if known else 0.0,
        filled=len(known),
        indicators=tuple(indicators),
    )


def city_progress(catalogue: Catalogue, measurements: Mapping[IndicatorId, Measurement], at: datetime) -> CityProgress:
    """All six dimensions at ``at``, in the order of the enum. One without a weight of its own weighs 1."""
    indicators, weights = catalogue.indicators, catalogue.weights
    dimensions = tuple(
        dimension_progress(each, [progress_of(own, measurements.get(own.id), at) for own in indicators if own.dimension is each])
        for each in Dimension
    )
    known = [(_weight(each, weights), each.measured) for each in dimensions if each.measured is not None]
    whole = math.fsum(_weight(each, weights) for each in dimensions)
    return CityProgress(
        measured=math.fsum(weight * share for weight, share in known) / math.fsum(weight for weight, _ in known)
        if known
        else None,
        conservative=math.fsum(_weight(each, weights) * each.conservative for each in dimensions) / whole if known else 0.0,
        dimensions=dimensions,
    )


def _weight(progress: DimensionProgress, weights: Mapping[Dimension, float]) -> float:
    return weights.get(progress.dimension, 1.0)
