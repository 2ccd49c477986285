"""CSV registers as people keep them in a spreadsheet: rows with line numbers, cells cleaned, every oddity reported."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from command_centre.config.mistakes import Mistake, nearest, quoted

LARGEST_BYTES = 20_000_000
MOST_ROWS = 100_000
DELIMITERS = ";,\t"

_INVISIBLE = re.compile("[\ufeff\u200b\u200c\u200d\u2060\u00ad]")
_SPREADSHEET_ERROR = re.compile(r"#(REF|N/A|NAME|VALUE|DIV/0|NULL|NUM)[!?]?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Row:
    """One row. ``line`` is where it begins in the file, from 1; an empty cell is an empty text."""

    line: int
    cells: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")


@dataclass(slots=True)
class Table:
    """The rows of one register, and the mistakes found so far."""

    file: str
    rows: tuple[Row, ...] = ()
    mistakes: list[Mistake] = field(default_factory=list)
    has_lost_rows: bool = False
    """Whether something in the file could not be read as a row: then nobody can say what it does not hold."""

    def refuse(self, row: Row, column: str, sentence: str, suggestion: str | None = None) -> None:
        """A mistake in one cell."""
        self.mistakes.append(Mistake(self.file, sentence, row.line, None, f"'{column}'", suggestion))

    def refuse_line(self, line: int, sentence: str, suggestion: str | None = None) -> None:
        """A mistake in a whole line."""
        self.mistakes.append(Mistake(self.file, sentence, line, suggestion=suggestion))

    def lose_line(self, line: int, sentence: str) -> None:
        """A mistake for which a line, or all from there on, cannot be read."""
        self.has_lost_rows = True
        self.refuse_line(line, sentence)


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns a register knows, and other ``headings`` under which people write them."""

    required: tuple[str, ...]
    optional: tuple[str, ...] = ()
    headings: Mapping[str, str] = field(default_factory=dict)

    @property
    def known(self) -> tuple[str, ...]:
        """The names of all columns."""
        return (*self.required, *self.optional)

    def spellings(self, names: Collection[str]) -> tuple[str, ...]:
        """Everything that these columns may be called."""
        return (*names, *(heading for heading, name in self.headings.items() if name in names))

    def named(self, heading: str) -> str:
        """The column that a heading means, or the heading as it is."""
        name = re.sub(r"[\s-]+", "_", heading.lower())
        return self.headings.get(name, name)


def read_table(data: bytes, file: str, columns: Columns) -> Table:
    """The table in ``data``. Columns are recognised by name, in any order; unknown columns are mistakes."""
    table = Table(file)
    text = _decode(data, table)
    if text is not None:
        _fill(table, text, columns)
    return table


def _decode(data: bytes, table: Table) -> str | None:
    if len(data) > LARGEST_BYTES:
        table.lose_line(1, f"is larger than {LARGEST_BYTES // 1_000_000} MB")
        return None
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", errors="replace")  # Excel's "Unicode text"
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as trouble:
        line = data.count(b"\n", 0, trouble.start) + 1
        table.lose_line(line, "is not UTF-8; in the spreadsheet choose 'CSV UTF-8' when saving")
        return None


def _fill(table: Table, text: str, columns: Columns) -> None:
    records = _records(table, text)
    first = next(records, None)
    if first is None:
        if not table.mistakes:
            table.lose_line(1, "is empty; the first line must name the columns")
        return
    names = _names(table, first, columns)
    if names is not None:
        rows = [row for line, cells in records if (row := _row(table, line, cells, names)) is not None]
        table.rows = tuple(rows)


def _records(table: Table, text: str) -> Iterator[tuple[int, list[str]]]:
    """Records with the line on which each begins; records without any text are left out."""
    lines, skipped = _without_separator_line(text)
    delimiter = _delimiter(lines)
    reader = csv.reader(io.StringIO(lines, newline=""), delimiter=delimiter, strict=True)
    begin = 1 + skipped
    count = 0
    try:
        for cells in reader:
            if any(_clean(cell) for cell in cells):
                count += 1
                yield begin, cells
            begin = reader.line_num + 1 + skipped
            if count > MOST_ROWS:
                table.lose_line(begin, f"has more than {MOST_ROWS} rows")
                return
    except csv.Error:
        table.lose_line(begin, "cannot be read from here on; a quotation mark is missing or too many")


def _without_separator_line(text: str) -> tuple[str, int]:
    """Excel's ``sep=;`` on the first line says how the rest is cut; the header says so too."""
    first, break_, rest = text.partition("\n")
    return (rest, 1) if re.fullmatch(r'"?sep=.?"?\s*', first, re.IGNORECASE) and break_ else (text, 0)


def _delimiter(text: str) -> str:
    header = re.split(r"[\r\n]", text.lstrip(), maxsplit=1)[0]
    return max(DELIMITERS, key=header.count)


def _names(table: Table, header: tuple[int, list[str]], columns: Columns) -> list[str] | None:
    """The names of the columns, in their order; None when it makes no sense to read on."""
    line, cells = header
    names = [columns.named(_clean(cell)) for cell in cells]
    filled = [name for name in names if name]
    missing = [name for name in columns.required if name not in names]
    for name in dict.fromkeys(filled):
        if name not in columns.known:
            table.refuse_line(line, f"unknown column {quoted(name)}", nearest(name, columns.spellings(missing or columns.known)))
        if filled.count(name) > 1:
            table.refuse_line(line, f"column {quoted(name)} is there {filled.count(name)} times")
    for name in missing:
        table.refuse_line(line, f"the column '{name}' is missing")
    table.has_lost_rows = bool(missing) or len(set(filled)) < len(filled)
    return None if table.has_lost_rows else names


def _row(table: Table, line: int, cells: list[str], columns: list[str]) -> Row | None:
    cleaned = [_clean(cell) for cell in cells]
    if any(cleaned[len(columns) :]):
        table.lose_line(line, f"has {len(cells)} cells, the header names {len(columns)}; text with a separator needs quotes")
        return None
    if len(cells) < len(columns):
        table.lose_line(line, f"has {len(cells)} cells, the header names {len(columns)}; is the row cut off?")
        return None
    row = Row(line, {name: cell for name, cell in zip(columns, cleaned, strict=False) if name})
    for column, cell in row.cells.items():
        trouble = _trouble(cell)
        if trouble:
            table.refuse(row, column, trouble)
    return row


def _trouble(cell: str) -> str | None:
    if "\n" in cell or "\r" in cell:
        return "runs over several lines; is a quotation mark missing?"
    if any(ord(each) < 32 or ord(each) == 127 or each == "\ufffd" for each in cell):
        return "has characters that cannot be printed"
    if _SPREADSHEET_ERROR.fullmatch(cell) or cell.startswith("="):
        return f"{quoted(cell)} is a formula or an error of the spreadsheet, not a value"
    return None


def _clean(cell: str) -> str:
    return _INVISIBLE.sub("", cell).replace("\u00a0", " ").strip()
