"""Progress in the six dimensions: what our own measurements say over a period, and what officials have typed.

A function of the database and a period, so that a frozen week can be worked out again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from command_centre.domain.availability import Account, group_availability
from command_centre.domain.calendar import Interval
from command_centre.domain.progress import (
    Catalogue,
    CityProgress,
    Feed,
    Indicator,
    IndicatorId,
    Measurement,
    city_progress,
)
from command_centre.domain.service import OVERDUE, QUEUE_OPEN
from command_centre.domain.target import TargetKind
from command_centre.read.rows import Registered
from command_centre.read.sums import Stretch, Sum, read_accounts, read_sums, unseen
from command_centre.read.views import CityFigures, DimensionBar
from command_centre.storage.progress import newest_values
from command_centre.storage.times import to_ms

ZERO = timedelta(0)

TLS, ANSWERED = "tls_seconds", "total_seconds"
"""A whole conversation has a total; an encrypted one has a handshake as well."""
CERTIFICATE, CONTENT_AGE = "certificate_remaining_seconds", "content_age_seconds"

CERTIFICATE_LASTS = timedelta(days=30)
"""A certificate that ends sooner wants somebody to act (design notes: the strip marks 30 days)."""

CONTENT_IS_FRESH = timedelta(days=30)
"""What counts as fresh; the catalogue says it in words."""

LAST_HOURS = timedelta(hours=24)
"""Certificates and dates are judged by the last day of the period: it is their newest state that counts."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the database says about a period, by target id."""

    within: Stretch
    at: datetime
    accounts: Mapping[int, Account]
    sums: Mapping[str, Mapping[int, Sum]]
    last: Mapping[str, Mapping[int, Sum]]

    def account(self, target_id: int) -> Account:
        """Time by status; all of it unknown where nobody looked."""
        return self.accounts.get(target_id) or unseen(self.within)


def read_progress(
    connection: Connection,
    catalogue: Catalogue,
    register: Sequence[Registered],
    within: Interval,
    known_by: datetime | None = None,
) -> CityProgress:
    """Progress at the end of ``within``, automatic indicators measured over it.

    ``register`` is what was listed then; ``known_by``: only typed values entered by that moment.
    """
    evidence = read_evidence(connection, within)
    measured = dict(newest_values(connection, within.end, known_by))
    for each in catalogue.automatic():
        measured.pop(each.id, None)  # our own measurements are never overruled by a typed value
    measured.update(measure(catalogue.automatic(), register, evidence))
    return city_progress(catalogue, measured, within.end)


def read_evidence(connection: Connection, within: Interval) -> Evidence:
    """Everything that automatic indicators ask of a period, in three questions."""
    whole = Stretch(to_ms(within.start), to_ms(within.end))
    last = Stretch(max(whole.start, to_ms(within.end - LAST_HOURS)), whole.end)
    return Evidence(
        within=whole,
        at=within.end,
        accounts=read_accounts(connection, whole),
        sums=read_sums(connection, whole, (TLS, ANSWERED, QUEUE_OPEN, OVERDUE)),
        last=read_sums(connection, last, (CERTIFICATE, CONTENT_AGE)),
    )


def measure(
    indicators: Iterable[Indicator], register: Sequence[Registered], evidence: Evidence
) -> dict[IndicatorId, Measurement]:
    """The automatic indicators that have anything to go by; the others are left out."""
    wholes = {each.attributes["part_of"] for each in register if "part_of" in each.attributes}
    listed = [each for each in register if each.kind != TargetKind.SELF and (each.has_address or each.key not in wholes)]
    found = {}
    for indicator in indicators:
        targets = [each.id for each in listed if each.key in indicator.targets]
        measurement = _measured(indicator, targets, evidence)
        if measurement is not None:
            found[indicator.id] = measurement
    return found


def _measured(indicator: Indicator, targets: Sequence[int], evidence: Evidence) -> Measurement | None:
    match indicator.feed:
        case Feed.AVAILABILITY:
            return _availability(targets, evidence)
        case Feed.COVERAGE:
            return _coverage(targets, evidence)
        case Feed.MEASURED:
            return _measured_share(targets, evidence)
        case Feed.HTTPS:
            encrypted, answering = evidence.sums[TLS], evidence.sums[ANSWERED]
            return _share([each in encrypted for each in targets if each in answering], evidence)
        case Feed.CERTIFICATE:
            lasting = evidence.last[CERTIFICATE]
            least = CERTIFICATE_LASTS.total_seconds()
            return _share([lasting[each].low >= least for each in targets if each in lasting], evidence)
        case Feed.FRESH_CONTENT:
            dated = evidence.last[CONTENT_AGE]
            most = CONTENT_IS_FRESH.total_seconds()
            return _share([dated[each].low <= most for each in targets if each in dated], evidence)
        case Feed.ON_TIME:
            return _on_time(targets, evidence)
        case None:
            return None


def _availability(targets: Sequence[int], evidence: Evidence) -> Measurement | None:
    """Mean over targets of time served / time measured (BEHAVIOUR §2); how many of how many were measured stands beside it."""
    group = group_availability([evidence.account(each) for each in targets])
    if group.availability is None:
        return None
    return Measurement(group.availability, evidence.at, group.measured_targets, group.expected_targets)


def _coverage(targets: Sequence[int], evidence: Evidence) -> Measurement | None:
    group = group_availability([evidence.account(each) for each in targets])
    if group.coverage is None:
        return None
    return Measurement(group.coverage, evidence.at, group.measured_targets, group.expected_targets)


def _measured_share(targets: Sequence[int], evidence: Evidence) -> Measurement | None:
    """Targets that anybody vouched for among those expected; one that was planned off all the time is not expected."""
    expected = [each for target in targets if (each := evidence.account(target)).measured + each.unknown > ZERO]
    return _share([each.measured > ZERO for each in expected], evidence)


def _share(answers: Sequence[bool], evidence: Evidence) -> Measurement | None:
    if not answers:
        return None
    return Measurement(sum(answers) / len(answers), evidence.at, sum(answers), len(answers))


def _on_time(targets: Sequence[int], evidence: Evidence) -> Measurement | None:
    """1 - overdue / open, both as means over the period; only of services that tell both. Nothing open is nothing to measure."""
    queues, late = evidence.sums[QUEUE_OPEN], evidence.sums[OVERDUE]
    both = [each for each in targets if each in queues and each in late]
    waiting = sum(queues[each].total / queues[each].samples for each in both)
    overdue = sum(late[each].total / late[each].samples for each in both)
    if waiting <= 0:
        return None
    on_time = max(waiting - overdue, 0.0)
    return Measurement(on_time / waiting, evidence.at, on_time, waiting)


# -- for screens


def bars(progress: CityProgress) -> tuple[DimensionBar, ...]:
    """The six dimensions as bars; one of which nothing is measured has no figure."""
    return tuple(
        DimensionBar(each.dimension, each.measured, None if each.measured is None else each.conservative, each.filled, each.total)
        for each in progress.dimensions
    )


def figures(progress: CityProgress, catalogue: Catalogue) -> CityFigures:
    """The city in three numbers, and its own figure beside them."""
    official = None if catalogue.official is None else catalogue.official.value
    return CityFigures(progress.measured, progress.conservative, progress.filled, progress.total, official)
