"""``run.py audit``: does the record of what people did hold together, and what were the last deeds?"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from typing import NoReturn

from sqlalchemy.exc import DBAPIError

from command_centre.app.supervising import EXIT_USAGE
from command_centre.app.wiring import choose
from command_centre.storage.audit import first_break, last_entries
from command_centre.storage.database import StorageError, open_database

SHOWN = 20
EXIT_BROKEN = 1


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.exit(EXIT_USAGE, f"run.py audit: {message}\n")


def run_audit(rest: Sequence[str]) -> int:
    """``run.py audit [--last N]``. 0: the chain holds. 1: it does not, or the database cannot be read. 3: wrong usage."""
    parser = _Parser(prog="run.py audit", add_help=False)
    parser.add_argument("--last", type=int, default=SHOWN)
    parser.add_argument("--config", default="config.yaml")
    parser.add_argument("--demo", action="store_true")
    options = parser.parse_args(rest)
    chosen = choose(["--config", str(options.config), *(["--demo"] if options.demo else [])])
    try:
        engine = open_database(chosen.config.database_url(), read_only=True)
        with engine.connect() as connection:
            entries, broken = last_entries(connection, options.last), first_break(connection)
    except (StorageError, DBAPIError) as trouble:
        print(f"run.py audit: {trouble}", file=sys.stderr)
        return EXIT_BROKEN
    for number, entry in entries:
        print(f"{number:>6} {entry.at:%Y-%m-%d %H:%M:%S} {entry.actor} ({entry.via}): {entry.command} {entry.subject}")
    if broken is not None:
        print(f"run.py audit: row {broken.id} {broken.sentence}", file=sys.stderr)
        return EXIT_BROKEN
    print("the chain holds")
    return 0
