"""One of two processes stands still until its lease is over, and goes on: what the other has taken
over stays as it is.

A lease lasts a minute. So that a round need not, the rows of the frozen process are made older in
the database; FOR_REAL rounds wait for it.
"""

import asyncio
from pathlib import Path

import pytest

from bot.delivery.in_flight import in_flight_at
from tests.chaos.bots import Bot
from tests.chaos.field import Field, open_field
from tests.chaos.notices import NOTICE, write_notices
from tests.chaos.sizes import FREEZES, FULL, RATE, dice, tell
from tests.chaos.truth import Row

RECIPIENTS = 200
FOR_REAL = 3 if FULL else 0
SPAN_S = 1.0  # The letters of a round are on their way for about so long.
AWAKE_S = 3.0  # So long it may try to change what is not its own any more.
PROMOTION = "Frozen"
AGES = """UPDATE outbox SET lease_until = 0 WHERE id IN (SELECT id FROM outbox
    WHERE owner {whose} :first AND state IN ('claimed', 'sending') FOR UPDATE SKIP LOCKED)"""
LEADS_NO_MORE = "UPDATE leases SET until = 0 WHERE owner {whose} :first"
BOOKED = "SELECT * FROM outbox WHERE member_id IS NOT NULL ORDER BY id"
MY_LETTERS = "SELECT id FROM outbox WHERE owner {whose} :first AND state = 'sending'"


class Pair:
    """Two processes; the first is known by the name under which it led before the second came."""

    def __init__(self, field: Field, first: str) -> None:
        self.field = field
        self._first = first

    def whose(self, bot: Bot) -> str:
        """How rows of this process are told from the other's."""
        return "=" if bot is self.field.bots[0] else "<>"

    async def age(self, bot: Bot) -> None:
        """Let the lease of all that it holds be over."""
        for statement in (AGES, LEADS_NO_MORE):
            whole = statement.format(whose=self.whose(bot))
            await self.field.change(whole, first=self._first)

    async def in_flight(self, bot: Bot) -> list[int]:
        """The letters that it was sending."""
        found = MY_LETTERS.format(whose=self.whose(bot))
        return [row["id"] for row in await self.field.asked(found, first=self._first)]


async def open_pair(field: Field) -> Pair:
    """Start both, one after the other."""
    await field.bots[0].started()
    found: list[Row] = []

    async def leads() -> bool:
        found[:] = await field.asked("SELECT owner FROM leases")
        return bool(found)

    await field.until("the first to lead", leads)
    await field.bots[1].started()
    return Pair(field, str(found[0]["owner"]))


async def freeze_once(pair: Pair, bot: Bot, number: int, *, for_real: bool) -> int:
    """One round; how many letters were in flight when it froze."""
    field = pair.field
    await field.sends_off(f"{PROMOTION}, round {number}.")
    await write_notices(field, number)
    await asyncio.sleep(dice(f"freeze {number}").uniform(0, SPAN_S))
    bot.freeze()
    in_flight = set[int]()
    try:

        async def taken_over() -> bool:
            if not for_real:
                await pair.age(bot)
            # The database may be at work yet on what it was asked for last.
            in_flight.update(await pair.in_flight(bot))
            return not await field.open_letters()

        await field.until("the other to take over", taken_over)
        assert len(in_flight) <= in_flight_at(RATE)
        before = await field.asked(BOOKED)
    finally:
        bot.thaw()
    await asyncio.sleep(AWAKE_S)
    assert await field.asked(BOOKED) == before, "who was frozen has changed what was not its own"
    return len(in_flight)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_who_was_frozen_changes_nothing(migrated_url: str, tmp_path: Path) -> None:
    rounds = FREEZES + FOR_REAL
    async with open_field(tmp_path, migrated_url, RECIPIENTS, bots=2, rate=RATE) as field:
        pair = await open_pair(field)
        in_flight = 0
        for number in range(1, rounds + 1):
            bot = field.bots[number % 2]
            in_flight += await freeze_once(pair, bot, number, for_real=number > FREEZES)
        await field.town.book()
        booked = await field.booked("outbox.member_id IS NOT NULL")
        taken = await field.over()
    for number in range(1, rounds + 1):
        campaign, words = booked.of_campaign(number), f"{PROMOTION}, round {number}."
        campaign.each_has_one_end(field.chats)
        campaign.counters_are_rows()
        campaign.is_what_arrived(taken, words)
        assert max(taken.times(words).values()) == 1, "no promotion goes twice"
    states = booked.states
    assert set(states) <= {"sent", "unknown"}, states
    assert states["unknown"] <= in_flight
    notices = taken.times(NOTICE)
    assert min(notices[chat] for chat in field.chats) >= rounds, "nobody is lost"
    repeats = notices.total() - rounds * RECIPIENTS
    assert repeats <= in_flight, "one repeat at most of each that was in flight"
    tell(
        "frozen, two processes, PostgreSQL",
        rounds=FREEZES,
        with_a_whole_lease=FOR_REAL,
        in_flight=in_flight,
        unknown=states["unknown"],
        repeats_of_notices=repeats,
        repeats_of_promotions=0,
        changed_by_who_was_frozen=0,
    )
