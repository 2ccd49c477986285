"""The command line. Each command imports its own world, so that a probe starts without the web or the data-frame libraries."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence

USAGE = """run.py [all]                         supervise collect + serve (the default); in demo mode also the simulated city
run.py demo                          the simulated city, collectors and screens, in one go
run.py collect | serve | city        one part each
run.py check [--config FILE]         validate everything; exit 2 with the list of mistakes
run.py probe website|snmp|mqtt|service … one look at one target, before adding it or when in doubt
run.py decode mqtt|service …         payloads to readings, no network

run.py user add NAME --role operator|official|admin | disable NAME | list
run.py token add NAME --role wall|official|operator|admin [--lasts 365d] | revoke NUMBER | list
run.py backup FILE                   everything into one file, while everything runs on
run.py restore FILE [--replace]      back from it, onto an empty database
run.py rehearse FILE [--json]        play a timeline through rules on a frozen clock; prints who is told what, when and why
run.py rehearse --config FILE [--weeks N]  the same with the last weeks of the database and the rules in that file; only reads
run.py snapshot [--week 2026-W47]    freeze a week, month or year and write its paper, card, page and annex
run.py snapshot verify FILE          is the file what was sealed, and if not, what differs; no network, no database
run.py audit [--last N]              what people did, and whether that record holds together

Options of all, demo, collect, serve, city: --config FILE (default config.yaml)
"""

EXIT_USAGE = 3


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    words = list(sys.argv[1:] if argv is None else argv)
    command, rest = (words[0], words[1:]) if words and not words[0].startswith("-") else ("all", words)
    if command in ("help", "--help") or "--help" in words[:1] or "-h" in words[:1]:
        print(USAGE, end="")
        return 0
    run = COMMANDS.get(command)
    if run is None:
        print(f"run.py: unknown command '{command}'\n\n{USAGE}", file=sys.stderr, end="")
        return EXIT_USAGE
    return run(rest)


def _probe(rest: list[str]) -> int:
    match rest:
        case ["website", *options]:
            from command_centre.app import probing

            return probing.probe_website(options)
        case ["snmp", *options]:
            from command_centre.app import probing_snmp

            return probing_snmp.probe_snmp(options)
        case ["mqtt", *options]:
            from command_centre.app import probing_mqtt

            return probing_mqtt.probe_mqtt(options)
        case ["service", *options]:
            from command_centre.app import probing_service

            return probing_service.probe_service(options)
        case _:
            print(f"run.py probe: what shall be probed? website, snmp, mqtt or service\n\n{USAGE}", file=sys.stderr, end="")
            return EXIT_USAGE


def _decode(rest: list[str]) -> int:
    match rest:
        case ["mqtt", *options]:
            from command_centre.app import decoding

            return decoding.decode_mqtt(options)
        case ["service", *options]:
            from command_centre.app import probing_service

            return probing_service.decode_service(options)
        case _:
            print(f"run.py decode: what shall be decoded? mqtt or service\n\n{USAGE}", file=sys.stderr, end="")
            return EXIT_USAGE


def _check(rest: list[str]) -> int:
    from command_centre.app import checking

    return checking.run_check(rest)


def _rehearse(rest: list[str]) -> int:
    from command_centre.app import rehearsing

    return rehearsing.rehearse(rest)


def _snapshot(rest: list[str]) -> int:
    from command_centre.app import snapshotting

    return snapshotting.run_snapshot(rest)


def _supervise_all(rest: list[str]) -> int:
    from command_centre.app import supervising

    return supervising.run_all(rest)


def _demo(rest: list[str]) -> int:
    from command_centre.app import supervising

    return supervising.run_demo(rest)


def _collect(rest: list[str]) -> int:
    from command_centre.app import wiring

    return wiring.run_collect(rest)


def _serve(rest: list[str]) -> int:
    from command_centre.app import wiring

    return wiring.run_serve(rest)


def _city(rest: list[str]) -> int:
    from command_centre.app import wiring

    return wiring.run_city(rest)


def _user(rest: list[str]) -> int:
    from command_centre.app import people

    return people.run_user(rest)


def _token(rest: list[str]) -> int:
    from command_centre.app import people

    return people.run_token(rest)


def _backup(rest: list[str]) -> int:
    from command_centre.app import backing_up

    return backing_up.run_backup(rest)


def _restore(rest: list[str]) -> int:
    from command_centre.app import backing_up

    return backing_up.run_restore(rest)


def _audit(rest: list[str]) -> int:
    from command_centre.app import auditing

    return auditing.run_audit(rest)


COMMANDS: Mapping[str, Callable[[list[str]], int]] = {
    "all": _supervise_all,
    "demo": _demo,
    "collect": _collect,
    "serve": _serve,
    "city": _city,
    "check": _check,
    "snapshot": _snapshot,
    "backup": _backup,
    "restore": _restore,
    "audit": _audit,
    "user": _user,
    "token": _token,
    "probe": _probe,
    "decode": _decode,
    "rehearse": _rehearse,
}
