"""Wiring: from what a person wrote to the parts that run. The only place that knows everybody."""

from __future__ import annotations

import argparse
import logging
import os
import signal
import socket
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from command_centre.app import logs
from command_centre.app.supervising import EXIT_CONFIG, EXIT_LEASE_HELD, EXIT_PORT_TAKEN, EXIT_USAGE, RUN, die_with_parent

if TYPE_CHECKING:
    from command_centre.config.model import Config

log = logging.getLogger(__name__)

DEFAULT_CONFIG = Path("config.yaml")


@dataclass(frozen=True, slots=True)
class Chosen:
    """The configuration in force, and the words that chose it. ``data_dir`` is for what the program itself makes."""

    config: Config
    data_dir: Path
    words: tuple[str, ...] = ()

    @property
    def is_demo(self) -> bool:
        return self.config.mode == "demo"

    @property
    def script_path(self) -> Path | None:
        """What happens in the simulated city, over and over; None where no story is kept: then nothing breaks."""
        from command_centre.app.configuring import story_path

        return story_path(self.config.source_path, self.config.demo.script)

    def read_again(self) -> Chosen:
        """The configuration as it now stands. Raises ConfigError when it has mistakes, or changes what only a restart can."""
        from command_centre.config.mistakes import ConfigError, Mistake

        anew = read(self.words)
        for where, before, after in (
            ("mode", self.config.mode, anew.config.mode),
            ("storage.url", self.config.database_url(), anew.config.database_url()),
        ):
            if before != after:
                sentence = "was changed; only a restart can do that, so nothing of this change is in force"
                raise ConfigError([Mistake(str(anew.config.source_path), sentence, where=where)])
        return anew


def choose(rest: Sequence[str]) -> Chosen:
    """As ``read``; a refused configuration prints every mistake and ends the process with exit code 2."""
    from command_centre.config.mistakes import ConfigError

    try:
        chosen = read(rest)
        chosen.config.database_url()  # a reference that points at nothing is found before anything starts
        return chosen
    except ConfigError as error:
        print(error, file=sys.stderr)
        raise SystemExit(EXIT_CONFIG) from None


def read(rest: Sequence[str]) -> Chosen:
    """The configuration that ``--config`` and ``--demo`` choose. Raises ConfigError with every mistake."""
    from command_centre.app.configuring import read_configuration

    options = _parse(rest)
    config = read_configuration(options.config, is_for_demo=options.demo)
    data_dir = config.source_path.resolve().parent / "data"
    if options.demo or config.mode == "demo":
        config = _as_simulated(config.as_demo(), data_dir)
    return Chosen(config, data_dir, tuple(rest))


def _as_simulated(config: Config, data_dir: Path) -> Config:
    """The demo has addresses and a database of its own: simulated and real numbers never mix."""
    from command_centre.config.model import DatabaseUrl
    from command_centre.demo.register import simulated_windows, with_simulated_addresses

    url = DatabaseUrl(plain=f"sqlite:///{data_dir / 'demo' / 'command-centre.db'}")
    storage = config.storage.model_copy(update={"url": url})
    targets = with_simulated_addresses(config.targets)
    return replace(config, storage=storage, targets=targets, windows=(*config.windows, *simulated_windows()))


class _Parser(argparse.ArgumentParser):
    """Wrong usage has its own exit code: 2 says that the configuration was refused."""

    def error(self, message: str) -> NoReturn:
        self.exit(EXIT_USAGE, f"run.py: {message}\n")


def _parse(rest: Sequence[str]) -> argparse.Namespace:
    parser = _Parser(prog="run.py", add_help=False)
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
    from sqlalchemy.exc import DBAPIError

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
    except DBAPIError as error:  # while starting; later the recorder waits until it takes writes again
        print(f"run.py collect: the database takes no writes: {str(error.orig).strip()}", file=sys.stderr)
        return 1


def run_serve(rest: Sequence[str]) -> int:
    """``run.py serve``: the web process. On SIGHUP it starts afresh with the new configuration, if that has no mistakes."""
    logs.set_up()
    die_with_parent()
    chosen = choose(rest)
    from command_centre.app import serving
    from command_centre.app.keys import KeyUnusableError
    from command_centre.config.secret import SecretUnavailableError
    from command_centre.storage.database import StorageError

    signal.signal(signal.SIGHUP, lambda *_: _serve_afresh(chosen))
    if _is_taken(chosen.config.web.host, chosen.config.web.port):
        print(
            f"run.py serve: port {chosen.config.web.port} of {chosen.config.web.host} is taken by another program",
            file=sys.stderr,
        )
        return EXIT_PORT_TAKEN
    try:
        return serving.run_serve(chosen.config, chosen.config.database_url())
    except (StorageError, KeyUnusableError, SecretUnavailableError) as error:
        print(f"run.py serve: {error}", file=sys.stderr)
        return 1


def _is_taken(host: str, port: int) -> bool:
    """Whether somebody listens there already: better one sentence than an address that shows somebody else's screens."""
    try:
        with socket.create_connection((host, port), timeout=1):
            return True
    except OSError:
        return False


def _serve_afresh(chosen: Chosen) -> None:
    """The web process keeps no state: a new life under the same process number is its reload; walls reconnect by themselves."""
    from command_centre.config.mistakes import ConfigError

    try:
        chosen.read_again()
    except ConfigError as error:
        log.error("the configuration was refused; the old one stays in force:\n%s", error)
        return
    os.execv(sys.executable, [sys.executable, str(RUN), "serve", *chosen.words])  # noqa: S606 - no shell is wanted
