"""Answers that come in pages: where the next one is, when it was the last, and the whole as one document. Pure.

A total over half of the pages is not a total: where paging does not come to a proper end, the counted values are left out.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from collectors.e_services.documents import Document, Format
from collectors.e_services.paths import LostError, Path, PlainPath, one
from collectors.websites.addresses import Address, join, parse_address
from collectors.websites.failures import Trouble
from collectors.websites.looks import Response
from command_centre.domain.reading import Reason

MOST_PAGES = 20
"""Where a definition says no other ceiling."""


class PagingStyle(StrEnum):
    """How the next page is asked for."""

    NEXT = "next"  # the answer, or its Link header, names the next address
    PAGE = "page"  # a page number in the query
    OFFSET = "offset"  # how many items to skip, in the query
    CURSOR = "cursor"  # a token from the answer, in the query


@dataclass(frozen=True, slots=True)
class Paging:
    """How one service turns pages. ``items`` is the list that goes on; None: the first list found at a usual place."""

    style: PagingStyle | None = None
    param: str = ""
    first: int | None = None
    items: Path | None = None
    next: Path | None = None
    last_page: Path | None = None
    total: Path | None = None
    size: int | None = None
    size_param: str = ""
    most_pages: int = MOST_PAGES


@dataclass(frozen=True, slots=True)
class Turned:
    """The page just read: its number (0 the first), address, document, ``Link`` header, and the items of all pages so far."""

    number: int
    address: Address
    document: Document
    link: str
    items: Sequence[Any]
    page_items: Sequence[Any] | None


@dataclass(frozen=True, slots=True)
class NextPage:
    """Where to go on (``address``), or why paging ends in trouble; neither: that was the last page."""

    address: Address | None = None
    trouble: Trouble | None = None


class Shelf:
    """The pages read so far: all their items, and whether they go on. Begins with the first page."""

    def __init__(self, paging: Paging, first: Document, response: Response) -> None:
        self._paging = paging
        self._first = first
        self._own = whole_items(first, paging)
        self._items = list(self._own or [])
        self._seen = {response.body_sha256}
        self._page = Turned(0, response.address, first, response.headers.get("link", ""), self._items, self._own)

    def following(self) -> NextPage:
        """What comes after the newest page."""
        return turn(self._page, self._paging)

    def add(self, document: Document, response: Response) -> Trouble | None:
        """One further page, unless it is one that was read before."""
        if response.body_sha256 in self._seen:
            return Trouble(Reason.PAGINATION, "the pages repeat themselves")
        self._seen.add(response.body_sha256)
        items = whole_items(document, self._paging)
        self._items += items or []
        link = response.headers.get("link", "")
        self._page = Turned(self._page.number + 1, response.address, document, link, self._items, items)
        return None

    def close(self) -> Trouble | None:
        """The pages are over: the first document holds the items of all. Trouble where it announced more of them."""
        if self._own is not None:
            self._own[:] = self._items
        total = _whole(_at(self._first, self._paging.total)) if self._paging.total is not None else None
        if total is None or len(self._items) >= total:
            return None
        return Trouble(Reason.PAGINATION, f"the pages give {len(self._items)} of {total} items")


END = NextPage()
_USUAL_ITEMS = (
    "data",
    "results",
    "items",
    "result.results",
    "result.records",
    "result",
    "data.data",
    "data.items",
    "rows",
    "records",
)
_USUAL_NEXT = (
    "next",
    "links.next",
    "next_page_url",
    "_links.next.href",
    "_links.next",
    "meta.next",
    "pagination.next",
    "paging.next",
)
_USUAL_NEXT_MORE = (
    "data.next_page_url",
    "meta.pagination.links.next",
    "pagination.next_page_url",
    '["@odata.nextLink"]',
    "next_url",
)
_USUAL_LAST = ("last_page", "total_pages", "meta.last_page", "meta.total_pages", "pagination.total_pages", "pagination.last_page")
_USUAL_LAST_MORE = ("meta.pagination.total_pages", "data.last_page", "totalPages", "page_count", "pageCount", "meta.pageCount")


def whole_items(document: Document, paging: Paging) -> list[Any] | None:
    """The list of this page; None where there is none."""
    if document.format is not Format.JSON:
        return None
    if paging.items is not None:
        found = _at(document, paging.items)
        return found if isinstance(found, list) else None
    if isinstance(document.root, list):
        return document.root
    return next((found for text in _USUAL_ITEMS if isinstance(found := _usual(document, text), list)), None)


def turn(page: Turned, paging: Paging) -> NextPage:
    """What follows after ``page``."""
    following = _following(page, paging)
    if following.address is None:
        return following
    if following.address.origin != page.address.origin:
        return NextPage(trouble=Trouble(Reason.PAGINATION, "the next page lies on another server; it is not followed"))
    if page.number + 1 >= paging.most_pages:
        return NextPage(trouble=Trouble(Reason.LIMIT, f"more than {paging.most_pages} pages; the rest was not read"))
    return following


def _following(page: Turned, paging: Paging) -> NextPage:
    match paging.style:
        case PagingStyle.PAGE:
            return _by_number(page, paging)
        case PagingStyle.OFFSET:
            return _by_offset(page, paging)
        case PagingStyle.CURSOR:
            return _by_cursor(page, paging)
        case PagingStyle.NEXT:
            return _by_link(page, paging)
        case None:
            found = _by_link(page, paging)
            return _by_number(page, replace(paging, param="page")) if found is END and _last_page(page, paging) else found


# --- the answer names the next address ----------------------------------------------------------------------------------------


def _by_link(page: Turned, paging: Paging) -> NextPage:
    if paging.next is not None:
        location = _at(page.document, paging.next)
    else:
        usual = (_usual(page.document, text) for text in (*_USUAL_NEXT, *_USUAL_NEXT_MORE))
        location = link_to_next(page.link) or next((each for each in usual if isinstance(each, str) and each), None)
    if location is None or location is False or location == "":
        return END
    if not isinstance(location, str):
        return NextPage(trouble=Trouble(Reason.PAGINATION, "the place of the next page holds no address"))
    try:
        return NextPage(address=join(page.address, location))
    except ValueError:
        return NextPage(trouble=Trouble(Reason.PAGINATION, "the address of the next page cannot be followed"))


_LINK = re.compile(r"<([^<>]{1,4000})>([^<]*)")


def link_to_next(header: str) -> str | None:
    """The address with ``rel="next"`` in a Link header (RFC 8288)."""
    for address, parameters in _LINK.findall(header):
        if re.search(r";\s*rel\s*=\s*\"?[^\";]*\bnext\b", parameters, re.IGNORECASE):
            return str(address)
    return None


# --- we count -----------------------------------------------------------------------------------------------------------------


def _by_number(page: Turned, paging: Paging) -> NextPage:
    first = 1 if paging.first is None else paging.first
    last = _last_page(page, paging)
    is_over = page.number + first >= last - 1 + first if last is not None else _is_exhausted(page, paging)
    return END if is_over else NextPage(address=with_query(page.address, {paging.param or "page": str(page.number + 1 + first)}))


def _last_page(page: Turned, paging: Paging) -> int | None:
    """How many pages there are, as the answer says."""
    if paging.last_page is not None:
        return _whole(_at(page.document, paging.last_page))
    total = _total(page, paging)
    if total is not None and paging.size:
        return math.ceil(total / paging.size)
    usual = (_whole(_usual(page.document, text)) for text in (*_USUAL_LAST, *_USUAL_LAST_MORE))
    return next((each for each in usual if each is not None), None)


def _by_offset(page: Turned, paging: Paging) -> NextPage:
    if _is_exhausted(page, paging):
        return END
    query = {paging.param or "offset": str((paging.first or 0) + len(page.items))}
    if paging.size_param and paging.size:
        query[paging.size_param] = str(paging.size)
    return NextPage(address=with_query(page.address, query))


def _is_exhausted(page: Turned, paging: Paging) -> bool:
    """Nothing on this page, or as many items as there are altogether."""
    total = _total(page, paging)
    return not page.page_items or (total is not None and len(page.items) >= total)


def _total(page: Turned, paging: Paging) -> int | None:
    return _whole(_at(page.document, paging.total)) if paging.total is not None else None


def _by_cursor(page: Turned, paging: Paging) -> NextPage:
    cursor = _at(page.document, paging.next) if paging.next is not None else None
    if cursor is None or cursor == "" or cursor is False:
        return END
    if isinstance(cursor, (dict, list)):
        return NextPage(trouble=Trouble(Reason.PAGINATION, "the place of the next page holds no token"))
    return NextPage(address=with_query(page.address, {paging.param or "cursor": str(cursor)}))


def with_query(address: Address, values: Mapping[str, str]) -> Address:
    """The address with these parameters, in the place of others of their name."""
    parts = urlsplit(address.url)
    kept = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if name not in values]
    query = urlencode([*kept, *values.items()])
    return parse_address(urlunsplit((parts.scheme, parts.netloc, parts.path, query, "")))


# --- places -------------------------------------------------------------------------------------------------------------------


def _at(document: Document, path: Path) -> Any:
    try:
        return one(path, document)
    except LostError:
        return None


def _usual(document: Document, text: str) -> Any:
    steps = ("@odata.nextLink",) if text.startswith("[") else tuple(text.split("."))
    return _at(document, PlainPath(text, steps))


def _whole(raw: Any) -> int | None:
    if isinstance(raw, str) and raw.isascii() and raw.isdigit() and len(raw) < 12:
        raw = int(raw)
    return raw if isinstance(raw, int) and not isinstance(raw, bool) and 0 <= raw < 10**12 else None
