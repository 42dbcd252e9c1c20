"""What is pinned, forwarded, quoted, and said of who has gone."""

import pytest

from tests.sandbox.running import Json, Town


@pytest.fixture
def ann(town: Town) -> int:
    return town.person()


def test_a_message_is_pinned_and_let_go(town: Town, ann: int) -> None:
    first, second = (town.send(ann, text)["message_id"] for text in ("one", "two"))
    place = {"chat_id": ann}
    town.updates()
    for message_id in (first, second, second):
        assert town.result("pinChatMessage", **place, message_id=message_id) is True
    assert town.sees(ann)["pinned"] == [second, first]
    assert town.get(f"people/{ann}/chats")[0]["pinned"] == [second, first]
    assert [one["pinned_message"]["text"] for one in town.heard()] == ["one", "two"]
    assert town.result("getChat", **place)["pinned_message"]["text"] == "two"
    assert town.result("unpinChatMessage", **place) is True
    assert town.sees(ann)["pinned"] == [first]
    assert town.result("pinChatMessage", **place, message_id=second) is True
    assert town.result("unpinChatMessage", **place, message_id=first) is True
    assert town.sees(ann)["pinned"] == [second]
    assert town.result("deleteMessage", **place, message_id=second) is True
    assert town.sees(ann)["pinned"] == []
    assert town.result("pinChatMessage", **place, message_id=first) is True
    assert town.result("unpinAllChatMessages", **place) is True
    assert town.sees(ann)["pinned"] == []


def test_what_cannot_be_pinned(town: Town, ann: int) -> None:
    group = town.group(ann)
    said = town.says(ann, "/hello", group)["message_id"]
    rights = "not enough rights to manage pinned messages in the chat"
    for method in ("pinChatMessage", "unpinChatMessage", "unpinAllChatMessages"):
        refusal = town.refusal(method, chat_id=group, message_id=said)
        assert refusal == (400, f"Bad Request: {rights}")
    town.post(f"groups/{group}", promote="bot")
    assert town.result("pinChatMessage", chat_id=group, message_id=said) is True
    told = town.sees(ann, group)["messages"][-1]
    assert told["pinned_message"]["message_id"] == said
    service = {"chat_id": group, "message_id": told["message_id"]}
    for params, method, reason in (
        (service, "pinChatMessage", "a service message can't be pinned"),
        ({"chat_id": group}, "pinChatMessage", "message to pin not found"),
        ({"chat_id": group, "message_id": 999_999}, "pinChatMessage", "message to pin not found"),
        ({"chat_id": ann}, "unpinChatMessage", "message to unpin not found"),
    ):
        assert town.refusal(method, **params) == (400, f"Bad Request: {reason}")


def test_people_forward_what_they_see(town: Town, ann: int) -> None:
    bob = town.person("Bob")
    group = town.group(ann, bob)
    said = town.says(bob, "/price of it?", group)
    hidden = town.says(ann, "we all", group, **{"as": "anonymous"})
    channel = town.says(ann, "news", group, **{"as": "channel"})
    offer = town.send(group, "<b>An offer</b>", parse_mode="HTML")
    town.updates()
    for source in (said, hidden, channel, offer):
        forward = {"chat": group, "message_id": source["message_id"]}
        town.says(ann, "", forward=forward)
    heard = town.heard()
    origins = [one["forward_origin"] for one in heard]
    assert [one["type"] for one in origins] == ["user", "chat", "channel", "user"]
    assert origins[0]["sender_user"]["id"] == bob
    assert origins[0]["date"] == said["date"]
    assert origins[1]["sender_chat"]["id"] == group
    assert origins[2]["message_id"] == channel["message_id"]
    assert origins[3]["sender_user"]["id"] == town.bot_id
    assert heard[3]["entities"] == [{"type": "bold", "offset": 0, "length": 8}]
    assert all(one["from"]["id"] == ann for one in heard)
    again = {"chat": ann, "message_id": heard[0]["message_id"]}
    assert town.says(ann, "", group, forward=again)["forward_origin"] == origins[0]


