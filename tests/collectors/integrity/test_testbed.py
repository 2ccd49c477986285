"""The gambling cases of the development testbed, as its own harness judges them, reasons included."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.collectors.websites.test_testbed import ROOT, testbed

pytestmark = [pytest.mark.testbed, pytest.mark.xdist_group("testbed")]
__all__ = ["testbed"]


def test_every_gambling_case_of_the_testbed_is_told_from_every_clean_one(testbed: Path) -> None:
    product = f"{sys.executable} {ROOT / 'run.py'}"
    harness = [sys.executable, str(testbed / "harness" / "run.py"), "--product", product, "--jobs", "2"]
    command = [str(testbed / "http" / "with_kit_net.sh"), *harness, "--split", "dev", "--only", "judi", "--reasons"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=180, check=False, cwd=ROOT)
    lines = done.stdout.strip().splitlines()
    assert lines, done.stderr
    assert lines[-1].startswith("judi"), done.stdout
    assert [line for line in lines if line.startswith(("MUST", "should"))] == [], done.stdout
