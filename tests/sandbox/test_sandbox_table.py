"""The table of the Bot API: what it says is wrong, and that the sandbox keeps to it."""

import json
from typing import Any

import pytest

from sandbox.botapi.derive import METHODS as WANTED
from sandbox.botapi.derive import TABLE as FILE
from sandbox.botapi.derive import fields_of, written
from sandbox.botapi.door import METHODS as SERVED
from sandbox.botapi.table import METHODS, TABLE, check_answer, check_failure, check_update, unusual
from tests.sandbox.running import Json, Town

CHAT = {"id": 5, "type": "private", "first_name": "Ann"}
MESSAGE: Json = {"message_id": 1, "date": 2, "chat": CHAT, "text": "x"}
OWN = {"setsandboxclock"}  # The extension that only this messenger has.
# What the server takes without a word though the description wants it.
FORGIVEN = {"setMyCommands.commands", "setWebhook.url"}


@pytest.mark.parametrize(
    ("message", "faults"),
    [
        ({}, []),
        ({"reply_to_message": MESSAGE}, []),
        ({"photo": []}, []),
        ({"pinned_message": {"chat": CHAT, "message_id": 5, "date": 0}}, []),
        ({"text": 5}, ["sendMessage.text: 5 is no String"]),
        ({"date": "now"}, ["sendMessage.date: 'now' is no Integer"]),
        ({"date": True}, ["sendMessage.date: True is no Integer"]),
        ({"is_topic_message": 1}, ["sendMessage.is_topic_message: 1 is no Boolean"]),
        ({"colour": "red"}, ["sendMessage.colour is unknown"]),
        ({"chat": {"id": 5}}, ["sendMessage.chat.type is missing"]),
        ({"chat": 5}, ["sendMessage.chat: 5 is no Chat"]),
        ({"entities": {}}, ["sendMessage.entities: {} is no array"]),
        (
            {"entities": [{"type": "bold", "offset": 0}]},
            ["sendMessage.entities[0].length is missing"],
        ),
        ({"sticker": {}}, ["sendMessage.sticker: the sandbox has no Sticker"]),
    ],
)
def test_answers_are_measured(message: Json, faults: list[str]) -> None:
    assert check_answer("sendMessage", {**MESSAGE, **message}) == faults


def test_a_value_is_measured_by_the_alternative_it_fits_best() -> None:
    user = {"id": 5, "is_bot": False, "first_name": "Ann"}
    assert check_answer("getChatMember", {"status": "member", "user": user}) == []
    owner = {"status": "creator", "user": user, "is_anonymous": "no"}
    assert check_answer("getChatMember", owner) == [
        "getChatMember.is_anonymous: 'no' is no Boolean"
    ]
    assert check_answer("editMessageText", True) == []


def test_updates_and_failures_are_measured() -> None:
    assert check_update({"update_id": 1, "message": MESSAGE}) == []
    two = {"update_id": 1, "message": MESSAGE, "edited_message": MESSAGE}
    assert check_update(two) == [
        "update: one kind at a time, not ['edited_message', 'message', 'update_id']"
    ]
    assert check_update({"update_id": 1, "news": {}}) == ["update.news is unknown"]
    failure = {"ok": False, "error_code": 400, "description": "Bad Request: x"}
    assert check_failure(failure, 400) == []
    assert check_failure(failure | {"parameters": {"retry_after": 3}}, 400) == []
    assert check_failure(failure | {"parameters": {"wait": 3}}, 400) == [
        "failure.parameters.wait is unknown"
    ]
    assert check_failure({"ok": False, "error_code": 400}, 403) == [
        "failure.error_code: 400",
        "failure.description is missing",
    ]


def test_the_table_holds_what_is_served() -> None:
    assert {name.lower() for name in METHODS} == (SERVED.keys() - OWN) | {"getupdates"}
    assert sorted(METHODS) == sorted(WANTED.split())


def test_the_table_is_written_a_line_for_each_entry() -> None:
    text = FILE.read_text("utf-8")
    assert written(TABLE) == text
    assert len(text) < 40_000
    entry = {
        "fields": [
            {"name": "id", "types": ["Integer", "String"], "required": True},
            {"name": "name", "types": ["String"], "required": False},
        ]
    }
    assert fields_of(entry) == {
        "required": {"id": "Integer|String"},
        "optional": {"name": "String"},
    }


