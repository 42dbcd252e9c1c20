"""A promotion is written in few messages: a card that moves along, and replies to it."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import select, update

from club.staff import Role
from storage.db import Database
from storage.tables.members import MEMBERS, PRIVATE
from storage.tables.outbox import OUTBOX
from tests.handlers.counter import CYRUS, MINA, ROYA, Counter, said_by
from tests.handlers.people import BOOKSHOP, OWNER, STAFF_CHAT, Person, open_club
from tests.handlers.telegram import BOT, Shown

READERS = (Person(20, "P0"), Person(21, "P1"))
MINA_IN_PERSIAN = Person(MINA.id, "Mina", language_code="fa")
MOST = 20  # So many messages a minute may come into a group.
PHOTO = {"photo": [{"file_id": "small", "file_unique_id": "s", "width": 1, "height": 1}]}
RULES = BOOKSHOP.promotions.model_copy(update={"approval": True, "quiet": None, "a_week": 1})
ONCE_A_WEEK = BOOKSHOP.model_copy(update={"promotions": RULES})


@pytest.fixture
async def counter(db: Database) -> AsyncIterator[Counter]:
    """A club in which two must agree, and members hear from it once a week."""
    async with open_club(db, ONCE_A_WEEK) as club:
        counter = Counter(club)
        await counter.open()
        for number, reader in enumerate(READERS):
            await counter.member(reader, f"+9891212345{number:02}")
        yield counter


def in_group(counter: Counter) -> list[Shown]:
    return counter.club.telegram.in_chat(STAFF_CHAT)


async def reply_to(counter: Counter, card: Shown, who: Person, message: dict[str, Any]) -> Shown:
    """Reply to that message of the bot's with anything; what it says last."""
    reply = {"reply_to_message": said_by(BOT, card.id)}
    await counter.club.send(who, message | reply, chat_id=STAFF_CHAT)
    return counter.last


async def test_a_whole_promotion_takes_few_messages(counter: Counter) -> None:
    await counter.type(MINA, "/promo")
    for label, answer in (
        ("✏️ Persian text", {"text": "کتاب‌های تازه"}),
        ("✏️ English text", {"text": "New books"}),
        ("🖼 Picture", PHOTO),
        ("🔗 Button", {"text": "See them https://example.com"}),
        ("👆 Press button", {"text": "Keep one"}),
        ("🕒 When", {"text": "tomorrow 18:30"}),
    ):
        await counter.press(MINA, label)
        await reply_to(counter, counter.last, MINA, answer)
    card = counter.last
    for words in ("Persian: “کتاب‌های تازه”", "English: “New books”", "With a picture", "See them"):
        assert words in card.plain
    assert "🕒 Schedule for 2" not in card.buttons, "what nobody has seen is not sent"
    await counter.press(MINA, "👁 Preview")
    await counter.press(MINA, "🕒 Schedule for 2")
    said = in_group(counter)
    assert [one.kind for one in said[-3:]] == ["sendPhoto", "sendPhoto", "sendMessage"]
    assert len(said) == 1 + 2 * 6 + 3 < MOST
    working = [one for one in said if "✖️ Cancel" in one.buttons or "✖️ انصراف" in one.buttons]
    assert working == [said[-1]], "only the last card has buttons"


async def test_a_reply_to_the_card_is_its_text_or_its_picture(counter: Counter) -> None:
    await counter.type(MINA, "/promo")
    for message in ({"text": "New books"}, {"text": "کتاب‌های تازه"}, PHOTO):
        card = counter.last
        await reply_to(counter, card, MINA, message)
        assert "goes on in another message" in card.plain
    shown = await counter.club.services.drafts.show(1)
    assert shown.texts == {"en": "New books", "fa": "کتاب‌های تازه"}
    assert shown.picture == "small"
    assert len(in_group(counter)) == 4
    refused = await reply_to(counter, counter.last, MINA, {"text": "x" * 971})
    assert "At most 970" in refused.plain
    await counter.reply(MINA, "x" * 970)
    assert "“xxx" in counter.last.plain


