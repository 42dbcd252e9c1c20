"""A group's minute is the token's: it outlives who has sent, and counts for who takes over."""

import asyncio
import time
from datetime import UTC, datetime, timedelta

import pytest

from bot.delivery.carrier import Carrier
from bot.delivery.chats import GROUP_A_MINUTE, MINUTE_S
from bot.delivery.minutes import WAITS, Waits
from bot.delivery.pace import Pace
from bot.delivery.parcels import CHAT_PATIENCE_S, Parcel, Rooms
from bot.delivery.rendered import Rendered, Words
from club.letters import Letter
from services.letters import Postponed
from services.pace import StoredPace
from storage.db import Database
from tests.delivery.people import GROUP, club_clock, machine_clock, new_member, outbox_of, put, row
from tests.delivery.running import all_ended, notice, open_post, until
from tests.delivery.test_pace import most_in
from tests.delivery.wire import Wire
from tests.forks import DEADLINE_S

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
PATIENT = Waits(DEADLINE_S, DEADLINE_S, DEADLINE_S)  # A busy machine is no fault of the program.


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
        return Pace(self.clock, self.sleep, stored=self.stored, waits=PATIENT)

    async def send(self, pace: Pace, number: int, *, live: bool) -> None:
        for _ in range(number):
            if live:
                await pace.live(GROUP)
            else:
                await pace.learn(GROUP)
                await pace.letter(GROUP)
            self.moments.append(self.now)


class Mute(StoredPace):
    """A database that never says what a group has had, until it is told to."""

    def __init__(self, db: Database) -> None:
        super().__init__(db, machine_clock(), club_clock())
        self.speaks = asyncio.Event()

    async def group_had(self, chat_id: int) -> list[float]:
        await self.speaks.wait()
        return [1.0] * GROUP_A_MINUTE


class Nobody:
    """No letter comes so far."""

    async def send(self, chat_id: int, words: Words) -> int:
        raise AssertionError(f"{chat_id} has no room for {words}")


async def _stays(old_chat_id: int, new_chat_id: int) -> None:
    raise AssertionError(f"{old_chat_id} does not become {new_chat_id}")


def to_group(key: str) -> Letter:
    return Letter(key=key, message="staff/notice", chat_id=GROUP)


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
    assert most_in(day.moments, 60) <= GROUP_A_MINUTE
    if live or not day.stored.shared:  # Letters' places there go by the database's own clock.
        assert most_in(day.moments, 60) >= GROUP_A_MINUTE - 1
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


async def test_who_was_frozen_adds_to_what_others_have_kept(day: Day) -> None:
    frozen, other, third = day.pace(), day.pace(), day.pace()
    await day.send(frozen, 5, live=True)
    await day.send(other, GROUP_A_MINUTE - 8, live=True)
    await other.close()
    await day.send(frozen, 3, live=True)
    await frozen.close()
    await day.send(third, 1, live=True)
    await third.close()
    assert most_in(day.moments, 60) == GROUP_A_MINUTE


async def test_of_two_who_keep_at_once_both_are_kept(day: Day) -> None:
    keeping = (day.stored.keep_group(GROUP, [age], GROUP_A_MINUTE) for age in range(8))
    await asyncio.gather(*keeping)
    assert sorted(await day.stored.group_had(GROUP)) == list(range(8))


async def test_no_more_is_kept_than_matters(day: Day) -> None:
    await day.stored.keep_group(GROUP, [59.0] * 30, GROUP_A_MINUTE)
    assert await day.stored.group_had(GROUP) == [59.0] * GROUP_A_MINUTE
    day.now += 10
    await day.stored.keep_group(GROUP, [0.0], GROUP_A_MINUTE)
    assert await day.stored.group_had(GROUP) == [0.0]


async def test_a_clock_that_was_set_back_costs_a_minute_and_no_more(day: Day) -> None:
    first = day.pace()
    await day.send(first, GROUP_A_MINUTE, live=True)
    await first.close()
    day.machine_ahead_s = -86_400.0
    ended, second, third = day.now, day.pace(), day.pace()
    for pace in (second, third):
        await day.send(pace, 1, live=True)
        await pace.close()
    assert ended < day.now <= ended + MINUTE_S


async def test_other_chats_leave_nothing_behind(day: Day) -> None:
    pace = day.pace()
    await pace.live(7)
    await pace.letter(8)
    await pace.close()
    assert await day.stored.group_had(7) == await day.stored.group_had(8) == []


async def test_an_answer_does_not_wait_for_a_database_that_is_silent(db: Database) -> None:
    mute = Mute(db)
    pace = Pace(time.monotonic, stored=mute)
    async with asyncio.timeout(DEADLINE_S):
        await pace.live(GROUP)
    assert WAITS.answer_s < 0.1
    assert pace.letter_wait_s(GROUP) <= CHAT_PATIENCE_S  # It knows of nothing else.
    mute.speaks.set()  # What others sent counts as soon as it is known.
    await until(lambda: pace.letter_wait_s(GROUP) > CHAT_PATIENCE_S)
    await pace.close()


async def test_who_ends_does_not_wait_for_what_it_would_learn(db: Database) -> None:
    pace = Pace(time.monotonic, stored=Mute(db), waits=Waits(letter_s=0.01))
    async with asyncio.timeout(DEADLINE_S):
        await pace.learn(GROUP)
        await pace.close()
    assert pace.letter_wait_s(GROUP) == 0


async def test_a_letter_waits_for_a_full_minute_without_being_begun(
    db: Database, wire: Wire
) -> None:
    stored = StoredPace(db, lambda: datetime.now(UTC), club_clock())
    await stored.keep_group(GROUP, [0.0] * GROUP_A_MINUTE, GROUP_A_MINUTE)
    await put(db, to_group("promoted"))
    async with open_post(db, wire, poll_s=0.02) as post:
        await until(lambda: post.pace.letter_wait_s(GROUP) > CHAT_PATIENCE_S)
        await put(db, notice("other", await new_member(db, 11)))
        post.engine.wake()
        await until(lambda: wire.texts == ["other"])
    kept = await row(db, "promoted")
    assert (kept["state"], kept["attempts"], kept["flagged"]) == ("pending", 0, 0)
    assert kept["fence"] == 1  # While the group is closed nobody takes it up again and again.
    async with open_post(db, wire, owner="second", later=timedelta(seconds=MINUTE_S + 1)):
        await all_ended(db)
    assert [sent.params["text"] for sent in wire.arrived] == ["other", "promoted"]


async def test_a_begun_letter_is_given_back_when_the_group_has_had_others(db: Database) -> None:
    outbox = outbox_of(db, machine_clock(), club_clock())
    await put(db, to_group("late"))
    letters = await outbox.claim("a", 1)
    pace = Pace(time.monotonic)
    await pace.live(GROUP, GROUP_A_MINUTE)
    rooms, left = Rooms(pace), asyncio.Event()
    carrier = Carrier(Nobody(), pace, rooms, _stays)
    outcomes = await carrier.carry(Parcel(letters, GROUP, Rendered("late")), left.set)
    assert outcomes == [Postponed(letters[0], 0)]
    assert left.is_set()
    assert rooms.groups().closed == [GROUP]
