"""The days on which offices are shut: public holidays from a kept library, joint leave and what is decided here from a file.

Joint leave (cuti bersama) is decreed year by year, and the dates of Islamic holidays are settled shortly before: so the file has
the last word. It may also say that a day is a working day after all.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from command_centre.config.cells import date_of, refuse_repeated, require
from command_centre.config.mistakes import Mistake, nearest, quoted
from command_centre.config.register import Columns, Row, Table, read_table
from command_centre.domain.special_day import DayKind, SpecialDay

FIRST_YEAR, LAST_YEAR = 2020, 2040
"""Years for which the library is asked: the past that is kept, and as far ahead as anybody promises anything."""

HOLIDAY_COLUMNS = Columns(
    ("date", "name", "kind"), ("source",), {"tanggal": "date", "nama": "name", "jenis": "kind", "sumber": "source"}
)


def read_special_days(data: bytes, file: str) -> tuple[tuple[SpecialDay, ...], tuple[Mistake, ...]]:
    """The rows, and every mistake in them."""
    table = read_table(data, file, HOLIDAY_COLUMNS)
    found = [each for row in table.rows if (each := _special_day(table, row)) is not None]
    refuse_repeated(table, "date", lambda row: row["date"])
    return tuple(found), tuple(table.mistakes)


def _special_day(table: Table, row: Row) -> SpecialDay | None:
    require(table, row, ("date", "name", "kind"))
    day = date_of(table, row, "date")
    known = [each.value for each in DayKind]
    kind = row["kind"].lower()
    if kind and kind not in known:
        table.refuse(row, "kind", f"{quoted(row['kind'])} is not one of {', '.join(known)}", nearest(kind, known))
    if day is None or kind not in known:
        return None
    return SpecialDay(day, row["name"], DayKind(kind))


def closed_days(special: Iterable[SpecialDay]) -> frozenset[date]:
    """Every day from ``FIRST_YEAR`` to ``LAST_YEAR`` on which offices are shut, weekends apart."""
    rows: Sequence[SpecialDay] = tuple(special)
    own = {each.day for each in rows if each.kind is not DayKind.WORKING}
    working = {each.day for each in rows if each.kind is DayKind.WORKING}
    return frozenset((_public_holidays() | own) - working)


def _public_holidays() -> set[date]:
    import holidays  # a fifth of a second to import: only who counts working days waits for it

    return set(holidays.country_holidays("ID", years=range(FIRST_YEAR, LAST_YEAR + 1)))
