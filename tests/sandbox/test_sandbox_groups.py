"""Groups: what privacy mode lets through, who writes, and how a group moves."""

from typing import Any

import pytest

from tests.sandbox.running import Json, Town


@pytest.fixture
def ann(town: Town) -> int:
    return town.person()


@pytest.fixture
def group(town: Town, ann: int) -> int:
    group = town.group(ann, town.person("Bob"))
    town.updates()
    return group


@pytest.mark.parametrize(
    ("text", "heard"),
    [
        ("hello", False),
        ("/purchase 12 100000", True),
        ("/purchase@bashgah_demo_bot 12", True),
        ("/purchase@Bashgah_Demo_Bot 12", True),
        ("/purchase@other_bot 12", False),
        ("see /purchase", False),
        ("@bashgah_demo_bot hello", False),
    ],
)
def test_privacy_mode_lets_commands_through(
    town: Town, ann: int, group: int, text: str, heard: bool
) -> None:
    town.says(ann, text, group)
    assert [message["text"] for message in town.heard()] == ([text] if heard else [])
    town.post(f"groups/{group}", promote="bot")
    town.says(ann, text, group)
    assert [message["text"] for message in town.heard()] == [text]
    town.post(f"groups/{group}", demote="bot")
    town.says(ann, "quiet again", group)
    assert town.heard() == []


def test_answers_to_the_bot_are_heard(town: Town, ann: int, group: int) -> None:
    asked = town.send(group, "Which member?")["message_id"]
    theirs = town.says(ann, "not for the bot", group)["message_id"]
    town.says(ann, "12", group, reply_to_message_id=asked)
    town.says(ann, "13", group, reply_to_message_id=theirs)
    (heard,) = town.heard()
    assert heard["text"] == "12"
    assert heard["reply_to_message"]["message_id"] == asked
    place = f"people/{ann}/chats/{group}/edit"
    town.post(place, message_id=heard["message_id"], text="14")
    town.post(place, message_id=theirs, text="still not")
    assert [message["text"] for message in town.heard("edited_message")] == ["14"]


def test_coming_and_going_is_told(town: Town, ann: int) -> None:
    carl = town.person("Carl")
    town.updates()
    group = town.group(ann)
    town.post(f"groups/{group}", add=[carl])
    town.post(f"groups/{group}", promote="bot", remove=[carl])
    town.post(f"groups/{group}", remove=["bot"])
    assert [summary(update, town.bot_id) for update in town.updates()] == [
        "bot left>member",
        "group_chat_created",
        "new_chat_members",
        "left_chat_member",
        "bot member>administrator",
        "left_chat_member",
        "bot administrator>kicked",
    ]
    town.says(ann, "/alone", group)
    assert town.updates() == []
    town.post(f"groups/{group}", add=["bot"])
    assert [summary(update, town.bot_id) for update in town.updates()] == [
        "bot kicked>member",
        "new_chat_members",
    ]
    assert town.get(f"people/{carl}/chats")[1:] == []


def summary(update: Json, bot_id: int) -> str:
    if change := update.get("my_chat_member"):
        assert change["new_chat_member"]["user"]["id"] == bot_id
        return f"bot {change['old_chat_member']['status']}>{change['new_chat_member']['status']}"
    service = ("group_chat_created", "new_chat_members", "left_chat_member")
    return next(kind for kind in service if kind in update["message"])


def test_anonymous_admins_and_channels_hide_who_writes(town: Town, ann: int, group: int) -> None:
    said = town.says(ann, "/staff", group, **{"as": "anonymous"})
    town.says(ann, "/staff", group, **{"as": "channel"})
    anonymous, channel = town.heard()
    assert said["mine"] is True
    assert anonymous["from"]["id"] == 1087968824
    assert anonymous["from"]["username"] == "GroupAnonymousBot"
    assert anonymous["sender_chat"]["id"] == group
    assert channel["from"]["id"] == 136817688
    assert channel["from"]["username"] == "Channel_Bot"
    assert channel["sender_chat"]["type"] == "channel"
    bob = next(one["id"] for one in members(town, ann, group) if one["first_name"] == "Bob")
    path = f"people/{bob}/chats/{group}/messages"
    assert town.refused(path, text="x", **{"as": "anonymous"})[0] == 400


def members(town: Town, person: int, group: int) -> list[Json]:
    chats = town.get(f"people/{person}/chats")
    found: list[Json] = next(one for one in chats if one["chat"]["id"] == group)["members"]
    return found


def test_a_group_becomes_a_supergroup(town: Town, ann: int, group: int) -> None:
    town.says(ann, "/before", group)
    town.updates()
    new = town.post(f"groups/{group}", migrate=True)["chat"]["id"]
    assert str(new).startswith("-100")
    out, into = town.heard()
    assert (out["chat"]["id"], out["migrate_to_chat_id"]) == (group, new)
    assert (into["chat"]["id"], into["migrate_from_chat_id"]) == (new, group)
    assert [chat["chat"]["id"] for chat in town.get(f"people/{ann}/chats")[1:]] == [new]
    assert town.refused(f"people/{ann}/chats/{group}/messages", text="x")[0] == 400
    assert town.refused(f"groups/{group}", migrate=True)[0] == 400
    town.says(ann, "/after", new)
    (heard,) = town.heard()
    assert heard["message_id"] == 2  # A supergroup counts its own messages.


def test_the_staff_group_is_known_by_its_new_id(own_town: Town) -> None:
    old = own_town.said["staff_chat"]
    new = own_town.post(f"groups/{old}", migrate=True)["chat"]["id"]
    assert own_town.get("town")["staff_chat"] == new
    own_town.kill()
    own_town.start()
    assert own_town.said["staff_chat"] == new


def test_the_owner_stays(town: Town, ann: int, group: int) -> None:
    for change in ({"remove": [ann]}, {"demote": ann}, {"add": [ann]}, {"add": [1]}):
        body: Any = change
        assert town.refused(f"groups/{group}", **body)[0] in (400, 404)


def test_commands_are_seen_by_scope_and_language(town: Town, ann: int) -> None:
    bob, fa = town.person("Bob"), town.person("سیما", "fa")
    group = town.group(ann, bob, fa)

    def put(name: str, language: str = "", **scope: Any) -> None:
        commands = [{"command": name, "description": name}]
        params = {"commands": commands, "language_code": language}
        town.result("setMyCommands", **params, **({"scope": scope} if scope else {}))

    def seen(person: int, chat: int | None = None) -> str:
        return "".join(one["command"] for one in town.sees(person, chat)["commands"])

    put("default")
    put("persian", "fa")
    assert [seen(ann), seen(fa), seen(ann, group)] == ["default", "persian", "default"]
    put("private", type="all_private_chats")
    put("groups", type="all_group_chats")
    assert [seen(ann), seen(fa), seen(bob, group)] == ["private", "private", "groups"]
    put("admins", type="all_chat_administrators")
    assert [seen(ann, group), seen(bob, group)] == ["admins", "groups"]
    put("here", type="chat", chat_id=group)
    assert [seen(ann, group), seen(bob, group)] == ["here", "here"]
    put("leaders", type="chat_administrators", chat_id=group)
    put("bobs", type="chat_member", chat_id=group, user_id=bob)
    put("anns", type="chat", chat_id=ann)
    assert [seen(ann, group), seen(bob, group), seen(fa, group)] == ["leaders", "bobs", "here"]
    assert [seen(ann), seen(bob)] == ["anns", "private"]
