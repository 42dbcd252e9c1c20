"""One of several processes leads: at once where the holder is dead, else when its lease is over."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from services.leading import LEASE, MARGIN_S, Leading
from storage.db import IDLE_MS, Database
from tests.stopped_clock import StoppedClock

MORNING = datetime(2026, 3, 21, 6, 30, tzinfo=UTC)
OF_NAMES = (
    "SELECT pid FROM pg_locks JOIN pg_database ON oid = database"
    " WHERE locktype = 'advisory' AND datname = current_database()"
)
on_postgresql = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


class Process:
    """A program with a database and clocks of its own."""

    def __init__(self, url: str, name: str) -> None:
        self.db = Database(url)
        self.steady_s = 100.0
        self.now = MORNING
        self.leading = Leading(self.db, name, lambda: self.steady_s, lambda: self.now)

    async def dies(self) -> None:
        await self.db.close()


Start = Callable[[str], Process]


@pytest.fixture
async def start(migrated_url: str) -> AsyncIterator[Start]:
    """Start processes; they end with the test."""
    begun: list[Process] = []

    def one(name: str) -> Process:
        begun.append(Process(migrated_url, name))
        return begun[-1]

    yield one
    for process in begun:
        await process.dies()


async def test_who_is_alone_leads(start: Start) -> None:
    one = start("one")
    assert await one.leading.look()
    assert one.leading.leads()
    await one.leading.give_up()
    assert one.leading.leads() is one.db.is_sqlite, "an SQLite file has no other process"


@on_postgresql
async def test_of_two_one_leads_until_it_gives_up(start: Start) -> None:
    one, two = start("one"), start("two")
    assert await one.leading.look()
    assert not await two.leading.look()
    assert await one.leading.look(), "it keeps what it has"
    assert (one.leading.leads(), two.leading.leads()) == (True, False)
    await two.leading.give_up()  # What is another's is left alone.
    assert not await two.leading.look()
    await one.leading.give_up()
    assert await two.leading.look()
    assert not await one.leading.look()


@on_postgresql
async def test_who_is_dead_is_followed_at_once(start: Start) -> None:
    one, two, three = start("one"), start("two"), start("three")
    assert await one.leading.look()
    assert not await two.leading.look()
    await one.dies()
    followed = await asyncio.gather(two.leading.look(), three.leading.look())
    assert sorted(followed) == [False, True]


@on_postgresql
async def test_who_is_frozen_is_followed_when_its_lease_is_over(
    start: Start, migrated_url: str
) -> None:
    clock = StoppedClock(migrated_url)  # The processes' own clocks say nothing to others.
    await clock.stop()
    one, two = start("one"), start("two")
    assert await one.leading.look()
    await clock.move(LEASE.total_seconds() - 0.001)
    assert not await two.leading.look()
    await clock.move(0.001)
    assert await two.leading.look()
    assert not await one.leading.look()


@on_postgresql
@pytest.mark.parametrize(
    ("steady_s", "machine_s", "leads"),
    [
        (0, 0, True),
        (LEASE.total_seconds() - MARGIN_S - 0.1, 0, True),
        (LEASE.total_seconds() - MARGIN_S, 0, False),
        (0, LEASE.total_seconds() - MARGIN_S, False),  # The machine slept, and so did that clock.
        (1, -3600, True),  # The machine's clock was set back.
    ],
)
async def test_who_cannot_keep_the_lease_stops_before_another_may_begin(
    start: Start, steady_s: float, machine_s: float, leads: bool
) -> None:
    one = start("one")
    assert await one.leading.look()
    one.steady_s += steady_s
    one.now += timedelta(seconds=machine_s)
    assert one.leading.leads() is leads
    assert await one.leading.look(), "nobody has taken it"
    assert one.leading.leads()


@on_postgresql
async def test_who_has_lost_its_session_is_followed_and_sees_it(start: Start) -> None:
    one, two = start("one"), start("two")
    assert await one.leading.look()
    async with two.db.write() as tx:
        await tx.execute(text(f"SELECT pg_terminate_backend(pid, 5000) FROM ({OF_NAMES}) AS held"))
    assert await two.leading.look()
    assert not await looked_again(one.leading.look)
    assert not one.leading.leads()


@on_postgresql
async def test_a_session_that_hangs_is_left_and_nothing_is_lost(start: Start) -> None:
    one, two = start("one"), start("two")
    assert await one.leading.look()
    async with two.db.read() as tx:
        backend = await tx.scalar(text(f"SELECT pid FROM ({OF_NAMES}) AS held"))
    assert isinstance(backend, int)
    os.kill(backend, signal.SIGSTOP)
    try:
        with pytest.raises(TimeoutError):
            await one.leading.look()
        assert not await two.leading.look(), "nobody knows that it is gone"
        assert await one.leading.look(), "in a new session"
    finally:
        os.kill(backend, signal.SIGCONT)


async def looked_again(look: Callable[[], Awaitable[bool]]) -> bool:
    """What it sees in a new session, after the fault of the old one."""
    with pytest.raises(DBAPIError):
        await look()
    return await look()


@on_postgresql
async def test_who_is_frozen_in_a_transaction_holds_its_rows_no_longer_than_a_lease(
    start: Start,
) -> None:
    one = start("one")
    async with one.db.write() as tx:
        shown = await tx.scalar(text("SHOW idle_in_transaction_session_timeout"))
    assert shown == f"{IDLE_MS // 1000}s"
    assert timedelta(milliseconds=IDLE_MS) <= LEASE


async def put(process: Process, value: str, idle_ms: int = IDLE_MS) -> AsyncIterator[None]:
    """A row is held from the first step to the second."""
    async with process.db.write() as tx:
        await tx.execute(text(f"INSERT INTO club (name, value) VALUES ('held', '{value}')"))
        await tx.execute(text(f"SET LOCAL idle_in_transaction_session_timeout = {idle_ms}"))
        yield


@on_postgresql
async def test_rows_of_a_frozen_transaction_become_free(start: Start) -> None:
    one, two = start("one"), start("two")
    frozen, waiting = put(one, "one", idle_ms=200), put(two, "two")
    await anext(frozen)
    async with asyncio.timeout(20):
        await anext(waiting)
    with pytest.raises(DBAPIError):
        await anext(frozen)
    with pytest.raises(StopAsyncIteration):
        await anext(waiting)
    async with two.db.read() as tx:
        assert await tx.scalar(text("SELECT value FROM club WHERE name = 'held'")) == "two"
