"""Putting messages into chats, whoever writes them."""

import time

from sandbox.groups import Group
from sandbox.messages import Record
from sandbox.people import Person
from sandbox.state import Json
from sandbox.town import Town

ANONYMOUS = {
    "id": 1_087_968_824,
    "is_bot": True,
    "first_name": "Group",
    "username": "GroupAnonymousBot",
}
CHANNEL_BOT = {
    "id": 136_817_688,
    "is_bot": True,
    "first_name": "Channel",
    "username": "Channel_Bot",
}
CHANNEL = {
    "id": -1_001_846_203_957,
    "title": "کانال کتاب‌فروشی",
    "username": "bashgah_books",
    "type": "channel",
}


def begin(town: Town, chat: Person | Group, sender: Json) -> Json:
    """The head of a new message."""
    return {
        "message_id": town.messages.next_id(chat.id),
        "from": sender,
        "chat": chat.as_chat(),
        "date": int(time.time()),
    }


def answered(record: Record) -> Json:
    """A message as it appears inside the one that answers it."""
    return {key: value for key, value in record.message.items() if key != "reply_to_message"}


def post(town: Town, message: Json, author_id: int, *, fixed: bool = False) -> Record:
    """Put a finished message into its chat, for everybody to see."""
    record = town.messages.keep(Record(message, author_id, fixed))
    town.events.add("message", record.chat_id, record.message_id)
    return record


def change(town: Town, record: Record, message: Json) -> Record:
    """Put a changed message in the place of an old one."""
    changed = town.messages.keep(Record(message, record.author_id, record.fixed))
    town.events.add("edited", changed.chat_id, changed.message_id)
    return changed


def remove(town: Town, record: Record) -> None:
    town.messages.delete(record)
    town.events.add(
        "deleted",
        record.chat_id,
        record.message_id,
        facts={"message": {"message_id": record.message_id}},
    )
