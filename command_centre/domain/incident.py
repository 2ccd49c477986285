"""Incident: the human story of targets in trouble, from first firing to last clearing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

from command_centre.domain.reading import Reason
from command_centre.domain.rule import RuleId, Severity
from command_centre.domain.target import TargetKey

IncidentId = NewType("IncidentId", int)


class IncidentEventKind(StrEnum):
    """What can happen to an incident, for its timeline."""

    OPENED = "opened"
    REASON_CHANGED = "reason_changed"
    WORSENED = "worsened"  # more severe, or wider
    EASED = "eased"
    EXPLAINED = "explained"  # something else has been found to be its cause: it is told there
    FLAPPING = "flapping"
    CALM_AGAIN = "calm_again"
    RESOLVED = "resolved"
    # What people do (commands.py): these carry an author.
    ACKNOWLEDGED = "acknowledged"
    ACK_WITHDRAWN = "ack_withdrawn"
    NOTED = "noted"
    ASSIGNED = "assigned"
    CAUSE_LABELLED = "cause_labelled"
    SILENCED = "silenced"
    SILENCE_LIFTED = "silence_lifted"


class Cause(StrEnum):
    """What it was, as a person said. A label for reports and for tuning rules; it ends nothing."""

    POWER = "power"  # PLN
    CABLE = "cable"
    PROVIDER = "provider"
    DEVICE = "device"
    SOFTWARE = "software"
    PLANNED_WORK = "planned_work"
    NOT_A_FAULT = "not_a_fault"  # a false alarm
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Incident:
    """One story. ``opened_at`` is when the trouble began, not when the rule fired; ``resolved_at`` is None while it lasts."""

    id: IncidentId
    rule: RuleId
    target: TargetKey
    severity: Severity
    reason: Reason
    opened_at: datetime
    resolved_at: datetime | None = None
