"""The sites whose judol alarm goes on, as walls show them: what stands for the evidence, and who has it. All text is defanged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import Connection, and_, func, select

from command_centre.domain.integrity import FindingKind, Phase, defang
from command_centre.domain.rule import INJECTED
from command_centre.domain.target import TargetKey
from command_centre.storage.integrity_tables import integrity_finding, integrity_scan, integrity_watch
from command_centre.storage.tables import alert_state, incident, target
from command_centre.storage.times import from_ms

MOST_SITES = 200
MOST_FINDINGS = 200
PLACE_LETTERS = 60
HOME = "/"
"""This says nothing on a wall: where a link leads says more."""

ALARMS = tuple(each.value for each in Phase if each.is_alarm)
LEADS_AWAY = frozenset({FindingKind.REDIRECT_HTTP, FindingKind.REDIRECT_META, FindingKind.REDIRECT_SCRIPT})


@dataclass(frozen=True, slots=True)
class InjectedSite:
    """One site in alarm. ``is_confirmed``: a person has looked. ``kind`` and ``place``: the finding that stands for the others.

    ``leads_to`` is the foreign address that a redirect, or a link on the home page, leads to; ``pages`` how many of the
    site's addresses show something. ``clean_scans`` counts the scans in a row that found nothing any more.
    """

    key: TargetKey
    is_confirmed: bool
    since: datetime
    kind: FindingKind | None
    place: str
    leads_to: str
    pages: int
    clean_scans: int
    reinfections: int
    acknowledged_by: str | None
    acknowledged_at: datetime | None


def injected_sites(connection: Connection) -> tuple[InjectedSite, ...]:
    """The sites in alarm, the newest alarm last. One question where there is none, which is nearly always."""
    asked = (
        select(integrity_watch, target.c.key, incident.c.acknowledged_at, incident.c.acknowledged_by)
        .join(target, target.c.id == integrity_watch.c.target_id)
        .outerjoin(alert_state, and_(alert_state.c.target_id == integrity_watch.c.target_id, alert_state.c.rule == INJECTED))
        .outerjoin(incident, incident.c.id == alert_state.c.incident_id)
        .where(integrity_watch.c.phase.in_(ALARMS), target.c.removed_at.is_(None))
        .order_by(integrity_watch.c.since, target.c.key)
        .limit(MOST_SITES)
    )
    rows = connection.execute(asked).all()
    if not rows:
        return ()
    found = _findings(connection, [row.target_id for row in rows])
    return tuple(_site(row, found.get(row.target_id, ())) for row in rows)


def _findings(connection: Connection, targets: Sequence[int]) -> Mapping[int, Sequence[Any]]:
    """The findings of the newest scan of each site that found something: while it is cleaned, the last ones are empty."""
    newest = (
        select(func.max(integrity_scan.c.id))
        .join(integrity_finding, integrity_finding.c.scan_id == integrity_scan.c.id)
        .where(integrity_scan.c.target_id.in_(targets))
        .group_by(integrity_scan.c.target_id)
    )
    asked = (
        select(integrity_finding, integrity_scan.c.target_id)
        .join(integrity_scan, integrity_scan.c.id == integrity_finding.c.scan_id)
        .where(integrity_scan.c.id.in_(newest), integrity_finding.c.number < MOST_FINDINGS)
        .order_by(integrity_scan.c.target_id, integrity_finding.c.number)
    )
    found: dict[int, list[Any]] = {}
    for row in connection.execute(asked):
        found.setdefault(row.target_id, []).append(row)
    return found


def _site(row: Any, findings: Sequence[Any]) -> InjectedSite:
    first = max(findings, key=lambda each: (each.is_decisive, each.weight, -each.number), default=None)
    kind = FindingKind(first.kind) if first is not None else None
    names_foreign = first is not None and (kind in LEADS_AWAY or _path(first.url) == HOME)
    return InjectedSite(
        key=TargetKey(row.key),
        is_confirmed=row.phase == Phase.CONFIRMED,
        since=from_ms(row.since),
        kind=kind,
        place=defang(_path(first.url), PLACE_LETTERS) if first is not None else "",
        leads_to=_foreign(first) if names_foreign else "",
        pages=len({each.url for each in findings}),
        clean_scans=row.clean_scans,
        reinfections=row.reinfections,
        acknowledged_by=row.acknowledged_by,
        acknowledged_at=None if row.acknowledged_at is None else from_ms(row.acknowledged_at),
    )


def _path(url: str) -> str:
    """What follows the site's own name; the whole where that cannot be told."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return url
    return f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}" if parts.netloc else url


def _foreign(finding: Any) -> str:
    """The first address in an excerpt, defanged; empty where it names none."""
    shown = defang(finding.excerpt, 400)
    begins = shown.find("hxxp")
    return shown[begins:].split()[0].rstrip(";,")[:PLACE_LETTERS] if begins >= 0 else ""
