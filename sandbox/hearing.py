"""What the bot hears of what people write: everything in private, in groups what privacy allows."""

from sandbox.entities import part
from sandbox.groups import Group
from sandbox.messages import Record
from sandbox.posts import is_service
from sandbox.state import Json
from sandbox.town import Town


def tell_bot(town: Town, kind: str, record: Record) -> None:
    """Queue a message for the bot, if it may hear it."""
    if hears(town, record):
        town.updates.add(kind, record.message)


def hears(town: Town, record: Record) -> bool:
    """Privacy mode is on: commands, answers to the bot, service messages; an admin hears all."""
    group = town.groups.get(record.chat_id)
    if group is None:
        return True
    if not group.has(town.bot.id):
        return False
    message = record.message
    return (
        group.led_by(town.bot.id)
        or is_service(message)
        or _answers(message, town.bot.id)
        or _calls(message, town.bot.username)
    )


def _answers(message: Json, bot_id: int) -> bool:
    """Whether it answers the bot; standing in a topic which the bot has opened is no answer."""
    replied = message.get("reply_to_message", {})
    return replied.get("from", {}).get("id") == bot_id and "forum_topic_created" not in replied


def _calls(message: Json, username: str) -> bool:
    """Whether the message starts with a command that is not another bot's."""
    text = message.get("text") or message.get("caption") or ""
    for entity in message.get("entities") or message.get("caption_entities") or []:
        if entity["type"] == "bot_command" and entity["offset"] == 0:
            _, _, called = part(text, entity).partition("@")
            return not called or called.lower() == username.lower()
    return False


def member_of(town: Town, user_id: int, status: str) -> Json:
    """A ChatMember as the Bot API shows it."""
    member: Json = {"user": town.user(user_id), "status": status}
    if status == "creator":
        member["is_anonymous"] = False
    elif status == "administrator":
        rights = ("manage_chat", "delete_messages", "manage_video_chats", "restrict_members")
        more = ("change_info", "invite_users", "pin_messages", "manage_topics")
        member |= {f"can_{right}": True for right in (*rights, *more)}
        never = ("promote_members", "post_stories", "edit_stories", "delete_stories")
        member |= {f"can_{right}": False for right in never}
        member |= {"can_be_edited": False, "is_anonymous": False}
    elif status == "kicked":
        member["until_date"] = 0
    return member


def tell_standing(
    town: Town, chat: Json, by: Json, user_id: int, old: str, new: str, date: int
) -> None:
    """Tell the bot that its own or somebody's standing in a chat has changed."""
    mine = user_id == town.bot.id
    group = town.groups.get(int(chat["id"]))
    if not mine and not (isinstance(group, Group) and group.led_by(town.bot.id)):
        return  # Only an admin learns about the standing of others.
    change = {
        "chat": chat,
        "from": by,
        "date": date,
        "old_chat_member": member_of(town, user_id, old),
        "new_chat_member": member_of(town, user_id, new),
    }
    town.updates.add("my_chat_member" if mine else "chat_member", change)
