"""One scan of one site: the home page as five visitors, the lists it gives to search engines, a few pages further in.

The order is that of usefulness, so that a spent budget loses the least: home, lists, own scripts, pages whose address is
suspicious, pages linked from home, a rotating sample of the sitemap, and a handful of paths that intruders like.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from urllib.parse import urljoin

from collectors.integrity.comparing import against_baseline, cloaking, foreign_language, sent_elsewhere
from collectors.integrity.document import host_of
from collectors.integrity.evidence import PageFacts, PageSite, heaviest, redirect_findings
from collectors.integrity.lexicon import Lexicon
from collectors.integrity.listings import Listing
from collectors.integrity.options import ScanOptions
from collectors.integrity.reading import Answer, ReadingProcess, Task, What
from collectors.integrity.visiting import BudgetSpentError, Visit, Visitor, ends_by_view
from collectors.websites.options import Expectations
from collectors.websites.pages import read_page
from collectors.websites.resolving import Resolver
from command_centre.domain.integrity import (
    INDICATED_FROM,
    PAGE_VIEWS,
    REVIEW_FROM,
    Baseline,
    Body,
    Finding,
    FindingKind,
    Scan,
    ScanResult,
    Signal,
    View,
    combined_weight,
)
from command_centre.domain.reading import Reason

INNER_VIEWS = (View.BOT, View.BROWSER)
SUSPECT_VIEWS = (View.BOT, View.BROWSER, View.REFERRER, View.MOBILE)
MOST_SCRIPTS = 6
FEWEST_WORDS = 5
MOST_LISTS = 12
MOST_SUSPECTS = 6
NO_SUCH_PATH = "/tidak-ada-{seed}/"
"""Asked for once: a site that answers it with a page answers everything with that page."""

FEEDS = ("/feed/",)
SITEMAPS = ("/sitemap.xml", "/sitemap_index.xml")
_FILE = re.compile(r"\.(?:pdf|jpe?g|png|gif|webp|svg|docx?|xlsx?|pptx?|zip|rar|mp[34]|css|js|xml|txt|ico|apk)$", re.IGNORECASE)


class Scanner:
    """Scans sites, one after the other or several at once. ``close`` it at the end."""

    def __init__(self, options: ScanOptions, lexicon: Lexicon, reading: ReadingProcess) -> None:
        self._options = options
        self._lexicon = lexicon
        self._reading = reading
        self._resolver = Resolver(options.websites.servers)

    async def scan(self, url: str, at: datetime, before: Baseline | None = None) -> Scan:
        """Scan the site at ``url``. Whatever the site does becomes part of the result."""
        host = host_of(url)
        visitor = Visitor(self._options, self._resolver, host)
        walk = _Walk(self._options, self._lexicon, self._reading, visitor, url, host, at)
        try:
            await walk.go()
        except BudgetSpentError:
            walk.is_cut_short = True
        finally:
            await visitor.close()
        return walk.scan(before)

    async def close(self) -> None:
        """Give back sockets and the reading process."""
        await self._resolver.close()
        await self._reading.close()


class _Walk:
    """One scan while it is under way."""

    def __init__(
        self,
        options: ScanOptions,
        lexicon: Lexicon,
        reading: ReadingProcess,
        visitor: Visitor,
        url: str,
        host: str,
        at: datetime,
    ) -> None:
        self._options = options
        self._lexicon = lexicon
        self._reading = reading
        self._visitor = visitor
        self._url = url
        self._host = host
        self._at = at
        self._findings: list[Finding] = []
        self._unjudged: dict[View, str] = {}
        self._bodies: dict[str, Body] = {}
        self._home: PageFacts = PageFacts()
        self._sitemap_addresses: int | None = None
        self._suspects: dict[str, None] = {}
        self._sample: dict[str, None] = {}
        self._pages = 0
        self.is_cut_short = False

    async def go(self) -> None:
        """All of it, most useful first. Raises BudgetSpentError."""
        home = await self._page(self._url, PAGE_VIEWS)
        self._note_unjudged(home)
        if not any(each.has_answered for each in home.values()):
            return
        self._home = home.get(View.BROWSER, _Seen()).facts
        await self._lists()
        await self._scripts()
        self._suspects |= dict.fromkeys(self._suspicious(self._home.inner_links))
        for url in list(self._suspects)[:MOST_SUSPECTS]:
            await self._page(url, SUSPECT_VIEWS)
        await self._further_in()
        await self._tried_paths()

    # --- pages ----------------------------------------------------------------------------------------------------------------

    async def _page(self, url: str, views: Sequence[View]) -> dict[View, _Seen]:
        """One page in several views, and what their differences say."""
        seen: dict[View, _Seen] = {}
        for view in views:
            seen[view] = await self._view_of(url, view)
            if len(seen) == 2 and not any(each.has_answered for each in seen.values()):
                break  # nobody there: the other views would only wait as long
        self._pages += 1
        ends = ends_by_view({view: each.visit for view, each in seen.items() if each.visit is not None})
        for view, end in ends.items():
            site = self._site(url, view)
            if host_of(end) != self._host:
                self._findings += redirect_findings(self._lexicon, site, end, FindingKind.REDIRECT_HTTP, "http")
                self._findings += sent_elsewhere(self._lexicon, site, end, ends)
        facts = {view: each.facts_for_comparison() for view, each in seen.items()}
        self._findings += cloaking(url, facts)
        self._findings += foreign_language(url, facts)
        self._keep_beside(seen)
        return seen

    def _keep_beside(self, seen: Mapping[View, _Seen]) -> None:
        """Where one view of a page is evidence, what a person was sent is kept with it: the two are compared by eye."""
        visits = [each.visit for each in seen.values() if each.visit is not None]
        person = seen.get(View.BROWSER, _Seen()).visit
        if person is not None and person.body and any(each.body_sha256 in self._bodies for each in visits):
            self._bodies.setdefault(person.body_sha256, Body(person.view, person.url, person.body_sha256, person.body))

    async def _view_of(self, url: str, view: View) -> _Seen:
        visit = await self._visitor.visit(url, view)
        if visit.flaw and not visit.body:
            return _Seen(visit, flaw=visit.flaw)
        answer = await self._read(What.PAGE, visit, self._site(url, view)) if visit.is_page else Answer()
        self._take(answer.findings, visit)
        return _Seen(visit, answer.facts, visit.flaw or answer.flaw or self._obstacle(visit, answer.facts.words))

    def _obstacle(self, visit: Visit, words: int) -> str:
        """What stands before the page, or instead of it: a robot check, a provider's block, an empty frame for scripts."""
        if not visit.is_page:
            return ""
        page = read_page(visit.body, visit.content_type, _NO_EXPECTATIONS, self._at.date())
        if page.signature is not None and page.signature.reason in (Reason.BOT_CHALLENGE, Reason.BLOCKED):
            return page.signature.detail
        is_empty = words < FEWEST_WORDS and b"<script" in visit.body.lower()
        return "the page shows nothing without a browser" if is_empty else ""

    def _note_unjudged(self, home: Mapping[View, _Seen]) -> None:
        for view in PAGE_VIEWS:
            each = home.get(view, _Seen(flaw="not asked: the site did not answer"))
            status = each.visit.status if each.visit is not None else None
            flaw = each.flaw or (f"http {status}" if status is not None and status >= 400 else "")
            if flaw:
                self._unjudged[view] = flaw

    def _take(self, findings: Iterable[Finding], visit: Visit) -> None:
        marked = [replace(each, body_sha256=visit.body_sha256) for each in findings]
        self._findings += marked
        if marked and combined_weight(marked) >= REVIEW_FROM:
            self._bodies.setdefault(visit.body_sha256, Body(visit.view, visit.url, visit.body_sha256, visit.body))

    def _site(self, url: str, view: View) -> PageSite:
        return PageSite(url, view, self._host, self._options.allowed_hosts)

    async def _read(self, what: What, visit: Visit, site: PageSite) -> Answer:
        return await self._reading.read(Task(what, visit.body, visit.content_type, site, self._at.toordinal()))

    # --- lists ----------------------------------------------------------------------------------------------------------------

    async def _lists(self) -> None:
        """robots.txt, sitemaps with the files they name, feeds; each once, however they name each other."""
        robots = await self._list("/robots.txt", What.ROBOTS)
        waiting = list(dict.fromkeys((*robots.children, *(urljoin(self._url, each) for each in SITEMAPS))))
        asked: set[str] = set()
        while waiting and len(asked) < MOST_LISTS:
            url = waiting.pop(0)
            if url in asked:
                continue
            asked.add(url)
            listing = await self._list(url, What.SITEMAP)
            waiting += listing.children
            if listing.addresses:
                self._sitemap_addresses = (self._sitemap_addresses or 0) + listing.addresses
        for url in list(dict.fromkeys((*self._home.feeds, *FEEDS)))[:2]:
            await self._list(url, What.FEED)

    async def _list(self, path: str, what: What) -> Listing:
        url = urljoin(self._url, path)
        if host_of(url) != self._host:
            return Listing()
        visit = await self._visitor.visit(url, View.FILES)
        if visit.status != 200 or not visit.body or visit.flaw:
            return Listing()
        if what is not What.ROBOTS and visit.body.lstrip()[:15].lower().startswith((b"<!doctype html", b"<html")):
            return Listing()
        answer = await self._read(what, visit, self._site(url, View.FILES))
        self._take(answer.findings, visit)
        self._suspects |= dict.fromkeys(answer.listing.suspects)
        self._sample |= dict.fromkeys(answer.listing.sample)
        return answer.listing

    # --- scripts --------------------------------------------------------------------------------------------------------------

    async def _scripts(self) -> None:
        """The site's own script files: a favourite place for a redirect."""
        for url in self._home.inner_scripts[:MOST_SCRIPTS]:
            visit = await self._visitor.visit(url, View.REFERRER)
            if visit.status == 200 and visit.body and not visit.flaw and "html" not in visit.content_type:
                answer = await self._read(What.SCRIPT, visit, self._site(url, View.REFERRER))
                self._take(answer.findings, visit)

    # --- further in -----------------------------------------------------------------------------------------------------------

    def _suspicious(self, urls: Iterable[str]) -> Iterator[str]:
        """Own pages whose address holds a root; whether it offers anything, the page itself will say."""
        return (each for each in urls if self._lexicon.has_root(each.lower().removeprefix(self._url.lower())))

    async def _further_in(self) -> None:
        """Pages linked from home and pages from the sitemaps, in turn, and what they link to, up to the budget."""
        waiting = [each for pair in _zipped(self._home.inner_links, tuple(self._sample)) for each in pair]
        visited: set[str] = set()
        while waiting and len(visited) < self._options.inner_pages:
            url = waiting.pop(0)
            if url in visited or not self._is_worth_a_visit(url):
                continue
            visited.add(url)
            seen = await self._page(url, INNER_VIEWS)
            links = {link: None for each in seen.values() for link in each.facts.inner_links}
            waiting += [each for each in links if each not in self._home.inner_links]

    def _is_worth_a_visit(self, url: str) -> bool:
        if host_of(url) != self._host or url in self._suspects or url.rstrip("/") == self._url.rstrip("/"):
            return False
        return _FILE.search(url.partition("?")[0]) is None

    async def _tried_paths(self) -> None:
        """A handful of paths that intruders like; nothing where the site answers any path with a page."""
        seed = f"{self._at.toordinal() % 9973}"
        guard = await self._visitor.visit(urljoin(self._url, NO_SUCH_PATH.format(seed=seed)), View.BOT)
        if guard.flaw:
            return
        await self._judge_guard(guard)
        if guard.status == 200:
            return
        for path in self._lexicon.tried_paths:
            url = urljoin(self._url, path)
            visit = await self._visitor.visit(url, View.BOT)
            if visit.status != 200 or visit.flaw or not visit.is_page:
                continue
            answer = await self._read(What.PAGE, visit, self._site(url, View.BOT))
            self._take(answer.findings, visit)
            if combined_weight(answer.findings) >= REVIEW_FROM:
                why = f"{path} answers with gambling content, and a path that does not exist does not"
                self._findings.append(Finding(Signal.PROBE_PATHS, FindingKind.PATH, View.BOT, url, path, path, why, 0.8))

    async def _judge_guard(self, guard: Visit) -> None:
        """What the site shows for a path that does not exist is a page like any other."""
        if guard.is_page:
            answer = await self._read(What.PAGE, guard, self._site(guard.url, View.BOT))
            if combined_weight(answer.findings) >= INDICATED_FROM:
                self._take(answer.findings, guard)

    # --- the end --------------------------------------------------------------------------------------------------------------

    def scan(self, before: Baseline | None) -> Scan:
        """What it all came to."""
        now = Baseline(
            language=self._home.language,
            title=self._home.title,
            foreign_code_hosts=frozenset(self._home.foreign_code_hosts),
            sitemap_addresses=self._sitemap_addresses,
        )
        findings = heaviest((*self._findings, *against_baseline(self._url, now, before)))
        unjudged = dict(self._unjudged)
        if self.is_cut_short and not self._pages:
            unjudged.setdefault(View.BROWSER, "the scan's budget was spent before the home page was read")
        result = ScanResult(self._at, findings, unjudged, self._pages, self._visitor.requests)
        return Scan(result, tuple(self._bodies.values())[:20], now)


@dataclass(frozen=True, slots=True)
class _Seen:
    """One page in one view."""

    visit: Visit | None = None
    facts: PageFacts = field(default_factory=PageFacts)
    flaw: str = ""

    @property
    def has_answered(self) -> bool:
        """Whether the server said anything."""
        return self.visit is not None and self.visit.status is not None

    def facts_for_comparison(self) -> PageFacts:
        return replace(self.facts, flaw=self.flaw)


def _zipped(first: Sequence[str], second: Sequence[str]) -> Iterator[tuple[str, ...]]:
    for place in range(max(len(first), len(second))):
        yield tuple(each[place] for each in (first, second) if place < len(each))


_NO_EXPECTATIONS = Expectations((), (), (), None, frozenset(), None, None, None)
