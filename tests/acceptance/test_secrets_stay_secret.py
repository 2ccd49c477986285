"""C4, from outside: a running installation with secrets by reference shows none of them, in no answer, no log and no file."""

from __future__ import annotations

import http.client
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.support.configuration import PROJECT, write_config
from tests.support.wall_server import free_port

COMMUNITY, PASSWORD = "komunitas-4711", "sandi-basis-data-4711"
PATIENCE_SECONDS = 60.0
PAGES = (
    "/",
    "/wall/situs",
    "/wall?name=lobi",
    "/readyz",
    "/healthz",
    "/_dash-layout",
    "/_dash-dependencies",
    "/masuk",
    "/tidak/ada",
)

CONFIG = """\
mode: live
city:
  contact: cc@bontang.example
web:
  port: {port}
storage:
  url: env:CC_TEST_DATABASE
collectors:
  - kind: hotspots_snmp
    credentials: {{version: 2c, community: "file:community"}}
inventory:
  sites: sites.csv
  hotspots: hotspots.csv
walls:
  - {{name: lobi, screens: [situs]}}
"""
HOTSPOTS = """\
key;name;short_name;owner;isp;class_mbps;place_type;address
wifi:a;Titik A;A;Diskominfo;Penyedia A;20;sekolah;127.0.0.1:9
"""


def installation(folder: Path, port: int) -> Path:
    path = write_config(folder, CONFIG.format(port=port))
    (folder / "hotspots.csv").write_text(HOTSPOTS, encoding="utf-8")
    (folder / "community").write_text(f"{COMMUNITY}\n", encoding="utf-8")
    return path


@contextmanager
def running(path: Path, environment: Mapping[str, str]) -> Iterator[None]:
    log = (path.parent / "log").open("wb")
    command = [sys.executable, "run.py", "all", "--config", str(path)]
    with log, subprocess.Popen(command, cwd=PROJECT, stdout=log, stderr=log, env={**os.environ, **environment}) as process:
        try:
            yield
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=30)


def answer(port: int, path: str) -> str:
    """Headers and body."""
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        link.request("GET", path)
        response = link.getresponse()
        return f"{response.getheaders()}{response.read().decode(errors='replace')}"
    finally:
        link.close()


def test_no_answer_no_log_and_no_file_holds_a_secret(tmp_path: Path) -> None:
    port = free_port()
    path = installation(tmp_path, port)
    # SQLite has no password; what stands behind the question mark is part of the address all the same.
    secret = f"sqlite:///{tmp_path / 'kota.db'}?sandi={PASSWORD}"
    with running(path, {"CC_TEST_DATABASE": secret}):
        deadline = time.monotonic() + PATIENCE_SECONDS
        log = tmp_path / "log"
        while b"collecting:" not in log.read_bytes() or not _answers(port):
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.2)
        shown = "".join(answer(port, each) for each in PAGES)
    assert "Command Centre" in shown
    told = shown + log.read_text()
    for file in tmp_path.iterdir():
        if file.name.startswith("kota.db"):
            told += file.read_bytes().decode("latin-1")
    assert COMMUNITY not in told
    assert PASSWORD not in told


def test_a_start_that_fails_names_the_database_without_its_password(tmp_path: Path) -> None:
    path = installation(tmp_path, free_port())
    address = f"postgresql://cc:{PASSWORD}@127.0.0.1:9/kota"
    for part in ("collect", "serve", "check"):
        done = subprocess.run(
            [sys.executable, "run.py", part, "--config", str(path)],
            cwd=PROJECT, capture_output=True, text=True, timeout=60, check=False, env={**os.environ, "CC_TEST_DATABASE": address},
        )  # fmt: skip
        told = done.stdout + done.stderr
        assert PASSWORD not in told, part
        assert done.returncode == (0 if part == "check" else 1), told


def _answers(port: int) -> bool:
    with suppress(OSError, http.client.HTTPException):
        return bool(answer(port, "/healthz"))
    return False
