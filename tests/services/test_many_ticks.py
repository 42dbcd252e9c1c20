"""Thousands of ticks through summer times, clocks that are set, restarts and several processes.

What is due is worked out here anew, with no rule about summer times at all: every five minutes it
is asked what the zone's clock shows. TICKS says how many ticks are lived through (10,000 in
`make chaos`).
"""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from club.programme import parse_programme
from club.ticks import NIGHT, Job, jobs_of
from services.ticks import TickDone, Ticks
from storage.db import Database
from storage.tables.programme import TICKS as ROWS
from tests.services.bookkeeping import Bookkeeper

TICKS = int(os.environ.get("TICKS", "800"))
DEMO = (Path(__file__).parents[2] / "programme.toml").read_text(encoding="utf-8")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
BEGIN = datetime(2015, 9, 15, 9, 0, tzinfo=UTC)  # Tehran's clock was set twice a year, too.
STEP = timedelta(minutes=5)
SKEW_S = 90  # The processes' clocks differ by so much, either way.
PROCESSES = 3
LOT_EVERY = timedelta(days=9)
LIFE = timedelta(days=365)
PATIENCE_S = 60.0
Due = dict[Job, list[datetime]]


def shown(zone: str, at: time, begin: datetime, end: datetime) -> list[datetime]:
    """The moments after `begin`, up to `end`, at which the zone's clock shows this time.

    If it leaps over it, that is made up for when it shows as much later as it has leapt.
    """
    clock = ZoneInfo(zone)
    moments, late, moment = list[datetime](), set[datetime](), begin
    before = begin.astimezone(clock).replace(tzinfo=None)
    while moment < end:
        moment += STEP
        local = moment.astimezone(clock).replace(tzinfo=None)
        leap = local - before - STEP
        for day in {before.date(), local.date()}:
            if before < (missed := datetime.combine(day, at)) < local:
                late.add(missed + leap)
        if local.time() == at or local in late:
            moments.append(moment)
        before = local
    return moments


class World:
    """A club whose clock jumps about, and the processes that work in it."""

    def __init__(self, url: str, zone: str, hour: int, seed: int) -> None:
        text = DEMO.replace('zone = "Asia/Tehran"', f'zone = "{zone}"')
        self.programme = parse_programme(text.replace("\nhour = 10\n", f"\nhour = {hour}\n"))
        self.jobs = jobs_of(self.programme)
        assert len(self.jobs) == len(Job), "all of them"
        self.times = {
            job: NIGHT if job in (Job.EXPIRE_LOTS, Job.REVIEW) else time(hour) for job in self.jobs
        }
        self.zone = zone
        self.random = Random(seed)
        self.now = BEGIN
        self.done: list[TickDone] = []
        self.round = 0
        self._url = url
        self.processes = [self._started() for _ in range(1 if "sqlite" in url else PROCESSES)]

    def _started(self) -> "Process":
        return Process(self, Database(self._url))

    async def live(self) -> list[datetime]:
        """One round: time goes on or back, somebody dies, all wake; the clocks of those who did.

        Somebody may be woken twice, and not all at once.
        """
        self.round += 1
        for number, process in enumerate(self.processes):
            process.label = EPOCH + timedelta(milliseconds=self.round * 100 + number)
        self.now += self._step()
        for process in self.processes:
            process.skew = timedelta(seconds=self.random.randint(-SKEW_S, SKEW_S))
        if self.random.random() < 0.2:
            await self._kill(self.random.randrange(len(self.processes)))
        await asyncio.gather(*(self._wake(process) for process in self.processes))
        return [process.clock() for process in self.processes]

    def _step(self) -> timedelta:
        """A clock goes on by minutes or hours, leaps over days, or is set back."""
        chance = self.random.random()
        if chance < 0.1:
            return -timedelta(minutes=self.random.randint(1, 5_000))
        if chance < 0.25:
            return timedelta(minutes=self.random.randint(1_440, 20_000))
        return timedelta(minutes=self.random.randint(1, 3_000))

    async def _wake(self, process: "Process") -> None:
        await asyncio.sleep(self.random.random() * 0.004)
        self.done += await process.ticks.run_due()

    async def _kill(self, number: int) -> None:
        """Break a process off in the middle of its work, and start another in its place."""
        dying = self.processes[number]
        work = asyncio.create_task(self._wake(dying))
        await asyncio.sleep(self.random.random() * 0.02)
        work.cancel()
        await asyncio.wait({work}, timeout=PATIENCE_S)
        await dying.db.close()
        born = self.processes[number] = self._started()
        born.skew, born.label = dying.skew, dying.label + timedelta(milliseconds=PROCESSES)


