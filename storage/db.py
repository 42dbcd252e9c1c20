"""The database: one code for SQLite and PostgreSQL, one engine to write and one to read.

On SQLite there is one writer connection and every write begins IMMEDIATE, so a lock is taken
before anything is read that will be spent; on PostgreSQL the member's row is locked instead.
"""

import asyncio
import fcntl
import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import URL, event, make_url
from sqlalchemy.exc import ArgumentError, InvalidatePoolError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from storage.owners import Life
from storage.sqlite import connection

READERS = 4
WRITERS = 8  # On PostgreSQL; a crowd waits before the pool instead of timing out in it.
PING_AFTER_S = 1.0  # To ask before every transaction costs as much as two statements.
BUSY_TIMEOUT_MS = 10_000
PRIVATE = 0o600
CACHE_KIB = 65_536
APART = 3  # Statements that commit by themselves and may be under way at once.
IDLE_MS = 10_000  # Who is frozen in the middle of a transaction holds its locks no longer.
SESSION = {
    "server_settings": {
        "application_name": "bashgah",  # As PostgreSQL lists us.
        "idle_in_transaction_session_timeout": str(IDLE_MS),
    }
}
DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg"}


class BadDatabaseUrl(ValueError):
    """The address names no database that the club can use."""


class NoDatabase(BadDatabaseUrl):
    """The address names an empty place, and nothing is to be made there."""

    def __init__(self, found: str) -> None:
        mend = "`bashgah run`, `bashgah migrate` or an import begins a new one"
        super().__init__(f"{found}; {mend}")


class DatabaseInUse(RuntimeError):
    """Another long-lived process holds this SQLite file."""


def parse_url(url: str) -> URL:
    """The address with our driver; raises BadDatabaseUrl."""
    try:
        parsed = make_url(url)
        family = parsed.get_backend_name()
        parsed = parsed.set(drivername=DRIVERS[family])
    except (ArgumentError, KeyError) as error:
        raise BadDatabaseUrl(
            "write it like sqlite:///var/club.sqlite or postgresql://user:word@host/name"
        ) from error
    if family == "sqlite" and not parsed.database:
        raise BadDatabaseUrl("an SQLite database needs a file: sqlite:///var/club.sqlite")
    return parsed


