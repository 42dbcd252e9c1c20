"""A card that moves while it is brought up to date: the newer one is true, the other gives way."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from typing import Any, cast

import pytest

from bot.campaign_cards import CampaignCards
from services.campaigns import Campaigns, CampaignShown
from storage.db import Database
from tests.handlers.counter import MINA, Counter
from tests.handlers.people import open_club
from tests.handlers.test_staff_campaigns import ALONE, launched, staffed


@pytest.fixture
async def counter(db: Database) -> AsyncIterator[Counter]:
    """A promotion is on its way to four."""
    async with open_club(db, ALONE) as club:
        counter = await staffed(Counter(club))
        await launched(counter)
        yield counter


class MovedMeanwhile:
    """Campaigns whose cards go elsewhere between the reading of them and what is done with it."""

    def __init__(self, real: Campaigns, move: Callable[[], Awaitable[object]]) -> None:
        self._real = real
        self._move = move

    async def with_cards(self) -> tuple[CampaignShown, ...]:
        """As they were before the move."""
        shown = await self._real.with_cards()
        await self._move()
        return shown

    def __getattr__(self, name: str) -> Any:
        """Everything else as it is."""
        return getattr(self._real, name)


def late_cards(counter: Counter) -> CampaignCards:
    """They look, then `/campaigns 1` puts the card below, then they edit what they saw."""
    application = counter.club.application
    house = application.bot_data["house"]
    move = MovedMeanwhile(house.services.campaigns, lambda: counter.type(MINA, "/campaigns 1"))
    services = replace(house.services, campaigns=cast(Campaigns, move))
    return CampaignCards(application, replace(house, services=services))


async def test_an_older_card_does_not_come_back_to_life(counter: Counter) -> None:
    older = counter.last
    await late_cards(counter).look()
    newer = counter.last
    assert newer.id != older.id
    assert "goes on in another message" in older.plain
    assert not older.buttons
    assert "⏸ Pause" in newer.buttons
    (kept,) = await counter.club.services.campaigns.with_cards()
    assert kept.card_id == newer.id


async def test_a_newer_card_is_not_left_where_the_older_one_is_gone(counter: Counter) -> None:
    del counter.club.telegram.messages[counter.last.id]
    await late_cards(counter).look()
    (kept,) = await counter.club.services.campaigns.with_cards()
    assert kept.card_id == counter.last.id
