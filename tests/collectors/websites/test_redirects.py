"""Redirects: followed like a browser does, within limits, and told when they leave the site or its encryption."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from collectors.websites.addresses import is_own_host, join, parse_address
from command_centre.domain.reading import Reading, Reason, Status
from tests.support.http_servers import (
    GOOD_PAGE,
    HOST,
    NXDOMAIN,
    Answer,
    Asked,
    Authority,
    Wire,
    look_at,
    look_at_answer,
    naming,
    redirect,
    response,
    server_context,
    serving,
    value,
)


def _chain(hops: int) -> dict[str, bytes]:
    steps = {f"/{i}": redirect(f"/{i + 1}") for i in range(hops)}
    return {**steps, f"/{hops}": response()}


def test_ten_hops_are_followed_and_told() -> None:
    reading = look_at_answer(_chain(10), path="/0")
    assert (reading.status, value(reading, "redirects_total")) == (Status.UP, 10)
    assert str(reading.evidence["final_url"]).endswith("/10")
    assert len(reading.evidence["redirects"]) == 10  # type: ignore[arg-type]


def test_eleven_hops_are_too_many() -> None:  # W4
    reading = look_at_answer(_chain(11), path="/0")
    assert (reading.status, reading.reason) == (Status.DOWN, Reason.REDIRECT_LIMIT)


@pytest.mark.parametrize(
    "answer",
    [{"/": redirect("/")}, {"/": redirect("/b"), "/b": redirect("/")}, {"/": redirect("?lagi=1")}],
    ids=["to itself", "ping pong", "query that changes nothing"],
)
def test_a_circle_is_a_loop_and_is_left_soon(answer: Answer) -> None:  # W4
    async def scene() -> tuple[Reading, int]:
        async with serving(answer) as site:
            return await look_at(site.url()), len(site.requests)

    reading, asked = asyncio.run(scene())
    assert (reading.status, reading.reason) == (Status.DOWN, Reason.REDIRECT_LOOP)
    assert asked <= 3


def test_a_site_that_redirects_until_its_session_cookie_comes_back_is_up() -> None:
    async def session(asked: Asked, wire: Wire) -> None:
        if "sesi=abc" in asked.headers.get("cookie", ""):
            await wire.send(response())
        else:
            await wire.send(redirect("/", headers=["Set-Cookie: sesi=abc; Path=/; HttpOnly"]))

    assert look_at_answer(session).status is Status.UP


def test_cookies_of_one_look_are_not_carried_into_the_next() -> None:
    from tests.support.http_servers import looking, target

    async def scene() -> list[str]:
        async with serving(response(headers=["Set-Cookie: a=1"])) as site, looking() as poller:
            for _ in range(2):
                await poller.poll(target(site.url()))
            return [each.headers.get("cookie", "") for each in site.requests]

    assert asyncio.run(scene()) == ["", ""]


@pytest.mark.parametrize(
    "location",
    [
        "",
        "javascript:alert(1)",
        "file:///etc/passwd",
        "ftp://kota.test/",
        "mailto:a@b.c",
        "http://",
        "http:///x",
        "http://[::1",
        "http://kota.test:99999/",
    ],
)
def test_a_location_that_no_browser_follows_is_a_bad_redirect(location: str) -> None:
    reading = look_at_answer(redirect(location))
    assert (reading.status, reading.reason) == (Status.DOWN, Reason.REDIRECT_BAD)


@pytest.mark.parametrize(
    "location", ["/tujuan", "tujuan", "/tujuan#bagian", "/tujuan?q=satu dua", "/tujuan?x=%C3%A9", "./tujuan"]
)
def test_each_form_of_a_good_location_is_followed(location: str) -> None:
    reading = look_at_answer({"/": redirect(location), "/tujuan": response()})
    assert reading.status is Status.UP


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_each_redirecting_status_is_followed(status: int) -> None:
    assert look_at_answer({"/": redirect("/t", status), "/t": response()}).status is Status.UP


def test_without_following_the_redirect_itself_is_judged() -> None:
    answer = {"/": redirect("/t"), "/t": response()}
    assert look_at_answer(answer, follow=False).reason is Reason.HTTP_STATUS
    assert look_at_answer(answer, follow=False, expect_status=((302, 302),)).status is Status.UP


def _look_by_name(answer_of: Any, host: str = HOST, **changes: Any) -> Reading:
    """One look where the answer may name the port of its own server."""

    async def scene() -> Reading:
        async def answer(asked: Asked, wire: Wire) -> None:
            await wire.send(answer_of(asked, site.port))

        async with naming({"mati.test": NXDOMAIN, "*": ["127.0.0.1"]}) as dns, serving(answer) as site:
            return await look_at(site.url(host=host), servers=(dns.address,), **changes)

    return asyncio.run(scene())


def test_a_foreign_host_is_served_but_flagged() -> None:  # W4
    def answer(asked: Asked, port: int) -> bytes:
        foreign = asked.headers["host"].startswith("asing")
        return response() if foreign else redirect(f"http://asing.example:{port}/")

    reading = _look_by_name(answer)
    assert (reading.status, reading.reason) == (Status.DEGRADED, Reason.REDIRECT_OFFSITE)
    assert reading.evidence["final_host"] == "asing.example"
    allowed = _look_by_name(answer, attributes={"allowed_hosts": "asing.example, lain.test"})
    assert allowed.status is Status.UP


def test_www_and_hosts_below_are_the_site_itself() -> None:
    def answer(asked: Asked, port: int) -> bytes:
        return response() if asked.headers["host"].startswith("www.") else redirect(f"http://www.{HOST}:{port}/")

    assert _look_by_name(answer).status is Status.UP


def test_a_redirect_to_a_dead_name_is_down_and_says_so() -> None:
    reading = _look_by_name(lambda asked, port: redirect(f"http://mati.test:{port}/"))
    assert (reading.status, reading.reason) == (Status.DOWN, Reason.DNS_NXDOMAIN)
    assert value(reading, "http_status_code") == 302


def test_a_provider_that_sends_people_to_its_blocking_page_is_named() -> None:
    page = "<title>Internet Positif</title><p>Mohon maaf, situs ini tidak dapat diakses. TrustPositif.</p>"

    def answer(asked: Asked, port: int) -> bytes:
        blocked = asked.headers["host"].startswith("internetpositif")
        return response(page) if blocked else redirect(f"http://internetpositif.example:{port}/")

    assert _look_by_name(answer).reason is Reason.BLOCKED


def _downgrade(authority: Authority, *, start: str, back: bool) -> Reading:
    """https (or http first) -> http, which answers or sends back to https."""

    async def scene() -> Reading:
        async def plain(asked: Asked, wire: Wire) -> None:
            to_tls = start == "http" and asked.path == "/"
            wanted = redirect(secure.url(asked.path, host=HOST)) if back or to_tls else response()
            await wire.send(wanted)

        async def encrypted(asked: Asked, wire: Wire) -> None:
            await wire.send(redirect(open_.url("/" if back else "/polos", host=HOST)))

        tls = server_context(authority.good(HOST))
        async with (
            naming({"*": ["127.0.0.1"]}) as dns,
            serving(plain) as open_,
            serving(encrypted, tls=tls) as secure,
        ):
            first = open_ if start == "http" else secure
            return await look_at(first.url(host=HOST), servers=(dns.address,), ca_file=str(authority.ca_file))

    return asyncio.run(scene())


def test_a_step_down_from_https_is_flagged(authority: Authority) -> None:  # W4
    reading = _downgrade(authority, start="https", back=False)
    assert (reading.status, reading.reason) == (Status.DEGRADED, Reason.REDIRECT_INSECURE)


def test_up_to_https_and_down_again_is_flagged(authority: Authority) -> None:  # W4: http -> https -> http
    reading = _downgrade(authority, start="http", back=False)
    assert (reading.status, reading.reason) == (Status.DEGRADED, Reason.REDIRECT_INSECURE)


def test_http_to_https_to_http_for_ever_is_a_loop(authority: Authority) -> None:  # W4
    reading = _downgrade(authority, start="http", back=True)
    assert (reading.status, reading.reason) == (Status.DOWN, Reason.REDIRECT_LOOP)


@pytest.mark.parametrize(
    "first",
    [
        response("<title>pindah</title>", headers=["Refresh: 0; url=/tujuan"]),
        response('<html><head><meta http-equiv="refresh" content="0; url=/tujuan"></head><body>Mengalihkan</body></html>'),
        response("<meta content='3;URL=\"/tujuan\"' http-equiv=REFRESH>Mengalihkan"),
    ],
)
def test_a_meta_refresh_is_followed_like_a_redirect(first: bytes) -> None:
    reading = look_at_answer({"/": first, "/tujuan": response()}, must_contain=("Selamat datang",))
    assert (reading.status, value(reading, "redirects_total")) == (Status.UP, 1)


@pytest.mark.parametrize("content", ["60; url=/lain", "30", "0; url=/", "5"])
def test_a_page_that_only_reloads_itself_or_waits_long_leads_nowhere(content: str) -> None:
    page = GOOD_PAGE.replace("<head>", f'<head><meta http-equiv="refresh" content="{content}">')
    reading = look_at_answer({"/": response(page)})
    assert (reading.status, value(reading, "redirects_total")) == (Status.UP, 0)


def test_a_page_that_only_jumps_by_script_was_not_seen() -> None:
    page = '<html><head><script>window.location.replace("/lain")</script></head><body></body></html>'
    reading = look_at_answer(response(page))
    assert (reading.status, reading.reason) == (Status.DEGRADED, Reason.JS_REDIRECT)


def test_credentials_go_to_their_own_origin_only() -> None:
    seen: list[tuple[str, bool, bool]] = []

    def answer(asked: Asked, port: int) -> bytes:
        seen.append((asked.headers["host"].partition(":")[0], "authorization" in asked.headers, "x-kunci" in asked.headers))
        return response() if asked.headers["host"].startswith("lain.") else redirect(f"http://lain.{HOST}:{port}/")

    reading = _look_by_name(answer, basic_auth="operator:rahasia", headers=(("X-Kunci", "rahasia"),))
    assert reading.status is Status.UP
    assert seen == [(HOST, True, True), (f"lain.{HOST}", False, False)]
    assert "rahasia" not in repr(reading)


def test_credentials_in_the_address_are_used_and_not_repeated() -> None:
    async def guarded(asked: Asked, wire: Wire) -> None:
        good = asked.headers.get("authorization") == "Basic b3BlcmF0b3I6cmFoYXNpYQ=="
        await wire.send(response() if good else response("", 401))

    async def scene() -> Reading:
        async with serving(guarded) as site:
            return await look_at(f"http://operator:rahasia@127.0.0.1:{site.port}/")

    reading = asyncio.run(scene())
    assert reading.status is Status.UP
    assert "rahasia" not in repr(reading)


@pytest.mark.parametrize(
    ("asked", "final", "is_own"),
    [
        ("kota.test", "www.kota.test", True),
        ("www.kota.test", "kota.test", True),
        ("kota.test", "layanan.kota.test", True),
        ("dinas.kota.test", "kota.test", True),
        ("dinas.kota.test", "asing.test", False),
        ("kota.test", "jahatkota.test", False),
        ("dinas.kota.test", "lain.kota.test", False),
    ],
)
def test_own_hosts_are_told_from_foreign_ones(asked: str, final: str, is_own: bool) -> None:
    assert is_own_host(asked, final, frozenset()) is is_own


def test_addresses_are_joined_and_written_as_browsers_do() -> None:
    here = parse_address("http://kota.test:8080/a/b?x=1")
    assert join(here, "c").url == "http://kota.test:8080/a/c"
    assert join(here, "//lain.test/x y").url == "http://lain.test/x%20y"
    assert join(here, "/é").url == "http://kota.test:8080/%C3%A9"
    assert parse_address("HTTPS://KOTA.TEST:443").url == "https://kota.test/"
    assert parse_address("http://u:p%40ss@kota.test/").credentials == "u:p@ss"
