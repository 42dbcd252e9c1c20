"""SQLite's connection as SQLAlchemy meets it: one way to its thread and back for a statement.

aiosqlite makes four of it: a cursor, the statement, the rows, the cursor's end. A purchase is
twenty statements, so most of its time went by in handing over.
"""

import sqlite3
from collections.abc import Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Self

import aiosqlite

CHUNK_SIZE = 64


class Cursor:
    """What SQLAlchemy asks of a cursor; a statement's rows come with it."""

    def __init__(self, connection: "Connection") -> None:
        self._connection = connection
        self._rows: Sequence[Any] = ()
        self.arraysize = 1
        self.description: Any = None
        self.rowcount = -1
        self.lastrowid: int | None = None

    async def __aenter__(self) -> Self:
        return self

    async def execute(self, sql: str, parameters: Iterable[Any] = ()) -> Self:
        """Run a statement and fetch all that it gives."""
        self._take(*await self._connection.hand_over(_execute, sql, parameters))
        return self

    async def executemany(self, sql: str, parameters: Iterable[Iterable[Any]]) -> Self:
        """Run a statement once for each of these."""
        self._take(*await self._connection.hand_over(_execute_many, sql, parameters))
        return self

    async def fetchall(self) -> Sequence[Any]:
        """The rows, which are here already."""
        return self._rows

    async def close(self) -> None:
        """Nothing is open."""

    def _take(
        self, description: Any, rowcount: int, lastrowid: int | None, rows: Sequence[Any]
    ) -> None:
        self.description, self._rows = description, rows
        self.rowcount, self.lastrowid = rowcount, lastrowid


class Connection(aiosqlite.Connection):
    """aiosqlite's connection with our cursor."""

    def cursor(self) -> Cursor:  # type: ignore[override]
        """A cursor, without asking the thread for one."""
        return Cursor(self)

    async def rollback(self) -> None:
        """Undo what is open; SQLAlchemy asks after every commit too, when nothing is."""
        if self.in_transaction:
            await super().rollback()

    async def hand_over(self, work: Any, *given: Any) -> tuple[Any, int, int | None, list[Any]]:
        """Let the connection's thread do this; what SQLAlchemy wants to know of it."""
        done: tuple[Any, int, int | None, list[Any]]
        done = await self._execute(work, self._conn, *given)  # type: ignore[no-untyped-call]
        return done


def connection(file: Path) -> Connection:
    """A connection to that file, to be awaited; where it is gone no other is made."""
    there = f"{file.absolute().as_uri()}?mode=rw"
    opened = Connection(partial(sqlite3.connect, there, uri=True), CHUNK_SIZE)
    opened._thread.daemon = True  # As SQLAlchemy does with those that it makes.
    return opened


def _execute(
    connection: sqlite3.Connection, sql: str, parameters: Any
) -> tuple[Any, int, int | None, list[Any]]:
    cursor = connection.execute(sql, parameters)
    rows = cursor.fetchall() if cursor.description else []
    return cursor.description, cursor.rowcount, cursor.lastrowid, rows


def _execute_many(
    connection: sqlite3.Connection, sql: str, parameters: Any
) -> tuple[Any, int, int | None, list[Any]]:
    cursor = connection.executemany(sql, parameters)
    return None, cursor.rowcount, cursor.lastrowid, []
