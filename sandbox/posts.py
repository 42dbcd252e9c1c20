"""Putting messages into chats, whoever writes them."""

import time
from dataclasses import replace

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


SERVICE = (
    "group_chat_created",
    "new_chat_members",
    "left_chat_member",
    "migrate_to_chat_id",
    "migrate_from_chat_id",
    "pinned_message",
    "forum_topic_created",
    "forum_topic_edited",
    "forum_topic_closed",
    "forum_topic_reopened",
)


def is_service(message: Json) -> bool:
    """Whether the chat says this by itself."""
    return any(kind in message for kind in SERVICE)


def begin(town: Town, chat: Person | Group, sender: Json, thread_id: int = 0) -> Json:
    """The head of a new message; in a topic it answers the message that opened the topic."""
    head = {
        "message_id": town.messages.next_id(chat.id),
        "from": sender,
        "chat": chat.as_chat(),
        "date": int(time.time()),
    }
    if thread_id:
        head["message_thread_id"] = thread_id
        head["is_topic_message"] = True
        if opening := town.messages.get(chat.id, thread_id):
            head["reply_to_message"] = answered(opening)
    return head


def answered(record: Record) -> Json:
    """A message as it appears inside the one that answers it."""
    left_out = ("reply_to_message", "pinned_message")
    return {key: value for key, value in record.message.items() if key not in left_out}


def post(town: Town, message: Json, author_id: int, *, fixed: bool = False) -> Record:
    """Put a finished message into its chat, for everybody to see."""
    record = town.messages.keep(
        Record(message, author_id, fixed, club_offset_ms=town.clock.offset_ms)
    )
    town.events.add("message", record.chat_id, record.message_id)
    return record


def change(town: Town, record: Record, message: Json) -> Record:
    """Put a changed message in the place of an old one."""
    changed = town.messages.keep(replace(record, message=message))
    town.events.add("edited", changed.chat_id, changed.message_id)
    return changed


def remove(town: Town, record: Record) -> None:
    """Take a message out of its chat; it is pinned no longer."""
    town.messages.delete(record)
    chat = town.chat(record.chat_id)
    if chat and record.message_id in chat.pinned:
        chat.pinned.remove(record.message_id)
        keep_chat(town, chat)
    town.events.add(
        "deleted",
        record.chat_id,
        record.message_id,
        facts={"message": {"message_id": record.message_id}},
    )


def keep_chat(town: Town, chat: Person | Group) -> None:
    """Store what has changed about a chat, and let those who watch it see it."""
    if isinstance(chat, Group):
        town.groups.keep(chat)
    else:
        town.people.keep(chat)
    town.events.add("chat", chat.id)
