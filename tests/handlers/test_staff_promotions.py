"""Writing a promotion in the staff group: the card, the questions, refusals, what is sent."""

from typing import Any

import pytest
from sqlalchemy import select

from bot.cards import Cards
from storage.db import Database
from storage.tables.campaigns import CAMPAIGNS
from storage.tables.outbox import OUTBOX
from tests.handlers.counter import CYRUS, MINA, Counter, said_by
from tests.handlers.people import STAFF_CHAT, Club, Person
from tests.handlers.telegram import BOT, Shown

ALI = Person(21, "Ali", language_code="en")
ZOE = Person(22, "Zoe", language_code="en")
PHOTO = {"photo": [{"file_id": "small", "file_unique_id": "s", "width": 1, "height": 1}]}


@pytest.fixture
async def counter(club: Club) -> Counter:
    counter = Counter(club)
    await counter.open()
    await counter.member(ALI, "+989121234561")
    await counter.member(ZOE, "+989121234562")
    for person, genre in ((ALI, "fantasy"), (ZOE, "crime")):
        await club.services.profile.like_genre(person.id, genre, liked=True)
    return counter


async def answer(counter: Counter, message: dict[str, Any]) -> Shown:
    """Reply to the bot's last message with something of any kind; what it says last."""
    reply = {"reply_to_message": said_by(BOT, counter.last.id)}
    await counter.club.send(MINA, message | reply, chat_id=STAFF_CHAT)
    return counter.last


async def test_a_cashier_writes_to_nobody(counter: Counter) -> None:
    assert "takes a manager" in await counter.type(CYRUS, "/promo")
    await counter.type(MINA, "/promo")
    for label in ("Tier…", "✏️ Persian text", "✖️ Cancel"):
        assert "takes a manager" in await counter.press(CYRUS, label), label


async def test_the_card_counts_at_every_tap(counter: Counter) -> None:
    assert "2 people who agreed" in await counter.type(MINA, "/promo")
    assert "such as Ali, Zoe" in counter.last.plain
    await counter.press(MINA, "Any of the genres or tags…")
    assert "1 person" in await counter.press(MINA, "Crime")
    assert "Zoe" in await counter.press(MINA, "Back")
    await counter.press(MINA, "None of the genres or tags…")
    assert "They have none of these tags: Crime" in await counter.press(MINA, "Crime")
    await counter.press(MINA, "Back")
    await counter.press(MINA, "Bought lately…")
    assert "Nobody found" in await counter.press(MINA, "Bought within 30 days")
    assert "Ali" in await counter.press(MINA, "✅ Bought within 30 days")


async def test_the_second_tap_sends_what_was_shown(counter: Counter, db: Database) -> None:
    await counter.type(MINA, "/promo fantasy")
    await counter.reply(MINA, "New books")
    assert "reaches 1 person" in counter.last.plain
    await counter.press(MINA, "👁 Preview")
    card, old = counter.last, counter.last.buttons["📣 Send to 1"]
    await counter.press(MINA, "✏️ English text")
    await counter.reply(MINA, "Newer books")
    await counter.press(MINA, "👁 Preview")
    stale = await counter.club.press_again(MINA, card.id, old, chat_id=STAFF_CHAT)
    assert "works no longer" in stale + counter.last.plain
    await counter.press(MINA, "📣 Send to 1")
    assert "در صف: ۱ پیام" in counter.last.plain
    await counter.club.press_again(MINA, counter.last.id, old, chat_id=STAFF_CHAT)
    async with db.read() as tx:
        letters = (await tx.execute(select(OUTBOX.c.message))).scalars().all()
    assert letters == ["letters/promotion"]


async def test_an_answer_that_is_taken_twice_is_one_version(counter: Counter, db: Database) -> None:
    for _ in range(2):
        await counter.type(MINA, "/promo fantasy")
    drafts = counter.club.services.drafts
    shown = await drafts.write(1, "New books")
    assert (await drafts.write(1, "New books")).version == shown.version
    assert (await drafts.write(1, "Newer books")).version == shown.version + 1


async def test_picture_and_button_are_shown_as_members_see_them(counter: Counter) -> None:
    await counter.type(MINA, "/promo")
    await counter.press(MINA, "🖼 Picture")
    assert "send a picture" in (await answer(counter, {"text": "no"})).plain
    await answer(counter, PHOTO)
    await counter.press(MINA, "🔗 Button")
    assert "makes no button" in await counter.reply(MINA, "no address")
    await counter.reply(MINA, "See them https://example.com")
    await counter.press(MINA, "✏️ English text")
    assert "At most 970 characters" in await counter.reply(MINA, "x" * 971)
    await counter.reply(MINA, "x" * 970)
    await counter.press(MINA, "👁 Preview")
    preview = counter.club.telegram.in_chat(STAFF_CHAT)[-2]
    assert (preview.kind, preview.text) == ("sendPhoto", "x" * 970)
    assert next(row[0]["text"] for row in preview.markup["inline_keyboard"]) == "See them"
    assert await counter.press(MINA, "🔕 No more offers")  # A preview's: it only says so.
    await counter.press(MINA, "🗑 No picture")
    await counter.press(MINA, "✏️ English text")
    assert "Nothing has been sent yet" in await counter.reply(MINA, "y" * 3500)
    await counter.press(MINA, "🖼 Picture")
    assert "At most 970" in (await answer(counter, PHOTO)).plain


