"""Reading a page: its characters, its title, what a reader sees, and whether it is the page it should be. Pure.

The page is walked once, cut at each ``<``: linear in its length whatever is in it. A real HTML parser was measured
first (selectolax/lexbor): 0.2 ms for an ordinary page, but 5 s for 60,000 nested elements and 20 s for one tag with 100,000
attributes, and during that time no other site is looked at.
"""

from __future__ import annotations

import html
import re
import signal
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from types import FrameType, MappingProxyType

from collectors.websites.options import Expectations
from collectors.websites.shown import clean
from collectors.websites.signatures import SHORT_PAGE, SIGNATURES, Signature
from command_centre.domain.reading import Reason

WALKED = 512 * 1024
"""So many characters are walked for title, text and dates; wanted texts are looked for in all of the page."""

UNESCAPED = 1024 * 1024
"""So many characters are also searched with their HTML entities resolved."""

PATTERN_SECONDS = 2.0
TITLE_LENGTH = 120
_HIDDEN = ("script", "style", "noscript", "template", "svg")
_LIVING = ("<script", "<img", "<iframe", "<frame", "<svg", "<canvas", "<object", "<embed", "<video", "<input", "<form")


class CostlyPatternError(Exception):
    """A regular expression did not come to an end: the pattern is at fault, not the page."""


@dataclass(frozen=True, slots=True)
class Page:
    """What one page says. ``missing`` and ``forbidden`` are wanted texts; ``refresh`` is where a meta refresh leads."""

    title: str
    signature: Signature | None
    refresh: str | None
    is_blank: bool
    is_script_redirect: bool
    newest_content: date | None
    missing: str | None
    forbidden: str | None


def read_page(body: bytes, content_type: str, expected: Expectations, today: date) -> Page:
    """Read one page. Raises CostlyPatternError when ``must_match`` does not come to an end."""
    text = decode(body, content_type)
    missing, forbidden = _wanted(text, expected)
    if not _is_html(text, content_type):
        return Page(
            "", None, None, not text.strip(), is_script_redirect=False, newest_content=None, missing=missing, forbidden=forbidden
        )
    walked = _walk(text[:WALKED])
    source = text[:WALKED].lower()
    return Page(
        title=walked.title,
        signature=_signature(walked, source),
        refresh=walked.refresh,
        is_blank=not walked.visible and not walked.title and not any(each in source for each in _LIVING),
        is_script_redirect=_is_script_redirect(walked, source),
        newest_content=newest_date(text[:WALKED], today),
        missing=missing,
        forbidden=forbidden,
    )


# --- characters ---------------------------------------------------------------------------------------------------------------

_MARKS: tuple[tuple[bytes, str], ...] = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))

# What browsers understand (WHATWG). Python knows more codecs, some of them dangerously slow: they stay outside.
_CHARSETS: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(("utf-8", "utf8", "utf8mb4", "unicode-1-1-utf-8"), "utf-8"),
        **dict.fromkeys(
            ("iso-8859-1", "iso8859-1", "latin1", "latin-1", "ascii", "us-ascii", "windows-1252", "cp1252"), "cp1252"
        ),
        **{f"iso-8859-{n}": f"iso-8859-{n}" for n in (2, 3, 4, 5, 6, 7, 8, 10, 13, 14, 15, 16)},
        "iso-8859-9": "cp1254",
        **{f"windows-125{n}": f"cp125{n}" for n in (0, 1, 3, 4, 5, 6, 7, 8)},
        **dict.fromkeys(("gb2312", "gbk", "gb18030", "gb_2312-80"), "gb18030"),
        **{name: name for name in ("big5", "euc-jp", "shift_jis", "iso-2022-jp", "euc-kr", "koi8-r", "koi8-u")},
        **dict.fromkeys(("utf-16", "utf-16le", "unicode"), "utf-16-le"),
        "utf-16be": "utf-16-be",
    }
)


def decode(body: bytes, content_type: str) -> str:
    """The page as text: byte order mark, then the header's charset, then the page's own, then UTF-8, then Windows-1252."""
    for mark, codec in _MARKS:
        if body.startswith(mark):
            return body.decode(codec, "replace")
    declared = _charset(content_type.lower()) or _charset_in_page(body[:2048])
    if declared is not None:
        return body.decode(declared, "replace")
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as trouble:
        # A page cut at the reading limit may end inside a character.
        if trouble.start > len(body) - 4:
            return body.decode("utf-8", "replace")
        return body.decode("cp1252", "replace")


