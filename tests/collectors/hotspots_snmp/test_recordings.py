"""N6: recorded walks, replayed for ever: our own (testdata/), and the testbed's when it is there.

``testdata/*.walk`` are tables of our own making in the shape of a vendor's answers: ``object|type|value`` a line. The testbed's
recordings are read from ``../shared/testbed`` beside the project; without it those tests say so and are skipped.
"""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from collectors.hotspots_snmp.options import Credentials, Options
from collectors.hotspots_snmp.poller import Address, Look, SnmpPoller
from command_centre.domain.reading import Status
from tests.support.clock import FrozenClock
from tests.support.snmp_agents import (
    Mib,
    ScriptedAgent,
    counter32,
    counter64,
    gauge,
    integer,
    listening,
    name,
    octets,
    oid,
    ticks,
    tlv,
)

HERE = Path(__file__).parent
TESTBED = HERE.parents[2].parent / "shared" / "testbed" / "dev" / "snmp"
OWN = sorted((HERE / "testdata").glob("*.walk"))
RECORDED = sorted((TESTBED / "recordings").glob("*.snmprec")) if TESTBED.is_dir() else []
NUMBERS = {"2": integer, "65": counter32, "66": gauge, "67": ticks, "70": counter64}


def read_walk(path: Path) -> Mib:
    """A table from lines ``object|type|value``; the type is the ASN.1 tag, with an x when the value is in hexadecimal."""
    mib: Mib = {}
    for line in path.read_text(encoding="utf-8", errors="surrogateescape").splitlines():
        where, kind, value = line.split("|", 2)
        mib[oid(where)] = _encoded(kind, value)
    return mib


def _encoded(kind: str, value: str) -> bytes:
    if kind in NUMBERS:
        return NUMBERS[kind](int(value))
    if kind == "64":
        return tlv(64, bytes(int(part) for part in value.split(".")))
    if kind == "6":
        return name(value)
    raw = bytes.fromhex(value) if kind.endswith("x") else value.encode("utf-8", "surrogateescape")
    return tlv(int(kind.removesuffix("x")), raw) if kind != "4" else octets(raw)


def look_at(path: Path) -> Look:
    async def work() -> Look:
        async with listening(ScriptedAgent(read_walk(path))) as port, asyncio.timeout(25):
            options = Options(Credentials(community="umum"), timeout_seconds=2.0, retries=1, look_seconds=20.0)
            return await SnmpPoller(options, FrozenClock()).look(Address("127.0.0.1", port), options.credentials, "uji")

    return asyncio.run(work())


@pytest.mark.parametrize("path", OWN, ids=lambda path: path.stem)
def test_n6_a_recording_of_our_own_gives_what_is_written_beside_it(path: Path) -> None:
    expected: dict[str, Any] = json.loads(path.with_suffix(".json").read_text())
    look = look_at(path)
    assert look.status is Status.UP
    found = look.facts
    assert found is not None
    assert {
        "vendor": found.identity.vendor,
        "model": found.identity.model,
        "version": found.identity.version,
        "clients_total": found.clients_total,
        "access_points": found.access_points,
        "cpu_percent": found.cpu_percent,
        "memory_used_percent": None if found.memory_used_percent is None else round(found.memory_used_percent, 1),
        "temperatures": list(found.temperatures),
        "uptime_seconds": found.system.uptime_seconds,
        "ports": {
            port.name: [port.oper, port.in_octets, port.out_octets, port.counters and port.counters.bits] for port in found.ports
        },
    } == expected


@pytest.mark.testbed
def test_n6_the_testbeds_recordings_are_there() -> None:
    if not RECORDED:
        pytest.skip("the testbed is not beside the project (../shared/testbed): its recordings were not replayed")
    assert len(RECORDED) >= 10


@pytest.mark.testbed
@pytest.mark.parametrize("path", RECORDED, ids=lambda path: path.stem)
def test_n6_a_recorded_device_gives_what_its_truth_says(path: Path) -> None:
    truth = json.loads((TESTBED / "truth" / f"{path.stem}.json").read_text())
    look = look_at(path)
    assert look.status is Status.UP
    found = look.facts
    assert found is not None
    assert found.clients_total == truth["wireless"]["clients_total"]
    if truth["cpu"]:
        assert found.cpu_percent == pytest.approx(truth["cpu_avg_pct"], abs=1.5)
    memory = [pool["used_pct"] for pool in truth["memory"] if pool["class"] in ("system", None)]
    assert not memory or any(found.memory_used_percent == pytest.approx(percent, abs=1.5) for percent in memory)
    octets_by_index = {port.if_index: (port.in_octets, port.out_octets, port.oper) for port in found.ports}
    for port in truth["ports"]:
        seen = octets_by_index[port["ifIndex"]]
        assert seen[2] == port["ifOperStatus"]
        if port["in_octets"] is not None:
            assert seen[:2] == (port["in_octets"], port["out_octets"])
    assert (found.identity.vendor or "").split()[0] == truth["vendor"].split()[0]
