"""Sites made to hurt, and sites that turn us away: bounded time and memory, and an honest "could not be judged"."""

from __future__ import annotations

import asyncio
import gzip
import time

import pytest

from collectors.integrity.evidence import PageSite
from collectors.integrity.lexicon import load
from collectors.integrity.listings import MOST_ADDRESSES, read_sitemap
from collectors.integrity.options import GUISES
from collectors.integrity.reading import Answer, ReadingProcess, Task, What
from command_centre.domain.integrity import FindingKind, Verdict, View
from tests.collectors.integrity.corpus.infected import links
from tests.collectors.integrity.corpus.templates import HOST, ORDINARY, TEMPLATES, Parts
from tests.support.http_servers import Asked, Wire, free_port, redirect, response
from tests.support.judol_sites import NIGHT, scan_answer, scanning, view_of

PAGE = TEMPLATES[0](Parts(main="".join(ORDINARY)))
SITE = PageSite(f"http://{HOST}/", View.BROWSER, HOST)


def reading(body: bytes, what: What = What.PAGE, cpu_seconds: float = 1.0) -> tuple[Answer, float]:
    """The answer of the reading process, and how long it took once the process was there."""

    async def scene() -> tuple[Answer, float]:
        process = ReadingProcess(cpu_seconds=cpu_seconds)
        try:
            await process.read(Task(What.ROBOTS, b"", "", SITE))
            begun = time.monotonic()
            answer = await process.read(Task(what, body, "text/html; charset=utf-8", SITE))
            return answer, time.monotonic() - begun
        finally:
            await process.close()

    return asyncio.run(scene())


HOSTILE = {
    "a hundred thousand nested elements": b"<div>" * 100_000 + b"x",
    "a hundred thousand attributes": b"<a " + b" ".join(b"a%d=1" % number for number in range(100_000)) + b">x</a>",
    "ten megabytes": PAGE.encode() * 4_000,
    "a million opening brackets": b"<" * 1_000_000,
    "a comment that does not end": b"<!-- " + b"slot gacor " * 200_000,
    "entities upon entities": b"&amp;" * 500_000,
    "one word": b"<p>" + b"slotgacor" * 200_000,
    "letters set apart": b"<p>" + b"s l o t " * 200_000,
    "styles": b"<style>" + b".a{display:none}" * 50_000 + b"</style><p class=a>slot gacor</p>",
    "a script without an end": b"<script>location=" + b"'a'+" * 200_000,
}


