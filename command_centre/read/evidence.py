"""What the evidence viewer may ask about one site: findings, chronology, exceptions, and, for who may see them, what pages sent.

Every text from a page comes out defanged, in plain lines. A body as it was sent never leaves this module.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, and_, func, select

from command_centre.domain.incident import IncidentId
from command_centre.domain.integrity import Verdict, View, defang
from command_centre.domain.rule import INJECTED
from command_centre.domain.target import TargetKey
from command_centre.read.integrity import ChangeView, FindingView, SiteIntegrity, chronology, findings_of_scan, site_integrity
from command_centre.storage import integrity as storage
from command_centre.storage.integrity_tables import integrity_evidence, integrity_exception, integrity_scan
from command_centre.storage.tables import alert_state, incident, target
from command_centre.storage.times import from_ms, to_ms

REPORT_WITHIN = timedelta(hours=24)
"""1×24 hours: the report to the sector's team and the national one (BSSN regulation 1/2024, article 15)."""

ACT_WITHIN = timedelta(hours=48)
"""2×24 hours: after that the ministry has access to the site cut."""

MOST_PAGES = 40
MOST_LINES = 3_000
"""Of one page: a page made to hurt is cut off here, and said to be."""
LINE_LETTERS = 260
AROUND = 2
"""Equal lines shown before and after a difference."""
_BREAK = re.compile(r">\s*<|[\r\n]+")


@dataclass(frozen=True, slots=True)
class ExceptionView:
    """A false alarm that still holds."""

    author: str
    reason: str
    created_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class KeptPage:
    """A page that is kept as evidence. ``view``: as whom it was first asked for."""

    sha256: str
    view: View
    url: str
    first_at: datetime
    last_at: datetime
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Case:
    """Everything about one site but its bodies. ``found_scan`` is the scan of ``findings``, the newest that found something.

    ``alarm_at`` is when the present alarm began, None while there is none; both deadlines count from it.
    """

    site: SiteIntegrity
    address: str
    findings: tuple[FindingView, ...]
    found_scan: int | None
    found_at: datetime | None
    changes: tuple[ChangeView, ...]
    exceptions: tuple[ExceptionView, ...]
    pages: tuple[KeptPage, ...]
    incident: IncidentId | None
    alarm_at: datetime | None
    acknowledged_by: str | None
    acknowledged_at: datetime | None

    @property
    def report_due(self) -> datetime | None:
        return None if self.alarm_at is None else self.alarm_at + REPORT_WITHIN

    @property
    def action_due(self) -> datetime | None:
        return None if self.alarm_at is None else self.alarm_at + ACT_WITHIN


