"""Stories in ``rehearsals/``: each is a file as a person would write it, with what must be told between which moments.

``notices``: kind and time window, and where they matter ``targets`` (exactly), ``contains``, ``count`` (at least), ``to``,
``severity``, ``group``. ``nothing_else``: whatever is left over must be in ``allow`` (``max`` of each).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from command_centre.config.rehearsal import parse_rehearsal
from command_centre.pipeline.rehearsal import play

STORIES = [
    pytest.param(story, id=f"{path.stem}: {story['name']}")
    for path in sorted((Path(__file__).parent / "rehearsals").glob("*.json"))
    for story in json.loads(path.read_text())
]


def test_there_are_stories() -> None:
    assert len(STORIES) >= 100


@pytest.mark.parametrize("story", STORIES)
def test_what_must_be_told_is_told_in_time_and_nothing_else(story: dict[str, Any]) -> None:
    expect = story["expect"]
    told, final = _played({key: value for key, value in story.items() if key not in ("name", "expect")})
    left = list(told)
    for wanted in expect["notices"]:
        found = next((each for each in left if _fits(wanted, each)), None)
        assert found is not None, f"missing {wanted}; told were {told}"
        left.remove(found)
    assert not expect.get("nothing_else") or not _not_allowed(left, expect.get("allow", [])), f"told were {told}"
    assert len(told) <= expect.get("max_notifications", len(told))
    assert {name: final[name] for name in expect.get("final", {})} == expect.get("final", {})


def _played(file: Mapping[str, Any]) -> tuple[list[dict[str, Any]], dict[str, str]]:
    accepted, final = play(parse_rehearsal(file))
    told = [
        {
            "t": t,
            "kind": each.dispatch.notice.kind.value,
            "rule": each.dispatch.rule,
            "severity": each.dispatch.notice.severity.value,
            "targets": set(each.dispatch.targets),
            "count": each.dispatch.count,
            "group": each.dispatch.group,
            "to": each.dispatch.receiver,
        }
        for t, each in accepted
    ]
    return told, final


def _fits(wanted: Mapping[str, Any], told: Mapping[str, Any]) -> bool:
    begin, end = wanted["t"]
    return (
        wanted["kind"] == told["kind"]
        and begin <= told["t"] <= end
        and set(wanted.get("targets", told["targets"])) == told["targets"]
        and set(wanted.get("contains", ())) <= told["targets"]
        and wanted.get("count", 0) <= told["count"]
        and wanted.get("to", wanted.get("channel", told["to"])) == told["to"]
        and wanted.get("severity", told["severity"]) == told["severity"]
        and wanted.get("rule", told["rule"]) == told["rule"]
        and wanted.get("group", "") in told["group"]
    )


def _not_allowed(left: list[dict[str, Any]], allowed: list[dict[str, Any]]) -> list[dict[str, Any]]:
    rest = list(left)
    for each in allowed:
        same = [told for told in rest if told["kind"] == each["kind"]][: each["max"]]
        rest = [told for told in rest if not any(told is one for one in same)]
    return rest
