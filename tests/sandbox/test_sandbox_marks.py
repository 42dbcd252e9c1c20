"""Markdown, old and new, and entities that the bot places itself."""

from typing import Any

import pytest

from sandbox.entities import EntitiesBroken
from sandbox.markdown import read_markdown
from sandbox.markdown_v2 import read_markdown_v2
from tests.sandbox.running import Json, Town


def told(entity: Json) -> str:
    more = entity.get("url") or entity.get("language") or entity.get("custom_emoji_id") or ""
    return f"{entity['type']} {entity['offset']}+{entity['length']} {more}".strip()


@pytest.mark.parametrize(
    ("source", "text", "entities"),
    [
        ("*a* _b_ `c`", "a b c", ["bold 0+1", "italic 2+1", "code 4+1"]),
        ("😀*😀*", "😀😀", ["bold 2+2"]),
        (r"\*a\* \\ \x", r"*a* \\ \x", []),
        ("[x](https://example.com)", "x", ["text_link 0+1 https://example.com/"]),
        ("[x](nonsense) [example.com]", "x example.com", ["text_link 2+11 http://example.com/"]),
        ("```py\na*b\n```", "a*b\n", ["pre 0+4 py"]),
        ("**", "", []),
    ],
)
def test_old_markdown_is_read(source: str, text: str, entities: list[str]) -> None:
    read = read_markdown(source)
    assert (read.text, [told(entity) for entity in read.entities]) == (text, entities)


@pytest.mark.parametrize(("source", "place"), [("*a", 0), ("سلام _a", 9), ("a [b](x) `", 9)])
def test_old_markdown_without_an_end(source: str, place: int) -> None:
    with pytest.raises(EntitiesBroken) as refusal:
        read_markdown(source)
    assert str(refusal.value) == f"Can't find end of the entity starting at byte offset {place}"


@pytest.mark.parametrize(
    ("source", "text", "entities"),
    [
        ("*b* _i_ __u__ ~s~ ||p||", "b i u s p", [
            "bold 0+1", "italic 2+1", "underline 4+1", "strikethrough 6+1", "spoiler 8+1",
        ]),
        ("*a _b_*", "a b", ["italic 2+1", "bold 0+3"]),
        (r"1\. a\-b\!", "1. a-b!", []),
        ("`a*b.c`", "a*b.c", ["code 0+5"]),
        ("```js\nx\\`y\n```", "x`y\n", ["pre 0+4 js"]),
        (r"[x](https://example.com/\))", "x", ["text_link 0+1 https://example.com/)"]),
        ("![😀](tg://emoji?id=55)", "😀", ["custom_emoji 0+2 55"]),
        (">a\n>b\nc", "a\nb\nc", ["blockquote 0+3"]),
        (">a\n>b||\nc", "a\nb\nc", ["expandable_blockquote 0+3"]),
        ("x\n>a", "x\na", ["blockquote 2+1"]),
        ("*a\nb*", "a\nb", ["bold 0+3"]),
    ],
)  # fmt: skip
def test_new_markdown_is_read(source: str, text: str, entities: list[str]) -> None:
    read = read_markdown_v2(source)
    assert (read.text, [told(entity) for entity in read.entities]) == (text, entities)


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        *((f"a{sign}b", f"Character '{sign}' is reserved and must be escaped with the preceding"
           " '\\'") for sign in "])}.!#+-=|{(>"),
        ("*unclosed", "Can't find end of Bold entity at byte offset 0"),
        (r"*bold _italic\_*", "Can't find end of Bold entity at byte offset 15"),
        ("سلام __x_", "Can't find end of Italic entity at byte offset 12"),
        ("```x", "Can't find end of Pre entity at byte offset 0"),
        ("[x](https://a", "Can't find end of a URL at byte offset 4"),
        ("![x]", "Custom emoji entity must contain a tg://emoji URL"),
        (">*a\nb*", "Can't find end of Bold entity at byte offset 1"),
    ],
)  # fmt: skip
def test_new_markdown_is_strict(source: str, reason: str) -> None:
    with pytest.raises(EntitiesBroken) as refusal:
        read_markdown_v2(source)
    assert str(refusal.value) == reason


def test_markdown_comes_through_the_door(town: Town) -> None:
    ann = town.person()
    for mode in ("Markdown", "MarkdownV2", "markdownv2"):
        sent = town.send(ann, "*bold*", parse_mode=mode)
        assert sent["entities"] == [{"type": "bold", "offset": 0, "length": 4}]
    assert town.send(ann, "*a", parse_mode="none")["text"] == "*a"
    refusal = town.refusal("sendMessage", chat_id=ann, text="a.", parse_mode="MarkdownV2")
    assert refusal[1].startswith("Bad Request: can't parse entities: Character '.' is reserved")


