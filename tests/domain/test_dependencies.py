"""Whose failure explains whose."""

from __future__ import annotations

import pytest

from command_centre.domain.dependencies import find_cycle, is_explained

PARENTS = {"ap": (("switch",),), "switch": (("router",),), "office": (("isp-a", "isp-b"),), "both": (("isp-a",), ("power",))}


def explained(key: str, down: set[str], unseen: set[str] = frozenset()) -> bool:  # type: ignore[assignment]
    return is_explained(key, PARENTS, lambda each: None if each in unseen else each in down)


@pytest.mark.parametrize(
    ("key", "down", "is_so"),
    [
        ("ap", {"switch"}, True),
        ("ap", {"router"}, False),  # the switch is looked at, and it is well
        ("ap", set(), False),
        ("office", {"isp-a"}, False),
        ("office", {"isp-a", "isp-b"}, True),
        ("both", {"power"}, True),
        ("both", {"isp-a"}, True),
        ("router", {"switch"}, False),
    ],
)
def test_a_failure_is_explained_by_all_of_one_group(key: str, down: set[str], is_so: bool) -> None:
    """S14."""
    assert explained(key, down) is is_so


def test_what_nobody_looks_at_is_looked_through() -> None:
    assert explained("ap", {"router"}, unseen={"switch"})
    assert not explained("ap", set(), unseen={"switch", "router"})


def test_a_circle_is_found_and_named() -> None:
    """S17."""
    assert find_cycle({"a": (("b",),), "b": (("c", "d"),), "d": (("a",),)}) == ("a", "b", "d", "a")
    assert find_cycle({"a": (("a",),)}) == ("a", "a")


def test_two_ways_to_the_same_thing_are_no_circle() -> None:
    assert find_cycle({"a": (("b", "c"),), "b": (("d",),), "c": (("d",),)}) is None


def test_a_chain_as_long_as_the_register_is_walked() -> None:
    assert find_cycle({f"n{each}": ((f"n{each + 1}",),) for each in range(5_000)}) is None
