"""Keyboards: what the bot may put under a message, and who gets to see them."""

from typing import Any

from sandbox.entities import part
from sandbox.groups import Group
from sandbox.state import Json
from sandbox.town import Town

CALLBACK_DATA_BYTES = 64
COPY_TEXT_LENGTH = 256
PLACEHOLDER_LENGTH = 64
INLINE_KINDS = ("callback_data", "url", "copy_text")


class MarkupBroken(Exception):
    """The keyboard cannot be shown; the text says why, as the server does."""


def checked_markup(raw: Any, *, private: bool) -> Json:
    """The markup as it is stored, or a refusal."""
    if not isinstance(raw, dict):
        raise MarkupBroken("object expected as reply markup")
    if "inline_keyboard" in raw:
        rows = _rows(raw["inline_keyboard"], "inline keyboard")
        return {"inline_keyboard": [[_inline_button(one) for one in row] for row in rows]}
    if "keyboard" in raw:
        rows = _rows(raw["keyboard"], "keyboard")
        buttons = [[_reply_button(one, private) for one in row] for row in rows]
        return {**raw, "keyboard": buttons}
    if raw.get("remove_keyboard") or raw.get("force_reply"):
        return dict(raw)
    return {}


def _rows(raw: Any, name: str) -> list[list[Any]]:
    if not isinstance(raw, list):
        raise MarkupBroken(f'field "{name.replace(" ", "_")}" must be of type Array')
    if not all(isinstance(row, list) for row in raw):
        raise MarkupBroken(f'field "{name.replace(" ", "_")}" must be an Array of Arrays')
    return [row for row in raw if row]


def _inline_button(raw: Any) -> Json:
    if not isinstance(raw, dict) or not isinstance(raw.get("text"), str):
        raise MarkupBroken("can't parse inline keyboard button: Can't find field \"text\"")
    if not raw["text"].strip():
        raise MarkupBroken("text buttons must be non-empty")
    given = [kind for kind in INLINE_KINDS if kind in raw]
    if not given:
        raise MarkupBroken(
            "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"
        )
    if "callback_data" in raw:
        data = raw["callback_data"]
        if not isinstance(data, str) or not 1 <= len(data.encode()) <= CALLBACK_DATA_BYTES:
            raise MarkupBroken("BUTTON_DATA_INVALID")
    if "url" in raw and not str(raw["url"]).startswith(("http://", "https://", "tg://")):
        raise MarkupBroken("BUTTON_URL_INVALID")
    if "copy_text" in raw and not 1 <= len(raw["copy_text"].get("text", "")) <= COPY_TEXT_LENGTH:
        raise MarkupBroken("BUTTON_COPY_TEXT_INVALID")
    return dict(raw)


def _reply_button(raw: Any, private: bool) -> Json:
    button = {"text": raw} if isinstance(raw, str) else raw
    if not isinstance(button, dict) or not isinstance(button.get("text"), str):
        raise MarkupBroken("can't parse keyboard button: Can't find field \"text\"")
    if button.get("request_contact") and not private:
        raise MarkupBroken("phone number can be requested in private chats only")
    return dict(button)


def show_markup(town: Town, message: Json, markup: Json) -> None:
    """Give the people concerned their reply keyboard, or take it away."""
    chat_id = int(message["chat"]["id"])
    shown: Json | None = markup
    if "remove_keyboard" in markup:
        shown = None
    elif "force_reply" in markup:
        shown = {**markup, "reply_to_message_id": message["message_id"]}
    for person_id in _concerned(town, message, bool(markup.get("selective"))):
        town.put_keyboard(chat_id, person_id, shown)


def _concerned(town: Town, message: Json, selective: bool) -> list[int]:
    """Everybody in the chat; with `selective` only those mentioned or answered."""
    chat_id = int(message["chat"]["id"])
    everybody = town.watchers(chat_id)
    if not selective or not isinstance(town.chat(chat_id), Group):
        return everybody
    chosen: set[int] = set()
    if answered := message.get("reply_to_message"):
        record = town.messages.get(chat_id, answered["message_id"])
        chosen.add(record.author_id if record else 0)
    text = message.get("text") or message.get("caption") or ""
    for entity in message.get("entities", []) + message.get("caption_entities", []):
        if entity["type"] == "text_mention":
            chosen.add(entity["user"]["id"])
        elif entity["type"] == "mention":
            person = town.people.named(part(text, entity)[1:])
            chosen.add(person.id if person else 0)
        elif str(entity.get("url", "")).startswith("tg://user?id="):
            chosen.add(int(entity["url"].removeprefix("tg://user?id=")))
    return [person_id for person_id in everybody if person_id in chosen]