def _charset(text: str) -> str | None:
    match = re.search(r"charset\s*=\s*[\"']?([a-z0-9_:-]+)", text)
    return _CHARSETS.get(match.group(1)) if match else None


def _charset_in_page(head: bytes) -> str | None:
    declared = _charset(head.decode("latin-1").lower()) if b"charset" in head.lower() else None
    # A page that can be read as ASCII is not UTF-16, whatever it says of itself (HTML standard).
    return "utf-8" if declared is not None and declared.startswith("utf-16") else declared


def _is_html(text: str, content_type: str) -> bool:
    kind = content_type.partition(";")[0].strip().lower()
    if kind:
        return kind in ("text/html", "application/xhtml+xml")
    return text[:512].lstrip().startswith("<")


# --- wanted texts -------------------------------------------------------------------------------------------------------------


def _wanted(text: str, expected: Expectations) -> tuple[str | None, str | None]:
    """The first text that is missing, and the first that should not be there."""
    if not (expected.must_contain or expected.must_not_contain or expected.must_match):
        return None, None
    unescaped = html.unescape(text[:UNESCAPED]) if "&" in text else text
    forms = (text, unescaped, " ".join(unescaped.split()))
    missing = next((each for each in expected.must_contain if not any(each in form for form in forms)), None)
    forbidden = next((each for each in expected.must_not_contain if any(each in form for form in forms)), None)
    if missing is None and expected.must_match is not None and not _matches(expected.must_match, unescaped):
        missing = expected.must_match
    return missing, forbidden


def _matches(pattern: str, text: str) -> bool:
    """Whether the pattern is found, given up after 2 s: the pattern comes from a person, and the page from anybody.

    Only the main thread can be interrupted; elsewhere (and never in the collector) the search runs without a limit.
    """
    compiled = re.compile(pattern)
    if threading.current_thread() is not threading.main_thread():
        return compiled.search(text) is not None

    def give_up(number: int, frame: FrameType | None) -> None:
        raise CostlyPatternError("the pattern did not come to an end within 2 s")

    before = signal.signal(signal.SIGALRM, give_up)
    signal.setitimer(signal.ITIMER_REAL, PATTERN_SECONDS)
    try:
        return compiled.search(text) is not None
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


# --- the walk -----------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Walked:
    """Title, what a reader sees (one line), and the target of a meta refresh."""

    title: str
    visible: str
    refresh: str | None


def _walk(text: str) -> _Walked:
    """Cut the page at each ``<``: what stands before the next ``>`` is a tag, what stands behind it is seen."""
    title, refresh = "", None
    in_title = False
    hidden_until: str | None = None
    seen: list[str] = []
    before, *parts = text.split("<")
    for part in parts:
        if hidden_until is not None or part.startswith("!--"):
            hidden_until, shown = _behind_hidden(part, hidden_until)
            seen.append(shown)
            continue
        tag, _, shown = part.partition(">")
        name = tag[:9].lower() if tag[:1] in _NOTABLE else ""
        if name:
            in_title = name.startswith("title")
            hidden_until = next((f"/{each}" for each in _HIDDEN if name.startswith(each)), None)
            if name.startswith("meta") and refresh is None:
                refresh = _meta_refresh(tag)
        if in_title:
            title = title or shown
        elif hidden_until is None and shown:
            seen.append(shown)
    visible = " ".join(html.unescape(" ".join((before, *seen))).split())
    return _Walked(clean(html.unescape(title), TITLE_LENGTH), visible, refresh)


_NOTABLE = frozenset("sSnNtTmM/")
"""First letters of the tags that need a look: hidden elements, title, meta, and the ends of elements."""


def _behind_hidden(part: str, hidden_until: str | None) -> tuple[str | None, str]:
    """Inside a comment or a hidden element: until when it lasts, and what is seen behind its end."""
    if hidden_until is None or hidden_until == "-->":
        _, ended, shown = part.partition("-->")
        return (None, shown) if ended else ("-->", "")
    if part[: len(hidden_until)].lower() != hidden_until:
        return hidden_until, ""
    return None, part.partition(">")[2]


def _meta_refresh(tag: str) -> str | None:
    if len(tag) > 4000 or "refresh" not in tag.lower():
        return None
    if not re.search(r"http-equiv\s*=\s*[\"']?refresh", tag, re.IGNORECASE):
        return None
    match = re.search(r"content\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|(\S+))", tag, re.IGNORECASE)
    return refresh_target(html.unescape(next(filter(None, match.groups()), ""))) if match else None


