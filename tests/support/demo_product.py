"""The product as its user starts it, ``run.py demo``, in a folder of its own."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from command_centre.demo.place import read_place
from tests.support.wall_server import free_port

ROOT = Path(__file__).resolve().parents[2]
READY_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class DemoProduct:
    """A running demo: where its walls are, and how to break things in it."""

    folder: Path
    port: int
    supervisor: subprocess.Popen[bytes]

    def address(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def part(self, name: str) -> int:
        """The process id of one part; waits until the supervisor has it running."""
        deadline = time.monotonic() + READY_SECONDS
        while time.monotonic() < deadline:
            for pid in _children(self.supervisor.pid):
                with suppress(OSError):
                    if name.encode() in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0"):
                        return pid
            time.sleep(0.05)
        raise TimeoutError(f"{name} is not running")

    def kill(self, name: str) -> None:
        os.kill(self.part(name), signal.SIGKILL)

    def switch(self, host: str, kind: str) -> None:
        """Break or heal one site of the city at once (its switchboard; ``none`` heals)."""
        place = read_place(self.folder / "data")
        assert place is not None, "the simulated city has not opened"
        body = json.dumps({"host": host, "kind": kind}).encode()
        request = urllib.request.Request(
            f"http://{place.control}/_demo/fault", data=body, headers={"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=5) as answer:
            assert answer.status == 200

    def log(self) -> str:
        return (self.folder / "product.log").read_text()


@contextmanager
def running_demo(
    folder: Path,
    *,
    every: str = "3s",
    timeout: str = "2s",
    script: str = "tenang",
    with_hotspots: bool = True,
    prepare: Callable[[Path], object] | None = None,
) -> Iterator[DemoProduct]:
    """``run.py demo`` on a copy of the shipped configuration, with a free port and a quiet script; ended at the end.

    ``prepare`` may change what lies in the folder before it starts.
    """
    port = free_port()
    for name in ("inventory", "reference"):
        shutil.copytree(ROOT / "data" / name, folder / "data" / name)
    shipped = (ROOT / "config.yaml").read_text()
    config = re.sub(r"(?m)^  port: \d+", f"  port: {port}", shipped)
    config = re.sub(r"(?ms)^demo:.*?(?=^\S|\Z)", f"demo:\n  every: {every}\n  timeout: {timeout}\n  script: {script}\n", config)
    if not with_hotspots:
        config = re.sub(r"(?ms)^  - kind: hotspots_\w+\n.*?(?=^  - kind|^\S|^$)", "", config)
        assert "hotspots_snmp" not in config, "the shipped file has another shape now"
    (folder / "config.yaml").write_text(config)
    if prepare is not None:
        prepare(folder)
    with (folder / "product.log").open("wb") as log:
        command = [sys.executable, str(ROOT / "run.py"), "demo", "--config", str(folder / "config.yaml")]
        supervisor = subprocess.Popen(command, stdout=log, stderr=log, cwd=folder)
    try:
        product = DemoProduct(folder, port, supervisor)
        _wait_until_ready(product)
        yield product
    finally:
        supervisor.send_signal(signal.SIGTERM)
        try:
            supervisor.wait(30)
        except subprocess.TimeoutExpired:
            supervisor.kill()
            raise


def _wait_until_ready(product: DemoProduct) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while True:
        try:
            with urllib.request.urlopen(product.address("/readyz"), timeout=2) as answer:
                if answer.status == 200:
                    return
        except OSError:
            pass
        if time.monotonic() > deadline or product.supervisor.poll() is not None:
            raise TimeoutError(f"the demo is not ready: {product.log()}")
        time.sleep(0.1)


def _children(pid: int) -> list[int]:
    return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
