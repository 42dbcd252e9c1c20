"""Forums: topics that are opened, written in, renamed, closed and taken away."""

from typing import Any

import pytest

from tests.sandbox.running import Json, Town

BLUE, YELLOW = 7322096, 16766590


@pytest.fixture
def ann(town: Town) -> int:
    return town.person()


@pytest.fixture
def forum(town: Town, ann: int) -> int:
    """A forum of two people, led by the bot too."""
    group = town.group(ann, town.person("Bob"))
    upgraded = town.post(f"groups/{group}", forum=True, promote="bot")["chat"]
    assert upgraded["is_forum"] is True
    town.updates()
    return int(upgraded["id"])


def opened(town: Town, forum: int, name: str = "Sara", **more: Any) -> int:
    topic = town.result("createForumTopic", chat_id=forum, name=name, **more)
    return int(topic["message_thread_id"])


def test_a_topic_is_opened(town: Town, ann: int, forum: int) -> None:
    wanted = {"name": "سارا", "icon_color": YELLOW}
    topic = town.result("createForumTopic", chat_id=forum, **wanted)
    (heard,) = town.heard()
    assert topic == {"message_thread_id": heard["message_id"], **wanted}
    assert heard["message_thread_id"] == heard["message_id"]
    assert heard["is_topic_message"] is True
    assert heard["forum_topic_created"] == wanted
    assert heard["chat"]["is_forum"] is True
    chat = group_seen(town, ann, forum)
    assert chat["topics"] == [
        {
            "thread_id": topic["message_thread_id"],
            "name": "سارا",
            "icon_color": YELLOW,
            "closed": False,
            "last_message_id": heard["message_id"],
        }
    ]
    assert chat["chat"]["is_forum"] is True


def group_seen(town: Town, person: int, chat: int) -> Json:
    chats: list[Json] = town.get(f"people/{person}/chats")
    return next(one for one in chats if one["chat"]["id"] == chat)


def test_messages_go_to_their_topics(town: Town, ann: int, forum: int) -> None:
    first, second = opened(town, forum, "First"), opened(town, forum, "Second")
    town.updates()
    sent = town.send(forum, "for the first", message_thread_id=first)
    assert (sent["message_thread_id"], sent["is_topic_message"]) == (first, True)
    assert sent["reply_to_message"]["forum_topic_created"]["name"] == "First"
    said = town.says(ann, "in the second", forum, message_thread_id=second)
    reply = town.says(ann, "to the first", forum, reply_to_message_id=sent["message_id"])
    general = town.says(ann, "to all", forum)
    also = town.says(ann, "to all too", forum, message_thread_id=1)
    answer = town.send(forum, "noted", reply_parameters={"message_id": said["message_id"]})
    threads = [one.get("message_thread_id") for one in (said, reply, general, also, answer)]
    assert threads == [second, first, None, None, second]
    assert reply["reply_to_message"]["text"] == "for the first"
    assert [one.get("message_thread_id") for one in town.heard()] == threads[:4]

    def texts(**query: Any) -> list[str | None]:
        return [one.get("text") for one in town.sees(ann, forum, **query)["messages"]]

    assert texts(thread=first) == [None, "for the first", "to the first"]
    assert texts(thread=second) == [None, "in the second", "noted"]
    assert texts(thread=1)[-2:] == ["to all", "to all too"]
    assert texts(thread=second, limit=1) == ["noted"]
    assert texts(thread=first, after=sent["message_id"]) == ["to the first"]


def test_albums_files_and_copies_go_there_too(town: Town, ann: int, forum: int) -> None:
    topic = opened(town, forum)
    place = {"chat_id": forum, "message_thread_id": topic}
    said = town.says(ann, "copy me")["message_id"]
    copied = town.result("copyMessage", **place, from_chat_id=ann, message_id=said)
    forwarded = town.result("forwardMessage", **place, from_chat_id=ann, message_id=said)
    seen = town.sees(ann, forum, thread=topic)["messages"][1:]
    assert [one["message_id"] for one in seen] == [copied["message_id"], forwarded["message_id"]]
    assert "forward_origin" not in seen[0]
    assert seen[1]["forward_origin"]["sender_user"]["id"] == ann
    assert town.result("sendChatAction", **place, action="typing") is True


def test_topics_are_renamed_closed_and_reopened(town: Town, ann: int, forum: int) -> None:
    topic = opened(town, forum)
    place = {"chat_id": forum, "message_thread_id": topic}
    town.updates()
    assert town.result("editForumTopic", **place, name="Sara K.") is True
    assert town.result("closeForumTopic", **place) is True
    assert group_seen(town, ann, forum)["topics"][0]["name"] == "Sara K."
    assert group_seen(town, ann, forum)["topics"][0]["closed"] is True
    assert town.send(forum, message_thread_id=topic), "an administrator may still write"
    bob = next(one["id"] for one in members(town, ann, forum) if one["first_name"] == "Bob")
    path = f"people/{bob}/chats/{forum}/messages"
    status, error = town.refused(path, text="x", message_thread_id=topic)
    assert (status, error) == (400, "The topic Sara K. is closed.")
    assert town.says(ann, "the owner may", forum, message_thread_id=topic)
    assert town.result("reopenForumTopic", **place) is True
    assert town.says(bob, "again", forum, message_thread_id=topic)
    kinds = ("forum_topic_edited", "forum_topic_closed", "forum_topic_reopened")
    told = [(kind, one[kind]) for one in town.heard() for kind in kinds if kind in one]
    assert told == [
        ("forum_topic_edited", {"name": "Sara K."}),
        ("forum_topic_closed", {}),
        ("forum_topic_reopened", {}),
    ]


