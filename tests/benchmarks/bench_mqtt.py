"""How many messages per second are decoded, stored durably and acknowledged, and what each step costs. Prints; asserts no clock.

    python -m tests.benchmarks.bench_mqtt [MESSAGES]

Mosquitto and the store run beside us; "on one core" is the processor time of this process, which holds everything of ours: the
network thread, the decoding, SQLite with a commit per batch (WAL, synchronous=FULL), the acknowledgements.
"""

from __future__ import annotations

import asyncio
import json
import resource
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from collectors.hotspots_mqtt.intake import Intake, Limits
from collectors.hotspots_mqtt.listener import MqttListener
from collectors.hotspots_mqtt.mapping import parse_mapping
from collectors.hotspots_mqtt.options import Options, Protocol
from collectors.hotspots_mqtt.reader import Message, Reader
from tests.support.brokers import Publisher, mosquitto
from tests.support.mqtt_sink import SqliteSink, WallClock, options, registered

DEVICES = 721
TELEMETRY = {
    "v": 1,
    "boot": "a1",
    "up": 86_400,
    "cpu": 12,
    "mem": 41,
    "temp": 48.5,
    "radios": [
        {"band": "2g", "ch": 6, "clients": 9, "util": 31, "noise": -92},
        {"band": "5g", "ch": 44, "clients": 7, "util": 12, "noise": -95},
    ],
    "ifs": [{"n": "ether1", "rx": 123456789012, "tx": 23456789012, "err": 0, "drop": 0}],
}


def main() -> None:
    """Print the three figures."""
    messages = int(sys.argv[1]) if len(sys.argv) > 1 else 30_000
    bench_reading(messages)
    for protocol in (Protocol.V5, Protocol.V311):
        bench_everything(messages, protocol)


def bench_reading(count: int) -> None:
    """The pure part alone: from bytes to what is accepted."""
    intake = Intake([Reader(parse_mapping({"preset": "command-centre"}))], Limits(1e9, 1e9))
    messages = [Message(topic, body.encode(), at) for topic, body, at in telemetry(count)]
    began = time.process_time()
    taken = sum(len(intake.take(each)) for each in messages)
    spent = time.process_time() - began
    print(f"read:      {taken} messages, {spent / count * 1e6:.1f} µs of CPU each")


def telemetry(count: int) -> list[tuple[str, str, float]]:
    """Topic, payload, time: one message per device and second."""
    start = round(time.time()) - count // DEVICES - 10
    found = []
    for number in range(count):
        device, step = number % DEVICES, number // DEVICES
        body = json.dumps({**TELEMETRY, "ap": f"ap-{device}", "seq": step, "ts": start + step})
        found.append((f"cc/v1/bontang/0/ap-{device}/telemetry", body, float(start + step)))
    return found


def bench_everything(count: int, protocol: Protocol) -> None:
    """Drain a persistent session of ``count`` messages into SQLite."""
    with tempfile.TemporaryDirectory() as name, mosquitto(Path(name) / "broker") as broker:
        settings = _settings(options(broker.port), protocol)
        asyncio.run(_drain(settings, Path(name) / "first.db", 0))  # makes the session
        with Publisher(broker.port) as device:
            device.send_many([(topic, body) for topic, body, _ in telemetry(count)])
        asyncio.run(_drain(settings, Path(name) / "sink.db", count))


def _settings(settings: Options, protocol: Protocol) -> Options:
    broker = replace(settings.broker, protocol=protocol)
    return replace(settings, broker=broker, mappings=(parse_mapping({"preset": "command-centre"}),))


async def _drain(settings: Options, path: Path, count: int) -> None:
    sink = SqliteSink(path)
    listener = MqttListener(settings, WallClock(), registered(DEVICES))
    wall, spent = time.monotonic(), time.process_time()
    task = asyncio.create_task(listener.listen(sink.emit))
    while not listener.link.is_up or listener.acknowledged < count:
        await asyncio.sleep(0.005)
    wall, spent = time.monotonic() - wall, time.process_time() - spent
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    sink.close()
    if count:
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        version = settings.broker.protocol.value
        print(f"MQTT {version}: {count} messages stored and acknowledged in {wall:.2f} s, {count / wall:,.0f}/s", end="")
        print(f"; {spent:.2f} s of CPU, {count / spent:,.0f}/s on one core; {sink.commits} commits, {memory:.0f} MB")


if __name__ == "__main__":
    main()