class Database:
    """Transactions on one database. Work in flight is bounded here, before the pool."""

    def __init__(self, url: str, *, make: bool = True) -> None:
        """`make`: an SQLite file that is not there is made; else it raises NoDatabase."""
        self.url = parse_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        if self.is_sqlite and not self.file.exists():
            self._make_file(make)
        self._lock_file: int | None = None
        self._writers = asyncio.Semaphore(1 if self.is_sqlite else WRITERS)
        self._readers = asyncio.Semaphore(READERS)
        self._write = self._engine(1 if self.is_sqlite else WRITERS, read_only=False)
        self._read = self._engine(READERS, read_only=True)
        self._life = None if self.is_sqlite else Life(self._lasting())
        self._apart = None if self.is_sqlite else self._each_by_itself()

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """One transaction: committed at the end, undone when anything is raised in it."""
        async with self._writers, self._write.begin() as tx:
            yield tx

    @asynccontextmanager
    async def apart(self) -> AsyncIterator[AsyncConnection]:
        """For statements that commit by themselves, so that who is frozen between them holds no
        lock. They wait for no disk: what a crash of the database undoes must not matter.

        An SQLite file has one process: there it is a transaction like any other.
        """
        if self._apart is None:
            async with self.write() as tx:
                yield tx
        else:
            async with self._apart.connect() as connection:
                yield connection

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """One reading transaction; what it writes is refused by the database."""
        async with self._readers, self._read.begin() as tx:
            yield tx

    async def close(self) -> None:
        """Give back all connections, the file's lock and the names under which we lived."""
        if self._life is not None:
            await self._life.end()
        await self._write.dispose()
        await self._read.dispose()
        if self._apart is not None:
            await self._apart.dispose()
        if self._lock_file is not None:
            os.close(self._lock_file)
            self._lock_file = None

    def hold(self) -> None:
        """Be the one long-lived process of an SQLite file; raises DatabaseInUse when it is held."""
        if not self.is_sqlite:
            return
        path = self.file
        lock = os.open(f"{path}.lock", os.O_RDWR | os.O_CREAT, PRIVATE)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(lock)
            raise DatabaseInUse(str(path)) from error
        self._lock_file = lock

    async def live_as(self, name: str) -> None:
        """Let other processes know that who has this name lives; for close() or a kill to end.

        To be said again now and then, since connections break. On SQLite the file's lock says it.
        """
        if self._life is not None:
            await self._life.hold(name)

    @asynccontextmanager
    async def lasting(self) -> AsyncIterator[AsyncConnection]:
        """The one session that lasts as long as our names, on PostgreSQL; it knows no
        transactions, so that who is frozen in it holds up nobody."""
        assert self._life is not None, "an SQLite file has one process"
        async with self._life.session() as session:
            yield session

    @property
    def file(self) -> Path:
        """The SQLite file."""
        assert self.is_sqlite, "PostgreSQL has no file"
        return Path(str(self.url.database))

    def file_id(self) -> tuple[int, int] | None:
        """Which file the SQLite file is now; None when it is gone, and on PostgreSQL."""
        try:
            found = self.file.stat() if self.is_sqlite else None
        except FileNotFoundError:
            return None
        return found and (found.st_dev, found.st_ino)

    def _make_file(self, wanted: bool) -> None:
        """An empty file, which is an empty database: connections only open what is there."""
        if not wanted:
            raise NoDatabase(f"there is no file {self.file.absolute()}")
        self.file.parent.mkdir(parents=True, exist_ok=True)
        self.file.touch(mode=PRIVATE)

    def _engine(self, size: int, *, read_only: bool) -> AsyncEngine:
        # What people typed stays out of the texts of faults.
        options: dict[str, Any] = {
            "pool_size": size,
            "max_overflow": 0,
            "hide_parameters": True,
        }
        if not self.is_sqlite:
            engine = create_async_engine(self.url, connect_args=SESSION, **options)
            event.listen(engine.sync_engine, "checkin", _note_rest)
            event.listen(
                engine.sync_engine, "checkout", partial(_ping_rested, engine.sync_engine.dialect)
            )
            return engine.execution_options(postgresql_readonly=True) if read_only else engine
        creator = partial(connection, self.file)
        engine = create_async_engine(self.url, async_creator=creator, **options)
        event.listen(engine.sync_engine, "connect", _reader if read_only else _writer)
        event.listen(engine.sync_engine, "begin", _begin if read_only else _begin_immediate)
        return engine

    def _each_by_itself(self) -> AsyncEngine:
        settings = SESSION["server_settings"] | {"synchronous_commit": "off"}
        return create_async_engine(
            self.url,
            isolation_level="AUTOCOMMIT",
            connect_args={"server_settings": settings},
            pool_size=APART,
            max_overflow=0,
            hide_parameters=True,
        )

    def _lasting(self) -> AsyncEngine:
        """For one connection that lasts as long as we do, beside those that are bounded."""
        return create_async_engine(
            self.url, poolclass=NullPool, isolation_level="AUTOCOMMIT", connect_args=SESSION
        )


def _writer(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # We say BEGIN ourselves.
    cursor = connection.cursor()
    for pragma in (
        "journal_mode = WAL",
        "foreign_keys = ON",
        "synchronous = FULL",
        f"busy_timeout = {BUSY_TIMEOUT_MS}",
        f"cache_size = -{CACHE_KIB}",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _reader(connection: Any, record: Any) -> None:
    _writer(connection, record)
    cursor = connection.cursor()
    cursor.execute("PRAGMA query_only = ON")
    cursor.close()


def _note_rest(_connection: Any, record: Any) -> None:
    record.info["rests_since"] = time.monotonic()


def _ping_rested(dialect: Any, connection: Any, record: Any, _proxy: Any) -> None:
    """Ask whether a connection that has rested still stands; if not, all are made anew."""
    since = record.info.get("rests_since")
    if since is None or time.monotonic() - since < PING_AFTER_S:
        return
    try:
        dialect.do_ping(connection)
    except dialect.dbapi.Error as error:
        raise InvalidatePoolError() from error


def _begin_immediate(connection: Any) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _begin(connection: Any) -> None:
    connection.exec_driver_sql("BEGIN")
