"""Who the bot is and what it says about itself: getMe, commands, descriptions."""

import re

from sandbox.botapi.errors import bad_request
from sandbox.botapi.params import Params
from sandbox.botapi.targets import find_chat
from sandbox.commands import DEFAULT, Scope
from sandbox.groups import Group
from sandbox.state import Json
from sandbox.town import Town

COMMANDS_LIMIT = 100
COMMAND_NAME = re.compile(r"[a-z0-9_]{1,32}")
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
    if not isinstance(given, list):
        raise bad_request("can't parse commands JSON object")
    if len(given) > COMMANDS_LIMIT:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    commands = [_command(one) for one in given]
    town.commands.put(_scope(town, params), params.text("language_code"), commands)
    _say_menus_changed(town)
    return True


def get_my_commands(town: Town, params: Params) -> list[Json]:
    return town.commands.get(_scope(town, params), params.text("language_code"))


def delete_my_commands(town: Town, params: Params) -> bool:
    town.commands.put(_scope(town, params), params.text("language_code"), [])
    _say_menus_changed(town)
    return True


def _say_menus_changed(town: Town) -> None:
    town.events.add("person")


def _command(raw: object) -> Json:
    if not isinstance(raw, dict):
        raise bad_request("can't parse BotCommand: object expected")
    name = str(raw.get("command", "")).removeprefix("/")
    description = str(raw.get("description", "")).strip()
    if not COMMAND_NAME.fullmatch(name):
        raise bad_request("BOT_COMMAND_INVALID")
    if not description:
        raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    if len(description) > COMMAND_DESCRIPTION_LENGTH:
        raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    return {"command": name, "description": description}


def _scope(town: Town, params: Params) -> Scope:
    """The scope a command list is for."""
    raw = params.structure("scope")
    if raw is None:
        return DEFAULT
    if not isinstance(raw, dict):
        raise bad_request("can't parse BotCommandScope: object expected")
    kind = raw.get("type")
    if kind in WIDE_SCOPES:
        return (kind, 0, 0)
    if kind != "chat" and kind not in GROUP_SCOPES:
        raise bad_request("can't parse BotCommandScope: unsupported type specified")
    inner = Params(raw)
    chat = find_chat(town, inner)
    if kind in GROUP_SCOPES and not isinstance(chat, Group):
        raise bad_request("can't change commands in private chats")
    if kind != "chat_member":
        return (kind, chat.id, 0)
    user_id = inner.number("user_id")
    if town.user(user_id) is None:
        raise bad_request("user not found")
    return (kind, chat.id, user_id)


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
    language = params.text("language_code")
    if text:
        descriptions[language] = text
    else:
        descriptions.pop(language, None)
    town.keep_bot()
