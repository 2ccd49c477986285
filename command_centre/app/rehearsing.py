"""``run.py rehearse FILE``: play a timeline through rules on a frozen clock and print who would be told what, when and why."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from command_centre.config.mistakes import printable
from command_centre.config.rehearsal import RehearsalError, read_rehearsal
from command_centre.pipeline.rehearsal import play
from command_centre.pipeline.rehearsal_receivers import Accepted

USAGE = "run.py rehearse FILE [--json]      FILE is described in docs/alerts.md"
EXIT_WELL, EXIT_MISTAKE, EXIT_USAGE = 0, 2, 3


def rehearse(options: Sequence[str]) -> int:
    """Play the file and print its notifications; 2 when it has mistakes, 3 for wrong usage."""
    if any(each.startswith("--config") for each in options):
        from command_centre.app.rehearsing_past import rehearse_past  # only here: a timeline needs no database

        return rehearse_past(options)
    as_json = "--json" in options
    names = [each for each in options if each != "--json"]
    if len(names) != 1 or names[0].startswith("-"):
        return _refused("which file shall be played?", as_json=as_json, code=EXIT_USAGE)
    ignored: list[str] = []
    try:
        accepted, final = play(read_rehearsal(Path(names[0]), ignored))
    except RehearsalError as trouble:
        return _refused(str(trouble), as_json=as_json, code=EXIT_MISTAKE)
    if ignored:
        sys.stderr.write(
            f"run.py rehearse: no keys of this file, they play no part: {printable(', '.join(sorted(set(ignored))))}\n"
        )
    notifications = [_told(seconds, each) for seconds, each in accepted]
    if as_json:
        sys.stdout.write(json.dumps({"notifications": notifications, "final": final}, ensure_ascii=False) + "\n")
    else:
        _print(notifications, final)
    return EXIT_WELL


def _refused(sentence: str, *, as_json: bool, code: int) -> int:
    if as_json:
        sys.stdout.write(json.dumps({"error": sentence}, ensure_ascii=False) + "\n")
    sys.stderr.write(f"run.py rehearse: {sentence}\n")
    if code == EXIT_USAGE:
        sys.stderr.write(f"{USAGE}\n")
    return code


def _told(seconds: float, accepted: Accepted) -> dict[str, Any]:
    dispatch = accepted.dispatch
    return {
        "t": int(seconds) if seconds == int(seconds) else round(seconds, 3),
        "kind": dispatch.notice.kind.value,
        "rule": dispatch.rule,
        "severity": dispatch.notice.severity.value,
        "targets": list(dispatch.targets),
        "count": dispatch.count,
        "group": dispatch.group,
        "channel": dispatch.receiver,
        "to": dispatch.receiver,
        "why": dispatch.notice.why.value,
    }


def _print(notifications: Iterable[dict[str, Any]], final: dict[str, str]) -> None:
    for each in notifications:
        named = ", ".join(each["targets"][:5]) + (f" +{len(each['targets']) - 5}" if len(each["targets"]) > 5 else "")
        sys.stdout.write(
            f"{_clock(each['t']):>10}  {each['kind']:<14} {each['severity']:<8} → {each['to']:<12} {named}  ({each['why']})\n"
        )
    unwell = {target: state for target, state in final.items() if state != "ok"}
    sys.stdout.write(f"at the end: {', '.join(f'{target} {state}' for target, state in unwell.items()) or 'all is well'}\n")


def _clock(seconds: float) -> str:
    whole = int(seconds)
    return f"{whole // 3600}:{whole // 60 % 60:02}:{whole % 60:02}"
