"""Commands: what people may change. Each is one short transaction that does it, tells it in the incident's story, and leaves an
audit row; whoever calls has made sure that the person may.

What has come too late changes nothing: an incident that is over stays over.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, assert_never

from sqlalchemy import Connection, Engine, select

from command_centre.domain.incident import Cause, IncidentEventKind, IncidentId
from command_centre.domain.ports import Clock
from command_centre.domain.quarantine import StrangerState
from command_centre.domain.target import TargetKey
from command_centre.storage import duty_answers, incident_deeds, outbox, plans, quarantine, rechecks
from command_centre.storage.audit import Entry, write_audit
from command_centre.storage.database import writing
from command_centre.storage.duty_answers import Answer, Given
from command_centre.storage.incident_deeds import Standing
from command_centre.storage.log import clean_text
from command_centre.storage.tables import target
from command_centre.storage.times import to_ms

MOST_LETTERS = 500
SHORTEST_SILENCE = timedelta(minutes=1)
LONGEST_SILENCE = timedelta(days=30)
LONGEST_WORK = timedelta(days=400)
SNOOZE = timedelta(hours=1)
"""For how long the duty page's "Tunda 1 jam" asks for quiet."""
UNDO_WITHIN = timedelta(seconds=30)


class Outcome(StrEnum):
    """What became of a command."""

    DONE = "done"
    ALREADY = "already"  # it was so before: nothing changed
    TOO_LATE = "too_late"  # the incident is over, or the time to undo has passed
    USED = "used"  # this link has given its answer
    UNKNOWN = "unknown"  # there is no such thing


@dataclass(frozen=True, slots=True)
class Actor:
    """Who, and by which door: ``duty page``, ``console``, ``command line``, ``api``."""

    name: str
    via: str


class CommandRefusedError(Exception):
    """The command makes no sense as given; the text says why, for the person who gave it."""


@dataclass(frozen=True, slots=True)
class Done:
    """What became of a command. ``standing``: how the incident stood before. ``number``: of what was made (a silence, a plan)."""

    outcome: Outcome
    standing: Standing | None = None
    number: int | None = None


