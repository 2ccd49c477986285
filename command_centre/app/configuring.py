"""The whole configuration as this program understands it: file, registers, every collector's settings, the demo's story."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from command_centre.app.checking_services import mistakes_of_services
from command_centre.config.loading import load
from command_centre.config.mistakes import ConfigError, Mistake

if TYPE_CHECKING:
    from pydantic import BaseModel

    from command_centre.config.model import Config
    from command_centre.domain.target import Target


def read_configuration(path: Path, *, is_for_demo: bool = False) -> Config:
    """What stands in ``path`` and the files it names. ``is_for_demo``: the simulated city comes along, whatever the mode.

    Raises ConfigError with every mistake.
    """
    config = load(path, known_kinds(), judge_story=mistakes_of_story, is_for_demo=is_for_demo)
    mistakes = mistakes_of_services(config)
    if mistakes:
        raise ConfigError(mistakes)
    return config


def known_kinds() -> Mapping[str, type[BaseModel]]:
    """The settings model of every kind of collector that a configuration may name."""
    from collectors import KINDS

    return {name: kind.settings for name, kind in KINDS.items() if name != "uplink"}  # the uplink has a section of its own


def story_path(config_path: Path, name: str) -> Path | None:
    """Where the story of that name is kept, beside the configuration; None where it is not."""
    path = config_path.resolve().parent / "data" / "reference" / f"demo_{name}.yaml"
    return path if path.is_file() else None


def mistakes_of_story(path: Path, targets: Sequence[Target], is_whole: bool) -> Sequence[Mistake]:  # noqa: FBT001 - a port
    """Every mistake in a story of the simulated city. ``is_whole``: the registers have no mistakes of their own."""
    from command_centre.demo.register import with_simulated_addresses
    from command_centre.demo.script import ScriptError, load_script

    try:
        load_script(path, with_simulated_addresses(targets), is_whole=is_whole)
    except ScriptError as error:
        return tuple(Mistake(str(path), sentence, line) for line, sentence in error.found)
    return ()
