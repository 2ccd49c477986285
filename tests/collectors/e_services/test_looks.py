"""Looks at real servers on loopback: statuses, sign-in, flows, pages, waits, secrets."""

from __future__ import annotations

import asyncio
import base64
import json
import logging
import ssl
import time
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from collectors.e_services import metrics
from collectors.e_services.parsing import parse_definition
from collectors.e_services.poller import Seen
from collectors.e_services.reporting import detail_of, reading_of
from command_centre.domain.reading import Reason, Status
from command_centre.domain.service import OPEN_ITEMS, read_items
from tests.support.clock import NOON, FrozenClock
from tests.support.http_servers import Asked, Authority, Script, Site, Wire, redirect, response, server_context, serving
from tests.support.services import JSON, LiveClock, asking, body_of, look_at, reply, service

TOTAL = {"extract": [{"metric": "nilai", "path": "data.total"}]}
KEY = "kunci-rahasia-42"


def _said(seen: Seen) -> tuple[Status, Reason]:
    return seen.finding.verdict.status, seen.finding.verdict.reason


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


# --- the answer as such -------------------------------------------------------------------------------------------------------


def test_a_good_answer_is_up_with_its_values_and_its_phases() -> None:
    seen = look_at(reply({"data": {"total": 12}}), TOTAL)
    assert _said(seen) == (Status.UP, Reason.OK)
    assert seen.finding.extraction.values == {"nilai": 12}
    values = reading_of(service("http://127.0.0.1/"), seen).values
    assert {metrics.CONNECT_SECONDS, metrics.FIRST_BYTE_SECONDS, metrics.TOTAL_SECONDS, metrics.HTTP_STATUS_CODE} <= set(values)


@pytest.mark.parametrize(
    ("answer", "wanted", "words"),
    [
        (reply({"message": "Unauthenticated."}, 401), (Status.DOWN, Reason.AUTH_REQUIRED), "Unauthenticated."),
        (reply({"message": "Tidak berhak"}, 403), (Status.DOWN, Reason.HTTP_STATUS), "403: Tidak berhak"),
        (reply({"message": "Kolom tahun wajib diisi"}, 422), (Status.DOWN, Reason.HTTP_STATUS), "Kolom tahun"),
        (reply({"message": "Server Error"}, 500), (Status.DOWN, Reason.HTTP_STATUS), "500: Server Error"),
        (reply("<h1>502</h1>", 502, kind="text/html"), (Status.DOWN, Reason.HTTP_STATUS), "502"),
        (reply({"message": "Too Many Attempts."}, 429), (Status.DEGRADED, Reason.RATE_LIMITED), "Too Many"),
        (reply({}, 503, ["Retry-After: 120"]), (Status.DEGRADED, Reason.MAINTENANCE), "503"),
        (reply("<title>Sedang Pemeliharaan</title>", 503, kind="text/html"), (Status.DEGRADED, Reason.MAINTENANCE), "maintained"),
        (reply({"status": "DOWN", "components": {"db": {"status": "DOWN"}}}, 503), (Status.DOWN, Reason.HTTP_STATUS), "503"),
    ],
)
def test_a_wrong_status_says_so_in_the_services_own_words(answer: bytes, wanted: tuple[Status, Reason], words: str) -> None:
    seen = look_at(answer, TOTAL)
    assert _said(seen) == wanted
    assert words in detail_of(seen)
    assert seen.finding.extraction.values == {"nilai": None}


def test_a_health_document_on_503_tells_which_part_fails() -> None:
    seen = look_at(reply({"status": "DOWN", "components": {"db": {"status": "DOWN"}}}, 503), {"health": "spring"})
    assert _said(seen) == (Status.DOWN, Reason.HEALTH_FAIL)
    assert "db (fail)" in detail_of(seen)


def test_a_soap_fault_on_500_is_the_services_own_error() -> None:
    body = "<E:Envelope xmlns:E='u'><E:Body><E:Fault><faultstring>Gagal</faultstring></E:Fault></E:Body></E:Envelope>"
    assert _said(look_at(reply(body, 500, kind="text/xml"), {"format": "xml"})) == (Status.DOWN, Reason.API_ERROR)


def test_a_status_that_is_agreed_is_in_order() -> None:
    assert _said(look_at(reply({"data": {"total": 1}}, 404), {**TOTAL, "expect_status": [404]})) == (Status.UP, Reason.OK)
    assert _said(look_at(response("", 204), {}))[0] is Status.UP


