"""One pace for several that send, on a PostgreSQL whose clock is given: the same on any machine."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from itertools import count
from typing import Any

import asyncpg
import pytest

from bot.delivery.pace import Pace
from services.pace import AHEAD_S, Reserved, StoredPace
from storage.db import Database
from tests.delivery.fake_time import FakeTime
from tests.delivery.sender import now as machine_time

pytestmark = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
LEAST_SHARE = {30: 0.98, 1000: 0.97}  # Of the limit, as long as there is work.
LETTERS_AT_ONCE = 20
CLOCK = """
    CREATE SCHEMA given;
    CREATE TABLE given.clock (at timestamptz);
    INSERT INTO given.clock VALUES (now());
    CREATE FUNCTION given.statement_timestamp() RETURNS timestamptz
        LANGUAGE sql AS 'SELECT at FROM given.clock';
"""


class GivenTime(FakeTime):
    """Passes for the database too, and not while it is asked."""

    def __init__(self, clock: asyncpg.Connection, late_s: Sequence[float]) -> None:
        super().__init__(late_s)
        self._clock = clock
        self._setting = asyncio.Lock()
        self._asking = 0

    async def settle(self) -> None:
        await super().settle()
        while self._asking:
            await asyncio.sleep(0.0005)
            await super().settle()

    async def asked(self, asking: Coroutine[Any, Any, Reserved]) -> Reserved:
        """What the database says at this moment."""
        self._asking += 1
        try:
            async with self._setting:
                await self._clock.execute("UPDATE given.clock SET at = to_timestamp($1)", self.now)
            return await asking
        finally:
            self._asking -= 1


class GivenPace(StoredPace):
    """The stored pace, asked at the given time."""

    def __init__(self, db: Database, time: GivenTime) -> None:
        super().__init__(db, machine_time, machine_time)
        self._time = time

    async def letters(self, rate: int, wanted: int) -> Reserved:
        return await self._time.asked(super().letters(rate, wanted))


class Process:
    """One that sends; while it is frozen it does not wake."""

    def __init__(self, url: str, time: GivenTime, rate: int) -> None:
        self._time = time
        self._db = Database(url)
        self._pace = Pace(time.clock, self._sleep, rate, stored=GivenPace(self._db, time))
        self.moments: list[float] = []
        self.frozen = (0.0, 0.0)

    def sends(self, until: float, chats: Callable[[], int]) -> list[Coroutine[Any, Any, None]]:
        """Letters, several at once, until that moment."""

        async def send() -> None:
            while self._time.now < until:
                await self._pace.letter(chats())
                self.moments.append(self._time.now)

        at_once = max(LETTERS_AT_ONCE, self._pace.rate // 4)
        return [send() for _ in range(at_once)]

    async def close(self) -> None:
        await self._pace.close()
        await self._db.close()

    async def _sleep(self, seconds: float) -> None:
        await self._time.sleep(seconds)
        if self.frozen[0] <= self._time.now < self.frozen[1]:
            await self._time.sleep(self.frozen[1] - self._time.now)


@pytest.fixture
async def given_clock(migrated_url: str) -> AsyncIterator[asyncpg.Connection]:
    """The clock of the database, for a test to set."""
    clock = await asyncpg.connect(migrated_url)
    await clock.execute(CLOCK)
    name = await clock.fetchval("SELECT current_database()")
    await clock.execute(f"ALTER DATABASE {name} SET search_path = given, pg_catalog, public")
    yield clock
    await clock.close()


def most_in_a_second(moments: Sequence[float]) -> int:
    return max(sum(1 for at in moments if start <= at < start + 1 - 1e-6) for start in moments)


async def played(time: GivenTime, processes: Sequence[Process], seconds: float) -> list[float]:
    """When letters left, of all, in order."""
    chats = count(1)
    until = time.now + seconds
    try:
        await time.run(
            *(sending for one in processes for sending in one.sends(until, lambda: next(chats)))
        )
    finally:
        for one in processes:
            await one.close()
    return sorted(at for one in processes for at in one.moments)


@pytest.mark.parametrize("late_s", [[0.0], [0.0, 0.002, 0.004, 0.0, 0.001, 0.003]])
@pytest.mark.parametrize(("rate", "seconds"), [(30, 5.0), (1000, 1.2)])
@pytest.mark.parametrize("senders", [1, 4])
async def test_all_together_use_the_rate_and_never_more(
    migrated_url: str,
    given_clock: asyncpg.Connection,
    late_s: list[float],
    rate: int,
    seconds: float,
    senders: int,
) -> None:
    time = GivenTime(given_clock, late_s)
    processes = [Process(migrated_url, time, rate) for _ in range(senders)]
    moments = await played(time, processes, seconds)
    assert most_in_a_second(moments) <= rate
    assert (len(moments) - 1) / (moments[-1] - moments[0]) >= LEAST_SHARE[rate] * rate
    assert all(one.moments for one in processes), "each has its share"


async def test_who_is_frozen_costs_the_others_what_it_held_and_sends_nothing_too_late(
    migrated_url: str, given_clock: asyncpg.Connection
) -> None:
    rate, frozen_s = 30, 3.0
    time = GivenTime(given_clock, [0.0, 0.004])
    processes = [Process(migrated_url, time, rate) for _ in range(3)]
    since, until = processes[0].frozen = (time.now + 1, time.now + 1 + frozen_s)
    moments = await played(time, processes, 1 + frozen_s + 2)
    assert most_in_a_second(moments) <= rate
    meanwhile = [at for at in moments if since <= at < until]
    held = AHEAD_S * rate + 1
    assert len(meanwhile) >= LEAST_SHARE[rate] * rate * frozen_s - held
    assert any(at > until for at in processes[0].moments)
