"""What a look at a website costs: our collector, and collector + recorder + storage, against prometheus-blackbox-exporter.

Everything in one run on this machine: nginx with real TLS, 1,000 names, one name server over UDP for both. blackbox_exporter (a
Debian package) finds that name server through a resolv.conf of its own mount namespace, and the server must sit on port 53: both
need root. Without package or root its column is left out and said so. Ratios are printed, no clock is asserted.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import resource
import shutil
import subprocess
import threading
import time
import urllib.parse
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from collectors.websites.options import Options
from collectors.websites.poller import WebsitePoller
from command_centre.app.clock import SystemClock
from command_centre.domain.reading import Reading, Status
from command_centre.domain.rule import DEFAULT_RULES
from command_centre.domain.target import Place, Target, TargetKey, TargetKind
from command_centre.pipeline.inbox import Inbox
from command_centre.pipeline.recorder import Recorder
from command_centre.pipeline.roller import ROLLING
from command_centre.storage.database import migrate, open_database, writing
from command_centre.storage.inventory import sync_targets
from tests.benchmarks.soak import Ground, _free_port, ground

LOOKS = 1000
AT_ONCE = 50
SWEEPS = 3
BLACKBOX = "prometheus-blackbox-exporter"
DNS = ("127.53.53.53", 53)


@dataclass(frozen=True, slots=True)
class Cost:
    """CPU seconds per 1,000 looks, one figure per sweep, and how many looks were not up (none, or the figure means nothing)."""

    cpu_seconds: tuple[float, ...]
    not_up: int

    @property
    def median(self) -> float:
        return sorted(self.cpu_seconds)[len(self.cpu_seconds) // 2]

    def __str__(self) -> str:
        spread = f"{min(self.cpu_seconds):.2f}–{max(self.cpu_seconds):.2f}"
        return f"{self.median:.2f} CPU-s per 1,000 looks ({spread}), {self.not_up} of {len(self.cpu_seconds) * LOOKS} not up"


def targets_of(here: Ground) -> list[Target]:
    return [
        Target(
            TargetKey(f"situs:{n}"), TargetKind.SITE, host, host, "", "OPD", Place(),
            f"https://{host}:{here.https_port}/", timedelta(minutes=1),
        )
        for n, host in enumerate(here.hosts)
    ]  # fmt: skip


def options_for(here: Ground) -> Options:
    return Options(servers=(here.dns_server,), ca_file=str(here.folder / "ca" / "ca.pem"))


async def _sweep(poller: WebsitePoller, targets: Sequence[Target], tell: Callable[[Reading], object]) -> int:
    places = asyncio.Semaphore(AT_ONCE)

    async def look(target: Target) -> bool:
        async with places:
            reading = await poller.poll(target)
        tell(reading)
        return reading.status is Status.UP

    seen = await asyncio.gather(*(look(each) for each in targets))
    return seen.count(False)


def _collector_alone(here: Ground) -> Cost:
    async def scene() -> Cost:
        poller, targets = WebsitePoller(options_for(here), SystemClock()), targets_of(here)
        costs, not_up = [], await _sweep(poller, targets, lambda _: None)  # a first sweep to warm up, as a running collector is
        for _ in range(SWEEPS):
            begun = time.process_time()
            not_up += await _sweep(poller, targets, lambda _: None)
            costs.append((time.process_time() - begun) * 1000 / LOOKS)
        await poller.close()
        return Cost(tuple(costs), not_up)

    return asyncio.run(scene())


def _whole_line(here: Ground) -> Cost:
    """Poller, inbox, recorder, evaluator, roller and SQLite with durable commits, as in ``run.py collect``."""
    engine = open_database(f"sqlite:///{here.folder}/bench.db")
    migrate(engine)
    targets, clock = targets_of(here), SystemClock()
    with writing(engine) as connection:
        sync_targets(connection, targets, [], clock.now())
    inbox, stop = Inbox(50_000), threading.Event()
    recorder = Recorder(
        engine, inbox, rules=DEFAULT_RULES, windows=(), zone=ZoneInfo("Asia/Makassar"), clock=clock, chores=(ROLLING,)
    )
    thread = threading.Thread(target=recorder.run, args=(stop,))
    thread.start()

    async def scene() -> Cost:
        poller = WebsitePoller(options_for(here), clock)
        not_up = await _sweep(poller, targets, inbox.offer)
        costs = []
        for _ in range(SWEEPS):
            begun = time.process_time()
            not_up += await _sweep(poller, targets, inbox.offer)
            while len(inbox):
                await asyncio.sleep(0.01)
            costs.append((time.process_time() - begun) * 1000 / LOOKS)
        await poller.close()
        return Cost(tuple(costs), not_up)

    try:
        return asyncio.run(scene())
    finally:
        stop.set()
        thread.join()
        engine.dispose()


@contextlib.contextmanager
def _blackbox(here: Ground) -> Iterator[tuple[int, int]]:
    """Debian's blackbox_exporter with the same trust and the same names; yields its process id and port."""
    port = _free_port()
    config = here.folder / "blackbox.yml"
    config.write_text(
        "modules: {web: {prober: http, timeout: 10s, http: {preferred_ip_protocol: ip4, enable_http2: false, "
        f"fail_if_body_not_matches_regexp: [kota], tls_config: {{ca_file: {here.folder}/ca/ca.pem}}}}}}}}\n"
    )
    resolver = here.folder / "resolv.conf"
    resolver.write_text(f"nameserver {DNS[0]}\n")
    script = (
        'mount --make-rprivate / && mount --bind "$0" "$(readlink -f /etc/resolv.conf)"; '
        'exec prometheus-blackbox-exporter --config.file="$1" --web.listen-address=127.0.0.1:"$2" --log.level=error'
    )
    command = ["unshare", "-m", "sh", "-c", script, str(resolver), str(config), str(port)]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        _wait_for(port)
        yield process.pid, port
    finally:
        process.terminate()
        process.wait(10)


