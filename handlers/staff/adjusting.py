"""Putting points right by hand."""

from telegram import Update
from telegram.ext import CommandHandler, filters

from club.errors import CommandIncomplete
from club.orders import read_adjustment, split_member
from club.staff import Role, require
from handlers.context import ClubContext
from handlers.staff.answers import words_of


async def adjust(update: Update, context: ClubContext) -> None:
    """`/adjust <member> <±points> <reason>`, for managers."""
    require(context.role, Role.MANAGER)
    who, change = split_member(words_of(context))
    if not who:
        raise CommandIncomplete(command="adjust")
    wanted = read_adjustment(change)
    adjusted = await context.services.points.adjust(
        who,
        wanted.points,
        wanted.reason,
        by=context.user_id,
        key=f"update:{context.visit.update_id}",
    )
    await context.say(
        "staff/adjusted",
        member_number=adjusted.number,
        name=adjusted.name,
        points=adjusted.points,
        balance=adjusted.balance,
        reason=adjusted.reason,
    )


HANDLERS = (CommandHandler("adjust", adjust, filters.ChatType.GROUPS),)
