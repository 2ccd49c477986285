"""Lists of addresses a site gives to search engines: robots.txt, sitemaps, feeds. What an intruder adds there is evidence. Pure.

XML is read without entities, network or document types: a bomb is only a broken file.
"""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from urllib.parse import urljoin

from lxml import etree

from collectors.integrity import weighing
from collectors.integrity.document import host_of
from collectors.integrity.evidence import PageSite, heaviest, path_of
from collectors.integrity.lexicon import HostGrade, Lexicon
from collectors.websites.addresses import is_own_host
from command_centre.domain.integrity import Finding, FindingKind, Signal

MOST_ADDRESSES = 50_000
"""As many as the sitemap protocol allows in one file."""

LARGEST = 50 * 1024 * 1024
"""Unpacked; also the protocol's limit."""

MOST_SUSPECTS = 20
MANY = 3
"""So many gambling addresses in one list are no accident."""

MOST_JUDGED = 500
"""So many suspicious addresses of one list are judged; more would prove nothing more."""

MANY_KEYWORDS = 5
"""So many addresses that are only a topic's name (``togel-online-17``) are none, either."""


@dataclass(frozen=True, slots=True)
class Listing:
    """What one such file holds. ``children`` are further files; ``suspects`` own pages whose address offers gambling."""

    addresses: int = 0
    sample: tuple[str, ...] = ()
    children: tuple[str, ...] = ()
    suspects: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    flaw: str = ""


def read_robots(lexicon: Lexicon, text: str, site: PageSite) -> Listing:
    """robots.txt: the sitemaps it names, and rules about gambling paths."""
    pairs = [line.partition("#")[0].partition(":") for line in text[:500_000].splitlines()[:5_000]]
    sitemaps = [value.strip() for name, _, value in pairs if name.strip().lower() == "sitemap"]
    rules = [value.strip() for name, _, value in pairs if name.strip().lower() in ("allow", "disallow")]
    own = [each for each in sitemaps if is_own_host(site.host, host_of(each), site.allowed_hosts)]
    offering = _offering(lexicon, rules)
    findings = [*_foreign_sitemaps(lexicon, sitemaps, site), *_addressed(offering, site, FindingKind.ROBOTS, "robots.txt")]
    suspects = tuple(urljoin(site.url, path) for path, _ in offering[:MOST_SUSPECTS] if "*" not in path)
    return Listing(children=tuple(own[:20]), suspects=suspects, findings=heaviest(findings))


def _foreign_sitemaps(lexicon: Lexicon, sitemaps: Sequence[str], site: PageSite) -> Iterator[Finding]:
    for each in sitemaps:
        host = host_of(each)
        if not host or is_own_host(site.host, host, site.allowed_hosts):
            continue
        grade = lexicon.grade_host(host)
        if grade in (HostGrade.GAMBLING, HostGrade.BRAND_LIKE):
            why = f"robots.txt names a sitemap on a gambling host, {host}"
            yield Finding(Signal.PATHS, FindingKind.ROBOTS, site.view, site.url, "robots.txt", each[:300], why, 0.85)


def read_sitemap(lexicon: Lexicon, body: bytes, site: PageSite, turn: int) -> Listing:
    """A sitemap or an index of them, packed or not. ``turn`` chooses which of its pages are sampled this time."""
    raw, flaw = _unpacked(body)
    if not flaw and raw.lstrip()[:1] != b"<":
        return _listing(
            lexicon, [line.strip() for line in raw.decode("utf-8", "replace").splitlines() if "://" in line], (), site, turn
        )
    addresses: list[str] = []
    children: list[str] = []
    flaw = flaw or _walk(raw, addresses, children)
    return _listing(lexicon, addresses, tuple(children), site, turn, flaw)


def _unpacked(body: bytes) -> tuple[bytes, str]:
    if not body.startswith(b"\x1f\x8b"):
        return body, ""
    try:
        with gzip.open(io.BytesIO(body)) as file:
            return file.read(LARGEST), ""
    except (OSError, EOFError, zlib.error):
        return b"", "the packed sitemap is broken"


def _walk(raw: bytes, addresses: list[str], children: list[str]) -> str:
    """Collect the addresses; answers what is wrong with the file, empty when nothing is."""
    try:
        for _, element in _elements(raw, ("{*}loc", "loc", "{*}link", "link")):
            parent = element.getparent()
            name = etree.QName(parent).localname if parent is not None else ""
            target = children if name == "sitemap" else addresses
            if len(target) < MOST_ADDRESSES and element.text:
                target.append(element.text.strip()[:2_000])
            _forget(element)
    except etree.XMLSyntaxError as trouble:
        return f"not well-formed XML ({str(trouble)[:80]})"
    return ""


def _elements(raw: bytes, tags: Sequence[str]) -> Iterator[tuple[str, etree._Element]]:
    yield from etree.iterparse(
        io.BytesIO(raw), tag=tags, resolve_entities=False, no_network=True, load_dtd=False, recover=True, huge_tree=False
    )


