"""Service messages: what a chat says by itself when something happens in it."""

from sandbox.groups import Group
from sandbox.hearing import tell_bot
from sandbox.messages import Record
from sandbox.people import Person
from sandbox.posts import begin, post
from sandbox.state import Json
from sandbox.town import Town


def announce(
    town: Town, chat: Person | Group, by: Json, content: Json, thread_id: int = 0
) -> Record:
    """Put a service message into a chat, for the bot too."""
    record = post(town, {**begin(town, chat, by, thread_id), **content}, by["id"])
    tell_bot(town, "message", record)
    return record
