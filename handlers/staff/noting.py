"""What a member took part in, beside purchases."""

from telegram import Update
from telegram.ext import CommandHandler, filters

from club.misreadings import CommandIncomplete
from club.orders import split_member
from handlers.context import ClubContext
from handlers.staff.answers import words_of


async def record(update: Update, context: ClubContext) -> None:
    """`/event <member> <event>`."""
    who, event = split_member(words_of(context))
    if not who or not event:
        raise CommandIncomplete(command="event")
    recorded = await context.services.events.record(
        who, event.casefold(), by=context.user_id, key=f"update:{context.visit.update_id}"
    )
    await context.say(
        "staff/event_recorded",
        member_number=recorded.number,
        name=recorded.name,
        reward=recorded.reward,
        points=recorded.points,
        balance=recorded.balance,
    )


HANDLERS = (CommandHandler("event", record, filters.ChatType.GROUPS),)
