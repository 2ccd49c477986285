"""SNMPv3 against Debian's snmpd, and why an agent that is there does not answer us (N4)."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from collectors.hotspots_snmp.options import AuthProtocol, Credentials, Level, Options, PrivProtocol, Version
from collectors.hotspots_snmp.poller import Address, Look, SnmpPoller
from command_centre.domain.reading import Reason, Status
from tests.support.clock import FrozenClock
from tests.support.snmp_agents import Clumsy3, listening
from tests.support.snmp_daemons import AUTH, PRIV, free_port, snmpd

GOOD = Credentials(Version.V3, user="sha", level=Level.PRIV, auth_password=AUTH, priv_password=PRIV)
USM = "1.3.6.1.6.3.15.1.1"


@pytest.fixture(scope="module")
def agent(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    with snmpd(tmp_path_factory.mktemp("snmpd")) as port:
        yield port


def poller() -> SnmpPoller:
    return SnmpPoller(Options(timeout_seconds=0.5, retries=1), FrozenClock())


def look_at(port: int, credentials: Credentials) -> Look:
    return asyncio.run(poller().look(Address("127.0.0.1", port), credentials, "uji"))


@pytest.mark.parametrize(
    "credentials",
    [
        GOOD,
        replace(GOOD, user="md5", auth_protocol=AuthProtocol.MD5, priv_protocol=PrivProtocol.DES),
        replace(GOOD, user="sha512", auth_protocol=AuthProtocol.SHA512, priv_protocol=PrivProtocol.AES256),
        Credentials(Version.V3, user="tanpa", level=Level.NO_AUTH),
        Credentials(Version.V2C, "umum"),
        Credentials(Version.V1, "umum"),
    ],
    ids=["sha-aes", "md5-des", "sha512-aes256", "noauth", "2c", "1"],
)
def test_a_real_agent_is_read_with_every_level(agent: int, credentials: Credentials) -> None:
    look = look_at(agent, credentials)
    assert (look.status, look.reason) == (Status.UP, Reason.OK)
    assert look.facts is not None
    assert look.facts.system.name == "hs-balai-kota"
    assert any(port.name == "lo" and port.in_octets is not None for port in look.facts.ports)


@pytest.mark.parametrize(
    ("credentials", "reason"),
    [
        (replace(GOOD, auth_password="salah-salah"), Reason.AUTH),
        (replace(GOOD, auth_protocol=AuthProtocol.SHA256), Reason.AUTH),
        (replace(GOOD, priv_password="salah-salah"), Reason.WRONG_PRIV),
        (replace(GOOD, priv_protocol=PrivProtocol.DES), Reason.WRONG_PRIV),
        (replace(GOOD, user="tidak-ada"), Reason.UNKNOWN_USER),
        (replace(GOOD, level=Level.AUTH), Reason.AUTHORIZATION),
    ],
    ids=["password", "auth-protocol", "priv-password", "priv-protocol", "user", "level-too-low"],
)
def test_n4_each_way_to_be_wrong_has_its_own_reason(agent: int, credentials: Credentials, reason: Reason) -> None:
    look = look_at(agent, credentials)
    assert (look.status, look.reason) == (Status.DOWN, reason)
    assert AUTH not in look.detail
    assert PRIV not in look.detail


def test_a_user_with_a_restricted_view_is_partial(agent: int) -> None:
    look = look_at(agent, replace(GOOD, user="terbatas"))
    assert (look.status, look.reason) == (Status.UP, Reason.PARTIAL)


def test_a_context_the_agent_does_not_know_is_never_read_from_another(agent: int) -> None:
    look = look_at(agent, replace(GOOD, context="gedung-lain"))
    assert (look.status, look.reason, look.facts) == (Status.DOWN, Reason.TIMEOUT, None)
    assert "context" in look.detail


@pytest.mark.parametrize(
    ("report", "reason"),
    [
        (f"{USM}.1.0", Reason.AUTH),
        (f"{USM}.2.0", Reason.ENGINE_TIME),
        (f"{USM}.3.0", Reason.UNKNOWN_USER),
        (f"{USM}.5.0", Reason.AUTH),
        (f"{USM}.6.0", Reason.WRONG_PRIV),
    ],
    ids=["level", "time", "user", "digest", "decryption"],
)
def test_n4_an_agents_report_is_read(report: str, reason: Reason) -> None:
    async def work() -> Look:
        async with listening(Clumsy3(report)) as port:
            return await poller().look(Address("127.0.0.1", port), GOOD, "uji")

    assert asyncio.run(work()).reason is reason


def test_a_kept_session_survives_an_agent_that_comes_back_as_another_engine(tmp_path: Path) -> None:
    async def work() -> list[Look]:
        asker = poller()
        looks = []
        port = free_port()
        for _ in range(2):
            with snmpd(tmp_path, port):
                looks += [await asker.look(Address("127.0.0.1", port), GOOD, "uji") for _ in range(2)]
        await asker.close()
        return looks

    assert [look.status for look in asyncio.run(work())] == [Status.UP] * 4


def test_a_device_that_moved_to_another_address_is_greeted_anew(agent: int, tmp_path: Path) -> None:
    async def work() -> list[Look]:
        asker = poller()
        with snmpd(tmp_path) as other:
            return [await asker.look(Address("127.0.0.1", port), GOOD, "uji") for port in (agent, other)]

    assert [look.status for look in asyncio.run(work())] == [Status.UP] * 2
