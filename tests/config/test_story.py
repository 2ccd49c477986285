"""The story of the simulated city is part of what a check reads: its mistakes come in the same list, and stop the same start."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from command_centre.app.configuring import read_configuration, story_path
from command_centre.config.mistakes import ConfigError
from tests.support.configuration import PROJECT, TINY_CONFIG, write_config

STORY = """\
loop: 20m
faults:
  - {site: situs:diskominfo, kind: timeout, until: 5m}
  - {site: situs:diskomimfo, kind: timeout}
  - {site: situs:kel-loktuan, kind: timout}
"""
QUIET = "loop: 20m\nfaults: []\n"


def written(folder: Path, config: str, **stories: str) -> Path:
    reference = folder / "data" / "reference"
    reference.mkdir(parents=True)
    for name, text in stories.items():
        (reference / f"demo_{name}.yaml").write_text(text, encoding="utf-8")
    return write_config(folder, config)


def told(path: Path, *, is_for_demo: bool = False) -> list[str]:
    with pytest.raises(ConfigError) as refused:
        read_configuration(path, is_for_demo=is_for_demo)
    return [str(each).splitlines()[0].replace(f"{path.parent}/", "") for each in refused.value.mistakes]


def test_mistakes_in_the_story_are_told_with_those_of_the_configuration(tmp_path: Path) -> None:
    path = written(tmp_path, TINY_CONFIG + "demo:\n  script: biasa\nwals: []\n", biasa=STORY)
    assert told(path) == [
        "config.yaml:8:1: unknown key 'wals'; did you mean 'walls'?",
        "data/reference/demo_biasa.yaml:4: 'situs:diskomimfo' is not a site of the register; did you mean 'situs:diskominfo'?",
        "data/reference/demo_biasa.yaml:5: unknown kind 'timout'; did you mean 'timeout'?",
    ]


def test_a_name_is_not_held_against_the_story_while_the_register_has_mistakes(tmp_path: Path) -> None:
    path = written(tmp_path, TINY_CONFIG, biasa=STORY)
    register = tmp_path / "sites.csv"
    register.write_text(register.read_text().replace(";Kelurahan;64", ";Kelurahann;64"), encoding="utf-8")
    assert told(path) == [
        "data/reference/demo_biasa.yaml:5: unknown kind 'timout'; did you mean 'timeout'?",
        "sites.csv:3: 'group': 'Kelurahann' is not a group of sites; did you mean 'Kelurahan'?",
    ]


def test_a_story_that_is_named_must_exist(tmp_path: Path) -> None:
    path = written(tmp_path, TINY_CONFIG + "demo:\n  script: tenag\n", tenang=QUIET)
    assert told(path) == [
        "config.yaml:7:11: demo.script: there is no story 'tenag' (data/reference/demo_tenag.yaml); did you mean 'tenang'?"
    ]


def test_without_any_story_nothing_breaks_in_the_simulated_city_and_a_check_says_so(tmp_path: Path) -> None:
    config = read_configuration(write_config(tmp_path))
    assert [each.where for each in config.warnings] == ["demo"]
    assert story_path(config.source_path, config.demo.script) is None


def test_live_mode_does_not_read_the_story_unless_the_demo_is_asked_for(tmp_path: Path) -> None:
    live = TINY_CONFIG.replace("mode: demo", "mode: live\ncity:\n  contact: cc@bontang.example")
    path = written(tmp_path, live, biasa=STORY)
    assert read_configuration(path).mode == "live"
    assert len(told(path, is_for_demo=True)) == 2


def test_a_start_with_a_broken_story_lists_its_mistakes_and_ends_with_two(tmp_path: Path) -> None:
    path = written(tmp_path, TINY_CONFIG, biasa=STORY)
    command = [sys.executable, "run.py", "demo", "--config", str(path)]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2
    assert "demo_biasa.yaml:4: " in done.stderr
    assert not (tmp_path / "data" / "demo").exists(), "nothing may be started"
