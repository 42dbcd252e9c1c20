"""Where a member's points came from and where they went."""

from datetime import datetime, timedelta

from telegram import Update
from telegram.ext import CallbackQueryHandler, CommandHandler, filters

from club.ledger import Reason, Transfer, wallet
from handlers.context import ClubContext
from handlers.keyboards import Button
from services.points import MovesPage


async def show_points(update: Update, context: ClubContext) -> None:
    """The balance and the latest moves, in a message of their own."""
    page = await context.services.points.moves(context.user_id, 0)
    await context.say("points/shown", _turners(page), **_facts(page))


async def turn_page(update: Update, context: ClubContext) -> None:
    """Another page, in place of the one before."""
    page = await context.services.points.moves(context.user_id, context.press.number)
    await context.show("points/shown", _turners(page), **_facts(page))


def last_moment(expires_at: datetime) -> datetime:
    """Within the last day that counts: what expires is over at the first moment after it."""
    return expires_at - timedelta(seconds=1)


def _turners(page: MovesPage) -> list[list[Button]]:
    """The ways to newer and older moves, where there are any."""
    row = []
    if page.page > 0:
        row.append(Button("previous", "points", "page", page.page - 1))
    if page.page < page.pages - 1:
        row.append(Button("next", "points", "page", page.page + 1))
    return [row] if row else []


def _facts(page: MovesPage) -> dict[str, object]:
    return {
        "balance": page.balance,
        "moves": tuple(_move(move, page.member_id) for move in page.moves),
        "page": page.page + 1,
        "pages": page.pages,
    }


def _move(move: Transfer, member_id: int) -> dict[str, object]:
    return {
        "kind": move.reason.value,
        "points": move.points if move.target == wallet(member_id) else -move.points,
        "amount": move.explanation.get("amount"),
        "reason": move.explanation.get("reason"),
        "at": last_moment(move.at) if move.reason is Reason.EXPIRY else move.at,
    }


HANDLERS = (
    CommandHandler("points", show_points, filters.ChatType.PRIVATE),
    CallbackQueryHandler(turn_page, "^points:page:"),
)
