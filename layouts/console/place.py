"""Where somebody is in the console: the page, what is open in it, how the list is filtered. All of it stands in the address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import parse_qsl, quote, unquote, urlencode

from command_centre.domain.incident import IncidentId
from command_centre.domain.rule import Severity
from command_centre.domain.target import TargetKey, TargetKind
from command_centre.read.incidents import MOST_LETTERS, Asked, Tab
from command_centre.read.target_past import Reach
from layouts.wording import Language

ROOT = "/konsol"
INCIDENT = "insiden"
INCIDENTS, TARGETS, QUALITY, SCORE, WALLS, STRANGERS, SETTINGS = (
    "gangguan",
    "target",
    "mutu",
    "beban",
    "dinding",
    "karantina",
    "konfigurasi",
)
PAGES = (INCIDENTS, TARGETS, QUALITY, SCORE, WALLS, STRANGERS, SETTINGS)
MOST_DIGITS = 9

TAB, SEVERITY, KIND, KELURAHAN, OWNER, TEXT, REACH, LANGUAGE = (
    "keadaan",
    "tingkat",
    "jenis",
    "kelurahan",
    "pemilik",
    "cari",
    "rentang",
    "lang",
)
FILTERS = (TAB, SEVERITY, KIND, KELURAHAN, OWNER, TEXT)


@dataclass(frozen=True, slots=True)
class Place:
    """A page, and what is open in it. ``query`` holds only words that the console knows."""

    page: str = INCIDENTS
    open: str = ""
    query: Mapping[str, str] = field(default_factory=dict)

    @property
    def language(self) -> Language:
        return Language.ENGLISH if self.query.get(LANGUAGE) == Language.ENGLISH.value else Language.INDONESIAN

    @property
    def incident(self) -> IncidentId | None:
        """The incident that is open; None when none is."""
        is_number = self.page == INCIDENTS and self.open.isascii() and self.open.isdecimal() and len(self.open) <= MOST_DIGITS
        return IncidentId(int(self.open)) if is_number else None

    @property
    def target(self) -> TargetKey | None:
        """The target that is open; None when none is."""
        return TargetKey(self.open) if self.page == TARGETS and self.open else None

    @property
    def reach(self) -> Reach:
        asked = self.query.get(REACH)
        return Reach(asked) if asked in set(Reach) else Reach.DAY

    @property
    def asked(self) -> Asked:
        """What the list is filtered by; a word that means nothing filters nothing."""
        tab, severity, kind = (self.query.get(each) for each in (TAB, SEVERITY, KIND))
        return Asked(
            tab=Tab(tab) if tab in set(Tab) else Tab.OPEN,
            severity=Severity(severity) if severity in set(Severity) else None,
            kind=TargetKind(kind) if kind in set(TargetKind) else None,
            kelurahan=self.query.get(KELURAHAN, ""),
            owner=self.query.get(OWNER, ""),
            text=self.query.get(TEXT, ""),
        )

    def with_filter(self, **words: str) -> Place:
        """The same place with other filters; an empty word takes one away."""
        query = {**self.query, **words}
        return replace(self, query={name: word for name, word in query.items() if word})

    def at(self, page: str, opened: str = "") -> Place:
        """Another page in the same language; within a page the filters stay."""
        kept = self.query if page == self.page else {name: self.query[name] for name in (LANGUAGE,) if name in self.query}
        return Place(page, opened, kept)

    @property
    def search(self) -> str:
        """The query as it stands in the address, with its question mark; empty without one."""
        return f"?{urlencode(self.query)}" if self.query else ""

    @property
    def href(self) -> str:
        """Its address."""
        opened = quote(self.open, safe=":")
        if self.page == INCIDENTS:
            path = f"{ROOT}/{INCIDENT}/{opened}" if self.open else ROOT
        else:
            path = f"{ROOT}/{self.page}/{opened}" if self.open else f"{ROOT}/{self.page}"
        return path + self.search


def place_of(path: str | None, search: str | None) -> Place:
    """The place of an address, whatever a browser sends; what means nothing is the list of incidents."""
    query = {
        name: word[:MOST_LETTERS]
        for name, word in parse_qsl((search or "").removeprefix("?"), max_num_fields=None)[:50]
        if name in (*FILTERS, REACH, LANGUAGE) and word
    }
    _, _, rest = (path or "").partition(ROOT)
    page, _, opened = rest.strip("/").partition("/")
    if page == INCIDENT:
        return Place(INCIDENTS, unquote(opened), query)
    return Place(page if page in PAGES[1:] else INCIDENTS, unquote(opened)[:200] if page in PAGES[1:] else "", query)
