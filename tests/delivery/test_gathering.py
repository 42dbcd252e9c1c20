"""Letters to a group: one process sends them, and what a minute has no room for comes together."""

import logging
from typing import Any

import orjson
import pytest

from bot.delivery.gathering import MOST_UNITS, SEPARATOR, gathered
from bot.delivery.pace import Pace
from bot.delivery.rendered import Rendered
from club.letters import Letter
from storage.db import Database
from templates.render import plain
from tests.delivery.people import GROUP, put, rows
from tests.delivery.running import all_ended, open_post, until
from tests.delivery.wire import Wire, refuse, reset

BUTTON = {"text": "x", "callback_data": "a:b:1:s"}


def to_group(number: int, **values: Any) -> Letter:
    return Letter(key=f"g{number:02}", message="staff/notice", chat_id=GROUP, **values)


def crowd(pace: Pace) -> None:
    """The group has had a burst and more of answers: for some seconds there is no room."""
    for _ in range(7):
        pace._chats.of(GROUP, pace._clock()).reserve_live(pace._clock(), 1)


async def test_what_a_group_has_no_room_for_comes_as_one(db: Database, wire: Wire) -> None:
    async with open_post(db, wire) as post:
        crowd(post.pace)
        await put(db, *(to_group(number) for number in range(5)))
        post.engine.wake()
        letters = await all_ended(db)
    (sent,) = wire.arrived
    assert sent.params["text"] == SEPARATOR.join(f"g{number:02}" for number in range(5))
    assert {line["state"] for line in letters.values()} == {"sent"}
    assert {line["message_id"] for line in letters.values()} == {1}


async def test_what_may_have_arrived_together_is_repeated_together(
    db: Database, wire: Wire
) -> None:
    wire.play(GROUP, reset)
    async with open_post(db, wire) as post:
        crowd(post.pace)
        await put(db, *(to_group(number) for number in range(3)))
        post.engine.wake()
        await until(lambda: len(wire.arrived) == 1)
        letters = await all_ended(db)
    assert {line["flagged"] for line in letters.values()} == {1}
    said = SEPARATOR.join(sent.params["text"] for sent in wire.arrived[1:])
    assert [said.count(f"again: g0{number}") for number in range(3)] == [1, 1, 1]


async def test_one_that_is_refused_does_not_take_the_others_along(db: Database, wire: Wire) -> None:
    refused = refuse(400, "Bad Request: can't parse entities")
    wire.play(GROUP, refused, refused)  # All of them together, then the first alone.
    async with open_post(db, wire) as post:
        crowd(post.pace)
        await put(db, *(to_group(number) for number in range(3)))
        post.engine.wake()
        letters = await all_ended(db)
    assert [letters[f"g0{number}"]["state"] for number in range(3)] == ["failed", "sent", "sent"]


async def test_letters_to_groups_are_left_to_who_leads(db: Database, wire: Wire) -> None:
    await put(db, to_group(1))
    async with open_post(db, wire, leads=False) as post:
        await until(lambda: not post.engine._more)
        post.engine.wake()
    assert not wire.arrived
    assert (await rows(db))[0]["state"] == "pending"
    async with open_post(db, wire, owner="second"):
        await all_ended(db)


async def test_a_group_that_is_lost_is_told(
    db: Database, wire: Wire, caplog: pytest.LogCaptureFixture
) -> None:
    wire.play(GROUP, refuse(403, "Forbidden: bot was kicked from the group chat"))
    await put(db, to_group(1))
    async with open_post(db, wire):
        letters = await all_ended(db)
    assert letters["g01"]["state"] == "failed"
    assert "bot was kicked" in letters["g01"]["fault"]
    (told,) = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert "Let the bot into the group again" in told.message


@pytest.mark.parametrize(
    ("parts", "together"),
    [
        ([Rendered("a"), Rendered("b"), Rendered("c")], 3),
        ([Rendered("a", None, "AgAC"), Rendered("b")], 1),
        ([Rendered("a"), Rendered("b", None, "AgAC"), Rendered("c")], 1),
        ([Rendered("x" * 4000), Rendered("y" * 96), Rendered("z")], 1),
        ([Rendered("<b>&amp;</b>" * 50), Rendered("<b>&lt;</b>" * 50), Rendered("<i>z</i>")], 2),
        ([Rendered("😀" * 2000), Rendered("y" * 80)], 2),
        ([Rendered("😀" * 2000), Rendered("y" * 96)], 1),
        ([Rendered("a", {"inline_keyboard": [[BUTTON] * 8] * 12}), Rendered("b")], 2),
        (
            [
                Rendered("a", {"inline_keyboard": [[BUTTON] * 8] * 12}),
                Rendered("b", {"inline_keyboard": [[BUTTON] * 5]}),
            ],
            1,
        ),
    ],
)
def test_a_message_holds_so_much(parts: list[Rendered], together: int) -> None:
    words, number = gathered(parts)
    assert number == together
    assert words.text == SEPARATOR.join(part.text for part in parts[:number])
    assert len(plain(words.text).encode("utf-16-le")) // 2 <= MOST_UNITS


def test_buttons_come_one_after_the_other() -> None:
    rows_of = [[[{"text": name, "url": "https://a.ir"}]] for name in "ab"]
    parts = [Rendered("a", {"inline_keyboard": rows_of[0]}), Rendered("b"), Rendered("c")]
    parts[2] = Rendered("c", {"inline_keyboard": rows_of[1]})
    words, number = gathered(parts)
    assert number == 3
    assert words.keyboard == {"inline_keyboard": [*rows_of[0], *rows_of[1]]}
    assert orjson.dumps(words.keyboard)
