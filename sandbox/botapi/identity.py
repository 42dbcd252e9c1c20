"""Who the bot is and what it says about itself: getMe, commands, descriptions."""

import re

from sandbox.botapi.errors import bad_request
from sandbox.botapi.params import Params
from sandbox.botapi.targets import find_chat, wanted_user
from sandbox.commands import DEFAULT, Scope
from sandbox.groups import Group
from sandbox.state import Json
from sandbox.town import Town

COMMANDS_LIMIT = 100
COMMAND_NAME = re.compile(r"[a-z0-9_]+")
COMMAND_LENGTH = 32
LANGUAGE = re.compile(r"[a-z]{2}")
COMMAND_DESCRIPTION_LENGTH = 256
DESCRIPTION_LENGTH = 512
SHORT_DESCRIPTION_LENGTH = 120
WIDE_SCOPES = ("default", "all_private_chats", "all_group_chats", "all_chat_administrators")
GROUP_SCOPES = ("chat_administrators", "chat_member")


def get_me(town: Town, _params: Params) -> Json:
    return {
        **town.bot.as_user(),
        "can_join_groups": True,
        "can_read_all_group_messages": False,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }


def set_my_commands(town: Town, params: Params) -> bool:
    given = params.structure("commands")
    if given is None:
        given = []  # The server takes this for a wish to have none.
    if not isinstance(given, list):
        raise bad_request("expected an Array of BotCommand")
    if len(given) > COMMANDS_LIMIT:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    commands = [_command(one) for one in given]
    town.commands.put(_scope(town, params), _language(params), commands)
    _say_menus_changed(town)
    return True


def get_my_commands(town: Town, params: Params) -> list[Json]:
    return town.commands.get(_scope(town, params), _language(params))


def delete_my_commands(town: Town, params: Params) -> bool:
    town.commands.put(_scope(town, params), _language(params), [])
    _say_menus_changed(town)
    return True


def _say_menus_changed(town: Town) -> None:
    town.events.add("person")


def _command(raw: object) -> Json:
    if not isinstance(raw, dict):
        raise bad_request("can't parse BotCommand: expected an Object")
    for field in ("command", "description"):
        if field not in raw:
            raise bad_request(f"can't parse BotCommand: Can't find field \"{field}\"")
        if not isinstance(raw[field], str):
            raise bad_request(f'can\'t parse BotCommand: Field "{field}" must be of type String')
    name = raw["command"].strip().removeprefix("/")
    description = raw["description"].strip()
    if not name:
        raise bad_request("command must be non-empty")
    if len(name) > COMMAND_LENGTH:
        raise bad_request(f"command length must not exceed {COMMAND_LENGTH}")
    if len(description) > COMMAND_DESCRIPTION_LENGTH:
        limit = COMMAND_DESCRIPTION_LENGTH
        raise bad_request(f"command description length must not exceed {limit}")
    if not COMMAND_NAME.fullmatch(name):
        raise bad_request("BOT_COMMAND_INVALID")
    if not description:
        raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    return {"command": name, "description": description}


def _language(params: Params) -> str:
    """A language of two letters; an empty one stands for all others."""
    language = params.text("language_code")
    if language and not LANGUAGE.fullmatch(language):
        raise bad_request("invalid language code specified")
    return language


def _scope(town: Town, params: Params) -> Scope:
    """The scope a command list is for."""
    raw = params.structure("scope")
    if raw is None:
        return DEFAULT
    if not isinstance(raw, dict):
        raise bad_request("object expected as bot command scope")
    kind = raw.get("type")
    if kind in WIDE_SCOPES:
        return (kind, 0, 0)
    if kind != "chat" and kind not in GROUP_SCOPES:
        raise bad_request("can't parse BotCommandScope: Unsupported type specified")
    inner = Params(raw)
    chat = find_chat(town, inner)
    if kind in GROUP_SCOPES and not isinstance(chat, Group):
        raise bad_request("can't change commands in private chats")
    if kind != "chat_member":
        return (kind, chat.id, 0)
    user_id = wanted_user(town, inner)
    return (kind, chat.id, user_id)


def get_my_name(town: Town, _params: Params) -> Json:
    return {"name": town.bot.name}


def get_my_description(town: Town, params: Params) -> Json:
    return {"description": _described(town.bot.descriptions, params)}


def get_my_short_description(town: Town, params: Params) -> Json:
    return {"short_description": _described(town.bot.short_descriptions, params)}


def _described(descriptions: dict[str, str], params: Params) -> str:
    """The words for a language, or those for all others."""
    return descriptions.get(_language(params), descriptions.get("", ""))


def set_my_description(town: Town, params: Params) -> bool:
    text = params.text("description")
    _describe(town, town.bot.descriptions, params, text, DESCRIPTION_LENGTH)
    return True


def set_my_short_description(town: Town, params: Params) -> bool:
    text = params.text("short_description")
    _describe(town, town.bot.short_descriptions, params, text, SHORT_DESCRIPTION_LENGTH)
    return True


def _describe(
    town: Town, descriptions: dict[str, str], params: Params, text: str, limit: int
) -> None:
    """Set the words for one language, or take them away."""
    if len(text) > limit:
        raise bad_request("description is too long")
    language = _language(params)
    if text:
        descriptions[language] = text
    else:
        descriptions.pop(language, None)
    town.keep_bot()
