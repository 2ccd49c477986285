"""The web process ends in order: what it held is given back, and the database is one file again."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from tests.support.configuration import PROJECT, TINY_CONFIG, write_config
from tests.support.wall_server import free_port

PATIENCE_SECONDS = 60.0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_web_process_that_is_asked_to_end_folds_its_log_into_the_database(tmp_path: Path, number: signal.Signals) -> None:
    port = free_port()
    path = write_config(tmp_path, TINY_CONFIG + f"web:\n  port: {port}\nwalls:\n  - {{name: lobi, screens: [situs]}}\n")
    command = [sys.executable, "run.py", "serve", "--config", str(path)]
    with subprocess.Popen(command, cwd=PROJECT, stderr=subprocess.PIPE, text=True) as process:
        try:
            _wait_until_it_answers(process, f"http://127.0.0.1:{port}/healthz")
            database = tmp_path / "data" / "demo" / "command-centre.db"
            log = database.with_name(database.name + "-wal")
            assert log.exists()
            assert log.stat().st_size > 0, "a new database was just written: there must be something to fold"
            process.send_signal(number)
            _, told = process.communicate(timeout=30)
        finally:
            process.kill()
    assert process.returncode == 0, told
    assert not log.exists()


def _wait_until_it_answers(process: subprocess.Popen[str], address: str) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        assert process.poll() is None, "the web process ended while starting"
        try:
            with urllib.request.urlopen(address, timeout=2) as answer:
                assert answer.status == 200
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise AssertionError("the web process does not answer")
