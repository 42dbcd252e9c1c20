"""Keyboards: what is kept of them, and the server's words where they are refused."""

from typing import Any

import pytest

from sandbox.keyboards import MarkupBroken, checked_markup
from sandbox.links import LinkBroken, checked_link
from tests.sandbox.running import Json, Town, button, inline

BUTTON = "Can't parse inline keyboard button: "
URL = "Inline keyboard button URL '{0}' is invalid: {1}"
APP = "Inline keyboard button Web App URL '{0}' is invalid: Only HTTPS links are allowed"


def rows(count: int, width: int) -> Json:
    return {"inline_keyboard": [[button("x", "x")] * width] * count}


@pytest.mark.parametrize(
    ("raw", "kept"),
    [
        ({}, {}),
        ({"inline_keyboard": []}, {}),
        ({"inline_keyboard": [[]]}, {}),
        ({"keyboard": [[""]]}, {}),
        ({"force_reply": False}, {}),
        (inline(button("a", "خ" * 32)), inline(button("a", "خ" * 32))),
        (inline({**button("a", "b"), "colour": "red"}), inline(button("a", "b"))),
        (inline({**button("a", "b"), "style": "danger"}), None),
        (inline(button("a", "b"), button("", "c")), inline(button("a", "b"))),
        (inline({"text": "a", "url": "example.com"}), inline({"text": "a", "url": "http://example.com/"})),
        (inline({"text": "a", "copy_text": {"text": "x" * 256}}), None),
        (inline({"text": "a", "web_app": {"url": "https://x.ir"}}), None),
        (rows(12, 8), None),
        ({"keyboard": [["a", {"text": "b"}]]}, {"keyboard": [[{"text": "a"}, {"text": "b"}]]}),
        ({"keyboard": [["a"]], "is_persistent": True, "selective": False},
         {"keyboard": [[{"text": "a"}]], "is_persistent": True}),
        ({"keyboard": [["a"] * 20] * 30}, {"keyboard": [[{"text": "a"}] * 12] * 25}),
        ({"keyboard": [[{"text": "a", "request_contact": True}]], "resize_keyboard": True}, None),
        ({"remove_keyboard": True, "selective": True}, None),
        ({"force_reply": True, "input_field_placeholder": "x" * 64}, None),
    ],
)  # fmt: skip
def test_what_is_kept(raw: Json, kept: Json | None) -> None:
    assert checked_markup(raw, private=True) == (raw if kept is None else kept)


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        ([], "Object expected as reply markup"),
        ({"inline_keyboard": "bad"}, 'Field "inline_keyboard" must be of type Array'),
        ({"inline_keyboard": [{}]},
         'Field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays'),
        ({"keyboard": "bad"}, 'Field "keyboard" must be of type Array'),
        ({"keyboard": ["bad"]}, 'Field "keyboard" must be an Array of Arrays'),
        (inline([]), BUTTON + "InlineKeyboardButton must be an Object"),  # type: ignore[arg-type]
        (inline({"callback_data": "x"}), BUTTON + 'Can\'t find field "text"'),
        (inline({"text": {}, "url": "x"}), BUTTON + 'Field "text" must be of type String'),
        (inline({"text": "a"}), BUTTON + "Text buttons are unallowed in the inline keyboard"),
        (inline(button("a", "")), BUTTON + "Text buttons are unallowed in the inline keyboard"),
        (inline({**button("a", "b"), "style": "loud"}),
         BUTTON + "Unsupported button style specified"),
        (inline({"text": "a", "copy_text": "b"}),
         BUTTON + 'Field "copy_text" must be of type Object'),
        (inline({"text": "a", "copy_text": {}}), BUTTON + 'Can\'t find field "text"'),
        (inline(button("a", "x" * 65)), "BUTTON_DATA_INVALID"),
        (inline(button("a", "خ" * 33)), "BUTTON_DATA_INVALID"),
        (inline({"text": "a", "copy_text": {"text": ""}}), "BUTTON_COPY_TEXT_INVALID"),
        (inline({"text": "a", "copy_text": {"text": "x" * 257}}), "BUTTON_COPY_TEXT_INVALID"),
        (inline({"text": "a", "url": "not-a-url"}), URL.format("not-a-url", "Wrong HTTP URL")),
        (inline({"text": "a", "url": "ftp://example.com"}),
         URL.format("ftp://example.com", "Unsupported URL protocol")),
        (inline({"text": "a", "web_app": {"url": "http://example.com"}}), APP.format("http://example.com")),
        (inline({"text": "a", "login_url": {"url": "https://x.ir"}}), "BOT_DOMAIN_INVALID"),
        (inline({"text": "a", "pay": True}), "BUTTON_TYPE_INVALID"),
        (inline({"text": "a", "callback_game": {}}), "BUTTON_TYPE_INVALID"),
        (rows(1, 9), "Reply markup is too long"),
        (rows(101, 1), "Reply markup is too long"),
        ({"keyboard": [[5]]},
         "Can't parse keyboard button: KeyboardButton must be a String or an Object"),
        ({"keyboard": [[{}]]}, 'Can\'t parse keyboard button: Can\'t find field "text"'),
        ({"keyboard": [["a"]], "selective": "yes"}, 'Field "selective" must be of type Boolean'),
        ({"keyboard": [["a"]], "one_time_keyboard": 1},
         'Field "one_time_keyboard" must be of type Boolean'),
        ({"force_reply": "yes"}, 'Field "force_reply" must be of type Boolean'),
        ({"remove_keyboard": "yes"}, 'Field "remove_keyboard" must be of type Boolean'),
        ({"force_reply": True, "input_field_placeholder": "x" * 65}, "REPLY_MARKUP_INVALID"),
    ],
)  # fmt: skip
def test_what_is_refused(raw: Any, reason: str) -> None:
    with pytest.raises(MarkupBroken) as refusal:
        checked_markup(raw, private=True)
    assert str(refusal.value) == reason