class Process:
    """A program: its clock goes wrong a little; what it books carries its label."""

    def __init__(self, world: World, db: Database) -> None:
        self.db = db
        self.skew = timedelta(0)
        self.label = EPOCH
        self._world = world
        self.ticks = Ticks(db, world.programme, self.clock, lambda: self.label)

    def clock(self) -> datetime:
        return self._world.now + self.skew


class Book:
    """What must stand in the table, round by round."""

    def __init__(self, world: World, due: Due, begun: dict[Job, datetime]) -> None:
        self._world = world
        self._due = due
        self._last = begun  # The last booked tick of each job.
        self.booked = 0

    async def check(self, clocks: list[datetime]) -> None:
        """All that came due in this round is booked, and each by the latest of whoever woke."""
        rows = await self._new_rows()
        for job in self._world.jobs:
            mine = [(at, label) for name, at, label in rows if name == job]
            due = [tick for tick in self._due[job] if self._last[job] < tick <= max(clocks)]
            assert sorted(at for at, _ in mine) == due
            latest = {max(at for at, label in mine if label == one) for _, one in mine}
            foreseen = {
                max(ticks) for clock in clocks if (ticks := [tick for tick in due if tick <= clock])
            }
            assert latest <= foreseen, "nobody works a tick that was over for him"
            assert max(latest, default=None) == max(foreseen, default=None)
            self._last[job] = max([self._last[job], *due])
            self.booked += len(due)

    async def _new_rows(self) -> list[tuple[Job, datetime, datetime]]:
        since = EPOCH + timedelta(milliseconds=self._world.round * 100)
        async with self._world.processes[0].db.read() as tx:
            found = await tx.execute(select(ROWS).where(ROWS.c.booked_at >= since))
            return [(Job(job), at, label) for job, at, label in found]


@asynccontextmanager
async def opened(world: World) -> AsyncIterator[None]:
    yield
    for process in world.processes:
        await process.db.close()


def due_of(world: World, end: datetime) -> Due:
    at = {one: shown(world.zone, one, BEGIN, end) for one in set(world.times.values())}
    return {job: at[one] for job, one in world.times.items()}


async def give_lots(world: World, db: Database, end: datetime) -> int:
    """Points that end now and then on the way; how many lots end before `end`."""
    book = Bookkeeper(db, world.programme)
    member = await book.join(BEGIN - LIFE)
    ends = [BEGIN + LOT_EVERY * nth for nth in range(1, 1 + (end - BEGIN) // LOT_EVERY)]
    for moment in ends:
        await book.give(member, 1, moment - LIFE)
    return len(ends)


@pytest.mark.parametrize(
    ("database_url", "zone", "hour"),
    [
        ("postgresql", "Europe/Berlin", 2),  # Skipped in spring, and shown twice in autumn.
        # Shown twice in autumn; five past midnight was skipped in spring.
        ("sqlite", "Asia/Tehran", 23),
    ],
    indirect=["database_url"],
)
async def test_each_tick_is_booked_once_and_the_latest_is_worked(
    migrated_url: str, zone: str, hour: int
) -> None:
    world = World(migrated_url, zone, hour, seed=TICKS)
    end = BEGIN + timedelta(days=TICKS / len(world.jobs))
    async with opened(world):
        first = world.processes[0]
        assert await first.ticks.due() == [], "a new club has no backlog"
        lots = await give_lots(world, first.db, end)
        due = due_of(world, end + timedelta(days=30))
        book = Book(world, due, dict.fromkeys(world.jobs, BEGIN))
        while world.now < end:
            await book.check(await world.live())
        assert book.booked >= TICKS * 0.99
        worked = [(done.job, done.at) for done in world.done]
        assert len(worked) == len(set(worked)), "none was worked twice"
        expired = await Bookkeeper(first.db).rows(
            "SELECT count(*), count(DISTINCT key) FROM transfers WHERE reason = 'expiry'"
        )
        assert expired == [(lots, lots)]
