"""Purchases at the counter, through the real handlers on both databases."""

import asyncio

import pytest

from club.staff import Role
from storage.db import Database
from storage.tables.outbox import OUTBOX
from storage.tables.staff import AUDIT_LOG
from tests.handlers.counter import CYRUS, MINA, PHONE, ROYA, SARA, Counter, said_by
from tests.handlers.people import STAFF_CHAT, Club, Person
from tests.handlers.telegram import BOT

DARA = Person(100, "Dara", language_code="en")


@pytest.fixture
async def counter(club: Club) -> Counter:
    opened = Counter(club)
    await opened.open()
    return opened


async def letters(db: Database) -> list[str]:
    async with db.read() as tx:
        rows = await tx.execute(OUTBOX.select().order_by(OUTBOX.c.id))
        return [row.message for row in rows]


async def actions(db: Database) -> list[tuple[int, str]]:
    async with db.read() as tx:
        rows = await tx.execute(AUDIT_LOG.select().order_by(AUDIT_LOG.c.id))
        return [(row.by, row.action) for row in rows if row.action not in ("staff_add", "look")]


@pytest.mark.parametrize(
    "typed",
    [
        "{number} 250000",
        "{number} ۲۵۰ هزار تومان فانتزی، کنکور",
        "0912 123 4567 250,000 exam prep, fantasy",
    ],
)
async def test_a_purchase_is_recorded_and_says_why(
    counter: Counter, db: Database, typed: str
) -> None:
    number = await counter.member()
    said = await counter.type(CYRUS, "/purchase " + typed.format(number=number))
    assert said.startswith("✅ Purchase recorded: 25 points")
    assert f"Sara {number}" in said
    assert "250,000 toman" in said
    assert "for every 100,000 toman, 10 points" in said
    assert "↩️ Undo" in counter.last.buttons
    assert await counter.balance(number) == 25
    assert await letters(db) == ["letters/receipt"]
    assert await actions(db) == [(CYRUS.id, "purchase")]


async def test_the_same_receipt_counts_once(counter: Counter, db: Database) -> None:
    number = await counter.member()
    await counter.type(CYRUS, f"/purchase {number} 250000 #R-1")
    said = await counter.type(MINA, f"/purchase {number} ۲۵۰٬۰۰۰ #R-1")
    assert said.startswith("🧾 This receipt was recorded before")
    said = await counter.type(MINA, f"/purchase {number} 300000 #R-1")
    assert "recorded before, with other facts" in said
    assert f"250,000 toman for member {number}" in said
    assert await counter.balance(number) == 25
    assert await letters(db) == ["letters/receipt"]


async def test_eight_cashiers_with_one_receipt_record_it_once(counter: Counter) -> None:
    number = await counter.member()
    typed = f"/purchase {number} 250000 #R-8"
    people = [Person(200 + place, "C") for place in range(8)]
    staff = counter.club.services.staff
    for person in people:
        await staff.add(person.id, person.first_name, Role.CASHIER, by=ROYA.id)
    await asyncio.gather(*(counter.type(person, typed) for person in people))
    said = [shown.plain for shown in counter.club.telegram.in_chat(STAFF_CHAT)]
    assert sum(text.startswith("✅") for text in said) == 1
    assert sum(text.startswith("🧾") for text in said) == 7
    assert await counter.balance(number) == 25


async def test_the_same_update_again_records_nothing(counter: Counter) -> None:
    number = await counter.member()
    update = {
        "message": {
            **said_by(CYRUS.as_json()),
            "text": f"/purchase {number} 250000",
            "entities": [{"type": "bot_command", "offset": 0, "length": 9}],
        }
    }
    for _ in range(2):
        await counter.club.receive(update, update_id=500_000)
        assert counter.last.plain.startswith("✅ Purchase recorded: 25 points")
    assert await counter.balance(number) == 25


