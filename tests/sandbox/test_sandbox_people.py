"""What people do at their own door, and how the bot hears of it."""

from typing import Any

import pytest

from tests.sandbox.running import Json, Town, button, inline


def test_a_message_is_seen_and_heard(town: Town) -> None:
    ann = town.person(started=False)
    assert town.get(f"people/{ann}/chats")[0]["last_message"] is None
    said = town.says(ann, "  سلام  ")
    assert said["text"] == "سلام"
    assert said["mine"] is True
    (heard,) = town.heard()
    assert heard == {
        "message_id": said["message_id"],
        "from": {**heard["from"], "id": ann, "is_bot": False, "language_code": "en"},
        "chat": {**heard["chat"], "id": ann, "type": "private"},
        "date": said["date"],
        "text": "سلام",
    }


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("/start ref_1", [("bot_command", 0, 6)]),
        ("سلام 👋 /card@bashgah_demo_bot", [("bot_command", 8, 22)]),
        ("see https://example.com/a?b=1.", [("url", 4, 25)]),
        ("see example.com!", [("url", 4, 11)]),
        ("call +989121234567 now", [("phone_number", 5, 13)]),
        ("@maryam, hi", [("mention", 0, 7)]),
        ("write a@example.com", [("email", 6, 13)]),
        ("#کتاب خوب", [("hashtag", 0, 5)]),
        ("a/b 1/2 and/or x@y", []),
    ],
)
def test_entities_are_found(town: Town, text: str, found: list[tuple[str, int, int]]) -> None:
    entities = town.says(town.person(), text).get("entities", [])
    assert [(one["type"], one["offset"], one["length"]) for one in entities] == found


def test_answers_edits_and_forwards(town: Town) -> None:
    ann, bob = town.person(), town.person("Bob")
    sent = town.send(ann, "ask")
    town.updates()
    reply = town.says(ann, "answer", reply_to_message_id=sent["message_id"])
    town.post(f"people/{ann}/chats/{ann}/edit", message_id=reply["message_id"], text="better")
    town.says(ann, "not mine", forward_from=bob)
    town.says(ann, "hidden", forward_from="Somebody")
    updates = town.updates()
    assert updates[0]["message"]["reply_to_message"]["text"] == "ask"
    assert updates[1]["edited_message"]["text"] == "better"
    assert updates[1]["edited_message"]["edit_date"] > 0
    assert updates[2]["message"]["forward_origin"]["sender_user"]["id"] == bob
    assert updates[3]["message"]["forward_origin"]["sender_user_name"] == "Somebody"
    assert [one["edited"] for one in town.sees(ann)["messages"][-3:]] == [True, False, False]


def test_contacts(town: Town) -> None:
    ann, bob = town.person(), town.person("Bob")
    phones = {one["id"]: one["phone"] for one in town.get("town")["people"]}
    town.updates()
    path = f"people/{ann}/chats/{ann}/contact"
    town.post(path)
    town.post(path, phone_number=phones[bob], first_name="Bob", user_id=bob)
    town.post(path, phone_number="+982112345678", first_name="Shop")
    own, card, shop = (message["contact"] for message in town.heard())
    assert own == {"phone_number": phones[ann], "first_name": "Ann", "user_id": ann}
    assert card == {"phone_number": phones[bob], "first_name": "Bob", "user_id": bob}
    assert shop == {"phone_number": "+982112345678", "first_name": "Shop"}


def test_people_send_files(town: Town) -> None:
    ann = town.person()
    town.updates()
    path = f"/api/people/{ann}/chats/{ann}/messages"
    files = {"document": ("list.csv", b"a,b", "text/csv")}
    answer = town.web.post(path, data={"caption": "/import now"}, files=files)
    assert answer.json()["document"]["file_name"] == "list.csv"
    (heard,) = town.heard()
    assert heard["caption_entities"] == [{"type": "bot_command", "offset": 0, "length": 7}]
    file = town.result("getFile", file_id=heard["document"]["file_id"])
    fetched = town.web.get(f"/file/bot{town.token}/{file['file_path']}")
    assert fetched.content == b"a,b"
    assert town.web.get("/file/bot1:x/" + file["file_path"]).status_code == 401
    assert town.web.get(f"/file/bot{town.token}/documents/none").status_code == 404
    for wrong in ({"photo": ("a.png", b"no picture")}, {"other": ("a", b"x")}):
        assert town.web.post(path, files=wrong).status_code == 400


