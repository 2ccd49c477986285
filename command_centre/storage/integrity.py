"""Writing what the watch for injected content found. Every function works within the caller's transaction."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta

import zstandard
from sqlalchemy import Connection, Row, delete, func, insert, select

from command_centre.domain.integrity import (
    Baseline,
    Body,
    Change,
    Finding,
    FindingKind,
    IntegrityException,
    Phase,
    Scan,
    Signal,
    Verdict,
    View,
    Watch,
    combined_weight,
)
from command_centre.domain.target import TargetKey
from command_centre.storage.database import insert_into, upsert_into
from command_centre.storage.integrity_tables import (
    integrity_event,
    integrity_evidence,
    integrity_exception,
    integrity_finding,
    integrity_scan,
    integrity_watch,
)
from command_centre.storage.tables import target
from command_centre.storage.times import from_ms, to_ms

LARGEST_BODY = 5 * 1024 * 1024
"""A page is read up to here; a larger body never comes."""

KEPT_SCANS = timedelta(days=400)
KEPT_BODIES = timedelta(days=180)


def target_id_of(connection: Connection, key: TargetKey) -> int | None:
    """The id of a target in the register; None when it is not there."""
    return connection.execute(select(target.c.id).where(target.c.key == key)).scalar()


def owner_of(connection: Connection, target_id: int) -> str:
    """Whose site it is; empty when the register does not say."""
    return connection.execute(select(target.c.owner).where(target.c.id == target_id)).scalar() or ""


def load_watch(connection: Connection, target_id: int) -> tuple[Watch, Baseline | None]:
    """Where the watch over a site stands, and what the site was like when it was well (None: never seen so)."""
    row = connection.execute(select(integrity_watch).where(integrity_watch.c.target_id == target_id)).first()
    if row is None:
        return Watch(), None
    return watch_of(row), _baseline_of(row.baseline)


def watch_of(row: Row[tuple[object, ...]]) -> Watch:
    """A row of ``integrity_watch`` as the domain's type."""
    return Watch(
        phase=Phase(row.phase),
        since=_moment(row.since),
        indicated_scans=row.indicated_scans,
        clean_scans=row.clean_scans,
        cleared_at=_moment(row.cleared_at),
        reinfections=row.reinfections,
        last_verdict=Verdict(row.last_verdict) if row.last_verdict is not None else None,
        last_scan_at=_moment(row.last_scan_at),
        last_judged_at=_moment(row.last_judged_at),
    )


def save_watch(connection: Connection, target_id: int, watch: Watch, baseline: Baseline | None) -> None:
    """Write where the watch stands."""
    values = {
        "target_id": target_id,
        "phase": watch.phase.value,
        "since": _ms(watch.since),
        "indicated_scans": watch.indicated_scans,
        "clean_scans": watch.clean_scans,
        "cleared_at": _ms(watch.cleared_at),
        "reinfections": watch.reinfections,
        "last_verdict": watch.last_verdict.value if watch.last_verdict is not None else None,
        "last_scan_at": _ms(watch.last_scan_at),
        "last_judged_at": _ms(watch.last_judged_at),
        "baseline": _baseline_text(baseline),
    }
    connection.execute(upsert_into(connection, integrity_watch), values)


def is_recorded(connection: Connection, target_id: int, at: datetime) -> bool:
    """Whether the scan of this moment is already there."""
    known = select(integrity_scan.c.id).where(integrity_scan.c.target_id == target_id, integrity_scan.c.at == to_ms(at))
    return connection.execute(known).scalar() is not None


def record_scan(connection: Connection, target_id: int, scan: Scan) -> int:
    """Write one scan with its findings and evidence; answers its id."""
    result = scan.result
    values = {
        "target_id": target_id,
        "at": to_ms(result.at),
        "verdict": result.verdict.value,
        "weight": combined_weight(result.findings),
        "pages": result.pages,
        "requests": result.requests,
        "unjudged": json.dumps({view.value: why for view, why in result.unjudged.items()}, ensure_ascii=False),
    }
    scan_id = int(connection.execute(insert(integrity_scan).returning(integrity_scan.c.id), values).scalar_one())
    rows = [_finding_row(scan_id, number, each) for number, each in enumerate(result.findings)]
    if rows:
        connection.execute(insert(integrity_finding), rows)
    for body in scan.bodies:
        _keep_body(connection, target_id, body, result.at)
    return scan_id


def _finding_row(scan_id: int, number: int, finding: Finding) -> dict[str, object]:
    return {
        "scan_id": scan_id,
        "number": number,
        "signal": finding.signal.value,
        "kind": finding.kind.value,
        "view": finding.view.value,
        "url": _storable(finding.url),
        "position": _storable(finding.position),
        "excerpt": _storable(finding.excerpt),
        "why": _storable(finding.why),
        "weight": finding.weight,
        "is_decisive": finding.is_decisive,
        "body_sha256": finding.body_sha256 or None,
        "fingerprint": finding.fingerprint,
    }


def _storable(text: str) -> str:
    """PostgreSQL takes no NUL, and no database half a character: a hacked page may hold both."""
    return text.replace("\x00", " ").encode("utf-8", "replace").decode("utf-8")


def _keep_body(connection: Connection, target_id: int, body: Body, at: datetime) -> None:
    """The same page is kept once, with when it was first and last seen."""
    values = {
        "target_id": target_id,
        "sha256": body.sha256,
        "view": body.view.value,
        "url": _storable(body.url),
        "first_at": to_ms(at),
        "last_at": to_ms(at),
        "size_bytes": len(body.content),
        "body": zstandard.ZstdCompressor(level=9).compress(body.content[:LARGEST_BODY]),
    }
    adding = insert_into(connection, integrity_evidence)
    keys = [integrity_evidence.c.target_id, integrity_evidence.c.sha256]
    connection.execute(adding.on_conflict_do_update(index_elements=keys, set_={"last_at": adding.excluded.last_at}), values)