class Commands:
    """What people may change, on one database."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock

    # -- an incident

    def acknowledge(self, story: IncidentId, actor: Actor) -> Done:
        """ "I have it": stops every notice about it that goes on. Does not take it from somebody who has it already."""
        with writing(self._engine) as connection:
            return _acknowledge(connection, story, actor, self._clock.now())

    def take_back(self, story: IncidentId, actor: Actor) -> Done:
        """ "I do not have it after all": notices go on."""
        with writing(self._engine) as connection:
            at = self._clock.now()
            stands = incident_deeds.standing(connection, story)
            outcome = _may_change(stands)
            if outcome is None and stands is not None and stands.acknowledged_at is None:
                outcome = Outcome.ALREADY
            if outcome is None and stands is not None and stands.acknowledged_at is not None:
                incident_deeds.set_acknowledged(connection, story, None, None)
                outbox.restore(connection, story, stands.acknowledged_at, at)
                _tell(connection, story, IncidentEventKind.ACK_WITHDRAWN, actor, "", at)
            return _noted(connection, actor, "take_back", story, {}, at, stands, outcome)

    def annotate(self, story: IncidentId, actor: Actor, text: str) -> Done:
        """A line in its story; also when it is over."""
        words = _line(text)
        with writing(self._engine) as connection:
            at = self._clock.now()
            stands = incident_deeds.standing(connection, story)
            if stands is not None:
                _tell(connection, story, IncidentEventKind.NOTED, actor, words, at)
            outcome = Outcome.UNKNOWN if stands is None else None
            return _noted(connection, actor, "annotate", story, {"text": words}, at, stands, outcome)

    def assign(self, story: IncidentId, actor: Actor, to: str) -> Done:
        """Give it to somebody. Whoever has it by assignment has it: notices stop as with ``acknowledge``."""
        whom = _line(to)
        with writing(self._engine) as connection:
            at = self._clock.now()
            stands = incident_deeds.standing(connection, story)
            outcome = _may_change(stands)
            if outcome is None and stands is not None and stands.assigned_to == whom:
                outcome = Outcome.ALREADY
            if outcome is None:
                incident_deeds.set_assigned(connection, story, whom)
                incident_deeds.set_acknowledged(connection, story, whom, at)
                outbox.withdraw(connection, story, at, f"given to {whom}")
                _tell(connection, story, IncidentEventKind.ASSIGNED, actor, whom, at)
            return _noted(connection, actor, "assign", story, {"to": whom}, at, stands, outcome)

    def label_cause(self, story: IncidentId, actor: Actor, cause: Cause) -> Done:
        """Say what it was; also when it is over: reports ask for it later."""
        with writing(self._engine) as connection:
            return _label(connection, story, actor, cause, self._clock.now())

    # -- quiet

    def silence_incident(self, story: IncidentId, actor: Actor, length: timedelta, reason: str) -> Done:
        """No notices about this incident and its children for ``length``; its end is told all the same."""
        words = _line(reason)
        with writing(self._engine) as connection:
            return _silence_incident(connection, story, actor, length, words, self._clock.now())

    def silence(self, labels: Mapping[str, Sequence[str]], actor: Actor, length: timedelta, reason: str) -> Done:
        """No notices for ``length`` about alerts with these labels (``target``, ``kind``, ``rule``, …; ``*`` for any letters)."""
        if not labels or not all(labels.values()):
            raise CommandRefusedError("a silence must say what it is about")
        words, length = _line(reason), _length(length)
        with writing(self._engine) as connection:
            at = self._clock.now()
            number = incident_deeds.add_silence(connection, labels, actor.name, words, at, at + length, at)
            detail = {"labels": {name: list(each) for name, each in labels.items()}, "until": to_ms(at + length), "reason": words}
            _note(connection, actor, "silence", f"silence:{number}", detail, at)
            return Done(Outcome.DONE, number=number)

    def lift(self, number: int, actor: Actor) -> Done:
        """End a silence before its time."""
        with writing(self._engine) as connection:
            at = self._clock.now()
            is_lifted = incident_deeds.lift_silence(connection, number, actor.name, at)
            outcome = Outcome.DONE if is_lifted else Outcome.UNKNOWN
            _note(connection, actor, "lift", f"silence:{number}", {"outcome": outcome.value}, at)
            return Done(outcome, number=number)

    # -- planned work

    def plan(self, name: str, targets: Sequence[TargetKey], actor: Actor, starts_at: datetime, ends_at: datetime) -> Done:
        """Agreed planned time for some targets. Raises CommandRefusedError for a plan that makes no sense."""
        title, keys = _line(name), sorted(set(targets))
        with writing(self._engine) as connection:
            at = self._clock.now()
            _refuse_senseless_plan(connection, keys, starts_at, ends_at, at)
            number = plans.add_planned_work(connection, title, keys, actor.name, starts_at, ends_at, at)
            detail = {"name": title, "targets": keys, "starts_at": to_ms(starts_at), "ends_at": to_ms(ends_at)}
            _note(connection, actor, "plan", f"plan:{number}", detail, at)
            return Done(Outcome.DONE, number=number)

    def call_off(self, number: int, actor: Actor) -> Done:
        """End planned work early, or before it begins."""
        with writing(self._engine) as connection:
            at = self._clock.now()
            outcome = Outcome.DONE if plans.call_off_work(connection, number, actor.name, at) else Outcome.UNKNOWN
            _note(connection, actor, "call_off", f"plan:{number}", {"outcome": outcome.value}, at)
            return Done(outcome, number=number)

    # -- targets

    def recheck(self, key: TargetKey, actor: Actor) -> Done:
        """Ask the collector for a look at this target, out of turn."""
        with writing(self._engine) as connection:
            at = self._clock.now()
            outcome = Outcome.DONE if rechecks.ask_recheck(connection, key, actor.name, at) else Outcome.UNKNOWN
            _note(connection, actor, "recheck", f"target:{key}", {"outcome": outcome.value}, at)
            return Done(outcome)

    def decide_stranger(self, collector: str, device: str, state: StrangerState, actor: Actor) -> Done:
        """Say what becomes of a device that speaks and is in no register. Adopted: somebody will enter it in the register."""
        with writing(self._engine) as connection:
            at = self._clock.now()
            is_known = quarantine.decide(connection, collector, device, state, actor.name, at)
            outcome = Outcome.DONE if is_known else Outcome.UNKNOWN
            detail = {"state": state.value, "outcome": outcome.value}
            _note(connection, actor, "decide_stranger", f"device:{collector}/{device}"[:MOST_LETTERS], detail, at)
            return Done(outcome)

    # -- the duty page

    def answer(self, link: str, story: IncidentId, actor: Actor, answer: Answer) -> Done:
        """The one answer that a link of the duty page may give. ``link`` is its digest."""
        with writing(self._engine) as connection:
            at = self._clock.now()
            if not duty_answers.reserve(connection, link, story, actor.name, answer, at):
                _note(connection, actor, "link_refused", f"incident:{story}", {"why": "used"}, at)
                return Done(Outcome.USED)
            done = _answer(connection, story, actor, answer, at)
            duty_answers.keep_before(connection, link, _written(done.standing), done.number)
            return done

    def undo_answer(self, link: str, story: IncidentId, actor: Actor) -> Done:
        """Take an answer back within 30 seconds: everything is as it was before it, and notices go on."""
        with writing(self._engine) as connection:
            at = self._clock.now()
            given = duty_answers.given(connection, link)
            outcome = _may_undo(given, story, at)
            if outcome is None and given is not None:
                _undo(connection, given, actor, at)
                duty_answers.mark_undone(connection, link, at)
            return _noted(connection, actor, "undo_answer", story, {}, at, None, outcome)

    def refuse_link(self, actor: Actor, why: str, subject: str) -> None:
        """Write down that a link of the duty page was refused."""
        with writing(self._engine) as connection:
            _note(connection, actor, "link_refused", subject, {"why": why}, self._clock.now())


def _acknowledge(connection: Connection, story: IncidentId, actor: Actor, at: datetime) -> Done:
    stands = incident_deeds.standing(connection, story)
    outcome = _may_change(stands)
    if outcome is None and stands is not None and stands.acknowledged_at is not None:
        outcome = Outcome.ALREADY
    if outcome is None:
        incident_deeds.set_acknowledged(connection, story, actor.name, at)
        outbox.withdraw(connection, story, at, f"answered by {actor.name}")
        _tell(connection, story, IncidentEventKind.ACKNOWLEDGED, actor, "", at)
    return _noted(connection, actor, "acknowledge", story, {}, at, stands, outcome)


def _label(connection: Connection, story: IncidentId, actor: Actor, cause: Cause, at: datetime) -> Done:
    stands = incident_deeds.standing(connection, story)
    outcome = Outcome.UNKNOWN if stands is None else Outcome.ALREADY if stands.cause == cause.value else None
    if outcome is None:
        incident_deeds.set_cause(connection, story, cause)
        _tell(connection, story, IncidentEventKind.CAUSE_LABELLED, actor, cause.value, at)
    return _noted(connection, actor, "label_cause", story, {"cause": cause.value}, at, stands, outcome)


def _silence_incident(
    connection: Connection, story: IncidentId, actor: Actor, length: timedelta, reason: str, at: datetime
) -> Done:
    stands = incident_deeds.standing(connection, story)
    outcome, number, until = _may_change(stands), None, at + _length(length)
    if outcome is None:
        labels = incident_deeds.labels_of(connection, story)
        number = incident_deeds.add_silence(connection, labels, actor.name, reason, at, until, at)
        outbox.withdraw(connection, story, at, f"silenced by {actor.name}")
        _tell(connection, story, IncidentEventKind.SILENCED, actor, reason, at)
    done = _noted(connection, actor, "silence", story, {"until": to_ms(until), "reason": reason}, at, stands, outcome)
    return Done(done.outcome, stands, number)


def _answer(connection: Connection, story: IncidentId, actor: Actor, answer: Answer, at: datetime) -> Done:
    match answer:
        case Answer.TAKE:
            return _acknowledge(connection, story, actor, at)
        case Answer.NOT_A_FAULT:
            return _label_and_take(connection, story, actor, Cause.NOT_A_FAULT, at)
        case Answer.POWER:
            return _label_and_take(connection, story, actor, Cause.POWER, at)
        case Answer.SNOOZE:
            return _silence_incident(connection, story, actor, SNOOZE, "tunda 1 jam", at)
        case unreachable:
            assert_never(unreachable)


def _label_and_take(connection: Connection, story: IncidentId, actor: Actor, cause: Cause, at: datetime) -> Done:
    """Whoever knows the cause has looked. Of an incident that is over only the label is kept."""
    labelled = _label(connection, story, actor, cause, at)
    taken = _acknowledge(connection, story, actor, at)
    outcome = labelled.outcome if taken.outcome is Outcome.ALREADY else taken.outcome
    return Done(outcome, labelled.standing)


def _may_undo(given: Given | None, story: IncidentId, at: datetime) -> Outcome | None:
    if given is None or given.incident != story:
        return Outcome.UNKNOWN
    if given.undone_at is not None:
        return Outcome.ALREADY
    return Outcome.TOO_LATE if at - given.at > UNDO_WITHIN else None


def _undo(connection: Connection, given: Given, actor: Actor, at: datetime) -> None:
    """Back to how it stood; what somebody else has done meanwhile stays."""
    stands = incident_deeds.standing(connection, given.incident)
    before = given.before
    if stands is None:
        return
    if stands.acknowledged_by == actor.name and stands.acknowledged_at == given.at:
        incident_deeds.set_acknowledged(connection, given.incident, None, None)
    if given.answer in (Answer.NOT_A_FAULT, Answer.POWER):
        incident_deeds.set_cause(connection, given.incident, None if before.get("cause") is None else Cause(before["cause"]))
    if given.silence_id is not None:
        incident_deeds.lift_silence(connection, given.silence_id, actor.name, at)
    outbox.restore(connection, given.incident, given.at, at)
    _tell(connection, given.incident, IncidentEventKind.ACK_WITHDRAWN, actor, "", at)


def _written(stands: Standing | None) -> str:
    return json.dumps({} if stands is None else {"cause": stands.cause})


def _may_change(stands: Standing | None) -> Outcome | None:
    """Why not; None: it may."""
    if stands is None:
        return Outcome.UNKNOWN
    return Outcome.TOO_LATE if stands.resolved_at is not None else None


def _tell(connection: Connection, story: IncidentId, kind: IncidentEventKind, actor: Actor, text: str, at: datetime) -> None:
    incident_deeds.tell_event(connection, story, kind, actor.name, text, at)


def _note(connection: Connection, actor: Actor, command: str, subject: str, detail: Mapping[str, Any], at: datetime) -> None:
    write_audit(connection, Entry(at, actor.name, actor.via, command, subject, detail))


def _noted(
    connection: Connection,
    actor: Actor,
    command: str,
    story: IncidentId,
    detail: Mapping[str, Any],
    at: datetime,
    stands: Standing | None,
    outcome: Outcome | None,
) -> Done:
    """Leave the audit row; no ``outcome`` yet means that it was done."""
    became = Outcome.DONE if outcome is None else outcome
    _note(connection, actor, command, f"incident:{story}", {**detail, "outcome": became.value}, at)
    return Done(became, stands)


def _line(text: str) -> str:
    words = " ".join(clean_text(text).split())[:MOST_LETTERS]
    if not words:
        raise CommandRefusedError("some words are needed")
    return words


def _length(length: timedelta) -> timedelta:
    if not SHORTEST_SILENCE <= length <= LONGEST_SILENCE:
        raise CommandRefusedError("a silence lasts from one minute to thirty days")
    return length


def _refuse_senseless_plan(
    connection: Connection, keys: Sequence[str], starts_at: datetime, ends_at: datetime, at: datetime
) -> None:
    if not keys:
        raise CommandRefusedError("a plan needs at least one target")
    if not starts_at < ends_at <= starts_at + LONGEST_WORK:
        raise CommandRefusedError("a plan must end after it begins, and within 400 days")
    if ends_at <= at:
        raise CommandRefusedError("this time is over already: what was measured then is not changed afterwards")
    known = set(connection.execute(select(target.c.key).where(target.c.key.in_(keys))).scalars())
    missing = [key for key in keys if key not in known]
    if missing:
        raise CommandRefusedError(f"nobody knows a target '{missing[0][:80]}'")
