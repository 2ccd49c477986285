"""Auditor: proves that each due step was really told, and gives a sign of life outside only then.

It reads what the notifier and the recorder have written and believes neither: the ledger of due steps says what had to be told,
the outbox says what was. What it finds becomes a reading of our own target "Pengabaran", and so an incident like any other.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from command_centre.domain.ports import Clock, DeliveryError
from command_centre.domain.reading import Reading, Reason, Source, Status
from command_centre.domain.series import Metric, MetricName, Unit
from command_centre.domain.target import TargetKey
from command_centre.storage.outbox_facts import OutboxFacts, read_facts

LOG = logging.getLogger(__name__)

AUDIT_EVERY = timedelta(seconds=60)
LATE_AFTER = timedelta(minutes=10)
"""A step that is not told so long after it was due is late, whatever the reason."""
UNTOLD_AFTER = timedelta(minutes=15)
LOOKS_BACK = timedelta(hours=24)
WRITER_PATIENCE = timedelta(seconds=60)

DELIVERY_KEY = TargetKey("sendiri:pengabaran")
DELIVERY_NAME = "Pengabaran"

AUDIT_METRICS = (
    Metric(MetricName("notices_waiting_total"), Unit.TOTAL, "Messages that are due and not yet accepted by their receiver."),
    Metric(MetricName("notices_dead_total"), Unit.TOTAL, "Messages given up within the last 24 hours."),
    Metric(MetricName("notice_dwell_p95_seconds"), Unit.SECONDS, "From an event to the acceptance of its message, last hour."),
    Metric(MetricName("notice_oldest_seconds"), Unit.SECONDS, "How long the oldest waiting message has been due."),
)


@dataclass(frozen=True, slots=True)
class Findings:
    """What an audit found. No ``faults``: every due step was told, or is on its way in time."""

    faults: tuple[str, ...] = ()
    worries: tuple[str, ...] = ()
    values: dict[MetricName, float] = field(default_factory=dict)

    @property
    def status(self) -> Status:
        if self.faults:
            return Status.DOWN
        return Status.DEGRADED if self.worries else Status.UP


def judge(facts: OutboxFacts, at: datetime, *, somebody_listens: bool) -> Findings:
    """What the facts mean. ``somebody_listens``: the configuration has receivers; without any nothing is ever told."""
    faults, worries = [], []
    late = facts.oldest_due_at is not None and at - facts.oldest_due_at > LATE_AFTER
    if facts.removed:
        faults.append(f"{len(facts.removed)} due messages were removed from the outbox, first: {facts.removed[0]}")
    if late:
        faults.append(f"{facts.waiting} messages wait, the oldest since {facts.oldest_due_at:%H:%M} UTC")
    if facts.untold and somebody_listens:
        faults.append(f"nobody was told of {len(facts.untold)} critical incidents, first: {facts.untold[0]}")
    if facts.writer_seen_at is None or at - facts.writer_seen_at > WRITER_PATIENCE:
        faults.append("the recorder shows no sign of life")
    if facts.dead:
        worries.append(f"{facts.dead} messages were given up within 24 hours")
    return Findings(tuple(faults), tuple(worries), _values(facts, at))


def _values(facts: OutboxFacts, at: datetime) -> dict[MetricName, float]:
    values = {MetricName("notices_waiting_total"): float(facts.waiting), MetricName("notices_dead_total"): float(facts.dead)}
    if facts.dwell_p95 is not None:
        values[MetricName("notice_dwell_p95_seconds")] = facts.dwell_p95.total_seconds()
    if facts.oldest_due_at is not None:
        values[MetricName("notice_oldest_seconds")] = max((at - facts.oldest_due_at).total_seconds(), 0.0)
    return values


def reading_of(findings: Findings, at: datetime) -> Reading:
    """What is recorded of an audit."""
    reason = Reason.OK if findings.status is Status.UP else Reason.UNDELIVERED
    detail = "; ".join((*findings.faults, *findings.worries))[:500]
    return Reading(DELIVERY_KEY, at, findings.status, reason, detail, findings.values, source=Source.SELF)


@dataclass(frozen=True, slots=True)
class Signs:
    """Signs of life to monitors outside. ``alive``: this process runs. ``proven``: an audit found nothing wrong.

    Each gives one sign and raises DeliveryError when it was not heard.
    """

    alive: Sequence[Callable[[], None]] = ()
    proven: Sequence[Callable[[], None]] = ()


class Auditor:
    """Audits at a fixed pace, in a thread of its own: it must not depend on what it judges."""

    def __init__(
        self,
        engine: Engine,
        clock: Clock,
        tell: Callable[[Reading], object],
        signs: Signs,
        *,
        somebody_listens: Callable[[], bool] = lambda: True,
        every: timedelta = AUDIT_EVERY,
    ) -> None:
        self._engine = engine
        self._clock = clock
        self._tell = tell
        self._signs = signs
        self._somebody_listens = somebody_listens
        self._every = every
        self._unheard: set[str] = set()
        self._last: tuple[str, ...] = ()

    def adopt(self, signs: Signs) -> None:
        """Go on with other monitors outside."""
        self._signs = signs

    def run(self, stop: threading.Event) -> None:
        """Audit until ``stop`` is set; the first time after one pace, so that a start can settle."""
        while not stop.wait(self._every.total_seconds()):
            self._audit_safely()

    def audit(self) -> Findings:
        """One audit: judge, record, give the signs of life."""
        at = self._clock.now()
        with self._engine.connect() as connection:
            facts = read_facts(connection, at, since=at - LOOKS_BACK, untold_before=at - UNTOLD_AFTER)
        findings = judge(facts, at, somebody_listens=self._somebody_listens())
        self._note(findings)
        self._tell(reading_of(findings, at))
        if not findings.faults:
            self._give(self._signs.proven, "audited")
        return findings

    def _audit_safely(self) -> None:
        self._give(self._signs.alive, "alive")
        try:
            self.audit()
        except (DBAPIError, PoolTimeoutError) as trouble:
            LOG.warning("the outbox cannot be audited: %s", str(getattr(trouble, "orig", None) or trouble).strip())
        except Exception:  # the job boundary: a bug in one audit must not be the last one
            LOG.exception("the audit failed")

    def _note(self, findings: Findings) -> None:
        """Log the change, not the weather."""
        kinds = tuple(fault.split(",")[0].lstrip("0123456789 ") for fault in findings.faults)
        if kinds != self._last and findings.faults:
            LOG.error("the audit of the outbox found: %s", "; ".join(findings.faults))
        elif self._last and not findings.faults:
            LOG.info("the audit of the outbox finds nothing wrong any more")
        self._last = kinds

    def _give(self, signs: Sequence[Callable[[], None]], name: str) -> None:
        for give in signs:
            try:
                give()
            except DeliveryError as trouble:
                if name not in self._unheard:
                    LOG.warning("the sign of life '%s' was not heard: %s", name, trouble)
                self._unheard.add(name)
            else:
                self._unheard.discard(name)
