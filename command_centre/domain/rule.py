"""Rule: when a condition holds long enough, somebody has to know. Verdict: what the newest reading says about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import NewType, assert_never

from command_centre.domain.reading import Reading, Status
from command_centre.domain.target import TargetKind

RuleId = NewType("RuleId", str)


class Severity(StrEnum):
    """How urgent: act now (may wake), act today, read in the digest."""

    CRITICAL = "critical"
    WARNING = "warning"
    INFO = "info"


class Verdict(StrEnum):
    """What one reading says about one rule. NO_DATA moves nothing: missing data neither raises nor resolves."""

    BREACHED = "breached"
    FINE = "fine"
    NO_DATA = "no_data"


@dataclass(frozen=True, slots=True)
class Rule:
    """A condition on status, how long it must hold before it fires, how long calm must last before it clears."""

    id: RuleId
    applies_to: TargetKind
    breached_by: frozenset[Status]
    hold: timedelta
    recover: timedelta
    severity: Severity


def judge(rule: Rule, reading: Reading) -> Verdict:
    """The verdict of ``rule`` on ``reading``."""
    if reading.tentative:
        return Verdict.NO_DATA  # its retry decides
    if reading.status in rule.breached_by:
        return Verdict.BREACHED
    match reading.status:
        case Status.UP | Status.DEGRADED | Status.DOWN:
            return Verdict.FINE
        case Status.UNKNOWN:
            return Verdict.NO_DATA
        case unreachable:
            assert_never(unreachable)


DEFAULT_RULES = (
    Rule(RuleId("site-down"), TargetKind.SITE, frozenset({Status.DOWN}), timedelta(0), timedelta(seconds=60), Severity.WARNING),
    Rule(RuleId("self-down"), TargetKind.SELF, frozenset({Status.DOWN}), timedelta(0), timedelta(0), Severity.CRITICAL),
)
"""In force until ``config.yaml`` carries rules of its own.

Hold is 0 because a failed look is confirmed by its retry before it counts.
"""
