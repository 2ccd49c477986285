"""The log of readings: append-only, one row per reading, all its values packed.

Readers know ``tables`` only and never this module, so that old readings can later be sealed into blocks behind it
(docs/decisions/0002).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, select, update

from command_centre.domain.reading import Reading, Source
from command_centre.domain.series import MetricName
from command_centre.domain.target import TargetKey, TargetKind
from command_centre.storage.database import insert_into
from command_centre.storage.tables import detail, latest, reading, target
from command_centre.storage.times import from_ms, to_ms
from command_centre.storage.values import pack_values

PATIENCE_IN_INTERVALS = 2.0
"""How long a reading vouches, in intervals of its target (BEHAVIOUR.md §2.2)."""

LEAST_PATIENCE_SECONDS = 1.0

SIMULATED_PATIENCE = timedelta(minutes=6)
SIMULATED_HOTSPOT_PATIENCE = timedelta(minutes=62)
"""Back-filled history comes in steps of five minutes (sites) or an hour (hotspots): it vouches from one step to the next."""

DAY_MS = 86_400_000


@dataclass(frozen=True, slots=True)
class KnownTarget:
    """What the recorder has to know about a target."""

    id: int
    key: TargetKey
    kind: TargetKind
    patience: timedelta


@dataclass(frozen=True, slots=True)
class _Prepared:
    """A reading in the form in which rows hold it."""

    target: KnownTarget
    reading: Reading
    at: int
    packed: bytes | None
    detail: _Detail | None


@dataclass(frozen=True, slots=True)
class _Detail:
    hash: bytes
    text: str
    facts: str


@dataclass(frozen=True, slots=True)
class Stored:
    """A reading that was new, with its place in the log. ``is_newest``: no later one of its target was there before it."""

    seq: int
    target: KnownTarget
    reading: Reading
    at: int
    is_newest: bool
    detail_id: int | None
    packed: bytes | None

    @property
    def patience(self) -> timedelta:
        """How long this reading vouches when no other follows."""
        if self.reading.source is Source.SIMULATED:
            is_hotspot = self.target.kind is TargetKind.HOTSPOT
            return max(self.target.patience, SIMULATED_HOTSPOT_PATIENCE if is_hotspot else SIMULATED_PATIENCE)
        return self.target.patience


def known_targets(connection: Connection, keys: Iterable[TargetKey]) -> dict[TargetKey, KnownTarget]:
    """Those of ``keys`` that the register in the database has."""
    columns = (target.c.id, target.c.key, target.c.kind, target.c.expected_every_seconds)
    rows = connection.execute(select(*columns).where(target.c.key.in_(list(keys))))
    return {
        TargetKey(row.key): KnownTarget(row.id, TargetKey(row.key), TargetKind(row.kind), patience(row.expected_every_seconds))
        for row in rows
    }


def patience(expected_every_seconds: float) -> timedelta:
    """How long one reading of a target vouches."""
    return timedelta(seconds=max(PATIENCE_IN_INTERVALS * expected_every_seconds, LEAST_PATIENCE_SECONDS))


def log_ends_at(connection: Connection, kind: TargetKind) -> datetime | None:
    """When a target of this kind was last looked at; None when none ever was."""
    ends = select(func.max(latest.c.at)).join(target, target.c.id == latest.c.target_id).where(target.c.kind == kind.value)
    newest = connection.execute(ends).scalar()
    return None if newest is None else from_ms(newest)


def append_readings(
    connection: Connection,
    batch: Sequence[tuple[KnownTarget, Reading]],
    metrics: Mapping[MetricName, int],
    at: datetime,
) -> list[Stored]:
    """Append what is new to the log, in order of time; what the log already holds (same target, time and source) changes nothing.

    ``metrics`` gives the number of every metric that occurs; ``at`` is now.
    """
    if not batch:
        return []
    prepared = [_prepare(known, each, metrics) for known, each in sorted(batch, key=lambda pair: pair[1].taken_at)]
    ids = sorted({each.target.id for each in prepared})
    newest = _newest_times(connection, ids)
    details = _keep_details(connection, prepared, at)
    before = connection.execute(select(func.max(reading.c.seq))).scalar() or 0
    rows = [_reading_row(each, details) for each in prepared]
    connection.execute(insert_into(connection, reading).on_conflict_do_nothing(), rows)
    written = _written_since(connection, before, ids)
    stored: list[Stored] = []
    for each in prepared:
        seq = written.pop((each.target.id, each.at, each.reading.source.value), None)
        if seq is not None:
            is_newest = each.at > newest.get(each.target.id, each.at - 1)
            stored.append(Stored(seq, each.target, each.reading, each.at, is_newest, _detail_id(each, details), each.packed))
    return stored


def _prepare(known: KnownTarget, each: Reading, metrics: Mapping[MetricName, int]) -> _Prepared:
    packed = pack_values({metrics[name]: value for name, value in each.values.items()})
    return _Prepared(known, each, to_ms(each.taken_at), packed, _detail_of(each))


def _detail_of(each: Reading) -> _Detail | None:
    if not each.detail and not each.evidence:
        return None
    text = clean_text(each.detail)
    facts = clean_text(json.dumps(dict(each.evidence), ensure_ascii=False, sort_keys=True))
    return _Detail(hashlib.blake2b(f"{text}\0{facts}".encode(), digest_size=16).digest(), text, facts)


def clean_text(text: str) -> str:
    """Text from outside as every database takes it: without NUL and without halves of characters."""
    return text.replace("\0", "\ufffd").encode("utf-8", "replace").decode("utf-8")


def _keep_details(connection: Connection, prepared: Sequence[_Prepared], at: datetime) -> dict[bytes, int]:
    """The id of every detail in the batch; each text is kept once, however often it is said."""
    said = {each.detail.hash: each.detail for each in prepared if each.detail is not None}
    if not said:
        return {}
    today = to_ms(at) // DAY_MS * DAY_MS
    known = select(detail.c.id, detail.c.hash, detail.c.last_used).where(detail.c.hash.in_(list(said)))
    rows = connection.execute(known).all()
    faded = [row.id for row in rows if row.last_used < today]
    if faded:
        connection.execute(update(detail).where(detail.c.id.in_(faded)).values(last_used=today))
    found = {bytes(row.hash): row.id for row in rows}
    new = [each for key, each in said.items() if key not in found]
    if not new:
        return found
    adding = insert_into(connection, detail).on_conflict_do_nothing()
    connection.execute(adding, [{"hash": each.hash, "text": each.text, "facts": each.facts, "last_used": today} for each in new])
    return {bytes(row.hash): row.id for row in connection.execute(known)}


def _newest_times(connection: Connection, ids: Sequence[int]) -> dict[int, int]:
    rows = connection.execute(select(latest.c.target_id, latest.c.at).where(latest.c.target_id.in_(ids)))
    return {row.target_id: row.at for row in rows}


def _written_since(connection: Connection, before: int, ids: Sequence[int]) -> dict[tuple[int, int, str], int]:
    """What was just appended. The writer of a shard is alone with its targets: later rows of theirs are its own."""
    columns = (reading.c.seq, reading.c.target_id, reading.c.at, reading.c.source)
    rows = connection.execute(select(*columns).where(reading.c.seq > before, reading.c.target_id.in_(ids)))
    return {(row.target_id, row.at, row.source): row.seq for row in rows}


def _reading_row(each: _Prepared, details: Mapping[bytes, int]) -> dict[str, object]:
    return {
        "target_id": each.target.id,
        "at": each.at,
        "status": each.reading.status.value,
        "reason": each.reading.reason.value,
        "source": each.reading.source.value,
        "tentative": each.reading.tentative,
        "packed": each.packed,
        "detail_id": _detail_id(each, details),
    }


def _detail_id(each: _Prepared, details: Mapping[bytes, int]) -> int | None:
    return None if each.detail is None else details[each.detail.hash]
