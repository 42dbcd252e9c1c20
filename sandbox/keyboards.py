"""Keyboards as the bot may put them under a message, and the server's words where it may not."""

import re
from typing import Any

from sandbox.links import LinkBroken, checked_link
from sandbox.state import Json

CALLBACK_DATA_BYTES = 64
COPY_TEXT_LENGTH = 256
PLACEHOLDER_LENGTH = 64
INLINE_BUTTONS, INLINE_ROW = 100, 8
REPLY_BUTTONS, REPLY_ROW = 300, 12
STYLES = ("", "danger", "success", "primary")
PRIVATE_ONLY = {
    "request_contact": "Phone number can be requested in private chats only",
    "request_location": "Location can be requested in private chats only",
    "request_poll": "Poll can be requested in private chats only",
    "web_app": "Web App buttons can be used in private chats only",
    "request_users": "Users can be requested in private chats only",
    "request_chat": "Chats can be requested in private chats only",
}
SHAPE_FLAGS = ("is_persistent", "resize_keyboard", "one_time_keyboard", "selective")
ELSEWHERE = ("callback_game", "pay")  # These belong under games and invoices.
SWITCHES = ("switch_inline_query", "switch_inline_query_current_chat")
COMMON = {"text", "callback_data"}  # What nearly all buttons have, and nothing else.
SECURE = re.compile(r"(?i)https://")


class MarkupBroken(Exception):
    """The keyboard cannot be shown; the text says why, as the server does."""


def checked_markup(raw: Any, *, private: bool) -> Json:
    """The markup as it is stored, nothing when it is empty, or a refusal."""
    if not isinstance(raw, dict):
        raise MarkupBroken("Object expected as reply markup")
    reply_rows = _reply_rows(raw, private) if "keyboard" in raw else []
    inline_rows = _inline_rows(raw) if "inline_keyboard" in raw else []
    if len(raw) == 1 and inline_rows:
        return {"inline_keyboard": inline_rows}
    selective, remove, ask = (
        _flag(raw, name) for name in ("selective", "remove_keyboard", "force_reply")
    )
    placeholder = _text(raw, "input_field_placeholder")
    if len(placeholder) > PLACEHOLDER_LENGTH:
        raise MarkupBroken("REPLY_MARKUP_INVALID")
    if reply_rows:
        markup: Json = {"keyboard": reply_rows}
        markup |= {name: True for name in SHAPE_FLAGS if _flag(raw, name)}
    elif inline_rows:
        return {"inline_keyboard": inline_rows}
    elif remove:
        return {"remove_keyboard": True} | ({"selective": True} if selective else {})
    elif ask:
        markup = {"force_reply": True} | ({"selective": True} if selective else {})
    else:
        return {}
    return markup | ({"input_field_placeholder": placeholder} if placeholder else {})


def _inline_rows(raw: Json) -> list[list[Json]]:
    what = '"inline_keyboard" of the InlineKeyboardMarkup'
    rows = [
        [button for one in row if (button := _inline_button(one))]
        for row in _arrays(raw, "inline_keyboard", what)
    ]
    rows = [row for row in rows if row]
    longest = max(map(len, rows), default=0)
    if sum(map(len, rows)) > INLINE_BUTTONS or longest > INLINE_ROW:
        raise MarkupBroken("Reply markup is too long")
    return rows


def _reply_rows(raw: Json, private: bool) -> list[list[Json]]:
    """What is too much is cut off without a word."""
    rows: list[list[Json]] = []
    left = REPLY_BUTTONS
    for row in _arrays(raw, "keyboard", '"keyboard"'):
        buttons = [button for one in row if (button := _reply_button(one, private))]
        buttons = buttons[: min(REPLY_ROW, left)]
        left -= len(buttons)
        if buttons:
            rows.append(buttons)
    return rows


def _arrays(raw: Json, name: str, what: str) -> list[list[Any]]:
    rows = raw[name]
    if not isinstance(rows, list):
        raise MarkupBroken(f'Field "{name}" must be of type Array')
    if not all(isinstance(row, list) for row in rows):
        raise MarkupBroken(f"Field {what} must be an Array of Arrays")
    return rows


