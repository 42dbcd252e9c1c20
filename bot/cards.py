"""The cards in the staff group that show how far a campaign is: they edit themselves."""

import asyncio
import logging
from functools import partial

from telegram.error import BadRequest, TelegramError

from bot.surveys import SurveyCards
from club.campaigns import CampaignState
from handlers.context import GONE, NOT_MODIFIED, ClubApplication, House
from handlers.keyboards import inline
from handlers.staff.promoting import card_of
from handlers.staff.results import redraw
from services.campaigns import CampaignShown
from templates.render import Reader, render

EVERY_S = 3.0  # Each card changes this often at most: twenty times a minute.

log = logging.getLogger(__name__)


class Cards:
    """Looks after the cards until it is stopped; no fault of the messenger's ends it."""

    def __init__(
        self, application: ClubApplication, house: House, *, every_s: float = EVERY_S
    ) -> None:
        self._application = application
        self._house = house
        self._every_s = every_s
        self._surveys = SurveyCards(house.services.surveys, partial(redraw, application.bot, house))
        self._said: dict[int, str] = {}  # Campaign → what its card says.
        self._stopping = asyncio.Event()

    def stop(self) -> None:
        """Leave the cards as they are."""
        self._stopping.set()

    async def run(self) -> None:
        """Edit what has changed, then wait."""
        while not self._stopping.is_set():
            try:
                await self.look()
            except Exception:
                log.exception("The cards were not looked after.", extra={"action": "cards_failed"})
            try:
                async with asyncio.timeout(self._every_s):
                    await self._stopping.wait()
            except TimeoutError:
                continue

    async def look(self) -> None:
        """Bring each card up to date once; one that says the end is left alone from then on."""
        await self._surveys.look()
        for shown in await self._house.services.campaigns.with_cards():
            try:
                await self._edit(shown)
            except TelegramError as fault:
                facts = {"action": "card_failed", "fault": type(fault).__name__}
                log.info("A card could not be edited now.", extra=facts)

    async def _edit(self, shown: CampaignShown) -> None:
        club = self._house.programme.club
        reader = Reader(club.language, club.calendar, self._house.programme.zone)
        message, rows, facts = card_of(shown)
        words = render(message, reader, **facts)
        markup = inline(rows, reader.language, self._house.signer, shown.chat_id)
        if shown.card_is_lost:
            bot = self._application.bot
            sent = await bot.send_message(shown.chat_id, words, reply_markup=markup)
            await self._house.services.campaigns.keep_card(shown.campaign_id, sent.message_id)
            self._said[shown.campaign_id] = words
        elif self._said.get(shown.campaign_id) != words:
            try:
                await self._application.bot.edit_message_text(
                    words, shown.chat_id, shown.card_id, reply_markup=markup
                )
            except BadRequest as fault:
                reason = str(fault).lower()
                if any(gone in reason for gone in GONE):
                    await self._house.services.campaigns.leave_card(shown.campaign_id)
                elif NOT_MODIFIED not in reason:
                    raise
            self._said[shown.campaign_id] = words
        if shown.state is CampaignState.DONE:
            await self._house.services.campaigns.leave_card(shown.campaign_id)
            self._said.pop(shown.campaign_id, None)
