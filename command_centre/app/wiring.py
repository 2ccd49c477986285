"""Wiring: from what a person wrote to the parts that run. The only place that knows everybody."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from command_centre.app import logs
from command_centre.app.supervising import EXIT_CONFIG, EXIT_LEASE_HELD, die_with_parent

if TYPE_CHECKING:
    from command_centre.config.model import Config

DEFAULT_CONFIG = Path("config.yaml")


@dataclass(frozen=True, slots=True)
class Chosen:
    """The configuration in force. ``data_dir`` is the folder for what the program itself makes (the demo city's things)."""

    config: Config
    data_dir: Path

    @property
    def is_demo(self) -> bool:
        return self.config.mode == "demo"

    @property
    def script_path(self) -> Path:
        """What happens in the simulated city, over and over."""
        return self.data_dir / "reference" / f"demo_{self.config.demo.script}.yaml"


def choose(rest: Sequence[str]) -> Chosen:
    """Read ``--config`` and ``--demo``; a refused configuration prints every mistake and ends the process with exit code 2."""
    from collectors import KINDS
    from command_centre.config.loading import load
    from command_centre.config.mistakes import ConfigError

    options = _parse(rest)
    kinds = {name: kind.settings for name, kind in KINDS.items() if name != "uplink"}  # the uplink has a section of its own
    try:
        config = load(options.config, kinds)
    except ConfigError as error:
        print(error, file=sys.stderr)
        raise SystemExit(EXIT_CONFIG) from None
    data_dir = config.source_path.resolve().parent / "data"
    if options.demo or config.mode == "demo":
        config = _as_simulated(config.as_demo(), data_dir)
    return Chosen(config, data_dir)


def _as_simulated(config: Config, data_dir: Path) -> Config:
    """The demo has addresses and a database of its own: simulated and real numbers never mix."""
    from command_centre.config.model import DatabaseUrl
    from command_centre.demo.register import simulated_windows, with_simulated_addresses

    url = DatabaseUrl(plain=f"sqlite:///{data_dir / 'demo' / 'command-centre.db'}")
    storage = config.storage.model_copy(update={"url": url})
    targets = with_simulated_addresses(config.targets)
    return replace(config, storage=storage, targets=targets, windows=(*config.windows, *simulated_windows()))


def _parse(rest: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="run.py", add_help=False)
    parser.add_argument("--config", type=Path, default=DEFAULT_CONFIG)
    parser.add_argument("--demo", action="store_true")
    return parser.parse_args(rest)


def run_city(rest: Sequence[str]) -> int:
    """``run.py city``: the simulated Bontang, until it is asked to end."""
    logs.set_up()
    die_with_parent()
    chosen = choose(rest)
    from command_centre.demo.city import run_city_process

    return run_city_process(chosen.config.targets, chosen.data_dir, chosen.script_path)


def run_collect(rest: Sequence[str]) -> int:
    """``run.py collect``: the writer. Exit code 4: another writer holds the lease."""
    logs.set_up()
    die_with_parent()
    chosen = choose(rest)
    from command_centre.app import collecting
    from command_centre.storage.database import StorageError
    from command_centre.storage.lease import LeaseHeld

    try:
        return collecting.run(chosen)
    except LeaseHeld as held:
        print(f"run.py collect: {held}", file=sys.stderr)
        return EXIT_LEASE_HELD
    except (StorageError, collecting.WrongCityError) as error:
        print(f"run.py collect: {error}", file=sys.stderr)
        return 1


def run_serve(rest: Sequence[str]) -> int:
    """``run.py serve``: the web process."""
    logs.set_up()
    die_with_parent()
    chosen = choose(rest)
    from command_centre.app import serving

    return serving.run_serve(chosen.config, chosen.config.database_url())
