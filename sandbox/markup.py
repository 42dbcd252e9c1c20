"""Reply keyboards: who gets to see them."""

from sandbox.entities import part
from sandbox.groups import Group
from sandbox.state import Json
from sandbox.town import Town


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
