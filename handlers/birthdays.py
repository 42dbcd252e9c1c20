"""A member's birthday: asked for, typed, taken back."""

from telegram import Update
from telegram.ext import CallbackQueryHandler, CommandHandler, filters

from club.birthdays import Birthday
from club.errors import NotOffered
from handlers.context import ClubContext
from handlers.keyboards import Button, menu
from handlers.staff.answers import ANSWERS, message_of
from services.dialogues import Dialogue
from templates.render import Reader
from templates.words import MONTHS

SUBJECT = "birthday"


async def ask(update: Update, context: ClubContext) -> None:
    """Ask for the birthday; where one is kept, it can be taken back here."""
    if not context.programme.asks_birthday:
        raise NotOffered()
    kept = (await context.services.birthdays.show(context.user_id)).birthday
    await context.services.dialogues.ask(context.visit.chat_id, context.user_id, SUBJECT)
    later = Button("skip", "birthday", "skip")
    rows = (
        [[later]] if kept is None else [[Button("birthday_forget", "birthday", "forget")], [later]]
    )
    await context.say("birthdays/asked", rows, points=context.programme.brings("birthday"))


async def take_answer(update: Update, context: ClubContext, dialogue: Dialogue) -> None:
    """Keep what was typed, or say how it is written."""
    message = message_of(update)
    kept = await context.services.birthdays.tell(context.user_id, message.text or "")
    assert kept.birthday is not None, "it was told just now"
    await context.services.dialogues.end(context.visit.chat_id, context.user_id)
    await context.say(
        "birthdays/kept",
        markup=menu(context.reader.language),
        birthday=in_words(kept.birthday, context.reader),
    )


async def skip(update: Update, context: ClubContext) -> None:
    """Not now: the question is over, and the settings have it."""
    await context.services.dialogues.end(context.visit.chat_id, context.user_id)
    await context.show("birthdays/skipped")


async def forget(update: Update, context: ClubContext) -> None:
    """Keep it no longer."""
    await context.services.birthdays.forget(context.user_id)
    await context.services.dialogues.end(context.visit.chat_id, context.user_id)
    await context.show("birthdays/forgotten")


def in_words(birthday: Birthday, reader: Reader) -> str:
    """The day in the reader's words, in the calendar in which it was told."""
    month = MONTHS[birthday.calendar, reader.language][birthday.month - 1]
    year = f" {birthday.year}" if birthday.year else ""
    return f"{birthday.day} {month}{year}"


ANSWERS[SUBJECT] = take_answer
HANDLERS = (
    CommandHandler("birthday", ask, filters.ChatType.PRIVATE),
    CallbackQueryHandler(ask, "^birthday:ask:"),
    CallbackQueryHandler(skip, "^birthday:skip:"),
    CallbackQueryHandler(forget, "^birthday:forget:"),
)
