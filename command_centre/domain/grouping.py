"""Grouping: what explains many faults at once, the one line or the one power area that those in trouble share. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import NamedTuple

from command_centre.domain.rule import Severity
from command_centre.domain.target import Parent, TargetKey

FEWEST = 5
"""So many children of one parent must go down together; fewer are told one by one."""

TOGETHER_MS = timedelta(minutes=5) // timedelta(milliseconds=1)
"""What begins within this time began together: one look a minute, a second look, and a broker's patience with a silent device."""

LEAST_SHARE = 0.05
"""Of a line with 250 hotspots always some are down for reasons of their own. After a gap in our own watching all of them seem to
begin together: below this share of a parent's children they are no common cause."""

CRITICAL_FROM = 20
"""A shared cause takes away the free Wi-Fi of a whole quarter from about so many points on; fewer can wait for the day shift."""


class Faulty(NamedTuple):
    """One child that is cut off, since when (epoch milliseconds), and what it depends on. ``id`` is the caller's own."""

    id: int
    since: int
    reason: str
    kelurahan: str | None
    parents: tuple[str, ...]


class Grouped(NamedTuple):
    """A cause, and those it explains."""

    key: TargetKey
    members: tuple[Faulty, ...]


def severity_of_scope(children: int) -> Severity:
    """How severe a cause is by how many it takes along."""
    return Severity.CRITICAL if children >= CRITICAL_FROM else Severity.WARNING


def group_by_cause(
    faults: Sequence[Faulty], depending: Mapping[str, int], parents: Mapping[TargetKey, Parent]
) -> tuple[Grouped, ...]:
    """The causes, greatest first; nothing is explained twice.

    ``depending`` says how many children depend on each parent. A parent that the register does not know explains nothing.
    """
    left = {each.id: each for each in faults}
    found: dict[str, list[Faulty]] = {}
    while left:
        key, members = _greatest(left.values(), depending, parents)
        if not members:
            break
        found[key] = members
        for each in members:
            del left[each.id]
    causes = [Grouped(TargetKey(key), tuple(members)) for key, members in _one_level_up(found, depending, parents).items()]
    return tuple(sorted(causes, key=lambda each: (-len(each.members), each.key)))


def _greatest(
    faults: Iterable[Faulty], depending: Mapping[str, int], parents: Mapping[TargetKey, Parent]
) -> tuple[str, list[Faulty]]:
    """The parent that explains most, with those it explains; of two that explain as many, the one with fewer children."""
    by_parent: dict[str, list[Faulty]] = defaultdict(list)
    for each in faults:
        for key in each.parents:
            if key in parents:
                by_parent[key].append(each)
    together = {key: _together(members) for key, members in by_parent.items()}
    candidates = {key: members for key, members in together.items() if _is_shared(len(members), depending.get(key, 0))}
    if not candidates:
        return "", []
    best = min(candidates, key=lambda key: (-len(candidates[key]), depending.get(key, 0), key))
    return best, candidates[best]


def _together(faults: Sequence[Faulty]) -> list[Faulty]:
    """Those from the first burst on: whoever goes down later, while the cause lasts, belongs to it."""
    ordered = sorted(faults, key=lambda each: (each.since, each.id))
    for index in range(len(ordered) - FEWEST + 1):
        if ordered[index + FEWEST - 1].since - ordered[index].since <= TOGETHER_MS:
            return ordered[index:]
    return []


def _is_shared(children: int, depending: int) -> bool:
    return children >= FEWEST and children >= LEAST_SHARE * depending


def _one_level_up(
    found: Mapping[str, list[Faulty]], depending: Mapping[str, int], parents: Mapping[TargetKey, Parent]
) -> dict[str, list[Faulty]]:
    """Causes whose siblings have all failed as well are the failure of what stands above them: a provider's whole network."""
    below: dict[TargetKey, list[TargetKey]] = defaultdict(list)
    for parent in parents.values():
        for above in parent.parents:
            if depending.get(parent.key, 0) and above in parents:
                below[above].append(parent.key)
    causes: dict[str, list[Faulty]] = dict(found)
    for above, lines in below.items():
        if len(lines) > 1 and all(line in causes for line in lines):
            members = [each for line in lines for each in causes.pop(line)]
            causes[above] = [*members, *causes.get(above, [])]
    return causes
