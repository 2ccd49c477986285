"""Whatever a server sends costs bounded time and memory, and becomes a classified reading."""

from __future__ import annotations

import asyncio
import gzip
import threading
import time
import zlib
from collections.abc import Callable
from datetime import timedelta

import pytest

from collectors.websites.decoding import BadEncodingError, Decoder, layers_of
from command_centre.domain.reading import Reason, Status
from tests.support.http_servers import GOOD_PAGE, Asked, Wire, look_at, look_at_answer, response, serving, value

LIMIT = 5 * 1024 * 1024
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n"


def test_an_endless_body_is_read_to_the_limit_and_no_further() -> None:  # W3
    sent = 0

    async def endless(asked: Asked, wire: Wire) -> None:
        nonlocal sent
        await wire.send(HEAD + b"Transfer-Encoding: chunked\r\n\r\n")
        for _ in range(4000):
            await wire.send(b"10000\r\n" + b"a" * 65536 + b"\r\n")
            sent += 65536

    reading = look_at_answer(endless)
    assert (reading.status, reading.reason) == (Status.DEGRADED, Reason.BODY_TOO_LARGE)
    assert value(reading, "body_bytes") == LIMIT
    assert sent < 16 * 1024 * 1024


def _bomb(megabytes: int) -> bytes:
    packer = zlib.compressobj(1, zlib.DEFLATED, 31)
    return b"".join(packer.compress(bytes(1 << 20)) for _ in range(megabytes)) + packer.flush()


def test_a_gzip_bomb_is_stopped_at_the_limit_of_what_it_unpacks_to() -> None:  # W3
    bomb = _bomb(100)
    begun = time.process_time()
    reading = look_at_answer(response(bomb, headers=["Content-Encoding: gzip"]))
    assert (reading.status, reading.reason) == (Status.DEGRADED, Reason.BODY_TOO_LARGE)
    assert value(reading, "body_bytes") == LIMIT, "counted as unpacked"
    assert time.process_time() - begun < 2


def test_a_bomb_inside_a_bomb_is_stopped_as_well() -> None:
    reading = look_at_answer(response(gzip.compress(_bomb(100)), headers=["Content-Encoding: gzip, gzip"]))
    assert reading.reason is Reason.BODY_TOO_LARGE


def test_a_stream_that_unpacks_to_nothing_is_stopped_by_what_came_over_the_wire() -> None:
    empty_block = b"\x00\x00\x00\xff\xff"  # a stored deflate block of length 0

    async def nothing(asked: Asked, wire: Wire) -> None:
        await wire.send(HEAD + b"Content-Encoding: gzip\r\nConnection: close\r\n\r\n" + gzip.compress(b"")[:10])
        for _ in range(4000):
            await wire.send(empty_block * 13_000)

    reading = look_at_answer(nothing)
    assert reading.status is not Status.UP
    assert value(reading, "body_bytes") == 0


def test_headers_of_five_megabytes_are_too_large() -> None:  # W3
    reading = look_at_answer(HEAD + b"X-Besar: " + b"a" * (5 << 20) + b"\r\n\r\n")
    assert (reading.status, reading.reason) == (Status.DOWN, Reason.HEADER_TOO_LARGE)


def test_headers_without_end_are_too_large() -> None:
    async def endless(asked: Asked, wire: Wire) -> None:
        await wire.send(HEAD)
        for i in range(100_000):
            await wire.send(f"X-{i}: {'a' * 1000}\r\n")

    assert look_at_answer(endless).reason is Reason.HEADER_TOO_LARGE


def test_interim_answers_without_end_run_into_the_time_limit() -> None:
    async def endless(asked: Asked, wire: Wire) -> None:
        for _ in range(3000):
            await wire.send("HTTP/1.1 100 Continue\r\n\r\n")
            await asyncio.sleep(0.01)

    reading = look_at_answer(endless, timeout=timedelta(seconds=0.6))
    assert reading.status is Status.DOWN
    assert reading.reason.reason_class in ("timeout", "header_too_large")


def test_the_whole_look_keeps_its_time_limit_over_all_hops() -> None:
    async def dawdle(asked: Asked, wire: Wire) -> None:
        await asyncio.sleep(0.3)
        await wire.send(f"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: {asked.path}x\r\n\r\n")

    begun = time.perf_counter()
    reading = look_at_answer(dawdle, timeout=timedelta(seconds=0.8))
    assert reading.reason.reason_class == "timeout"
    assert time.perf_counter() - begun < 2.5, "ten hops of 0.3 s each would take 3 s"


@pytest.mark.parametrize(
    "coding", ["gzip", "x-gzip", "deflate", "raw deflate", "two layers", "two members", "junk behind", "identity", "br unasked"]
)
def test_each_way_of_packing_a_page_is_unpacked(coding: str) -> None:
    page = GOOD_PAGE.encode()
    packed = gzip.compress(page)
    header, body = {
        "gzip": ("gzip", packed),
        "x-gzip": ("x-gzip", packed),
        "deflate": ("deflate", zlib.compress(page)),
        "raw deflate": ("deflate", zlib.compress(page)[2:-4]),
        "two layers": ("gzip, gzip", gzip.compress(packed)),
        "two members": ("gzip", gzip.compress(page[:60]) + gzip.compress(page[60:])),
        "junk behind": ("gzip", packed + b"SISA"),
        "identity": ("identity", page),
        "br unasked": ("br", _stored_brotli(page)),
    }[coding]
    reading = look_at_answer(response(body, headers=[f"Content-Encoding: {header}"]), must_contain=("Selamat datang",))
    assert (reading.status, reading.reason) == (Status.UP, Reason.OK)
    assert value(reading, "body_bytes") == len(page)


