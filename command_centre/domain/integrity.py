"""The watch for injected gambling content: what was found where, what it weighs, and when it is an alarm. Pure.

One *scan* looks at a site in several *views* and brings *findings*. ``judge`` combines them into one verdict; ``advance`` leads
the site's watch from scan to scan. A finding is evidence about a page somebody else has hacked: nothing of it is ever shown as it
was found, only through ``defang``.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType


class View(StrEnum):
    """As whom a page was asked for."""

    BROWSER = "browser"  # a person at a desk
    BOT = "bot"  # what a search engine is shown
    BOT_AGAIN = "bot_again"  # the same once more, as its mobile robot: what changes by itself cancels out
    REFERRER = "referrer"  # a person who comes from a search result
    MOBILE = "mobile"  # a person with a phone
    FILES = "files"  # robots.txt, sitemaps, feeds: asked under our own name


PAGE_VIEWS = (View.BROWSER, View.BOT, View.BOT_AGAIN, View.REFERRER, View.MOBILE)
"""Every view in which the home page is asked for."""


class Signal(StrEnum):
    """What gives an injection away: one way of hiding or showing gambling content each."""

    HEAD = "head"  # S1: title, description, og, h1, canonical
    CLOAKING = "cloaking"  # S2: shown to one view and withheld from another
    REDIRECT = "redirect"  # S3: sent to a foreign host, by HTTP, meta or script
    LINKS = "links"  # S4: links to gambling hosts, hidden or not
    PATHS = "paths"  # S5: gambling slugs, or a sitemap that has swollen
    TEMPLATE = "template"  # S6: the page's language or kind has changed
    TEXT = "text"  # S7: promotional text
    FOREIGN_CODE = "foreign_code"  # S8: script or frame from a gambling host or a never-seen one
    PROBE_PATHS = "probe_paths"  # S9: a path that should not exist answers with gambling content
    TAKEOVER = "takeover"  # S10: the name no longer leads to the city's site


class FindingKind(StrEnum):
    """How the content was placed, as one looks for it when cleaning up."""

    TITLE = "title_meta"
    CANONICAL = "canonical"
    STRUCTURED_DATA = "structured_data"
    VISIBLE_LINKS = "visible_links"
    HIDDEN_LINKS = "hidden_links"
    COMMENT_LINKS = "html_comment"
    COMMENT_SPAM = "comment_spam"
    VISIBLE_TEXT = "visible_text"
    HIDDEN_TEXT = "hidden_text"
    SCRIPT = "script"
    FRAME = "iframe"
    FOREIGN_HOST = "foreign_host"
    REDIRECT_HTTP = "redirect_http"
    REDIRECT_META = "redirect_meta"
    REDIRECT_SCRIPT = "redirect_script"
    SITEMAP = "sitemap"
    SITEMAP_GROWTH = "sitemap_growth"
    ROBOTS = "robots"
    FEED = "feed"
    PATH = "path"
    LANGUAGE = "language"
    TAKEOVER = "takeover"
    CLOAKED_BOT = "cloaked_bot"
    CLOAKED_REFERRER = "cloaked_referrer"
    CLOAKED_MOBILE = "cloaked_mobile"
    CLOAKED_BROWSER = "cloaked_browser"


class Verdict(StrEnum):
    """What one scan says. A person alone can say *confirmed*, and that is not a scan's verdict."""

    CLEAN = "clean"  # Bersih
    REVIEW = "review"  # Perlu ditinjau
    INDICATED = "indicated"  # Terindikasi
    UNJUDGED = "unjudged"  # Tidak dapat dinilai


INDICATED_FROM = 0.8
"""Combined weight from which a site counts as injected. No single weak signal reaches it."""

REVIEW_FROM = 0.4
"""Combined weight from which a person should have a look."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One piece of evidence.

    ``url`` is the page as asked for, ``position`` a CSS-like path or the name of the place, ``excerpt`` at most 80 characters on
    either side of what was found, in its original wording: never shown except through ``defang``. ``why`` is one English
    sentence. ``weight`` lies between 0 and 1. ``is_decisive``: enough for an alarm without a second scan.
    """

    signal: Signal
    kind: FindingKind
    view: View
    url: str
    position: str
    excerpt: str
    why: str
    weight: float
    is_decisive: bool = False
    body_sha256: str = ""

    @property
    def fingerprint(self) -> str:
        """What stays the same from scan to scan: a person's *false alarm* holds for this and nothing else."""
        parts = (self.signal.value, self.kind.value, self.url, self.position, self.excerpt)
        return hashlib.sha256("\x1f".join(parts).encode("utf-8", "replace")).hexdigest()[:24]


