"""``run.py probe service`` and ``run.py decode service``: one look at one service, or at an answer of it that was kept."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from collectors.e_services.definition import Definition
from collectors.e_services.options import service_options
from collectors.e_services.poller import Seen, ServicePoller
from collectors.e_services.probe import USAGE, UsageError, Wish, decode, one_line, parse_decode, parse_probe, report
from collectors.e_services.templates import resolver
from collectors.websites.failures import OwnFaultError
from command_centre.domain.reading import Reason, Status
from command_centre.domain.target import Target

EXIT_CODES = {Status.UP: 0, Status.DEGRADED: 1, Status.DOWN: 2, Status.UNKNOWN: 3}
"""As monitoring plug-ins do."""

LARGEST_INPUT = 64 * 1024 * 1024


class WallClock:
    """The time of this machine."""

    def now(self) -> datetime:
        return datetime.now(UTC)


def probe_service(argv: list[str]) -> int:
    """Look once, print what was seen, return the exit code. Wrong usage: 3."""
    try:
        wish = parse_probe(argv)
        begun = time.perf_counter()
        seen = asyncio.run(_look(wish))
    except UsageError as trouble:
        return _refuse(str(trouble), as_json="--json" in argv)
    except OwnFaultError as trouble:
        return _refuse(f"this machine could not look: {trouble}", as_json="--json" in argv)
    return _answer(seen, wish, (time.perf_counter() - begun) * 1000)


def decode_service(argv: list[str]) -> int:
    """Read a saved answer, print what it says, return the exit code. Wrong usage: 3."""
    try:
        wish = parse_decode(argv)
        begun = time.perf_counter()
        seen = decode(wish, _read(wish.input), datetime.now(UTC))
    except UsageError as trouble:
        return _refuse(str(trouble), as_json="--json" in argv)
    return _answer(seen, wish, (time.perf_counter() - begun) * 1000)


def _read(name: str) -> bytes:
    if name == "-":
        return sys.stdin.buffer.read(LARGEST_INPUT)
    try:
        with Path(name).open("rb") as file:
            return file.read(LARGEST_INPUT)
    except OSError as trouble:
        raise UsageError(f"{name}: {trouble.strerror}") from None


async def _look(wish: Wish) -> Seen:
    options = service_options("", wish.timeout, ca_file=wish.ca_file)
    if wish.definition.max_body_bytes is not None:
        options = service_options("", wish.timeout, ca_file=wish.ca_file, max_body_bytes=wish.definition.max_body_bytes)
    poller = ServicePoller(options, WallClock(), _no_register, resolver(wish.folder))
    try:
        return await poller.look(wish.url, wish.definition)
    finally:
        await asyncio.shield(poller.close())


def _no_register(target: Target) -> Definition:
    raise LookupError(f"{target.key}: a probe has its definition from its own file")


def _answer(seen: Seen, wish: Wish, elapsed_ms: float) -> int:
    if wish.definition.strange_keys:
        print(f"note: not understood: {', '.join(wish.definition.strange_keys)}", file=sys.stderr)
    if wish.as_json:
        _write(json.dumps(report(seen, wish.definition, elapsed_ms), ensure_ascii=False, allow_nan=False))
    else:
        _write(one_line(seen, elapsed_ms))
    return EXIT_CODES[seen.finding.verdict.status]


def _refuse(message: str, *, as_json: bool) -> int:
    if as_json:
        refusal = {"status": "unknown", "reason": Reason.CONFIG.value, "message": message, "elapsed_ms": 0, "metrics": {}}
        _write(json.dumps(refusal, ensure_ascii=False))
    else:
        print(f"{message}\n{USAGE}", file=sys.stderr)
    return EXIT_CODES[Status.UNKNOWN]


def _write(text: str) -> None:
    """UTF-8 whatever the terminal's locale says, and no character that could steer it."""
    sys.stdout.buffer.write(text.encode("utf-8", "replace") + b"\n")
    sys.stdout.buffer.flush()
