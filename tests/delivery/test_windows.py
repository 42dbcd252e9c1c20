"""How much is booked as being sent at once: what would be in doubt after a crash."""

import asyncio

from club.campaigns import CampaignState
from club.letters import LetterState
from storage.db import Database
from tests.delivery.people import (
    assert_counted,
    change_campaign,
    counts,
    new_campaign,
    new_member,
    promotion,
    put,
)
from tests.delivery.running import doomed_post, open_post, until
from tests.delivery.wire import Wire, hang


async def test_no_more_are_in_doubt_than_may_be_in_flight(db: Database, wire: Wire) -> None:
    campaign = await new_campaign(db)
    members = [await new_member(db, chat) for chat in range(1, 21)]
    await put(db, *(promotion(campaign, member) for member in members))
    for chat in range(1, 21):
        wire.play(chat, hang)
    async with doomed_post(db, wire, in_flight=4):
        await until(lambda: len(wire.arrived) == 4)
        await asyncio.sleep(0.5)
    assert len(wire.arrived) == 4
    assert (await counts(db, campaign))[LetterState.SENDING] == 4


async def test_a_slow_pace_books_half_a_second_of_it(db: Database, wire: Wire) -> None:
    campaign = await new_campaign(db)
    members = [await new_member(db, chat) for chat in range(1, 61)]
    await put(db, *(promotion(campaign, member) for member in members))
    async with doomed_post(db, wire, rate=20):
        most = 0
        while len(wire.arrived) < 30:
            most = max(most, (await counts(db, campaign)).get(LetterState.SENDING, 0))
            await asyncio.sleep(0.02)
    assert most <= 10 + 4, "and those whose answer is not booked yet"


async def test_a_pause_holds_within_a_second(db: Database, wire: Wire) -> None:
    campaign = await new_campaign(db)
    members = [await new_member(db, chat) for chat in range(1, 61)]
    await put(db, *(promotion(campaign, member) for member in members))
    async with open_post(db, wire, rate=20):
        await until(lambda: len(wire.arrived) >= 10)
        await change_campaign(db, campaign, state=CampaignState.PAUSED)
        await asyncio.sleep(1)
        came = len(wire.arrived)
        assert came <= 10 + 20
        while (await counts(db, campaign)).get(LetterState.SENDING):  # noqa: ASYNC110 (rows)
            await asyncio.sleep(0.02)
        came = len(wire.arrived)
        await asyncio.sleep(0.5)
        assert len(wire.arrived) == came
        await change_campaign(db, campaign, state=CampaignState.RUNNING)
        await until(lambda: len(wire.to_people) == 60)
    assert sorted(wire.chats()) == list(range(1, 61))
    await assert_counted(db, campaign)
