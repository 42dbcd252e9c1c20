"""The member's card: a picture for the till, and under it the whole status."""

import asyncio

from telegram import Update
from telegram.ext import CallbackQueryHandler, CommandHandler, filters

from club.programme import Programme
from handlers.context import ClubContext
from handlers.genres import show_genres
from handlers.keyboards import Button, Rows
from handlers.levels import facts_of as level_rows
from handlers.levels import fall_facts, level_facts
from handlers.missions import facts_of as mission_row
from handlers.missions import nearest
from handlers.points import last_moment, show_points
from services.points import Card
from templates.pictures.qr import member_card

MISSIONS_SHOWN = 1
REFRESH = (Button("refresh", "card", "refresh"),)
MORE = (Button("points", "card", "points"), Button("genres", "card", "genres"))
LEVELS = (Button("levels", "levels", "open"),)
INVITE = (Button("invite", "referral", "open"),)


async def show_card(update: Update, context: ClubContext) -> None:
    """The card, drawn off the loop, with what it stands for now."""
    card = await context.services.points.card(context.user_id)
    picture = await asyncio.to_thread(member_card, card.member.number)
    await context.say_picture(
        picture, "card/shown_caption", _rows(context), **facts_of(card, context.programme)
    )


async def refresh(update: Update, context: ClubContext) -> None:
    """Bring the words under the picture up to date."""
    card = await context.services.points.card(context.user_id)
    await context.show_caption(
        "card/shown_caption", _rows(context), **facts_of(card, context.programme)
    )
    await context.toast("card/refreshed_toast")


def _rows(context: ClubContext) -> Rows:
    rows = [REFRESH, MORE, LEVELS]
    return [*rows, INVITE] if context.programme.friends else rows


def facts_of(card: Card, programme: Programme) -> dict[str, object]:
    """What the words on a card ask for."""
    held, main = card.held, card.levels[0]
    return {
        "name": card.name,
        "member_number": card.member.number,
        "balance": held.balance,
        "debt": card.debt,
        "waiting": held.waiting,
        "next_points": held.next_points,
        "expires_at": last_moment(held.next_expiry) if held.next_expiry else None,
        **level_facts(main, programme),
        **fall_facts(card.levels, programme),
        "levels": level_rows(card.levels[1:], programme),
        "other_tiers": tuple(level.way.tier.name for level in card.levels[1:]),
        "typical_amount": card.typical_amount,
        "typical_points": card.typical_points,
        "today_points": card.today_points,
        "waiting_points": card.waiting_points,
        "active_from": card.active_from,
        "open_missions": tuple(
            mission_row(mission, programme.club.currency)
            for mission in nearest(card.missions)[:MISSIONS_SHOWN]
        ),
    }


HANDLERS = (
    CommandHandler("card", show_card, filters.ChatType.PRIVATE),
    CallbackQueryHandler(show_card, "^card:open:"),
    CallbackQueryHandler(refresh, "^card:refresh:"),
    CallbackQueryHandler(show_points, "^card:points:"),
    CallbackQueryHandler(show_genres, "^card:genres:"),
)