def test_what_people_cannot_forward(town: Town, ann: int) -> None:
    secret = town.send(ann, "only for you", protect_content=True)["message_id"]
    path = f"people/{ann}/chats/{ann}/messages"
    bob = town.person("Bob")
    theirs = town.group(bob)
    founded = town.sees(bob, theirs)["messages"][0]["message_id"]
    own = town.group(ann)
    service = town.sees(ann, own)["messages"][0]["message_id"]
    for chat, message_id, status in (
        (ann, secret, 400),
        (ann, 999_999, 404),
        (theirs, founded, 404),
        (own, service, 400),
    ):
        forward = {"chat": chat, "message_id": message_id}
        assert town.refused(path, forward=forward)[0] == status
    refusal = town.refusal("forwardMessage", chat_id=ann, from_chat_id=ann, message_id=secret)
    assert refusal == (400, "Bad Request: message can't be forwarded")
    copied = town.refusal("copyMessage", chat_id=ann, from_chat_id=own, message_id=service)
    assert copied == (400, "Bad Request: message can't be copied")


def test_an_answer_quotes(town: Town, ann: int) -> None:
    said = town.says(ann, "one 😀 two three")["message_id"]
    reply: Json = {"message_id": said, "quote": "two"}
    sent = town.send(ann, "yes", reply_parameters=reply)
    assert sent["quote"] == {"text": "two", "position": 7, "is_manual": True}
    for wrong, reason in (
        ({**reply, "quote": "four"}, "QUOTE_TEXT_INVALID"),
        ({"quote": "two"}, 'can\'t find field "message_id"'),
        ([said], "object expected as reply parameters"),
        ("{", "can't parse reply parameters JSON object"),
    ):
        refusal = town.refusal("sendMessage", chat_id=ann, text="x", reply_parameters=wrong)
        assert refusal == (400, f"Bad Request: {reason}")


def test_somebody_leaves_by_themselves(town: Town, ann: int) -> None:
    bob, carl = town.person("Bob"), town.person("Carl")
    group = town.group(ann, bob, carl)
    town.post(f"groups/{group}", promote="bot")
    town.result("getUpdates", allowed_updates=["message", "my_chat_member", "chat_member"])
    town.updates()
    town.post(f"groups/{group}", leave=bob)
    town.post(f"groups/{group}", remove=[carl])
    left, changed, put_out, banned = town.updates()
    assert left["message"]["left_chat_member"]["id"] == left["message"]["from"]["id"] == bob
    assert put_out["message"]["from"]["id"] == ann
    for update, person, status in ((changed, bob, "left"), (banned, carl, "kicked")):
        change = update["chat_member"]
        assert change["new_chat_member"]["user"]["id"] == person
        assert change["new_chat_member"]["status"] == status
    assert changed["chat_member"]["from"]["id"] == bob
    assert town.get(f"people/{bob}/chats")[1:] == []
    assert town.refused(f"groups/{group}", leave=bob)[0] == 404
    assert town.refused(f"groups/{group}", leave=ann)[0] == 400
    town.result("getUpdates", allowed_updates=[])
    town.post(f"groups/{group}", leave="bot")
    outside = "Forbidden: bot is not a member of the group chat"
    assert town.refusal("sendMessage", chat_id=group, text="x") == (403, outside)
    town.post(f"groups/{group}", add=["bot"])
    assert town.send(group)


def test_a_deleted_account_is_only_a_number(town: Town, ann: int) -> None:
    bob = town.person("Bob")
    group = town.group(ann, bob)
    town.post(f"people/{bob}", deactivated=True)
    gone = {"id": bob, "is_bot": False, "first_name": ""}
    assert town.result("getChatMember", chat_id=group, user_id=bob)["user"] == gone
    chat = town.result("getChat", chat_id=bob)
    assert (chat["first_name"], chat.get("username")) == ("", None)
    deactivated = (403, "Forbidden: user is deactivated")
    assert town.refusal("sendMessage", chat_id=bob, text="x") == deactivated
    town.post(f"people/{bob}", deactivated=False)
    assert town.send(bob)["chat"]["first_name"] == "Bob"
