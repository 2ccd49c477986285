"""A page as a tree and as one text: what stands in its head, its links, scripts and frames, and where each piece of text stands.

The tree is that of a browser (lexbor follows the HTML standard). It may take very long for a page made to hurt: pages are read in
a process of their own, with a limit (``reading.py``).
"""

from __future__ import annotations

import bisect
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from collectors.integrity.visibility import Eye

LONGEST_PAGE = 3_000_000
MOST_NODES = 200_000
MOST_ANCHORS = 20_000
MOST_COMMENTS = 500
_INLINE_TAGS = (
    "a abbr acronym b bdi bdo big cite code del dfn em font i ins kbd label mark q s samp small span strike strong sub sup tt u "
    "var wbr"
)
INLINE = frozenset(_INLINE_TAGS.split())
_UNREAD = frozenset({"script", "style", "title", "iframe", "noembed"})
_COMMENT_MARKS = ("comment", "komentar", "bukutamu", "buku-tamu", "guestbook", "disqus", "tanggapan", "testimoni")


@dataclass(frozen=True, slots=True)
class Anchor:
    """A link: its address made absolute, the host it leads to, and all that names it (text, alternative text, title)."""

    node: LexborNode
    url: str
    host: str
    text: str


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading and where it stands in the document's text."""

    start: int
    text: str


class Document:
    """One page, parsed once. ``text`` is all its text in order, one line per block; ``node_at`` tells what holds a place."""

    def __init__(self, source: str, url: str) -> None:
        self.source = source[:LONGEST_PAGE]
        self.html = LexborHTMLParser(self.source)
        self._absolute: dict[str, tuple[str, str]] = {}
        self.url = self._base(url)
        self.scripts: list[str] = []
        self.style_sheets: list[str] = []
        self.structured: list[str] = []
        self.comments: list[str] = []
        self.headings: list[Heading] = []
        self._starts: list[int] = []
        self._nodes: list[LexborNode] = []
        self.text = self._gather()
        self.eye = Eye(self.html, self.style_sheets)

    def _base(self, url: str) -> str:
        node = self.html.css_first("base[href]")
        return _joined(url, node.attributes.get("href") or "") or url if node is not None else url

    # --- text -----------------------------------------------------------------------------------------------------------------

    def _gather(self) -> str:
        root = self.html.root
        if root is None:
            return ""
        pieces = _Pieces(self._starts, self._nodes)
        last_tag = ""
        for number, node in enumerate(root.traverse(include_text=True)):
            if number > MOST_NODES:
                break
            tag = node.tag or ""
            if tag == "-text":
                self._take_text(node, last_tag, pieces)
            elif tag == "-comment":
                if len(self.comments) < MOST_COMMENTS:
                    self.comments.append(node.comment_content or "")
            else:
                last_tag = tag
                self._take_element(node, tag, pieces)
        return pieces.joined()

    def _take_text(self, node: LexborNode, last_tag: str, pieces: _Pieces) -> None:
        text = node.text_content or ""
        if last_tag in _UNREAD:
            parent = node.parent
            if parent is not None and parent.tag in _UNREAD:
                self._take_unread(parent, text)
                return
        if text and not text.isspace():
            pieces.add(text, node)
        elif text:
            pieces.gap()

    def _take_unread(self, parent: LexborNode, text: str) -> None:
        if parent.tag == "style":
            self.style_sheets.append(text)
        elif parent.tag == "script":
            kind = (parent.attributes.get("type") or "").lower()
            (self.structured if kind.endswith("json") else self.scripts).append(text)

    def _take_element(self, node: LexborNode, tag: str, pieces: _Pieces) -> None:
        if tag == "img":
            alt = node.attributes.get("alt")
            if alt and alt.strip():
                pieces.line_break()
                pieces.add(alt, node)
        elif tag == "br" or tag not in INLINE:
            pieces.line_break()
            if len(tag) == 2 and tag[0] == "h" and tag[1] in "1234":
                self.headings.append(Heading(pieces.length, _words_of(node)))
        elif tag == "a":
            pieces.gap()

    def node_at(self, place: int) -> LexborNode | None:
        """The node that holds this place of the text."""
        index = bisect.bisect_right(self._starts, place) - 1
        return self._nodes[index] if index >= 0 else None

    # --- the head -------------------------------------------------------------------------------------------------------------

    @property
    def title(self) -> str:
        node = self.html.css_first("head > title") or self.html.css_first("title")
        return _words_of(node) if node is not None else ""

    @property
    def language(self) -> str:
        node = self.html.css_first("html")
        return (node.attributes.get("lang") or "").lower()[:20] if node is not None else ""

    def metas(self) -> Iterator[tuple[str, str]]:
        """Name (or property, or http-equiv) and content of every meta element."""
        for node in self.html.css("meta[content]")[:500]:
            attributes = node.attributes
            name = (
                attributes.get("name")
                or attributes.get("property")
                or attributes.get("http-equiv")
                or attributes.get("itemprop")
                or ""
            )
            yield name.lower().strip(), attributes.get("content") or ""

    def links(self) -> Iterator[tuple[str, str, Mapping[str, str | None]]]:
        """Relation, absolute address and attributes of every link element."""
        for node in self.html.css("link[href]")[:500]:
            attributes = node.attributes
            yield (attributes.get("rel") or "").lower(), _joined(self.url, attributes.get("href") or ""), attributes

    def structured_texts(self) -> Iterator[str]:
        """The names and descriptions in the page's structured data."""
        for each in self.structured[:50]:
            yield from _strings(each)

    # --- links, frames, scripts ------------------------------------------------------------------------------------------------

    def anchors(self) -> Iterator[Anchor]:
        """Every link: elements ``a`` and ``area``, and buttons and forms that lead elsewhere."""
        for node in self.html.css("a[href], area[href]")[:MOST_ANCHORS]:
            yield self._anchor(node, node.attributes.get("href") or "")
        for node in self.html.css("form[action], [data-href], [data-url]")[:500]:
            attributes = node.attributes
            yield self._anchor(node, attributes.get("action") or attributes.get("data-href") or attributes.get("data-url") or "")
        for template in self.html.css("template")[:50]:
            for fragment in template.template_fragments():
                for node in fragment.css("a[href]")[:500]:
                    yield self._anchor(node, node.attributes.get("href") or "")

    def _anchor(self, node: LexborNode, href: str) -> Anchor:
        if href not in self._absolute:  # a page names most of its addresses more than once
            url = _joined(self.url, href)
            self._absolute[href] = (url, host_of(url))
        url, host = self._absolute[href]
        names = [_words_of(node), node.attributes.get("title") or "", node.attributes.get("aria-label") or ""]
        if node.child is not None:
            names += [each.attributes.get("alt") or "" for each in node.css("img[alt]")[:5]]
        return Anchor(node, url, host, "\n".join(each for each in names if each)[:400])

    def frames(self) -> Iterator[tuple[LexborNode, str, str]]:
        """Every frame or embedded object: node, absolute address, and the document written into it."""
        for node in self.html.css("iframe, frame, embed, object")[:200]:
            attributes = node.attributes
            address = attributes.get("src") or attributes.get("data-src") or attributes.get("data") or ""
            yield node, _joined(self.url, address), attributes.get("srcdoc") or ""

    def script_addresses(self) -> Iterator[str]:
        """Where its scripts come from."""
        for node in self.html.css("script[src]")[:300]:
            yield _joined(self.url, node.attributes.get("src") or "")

    def handlers(self) -> Iterator[tuple[LexborNode, str]]:
        """Scripts in attributes: what happens on a click, on loading."""
        for name in ("onclick", "onload", "onerror", "onmouseover"):
            for node in self.html.css(f"[{name}]")[:200]:
                yield node, node.attributes.get(name) or ""
        for node in self.html.css('a[href^="javascript:" i]')[:200]:
            yield node, node.attributes.get("href") or ""

    def position(self, node: LexborNode | None) -> str:
        """Where a node stands, as a person looks for it: ``footer#colophon > div > a``."""
        path: list[str] = []
        while node is not None and len(path) < 4 and node.tag not in (None, "html", "-document"):
            if node.tag != "-text":
                path.append(_named(node))
                if node.attributes.get("id"):
                    break
            node = node.parent
        return " > ".join(reversed(path))

    def is_comment_of_visitors(self, node: LexborNode | None) -> bool:
        """Whether a node stands where visitors may write."""
        for _ in range(12):
            if node is None or node.tag in (None, "body", "html"):
                return False
            attributes = node.attributes if node.tag != "-text" else {}
            marks = f"{attributes.get('id') or ''} {attributes.get('class') or ''}".lower()[:300]
            if any(each in marks for each in _COMMENT_MARKS):
                return True
            node = node.parent
        return False


