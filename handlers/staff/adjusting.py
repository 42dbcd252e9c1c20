"""Putting points right by hand; beyond a limit it takes two."""

from telegram import Update
from telegram.ext import CallbackQueryHandler, CommandHandler, filters

from club.misreadings import CommandIncomplete
from club.orders import read_adjustment, split_member
from club.staff import Role, require
from handlers.context import ClubContext
from handlers.keyboards import Button
from handlers.staff.answers import words_of
from services.adjustments import AdjustmentAsked, AdjustmentDropped, PointsAdjusted


async def adjust(update: Update, context: ClubContext) -> None:
    """`/adjust <member> <±points> <reason>`, for managers."""
    require(context.role, Role.MANAGER)
    who, change = split_member(words_of(context))
    if not who:
        raise CommandIncomplete(command="adjust")
    wanted = read_adjustment(change)
    outcome = await context.services.adjustments.adjust(
        who,
        wanted.points,
        wanted.reason,
        by=context.user_id,
        key=f"update:{context.visit.update_id}",
    )
    if isinstance(outcome, AdjustmentAsked):
        await _ask(context, outcome)
    else:
        await context.say("staff/adjusted", **_facts(outcome))


async def confirm(update: Update, context: ClubContext) -> None:
    """Somebody else of the managers agrees."""
    require(context.role, Role.MANAGER)
    adjusted = await context.services.adjustments.confirm(context.press.number, by=context.user_id)
    await context.show("staff/adjusted", **_facts(adjusted))


async def drop(update: Update, context: ClubContext) -> None:
    """A manager, perhaps the one who asked, leaves it undone."""
    require(context.role, Role.MANAGER)
    outcome = await context.services.adjustments.drop(context.press.number, by=context.user_id)
    if isinstance(outcome, AdjustmentDropped):
        await context.show(
            "staff/adjust_dropped",
            member_number=outcome.number,
            points=outcome.points,
            colleague=outcome.dropped_by,
        )
    else:
        await context.show("staff/adjusted", **_facts(outcome))


async def _ask(context: ClubContext, asked: AdjustmentAsked) -> None:
    rows = [
        [Button("adjust_confirm", "adjust", "confirm", asked.intent_id)],
        [Button("cancel", "adjust", "drop", asked.intent_id)],
    ]
    await context.say(
        "staff/adjust_asked",
        rows,
        member_number=asked.number,
        name=asked.name,
        points=asked.points,
        reason=asked.reason,
        colleague=asked.asked_by,
        most=asked.limit,
    )


def _facts(adjusted: PointsAdjusted) -> dict[str, object]:
    return {
        "member_number": adjusted.number,
        "name": adjusted.name,
        "points": adjusted.points,
        "balance": adjusted.balance,
        "reason": adjusted.reason,
        "asked_by": adjusted.asked_by,
        "confirmed_by": adjusted.confirmed_by,
    }


HANDLERS = (
    CommandHandler("adjust", adjust, filters.ChatType.GROUPS),
    CallbackQueryHandler(confirm, "^adjust:confirm:"),
    CallbackQueryHandler(drop, "^adjust:drop:"),
)
