"""The menu below the chat, and every other word in a private chat."""

from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType

from telegram import Message, Update
from telegram.ext import filters

from club.members import JoinStep, parse_phone
from club.misreadings import BadPhone
from handlers import card, genres, joining, points, privacy, settings
from handlers import help as help_
from handlers.context import ClubContext
from handlers.keyboards import contact_request, menu, pressed_label
from handlers.staff.answers import ANSWERS

SUBJECTS: Mapping[str, Callable[[Update, ClubContext], Awaitable[None]]] = MappingProxyType(
    {
        "card": card.show_card,
        "points": points.show_points,
        "genres": genres.show_genres,
        "settings": settings.show_settings,
        "help": help_.show_help,
        "privacy": privacy.show_privacy,
    }
)


async def choose(update: Update, context: ClubContext) -> None:
    """A press of the menu, or anything that no other subject took."""
    message = update.effective_message
    if message is None or filters.StatusUpdate.ALL.check_update(update):
        return  # Nobody said anything.
    member = context.visit.member
    if member is None:
        await context.say("joining/invited", club=context.programme.club.name)
    elif member.join_step is JoinStep.PHONE:
        await _at_phone(message, context)
    elif member.join_step is not JoinStep.DONE:
        await joining.ask_again(context)
    else:
        await _follow(update, message, context)


async def _at_phone(message: Message, context: ClubContext) -> None:
    """The answer to the question for the phone: only the contact button and "not now" count."""
    text = message.text or ""
    if pressed_label(text, ("skip",)):
        await joining.skip_phone(context)
    elif _is_phone(text):
        keyboard = contact_request(context.reader.language)
        await context.say("joining/phone_by_button", markup=keyboard)
    else:
        await joining.ask_again(context)


async def _follow(update: Update, message: Message, context: ClubContext) -> None:
    pressed = pressed_label(message.text or "", (*SUBJECTS, "skip"))
    if pressed == "skip":
        await settings.skip_phone(context)
    elif pressed is not None:
        await SUBJECTS[pressed](update, context)
    elif not await _answer(update, context):
        await context.say("help/not_understood", markup=menu(context.reader.language))


async def _answer(update: Update, context: ClubContext) -> bool:
    """Pass the words on to what the member was asked; whether they were asked anything."""
    dialogue = await context.services.dialogues.find(context.visit.chat_id, context.user_id)
    take = ANSWERS.get(dialogue.subject) if dialogue is not None else None
    if dialogue is None or take is None:
        return False
    await take(update, context, dialogue)
    return True


def _is_phone(text: str) -> bool:
    try:
        parse_phone(text)
    except BadPhone:
        return False
    return True