def read_body(connection: Connection, target_id: int, sha256: str) -> bytes | None:
    """What a hacked page sent, for who may see evidence; None when it is not kept (any more)."""
    known = select(integrity_evidence.c.body).where(
        integrity_evidence.c.target_id == target_id, integrity_evidence.c.sha256 == sha256
    )
    packed = connection.execute(known).scalar()
    if packed is None:
        return None
    return zstandard.ZstdDecompressor().decompress(bytes(packed), max_output_size=LARGEST_BODY)


def note_change(
    connection: Connection,
    target_id: int,
    change: Change,
    at: datetime,
    *,
    scan_id: int | None = None,
    author: str | None = None,
    note: str | None = None,
) -> None:
    """What changed, for the chronology and for who tells people of it."""
    values = {"target_id": target_id, "at": to_ms(at), "change": change.value, "scan_id": scan_id, "author": author, "note": note}
    connection.execute(insert(integrity_event), values)


def exceptions_of(connection: Connection, target_id: int, at: datetime) -> tuple[IntegrityException, ...]:
    """The exceptions in force for a site."""
    known = select(integrity_exception.c.fingerprint, integrity_exception.c.ends_at).where(
        integrity_exception.c.target_id == target_id, integrity_exception.c.ends_at > to_ms(at)
    )
    return tuple(IntegrityException(row.fingerprint, from_ms(row.ends_at)) for row in connection.execute(known))


def add_exception(
    connection: Connection, target_id: int, exception: IntegrityException, author: str, reason: str, at: datetime
) -> None:
    """A person's word that this evidence is no injection; it ends."""
    values = {
        "target_id": target_id,
        "fingerprint": exception.fingerprint,
        "author": author,
        "reason": reason,
        "created_at": to_ms(at),
        "ends_at": to_ms(exception.ends_at),
    }
    connection.execute(insert(integrity_exception), values)


def newest_scan_that_found(connection: Connection, target_id: int) -> int | None:
    """The newest scan of a site that found something: while a site is being cleaned, later ones find nothing."""
    found = select(func.max(integrity_scan.c.id)).join(integrity_finding, integrity_finding.c.scan_id == integrity_scan.c.id)
    return connection.execute(found.where(integrity_scan.c.target_id == target_id)).scalar()


def newest_fingerprints(connection: Connection, target_id: int) -> tuple[str, ...]:
    """The fingerprints of what was found last, as they were made from the text that was found (what is stored may be cleaned)."""
    newest = newest_scan_that_found(connection, target_id)
    rows = connection.execute(select(integrity_finding.c.fingerprint).where(integrity_finding.c.scan_id == newest))
    return tuple(row.fingerprint for row in rows)


def newest_findings(connection: Connection, target_id: int) -> tuple[Finding, ...]:
    """What was found last, heaviest first, as it was found: shown only through ``defang``."""
    newest = newest_scan_that_found(connection, target_id)
    rows = connection.execute(
        select(integrity_finding).where(integrity_finding.c.scan_id == newest).order_by(integrity_finding.c.number)
    )
    return tuple(
        Finding(
            Signal(row.signal),
            FindingKind(row.kind),
            View(row.view),
            row.url,
            row.position,
            row.excerpt,
            row.why,
            row.weight,
            row.is_decisive,
            row.body_sha256 or "",
        )
        for row in rows
    )


def remove_old(connection: Connection, now: datetime, limit: int = 500) -> int:
    """Remove a piece of what is past its time: bodies after 180 days, scans after 400; returns how many rows."""
    bodies = (
        select(integrity_evidence.c.target_id, integrity_evidence.c.sha256)
        .where(integrity_evidence.c.last_at < to_ms(now - KEPT_BODIES))
        .limit(limit)
    )
    old = connection.execute(bodies).all()
    for row in old:
        connection.execute(
            delete(integrity_evidence).where(
                integrity_evidence.c.target_id == row.target_id, integrity_evidence.c.sha256 == row.sha256
            )
        )
    scans: Sequence[int] = (
        connection.execute(select(integrity_scan.c.id).where(integrity_scan.c.at < to_ms(now - KEPT_SCANS)).limit(limit))
        .scalars()
        .all()
    )
    if scans:
        connection.execute(delete(integrity_finding).where(integrity_finding.c.scan_id.in_(scans)))
        connection.execute(delete(integrity_scan).where(integrity_scan.c.id.in_(scans)))
    return len(old) + len(scans)


def _baseline_text(baseline: Baseline | None) -> str | None:
    if baseline is None:
        return None
    return json.dumps(
        {
            "language": _storable(baseline.language),
            "title": _storable(baseline.title),
            "foreign_code_hosts": sorted(map(_storable, baseline.foreign_code_hosts)),
            "sitemap_addresses": baseline.sitemap_addresses,
        },
        ensure_ascii=False,
    )


def _baseline_of(text: str | None) -> Baseline | None:
    if text is None:
        return None
    values = json.loads(text)
    return Baseline(values["language"], values["title"], frozenset(values["foreign_code_hosts"]), values["sitemap_addresses"])


def _moment(ms: int | None) -> datetime | None:
    return from_ms(ms) if ms is not None else None


def _ms(at: datetime | None) -> int | None:
    return to_ms(at) if at is not None else None
