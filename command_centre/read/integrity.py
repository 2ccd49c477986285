"""What screens may ask of the watch for injected content. Every text from a page comes out defanged; bodies stay here."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from sqlalchemy import Connection, Engine, RowMapping, func, select

from command_centre.domain.integrity import Change, FindingKind, Phase, Signal, Verdict, View, defang
from command_centre.domain.target import TargetKey
from command_centre.storage.integrity_tables import integrity_event, integrity_finding, integrity_scan, integrity_watch
from command_centre.storage.tables import target
from command_centre.storage.times import from_ms

MOST_FINDINGS = 40
MOST_EVENTS = 200


@dataclass(frozen=True, slots=True)
class FindingView:
    """One piece of evidence, fit to be shown. ``page`` is the site's own address; ``body_sha256`` names what it sent."""

    signal: Signal
    kind: FindingKind
    view: View
    page: str
    position: str
    excerpt: str
    why: str
    weight: float
    is_decisive: bool
    body_sha256: str | None
    fingerprint: str


@dataclass(frozen=True, slots=True)
class SiteIntegrity:
    """How one site stands. ``verdict`` is that of its last scan; None: never scanned. ``unjudged``: view -> why."""

    key: TargetKey
    name: str
    short_name: str
    owner: str
    phase: Phase
    since: datetime | None
    verdict: Verdict | None
    last_scan_at: datetime | None
    last_judged_at: datetime | None
    clean_scans: int
    reinfections: int
    unjudged: Mapping[View, str]
    findings: tuple[FindingView, ...]


@dataclass(frozen=True, slots=True)
class IntegrityView:
    """All sites that were ever scanned, worst first, and how many of the sites expected that is."""

    as_of: datetime
    sites: tuple[SiteIntegrity, ...]
    expected: int

    @property
    def alarms(self) -> tuple[SiteIntegrity, ...]:
        """The sites in alarm, confirmed or not."""
        return tuple(each for each in self.sites if each.phase.is_alarm)

    @property
    def could_not_be_judged(self) -> tuple[SiteIntegrity, ...]:
        """The sites whose last scan says nothing about them."""
        return tuple(each for each in self.sites if each.verdict is Verdict.UNJUDGED)


@dataclass(frozen=True, slots=True)
class ChangeView:
    """One line of a site's chronology."""

    at: datetime
    change: Change
    author: str | None
    note: str | None


_RANK: Mapping[Phase, int] = MappingProxyType(
    {
        Phase.CONFIRMED: 0,
        Phase.INDICATED: 1,
        Phase.SUSPECTED: 2,
        Phase.REVIEW: 3,
        Phase.UNSEEN: 4,
        Phase.CLEAN: 5,
    }
)


def integrity(engine: Engine, at: datetime) -> IntegrityView:
    """How all sites stand."""
    with engine.connect() as connection, connection.begin():
        named = select(integrity_watch, target.c.key, target.c.name, target.c.short_name, target.c.owner)
        joined = named.join(target, target.c.id == integrity_watch.c.target_id)
        rows = connection.execute(joined).mappings().all()
        newest = _newest_scans(connection)
        findings = _findings(connection, [each["id"] for each in newest.values()])
        expected = select(func.count()).where(target.c.kind == "site", target.c.removed_at.is_(None))
        total = int(connection.execute(expected).scalar_one())
    sites = [_site(row, newest.get(row["target_id"]), findings) for row in rows]
    ranked = sorted(sites, key=lambda each: (_RANK[each.phase], each.name))
    return IntegrityView(at, tuple(ranked), total)


def site_integrity(engine: Engine, key: TargetKey) -> SiteIntegrity | None:
    """How one site stands; None where it was never scanned, or nobody knows it."""
    named = select(integrity_watch, target.c.key, target.c.name, target.c.short_name, target.c.owner)
    asked = named.join(target, target.c.id == integrity_watch.c.target_id).where(target.c.key == key)
    with engine.connect() as connection, connection.begin():
        row = connection.execute(asked).mappings().first()
        if row is None:
            return None
        of_it = select(integrity_scan).where(integrity_scan.c.target_id == row["target_id"])
        scan = connection.execute(of_it.order_by(integrity_scan.c.id.desc()).limit(1)).mappings().first()
        return _site(row, scan, _findings(connection, [scan["id"]] if scan is not None else []))


def findings_of_scan(connection: Connection, scan: int) -> tuple[FindingView, ...]:
    """What one scan found, heaviest first, fit to be shown."""
    return tuple(_findings(connection, [scan]).get(scan, ()))


def chronology(engine: Engine, key: TargetKey) -> tuple[ChangeView, ...]:
    """What happened to one site, newest first."""
    asked = (
        select(integrity_event)
        .join(target, target.c.id == integrity_event.c.target_id)
        .where(target.c.key == key)
        .order_by(integrity_event.c.id.desc())
        .limit(MOST_EVENTS)
    )
    with engine.connect() as connection:
        rows = connection.execute(asked).all()
    return tuple(ChangeView(from_ms(row.at), Change(row.change), row.author, row.note) for row in rows)


def _newest_scans(connection: Connection) -> dict[int, RowMapping]:
    newest = select(func.max(integrity_scan.c.id)).group_by(integrity_scan.c.target_id)
    rows = connection.execute(select(integrity_scan).where(integrity_scan.c.id.in_(newest))).mappings()
    return {row["target_id"]: row for row in rows}


def _findings(connection: Connection, scans: Sequence[int]) -> dict[int, list[FindingView]]:
    found: dict[int, list[FindingView]] = {}
    if not scans:
        return found
    asked = (
        select(integrity_finding)
        .where(integrity_finding.c.scan_id.in_(scans), integrity_finding.c.number < MOST_FINDINGS)
        .order_by(integrity_finding.c.scan_id, integrity_finding.c.number)
    )
    for row in connection.execute(asked).mappings():
        found.setdefault(row["scan_id"], []).append(_finding(row))
    return found


def _finding(row: RowMapping) -> FindingView:
    return FindingView(
        signal=Signal(row["signal"]),
        kind=FindingKind(row["kind"]),
        view=View(row["view"]),
        page=defang(row["url"], 400),
        position=defang(row["position"], 200),
        excerpt=defang(row["excerpt"], 400),
        why=defang(row["why"], 400),
        weight=row["weight"],
        is_decisive=row["is_decisive"],
        body_sha256=row["body_sha256"],
        fingerprint=row["fingerprint"],
    )


def _site(row: RowMapping, scan: RowMapping | None, findings: Mapping[int, Sequence[FindingView]]) -> SiteIntegrity:
    unjudged = json.loads(scan["unjudged"]) if scan is not None else {}
    return SiteIntegrity(
        key=TargetKey(row["key"]),
        name=row["name"],
        short_name=row["short_name"],
        owner=row["owner"],
        phase=Phase(row["phase"]),
        since=_moment(row["since"]),
        verdict=Verdict(scan["verdict"]) if scan is not None else None,
        last_scan_at=_moment(row["last_scan_at"]),
        last_judged_at=_moment(row["last_judged_at"]),
        clean_scans=row["clean_scans"],
        reinfections=row["reinfections"],
        unjudged={View(view): defang(why, 160) for view, why in unjudged.items()},
        findings=tuple(findings.get(scan["id"], ())) if scan is not None else (),
    )


def _moment(ms: int | None) -> datetime | None:
    return from_ms(ms) if ms is not None else None
