"""The cards in the staff group that show how far something is: they edit themselves."""

from collections.abc import Callable
from functools import partial

from bot.campaign_cards import CampaignCards
from bot.rounds import Rounds
from bot.surveys import SurveyCards
from handlers.context import ClubApplication, House
from handlers.staff.results import redraw

EVERY_S = 3.0  # Each card changes this often at most: twenty times a minute.


class Cards(Rounds):
    """Looks after the cards until it is stopped; no fault of the messenger's ends it."""

    def __init__(
        self,
        application: ClubApplication,
        house: House,
        *,
        leads: Callable[[], bool] = lambda: True,
        silent_s: Callable[[], float] = lambda: 0.0,
        every_s: float = EVERY_S,
    ) -> None:
        """`leads`: whether this process is the one of several that speaks in the group now.

        `silent_s`: how long the messenger wants to hear nothing yet.
        """
        super().__init__("cards", every_s)
        self._surveys = SurveyCards(house.services.surveys, partial(redraw, application.bot, house))
        self._campaigns = CampaignCards(application, house)
        self._leads = leads
        self._silent_s = silent_s

    async def look(self) -> bool:
        """Bring each card up to date once, where that is ours; the next round comes in its time."""
        if self._leads() and self._silent_s() <= 0:
            await self._surveys.look()
            await self._campaigns.look()
        return False
