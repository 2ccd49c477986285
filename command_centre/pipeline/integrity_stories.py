"""The incidents of the watch for injected content: what a change of the watch does to the story of a site.

The watch decides by itself (two indications or a decisive one, three clean scans); nothing here judges a reading. The story is an
incident like any other from then on: told, escalated, acknowledged and shown by the same parts of the program.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from command_centre.domain.alert import AlertState
from command_centre.domain.alert import Phase as AlertPhase
from command_centre.domain.incident import Cause
from command_centre.domain.integrity import Change, Finding, defang
from command_centre.domain.reading import Reading, Reason, Status
from command_centre.domain.rule import DEFAULT_RULES, INJECTED, Rule
from command_centre.domain.target import TargetKey
from command_centre.pipeline.rulebook import Rulebook
from command_centre.storage import incident_deeds
from command_centre.storage.alerts import Alert, load_alerts, open_incident, resolve_incident, save_alert
from command_centre.storage.integrity import owner_of

DETAIL_LETTERS = 300
OPENS = frozenset({Change.ALARM, Change.REINFECTION, Change.CONFIRMED})
ENDS = frozenset({Change.CLEARED, Change.DISMISSED})


@dataclass(frozen=True, slots=True)
class Turn:
    """What has changed about one site, when, and the line of evidence that stands for it (defanged)."""

    target_id: int
    key: TargetKey
    change: Change
    at: datetime
    evidence: str = ""


def rule_in(rulebook: Rulebook) -> Rule:
    """The rule of the watch as the configuration has it."""
    return next((each for each in rulebook.rules if each.id == INJECTED), rule_as_shipped())


def rule_as_shipped() -> Rule:
    """The rule where no configuration is at hand: a person's confirmation opens a story also in the web process."""
    return next(each for each in DEFAULT_RULES if each.id == INJECTED)


def evidence_line(findings: tuple[Finding, ...]) -> str:
    """The weightiest finding in one line that can be shown: where, and what it looks like."""
    if not findings:
        return ""
    heaviest = max(findings, key=lambda each: (each.is_decisive, each.weight))
    return defang(f"{heaviest.url}: {heaviest.excerpt}", DETAIL_LETTERS)


def carry_on(connection: Connection, turn: Turn, rule: Rule) -> None:
    """Open or end the story of a site. A suspicion is not told; what is open stays one story whatever happens to it."""
    known = load_alerts(connection, [turn.target_id]).get((INJECTED, turn.target_id))
    is_open = known is not None and known.incident is not None
    if turn.change in OPENS and not is_open:
        _open(connection, turn, rule)
    elif turn.change in ENDS and known is not None and is_open:
        _end(connection, turn, known)


def _open(connection: Connection, turn: Turn, rule: Rule) -> None:
    owned = replace(rule, owner=" · ".join(each for each in (owner_of(connection, turn.target_id), rule.owner) if each))
    seen = _seen(turn, Status.DEGRADED, Reason.CONTENT_INJECTION)
    story = open_incident(connection, owned, rule.severity, turn.target_id, seen, turn.at)
    state = AlertState(AlertPhase.FIRING, turn.at, turn.at)
    save_alert(connection, INJECTED, turn.target_id, Alert(state, story, seen.reason, rule.severity))


def _end(connection: Connection, turn: Turn, known: Alert) -> None:
    if known.incident is None:
        return
    if turn.change is Change.DISMISSED:
        incident_deeds.set_cause(connection, known.incident, Cause.NOT_A_FAULT)
    resolve_incident(connection, known.incident, _seen(turn, Status.UP, Reason.OK), turn.at)
    save_alert(connection, INJECTED, turn.target_id, Alert(AlertState(AlertPhase.CLEAR, turn.at)))


def _seen(turn: Turn, status: Status, reason: Reason) -> Reading:
    """What the story is told with. It is recorded nowhere: how a site answers is another question."""
    return Reading(turn.key, turn.at, status, reason, turn.evidence)
