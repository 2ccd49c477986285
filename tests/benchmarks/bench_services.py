"""What a look at an e-service costs: 500 looks with 20 metrics each, and the reading of one metric, against a floor.

The floor is what nobody can do without: one plain libcurl transfer and ``json.loads`` of the same answer, and 20 plain look-ups
in the parsed object. The server is a process of its own. Ratios are printed, no clock is asserted.
"""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import resource
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

import pycurl

from collectors.e_services.definition import Definition
from collectors.e_services.documents import Format, read_document
from collectors.e_services.extracting import extract
from collectors.e_services.options import service_options
from collectors.e_services.parsing import parse_definition
from collectors.e_services.poller import ServicePoller
from collectors.e_services.reporting import reading_of
from collectors.e_services.templates import resolver
from command_centre.app.clock import SystemClock
from command_centre.domain.reading import Status
from command_centre.domain.target import Place, Target, TargetKey, TargetKind

LOOKS = 500
AT_ONCE = 20
SWEEPS = 3
HOSTS = [f"127.0.1.{n}" for n in range(1, AT_ONCE + 1)]
KINDS = ("number", "number_id", "number_id", "text", "time", "percent", "duration", "number", "count", "bool")


def answer() -> dict[str, Any]:
    """An answer of about 5 kB: totals in several notations and a list of 40 tickets."""
    values = [
        1284,
        "1.284,50",
        "Rp 1.500.000",
        "Diproses",
        "2026-03-02 14:00:00",
        "62,5%",
        "2 jam 15 menit",
        4.75,
        [1, 2, 3],
        True,
    ]
    tickets = [
        {"id": f"WBS-2026-{n:05}", "status": "DIPROSES" if n % 3 else "SELESAI", "masuk": "2026-03-02 14:00:00"}
        for n in range(40)
    ]
    return {"success": True, "data": {f"nilai_{n}": values[n % 10] for n in range(20)}, "tiket": tickets}


def definition() -> Definition:
    """20 metrics, a success condition, freshness and open items."""
    metrics = [{"metric": f"m{n}", "path": f"data.nilai_{n}", "type": KINDS[n % 10], "tz": "Asia/Makassar"} for n in range(18)]
    metrics += [
        {"metric": "terbuka", "path": "tiket[?@.status=='DIPROSES']", "type": "count"},
        {"metric": "tiket", "path": "tiket[*]", "type": "count"},
    ]
    return parse_definition({"extract": metrics, "ok": {"path": "success", "equals": True}})


def serve(body: bytes, ready: Any) -> None:
    """Give ``body`` to everybody at every host, until ended."""
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(head.encode() + body)
        await writer.drain()
        writer.close()

    async def run() -> None:
        first = await asyncio.start_server(talk, HOSTS[0], 0)
        port = first.sockets[0].getsockname()[1]
        rest = [await asyncio.start_server(talk, host, port) for host in HOSTS[1:]]
        ready.send(port)
        await asyncio.gather(*(each.serve_forever() for each in (first, *rest)))

    asyncio.run(run())


def targets(port: int) -> list[Target]:
    return [
        Target(
            TargetKey(f"layanan:{n}"), TargetKind.SERVICE, f"Layanan {n}", "", "", "Layanan", Place(),
            f"http://{HOSTS[n % len(HOSTS)]}:{port}/api", timedelta(minutes=1),
        )
        for n in range(LOOKS)
    ]  # fmt: skip


async def _sweep(poller: ServicePoller, wanted: Definition, all_targets: Sequence[Target]) -> int:
    places = asyncio.Semaphore(AT_ONCE)

    async def look(target: Target) -> bool:
        async with places:
            reading = reading_of(target, await poller.look(target.address or "", wanted))
            return reading.status is Status.UP

    return [*await asyncio.gather(*map(look, all_targets))].count(False)


def _looks(port: int) -> tuple[float, int]:
    """CPU seconds of the best sweep, and how many looks were not up."""

    async def scene() -> tuple[float, int]:
        wanted = definition()
        poller = ServicePoller(service_options("", timedelta(seconds=10)), SystemClock(), lambda target: wanted, resolver(None))
        all_targets, costs, not_up = targets(port), [], 0
        for _ in range(SWEEPS):
            begun = time.process_time()
            not_up += await _sweep(poller, wanted, all_targets)
            costs.append(time.process_time() - begun)
        await poller.close()
        return min(costs), not_up

    return asyncio.run(scene())


def _floor(port: int) -> float:
    """CPU seconds of as many plain transfers and plain readings."""

    def once(host: str) -> None:
        received = BytesIO()
        curl = pycurl.Curl()
        for option, value in ((pycurl.URL, f"http://{host}:{port}/api"), (pycurl.WRITEDATA, received), (pycurl.FORBID_REUSE, 1)):
            curl.setopt(option, value)
        curl.perform()
        curl.close()
        found = json.loads(received.getvalue())
        [found["data"][f"nilai_{n}"] for n in range(20)]

    begun = time.process_time()
    for n in range(LOOKS):
        once(HOSTS[n % len(HOSTS)])
    return time.process_time() - begun


def _timed(work: Callable[[], object], times: int) -> float:
    work()
    begun = time.process_time()
    for _ in range(times):
        work()
    return (time.process_time() - begun) / times


def main() -> None:
    body = json.dumps(answer()).encode()
    ours, theirs = multiprocessing.Pipe()
    server = multiprocessing.get_context("spawn").Process(target=serve, args=(body, theirs), daemon=True)
    server.start()
    port = ours.recv()
    cost, not_up = _looks(port)
    floor = _floor(port)
    server.terminate()
    server.join()
    wanted = definition()
    document = read_document(body, "application/json", Format.JSON)
    reading = _timed(lambda: read_document(body, "application/json", Format.JSON), 300)
    by_library = _timed(lambda: json.loads(body), 300)
    extracting = _timed(lambda: extract(document, wanted.extract, frozenset()), 300)
    per_metric = extracting / len(wanted.extract) * 1000
    print(f"{LOOKS} looks, {len(wanted.extract)} metrics         {cost:.2f} CPU-s (wanted: at most 5)")
    print(f"not up                        {not_up} of {LOOKS * SWEEPS} (any, and the figures mean nothing)")
    print(f"floor: transfer + json.loads  {floor:.2f} CPU-s; ratio {cost / floor:.1f}")
    print(f"one metric                    {per_metric:.4f} ms (wanted: at most 0.3)")
    print(f"strict JSON, {len(body)} bytes       {reading * 1000:.3f} ms; ratio to json.loads {reading / by_library:.1f}")
    print(f"largest memory of ours        {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")
    print(f"at                            {datetime.now(UTC):%Y-%m-%d %H:%M} UTC")


if __name__ == "__main__":
    main()
