"""Nothing acknowledged is lost, nothing doubled: the writer killed with -9 many times under load, the broker restarted between.

    python -m tests.benchmarks.kill_hotspots [--kills 200] [--restarts 20] [--devices 40] [--per-second 5] [--seed 1]

Prints the count and ends with 1 when it is not exact. Takes about two and a half seconds per kill. A restart is an orderly one
(SIGTERM): Mosquitto acknowledges to the devices before it has written to its disk, so what a power cut of the *broker* takes with
it is lost before we could have had it.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from tests.support.brokers import mosquitto
from tests.support.hotspot_killing import Count, Plan, kill_and_count


def main() -> int:
    """Run the plan of the command line."""
    options = _parse()
    plan = Plan(options.kills, options.restarts, options.devices, options.per_second, seed=options.seed)
    with tempfile.TemporaryDirectory() as name, mosquitto(Path(name) / "broker") as broker:
        count = kill_and_count(Path(name), broker, plan)
        _print(count)
        if not count.is_exact:
            log = Path(tempfile.mkdtemp(prefix="kill-hotspots-")) / "collect.log"
            log.write_text((Path(name) / "collect.log").read_text())
            print(f"  what the writer said is in {log}")
    return 0 if count.is_exact else 1


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="kill_hotspots")
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--restarts", type=int, default=20)
    parser.add_argument("--devices", type=int, default=40)
    parser.add_argument("--per-second", type=float, default=5.0)
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


def _print(count: Count) -> None:
    print(f"{count.kills} kills of the writer, {count.restarts} restarts of the broker in {count.seconds:.0f} s")
    print(f"  {count.lives_with_news} of {count.kills} lives stored something before they ended")
    print(f"  {count.acknowledged:,} messages acknowledged to the devices, {count.stored:,} stored")
    print(f"  lost {len(count.lost)}, doubled {count.doubled}, stored but never sent {count.never_sent}")
    for device, number in count.lost[:50]:
        print(f"    lost: number {number} of ap-{device}")


if __name__ == "__main__":
    sys.exit(main())
