"""The club's clock, which trials may move ahead."""

from telegram import Update
from telegram.ext import CallbackQueryHandler, CommandHandler, filters

from club.staff import Role, require
from club.travel import read_span
from handlers.context import ClubContext
from handlers.letters import AHEAD
from handlers.staff.answers import words_of


async def show_clock(update: Update, context: ClubContext) -> None:
    """`/clock`: what it shows; `/clock +30d`: move it ahead, for the owner in trials."""
    require(context.role, Role.OWNER)
    travel = context.services.travel
    words = words_of(context)
    if not words:
        shown = await travel.show()
        await context.say("staff/clock", () if shown.until else AHEAD, now=shown.now)
        return
    key = f"update:{context.visit.update_id}"
    shown = await travel.set_out(read_span(words), chat_id=context.visit.chat_id, key=key)
    await context.say("staff/clock_under_way", until=shown.until or shown.now)


async def press_span(update: Update, context: ClubContext) -> None:
    """Move it as far ahead as the button says; a card is good for one journey."""
    require(context.role, Role.OWNER)
    key = f"card:{context.visit.chat_id}:{context.visit.message_id}"
    shown = await context.services.travel.set_out(
        read_span(context.press.id), chat_id=context.visit.chat_id, key=key
    )
    await context.show("staff/clock_under_way", until=shown.until or shown.now)


HANDLERS = (
    CommandHandler("clock", show_clock, filters.ChatType.GROUPS),
    CallbackQueryHandler(press_span, "^clock:ahead:"),
)
