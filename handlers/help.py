"""What each thing is for, by tapping; and a hint for commands that nobody knows."""

from telegram import Update
from telegram.ext import CallbackQueryHandler, CommandHandler, MessageHandler, filters

from club.programme import Programme
from handlers.context import ClubContext
from handlers.joining import programme_facts
from handlers.keyboards import Button

ROWS = (
    (Button("earning", "help", "about", "earning"),),
    (Button("card", "help", "about", "card"), Button("points", "help", "about", "points")),
    (Button("genres", "help", "about", "genres"), Button("settings", "help", "about", "settings")),
    (Button("privacy", "help", "about", "privacy"),),
)
SUBJECTS = tuple(button.id for row in ROWS for button in row)
BACK = ((Button("back", "help", "list"),),)


async def show_help(update: Update, context: ClubContext) -> None:
    """In the staff group what each command wants, to everybody else what there is."""
    if context.visit.role is not None:
        await context.say("staff/help", amount=context.programme.typical_amount)
    else:
        await context.say("help/shown", ROWS, club=context.programme.club.name)


async def show_list(update: Update, context: ClubContext) -> None:
    """Back to what there is, in place."""
    await context.show("help/shown", ROWS, club=context.programme.club.name)


async def explain(update: Update, context: ClubContext) -> None:
    """One thing in a few words, in place."""
    subject = context.press.id
    assert subject in SUBJECTS, "we signed it"
    await context.show(f"help/{subject}", BACK, **_facts(subject, context.programme))


def _facts(subject: str | int, programme: Programme) -> dict[str, object]:
    """The figures that the explanation of a subject needs."""
    match subject:
        case "earning":
            return programme_facts(programme)
        case "points":
            return {"gifts": programme.gifts is not None}
    return {}


async def hint(update: Update, context: ClubContext) -> None:
    """A command that nobody knows, in private or from staff: the gate lets no others so far."""
    await context.say("help/unknown")


HANDLERS = (
    CommandHandler("help", show_help),
    CallbackQueryHandler(show_list, "^help:list:"),
    CallbackQueryHandler(explain, "^help:about:"),
    MessageHandler(filters.COMMAND, hint),
)
