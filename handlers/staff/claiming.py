"""How a group becomes the staff group."""

from telegram import Update
from telegram.ext import CommandHandler, filters

from club.misreadings import CommandIncomplete
from handlers.commands import register_staff_commands
from handlers.context import ClubContext
from handlers.staff.answers import words_of


async def claim(update: Update, context: ClubContext) -> None:
    """`/claim <code>`: this is the staff group now, and its sender an owner."""
    code, user = words_of(context), update.effective_user
    assert user is not None, "the gate saw one"
    if not code:
        raise CommandIncomplete(command="claim")
    chat_id = context.visit.chat_id
    owner = await context.services.staff.claim(code, chat_id, user.id, user.full_name)
    await register_staff_commands(context.bot, chat_id, trial=context.services.travel.allowed)
    await context.say("staff/claimed", name=owner.name)


HANDLERS = (CommandHandler("claim", claim, filters.ChatType.GROUPS),)