@pytest.mark.parametrize("style", ["silent", "half", "reset", "nothing"])
def test_a_service_that_does_not_answer_properly_is_down_within_the_time_limit(style: str) -> None:
    async def script(asked: Asked, wire: Wire) -> None:
        match style:
            case "silent":
                await asyncio.sleep(20)
            case "half":
                await wire.send(f"HTTP/1.1 200 OK\r\nContent-Type: {JSON}\r\nContent-Length: 90\r\n\r\n" + '{"data":{"total":1')
            case "reset":
                wire.reset()

    begun = time.perf_counter()
    seen = look_at(script, TOTAL, timeout=timedelta(seconds=0.6))
    assert time.perf_counter() - begun < 4
    wanted = {
        "silent": Reason.FIRST_BYTE_TIMEOUT,
        "half": Reason.TRUNCATED,
        "reset": Reason.CONNECTION_RESET,
        "nothing": Reason.EMPTY_REPLY,
    }
    assert _said(seen) == (Status.DOWN, wanted[style])
    assert seen.finding.extraction.values == {"nilai": None}


def test_a_web_page_behind_a_redirect_to_the_sign_in_is_no_data() -> None:
    pages = {"/api": redirect("/masuk"), "/masuk": reply('<form><input type="password"></form>', kind="text/html")}
    assert _said(look_at(pages, TOTAL)) == (Status.DOWN, Reason.AUTH_REQUIRED)


def test_an_answer_beyond_the_limit_is_not_read() -> None:
    seen = look_at(reply({"data": {"total": 1}, "isi": "x" * 5000}), TOTAL, max_body_bytes=2000)
    assert _said(seen) == (Status.DOWN, Reason.BODY_TOO_LARGE)
    assert seen.finding.extraction.values == {"nilai": None}


def test_a_slow_answer_is_degraded_where_a_limit_is_agreed() -> None:
    async def script(asked: Asked, wire: Wire) -> None:
        await asyncio.sleep(0.08)
        await wire.send(reply({"data": {"total": 1}}))

    seen = look_at(script, {**TOTAL, "slow_ms": 20})
    assert _said(seen) == (Status.DEGRADED, Reason.SLOW)
    assert seen.finding.extraction.values == {"nilai": 1}, "slow, and all the same an answer"


def test_an_address_that_leads_to_a_person_is_never_asked() -> None:
    async def scene() -> tuple[Site, list[Seen]]:
        async with serving(reply({})) as site, asking() as poller:
            urls = [site.url("/api/penduduk/1"), site.url("/api/cek?nik=6474015507900001"), site.url("/api/statistik/penduduk")]
            return site, [await poller.look(url, parse_definition({})) for url in urls]

    site, looks = asyncio.run(scene())
    assert [each.finding.verdict.reason for each in looks] == [Reason.PERSONAL_DATA, Reason.PERSONAL_DATA, Reason.OK]
    assert [each.path for each in site.requests] == ["/api/statistik/penduduk"]
    assert all("6474015507900001" not in detail_of(each) for each in looks)


# --- signing in ---------------------------------------------------------------------------------------------------------------


def _guarded(name: str, value: str) -> Script:
    async def script(asked: Asked, wire: Wire) -> None:
        good = asked.headers.get(name.lower()) == value
        await wire.send(reply({"data": {"total": 3}}) if good else reply({"message": f"salah: {asked.headers}"}, 401))

    return script


BASIC = "Basic " + base64.b64encode(f"petugas:{KEY}".encode()).decode()


