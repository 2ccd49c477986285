"""``run.py rehearse --config FILE``: what the last weeks would have brought under that configuration. Only reads."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, NoReturn

from sqlalchemy import Connection

from command_centre.app.alerting import words_of
from command_centre.app.wiring import choose
from command_centre.config.mistakes import printable
from command_centre.config.model import Config
from command_centre.domain.calendar import Interval
from command_centre.pipeline.replay import left_out, replay
from command_centre.pipeline.rulebook import Rulebook
from command_centre.storage.database import StorageError, migrate, open_database, writing
from command_centre.storage.inventory import SELF_PREFIX, sync_targets
from command_centre.storage.replaying import Stretch, incidents_made, newest_moment, notices_made, stretches
from command_centre.storage.times import from_ms

EXIT_WELL, EXIT_TROUBLE, EXIT_USAGE = 0, 1, 3
MOST_WEEKS = 12
PATIENCE_SECONDS = 120.0
MOST_PRINTED = 500
USAGE = "run.py rehearse --config FILE [--weeks N] [--demo] [--json]      N is 1 to 12"


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.exit(EXIT_USAGE, f"run.py rehearse: {message}\n{USAGE}\n")


def rehearse_past(options: Sequence[str], *, patience: float = PATIENCE_SECONDS) -> int:
    """Play the stored past and print what would have been told; 1 where nothing is stored, 2 for mistakes, 3 for wrong usage."""
    asked = _parse(options)
    chosen = choose(["--config", str(asked.config), *(["--demo"] if asked.demo else [])])
    try:
        outcome = _played(chosen.config, timedelta(weeks=asked.weeks), patience)
    except StorageError as trouble:
        sys.stderr.write(f"run.py rehearse: {trouble}\n")
        return EXIT_TROUBLE
    if outcome is None:
        sys.stderr.write("run.py rehearse: nothing is stored yet that could be played\n")
        return EXIT_TROUBLE
    if asked.json:
        sys.stdout.write(json.dumps(outcome, ensure_ascii=False) + "\n")
    else:
        _print(outcome)
    return EXIT_WELL


def _parse(options: Sequence[str]) -> argparse.Namespace:
    parser = _Parser(prog="run.py rehearse", add_help=False)
    parser.add_argument("--config", type=Path, required=True)
    parser.add_argument("--weeks", type=int, choices=range(1, MOST_WEEKS + 1), default=1, metavar="N")
    parser.add_argument("--demo", action="store_true")
    parser.add_argument("--json", action="store_true")
    return parser.parse_args(list(options))


def _played(config: Config, length: timedelta, patience: float) -> dict[str, Any] | None:
    found = _past(config, length)
    if found is None:
        return None
    within, past = found
    known = {each.key for each in config.targets}
    listed = [each for each in past if each.target in known or each.target.startswith(SELF_PREFIX)]
    strangers = {each.target for each in past} - {each.target for each in listed}
    ends = time.monotonic() + patience
    with tempfile.TemporaryDirectory(prefix="rehearsal-") as folder:
        engine = open_database(f"sqlite:///{folder}/rehearsal.db")
        try:
            migrate(engine)
            with writing(engine) as connection:
                sync_targets(connection, config.targets, (), within.start)
                rulebook = Rulebook.of(config.rules, config.windows, config.zone, config.orders)
                came_to = replay(connection, listed, within, rulebook, words_of(config), lambda: time.monotonic() > ends)
                return _outcome(connection, config, Interval(within.start, came_to), within, len(strangers))
        finally:
            engine.dispose()


def _past(config: Config, length: timedelta) -> tuple[Interval, list[Stretch]] | None:
    engine = open_database(config.database_url(), read_only=True)
    try:
        with engine.connect() as connection:
            newest = newest_moment(connection)
            if newest is None:
                return None
            within = Interval(newest - length, newest)
            past = list(stretches(connection, within))
            begun = min((each.since for each in past), default=within.start)
            return Interval(begun, newest), past
    finally:
        engine.dispose()


def _outcome(connection: Connection, config: Config, played: Interval, wanted: Interval, strangers: int) -> dict[str, Any]:
    return {
        "from": _moment(config, played.start),
        "until": _moment(config, played.end),
        "is_whole": played.end >= wanted.end,
        "rules_left_out": list(left_out(config.rules)),
        "targets_left_out": strangers,
        "incidents": [_incident(config, each) for each in incidents_made(connection)],
        "notices": [_notice(config, each) for each in notices_made(connection)],
    }


def _incident(config: Config, row: Any) -> dict[str, Any]:
    return {
        "id": row.id,
        "rule": row.rule,
        "severity": row.severity,
        "target": row.key if row.group_key is None else row.group_key,
        "from": _moment(config, from_ms(row.opened_at)),
        "until": None if row.resolved_at is None else _moment(config, from_ms(row.resolved_at)),
        "scope": row.scope,
        "told_by": row.parent_id,
    }


def _notice(config: Config, row: Any) -> dict[str, Any]:
    return {
        "at": _moment(config, from_ms(row.due_at)),
        "kind": row.kind,
        "severity": row.severity,
        "to": row.receiver,
        "why": row.why,
        "incident": row.incident_id,
        "title": json.loads(row.payload)["title"],
    }


def _moment(config: Config, at: Any) -> str:
    return str(at.astimezone(config.zone).isoformat(timespec="seconds"))


def _print(outcome: dict[str, Any]) -> None:
    notices, incidents = outcome["notices"], outcome["incidents"]
    for each in notices[:MOST_PRINTED]:
        line = f"{each['at'][:16]}  {each['kind']:<14} {each['severity']:<8} → {each['to']:<12} {each['title']}  ({each['why']})"
        sys.stdout.write(f"{printable(line)}\n")
    if len(notices) > MOST_PRINTED:
        sys.stdout.write(f"... and {len(notices) - MOST_PRINTED} more (--json gives all)\n")
    by_rule = ", ".join(f"{rule} {count}" for rule, count in sorted(Counter(each["rule"] for each in incidents).items()))
    to = ", ".join(f"{name} {count}" for name, count in sorted(Counter(each["to"] for each in notices).items()))
    sys.stdout.write(f"from {outcome['from']} until {outcome['until']}\n")
    sys.stdout.write(f"incidents: {len(incidents)} ({by_rule or 'none'})\nnotices: {len(notices)} ({to or 'none'})\n")
    if not outcome["is_whole"]:
        sys.stderr.write("run.py rehearse: it takes too long; only the beginning was played\n")
    if outcome["rules_left_out"]:
        sys.stderr.write(f"run.py rehearse: not played, they are about values: {', '.join(outcome['rules_left_out'])}\n")
    if outcome["targets_left_out"]:
        sys.stderr.write(f"run.py rehearse: {outcome['targets_left_out']} targets of the past are not in this register\n")
