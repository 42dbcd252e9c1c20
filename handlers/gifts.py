"""Points for another member: to whom, how many, and a card to confirm."""

from telegram import Update
from telegram.ext import CallbackQueryHandler, CommandHandler, filters

from club.misreadings import NoText
from club.orders import plain_line, read_points
from handlers.context import ClubContext
from handlers.keyboards import Button
from handlers.staff.answers import ANSWERS, message_of, words_of
from services.dialogues import Dialogue
from services.gifts import PointsGiven

SUBJECT = "gift"


async def begin(update: Update, context: ClubContext) -> None:
    """`/give <number> <points>`; what is left out is asked for."""
    offered = await context.services.gifts.offer(context.user_id)
    words = words_of(context)
    if words:
        await _take(context, words)
        return
    await context.services.dialogues.ask(context.visit.chat_id, context.user_id, SUBJECT)
    await context.say("gifts/member_asked", balance=offered.balance)


async def take_answer(update: Update, context: ClubContext, dialogue: Dialogue) -> None:
    """First the number, then the points; or both in one answer."""
    text = message_of(update).text
    if not text:
        raise NoText()
    number = dialogue.facts.get("number")
    # The answer that told the number may come twice: it must not become points.
    if number is None or dialogue.facts["told_in"] == context.visit.update_id:
        await _take(context, text)
    else:
        assert isinstance(number, str), "as it was asked"
        await _confirm(context, number, text)


async def give(update: Update, context: ClubContext) -> None:
    """The card was right: give."""
    given = await context.services.gifts.give(context.user_id, context.press.number)
    await _tell(context, given)


async def drop(update: Update, context: ClubContext) -> None:
    """The card was wrong: nothing is given."""
    given = await context.services.gifts.drop(context.user_id, context.press.number)
    if given is None:
        await context.show("gifts/dropped")
    else:
        await _tell(context, given)


async def _take(context: ClubContext, words: str) -> None:
    """Who gets it, and perhaps how many."""
    first, _, rest = plain_line(words).partition(" ")
    number = await context.services.gifts.find(context.user_id, first)
    if rest:
        await _confirm(context, number, rest)
        return
    offered = await context.services.gifts.offer(context.user_id)
    await context.services.dialogues.ask(
        context.visit.chat_id,
        context.user_id,
        SUBJECT,
        number=number,
        told_in=context.visit.update_id,
    )
    await context.say(
        "gifts/points_asked",
        member_number=number,
        balance=offered.balance,
        least=offered.least,
        left=offered.left,
    )


async def _confirm(context: ClubContext, number: str, words: str) -> None:
    asked = await context.services.gifts.ask(context.user_id, number, read_points(words))
    rows = [
        [Button("give", "gift", "give", asked.intent_id)],
        [Button("cancel", "gift", "drop", asked.intent_id)],
    ]
    await context.say(
        "gifts/asked",
        rows,
        member_number=asked.number,
        points=asked.points,
        balance=asked.balance,
    )
    await context.services.dialogues.end(context.visit.chat_id, context.user_id)


async def _tell(context: ClubContext, given: PointsGiven) -> None:
    await context.show(
        "gifts/given", member_number=given.number, points=given.points, balance=given.balance
    )


ANSWERS[SUBJECT] = take_answer
HANDLERS = (
    CommandHandler("give", begin, filters.ChatType.PRIVATE),
    CallbackQueryHandler(give, "^gift:give:"),
    CallbackQueryHandler(drop, "^gift:drop:"),
)
