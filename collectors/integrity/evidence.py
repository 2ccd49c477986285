"""What one page, in one view, shows of an injection: findings with place, excerpt, reason and weight. Pure.

The weights are explained in ``docs/integrity.md``. Nothing here knows other views or earlier scans; ``comparing.py`` does.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import unquote, urljoin, urlsplit

from selectolax.lexbor import LexborNode

from collectors.integrity import scripts, weighing
from collectors.integrity.document import Anchor, Document, host_of
from collectors.integrity.folding import cleaned, folded
from collectors.integrity.lexicon import Grade, Hit, HostGrade, Lexicon
from collectors.integrity.scripts import Way
from collectors.integrity.visibility import is_tiny
from collectors.websites.addresses import is_own_host
from command_centre.domain.integrity import Finding, FindingKind, Signal, View

MOST_FINDINGS = 40
MOST_INNER_PAGES = 400
MOST_FOREIGN = 300


@dataclass(frozen=True, slots=True)
class PageSite:
    """The page that is read: under which address, as whom, and what belongs to the site."""

    url: str
    view: View
    host: str
    allowed_hosts: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class PageFacts:
    """What a page says beside its findings: for the walk through the site, and for comparing views and scans."""

    findings: tuple[Finding, ...] = ()
    title: str = ""
    language: str = ""
    inner_links: tuple[str, ...] = ()
    inner_scripts: tuple[str, ...] = ()
    feeds: tuple[str, ...] = ()
    foreign_code_hosts: tuple[str, ...] = ()
    words: int = 0
    flaw: str = ""


class Reader:
    """Reads pages and scripts of one site with one lexicon."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon

    def read_page(self, source: str, site: PageSite) -> PageFacts:
        """Everything one page shows."""
        document = Document(source, site.url)
        found = _PageEvidence(self._lexicon, document, site)
        findings = tuple(found.all())
        inner = [each.url for each in found.anchors if each.host and is_own_host(site.host, each.host, frozenset())]
        code = [*document.script_addresses(), *(address for _, address, _ in document.frames())]
        return PageFacts(
            findings=heaviest(findings),
            title=document.title,
            language=document.language,
            inner_links=tuple(dict.fromkeys(each.partition("#")[0] for each in inner))[:MOST_INNER_PAGES],
            inner_scripts=tuple(each for each in document.script_addresses() if host_of(each) == site.host)[:20],
            feeds=tuple(_feeds(document))[:3],
            foreign_code_hosts=tuple(dict.fromkeys(filter(None, (self._foreign(host_of(each), site) for each in code))))[:50],
            words=document.text.count(" "),
        )

    def read_script(self, source: str, site: PageSite) -> tuple[Finding, ...]:
        """What a script file shows."""
        return heaviest(tuple(_ScriptEvidence(self._lexicon, site).of(source, "script file")))

    def read_flat(self, source: str, site: PageSite) -> tuple[Finding, ...]:
        """A page that cannot be parsed in time: its bare text, cut at each ``<``. It may show enough for a look by a person."""
        text = "\n".join(each.rpartition(">")[2] for each in source[:1_000_000].split("<"))
        match = self._lexicon.match(text)
        return heaviest(tuple(_text_findings(weighing.offers(self._lexicon, match), match.text, site, "page", {})))

    def _foreign(self, host: str, site: PageSite) -> str:
        if not host or is_own_host(site.host, host, site.allowed_hosts):
            return ""
        return "" if self._lexicon.grade_host(host) is HostGrade.SAFE else host