async def test_the_same_again_asks_first(counter: Counter) -> None:
    number = await counter.member()
    await counter.type(CYRUS, f"/purchase {number} 250000")
    said = await counter.type(CYRUS, f"/purchase {number} 250000")
    assert said.startswith("✋ The same purchase again?")
    # Staff too, but not the one who was asked.
    assert "works no longer" in await counter.press(MINA, "Yes, record it again")
    said = await counter.press(CYRUS, "Yes, record it again")
    assert said.startswith("✅ Purchase recorded: 25 points")
    assert await counter.balance(number) == 50
    counter.club.wait(minutes=3)
    said = await counter.type(CYRUS, f"/purchase {number} 250000")
    assert said.startswith("✅")


async def test_a_repeat_that_was_dropped_stays_dropped(counter: Counter) -> None:
    number = await counter.member()
    await counter.type(CYRUS, f"/purchase {number} 250000")
    await counter.type(CYRUS, f"/purchase {number} 250000")
    card = counter.last
    again, drop = card.buttons["Yes, record it again"], card.buttons["✖️ Cancel"]
    await counter.press(CYRUS, "✖️ Cancel")
    assert card.plain.startswith("Not recorded.")
    said = await counter.club.press_again(CYRUS, card.id, again, chat_id=STAFF_CHAT)
    assert "works no longer" in said
    assert await counter.balance(number) == 25
    await counter.type(CYRUS, f"/purchase {number} 250000")
    card = counter.last
    await counter.press(CYRUS, "Yes, record it again")
    await counter.club.press_again(
        CYRUS, card.id, card.buttons.get("✖️ Cancel", drop), chat_id=STAFF_CHAT
    )
    assert await counter.balance(number) == 50


async def test_a_cancel_that_comes_too_late_shows_what_was_recorded(counter: Counter) -> None:
    number = await counter.member()
    await counter.type(CYRUS, f"/purchase {number} 250000")
    await counter.type(CYRUS, f"/purchase {number} 250000")
    card = counter.last
    drop = card.buttons["✖️ Cancel"]
    await counter.press(CYRUS, "Yes, record it again")
    await counter.club.press_again(CYRUS, card.id, drop, chat_id=STAFF_CHAT)
    assert card.plain.startswith("✅ Purchase recorded")
    assert await counter.balance(number) == 50


async def test_undo_moves_everything_back_and_tells_the_member(
    counter: Counter, db: Database
) -> None:
    number = await counter.member()
    await counter.type(CYRUS, f"/purchase {number} 5,100,000 شعر #R-1")
    assert "This purchase reached the tier Silver." in counter.last.plain
    undo = counter.last.buttons["↩️ Undo"]
    said = await counter.press(CYRUS, "↩️ Undo")
    assert said.startswith("↩️ The purchase was undone.")
    assert "Points taken back: 510 points" in said
    assert "Tier: Member" in said
    await counter.club.press_again(CYRUS, counter.last.id, undo, chat_id=STAFF_CHAT)
    assert "Points taken back: 510 points" in counter.last.plain
    assert await counter.balance(number) == 0
    assert await letters(db) == [
        *("letters/tier_reached", "letters/receipt", "letters/tier_fell"),
        "letters/purchase_undone",
    ]
    assert await actions(db) == [(CYRUS.id, "purchase"), (CYRUS.id, "undo")]
    said = await counter.type(CYRUS, f"/purchase {number} 100000 #R-1")
    assert said.startswith("✅")  # The receipt is free again.


async def test_a_cashier_undoes_only_their_own_and_only_for_ten_minutes(counter: Counter) -> None:
    number = await counter.member()
    await counter.type(MINA, f"/purchase {number} 100000")
    assert "You cannot undo this purchase." in await counter.press(CYRUS, "↩️ Undo")
    await counter.type(CYRUS, f"/purchase {number} 200000")
    counter.club.wait(minutes=10, seconds=1)
    assert "for 10 minutes" in await counter.press(CYRUS, "↩️ Undo")
    assert (await counter.press(MINA, "↩️ Undo")).startswith("↩️ The purchase was undone.")
    assert await counter.balance(number) == 10


