"""The transport: what the library sends passes the pace, and faults say whether it was sent."""

import json
import logging
import time
from typing import Any

import pytest
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, InputFile, InputMediaPhoto
from telegram.error import BadRequest, ChatMigrated, Forbidden, NetworkError, RetryAfter, TimedOut
from telegram.request import RequestData
from telegram.request._requestparameter import RequestParameter

from benchmarks.crooked import (
    ANSWER,
    Behaviour,
    Crooked,
    Line,
    answers,
    hangs,
    resets_after_the_request,
)
from bot.delivery.pace import Halted, Pace
from bot.delivery.transport import ClubRequest, ConnectionLost, NoAnswer, NotSent
from tests.delivery.wire import TOKEN, Wire, flood, gateway, hang, refuse, reset

TOO_HASTY = (
    b"HTTP/1.1 429 Too Many Requests\r\nContent-Length: 51\r\n\r\n"
    b'{"ok": false, "parameters": {"retry_after": 1}}    '
)


def bot_over(request: ClubRequest, wire: Wire) -> Bot:
    return Bot(TOKEN, base_url=wire.api_url.removesuffix(TOKEN), request=request)


async def test_the_library_sends_through_it(wire: Wire, request_to_wire: ClubRequest) -> None:
    keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("بله", callback_data="yes")]])
    message = await bot_over(request_to_wire, wire).send_message(
        7, "سلام & hi", reply_markup=keyboard
    )
    assert (message.message_id, message.text) == (1, "سلام & hi")
    (sent,) = wire.arrived
    assert (sent.method, sent.chat_id) == ("sendMessage", 7)
    assert "callback_data" in sent.params["reply_markup"]


async def test_files_travel_as_multipart(wire: Wire, request_to_wire: ClubRequest) -> None:
    await bot_over(request_to_wire, wire).send_document(
        7, b"%PDF", filename="a.pdf", caption="پی‌دی‌اف"
    )
    (sent,) = wire.arrived
    assert sent.params["caption"] == "پی‌دی‌اف"
    assert "a.pdf" in sent.params["document"]


