"""Ten thousand hotspots, each with a message every ten seconds, into the real writer: how long until a message is on the disk?

    python -m tests.benchmarks.bench_mqtt_city [--devices 10000] [--every 10] [--seconds 40]

The writer is ``run.py collect`` as a process of its own (SQLite), behind a real Mosquitto. Measured from outside: a reader looks
into the database fifty times a second; a message's way ends when its row can be read, and began when its device sent it. So the
figures hold the broker's share and up to 20 ms of ours as well. Prints; asserts no clock.
"""

from __future__ import annotations

import argparse
import json
import os
import sqlite3
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from statistics import quantiles

from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion

from tests.support.brokers import HOST, mosquitto
from tests.support.hotspot_killing import Writer, writer

WARM_UP_SECONDS = 10.0
LOOK_EVERY = 0.02
STEP_SECONDS = 0.05
SPIN_SECONDS = 0.3
MOST_SECONDS = 1.0
MOST_MEGABYTES = 300


def main() -> None:
    """Print the figures."""
    options = _parse()
    with tempfile.TemporaryDirectory() as name, mosquitto(Path(name) / "broker") as broker:
        with writer(Path(name), broker, options.devices, f"{options.every}s") as product, _speaking(broker.port, options) as sent:
            time.sleep(WARM_UP_SECONDS)
            ours = [_share_of_a_core()]
            delays, spent = _watch(product, options.seconds)
            ours.append(_share_of_a_core())
            memory = _megabytes(product.pid)
        _print(options, sent, delays, spent, memory)
        print(
            f"  the machine gave a busy loop {ours[0]:.0%} of a core before and {ours[1]:.0%} after; on a shared one this decides"
        )


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench_mqtt_city")
    parser.add_argument("--devices", type=int, default=10_000)
    parser.add_argument("--every", type=int, default=10)
    parser.add_argument("--seconds", type=float, default=40.0)
    return parser.parse_args()


@contextmanager
def _speaking(port: int, options: argparse.Namespace) -> Iterator[list[int]]:
    """All devices through one connection, spread over the interval; yields how many messages were sent."""
    client = Client(CallbackAPIVersion.VERSION2, client_id="titik-ramai")
    client.max_queued_messages_set(0)
    client.max_inflight_messages_set(5_000)
    client.connect(HOST, port, 30)
    client.loop_start()
    halt, sent = threading.Event(), [0]
    speaker = threading.Thread(target=_speak, args=(client, options.devices, options.devices / options.every, halt, sent))
    speaker.start()
    try:
        yield sent
    finally:
        halt.set()
        speaker.join(30)
        client.disconnect()
        client.loop_stop()


def _speak(client: Client, devices: int, per_second: float, halt: threading.Event, sent: list[int]) -> None:
    begun = time.monotonic()
    while not halt.is_set():
        due = int((time.monotonic() - begun) * per_second)
        for number in range(sent[0], due):
            device = number % devices
            client.publish(f"cc/v1/uji/0/ap-{device}/telemetry", _telemetry(device, number // devices), 1)
        sent[0] = due
        halt.wait(STEP_SECONDS)


def _telemetry(device: int, number: int) -> str:
    radios = [{"band": band, "ch": 6, "clients": (device + number) % 14, "util": 31} for band in ("2g", "5g")]
    body = {"v": 1, "ap": f"ap-{device}", "boot": "b", "seq": number, "ts": round(time.time(), 3), "up": 60 * number, "cpu": 12}
    return json.dumps({**body, "mem": 41, "temp": 48.5, "radios": radios})


def _watch(product: Writer, seconds: float) -> tuple[list[float], float]:
    """Delays of every message that became readable within the time, and the processor seconds of the writer in it."""
    delays: list[float] = []
    with closing(sqlite3.connect(f"file:{product.database}?mode=ro", uri=True, timeout=10)) as database:
        newest = _newest(database)
        spent, end = _cpu(product.pid), time.monotonic() + seconds
        while time.monotonic() < end:
            rows = database.execute("SELECT seq, at FROM reading WHERE seq > ? AND source = 'mqtt'", (newest,)).fetchall()
            now = time.time()
            delays += [now - at / 1000 for _, at in rows]
            newest = max((seq for seq, _ in rows), default=newest)
            time.sleep(LOOK_EVERY)
        return delays, _cpu(product.pid) - spent


def _share_of_a_core() -> float:
    """What part of a core a busy loop gets: how much of what is measured here is the machine's other work."""
    begun, spent = time.monotonic(), time.thread_time()
    while time.monotonic() - begun < SPIN_SECONDS:
        pass
    return (time.thread_time() - spent) / (time.monotonic() - begun)


def _newest(database: sqlite3.Connection) -> int:
    ((newest,),) = database.execute("SELECT coalesce(max(seq), 0) FROM reading")
    return int(newest)


def _cpu(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _megabytes(pid: int) -> float:
    """The largest resident memory of a process so far."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))


def _print(options: argparse.Namespace, sent: list[int], delays: list[float], spent: float, memory: float) -> None:
    ranks = quantiles(delays, n=1000)
    print(f"  {options.devices:,} hotspots, one message every {options.every} s; {sent[0]:,} sent, {len(delays):,} watched")
    print(f"  sent to readable on the disk: p50 {ranks[499]:.3f} s, p99 {ranks[989]:.3f} s, longest {max(delays):.3f} s", end="")
    print(f" (p99 wanted: at most {MOST_SECONDS:g} s)")
    share, each = spent / options.seconds, spent / len(delays)
    print(f"  writer: {share:.0%} of a core, {each * 1e6:.0f} µs of processor time per message, rolling up included")
    print(f"  memory of the writer: {memory:.0f} MB (wanted: at most {MOST_MEGABYTES})")


if __name__ == "__main__":
    main()
