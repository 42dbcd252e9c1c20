"""What the Bot API refuses, in the real server's words."""

from typing import Any

import pytest

from tests.sandbox.running import Json, Town, button, inline

NOT_MODIFIED = (
    "Bad Request: message is not modified: specified new message content and reply markup are"
    " exactly the same as a current content and reply markup of the message"
)
SAME = "سلام\n" + "x" * 4091


@pytest.fixture
def ann(town: Town) -> int:
    return town.person()


def test_unknown_methods_and_tokens(town: Town) -> None:
    assert town.refusal("sendNothing") == (404, "Not Found")
    answer = town.web.get("/bot1:wrong/getMe")
    assert answer.status_code == 401
    assert answer.json() == {"ok": False, "error_code": 401, "description": "Unauthorized"}


@pytest.mark.parametrize(
    ("params", "reason"),
    [
        ({"text": "x" * 4097}, "message is too long"),
        ({"text": "😀" * 2049}, "message is too long"),
        ({"text": ""}, "message text is empty"),
        ({"text": " \n "}, "text must be non-empty"),
        ({"text": "<b> </b>", "parse_mode": "HTML"}, "text must be non-empty"),
        ({"text": "x", "parse_mode": "Word"}, "unsupported parse_mode"),
        ({"reply_parameters": {"message_id": 99999}}, "message to be replied not found"),
        ({"reply_to_message_id": 99999}, "message to be replied not found"),
        ({"reply_markup": inline(button("a", "x" * 65))}, "BUTTON_DATA_INVALID"),
        ({"reply_markup": inline(button("a", "خ" * 33))}, "BUTTON_DATA_INVALID"),
        ({"reply_markup": "{"}, "can't parse reply keyboard markup JSON object"),
        ({"reply_markup": [1]}, "object expected as reply markup"),
        ({"chat_id": 999}, "chat not found"),
        ({"chat_id": "@nobody"}, "chat not found"),
        ({"chat_id": ""}, "chat_id is empty"),
    ],
)
def test_messages_that_cannot_be_sent(town: Town, ann: int, params: Json, reason: str) -> None:
    before = town.sees(ann)["messages"]
    sent = {"chat_id": ann, "text": "x", **params}
    assert town.refusal("sendMessage", **sent) == (400, f"Bad Request: {reason}")
    assert town.sees(ann)["messages"] == before


@pytest.mark.parametrize(
    "params",
    [
        {"text": "x" * 4096},
        {"text": "😀" * 2048},
        {"text": "<b>" + "x" * 4096 + "</b>", "parse_mode": "HTML"},
        {"text": SAME + "\n" * 50},
        {"text": "x", "reply_markup": inline(button("a", "خ" * 32))},
    ],
)
def test_messages_that_just_fit(town: Town, ann: int, params: Json) -> None:
    assert town.result("sendMessage", chat_id=ann, **params)