@pytest.mark.parametrize(
    ("trick", "fault"),
    [
        (flood(60), RetryAfter),
        (refuse(403, "Forbidden: bot was blocked by the user"), Forbidden),
        (refuse(400, "Bad Request: message is not modified"), BadRequest),
        (
            refuse(400, "Bad Request: group chat was upgraded", migrate_to_chat_id=-100),
            ChatMigrated,
        ),
        (gateway, NetworkError),
        (reset, ConnectionLost),
        (hang, NoAnswer),
        (hang, TimedOut),
    ],
)
async def test_refusals_reach_the_library_as_its_own(
    wire: Wire, request_to_wire: ClubRequest, trick: Any, fault: type[Exception]
) -> None:
    wire.play(7, trick)
    with pytest.raises(fault):
        await bot_over(request_to_wire, wire).send_message(7, "hello")


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:9/bot", "http://no-such-host.invalid/bot", "http:///bot"]
)
async def test_what_never_left_says_so_without_the_token(
    address: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with ClubRequest(address + TOKEN) as request:
        with pytest.raises(NotSent) as fault:
            await request.call("sendMessage", {"chat_id": 1, "text": "hello"})
    assert TOKEN not in f"{fault.value!r} {fault.value.__cause__!r} {caplog.text}"


async def test_an_unreachable_proxy_means_not_sent(wire: Wire) -> None:
    async with ClubRequest(wire.api_url, proxy="http://127.0.0.1:9") as request:
        with pytest.raises(NotSent):
            await request.call("sendMessage", {"chat_id": 1, "text": "hello"})
    assert wire.arrived == []


async def test_after_the_end_nothing_is_sent(wire: Wire) -> None:
    request = ClubRequest(wire.api_url)
    await request.initialize()
    await request.initialize()
    await request.shutdown()
    await request.shutdown()
    with pytest.raises(NotSent):
        await request.call("getMe", {})
    with pytest.raises(NotSent):
        await request.send("getMe", b"{}")


async def test_messages_are_charged_and_other_methods_are_not(
    wire: Wire, request_to_wire: ClubRequest, pace: Pace
) -> None:
    bot = bot_over(request_to_wire, wire)
    await bot.send_chat_action(-5, "typing")
    assert pace.letter_wait_s(-5) == 0
    await bot.send_message(-5, "hello")
    assert pace.letter_wait_s(-5) == 1
    await request_to_wire.call("sendMessage", {"chat_id": -6, "text": "the engine has asked"})
    assert pace.letter_wait_s(-6) == 0


async def test_an_album_is_charged_by_its_pictures(
    wire: Wire, request_to_wire: ClubRequest, pace: Pace
) -> None:
    wire.play(5, refuse(400, "Bad Request: the wire knows no albums"))
    pictures = [InputMediaPhoto(f"file{n}") for n in range(6)]
    with pytest.raises(BadRequest):
        await bot_over(request_to_wire, wire).send_media_group(5, pictures)
    assert pace.letter_wait_s(5) == 2  # Six pictures: a burst of five, and one more.


async def test_a_429_halts_everything(wire: Wire, request_to_wire: ClubRequest, pace: Pace) -> None:
    bot = bot_over(request_to_wire, wire)
    wire.play(7, flood(60))
    with pytest.raises(RetryAfter):
        await bot.send_message(7, "hello")
    assert pace.halted_s() == 60
    with pytest.raises(Halted):
        await pace.letter(8)
    with pytest.raises(RetryAfter):
        await bot.send_message(8, "hello")
    assert len(wire.arrived) == 1


async def test_a_short_halt_is_waited_out(wire: Wire) -> None:
    pace = Pace(time.monotonic)
    pace.halt(0.2)
    began = time.monotonic()
    async with ClubRequest(wire.api_url, pace=pace) as request:
        await bot_over(request, wire).send_message(7, "hello")
    assert time.monotonic() - began >= 0.2
    assert len(wire.arrived) == 1


async def test_an_answer_refused_for_haste_is_sent_where_it_stands(wire: Wire) -> None:
    async with ClubRequest(wire.api_url, pace=Pace(time.monotonic)) as request:
        wire.play(7, flood(1))
        began = time.monotonic()
        sent = await bot_over(request, wire).send_message(7, "hello")
    assert sent.text == "hello"
    assert time.monotonic() - began >= 1
    assert len(wire.arrived) == 2, "once refused, once taken"


async def test_a_429_to_the_engine_halts_too(
    wire: Wire, request_to_wire: ClubRequest, pace: Pace
) -> None:
    wire.play(7, flood(12))
    status, answer = await request_to_wire.call("sendMessage", {"chat_id": 7, "text": "hello"})
    assert (status, answer["parameters"]) == (429, {"retry_after": 12})
    assert pace.halted_s() == 12


async def test_bytes_go_and_come_as_they_are() -> None:
    async with Crooked(answers).open() as messenger, ClubRequest(messenger.address) as request:
        for number in range(3):
            body = b'{"chat_id": %d, "text": "\xd8\xb3"}' % number
            assert await request.send("sendMessage", body) == (200, ANSWER)
            assert messenger.arrived[number] == body
        assert messenger.connections == 1
        head = messenger.heads[0].lower()
        assert head.startswith(b"post /sendmessage http/1.1\r\n")
        assert b"content-type: application/json\r\n" in head


@pytest.mark.parametrize(
    ("behaviour", "fault"), [(hangs, NoAnswer), (resets_after_the_request, ConnectionLost)]
)
async def test_bytes_that_get_no_answer_are_in_doubt(
    behaviour: Behaviour, fault: type[Exception]
) -> None:
    async with (
        Crooked(behaviour).open() as messenger,
        ClubRequest(messenger.address, read_timeout_s=1) as request,
    ):
        for _ in range(2):
            with pytest.raises(fault):
                await request.send("sendMessage", b"{}")
        assert len(messenger.arrived) == 2


async def test_a_429_to_bytes_halts_too(
    wire: Wire, request_to_wire: ClubRequest, pace: Pace
) -> None:
    wire.play(7, flood(12))
    body = b'{"chat_id": 7, "text": "hello"}'
    status, payload = await request_to_wire.send("sendMessage", body)
    assert (status, json.loads(payload)["parameters"]) == (429, {"retry_after": 12})
    assert pace.halted_s() == 12


async def test_files_refused_for_haste_are_sent_again_whole() -> None:
    async def refuses_once(line: Line) -> None:
        await line.request()
        line.say(TOO_HASTY)
        await answers(line)

    document = InputFile(b"%PDF", filename="a.pdf")
    async with Crooked(refuses_once).open() as messenger:
        pace = Pace(time.monotonic)
        async with ClubRequest(messenger.address, pace=pace) as request:
            data = RequestData([RequestParameter("document", "attach://1", [document])])
            address = f"{messenger.address}/sendDocument"
            assert await request.do_request(address, "POST", data) == (200, ANSWER)
        assert [b"%PDF" in body for body in messenger.arrived] == [True, True]
