"""The annex: every figure of a snapshot as tables, for a spreadsheet or a program. Lengths in seconds, ratios 0..1, times ISO.

What was not measured is an empty cell. The same snapshot gives the same bytes.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.parquet as pq
import xlsxwriter

from command_centre.domain.ledger import Ledger
from command_centre.domain.snapshot import Snapshot

Cell = str | int | float | None
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
PERSON_HOUR = 360_000_000
"""Hundredths of a device × milliseconds in an hour of one device."""

LEDGER_HEADS = tuple(f"{part}_seconds" for part in Ledger._fields)
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table of the annex."""

    name: str
    head: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


def sheets(snap: Snapshot) -> tuple[Sheet, ...]:
    """All tables, in a fixed order."""
    return (_about(snap), _targets(snap), _groups(snap), _incidents(snap), _claim(snap), _equity(snap), _follow_ups(snap))


def as_csv(sheet: Sheet) -> bytes:
    """One table as CSV with semicolons (what a spreadsheet in Indonesian expects), UTF-8 with its mark."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(sheet.head)
    writer.writerows([_safe(cell) for cell in row] for row in sheet.rows)
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def as_parquet(sheet: Sheet) -> bytes:
    """One table as Parquet."""
    columns = list(zip(*sheet.rows, strict=True)) if sheet.rows else [()] * len(sheet.head)
    arrays = [pa.array(_one_kind(column)) for column in columns]
    out = io.BytesIO()
    pq.write_table(pa.table(dict(zip(sheet.head, arrays, strict=True))), out, compression="zstd")
    return out.getvalue()


def as_xlsx(tables: Sequence[Sheet], made_at: datetime) -> bytes:
    """All tables as one workbook. ``made_at`` is the date written into the file."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        book.set_properties({"created": made_at.replace(tzinfo=None)})
        bold = book.add_format({"bold": True})
        for sheet in tables:
            page = book.add_worksheet(sheet.name)
            page.write_row(0, 0, sheet.head, bold)
            for number, row in enumerate(sheet.rows, start=1):
                page.write_row(number, 0, row)
            page.freeze_panes(1, 1)
            page.set_column(0, len(sheet.head) - 1, 16)
    return out.getvalue()