async def test_alone_it_asks_step_by_step_and_a_wrong_answer_loses_nothing(
    counter: Counter,
) -> None:
    number = await counter.member()
    assert "Whose purchase" in await counter.type(CYRUS, "/purchase")
    assert counter.last.markup == {"force_reply": True, "selective": True}
    assert "A digit may be missing" in await counter.reply(CYRUS, "100017")
    assert counter.last.markup == {"force_reply": True, "selective": True}
    assert "What is the amount of Sara" in await counter.reply(CYRUS, number)
    assert "“much” is not an amount" in await counter.reply(CYRUS, "much")
    assert "I do not know the genre “x”" in await counter.reply(CYRUS, "250000 x")
    said = await counter.reply(CYRUS, "۲۵۰ هزار شعر #۷")
    assert said.startswith("✅ Purchase recorded: 25 points")
    assert "Receipt: 7" in said
    assert "no open question" in await counter.reply(CYRUS, "250000")
    assert await counter.balance(number) == 25


async def test_several_people_are_asked_at_once(counter: Counter) -> None:
    sara, dara = await counter.member(), await counter.member(DARA, "+989121234568")
    await counter.type(CYRUS, "/purchase")
    await counter.type(MINA, "/purchase")
    await counter.reply(CYRUS, sara)
    await counter.reply(MINA, "0912 123 4568")
    await counter.reply(MINA, "200000")
    await counter.reply(CYRUS, "100000")
    assert (await counter.balance(sara), await counter.balance(dara)) == (10, 20)


async def test_one_answer_may_tell_all(counter: Counter) -> None:
    number = await counter.member()
    await counter.type(CYRUS, "/purchase")
    assert (await counter.reply(CYRUS, f"{PHONE} 100000")).startswith("✅")
    assert await counter.balance(number) == 10


async def test_the_answer_that_told_the_member_never_becomes_an_amount(counter: Counter) -> None:
    number = await counter.member()
    await counter.type(CYRUS, "/purchase")
    answer = {
        "message": {
            **said_by(CYRUS.as_json()),
            "text": number,
            "reply_to_message": said_by(BOT, counter.last.id),
        }
    }
    for _ in range(2):
        await counter.club.receive(answer, update_id=600_000)
        assert "What is the amount" in counter.last.plain
    assert await counter.balance(number) == 0


async def test_cancel_ends_the_questions(counter: Counter) -> None:
    number = await counter.member()
    await counter.type(CYRUS, "/purchase")
    await counter.type(CYRUS, "/cancel")
    assert "no open question" in await counter.reply(CYRUS, f"{number} 100000")
    assert await counter.balance(number) == 0


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("{number}", "Write it like this:\n\nRecord a purchase"),
        ("{number} much", "“much” is not an amount"),
        ("{number} 0", "“0” is not an amount"),
        ("{number} 250000 ریال", "“250000 ریال” is not an amount"),
        ("{number} 250000 cooking", "I do not know the genre “cooking”"),
        ("{number} 250000 #a #b", "I cannot read the receipt number “#a #b”"),
        ("100008 250000", "A digit may be missing"),
        ("999999999998 250000", "is not a phone number"),
        ("109991 250000", "No member was found by “109991”"),
        ("0912 250000", "No member was found by “0912”"),
        ("09350000000 250000", "No member was found by “09350000000”"),
        ("<b>x 250000", "“<b>x” is not a member number"),
    ],
)
async def test_a_wrong_call_says_how_it_is_done_right(
    counter: Counter, db: Database, typed: str, said: str
) -> None:
    number = await counter.member()
    assert said in await counter.type(CYRUS, "/purchase " + typed.format(number=number))
    assert await letters(db) == []
    assert await actions(db) == []


async def test_a_persian_colleague_is_answered_in_persian(counter: Counter) -> None:
    number = await counter.member()
    await counter.type(ROYA, f"/purchase {number} 100000")
    zari = Person(90, "زری")
    await counter.type(ROYA, "/staff cashier", reply_to_message=said_by(zari.as_json()))
    said = await counter.type(zari, f"/purchase {number} ۱۵۰ هزار")
    assert said.startswith("✅ خرید ثبت شد: ۱۵ امتیاز")


async def test_members_are_not_staff(counter: Counter) -> None:
    number = await counter.member()
    said = await counter.type(SARA, f"/purchase {number} 9000000")
    assert said.startswith("شما در این گروه نقشی ندارید.")
    assert await counter.balance(number) == 0
