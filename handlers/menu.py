"""The menu below the chat, every other word in a private chat, and the lists of commands."""

from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType

from telegram import (
    Bot,
    BotCommand,
    BotCommandScope,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
    Message,
    Update,
)
from telegram.ext import filters

from club.errors import BadPhone
from club.members import JoinStep, parse_phone
from club.programme import Language, Programme
from handlers import card, genres, joining, points, privacy, settings
from handlers import help as help_
from handlers.context import ClubContext
from handlers.keyboards import contact_request, menu, pressed_label
from templates.labels import label
from templates.render import Reader, plain, render

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
MEMBER_COMMANDS = (
    *("start", "card", "points", "genres", "settings"),
    *("help", "privacy", "leave", "cancel"),
)
STAFF_COMMANDS = ("purchase", "member", "adjust", "code", "promo", "staff", "help", "cancel")
TRIAL_COMMANDS = (*STAFF_COMMANDS, "clock")  # Where club time may be moved.
APP_LANGUAGES: tuple[tuple[str | None, Language], ...] = ((None, "en"), ("fa", "fa"), ("en", "en"))
"""The app's language (None: any other) and the one in which we answer it, as the gate guesses."""


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
    else:
        await context.say("help/not_understood", markup=menu(context.reader.language))


def _is_phone(text: str) -> bool:
    try:
        parse_phone(text)
    except BadPhone:
        return False
    return True


async def register_commands(
    bot: Bot, programme: Programme, staff_chat_id: int | None, *, trial: bool
) -> None:
    """Tell the messenger the commands and what the bot is, in each language."""
    for app, language in APP_LANGUAGES:
        reader, name = Reader(language), programme.club.name
        about = plain(render("help/about", reader, club=name))
        short = plain(render("help/about_short", reader, club=name))
        await bot.set_my_description(about, language_code=app)
        await bot.set_my_short_description(short, language_code=app)
    await _register(bot, MEMBER_COMMANDS, BotCommandScopeAllPrivateChats())
    if staff_chat_id is not None:
        await register_staff_commands(bot, staff_chat_id, trial=trial)


async def register_staff_commands(bot: Bot, chat_id: int, *, trial: bool) -> None:
    """The commands of the staff group, for that chat alone; a trial has one more."""
    names = TRIAL_COMMANDS if trial else STAFF_COMMANDS
    await _register(bot, names, BotCommandScopeChat(chat_id))


async def _register(bot: Bot, names: tuple[str, ...], scope: BotCommandScope) -> None:
    for app, language in APP_LANGUAGES:
        commands = [BotCommand(name, label(f"command_{name}", language)) for name in names]
        await bot.set_my_commands(commands, scope=scope, language_code=app)
