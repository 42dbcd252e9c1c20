"""A tier that a member keeps whatever is counted."""

from telegram import Update
from telegram.ext import CommandHandler, filters

from club.misreadings import CommandIncomplete, TooLong
from club.orders import REASON_LENGTH, split_member
from club.staff import Role, require
from handlers.context import ClubContext
from handlers.staff.answers import words_of


async def set_floor(update: Update, context: ClubContext) -> None:
    """`/floor <member> <tier> <reason>`, for managers."""
    require(context.role, Role.MANAGER)
    who, rest = split_member(words_of(context))
    tier, _, reason = rest.partition(" ")
    if not who or not tier or not reason:
        raise CommandIncomplete(command="floor")
    if len(reason) > REASON_LENGTH:
        raise TooLong(limit=REASON_LENGTH, count=len(reason))
    done = await context.services.tiers.set_floor(who, tier, reason, by=context.user_id)
    await context.say(
        "staff/floor_set",
        member_number=done.number,
        name=done.name,
        ladder=done.ladder.name,
        floor=done.floor.name if done.floor else None,
        tier=done.tier.name,
        reason=reason,
    )


HANDLERS = (CommandHandler("floor", set_floor, filters.ChatType.GROUPS),)
