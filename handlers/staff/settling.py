"""Moves of which members say that they are wrong."""

from telegram import Update
from telegram.ext import CallbackQueryHandler

from handlers.context import ClubContext


async def settle(update: Update, context: ClubContext) -> None:
    """Somebody has looked at it; the member is told."""
    settled = await context.services.disputes.settle(context.press.number, by=context.user_id)
    explained = settled.explained
    await context.show(
        "staff/dispute_settled",
        **explained.facts(context.programme),
        member_number=explained.member.number,
        name=settled.name,
    )


HANDLERS = (CallbackQueryHandler(settle, "^disputes:settle:"),)
