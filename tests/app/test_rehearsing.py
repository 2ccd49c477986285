"""``run.py rehearse`` from outside: what it prints, how it refuses, and the dev scenarios of the testbed."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from command_centre.config.rehearsal import parse_rehearsal
from command_centre.pipeline.rehearsal import play

PROJECT = Path(__file__).parents[2]
TESTBED = PROJECT.parent / "shared" / "testbed"
FILE = {
    "config": {
        "rules": [{"name": "down", "op": "==", "threshold": 0, "for_s": 180, "severity": "critical"}],
        "targets": [{"id": "web-1", "zone": "pusat"}],
        "notify": {"channels": ["noc"]},
    },
    "series": {"web-1": "U5 D20"},
    "end_s": 1200,
}


def run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "run.py", "rehearse", *words], cwd=PROJECT, capture_output=True, text=True, timeout=30)


def test_what_was_told_is_printed_as_one_object(tmp_path: Path) -> None:
    path = tmp_path / "file.json"
    path.write_text(json.dumps(FILE))
    done = run(str(path), "--json")
    assert done.returncode == 0
    assert json.loads(done.stdout) == {
        "notifications": [
            {
                "t": 510, "kind": "firing", "rule": "down", "severity": "critical", "targets": ["web-1"], "count": 1,
                "group": "down", "channel": "noc", "to": "noc", "why": "first",
            }
        ],
        "final": {"web-1": "firing"},
    }  # fmt: skip


def test_people_read_it_as_lines(tmp_path: Path) -> None:
    path = tmp_path / "file.json"
    path.write_text(json.dumps(FILE))
    assert "0:08:30  firing" in run(str(path)).stdout


def test_a_mistake_is_an_error_in_json_and_exit_code_2(tmp_path: Path) -> None:
    path = tmp_path / "file.json"
    path.write_text(json.dumps({**FILE, "series": {"web-2": "U5"}}))
    done = run(str(path), "--json")
    assert done.returncode == 2
    assert "nobody knows a target 'web-2'" in json.loads(done.stdout)["error"]
    assert "Traceback" not in done.stderr


def test_without_a_file_it_says_how_it_is_used() -> None:
    done = run("--json")
    assert done.returncode == 3
    assert "docs/alerts.md" in done.stderr


@pytest.mark.testbed
def test_every_scenario_of_the_testbed_gets_its_expected_notices() -> None:
    if not TESTBED.is_dir():
        pytest.skip("the testbed is not beside the project (../shared/testbed): its scenarios were not played")
    scenarios = json.loads((TESTBED / "dev" / "alert" / "scenarios.json").read_text())["scenarios"]
    assert scenarios
    score = _scorer()
    found = {each["id"]: score.score(each, _outcome(each)) for each in scenarios if each.get("kind") is None}
    assert {name: problems for name, problems in found.items() if problems} == {}


def _scorer() -> ModuleType:
    spec = importlib.util.spec_from_file_location("score_alerts", TESTBED / "tools" / "score_alerts.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _outcome(scenario: dict[str, Any]) -> dict[str, Any]:
    accepted, final = play(parse_rehearsal(scenario))
    return {
        "notifications": [
            {
                "t": t, "kind": each.dispatch.notice.kind.value, "targets": list(each.dispatch.targets),
                "count": each.dispatch.count, "group": each.dispatch.group, "to": each.dispatch.receiver,
            }
            for t, each in accepted
        ],
        "final": final,
    }  # fmt: skip
