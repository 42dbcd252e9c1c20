"""The alarm clock, in real time: it rings at the start, at a tick, and when time has travelled."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from bot.clock import Clock, machine_time
from bot.jobs import Jobs
from bot.waking import then_wake
from services.ticks import Ticks
from services.travel import Travel
from storage.db import Database
from tests.services.bookkeeping import PROGRAMME, Bookkeeper
from tests.services.promoting import NOON, Room

NIGHT = datetime(2018, 10, 1, 20, 35, tzinfo=UTC)  # Five past midnight in Tehran.
SHORTLY = timedelta(seconds=1)
LONG_BEFORE = timedelta(hours=1)  # However long the beginning takes.
GLANCE_S = 0.05
GLANCES = 200


class Town:
    """A club somewhere in time, with its alarm clock."""

    def __init__(self, db: Database, start: datetime) -> None:
        self.go_to(start)
        self.book = Bookkeeper(db)
        ticks = Ticks(db, PROGRAMME, self.club_time, machine_time)
        self.jobs = Jobs(ticks, self.tidy, at_home, self.club_time, machine_time)
        self.tidied = 0

    def go_to(self, moment: datetime) -> None:
        """It is this moment now, and goes on from there."""
        self.offset = moment - machine_time()

    async def tidy(self) -> None:
        self.tidied += 1

    def club_time(self) -> datetime:
        return machine_time() + self.offset

    async def booked(self) -> int:
        """How many ticks are booked, with those that the jobs began with."""
        ((count,),) = await self.book.rows("SELECT count(*) FROM ticks")
        assert isinstance(count, int)
        return count

    async def until_booked(self, count: int) -> None:
        async def reached() -> bool:
            return await self.booked() >= count

        await until(reached)


async def at_home() -> None:
    """Nobody travels."""


@asynccontextmanager
async def awake(town: Town) -> AsyncIterator[None]:
    await town.jobs.start()
    yield
    await town.jobs.stop()


async def until(true: Callable[[], Awaitable[bool]]) -> None:
    """Wait for it, but not for ever."""
    for _ in range(GLANCES):
        if await true():
            return
        await asyncio.sleep(GLANCE_S)
    raise AssertionError("it did not come true")


async def test_it_rings_at_a_tick_and_when_time_travels(db: Database) -> None:
    town = Town(db, NIGHT - LONG_BEFORE)
    async with awake(town):
        await town.until_booked(2)
        town.go_to(NIGHT - SHORTLY)
        town.jobs.wake()
        await town.until_booked(3)
        assert town.club_time() >= NIGHT
        town.offset += timedelta(days=1)
        town.jobs.wake()
        await town.until_booked(5)
    assert town.tidied == 2, "once a night"


async def test_a_campaign_for_the_next_second_does_not_wait_for_the_longest_sleep(
    db: Database,
) -> None:
    town, room = Town(db, NOON - LONG_BEFORE), Room(db)
    travel = Travel(db, room.ticks, Clock(town.offset), machine_time, allowed=False)

    async def launch(_: dict[str, Any]) -> None:
        await room.launched(await room.previewed(at="2025-10-04 12:00"))

    def asleep() -> None:
        """No letters are carried here."""

    handled = then_wake(
        launch, room.campaigns, travel, deliver=asleep, look_at_clock=town.jobs.wake
    )

    async def started() -> bool:
        return await town.book.rows("SELECT state FROM campaigns") == [("done",)]

    async with awake(town):
        await town.until_booked(1)
        await asyncio.sleep(GLANCE_S * 5)  # It has fallen asleep.
        town.go_to(NOON - 3 * SHORTLY)
        room.now = town.club_time()
        await handled({})
        assert not await started()
        await until(started)
    assert town.club_time() >= NOON


async def test_what_came_due_while_nobody_was_there_is_done_at_the_start(db: Database) -> None:
    async with awake(first := Town(db, NIGHT - LONG_BEFORE)):
        await first.until_booked(2)
    async with awake(later := Town(db, NIGHT + LONG_BEFORE)):
        await later.until_booked(3)


async def test_a_fault_is_logged_and_tried_again(
    db: Database, caplog: pytest.LogCaptureFixture
) -> None:
    async def logged() -> bool:
        return any(record.name == "bot.jobs" for record in caplog.records)

    town = Town(db, NIGHT - LONG_BEFORE)
    async with db.write() as tx:
        await tx.execute(text("ALTER TABLE ticks RENAME TO lost"))
    async with awake(town):
        await until(logged)
        async with db.write() as tx:
            await tx.execute(text("ALTER TABLE lost RENAME TO ticks"))
        town.jobs.wake()
        await town.until_booked(2)
    assert {record.levelname for record in caplog.records if record.name == "bot.jobs"} == {"ERROR"}
