"""Methods that put a message into a chat."""

from sandbox.botapi.contents import caption_content, find_file, markup_content, text_content
from sandbox.botapi.errors import bad_request
from sandbox.botapi.params import Params
from sandbox.botapi.targets import find_chat, find_replied, reach_chat
from sandbox.groups import Group
from sandbox.markup import show_markup
from sandbox.messages import Record
from sandbox.people import Person
from sandbox.posts import begin, post
from sandbox.state import Json
from sandbox.town import Town

COPIED = ("text", "entities", "photo", "document", "contact", "link_preview_options")
CAPTION = ("caption", "caption_entities")
ACTIONS = {
    "typing",
    "upload_photo",
    "record_video",
    "upload_video",
    "record_voice",
    "upload_voice",
    "upload_document",
    "choose_sticker",
    "find_location",
    "record_video_note",
    "upload_video_note",
}


def send_message(town: Town, params: Params) -> Record:
    chat = reach_chat(town, params)
    return deliver(town, params, chat, text_content(town, params))


def send_photo(town: Town, params: Params) -> Record:
    return _send_file(town, params, "photo")


def send_document(town: Town, params: Params) -> Record:
    return _send_file(town, params, "document")


def _send_file(town: Town, params: Params, kind: str) -> Record:
    chat = reach_chat(town, params)
    caption = caption_content(town, params)
    file = find_file(town, params, kind, kind)
    return deliver(town, params, chat, {**file.as_content(), **caption})


def copy_message(town: Town, params: Params) -> Json:
    """Send the content of a message again, without saying where it is from."""
    chat = reach_chat(town, params)
    source = find_chat(town, params, "from_chat_id")
    original = town.messages.get(source.id, params.number("message_id"))
    if original is None:
        raise bad_request("message to copy not found")
    content = {name: original.message[name] for name in COPIED if name in original.message}
    if not content:
        raise bad_request("message can't be copied")
    if "caption" in params.values and "text" not in content:
        content |= caption_content(town, params)
    else:
        content |= {name: original.message[name] for name in CAPTION if name in original.message}
    return {"message_id": deliver(town, params, chat, content).message_id}


def deliver(town: Town, params: Params, chat: Person | Group, content: Json) -> Record:
    """Put the bot's message into the chat and count it."""
    markup: Json = {}
    if "reply_markup" in params.values:
        markup = markup_content(params, private=isinstance(chat, Person))
    replied = find_replied(town, chat, params)
    message = begin(town, chat, town.bot.as_user())
    if replied:
        message["reply_to_message"] = replied
    message |= content
    if params.flag("protect_content"):
        message["has_protected_content"] = True
    inline = "inline_keyboard" in markup
    if markup.get("inline_keyboard"):
        message["reply_markup"] = markup
    shown = bool(markup) and not inline
    record = post(town, message, town.bot.id, fixed=shown and "remove_keyboard" not in markup)
    if shown:
        show_markup(town, message, markup)
    town.pace.count(chat.id)
    return record


def send_chat_action(town: Town, params: Params) -> bool:
    reach_chat(town, params)
    if params.text("action").lower() not in ACTIONS:
        raise bad_request("wrong parameter action in request")
    return True
