"""A database that is away is waited for, and named once; what never passes is raised."""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, OperationalError, ProgrammingError

from bot.delivery import patience
from bot.delivery.patience import Patience
from storage.db import Database
from tests.forks import DEADLINE_S

on_postgresql = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture(autouse=True)
def in_haste(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "FIRST_PAUSE_S", 0.01)


async def test_an_outage_is_named_once_and_so_is_its_end(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    faults = [OperationalError("SELECT 1", {}, OSError("locked")), ConnectionRefusedError()]

    async def action() -> str:
        if faults:
            raise faults.pop()
        return "done"

    assert await Patience().through(action) == "done"
    assert [record.levelname for record in caplog.records] == ["WARNING", "INFO"]


async def test_a_bug_of_ours_is_not_waited_for() -> None:
    async def action() -> None:
        raise ProgrammingError("SELEC 1", {}, Exception("syntax"))

    with pytest.raises(ProgrammingError):
        await Patience().through(action)


def saying(db: Database, *statements: str) -> Callable[[], Awaitable[int]]:
    """One statement the first time, the next the second time …; how many were said."""
    said = list[str]()

    async def action() -> int:
        said.append(statements[len(said)])
        async with db.write() as tx:
            await tx.execute(text(said[-1]))
        return len(said)

    return action


@on_postgresql
@pytest.mark.parametrize(
    "state",
    ["08006", "25006", "25P03", "40001", "40P01", "53100", "53300", "55P03", "57014", "58030"],
)
async def test_what_passes_is_waited_for(db: Database, state: str) -> None:
    failing = f"DO $$ BEGIN RAISE SQLSTATE '{state}'; END $$"
    assert await Patience().through(saying(db, failing, failing, "SELECT 1")) == 3


@on_postgresql
async def test_a_session_that_was_ended_is_waited_for(db: Database) -> None:
    ending = "SELECT pg_terminate_backend(pg_backend_pid())"
    assert await Patience().through(saying(db, ending, "SELECT 1")) == 2


@on_postgresql
@pytest.mark.parametrize(
    "statement",
    [
        "SELECT CAST('{\"a\": \"\\u0000\"}' AS json) ->> 'a'",
        "SELECT 1 / 0",
        "SELECT CAST('x' AS integer)",
        "SELECT nothing",
        "DO $$ BEGIN RAISE SQLSTATE 'XX000'; END $$",
    ],
)
async def test_what_no_time_mends_is_raised(db: Database, statement: str) -> None:
    with pytest.raises(DBAPIError):
        await asyncio.wait_for(Patience().through(saying(db, *[statement] * 99)), DEADLINE_S)


@on_sqlite
async def test_a_full_disk_is_waited_for(db: Database) -> None:
    async with db.write() as tx:
        await tx.execute(text("CREATE TABLE filled (words TEXT)"))
        await tx.execute(text("PRAGMA max_page_count = 1"))  # As many as there are.
    filling = "INSERT INTO filled SELECT hex(zeroblob(100000))"
    assert await Patience().through(saying(db, filling, filling, "SELECT 1")) == 3


@on_sqlite
async def test_a_statement_that_is_wrong_is_raised(db: Database) -> None:
    for statement in ("SELECT nothing", "SELEC 1"):
        with pytest.raises(OperationalError):
            await asyncio.wait_for(Patience().through(saying(db, *[statement] * 99)), DEADLINE_S)


@pytest.mark.parametrize("code", [sqlite3.SQLITE_BUSY, sqlite3.SQLITE_IOERR, None])
async def test_a_locked_file_is_waited_for(code: int | None) -> None:
    locked = sqlite3.OperationalError("database is locked")
    if code is not None:
        locked.sqlite_errorcode = code
    faults = [OperationalError("BEGIN", {}, locked)]

    async def action() -> str:
        if faults:
            raise faults.pop()
        return "done"

    assert await Patience().through(action) == "done"
