"""``run.py probe website``: one look at one site, for a person at a terminal or for a script."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from collectors.websites.failures import OwnFaultError
from collectors.websites.poller import poll_once
from collectors.websites.probe import UsageError, Wish, one_line, parse_arguments, report
from command_centre.domain.reading import Reading, Reason, Status
from command_centre.domain.target import Place, Target, TargetKey, TargetKind

EXIT_CODES = {Status.UP: 0, Status.DEGRADED: 1, Status.DOWN: 2, Status.UNKNOWN: 3}
"""As monitoring plug-ins do."""


class WallClock:
    """The time of this machine."""

    def now(self) -> datetime:
        return datetime.now(UTC)


def probe_website(argv: list[str]) -> int:
    """Look once, print what was seen, return the exit code. Wrong usage: 3."""
    try:
        wish = parse_arguments(argv)
    except UsageError as trouble:
        return _refuse(str(trouble), as_json="--json" in argv)
    begun = time.perf_counter()
    try:
        reading, fields = asyncio.run(_look(wish))
    except OwnFaultError as trouble:
        return _refuse(f"this machine could not look: {trouble}", as_json=wish.as_json)
    _print(reading, fields, wish, (time.perf_counter() - begun) * 1000)
    return EXIT_CODES[reading.status]


async def _look(wish: Wish) -> tuple[Reading, Mapping[str, object]]:
    """The reading, and what the watch for injected content adds to the answer. Raises OwnFaultError."""
    clock = WallClock()
    reading = await poll_once(wish.options, clock, _target(wish))
    if not wish.integrity:
        return reading, {}
    from collectors.integrity.lexicon import LexiconError  # only here: most probes have no use for it
    from collectors.integrity.probe import scan_once

    try:
        found = await scan_once(wish.url, wish.options, clock.now())
    except LexiconError as trouble:
        raise OwnFaultError(str(trouble)) from None
    if not found.is_injected:
        return reading, found.fields
    status = Status.DOWN if reading.status is Status.DOWN else Status.DEGRADED
    return replace(reading, status=status, reason=Reason.CONTENT_INJECTION, detail=found.message), found.fields


def _target(wish: Wish) -> Target:
    return Target(
        key=TargetKey("situs:probe"),
        kind=TargetKind.SITE,
        name=wish.url,
        short_name="probe",
        owner="",
        group="",
        place=Place(),
        address=wish.url,
        expected_every=timedelta(minutes=1),
    )


def _print(reading: Reading, fields: Mapping[str, object], wish: Wish, elapsed_ms: float) -> None:
    if wish.as_json:
        _write(json.dumps({**report(reading, elapsed_ms), **fields}, ensure_ascii=False, allow_nan=False))
    else:
        _write(one_line(reading, elapsed_ms))


def _refuse(message: str, *, as_json: bool) -> int:
    if as_json:
        _write(
            json.dumps({"status": "unknown", "reason": Reason.CONFIG.value, "message": message, "elapsed_ms": 0, "findings": []})
        )
    else:
        print(f"run.py probe website: {message}", file=sys.stderr)
    return EXIT_CODES[Status.UNKNOWN]


def _write(text: str) -> None:
    """UTF-8 whatever the terminal's locale says, and no character that could steer it."""
    sys.stdout.buffer.write(text.encode("utf-8", "replace") + b"\n")
    sys.stdout.buffer.flush()
