"""Gathering: single hotspots in trouble become the story of what they have in common, and part from it again.

Runs in the recorder's transaction, after what has changed: nobody ever sees 262 stories where there is one. A cause stays one
story while it lasts: lines that turn out to be a whole provider's network are told by that from then on.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection

from command_centre.domain.grouping import Grouped, group_by_cause, severity_of_scope
from command_centre.domain.incident import IncidentId
from command_centre.domain.rule import DEFAULT_RULES, RuleId
from command_centre.domain.target import Parent, ParentKind, TargetKey, TargetKind
from command_centre.storage import groups
from command_centre.storage.groups import GroupFacts, OpenGroup

GATHERED = tuple(RuleId(rule.id) for rule in DEFAULT_RULES if rule.applies_to is TargetKind.HOTSPOT and rule.explains)
"""The rules whose stories are gathered: that a hotspot is cut off."""

_GATHERED_KINDS = frozenset(each.value for each in ParentKind)


def gather(connection: Connection, parents: Mapping[TargetKey, Parent], at: datetime) -> None:
    """Bring the stories of shared causes up to what is so now."""
    if not parents:
        return
    faults, targets = groups.troubled_children(connection, GATHERED)
    known = {key: each for key, each in groups.open_groups(connection).items() if each.kind in _GATHERED_KINDS}
    if not faults and not known:
        return
    depending = groups.children_of_parents(connection)
    causes = {each.key: each for each in group_by_cause(faults, depending, parents)}
    ids = {
        key: _keep(connection, cause, known.get(key), parents[key], depending.get(key, 0), targets, at)
        for key, cause in causes.items()
    }
    _part(connection, known, ids, parents, at)
    _belong(connection, causes, ids, [each.id for each in faults])


def _keep(
    connection: Connection,
    cause: Grouped,
    known: OpenGroup | None,
    parent: Parent,
    total: int,
    targets: Mapping[int, int],
    at: datetime,
) -> IncidentId:
    """The story of a cause: opened, or widened where it has grown."""
    count = len(cause.members)
    severity = severity_of_scope(count)
    if known is None:
        reasons = Counter(each.reason for each in cause.members)
        reason = min(reasons, key=lambda each: (-reasons[each], each))
        first = min(cause.members, key=lambda each: (each.since, each.id))
        facts = GroupFacts(
            cause.key, parent.kind.value, parent.owner, severity, reason, first.since, targets[first.id], count, max(total, count)
        )
        return groups.open_group(connection, facts, at)
    if count > known.scope:
        worst = max((severity, known.severity), key=lambda each: each.rank)
        groups.widen_group(connection, known, count, worst, at)
    return known.id


def _part(
    connection: Connection,
    known: Mapping[TargetKey, OpenGroup],
    ids: Mapping[TargetKey, IncidentId],
    parents: Mapping[TargetKey, Parent],
    at: datetime,
) -> None:
    """Causes that are no longer any end; those that something above them now explains are told by that."""
    for key, group in known.items():
        above = next((ids[each] for each in parents[key].parents if each in ids), None) if key in parents else None
        if key in ids:
            if group.parent is not None:
                groups.belong_to(connection, [group.id], None)
        elif above is None:
            groups.end_group(connection, group, at)
        elif group.parent != above:
            groups.belong_to(connection, [group.id], above)


def _belong(
    connection: Connection,
    causes: Mapping[TargetKey, Grouped],
    ids: Mapping[TargetKey, IncidentId],
    faults: Sequence[int],
) -> None:
    """Every single story belongs to its cause, or to none. Only what changes is written."""
    wanted: dict[int, int | None] = dict.fromkeys(faults)
    wanted |= {each.id: ids[key] for key, cause in causes.items() for each in cause.members}
    now = groups.parents_of(connection, faults)
    for group in {*ids.values(), None}:
        moved = [story for story, parent in wanted.items() if parent == group and now.get(story) != group]
        if moved:
            groups.belong_to(connection, moved, group)