def _wait_for(port: int) -> None:
    import socket

    for _ in range(100):
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        time.sleep(0.1)
    raise TimeoutError(f"nobody listens on port {port}")


def _cpu_of(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _peer(here: Ground) -> Cost | None:
    if shutil.which(BLACKBOX) is None or os.geteuid() != 0:
        return None
    import http.client

    local = threading.local()

    def ask(host: str, port: int) -> bool:
        if not hasattr(local, "link"):
            local.link = http.client.HTTPConnection("127.0.0.1", port)
        target = urllib.parse.quote(f"https://{host}:{here.https_port}/", safe="")
        local.link.request("GET", f"/probe?module=web&target={target}")
        return b"\nprobe_success 1" in local.link.getresponse().read()

    with _blackbox(here) as (pid, port), ThreadPoolExecutor(AT_ONCE) as pool:
        costs, not_up = [], 0
        list(pool.map(lambda host: ask(host, port), here.hosts))
        for _ in range(SWEEPS):
            begun = _cpu_of(pid)
            not_up += list(pool.map(lambda host: ask(host, port), here.hosts)).count(False)
            costs.append((_cpu_of(pid) - begun) * 1000 / LOOKS)
        return Cost(tuple(costs), not_up)


def main() -> None:
    with ground(LOOKS, DNS if os.geteuid() == 0 else ("127.0.0.1", 0)) as here:
        alone, line, peer = _collector_alone(here), _whole_line(here), _peer(here)
    print(f"collector alone              {alone}")
    print(f"collector + recorder + store {line}")
    if peer is None:
        print(f"{BLACKBOX} is not installed or this is not root: no ratio")
        return
    print(f"blackbox_exporter            {peer}")
    print(f"ratio, collector alone       {alone.median / peer.median:.2f} (wanted: at most 1.0)")
    print(f"ratio, whole line            {line.median / peer.median:.2f} (wanted: at most 1.3)")
    print(f"largest memory of ours       {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main()