def combined_weight(findings: Iterable[Finding]) -> float:
    """Noisy-or over independent signals: of each signal the heaviest finding counts, once."""
    heaviest: dict[Signal, float] = {}
    for each in findings:
        heaviest[each.signal] = max(heaviest.get(each.signal, 0.0), each.weight)
    doubt = 1.0
    for weight in heaviest.values():
        doubt *= 1.0 - weight
    return 1.0 - doubt


@dataclass(frozen=True, slots=True)
class ScanResult:
    """What one scan of one site found. ``unjudged`` says why a view could not be judged (``http 403``, ``timeout``…)."""

    at: datetime
    findings: tuple[Finding, ...] = ()
    unjudged: Mapping[View, str] = field(default_factory=dict)
    pages: int = 0
    requests: int = 0

    @property
    def verdict(self) -> Verdict:
        return judge(self.findings, self.unjudged)

    @property
    def is_decisive(self) -> bool:
        return self.verdict is Verdict.INDICATED and any(each.is_decisive for each in self.findings)


@dataclass(frozen=True, slots=True)
class Baseline:
    """What a site is like when it is well: what a later scan is compared with. None: not known."""

    language: str = ""
    title: str = ""
    foreign_code_hosts: frozenset[str] = frozenset()
    sitemap_addresses: int | None = None


@dataclass(frozen=True, slots=True)
class Body:
    """A page that was evidence: what was sent, to which view, under which hash."""

    view: View
    url: str
    sha256: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Scan:
    """The result of a scan, with what is kept beside it: evidence, and what the site is like now."""

    result: ScanResult
    bodies: tuple[Body, ...]
    baseline: Baseline


def judge(findings: Sequence[Finding], unjudged: Mapping[View, str]) -> Verdict:
    """The verdict. Nothing found while a view of the home page could not be judged is *unjudged*, never *clean*."""
    weight = combined_weight(findings)
    if weight >= INDICATED_FROM:
        return Verdict.INDICATED
    if weight >= REVIEW_FROM:
        return Verdict.REVIEW
    return Verdict.UNJUDGED if unjudged else Verdict.CLEAN


# --- exceptions: what a person has called a false alarm ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class IntegrityException:
    """A person's word that this evidence on this site is no injection. Every exception ends."""

    fingerprint: str
    ends_at: datetime


def without_exceptions(result: ScanResult, exceptions: Iterable[IntegrityException]) -> ScanResult:
    """The result without the findings that an exception still covers."""
    covered = {each.fingerprint for each in exceptions if each.ends_at > result.at}
    if not covered:
        return result
    return replace(result, findings=tuple(each for each in result.findings if each.fingerprint not in covered))


# --- the watch over one site, from scan to scan -------------------------------------------------------------------------------

SCANS_TO_ALARM = 2
SCANS_TO_CLEAR = 3
REINFECTION_WITHIN = timedelta(days=30)


class Phase(StrEnum):
    """How a site stands."""

    UNSEEN = "unseen"  # never scanned, or never judged
    CLEAN = "clean"
    REVIEW = "review"  # a person should have a look; no alarm
    SUSPECTED = "suspected"  # indicated once; the next scan decides
    INDICATED = "indicated"  # alarm
    CONFIRMED = "confirmed"  # alarm, and a person has confirmed it

    @property
    def is_alarm(self) -> bool:
        return self in (Phase.INDICATED, Phase.CONFIRMED)


class Change(StrEnum):
    """What a scan or a person changed, for those who are told."""

    SUSPICION = "suspicion"
    ALARM = "alarm"
    REINFECTION = "reinfection"  # an alarm within 30 days of the last one's end
    CONFIRMED = "confirmed"
    CLEARED = "cleared"
    DISMISSED = "dismissed"  # a person said: false alarm


@dataclass(frozen=True, slots=True)
class Watch:
    """Where the watch over one site stands.

    ``since`` is the moment of the present phase. ``indicated_scans`` and ``clean_scans`` count scans in a row; a scan that could
    not be judged breaks neither row. ``reinfections`` counts alarms within 30 days of the end of the one before.
    """

    phase: Phase = Phase.UNSEEN
    since: datetime | None = None
    indicated_scans: int = 0
    clean_scans: int = 0
    cleared_at: datetime | None = None
    reinfections: int = 0
    last_verdict: Verdict | None = None
    last_scan_at: datetime | None = None
    last_judged_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """The watch after something happened, and what there is to tell (None: nothing)."""

    watch: Watch
    change: Change | None = None


def advance(watch: Watch, result: ScanResult) -> Step:
    """One scan further. A scan no newer than the last one changes nothing."""
    if watch.last_scan_at is not None and result.at <= watch.last_scan_at:
        return Step(watch)
    verdict = result.verdict
    seen = replace(watch, last_verdict=verdict, last_scan_at=result.at)
    match verdict:
        case Verdict.UNJUDGED:
            return Step(seen)
        case Verdict.INDICATED:
            return _after_indication(replace(seen, last_judged_at=result.at), result)
        case Verdict.REVIEW:
            return _after_review(replace(seen, last_judged_at=result.at), result.at)
        case Verdict.CLEAN:
            return _after_clean(replace(seen, last_judged_at=result.at), result.at)