def _stored_brotli(page: bytes) -> bytes:
    """The page as one uncompressed brotli meta-block (RFC 7932, 9.2), so that no brotli library is needed."""
    assert 1 < len(page) <= 1 << 16
    # WBITS=16 is the single bit 0; then ISLAST=0, MNIBBLES=00 (four nibbles), MLEN-1 in 16 bits, ISUNCOMPRESSED=1, padding.
    bits = (len(page) - 1) << 4 | 1 << 20
    return bits.to_bytes(3, "little") + page + b"\x03"  # ISLAST=1, ISLASTEMPTY=1


@pytest.mark.parametrize(
    ("header", "body"),
    [
        ("gzip", GOOD_PAGE.encode()),
        ("gzip", gzip.compress(GOOD_PAGE.encode())[:-40]),
        ("gzip", gzip.compress(GOOD_PAGE.encode())[:-8] + bytes(8)),
        ("aneh", GOOD_PAGE.encode()),
        ("gzip, aneh", GOOD_PAGE.encode()),
        ("gzip, gzip, gzip, gzip, gzip", GOOD_PAGE.encode()),
        ("deflate", b"\xff" * 100),
    ],
    ids=["not gzip at all", "cut off", "wrong checksum", "unknown", "unknown within", "too many layers", "not deflate"],
)
def test_a_page_that_cannot_be_unpacked_says_so(header: str, body: bytes) -> None:
    reading = look_at_answer(response(body, headers=[f"Content-Encoding: {header}"]))
    assert (reading.status, reading.reason) == (Status.DOWN, Reason.BAD_ENCODING)


@pytest.mark.parametrize("size", [1, 2, 7, 4096])
def test_the_decoder_gives_the_same_whatever_the_pieces(size: int) -> None:
    page = GOOD_PAGE.encode() * 30
    packed = gzip.compress(page[:100]) + gzip.compress(page[100:]) + b"\x1f"
    decoder = Decoder(["gzip"])
    unpacked = b"".join(decoder.feed(packed[i : i + size], 1 << 20) for i in range(0, len(packed), size))
    decoder.finish()
    assert unpacked == page


def test_the_decoder_never_gives_much_more_than_there_is_room_for() -> None:
    decoder = Decoder(["gzip"])
    assert len(decoder.feed(_bomb(20), 1000)) <= 1001
    with pytest.raises(BadEncodingError):
        decoder.finish()


def test_layers_are_read_from_the_header() -> None:
    assert layers_of(" GZIP , identity,br ") == ("gzip", "br")
    assert layers_of("") == ()


HOSTILE: dict[str, Callable[[], str]] = {
    "60,000 nested elements": lambda: "<div>" * 60_000 + "isi" + "</div>" * 60_000,
    "100,000 attributes": lambda: "<p " + " ".join(f"a{i}=1" for i in range(100_000)) + ">isi</p>",
    "tags without end": lambda: '<a href="' * 200_000,
    "nothing but brackets": lambda: "<" * 1_000_000,
    "scripts without end": lambda: "<script>" * 150_000,
    "comments without end": lambda: "<!--" * 250_000,
    "years": lambda: "20" * 500_000,
    "meta tags": lambda: '<meta http-equiv=refresh content="' * 30_000,
    "entities": lambda: "&amp;" * 800_000,
    "spaces": lambda: " " * 4_000_000,
}


@pytest.mark.parametrize("kind", list(HOSTILE))
def test_hostile_markup_costs_less_than_a_second(kind: str) -> None:
    page = HOSTILE[kind]()
    begun = time.process_time()
    reading = look_at_answer(response(page), must_contain=("tidak ada",))
    assert reading.reason in (Reason.CONTENT_MISMATCH, Reason.BODY_TOO_LARGE)
    assert time.process_time() - begun < 1.0


def test_a_pattern_that_does_not_come_to_an_end_is_the_editors_mistake_and_not_the_sites() -> None:
    reading = look_at_answer(response("a" * 50_000 + "!"), must_match="(a+)+$")
    assert (reading.status, reading.reason) == (Status.UNKNOWN, Reason.CONFIG)


def test_many_looks_leave_nothing_behind() -> None:
    from tests.support.http_servers import looking, target

    async def scene() -> tuple[int, int]:
        async with serving(response()) as site, looking() as poller:
            await poller.poll(target(site.url()))
            threads = threading.active_count()
            for i in range(60):
                await poller.poll(target(site.url(), key=str(i)))
            return threads, threading.active_count()

    before, after = asyncio.run(scene())
    assert after <= before


def test_a_look_that_is_cancelled_closes_its_connection() -> None:
    async def scene() -> list[int]:
        async def never(asked: Asked, wire: Wire) -> None:
            await asyncio.sleep(30)

        async with serving(never) as site:
            task = asyncio.create_task(look_at(site.url()))
            while not site.requests:
                await asyncio.sleep(0.01)
            task.cancel()
            results = await asyncio.gather(task, return_exceptions=True)
            return [isinstance(each, asyncio.CancelledError) for each in results]

    assert asyncio.run(scene()) == [True]