def test_entities_are_placed(town: Town) -> None:
    ann, bob = town.person(), town.person("Bob")
    placed = [
        {"type": "bold", "offset": 0, "length": 2},
        {"type": "text_link", "offset": 3, "length": 3, "url": "example.com"},
        {"type": "pre", "offset": 7, "length": 3, "language": "sql"},
        {"type": "url", "offset": 0, "length": 1},
        {"type": "italic", "offset": 4, "length": 0},
        {"type": "text_mention", "offset": 11, "length": 3, "user": {"id": bob}},
    ]
    sent = town.send(ann, "😀 two six Bob", entities=placed)
    assert [told(one) for one in sent["entities"]] == [
        "bold 0+2",
        "text_link 3+3 http://example.com/",
        "pre 7+3 sql",
        "text_mention 11+3",
    ]
    assert sent["entities"][3]["user"]["id"] == bob
    assert "entities" not in town.send(ann, "x", entities="{")
    many = [{"type": "bold", "offset": 2 * n, "length": 1} for n in range(101)]
    assert len(town.send(ann, "a " * 101, entities=many)["entities"]) == 100


@pytest.mark.parametrize(
    ("entity", "reason"),
    [
        (5, "can't parse MessageEntity: expected an Object"),
        ({"type": "bold", "length": 1}, 'can\'t parse MessageEntity: Can\'t find field "offset"'),
        ({"type": "bold", "offset": "a", "length": 1},
         'can\'t parse MessageEntity: Field "offset" must be of type Number'),
        ({"type": "loud", "offset": 0, "length": 1},
         "can't parse MessageEntity: Unsupported type specified"),
        ({"type": "text_link", "offset": 0, "length": 1},
         'can\'t parse MessageEntity: Can\'t find field "url"'),
        ({"type": "text_link", "offset": 0, "length": 5, "url": "not-a-url"},
         "entity URL 'not-a-url' is invalid: Wrong HTTP URL"),
        ({"type": "custom_emoji", "offset": 0, "length": 1, "custom_emoji_id": "x"},
         'can\'t parse MessageEntity: Field "custom_emoji_id" must be a valid Number'),
        ({"type": "text_mention", "offset": 0, "length": 1, "user": {"id": 1}}, "user not found"),
        ({"type": "bold", "offset": -1, "length": 1}, "receive an entity with incorrect offset -1"),
        ({"type": "bold", "offset": 100, "length": 1},
         "entity begins after the end of the text at UTF-16 offset 100"),
        ({"type": "bold", "offset": 0, "length": 100},
         "entity beginning at UTF-16 offset 0 ends after the end of the text at UTF-16 offset 100"),
    ],
)  # fmt: skip
def test_entities_that_cannot_be_placed(town: Town, entity: Any, reason: str) -> None:
    ann = town.person()
    refusal = town.refusal("sendMessage", chat_id=ann, text="hello", entities=[entity])
    assert refusal == (400, f"Bad Request: {reason}")


@pytest.mark.parametrize(
    ("params", "reason"),
    [
        ({"link_preview_options": {"is_disabled": "yes"}},
         'field "is_disabled" must be of type Boolean'),
        ({"link_preview_options": "{"}, "can't parse link preview options JSON object"),
        ({"link_preview_options": [1]}, "object expected as link preview options"),
        ({"business_connection_id": "x"}, "business connection not found"),
        ({"allow_paid_broadcast": True}, "FLOODSKIP_NOT_ALLOWED"),
        ({"message_effect_id": "5"}, "EFFECT_ID_INVALID"),
        ({"text": "س" * 20_000}, "text is too long"),
    ],
)  # fmt: skip
def test_what_this_bot_may_not_ask_for(town: Town, params: Json, reason: str) -> None:
    sent = {"chat_id": town.person(), "text": "x", **params}
    assert town.refusal("sendMessage", **sent) == (400, f"Bad Request: {reason}")


@pytest.mark.parametrize("value", [10**30, -(10**20), "9" * 25, "-" + "9" * 19, "۱۲", 3.7, [], {}])
def test_numbers_that_are_none_are_no_failure(town: Town, value: Any) -> None:
    ann = town.person()
    for method in ("pinChatMessage", "deleteMessage", "editMessageText", "forwardMessage"):
        sent = {"chat_id": ann, "from_chat_id": ann, "text": "x", "message_id": value}
        assert town.refusal(method, **sent)[0] == 400
    assert town.refusal("sendMessage", chat_id=value, text="x") == (
        400,
        "Bad Request: chat not found",
    )
