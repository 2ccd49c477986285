"""What people may say about the evidence of the judol watch: confirm it, or call it a false alarm. Each leaves an audit row.

Beside ``commands``, because it goes through the watch (``pipeline.integrity``): a judgement opens or ends an incident.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, Engine

from command_centre.commands import Actor, CommandRefusedError, Outcome
from command_centre.domain.integrity import Change
from command_centre.domain.ports import Clock
from command_centre.domain.target import TargetKey
from command_centre.pipeline.integrity import LONGEST_EXCEPTION, confirm_injection, dismiss_findings
from command_centre.storage import integrity as storage
from command_centre.storage.audit import Entry, write_audit
from command_centre.storage.database import writing
from command_centre.storage.log import clean_text

MOST_LETTERS = 500


class Judgements:
    """Judgements on one database; whoever calls has made sure that the person may judge."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock

    def confirm(self, key: TargetKey, actor: Actor, note: str, seen: int | None) -> Outcome:
        """A person has looked and confirms the injection. ``seen`` is the scan that was looked at."""
        words = _line(note)
        with writing(self._engine) as connection:
            outcome = _is_current(connection, key, seen)
            if outcome is None:
                changed = confirm_injection(connection, key, actor.name, words, self._clock.now())
                outcome = Outcome.DONE if changed is Change.CONFIRMED else Outcome.ALREADY
            return self._noted(connection, actor, "confirm_injection", key, outcome, {"scan": seen, "note": words})

    def dismiss(self, key: TargetKey, actor: Actor, reason: str, days: int, seen: int | None) -> Outcome:
        """A person calls what was found a false alarm: exactly this evidence is excepted for so many days, at most 180.

        Raises CommandRefusedError without a reason, or for a time that is too long.
        """
        words = _line(reason)
        if not 1 <= days <= LONGEST_EXCEPTION.days:
            raise CommandRefusedError(f"an exception lasts from 1 to {LONGEST_EXCEPTION.days} days")
        with writing(self._engine) as connection:
            outcome = _is_current(connection, key, seen)
            if outcome is None:
                now = self._clock.now()
                changed = dismiss_findings(connection, key, actor.name, words, now, now + timedelta(days=days))
                outcome = Outcome.DONE if changed is Change.DISMISSED else Outcome.ALREADY
            detail = {"scan": seen, "reason": words, "days": days}
            return self._noted(connection, actor, "dismiss_findings", key, outcome, detail)

    def note_export(self, key: TargetKey, actor: Actor, form: str) -> None:
        """Write down that a report left the house."""
        with writing(self._engine) as connection:
            self._noted(connection, actor, "export_report", key, Outcome.DONE, {"form": form})

    def _noted(
        self, connection: Connection, actor: Actor, command: str, key: TargetKey, outcome: Outcome, detail: Mapping[str, Any]
    ) -> Outcome:
        entry = Entry(self._clock.now(), actor.name, actor.via, command, f"target:{key}", {**detail, "outcome": outcome.value})
        write_audit(connection, entry)
        return outcome


def _is_current(connection: Connection, key: TargetKey, seen: int | None) -> Outcome | None:
    """None where the person has seen the newest evidence; else why the judgement does not count."""
    target_id = storage.target_id_of(connection, key)
    if target_id is None:
        return Outcome.UNKNOWN
    return None if seen == storage.newest_scan_that_found(connection, target_id) else Outcome.TOO_LATE


def _line(text: str) -> str:
    words = " ".join(clean_text(text).split())[:MOST_LETTERS]
    if not words:
        raise CommandRefusedError("some words are needed")
    return words
