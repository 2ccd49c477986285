"""Silence is a rule: who has not been heard of for too long has a story. All silent together is one story, and it is ours."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection

from command_centre.domain.alert import AlertState, Phase
from command_centre.domain.grouping import FEWEST
from command_centre.domain.reading import Reading, Reason, Status
from command_centre.domain.rule import Rule, Severity, SilentFor
from command_centre.domain.target import TargetKey
from command_centre.pipeline.recorder import Chore
from command_centre.pipeline.rulebook import Rulebook
from command_centre.storage import groups
from command_centre.storage.alerts import Alert, load_alerts, open_incident, save_alert
from command_centre.storage.groups import GroupFacts
from command_centre.storage.silent import Silent, measured_targets, silent_targets

EVERY = timedelta(seconds=10)
BLIND = "collector"
"""Kind of the group of those that fell silent together."""

BLIND_SHARE = 0.9
"""So large a part of one kind silent together is not theirs but ours: a broker, a collector, a line."""


class SilenceWatch:
    """Looks for silence since it began to watch: what was silent before proves nothing about them, only about us."""

    def __init__(self) -> None:
        self._since: datetime | None = None

    def chore(self, *, every: timedelta = EVERY) -> Chore:
        """The watch as a chore of the recorder."""
        return Chore("silence", every, self._take_a_turn)

    def _take_a_turn(self, connection: Connection, at: datetime, rulebook: Rulebook) -> Sequence[Reading]:
        self._since = self._since or at
        for rule in rulebook.rules:
            if isinstance(rule.condition, SilentFor) and at - self._since > rule.condition.after:
                _watch(connection, rule, rule.condition.after, rulebook, at)
        return ()


def _watch(connection: Connection, rule: Rule, after: timedelta, rulebook: Rulebook, at: datetime) -> None:
    silent = silent_targets(connection, rule.applies_to, at, after)
    _settle_blindness(connection, rule, silent, at)
    known = load_alerts(connection, [each.id for each in silent]) if silent else {}
    for each in silent:
        before = known.get((rule.id, each.id))
        is_known = before is not None and before.state.phase.is_open
        if not is_known and not rulebook.is_planned(each.key, at):
            _open(connection, rule, each, at)


def _open(connection: Connection, rule: Rule, silent: Silent, at: datetime) -> None:
    seen = Reading(silent.key, at, Status.UNKNOWN, Reason.SILENT)
    story = open_incident(connection, rule, rule.severity, silent.id, seen, silent.vouched_until)
    state = AlertState(Phase.FIRING, at, silent.vouched_until)
    save_alert(connection, rule.id, silent.id, Alert(state, story, Reason.SILENT, rule.severity))


def _settle_blindness(connection: Connection, rule: Rule, silent: Sequence[Silent], at: datetime) -> None:
    """One story for all of a kind that fell silent together; it ends when most of them speak again."""
    key = TargetKey(f"{BLIND}:{rule.applies_to.value}")
    known = groups.open_groups(connection).get(key)
    measured = measured_targets(connection, rule.applies_to)
    is_blind = len(silent) >= FEWEST and len(silent) >= BLIND_SHARE * measured
    if is_blind and known is None:
        first = min(silent, key=lambda each: (each.vouched_until, each.id))
        opened_at = int(first.vouched_until.timestamp() * 1000)
        facts = GroupFacts(
            key, BLIND, rule.owner, Severity.CRITICAL, Reason.SILENT.value, opened_at, first.id, len(silent), measured
        )
        groups.open_group(connection, facts, at)
    elif known is not None and not is_blind:
        groups.end_group(connection, known, at)
    elif known is not None and len(silent) > known.scope:
        groups.widen_group(connection, known, len(silent), known.severity, at)
