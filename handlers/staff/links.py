"""One-time links for customers from before the club."""

from telegram import Update
from telegram.ext import CommandHandler, filters

from club.misreadings import CommandIncomplete
from club.orders import plain_line
from handlers.context import ClubContext
from handlers.staff.answers import words_of


async def make_link(update: Update, context: ClubContext) -> None:
    """`/code <customer>`: who joins by the link is that customer."""
    customer = plain_line(words_of(context))
    if not customer:
        raise CommandIncomplete(command="code")
    link = await context.services.joining.make_link(customer, by=context.user_id)
    await context.say(
        "staff/link_made",
        member_number=link.number,
        url=f"https://t.me/{context.house.bot_username}?start={link.code}",
        expires_at=link.expires_at,
    )


HANDLERS = (CommandHandler("code", make_link, filters.ChatType.GROUPS),)
