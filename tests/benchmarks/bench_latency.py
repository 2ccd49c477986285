"""Is the reported time the true one? Looks paced at 100 a second, compared with a packet capture of the same connections.

nginx with real TLS on loopback; tcpdump (a Debian package; root) on the loopback interface. For each connection the wire says how
long it was from the first SYN to the last byte of the answer; the reading says ``total_seconds - dns_seconds``. Connections and
readings are paired in the order in which they began. Prints the error and whether the phases add up; no clock is asserted.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import struct
import subprocess
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from collectors.websites.poller import WebsitePoller
from command_centre.app.clock import SystemClock
from command_centre.domain.reading import Reading
from command_centre.domain.series import MetricName
from tests.benchmarks.bench_websites import options_for, targets_of
from tests.benchmarks.soak import Ground, ground

LOOKS = 1000
PER_SECOND = 100
WARM_UP = 100
PHASES = ("dns_seconds", "connect_seconds", "tls_seconds", "first_byte_seconds", "transfer_seconds")


@dataclass(slots=True)
class Flow:
    """One connection on the wire, in seconds of the capture's clock."""

    began: float
    last_byte: float


def main() -> None:
    if shutil.which("tcpdump") is None or os.geteuid() != 0:
        print("tcpdump is not installed or this is not root: nothing is compared")
        return
    with ground(WARM_UP) as here:
        capture = here.folder / "wire.pcap"
        listening = ["tcpdump", "-U", "-i", "lo", "-s", "96", "-B", "65536", "-w", str(capture), f"tcp port {here.https_port}"]
        watcher = subprocess.Popen(listening, stderr=subprocess.DEVNULL)
        time.sleep(1.5)
        readings = asyncio.run(_paced(here))
        time.sleep(1.5)
        watcher.terminate()
        watcher.wait(10)
        flows = _flows(capture.read_bytes(), here.https_port)
    _compare(readings, flows)


async def _paced(here: Ground) -> list[Reading]:
    poller, targets = WebsitePoller(options_for(here), SystemClock()), targets_of(here)
    begun, looks = time.monotonic(), []
    for number in range(LOOKS):
        await asyncio.sleep(max(0.0, begun + number / PER_SECOND - time.monotonic()))
        looks.append(asyncio.create_task(poller.poll(targets[number % len(targets)])))
    readings = await asyncio.gather(*looks)
    await poller.close()
    return list(readings)


def _compare(readings: Sequence[Reading], flows: Sequence[Flow]) -> None:
    up = [reading for reading in readings if "total_seconds" in reading.values]
    print(f"{len(readings)} looks at {PER_SECOND} a second, {len(up)} with a total, {len(flows)} connections on the wire")
    if len(up) != len(flows):
        print("the numbers differ: nothing can be paired")
        return
    pairs = list(zip(up, flows, strict=True))[WARM_UP:]
    errors = sorted(
        abs(_value(reading, "total_seconds") - _value(reading, "dns_seconds") - _wire(flow)) for reading, flow in pairs
    )
    gaps = sorted(
        abs(sum(_value(reading, phase) for phase in PHASES) / _value(reading, "total_seconds") - 1) for reading, _ in pairs
    )
    wire = sorted(_wire(flow) for _, flow in pairs)
    print(f"total on the wire: {_two(wire)}")
    print(f"reported minus wire: {_two(errors)} (wanted: 1 and 5)")
    print(f"phases against the total: p50 {_at(gaps, 0.5) * 100:.2f} %, worst {gaps[-1] * 100:.2f} % (wanted: at most 5)")


def _two(ordered: Sequence[float]) -> str:
    return f"p50 {_at(ordered, 0.5) * 1000:.2f} ms, p99 {_at(ordered, 0.99) * 1000:.2f} ms"


def _wire(flow: Flow) -> float:
    return flow.last_byte - flow.began


def _value(reading: Reading, name: str) -> float:
    return reading.values[MetricName(name)]


def _at(ordered: Sequence[float], share: float) -> float:
    return ordered[int(share * (len(ordered) - 1))]


def _flows(capture: bytes, port: int) -> list[Flow]:
    """Connections in the order of their SYN: when it left, and when the server's last data came. Client ports come again."""
    flows: list[Flow] = []
    of_port: dict[int, Flow] = {}
    for at, source, destination, flags, length in _segments(capture):
        if destination == port and flags & 0x12 == 0x02:
            of_port[source] = Flow(at, at)
            flows.append(of_port[source])
        elif source == port and length and destination in of_port:
            of_port[destination].last_byte = at
    return flows


def _segments(capture: bytes) -> Iterator[tuple[float, int, int, int, int]]:
    """Time, ports, TCP flags and data length of each IPv4 packet (libpcap format with microseconds, Ethernet framing)."""
    offset = 24
    while offset + 16 <= len(capture):
        seconds, micros, kept, _ = struct.unpack_from("<IIII", capture, offset)
        packet = capture[offset + 16 : offset + 16 + kept]
        offset += 16 + kept
        header = (packet[14] & 0x0F) * 4
        tcp = 14 + header
        source, destination = struct.unpack_from("!HH", packet, tcp)
        total = struct.unpack_from("!H", packet, 16)[0]
        length = total - header - (packet[tcp + 12] >> 4) * 4
        yield seconds + micros / 1e6, source, destination, packet[tcp + 13], length


if __name__ == "__main__":
    main()