@pytest.mark.parametrize(
    ("values", "odd"),
    [
        ({"chat_id": 5, "text": "x", "parse_mode": "HTML"}, []),
        ({"chat_id": "5", "text": 5, "message_thread_id": "7", "protect_content": "True"}, []),
        ({"chat_id": "@shop", "reply_markup": "{}", "message_thread_id": ""}, []),
        ({"reply_markup": {"keyboard": []}, "disable_notification": True}, []),
        ({"colour": "red"}, ["colour"]),
        ({"message_thread_id": "seven", "protect_content": "maybe"}, None),
        ({"reply_markup": "none"}, ["reply_markup"]),
        ({"disable_web_page_preview": True}, ["disable_web_page_preview"]),
    ],
)
def test_what_the_server_would_overlook_is_seen(values: Json, odd: list[str] | None) -> None:
    expected = list(values) if odd is None else odd
    assert unusual("sendmessage", values) == [("sendMessage", name) for name in expected]
    assert unusual("sendnothing", values) == []


def test_odd_parameters_are_counted_but_not_refused(town: Town) -> None:
    ann = town.person()
    town.send(ann, colour="red")
    town.send(ann, colour="red", message_thread_id="none")
    assert town.get("counts")["unknown_parameters"] == {
        "sendMessage.colour": 2,
        "sendMessage.message_thread_id": 1,
    }


def test_every_required_parameter_is_wanted(town: Town) -> None:
    ann = town.person()
    sent = town.send(ann)["message_id"]
    forum = town.post(f"groups/{town.group(ann)}", forum=True, promote="bot")["chat"]["id"]
    topic = town.result("createForumTopic", chat_id=forum, name="Sara")["message_thread_id"]
    file_id = send_document(town, ann)
    media = {"type": "document", "media": file_id}
    whole: Json = {
        "chat_id": ann,
        "from_chat_id": ann,
        "message_id": sent,
        "user_id": ann,
        "text": "x",
        "photo": "x",
        "document": file_id,
        "media": [media, media],
        "action": "typing",
        "file_id": file_id,
        "name": "Sara",
        "callback_query_id": "1",
        "commands": [],
    }
    allowed = []
    for name, entry in METHODS.items():
        for missing in entry.get("required", {}):
            values = {key: value for key, value in whole.items() if key != missing}
            if "Forum" in name:
                values |= {"chat_id": forum, "message_thread_id": topic}
                values.pop(missing, None)
            body = town.call(name, **values)
            assert body["ok"] or body["error_code"] == 400, (name, missing, body)
            allowed += [f"{name}.{missing}"] if body["ok"] else []
    assert set(allowed) == FORGIVEN


def send_document(town: Town, chat: int) -> str:
    answer = town.web.post(
        f"/bot{town.token}/sendDocument", data={"chat_id": chat}, files={"document": ("a", b"x")}
    )
    file_id: str = answer.json()["result"]["document"]["file_id"]
    return file_id


def test_parameters_come_in_every_way(town: Town) -> None:
    ann = town.person()
    url = f"/bot{town.token}/sendMessage"
    markup = {"inline_keyboard": [[{"text": "گرفتن", "callback_data": "a"}]]}
    told: dict[str, Any] = {"chat_id": str(ann), "text": "سلام", "reply_markup": json.dumps(markup)}
    ways = [
        town.web.get(url, params=told),
        town.web.post(url, params=told),
        town.web.post(url, data=told),
        town.web.post(url, files={name: (None, value) for name, value in told.items()}),
        town.web.post(url, json=told),
        town.web.post(url, json={**told, "chat_id": ann, "reply_markup": markup}),
        town.web.post(url, params={"chat_id": ann}, json={"text": "سلام", "reply_markup": markup}),
    ]
    results = [way.json()["result"] for way in ways]
    assert [result["text"] for result in results] == ["سلام"] * len(ways)
    assert [result["reply_markup"] for result in results] == [markup] * len(ways)
