"""The messenger: each answer of Telegram's means one thing for a letter."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from bot.delivery.faults import (
    REASON_LENGTH,
    Ambiguous,
    Blocked,
    DeliveryFault,
    Migrated,
    Refused,
    TryLater,
    told,
)
from bot.delivery.messenger import TelegramMessenger, fault_of
from bot.delivery.rendered import Rendered
from bot.delivery.transport import ClubRequest
from club.members import Reach
from tests.delivery.wire import Wire, flood, gateway, hang, page, refuse, reset


async def test_a_letter_arrives_with_its_buttons(wire: Wire, request_to_wire: ClubRequest) -> None:
    keyboard = {"inline_keyboard": [[{"text": "بس است", "callback_data": "promotions:off:1:s"}]]}
    assert (
        await TelegramMessenger(request_to_wire).send(7, Rendered("<b>سلام</b> &amp;", keyboard))
        == 1
    )
    (sent,) = wire.arrived
    assert (sent.params["text"], sent.params["parse_mode"]) == ("<b>سلام</b> &amp;", "HTML")
    assert json.loads(sent.params["reply_markup"]) == keyboard


async def test_a_picture_carries_the_words_as_its_caption(
    wire: Wire, request_to_wire: ClubRequest
) -> None:
    words = Rendered("<b>hello</b>", {"inline_keyboard": []}, "AgACfile")
    assert await TelegramMessenger(request_to_wire).send(7, words) == 1
    (sent,) = wire.arrived
    assert (sent.method, sent.params["photo"]) == ("sendPhoto", "AgACfile")
    assert (sent.params["caption"], sent.params["parse_mode"]) == ("<b>hello</b>", "HTML")
    assert "text" not in sent.params


@pytest.mark.parametrize(
    ("status", "description", "fault", "reach"),
    [
        (403, "Forbidden: bot was blocked by the user", Blocked, Reach.BLOCKED),
        (403, "Forbidden: user is deactivated", Blocked, Reach.DEACTIVATED),
        (403, "Forbidden: bot was kicked from the group chat", Blocked, Reach.BLOCKED),
        (
            403,
            "Forbidden: bot can't initiate conversation with a user",
            Blocked,
            Reach.NEVER_STARTED,
        ),
        (400, "Bad Request: chat not found", Blocked, Reach.NEVER_STARTED),
        (400, "Bad Request: USER_IS_BLOCKED", Blocked, Reach.BLOCKED),
        (400, "Bad Request: INPUT_USER_DEACTIVATED", Blocked, Reach.DEACTIVATED),
        (400, "Bad Request: PEER_ID_INVALID", Blocked, Reach.NEVER_STARTED),
        (400, "Bad Request: CHAT_WRITE_FORBIDDEN", Blocked, Reach.BLOCKED),
        (403, "Forbidden: the group chat was deleted", Blocked, Reach.BLOCKED),
        (403, "Forbidden: bot is not a member of the supergroup chat", Blocked, Reach.BLOCKED),
        (400, "Bad Request: message is too long", Refused, None),
        (400, "Bad Request: message text is empty", Refused, None),
        (400, "Bad Request: MEDIA_EMPTY", Refused, None),
        (400, "Bad Request: can't parse entities: Unsupported start tag", Refused, None),
        (400, "Bad Request: private chat not found", Blocked, Reach.NEVER_STARTED),
        (
            400,
            "Bad Request: inline keyboard button URL 'https://unblocked.shop/x' is invalid",
            Refused,
            None,
        ),
        (400, 'Bad Request: can\'t parse entities: Unsupported start tag "blocked"', Refused, None),
        (400, "Bad Request: Button_URL_invalid: user is deactivated", Refused, None),
        (408, "Request Timeout", Ambiguous, None),
        (413, "Request Entity Too Large", Refused, None),
        (401, "Unauthorized", TryLater, None),
        (404, "Not Found", TryLater, None),
        (500, "Internal Server Error", Ambiguous, None),
        (502, "Bad Gateway", Ambiguous, None),
    ],
)
def test_an_answer_means_one_thing(
    status: int, description: str, fault: type[DeliveryFault], reach: Reach | None
) -> None:
    found = fault_of(status, {"ok": False, "description": description})
    assert type(found) is fault
    assert getattr(found, "reach", None) == reach


@pytest.mark.parametrize(
    ("status", "fault"),
    [
        *((status, TryLater) for status in (302, 400, 401, 403, 404, 429)),
        (413, Refused),
        *((status, Ambiguous) for status in (201, 408, 502, 504)),
    ],
)
@pytest.mark.parametrize("answer", [{}, {"message": "user_is_blocked"}])
def test_what_a_gateway_says_is_about_no_letter(
    status: int, answer: Mapping[str, str], fault: type[DeliveryFault]
) -> None:
    assert type(fault_of(status, answer)) is fault


@pytest.mark.parametrize("sign", ["\x00", "\ud800", "\n", "\x1b"])
def test_a_reason_holds_nothing_that_cannot_be_kept(sign: str) -> None:
    for fault in (Refused(f"a{sign}b"), TryLater(1, f"a{sign}b"), Ambiguous(f"a{sign}b")):
        assert str(fault) == "a b"
    assert told(f"سلام\u200cها{sign}") == "سلام\u200cها "
    assert len(str(Refused("x" * 9000))) == REASON_LENGTH


@pytest.mark.parametrize(
    ("trick", "fault", "facts"),
    [
        (flood(17), TryLater, {"delay_s": 17}),
        (refuse(400, "upgraded", migrate_to_chat_id=-1005), Migrated, {"chat_id": -1005}),
        (reset, Ambiguous, {}),
        (hang, Ambiguous, {}),
        (gateway, Ambiguous, {}),
        (page(403), TryLater, {"reason": "refused by a gateway with status 403"}),
        (refuse(200, "a success without a message"), Ambiguous, {}),
    ],
)
async def test_each_misfortune_is_told_apart(
    wire: Wire,
    request_to_wire: ClubRequest,
    trick: Any,
    fault: type[DeliveryFault],
    facts: Mapping[str, object],
) -> None:
    wire.play(7, trick)
    with pytest.raises(fault) as raised:
        await TelegramMessenger(request_to_wire).send(7, Rendered("hello"))
    assert {name: getattr(raised.value, name) for name in facts} == facts


async def test_a_messenger_that_is_away_has_not_got_the_letter() -> None:
    async with ClubRequest("http://127.0.0.1:9/bot1:x") as request:
        with pytest.raises(TryLater):
            await TelegramMessenger(request).send(7, Rendered("hello"))
