"""The whole city as a process of its own: all sites and 721 hotspots of the register, on loopback only, and gone at the end."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest

from command_centre.demo.broker import BrokerKind, installed
from command_centre.demo.place import CityNotReadyError, wait_for_place
from tests.support.demo_city import subscribed

ROOT = Path(__file__).resolve().parents[2]
READY = timedelta(seconds=20)  # it takes half a second; the machine may be crowded
PROGRAM = """
import sys
from pathlib import Path
from collectors import KINDS
from command_centre.config.loading import load
from command_centre.demo.city import run_city_process
from command_centre.demo.register import with_simulated_addresses
kinds = {name: kind.settings for name, kind in KINDS.items() if name != "uplink"}
targets = with_simulated_addresses(load(Path("config.yaml"), kinds).targets)
sys.exit(run_city_process(targets, Path(sys.argv[1]), Path("data/reference/demo_biasa.yaml")))
"""

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")


@contextmanager
def whole_city(folder: Path, first: str = "") -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-c", first + PROGRAM, str(folder)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, env=environment, cwd=ROOT, text=True, stdout=-1, stderr=-1) as process:
        try:
            yield process
        finally:
            process.kill()


def children(pid: int) -> list[int]:
    with suppress(OSError):
        return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return []


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def sockets(pid: int) -> list[tuple[str, str]]:
    """(protocol, local IPv4 or IPv6 address) of everything that a process holds open."""
    inodes = set()
    for each in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(OSError):  # closed meanwhile
            inodes.add(os.readlink(each).removeprefix("socket:[").removesuffix("]"))
    found = []
    for protocol in ("tcp", "tcp6", "udp", "udp6"):
        for line in Path(f"/proc/{pid}/net/{protocol}").read_text().splitlines()[1:]:
            parts = line.split()
            if parts[9] in inodes:
                found.append((protocol, _address(parts[1].partition(":")[0])))
    return found


def _address(digits: str) -> str:
    raw = bytes.fromhex(digits)
    turned = b"".join(raw[at : at + 4][::-1] for at in range(0, len(raw), 4))
    return str(ip_address(turned))


def wait_until(condition: Callable[[], bool], seconds: float = 15.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it never came to that"
        time.sleep(0.02)


def test_the_whole_city_is_on_loopback_only_and_leaves_nothing_behind(tmp_path: Path) -> None:
    with whole_city(tmp_path) as process:
        begun = time.monotonic()
        place = wait_for_place(tmp_path, READY)
        print(f"open after {time.monotonic() - begun:.2f} s, Python's start included")
        with subscribed(place) as ear:
            ear.wait_for(lambda topic, *_: topic.endswith("/selatan-0229/telemetry"))
        brokers = children(process.pid)
        seen = [each for pid in (process.pid, *brokers) for each in sockets(pid)]
        assert sum(protocol == "udp" for protocol, _ in seen) > 640, (
            "an agent for each hotspot that has one, less the silent ones"
        )
        assert {protocol for protocol, _ in seen} == {"tcp", "udp"}
        assert all(ip_address(address).is_loopback for _, address in seen)
        process.send_signal(signal.SIGTERM)
        said = process.communicate(timeout=20)
        assert process.returncode == 0, said[1]
        assert "Traceback" not in said[1]
        assert not any(is_running(pid) for pid in brokers)
    with pytest.raises(CityNotReadyError):
        wait_for_place(tmp_path, timedelta(seconds=0.1))


def test_too_few_open_files_end_the_city_with_a_sentence(tmp_path: Path) -> None:
    with whole_city(tmp_path, "import resource; resource.setrlimit(resource.RLIMIT_NOFILE, (600, 600))") as process:
        said = process.communicate(timeout=60)[1]
    assert process.returncode == 1
    assert "this system allows 600" in said
    assert "Too many open files" in said
    assert "Traceback" not in said


@pytest.mark.skipif(installed() is not BrokerKind.MOSQUITTO, reason="Mosquitto is not installed")
def test_a_killed_broker_is_started_again_and_the_probes_find_it(tmp_path: Path) -> None:
    with whole_city(tmp_path) as process:
        place = wait_for_place(tmp_path, READY)
        (broker,) = children(process.pid)
        os.kill(broker, signal.SIGKILL)
        wait_until(lambda: children(process.pid) not in ([], [broker]))
        wait_until(lambda: _accepts(place.mqtt))
        with subscribed(place) as ear:
            ear.wait_for(lambda topic, payload, old: topic.endswith("/status") and payload == b"online" and not old, 15)


@pytest.mark.skipif(installed() is not BrokerKind.MOSQUITTO, reason="Mosquitto is not installed")
def test_a_killed_city_takes_its_broker_along(tmp_path: Path) -> None:
    with whole_city(tmp_path) as process:
        wait_for_place(tmp_path, READY)
        (broker,) = children(process.pid)
        process.kill()
        process.wait(10)
        wait_until(lambda: not is_running(broker))


def _accepts(address: str) -> bool:
    host, _, port = address.rpartition(":")
    with suppress(OSError), socket.create_connection((host, int(port)), 0.2):
        return True
    return False
