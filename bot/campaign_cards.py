"""Keeps the cards of campaigns true: how far each is, how fast, and at the end its report."""

import asyncio
import logging
from collections import deque

from telegram import InlineKeyboardMarkup
from telegram.error import BadRequest, TelegramError

from club.campaigns import CampaignState
from handlers.context import GONE, NOT_MODIFIED, ClubApplication, House, edited
from handlers.keyboards import inline
from handlers.staff.campaign_cards import card_of, elsewhere
from handlers.staff.reporting import put_report, reader
from services.campaigns import CampaignShown
from templates.render import render

LOOK_BACK_S = 15.0  # The rate is of so long: one slow answer of the wire does not jump out.

log = logging.getLogger(__name__)


class Pulse:
    """How fast the letters of a campaign come to their ends."""

    def __init__(self) -> None:
        self._seen: deque[tuple[float, int]] = deque()

    def rate(self, now_s: float, through: int) -> float:
        """So many a second of late, once it was looked at twice."""
        seen = self._seen
        seen.append((now_s, through))
        while len(seen) > 2 and seen[1][0] <= now_s - LOOK_BACK_S:
            seen.popleft()
        then_s, before = seen[0]
        return (through - before) / (now_s - then_s) if now_s > then_s else 0.0


class CampaignCards:
    """Looks after the cards each time it is told to; a card that says the end is left alone."""

    def __init__(self, application: ClubApplication, house: House) -> None:
        self._application = application
        self._house = house
        self._said: dict[int, tuple[int | None, str]] = {}  # Campaign → card and what it says.
        self._pulses: dict[int, Pulse] = {}

    async def look(self) -> None:
        """Bring each card up to date once; a fault of the messenger's is tried again next time."""
        shown = await self._house.services.campaigns.with_cards()
        running = {one.campaign_id for one in shown if one.state is CampaignState.RUNNING}
        self._pulses = {number: self._pulses.get(number) or Pulse() for number in running}
        for one in shown:
            try:
                await self._edit(one)
            except TelegramError as fault:
                facts = {"action": "card_failed", "fault": type(fault).__name__}
                log.info("A card could not be edited now.", extra=facts)

    async def _edit(self, shown: CampaignShown) -> None:
        if shown.card_is_lost:
            await self._post_anew(shown)
            return
        gone_out = shown.is_over and shown.state is CampaignState.DONE and shown.letters > 0
        if not (gone_out and await self._report(shown)):
            await self._say(shown)
        if shown.is_over:
            await self._leave(shown)

    async def _report(self, shown: CampaignShown) -> bool:
        """Turn the card into the report, in place: done twice after a crash it is still one.

        False where the messenger will not have it.
        """
        assert shown.card_id is not None, "it was asked for by its card"
        bot, number = self._application.bot, shown.campaign_id
        try:
            await put_report(bot, self._house, number, shown.card_id)
        except BadRequest as fault:
            facts = {"action": "report_refused", "fault": str(fault)}
            log.warning("The messenger refuses a report's picture.", extra=facts)
            return False
        return True

    async def _post_anew(self, shown: CampaignShown) -> None:
        """The group moved away from the card; the next look goes on with the new one."""
        words, markup = self._words(shown)
        bot = self._application.bot
        sent = await bot.send_message(shown.chat_id, words, reply_markup=markup)
        await self._house.services.campaigns.keep_card(shown.campaign_id, sent.message_id)
        self._said[shown.campaign_id] = (sent.message_id, words)

    async def _say(self, shown: CampaignShown) -> None:
        words, markup = self._words(shown)
        if self._said.get(shown.campaign_id) == (shown.card_id, words):
            return
        try:
            await self._application.bot.edit_message_text(
                words, shown.chat_id, shown.card_id, reply_markup=markup
            )
        except BadRequest as fault:
            reason = str(fault).lower()
            if any(gone in reason for gone in GONE):
                await self._leave(shown)
                return
            if NOT_MODIFIED not in reason:
                raise
        self._said[shown.campaign_id] = (shown.card_id, words)
        await self._give_way(shown)

    async def _give_way(self, shown: CampaignShown) -> None:
        """Where the card moved on since it was read, this message is not to look like it again."""
        now = await self._house.services.campaigns.show(shown.campaign_id)
        if now.card_is_lost or now.card_id in (None, shown.card_id):
            return
        words = elsewhere(shown.campaign_id, reader(self._house))
        bot = self._application.bot
        await edited(bot.edit_message_text(words, shown.chat_id, shown.card_id))

    async def _leave(self, shown: CampaignShown) -> None:
        await self._house.services.campaigns.leave_card(shown.campaign_id, shown.card_id)
        self._said.pop(shown.campaign_id, None)

    def _words(self, shown: CampaignShown) -> tuple[str, InlineKeyboardMarkup]:
        """What the card says now, in the words of the group."""
        pulse, rate = self._pulses.get(shown.campaign_id), 0.0
        if pulse is not None:
            now_s = asyncio.get_running_loop().time()
            rate = pulse.rate(now_s, shown.letters - shown.waiting)
        message, rows, facts = card_of(shown, self._house.programme, rate=rate)
        whose = reader(self._house)
        markup = inline(rows, whose.language, self._house.signer, shown.chat_id)
        return render(message, whose, **facts), markup
