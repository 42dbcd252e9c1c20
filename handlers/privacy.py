"""What is kept of a person: told, handed over, and deleted when they leave."""

import json

from telegram import ReplyKeyboardRemove, Update
from telegram.ext import CallbackQueryHandler, CommandHandler, filters

from handlers.context import ClubContext
from handlers.keyboards import Button


async def show_privacy(update: Update, context: ClubContext) -> None:
    """What is kept, why and how long; whoever is known can have it, or go."""
    rows = [[Button("my_data", "privacy", "copy"), Button("leave", "privacy", "leave")]]
    await context.say("privacy/shown", rows if context.visit.member else (), **_club(context))


async def send_copy(update: Update, context: ClubContext) -> None:
    """All that is kept, as a file."""
    copy = await context.services.members.private_copy(context.user_id)
    content = json.dumps(copy, ensure_ascii=False, indent=2).encode()
    await context.say_file(content, f"member-{copy['member_number']}.json", "privacy/copy_caption")


async def ask_to_leave(update: Update, context: ClubContext) -> None:
    """What would be lost, and the one button that does it."""
    asked = await context.services.members.ask_to_leave(context.user_id)
    await context.say(
        "privacy/leave",
        [
            [Button("leave_stay", "leave", "stay")],
            [Button("leave_confirm", "leave", "confirm", asked.intent_id)],
        ],
        **_club(context),
        balance=asked.balance,
        waiting=asked.waiting,
        held=asked.held,
        tier=context.programme.tier(context.member.tier).name,
    )


async def leave(update: Update, context: ClubContext) -> None:
    """Gone; the menu goes too."""
    left = await context.services.members.leave(context.user_id, context.press.number)
    await context.show("privacy/left", points=left.points)
    await context.say("privacy/goodbye", markup=ReplyKeyboardRemove(), **_club(context))


async def stay(update: Update, context: ClubContext) -> None:
    """Nothing happened."""
    await context.show("privacy/stayed")


def _club(context: ClubContext) -> dict[str, object]:
    return {"club": context.programme.club.name}


HANDLERS = (
    CommandHandler("privacy", show_privacy, filters.ChatType.PRIVATE),
    CommandHandler("leave", ask_to_leave, filters.ChatType.PRIVATE),
    CallbackQueryHandler(send_copy, "^privacy:copy:"),
    CallbackQueryHandler(ask_to_leave, "^privacy:leave:"),
    CallbackQueryHandler(leave, "^leave:confirm:"),
    CallbackQueryHandler(stay, "^leave:stay:"),
)
