"""docs/cases.md tells the truth: every case once, every test it names exists, and what must be held is held."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parents[1]
DOCUMENT = TESTS.parent / "docs" / "cases.md"

ROW = re.compile(r"^\| ([A-Z]\d+) \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)
REFERENCE = re.compile(r"`([\w/]+\.py)::(test_\w+)`")
HELD = {
    "W": range(1, 12), "N": range(1, 7), "Q": range(1, 9), "M": range(1, 7),
    "R": range(1, 11), "C": range(1, 6), "L": range(1, 13),
}  # fmt: skip
"""Cases that must be here, by letter. Others are added with the capability they belong to."""


def cases() -> list[tuple[str, str, str]]:
    return ROW.findall(DOCUMENT.read_text(encoding="utf-8"))


def references() -> list[tuple[str, str, str]]:
    """(case, file, test)."""
    return [(case, *found) for case, _, tests in cases() for found in REFERENCE.findall(tests)]


@cache
def names_of_tests(file: str) -> frozenset[str]:
    path = TESTS / file
    if not path.is_file():
        return frozenset()
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return frozenset(each.name for each in ast.walk(tree) if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef))


def test_every_row_of_the_document_is_understood() -> None:
    rows = [
        line for line in DOCUMENT.read_text(encoding="utf-8").splitlines() if line.startswith("| ") and "| case |" not in line
    ]
    assert len(rows) == len(cases())


def test_every_case_stands_there_once_with_a_promise_and_a_test() -> None:
    names = [case for case, _, _ in cases()]
    assert sorted(names) == sorted(set(names))
    assert [case for case, promise, tests in cases() if not promise.strip() or not REFERENCE.search(tests)] == []


@pytest.mark.parametrize(("case", "file", "test"), references(), ids=lambda each: str(each)[-60:])
def test_a_test_that_is_named_exists(case: str, file: str, test: str) -> None:
    assert test in names_of_tests(file), f"{case}: tests/{file} has no {test}"


def test_no_case_that_must_be_held_is_missing() -> None:
    known = {case for case, _, _ in cases()}
    assert {f"{letter}{number}" for letter, numbers in HELD.items() for number in numbers} - known == set()
