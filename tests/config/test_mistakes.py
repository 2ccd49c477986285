"""One file per mistake: its first comment line is the message it must produce, and there is no other message."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from command_centre.config.loading import load
from command_centre.config.mistakes import ConfigError, Mistake
from tests.support.configuration import GOOD_PARENTS, GOOD_SITES, KINDS, NO_HOTSPOTS, TINY_CONFIG, write_config

FOLDER = Path(__file__).parent / "mistakes"

PAGES = {"ringkasan": False, "situs": True, "wifi": True}
"""Pages of a wall to choose from: the messages name them all, whatever pages are added."""


def message_of(mistake: Mistake) -> str:
    """The first line of a mistake, with the name of the file alone."""
    return str(replace(mistake, file=Path(mistake.file).name, excerpt=None))


def expected_in(file: Path) -> str:
    return file.read_text(encoding="utf-8").split("\n", 1)[0].removeprefix("# ")


@pytest.mark.parametrize("file", sorted(FOLDER.glob("*.yaml")), ids=lambda file: file.stem)
def test_a_mistake_in_the_configuration_is_named_with_its_place(file: Path, tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_bytes(file.read_bytes())
    (tmp_path / "sites.csv").write_text(GOOD_SITES, encoding="utf-8")
    with pytest.raises(ConfigError) as refused:
        load(path, KINDS, PAGES)
    assert [message_of(each).replace(f"{tmp_path}/", "") for each in refused.value.mistakes] == [expected_in(file)]


@pytest.mark.parametrize("file", sorted(FOLDER.glob("*.csv")), ids=lambda file: file.stem)
def test_a_mistake_in_a_register_is_named_with_its_line_and_column(file: Path, tmp_path: Path) -> None:
    register = file.read_bytes().split(b"\n", 1)[1]  # the message counts lines without itself
    path = write_config(tmp_path, TINY_CONFIG + "  hotspots: hotspots.csv\n  parents: parents.csv\n")
    (tmp_path / "hotspots.csv").write_text(NO_HOTSPOTS, encoding="utf-8")
    (tmp_path / "parents.csv").write_text(GOOD_PARENTS, encoding="utf-8")
    (tmp_path / expected_in(file).partition(":")[0]).write_bytes(register)
    with pytest.raises(ConfigError) as refused:
        load(path, KINDS)
    assert [message_of(each) for each in refused.value.mistakes] == [expected_in(file)]
