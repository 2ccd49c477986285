"""A sweep of hotspots by SNMP: 720 devices, 40 objects each; what it costs beside prometheus-snmp-exporter asking the same.

    python -m tests.benchmarks.bench_snmp [--devices 720] [--sweeps 5] [--dead 10]

Prints figures and ratios, asserts no clock. The devices are a farm of loopback addresses answered by one other process, whose
cost is not counted. The peer is Debian's prometheus-snmp-exporter when it is installed; its driver's cost is not counted either.
"""

from __future__ import annotations

import argparse
import asyncio
import http.client
import multiprocessing
import resource
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import count
from multiprocessing.connection import Connection
from pathlib import Path
from typing import cast

from collectors.hotspots_snmp.options import Credentials, Options
from collectors.hotspots_snmp.poller import Address, Look, SnmpPoller
from collectors.hotspots_snmp.standard import HOST_UPTIME, SYS_UPTIME
from command_centre.domain.reading import Status
from tests.support.clock import FrozenClock
from tests.support.snmp_agents import Mib, Parts, ScriptedAgent, gauge, integer, interface, octets, oid, system, table, ticks, tlv
from tests.support.snmp_daemons import free_port

AT_ONCE = 200
EXPORTER = shutil.which("prometheus-snmp-exporter")
VAPS = "1.3.6.1.4.1.41112.1.6.1.2.1"
FREE, TOTAL = "1.3.6.1.4.1.10002.1.1.1.1.2.0", "1.3.6.1.4.1.10002.1.1.1.1.1.0"
COMMUNITY = "umum"


def device() -> Mib:
    """An access point with six interfaces: 40 objects are asked at every look."""
    mib = system("UAP-AC-Mesh 6.6.77", "1.3.6.1.4.1.41112")
    for index, called in enumerate(("eth0", "wifi0", "wifi1", "ath0", "ath1", "ath2"), 1):
        mib |= interface(index, called, 10**9 + index, 10**8 + index)
    mib |= table("1.3.6.1.2.1.31.1.1.1.19", {str(index): integer(0) for index in range(1, 7)})
    mib |= table(f"{VAPS}.6", {"1": octets("Bontang Bebas Kuota"), "2": octets("Bontang Bebas Kuota")})
    mib |= table(f"{VAPS}.8", {"1": gauge(4), "2": gauge(14)})
    mib |= {oid(FREE): gauge(31_000), oid(TOTAL): gauge(124_000), oid(HOST_UPTIME): ticks(370_000)}
    return mib | table("1.3.6.1.2.1.25.3.3.1.2", {"1": integer(20), "2": integer(40)})


def addresses(devices: int) -> list[str]:
    """So many loopback addresses."""
    return [f"127.161.{number // 250}.{number % 250 + 1}" for number in range(devices)]


class Farm(asyncio.DatagramProtocol):
    """One address. Answers are made once per question and kept; only the request's number is new."""

    def __init__(self, agent: ScriptedAgent, kept: dict[bytes, bytes]) -> None:
        self._agent = agent
        self._kept = kept

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        message = Parts(Parts(data).take()[1])
        head = tlv(*message.take()) + tlv(*message.take())
        kind, body = message.take()
        number = tlv(*Parts(body).take())
        question = bytes([kind]) + body[len(number) :]
        rest = self._kept.get(question)
        if rest is None:
            ((_, reply),) = self._agent.handle(data)
            answered = Parts(Parts(reply).take()[1])
            answered.take()
            answered.take()
            rest = self._kept[question] = answered.take()[1][len(number) :]
        self._transport.sendto(tlv(0x30, head + tlv(0xA2, number + rest)), addr)


def run_farm(hosts: list[str], port: int, ready: Connection) -> None:
    """The other process: every host on this port."""

    async def serve() -> None:
        kept: dict[bytes, bytes] = {}
        agent = ScriptedAgent(device(), COMMUNITY)
        loop = asyncio.get_running_loop()
        for host in hosts:
            await loop.create_datagram_endpoint(lambda: Farm(agent, kept), local_addr=(host, port))
        ready.send(True)
        await loop.run_in_executor(None, ready.recv)

    raise_file_limit()
    asyncio.run(serve())


