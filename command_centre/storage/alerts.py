"""Alert states and incidents as rows. What becomes of them is decided in ``pipeline.evaluator``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from command_centre.domain.alert import AlertState, Phase
from command_centre.domain.flapping import Flapping
from command_centre.domain.incident import IncidentEventKind, IncidentId
from command_centre.domain.reading import Reading, Reason
from command_centre.domain.rule import Rule, RuleId, Severity, Verdict
from command_centre.storage.database import upsert_into
from command_centre.storage.log import clean_text
from command_centre.storage.tables import alert_state, incident, incident_event, target
from command_centre.storage.times import from_ms, to_ms

CALM = Flapping(Verdict.FINE.value)
"""What has always been well has nothing to remember, and needs no row."""


@dataclass(frozen=True, slots=True)
class Alert:
    """One rule on one target: its state, and the incident it keeps open (with the reason last told) while it is open."""

    state: AlertState
    incident: IncidentId | None = None
    reason: Reason | None = None
    severity: Severity | None = None
    flapping: Flapping = CALM


def load_alerts(connection: Connection, target_ids: Sequence[int]) -> dict[tuple[RuleId, int], Alert]:
    """The alerts of some targets; a pair that is missing has always been clear."""
    rows = connection.execute(
        select(alert_state, incident.c.reason)
        .outerjoin(incident, incident.c.id == alert_state.c.incident_id)
        .where(alert_state.c.target_id.in_(target_ids))
    )
    return {
        (RuleId(row.rule), row.target_id): Alert(
            AlertState(Phase(row.phase), from_ms(row.since), None if row.trouble_since is None else from_ms(row.trouble_since)),
            None if row.incident_id is None else IncidentId(row.incident_id),
            None if row.reason is None else Reason(row.reason),
            None if row.severity is None else Severity(row.severity),
            _flapping(row.last_look, row.changes, is_flapping=bool(row.is_flapping)),
        )
        for row in rows
    }


def _flapping(last: str | None, changes: str | None, *, is_flapping: bool) -> Flapping:
    return CALM if last is None else Flapping(last, tuple(each == "1" for each in changes or ""), is_flapping)


def save_alert(connection: Connection, rule: RuleId, target_id: int, alert: Alert) -> None:
    """Keep the state of one rule on one target."""
    state = alert.state
    row = {
        "rule": rule,
        "target_id": target_id,
        "phase": state.phase.value,
        "since": to_ms(state.since),
        "trouble_since": None if state.trouble_since is None else to_ms(state.trouble_since),
        "incident_id": alert.incident,
        "severity": None if alert.severity is None else alert.severity.value,
        "last_look": alert.flapping.last,
        "changes": "".join("1" if each else "0" for each in alert.flapping.changes),
        "is_flapping": alert.flapping.is_flapping,
    }
    connection.execute(upsert_into(connection, alert_state), row)


def open_incident(
    connection: Connection, rule: Rule, severity: Severity, target_id: int, seen: Reading, opened_at: datetime
) -> IncidentId:
    """Begin a story; ``seen`` is the reading that made the rule fire, ``opened_at`` when the trouble began."""
    values = {
        "rule": rule.id,
        "target_id": target_id,
        "severity": severity.value,
        "owner": None if rule.asks_owner or not rule.owner else rule.owner,
        "status": seen.status.value,
        "reason": seen.reason.value,
        "detail": clean_text(seen.detail),
        "opened_at": to_ms(opened_at),
    }
    number = connection.execute(insert(incident).values(values).returning(incident.c.id)).scalar_one()
    opened = IncidentId(number)
    _tell(connection, opened, IncidentEventKind.OPENED, seen)
    return opened


def change_reason(connection: Connection, story: IncidentId, seen: Reading) -> None:
    """The trouble goes on and looks different."""
    values = {"status": seen.status.value, "reason": seen.reason.value, "detail": clean_text(seen.detail)}
    connection.execute(update(incident).where(incident.c.id == story).values(values))
    _tell(connection, story, IncidentEventKind.REASON_CHANGED, seen)


def change_severity(connection: Connection, story: IncidentId, severity: Severity, seen: Reading, *, is_worse: bool) -> None:
    """The trouble goes on, and more depends on it, or less."""
    connection.execute(update(incident).where(incident.c.id == story).values(severity=severity.value))
    _tell(connection, story, IncidentEventKind.WORSENED if is_worse else IncidentEventKind.EASED, seen)


def tell_flapping(connection: Connection, story: IncidentId, seen: Reading, *, begins: bool) -> None:
    """The state keeps changing, or has become calm again."""
    _tell(connection, story, IncidentEventKind.FLAPPING if begins else IncidentEventKind.CALM_AGAIN, seen)


def resolve_incident(connection: Connection, story: IncidentId, seen: Reading, ended_at: datetime) -> None:
    """End a story; ``seen`` is the reading that made the rule clear, ``ended_at`` when the trouble ended."""
    connection.execute(update(incident).where(incident.c.id == story).values(resolved_at=to_ms(ended_at)))
    _tell(connection, story, IncidentEventKind.RESOLVED, seen)


def close_orphans(connection: Connection, rules: Sequence[RuleId], at: datetime) -> int:
    """End the stories that no reading can end any more: their target has left the register, or their rule no longer exists."""
    gone = target.c.removed_at.is_not(None) | alert_state.c.rule.not_in(list(rules))
    rows = connection.execute(
        select(alert_state.c.rule, alert_state.c.target_id, alert_state.c.incident_id, incident.c.status, incident.c.reason)
        .join(target, target.c.id == alert_state.c.target_id)
        .join(incident, incident.c.id == alert_state.c.incident_id)
        .where(gone)
    ).all()
    for row in rows:
        save_alert(connection, RuleId(row.rule), row.target_id, Alert(AlertState(Phase.CLEAR, at)))
        connection.execute(update(incident).where(incident.c.id == row.incident_id).values(resolved_at=to_ms(at)))
        told = {"incident_id": row.incident_id, "at": to_ms(at), "kind": IncidentEventKind.RESOLVED.value}
        connection.execute(insert(incident_event).values(told | {"status": row.status, "reason": row.reason, "detail": ""}))
    return len(rows)


def _tell(connection: Connection, story: IncidentId, kind: IncidentEventKind, seen: Reading) -> None:
    values = {
        "incident_id": story,
        "at": to_ms(seen.taken_at),
        "kind": kind.value,
        "status": seen.status.value,
        "reason": seen.reason.value,
        "detail": clean_text(seen.detail),
    }
    connection.execute(insert(incident_event).values(values))
