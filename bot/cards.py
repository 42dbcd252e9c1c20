"""The cards in the staff group that show how far something is: they edit themselves."""

import asyncio
import logging
from collections.abc import Callable
from functools import partial

from bot.campaign_cards import CampaignCards
from bot.surveys import SurveyCards
from handlers.context import ClubApplication, House
from handlers.staff.results import redraw

EVERY_S = 3.0  # Each card changes this often at most: twenty times a minute.

log = logging.getLogger(__name__)


class Cards:
    """Looks after the cards until it is stopped; no fault of the messenger's ends it."""

    def __init__(
        self,
        application: ClubApplication,
        house: House,
        *,
        leads: Callable[[], bool] = lambda: True,
        every_s: float = EVERY_S,
    ) -> None:
        """`leads`: whether this process is the one of several that speaks in the group now."""
        self._application = application
        self._house = house
        self._every_s = every_s
        self._surveys = SurveyCards(house.services.surveys, partial(redraw, application.bot, house))
        self._campaigns = CampaignCards(application, house)
        self._leads = leads
        self._stopping = asyncio.Event()

    def stop(self) -> None:
        """Leave the cards as they are."""
        self._stopping.set()

    async def run(self) -> None:
        """Edit what has changed, then wait."""
        while not self._stopping.is_set():
            try:
                if self._leads():
                    await self.look()
            except Exception:
                log.exception("The cards were not looked after.", extra={"action": "cards_failed"})
            try:
                async with asyncio.timeout(self._every_s):
                    await self._stopping.wait()
            except TimeoutError:
                continue

    async def look(self) -> None:
        """Bring each card up to date once."""
        await self._surveys.look()
        await self._campaigns.look()
