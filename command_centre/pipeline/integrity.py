"""From a scan to what is known of a site: exceptions applied, the watch led one step further, all in one transaction.

Scans come from the event loop and are written in the recorder's thread, as everything else is (``IntegrityDesk.chores``).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from command_centre.domain.integrity import (
    Baseline,
    Change,
    IntegrityException,
    Phase,
    Scan,
    Step,
    Verdict,
    advance,
    confirm,
    dismiss,
    without_exceptions,
)
from command_centre.domain.reading import Reading
from command_centre.domain.rule import Rule
from command_centre.domain.target import TargetKey
from command_centre.pipeline.integrity_stories import Turn, carry_on, evidence_line, rule_as_shipped, rule_in
from command_centre.pipeline.recorder import Chore
from command_centre.pipeline.rulebook import Rulebook
from command_centre.storage import integrity as storage

WRITE_EVERY = timedelta(seconds=1)
FORGET_EVERY = timedelta(minutes=10)
WRITTEN_AT_ONCE = 20
MOST_WAITING = 2_000
"""About ten nights of all sites: so long may the database refuse."""

LONGEST_EXCEPTION = timedelta(days=180)


def take_in(connection: Connection, key: TargetKey, scan: Scan, rule: Rule | None = None) -> Change | None:
    """Record one scan and what it changes. A scan that is already there, or of a site nobody knows, changes nothing.

    ``rule`` says how severe an alarm is and who is told; None: as shipped.
    """
    target_id = storage.target_id_of(connection, key)
    if target_id is None or storage.is_recorded(connection, target_id, scan.result.at):
        return None
    watch, baseline = storage.load_watch(connection, target_id)
    believed = without_exceptions(scan.result, storage.exceptions_of(connection, target_id, scan.result.at))
    scan_id = storage.record_scan(connection, target_id, replace(scan, result=believed))
    step = advance(watch, believed)
    is_well = believed.verdict is Verdict.CLEAN and not step.watch.phase.is_alarm
    storage.save_watch(connection, target_id, step.watch, scan.baseline if is_well else baseline)
    if step.change is not None:
        storage.note_change(connection, target_id, step.change, scan.result.at, scan_id=scan_id)
        turn = Turn(target_id, key, step.change, scan.result.at, evidence_line(believed.findings))
        carry_on(connection, turn, rule_as_shipped() if rule is None else rule)
    return step.change


def confirm_injection(connection: Connection, key: TargetKey, author: str, note: str, at: datetime) -> Change | None:
    """A person has looked at the evidence and confirms it."""
    return _by_a_person(connection, key, author, note, at, confirmed=True)


def dismiss_findings(
    connection: Connection, key: TargetKey, author: str, reason: str, at: datetime, ends_at: datetime
) -> Change | None:
    """A person calls the findings of the newest scan a false alarm: each is excepted until ``ends_at``, at most 180 days.

    Raises ValueError when the exception would end too late, or without a reason.
    """
    if not reason.strip():
        raise ValueError("a false alarm needs a reason: the next analyst will ask for it")
    if not at < ends_at <= at + LONGEST_EXCEPTION:
        raise ValueError(f"an exception ends within {LONGEST_EXCEPTION.days} days")
    target_id = storage.target_id_of(connection, key)
    if target_id is not None:
        for fingerprint in dict.fromkeys(storage.newest_fingerprints(connection, target_id)):
            storage.add_exception(connection, target_id, IntegrityException(fingerprint, ends_at), author, reason, at)
    return _by_a_person(connection, key, author, reason, at, confirmed=False)


def _by_a_person(
    connection: Connection, key: TargetKey, author: str, note: str, at: datetime, *, confirmed: bool
) -> Change | None:
    target_id = storage.target_id_of(connection, key)
    if target_id is None:
        return None
    watch, baseline = storage.load_watch(connection, target_id)
    step: Step = confirm(watch, at) if confirmed else dismiss(watch, at)
    if step.change is not None:
        storage.save_watch(connection, target_id, step.watch, baseline)
        storage.note_change(connection, target_id, step.change, at, author=author, note=note)
        evidence = evidence_line(storage.newest_findings(connection, target_id)) if confirmed else ""
        carry_on(connection, Turn(target_id, key, step.change, at, evidence), rule_as_shipped())
    return step.change


class IntegrityDesk:
    """Where finished scans wait to be written. Put in by the event loop, taken out by the recorder's thread.

    A scan leaves the desk when the database is seen to hold it: a transaction that fails loses none.
    """

    def __init__(self) -> None:
        self._waiting: deque[tuple[TargetKey, Scan]] = deque(maxlen=MOST_WAITING)

    def put(self, key: TargetKey, scan: Scan) -> None:
        """Hand a finished scan in."""
        self._waiting.append((key, scan))

    def chores(self) -> tuple[Chore, ...]:
        """Writes what waits, a piece at a time; removes what is past its time."""
        return (
            Chore("writing integrity scans", WRITE_EVERY, self._write),
            Chore("removing old integrity scans", FORGET_EVERY, _forget),
        )

    def _write(self, connection: Connection, at: datetime, rulebook: Rulebook) -> Sequence[Reading]:
        del at  # a scan brings its own time
        self._drop_written(connection)
        rule = rule_in(rulebook)
        for key, scan in list(self._waiting)[:WRITTEN_AT_ONCE]:
            take_in(connection, key, scan, rule)
        return ()

    def _drop_written(self, connection: Connection) -> None:
        for _ in range(WRITTEN_AT_ONCE):
            if not self._waiting:
                return
            key, scan = self._waiting[0]
            target_id = storage.target_id_of(connection, key)
            if target_id is not None and not storage.is_recorded(connection, target_id, scan.result.at):
                return
            self._waiting.popleft()


def _forget(connection: Connection, at: datetime, _: Rulebook) -> Sequence[Reading]:
    storage.remove_old(connection, at)
    return ()


def baseline_of(connection: Connection, key: TargetKey) -> Baseline | None:
    """What a site was like when it was well; None when it was never seen so."""
    target_id = storage.target_id_of(connection, key)
    return storage.load_watch(connection, target_id)[1] if target_id is not None else None


def is_due(connection: Connection, key: TargetKey, at: datetime, every: timedelta) -> bool:
    """Whether a site has its turn: never scanned, or last scanned an interval ago; twice as often while it is under suspicion."""
    target_id = storage.target_id_of(connection, key)
    if target_id is None:
        return False
    watch, _ = storage.load_watch(connection, target_id)
    wait = every / 2 if watch.phase in (Phase.SUSPECTED, Phase.INDICATED, Phase.CONFIRMED) else every
    return watch.last_scan_at is None or at - watch.last_scan_at >= wait
