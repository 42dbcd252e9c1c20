"""The same statements through the bare driver: heard once from the service, then said again.

What the service does beside its statements (rules, objects, compiling, SQLAlchemy) is left out;
what the database does is the same, row by row.
"""

import asyncio
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import aiosqlite
import asyncpg
from sqlalchemy import Engine, event

from storage.db import parse_url

PRAGMAS = (
    "journal_mode = WAL",
    "foreign_keys = ON",
    "synchronous = FULL",
    "busy_timeout = 10000",
    "cache_size = -65536",
)


@dataclass(frozen=True, slots=True)
class Said:
    """A statement with its parameters; many: once for each of them."""

    sql: str
    parameters: Any
    many: bool


@dataclass(slots=True)
class Heard:
    """Transactions, in the order in which they began."""

    transactions: list[list[Said]] = field(default_factory=list)

    @property
    def statements(self) -> int:
        """How many statements were said, without beginnings and ends."""
        return sum(not said.sql.startswith("BEGIN") for one in self.transactions for said in one)


@contextmanager
def listening() -> Iterator[Heard]:
    """Hear all that is said to any database meanwhile."""
    heard = Heard()
    current: dict[int, list[Said]] = {}

    def began(connection: Any) -> None:
        current[id(connection)] = []
        heard.transactions.append(current[id(connection)])

    def said(
        connection: Any, _cursor: Any, sql: str, parameters: Any, _context: Any, many: bool
    ) -> None:
        # Rows of which the new numbers are wanted are written into one statement.
        many = many and isinstance(parameters[0], tuple)
        current[id(connection)].append(Said(sql, parameters, many))

    event.listen(Engine, "begin", began, insert=True)
    event.listen(Engine, "before_cursor_execute", said)
    try:
        yield heard
    finally:
        event.remove(Engine, "begin", began)
        event.remove(Engine, "before_cursor_execute", said)


async def say(url: str, streams: Sequence[Sequence[Sequence[Said]]]) -> None:
    """Say these transactions again; each stream over a connection of its own.

    An SQLite file has one writer: its streams share it.
    """
    if url.startswith("sqlite"):
        await _say_to_sqlite(url, [one for stream in streams for one in stream])
    else:
        named = enumerate(streams)
        await asyncio.gather(*(_say_to_postgres(url, number, one) for number, one in named))


async def _say_to_sqlite(url: str, transactions: Sequence[Sequence[Said]]) -> None:
    async with aiosqlite.connect(_file(url), isolation_level=None) as connection:
        for pragma in PRAGMAS:
            await connection.execute(f"PRAGMA {pragma}")
        for transaction in transactions:
            for one in transaction:
                if one.many:
                    await connection.executemany(one.sql, one.parameters)
                else:
                    await connection.execute_fetchall(one.sql, one.parameters)
            await connection.execute_fetchall("COMMIT")


def say_at_once(url: str, transactions: Sequence[Sequence[Said]]) -> None:
    """Say them to an SQLite file without a loop and without a thread: nothing is faster."""
    connection = sqlite3.connect(_file(url), isolation_level=None)
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")
    for transaction in transactions:
        for one in transaction:
            if one.many:
                connection.executemany(one.sql, one.parameters)
            else:
                connection.execute(one.sql, one.parameters).fetchall()
        connection.execute("COMMIT")
    connection.close()


async def _say_to_postgres(url: str, number: int, transactions: Sequence[Sequence[Said]]) -> None:
    connection = await asyncpg.connect(url)
    await connection.execute(f"SET bashgah.writer = '{number}'")
    for transaction in transactions:
        async with connection.transaction():
            for one in transaction:
                if one.many:
                    await connection.executemany(one.sql, one.parameters)
                else:
                    await connection.fetch(one.sql, *one.parameters)
    await connection.close()


def _file(url: str) -> str:
    return str(parse_url(url).database)
