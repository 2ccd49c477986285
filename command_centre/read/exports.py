"""Tables to take away: availability of every target over a period with its coverage, the incident log, what is watched."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, Select, or_, select

from command_centre.domain.availability import Account
from command_centre.domain.calendar import Interval
from command_centre.read.sums import Stretch, read_accounts, unseen
from command_centre.storage.tables import incident, target
from command_centre.storage.times import from_ms, to_ms

MOST_INCIDENTS = 100_000


@dataclass(frozen=True, slots=True)
class Table:
    """Columns and rows; a cell that is not known is None. ``units`` by column, where it has one."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]


_ABOUT = ("key", "kind", "name", "owner", "kelurahan", "kecamatan", "dimension")
_SECONDS = ("up", "degraded", "down", "unknown", "planned")
_RATIOS = ("availability", "availability_with_planned", "pessimistic", "optimistic", "coverage")

AVAILABILITY_COLUMNS = (
    *_ABOUT,
    "has_address",
    "period_start",
    "period_end",
    *(f"{each}_seconds" for each in _SECONDS),
    *(f"{each}_ratio" for each in _RATIOS),
)
INCIDENT_COLUMNS = (
    "id",
    "rule",
    "severity",
    "target",
    "name",
    "owner",
    "reason",
    "cause",
    "opened_at",
    "acknowledged_at",
    "acknowledged_by",
    "resolved_at",
    "duration_seconds",
    "scope",
)
REGISTER_COLUMNS = (*_ABOUT, "has_address", "expected_every_seconds", "parents", "source", "valid_from", "valid_to")


class Exports:
    """Tables of one database. Safe to use from several threads at once."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def availability(self, within: Interval, kind: str | None = None) -> Table:
        """The accounting rule for every target that the register listed within the period, measured or not."""
        stretch = Stretch(to_ms(within.start), to_ms(within.end))
        with self._engine.connect() as connection:
            accounts = read_accounts(connection, stretch, () if kind is None else (kind,))
            listed = [
                _available(row, accounts.get(row.id, unseen(stretch)), within)
                for row in connection.execute(_listed(within, kind))
            ]
        return Table("availability", AVAILABILITY_COLUMNS, tuple(listed))

    def incidents(self, within: Interval) -> Table:
        """Every incident that touches the period, oldest first."""
        touches = or_(incident.c.resolved_at.is_(None), incident.c.resolved_at > to_ms(within.start))
        question: Select[Any] = (
            select(incident, target.c.key, target.c.name, target.c.owner.label("target_owner"))
            .join(target, target.c.id == incident.c.target_id)
            .where(incident.c.opened_at < to_ms(within.end), touches)
            .order_by(incident.c.opened_at, incident.c.id)
            .limit(MOST_INCIDENTS)
        )
        with self._engine.connect() as connection:
            return Table("incidents", INCIDENT_COLUMNS, tuple(_story(row) for row in connection.execute(question)))

    def register(self, within: Interval, kind: str | None = None) -> Table:
        """What was to be watched within the period."""
        with self._engine.connect() as connection:
            return Table("register", REGISTER_COLUMNS, tuple(_entry(row) for row in connection.execute(_listed(within, kind))))


def _listed(within: Interval, kind: str | None) -> Select[Any]:
    """The targets that were in the register at some time of the period; our own parts are not the city's."""
    still_there = or_(target.c.removed_at.is_(None), target.c.removed_at > to_ms(within.start))
    question: Select[Any] = (
        select(target).where(still_there, target.c.created_at < to_ms(within.end), target.c.kind != "self").order_by(target.c.key)
    )
    return question if kind is None else question.where(target.c.kind == kind)


def _about(row: Any) -> tuple[Any, ...]:
    return (row.key, row.kind, row.name, row.owner, row.kelurahan, row.kecamatan, row.dimension)


def _available(row: Any, account: Account, within: Interval) -> tuple[Any, ...]:
    seconds = tuple(getattr(account, each).total_seconds() for each in _SECONDS)
    ratios = tuple(getattr(account, each) for each in _RATIOS)
    return (*_about(row), row.address is not None, within.start, within.end, *seconds, *ratios)


def _story(row: Any) -> tuple[Any, ...]:
    opened, resolved = from_ms(row.opened_at), None if row.resolved_at is None else from_ms(row.resolved_at)
    acknowledged = None if row.acknowledged_at is None else from_ms(row.acknowledged_at)
    length = None if resolved is None else (resolved - opened).total_seconds()
    owner = row.owner or row.target_owner
    about = (row.id, row.rule, row.severity, row.key, row.name, owner, row.reason, row.cause)
    return (*about, opened, acknowledged, row.acknowledged_by, resolved, length, row.scope)


def _entry(row: Any) -> tuple[Any, ...]:
    parents = " ".join(json.loads(row.parents))
    more = (row.address is not None, row.expected_every_seconds, parents, row.source, row.valid_from, row.valid_to)
    return (*_about(row), *more)


def as_csv(table: Table) -> bytes:
    """Comma-separated, UTF-8 with its mark (spreadsheets ask for it), times in ISO 8601 UTC, an unknown cell empty."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(table.columns)
    writer.writerows([[_cell(value) for value in row] for row in table.rows])
    return out.getvalue().encode("utf-8-sig")


def _cell(value: Any) -> Any:
    """Text that a spreadsheet would take for a formula is kept text: names come from outside."""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r"):
        return f"'{value}"
    return value


def as_parquet(table: Table, facts: Mapping[str, str]) -> bytes:
    """One Parquet file, zstd, with ``facts`` in its metadata."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    columns: Sequence[Sequence[Any]] = list(zip(*table.rows, strict=True)) if table.rows else [[] for _ in table.columns]
    arrays = {name: pa.array(list(values)) for name, values in zip(table.columns, columns, strict=True)}
    out = io.BytesIO()
    pq.write_table(pa.table(arrays).replace_schema_metadata(dict(facts)), out, compression="zstd")
    return out.getvalue()