async def test_a_reply_to_the_card_answers_what_was_asked(counter: Counter) -> None:
    await counter.type(MINA, "/promo")
    await counter.reply(MINA, "New books")
    card = counter.last
    await counter.press(MINA, "🔗 Button")
    await reply_to(counter, card, MINA, {"text": "See them https://example.com"})
    shown = await counter.club.services.drafts.show(1)
    assert shown.texts == {"en": "New books"}, "the text stays"
    assert shown.link is not None
    await _nothing_is_asked(counter)


async def test_a_refused_reply_leaves_no_question_open(counter: Counter) -> None:
    await counter.type(MINA, "/promo")
    card = counter.last
    sticker = {"file_id": "s", "file_unique_id": "s", "type": "regular", "width": 1, "height": 1}
    sticker |= {"is_animated": False, "is_video": False}
    await reply_to(counter, card, MINA, {"sticker": sticker})
    assert await counter.club.services.dialogues.find(STAFF_CHAT, MINA.id) is not None
    await reply_to(counter, card, MINA, {"text": "New books"})
    assert "“New books”" in counter.last.plain
    await _nothing_is_asked(counter)


async def _nothing_is_asked(counter: Counter) -> None:
    assert await counter.club.services.dialogues.find(STAFF_CHAT, MINA.id) is None


async def test_the_second_of_two_replies_hears_where_the_card_went(counter: Counter) -> None:
    await counter.type(MINA, "/promo")
    card = counter.last
    await reply_to(counter, card, MINA, {"text": "New books"})
    newer = counter.last.id
    for message_id, words in ((newer - 1, "goes on in another"), (newer + 1, "no open question")):
        second = {"text": "And more", "message_id": message_id}
        assert words in (await reply_to(counter, card, MINA, second)).plain
    assert (await counter.club.services.drafts.show(1)).texts == {"en": "New books"}


async def test_nobody_is_named_who_has_no_name(counter: Counter, db: Database) -> None:
    async with db.write() as tx:
        await tx.execute(update(PRIVATE).values(name=None))
    assert "2 people who agreed to receive offers." in await counter.type(MINA, "/promo")
    assert "موافق‌اند." in await counter.type(MINA_IN_PERSIAN, "/promo")


async def test_the_card_quotes_its_text_as_it_is(counter: Counter) -> None:
    await counter.type(MINA_IN_PERSIAN, "/promo")
    await counter.reply(MINA_IN_PERSIAN, "تا 20% تخفیف")
    await counter.reply(MINA_IN_PERSIAN, "20% off")
    assert "«تا 20% تخفیف»" in counter.last.plain
    assert "20%" in await counter.type(MINA_IN_PERSIAN, "/campaigns")


async def test_one_that_starts_later_speaks_of_then(counter: Counter, db: Database) -> None:
    await counter.type(MINA, "/promo")
    await counter.reply(MINA, "New books")
    for label in ("👁 Preview", "📣 Send to 2"):
        await counter.press(MINA, label)
    await counter.press(ROYA, "✅ Approve and send")
    async with db.write() as tx:
        one = select(MEMBERS.c.id).where(MEMBERS.c.chat_user_id == READERS[0].id)
        had = {"state": "sent", "ended_at": counter.club.now}
        await tx.execute(update(OUTBOX).where(OUTBOX.c.member_id.in_(one)).values(had))
    await _next(counter)
    await counter.press(MINA, "🕒 When")
    await counter.reply(MINA, "tomorrow 18:30")
    assert "1 person of those meant will have had enough offers in their week" in counter.last.plain
    await counter.press(MINA, "👁 Preview")
    await counter.press(MINA, "🕒 Schedule for 1")
    await counter.press(ROYA, "✅ Approve and send")
    assert "هنگام آغاز به ۱ نفر می‌رسد" in counter.last.plain
    assert "تا آن زمان سهم هفتهٔ خود" in counter.last.plain