@pytest.mark.parametrize("body", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_page_made_to_hurt_is_read_or_given_up_within_bounds(body: bytes) -> None:
    _, seconds = reading(body)
    assert seconds < 40  # twice a second of processor time, a new process, and a crowded machine


def test_a_page_that_cannot_be_parsed_in_time_is_read_as_bare_text() -> None:
    offer = b"<p>Situs slot gacor terpercaya, bandar togel online, bonus new member 100, deposit pulsa tanpa potongan</p>"
    answer, _ = reading(b"<a " + b" ".join(b"a%d=1" % number for number in range(100_000)) + b">x</a>" + offer)
    assert answer.flaw == "too costly to read"
    assert [each.kind for each in answer.findings] == [FindingKind.VISIBLE_TEXT]


def test_binary_data_served_as_a_page_could_not_be_judged() -> None:
    answer, _ = reading(bytes(range(256)) * 64)
    assert answer.flaw == "not a page but binary data"


def test_a_page_in_another_charset_is_read_all_the_same() -> None:
    page = f'<html><head><title>Dinas</title></head><body style="display:none">{links("slot")}</body></html>'
    assert reading(page.encode("utf-16"))[0].findings


# --- lists --------------------------------------------------------------------------------------------------------------------


def test_a_sitemap_of_more_than_fifty_thousand_addresses_is_read_up_to_there() -> None:
    body = b"<urlset>" + b"".join(b"<url><loc>http://dinas.bontang.test/%d</loc></url>" % n for n in range(60_000)) + b"</urlset>"
    listing = read_sitemap(load(), gzip.compress(body), SITE, turn=3)
    assert listing.addresses == MOST_ADDRESSES
    assert listing.findings == ()


def test_other_pages_of_a_sitemap_are_sampled_each_night() -> None:
    body = b"<urlset>" + b"".join(b"<url><loc>http://dinas.bontang.test/%d</loc></url>" % n for n in range(100)) + b"</urlset>"
    first, second = (read_sitemap(load(), body, SITE, turn).sample for turn in (1, 2))
    assert len(first) == len(second) == 12
    assert set(first).isdisjoint(second)


def test_an_entity_bomb_is_only_a_broken_file() -> None:
    entities = b'<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    bomb = entities + b"<urlset><url><loc>&b;</loc></url></urlset>"
    assert read_sitemap(load(), bomb, SITE, turn=0).sample == ()


def test_sitemaps_that_name_each_other_are_each_asked_once() -> None:
    names = "".join(f"<sitemap><loc>http://{HOST}/{name}.xml</loc></sitemap>" for name in ("sitemap", "b"))
    index = f"<sitemapindex>{names}</sitemapindex>"
    asked: list[str] = []

    async def answer(request: Asked, wire: Wire) -> None:
        asked.append(request.path)
        body = index.replace(HOST, request.headers["host"]) if request.path.endswith(".xml") else PAGE
        await wire.send(response(body, kind="application/xml" if request.path.endswith(".xml") else "text/html"))

    scan_answer(answer, inner_pages=0)
    assert sorted(each for each in asked if each.endswith(".xml")) == ["/b.xml", "/sitemap.xml", "/sitemap_index.xml"]


# --- turned away --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [401, 403, 429, 503])
def test_a_site_that_turns_us_away_could_not_be_judged(status: int) -> None:
    result = scan_answer(response("<h1>no</h1>", status))
    assert result.verdict is Verdict.UNJUDGED
    assert set(result.unjudged.values()) == {f"http {status}"}


def test_a_site_that_only_turns_robots_away_is_not_clean() -> None:
    async def answer(asked: Asked, wire: Wire) -> None:
        is_robot = "bot" in asked.headers.get("user-agent", "").lower()
        await wire.send(response("<h1>no</h1>", 403) if is_robot else response(PAGE))

    result = scan_answer(answer, inner_pages=0)
    assert result.verdict is Verdict.UNJUDGED
    assert set(result.unjudged) == {View.BOT, View.BOT_AGAIN}


def test_a_robot_check_is_no_page() -> None:
    check = "<html><head><title>Just a moment...</title></head><body><script>window._cf_chl_opt={}</script></body></html>"
    assert scan_answer(response(check)).verdict is Verdict.UNJUDGED


def test_a_page_that_only_a_browser_could_draw_could_not_be_judged() -> None:
    assert (
        scan_answer(response('<html><body><div id="app"></div><script src="/app.js"></script></body></html>')).verdict
        is Verdict.UNJUDGED
    )


def test_a_site_that_is_not_there_could_not_be_judged_and_is_not_asked_for_long() -> None:
    async def scene() -> tuple[Verdict, int]:
        async with scanning() as scanner:
            result = (await scanner.scan(f"http://{HOST}:{free_port()}/", NIGHT)).result
            return result.verdict, result.requests

    assert asyncio.run(scene()) == (Verdict.UNJUDGED, 2)


def test_evidence_counts_although_another_view_could_not_be_judged() -> None:
    footer = f'<div style="display:none">{links("slot")}</div>'

    async def answer(asked: Asked, wire: Wire) -> None:
        refused = view_of(asked) is View.MOBILE
        await wire.send(response("<h1>no</h1>", 403) if refused else response(TEMPLATES[0](Parts(footer=footer))))

    result = scan_answer(answer, inner_pages=0)
    assert result.verdict is Verdict.INDICATED
    assert set(result.unjudged) == {View.MOBILE}


# --- being a good guest -------------------------------------------------------------------------------------------------------


def test_a_foreign_host_is_never_asked() -> None:
    """A gambling host learns nothing of us: where a redirect leads away, the scan notes it and stops."""
    reached: list[str] = []

    async def answer(asked: Asked, wire: Wire) -> None:
        reached.append(asked.headers["host"])
        await wire.send(redirect(f"http://rajaslot77.test:{asked.headers['host'].partition(':')[2]}/"))

    result = scan_answer(answer)
    assert result.verdict is Verdict.INDICATED
    assert {each.partition(":")[0] for each in reached} == {HOST}


def test_a_scan_stays_within_its_budget() -> None:
    farm = "".join(f'<a href="/berita/{number}">Berita {number}</a>' for number in range(500))
    result = scan_answer(response(TEMPLATES[0](Parts(main=farm))), most_requests=20)
    assert result.requests == 20


def test_redirects_without_an_end_are_given_up() -> None:
    async def answer(asked: Asked, wire: Wire) -> None:
        await wire.send(redirect(asked.path + "x"))

    result = scan_answer(answer, most_requests=40)
    assert result.verdict is Verdict.UNJUDGED


def test_files_are_asked_for_under_our_own_name_and_pages_in_five_guises() -> None:
    seen: dict[str, set[str]] = {}

    async def answer(asked: Asked, wire: Wire) -> None:
        seen.setdefault(asked.path, set()).add(asked.headers["user-agent"])
        await wire.send(response(PAGE))

    scan_answer(answer, inner_pages=0)
    assert seen["/robots.txt"] == {"uji"}
    assert seen["/"] == {each.user_agent for each in GUISES.values()}
