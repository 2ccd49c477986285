"""Dependencies: whose failure explains whose. One level is looked up at a time; what lies above follows by itself.

A target may depend on several things, each of them needed; each may be served by several that stand in for each other. So the
dependencies of one target are a tuple of *groups*: it is explained when all members of at least one group are in trouble.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from typing import TypeAlias, TypeVar

Key = TypeVar("Key", bound=Hashable)
Groups: TypeAlias = tuple[tuple[Key, ...], ...]


def is_explained(key: Key, parents: Mapping[Key, Groups[Key]], trouble: Callable[[Key], bool | None]) -> bool:
    """Whether the failure of ``key`` follows from the failure of what it depends on.

    ``trouble`` says whether something is in trouble; None where nobody looks at it: then what stands above it decides.
    """
    return any(bool(group) and all(_is_gone(each, parents, trouble) for each in group) for group in parents.get(key, ()))


def _is_gone(key: Key, parents: Mapping[Key, Groups[Key]], trouble: Callable[[Key], bool | None]) -> bool:
    seen = trouble(key)
    return is_explained(key, parents, trouble) if seen is None else seen


def find_cycle(parents: Mapping[Key, Groups[Key]]) -> tuple[Key, ...] | None:
    """A chain of dependencies that comes back to where it began, first and last the same; None where there is none."""
    cleared: set[Key] = set()
    for start in parents:
        found = _walk(start, parents, [], cleared)
        if found is not None:
            return found
    return None


def _walk(start: Key, parents: Mapping[Key, Groups[Key]], trail: list[Key], cleared: set[Key]) -> tuple[Key, ...] | None:
    # A list of open branches instead of recursion: a chain may be as long as the register.
    branches = [(start, iter(_above(start, parents)))]
    trail.append(start)
    while branches:
        key, rest = branches[-1]
        following = next(rest, None)
        if following is None:
            branches.pop()
            trail.pop()
            cleared.add(key)
        elif following in trail:
            return (*trail[trail.index(following) :], following)
        elif following not in cleared:
            trail.append(following)
            branches.append((following, iter(_above(following, parents))))
    return None


def _above(key: Key, parents: Mapping[Key, Groups[Key]]) -> tuple[Key, ...]:
    return tuple(each for group in parents.get(key, ()) for each in group)
