"""Giving purchases back in the staff group: asked for, shown, and made by a second press."""

from telegram import Update
from telegram.ext import CallbackQueryHandler, CommandHandler, filters

from club.returns import read_refund
from handlers.context import ClubContext
from handlers.keyboards import Button
from handlers.staff.answers import words_of
from services.refund_cards import RefundAsked, RefundChoice, RefundMade


async def ask(update: Update, context: ClubContext) -> None:
    """`/refund <#receipt or member> [amount]`."""
    wish = read_refund(words_of(context), context.programme.club.currency)
    asked = await context.services.refunds.ask(wish, by=context.user_id, role=context.role)
    if isinstance(asked, RefundAsked):
        await context.say("staff/refund_asked", _rows(asked), **_asked(asked))
    else:
        await _choose(context, asked)


async def look(update: Update, context: ClubContext) -> None:
    """It is this purchase: show what its refund would do."""
    asked = await context.services.refunds.look(
        context.press.number, by=context.user_id, role=context.role
    )
    await context.show("staff/refund_asked", _rows(asked), **_asked(asked))


async def make(update: Update, context: ClubContext) -> None:
    """Give it back; the card says so from now on."""
    made = await context.services.refunds.make(
        context.press.number, by=context.user_id, role=context.role
    )
    await context.show("staff/refunded", left_amount=made.left, **done(made))


async def drop(update: Update, context: ClubContext) -> None:
    """Leave the purchase as it is."""
    await context.services.refunds.drop(context.press.number, by=context.user_id)
    await context.show("staff/refund_dropped")


def done(made: RefundMade) -> dict[str, object]:
    """The facts of what a refund did."""
    return {
        "member_number": made.number,
        "name": made.name,
        "amount": made.amount,
        "in_money": made.in_money,
        "points": made.points,
        "owed": made.owed,
        "returned": made.returned,
        "rewards": tuple({"reward": one.name, "points": one.points} for one in made.rewards),
        "balance": made.balance,
        "debt": made.debt,
        "tier": made.tier,
    }


async def _choose(context: ClubContext, asked: RefundChoice) -> None:
    found = list(enumerate(asked.choices, 1))
    rows = [
        [Button("refund_of", "refund", "look", one.intent_id, {"count": count, "amount": one.left})]
        for count, one in found
    ]
    await context.say(
        "staff/refund_choice",
        rows,
        member_number=asked.number,
        name=asked.name,
        purchases=tuple(
            {"count": count, "left_amount": one.left, "at": one.at, "receipt": one.receipt}
            for count, one in found
        ),
    )


def _rows(asked: RefundAsked) -> list[list[Button]]:
    return [
        [
            Button("refund", "refund", "make", asked.intent_id),
            Button("cancel", "refund", "drop", asked.intent_id),
        ]
    ]


def _asked(asked: RefundAsked) -> dict[str, object]:
    return {
        "member_number": asked.number,
        "name": asked.name,
        "paid": asked.paid,
        "at": asked.at,
        "receipt": asked.receipt,
        "amount": asked.amount,
        "in_money": asked.in_money,
        "points": asked.points,
        "returned": asked.returned,
        "balance": asked.balance,
    }


HANDLERS = (
    CommandHandler("refund", ask, filters.ChatType.GROUPS),
    CallbackQueryHandler(look, "^refund:look:"),
    CallbackQueryHandler(make, "^refund:make:"),
    CallbackQueryHandler(drop, "^refund:drop:"),
)
