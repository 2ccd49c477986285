"""Layer one: is the site reachable? Each way of not answering has its own reason."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from datetime import timedelta

import pytest

from command_centre.domain.reading import Reading, Reason, Status
from tests.support.http_servers import (
    HOST,
    NXDOMAIN,
    REFUSED,
    SERVFAIL,
    SILENCE,
    Asked,
    Wire,
    accepting,
    deaf_socket,
    free_port,
    look_at,
    look_at_answer,
    looking,
    naming,
    response,
    serving,
    target,
    value,
)

SHORT = timedelta(seconds=0.6)


def test_a_site_that_answers_is_up_with_every_phase_measured() -> None:
    async def scene() -> Reading:
        async with naming({HOST: ["127.0.0.1"]}) as dns, serving(response()) as site:
            return await look_at(site.url(host=HOST), servers=(dns.address,))

    reading = asyncio.run(scene())
    assert (reading.status, reading.reason) == (Status.UP, Reason.OK)
    assert value(reading, "http_status_code") == 200
    assert reading.evidence["title"] == "Dinas Contoh"
    assert {"dns_seconds", "connect_seconds", "first_byte_seconds", "transfer_seconds", "total_seconds"} <= set(reading.values)
    assert "tls_seconds" not in reading.values, "no TLS, so no time of TLS: absent, not 0"
    assert "certificate_remaining_seconds" not in reading.values


def test_the_phases_add_up_to_the_total_within_five_percent() -> None:  # W1
    async def slow(asked: Asked, wire: Wire) -> None:
        await asyncio.sleep(0.05)
        await wire.send(response()[:60])
        await asyncio.sleep(0.05)
        await wire.send(response()[60:])

    async def scene() -> Reading:
        async with naming({HOST: ["127.0.0.1"]}) as dns, serving(slow) as site:
            return await look_at(site.url(host=HOST), servers=(dns.address,))

    reading = asyncio.run(scene())
    parts = [value(reading, f"{phase}_seconds") for phase in ("dns", "connect", "first_byte", "transfer")]
    assert sum(parts) == pytest.approx(value(reading, "total_seconds"), rel=0.05)
    assert value(reading, "first_byte_seconds") >= 0.05
    assert value(reading, "transfer_seconds") >= 0.04


@pytest.mark.parametrize(
    ("records", "reason"),
    [
        (NXDOMAIN, Reason.DNS_NXDOMAIN),
        (SERVFAIL, Reason.DNS_SERVFAIL),
        (REFUSED, Reason.DNS_REFUSED),
        ((), Reason.DNS_NO_ADDRESS),
    ],
)
def test_each_dns_trouble_has_its_own_reason(records: Sequence[str] | int, reason: Reason) -> None:  # W7
    reading = _look_with_names({HOST: records})
    assert (reading.status, reading.reason) == (Status.DOWN, reason)
    assert "http_status_code" not in reading.values


def test_a_silent_name_server_is_a_dns_timeout_within_the_time_limit() -> None:  # W7
    reading = _look_with_names({HOST: SILENCE}, timeout=SHORT)
    assert (reading.status, reading.reason) == (Status.DOWN, Reason.DNS_TIMEOUT)


def test_no_name_server_at_all_is_a_refusal() -> None:
    reading = asyncio.run(look_at(f"http://{HOST}/", servers=(f"127.0.0.1:{free_port()}",)))
    assert reading.reason in (Reason.DNS_REFUSED, Reason.DNS_TIMEOUT)


def _look_with_names(names: Mapping[str, Sequence[str] | int], timeout: timedelta = timedelta(seconds=4)) -> Reading:
    async def scene() -> Reading:
        async with naming(names) as dns:
            return await look_at(f"http://{HOST}/", servers=(dns.address,), timeout=timeout)

    return asyncio.run(scene())


def test_a_name_that_moves_to_addresses_never_seen_is_told_once() -> None:  # W7
    async def scene() -> list[Reading]:
        async with (
            naming({HOST: ["127.0.0.1"]}) as dns,
            serving(response()) as here,
            serving(response(), host="127.0.0.2", port=here.port),
            looking(servers=(dns.address,)) as poller,
        ):
            site = target(here.url(host=HOST))
            readings = [await poller.poll(site)]
            dns.names[HOST] = ["127.0.0.2"]
            return [*readings, await poller.poll(site), await poller.poll(site)]

    before, moved, after = asyncio.run(scene())
    assert [each.reason for each in (before, moved, after)] == [Reason.OK, Reason.DNS_CHANGED, Reason.OK]
    assert moved.status is Status.DEGRADED
    assert moved.evidence["remote_address"] == "127.0.0.2"


def test_every_look_asks_the_name_server_anew_whatever_the_ttl_says() -> None:
    async def scene() -> tuple[Reading, int]:
        async with naming({HOST: ["127.0.0.1"]}) as dns, serving(response()) as site, looking(servers=(dns.address,)) as poller:
            await poller.poll(target(site.url(host=HOST)))
            dns.names[HOST] = NXDOMAIN
            reading = await poller.poll(target(site.url(host=HOST)))
            return reading, sum(kind == "A" for _, kind in dns.questions)

    reading, asked = asyncio.run(scene())
    assert reading.reason is Reason.DNS_NXDOMAIN, "a name that died is seen at the next look, not when its TTL is over"
    assert asked == 2


def test_localhost_and_addresses_need_no_name_server() -> None:
    async def scene() -> list[Reading]:
        async with serving(response()) as site:
            return [await look_at(site.url(host=host), servers=("127.0.0.1:9",)) for host in ("localhost", "127.0.0.1")]

    readings = asyncio.run(scene())
    assert [each.status for each in readings] == [Status.UP, Status.UP]
    assert all("dns_seconds" not in each.values for each in readings), "nothing was asked, so there is no time of asking"


def test_healthy_sites_stay_up_while_forty_others_have_dead_dns() -> None:  # COLLECTORS: dead DNS of others does no harm
    async def scene() -> list[Reading]:
        names: dict[str, Sequence[str] | int] = {f"sehat{i}.kota.test": ["127.0.0.1"] for i in range(40)}
        names |= {f"mati{i}.kota.test": SILENCE for i in range(40)}
        hosts = [host for pair in zip(list(names)[:40], list(names)[40:], strict=True) for host in pair]
        patience = timedelta(seconds=1.5)
        async with (
            naming(names) as dns,
            serving(response()) as site,
            looking(servers=(dns.address,), timeout=patience) as poller,
        ):
            return list(await asyncio.gather(*(poller.poll(target(site.url(host=host), key=host)) for host in hosts)))

    readings = asyncio.run(scene())
    healthy = [each for each in readings if each.target.startswith("sehat")]
    dead = [each for each in readings if each.target.startswith("mati")]
    assert {each.reason for each in healthy} == {Reason.OK}
    assert {each.reason for each in dead} == {Reason.DNS_TIMEOUT}
    assert sorted(value(each, "dns_seconds") for each in healthy)[20] < 1.0


def test_nobody_listening_is_refused() -> None:
    reading = asyncio.run(look_at(f"http://127.0.0.1:{free_port()}/"))
    assert (reading.status, reading.reason) == (Status.DOWN, Reason.CONNECT_REFUSED)


def test_a_full_queue_is_a_connect_timeout() -> None:
    listener, fillers = deaf_socket()
    try:
        reading = asyncio.run(look_at(f"http://127.0.0.1:{listener.getsockname()[1]}/", timeout=SHORT))
    finally:
        for each in (listener, *fillers):
            each.close()
    assert (reading.status, reading.reason) == (Status.DOWN, Reason.CONNECT_TIMEOUT)


def test_a_site_that_never_answers_is_down_with_a_first_byte_timeout() -> None:
    async def never(asked: Asked, wire: Wire) -> None:
        await asyncio.sleep(30)

    reading = look_at_answer(never, timeout=SHORT)
    assert (reading.status, reading.reason) == (Status.DOWN, Reason.FIRST_BYTE_TIMEOUT)
    assert "total_seconds" not in reading.values, "an answer that never came has no response time"


def test_a_slow_drip_ends_at_the_time_limit_and_is_not_up() -> None:  # W3
    async def drip(asked: Asked, wire: Wire) -> None:
        await wire.send("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
        for _ in range(200):
            await wire.send("x")
            await asyncio.sleep(0.1)

    reading = look_at_answer(drip, timeout=SHORT)
    assert (reading.status, reading.reason) == (Status.DOWN, Reason.TRANSFER_TIMEOUT)
    assert value(reading, "http_status_code") == 200, "what was seen is told, also of a failure"


def test_a_tls_server_that_says_nothing_is_a_tls_timeout() -> None:
    async def silent(wire: Wire) -> None:
        await wire.reader.read(1)
        await asyncio.sleep(30)

    async def scene() -> Reading:
        async with accepting(silent) as port:
            return await look_at(f"https://127.0.0.1:{port}/", timeout=SHORT)

    reading = asyncio.run(scene())
    assert (reading.status, reading.reason) == (Status.DOWN, Reason.TLS_TIMEOUT)


def test_a_connection_closed_without_a_word_is_asked_once_and_no_more() -> None:  # W2
    async def close(asked: Asked, wire: Wire) -> None:
        wire.close()

    async def scene() -> tuple[Reading, int]:
        async with serving(close) as site:
            return await look_at(site.url()), len(site.requests)

    reading, asked = asyncio.run(scene())
    assert (reading.status, reading.reason) == (Status.DOWN, Reason.EMPTY_REPLY)
    assert asked == 1, "the second look belongs to the runner"


@pytest.mark.parametrize("seen", [b"", b"HTTP/1.1 200 OK\r\nContent-", b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\nabc"])
def test_a_reset_is_a_reset_wherever_it_comes(seen: bytes) -> None:
    async def reset(asked: Asked, wire: Wire) -> None:
        await wire.send(seen)
        await asyncio.sleep(0.05)
        wire.reset()

    reading = look_at_answer(reset)
    assert (reading.status, reading.reason) == (Status.DOWN, Reason.CONNECTION_RESET)


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\nabc", Reason.TRUNCATED),
        (b"HTTP/1.1 200 OK\r\nContent-Ty", Reason.TRUNCATED),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n", Reason.TRUNCATED),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabcde\r\n", Reason.PROTOCOL_ERROR),
        (b"HTTP/1.1 200 OK\r\nContent-Length: banyak\r\n\r\nabc", Reason.PROTOCOL_ERROR),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd", Reason.PROTOCOL_ERROR),
        (b"SSH-2.0-OpenSSH_9.2\r\n", Reason.PROTOCOL_ERROR),
        (b"<html>no status line at all</html>", Reason.PROTOCOL_ERROR),
        (b"HTTP/1.1 OK 200\r\n\r\n", Reason.PROTOCOL_ERROR),
        (b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n", Reason.PROTOCOL_ERROR),
        (b"HTTP/1.1 200 OK\r\nX: a\x00b\r\n\r\n", Reason.PROTOCOL_ERROR),
    ],
)
def test_answers_that_are_not_proper_http(answer: bytes, reason: Reason) -> None:
    reading = look_at_answer(answer)
    assert (reading.status, reading.reason) == (Status.DOWN, reason)


@pytest.mark.parametrize(
    "head",
    [
        b"HTTP/1.1 200\r\n",  # no reason phrase
        b"HTTP/1.0 200 OK\r\n",
        b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\nHTTP/1.1 200 OK\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n",
        b"HTTP/1.1 200 OK\r\nX-Lipat: satu\r\n dua\r\n",
        b"HTTP/1.1 200 OK\r\nX-Nama: Kota \xe9\xff\r\n",
        b"HTTP/1.1 200 OK\r\nSet-Cookie: =;;;;\r\n",
    ],
)
def test_odd_but_readable_heads_are_up(head: bytes) -> None:
    reading = look_at_answer(head + b"Content-Type: text/html\r\nContent-Length: 12\r\n\r\n<p>Halo!</p>")
    assert (reading.status, reading.reason) == (Status.UP, Reason.OK)


def test_one_slow_site_does_not_make_others_late() -> None:  # W10
    async def never(asked: Asked, wire: Wire) -> None:
        await asyncio.sleep(30)

    async def scene() -> list[Reading]:
        async with (
            serving(never) as bad,
            serving(response(), host="127.0.0.2") as good,
            looking(timeout=timedelta(seconds=1)) as poller,
        ):
            others = (target(good.url(f"/{i}", host="127.0.0.2"), key=f"cepat{i}") for i in range(10))
            return list(await asyncio.gather(*map(poller.poll, [target(bad.url(), key="lambat"), *others])))

    slow, *others = asyncio.run(scene())
    assert slow.reason is Reason.FIRST_BYTE_TIMEOUT
    assert {each.reason for each in others} == {Reason.OK}
    assert max(value(each, "total_seconds") for each in others) < 0.9


def test_a_host_sees_at_most_one_connection_of_ours_at_a_time() -> None:
    async def unhurried(asked: Asked, wire: Wire) -> None:
        await asyncio.sleep(0.02)
        await wire.send(response())

    async def scene() -> tuple[list[Reading], int]:
        async with serving(unhurried) as site, looking() as poller:
            sites = [target(site.url(f"/kelurahan/{i}"), key=str(i)) for i in range(8)]
            return list(await asyncio.gather(*map(poller.poll, sites))), site.most_at_once

    readings, most = asyncio.run(scene())
    assert {each.reason for each in readings} == {Reason.OK}
    assert most == 1


def test_a_host_kept_busy_by_another_look_of_ours_is_unknown_and_not_down() -> None:
    async def never(asked: Asked, wire: Wire) -> None:
        await asyncio.sleep(30)

    async def scene() -> list[Reading]:
        async with serving(never) as site, looking(timeout=SHORT) as poller:
            return list(await asyncio.gather(*(poller.poll(target(site.url(), key=key)) for key in ("a", "b"))))

    first, second = asyncio.run(scene())
    assert (first.status, first.reason) == (Status.DOWN, Reason.FIRST_BYTE_TIMEOUT)
    assert (second.status, second.reason) == (Status.UNKNOWN, Reason.COLLECTOR_FAULT)


def test_a_site_without_an_address_is_expected_and_not_measured() -> None:
    reading = asyncio.run(look_at(None))
    assert (reading.status, reading.reason) == (Status.UNKNOWN, Reason.NO_ADDRESS)
    assert reading.values == {}


@pytest.mark.parametrize(
    "url", ["dinas.kota.test", "ftp://kota.test/", "http://", "http://[::1", "http://kota.test:99999/", "http://a..b/"]
)
def test_an_address_that_is_none_is_a_mistake_of_the_editor(url: str) -> None:
    reading = asyncio.run(look_at(url))
    assert (reading.status, reading.reason) == (Status.UNKNOWN, Reason.CONFIG)


def test_the_mapped_port_is_connected_to_while_the_site_sees_its_own_address() -> None:
    async def scene() -> tuple[Reading, str]:
        async with naming({HOST: ["127.0.0.1"]}) as dns, serving(response()) as site:
            reading = await look_at(f"http://{HOST}/halaman", servers=(dns.address,), connect_to={80: site.port})
            return reading, site.requests[0].headers["host"]

    reading, host = asyncio.run(scene())
    assert reading.status is Status.UP
    assert reading.evidence["final_url"] == f"http://{HOST}/halaman"
    assert host == HOST


# --- IPv4 and IPv6 as two facts -----------------------------------------------------------------------------------------------


def test_a_broken_ipv6_beside_a_good_ipv4_is_degraded_and_not_plainly_up() -> None:  # W6
    reading = _dual_stack(server_at="127.0.0.1")
    assert (reading.status, reading.reason) == (Status.DEGRADED, Reason.IPV6_BROKEN)
    assert (value(reading, "ipv4_up_ratio"), value(reading, "ipv6_up_ratio")) == (1, 0)


def test_a_broken_ipv4_beside_a_good_ipv6_is_degraded() -> None:  # W6
    reading = _dual_stack(server_at="::1")
    assert (reading.status, reading.reason) == (Status.DEGRADED, Reason.IPV4_BROKEN)
    assert (value(reading, "ipv4_up_ratio"), value(reading, "ipv6_up_ratio")) == (0, 1)


def test_both_families_broken_is_down() -> None:
    reading = _dual_stack(server_at=None)
    assert (reading.status, reading.reason) == (Status.DOWN, Reason.CONNECT_REFUSED)


def _dual_stack(server_at: str | None) -> Reading:
    async def scene() -> Reading:
        async with naming({HOST: ["127.0.0.1", "::1"]}) as dns:
            if server_at is None:
                return await look_at(f"http://{HOST}:{free_port()}/", servers=(dns.address,))
            async with serving(response(), host=server_at) as site:
                return await look_at(site.url(host=HOST), servers=(dns.address,))

    return asyncio.run(scene())


def test_a_site_with_both_families_in_order_is_up_with_both_facts() -> None:
    async def scene() -> Reading:
        async with (
            naming({HOST: ["127.0.0.1", "::1"]}) as dns,
            serving(response()) as site,
            serving(response(), host="::1", port=site.port),
        ):
            return await look_at(site.url(host=HOST), servers=(dns.address,))

    reading = asyncio.run(scene())
    assert (reading.status, reading.reason) == (Status.UP, Reason.OK)
    assert (value(reading, "ipv4_up_ratio"), value(reading, "ipv6_up_ratio")) == (1, 1)


def test_a_site_with_one_family_says_nothing_about_the_other() -> None:
    async def scene() -> Reading:
        async with naming({HOST: ["::1"]}) as dns, serving(response(), host="::1") as site:
            return await look_at(site.url(host=HOST), servers=(dns.address,))

    reading = asyncio.run(scene())
    assert reading.status is Status.UP
    assert "ipv4_up_ratio" not in reading.values
    assert "ipv6_up_ratio" not in reading.values


def test_the_first_of_several_addresses_may_be_dead() -> None:
    async def scene() -> Reading:
        async with naming({HOST: ["127.0.0.9", "127.0.0.1"]}) as dns, serving(response()) as site:
            return await look_at(site.url(host=HOST), servers=(dns.address,))

    assert asyncio.run(scene()).status is Status.UP


def test_a_loop_that_runs_late_marks_its_times_as_suspect() -> None:
    async def hog(asked: Asked, wire: Wire) -> None:
        time.sleep(0.15)
        await wire.send(response())

    reading = look_at_answer(hog)
    assert reading.evidence["suspect"] is True
    assert value(reading, "loop_lag_seconds") > 0.05
