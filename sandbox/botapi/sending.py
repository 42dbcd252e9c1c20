"""Methods that put a message into a chat."""

from sandbox.botapi.contents import (
    caption_content,
    find_file,
    markup_content,
    picture_flags,
    text_content,
)
from sandbox.botapi.errors import bad_request
from sandbox.botapi.params import Params
from sandbox.botapi.targets import (
    find_chat,
    find_replied,
    find_thread,
    reach_chat,
    wanted_reply,
)
from sandbox.entities import utf16_length
from sandbox.forwarding import CAPTION_PARTS, content_of, is_protected, origin_of
from sandbox.groups import Group
from sandbox.markup import show_markup
from sandbox.messages import Record
from sandbox.people import Person
from sandbox.posts import answered, begin, post
from sandbox.state import Json
from sandbox.town import Town

NOT_OURS = {
    "business_connection_id": "business connection not found",
    "allow_paid_broadcast": "FLOODSKIP_NOT_ALLOWED",
    "message_effect_id": "EFFECT_ID_INVALID",
    "suggested_post_parameters": "suggested posts can be sent only to channel direct messages",
}
ACTIONS = {
    "cancel",
    "typing",
    "upload_photo",
    "record_video",
    "upload_video",
    "record_audio",
    "record_voice",
    "upload_audio",
    "upload_voice",
    "upload_document",
    "choose_sticker",
    "pick_up_location",
    "find_location",
    "record_video_note",
    "upload_video_note",
}


def send_message(town: Town, params: Params) -> Record:
    return deliver(town, params, text_content(town, params))


def send_photo(town: Town, params: Params) -> Record:
    return _send_file(town, params, "photo")


def send_document(town: Town, params: Params) -> Record:
    return _send_file(town, params, "document")


def _send_file(town: Town, params: Params, kind: str) -> Record:
    if kind not in params.files and not params.has(kind):
        raise bad_request(f"there is no {kind} in the request")
    caption = caption_content(town, params)
    reach_chat(town, params)  # Before the file is kept: nobody is to get it otherwise.
    file = find_file(town, params, kind, kind)
    flags = picture_flags(params) if kind == "photo" else {}
    return deliver(town, params, {**file.as_content(), **caption, **flags})


def copy_message(town: Town, params: Params) -> Json:
    """Send the content of a message again, without saying where it is from."""
    original = _original(town, params, "copy")
    content = content_of(original)
    if not content:
        raise bad_request("message can't be copied")
    if "caption" in params.values and "text" not in content:
        content = {name: value for name, value in content.items() if name not in CAPTION_PARTS}
        content |= caption_content(town, params)
    return {"message_id": deliver(town, params, content).message_id}


def forward_message(town: Town, params: Params) -> Record:
    """Send a message on; it says where it is from."""
    original = _original(town, params, "forward")
    content = content_of(original)
    if not content or is_protected(original):
        raise bad_request("message can't be forwarded")
    return deliver(town, params, {"forward_origin": origin_of(original), **content})


def _original(town: Town, params: Params, purpose: str) -> Record:
    """The message that is to be sent again."""
    if not params.has("from_chat_id"):
        raise bad_request('parameter "from_chat_id" is required')
    source = find_chat(town, params, "from_chat_id")
    original = town.messages.get(source.id, params.number("message_id"))
    if original is None:
        raise bad_request(f"message to {purpose} not found")
    return original


def deliver(town: Town, params: Params, content: Json) -> Record:
    """Put the bot's message into the chat and count it."""
    values = params.values
    wanted = None
    if "reply_parameters" in values or "reply_to_message_id" in values:
        wanted = wanted_reply(params)
    chat = reach_chat(town, params)
    markup: Json = {}
    if "reply_markup" in values:
        markup = markup_content(params, private=isinstance(chat, Person))
    message = head_of(town, params, chat, wanted)
    message |= content
    inline = "inline_keyboard" in markup
    if inline:
        message["reply_markup"] = markup
    shown = bool(markup) and not inline
    record = post(town, message, town.bot.id, fixed=shown and "remove_keyboard" not in markup)
    if shown:
        show_markup(town, message, markup)
    town.pace.count(chat.id, content, values.get("reply_markup"))
    return record


def head_of(town: Town, params: Params, chat: Person | Group, wanted: Json | None) -> Json:
    """The head of the bot's message: whom it answers, in which topic, and what it may not be."""
    values = params.values
    for name, words in NOT_OURS.items():
        if name in values and values[name] not in (None, "", False, "false"):
            raise bad_request(words)
    replied = find_replied(town, chat, wanted) if wanted else None
    thread_id = 0
    if replied or "message_thread_id" in values:
        thread_id = find_thread(town, chat, params, replied)
    message = begin(town, chat, town.bot.as_user(), thread_id)
    if replied and wanted:
        message["reply_to_message"] = answered(replied)
        if quote := wanted.get("quote"):
            message["quote"] = _quoted(replied, str(quote))
    if "protect_content" in values and params.flag("protect_content"):
        message["has_protected_content"] = True
    return message


def _quoted(replied: Record, quote: str) -> Json:
    """The words of the answered message that the answer is about."""
    text = str(replied.message.get("text") or replied.message.get("caption") or "")
    if quote not in text:
        raise bad_request("QUOTE_TEXT_INVALID")
    return {"text": quote, "position": utf16_length(text[: text.index(quote)]), "is_manual": True}


def send_chat_action(town: Town, params: Params) -> bool:
    """Show for a moment what the bot is about to do."""
    action = params.text("action").lower()
    if action not in ACTIONS:
        raise bad_request("wrong parameter action in request")
    chat = reach_chat(town, params)
    facts: Json = {"action": action}
    if thread_id := params.number("message_thread_id"):
        facts["message_thread_id"] = thread_id
    town.events.add("typing", chat.id, facts=facts)
    return True