def _after_indication(watch: Watch, result: ScanResult) -> Step:
    counted = replace(watch, indicated_scans=watch.indicated_scans + 1, clean_scans=0)
    if watch.phase.is_alarm:
        return Step(counted)
    if result.is_decisive or counted.indicated_scans >= SCANS_TO_ALARM:
        return _alarm(counted, result.at)
    return Step(replace(counted, phase=Phase.SUSPECTED, since=result.at), Change.SUSPICION)


def _alarm(watch: Watch, at: datetime) -> Step:
    is_again = watch.cleared_at is not None and at - watch.cleared_at <= REINFECTION_WITHIN
    alarmed = replace(
        watch, phase=Phase.INDICATED, since=at, reinfections=watch.reinfections + 1 if is_again else watch.reinfections
    )
    return Step(alarmed, Change.REINFECTION if is_again else Change.ALARM)


def _after_review(watch: Watch, at: datetime) -> Step:
    """Something is still there: an alarm goes on, and the row of clean scans is broken."""
    counted = replace(watch, indicated_scans=0, clean_scans=0)
    if watch.phase.is_alarm or watch.phase is Phase.REVIEW:
        return Step(counted)
    return Step(replace(counted, phase=Phase.REVIEW, since=at))


def _after_clean(watch: Watch, at: datetime) -> Step:
    counted = replace(watch, indicated_scans=0, clean_scans=watch.clean_scans + 1)
    if watch.phase is Phase.CLEAN:
        return Step(counted)
    if not watch.phase.is_alarm:
        return Step(replace(counted, phase=Phase.CLEAN, since=at))
    if counted.clean_scans < SCANS_TO_CLEAR:
        return Step(counted)
    return Step(replace(counted, phase=Phase.CLEAN, since=at, cleared_at=at), Change.CLEARED)


def confirm(watch: Watch, at: datetime) -> Step:
    """A person has looked and confirms the injection, whatever the scans said so far."""
    if watch.phase is Phase.CONFIRMED:
        return Step(watch)
    return Step(replace(watch, phase=Phase.CONFIRMED, since=at, clean_scans=0), Change.CONFIRMED)


def dismiss(watch: Watch, at: datetime) -> Step:
    """A person calls it a false alarm: the watch begins anew, and this does not count as an infection that ended."""
    if watch.phase in (Phase.CLEAN, Phase.UNSEEN):
        return Step(watch)
    return Step(replace(watch, phase=Phase.CLEAN, since=at, indicated_scans=0, clean_scans=0), Change.DISMISSED)


# --- showing it without serving it --------------------------------------------------------------------------------------------

_SCHEME = re.compile(r"\bhttp(s?)(?=:/{0,3}|%3a)", re.IGNORECASE)
_DOT_IN_NAME = re.compile(r"(?<=[^\W_])\.(?=[^\W\d_])|(?<=\d)\.(?=\d{1,3}\b)")
_UNFIT = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]+")
_TAG = re.compile(r"[<>]")
_ROOTS = (
    "slot|gacor|togel|toto|judi|poker|kasino|casino|maxwin|sbobet|jackpot|scatter|mahjong|olympus|zeus|pragmatic|baccarat|"
    "bakarat|roulette|sicbo|domino|bandarqq|sabung|taruhan|parlay|freebet|rtp"
)
_DISGUISES = {
    "a": "[aа4@]",
    "b": "[b8]",
    "c": "[cс]",
    "e": "[eе3]",
    "g": "[g9]",
    "i": "[iіı1!]",
    "l": "[l1i]",
    "o": "[oоο0]",
    "s": "[s5$ѕ]",
    "t": "[t7]",
}
_MASKED = re.compile("(?i)" + "".join(_DISGUISES.get(each, each) for each in _ROOTS))
_BRACKETS: Mapping[str, str] = MappingProxyType({"<": "‹", ">": "›"})


def defang(text: str, length: int = 300) -> str:
    """Text from a hacked page, made fit to be shown: no address that can be clicked, no word that a search engine could use.

    ``https://slot88.example/gacor`` becomes ``hxxps://s***88[.]example/g****``. One line, no control characters, no angle
    brackets, at most ``length`` characters.
    """
    line = " ".join(_UNFIT.sub(" ", text).split())[:length]
    harmless = _SCHEME.sub(lambda found: f"hxxp{found.group(1).lower()}", line)
    dotted = _DOT_IN_NAME.sub("[.]", harmless)
    masked = _MASKED.sub(lambda found: found.group()[0] + "*" * (len(found.group()) - 1), dotted)
    return _TAG.sub(lambda found: _BRACKETS[found.group()], masked)