async def test_what_others_say_beneath_a_card_is_talk(counter: Counter) -> None:
    await counter.type(MINA, "/promo")
    await reply_to(counter, counter.last, MINA, {"text": "New books"})
    card = counter.last
    for who in (ROYA, CYRUS):
        assert "no open question" in (await reply_to(counter, card, who, {"text": "Nice"})).plain
    await counter.press(MINA, "👁 Preview")
    await counter.press(MINA, "📣 Send to 2")
    assert "waits for approval" in counter.last.plain
    await reply_to(counter, counter.last, MINA, {"text": "Look, all of you"})
    assert (await counter.club.services.campaigns.show(1)).texts == {"en": "New books"}


async def test_whoever_had_enough_this_week_is_not_counted(counter: Counter, db: Database) -> None:
    await counter.type(MINA, "/promo")
    await counter.reply(MINA, "Dear {name}, new books")
    assert "reaches 2 people" in counter.last.plain
    await counter.press(MINA, "👁 Preview")
    await counter.press(MINA, "📣 Send to 2")
    await counter.press(ROYA, "✅ Approve and send")
    async with db.write() as tx:
        one = select(MEMBERS.c.id).where(MEMBERS.c.chat_user_id == READERS[0].id)
        had = {"state": "sent", "ended_at": counter.club.now}
        await tx.execute(update(OUTBOX).where(OUTBOX.c.member_id.in_(one)).values(had))
    assert "reaches 1 person" in await _next(counter)
    assert "such as P1." in counter.last.plain
    assert "1 person of those meant had enough offers this week" in counter.last.plain
    await counter.press(MINA, "👁 Preview")
    assert "📣 Send to 1" in counter.last.buttons
    async with db.write() as tx:
        await tx.execute(update(OUTBOX).values(state="sent", ended_at=counter.club.now))
    assert "Nobody would get it now" in await _next(counter)
    await counter.press(MINA, "👁 Preview")
    assert not any("Send" in label for label in counter.last.buttons)
    counter.club.wait(days=7)
    assert "reaches 2 people" in await _next(counter)
    assert "Dear friend, new books" in await counter.type(MINA, "/campaigns")


async def _next(counter: Counter) -> str:
    """The card of another promotion."""
    await counter.type(MINA, "/promo")
    return await counter.reply(MINA, "More books")


async def test_who_is_alone_hears_how_somebody_else_could_agree(counter: Counter) -> None:
    await counter.club.services.staff.add(MINA.id, "Mina", Role.CASHIER, by=OWNER)
    await counter.type(ROYA, "/promo")
    await counter.reply(ROYA, "New books")
    assert "there is none yet" in counter.last.plain
    await counter.press(ROYA, "👁 Preview")
    await counter.press(ROYA, "📣 Send to 2")
    assert "/staff manager" in counter.last.plain
    await counter.club.services.staff.add(MINA.id, "Mina", Role.MANAGER, by=OWNER)
    await counter.type(MINA, "/campaigns 1")
    assert "/staff manager" not in counter.last.plain


async def test_names_keep_their_digits(counter: Counter) -> None:
    assert "P0" in await counter.type(MINA_IN_PERSIAN, "/promo")
    assert "۲ نفر" in counter.last.plain


async def test_an_audience_that_is_empty_at_the_start_is_told_so(counter: Counter) -> None:
    await counter.type(MINA, "/promo")
    await counter.reply(MINA, "New books")
    await counter.press(MINA, "👁 Preview")
    await counter.press(MINA, "📣 Send to 2")
    for reader in READERS:
        await counter.club.services.profile.want_promotions(reader.id, wanted=False)
    await counter.press(ROYA, "✅ Approve and send")
    assert "هنگام آغاز کسی در میان گیرندگان نبود" in counter.last.plain
    assert "٪" not in counter.last.plain
    assert "کسی در میان گیرندگان نبود" in await counter.type(MINA_IN_PERSIAN, "/campaigns")
