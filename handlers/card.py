"""The member's card: a picture for the till, and under it the whole status."""

import asyncio

from telegram import Update
from telegram.ext import CallbackQueryHandler, CommandHandler, filters

from handlers.context import ClubContext
from handlers.genres import show_genres
from handlers.keyboards import Button, Rows
from handlers.points import last_moment, show_points
from services.points import Card
from templates.pictures.qr import member_card

REFRESH = (Button("refresh", "card", "refresh"),)
MORE = (Button("points", "card", "points"), Button("genres", "card", "genres"))
INVITE = (Button("invite", "referral", "open"),)


async def show_card(update: Update, context: ClubContext) -> None:
    """The card, drawn off the loop, with what it stands for now."""
    card = await context.services.points.card(context.user_id)
    picture = await asyncio.to_thread(member_card, card.member.number)
    await context.say_picture(picture, "card/shown_caption", _rows(context), **facts_of(card))


async def refresh(update: Update, context: ClubContext) -> None:
    """Bring the words under the picture up to date."""
    card = await context.services.points.card(context.user_id)
    await context.show_caption("card/shown_caption", _rows(context), **facts_of(card))
    await context.toast("card/refreshed_toast")


def _rows(context: ClubContext) -> Rows:
    rows = [REFRESH, MORE]
    return [*rows, INVITE] if context.programme.referral else rows


def facts_of(card: Card) -> dict[str, object]:
    """What the words on a card ask for."""
    held, standing = card.held, card.standing
    return {
        "name": card.name,
        "member_number": card.member.number,
        "balance": held.balance,
        "waiting": held.waiting,
        "next_points": held.next_points,
        "expires_at": last_moment(held.next_expiry) if held.next_expiry else None,
        "tier": standing.tier.name,
        "next_tier": standing.next_tier.name if standing.next_tier else None,
        "missing_points": standing.missing_points,
        "typical_amount": card.typical_amount,
        "typical_points": card.typical_points,
        "today_points": card.today_points,
    }


HANDLERS = (
    CommandHandler("card", show_card, filters.ChatType.PRIVATE),
    CallbackQueryHandler(show_card, "^card:open:"),
    CallbackQueryHandler(refresh, "^card:refresh:"),
    CallbackQueryHandler(show_points, "^card:points:"),
    CallbackQueryHandler(show_genres, "^card:genres:"),
)
