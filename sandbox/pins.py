"""Pinned messages of a chat, the newest first."""

from sandbox.announcing import announce
from sandbox.groups import Group
from sandbox.messages import Record
from sandbox.people import Person
from sandbox.posts import answered, keep_chat
from sandbox.state import Json
from sandbox.town import Town


def pin(town: Town, chat: Person | Group, record: Record, by: Json) -> None:
    """Pin a message, and say so in the chat; what is pinned already stays as it is."""
    if record.message_id in chat.pinned:
        return
    chat.pinned.insert(0, record.message_id)
    keep_chat(town, chat)
    announce(town, chat, by, {"pinned_message": answered(record)}, record.thread_id)


def unpin(town: Town, chat: Person | Group, message_id: int) -> None:
    if message_id in chat.pinned:
        chat.pinned.remove(message_id)
        keep_chat(town, chat)


def unpin_all(town: Town, chat: Person | Group) -> None:
    if chat.pinned:
        chat.pinned.clear()
        keep_chat(town, chat)
