"""What a member says about a purchase: stars by a tap, then a few words or none."""

from telegram import Update
from telegram.ext import CallbackQueryHandler, CommandHandler, filters

from club.misreadings import NoText
from club.reviews import STARS
from handlers.context import ClubContext
from handlers.keyboards import Button, Rows, menu
from handlers.staff.answers import ANSWERS, message_of
from services.dialogues import Dialogue
from services.reviews import ReviewAsked, ReviewKept

SUBJECT = "review"


async def ask(update: Update, context: ClubContext) -> None:
    """`/review`: the latest purchase that waits for a word."""
    await _ask(context, await context.services.reviews.ask(context.user_id))


async def ask_about(update: Update, context: ClubContext) -> None:
    """The button under a receipt: that purchase."""
    await _ask(context, await context.services.reviews.ask(context.user_id, context.press.number))


async def choose_stars(update: Update, context: ClubContext) -> None:
    """The stars are known; ask for words."""
    purchase_id, stars = _chosen(context)
    await context.services.reviews.ask(context.user_id, purchase_id)  # Refuses what is done.
    await context.services.dialogues.ask(
        context.visit.chat_id, context.user_id, SUBJECT, purchase_id=purchase_id, stars=stars
    )
    rows = [[Button("review_plain", "review", "plain", context.press.id)]]
    await context.show("reviews/words_asked", rows, stars=stars)


async def keep_plain(update: Update, context: ClubContext) -> None:
    """Stars alone."""
    purchase_id, stars = _chosen(context)
    kept = await context.services.reviews.keep(context.user_id, purchase_id, stars, "")
    await context.services.dialogues.end(context.visit.chat_id, context.user_id)
    await context.show("reviews/kept", **_facts(kept))


async def take_words(update: Update, context: ClubContext, dialogue: Dialogue) -> None:
    """Stars with words."""
    message = message_of(update)
    if not message.text:
        raise NoText()
    purchase_id, stars = dialogue.facts["purchase_id"], dialogue.facts["stars"]
    assert isinstance(purchase_id, int), "as it was asked"
    assert isinstance(stars, int), "as it was asked"
    kept = await context.services.reviews.keep(context.user_id, purchase_id, stars, message.text)
    await context.say("reviews/kept", markup=menu(context.reader.language), **_facts(kept))
    await context.services.dialogues.end(context.visit.chat_id, context.user_id)


async def _ask(context: ClubContext, asked: ReviewAsked) -> None:
    await context.say(
        "reviews/asked",
        _stars(asked.purchase_id),
        amount=asked.amount,
        at=asked.at,
        points=asked.points,
    )


def _stars(purchase_id: int) -> Rows:
    """A button for each number of stars; best first, since most are."""
    return [
        [Button(f"stars_{stars}", "review", "stars", f"{purchase_id}.{stars}")]
        for stars in reversed(STARS)
    ]


def _chosen(context: ClubContext) -> tuple[int, int]:
    """Purchase and stars of the button."""
    purchase_id, _, stars = context.press.id.partition(".")
    return int(purchase_id), int(stars)


def _facts(kept: ReviewKept) -> dict[str, object]:
    return {"stars": kept.stars, "points": kept.points, "balance": kept.balance}


ANSWERS[SUBJECT] = take_words
HANDLERS = (
    CommandHandler("review", ask, filters.ChatType.PRIVATE),
    CallbackQueryHandler(ask_about, "^review:ask:"),
    CallbackQueryHandler(choose_stars, "^review:stars:"),
    CallbackQueryHandler(keep_plain, "^review:plain:"),
)
