"""Looking at a member: the whole status on one card."""

from telegram import Update
from telegram.ext import CommandHandler, filters

from club.audience import tag_name
from club.discretion import phone_for
from club.misreadings import CommandIncomplete
from club.orders import plain_line
from handlers.card import facts_of
from handlers.context import ClubContext
from handlers.staff.answers import words_of


async def show_member(update: Update, context: ClubContext) -> None:
    """`/member <member number or phone>`."""
    who = plain_line(words_of(context))
    if not who:
        raise CommandIncomplete(command="member")
    card = await context.services.points.card_of(who, by=context.user_id)
    changes = await context.services.tiers.history(card.member.id)
    likes = tuple(tag_name(tag, context.programme) for tag in card.tags)
    await context.say(
        "staff/member",
        **facts_of(card, context.programme),
        phone=phone_for(context.role, card.phone) if card.phone else None,
        points_earned=card.member.points_earned,
        genres=likes,
        promotions=bool(card.member.promotions),
        reach=card.member.reach.value,
        joined_at=card.member.agreed_at,
        changes=tuple(
            {
                "ladder": change.ladder.name,
                "tier_before": change.before.name,
                "tier": change.after.name,
                "change": change.reason.value,
                "reason": change.words,
                "at": change.at,
            }
            for change in changes
        ),
    )


HANDLERS = (CommandHandler("member", show_member, filters.ChatType.GROUPS),)
