"""Points spent at the counter, at once or set aside first."""

from telegram import Update
from telegram.ext import CallbackQueryHandler, CommandHandler, filters

from club.holds import HoldState
from club.misreadings import CommandIncomplete
from club.orders import read_payment, read_points, split_member
from handlers.context import ClubContext
from handlers.keyboards import Button
from handlers.staff.answers import words_of
from services.holds import HoldShown


async def spend(update: Update, context: ClubContext) -> None:
    """`/spend <member> <points> [reason]`."""
    who, rest = _asked(context, "spend")
    wanted = read_payment(rest)
    spent = await context.services.spending.spend(
        who,
        wanted.points,
        wanted.reason,
        by=context.user_id,
        key=f"update:{context.visit.update_id}",
    )
    await context.say(
        "staff/points_spent",
        member_number=spent.number,
        name=spent.name,
        points=spent.points,
        amount=spent.worth,
        note=spent.reason,
        balance=spent.balance,
    )


async def hold(update: Update, context: ClubContext) -> None:
    """`/hold <member> <points>`; the card ends it."""
    who, rest = _asked(context, "hold")
    held = await context.services.holds.hold(
        who,
        read_points(rest),
        by=context.user_id,
        key=f"update:{context.visit.update_id}",
    )
    rows = [
        [Button("hold_post", "hold", "post", held.id), Button("hold_void", "hold", "void", held.id)]
    ]
    await context.say("staff/points_held", rows, expires_at=held.expires_at, **_facts(held))


async def post(update: Update, context: ClubContext) -> None:
    """Spend what is set aside."""
    await _tell(
        context, await context.services.holds.post(context.press.number, by=context.user_id)
    )


async def void(update: Update, context: ClubContext) -> None:
    """Give it back."""
    await _tell(
        context, await context.services.holds.void(context.press.number, by=context.user_id)
    )


async def _tell(context: ClubContext, held: HoldShown) -> None:
    """What became of it, whoever did it and whenever."""
    if held.state is HoldState.POSTED:
        await context.show("staff/hold_posted", **_facts(held))
    else:
        await context.show("staff/hold_voided", lost=held.lost, **_facts(held))


def _asked(context: ClubContext, command: str) -> tuple[str, str]:
    who, rest = split_member(words_of(context))
    if not who or not rest:
        raise CommandIncomplete(command=command)
    return who, rest


def _facts(held: HoldShown) -> dict[str, object]:
    return {
        "member_number": held.number,
        "name": held.name,
        "points": held.points,
        "balance": held.balance,
    }


HANDLERS = (
    CommandHandler("spend", spend, filters.ChatType.GROUPS),
    CommandHandler("hold", hold, filters.ChatType.GROUPS),
    CallbackQueryHandler(post, "^hold:post:"),
    CallbackQueryHandler(void, "^hold:void:"),
)
