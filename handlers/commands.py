"""The lists of commands that the messenger shows, and what it says of the bot."""

from telegram import (
    Bot,
    BotCommand,
    BotCommandScope,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
)

from club.parts import Language
from club.programme import Programme
from templates.labels import label
from templates.render import Reader, plain, render

MEMBER_COMMANDS = (
    *("start", "card", "points", "missions", "levels", "give", "invite", "review", "birthday"),
    *("genres", "settings", "help", "privacy", "leave", "cancel"),
)
STAFF_COMMANDS = (
    "purchase",
    "refund",
    "event",
    "member",
    "spend",
    "hold",
    "adjust",
    "code",
    "promo",
    "campaigns",
    "tag",
    "untag",
    "floor",
    "survey",
    "staff",
    "help",
    "cancel",
)
TRIAL_COMMANDS = (*STAFF_COMMANDS, "clock")  # Where club time may be moved.
APP_LANGUAGES: tuple[tuple[str | None, Language], ...] = ((None, "en"), ("fa", "fa"), ("en", "en"))
"""The app's language (None: any other) and the one in which we answer it, as the gate guesses."""


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
    missing = {name for name, offered in offers(programme).items() if not offered}
    names = tuple(name for name in MEMBER_COMMANDS if name not in missing)
    await _register(bot, names, BotCommandScopeAllPrivateChats())
    if staff_chat_id is not None:
        await register_staff_commands(bot, staff_chat_id, trial=trial)


def offers(programme: Programme) -> dict[str, bool]:
    """Commands that not every programme has, and whether this one has them."""
    return {
        "give": programme.gifts is not None,
        "invite": programme.friends is not None,
        "birthday": programme.asks_birthday,
        "review": programme.offers("review"),
        "missions": programme.offers("mission"),
    }


async def register_staff_commands(bot: Bot, chat_id: int, *, trial: bool) -> None:
    """The commands of the staff group, for that chat alone; a trial has one more."""
    names = TRIAL_COMMANDS if trial else STAFF_COMMANDS
    await _register(bot, names, BotCommandScopeChat(chat_id))


async def _register(bot: Bot, names: tuple[str, ...], scope: BotCommandScope) -> None:
    for app, language in APP_LANGUAGES:
        commands = [BotCommand(name, label(f"command_{name}", language)) for name in names]
        await bot.set_my_commands(commands, scope=scope, language_code=app)
