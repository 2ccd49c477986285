"""Frozen snapshots as rows: written once, in one chain, never changed.

The seal of a snapshot is the hash of what it says (``sha256``), which period and revision it is, and the seal before it. So no
link can be taken out or exchanged without every later one failing.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import zstandard
from sqlalchemy import Connection, Row, Select, func, insert, select

from command_centre.domain.cut import DataCut, Earlier
from command_centre.domain.seal import Frozen, Seal
from command_centre.domain.snapshot import Snapshot, headline
from command_centre.storage.canonical import canonical, digest, evidence_digest, read_back
from command_centre.storage.database import upsert_into
from command_centre.storage.facts import SNAPSHOTS_NEED_SINCE, remember
from command_centre.storage.signing import Signer, is_signed_by
from command_centre.storage.snapshot_tables import snapshot, snapshot_check
from command_centre.storage.times import from_ms, to_ms

MOST_BODY_BYTES = 256 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Listed:
    """One line of the archive: without the body."""

    seal: Seal
    starts_at: datetime
    ends_at: datetime
    is_simulated: bool
    code_version: str
    headline: Mapping[str, float]
    changes: tuple[str, ...]
    differs_now: bool


def sealed(signer: Signer, snap: Snapshot, cut: DataCut, *, revision: int, previous: str | None, cut_at: datetime) -> Seal:
    """The seal of a snapshot: same snapshot, place in the chain and key, same seal."""
    parts = {
        "period": snap.period,
        "revision": revision,
        "cut_at": to_ms(cut_at),
        "sha256": digest(snap),
        "cut_sha256": digest(cut),
        "previous": previous,
    }
    data = canonical(parts)
    return Seal(**parts, seal=digest(parts), public_key=signer.public_key, signature=signer.sign(data))  # type: ignore[arg-type]


def seal_parts(seal: Seal) -> dict[str, Any]:
    """What the seal is the hash of, and the signature is over."""
    return {
        "period": seal.period,
        "revision": seal.revision,
        "cut_at": seal.cut_at,
        "sha256": seal.sha256,
        "cut_sha256": seal.cut_sha256,
        "previous": seal.previous,
    }


def is_genuine(seal: Seal) -> bool:
    """Whether the seal is the hash of its parts and the signature is that of its public key."""
    parts = seal_parts(seal)
    return digest(parts) == seal.seal and is_signed_by(seal.public_key, canonical(parts), seal.signature)


def freeze(connection: Connection, frozen: Frozen) -> None:
    """Write one snapshot, for ever."""
    seal, snap, cut = frozen.seal, frozen.snapshot, frozen.cut
    row = {
        "period": seal.period,
        "revision": seal.revision,
        "starts_at": snap.starts_at,
        "ends_at": snap.ends_at,
        "cut_at": seal.cut_at,
        "sha256": seal.sha256,
        "cut_sha256": seal.cut_sha256,
        "evidence_sha256": evidence_digest(cut),
        "previous": seal.previous,
        "seal": seal.seal,
        "public_key": seal.public_key,
        "signature": seal.signature,
        "config_hash": snap.config_hash,
        "code_version": snap.code_version,
        "is_simulated": snap.is_simulated,
        "headline": json.dumps(dict(headline(snap))),
        "changes": json.dumps(frozen.changes, ensure_ascii=False),
        "body": _packed(snap),
        "cut": _packed(cut),
    }
    connection.execute(insert(snapshot).values(row))


def last_seal(connection: Connection) -> str | None:
    """The end of the chain; None while it is empty."""
    return connection.execute(select(snapshot.c.seal).order_by(snapshot.c.id.desc()).limit(1)).scalar_one_or_none()


def frozen_periods(connection: Connection) -> frozenset[str]:
    """The names of all periods that are frozen."""
    return frozenset(connection.execute(select(snapshot.c.period).distinct()).scalars())


def frozen_evidence(connection: Connection, period: str) -> str | None:
    """The hash of what was measured, of the newest revision of a period; None when it is not frozen yet."""
    asked = select(snapshot.c.evidence_sha256).where(snapshot.c.period == period).order_by(snapshot.c.revision.desc()).limit(1)
    return connection.execute(asked).scalar_one_or_none()


def load(connection: Connection, period: str, revision: int | None = None) -> Frozen | None:
    """One snapshot, the newest revision unless one is named; None when there is none."""
    row = _row_of(connection, period, revision)
    return None if row is None else _frozen(row)


@dataclass(frozen=True, slots=True)
class Kept:
    """One snapshot as plain data, exactly as it was sealed: also when this version of the program knows more fields."""

    seal: Seal
    body: Any
    cut: Any
    changes: tuple[str, ...]


def load_as_kept(connection: Connection, period: str, revision: int | None = None) -> Kept | None:
    """One snapshot for its sealed file; None when there is none."""
    row = _row_of(connection, period, revision)
    return None if row is None else Kept(_seal(row), _unpacked(row.body), _unpacked(row.cut), tuple(json.loads(row.changes)))


def _row_of(connection: Connection, period: str, revision: int | None) -> Row[Any] | None:
    asked = select(snapshot).where(snapshot.c.period == period).order_by(snapshot.c.revision.desc()).limit(1)
    if revision is not None:
        asked = asked.where(snapshot.c.revision == revision)
    return connection.execute(asked).one_or_none()


def load_snapshot(connection: Connection, period: str, revision: int | None = None) -> tuple[Seal, Snapshot] | None:
    """The same without its cut: what screens need."""
    row = _row_of(connection, period, revision)
    if row is None:
        return None
    body = read_back(Snapshot, _unpacked(row.body))
    return _seal(row), body


def archive(connection: Connection, limit: int = 520) -> tuple[Listed, ...]:
    """The newest revision of every period, newest period first."""
    newest = select(snapshot.c.period, func.max(snapshot.c.revision).label("revision")).group_by(snapshot.c.period).subquery()
    columns = [each for each in snapshot.c if each.name not in ("body", "cut")]
    asked: Select[Any] = (
        select(*columns, snapshot_check.c.differs)
        .join(newest, (newest.c.period == snapshot.c.period) & (newest.c.revision == snapshot.c.revision))
        .outerjoin(snapshot_check, snapshot_check.c.period == snapshot.c.period)
        .order_by(snapshot.c.starts_at.desc(), snapshot.c.ends_at, snapshot.c.period)
        .limit(limit)
    )
    return tuple(_listed(row) for row in connection.execute(asked))


def earlier(connection: Connection, period: str) -> Earlier | None:
    """The headline of a frozen period, to compare with; None when it was never frozen."""
    asked = (
        select(snapshot.c.seal, snapshot.c.headline)
        .where(snapshot.c.period == period)
        .order_by(snapshot.c.revision.desc())
        .limit(1)
    )
    row = connection.execute(asked).one_or_none()
    return None if row is None else Earlier(period, row.seal, tuple(sorted(json.loads(row.headline).items())))


def note_check(connection: Connection, period: str, evidence: str, at: datetime) -> bool:
    """Remember how the data of a frozen period stand now; answers whether they differ from what was frozen."""
    differs = evidence != frozen_evidence(connection, period)
    row = {"period": period, "checked_at": to_ms(at), "evidence_sha256": evidence, "differs": differs}
    connection.execute(upsert_into(connection, snapshot_check), row)
    return differs


def keep_since(connection: Connection, since: datetime, at: datetime) -> None:
    """Tell retention from when on rollups are still needed."""
    remember(connection, SNAPSHOTS_NEED_SINCE, str(to_ms(since)), at)


def _frozen(row: Row[Any]) -> Frozen:
    cut = read_back(DataCut, _unpacked(row.cut))
    body = read_back(Snapshot, _unpacked(row.body))
    return Frozen(_seal(row), body, cut, tuple(json.loads(row.changes)))


def _seal(row: Row[Any]) -> Seal:
    return Seal(
        period=row.period,
        revision=row.revision,
        cut_at=row.cut_at,
        sha256=row.sha256,
        cut_sha256=row.cut_sha256,
        previous=row.previous,
        seal=row.seal,
        public_key=row.public_key,
        signature=row.signature,
    )


def _listed(row: Row[Any]) -> Listed:
    return Listed(
        seal=_seal(row),
        starts_at=from_ms(row.starts_at),
        ends_at=from_ms(row.ends_at),
        is_simulated=row.is_simulated,
        code_version=row.code_version,
        headline=json.loads(row.headline),
        changes=tuple(json.loads(row.changes)),
        differs_now=bool(row.differs),
    )


def _packed(value: Any) -> bytes:
    return zstandard.ZstdCompressor(level=3).compress(canonical(value))


def _unpacked(data: bytes) -> Any:
    return json.loads(zstandard.ZstdDecompressor().decompress(data, max_output_size=MOST_BODY_BYTES))
