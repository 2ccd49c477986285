"""The website cases of the development testbed, as its own harness judges them, reasons included.

The testbed lies beside the project (``../shared/testbed``). It runs from a copy, on fixed loopback ports and with a resolver of
its own in a private mount namespace; where it is not there, or its ports are taken, that is said and nothing else happens.
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

pytestmark = [pytest.mark.testbed, pytest.mark.xdist_group("testbed")]

ROOT = Path(__file__).parents[3]
TESTBED = ROOT.parent / "shared" / "testbed"
PORTS = (18080, 18443, 18500)
SHIMS = {
    "brotli.py": "def compress(data):\n    return data\n",
    "h2/__init__.py": "",
    "h2/connection.py": "",
    "h2/config.py": "",
    "h2/events.py": "",
}
"""The testbed's server imports two libraries that this project does not need, and that no case of the development split uses."""


@pytest.fixture(scope="module")
def testbed() -> Iterator[Path]:
    if not (TESTBED / "harness" / "run.py").is_file():
        pytest.skip("the testbed is not there: expected ../shared/testbed beside the project")
    if os.geteuid() != 0 or shutil.which("unshare") is None:
        pytest.skip("the testbed needs root: it gives the probe a resolver of its own in a mount namespace")
    if any(_is_taken(port) for port in PORTS):
        pytest.skip(f"another testbed runs: one of the ports {PORTS} is taken")
    kit = Path(tempfile.mkdtemp(prefix="cc-testbed-"))  # not below pytest's folder: its nginx gives up root and must still read
    try:
        shutil.copytree(
            TESTBED, kit, ignore=shutil.ignore_patterns("venv", "run", "__pycache__", "snmp", "mqtt"), dirs_exist_ok=True
        )
        _write_python(kit)
        subprocess.run([kit / "kit.sh", "start", "http"], check=True, timeout=60, stdout=subprocess.DEVNULL)
        yield kit
    finally:
        subprocess.run([kit / "kit.sh", "stop", "http"], check=True, timeout=30, stdout=subprocess.DEVNULL)
        shutil.rmtree(kit)


def _is_taken(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _write_python(kit: Path) -> None:
    """The testbed asks for an environment of its own; ours serves, with what is missing in it filled in."""
    for name, text in SHIMS.items():
        file = kit / "shims" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    python = kit / "venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(f'#!/bin/sh\nPYTHONPATH={kit}/shims exec {sys.executable} "$@"\n', encoding="utf-8")
    python.chmod(0o755)


def test_every_website_case_of_the_testbed_has_its_status_its_values_and_its_reason(testbed: Path) -> None:
    failed, output = _failed_cases(testbed, jobs=2)
    if failed:  # some cases are held to a time: on a crowded machine a late one is asked once more, alone
        again = "|".join(re.escape(each) for each in failed)
        failed, output = _failed_cases(testbed, jobs=1, only=f"^({again})$")
    assert failed == [], output


def _failed_cases(testbed: Path, *, jobs: int, only: str = "") -> tuple[list[str], str]:
    """The ids of the cases that failed, and what the scorer printed."""
    product = f"{sys.executable} {ROOT / 'run.py'}"
    harness = [sys.executable, str(testbed / "harness" / "run.py"), "--product", product, "--jobs", str(jobs)]
    chosen = ["--split", "dev", "--only", "website", "--reasons", "--id", only]
    command = [str(testbed / "http" / "with_kit_net.sh"), *harness, *chosen]
    done = subprocess.run(command, capture_output=True, text=True, timeout=180, check=False, cwd=ROOT)
    lines = done.stdout.strip().splitlines()
    assert lines, done.stderr
    assert lines[-1].startswith("website"), done.stderr
    return [line.split()[2] for line in lines if line.startswith(("MUST", "should"))], done.stdout
