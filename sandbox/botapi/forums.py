"""Methods for the topics of a forum."""

from sandbox.botapi.errors import bad_request
from sandbox.botapi.params import Params
from sandbox.botapi.targets import reach_chat
from sandbox.groups import Group, Topic
from sandbox.state import Json
from sandbox.topics import (
    ICON_COLORS,
    NAME_LENGTH,
    open_topic,
    remove_topic,
    rename_topic,
    set_closed,
)
from sandbox.town import Town


def create_forum_topic(town: Town, params: Params) -> Json:
    forum = _forum(town, params)
    if not forum.led_by(town.bot.id):
        raise bad_request("not enough rights to create a topic")
    name = params.text("name").strip()[:NAME_LENGTH]
    if not name:
        raise bad_request("title must be non-empty")
    color = params.number("icon_color") or ICON_COLORS[0]
    if color not in ICON_COLORS:
        raise bad_request("invalid icon color specified")
    icon = params.text("icon_custom_emoji_id") or None
    topic = open_topic(town, forum, town.bot.as_user(), name, color, icon)
    told: Json = {"message_thread_id": topic.id, "name": topic.name, "icon_color": color}
    if icon:
        told["icon_custom_emoji_id"] = icon
    return told


def edit_forum_topic(town: Town, params: Params) -> bool:
    forum, topic = _topic(town, params, "edit the topic")
    given = params.text("name")
    name = given.strip()[:NAME_LENGTH]
    if given and not name:
        raise bad_request("title must be non-empty")
    icon = params.text("icon_custom_emoji_id") if "icon_custom_emoji_id" in params.values else None
    if not name and icon is None:
        return True
    if name in ("", topic.name) and (icon or None) in (None, topic.icon_custom_emoji_id):
        raise bad_request("TOPIC_NOT_MODIFIED")
    rename_topic(town, forum, topic, town.bot.as_user(), name, icon)
    return True


def close_forum_topic(town: Town, params: Params) -> bool:
    return _set_closed(town, params, True)


def reopen_forum_topic(town: Town, params: Params) -> bool:
    return _set_closed(town, params, False)


def _set_closed(town: Town, params: Params, closed: bool) -> bool:
    forum, topic = _topic(town, params, "close or open the topic")
    if topic.closed == closed:
        raise bad_request("TOPIC_NOT_MODIFIED")
    set_closed(town, forum, topic, town.bot.as_user(), closed)
    return True


def delete_forum_topic(town: Town, params: Params) -> bool:
    """Take a topic away with all its messages."""
    forum, topic = _topic(town, params, "delete the topic")
    remove_topic(town, forum, topic)
    return True


def _forum(town: Town, params: Params) -> Group:
    chat = reach_chat(town, params)
    if not isinstance(chat, Group) or not chat.forum:
        raise bad_request("the chat is not a forum")
    return chat


def _topic(town: Town, params: Params, purpose: str) -> tuple[Group, Topic]:
    """The topic a request means; the bot may change its own, and as an administrator all."""
    forum = _forum(town, params)
    thread_id = params.number("message_thread_id")
    if thread_id <= 0:
        raise bad_request("invalid message thread identifier specified")
    topic = forum.topics.get(thread_id)
    if topic is None:
        raise bad_request("TOPIC_ID_INVALID")
    if not forum.led_by(town.bot.id) and topic.author_id != town.bot.id:
        raise bad_request(f"not enough rights to {purpose}")
    return forum, topic
