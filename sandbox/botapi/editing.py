"""Methods that change or take away a message."""

import time

from sandbox.botapi.contents import caption_content, find_file, markup_content, text_content
from sandbox.botapi.errors import bad_request
from sandbox.botapi.params import Params
from sandbox.botapi.targets import find_message
from sandbox.groups import Group
from sandbox.messages import Record
from sandbox.posts import change, remove
from sandbox.state import Json
from sandbox.town import Town

DELETABLE_S = 48 * 3600
TEXT_PARTS = ("text", "entities", "link_preview_options")
CAPTION_PARTS = ("caption", "caption_entities")
MEDIA_PARTS = ("photo", "document")
NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly"
    " the same as a current content and reply markup of the message"
)


def edit_message_text(town: Town, params: Params) -> Record:
    record = _own_message(town, params)
    content = text_content(town, params)
    if "text" not in record.message:
        raise bad_request("there is no text in the message to edit")
    return _replace(town, params, record, TEXT_PARTS, content)


def edit_message_caption(town: Town, params: Params) -> Record:
    record = _own_message(town, params)
    content = caption_content(town, params)
    if not any(name in record.message for name in MEDIA_PARTS):
        raise bad_request("there is no caption in the message to edit")
    return _replace(town, params, record, CAPTION_PARTS, content)


def edit_message_media(town: Town, params: Params) -> Record:
    record = _own_message(town, params)
    media = params.structure("media")
    if not isinstance(media, dict):
        raise bad_request("can't parse InputMedia: object expected")
    kind = media.get("type")
    if kind not in MEDIA_PARTS:
        raise bad_request(f"type of InputMedia is unsupported: {kind}")
    inner = Params(media, params.files)
    caption = caption_content(town, inner)
    file = find_file(town, inner, "media", kind)
    parts = (*TEXT_PARTS, *CAPTION_PARTS, *MEDIA_PARTS)
    return _replace(town, params, record, parts, {**file.as_content(), **caption})


def edit_message_reply_markup(town: Town, params: Params) -> Record:
    return _replace(town, params, _own_message(town, params), (), {})


def _own_message(town: Town, params: Params) -> Record:
    """The message to change, if it is the bot's and can be changed."""
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
    record = find_message(town, params, "delete")
    chat = town.chat(record.chat_id)
    foreign = record.author_id != town.bot.id
    if foreign and isinstance(chat, Group) and not chat.led_by(town.bot.id):
        raise bad_request("message can't be deleted")
    if time.time() - record.message["date"] > DELETABLE_S:
        raise bad_request("message can't be deleted for everyone")
    remove(town, record)
    return True
