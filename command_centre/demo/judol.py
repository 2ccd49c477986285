"""What an intruder leaves in the pages of a simulated site: links that no visitor sees, or a page for search engines only. Pure.

Written for the judol watch to find, as it would in the real city. Everything in it is simulated; the hosts end in
``.example``, which nobody can own.
"""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import format_datetime

from command_centre.demo.pages import Page
from command_centre.demo.rhythm import CITY_ZONE

BRANDS = ("naga88", "raja77slot", "mahjong168", "hoki4d", "zeus138", "sultanbet88")
OFFERS = (
    "slot gacor hari ini",
    "situs slot maxwin",
    "daftar togel resmi",
    "bandar judi online",
    "rtp slot tertinggi",
    "link slot gacor",
)
ROBOTS = ("googlebot", "bingbot", "yandex", "duckduckbot")
SEARCHES = ("google.", "bing.", "yandex.", "duckduckgo.")


def hidden_links() -> str:
    """A block of links that people do not see."""
    links = "".join(
        f'<a href="https://{brand}.example/{number}">{offer}</a> '
        for number, (brand, offer) in enumerate(zip(BRANDS * 2, OFFERS * 2, strict=True), 1)
    )
    return f'<div style="position:absolute;left:-9999px;height:0;overflow:hidden">{links}</div>\n'


def is_shown_to(headers: Mapping[str, str]) -> bool:
    """Whether a cloaked page is shown: to search engines, and to people who come from one. Header names in small letters."""
    agent, referrer = headers.get("user-agent", "").lower(), headers.get("referer", "").lower()
    return any(name in agent for name in ROBOTS) or any(name in referrer for name in SEARCHES)


def planted(page: Page, at: datetime) -> Page:
    """The site's own page with the hidden block in it, for whoever asks."""
    return _with(page, page.plain.replace(b"<main>", hidden_links().encode() + b"<main>", 1), at)


def cloaked(page: Page, headers: Mapping[str, str], at: datetime) -> Page:
    """The site's own page to people; to search engines one that sells."""
    if not is_shown_to(headers):
        return page
    head = b"<title>SLOT GACOR HARI INI - Situs Slot Maxwin Terpercaya | "
    sold = page.plain.replace(b"<title>", head, 1).replace(b"<main>", hidden_links().encode() + _LURE.encode() + b"<main>", 1)
    return _with(page, sold, at)


def _with(page: Page, content: bytes, at: datetime) -> Page:
    if content == page.plain:
        raise AssertionError("the page has no place where this could stand")
    changed = format_datetime(
        at.astimezone(CITY_ZONE).replace(hour=0, minute=0, second=0, microsecond=0).astimezone(UTC), usegmt=True
    )
    return Page(content, gzip.compress(content, 6, mtime=0), changed)


_LURE = (
    "<section><h2>Daftar slot gacor hari ini</h2><p>Situs slot gacor maxwin dengan RTP slot tertinggi. Daftar sekarang, deposit "
    "pulsa tanpa potongan, bonus new member 100 persen, scatter mahjong gampang menang, togel dan bandar judi online.</p>"
    "</section>\n"
)
