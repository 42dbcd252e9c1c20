"""What people do in their chats: write, share, press, edit, read."""

import time
from dataclasses import dataclass
from typing import Literal

from sandbox.callbacks import Callback
from sandbox.entities import Formatted, trimmed, with_found
from sandbox.files import File
from sandbox.forwarding import content_of, is_protected, origin_of
from sandbox.groups import Group
from sandbox.hearing import tell_bot
from sandbox.messages import Record
from sandbox.people import Person
from sandbox.posts import ANONYMOUS, CHANNEL, CHANNEL_BOT, answered, begin, change, post
from sandbox.presses import tell_press
from sandbox.state import Json
from sandbox.town import Town

TEXT_LENGTH = 4096
CAPTION_LENGTH = 1024


class Refused(Exception):
    """A person cannot do this; the text says why."""

    status = 400


class Unknown(Refused):
    """There is no such person, chat, message or file."""

    status = 404


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How a message is said."""

    reply_to_message_id: int | None = None
    disguise: Literal["anonymous", "channel"] | None = None
    forward_from: int | str | None = None
    thread_id: int = 0  # Zero is the General topic, and the only one where there are none.


PLAINLY = Manner()


def person_of(town: Town, person_id: int) -> Person:
    person = town.people.get(person_id)
    if person is None:
        raise Unknown(f"There is no person {person_id}.")
    return person


def chat_of(town: Town, person: Person, chat_id: int) -> Person | Group:
    """The chat as this person may enter it: their own with the bot, or a group they are in."""
    if chat_id == person.id:
        return person
    group = town.groups.get(chat_id)
    if group is None or not group.has(person.id):
        raise Unknown(f"{person.first_name} is not in chat {chat_id}.")
    return group


def message_in(town: Town, chat_id: int, message_id: int) -> Record:
    record = town.messages.get(chat_id, message_id)
    if record is None:
        raise Unknown(f"There is no message {message_id} in chat {chat_id}.")
    return record


def say(town: Town, person: Person, chat_id: int, text: str, manner: Manner = PLAINLY) -> Record:
    """Write a text."""
    formatted = with_found(trimmed(Formatted(text, [])))
    if not formatted.text:
        raise Refused("An empty message cannot be sent.")
    if len(formatted.text) > TEXT_LENGTH:
        raise Refused(f"A message has at most {TEXT_LENGTH} characters.")
    content: Json = {"text": formatted.text}
    if formatted.entities:
        content["entities"] = formatted.entities
    return _post(town, person, chat_id, content, manner)


def send_file(
    town: Town, person: Person, chat_id: int, file: File, caption: str, manner: Manner = PLAINLY
) -> Record:
    """Send a picture or a document."""
    formatted = with_found(trimmed(Formatted(caption, [])))
    if len(formatted.text) > CAPTION_LENGTH:
        raise Refused(f"A caption has at most {CAPTION_LENGTH} characters.")
    content = file.as_content()
    if formatted.text:
        content["caption"] = formatted.text
    if formatted.entities:
        content["caption_entities"] = formatted.entities
    return _post(town, person, chat_id, content, manner)


def forward(
    town: Town, person: Person, chat_id: int, source: Record, manner: Manner = PLAINLY
) -> Record:
    """Send a message of another chat on; it says whose it was."""
    content = content_of(source)
    if not content:
        raise Refused("A service message cannot be forwarded.")
    if is_protected(source):
        raise Refused("This message is protected: it cannot be forwarded.")
    return _post(town, person, chat_id, {"forward_origin": origin_of(source), **content}, manner)


def share_contact(town: Town, person: Person, chat_id: int, contact: Json) -> Record:
    """Share a contact card."""
    return _post(town, person, chat_id, {"contact": contact}, PLAINLY)


def own_contact(person: Person) -> Json:
    contact: Json = {"phone_number": person.phone, "first_name": person.first_name}
    if person.last_name:
        contact["last_name"] = person.last_name
    contact["user_id"] = person.id
    return contact


def _post(town: Town, person: Person, chat_id: int, content: Json, manner: Manner) -> Record:
    chat = chat_of(town, person, chat_id)
    may_speak(person, chat)
    replied = None
    if manner.reply_to_message_id:
        replied = message_in(town, chat_id, manner.reply_to_message_id)
    thread_id = manner.thread_id or (replied.thread_id if replied else 0)
    _may_enter(person, chat, thread_id)
    message = begin(town, chat, person.as_user(), thread_id)
    if manner.disguise:
        if not isinstance(chat, Group):
            raise Refused("Only in a group can one write as somebody else.")
        if manner.disguise == "anonymous" and not chat.led_by(person.id):
            raise Refused("Only an administrator can write anonymously.")
        anonymous = manner.disguise == "anonymous"
        message["from"] = ANONYMOUS if anonymous else CHANNEL_BOT
        message["sender_chat"] = chat.as_chat() if anonymous else CHANNEL
    if manner.forward_from is not None:
        message["forward_origin"] = _origin(town, manner.forward_from)
    if replied:
        message["reply_to_message"] = answered(replied)
    if isinstance(chat, Person) and not chat.started:
        chat.started = True
        town.people.keep(chat)
    record = post(town, {**message, **content}, person.id)
    town.mark_read(chat_id, person.id, record.message_id)
    _put_away_keyboard(town, record, person)
    tell_bot(town, "message", record)
    return record


def may_speak(person: Person, chat: Person | Group) -> None:
    if person.deactivated:
        raise Refused(f"{person.first_name}'s account is deactivated.")
    if isinstance(chat, Person) and person.blocked:
        raise Refused(f"{person.first_name} has blocked the bot; unblock it first.")
    if isinstance(chat, Group) and chat.migrated_to:
        raise Refused(f"The group became the supergroup {chat.migrated_to}.")


def _may_enter(person: Person, chat: Person | Group, thread_id: int) -> None:
    """Refuse a topic that is not there, or is closed to all but those who lead."""
    if not thread_id:
        return
    topic = chat.topics.get(thread_id) if isinstance(chat, Group) else None
    if topic is None:
        raise Unknown(f"There is no topic {thread_id} in chat {chat.id}.")
    if topic.closed and not (isinstance(chat, Group) and chat.led_by(person.id)):
        raise Refused(f"The topic {topic.name} is closed.")


def _origin(town: Town, source: int | str) -> Json:
    """Where a forwarded message comes from: a person by id, or a name that hides its account."""
    date = int(time.time())
    if isinstance(source, str):
        return {"type": "hidden_user", "sender_user_name": source, "date": date}
    user = town.user(source)
    if user is None:
        raise Unknown(f"There is no person {source}.")
    return {"type": "user", "sender_user": user, "date": date}


def _put_away_keyboard(town: Town, record: Record, person: Person) -> None:
    """A question is over once answered; a one-time keyboard once used."""
    markup = town.keyboard(record.chat_id, person.id)
    if markup and ("force_reply" in markup or markup.get("one_time_keyboard")):
        town.put_keyboard(record.chat_id, person.id, None)


def edit(town: Town, person: Person, chat_id: int, message_id: int, text: str) -> Record:
    """Change the text, or the caption, of one's own message."""
    chat = chat_of(town, person, chat_id)
    may_speak(person, chat)
    record = message_in(town, chat_id, message_id)
    if record.author_id != person.id:
        raise Refused("Only one's own messages can be edited.")
    formatted = with_found(trimmed(Formatted(text, [])))
    name, entities = "text", "entities"
    if "text" not in record.message:
        name, entities = "caption", "caption_entities"
    if not formatted.text and name == "text":
        raise Refused("A message cannot become empty.")
    message = {**record.message, "edit_date": int(time.time()), name: formatted.text}
    message.pop(entities, None)
    if formatted.entities:
        message[entities] = formatted.entities
    changed = change(town, record, message)
    tell_bot(town, "edited_message", changed)
    return changed


def press(town: Town, person: Person, chat_id: int, message_id: int, data: str) -> Callback:
    """Press an inline button that stands under a message now."""
    chat_of(town, person, chat_id)
    if person.deactivated:
        raise Refused(f"{person.first_name}'s account is deactivated.")
    record = message_in(town, chat_id, message_id)
    rows = record.message.get("reply_markup", {}).get("inline_keyboard", [])
    if not any(button.get("callback_data") == data for row in rows for button in row):
        raise Refused(f"Message {message_id} has no button with these data.")
    callback = town.callbacks.add(person.id, chat_id, message_id, data)
    tell_press(town, callback)
    return callback