@pytest.mark.parametrize(
    ("auth", "header", "value"),
    [
        ({"type": "basic", "user": "petugas", "password": "env:CC_UJI_KUNCI"}, "Authorization", BASIC),
        ({"type": "bearer", "token": "env:CC_UJI_KUNCI"}, "Authorization", f"Bearer {KEY}"),
        ({"type": "api_key", "key": "env:CC_UJI_KUNCI"}, "X-API-Key", KEY),
        ({"type": "api_key", "header": "apikey", "key": "{env:CC_UJI_KUNCI}"}, "apikey", KEY),
    ],
)
def test_each_way_to_sign_in_is_accepted_and_its_secret_is_never_shown(
    auth: dict[str, str], header: str, value: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("CC_UJI_KUNCI", KEY)
    with caplog.at_level(logging.DEBUG):
        assert look_at(_guarded(header, value), {**TOTAL, "auth": auth}).finding.extraction.values == {"nilai": 3}
        refused = look_at(_guarded(header, "lain"), {**TOTAL, "auth": auth})
    assert _said(refused) == (Status.DOWN, Reason.AUTH_REQUIRED)
    shown = f"{detail_of(refused)} {reading_of(service('http://127.0.0.1/'), refused)} {caplog.text}"
    assert KEY not in shown, "the server repeats our headers in its message"
    assert BASIC.partition(" ")[2] not in shown


def test_a_key_in_the_query_is_sent_and_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CC_UJI_KUNCI", KEY)

    async def script(asked: Asked, wire: Wire) -> None:
        good = parse_qs(urlsplit(asked.path).query) == {"tahun": ["2026"], "api_key": [KEY]}
        await wire.send(reply({"data": {"total": 3}} if good else {"message": asked.path}, 200 if good else 403))

    auth = {"type": "api_key", "query": "api_key", "key": "env:CC_UJI_KUNCI"}
    assert look_at(script, {**TOTAL, "auth": auth}, "/api?tahun=2026").finding.extraction.values == {"nilai": 3}
    assert KEY not in detail_of(look_at(script, {**TOTAL, "auth": auth}, "/api?tahun=2025"))


def test_a_secret_that_is_not_there_is_our_mistake_and_not_the_services() -> None:
    seen = look_at(reply({}), {"auth": {"type": "bearer", "token": "env:CC_TIDAK_ADA"}})
    assert _said(seen) == (Status.UNKNOWN, Reason.CONFIG)
    assert "CC_TIDAK_ADA" in detail_of(seen)


def test_credentials_do_not_follow_a_redirect_to_another_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CC_UJI_KUNCI", KEY)

    async def scene() -> Site:
        async with serving(reply({"data": {"total": 1}})) as foreign, serving(redirect(foreign.url("/curi"))) as site:
            async with asking() as poller:
                await poller.look(site.url(), parse_definition({"auth": {"type": "bearer", "token": "env:CC_UJI_KUNCI"}}))
            return foreign

    assert all("authorization" not in each.headers for each in asyncio.run(scene()).requests)


def test_a_client_certificate_opens_a_door_that_is_closed_without(authority: Authority) -> None:
    server, client = authority.good("127.0.0.1"), authority.for_client("petugas.kota.test")
    context = server_context(server, verify_mode=ssl.CERT_REQUIRED)
    context.load_verify_locations(authority.ca_file)

    async def scene(definition: Mapping[str, Any]) -> Seen:
        trusting = asking(LiveClock(), ca_file=str(authority.ca_file))
        async with serving(reply({"data": {"total": 4}}), tls=context) as site, trusting as poller:
            return await poller.look(site.url(), parse_definition({**TOTAL, **definition}))

    assert _said(asyncio.run(scene({}))) == (Status.DOWN, Reason.TLS_CLIENT_CERT)
    assert asyncio.run(scene({"client_certificate": str(client.file)})).finding.extraction.values == {"nilai": 4}


# --- OAuth2 -------------------------------------------------------------------------------------------------------------------


class TokenServer:
    """A service with a token endpoint. ``life`` is what it says of a token; ``good`` are the tokens that it still accepts."""

    def __init__(self, life: Any = 3600) -> None:
        self.life = life
        self.issued = 0
        self.good: set[str] = set()
        self.forms: list[dict[str, list[str]]] = []
        self.basics: list[str] = []

    async def __call__(self, asked: Asked, wire: Wire) -> None:
        if asked.path == "/token":
            self.forms.append(parse_qs(await body_of(asked, wire)))
            self.basics.append(asked.headers.get("authorization", ""))
            self.issued += 1
            self.good.add(f"tanda-{self.issued:04}")
            await wire.send(reply({"access_token": f"tanda-{self.issued:04}", "token_type": "Bearer", "expires_in": self.life}))
            return
        is_good = asked.headers.get("authorization", "").removeprefix("Bearer ") in self.good
        await wire.send(reply({"data": {"total": 9}}) if is_good else reply({"message": "kedaluwarsa"}, 401))


def _oauth(port: int, **more: Any) -> dict[str, Any]:
    auth = {
        "type": "oauth2",
        "token_url": f"http://127.0.0.1:{port}/token",
        "client_id": "cc",
        "client_secret": "env:CC_UJI_KUNCI",
        **more,
    }
    return {**TOTAL, "auth": auth}


def _looks(server: TokenServer, number: int, *, between: Sequence[str] = (), **more: Any) -> list[Seen]:
    async def scene() -> list[Seen]:
        async with serving(server) as site, asking() as poller:
            definition = parse_definition(_oauth(site.port, **more))
            found = []
            for _ in range(number):
                found.append(await poller.look(site.url(), definition))
                server.good -= set(between)
            return found

    return asyncio.run(scene())


def test_a_token_is_fetched_once_and_used_until_it_runs_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CC_UJI_KUNCI", KEY)
    server = TokenServer()
    assert [each.finding.extraction.values for each in _looks(server, 3, scope="baca")] == [{"nilai": 9}] * 3
    assert server.issued == 1
    assert server.forms == [{"grant_type": ["client_credentials"], "scope": ["baca"]}]
    assert server.basics == ["Basic " + base64.b64encode(f"cc:{KEY}".encode()).decode()]


def test_a_token_that_is_refused_is_fetched_anew_and_only_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CC_UJI_KUNCI", KEY)
    server = TokenServer()
    looks = _looks(server, 2, between=["tanda-0001"])
    assert [each.finding.verdict.reason for each in looks] == [Reason.OK, Reason.OK]
    assert server.issued == 2

    never = TokenServer()
    never.good = _Never()
    (refused,) = _looks(never, 1)
    assert _said(refused) == (Status.DOWN, Reason.AUTH_REQUIRED)
    assert never.issued == 2
    assert "tanda-" not in detail_of(refused)


class _Never(set[str]):
    """Accepts nothing."""

    def add(self, element: str) -> None:
        del element


def test_a_token_that_has_run_out_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CC_UJI_KUNCI", KEY)
    server = TokenServer(life=0.001)

    async def scene() -> None:
        async with serving(server) as site, asking() as poller:
            for _ in range(2):
                await poller.look(site.url(), parse_definition(_oauth(site.port)))
                while time.monotonic() < begun + 1.01:  # the least life of a token is a second
                    await asyncio.sleep(0.05)

    begun = time.monotonic()
    asyncio.run(scene())
    assert server.issued == 2


def test_credentials_may_travel_in_the_form(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CC_UJI_KUNCI", KEY)
    server = TokenServer()
    _looks(server, 1, in_body=True)
    assert server.forms[0]["client_secret"] == [KEY]
    assert server.basics == [""]


@pytest.mark.parametrize(
    ("answer", "reason", "words"),
    [
        (
            reply({"error": "invalid_client", "error_description": f"kunci {KEY} salah"}, 401),
            Reason.AUTH_REQUIRED,
            "kunci *** salah",
        ),
        (reply("<html>masuk</html>", kind="text/html"), Reason.AUTH_REQUIRED, "does not answer in JSON"),
        (reply({}), Reason.AUTH_REQUIRED, "hands out no token"),
        (reply({}, 500), Reason.HTTP_STATUS, "the token endpoint"),
    ],
)
def test_a_token_endpoint_in_trouble_is_named(answer: bytes, reason: Reason, words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CC_UJI_KUNCI", KEY)

    async def scene() -> Seen:
        async with serving(answer) as site, asking() as poller:
            return await poller.look(site.url(), parse_definition(_oauth(site.port)))

    seen = asyncio.run(scene())
    assert _said(seen) == (Status.DOWN, reason)
    assert words in detail_of(seen)


# --- flows --------------------------------------------------------------------------------------------------------------------


def test_a_flow_signs_in_keeps_cookie_and_variable_and_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CC_UJI_KUNCI", KEY)
    bodies: list[Any] = []

    async def script(asked: Asked, wire: Wire) -> None:
        if asked.path == "/masuk":
            bodies.append(json.loads(await body_of(asked, wire)))
            await wire.send(reply({"data": {"token": "sesi-7788", "unit": 12}}, headers=["Set-Cookie: sesi=abc; Path=/"]))
            return
        good = asked.headers.get("authorization") == "Bearer sesi-7788" and "sesi=abc" in asked.headers.get("cookie", "")
        await wire.send(
            reply({"data": {"total": 21}} if good and asked.path == "/unit/12" else {"message": "bukan"}, 200 if good else 401)
        )

    async def scene() -> Seen:
        async with serving(script) as site, asking() as poller:
            step = {
                "url": site.url("/masuk"), "json": {"user": "petugas", "password": "{env:CC_UJI_KUNCI}"},
                "save": {"token": "data.token", "unit": "data.unit"},
            }  # fmt: skip
            definition = {**TOTAL, "steps": [step], "headers": {"Authorization": "Bearer {token}"}}
            return await poller.look(site.url("/unit/").rstrip("/") + "/{unit}", parse_definition(definition))

    seen = asyncio.run(scene())
    assert seen.finding.extraction.values == {"nilai": 21}, detail_of(seen)
    assert bodies == [{"user": "petugas", "password": KEY}]
    assert {"sesi-7788", KEY} <= seen.secrets


@pytest.mark.parametrize(
    ("answer", "reason", "words"),
    [
        (reply({"message": "sandi salah"}, 401), Reason.AUTH_REQUIRED, "step 1"),
        (reply({"success": False, "message": "sandi salah"}), Reason.API_ERROR, "sandi salah"),
        (reply({"success": True}), Reason.MISSING_VALUE, "step 1: the answer holds nothing at token"),
        (reply("<html></html>", kind="text/html"), Reason.CONTENT_TYPE, "step 1"),
    ],
)
def test_a_step_that_fails_is_named(answer: bytes, reason: Reason, words: str) -> None:
    async def scene() -> Seen:
        async with serving({"/masuk": answer, "/api": reply({})}) as site, asking() as poller:
            step = {"url": site.url("/masuk"), "ok": {"path": "success", "equals": True}, "save": {"token": "token"}}
            return await poller.look(site.url("/api"), parse_definition({"steps": [step]}))

    seen = asyncio.run(scene())
    assert _said(seen) == (Status.DOWN, reason)
    assert words in detail_of(seen)


# --- pages --------------------------------------------------------------------------------------------------------------------

COUNT = {"extract": [{"metric": "n", "path": "data", "type": "count"}, {"metric": "total", "path": "meta.total"}]}


def _shelf(pages: Sequence[Any], param: str = "page", first: int = 1) -> Script:
    """A server that gives a page by its number, and an empty one beyond the last."""

    async def script(asked: Asked, wire: Wire) -> None:
        number = int(parse_qs(urlsplit(asked.path).query).get(param, [str(first)])[0]) - first
        await wire.send(reply(pages[number] if number < len(pages) else {"data": []}))

    return script


@pytest.mark.parametrize(
    "paging",
    [
        {"param": "page", "items": "data"},
        {"param": "page"},
        {"last_page": "meta.last"},
        {"param": "page", "total": "meta.total", "size": 2},
    ],
)
def test_numbered_pages_are_read_to_the_last(paging: dict[str, Any]) -> None:
    pages = [
        {"data": [1, 2], "meta": {"total": 5, "last": 3}},
        {"data": [3, 4], "meta": {"total": 5, "last": 3}},
        {"data": [5], "meta": {"total": 5, "last": 3}},
    ]
    seen = look_at(_shelf(pages), {**COUNT, "pagination": paging})
    assert _said(seen) == (Status.UP, Reason.OK), detail_of(seen)
    assert seen.finding.extraction.values == {"n": 5, "total": 5}


def test_pages_counted_from_zero_and_by_offset_are_read_too() -> None:
    zero = look_at(_shelf([{"data": [1]}, {"data": [2]}], first=0), {**COUNT, "pagination": {"param": "page", "first": 0}})
    assert zero.finding.extraction.values["n"] == 2

    async def script(asked: Asked, wire: Wire) -> None:
        start = int(parse_qs(urlsplit(asked.path).query).get("start", ["0"])[0])
        await wire.send(reply({"result": {"count": 5, "results": list(range(5))[start : start + 2]}}))

    extract = {"extract": [{"metric": "n", "path": "result.results", "type": "count"}]}
    paging = {"style": "offset", "param": "start", "total": "result.count"}
    assert look_at(script, {**extract, "pagination": paging}).finding.extraction.values == {"n": 5}


@pytest.mark.parametrize("paging", [True, "next", {"next": "links.next"}, {"style": "link_header"}])
def test_pages_that_name_the_next_are_followed(paging: Any) -> None:
    async def script(asked: Asked, wire: Wire) -> None:
        number = int(parse_qs(urlsplit(asked.path).query).get("page", ["1"])[0])
        following = f"/api?page={number + 1}" if number < 3 else None
        header = (
            [f'Link: </api?page=1>; rel="first", <{following}>; rel="next"']
            if following and paging == {"style": "link_header"}
            else []
        )
        links = {} if header or paging == {"style": "link_header"} else {"links": {"next": following}}
        await wire.send(reply({"data": [number], **links}, headers=header))

    seen = look_at(script, {**COUNT, "pagination": paging})
    assert seen.finding.extraction.values["n"] == 3, detail_of(seen)


def test_pages_with_a_cursor_are_followed() -> None:
    async def script(asked: Asked, wire: Wire) -> None:
        cursor = parse_qs(urlsplit(asked.path).query).get("sesudah", [""])[0]
        await wire.send(reply({"data": [cursor], "meta": {"c": {"": "a b", "a b": "c", "c": None}[cursor]}}))

    assert look_at(script, {**COUNT, "pagination": {"cursor": "meta.c", "param": "sesudah"}}).finding.extraction.values["n"] == 3


def test_a_wildcard_counts_over_all_pages() -> None:
    extract = {
        "extract": [
            {"metric": "buka", "path": "data[?@.s=='buka']", "type": "count"},
            {"metric": "jumlah", "path": "data[*].n", "aggregate": "sum"},
        ]
    }
    pages = [{"data": [{"s": "buka", "n": 1}, {"s": "tutup", "n": 2}]}, {"data": [{"s": "buka", "n": 4}]}]
    seen = look_at(_shelf(pages), {**extract, "pagination": {"param": "page"}})
    assert seen.finding.extraction.values == {"buka": 2, "jumlah": 7}


@pytest.mark.parametrize(
    ("style", "reason"),
    [("endless", Reason.LIMIT), ("same", Reason.PAGINATION), ("circle", Reason.PAGINATION), ("foreign", Reason.PAGINATION),
     ("broken", Reason.PAGINATION), ("error", Reason.PAGINATION), ("nonsense", Reason.PAGINATION)],
)  # fmt: skip
def test_pages_that_do_not_end_properly_give_no_total(style: str, reason: Reason) -> None:
    async def script(asked: Asked, wire: Wire) -> None:
        number = int(parse_qs(urlsplit(asked.path).query).get("page", ["1"])[0])
        following = {"endless": number + 1, "circle": 3 - number}.get(style, number + 1)
        link: Any = f"/api?page={following}"
        if style == "foreign":
            link = "http://127.0.0.2:9/api?page=2"
        if style == "nonsense":
            link = ["x"]
        if number > 1 and style in ("broken", "error"):
            await wire.send(reply("{", 200) if style == "broken" else reply({}, 500))
            return
        await wire.send(
            reply(
                {
                    "data": [0 if style == "same" else number],
                    "next": "/api?page=2" if style == "same" else link,
                    "meta": {"total": 7},
                }
            )
        )

    seen = look_at(script, {**COUNT, "pagination": {"next": "next", "max_pages": 4}})
    assert _said(seen) == (Status.DEGRADED, reason)
    assert seen.finding.extraction.values == {"n": None, "total": 7}, "what is counted is left out, what is told is kept"
    assert len(seen.responses) <= 4


def test_pages_that_end_before_all_announced_items_are_there_give_no_total() -> None:
    pages = [{"data": [1, 2], "meta": {"total": 5}}]
    seen = look_at(_shelf(pages), {**COUNT, "pagination": {"param": "page", "total": "meta.total"}})
    assert _said(seen) == (Status.DEGRADED, Reason.PAGINATION)
    assert seen.finding.extraction.values == {"n": None, "total": 5}
    assert "2 of 5" in detail_of(seen)


def test_a_server_that_knows_no_page_beyond_the_last_ends_the_pages() -> None:
    async def script(asked: Asked, wire: Wire) -> None:
        await wire.send(reply({"data": [1, 2]}) if "page=" not in asked.path else reply({"detail": "Invalid page."}, 404))

    assert look_at(script, {**COUNT, "pagination": {"param": "page"}}).finding.extraction.values["n"] == 2


# --- manners ------------------------------------------------------------------------------------------------------------------


def _wait_scene(answer: bytes, passed: Sequence[float]) -> tuple[Site, list[Seen]]:
    """One look now, and one after each of these many seconds."""

    async def scene() -> tuple[Site, list[Seen]]:
        clock = FrozenClock()
        async with serving(answer) as site, asking(clock) as poller:
            looks = [await poller.look(site.url("/api"), parse_definition({}))]
            for seconds in passed:
                clock.advance(timedelta(seconds=seconds))
                looks.append(await poller.look(site.url("/api"), parse_definition({})))
            return site, looks

    return asyncio.run(scene())


def test_a_service_that_asks_us_to_wait_is_not_asked_before_the_wait_is_over() -> None:
    site, looks = _wait_scene(reply({}, 429, ["Retry-After: 90"]), [60, 29, 2])
    assert [_said(each) for each in looks] == [(Status.DEGRADED, Reason.RATE_LIMITED)] * 4
    assert len(site.requests) == 2, "the first, and the one after the wait"
    assert looks[0].waits_seconds == 90
    assert "not asked before" in detail_of(looks[1])
    assert looks[1].responses == ()


def test_too_many_requests_without_a_time_means_a_minute() -> None:
    site, _ = _wait_scene(reply({}, 429), [59, 2])
    assert len(site.requests) == 2


def test_a_quota_that_is_used_up_is_respected_and_is_not_the_services_fault() -> None:
    headers = ["X-RateLimit-Limit: 60", "X-RateLimit-Remaining: 0", f"X-RateLimit-Reset: {int(NOON.timestamp()) + 30}"]
    site, looks = _wait_scene(reply({}, 200, headers), [10, 25])
    assert [_said(each) for each in looks] == [
        (Status.UP, Reason.OK),
        (Status.UNKNOWN, Reason.RATE_LIMITED),
        (Status.UP, Reason.OK),
    ]
    assert len(site.requests) == 2


def test_a_service_that_expects_to_be_away_is_looked_at_all_the_same() -> None:
    site, _ = _wait_scene(reply({}, 503, ["Retry-After: 3600"]), [60])
    assert len(site.requests) == 2


# --- the reading --------------------------------------------------------------------------------------------------------------


def test_open_items_travel_as_evidence_and_metrics_of_the_catalogue_as_values() -> None:
    definition = {
        "extract": [{"metric": "queue_open_total", "path": "data", "type": "count"}, {"metric": "asing", "path": "x"}],
        "open_items": {"path": "data", "opened": "masuk"},
    }
    seen = look_at(reply({"data": [{"masuk": "2026-11-20T00:00:00Z"}, {"masuk": "2026-11-19T00:00:00Z"}], "x": 5}), definition)
    reading = reading_of(service("http://127.0.0.1/"), seen)
    assert reading.values[metrics.QUEUE_OPEN_TOTAL] == 2
    assert "asing" not in reading.values, "a metric outside the catalogue is for probes only"
    assert [each.day for each in read_items(reading.evidence[OPEN_ITEMS])] == [19, 20]


def test_one_service_does_not_wait_for_another_that_hangs() -> None:
    async def hang(asked: Asked, wire: Wire) -> None:
        await asyncio.sleep(10)

    async def scene() -> list[Seen]:
        quickly = serving(reply({"data": {"total": 1}}))
        async with serving(hang, host="127.0.0.9") as slow, quickly as quick, asking(timeout=timedelta(seconds=1)) as poller:
            urls = [slow.url(host="127.0.0.9"), quick.url()]
            return list(await asyncio.gather(*(poller.look(url, parse_definition(TOTAL)) for url in urls)))

    hanging, good = asyncio.run(scene())
    assert hanging.finding.verdict.status is Status.DOWN
    assert good.finding.extraction.values == {"nilai": 1}
    assert good.responses[0].phases.total < 0.5


def test_ten_megabytes_of_entities_and_depth_are_bounded_in_time_and_become_a_reading() -> None:
    begun = time.perf_counter()
    for body, kind in (("[" * 10_000_000, JSON), ("<a>" * 3_000_000, "application/xml")):
        seen = look_at(reply(body, kind=kind), {"format": "xml" if "xml" in kind else "json"}, timeout=timedelta(seconds=10))
        assert _said(seen) == (Status.DOWN, Reason.PARSE_ERROR)
    assert time.perf_counter() - begun < 20
