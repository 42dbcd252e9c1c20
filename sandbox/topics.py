"""Topics of a forum: opened, renamed, closed and taken away, by the bot or by people."""

from sandbox.announcing import announce
from sandbox.groups import Group, Topic
from sandbox.hearing import tell_bot
from sandbox.messages import NO_END
from sandbox.posts import begin, post, remove
from sandbox.state import Json
from sandbox.town import Town

ICON_COLORS = (7_322_096, 16_766_590, 13_338_331, 9_367_192, 16_749_490, 16_478_047)
NAME_LENGTH = 128


def open_topic(
    town: Town, group: Group, by: Json, name: str, icon_color: int, icon: str | None = None
) -> Topic:
    """A new topic; the message that tells of it gives it its id."""
    head = begin(town, group, by)
    topic = Topic(
        id=head["message_id"],
        name=name,
        icon_color=icon_color,
        icon_custom_emoji_id=icon,
        author_id=by["id"],
    )
    group.topics[topic.id] = topic
    _keep(town, group)
    created: Json = {"name": name, "icon_color": icon_color}
    if icon:
        created["icon_custom_emoji_id"] = icon
    place = {"message_thread_id": topic.id, "is_topic_message": True}
    record = post(town, {**head, **place, "forum_topic_created": created}, by["id"])
    tell_bot(town, "message", record)
    return topic


def rename_topic(
    town: Town, group: Group, topic: Topic, by: Json, name: str, icon: str | None
) -> None:
    """Change the name, or with an `icon` that, which may be taken away by an empty one."""
    edited: Json = {}
    if name:
        edited["name"] = topic.name = name
    if icon is not None:
        topic.icon_custom_emoji_id = icon or None
        edited["icon_custom_emoji_id"] = icon
    _keep(town, group)
    announce(town, group, by, {"forum_topic_edited": edited}, topic.id)


def set_closed(town: Town, group: Group, topic: Topic, by: Json, closed: bool) -> None:
    topic.closed = closed
    _keep(town, group)
    happened = "forum_topic_closed" if closed else "forum_topic_reopened"
    announce(town, group, by, {happened: {}}, topic.id)


def remove_topic(town: Town, group: Group, topic: Topic) -> None:
    """Take a topic away with all that was written in it."""
    for record in town.messages.after(group.id, 0, NO_END, topic.id):
        remove(town, record)
    del group.topics[topic.id]
    _keep(town, group)


def _keep(town: Town, group: Group) -> None:
    town.groups.keep(group)
    town.events.add("chat", group.id)
