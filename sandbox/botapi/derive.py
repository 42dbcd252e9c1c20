"""Writes table.json: what the Bot API's description says of all that the sandbox serves.

`python -m sandbox.botapi.derive DESCRIPTION.json`, with the public description in the form that
has "methods" and "types", each with "fields" of name, types and required.
"""

import argparse
import json
from pathlib import Path
from typing import Any

TABLE = Path(__file__).with_name("table.json")
METHODS = """
    getMe getUpdates setWebhook deleteWebhook getWebhookInfo
    sendMessage sendPhoto sendDocument sendMediaGroup sendChatAction copyMessage forwardMessage
    editMessageText editMessageCaption editMessageMedia editMessageReplyMarkup deleteMessage
    pinChatMessage unpinChatMessage unpinAllChatMessages answerCallbackQuery
    setMyCommands getMyCommands deleteMyCommands getMyName
    setMyDescription getMyDescription setMyShortDescription getMyShortDescription
    getChat getChatMember getChatAdministrators getFile
    createForumTopic editForumTopic closeForumTopic reopenForumTopic deleteForumTopic
"""
# A type that is not here is one the sandbox never sends: a field of such a type would be a fault.
TYPES = """
    Update User Chat ChatFullInfo ChatPermissions AcceptedGiftTypes
    Message InaccessibleMessage MaybeInaccessibleMessage MessageId MessageEntity TextQuote
    MessageOrigin MessageOriginUser MessageOriginHiddenUser MessageOriginChat MessageOriginChannel
    PhotoSize Document Contact File CallbackQuery ResponseParameters WebhookInfo
    ForumTopic ForumTopicCreated ForumTopicEdited ForumTopicClosed ForumTopicReopened
    ChatMember ChatMemberOwner ChatMemberAdministrator ChatMemberMember ChatMemberRestricted
    ChatMemberLeft ChatMemberBanned ChatMemberUpdated
    BotCommand BotName BotDescription BotShortDescription
    BotCommandScope BotCommandScopeDefault BotCommandScopeAllPrivateChats
    BotCommandScopeAllGroupChats BotCommandScopeAllChatAdministrators BotCommandScopeChat
    BotCommandScopeChatAdministrators BotCommandScopeChatMember
    InlineKeyboardMarkup InlineKeyboardButton CopyTextButton
    ReplyKeyboardMarkup KeyboardButton ReplyKeyboardRemove ForceReply
    LinkPreviewOptions ReplyParameters InputMediaPhoto InputMediaDocument
"""


def fields_of(entry: dict[str, Any]) -> dict[str, dict[str, str]]:
    """Required and optional fields with their types, alternatives divided by a bar."""
    told: dict[str, dict[str, str]] = {"required": {}, "optional": {}}
    for field in entry.get("fields", []):
        needed = "required" if field["required"] else "optional"
        told[needed][field["name"]] = "|".join(field["types"])
    return {needed: fields for needed, fields in told.items() if fields}


def table_of(description: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The part of the description that the sandbox needs."""
    kept = TYPES.split()
    methods = {
        name: {"returns": "|".join(description["methods"][name]["returns"])}
        | fields_of(description["methods"][name])
        for name in sorted(METHODS.split())
    }
    types = {
        name: {"one_of": [one for one in entry["subtypes"] if one in kept]}
        if (entry := description["types"][name]).get("subtypes")
        else fields_of(entry)
        for name in sorted(kept)
    }
    return {"methods": methods, "types": types}


def written(table: dict[str, dict[str, Any]]) -> str:
    """The table as JSON, a line for each method and type, so that changes read well."""
    rooms = []
    for room, entries in table.items():
        lines = (f"{json.dumps(name)}: {json.dumps(entry)}" for name, entry in entries.items())
        rooms.append(f"{json.dumps(room)}: {{\n" + ",\n".join(lines) + "\n}")
    return "{" + ",\n".join(rooms) + "}\n"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m sandbox.botapi.derive")
    parser.add_argument("description", type=Path, help="the Bot API's description as JSON")
    description = json.loads(parser.parse_args().description.read_text("utf-8"))
    TABLE.write_text(written(table_of(description)), "utf-8")


if __name__ == "__main__":
    main()