@pytest.mark.parametrize(
    ("extra", "reason"),
    [
        ({"request_contact": True}, "phone number can be requested in private chats only"),
        ({"request_location": True}, "location can be requested in private chats only"),
        ({"web_app": {"url": "https://x.ir"}}, "Web App buttons can be used in private chats only"),
    ],
)
def test_some_buttons_are_for_private_chats(town: Town, extra: Json, reason: str) -> None:
    ann = town.person()
    keyboard = {"keyboard": [[{"text": "x", **extra}]]}
    assert town.send(ann, reply_markup=keyboard)
    sent = {"chat_id": town.group(ann), "text": "x", "reply_markup": keyboard}
    description = town.refusal("sendMessage", **sent)[1]
    assert description.lower() == f"bad request: {reason}".lower()


def test_the_server_writes_small_what_is_no_name_of_its_own(town: Town) -> None:
    ann = town.person()
    for markup, reason in (
        ([1], "object expected as reply markup"),
        ({"keyboard": 5}, 'field "keyboard" must be of type Array'),
        (inline(button("a", "x" * 65)), "BUTTON_DATA_INVALID"),
    ):
        refusal = town.refusal("sendMessage", chat_id=ann, text="x", reply_markup=markup)
        assert refusal == (400, f"Bad Request: {reason}")


@pytest.mark.parametrize(
    ("link", "kept"),
    [
        ("https://Example.com", "https://example.com/"),
        (" example.com/a?b#c ", "http://example.com/a?b#c"),
        ("https://t.me/bashgah?start=ref", "https://t.me/bashgah?start=ref"),
        ("https://کتاب.ir?q", "https://کتاب.ir/?q"),
        ("http://user:pass@example.com:8080/x", "http://user:pass@example.com:8080/x"),
        ("tg://resolve?domain=x", "tg://resolve?domain=x"),
        ("TG:user?id=5", "tg://user?id=5"),
    ],
)
def test_links_are_kept(link: str, kept: str) -> None:
    assert checked_link(link) == kept


@pytest.mark.parametrize(
    ("link", "reason"),
    [
        ("", "URL host is empty"),
        ("https:///path", "URL host is empty"),
        ("javascript://example.com", "Unsupported URL protocol"),
        ("localhost:8080", "Wrong HTTP URL"),
        ("https://.", "Host is invalid"),
        ("https://exa mple.com", "Disallowed character in URL host"),
        ("https://example.com:99999/", "Wrong port number specified in the URL"),
        ("https://example.com:/", "Wrong port number specified in the URL"),
        ("tg://re.solve", "Unallowed characters in URL host"),
    ],
)
def test_links_are_refused(link: str, reason: str) -> None:
    with pytest.raises(LinkBroken) as refusal:
        checked_link(link)
    assert str(refusal.value) == reason
