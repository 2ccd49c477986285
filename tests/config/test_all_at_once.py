"""Mistakes of every kind in one configuration and its registers: the whole list comes in one round, and nothing that follows
from a mistake is told as another."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from command_centre.config.loading import load
from command_centre.config.mistakes import ConfigError
from tests.support.configuration import KINDS, TINY_CONFIG, write_config

FOLDER = Path(__file__).parent / "all_at_once"
PAGES = {"ringkasan": False, "situs": True, "wifi": True}


def told(path: Path) -> list[str]:
    with pytest.raises(ConfigError) as refused:
        load(path, KINDS, PAGES)
    return [str(replace(each, file=Path(each.file).name, excerpt=None)) for each in refused.value.mistakes]


def test_a_configuration_with_mistakes_of_every_kind_is_told_all_of_them_at_once() -> None:
    assert told(FOLDER / "config.yaml") == (FOLDER / "expected.txt").read_text(encoding="utf-8").splitlines()


def test_a_section_that_is_no_yaml_hides_no_other_section_and_no_register(tmp_path: Path) -> None:
    text = TINY_CONFIG + 'city:\n  name: "Kota Bontang\nwalls:\n  - name: utama\n    screens: [ringkasn]\n'
    sites = "key;name;short_name;owner;group;address\nsitus:a;Situs A;A;A;OPPD;\n"
    quote, screen, group = told(write_config(tmp_path, text, sites))
    assert quote == "config.yaml:7:9: the quotation mark that opens here is not closed"
    assert screen.startswith("config.yaml:10:15: walls[0].screens[0]: 'ringkasn' is not a page")
    assert group == "sites.csv:2: 'group': 'OPPD' is not a group of sites; did you mean 'OPD'?"


def test_a_section_that_is_no_yaml_is_not_called_missing(tmp_path: Path) -> None:
    """What hangs on it is not judged: without a register no name can be wrong, without a mode nothing is required."""
    text = 'mode: "live\ninventory:\n  sites: [sites.csv\nwindows:\n'
    text += "  - {name: Libur, targets: [situs:x], from: 2026-12-05 08:00, until: 2026-12-05 09:00}\n"
    assert [each.split(":")[1] for each in told(write_config(tmp_path, text))] == ["1", "3"]


@pytest.mark.parametrize(
    ("key", "value", "line"),
    [("every", "60", "retry_after: 1s\n    timeout: 90s"), ("timeout", "sepuluh", "every: 5s"), ("evry", "2m", "timeout: 90s")],
)
def test_a_pace_is_not_judged_by_a_value_that_is_wrong_itself(tmp_path: Path, key: str, value: str, line: str) -> None:
    text = TINY_CONFIG.replace("kind: websites", f"kind: websites\n    {key}: {value}\n    {line}")
    (mistake,) = told(write_config(tmp_path, text))
    assert mistake.startswith("config.yaml:4:")
