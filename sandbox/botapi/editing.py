"""Methods that change or take away a message."""

import time

from sandbox.botapi.albums import album_part
from sandbox.botapi.contents import (
    FLAGS_OF_PICTURES,
    caption_content,
    markup_content,
    text_content,
)
from sandbox.botapi.errors import bad_request
from sandbox.botapi.params import Params
from sandbox.botapi.targets import find_message
from sandbox.forwarding import CAPTION_PARTS, TEXT_PARTS
from sandbox.groups import Group
from sandbox.messages import Record
from sandbox.posts import change, remove
from sandbox.state import Json
from sandbox.town import Town

DELETABLE_S = 48 * 3600
MEDIA_PARTS = ("photo", "document")
NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly"
    " the same as a current content and reply markup of the message"
)


def edit_message_text(town: Town, params: Params) -> Record:
    content = text_content(town, params)
    record = _own_message(town, params)
    if "text" not in record.message:
        raise bad_request("there is no text in the message to edit")
    return _replace(town, params, record, TEXT_PARTS, content)


def edit_message_caption(town: Town, params: Params) -> Record:
    content = caption_content(town, params)
    record = _own_message(town, params)
    if not any(name in record.message for name in MEDIA_PARTS):
        raise bad_request("there is no caption in the message to edit")
    return _replace(town, params, record, CAPTION_PARTS, content)


def edit_message_media(town: Town, params: Params) -> Record:
    if not params.has("media"):
        raise bad_request('parameter "media" is required')
    record = _own_message(town, params)
    media = params.structure("media", "input media")
    content = album_part(town, params, media, MEDIA_PARTS)
    parts = (*TEXT_PARTS, *CAPTION_PARTS, *MEDIA_PARTS, *FLAGS_OF_PICTURES.values())
    return _replace(town, params, record, parts, content)


def edit_message_reply_markup(town: Town, params: Params) -> Record:
    return _replace(town, params, _own_message(town, params), (), {})


def _own_message(town: Town, params: Params) -> Record:
    """The message to change, if it is the bot's and can be changed."""
    if not params.has("chat_id") and not params.has("message_id"):
        missing = "not specified" if not params.has("inline_message_id") else "invalid"
        raise bad_request(f"message identifier is {missing}")
    record = find_message(town, params, "edit")
    if record.author_id != town.bot.id or record.fixed:
        raise bad_request("message can't be edited")
    return record


def _replace(
    town: Town, params: Params, record: Record, parts: tuple[str, ...], content: Json
) -> Record:
    """Change these parts of a message and its keyboard; without a new keyboard it loses it."""
    kept = {name: value for name, value in record.message.items() if name not in parts}
    kept.pop("reply_markup", None)
    message = {**kept, **content}
    markup = markup_content(params, private=record.chat_id > 0, inline_only=True)
    if markup.get("inline_keyboard"):
        message["reply_markup"] = markup
    if message == record.message:
        raise bad_request(NOT_MODIFIED)
    message["edit_date"] = int(time.time())
    return change(town, record, message)


def delete_message(town: Town, params: Params) -> bool:
    """Delete one's own message, or another's where the bot may."""
    for name, called in (("chat_id", "chat"), ("message_id", "message")):
        if not params.has(name):
            raise bad_request(f"{called} identifier is not specified")
    record = find_message(town, params, "delete")
    chat = town.chat(record.chat_id)
    foreign = record.author_id != town.bot.id
    if foreign and isinstance(chat, Group) and not chat.led_by(town.bot.id):
        raise bad_request("message can't be deleted")
    if time.time() - record.message["date"] > DELETABLE_S:
        raise bad_request("message can't be deleted for everyone")
    remove(town, record)
    return True
