"""What differs between two trees, by name."""

from __future__ import annotations

from command_centre.domain.differences import differences


def told(before: object, after: object) -> list[str]:
    return [str(each) for each in differences(before, after)]


def test_equal_trees_differ_in_nothing() -> None:
    assert told({"a": [1, {"b": None}]}, {"a": [1, {"b": None}]}) == []


def test_members_are_told_apart_by_their_key_and_not_by_their_place() -> None:
    before = {"targets": [{"key": "a", "x": 1}, {"key": "b", "x": 2}]}
    after = {"targets": [{"key": "b", "x": 3}, {"key": "a", "x": 1}]}
    assert told(before, after) == ["targets[b].x: 2 → 3"]


def test_what_came_and_what_went_is_named() -> None:
    assert told({"a": 1}, {"b": 2}) == ["a: 1 → –", "b: – → 2"]
    assert told([1, 2], [1]) == ["[1]: 2 → –"]


def test_none_and_nothing_are_not_the_same_as_zero() -> None:
    assert told({"a": None}, {"a": 0}) == ["a: – → 0"]
    assert told({"a": 1}, {"a": 1.0}) == ["a: 1 → 1.0"]
