"""The owner moves the club's clock, by words and by buttons; nobody else does."""

import pytest

from tests.handlers.counter import CYRUS, MINA, ROYA, Counter
from tests.handlers.people import STAFF_CHAT, Club


@pytest.fixture
async def counter(club: Club) -> Counter:
    opened = Counter(club)
    await opened.open()
    return opened


async def test_the_owner_sees_the_clock_and_moves_it_once_a_card(
    counter: Counter, club: Club
) -> None:
    said = await counter.type(ROYA, "/clock")
    assert "The club’s clock:" in said
    card = club.telegram.in_chat(STAFF_CHAT)[-1]
    data = card.buttons["⏩ 30 days"]
    await club.press(ROYA, "⏩ 30 days", chat_id=STAFF_CHAT)
    shown = await club.services.travel.show()
    assert shown.until is not None
    assert (shown.until - club.now).days == 30
    moved = club.telegram.in_chat(STAFF_CHAT)[-1]
    assert "moves ahead to" in moved.plain
    assert not moved.buttons, "a card is good for one journey"
    await club.press_again(ROYA, card.id, data, chat_id=STAFF_CHAT)
    assert await club.services.travel.show() == shown


async def test_a_second_journey_waits_for_the_first(counter: Counter) -> None:
    assert "moves ahead to" in await counter.type(ROYA, "/clock ۲ هفته")
    assert "on its way to" in await counter.type(ROYA, "/clock +1d")


@pytest.mark.parametrize("typed", ["-3d", "soon", "+9999d"])
async def test_a_wrong_span_is_answered_with_how_it_is_done(counter: Counter, typed: str) -> None:
    said = await counter.type(ROYA, f"/clock {typed}")
    assert "is not a stretch of time ahead" in said
    assert "/clock +30d" in said


async def test_managers_and_cashiers_do_not_move_time(counter: Counter, club: Club) -> None:
    for who in (MINA, CYRUS):
        assert "It takes an owner." in await counter.type(who, "/clock +30d")
    assert (await club.services.travel.show()).until is None
