"""Several processes of the program on one database: one listens, the others stand by."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import text

from storage.db import Database
from tests.chaos.bots import Bot
from tests.journeys.test_crashes import silence
from tests.journeys.test_promotions import SLOWLY, crowd, send_to_crowd
from tests.town import Town
from tests.watching import until

pytestmark = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)

SOON_S = 5.0  # How long who is killed may be missed, on a machine that has other things to do.
LEASE_S = 10.0


class Pair:
    """Two processes of one club."""

    def __init__(self, town: Town, folder: Path) -> None:
        self.bots = [Bot(town.bot.settings, folder / name) for name in ("first", "second")]

    async def open(self) -> tuple[Bot, Bot]:
        """Start both at once; who listens, and who stands by."""
        for bot in self.bots:
            await bot.started()
        leader = await one_of(self.bots, "is open.")
        (other,) = (bot for bot in self.bots if bot is not leader)
        await says(other, "stands by.")
        return leader, other

    async def close(self) -> None:
        """Stop who still lives; none has complained."""
        for bot in self.bots:
            if bot.running:
                await bot.stopped()
            assert (bot.broken, bot.complaints()) == (None, [])


@pytest.fixture
async def pair(closed_town: Town, tmp_path: Path) -> AsyncIterator[Pair]:
    """Two processes that are not started yet, on tables without rows."""
    two = Pair(closed_town, tmp_path)
    yield two
    await two.close()


async def one_of(bots: list[Bot], words: str) -> Bot:
    """Wait until one of the processes has said this."""
    found: list[Bot] = []

    async def said() -> bool:
        assert [bot.broken for bot in bots if bot.broken] == []
        found.extend(bot for bot in bots if any(words in line for line in bot.lines()))
        return bool(found)

    await until(said)
    return found[0]


async def says(bot: Bot, words: str) -> None:
    """Wait until this process has said it."""
    await one_of([bot], words)


async def test_two_that_open_an_empty_database_at_once_agree(
    unmade_town: Town, tmp_path: Path
) -> None:
    pair = Pair(unmade_town, tmp_path)
    leader, other = await pair.open()
    sara = await unmade_town.member("سارا", genres=("شعر",))
    assert len(sara.heard("شمارهٔ عضویت")) == 1
    await leader.stopped()
    await says(other, "is open.")
    await sara.says("/help")
    await sara.reads("چه می‌شود کرد")
    await pair.close()


async def test_the_next_takes_the_place_of_one_that_is_killed(
    closed_town: Town, pair: Pair
) -> None:
    town = closed_town
    leader, other = await pair.open()
    sara = await town.member("سارا", genres=("تاریخ",))
    await town.faults(silence("R-1", arrived=False))
    await town.staff.says(f"/purchase {sara.number()} 250000 #R-1")
    await town.fault_strikes()  # It is booked, and nobody was told.
    await town.staff.says(f"/purchase {sara.number()} 100000 #R-2")  # It waits behind the first.
    await leader.killed()
    await town.staff.reads("R-1", within_s=SOON_S)
    await town.staff.reads("R-2", within_s=SOON_S)
    await says(other, "is open.")
    await sara.reads("موجودی شما: ۳۰ امتیاز")
    await sara.says("/help")
    await sara.reads("چه می‌شود کرد")
    assert len(sara.heard("چه می‌شود کرد")) == 1
    assert (await town.book()).transfers == 3


async def test_one_that_was_frozen_stands_by_and_answers_nothing_twice(
    closed_town: Town, pair: Pair
) -> None:
    town = closed_town
    leader, other = await pair.open()
    sara = await town.member("سارا", genres=("تاریخ",))
    await town.faults(silence("R-1", arrived=False))
    await town.staff.says(f"/purchase {sara.number()} 250000 #R-1")
    await town.fault_strikes()
    leader.freeze()
    await sara.says("/help")
    await town.staff.reads("R-1", within_s=LEASE_S + SOON_S)
    await sara.reads("چه می‌شود کرد", within_s=SOON_S)
    leader.thaw()
    await says(leader, "stands by.")
    await sara.says("/points")
    await sara.reads("امتیاز دارید")
    await sara.says("/help")
    await sara.reads("چه می‌شود کرد")
    assert len(sara.heard("چه می‌شود کرد")) == 2
    assert len(town.staff.heard("R-1")) == 1
    assert (await town.book()).transfers == 2
    await other.killed()  # It is the frozen one's turn again.
    await sara.says("/help")
    await sara.reads("چه می‌شود کرد", within_s=SOON_S)


async def owners(town: Town, wanted: int) -> set[str]:
    """Wait until so many processes were seen with letters in hand."""
    db = Database(town.bot.settings["DATABASE_URL"])
    seen = set[str]()

    async def enough_were_seen() -> bool:
        async with db.read() as tx:
            found = await tx.scalars(
                text("SELECT owner FROM outbox WHERE state IN ('claimed', 'sending')")
            )
            seen.update(found)
        return len(seen) >= wanted

    try:
        await until(enough_were_seen)
    finally:
        await db.close()
    return seen


async def test_all_deliver_the_letters_of_one_campaign(closed_town: Town, pair: Pair) -> None:
    town = closed_town
    town.bot.settings["SENDS_PER_SECOND"] = SLOWLY
    leader, other = await pair.open()
    people = await crowd(town)
    await send_to_crowd(town, "New books")
    assert len(await owners(town, 2)) == 2
    await people[0].says("/help")
    await people[0].reads("What can you do")
    await town.staff.reads("ارسال تمام شد")
    assert all(len(person.heard("New books")) == 1 for person in people)
    await leader.stopped()
    assert other.running


async def test_club_time_is_the_same_in_all(closed_town: Town, pair: Pair) -> None:
    town = closed_town
    town.bot.settings["TIME_TRAVEL"] = "1"
    leader, other = await pair.open()
    await town.staff.says("/clock +60d")
    await town.staff.reads("جلو می‌رود")
    await leader.killed()
    await says(other, "is open.")
    await town.staff.reads("کارهای میان راه انجام شد")
    await town.staff.says("/clock +1d")
    await town.staff.reads("کارهای میان راه انجام شد")
