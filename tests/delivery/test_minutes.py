"""A group's minute is the token's: it outlives who has sent, and counts for who takes over."""

import time
from datetime import UTC, datetime, timedelta

import pytest

from bot.delivery.chats import GROUP_A_MINUTE, MINUTE_S
from bot.delivery.pace import Pace
from services.pace import StoredPace
from storage.db import Database
from tests.delivery.test_pace import most_in

GROUP = -100
NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


class Day:
    """Time passes as soon as somebody sleeps."""

    def __init__(self, db: Database) -> None:
        self.now = 1000.0
        self.machine_ahead_s = 0.0
        self.stored = StoredPace(db, self.machine_time, self.machine_time)
        self.moments: list[float] = []

    def machine_time(self) -> datetime:
        return NOON + timedelta(seconds=self.now + self.machine_ahead_s)

    def clock(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += max(0.0, seconds)

    def pace(self) -> Pace:
        return Pace(self.clock, self.sleep, stored=self.stored)

    async def send(self, pace: Pace, number: int, *, live: bool) -> None:
        for _ in range(number):
            await (pace.live(GROUP) if live else pace.letter(GROUP))
            self.moments.append(self.now)


@pytest.fixture
def day(db: Database) -> Day:
    return Day(db)


@pytest.mark.parametrize("live", [True, False])
async def test_who_begins_knows_what_the_group_has_had(day: Day, live: bool) -> None:
    first = day.pace()
    await day.send(first, 8, live=False)
    await day.send(first, 9, live=True)
    await first.close()
    second = day.pace()
    await day.send(second, 10, live=live)
    await second.close()
    assert GROUP_A_MINUTE - 1 <= most_in(day.moments, 60) <= GROUP_A_MINUTE
    assert day.moments[-1] >= day.moments[0] + 60


async def test_who_listens_again_knows_what_another_sent_meanwhile(day: Day) -> None:
    one, other = day.pace(), day.pace()
    await day.send(one, 5, live=True)
    day.now += MINUTE_S
    await day.send(other, GROUP_A_MINUTE, live=True)
    await other.close()
    await day.send(one, 1, live=True)
    await one.close()
    assert most_in(day.moments, 60) <= GROUP_A_MINUTE


async def test_a_clock_that_was_set_back_costs_a_minute_and_no_more(day: Day) -> None:
    first = day.pace()
    await day.send(first, GROUP_A_MINUTE, live=True)
    await first.close()
    day.machine_ahead_s = -86_400.0
    ended, second = day.now, day.pace()
    await day.send(second, 1, live=True)
    await second.close()
    assert ended < day.now <= ended + MINUTE_S


async def test_other_chats_leave_nothing_behind(day: Day) -> None:
    pace = day.pace()
    await pace.live(7)
    await pace.letter(8)
    await pace.close()
    assert await day.stored.group_had(7) == await day.stored.group_had(8) == []


async def test_an_answer_does_not_wait_for_a_database_that_is_away(day: Day) -> None:
    nowhere = Database("postgresql://nobody@127.0.0.1:1/none")
    day.stored._db = nowhere
    pace = Pace(time.monotonic, stored=day.stored)
    await pace.live(GROUP)
    await pace.close()
    await nowhere.close()
