"""How the town looks through one person's eyes."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from sandbox.callbacks import Callback
from sandbox.events import Event
from sandbox.groups import Group, Topic
from sandbox.messages import Record
from sandbox.people import Person
from sandbox.state import Json
from sandbox.town import Town

MS = 1000


def message_view(record: Record, person_id: int | None, zone: ZoneInfo | None) -> Json:
    """A message as the Bot API has it, and what a chat page wants to know about it.

    Its date is the club's own, in the club's zone; None is the machine's.
    """
    message = record.message
    shown = datetime.fromtimestamp(message["date"] + record.club_offset_ms / MS, UTC)
    view = {
        **message,
        "mine": record.author_id == person_id,
        "edited": "edit_date" in message,
        "local_date": shown.astimezone(zone).isoformat(timespec="seconds"),
        "club_offset_ms": record.club_offset_ms,
    }
    if file_id := file_id_of(message):
        view["file_url"] = f"/api/files/{file_id}"
    return view


def file_id_of(message: Json) -> str | None:
    if "photo" in message:
        return str(message["photo"][-1]["file_id"])
    return str(message["document"]["file_id"]) if "document" in message else None


def person_view(person: Person) -> Json:
    return {
        "id": person.id,
        "first_name": person.first_name,
        "last_name": person.last_name,
        "username": person.username,
        "language_code": person.language_code,
        "role": person.role,
        "phone": person.phone,
        "started": person.started,
        "deactivated": person.deactivated,
        "blocked": person.blocked,
    }


def group_view(town: Town, group: Group) -> Json:
    """A group with those who are in it."""
    members = [
        {
            "id": user_id,
            "first_name": (town.user(user_id) or {}).get("first_name", ""),
            "status": group.members[user_id],
            "is_bot": user_id == town.bot.id,
        }
        for user_id in group.present()
    ]
    view = {
        "chat": group.as_chat() | {"is_forum": group.forum},
        "members": members,
        "migrated_to": group.migrated_to,
        "migrated_from": next((one.id for one in town.groups if one.migrated_to == group.id), None),
        "pinned": group.pinned,
    }
    if group.forum:
        view["topics"] = [_topic_view(town, group, topic) for topic in group.topics.values()]
    return view


def _topic_view(town: Town, group: Group, topic: Topic) -> Json:
    last = town.messages.last(group.id, 1, topic.id)
    return {
        "thread_id": topic.id,
        "name": topic.name,
        "icon_color": topic.icon_color,
        "closed": topic.closed,
        "last_message_id": last[0].message_id if last else topic.id,
    }


def chat_list(town: Town, person: Person) -> list[Json]:
    """The person's chats: always the one with the bot, then their groups."""
    bot = town.bot
    private = {
        "id": person.id,
        "type": "private",
        "first_name": bot.name,
        "username": bot.username,
    }
    return [
        _entry(town, person, person.id, {"chat": private, "pinned": person.pinned}),
        *(
            _entry(town, person, group.id, group_view(town, group))
            for group in town.groups.of(person.id)
        ),
    ]


def _entry(town: Town, person: Person, chat_id: int, entry: Json) -> Json:
    last = town.messages.last(chat_id, 1)
    read_up_to = town.read_up_to(chat_id, person.id)
    return {
        **entry,
        "last_message": message_view(last[0], person.id, town.clock.tz) if last else None,
        "unread": town.messages.unread(chat_id, person.id, read_up_to),
    }


def conversation(
    town: Town,
    person: Person,
    chat_id: int,
    after: int | None,
    limit: int,
    *,
    before: int | None = None,
    thread_id: int | None = None,
) -> Json:
    """The messages of a chat, and what stands under and beside them for this person."""
    if before is not None:
        records = town.messages.before(chat_id, before, limit, thread_id)
    elif after is None:
        records = town.messages.last(chat_id, limit, thread_id)
    else:
        records = town.messages.after(chat_id, after, limit, thread_id)
    return {
        "messages": [message_view(record, person.id, town.clock.tz) for record in records],
        "reply_keyboard": town.keyboard(chat_id, person.id),
        "commands": town.commands.seen_by(person, town.groups.get(chat_id)),
        "read_up_to": town.read_up_to(chat_id, person.id),
        "pinned": _pinned(town, chat_id),
    }


def _pinned(town: Town, chat_id: int) -> list[int]:
    chat = town.chat(chat_id)
    return chat.pinned if chat else []


def callback_view(callback: Callback) -> Json:
    return {
        "callback_query_id": callback.id,
        "answered": callback.answered,
        "text": callback.text,
        "show_alert": callback.show_alert,
        "url": callback.url,
    }


def event_view(town: Town, event: Event, person_id: int | None) -> Json | None:
    """An event as this person sees it; nothing when they do not see it."""
    if person_id is not None:
        if event.person_id not in (None, person_id):
            return None
        addressed = event.person_id is not None or event.chat_id is None
        if not addressed and person_id not in town.watchers(event.chat_id or 0):
            return None
    view: Json = {"type": event.type, "chat": event.chat_id, **(event.facts or {})}
    if event.person_id is not None:
        view["person"] = event.person_id
    if event.type in ("message", "edited"):
        record = town.messages.get(event.chat_id or 0, event.message_id or 0)
        if record is None:
            return None  # It was deleted meanwhile; that event follows.
        view["message"] = message_view(record, person_id, town.clock.tz)
    return view
