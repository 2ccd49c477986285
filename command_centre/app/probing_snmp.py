"""``run.py probe snmp HOST:PORT``: one look (or a few) at one SNMP agent, as JSON and exit code of a monitoring plugin.

Starts without pydantic, the web and the data-frame libraries.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import NoReturn, TypeVar

from collectors.hotspots_snmp.options import AuthProtocol, Credentials, Level, Options, PrivProtocol, Version
from command_centre.domain.reading import Reason, Status

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collectors.hotspots_snmp.facts import Facts
    from collectors.hotspots_snmp.poller import Look
    from collectors.hotspots_snmp.rates import Rate
    from collectors.hotspots_snmp.standard import Port

EXIT: Mapping[Status, int] = MappingProxyType({Status.UP: 0, Status.DEGRADED: 1, Status.DOWN: 2, Status.UNKNOWN: 3})
EXIT_USAGE = 3
KEY = "probe"
MAX_POLLS = 10_000
LEAST_PAUSE = 0.5
"""Of the interval, after a poll that took longer than its share: a rate over less says little."""

LOSSY_REQUESTS = 3
"""A person who probes waits for a lossy line: so many requests may use up all their attempts beyond the usual time of a look."""

Name = TypeVar("Name", Version, Level, AuthProtocol, PrivProtocol)
Json = dict[str, object]


class _UsageError(Exception):
    """The command line cannot be understood."""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise _UsageError(message)


def probe_snmp(argv: list[str]) -> int:
    """Run the probe; returns the exit code: 0 up, 1 degraded, 2 down, 3 unknown or wrong usage."""
    try:
        words = _parser().parse_args(argv)
        credentials = _credentials(words)
        status, answer = asyncio.run(_probe(words, credentials))
    except (_UsageError, ValueError) as trouble:
        answer = {"status": "unknown", "reason": Reason.CONFIG.value, "message": f"usage: {trouble}", "elapsed_ms": 0}
        print(json.dumps(answer))
        return EXIT_USAGE
    print(json.dumps(answer, ensure_ascii=False, allow_nan=False) if words.json else answer["message"])
    return EXIT[status]


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="run.py probe snmp", add_help=False, allow_abbrev=False)
    parser.add_argument("address", metavar="HOST:PORT")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--version", type=_named(Version), default=Version.V2C)
    parser.add_argument("--community", default="public")
    parser.add_argument("--timeout", type=_positive, default=2.0)
    parser.add_argument("--retries", type=_count(0, 20), default=1)
    parser.add_argument("--polls", type=_count(1, MAX_POLLS), default=1)
    parser.add_argument("--interval", type=float, default=0.0)
    parser.add_argument("--user", default="")
    parser.add_argument("--level", type=_named(Level), default=None)
    parser.add_argument("--auth-proto", type=_named(AuthProtocol), default=AuthProtocol.SHA)
    parser.add_argument("--auth-pass", default="")
    parser.add_argument("--priv-proto", type=_named(PrivProtocol), default=PrivProtocol.AES)
    parser.add_argument("--priv-pass", default="")
    parser.add_argument("--context", default="")
    return parser


def _named(names: type[Name]) -> Callable[[str], Name]:
    def read(text: str) -> Name:
        for name in names:
            if name.value.lower().replace("-", "") == text.lower().replace("-", ""):
                return name
        raise argparse.ArgumentTypeError(f"'{text}' is none of {', '.join(name.value for name in names)}")

    return read


def _positive(text: str) -> float:
    seconds = float(text)
    if not 0 < seconds <= 600:
        raise argparse.ArgumentTypeError("a time-out lies between 0 and 600 seconds")
    return seconds


def _count(low: int, high: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        number = int(text)
        if not low <= number <= high:
            raise argparse.ArgumentTypeError(f"{number} does not lie between {low} and {high}")
        return number

    return read


def _credentials(words: argparse.Namespace) -> Credentials:
    level = words.level or (Level.PRIV if words.priv_pass else Level.AUTH if words.auth_pass else Level.NO_AUTH)
    if words.version is Version.V3 and not words.user:
        raise _UsageError("version 3 needs --user")
    if words.version is Version.V3 and level is not Level.NO_AUTH and not words.auth_pass:
        raise _UsageError(f"level {level.value} needs --auth-pass")
    if words.version is Version.V3 and level is Level.PRIV and not words.priv_pass:
        raise _UsageError(f"level {level.value} needs --priv-pass")
    return Credentials(
        words.version,
        words.community,
        words.user,
        level,
        words.auth_proto,
        words.auth_pass,
        words.priv_proto,
        words.priv_pass,
        words.context,
    )


async def _probe(words: argparse.Namespace, credentials: Credentials) -> tuple[Status, Json]:
    from collectors.hotspots_snmp.poller import Address, SnmpPoller

    address = Address.parse(words.address)
    usual = Options()
    options = Options(
        credentials,
        timeout_seconds=words.timeout,
        retries=words.retries,
        look_seconds=usual.look_seconds + LOSSY_REQUESTS * words.timeout * (words.retries + 1),
        interval_seconds=words.interval or usual.interval_seconds,
    )
    poller = SnmpPoller(options, _SystemClock())
    samples: list[Json] = []
    events: list[Json] = []
    begun = time.monotonic()
    for number in range(words.polls):
        if number:
            due = max(begun + number * words.interval, time.monotonic() + LEAST_PAUSE * words.interval)
            await asyncio.sleep(due - time.monotonic())
        look = await poller.look(address, credentials, KEY)
        samples.append(_sample(look))
        if look.restarted:
            events.append({"type": "reboot", "poll": number})
    await poller.close()
    answer = dict(samples[-1])
    if words.polls > 1:
        answer |= {"samples": samples, "events": events}
    return look.status, answer


class _SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)


def _sample(look: Look) -> Json:
    head: Json = {
        "status": look.status.value,
        "reason": look.reason.reason_class,
        "message": _message(look),
        "elapsed_ms": round(look.elapsed_seconds * 1000, 1),
    }
    return head | (_nothing() if look.facts is None else _told(look.facts, look.rates))


def _message(look: Look) -> str:
    said = look.detail or "answers"
    if look.facts is None or look.facts.clients_total is None:
        return f"{look.status.value}: {said}"
    return f"{look.status.value}: {said}; {look.facts.clients_total} clients"


def _nothing() -> Json:
    return {
        "system": {"sysDescr": None, "sysObjectID": None, "sysName": None, "uptime_s": None},
        "identity": {"vendor": None, "model": None, "version": None, "os": None},
        "clients_total": None,
        "ap_count": None,
        "cpu_pct": None,
        "memory_used_pct": None,
        "temperatures_c": [],
        "ports": [],
        "radios": [],
    }


def _told(facts: Facts, rates: Mapping[str, Rate]) -> Json:
    return {
        "system": {
            "sysDescr": facts.system.descr,
            "sysObjectID": facts.system.object_id,
            "sysName": facts.system.name,
            "uptime_s": _rounded(facts.system.uptime_seconds, 2),
        },
        "identity": {
            "vendor": facts.identity.vendor,
            "model": facts.identity.model,
            "version": facts.identity.version,
            "os": facts.identity.os,
        },
        "clients_total": facts.clients_total,
        "ap_count": facts.access_points,
        "cpu_pct": _rounded(facts.cpu_percent, 2),
        "memory_used_pct": _rounded(facts.memory_used_percent, 2),
        "temperatures_c": [round(number, 1) for number in facts.temperatures],
        "ports": [_port(port, rates.get(key)) for key, port in facts.ports_by_key().items()],
        "radios": [
            {"name": radio.name, "channel": radio.channel, "clients": radio.clients, "busy_pct": radio.busy_percent}
            for radio in facts.radios
        ],
    }


def _port(port: Port, rate: Rate | None) -> Json:
    return {
        "index": port.if_index,
        "name": port.name,
        "alias": port.alias,
        "oper": port.oper,
        "speed_mbps": port.speed_mbps,
        "in_octets": port.in_octets,
        "out_octets": port.out_octets,
        "counter_bits": port.counters.bits if port.counters else None,
        "in_bps": _rounded(rate.in_bits_per_second, 1) if rate else None,
        "out_bps": _rounded(rate.out_bits_per_second, 1) if rate else None,
    }


def _rounded(number: float | None, places: int) -> float | None:
    return None if number is None else round(number, places)


if __name__ == "__main__":
    sys.exit(probe_snmp(sys.argv[1:]))