def raise_file_limit() -> None:
    """Every address is a socket."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


@contextmanager
def farm(hosts: list[str], port: int) -> Iterator[None]:
    """The farm, while it answers."""
    here, there = multiprocessing.Pipe()
    process = multiprocessing.get_context("fork").Process(target=run_farm, args=(hosts, port, there))
    process.start()
    try:
        if not here.poll(30):
            raise RuntimeError("the farm did not start")
        yield
    finally:
        here.send(None)
        process.join(10)
        process.kill()


async def sweep(poller: SnmpPoller, hosts: list[str], port: int) -> list[Look]:
    """Every device once."""
    places = asyncio.Semaphore(AT_ONCE)
    credentials = Credentials(community=COMMUNITY)

    async def one(host: str) -> Look:
        async with places:
            return await poller.look(Address(host, port), credentials, host)

    return await asyncio.gather(*(one(host) for host in hosts))


async def ours(hosts: list[str], port: int, sweeps: int) -> float:
    """Sweeps after a discovery; prints them and returns CPU seconds per 1,000 looks."""
    poller = SnmpPoller(Options(timeout_seconds=1.0, retries=1), FrozenClock())
    begun, spent = time.perf_counter(), time.process_time()
    await sweep(poller, hosts, port)
    report("discovery", time.perf_counter() - begun, time.process_time() - spent, len(hosts))
    costs = []
    for number in range(sweeps):
        begun, spent = time.perf_counter(), time.process_time()
        looks = await sweep(poller, hosts, port)
        up = sum(look.status is Status.UP for look in looks)
        costs.append(report(f"sweep {number + 1}, {up} up", time.perf_counter() - begun, time.process_time() - spent, len(hosts)))
    return min(costs)


def report(what: str, wall: float, cpu: float, devices: int) -> float:
    per_thousand = cpu / devices * 1000
    print(f"  {what:24} {wall:6.3f} s wall, {cpu:6.3f} s CPU, {per_thousand:6.3f} CPU-s per 1,000 devices")
    return per_thousand


def objects() -> list[str]:
    """The forty objects of a look."""
    columns = [f"1.3.6.1.2.1.31.1.1.1.{column}" for column in (1, 6, 10, 19)] + ["1.3.6.1.2.1.2.2.1.8"]
    names = [f"{column}.{index}" for index in range(1, 7) for column in columns]
    names += [SYS_UPTIME, HOST_UPTIME, FREE, TOTAL, *(f"{VAPS}.{column}.{index}" for column in (6, 8) for index in (1, 2))]
    return [*names, "1.3.6.1.2.1.25.3.3.1.2.1", "1.3.6.1.2.1.25.3.3.1.2.2"]


def exporter_configuration() -> str:
    names = objects()
    lines = ["empat_puluh:", "  version: 2", "  timeout: 1s", "  retries: 1", "  auth:", f"    community: {COMMUNITY}", "  get:"]
    lines += [f"  - {name}" for name in names]
    lines.append("  metrics:")
    for number, name in zip(count(), names, strict=False):
        kind = "DisplayString" if ".31.1.1.1.1." in name or f"{VAPS}.6." in name else "gauge"
        lines += [f"  - name: nilai_{number}", f"    oid: {name}", f"    type: {kind}", "    help: satu nilai"]
    return "\n".join(lines) + "\n"


def peer(hosts: list[str], port: int, sweeps: int) -> float | None:
    """The exporter asked for the same objects of the same devices; CPU seconds of its process per 1,000."""
    if EXPORTER is None:
        print("  prometheus-snmp-exporter is not installed: no ratio")
        return None
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "snmp.yml"
        file.write_text(exporter_configuration())
        listen = free_tcp_port()
        command = [EXPORTER, f"--config.file={file}", f"--web.listen-address=127.0.0.1:{listen}", "--log.level=error"]
        process = subprocess.Popen(command)
        try:
            return ask_exporter(process, listen, hosts, port, sweeps)
        finally:
            process.terminate()
            process.wait(10)


def free_tcp_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def ask_exporter(process: subprocess.Popen[bytes], listen: int, hosts: list[str], port: int, sweeps: int) -> float:
    def one(host: str) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", listen, timeout=30)
        connection.request("GET", f"/snmp?target={host}:{port}&module=empat_puluh")
        answer = connection.getresponse()
        seen = answer.read().count(b"\nnilai_")
        connection.close()
        return seen

    until = time.monotonic() + 10
    while time.monotonic() < until:
        try:
            if one(hosts[0]):
                break
        except OSError:
            time.sleep(0.1)
    costs = []
    with ThreadPoolExecutor(50) as threads:
        for number in range(sweeps):
            begun, spent = time.perf_counter(), cpu_of(process.pid)
            seen = list(threads.map(one, hosts))
            label = f"exporter {number + 1}, {sum(map(bool, seen))} up"
            costs.append(report(label, time.perf_counter() - begun, cpu_of(process.pid) - spent, len(hosts)))
    return min(costs)


def cpu_of(pid: int) -> float:
    """CPU seconds of a process so far (in steps of 10 ms)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / 100


async def with_dead(hosts: list[str], port: int, dead: int) -> None:
    """One more sweep in which so many percent of the addresses are silent."""
    silent = [f"127.162.{number // 250}.{number % 250 + 1}" for number in range(len(hosts) * dead // 100)]
    with silent_farm(silent, port):
        poller = SnmpPoller(Options(timeout_seconds=1.0, retries=1), FrozenClock())
        mixed = [*hosts[: len(hosts) - len(silent)], *silent]
        await sweep(poller, mixed, port)
        begun, spent = time.perf_counter(), time.process_time()
        looks = await sweep(poller, mixed, port)
        up = sum(look.status is Status.UP for look in looks)
        report(f"{dead} % silent, {up} up", time.perf_counter() - begun, time.process_time() - spent, len(mixed))


@contextmanager
def silent_farm(hosts: list[str], port: int) -> Iterator[None]:
    """Addresses that listen and never answer."""
    sockets = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in hosts]
    try:
        for host, listener in zip(hosts, sockets, strict=True):
            listener.bind((host, port))
        yield
    finally:
        for listener in sockets:
            listener.close()


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--devices", type=int, default=720)
    words.add_argument("--sweeps", type=int, default=5)
    words.add_argument("--dead", type=int, default=10, help="percent of silent devices in the last sweep")
    asked = words.parse_args()
    raise_file_limit()
    hosts, port = addresses(asked.devices), free_port()
    print(f"{asked.devices} devices, 40 objects each, {AT_ONCE} at once")
    with farm(hosts, port):
        mine = asyncio.run(ours(hosts, port, asked.sweeps))
        asyncio.run(with_dead(hosts, port, asked.dead))
        theirs = peer(hosts, port, asked.sweeps)
    print(f"  memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")
    if theirs:
        print(f"  CPU beside prometheus-snmp-exporter: {mine / theirs:.2f} (wanted: at most 0.5)")


if __name__ == "__main__":
    main()
