"""Layers three and four: is it the right page, and is it cared for?"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from collectors.websites.judging import retry_after
from collectors.websites.options import Options, expectations_for, parse_status_ranges
from collectors.websites.pages import decode, last_modified, newest_date, read_page, refresh_target
from collectors.websites.signatures import SHORT_PAGE
from command_centre.domain.reading import Reason, Status
from tests.support.http_servers import GOOD_PAGE, Asked, Wire, look_at_answer, response, value

TODAY = date(2026, 11, 24)


# --- characters and wanted texts (W8) -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("text/html; charset=utf-8", "<p>Café Balai Kota</p>".encode()),
        ("text/html; charset=ISO-8859-1", "<p>Café Balai Kota</p>".encode("latin-1")),
        ("text/html", "<p>Café Balai Kota</p>".encode("latin-1")),
        ("text/html", "<p>Café Balai Kota</p>".encode()),
        ("text/html; charset=windows-1252", "<p>“Café Balai Kota”</p>".encode("cp1252")),
        ("text/html; charset=utf-16", b"\xff\xfe" + "<p>Café Balai Kota</p>".encode("utf-16-le")),
        ("text/html", b"\xef\xbb\xbf" + "<p>Café Balai Kota</p>".encode()),
        ("text/html; charset=utf8mb4", "<p>Café Balai Kota</p>".encode()),
        ("text/html; charset=tidak-ada", "<p>Café Balai Kota</p>".encode()),
        ("text/html", "<meta charset='utf-16'><p>Café Balai Kota</p>".encode()),
        ("text/html", "<meta charset='iso-8859-1'><p>Café Balai Kota</p>".encode("latin-1")),
        ("text/html; charset=utf-8", b"<p>Caf&eacute; Balai&#32;Kota</p>"),
        ("text/html; charset=utf-8", "<p>Café\n   Balai\tKota</p>".encode()),
        ("text/html; charset=utf-8", "<p>\x00\xff Café Balai Kota".encode("utf-8", "surrogatepass") + b"\xc3\x28\xff"),
        ("", "<p>Café Balai Kota</p>".encode()),
    ],
)
def test_a_wanted_text_is_found_in_every_charset_and_as_entities(kind: str, body: bytes) -> None:  # W8
    wanted = look_at_answer(response(body, kind=kind), must_contain=("Café Balai Kota",))
    unwanted = look_at_answer(response(body, kind=kind), must_not_contain=("Café Balai Kota",))
    assert (wanted.status, wanted.reason) == (Status.UP, Reason.OK)
    assert (unwanted.status, unwanted.reason) == (Status.DOWN, Reason.CONTENT_FORBIDDEN)


def test_a_missing_text_is_a_mismatch_and_named() -> None:  # W8
    reading = look_at_answer(response(), must_contain=("Selamat datang", "Kecamatan"))
    assert (reading.status, reading.reason) == (Status.DOWN, Reason.CONTENT_MISMATCH)
    assert "Kecamatan" in reading.detail


def test_a_text_across_pieces_of_the_transfer_is_found() -> None:
    async def in_pieces(asked: Asked, wire: Wire) -> None:
        whole = response()
        cut = whole.index(b"Selamat datang") + 5
        await wire.send(whole[:cut])
        await wire.send(whole[cut:])

    assert look_at_answer(in_pieces, must_contain=("Selamat datang",)).status is Status.UP


def test_what_lies_beyond_the_reading_limit_is_not_called_missing() -> None:
    reading = look_at_answer(response("a" * 3000), must_contain=("di ujung",), max_body_bytes=2000)
    assert reading.reason is Reason.BODY_TOO_LARGE


def test_the_register_overrides_the_options_for_one_site() -> None:
    attributes = {
        "must_contain": "Selamat datang | Dinas",
        "must_not_contain": "slot gacor",
        "expect_status": "200,404",
        "slow_after": "800ms",
        "content_max_age_days": "90",
        "allowed_hosts": "a.test, B.test",
    }
    expected = expectations_for(Options(must_contain=("lain",)), attributes)
    assert expected.must_contain == ("Selamat datang", "Dinas")
    assert expected.must_not_contain == ("slot gacor",)
    assert expected.accepts(404)
    assert not expected.accepts(403)
    assert expected.slow_after == timedelta(milliseconds=800)
    assert expected.content_max_age == timedelta(days=90)
    assert expected.allowed_hosts == {"a.test", "b.test"}


@pytest.mark.parametrize("attributes", [{"expect_status": "dua ratus"}, {"slow_after": "lama"}, {"content_max_age_days": "-1"}])
def test_a_mistake_in_the_register_is_the_editors_and_not_the_sites(attributes: dict[str, str]) -> None:
    reading = look_at_answer(response(), attributes=attributes)
    assert (reading.status, reading.reason) == (Status.UNKNOWN, Reason.CONFIG)


def test_status_ranges_are_read_as_people_write_them() -> None:
    assert parse_status_ranges("200, 301-303,4xx") == ((200, 200), (301, 303), (400, 499))
    with pytest.raises(ValueError, match="backwards"):
        parse_status_ranges("303-301")


# --- pages that are not the site ----------------------------------------------------------------------------------------------

STRANGERS: list[tuple[Reason, str, str]] = [
    (Reason.DEFAULT_PAGE, "Welcome to nginx!", "<h1>Welcome to nginx!</h1>"),
    (Reason.DEFAULT_PAGE, "Apache2 Ubuntu Default Page: It works", "<p>Congratulations</p>"),
    (Reason.DIRECTORY_LISTING, "Index of /", "<a href='cadangan.sql'>cadangan.sql</a>"),
    (Reason.SUSPENDED, "Account Suspended", "<p>This account has been suspended. Contact billing.</p>"),
    (Reason.APP_ERROR, "Kesalahan", "<h1>Error establishing a database connection</h1>"),
    (Reason.APP_ERROR, "Portal", "<b>Fatal error</b>:  Uncaught Error: call to undefined function in /var/www/x.php:3"),
    (Reason.APP_ERROR, "Portal", "SQLSTATE[HY000] [2002] Connection refused"),
    (Reason.PARKED, "kota-contoh.example is for sale", "<p>Make an offer</p>"),
    (Reason.DOMAIN_EXPIRED, "Domain", "<p>Domain ini telah kedaluwarsa.</p>"),
    (Reason.DEFACE, "Hacked By Kelompok Uji", "<h1>HACKED BY KELOMPOK UJI</h1>"),
    (Reason.BLOCKED, "Internet Positif", "<p>Situs ini tidak dapat diakses.</p>"),
]


@pytest.mark.parametrize(("reason", "title", "body"), STRANGERS)
def test_a_page_that_is_not_the_site_is_down_and_named(reason: Reason, title: str, body: str) -> None:
    reading = look_at_answer(response(f"<html><head><title>{title}</title></head><body>{body}</body></html>"))
    assert (reading.status, reading.reason) == (Status.DOWN, reason)


@pytest.mark.parametrize("status", [200, 403, 503])
def test_a_robot_check_is_degraded_whatever_its_status(status: int) -> None:
    page = '<title>Just a moment...</title><script src="/cdn-cgi/challenge-platform/h/b/orchestrate"></script>'
    reading = look_at_answer(response(page, status))
    assert (reading.status, reading.reason) == (Status.DEGRADED, Reason.BOT_CHALLENGE)


def test_a_maintenance_page_is_degraded() -> None:
    reading = look_at_answer(response("<title>Info</title><p>Mohon maaf, situs sedang dalam pemeliharaan.</p>"))
    assert (reading.status, reading.reason) == (Status.DEGRADED, Reason.MAINTENANCE)


def test_an_article_about_a_hacked_site_is_not_a_hacked_site() -> None:
    article = "<p>Polisi memeriksa kasus situs yang bertuliskan hacked by kelompok X, account suspended, sqlstate[.</p>"
    page = (
        f"<html><head><title>Berita: situs hacked by kelompok X</title></head><body>{article * (SHORT_PAGE // 50)}</body></html>"
    )
    assert look_at_answer(response(page)).status is Status.UP


def test_a_page_with_the_wanted_text_is_the_right_page_even_if_it_mentions_maintenance() -> None:
    page = "<title>Portal</title><p>Selamat datang. Layanan X sedang dalam pemeliharaan.</p>"
    assert look_at_answer(response(page), must_contain=("Selamat datang",)).status is Status.UP


def test_texts_inside_scripts_and_comments_are_not_seen() -> None:
    page = GOOD_PAGE.replace("</body>", "<!-- under maintenance --><script>var t='under maintenance'</script></body>")
    assert look_at_answer(response(page)).status is Status.UP


@pytest.mark.parametrize(
    ("body", "status", "reason"),
    [
        ("", Status.DOWN, Reason.EMPTY_BODY),
        ("<html><head><title></title></head><body><div id='app'></div></body></html>", Status.DEGRADED, Reason.EMPTY_BODY),
        (
            "<html><head><title>Portal</title></head><body><div id='root'></div><script src='/a.js'></script></body>",
            Status.UP,
            Reason.OK,
        ),
        ("<frameset><frame src='/a'></frameset>", Status.UP, Reason.OK),
    ],
    ids=["no byte", "nothing to see", "application that builds itself", "frames"],
)
def test_empty_pages_are_told_from_pages_that_build_themselves(body: str, status: Status, reason: Reason) -> None:
    reading = look_at_answer(response(body))
    assert (reading.status, reading.reason) == (status, reason)


def test_an_answer_without_content_by_its_status_is_up() -> None:
    assert look_at_answer(b"HTTP/1.1 204 No Content\r\n\r\n").status is Status.UP


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/json", b'{"status":"ok"}'),
        ("application/pdf", b"%PDF-1.4 \xe2\xe3"),
        ("text/html", bytes(range(1, 256)) * 8),
    ],
)
def test_other_kinds_of_content_are_up(kind: str, body: bytes) -> None:
    assert look_at_answer(response(body, kind=kind)).status is Status.UP


# --- statuses -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "headers", "expected", "reason"),
    [
        (404, [], Status.DOWN, Reason.HTTP_STATUS),
        (500, [], Status.DOWN, Reason.HTTP_STATUS),
        (503, [], Status.DOWN, Reason.HTTP_STATUS),
        (503, ["Retry-After: 3600"], Status.DEGRADED, Reason.MAINTENANCE),
        (503, ["Retry-After: segera"], Status.DOWN, Reason.HTTP_STATUS),
        (429, ["Retry-After: 120"], Status.DEGRADED, Reason.RATE_LIMITED),
        (429, [], Status.DEGRADED, Reason.RATE_LIMITED),
        (401, ['WWW-Authenticate: Basic realm="x"'], Status.DOWN, Reason.AUTH_REQUIRED),
        (999, [], Status.DOWN, Reason.HTTP_STATUS),
        (304, [], Status.DOWN, Reason.HTTP_STATUS),
    ],
)
def test_each_status_has_its_verdict(status: int, headers: list[str], expected: Status, reason: Reason) -> None:
    reading = look_at_answer(response(f"<h1>Galat {status}</h1>", status, headers))
    assert (reading.status, reading.reason) == (expected, reason)
    assert value(reading, "http_status_code") == status


def test_the_time_to_stay_away_is_kept() -> None:
    assert look_at_answer(response("", 429, ["Retry-After: 120"])).evidence["retry_after_seconds"] == 120


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("120", 120), ("Tue, 24 Nov 2026 05:00:00 GMT", 3600), ("Tue, 24 Nov 2026 03:00:00 GMT", 0), ("segera", None),
        ("-5", None),
        ("", None), ("9" * 30, 86_400), ("Tue, 99 Nov 2026 05:00:00 GMT", None), ("\uff11\uff12\uff10", None),
    ],
)  # fmt: skip
def test_retry_after_is_believed_only_in_earnest_and_at_most_a_day(header: str, seconds: int | None) -> None:
    found = retry_after(header, datetime(2026, 11, 24, 4, tzinfo=UTC))
    assert found == (None if seconds is None else timedelta(seconds=seconds))


def test_an_expected_status_is_up() -> None:
    assert look_at_answer(response("x", 404), expect_status=((200, 299), (404, 404))).status is Status.UP
    assert look_at_answer(response("x", 200), expect_status=((404, 404),)).reason is Reason.HTTP_STATUS


def test_a_slow_answer_is_degraded() -> None:
    async def slow(asked: Asked, wire: Wire) -> None:
        import asyncio

        await asyncio.sleep(0.2)
        await wire.send(response())

    assert look_at_answer(slow, slow_after=timedelta(seconds=0.1)).reason is Reason.SLOW
    assert look_at_answer(slow, slow_after=timedelta(seconds=3)).reason is Reason.OK
    assert look_at_answer(slow, attributes={"slow_after": "100ms"}).reason is Reason.SLOW


# --- freshness ----------------------------------------------------------------------------------------------------------------


def test_neglected_content_is_degraded_only_where_an_age_is_agreed() -> None:
    old = datetime.now(UTC).date() - timedelta(days=200)
    page = GOOD_PAGE.replace("</body>", f"<p>Berita {old.day}/{old.month}/{old.year}</p></body>")
    assert look_at_answer(response(page)).status is Status.UP
    stale = look_at_answer(response(page), attributes={"content_max_age_days": "90"})
    assert (stale.status, stale.reason) == (Status.DEGRADED, Reason.CONTENT_STALE)
    assert 200 <= value(stale, "content_age_seconds") / 86_400 < 202
    assert look_at_answer(response(page), attributes={"content_max_age_days": "365"}).status is Status.UP


def test_a_page_without_any_date_has_no_age() -> None:
    reading = look_at_answer(response(), attributes={"content_max_age_days": "1"})
    assert reading.status is Status.UP
    assert "content_age_seconds" not in reading.values


@pytest.mark.parametrize(
    ("text", "newest"),
    [
        ("<time datetime='2026-11-20T08:00'>", date(2026, 11, 20)),
        ("Senin, 16 November 2026", date(2026, 11, 16)),
        ("16 Nopember 2026 dan 3 Agustus 2026", date(2026, 11, 16)),
        ("17/08/2026", date(2026, 8, 17)),
        ("Bontang, 5 Mei 2025 | 1 Jan 2026", date(2026, 1, 1)),
        ("hari ini 24 November 2026, besok 25 November 2026", None),
        ("2026-13-40, 31 Februari 2026, 99/99/2026", None),
        ("(c) 2026", None),
        ("120260-11-201", None),
    ],
)
def test_the_newest_date_before_today_is_found(text: str, newest: date | None) -> None:
    assert newest_date(text, TODAY) == newest


def test_last_modified_is_read_or_absent() -> None:
    assert last_modified("Wed, 21 Oct 2026 07:28:00 GMT") == datetime(2026, 10, 21, 7, 28, tzinfo=UTC)
    assert last_modified("kemarin") is None


# --- what is shown ------------------------------------------------------------------------------------------------------------


def test_a_hostile_title_is_made_fit_to_be_shown() -> None:
    page = "<title>Portal &lt;b&gt; \x1b]0;judul\x07 \u202e&#27;[31m" + "panjang " * 100 + "</title><p>isi</p>"
    title = str(look_at_answer(response(page)).evidence["title"])
    assert len(title) <= 120
    assert title.startswith("Portal <b>")
    assert title.isprintable()


def test_the_decoder_survives_every_byte() -> None:
    everything = bytes(range(256)) * 4
    for charset in ("utf-8", "utf-16", "gb2312", "shift_jis", "iso-2022-jp", "base64", "idna", ""):
        assert isinstance(decode(everything, f"text/html; charset={charset}"), str)


def test_a_page_is_walked_once_and_gives_its_facts() -> None:
    source = "<TITLE>Judul</TITLE><META HTTP-EQUIV=refresh CONTENT='2; URL=/baru'><p>Isi 2026-11-01</p>"
    page = read_page(source.encode(), "text/html", expectations_for(Options(), {}), TODAY)
    assert (page.title, page.refresh, page.newest_content, page.is_blank) == ("Judul", "/baru", date(2026, 11, 1), False)
    assert refresh_target("0;url='/x'") == "/x"
    assert refresh_target("bukan; angka") is None
