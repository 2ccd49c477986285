"""Ten thousand hotspots by SNMP, paced by the real sweep: does one core keep them within one interval?

    python -m tests.benchmarks.bench_snmp_city [--devices 10000] [--interval 30]

The wish is one interval of 60 s; the bench paces twice as fast, so that it takes half as long. First every device is discovered
(unpaced), then one whole interval is swept. Readings are counted, not stored (``bench_storage`` and ``bench_mqtt_city`` store).
The devices are answered by one other process, whose cost is not counted. Prints; asserts no clock.
"""

from __future__ import annotations

import argparse
import asyncio
import resource
import time
from collections import Counter
from datetime import timedelta

from collectors.hotspots_snmp.options import Credentials, Options
from collectors.hotspots_snmp.poller import SnmpPoller
from command_centre.app.sweep import AlwaysThere, Pace, Sweep
from command_centre.domain.reading import Reading, Status
from command_centre.domain.target import Place, Target, TargetKey, TargetKind
from tests.benchmarks.bench_snmp import COMMUNITY, addresses, farm, raise_file_limit
from tests.support.brokers import free_port
from tests.support.mqtt_sink import WallClock

WISHED_SECONDS = 60
AT_ONCE = 200
TIMEOUT = timedelta(seconds=10)


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(prog="bench_snmp_city")
    parser.add_argument("--devices", type=int, default=10_000)
    parser.add_argument("--interval", type=float, default=30.0)
    options = parser.parse_args()
    raise_file_limit()
    hosts, port = addresses(options.devices), free_port()
    with farm(hosts, port):
        asyncio.run(_bench(hosts, port, options.interval))
    print(f"  memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


async def _bench(hosts: list[str], port: int, interval: float) -> None:
    every = timedelta(seconds=interval)
    poller = SnmpPoller(Options(Credentials(community=COMMUNITY), interval_seconds=interval), WallClock())
    targets = [_target(host, port, every) for host in hosts]
    await _discover(poller, targets)
    seen: Counter[Status] = Counter()

    def count(reading: Reading) -> None:
        seen[reading.status] += 1

    pace = Pace(every, TIMEOUT, AT_ONCE, timedelta(seconds=4))
    sweep = Sweep("hotspots_snmp", poller, targets, pace, WallClock(), count, AlwaysThere())
    spent = time.process_time()
    sweeping = asyncio.create_task(sweep.run())
    await asyncio.sleep(interval)
    spent = time.process_time() - spent
    await sweep.finish()
    await sweeping
    _print(len(hosts), interval, spent, seen, sweep)
    await sweep.close()


def _target(host: str, port: int, every: timedelta) -> Target:
    key, address = TargetKey(f"wifi:{host}"), f"{host}:{port}"
    return Target(key, TargetKind.HOTSPOT, host, host, "Diskominfo", "Wi-Fi", Place(), address, every)


async def _discover(poller: SnmpPoller, targets: list[Target]) -> None:
    places = asyncio.Semaphore(AT_ONCE)

    async def one(target: Target) -> None:
        async with places:
            await poller.poll(target)

    begun, spent = time.monotonic(), time.process_time()
    await asyncio.gather(*(one(each) for each in targets))
    wall, spent = time.monotonic() - begun, time.process_time() - spent
    print(f"  discovery of {len(targets):,} (once an hour): {wall:.1f} s wall, {spent:.1f} s CPU")


def _print(devices: int, interval: float, spent: float, seen: Counter[Status], sweep: Sweep) -> None:
    late = sorted(sweep.counters.late_seconds)
    print(f"  one interval of {interval:g} s: {sum(seen.values()):,} of {devices:,} looks, {seen[Status.UP]:,} up", end="")
    print(f"; {sweep.counters.overruns} left out, {sweep.counters.faults} faults")
    print(f"  behind their place: p50 {late[len(late) // 2] * 1000:.0f} ms, longest {late[-1] * 1000:.0f} ms (newest 1,000)")
    print(f"  {spent:.1f} s CPU for all: {spent / WISHED_SECONDS:.0%} of one core at the wished {WISHED_SECONDS} s", end="")
    print(f", {spent / interval:.0%} at {interval:g} s")


if __name__ == "__main__":
    main()
