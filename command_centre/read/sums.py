"""Sums over a stretch of time, worked out by the database: time by status of every target, rollups of every series.

A week of a thousand targets is hundreds of thousands of rows; what is asked here comes back as a few for each target.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, case, func, select

from command_centre.domain.availability import Account, account_of
from command_centre.domain.reading import Status
from command_centre.domain.series import Resolution
from command_centre.storage.tables import metric, rollup, series, span, target

HOUR = int(Resolution.HOUR.value.total_seconds())


class Sum(NamedTuple):
    """One series over some hours: how many samples, their sum, the least and the greatest."""

    samples: int
    total: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Stretch:
    """From ``start`` until ``end`` (epoch milliseconds, half-open)."""

    start: int
    end: int

    @property
    def length(self) -> timedelta:
        return timedelta(milliseconds=self.end - self.start)


def read_accounts(connection: Connection, within: Stretch, kinds: Collection[str] = ()) -> dict[int, Account]:
    """Time by status of every target that was ever seen in it, by id. What no span covers is unknown.

    ``kinds``: only targets of these kinds; all of them where it is empty.
    """
    begins = case((span.c.since < within.start, within.start), else_=span.c.since)
    ends = case((span.c.until > within.end, within.end), else_=span.c.until)
    question: Select[Any] = (
        select(span.c.target_id, span.c.status, span.c.planned, func.sum(ends - begins))
        .where(span.c.until > within.start, span.c.since < within.end)
        .group_by(span.c.target_id, span.c.status, span.c.planned)
    )
    if kinds:
        question = question.join(target, target.c.id == span.c.target_id).where(target.c.kind.in_(sorted(kinds)))
    sums: dict[int, Account] = {}
    for target_id, status, planned, milliseconds in connection.execute(question):
        part = account_of(Status(status), timedelta(milliseconds=int(milliseconds)), planned=planned)
        sums[target_id] = sums.get(target_id, Account()) + part
    return {target_id: _filled(each, within.length) for target_id, each in sums.items()}


def unseen(within: Stretch) -> Account:
    """The account of a target that nobody looked at."""
    return Account(unknown=within.length)


def _filled(seen: Account, whole: timedelta) -> Account:
    """With the time that no span covers as unknown, so that all parts add up to the window."""
    return seen + Account(unknown=max(whole - seen.window, timedelta(0)))


def read_sums(connection: Connection, within: Stretch, metrics: Collection[str]) -> Mapping[str, Mapping[int, Sum]]:
    """Some metrics over the hours that begin in ``within``: metric name -> target id -> sum."""
    question = (
        select(
            metric.c.name,
            series.c.target_id,
            func.sum(rollup.c.count),
            func.sum(rollup.c.total),
            func.min(rollup.c.low),
            func.max(rollup.c.high),
        )
        .join(series, series.c.id == rollup.c.series_id)
        .join(metric, metric.c.id == series.c.metric_id)
        .where(
            rollup.c.resolution_seconds == HOUR,
            rollup.c.bucket >= within.start,
            rollup.c.bucket < within.end,
            metric.c.name.in_(sorted(metrics)),
        )
        .group_by(metric.c.name, series.c.target_id)
    )
    sums: dict[str, dict[int, Sum]] = {name: {} for name in metrics}
    for name, target_id, count, total, low, high in connection.execute(question):
        sums[name][target_id] = Sum(int(count), float(total), float(low), float(high))
    return sums
