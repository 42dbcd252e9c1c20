"""Where a member's points came from and where they went."""

from datetime import datetime, timedelta

from telegram import Update
from telegram.ext import CallbackQueryHandler, CommandHandler, filters

from club.explaining import Move, told
from club.ledger import Reason
from club.programme import Programme
from handlers.context import ClubContext
from handlers.keyboards import Button
from services.disputes import MoveExplained
from services.points import MovesPage

ASKS_A_ROW = 4


async def show_points(update: Update, context: ClubContext) -> None:
    """The balance and the latest moves, in a message of their own."""
    page = await context.services.points.moves(context.user_id, 0)
    await context.say("points/shown", _rows(page), **_facts(page, context.programme))


async def turn_page(update: Update, context: ClubContext) -> None:
    """Another page, in place of the one before."""
    page = await context.services.points.moves(context.user_id, context.press.number)
    await context.show("points/shown", _rows(page), **_facts(page, context.programme))


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


def _rows(page: MovesPage) -> list[list[Button]]:
    """A way to the arithmetic of each move, and to other pages."""
    asks = [
        Button("why", "points", "why", move.id, {"nth": nth})
        for nth, move in enumerate(page.moves, 1)
    ]
    rows = [asks[start : start + ASKS_A_ROW] for start in range(0, len(asks), ASKS_A_ROW)]
    return [*rows, *_turners(page)]


def _facts(page: MovesPage, programme: Programme) -> dict[str, object]:
    return {
        "balance": page.balance,
        "debt": page.debt,
        "moves": tuple(_move(nth, move, page, programme) for nth, move in enumerate(page.moves, 1)),
        "page": page.page + 1,
        "pages": page.pages,
    }


def _move(nth: int, move: Move, page: MovesPage, programme: Programme) -> dict[str, object]:
    facts = told(move, page.member_id, programme)
    usual = programme.rate is not None and move.transfer.rule == programme.rate.key
    return {
        "nth": nth,
        "kind": facts["kind"],
        "points": facts["points"],
        "rule": None if usual else facts["rule"],
        "amount": facts["amount"],
        "reason": facts["reason"],
        "at": _moment(move),
        "active_from": _waits_until(move, page.now),
    }


def _moment(move: Move) -> datetime:
    """When the move counts as made: what expired did so with the end of its last day."""
    transfer = move.transfer
    return last_moment(transfer.at) if transfer.reason is Reason.EXPIRY else transfer.at


def _waits_until(move: Move, now: datetime) -> datetime | None:
    """From when on what the move brought can be spent, where that is still to come."""
    return move.active_from if move.active_from and move.active_from > now else None


async def explain(update: Update, context: ClubContext) -> None:
    """The arithmetic of one move, in place of the list."""
    explained = await context.services.disputes.why(context.user_id, context.press.number)
    await _show_why(context, explained)


async def dispute(update: Update, context: ClubContext) -> None:
    """The member says that the move is wrong: staff will look at it."""
    explained = await context.services.disputes.dispute(context.user_id, context.press.number)
    await _show_why(context, explained)
    await context.toast("points/disputed_toast")


async def _show_why(context: ClubContext, explained: MoveExplained) -> None:
    move, dispute = explained.move, explained.dispute
    rows = [[Button("back", "points", "page", 0)]]
    if dispute is None:
        rows.insert(0, [Button("move_wrong", "points", "wrong", move.id)])
    await context.show(
        "points/why",
        rows,
        **{**explained.facts(context.programme), "at": _moment(move)},
        active_from=_waits_until(move, explained.now),
        expires_at=last_moment(move.expires_at) if move.expires_at else None,
        disputed=dispute is not None,
        settled=dispute is not None and dispute.settled_at is not None,
    )


HANDLERS = (
    CommandHandler("points", show_points, filters.ChatType.PRIVATE),
    CallbackQueryHandler(turn_page, "^points:page:"),
    CallbackQueryHandler(explain, "^points:why:"),
    CallbackQueryHandler(dispute, "^points:wrong:"),
)