@dataclass(frozen=True, slots=True)
class Group:
    """The same evidence on several pages, or in several views: told once. ``first`` is the weightiest of them."""

    first: FindingView
    pages: tuple[str, ...]
    views: tuple[View, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a page's source, defanged. ``is_own``: the other view lacks it. ``skipped`` counts equal lines left out."""

    text: str
    is_own: bool = False
    skipped: int = 0


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two views of one page, side by side. ``is_cut``: a page was longer than is shown."""

    url: str
    left: KeptPage
    right: KeptPage
    left_lines: tuple[Line, ...]
    right_lines: tuple[Line, ...]
    is_cut: bool


def case_of(engine: Engine, key: TargetKey, at: datetime) -> Case | None:
    """What is known of one site; None where it was never scanned, or nobody knows it."""
    site = site_integrity(engine, key)
    if site is None:
        return None
    changes = chronology(engine, key)
    with engine.connect() as connection, connection.begin():
        row = connection.execute(select(target.c.id, target.c.address).where(target.c.key == key)).one()
        found = storage.newest_scan_that_found(connection, row.id)
        story = _story(connection, row.id)
        return Case(
            site=site,
            address=defang(row.address or "", 300),
            findings=_findings(connection, found),
            found_scan=found,
            found_at=_scan_time(connection, found),
            changes=changes,
            exceptions=_exceptions(connection, row.id, at),
            pages=_pages(connection, row.id),
            incident=None if story is None else IncidentId(story.id),
            alarm_at=None if story is None else from_ms(story.opened_at),
            acknowledged_by=None if story is None else story.acknowledged_by,
            acknowledged_at=None if story is None or story.acknowledged_at is None else from_ms(story.acknowledged_at),
        )


def comparisons(engine: Engine, key: TargetKey) -> tuple[Comparison, ...]:
    """The kept pages that were sent differently to different visitors, side by side. Only for who may see evidence."""
    with engine.connect() as connection, connection.begin():
        target_id = storage.target_id_of(connection, key)
        if target_id is None:
            return ()
        by_url: dict[str, list[KeptPage]] = {}
        for each in _pages(connection, target_id):
            by_url.setdefault(each.url, []).append(each)
        found = [_compared(connection, target_id, pages) for pages in by_url.values()]
    return tuple(each for each in found if each is not None)


def _compared(connection: Connection, target_id: int, pages: Sequence[KeptPage]) -> Comparison | None:
    """The newest page that a person was sent beside the newest that somebody else was; alone, a page has nothing beside it."""
    newest = sorted(pages, key=lambda each: each.last_at, reverse=True)
    person = next((each for each in newest if each.view is View.BROWSER), None)
    other = next((each for each in newest if each.view is not View.BROWSER), None)
    if person is None or other is None:
        return None
    bodies = [storage.read_body(connection, target_id, each.sha256) for each in (person, other)]
    left, right = (source_lines(each or b"") for each in bodies)
    is_cut = any(len(each) > MOST_LINES for each in (left, right))
    left, right = left[:MOST_LINES], right[:MOST_LINES]
    return Comparison(person.url, person, other, folded(left, right), folded(right, left), is_cut)


def grouped(findings: Sequence[FindingView]) -> tuple[Group, ...]:
    """What was found, each kind of evidence once, in the order of ``findings``."""
    found: dict[tuple[object, ...], list[FindingView]] = {}
    for each in findings:
        found.setdefault((each.signal, each.kind, each.position, each.excerpt), []).append(each)
    return tuple(
        Group(
            same[0],
            tuple(dict.fromkeys(each.page for each in same)),
            tuple(dict.fromkeys(each.view for each in same)),
        )
        for same in found.values()
    )


def source_lines(body: bytes) -> list[str]:
    """The source as lines, also where it was sent as one: broken between tags. One line more than is shown, at most."""
    text = body.decode("utf-8", "replace")
    lines = (each.strip() for each in _BREAK.sub(lambda found: ">\n<" if ">" in found.group() else "\n", text).split("\n"))
    return [each for each in lines if each][: MOST_LINES + 1]


def folded(lines: Sequence[str], others: Sequence[str]) -> tuple[Line, ...]:
    """``lines`` with those marked that ``others`` lacks; what is equal far from a difference is counted. Linear in the lines."""
    left_over = Counter(others)
    own = []
    for each in lines:
        own.append(left_over[each] <= 0)
        left_over[each] -= 1
    near = {place + step for place, is_own in enumerate(own) if is_own for step in range(-AROUND, AROUND + 1)}
    shown: list[Line] = []
    skipped = 0
    for place, text in enumerate(lines):
        if place not in near:
            skipped += 1
            continue
        if skipped:
            shown.append(Line("", skipped=skipped))
            skipped = 0
        shown.append(Line(defang(text, LINE_LETTERS), is_own=own[place]))
    return tuple([*shown, Line("", skipped=skipped)] if skipped else shown)


def _findings(connection: Connection, scan: int | None) -> tuple[FindingView, ...]:
    return () if scan is None else findings_of_scan(connection, scan)


def _scan_time(connection: Connection, scan: int | None) -> datetime | None:
    if scan is None:
        return None
    return from_ms(connection.execute(select(integrity_scan.c.at).where(integrity_scan.c.id == scan)).scalar_one())


def _story(connection: Connection, target_id: int) -> Any:
    asked = (
        select(incident.c.id, incident.c.opened_at, incident.c.acknowledged_by, incident.c.acknowledged_at)
        .join(alert_state, and_(alert_state.c.incident_id == incident.c.id, alert_state.c.rule == INJECTED))
        .where(alert_state.c.target_id == target_id)
    )
    return connection.execute(asked).first()


def _exceptions(connection: Connection, target_id: int, at: datetime) -> tuple[ExceptionView, ...]:
    """One line for each judgement: it excepts several findings at once."""
    asked = (
        select(
            integrity_exception.c.author,
            integrity_exception.c.reason,
            integrity_exception.c.created_at,
            func.max(integrity_exception.c.ends_at).label("ends_at"),
        )
        .where(integrity_exception.c.target_id == target_id, integrity_exception.c.ends_at > to_ms(at))
        .group_by(integrity_exception.c.author, integrity_exception.c.reason, integrity_exception.c.created_at)
        .order_by(integrity_exception.c.created_at)
    )
    return tuple(
        ExceptionView(row.author, row.reason, from_ms(row.created_at), from_ms(row.ends_at)) for row in connection.execute(asked)
    )


def _pages(connection: Connection, target_id: int) -> tuple[KeptPage, ...]:
    columns = [each for each in integrity_evidence.c if each.name != "body"]
    asked = (
        select(*columns)
        .where(integrity_evidence.c.target_id == target_id)
        .order_by(integrity_evidence.c.last_at.desc(), integrity_evidence.c.sha256)
        .limit(MOST_PAGES)
    )
    return tuple(
        KeptPage(row.sha256, View(row.view), defang(row.url, 300), from_ms(row.first_at), from_ms(row.last_at), row.size_bytes)
        for row in connection.execute(asked)
    )


def verdicts(sites: Sequence[SiteIntegrity]) -> Mapping[Verdict | None, int]:
    """How many sites had which verdict at their last scan; None: never scanned."""
    return Counter(each.verdict for each in sites)
