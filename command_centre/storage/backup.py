"""All rows of all tables as a stream, and back: the same form for SQLite and PostgreSQL, so that one can follow the other.

A table is a run of MessagePack arrays behind one zstd frame: first the column names, then the rows in blocks. It is read within
one transaction that sees a single moment; the writer goes on meanwhile.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import IO

import msgspec
import zstandard
from sqlalchemy import Connection, Engine, MetaData, Table, func, inspect, select, text

from command_centre.storage.database import migrate, writing

ROWS_AT_ONCE = 5_000
LARGEST_BLOCK = 256 * 1024 * 1024
REVISION_TABLE = "alembic_version"
_LENGTH = struct.Struct(">I")


class BackupError(Exception):
    """The file cannot be used, or the database is not in a state to take it. The text says why."""


@contextmanager
def one_moment(engine: Engine) -> Iterator[Connection]:
    """A transaction that sees the database as it is now, however long it takes."""
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            connection = connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        with connection.begin():
            connection.execute(text("SELECT 1"))  # the moment begins with the first question
            yield connection


def revision_of(connection: Connection) -> str:
    """The state of the tables. Raises BackupError when the database has none."""
    if not inspect(connection).has_table(REVISION_TABLE):
        raise BackupError("the database has no tables yet; there is nothing to keep")
    return str(connection.execute(text(f"SELECT version_num FROM {REVISION_TABLE}")).scalar_one())  # noqa: S608 - a constant


def tables_of(connection: Connection) -> tuple[Table, ...]:
    """Every table, those that others point at first."""
    found = MetaData()
    found.reflect(connection)
    return tuple(each for each in found.sorted_tables if each.name != REVISION_TABLE)


def write_table(connection: Connection, table: Table, out: IO[bytes]) -> int:
    """All rows of one table into ``out``; answers with their number."""
    count = 0
    encoder = msgspec.msgpack.Encoder()
    with zstandard.ZstdCompressor(level=6).stream_writer(out, closefd=False) as packed:
        _put(packed, encoder.encode([str(column.name) for column in table.columns]))
        rows = connection.execution_options(stream_results=True, yield_per=ROWS_AT_ONCE).execute(select(table))
        for block in rows.partitions(ROWS_AT_ONCE):
            _put(packed, encoder.encode([tuple(row) for row in block]))
            count += len(block)
    return count


def _put(packed: zstandard.ZstdCompressionWriter, block: bytes) -> None:
    packed.write(_LENGTH.pack(len(block)))
    packed.write(block)


def read_table(stream: IO[bytes]) -> Iterator[tuple[Sequence[str], Sequence[Sequence[object]]]]:
    """The rows of one table, block by block, with its column names. Raises BackupError on a stream that is not whole."""
    decoder = msgspec.msgpack.Decoder(list[list[object]])
    with zstandard.ZstdDecompressor().stream_reader(stream, closefd=False) as packed:
        try:
            first = _take(packed)
            if first is None:
                raise BackupError("a table is empty of everything, even of its column names")
            names = msgspec.msgpack.decode(first, type=list[str])
            while (block := _take(packed)) is not None:
                yield names, decoder.decode(block)
        except (zstandard.ZstdError, msgspec.MsgspecError) as trouble:
            raise BackupError(f"a table is damaged: {trouble}") from None


def _take(packed: zstandard.ZstdDecompressionReader) -> bytes | None:
    head = _exactly(packed, _LENGTH.size)
    if not head:
        return None
    length = _LENGTH.unpack(head)[0] if len(head) == _LENGTH.size else LARGEST_BLOCK + 1
    if length > LARGEST_BLOCK:
        raise BackupError("a table is damaged: a block is longer than any block that is written")
    block = _exactly(packed, length)
    if len(block) < length:
        raise BackupError("a table is cut off")
    return block


def _exactly(packed: zstandard.ZstdDecompressionReader, length: int) -> bytes:
    """So many bytes; fewer only at the end."""
    parts: list[bytes] = []
    while length and (part := packed.read(length)):
        parts.append(part)
        length -= len(part)
    return b"".join(parts)


def is_empty(engine: Engine) -> bool:
    """Whether nothing is in the database that a restore would destroy."""
    with engine.connect() as connection:
        return not any(connection.execute(select(table).limit(1)).first() for table in tables_of(connection))


@contextmanager
def refilling(engine: Engine, revision: str) -> Iterator[Connection]:
    """A transaction on empty tables of the state ``revision``; afterwards they are brought to today's state.

    Nothing is kept when the block raises. Raises StorageError for a revision this program does not know.
    """
    migrate(engine, revision)
    with writing(engine) as connection:
        tables = tables_of(connection)
        for table in reversed(tables):
            connection.execute(table.delete())
        yield connection
        if engine.dialect.name == "postgresql":
            _continue_counting(connection, tables)
    migrate(engine)


def fill_table(connection: Connection, table: Table, stream: IO[bytes]) -> int:
    """The rows of one table from ``stream`` into the database; answers with their number."""
    count = 0
    known = {column.name for column in table.columns}
    for names, rows in read_table(stream):
        if strange := [name for name in names if name not in known]:
            raise BackupError(f"table {table.name} has no column {strange[0]!r}")
        for block in batched_rows(names, rows):
            connection.execute(table.insert(), block)
            count += len(block)
    return count


def batched_rows(names: Sequence[str], rows: Sequence[Sequence[object]]) -> Iterator[list[dict[str, object]]]:
    """Rows as the database takes them."""
    for start in range(0, len(rows), ROWS_AT_ONCE):
        yield [dict(zip(names, row, strict=True)) for row in rows[start : start + ROWS_AT_ONCE]]


def _continue_counting(connection: Connection, tables: Sequence[Table]) -> None:
    """PostgreSQL's counters go on after the greatest number that was read in."""
    for table in tables:
        for column in table.primary_key.columns:
            name = connection.execute(select(func.pg_get_serial_sequence(f'"{table.name}"', column.name))).scalar()
            if name is not None:
                greatest = select(func.coalesce(func.max(column), 0) + 1).scalar_subquery()
                connection.execute(select(func.setval(name, greatest, False)))  # noqa: FBT003 - SQL's own argument