async def test_a_text_in_one_language_warns(counter: Counter) -> None:
    await counter.type(MINA, "/promo")
    await counter.press(MINA, "✏️ English text")
    assert "⚠️ There is no text in the language of 2 people" in await counter.reply(MINA, "Hi")
    await counter.press(MINA, "✏️ Persian text")
    assert "⚠️" not in await counter.reply(MINA, "سلام")


async def test_a_scheduled_promotion_starts_once_and_can_be_cancelled_before(
    counter: Counter, db: Database
) -> None:
    ticks = counter.club.services.ticks
    await ticks.run_due()
    for cancelled in (True, False):
        await counter.type(MINA, "/promo fantasy")
        await counter.reply(MINA, "New books")
        await counter.press(MINA, "🕒 When")
        assert "will not do" in await counter.reply(MINA, "yesterday")
        await counter.reply(MINA, "18:30")
        assert "Starts: 4 Oct 2025, 18:30" in counter.last.plain
        await counter.press(MINA, "👁 Preview")
        await counter.press(MINA, "🕒 Schedule for 1")
        assert "زمان‌بندی شد" in counter.last.plain, "in the language of the group"
        if cancelled:
            assert "چیزی فرستاده نشد" in await counter.press(MINA, "✖️ انصراف")
    counter.club.wait(hours=5, minutes=59)
    await ticks.run_due()
    assert await letters(db) == 0
    assert (await ticks.next_at()).hour == 15
    counter.club.wait(minutes=1)
    await ticks.run_due()
    await ticks.run_due()
    assert await letters(db) == 1


async def letters(db: Database) -> int:
    async with db.read() as tx:
        return len((await tx.execute(select(OUTBOX.c.id))).all())


async def test_the_card_follows_until_the_end_and_no_further(
    counter: Counter, db: Database
) -> None:
    club = counter.club
    cards = Cards(club.application, club.application.bot_data["house"])
    await counter.type(MINA, "/promo")
    await counter.press(MINA, "✏️ English text")
    await counter.reply(MINA, "New books")
    await counter.press(MINA, "👁 Preview")
    await counter.press(MINA, "📣 Send to 2")
    await cards.look()
    edits = len(club.telegram.sent("editMessageText"))
    await cards.look()
    assert len(club.telegram.sent("editMessageText")) == edits, "nothing has changed"
    async with db.write() as tx:
        await tx.execute(OUTBOX.update().values(state="sent"))
        await tx.execute(CAMPAIGNS.update().values(state="done", sent=2))
    await cards.look()
    assert "رسید: ۲ پیام" in counter.last.plain, "in the language of the group"
    async with db.read() as tx:
        assert (await tx.execute(select(CAMPAIGNS.c.card_id))).scalar_one() is None


async def test_a_deleted_card_is_left_alone(counter: Counter, db: Database) -> None:
    club = counter.club
    await counter.type(MINA, "/promo fantasy")
    await counter.reply(MINA, "New books")
    await counter.press(MINA, "👁 Preview")
    await counter.press(MINA, "📣 Send to 1")
    del club.telegram.messages[counter.last.id]
    await Cards(club.application, club.application.bot_data["house"]).look()
    async with db.read() as tx:
        assert (await tx.execute(select(CAMPAIGNS.c.card_id))).scalar_one() is None


async def test_a_group_that_moved_gets_a_new_card_once(counter: Counter, db: Database) -> None:
    club = counter.club
    await counter.type(MINA, "/promo fantasy")
    await counter.reply(MINA, "New books")
    await counter.press(MINA, "👁 Preview")
    await counter.press(MINA, "📣 Send to 1")
    moved_to = STAFF_CHAT - 1
    await club.services.staff.migrated(STAFF_CHAT, moved_to)
    cards = Cards(club.application, club.application.bot_data["house"])
    for _ in range(2):
        await cards.look()
    (card,) = club.telegram.in_chat(moved_to)
    async with db.read() as tx:
        assert (await tx.execute(select(CAMPAIGNS.c.card_id))).scalar_one() == card.id


async def test_tags_are_given_and_taken(counter: Counter) -> None:
    number = await counter.member()
    assert "takes a manager" in await counter.type(CYRUS, f"/tag {number} vip")
    assert "has the tag “vip”" in await counter.type(MINA, f"/tag {number} #VIP")
    assert "All tags: Crime, vip" in await counter.type(MINA, f"/tag {number} جنایی")
    assert "vip" in await counter.type(MINA, f"/member {number}")
    assert "does not have the tag “vip”" in await counter.type(MINA, f"/untag {number} VIP")
    assert "All tags: Crime" in counter.last.plain


async def test_a_genre_that_was_bought_is_a_tag_until_the_purchase_is_undone(
    counter: Counter,
) -> None:
    number = await counter.member()
    await counter.type(MINA, f"/purchase {number} 100000 poetry #R-1")
    assert "Poetry" in await counter.type(MINA, f"/member {number}")
    await counter.press(MINA, "↩️ Undo")
    assert "Poetry" not in await counter.type(MINA, f"/member {number}")
