"""``run.py check`` as a person meets it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from command_centre.app.checking import run_check
from tests.support.configuration import PROJECT, TINY_CONFIG, write_config


def test_the_shipped_configuration_is_checked_from_outside() -> None:
    done = subprocess.run(
        [sys.executable, "run.py", "check"], cwd=PROJECT, capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert lines[0] == "config.yaml: no mistakes"
    assert any(line.startswith("sites ") and "expected but not measured" in line for line in lines)
    assert any("16.0 minutes of arc at 3 m" in line for line in lines)


def test_every_mistake_is_printed_and_the_exit_code_is_two(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write_config(tmp_path, TINY_CONFIG.replace("kind:", "evry: 5s\n    kind:") + "wals: []\n")
    assert run_check(["--config", str(path)]) == 2
    printed = capsys.readouterr().out
    assert "unknown key 'evry'; did you mean 'every'?" in printed
    assert "unknown key 'wals'; did you mean 'walls'?" in printed
    assert "2 mistakes; nothing is started with this configuration" in printed


def test_warnings_are_printed_and_the_exit_code_is_zero(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = TINY_CONFIG + "walls:\n  - {name: pintu, screens: [situs], viewing_distance_m: 8}\n"
    assert run_check([f"--config={write_config(tmp_path, text)}"]) == 0
    printed = capsys.readouterr().out
    assert "warning " in printed
    assert "page 'situs' does not fit on wall 'pintu'" in printed
    assert "two incidents only" in printed


def test_a_secret_is_shown_as_its_reference(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CC_TEST_CHECK", "postgresql://cc:hunter2@127.0.0.1/cc")
    path = write_config(tmp_path, TINY_CONFIG + "storage:\n  url: env:CC_TEST_CHECK\n")
    assert run_check(["--config", str(path)]) == 0
    printed = capsys.readouterr().out
    assert "env:CC_TEST_CHECK" in printed
    assert "hunter2" not in printed


@pytest.mark.parametrize("argv", [["--confg", "x"], ["config.yaml"], ["--config"]])
def test_wrong_usage_has_an_exit_code_of_its_own(argv: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run_check(argv) == 3
    assert "run.py check [--config FILE]" in capsys.readouterr().err


@pytest.mark.parametrize(("host", "is_warned"), [("0.0.0.0", True), ("cc.example", True), ("127.0.0.1", False), ("::1", False)])
def test_screens_that_other_machines_can_reach_are_warned_about(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], host: str, *, is_warned: bool
) -> None:
    path = write_config(tmp_path, TINY_CONFIG + f"web:\n  host: '{host}'\n")
    assert run_check(["--config", str(path)]) == 0
    assert ("web.host" in capsys.readouterr().out) is is_warned


def test_the_size_of_the_database_is_part_of_what_is_in_force(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write_config(tmp_path, TINY_CONFIG + "retention:\n  most_bytes: 20GB\n")
    assert run_check(["--config", str(path)]) == 0
    assert "daily forever; at most 20GB" in capsys.readouterr().out