def test_a_press_waits_for_its_answer(town: Town) -> None:
    ann = town.person()
    sent = town.send(ann, reply_markup=inline(button("go", "go:1")))
    town.updates()
    query = town.press(ann, sent, "go:1")
    (heard,) = town.heard("callback_query")
    assert heard["id"] == query
    assert heard["data"] == "go:1"
    assert heard["from"]["id"] == ann
    assert heard["message"] == sent
    assert town.get(f"callbacks/{query}")["answered"] is False
    answer = {"callback_query_id": query, "text": "انجام شد", "show_alert": True}
    assert town.result("answerCallbackQuery", **answer) is True
    told = town.get(f"callbacks/{query}")
    assert (told["answered"], told["text"], told["show_alert"]) == (True, "انجام شد", True)


def test_only_buttons_that_are_there_can_be_pressed(town: Town) -> None:
    ann, bob = town.person(), town.person("Bob")
    sent = town.send(ann, reply_markup=inline(button("go", "go:1")))
    place = {"message_id": sent["message_id"]}
    path = f"people/{ann}/chats/{ann}/press"
    assert town.refused(path, **place, data="go:2")[0] == 400
    assert town.refused(f"people/{bob}/chats/{ann}/press", **place, data="go:1")[0] == 404
    town.result("editMessageText", chat_id=ann, **place, text="done")
    assert town.refused(path, **place, data="go:1")[0] == 400


def test_blocking_and_coming_back(town: Town) -> None:
    ann = town.person()
    town.updates()
    for blocked in (True, True, False):
        town.post(f"people/{ann}", blocked=blocked)
    changes = [
        (one["old_chat_member"]["status"], one["new_chat_member"]["status"], one["chat"]["id"])
        for one in town.heard("my_chat_member")
    ]
    assert changes == [("member", "kicked", ann), ("kicked", "member", ann)]
    town.post(f"people/{ann}", blocked=True)
    status, error = town.refused(f"people/{ann}/chats/{ann}/messages", text="x")
    assert (status, error) == (400, "Ann has blocked the bot; unblock it first.")


def test_people_change(town: Town) -> None:
    ann = town.person()
    changed = town.post(f"people/{ann}", first_name="آن", language_code="fa", deactivated=True)
    assert (changed["first_name"], changed["language_code"]) == ("آن", "fa")
    assert town.refused(f"people/{ann}/chats/{ann}/messages", text="x")[0] == 400


def test_reading_is_remembered(town: Town) -> None:
    ann = town.person()
    sent = [town.send(ann)["message_id"] for _ in range(3)]
    path = f"people/{ann}/chats/{ann}/read"
    assert town.get(f"people/{ann}/chats")[0]["unread"] == 3
    assert town.post(path, message_id=sent[1]) == {"read_up_to": sent[1]}
    assert town.post(path, message_id=sent[0]) == {"read_up_to": sent[1]}
    assert town.get(f"people/{ann}/chats")[0]["unread"] == 1
    assert town.sees(ann)["read_up_to"] == sent[1]


def test_messages_are_read_in_pages(town: Town) -> None:
    ann = town.person()
    sent = [town.send(ann, str(n))["message_id"] for n in range(5)]
    assert [one["text"] for one in town.sees(ann, limit=2)["messages"]] == ["3", "4"]
    page = town.sees(ann, after=sent[0], limit=2)["messages"]
    assert [one["text"] for one in page] == ["1", "2"]
    assert town.sees(ann, after=sent[4])["messages"] == []


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("people", {"first_name": "", "language_code": "fa"}, 400),
        ("people", {"first_name": "x", "language_code": "persian!"}, 400),
        ("people", {"first_name": "x", "language_code": "fa", "role": "king"}, 400),
        ("people", {"first_name": "x", "language_code": "fa", "username": "sara"}, 400),
        ("people/1", {"blocked": True}, 404),
        ("people/x", {"blocked": True}, 404),
        ("people/1/chats/1/messages", {"text": "x"}, 404),
        ("people/{ann}/chats/{ann}/messages", {"text": "  "}, 400),
        ("people/{ann}/chats/{ann}/messages", {"text": "x" * 4097}, 400),
        ("people/{ann}/chats/{ann}/messages", {"text": "x", "reply_to_message_id": 99999}, 404),
        ("people/{ann}/chats/{ann}/messages", {"text": "x", "as": "anonymous"}, 400),
        ("people/{ann}/chats/{ann}/messages", {"words": "x"}, 400),
        ("people/{ann}/chats/-5/messages", {"text": "x"}, 404),
        ("people/{ann}/chats/{ann}/edit", {"message_id": 99999, "text": "x"}, 404),
        ("groups", {"title": "x", "owner": 1}, 404),
        ("groups/-5", {"migrate": True}, 404),
        ("nothing", {}, 404),
    ],
)
def test_what_people_cannot_do(town: Town, path: str, body: Json, status: int) -> None:
    ann = town.person()
    refusal: tuple[int, Any] = town.refused(path.format(ann=ann), **body)
    assert refusal[0] == status
    assert refusal[1].endswith(".")
