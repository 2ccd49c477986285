"""``make bench``: every benchmark in turn, each in a process of its own. Figures and ratios are printed, no clock is asserted."""

from __future__ import annotations

import subprocess
import sys

BENCHMARKS = {
    "bench_websites": "what a look costs, against blackbox_exporter",
    "bench_latency": "the reported time against the wire",
    "bench_storage": "what recording costs, against the bare driver",
    "bench_live": "commit to pixel with 20 browsers, queries, heap over many updates",
    "bench_demo": "make demo to the first painted wall",
    "bench_snmp": "720 devices by SNMP, against snmp_exporter",
    "bench_services": "500 looks at e-services with 20 metrics each",
    "bench_snapshot": "a week of 851 targets cut, computed and typeset; the archive of a year",
    "bench_integrity": "what the judol watch finds and accuses, beside a keyword list and a similarity; cost per page",
    "bench_mqtt": "messages decoded, stored and acknowledged",
    "bench_snmp_city": "10,000 hotspots by SNMP within one interval",
    "bench_mqtt_city": "10,000 hotspots by MQTT into the real writer: arrival to disk, memory",
    "bench_console": "the console at 10,000 targets: first paint, an act seen elsewhere, a chart of 30 days",
    "bench_alerts": "one full pass of 20 rules over 10,000 targets",
    "bench_notifier": "from a change to its acceptance by a receiver, 36 changes a second",
}


def main() -> int:
    """Run those named on the command line, or all. The exit code is 1 when one of them could not run to its end."""
    wanted = sys.argv[1:] or list(BENCHMARKS)
    failed = [name for name in wanted if not _ran(name)]
    if failed:
        print(f"\ndid not run to the end: {', '.join(failed)}")
    return 1 if failed else 0


def _ran(name: str) -> bool:
    print(f"\n== {name}: {BENCHMARKS[name]}", flush=True)
    return subprocess.run([sys.executable, "-m", f"tests.benchmarks.{name}"], check=False).returncode == 0


if __name__ == "__main__":
    sys.exit(main())
