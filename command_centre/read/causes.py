"""What explains many faults at once, as screens of hotspots show it: concluded from what is so at the moment of asking. Pure.

The rule is that of ``domain.grouping``, by which the recorder keeps the stories of shared causes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from command_centre.domain.grouping import FEWEST, TOGETHER_MS, Faulty, group_by_cause
from command_centre.domain.reading import Reason
from command_centre.domain.target import Parent, TargetKey
from command_centre.read.views import SharedCause
from command_centre.storage.times import from_ms

__all__ = ["FEWEST", "TOGETHER_MS", "Explained", "Faulty", "shared_causes"]


class Explained(NamedTuple):
    """A cause, and the ids of the hotspots it explains."""

    cause: SharedCause
    children: frozenset[int]


def shared_causes(
    faults: Sequence[Faulty], depending: Mapping[str, int], parents: Mapping[TargetKey, Parent]
) -> tuple[Explained, ...]:
    """The causes, greatest first; no hotspot is explained twice.

    ``depending`` says how many hotspots depend on each parent and are expected to serve now. A parent that the register does not
    know explains nothing.
    """
    return tuple(_cause(parents[each.key], each.members) for each in group_by_cause(faults, depending, parents))


def _cause(parent: Parent, members: Sequence[Faulty]) -> Explained:
    reasons = Counter(each.reason for each in members)
    reason = min(reasons, key=lambda each: (-reasons[each], each))
    cause = SharedCause(
        key=parent.key,
        kind=parent.kind,
        name=parent.name,
        short_name=parent.short_name,
        owner=parent.owner,
        since=from_ms(min(each.since for each in members)),
        reason=Reason(reason),
        children=len(members),
        kelurahan=frozenset(each.kelurahan for each in members if each.kelurahan is not None),
    )
    return Explained(cause, frozenset(each.id for each in members))