def heaviest(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """The findings, each evidence once, heaviest first, not too many."""
    once = {each.fingerprint: each for each in sorted(findings, key=lambda each: each.weight)}
    ranked = sorted(once.values(), key=lambda each: (not each.is_decisive, -each.weight))
    return tuple(ranked[:MOST_FINDINGS])


def _feeds(document: Document) -> Iterator[str]:
    for relation, address, attributes in document.links():
        if "alternate" in relation and "xml" in (attributes.get("type") or ""):
            yield address


@dataclass(slots=True)
class _Link:
    """A link that counts, with why."""

    anchor: Anchor
    hits: tuple[Hit, ...]
    is_strong: bool
    is_inner: bool
    is_named: bool = True
    is_keyword: bool = False
    hidden_by: str = ""
    is_comment: bool = False


class _PageEvidence:
    """All questions to one page."""

    def __init__(self, lexicon: Lexicon, document: Document, site: PageSite) -> None:
        self._lexicon = lexicon
        self._document = document
        self._site = site
        self.anchors = tuple(document.anchors())
        self._links = tuple(filter(None, (self._judged(each) for each in self.anchors)))

    def all(self) -> Iterator[Finding]:
        """Every finding, in no order."""
        yield from self._head()
        yield from self._canonical()
        yield from self._link_findings()
        yield from self._text()
        yield from self._comments()
        yield from self._refresh()
        yield from self._scripts()
        yield from self._frames()
        yield from self._foreign_hosts()

    # --- head -----------------------------------------------------------------------------------------------------------------

    def _head(self) -> Iterator[Finding]:
        document = self._document
        yield from self._title("title", document.title)
        for heading in document.html.css("h1")[:3]:
            yield from self._title("h1", " ".join(heading.text(deep=True, separator="").split())[:400])
        for name, content in document.metas():
            if name in ("og:title", "twitter:title", "og:site_name", "application-name"):
                yield from self._title(f"meta {name}", content)
            elif name in ("description", "keywords", "og:description", "twitter:description", "news_keywords"):
                yield from self._description(f"meta {name}", content)
        for text in document.structured_texts():
            yield from self._description("structured data", text, FindingKind.STRUCTURED_DATA)

    def _title(self, place: str, text: str) -> Iterator[Finding]:
        hits = weighing.offering_title(self._lexicon, text)
        if not hits:
            return
        weight = _title_weight(self._lexicon, hits)
        yield self._finding(Signal.HEAD, FindingKind.TITLE, place, text, f"the {place} offers gambling", hits, weight)

    def _description(self, place: str, text: str, kind: FindingKind = FindingKind.TITLE) -> Iterator[Finding]:
        match = self._lexicon.match(text[:4_000])
        hits = tuple(hit for each in weighing.offers(self._lexicon, match) for hit in weighing.distinct(each.hits))
        if not hits:
            return
        weight = _description_weight(weighing.distinct(hits))
        yield self._finding(Signal.HEAD, kind, place, text, f"the {place} offers gambling", hits, weight)

    def _canonical(self) -> Iterator[Finding]:
        named = [(relation, address) for relation, address, _ in self._document.links() if _names_the_page(relation)]
        named += [(name, content) for name, content in self._document.metas() if name == "og:url"]
        for relation, address in named:
            host = host_of(address)
            hits = weighing.offering_slug(self._lexicon, path_of(address))
            if not host or self._is_own(address):
                if weighing.sells(hits):
                    why = f"{relation} gives the page a gambling address"
                    yield self._plain(Signal.HEAD, FindingKind.CANONICAL, relation, address, why, 0.8)
                continue
            grade = self._lexicon.grade_host(host)
            if grade is HostGrade.GAMBLING or weighing.sells(hits):
                yield self._plain(
                    Signal.HEAD,
                    FindingKind.CANONICAL,
                    relation,
                    address,
                    f"{relation} names a gambling host as the page's own",
                    0.85,
                )
            elif grade is HostGrade.BRAND_LIKE or hits:
                yield self._plain(
                    Signal.HEAD,
                    FindingKind.CANONICAL,
                    relation,
                    address,
                    f"{relation} names a foreign host as the page's own",
                    0.5,
                )

    # --- links ----------------------------------------------------------------------------------------------------------------

    def _judged(self, anchor: Anchor) -> _Link | None:
        if not anchor.host:
            return None
        hits = weighing.offering_hits(self._lexicon, anchor.text) if anchor.text else ()
        slug = (
            weighing.offering_slug(self._lexicon, path_of(anchor.url))
            if self._lexicon.has_root(path_of(anchor.url).lower())
            else ()
        )
        is_inner = is_own_host(self._site.host, anchor.host, self._site.allowed_hosts)
        grade = HostGrade.SAFE if is_inner else self._lexicon.grade_host(anchor.host)
        topics = self._topics(anchor.text) if anchor.text and not is_inner else frozenset()
        evidence = (*hits, *slug)
        is_brand = grade is HostGrade.BRAND_LIKE
        leads_there = grade is HostGrade.GAMBLING and not self._is_talk(anchor.text)
        is_strong = False
        if leads_there or (is_brand and (evidence or topics)):
            is_strong = not self._stands_in_talk(anchor)
        elif evidence:
            is_strong = weighing.sells(hits) > 0 or weighing.points(evidence) >= 5
        elif not (is_brand or Grade.TOPIC in topics):
            return None
        if is_inner and not slug and not weighing.sells(hits):
            return None
        is_keyword = bool(anchor.text) and not is_inner and weighing.is_keyword(self._lexicon.match(anchor.text))
        return _Link(
            anchor, evidence, is_strong, is_inner, is_named=bool(evidence) or Grade.TOPIC in topics, is_keyword=is_keyword
        )

    def _topics(self, text: str) -> frozenset[Grade]:
        """The grades of everything a text speaks of, unless it talks about gambling."""
        match = self._lexicon.match(text)
        return frozenset() if self._lexicon.cues(match.low) else frozenset(hit.grade for hit in match.hits)

    def _is_talk(self, text: str) -> bool:
        return bool(text) and bool(self._lexicon.cues(folded(cleaned(text))))

    def _stands_in_talk(self, anchor: Anchor) -> bool:
        """Whether what people read around a link talks about gambling: a press release may name what was blocked."""
        parent = anchor.node.parent
        if parent is None or self._document.eye.hidden_by(parent):
            return False
        match = self._lexicon.match(parent.text(deep=True, separator=" ")[:1_000])
        return weighing.talks_about(self._lexicon, match.hits, match.low)

    def _link_findings(self) -> Iterator[Finding]:
        for each in self._links:
            each.hidden_by = self._document.eye.hidden_by(each.anchor.node)
            each.is_comment = not each.hidden_by and self._document.is_comment_of_visitors(each.anchor.node)
        yield from self._hidden_links([each for each in self._links if each.hidden_by])
        yield from self._comment_links([each for each in self._links if each.is_comment and (each.is_strong or each.hits)])
        # What people see must offer something, or be nothing but a keyword: a host that is called like a brand is not enough.
        seen = [each for each in self._links if not each.hidden_by and (each.is_strong or each.hits or each.is_keyword)]
        yield from self._visible_links([each for each in seen if not each.is_comment])

    def _hidden_links(self, links: Sequence[_Link]) -> Iterator[Finding]:
        if not links:
            return
        strong = [each for each in links if each.is_strong or (each.hits and not each.is_inner)]
        named = [each for each in links if each.is_named and not each.is_inner]
        is_decisive = any(not each.is_inner for each in strong) or len(strong) >= 3 or len(named) >= 2
        why = f"{len(links)} link{'s' if len(links) > 1 else ''} to gambling, hidden from people ({_ways(links)})"
        weight = 0.9 if is_decisive else 0.15 if all(each.is_inner for each in links) else 0.6
        yield self._links_finding(FindingKind.HIDDEN_LINKS, strong or links, why, weight, is_decisive=is_decisive)

    def _visible_links(self, links: Sequence[_Link]) -> Iterator[Finding]:
        if not links:
            return
        strong = [each for each in links if each.is_strong]
        weight = self._strong_weight(strong) if strong else _weak_weight(links)
        if all(each.is_inner for each in links):
            weight = min(weight, 0.8 if len(strong) > 2 else 0.5)  # one address of its own may be an article's
        why = f"{len(links)} link{'s' if len(links) > 1 else ''} to gambling among what people see"
        yield self._links_finding(FindingKind.VISIBLE_LINKS, strong or links, why, weight)

    def _strong_weight(self, strong: Sequence[_Link]) -> float:
        if len(strong) > 2:
            return 0.85
        only = strong[0]
        is_sure = len(strong) > 1 or only.is_keyword or _leads_to_gambling(self._lexicon, only)
        return 0.8 if is_sure else 0.6

    def _comment_links(self, links: Sequence[_Link]) -> Iterator[Finding]:
        if links:
            why = f"{len(links)} gambling link{'s' if len(links) > 1 else ''} where visitors may write: spam, no break-in"
            yield self._links_finding(FindingKind.COMMENT_SPAM, links, why, 0.5)

    def _links_finding(
        self, kind: FindingKind, links: Sequence[_Link], why: str, weight: float, *, is_decisive: bool = False
    ) -> Finding:
        shown = "; ".join(f"{' '.join(each.anchor.text.split())[:60]} → {each.anchor.url[:100]}" for each in links[:4])
        signal = Signal.PATHS if all(each.is_inner for each in links) else Signal.LINKS
        return Finding(
            signal=signal,
            kind=kind,
            view=self._site.view,
            url=self._site.url,
            position=self._document.position(links[0].anchor.node),
            excerpt=shown[:400],
            why=why,
            weight=weight,
            is_decisive=is_decisive,
        )

    # --- text -----------------------------------------------------------------------------------------------------------------

    def _text(self) -> Iterator[Finding]:
        match = self._lexicon.match(self._document.text)
        if not match.hits:
            return
        # Cleaning may move places by a few characters; headings are only ever looked for before a passage.
        headings = [(each.start, folded(cleaned(each.text))) for each in self._document.headings]
        offers = weighing.offers(self._lexicon, match, headings, lambda place: bool(self._hidden_by(place)))
        seen = [each for each in offers if not self._is_in_comments(each.start) and not self._hidden_by(each.start)]
        hidden = {each: way for each in offers if (way := self._hidden_by(each.start))}
        by_visitors = [each for each in offers if each not in hidden and each not in seen]
        places = {each: self._document.position(self._document.node_at(each.start)) for each in offers}
        yield from _text_findings(seen, match.text, self._site, "page", places)
        yield from self._hidden_text(hidden, match.text, places)
        if by_visitors and weighing.points(_hits(by_visitors)) >= 5:
            first = by_visitors[0]
            why = f"visitors' comments offer gambling: {weighing.phrases_of(_hits(by_visitors))}"
            text = weighing.excerpt(match.text, first.start, first.end)
            yield self._plain(Signal.TEXT, FindingKind.COMMENT_SPAM, places[first], text, why, 0.5)

    def _hidden_text(
        self, hidden: dict[weighing.Passage, str], text: str, places: dict[weighing.Passage, str]
    ) -> Iterator[Finding]:
        hits = _hits(hidden)
        if not weighing.sells(hits) and weighing.points(hits) < 4:
            return
        first = next(iter(hidden))
        is_decisive = weighing.points(hits) >= 6
        why = f"text that offers gambling, hidden from people ({hidden[first]}): {weighing.phrases_of(hits)}"
        shown = weighing.excerpt(text, first.start, first.end)
        finding = self._plain(Signal.TEXT, FindingKind.HIDDEN_TEXT, places[first], shown, why, 0.85 if is_decisive else 0.5)
        yield replace(finding, is_decisive=is_decisive)

    def _hidden_by(self, place: int) -> str:
        node = self._document.node_at(place)
        if node is None:
            return ""
        return self._document.eye.hidden_by(node.parent if node.tag == "-text" else node)

    def _is_in_comments(self, place: int) -> bool:
        node = self._document.node_at(place)
        return node is not None and self._document.is_comment_of_visitors(node.parent)

    def _comments(self) -> Iterator[Finding]:
        """Links and texts that are commented out: what is left of an injection, or its store."""
        for comment in self._document.comments:
            if not self._lexicon.has_root(comment.lower()):
                continue
            strong, hits = _of_fragment(self._lexicon, comment, self._site)
            if strong:
                why = f"{strong} gambling link{'s' if strong > 1 else ''} in a comment of the page's source"
                yield self._plain(Signal.LINKS, FindingKind.COMMENT_LINKS, "comment", comment, why, 0.8 if strong > 1 else 0.6)
            elif weighing.points(hits) >= 6 and weighing.sells(hits):
                why = "a comment of the page's source offers gambling"
                yield self._plain(Signal.TEXT, FindingKind.COMMENT_LINKS, "comment", comment, why, 0.6)

    # --- redirects, scripts, frames -------------------------------------------------------------------------------------------

    def _refresh(self) -> Iterator[Finding]:
        for name, content in self._document.metas():
            if name != "refresh":
                continue
            _, found, target = content.partition("=")
            address = target.strip(" '\"") if found else ""
            yield from redirect_findings(self._lexicon, self._site, address, FindingKind.REDIRECT_META, "meta refresh")

    def _scripts(self) -> Iterator[Finding]:
        evidence = _ScriptEvidence(self._lexicon, self._site)
        for number, script in enumerate(self._document.scripts[:200], 1):
            yield from evidence.of(script, f"script {number}")
        for node, script in self._document.handlers():
            yield from evidence.of(script, self._document.position(node))
        for address in self._document.script_addresses():
            if self._lexicon.grade_host(host_of(address)) is HostGrade.GAMBLING and not self._is_own(address):
                yield self._plain(
                    Signal.FOREIGN_CODE, FindingKind.SCRIPT, "script", address, "a script from a gambling host", 0.9
                )

    def _frames(self) -> Iterator[Finding]:
        for node, address, document in self._document.frames():
            place = self._document.position(node)
            yield from self._framed(node, address, place)
            if document and self._lexicon.has_root(document.lower()):
                strong, hits = _of_fragment(self._lexicon, document, self._site)
                if strong or weighing.sells(hits) > 1:
                    yield self._plain(
                        Signal.FOREIGN_CODE, FindingKind.FRAME, place, document, "a frame's own text offers gambling", 0.85
                    )

    def _framed(self, node: LexborNode, address: str, place: str) -> Iterator[Finding]:
        """What a frame's address says."""
        host = host_of(address)
        if not host or self._is_own(address):
            return
        grade = self._lexicon.grade_host(host)
        if grade is HostGrade.GAMBLING:
            found = self._plain(Signal.FOREIGN_CODE, FindingKind.FRAME, place, address, "a frame shows a gambling host", 0.9)
            yield replace(found, is_decisive=True)
        elif weighing.sells(weighing.offering_slug(self._lexicon, path_of(address))):
            yield self._plain(Signal.FOREIGN_CODE, FindingKind.FRAME, place, address, "a frame shows a gambling page", 0.8)
        elif grade is HostGrade.BRAND_LIKE:
            is_unseen = bool(self._document.eye.hidden_by(node)) or is_tiny(node.attributes)
            why = f"a frame shows a host with a brand's name, {host}"
            weight = 0.8 if is_unseen else 0.6
            yield self._plain(Signal.FOREIGN_CODE, FindingKind.FRAME, place, address, why, weight)

    def _foreign_hosts(self) -> Iterator[Finding]:
        """Gambling hosts anywhere else in the source: in data attributes, styles, images."""
        known = {each.anchor.host for each in self._links}
        text = self._document.text
        for host, start in _hosts_in(self._document.source):
            if host in known or host in text or self._is_own(f"http://{host}/"):
                continue
            if self._lexicon.grade_host(host) is HostGrade.GAMBLING:
                known.add(host)
                shown = weighing.excerpt(self._document.source, start, start + len(host))
                yield self._plain(
                    Signal.FOREIGN_CODE,
                    FindingKind.FOREIGN_HOST,
                    "source",
                    shown,
                    f"the source names the gambling host {host}",
                    0.8,
                )

    def _is_own(self, address: str) -> bool:
        return is_own_host(self._site.host, host_of(address), self._site.allowed_hosts)

    # --- findings -------------------------------------------------------------------------------------------------------------

    def _finding(
        self, signal: Signal, kind: FindingKind, place: str, text: str, why: str, hits: Sequence[Hit], weight: float
    ) -> Finding:
        return self._plain(signal, kind, place, text, f"{why}: {weighing.phrases_of(hits)}", weight)

    def _plain(self, signal: Signal, kind: FindingKind, place: str, text: str, why: str, weight: float) -> Finding:
        return _finding_of(self._site, signal, kind, place, text, why, weight)


class _ScriptEvidence:
    """All questions to one script, in the page or in a file."""

    def __init__(self, lexicon: Lexicon, site: PageSite) -> None:
        self._lexicon = lexicon
        self._site = site

    def of(self, script: str, place: str) -> Iterator[Finding]:
        """What the script shows: where it sends people, which hosts it names, what it writes."""
        if len(script) > scripts.LONGEST_SCRIPT:
            script = script[: scripts.LONGEST_SCRIPT]
        sends = scripts.goes_somewhere(script)
        for depth, text in enumerate(scripts.unpacked(script)):
            yield from self._jumps(text, place, is_hidden=depth > 0)
            if depth and (sends or scripts.goes_somewhere(text)):
                yield from self._hidden_target(text, place, scripts.way_of(script))
            yield from self._hosts(text, place, sends=sends)
            yield from self._written(text, place, depth)

    def _jumps(self, text: str, place: str, *, is_hidden: bool) -> Iterator[Finding]:
        for jump in scripts.jumps(text):
            address = _absolute(self._site.url, jump.address)
            way = jump.way if jump.way is not Way.OPEN or not is_hidden else Way.HIDDEN
            yield from redirect_findings(self._lexicon, self._site, address, FindingKind.REDIRECT_SCRIPT, place, way)

    def _hidden_target(self, text: str, place: str, way: Way) -> Iterator[Finding]:
        """An address that only comes out when the script is unpacked, in a script that sends people away."""
        if text.strip().startswith(("http://", "https://", "//")) and len(text) < 2_000 and " " not in text.strip():
            address = _absolute(self._site.url, text.strip())
            hidden = Way.HIDDEN if way is Way.OPEN else way
            yield from redirect_findings(self._lexicon, self._site, address, FindingKind.REDIRECT_SCRIPT, place, hidden)

    def _hosts(self, text: str, place: str, *, sends: bool) -> Iterator[Finding]:
        for host, start in _hosts_in(text):
            if (
                is_own_host(self._site.host, host, self._site.allowed_hosts)
                or self._lexicon.grade_host(host) is not HostGrade.GAMBLING
            ):
                continue
            around = folded(cleaned(text[max(0, start - 200) : start + 200]))
            if self._lexicon.cues(around):
                continue
            shown = weighing.excerpt(text, start, start + len(host))
            if sends:
                found = _finding_of(
                    self._site,
                    Signal.REDIRECT,
                    FindingKind.REDIRECT_SCRIPT,
                    place,
                    shown,
                    f"a script sends people to {host}",
                    0.9,
                )
                yield replace(found, is_decisive=True)
            else:
                yield _finding_of(
                    self._site,
                    Signal.FOREIGN_CODE,
                    FindingKind.SCRIPT,
                    place,
                    shown,
                    f"a script names the gambling host {host}",
                    0.8,
                )

    def _written(self, text: str, place: str, depth: int) -> Iterator[Finding]:
        if not self._lexicon.has_root(text.lower()):
            return
        if scripts.writes_html(text):
            strong, hits = _of_fragment(self._lexicon, text, self._site)
            if strong:
                why = f"a script writes {strong} gambling link{'s' if strong > 1 else ''} into the page"
                found = _finding_of(self._site, Signal.LINKS, FindingKind.SCRIPT, place, text, why, 0.85)
                yield replace(found, is_decisive=True)
                return
        match = self._lexicon.match(text)
        hits = _hits(weighing.offers(self._lexicon, match))
        if weighing.sells(hits) > 1 and weighing.points(hits) >= 8:
            why = f"a script holds text that offers gambling: {weighing.phrases_of(hits)}"
            first = hits[0]
            shown = weighing.excerpt(match.text, first.start, first.end)
            yield _finding_of(self._site, Signal.TEXT, FindingKind.SCRIPT, place, shown, why, 0.8 if depth else 0.6)


def redirect_findings(
    lexicon: Lexicon, site: PageSite, address: str, kind: FindingKind, place: str, way: Way = Way.OPEN
) -> Iterator[Finding]:
    """What a redirect to this address is worth."""
    host = host_of(_absolute(site.url, address))
    slug = weighing.offering_slug(lexicon, path_of(address))
    if not host:
        return
    if is_own_host(site.host, host, site.allowed_hosts):
        if weighing.sells(slug):
            yield _finding_of(site, Signal.REDIRECT, kind, place, address, "people are sent to a gambling page of this site", 0.8)
        return
    grade = lexicon.grade_host(host)
    if grade is HostGrade.GAMBLING or weighing.points(slug) >= 3:
        found = _finding_of(site, Signal.REDIRECT, kind, place, address, f"people are sent to a gambling host, {host}", 0.95)
        yield replace(found, is_decisive=True)
    elif grade is HostGrade.BRAND_LIKE:
        why = f"people are sent to a foreign host with a brand's name, {host}"
        yield _finding_of(site, Signal.REDIRECT, kind, place, address, why, 0.8)
    elif grade is HostGrade.FOREIGN and (way is not Way.OPEN or kind is not FindingKind.REDIRECT_SCRIPT):
        weight, whom = _FOREIGN_WAYS[way]
        yield _finding_of(site, Signal.REDIRECT, kind, place, address, f"{whom} sent to a foreign host, {host}", weight)


_FOREIGN_WAYS: Mapping[Way, tuple[float, str]] = {
    Way.OPEN: (0.4, "people are"),
    Way.BY_DEVICE: (0.6, "visitors with some devices are"),
    Way.HIDDEN: (0.7, "by a hidden address, people are"),
    Way.BY_REFERRER: (0.85, "only visitors from a search result are"),
}


def _text_findings(
    offers: Iterable[weighing.Passage], text: str, site: PageSite, place: str, places: dict[weighing.Passage, str]
) -> Iterator[Finding]:
    shown = sorted(offers, key=lambda each: -each.points)
    hits = _hits(shown)
    total, selling = weighing.points(hits), weighing.sells(hits)
    if total >= 12 and selling >= 2:
        weight = 0.85
    elif total >= 5 and selling >= 1:
        weight = 0.5
    elif total >= 8:
        weight = 0.45
    else:
        return
    heavy = shown[0]
    why = f"text that offers gambling: {weighing.phrases_of(hits)}"
    excerpt = weighing.excerpt(text, heavy.start, heavy.end)
    yield _finding_of(site, Signal.TEXT, FindingKind.VISIBLE_TEXT, places.get(heavy, place), excerpt, why, weight)


def _hits(passages: Iterable[weighing.Passage]) -> tuple[Hit, ...]:
    return weighing.distinct(hit for each in passages for hit in each.hits)


def _of_fragment(lexicon: Lexicon, html: str, site: PageSite) -> tuple[int, tuple[Hit, ...]]:
    """Of HTML that stands where it is not shown: how many strong gambling links, and which phrases that offer."""
    inner = _PageEvidence(lexicon, Document(html[:200_000], site.url), site)
    match = lexicon.match(inner._document.text)
    hits = _hits(weighing.offers(lexicon, match))
    return sum(each.is_strong and not each.is_inner for each in inner._links), hits


def _finding_of(site: PageSite, signal: Signal, kind: FindingKind, place: str, text: str, why: str, weight: float) -> Finding:
    return Finding(signal, kind, site.view, site.url, place, " ".join(text.split())[:400], why, weight)


def _title_weight(lexicon: Lexicon, hits: Sequence[Hit]) -> float:
    """One game's name may stand in a headline; a brand with its number, or two names, hardly."""
    if weighing.sells(hits):
        return 0.85 if len(hits) > 1 else 0.8
    return 0.5 if len(hits) > 1 or lexicon.is_brand_word(hits[0].phrase) else 0.15


def _description_weight(hits: Sequence[Hit]) -> float:
    """A description is longer than a title, and a list of keywords longer still."""
    if weighing.sells(hits):
        return 0.8 if len(hits) > 1 else 0.55
    return 0.8 if len(hits) > 3 else 0.5 if len(hits) > 1 else 0.15


def _weak_weight(links: Sequence[_Link]) -> float:
    """Links that prove little each: a headline, once or twice, is no link farm; three keywords that lead elsewhere are."""
    keywords = {" ".join(each.anchor.text.lower().split()) for each in links if each.is_keyword}
    if len(keywords) > 2:
        return 0.8
    return 0.5 if len(keywords) > 1 else 0.4 if keywords else 0.15


def _leads_to_gambling(lexicon: Lexicon, link: _Link) -> bool:
    return lexicon.grade_host(link.anchor.host) is HostGrade.GAMBLING


def _ways(links: Sequence[_Link]) -> str:
    return ", ".join(dict.fromkeys(each.hidden_by for each in links))[:120]


def _names_the_page(relation: str) -> bool:
    return relation in ("canonical", "amphtml", "shortlink") or relation.startswith("alternate")


def path_of(url: str) -> str:
    """Path and query of an address, percent signs undone."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return unquote(f"{parts.path} {parts.query}")[:2_000]


def _absolute(base: str, address: str) -> str:
    if address.startswith("//"):
        return f"{urlsplit(base).scheme}:{address}"
    return address if "://" in address[:10] else base if not address else _join(base, address)


def _join(base: str, address: str) -> str:
    try:
        return urljoin(base, address)
    except ValueError:
        return ""


def _hosts_in(source: str) -> Iterator[tuple[str, int]]:
    """Every host that the source names in an address, once, with its place; found at each ``//``."""
    seen: set[str] = set()
    flat = source.replace("\\/", "/")
    at = flat.find("//")
    while at >= 0 and len(seen) < MOST_FOREIGN:
        host = _host_at(flat, at + 2)
        if host and host not in seen:
            seen.add(host)
            yield host, at + 2
        at = flat.find("//", at + 2)


def _host_at(text: str, start: int) -> str:
    piece = text[start : start + 254].lower()
    length = next((at for at, each in enumerate(piece) if not (each.isalnum() or each in ".-")), len(piece))
    host = piece[:length].strip(".")
    return host if "." in host else ""
