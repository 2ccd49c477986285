"""A recorder at work in its own thread, and a writer in a process of its own that can be killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine

from command_centre.domain.rule import DEFAULT_RULES
from command_centre.pipeline.inbox import Inbox
from command_centre.pipeline.recorder import Chore, Recorder
from command_centre.storage.database import open_database
from command_centre.storage.lease import Lease
from tests.support.city import WITA, reading
from tests.support.clock import NOON

ROOT = Path(__file__).resolve().parents[2]
GONE = "gone"


class RunningClock:
    """The real time."""

    def now(self) -> datetime:
        return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class AtWork:
    """A recorder and its inbox. ``failed`` holds what ended the recorder, if anything did."""

    recorder: Recorder
    inbox: Inbox
    failed: list[BaseException]
    thread: threading.Thread


@contextmanager
def recording(
    engine: Engine,
    *,
    capacity: int = 10_000,
    lease: Lease | None = None,
    chores: Sequence[Chore] = (),
) -> Iterator[AtWork]:
    """Run a recorder meanwhile; at the end it writes what is left and stops."""
    inbox = Inbox(capacity)
    recorder = Recorder(
        engine, inbox, rules=DEFAULT_RULES, windows=(), zone=WITA, clock=RunningClock(), lease=lease, chores=chores, linger=0.0
    )
    stop = threading.Event()
    failed: list[BaseException] = []

    def work() -> None:
        try:
            recorder.run(stop)
        except BaseException as error:  # noqa: BLE001 - the test looks at it
            failed.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield AtWork(recorder, inbox, failed, thread)
    finally:
        stop.set()
        inbox.close()
        thread.join(60)
    assert not thread.is_alive(), "the recorder does not stop"


def until(condition: Callable[[], bool], seconds: float = 60.0) -> None:
    """Wait for something that happens in another thread or process."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"it did not happen within {seconds} s")
        time.sleep(0.01)


class Nursery:
    """A process that has everything imported and forks one writer after the other, each to be killed."""

    def __init__(self, url: str) -> None:
        command = [sys.executable, "-m", "tests.support.recording", url]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT)
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._orders, self._answers = self._process.stdin, self._process.stdout

    def write_and_kill(self, first: int, seconds: float) -> int:
        """Let a new writer begin at ``first``, kill it some time after its first batch; the last number it acknowledged."""
        self._orders.write(f"{first}\n")
        self._orders.flush()
        pid = int(self._answers.readline())
        last = int(self._answers.readline())
        time.sleep(seconds)
        os.kill(pid, signal.SIGKILL)
        while (said := self._answers.readline().strip()) != GONE:
            last = int(said)
        return last

    def close(self) -> None:
        self._orders.close()
        self._process.wait(60)
        self._answers.close()


def write_for_ever(url: str, first: int) -> None:
    """Write batch after batch and say the number of each on standard output once it is durable, until killed."""
    recorder = Recorder(open_database(url), Inbox(1), rules=DEFAULT_RULES, windows=(), zone=WITA, clock=RunningClock())
    number = first
    while True:
        at = NOON + timedelta(seconds=number)
        recorder.record([reading(at), reading(at, key="situs:lain")])
        _say(str(number))
        number += 1


def _fork_on_demand(url: str) -> None:
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            write_for_ever(url, int(line))
        _say(str(pid))
        os.waitpid(pid, 0)
        _say(GONE)


def _say(line: str) -> None:
    os.write(1, f"{line}\n".encode())  # one write: a line is said whole or not at all


if __name__ == "__main__":
    _fork_on_demand(sys.argv[1])
