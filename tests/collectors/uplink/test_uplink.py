"""Is it us? The uplink is alive when any reference answers, and lost when none does."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence

import pytest

from collectors.uplink.poller import LIMIT_SECONDS, UplinkPoller
from command_centre.domain.reading import Reading, Reason, Status
from tests.support.clock import NOON, FrozenClock
from tests.support.http_servers import Wire, accepting, deaf_socket, free_port, target, value


async def _hang_up(wire: Wire) -> None:
    wire.close()


def _poll(references: Sequence[str]) -> Reading:
    return asyncio.run(UplinkPoller(references, FrozenClock()).poll(target(None, key="sendiri:uplink")))


def test_one_answering_reference_is_enough() -> None:
    async def scene() -> Reading:
        async with accepting(_hang_up) as port:
            references = [f"127.0.0.1:{port}", f"127.0.0.1:{free_port()}"]
            return await UplinkPoller(references, FrozenClock()).poll(target(None, key="sendiri:uplink"))

    reading = asyncio.run(scene())
    assert (reading.status, reading.reason, reading.taken_at) == (Status.UP, Reason.OK, NOON)
    assert value(reading, "references_answering_ratio") == 0.5
    assert value(reading, "connect_seconds") > 0


def test_no_answering_reference_is_a_lost_uplink() -> None:
    reading = _poll([f"127.0.0.1:{free_port()}", f"127.0.0.1:{free_port()}"])
    assert (reading.status, reading.reason) == (Status.DOWN, Reason.OWN_UPLINK)
    assert "connect_seconds" not in reading.values


def test_silent_references_are_given_up_within_two_seconds() -> None:
    listener, fillers = deaf_socket()
    begun = time.perf_counter()
    try:
        reading = _poll([f"127.0.0.1:{listener.getsockname()[1]}"] * 3)
    finally:
        for each in (listener, *fillers):
            each.close()
    assert reading.reason is Reason.OWN_UPLINK
    assert time.perf_counter() - begun < LIMIT_SECONDS + 2


def test_without_references_nothing_is_known_and_nothing_is_lost() -> None:
    reading = _poll([])
    assert (reading.status, reading.reason) == (Status.UNKNOWN, Reason.NO_ADDRESS)
    assert asyncio.run(UplinkPoller([], FrozenClock()).is_lost()) is False


def test_a_hundred_questions_cost_two_looks_at_most() -> None:
    connections = 0

    async def count(wire: Wire) -> None:
        nonlocal connections
        connections += 1

    async def scene() -> list[bool]:
        async with accepting(count) as port:
            poller = UplinkPoller([f"127.0.0.1:{port}"], FrozenClock())
            return list(await asyncio.gather(*(poller.is_lost() for _ in range(100))))

    assert asyncio.run(scene()) == [False] * 100
    assert 1 <= connections <= 2  # those who asked after the first look had begun share a second one


def test_an_uplink_that_was_there_a_moment_ago_clears_nobody_now() -> None:
    async def scene() -> tuple[bool, bool]:
        async with accepting(_hang_up) as port:
            poller = UplinkPoller([f"127.0.0.1:{port}"], FrozenClock())
            before = await poller.is_lost()
        return before, await poller.is_lost()

    assert asyncio.run(scene()) == (False, True)


def test_a_lost_uplink_is_known_to_be_lost() -> None:
    assert asyncio.run(UplinkPoller([f"127.0.0.1:{free_port()}"], FrozenClock()).is_lost()) is True


def test_a_name_that_does_not_resolve_is_no_answer() -> None:
    assert _poll(["nama yang tidak mungkin:80"]).reason is Reason.OWN_UPLINK


@pytest.mark.parametrize("reference", ["127.0.0.1", "127.0.0.1:", ":80", "127.0.0.1:0", "127.0.0.1:99999", "a:b"])
def test_a_reference_without_host_and_port_is_refused(reference: str) -> None:
    with pytest.raises(ValueError, match="host:port"):
        UplinkPoller([reference], FrozenClock())


def test_ipv6_references_are_written_in_brackets() -> None:
    async def scene() -> bool:
        async with accepting(_hang_up, host="::1") as port:
            return await UplinkPoller([f"[::1]:{port}"], FrozenClock()).is_lost()

    assert asyncio.run(scene()) is False
