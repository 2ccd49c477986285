"""Snapshotter: freezes every period once it is over, each exactly once, also after a time of standing still.

A period is due at six in the morning of the city after its last day. Late data never change what is frozen: a look back every
day tells that a revision is on offer, and a person asks for it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Engine

from command_centre.domain.calendar import ONE_DAY, Interval
from command_centre.domain.cut import DataCut
from command_centre.domain.differences import differences
from command_centre.domain.period import Period, PeriodKind, last_ended, period_of
from command_centre.domain.seal import Frozen
from command_centre.domain.snapshot import Snapshot, snapshot
from command_centre.storage import snapshots
from command_centre.storage.canonical import evidence_digest, plain
from command_centre.storage.cutting import USUAL_FROM, CityFacts, Supplements, count_pending, first_data, read_cut
from command_centre.storage.database import writing
from command_centre.storage.signing import Signer
from command_centre.storage.snapshots import sealed

log = logging.getLogger(__name__)

CODE_VERSION = "0.1.0"
"""The version that stands on every snapshot; a test holds it to ``pyproject.toml``."""

DUE_AT = time(6, 0)
PATIENCE_WITH_ROLLUPS = timedelta(hours=1)
"""So long a due period waits for its last rollups; then it is frozen and says how many were missing."""

MOST_AT_ONCE = 60
LOOK_BACK = timedelta(days=15)
MOST_CHANGES = 200
COMPARISONS = ("previous", "year_before", "hijri_before")
"""Parts of a snapshot that repeat what another one says: they are no change of this one."""

Supplement = Callable[[Connection, Interval], Supplements]
Told = Callable[[Connection, Frozen], None]


def _nothing_more(_: Connection, __: Interval) -> Supplements:
    return Supplements()


def tell_nobody(_: Connection, __: Frozen) -> None:
    """For a city without a notifier."""


@dataclass(frozen=True, slots=True)
class Snapshotter:
    """Freezes periods of one database.

    ``supplement`` asks the other parts of Command Centre for what they measure over that time. ``tell`` is called in the
    transaction in which a revision is frozen, so that the notice of it is due exactly once.
    """

    engine: Engine
    city: CityFacts
    config_hash: str
    signer: Signer
    supplement: Supplement = field(default=_nothing_more)
    tell: Told = field(default=tell_nobody)

    def has_due(self, now: datetime) -> bool:
        """Whether a period waits to be frozen now."""
        with self._reading() as connection:
            return next(self._due(connection, now), None) is not None

    def freeze_due(self, now: datetime) -> tuple[Frozen, ...]:
        """Freeze every period that is due and not frozen yet, oldest first; returns those frozen now."""
        with self._reading() as connection:
            due = list(islice(self._due(connection, now), MOST_AT_ONCE))
        done = tuple(made.frozen for each in due if (made := self.freeze(each, now, only_new=True)).is_new)
        self._keep_rollups(now)
        return done

    def freeze(self, period: Period, now: datetime, *, only_new: bool = False) -> Made:
        """The frozen snapshot of a period: the one that stands, or a new revision where late data came in.

        A period that is not over is cut as far as it has come and not stored. ``only_new``: a period that is frozen already is
        left as it is. Raises ValueError for a period that has not begun, or in which the register listed nothing.
        """
        with self._reading() as connection:
            if only_new and (stands := snapshots.load(connection, period.name)) is not None:
                return Made(stands, is_new=False)
            cut = self._cut(connection, period, now)
        if not cut.targets:
            raise ValueError(f"{period.name}: the register listed nothing then, so there is nothing to freeze")
        snap = snapshot(cut, self.config_hash, CODE_VERSION)
        if not cut.is_whole:
            return Made(Frozen(sealed(self.signer, snap, cut, revision=0, previous=None, cut_at=now), snap, cut), is_new=False)
        return self._store(period, snap, cut, now)

    def look_back(self, now: datetime) -> Mapping[str, bool]:
        """Period → whether its data differ now from what was frozen, for what ended lately. Freezes nothing."""
        found: dict[str, bool] = {}
        for period in self._lately(now):
            with self._reading() as connection:
                if snapshots.frozen_evidence(connection, period.name) is None:
                    continue
                evidence = evidence_digest(self._cut(connection, period, now))
            with writing(self.engine) as connection:
                found[period.name] = snapshots.note_check(connection, period.name, evidence, now)
        return found

    def _cut(self, connection: Connection, period: Period, now: datetime) -> DataCut:
        whole = period.interval(self.city.zone)
        if now <= whole.start:
            raise ValueError(f"{period.name} has not begun")
        so_far = Interval(whole.start, min(whole.end, now))
        return read_cut(connection, period, self.city, now, self.supplement(connection, so_far))

    def _store(self, period: Period, snap: Snapshot, cut: DataCut, now: datetime) -> Made:
        evidence = evidence_digest(cut)
        with writing(self.engine) as connection:
            stands = snapshots.load(connection, period.name)
            if stands is not None and snapshots.frozen_evidence(connection, period.name) == evidence:
                return Made(stands, is_new=False)
            revision = 1 if stands is None else stands.seal.revision + 1
            seal = sealed(self.signer, snap, cut, revision=revision, previous=snapshots.last_seal(connection), cut_at=now)
            changes = () if stands is None else changes_between(stands.snapshot, snap)
            frozen = Frozen(seal, snap, cut, changes)
            snapshots.freeze(connection, frozen)
            snapshots.note_check(connection, period.name, evidence, now)
            self.tell(connection, frozen)
        log.info("froze %s, revision %d: %s", period.name, revision, seal.seal)
        return Made(frozen, is_new=True)

    def _due(self, connection: Connection, now: datetime) -> Iterator[Period]:
        for period in self._waiting(connection, now):
            waited = now - due_at(period, self.city.zone)
            if waited < timedelta(0):
                continue
            if waited < PATIENCE_WITH_ROLLUPS and count_pending(connection, period.interval(self.city.zone)) > 0:
                continue
            yield period

    def _waiting(self, connection: Connection, now: datetime) -> list[Period]:
        """Every period that is over and not frozen, oldest first."""
        frozen = snapshots.frozen_periods(connection)
        return [each for each in self._over(connection, now) if each.name not in frozen]

    def _over(self, connection: Connection, now: datetime) -> Iterator[Period]:
        """Every period that ended and of which there are data or could have been, oldest first."""
        first = first_data(connection)
        if first is None:
            return
        begun = first.astimezone(self.city.zone).date()
        over = [each for kind in PeriodKind for each in _between(period_of(kind, begun), last_ended(kind, now, self.city.zone))]
        yield from sorted(over, key=lambda each: (each.day_after, each.first_day))

    def _lately(self, now: datetime) -> Iterator[Period]:
        for kind in PeriodKind:
            period = last_ended(kind, now, self.city.zone)
            while now - period.interval(self.city.zone).end <= LOOK_BACK:
                yield period
                period = period.before()

    def _keep_rollups(self, now: datetime) -> None:
        """Retention has to leave what the periods that are not frozen yet are made from."""
        with self._reading() as connection:
            waiting = self._waiting(connection, now)
        running = [period_of(kind, now.astimezone(self.city.zone).date()) for kind in PeriodKind]
        since = min(each.interval(self.city.zone).start for each in [*waiting, *running]) - USUAL_FROM
        with writing(self.engine) as connection:
            snapshots.keep_since(connection, since, now)

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        """One moment for all questions of a cut."""
        engine = self.engine
        if engine.dialect.name == "postgresql":
            engine = engine.execution_options(isolation_level="REPEATABLE READ")
        with engine.connect() as connection, connection.begin():
            yield connection


@dataclass(frozen=True, slots=True)
class Made:
    """A snapshot, and whether it was frozen just now. Revision 0: a draft of a period that is not over."""

    frozen: Frozen
    is_new: bool


def due_at(period: Period, zone: ZoneInfo) -> datetime:
    """When a period is frozen: at six in the morning after its last day."""
    return datetime.combine(period.day_after, DUE_AT, zone)


def changes_between(before: Snapshot, after: Snapshot) -> tuple[str, ...]:
    """What a revision changes, figure by figure, in words for a list; what is left out is counted."""
    found = [str(each) for each in differences(plain(before), plain(after)) if not each.path.startswith(COMPARISONS)]
    more = len(found) - MOST_CHANGES
    return (*found[:MOST_CHANGES], *([f"+ {more}"] if more > 0 else []))


def _between(first: Period, last: Period) -> Iterator[Period]:
    period = first
    while period.first_day <= last.first_day:
        yield period
        period = period_of(period.kind, period.last_day + ONE_DAY)