@pytest.mark.parametrize(
    ("html", "reason"),
    [
        ("a <x>b</x>", 'Unsupported start tag "x" at byte offset 2'),
        ("سلام <x>", 'Unsupported start tag "x" at byte offset 9'),
        ("1 < 2", 'Unsupported start tag "" at byte offset 2'),
        ("<b>bold", 'Can\'t find end tag corresponding to start tag "b"'),
        ("<b><i>x</i>", 'Can\'t find end tag corresponding to start tag "b"'),
        ("a <b", "Unclosed start tag at byte offset 2"),
        ("a </b>", "Unexpected end tag at byte offset 2"),
        (
            "<b>x</i>",
            'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"',
        ),
        ("<b>x</b", "Unclosed end tag at byte offset 4"),
        ("<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
        ('<a href="x', "Unclosed start tag at byte offset 0"),
        ("<a =x>y</a>", 'Empty attribute name in the tag "a" at byte offset 0'),
        ("<a href=x/y>z</a>", "Unexpected end of name token at byte offset 8"),
    ],
)
def test_broken_html(town: Town, ann: int, html: str, reason: str) -> None:
    refusal = town.refusal("sendMessage", chat_id=ann, text=html, parse_mode="HTML")
    assert refusal == (400, f"Bad Request: can't parse entities: {reason}")


def upload(town: Town, method: str, name: str, content: bytes, **params: Any) -> Json:
    files = {name: ("file", content)}
    body: Json = town.web.post(f"/bot{town.token}/{method}", data=params, files=files).json()
    return body


@pytest.mark.parametrize(
    ("params", "content", "reason"),
    [
        ({"caption": "x" * 1025}, b"x", "message caption is too long"),
        ({"caption": "<b>x", "parse_mode": "HTML"}, b"x", "can't parse entities: Can't find end"),
        ({}, b"", "file must be non-empty"),
    ],
)
def test_documents_that_cannot_be_sent(
    town: Town, ann: int, params: Json, content: bytes, reason: str
) -> None:
    body = upload(town, "sendDocument", "document", content, chat_id=str(ann), **params)
    assert body["error_code"] == 400
    assert body["description"].startswith(f"Bad Request: {reason}")


def test_pictures_and_files_that_are_none(town: Town, ann: int) -> None:
    body = upload(town, "sendPhoto", "photo", b"no picture", chat_id=str(ann))
    assert body["description"] == "Bad Request: IMAGE_PROCESS_FAILED"
    sent = upload(town, "sendDocument", "document", b"x", chat_id=str(ann), caption="x" * 1024)
    file_id = sent["result"]["document"]["file_id"]
    for params, reason in (
        ({}, "there is no photo in the request"),
        ({"photo": "AgACunknown"}, "wrong file identifier/HTTP URL specified"),
        ({"photo": "https://example.com/a.png"}, "failed to get HTTP URL content"),
        ({"photo": file_id}, "can't use file of type Document as Photo"),
    ):
        refusal = town.refusal("sendPhoto", chat_id=ann, **params)
        assert refusal == (400, f"Bad Request: {reason}")
    assert town.refusal("getFile", file_id="no") == (
        400,
        "Bad Request: invalid file_id",
    )


def test_people_who_cannot_be_reached(town: Town, ann: int) -> None:
    stranger = town.person(started=False)
    initiate = "Forbidden: bot can't initiate conversation with a user"
    for method in ("sendMessage", "sendChatAction"):
        params = {"chat_id": stranger, "text": "x", "action": "typing"}
        assert town.refusal(method, **params) == (403, initiate)
    assert town.refusal("getChat", chat_id=stranger) == (400, "Bad Request: chat not found")
    town.post(f"people/{ann}", blocked=True)
    blocked = "Forbidden: bot was blocked by the user"
    assert town.refusal("sendMessage", chat_id=ann, text="x") == (403, blocked)
    town.post(f"people/{ann}", blocked=False)
    assert town.send(ann)
    town.post(f"people/{ann}", deactivated=True)
    deactivated = "Forbidden: user is deactivated"
    assert town.refusal("sendMessage", chat_id=ann, text="x") == (403, deactivated)


def test_groups_that_are_lost(town: Town, ann: int) -> None:
    group = town.group(ann)
    town.post(f"groups/{group}", remove=["bot"])
    kicked = "Forbidden: bot was kicked from the group chat"
    assert town.refusal("sendMessage", chat_id=group, text="x") == (403, kicked)
    assert town.refusal("getChatAdministrators", chat_id=group) == (403, kicked)
    without = town.post("groups", title="Private", owner=ann, with_bot=False)["chat"]["id"]
    not_found = (400, "Bad Request: chat not found")
    assert town.refusal("sendMessage", chat_id=without, text="x") == not_found


def test_a_migrated_group_names_its_successor(town: Town, ann: int) -> None:
    group = town.group(ann)
    new = town.post(f"groups/{group}", migrate=True)["chat"]["id"]
    assert town.call("sendMessage", chat_id=group, text="x") == {
        "ok": False,
        "error_code": 400,
        "description": "Bad Request: group chat was upgraded to a supergroup chat",
        "parameters": {"migrate_to_chat_id": new},
    }
    assert town.send(new)["chat"]["type"] == "supergroup"


def test_edits_that_cannot_be_made(town: Town, ann: int) -> None:
    markup = inline(button("a", "a"))
    sent = town.send(ann, "<b>x</b>", parse_mode="HTML", reply_markup=markup)
    place = {"chat_id": ann, "message_id": sent["message_id"]}
    same = {"text": "<b>x</b>", "parse_mode": "HTML", "reply_markup": markup}
    edit = "editMessageText"
    assert town.refusal(edit, **place, **same) == (400, NOT_MODIFIED)
    assert town.refusal("editMessageReplyMarkup", **place, reply_markup=markup) == (
        400,
        NOT_MODIFIED,
    )
    assert town.result(edit, **place, text="<b>x</b>", parse_mode="HTML")
    assert town.refusal(edit, **place, text="") == (400, "Bad Request: message text is empty")
    too_long = (400, "Bad Request: message is too long")
    assert town.refusal(edit, **place, text="x" * 4097) == too_long
    caption = (400, "Bad Request: there is no caption in the message to edit")
    assert town.refusal("editMessageCaption", **place, caption="x") == caption
    missing = {"chat_id": ann, "message_id": 99999, "text": "x"}
    assert town.refusal(edit, **missing) == (400, "Bad Request: message to edit not found")
    theirs = town.says(ann, "mine")["message_id"]
    foreign = (400, "Bad Request: message can't be edited")
    assert town.refusal(edit, chat_id=ann, message_id=theirs, text="x") == foreign
    keyed = town.send(ann, reply_markup={"keyboard": [["a"]]})["message_id"]
    assert town.refusal(edit, chat_id=ann, message_id=keyed, text="x") == foreign
    wrong = {"reply_markup": {"keyboard": [["a"]]}}
    inline_only = (400, "Bad Request: inline keyboard expected")
    assert town.refusal(edit, **place, text="y", **wrong) == inline_only


def test_messages_that_cannot_be_deleted_or_copied(town: Town, ann: int) -> None:
    missing = {"chat_id": ann, "message_id": 99999}
    gone = (400, "Bad Request: message to delete not found")
    assert town.refusal("deleteMessage", **missing) == gone
    copied = (400, "Bad Request: message to copy not found")
    assert town.refusal("copyMessage", **missing, from_chat_id=ann) == copied
    group = town.group(ann)
    theirs = town.says(ann, "hello", group)["message_id"]
    place = {"chat_id": group, "message_id": theirs}
    not_ours = (400, "Bad Request: message can't be deleted")
    assert town.refusal("deleteMessage", **place) == not_ours
    town.post(f"groups/{group}", promote="bot")
    assert town.result("deleteMessage", **place) is True


def test_answers_to_presses_that_never_were(town: Town) -> None:
    assert town.refusal("answerCallbackQuery", callback_query_id="12") == (
        400,
        "Bad Request: query is too old and response timeout expired or query ID is invalid",
    )


@pytest.mark.parametrize(
    ("commands", "reason"),
    [
        ([{"command": "کارت", "description": "x"}], "BOT_COMMAND_INVALID"),
        ([{"command": "a" * 33, "description": "x"}], "command length must not exceed 32"),
        ([{"command": "card", "description": ""}], "BOT_COMMAND_DESCRIPTION_INVALID"),
        (
            [{"command": "card", "description": "x" * 257}],
            "command description length must not exceed 256",
        ),
        ([{"command": f"c{n}", "description": "x"} for n in range(101)], "BOT_COMMANDS_TOO_MUCH"),
    ],
)
def test_commands_that_cannot_be_set(town: Town, commands: list[Json], reason: str) -> None:
    assert town.refusal("setMyCommands", commands=commands) == (400, f"Bad Request: {reason}")


def test_a_phone_is_asked_for_in_private_only(town: Town, ann: int) -> None:
    group = town.group(ann)
    keyboard = {"keyboard": [[{"text": "Phone", "request_contact": True}]]}
    assert town.send(ann, reply_markup=keyboard)
    assert town.refusal("sendMessage", chat_id=group, text="x", reply_markup=keyboard) == (
        400,
        "Bad Request: phone number can be requested in private chats only",
    )
