"""The table of typed values of indicators. Append-only: a correction is a new row, and the older one stays readable.

Same conventions as ``storage.tables``: epoch milliseconds, NULL for what is not known.
"""

from __future__ import annotations

from sqlalchemy import Column, Float, Index, Integer, String, Table, Text

from command_centre.storage.tables import MILLISECONDS, metadata

indicator_value = Table(
    "indicator_value",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("indicator", String(64), nullable=False),  # id of the catalogue, which is a file: no foreign key
    Column("value", Float(53), nullable=False),  # in the unit of the indicator
    Column("as_of", MILLISECONDS, nullable=False),  # what the value is about
    Column("evidence", Text, nullable=False),  # where it can be checked: a link, or the number of a document
    Column("note", Text, nullable=False),
    Column("author", Text, nullable=False),
    Column("entered_at", MILLISECONDS, nullable=False),
    sqlite_autoincrement=True,
)
Index("ix_indicator_value_indicator_as_of", indicator_value.c.indicator, indicator_value.c.as_of)