def _forget(element: etree._Element) -> None:
    """Give the memory of what has been read back."""
    element.clear()
    parent = element.getparent()
    before = parent.getprevious() if parent is not None else None
    while before is not None:
        before.getparent().remove(before)
        before = parent.getprevious()


def _listing(
    lexicon: Lexicon, addresses: Sequence[str], children: tuple[str, ...], site: PageSite, turn: int, flaw: str = ""
) -> Listing:
    own = _own(addresses, site)
    offering = _offering(lexicon, addresses)
    return Listing(
        addresses=len(addresses),
        sample=_sampled(own, turn),
        children=tuple(each for each in children if is_own_host(site.host, host_of(each), site.allowed_hosts))[:50],
        suspects=_suspects(offering, site),
        findings=heaviest(tuple(_addressed(offering, site, FindingKind.SITEMAP, "sitemap"))),
        flaw=flaw,
    )


def _own(addresses: Sequence[str], site: PageSite) -> list[str]:
    """The addresses of the site itself; each host is judged once."""
    known: dict[str, bool] = {}
    found = []
    for each in addresses:
        origin = each[: each.find("/", 8)] if each.find("/", 8) > 0 else each
        if origin not in known:
            known[origin] = is_own_host(site.host, host_of(origin), site.allowed_hosts)
        if known[origin]:
            found.append(each)
    return found


def _suspects(offering: Sequence[tuple[str, str]], site: PageSite) -> tuple[str, ...]:
    """Own pages whose address offers gambling, as far as they are visited."""
    return tuple(_own([address for address, _ in offering[:MOST_SUSPECTS]], site))


SAMPLED = 12


def _sampled(addresses: Sequence[str], turn: int) -> tuple[str, ...]:
    """A few pages, others each time; over the nights all of them come round."""
    if len(addresses) <= SAMPLED:
        return tuple(addresses)
    start = (turn * SAMPLED) % len(addresses)
    return tuple((*addresses, *addresses)[start : start + SAMPLED])


def _offering(lexicon: Lexicon, addresses: Sequence[str]) -> list[tuple[str, str]]:
    """Addresses whose path offers gambling, each with its phrases; and those that are only a keyword, if there are many."""
    offers, keywords = [], []
    for each in islice(_rooted(lexicon, addresses), MOST_JUDGED):
        path = path_of(each)
        hits = weighing.offering_slug(lexicon, path)
        if hits:
            offers.append((each, weighing.phrases_of(hits)))
        elif weighing.is_keyword_slug(lexicon, path):
            keywords.append((each, "nothing but keywords"))
    return offers + keywords if len(keywords) >= MANY_KEYWORDS else offers


def _rooted(lexicon: Lexicon, addresses: Sequence[str]) -> Iterator[str]:
    """The addresses in whose path a root stands; a glance at all of them together spares most lists the rest."""
    if not lexicon.has_root("\n".join(addresses).lower()) and not any("%" in each for each in addresses):
        return
    for each in addresses:
        low = each.lower()
        if ("%" in low or lexicon.has_root(low)) and lexicon.has_root(path_of(each).lower()):
            yield each


def _addressed(found: Sequence[tuple[str, str]], site: PageSite, kind: FindingKind, place: str) -> Iterator[Finding]:
    if not found:
        return
    shown = "; ".join(address for address, _ in found[:4])
    plural = "es" if len(found) > 1 else ""
    more = "at least " if len(found) >= MOST_JUDGED else ""
    why = f"{place} lists {more}{len(found)} address{plural} that offer gambling: {found[0][1]}"
    weight = 0.9 if len(found) >= MANY else 0.4
    yield Finding(Signal.PATHS, kind, site.view, site.url, place, shown[:400], why, weight, is_decisive=len(found) >= 10 * MANY)


def read_feed(lexicon: Lexicon, body: bytes, site: PageSite) -> Listing:
    """A news feed: its titles and addresses."""
    titles: list[str] = []
    addresses: list[str] = []
    try:
        for _, element in _elements(body, ("{*}title", "title", "{*}link", "link")):
            text = (element.text or element.get("href") or "").strip()[:500]
            (addresses if etree.QName(element).localname == "link" else titles).append(text)
            if len(titles) > 2_000:
                break
    except etree.XMLSyntaxError as trouble:
        return Listing(flaw=f"not well-formed XML ({str(trouble)[:80]})")
    offering = [(each, hits) for each in titles if (hits := weighing.offering_title(lexicon, each)) and weighing.sells(hits)]
    addressed = _offering(lexicon, addresses)
    findings = list(_addressed(addressed, site, FindingKind.FEED, "feed"))
    if offering:
        weight = 0.85 if len(offering) >= MANY else 0.6
        plural = "s" if len(offering) > 1 else ""
        why = f"the feed carries {len(offering)} title{plural} that offer gambling: {weighing.phrases_of(offering[0][1])}"
        findings.append(Finding(Signal.PATHS, FindingKind.FEED, site.view, site.url, "feed", offering[0][0][:300], why, weight))
    own = _own(addresses, site)
    return Listing(len(addresses), suspects=_suspects(addressed, site), sample=tuple(own[:SAMPLED]), findings=heaviest(findings))
