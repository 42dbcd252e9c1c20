"""Recording purchases in the staff group, in one line or question by question."""

from telegram import Update
from telegram.ext import CallbackQueryHandler, CommandHandler, filters

from club.explaining import rule_name
from club.misreadings import CommandIncomplete
from club.money import Money
from club.programme import Programme
from club.tills import read_basket, split_order
from handlers.context import ClubContext
from handlers.keyboards import Button
from handlers.staff.answers import ANSWERS, message_of, typed_after
from handlers.staff.refunding import done
from services.dialogues import Dialogue
from services.purchases import PurchaseRecorded, RepeatAsked

SUBJECT = "staff_purchase"


async def record(update: Update, context: ClubContext) -> None:
    """`/purchase <member> [amount] [genre,…] [#receipt] …`, and its lines; alone it asks."""
    who, basket = split_order(typed_after(update))
    if not who:
        await context.services.dialogues.ask(context.visit.chat_id, context.user_id, SUBJECT)
        await context.ask("staff/member_asked", message_of(update).message_id)
    elif not basket:
        raise CommandIncomplete(command="purchase", amount=context.programme.typical_amount)
    else:
        await _record(context, who, basket)


async def take_answer(update: Update, context: ClubContext, dialogue: Dialogue) -> None:
    """First the member, then the amount and what may follow it; or all in one answer."""
    message = message_of(update)
    who, basket = dialogue.facts.get("who"), message.text or ""
    # The answer that told the member may come twice: it must not become an amount.
    if who is None or dialogue.facts["told_in"] == context.visit.update_id:
        who, basket = split_order(basket)
    assert isinstance(who, str), "as it was asked"
    if basket:
        await _record(context, who, basket)
        await context.services.dialogues.end(context.visit.chat_id, context.user_id)
        return
    if not who:  # A picture, or nothing that can be read.
        await context.ask("staff/member_asked", message.message_id)
        return
    card = await context.services.points.card_of(who, by=context.user_id)
    number = card.member.number
    await context.services.dialogues.ask(
        context.visit.chat_id,
        context.user_id,
        SUBJECT,
        who=number,
        told_in=context.visit.update_id,
    )
    await context.ask(
        "staff/amount_asked",
        message.message_id,
        name=card.name,
        member_number=number,
        amount=context.programme.typical_amount,
    )


async def record_again(update: Update, context: ClubContext) -> None:
    """It was another purchase: record it too."""
    recorded = await context.services.purchases.record_again(
        context.press.number, by=context.user_id
    )
    await _tell(context, recorded, in_place=True)


async def drop_again(update: Update, context: ClubContext) -> None:
    """It was the same purchase: leave it at one."""
    recorded = await context.services.purchases.drop_again(context.press.number, by=context.user_id)
    if recorded is None:
        await context.show("staff/purchase_dropped")
    else:
        await _tell(context, recorded, in_place=True)


async def undo(update: Update, context: ClubContext) -> None:
    """Take the purchase back; the card says so from now on."""
    undone = await context.services.refunds.undo(
        context.press.number, by=context.user_id, role=context.role
    )
    await context.show("staff/purchase_undone", **done(undone))


async def _record(context: ClubContext, who: str, typed: str) -> None:
    basket = read_basket(typed, context.programme.club.currency)
    outcome = await context.services.purchases.record(
        who,
        basket.amount,
        basket.genres,
        basket.receipt,
        details=basket.details,
        by=context.user_id,
        update_id=context.visit.update_id,
    )
    if isinstance(outcome, RepeatAsked):
        await _ask_again(context, outcome)
    else:
        await _tell(context, outcome, in_place=False)


async def _ask_again(context: ClubContext, asked: RepeatAsked) -> None:
    rows = [
        [Button("again", "purchase", "again", asked.intent_id)],
        [Button("cancel", "purchase", "drop", asked.intent_id)],
    ]
    await context.say(
        "staff/purchase_repeat_asked",
        rows,
        member_number=asked.number,
        name=asked.name,
        amount=asked.amount,
        at=asked.at,
    )


async def _tell(context: ClubContext, recorded: PurchaseRecorded, *, in_place: bool) -> None:
    """The card of a purchase; it carries its undoing."""
    put = context.show if in_place else context.say
    rate = context.programme.rate
    await put(
        "staff/purchase_recorded",
        [[Button("undo", "purchase", "undo", recorded.purchase_id)]],
        member_number=recorded.number,
        name=recorded.name,
        amount=recorded.amount,
        points=recorded.points,
        per=Money(rate.per or 0 if rate else 0, context.programme.club.currency),
        rate_points=rate.points or 0 if rate else 0,
        balance=recorded.balance,
        tier=recorded.tier,
        tier_reached=recorded.tier_reached,
        repeated=recorded.repeated,
        awards=_awards(recorded, context.programme),
        discount=recorded.discount,
        shop=recorded.shop,
        payment=recorded.payment,
        points_spent=recorded.points_spent,
        in_money=recorded.fate.in_money,
        active_from=recorded.fate.active_from,
        repaid=recorded.fate.repaid,
        receipt=recorded.receipt,
        at=recorded.at,
    )


def _awards(recorded: PurchaseRecorded, programme: Programme) -> tuple[dict[str, object], ...]:
    """What each rule gave; nothing where the rate that everybody knows gave it all."""
    rate = programme.rate
    if rate is not None and [key for key, _ in recorded.given] in ([], [rate.key]):
        return ()
    return tuple(
        {"rule": rule_name(key, programme), "points": points} for key, points in recorded.given
    )


ANSWERS[SUBJECT] = take_answer
HANDLERS = (
    CommandHandler("purchase", record, filters.ChatType.GROUPS),
    CallbackQueryHandler(record_again, "^purchase:again:"),
    CallbackQueryHandler(drop_again, "^purchase:drop:"),
    CallbackQueryHandler(undo, "^purchase:undo:"),
)
