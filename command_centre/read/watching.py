"""Watching the database for news, many times a second and for next to nothing."""

from __future__ import annotations

import os
from typing import Any, Protocol

from sqlalchemy import Connection, Engine

from command_centre.read.rows import Cursor, read_cursor


class Watch(Protocol):
    """Tells how far history has come. To be used, and closed, by one thread."""

    def look(self) -> Cursor:
        """The cursor as it is now. Raises sqlalchemy.exc.DBAPIError or OSError while the database cannot be read."""

    def close(self) -> None: ...


def watch(engine: Engine) -> Watch:
    """The cheapest way to notice that something was written."""
    return SqliteWatch(engine) if engine.dialect.name == "sqlite" else CursorWatch(engine)


class CursorWatch:
    """Asks for the cursor each time: three index look-ups on a connection that stays open."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._connection: Connection | None = None

    def look(self) -> Cursor:
        if self._connection is None:
            self._connection = self._engine.connect()
        try:
            with self._connection.begin():
                return read_cursor(self._connection)
        except Exception:
            self.close()  # the next look opens a new one
            raise

    def close(self) -> None:
        if self._connection is not None:
            connection, self._connection = self._connection, None
            connection.invalidate() if connection.invalidated else connection.close()


class SqliteWatch:
    """Asks ``PRAGMA data_version`` (microseconds), and for the cursor only when another connection has committed something.

    A commit that moves no cursor (a lease renewed, a wall's sign of life) is not news.
    A database that was restored or rebuilt is another file under the same name: all connections to the old one are given up,
    or this process would show the past for ever.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._path = str(engine.url.database)
        self._file: tuple[int, int] | None = None
        self._link: Any = None  # the driver's own connection: outside of any transaction, or the version would stand still
        self._version: int | None = None
        self._cursor = CursorWatch(engine)
        self._seen = Cursor(0, 0, 0)

    def look(self) -> Cursor:
        self._follow_the_file()
        version = self._data_version()
        if version != self._version:
            self._seen = self._cursor.look()
            self._version = version
        return self._seen

    def _follow_the_file(self) -> None:
        found = os.stat(self._path)  # raises while there is none: connecting would create an empty one
        file = (found.st_dev, found.st_ino)
        if self._file is not None and file != self._file:
            self.close()
            self._engine.dispose()
        self._file = file

    def _data_version(self) -> int:
        if self._link is None:
            self._link = self._engine.raw_connection()
        return int(self._link.driver_connection.execute("PRAGMA data_version").fetchone()[0])

    def close(self) -> None:
        if self._link is not None:
            self._link.close()
            self._link = None
        self._version = None
        self._cursor.close()
