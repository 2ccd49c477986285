"""The supervisor: starts the parts as processes of their own and starts a dead one again. It holds no data and cannot lose any.

Two processes (and the city in demo mode) because a scheduler inside a web server runs once per web worker, and because either
may die and return without the other noticing more than an age on the glass.
"""

from __future__ import annotations

import contextlib
import ctypes
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from command_centre.app import logs

log = logging.getLogger(__name__)

RUN = Path(__file__).resolve().parents[2] / "run.py"

EXIT_OK = 0
EXIT_CONFIG = 2
EXIT_USAGE = 3
EXIT_LEASE_HELD = 4
EXIT_PORT_TAKEN = 5

FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 10.0
STEADY_AFTER_SECONDS = 60.0
GRACE_SECONDS = 10.0
SUPERVISED = "COMMAND_CENTRE_SUPERVISED"
RUN_ID = "COMMAND_CENTRE_RUN"
"""Names one run of the supervisor: what it started can tell a restart within the run from a new run."""


@dataclass(slots=True)
class Part:
    """One process of ours, and how its last start went."""

    name: str
    arguments: Sequence[str]
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    start_again_at: float = 0.0
    pause_seconds: float = FIRST_PAUSE_SECONDS
    starts: int = 0


def run_all(rest: Sequence[str]) -> int:
    """``run.py all``: what the configuration says; in demo mode the simulated city comes along."""
    from command_centre.app import wiring

    chosen = wiring.choose(rest)
    parts = ["collect", "serve"] if chosen.config.mode == "live" else ["city", "collect", "serve"]
    return _supervise(parts, rest)


def run_demo(rest: Sequence[str]) -> int:
    """``run.py demo``: the simulated city, collectors and screens in one go, whatever mode the configuration names."""
    from command_centre.app import wiring

    words = ["--demo", *rest]
    wiring.choose(words)  # mistakes are told once, before anything starts
    return _supervise(["city", "collect", "serve"], words)


def die_with_parent() -> None:
    """Ask Linux to end this process when its supervisor is gone: a killed supervisor must not leave a writer behind."""
    if os.environ.get(SUPERVISED) != "1":
        return
    pr_set_pdeathsig = 1
    with contextlib.suppress(OSError, AttributeError):  # not Linux: the orphan is noticed by its lease instead
        ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGTERM)


def _supervise(names: Sequence[str], rest: Sequence[str]) -> int:
    logs.set_up()
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    os.environ[RUN_ID] = f"{os.getpid()}-{time.time_ns()}"
    parts = [Part(name, [sys.executable, str(RUN), name, *rest]) for name in names]
    signal.signal(signal.SIGHUP, lambda *_: _hang_up(parts))
    try:
        return _watch(parts, stop)
    finally:
        _end(parts)


def _watch(parts: Sequence[Part], stop: threading.Event) -> int:
    while not stop.is_set():
        now = time.monotonic()
        for part in parts:
            code = None if part.process is None else part.process.poll()
            if code is not None and _is_final(part, code):
                return code
            if code is not None:
                _note_death(part, code, now)
            if part.process is None and now >= part.start_again_at:
                _start(part, now)
        stop.wait(0.1)
    return EXIT_OK


def _hang_up(parts: Sequence[Part]) -> None:
    """Pass on the wish for another configuration; the simulated city has nothing to reload."""
    for part in parts:
        if part.name != "city" and part.process is not None and part.process.poll() is None:
            part.process.send_signal(signal.SIGHUP)


def _is_final(part: Part, code: int) -> bool:
    """A refused configuration never heals by itself; a lease or a port held elsewhere at our very first start is a second
    installation."""
    return code in (EXIT_CONFIG, EXIT_USAGE) or (code in (EXIT_LEASE_HELD, EXIT_PORT_TAKEN) and part.starts == 1)


def _start(part: Part, now: float) -> None:
    part.process = subprocess.Popen(part.arguments, env={**os.environ, SUPERVISED: "1"}, start_new_session=True)  # noqa: S603
    part.started_at = now
    part.starts += 1
    log.info("%s started (process %d)", part.name, part.process.pid)


def _note_death(part: Part, code: int, now: float) -> None:
    if now - part.started_at > STEADY_AFTER_SECONDS:
        part.pause_seconds = FIRST_PAUSE_SECONDS
    log.warning("%s ended with code %d; starting it again in %.1f s", part.name, code, part.pause_seconds)
    part.process = None
    part.start_again_at = now + part.pause_seconds
    part.pause_seconds = min(part.pause_seconds * 2, LONGEST_PAUSE_SECONDS)


def _end(parts: Sequence[Part]) -> None:
    """Ask every part to end, the web first; what has not ended after the grace is killed."""
    alive = [part.process for part in reversed(parts) if part.process is not None and part.process.poll() is None]
    for process in alive:
        process.terminate()
    deadline = time.monotonic() + GRACE_SECONDS
    for process in alive:
        try:
            process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