def _inline_button(raw: Any) -> Json:
    """A button of an inline keyboard; nothing when it has no words, as such ones are left out."""
    if isinstance(raw, dict) and raw.keys() == COMMON:
        text, data = raw["text"], raw["callback_data"]
        if isinstance(text, str) and isinstance(data, str) and text and data:
            if _bytes(data) > CALLBACK_DATA_BYTES:
                raise MarkupBroken("BUTTON_DATA_INVALID")
            return {"text": text, "callback_data": data}
    try:
        if not isinstance(raw, dict):
            raise MarkupBroken("InlineKeyboardButton must be an Object")
        button = {"text": _needed_text(raw, "text"), **_look(raw)}
        action = _action(raw)
    except MarkupBroken as error:
        raise MarkupBroken(f"Can't parse inline keyboard button: {error}") from error
    if not button["text"]:
        return {}
    return button | _allowed(action)


def _look(raw: Json) -> Json:
    look = {}
    if "style" in raw and (style := _text(raw, "style")):
        if style not in STYLES:
            raise MarkupBroken("Unsupported button style specified")
        look["style"] = style
    if "icon_custom_emoji_id" in raw and (icon := _text(raw, "icon_custom_emoji_id")):
        look["icon_custom_emoji_id"] = icon
    return look


def _action(raw: Json) -> Json:
    """What pressing does: the first that is told."""
    for name in ("url", "callback_data"):
        if name in raw and (value := _text(raw, name)):
            return {name: value}
    for name in ELSEWHERE:
        if name in raw:
            return {name: raw[name]}
    for name in SWITCHES:
        if name in raw:
            return {name: _needed_text(raw, name)}
    for name, inner in (("login_url", "url"), ("web_app", "url"), ("copy_text", "text")):
        if name in raw:
            if not isinstance(raw[name], dict):
                raise MarkupBroken(f'Field "{name}" must be of type Object')
            return {name: {inner: _needed_text(raw[name], inner)}}
    raise MarkupBroken("Text buttons are unallowed in the inline keyboard")


def _allowed(action: Json) -> Json:
    """The action as it is kept, if the messenger lets this bot have it."""
    ((name, value),) = action.items()
    if name == "callback_data" and _bytes(value) > CALLBACK_DATA_BYTES:
        raise MarkupBroken("BUTTON_DATA_INVALID")
    if name == "url":
        try:
            return {"url": checked_link(value)}
        except LinkBroken as error:
            raise MarkupBroken(
                f"Inline keyboard button URL '{value}' is invalid: {error}"
            ) from error
    if name == "copy_text" and not 1 <= len(value["text"]) <= COPY_TEXT_LENGTH:
        raise MarkupBroken("BUTTON_COPY_TEXT_INVALID")
    if name == "web_app" and not SECURE.match(value["url"]):
        raise MarkupBroken(
            f"Inline keyboard button Web App URL '{value['url']}' is invalid:"
            " Only HTTPS links are allowed"
        )
    if name == "login_url":
        raise MarkupBroken("BOT_DOMAIN_INVALID")
    if name in ELSEWHERE:
        raise MarkupBroken("BUTTON_TYPE_INVALID")
    return action


def _reply_button(raw: Any, private: bool) -> Json:
    """A button under the composer; nothing when it has no words."""
    if isinstance(raw, str):
        return {"text": raw} if raw else {}
    try:
        if not isinstance(raw, dict):
            raise MarkupBroken("KeyboardButton must be a String or an Object")
        button = {"text": _needed_text(raw, "text"), **_look(raw)}
        for name in ("request_contact", "request_location"):
            if name in raw and _flag(raw, name):
                button[name] = True
    except MarkupBroken as error:
        raise MarkupBroken(f"Can't parse keyboard button: {error}") from error
    button |= {name: raw[name] for name in PRIVATE_ONLY if isinstance(raw.get(name), dict)}
    if not private:
        for name, words in PRIVATE_ONLY.items():
            if name in button:
                raise MarkupBroken(words)
    return button if button["text"] else {}


def _bytes(data: str) -> int:
    return len(data.encode("utf-8", "replace"))  # Half a letter counts as one.


def _flag(raw: Json, name: str) -> bool:
    value = raw.get(name, False)
    if not isinstance(value, bool | None):
        raise MarkupBroken(f'Field "{name}" must be of type Boolean')
    return bool(value)


def _text(raw: Json, name: str) -> str:
    value = raw.get(name)
    if value is None:
        return ""
    if not isinstance(value, str | int) or isinstance(value, bool):
        raise MarkupBroken(f'Field "{name}" must be of type String')
    return str(value)


def _needed_text(raw: Json, name: str) -> str:
    if raw.get(name) is None:
        raise MarkupBroken(f'Can\'t find field "{name}"')
    return _text(raw, name)
