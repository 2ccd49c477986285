"""What differs between two plain trees (objects, lists, numbers, texts): which leaf, before and after."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

IDENTITIES = ("key", "id", "period")
"""Members of a list are told apart by the first of these they all have; otherwise by their place."""


class Difference(NamedTuple):
    """One leaf, by its path (``targets[situs:diskominfo].ledger[2]``). None: it is not there."""

    path: str
    before: Any
    after: Any

    def __str__(self) -> str:
        return f"{self.path}: {_shown(self.before)} → {_shown(self.after)}"


def differences(before: Any, after: Any, path: str = "") -> Iterator[Difference]:
    """Every leaf that differs, in the order of ``before``."""
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        yield from _in_objects(before, after, path)
    elif _is_list(before) and _is_list(after):
        yield from _in_lists(before, after, path)
    elif before != after or type(before) is not type(after):
        yield Difference(path, before, after)


def _in_objects(before: Mapping[str, Any], after: Mapping[str, Any], path: str) -> Iterator[Difference]:
    prefix = f"{path}." if path else ""
    for name in [*before, *(name for name in after if name not in before)]:
        yield from differences(before.get(name), after.get(name), f"{prefix}{name}")


def _in_lists(before: Sequence[Any], after: Sequence[Any], path: str) -> Iterator[Difference]:
    named = _by_identity(before), _by_identity(after)
    first, second = named if named[0] is not None and named[1] is not None else (_by_place(before), _by_place(after))
    assert first is not None
    assert second is not None
    for name in [*first, *(name for name in second if name not in first)]:
        yield from differences(first.get(name), second.get(name), f"{path}[{name}]")


def _by_place(members: Sequence[Any]) -> Mapping[str, Any]:
    return {str(place): member for place, member in enumerate(members)}


def _by_identity(members: Sequence[Any]) -> Mapping[str, Any] | None:
    """{identity: member}; None when the members have none in common."""
    if not all(isinstance(each, Mapping) for each in members):
        return None
    for identity in IDENTITIES:
        names = [str(each[identity]) for each in members if identity in each]
        if len(names) == len(set(names)) == len(members):
            return dict(zip(names, members, strict=True))
    return None


def _is_list(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str | bytes)


def _shown(value: Any) -> str:
    if value is None:
        return "–"
    text = str(value)
    return text if len(text) <= 60 else f"{text[:57]}…"