FAR_FROM_HEADING = 6_000


class _Pieces:
    """Puts the text together and notes which node each piece came from."""

    def __init__(self, starts: list[int], nodes: list[LexborNode]) -> None:
        self._starts = starts
        self._nodes = nodes
        self._parts: list[str] = []
        self._parent = 0
        self._is_block = True
        self.length = 0

    def add(self, text: str, node: LexborNode) -> None:
        parent = node.parent
        here = parent.mem_id if parent is not None else 0
        is_block = parent is None or (parent.tag or "") not in INLINE
        if here != self._parent and (is_block and self._is_block):
            self.line_break()
        self._parent, self._is_block = here, is_block
        line = " ".join(text.split("\n"))
        self._starts.append(self.length)
        self._nodes.append(node)
        self._put(line)

    def line_break(self) -> None:
        if self._parts and self._parts[-1] != "\n":
            self._put("\n")

    def gap(self) -> None:
        if self._parts and self._parts[-1] not in ("\n", " "):
            self._put(" ")

    def _put(self, text: str) -> None:
        self._parts.append(text)
        self.length += len(text)

    def joined(self) -> str:
        return "".join(self._parts)


def _words_of(node: LexborNode) -> str:
    return " ".join(node.text(deep=True, separator="").split())[:400]


def _named(node: LexborNode) -> str:
    attributes = node.attributes
    own_id, classes = attributes.get("id"), (attributes.get("class") or "").split()
    if own_id:
        return f"{node.tag}#{own_id[:40]}"
    return f"{node.tag}.{classes[0][:40]}" if classes else str(node.tag)


def _joined(base: str, address: str) -> str:
    """The absolute address; as written where it cannot be made one."""
    plain = "".join(address.split()) if len(address) < 4_000 else ""
    try:
        return urljoin(base, plain)
    except ValueError:
        return plain


def host_of(url: str) -> str:
    """The host of an address in lower case; empty when it has none."""
    try:
        parts = urlsplit(url)
        return (parts.hostname or "").rstrip(".") if parts.scheme in ("http", "https") else ""
    except ValueError:
        return ""


def _strings(text: str, most: int = 400) -> Iterator[str]:
    """All strings of a JSON text; nothing when it is none."""
    try:
        waiting: list[object] = [json.loads(text)]
    except (ValueError, RecursionError):
        return
    for _ in range(most):
        if not waiting:
            return
        value = waiting.pop()
        if isinstance(value, str):
            yield value
        elif isinstance(value, Mapping):
            waiting.extend(value.values())
        elif isinstance(value, Sequence):
            waiting.extend(value[:most])
