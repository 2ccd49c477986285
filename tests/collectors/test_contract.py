"""What every kind of collector promises, run against every poller in the catalogue.

A kind that only listens is not polled and has its own promises; everything else here holds for it as well.
"""

from __future__ import annotations

import asyncio
import builtins
import logging
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from collectors import KINDS, ClosablePoller, CollectorKind, Kind
from command_centre.domain.reading import Reading, Status
from command_centre.domain.series import Unit
from command_centre.domain.target import Place, Target, TargetKey
from tests.support.clock import NOON, FrozenClock
from tests.support.http_servers import Wire, accepting, free_port

ROOT = Path(__file__).parents[2]
DEADLINE = timedelta(seconds=1.5)
SECRET = "kunci-rahasia-42"
COMMUNITY = "COMMAND_CENTRE_CONTRACT_COMMUNITY"
SETTINGS: dict[str, Callable[[int], dict[str, Any]]] = {
    "websites": lambda port: {},
    "e_services": lambda port: {},
    "uplink": lambda port: {"references": (f"127.0.0.1:{port}",)},
    "hotspots_snmp": lambda port: {
        "credentials": {"version": "2c", "community": f"env:{COMMUNITY}"},
        "request_timeout_seconds": 0.3,
        "retries": 0,
    },
}
"""The least settings of each kind, for a source at this port of loopback."""

ADDRESSES = {"hotspots_snmp": "127.0.0.1:{port}"}
"""How an address of this kind is written; a web address where nothing is said."""

POLLED = [pytest.param(kind, id=name) for name, kind in KINDS.items() if isinstance(kind, CollectorKind)]
ALL = [pytest.param(kind, id=name) for name, kind in KINDS.items()]


def _build(kind: CollectorKind, port: int = 9) -> ClosablePoller:
    settings = kind.settings.model_validate(SETTINGS[kind.name](port))
    return kind.build(settings, FrozenClock(), "petugas@kota.test", timeout=DEADLINE)


def _target(kind: CollectorKind, address: str | None) -> Target:
    key = TargetKey(f"{kind.target_kind.value}:uji")
    return Target(key, kind.target_kind, "Uji", "Uji", "", "", Place(), address, timedelta(minutes=1))


@pytest.fixture(autouse=True)
def _community(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(COMMUNITY, SECRET)


def _address(kind: CollectorKind, port: int) -> str:
    return ADDRESSES.get(kind.name, "http://127.0.0.1:{port}/").format(port=port)


@pytest.mark.parametrize("kind", ALL)
def test_a_kind_is_filed_under_its_own_name(kind: Kind) -> None:
    assert KINDS[kind.name] is kind
    package = ROOT / "collectors" / kind.name
    assert (package / "README.md").is_file(), "every kind explains itself"
    assert (package / "settings.py").is_file()


@pytest.mark.parametrize("kind", ALL)
def test_metrics_carry_their_base_unit_in_their_name_and_a_sentence(kind: Kind) -> None:
    names = [metric.name for metric in kind.metrics]
    assert len(names) == len(set(names))
    for metric in kind.metrics:
        assert metric.name.endswith("_" + metric.unit.value), metric.name
        assert re.fullmatch(r"[A-Z].{15,}\.", metric.help), metric.help
        assert not (metric.is_latency and metric.unit is not Unit.SECONDS)


@pytest.mark.parametrize("kind", ALL)
def test_settings_refuse_what_they_do_not_know_and_repeat_no_value(kind: Kind) -> None:
    with pytest.raises(ValueError, match="tidak_dikenal") as refusal:
        kind.settings.model_validate({"tidak_dikenal": SECRET})
    assert SECRET not in str(refusal.value)
    assert kind.settings.model_config.get("frozen") is True


@pytest.mark.parametrize("kind", POLLED)
def test_building_touches_neither_network_nor_disk(kind: CollectorKind, monkeypatch: pytest.MonkeyPatch) -> None:
    _build(kind)  # modules may be read the first time

    def refuse(*args: object, **options: object) -> object:
        raise AssertionError("building a poller must not reach out")

    monkeypatch.setattr(builtins, "open", refuse)
    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    _build(kind)


@pytest.mark.parametrize("kind", POLLED)
@pytest.mark.parametrize("behaviour", ["refuses", "silent", "garbage", "hangs up", "resets"])
def test_whatever_the_source_does_becomes_a_reading_within_the_deadline(kind: CollectorKind, behaviour: str) -> None:
    begun = time.perf_counter()
    reading = asyncio.run(_poll_a_source(kind, behaviour))
    assert time.perf_counter() - begun < DEADLINE.total_seconds() + 2.0
    assert reading.target == _target(kind, None).key
    assert reading.taken_at == NOON, "the time comes from the clock"
    assert {*reading.values} <= {metric.name for metric in kind.metrics}, "no value without a metric in the catalogue"
    assert all(isinstance(each, float) for each in reading.values.values())
    assert reading.detail
    assert reading.detail.isprintable()


async def _poll_a_source(kind: CollectorKind, behaviour: str) -> Reading:
    async def talk(wire: Wire) -> None:
        match behaviour:
            case "silent":
                await asyncio.sleep(30)
            case "garbage":
                await wire.send(bytes(range(256)) * 40)
            case "resets":
                wire.reset()

    async with accepting(talk) as port:
        chosen = free_port() if behaviour == "refuses" else port
        poller = _build(kind, chosen)
        try:
            return await poller.poll(_target(kind, _address(kind, chosen)))
        finally:
            await poller.close()
            await poller.close()  # twice is no mistake


@pytest.mark.parametrize("kind", POLLED)
def test_a_source_that_gives_nothing_gives_no_values_of_zero(kind: CollectorKind) -> None:
    reading = asyncio.run(_poll_a_source(kind, "refuses"))
    measured = {name: value for name, value in reading.values.items() if not name.endswith(("lag_seconds", "_ratio"))}
    assert reading.status is Status.DOWN
    assert measured == {}, "absent means absent"


@pytest.mark.parametrize("kind", POLLED)
def test_a_secret_in_the_address_reaches_neither_reading_nor_log(kind: CollectorKind, caplog: pytest.LogCaptureFixture) -> None:
    async def scene() -> tuple[Reading, str]:
        poller = _build(kind, free_port())
        try:
            reading = await poller.poll(_target(kind, f"http://operator:{SECRET}@127.0.0.1:{free_port()}/"))
            return reading, repr(poller)
        finally:
            await poller.close()

    with caplog.at_level(logging.DEBUG):
        reading, shown = asyncio.run(scene())
    assert SECRET not in f"{reading} {shown} {caplog.text}"


def test_the_catalogue_and_a_poller_come_without_the_configuration_libraries() -> None:
    """A probe must start in a fraction of a second: pydantic, pandas, SQLAlchemy and the web stay outside."""
    heavy = ("pydantic", "pandas", "sqlalchemy", "dash", "fastapi", "selectolax", "apscheduler", "cryptography")
    imports = "import sys, collectors, collectors.websites.poller, collectors.uplink.poller"
    program = f"{imports}; print(sorted(set({heavy!r}) & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=30, check=True)
    assert done.stdout.strip() == "[]"
