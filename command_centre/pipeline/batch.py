"""One batch of readings becomes history: log, latest, spans, rollup marks, alerts, incidents, all in the caller's transaction."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from command_centre.domain.alert import AlertState, Phase
from command_centre.domain.flapping import Flapping, look
from command_centre.domain.reading import Reading
from command_centre.domain.rule import Rule, Severity, SilentFor, Verdict, severity_of
from command_centre.domain.series import MetricName
from command_centre.domain.target import TargetKey
from command_centre.pipeline.evaluator import Decision, Turn, decide, heard
from command_centre.pipeline.gathering import gather
from command_centre.pipeline.rulebook import Rulebook
from command_centre.storage.alerts import (
    CALM,
    Alert,
    change_reason,
    change_severity,
    load_alerts,
    open_incident,
    resolve_incident,
    save_alert,
    tell_flapping,
)
from command_centre.storage.inventory import (
    SELF_PREFIX,
    ensure_self_target,
    metric_ids,
    register_unknown_metrics,
    self_target_name,
)
from command_centre.storage.log import KnownTarget, Stored, append_readings, known_targets
from command_centre.storage.rollups import mark_dirty
from command_centre.storage.spans import advance_spans

LOG = logging.getLogger(__name__)


def write_batch(connection: Connection, readings: Sequence[Reading], rulebook: Rulebook, at: datetime) -> int:
    """Write ``readings``; returns how many of them were new. ``at`` is now.

    A reading of a target that the register does not know is left out and logged: the register comes first.
    """
    if not readings:
        return 0
    targets = _targets_of(connection, readings, at)
    known = [(targets[each.target], each) for each in readings if each.target in targets]
    stored = append_readings(connection, known, _metrics_of(connection, readings), at)
    advance_spans(connection, stored, rulebook.planned_for)
    mark_dirty(connection, stored, at)
    _evaluate(connection, stored, rulebook, at)
    return len(stored)


def _targets_of(connection: Connection, readings: Sequence[Reading], at: datetime) -> dict[TargetKey, KnownTarget]:
    keys = {each.target for each in readings}
    targets = known_targets(connection, keys)
    missing = keys - targets.keys()
    own = sorted(key for key in missing if key.startswith(SELF_PREFIX))
    for key in own:
        ensure_self_target(connection, key, self_target_name(key), at)
    strangers = sorted(missing - set(own))
    if strangers:
        LOG.error("readings of targets that are not in the register are left out: %s", ", ".join(strangers))
    return targets | known_targets(connection, own) if own else targets


def _metrics_of(connection: Connection, readings: Sequence[Reading]) -> dict[MetricName, int]:
    metrics = metric_ids(connection)
    missing = sorted({name for each in readings for name in each.values} - metrics.keys())
    if not missing:
        return metrics
    LOG.warning("metrics that nobody described are kept as codes: %s", ", ".join(missing))
    register_unknown_metrics(connection, missing)
    return metric_ids(connection)


def _evaluate(connection: Connection, stored: Sequence[Stored], rulebook: Rulebook, at: datetime) -> None:
    """Let every reading that is news about its target speak to the rules. A late one tells the past, which alarms nobody now."""
    speaking = [each for each in stored if each.is_newest and not each.reading.tentative]
    if not speaking:
        return
    alerts = load_alerts(connection, sorted({each.target.id for each in speaking}))
    turned = False
    for each in speaking:
        for rule in rulebook.rules_for(each.target.kind):
            key = (rule.id, each.target.id)
            before = alerts.get(key)
            after = _after(connection, before, rule, each, rulebook)
            if after is not None:
                alerts[key] = after
                save_alert(connection, rule.id, each.target.id, after)
                turned = turned or before is None or after.incident != before.incident or after.reason != before.reason
    if turned:
        gather(connection, rulebook.orders.parents, at)


def _after(connection: Connection, known: Alert | None, rule: Rule, seen: Stored, rulebook: Rulebook) -> Alert | None:
    """The alert after one reading, with what it does to its incident written; None where nothing has changed."""
    before = Alert(AlertState(Phase.CLEAR, seen.reading.taken_at)) if known is None else known
    verdict = heard(
        rule,
        seen.reading,
        is_open=before.state.phase.is_open,
        is_planned=lambda: rulebook.is_planned(seen.target.key, seen.reading.taken_at),
    )
    if verdict is Verdict.FINE and before.state.phase is Phase.CLEAR and before.flapping == CALM:
        return None  # nearly always
    decision = decide(before.state, before.reason, rule, seen.reading, verdict)
    severity = severity_of(rule, seen.reading) if verdict is Verdict.BREACHED else before.severity
    flapping = before.flapping if verdict is Verdict.NO_DATA else _restless(before.flapping, verdict, rule, rulebook)
    after = _carry_out(connection, decision, before, rule, severity, seen)
    after = replace(after, flapping=flapping)
    _tell_changes(connection, before, after, seen)
    return None if after == before else after


def _restless(flapping: Flapping, verdict: Verdict, rule: Rule, rulebook: Rulebook) -> Flapping:
    limits = rulebook.orders.flap_limits
    return flapping if limits is None or isinstance(rule.condition, SilentFor) else look(flapping, verdict.value, limits)


def _tell_changes(connection: Connection, before: Alert, after: Alert, seen: Stored) -> None:
    """What a story has to say besides its beginning and its end."""
    story = after.incident
    if story is None or story != before.incident:
        return
    if after.severity is not before.severity and after.severity is not None and before.severity is not None:
        is_worse = after.severity.rank > before.severity.rank
        change_severity(connection, story, after.severity, seen.reading, is_worse=is_worse)
    if after.flapping.is_flapping is not before.flapping.is_flapping:
        tell_flapping(connection, story, seen.reading, begins=after.flapping.is_flapping)


def _carry_out(
    connection: Connection, decision: Decision, before: Alert, rule: Rule, severity: Severity | None, seen: Stored
) -> Alert:
    """Write what was decided about the incident; returns the alert as it is now."""
    match decision.turn:
        case Turn.NOTHING:
            return replace(before, state=decision.state, severity=severity)
        case Turn.OPENS:
            worst = severity or rule.severity
            story = open_incident(connection, rule, worst, seen.target.id, seen.reading, decision.moment)
            return Alert(decision.state, story, seen.reading.reason, worst)
        case Turn.LOOKS_DIFFERENT:
            if before.incident is not None:
                change_reason(connection, before.incident, seen.reading)
            return Alert(decision.state, before.incident, seen.reading.reason, severity)
        case Turn.RESOLVES:
            if before.incident is not None:
                resolve_incident(connection, before.incident, seen.reading, decision.moment)
            return Alert(decision.state)
