"""The city as a process: where it says it is, how it ends, and what it says about a wrong script."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from command_centre.demo.listeners import PortTakenError, bind
from command_centre.demo.place import CityNotReadyError, Ports, place_file, read_place, wait_for_place
from tests.support.demo_city import fetch, running_city, site, switch

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = """
import sys
from pathlib import Path
from command_centre.demo.city import run_city_process
from tests.support.demo_city import site
script = Path(sys.argv[2]) if len(sys.argv) > 2 else None
sys.exit(run_city_process([site(f"dinas{number}") for number in range(12)], Path(sys.argv[1]), script))
"""


@contextmanager
def city_process(*arguments: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-c", PROGRAM, *arguments]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, env=environment, cwd=ROOT, text=True, stdout=-1, stderr=-1) as process:
        try:
            yield process
        finally:
            process.kill()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_process_serves_until_it_is_asked_to_end(tmp_path: Path, number: signal.Signals) -> None:
    with city_process(str(tmp_path)) as process:
        place = wait_for_place(tmp_path, timedelta(seconds=20))
        assert fetch(place, "http://dinas1.bontangkota.go.id/").status in (200, 301)
        switch(place, {"host": "dinas1.bontangkota.go.id", "kind": "timeout"})
        with pytest.raises(TimeoutError):  # an open conversation must not hold up the end
            fetch(place, "http://dinas1.bontangkota.go.id/", timeout=0.3)
        process.send_signal(number)
        said = process.communicate(timeout=10)
        assert process.returncode == 0
        assert "Traceback" not in said[1]


def test_a_wrong_script_ends_the_process_with_the_list_of_mistakes(tmp_path: Path) -> None:
    script = tmp_path / "skrip.yaml"
    script.write_text("loop: 20m\nfaults:\n  - {site: situs:dinas99, kind: timeout}\n  - {site: situs:dinas1, kind: lambat}\n")
    with city_process(str(tmp_path), str(script)) as process:
        said = process.communicate(timeout=20)
        assert process.returncode == 2
        assert [line.split(":")[1] for line in said[1].splitlines()] == ["3", "4"]


def test_a_second_city_in_the_same_folder_does_not_displace_the_first(tmp_path: Path) -> None:
    with city_process(str(tmp_path)):
        place = wait_for_place(tmp_path, timedelta(seconds=20))
        with city_process(str(tmp_path)) as second:
            said = second.communicate(timeout=20)
            assert second.returncode == 1
            assert "open here already" in said[1]
        assert read_place(tmp_path) == place


def test_whoever_waits_for_a_city_that_never_opens_is_told(tmp_path: Path) -> None:
    with pytest.raises(CityNotReadyError, match="has not opened within 0 s"):
        wait_for_place(tmp_path, timedelta(seconds=0.1))


def test_the_place_of_a_city_that_is_gone_is_not_taken_for_an_open_one(tmp_path: Path) -> None:
    with city_process(str(tmp_path)):
        wait_for_place(tmp_path, timedelta(seconds=20))
    assert read_place(tmp_path) is not None
    with pytest.raises(CityNotReadyError):
        wait_for_place(tmp_path, timedelta(seconds=0.1))


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"dns": 1}', b"\xff", b"null"])
def test_a_damaged_place_is_no_place(tmp_path: Path, content: bytes) -> None:
    place_file(tmp_path).parent.mkdir()
    place_file(tmp_path).write_bytes(content)
    assert read_place(tmp_path) is None


def test_ports_that_are_asked_for_are_used_or_refused(tmp_path: Path) -> None:
    with bind("127.77.1.1", 0) as probe:
        free = int(probe.getsockname()[1])
        with pytest.raises(PortTakenError), running_city([site("a")], tmp_path, ports=Ports(http=free)):
            pytest.fail("the port was taken")
    with running_city([site("a")], tmp_path, ports=Ports(http=free)) as running:
        assert running.place.http_port == free