def members(town: Town, person: int, chat: int) -> list[Json]:
    found: list[Json] = group_seen(town, person, chat)["members"]
    return found


def test_a_deleted_topic_is_gone(town: Town, ann: int, forum: int) -> None:
    topic = opened(town, forum)
    sent = town.send(forum, message_thread_id=topic)["message_id"]
    place = {"chat_id": forum, "message_thread_id": topic}
    assert town.result("deleteForumTopic", **place) is True
    assert group_seen(town, ann, forum)["topics"] == []
    gone = {sent, topic}
    assert not gone & {one["message_id"] for one in town.sees(ann, forum)["messages"]}
    assert town.refusal("sendMessage", **place, text="x") == (
        400,
        "Bad Request: message thread not found",
    )
    assert town.refusal("editForumTopic", **place, name="x") == (
        400,
        "Bad Request: TOPIC_ID_INVALID",
    )
    path = f"people/{ann}/chats/{forum}/messages"
    assert town.refused(path, text="x", message_thread_id=topic)[0] == 404


def test_the_general_topic_has_no_number_for_bots(town: Town, ann: int, forum: int) -> None:
    not_found = (400, "Bad Request: message thread not found")
    for chat in (forum, ann, town.group(ann)):
        assert town.refusal("sendMessage", chat_id=chat, text="x", message_thread_id=1) == not_found
    assert "message_thread_id" not in town.send(forum)


def test_what_the_bot_may_not_do_with_topics(town: Town, ann: int, forum: int) -> None:
    mine = opened(town, forum)
    town.post(f"groups/{forum}", demote="bot", topic="Theirs")
    theirs = group_seen(town, ann, forum)["topics"][1]["thread_id"]
    plain = town.group(ann)
    for method, params, reason in (
        ("createForumTopic", {"chat_id": plain, "name": "x"}, "the chat is not a forum"),
        ("createForumTopic", {"chat_id": ann, "name": "x"}, "the chat is not a forum"),
        ("createForumTopic", {"name": "x"}, "not enough rights to create a topic"),
        ("editForumTopic", {"message_thread_id": theirs}, "not enough rights to edit the topic"),
        (
            "closeForumTopic",
            {"message_thread_id": theirs},
            "not enough rights to close or open the topic",
        ),
        (
            "deleteForumTopic",
            {"message_thread_id": theirs},
            "not enough rights to delete the topic",
        ),
        ("closeForumTopic", {}, "invalid message thread identifier specified"),
        ("reopenForumTopic", {"message_thread_id": mine}, "TOPIC_NOT_MODIFIED"),
        ("editForumTopic", {"message_thread_id": mine, "name": "Sara"}, "TOPIC_NOT_MODIFIED"),
        ("editForumTopic", {"message_thread_id": mine, "name": " "}, "title must be non-empty"),
    ):
        told: Json = {"chat_id": forum, **params}
        assert town.refusal(method, **told) == (400, f"Bad Request: {reason}")
    assert town.result("closeForumTopic", chat_id=forum, message_thread_id=mine) is True
    town.post(f"groups/{forum}", promote="bot")
    assert town.result("closeForumTopic", chat_id=forum, message_thread_id=theirs) is True
    town.post(f"groups/{forum}", demote="bot")
    closed = {"chat_id": forum, "text": "x", "message_thread_id": theirs}
    assert town.refusal("sendMessage", **closed) == (400, "Bad Request: TOPIC_CLOSED")


@pytest.mark.parametrize(
    ("params", "reason"),
    [
        ({"name": ""}, "title must be non-empty"),
        ({"name": " "}, "title must be non-empty"),
        ({"name": "x", "icon_color": 5}, "invalid icon color specified"),
    ],
)
def test_topics_that_cannot_be_opened(town: Town, forum: int, params: Json, reason: str) -> None:
    refusal = town.refusal("createForumTopic", chat_id=forum, **params)
    assert refusal == (400, f"Bad Request: {reason}")


def test_a_long_name_is_cut(town: Town, forum: int) -> None:
    topic = town.result("createForumTopic", chat_id=forum, name="x" * 200)
    assert (topic["name"], topic["icon_color"]) == ("x" * 128, BLUE)


def test_privacy_mode_holds_in_topics(town: Town, ann: int, forum: int) -> None:
    topic = opened(town, forum)
    town.post(f"groups/{forum}", demote="bot")
    sent = town.send(forum, message_thread_id=topic)["message_id"]
    town.updates()
    town.says(ann, "among us", forum, message_thread_id=topic)
    town.says(ann, "/purchase", forum, message_thread_id=topic)
    town.says(ann, "to the bot", forum, reply_to_message_id=sent)
    assert [one["text"] for one in town.heard()] == ["/purchase", "to the bot"]


def test_topics_outlive_a_crash(own_town: Town) -> None:
    forum = own_town.post(f"groups/{own_town.said['staff_chat']}", forum=True, promote="bot")
    chat = forum["chat"]["id"]
    topic = opened(own_town, chat)
    own_town.result("closeForumTopic", chat_id=chat, message_thread_id=topic)
    own_town.kill()
    own_town.start()
    owner = own_town.said["owner_id"]
    assert group_seen(own_town, owner, chat)["topics"][0]["closed"] is True
    assert own_town.send(chat, message_thread_id=topic)["message_thread_id"] == topic