def _safe(cell: Cell) -> Cell:
    """A text that a spreadsheet would take for a formula is written as text."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA_SIGNS) else cell


def _one_kind(column: Iterable[Cell]) -> list[Any]:
    cells = list(column)
    known = [each for each in cells if each is not None]
    if any(isinstance(each, str) for each in known):
        return [None if each is None else str(each) for each in cells]
    if any(isinstance(each, float) for each in known):
        return [None if each is None else float(each) for each in cells]
    return cells


def _seconds(milliseconds: int | None) -> float | None:
    return None if milliseconds is None else milliseconds / 1000


def _ledger(ledger: Ledger) -> tuple[Cell, ...]:
    return tuple(part / 1000 for part in ledger)


def _about(snap: Snapshot) -> Sheet:
    zone = ZoneInfo(snap.zone)
    facts: Mapping[str, Cell] = {
        "period": snap.period,
        "starts_at": _moment(snap.starts_at, zone),
        "ends_at": _moment(snap.ends_at, zone),
        "is_whole": str(snap.is_whole).lower(),
        "is_simulated": str(snap.is_simulated).lower(),
        "config_hash": snap.config_hash,
        "code_version": snap.code_version,
        "rule_version": snap.rule_version,
        "people_lost_hours": snap.people_lost.total / PERSON_HOUR,
        "people_lost_points_counted": snap.people_lost.counted,
        "people_lost_points_not_known": snap.people_lost.not_known,
    }
    return Sheet("about", ("fact", "value"), tuple((name, str(value)) for name, value in facts.items()))


def _targets(snap: Snapshot) -> Sheet:
    head = (
        "key", "kind", "name", "owner", "kelurahan", "kecamatan", "settlement", "provider", "class_mbps", "dimension",
        "availability", "coverage", *LEDGER_HEADS, "longest_outage_seconds", "full_seconds", "people_lost_hours", "incidents",
    )  # fmt: skip
    rows = tuple(
        (
            each.key,
            each.kind,
            each.name,
            each.owner,
            each.kelurahan,
            each.kecamatan,
            each.settlement,
            each.provider,
            each.class_mbps,
            each.dimension,
            each.availability,
            each.coverage,
            *_ledger(each.ledger),
            _seconds(each.outage_longest),
            _seconds(each.full),
            None if each.people_lost is None else each.people_lost / PERSON_HOUR,
            each.incidents,
        )
        for each in snap.targets
    )
    return Sheet("targets", head, rows)


def _groups(snap: Snapshot) -> Sheet:
    days = max((len(each.days) for each in snap.groups), default=0)
    head = (
        "by", "of", "name", "registered", "expected", "measured", "availability", "with_planned", "pessimistic", "optimistic",
        "coverage", *LEDGER_HEADS, *(f"day_{day + 1}" for day in range(days)),
    )  # fmt: skip
    rows = tuple(
        (
            each.by,
            each.of,
            snap.place(each.of),
            each.figure.registered,
            each.figure.expected,
            each.figure.measured,
            each.figure.availability,
            each.figure.with_planned,
            each.figure.pessimistic,
            each.figure.optimistic,
            each.figure.coverage,
            *_ledger(each.figure.ledger),
            *each.days,
        )
        for each in snap.groups
    )
    return Sheet("groups", head, rows)


def _incidents(snap: Snapshot) -> Sheet:
    zone = ZoneInfo(snap.zone)
    head = (
        "id", "rule", "severity", "target", "kind", "reason", "opened_at", "acknowledged_at", "resolved_at", "cause", "owner",
        "parent_id", "group_kind", "group_key", "scope", "scope_total",
    )  # fmt: skip
    rows = tuple(
        (
            each.id,
            each.rule,
            each.severity,
            each.target,
            each.kind,
            each.reason,
            _moment(each.opened_at, zone),
            _moment(each.acknowledged_at, zone),
            _moment(each.resolved_at, zone),
            each.cause,
            each.owner,
            each.parent_id,
            each.group_kind,
            each.group_key,
            each.scope,
            each.scope_total,
        )
        for each in snap.incident_log
    )
    return Sheet("incidents", head, rows)


def _claim(snap: Snapshot) -> Sheet:
    head = (
        "provider",
        "class_mbps",
        "points",
        "measured_seconds",
        "down_seconds",
        "excused_seconds",
        "allowed_seconds",
        "below_seconds",
    )
    rows = tuple(
        (
            each.provider,
            each.class_mbps,
            each.hotspots,
            *(part / 1000 for part in (each.measured, each.down, each.excused, each.allowed, each.below)),
        )
        for each in snap.claim
    )
    return Sheet("claim", head, rows)


def _equity(snap: Snapshot) -> Sheet:
    head = (
        "area",
        "name",
        "is_settlement",
        "points",
        "availability",
        "coverage",
        "usable_mbps",
        "saturated",
        "people_lost_hours",
    )
    rows = tuple(
        (
            each.area,
            snap.place(each.area),
            str(each.is_settlement).lower(),
            each.hotspots,
            each.availability,
            each.coverage,
            each.usable_mbps,
            each.saturated,
            each.people_lost / PERSON_HOUR,
        )
        for each in snap.equity
    )
    return Sheet("equity", head, rows)


def _follow_ups(snap: Snapshot) -> Sheet:
    zone = ZoneInfo(snap.zone)
    rows = tuple(
        (each.id, each.what, each.owner, each.status, each.deadline, _moment(each.closed_at, zone)) for each in snap.follow_ups
    )
    return Sheet("follow_ups", ("id", "what", "owner", "status", "deadline", "closed_at"), rows)


def _moment(milliseconds: int | None, zone: ZoneInfo) -> str | None:
    return None if milliseconds is None else (EPOCH + timedelta(milliseconds=milliseconds)).astimezone(zone).isoformat()