MAX_REFRESH_SECONDS = 10.0


def refresh_target(content: str) -> str | None:
    """Where ``5; url=/new`` leads, if soon enough to be a redirect; a page that only reloads itself leads nowhere."""
    match = re.match(r"\s*(\d{0,4}(?:\.\d{0,4})?)\s*[;,\s]\s*(?:url\s*=\s*)?[\"']?([^\"']*)", content, re.IGNORECASE)
    if not match or not match.group(2).strip():
        return None
    seconds = float(match.group(1)) if match.group(1).strip(".") else 0.0
    return match.group(2).strip() if seconds <= MAX_REFRESH_SECONDS else None


_SCRIPT_JUMP = re.compile(r"(?:location(?:\.href)?\s*=\s*[\"'`]|location\.(?:replace|assign)\s*\()")


def _is_script_redirect(walked: _Walked, source: str) -> bool:
    """A page that shows nothing and jumps elsewhere by script, which only a browser could follow."""
    return len(source) < 8192 and len(walked.visible) < 80 and _SCRIPT_JUMP.search(source) is not None


def _signature(walked: _Walked, source: str) -> Signature | None:
    title = walked.title.lower()
    text = walked.visible.lower() if len(walked.visible) < SHORT_PAGE else ""
    return next((each for each in SIGNATURES if _fits(each, title, text, source)), None)


def _fits(signature: Signature, title: str, text: str, source: str) -> bool:
    if any(each in title for each in signature.title) and (text or signature.reason is not Reason.DEFACE):
        return True
    return any(each in text for each in signature.text) or any(each in source for each in signature.source)


# --- dates --------------------------------------------------------------------------------------------------------------------

_MONTH_NAMES = ("jan", "feb", "mar", "apr", "mei", "jun", "jul", "agu", "sep", "okt", "nov", "des")
_OTHER_MONTH_NAMES = (("may", 5), ("aug", 8), ("agt", 8), ("ags", 8), ("oct", 10), ("dec", 12), ("nop", 11), ("peb", 2))
_MONTHS: Mapping[str, int] = MappingProxyType(dict((*zip(_MONTH_NAMES, range(1, 13), strict=True), *_OTHER_MONTH_NAMES)))
_ISO = re.compile(r"(?<!\d)(20\d\d)-([01]\d)-([0-3]\d)(?!\d)")
_WRITTEN = re.compile(r"(?<!\d)([0-3]?\d)[ \xa0-]([A-Za-z]{3,9})[ \xa0,-]{1,2}(20\d\d)(?!\d)")
_SLASHED = re.compile(r"(?<!\d)([0-3]?\d)/([01]?\d)/(20\d\d)(?!\d)")
MAX_DATES = 2000
REACH = 16
"""A written date begins at most so many characters before its year, and an ISO date ends so many behind its beginning."""


def newest_date(text: str, today: date) -> date | None:
    """The newest date before today that the page shows.

    Today and later do not count: many pages print today's date in their header, which says nothing about their content.
    """
    found = (each for each in _dates(text) if each is not None and each < today)
    return max(found, default=None)


def _dates(text: str) -> Iterator[date | None]:
    """Every date around every ``20``: far quicker than trying the patterns at each character."""
    at = text.find("20")
    for _ in range(MAX_DATES):
        if at < 0:
            return
        yield from _dates_in(text[max(0, at - REACH) : at + REACH])
        at = text.find("20", at + 2)


def _dates_in(text: str) -> Iterator[date | None]:
    for year, month, day in _ISO.findall(text):
        yield _date(int(year), int(month), int(day))
    for day, month, year in _WRITTEN.findall(text):
        yield _date(int(year), _MONTHS.get(month[:3].lower(), 0), int(day))
    for day, month, year in _SLASHED.findall(text):
        yield _date(int(year), int(month), int(day))


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def last_modified(header: str) -> datetime | None:
    """The moment of a Last-Modified header; None when it is absent or garbled."""
    match = re.search(r"(\d{1,2}) ([A-Z][a-z]{2}) (\d{4}) (\d\d):(\d\d):(\d\d) GMT", header)
    if not match:
        return None
    day, month, year, hour, minute, second = match.groups()
    try:
        return datetime(int(year), _MONTHS.get(month.lower(), 0), int(day), int(hour), int(minute), int(second), tzinfo=UTC)
    except ValueError:
        return None
