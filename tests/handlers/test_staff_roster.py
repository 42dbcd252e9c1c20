"""Whose group it is, who works there, and whom the group does not hear."""

import pytest

from storage.db import Database
from storage.tables.programme import CLUB
from storage.tables.staff import AUDIT_LOG
from tests.handlers.counter import CYRUS, MINA, ROYA, SARA, Counter, said_by
from tests.handlers.people import STAFF_CHAT, Club
from tests.handlers.telegram import BOT

OTHER_GROUP = -1_000_555


@pytest.fixture
async def counter(club: Club) -> Counter:
    opened = Counter(club)
    await opened.open()
    return opened


async def actions(db: Database) -> list[tuple[int, str]]:
    async with db.read() as tx:
        rows = await tx.execute(AUDIT_LOG.select().order_by(AUDIT_LOG.c.id))
        return [(row.by, row.action) for row in rows]


async def test_the_list_names_everybody_by_role(counter: Counter) -> None:
    said = await counter.type(ROYA, "/staff")
    assert said.startswith("👥 3 people on the staff\nRoya: owner\nMina: manager\nCyrus: cashier")


async def test_an_owner_gives_and_takes_roles(counter: Counter, db: Database) -> None:
    to_sara = said_by(SARA.as_json())
    for word, role in (("cashier", "a cashier"), ("مدیر", "a manager"), ("مالک", "an owner")):
        said = await counter.type(ROYA, f"/staff {word}", reply_to_message=to_sara)
        assert said == f"✅ Sara is {role} now."
    said = await counter.type(ROYA, "/staff remove", reply_to_message=to_sara)
    assert said == "Sara has no role in this group any more."
    assert (await actions(db))[-1] == (ROYA.id, "staff_remove")
    assert "نقشی ندارید" in await counter.type(SARA, "/staff")


async def test_others_give_no_roles(counter: Counter) -> None:
    to_sara = said_by(SARA.as_json())
    for who in (MINA, CYRUS):
        said = await counter.type(who, "/staff owner", reply_to_message=to_sara)
        assert "It takes an owner." in said
    assert "3 people" in await counter.type(ROYA, "/staff")


async def test_the_club_keeps_an_owner(counter: Counter) -> None:
    to_roya = said_by(ROYA.as_json())
    for word in ("remove", "cashier"):
        said = await counter.type(ROYA, f"/staff {word}", reply_to_message=to_roya)
        assert "cannot be left without an owner" in said
    assert "Roya: owner" in await counter.type(ROYA, "/staff")


async def test_bots_and_hidden_people_are_no_staff(counter: Counter) -> None:
    chat = {"id": STAFF_CHAT, "type": "supergroup", "title": "x"}
    group_bot = {"id": 1087968824, "is_bot": True, "first_name": "Group"}
    for hidden in (said_by(BOT), said_by(group_bot), said_by(SARA.as_json(), sender_chat=chat)):
        said = await counter.type(ROYA, "/staff cashier", reply_to_message=hidden)
        assert said.startswith("Only people can be staff.")


@pytest.mark.parametrize("typed", ["/staff cashier", "/staff boss", "/staff remove"])
async def test_a_role_needs_a_person_and_a_known_word(counter: Counter, typed: str) -> None:
    reply = {"reply_to_message": said_by(SARA.as_json())} if "boss" in typed else {}
    assert "An owner replies to a person’s message" in await counter.type(ROYA, typed, **reply)


async def test_a_topics_beginning_is_nobodys_message(counter: Counter) -> None:
    topic = said_by(SARA.as_json(), forum_topic_created={"name": "x", "icon_color": 1})
    said = await counter.type(ROYA, "/staff cashier", reply_to_message=topic)
    assert "An owner replies to a person’s message" in said


async def test_hidden_edited_forwarded_and_foreign_commands_do_nothing(counter: Counter) -> None:
    number = await counter.member()
    chat = {"id": STAFF_CHAT, "type": "supergroup", "title": "x"}
    typed = f"/purchase {number} 250000"
    assert "cannot see who wrote" in await counter.type(CYRUS, typed, sender_chat=chat)
    origin = {"type": "user", "date": 1, "sender_user": SARA.as_json()}
    assert "forwarded message" in await counter.type(CYRUS, typed, forward_origin=origin)
    await counter.club.receive({"edited_message": said_by(CYRUS.as_json(), text=typed)})
    assert "edited message" in counter.last.plain
    await counter.club.say(CYRUS, typed, chat_id=OTHER_GROUP)
    foreign = counter.club.telegram.in_chat(OTHER_GROUP)[-1].plain
    assert foreign.startswith("This is not the club’s staff group.")
    assert await counter.balance(number) == 0


async def test_a_button_of_the_group_works_in_the_group_only(counter: Counter) -> None:
    number = await counter.member()
    await counter.type(CYRUS, f"/purchase {number} 250000")
    card = counter.last
    undo = card.buttons["↩️ Undo"]
    toast = await counter.club.press_again(CYRUS, card.id, undo, chat_id=CYRUS.id)
    assert "works no longer" in toast
    assert await counter.balance(number) == 25


async def test_help_names_every_command(counter: Counter) -> None:
    said = await counter.type(CYRUS, "/help")
    for command in ("purchase", "member", "adjust", "code", "promo", "staff", "cancel"):
        assert f"/{command}" in said


async def test_a_picture_as_an_answer_is_no_amount(counter: Counter) -> None:
    number = await counter.member()
    await counter.type(CYRUS, "/purchase")
    await counter.reply(CYRUS, number)
    sticker = {"reply_to_message": said_by(BOT), "dice": {"emoji": "🎲", "value": 3}}
    await counter.club.send(CYRUS, sticker, chat_id=STAFF_CHAT)
    assert counter.last.plain.startswith("What is the amount of Sara")
    assert (await counter.reply(CYRUS, "100000")).startswith("✅")


async def test_the_code_makes_a_group_the_staff_group(club: Club, db: Database) -> None:
    async with db.write() as tx:
        await tx.execute(CLUB.delete())
    staff = club.services.staff
    code = await staff.open_claim()
    assert code is not None

    async def claim(typed: str) -> str:
        await club.say(MINA, typed, chat_id=OTHER_GROUP)
        return club.telegram.in_chat(OTHER_GROUP)[-1].plain

    assert "send the code that the program shows" in await claim("/claim")
    for _ in range(3):
        assert "This code is not valid." in await claim("/claim 123")
    said = await claim(f"/claim {code.upper()}")
    assert said.startswith("🔑 This group is the club’s staff group now.\nOwner: Mina")
    assert await staff.chat() == OTHER_GROUP
    assert "Mina: owner" in await claim("/staff")
    assert (await actions(db))[-1] == (MINA.id, "claim")
    scopes = [call["scope"] for call in club.telegram.sent("setMyCommands")]
    assert str(OTHER_GROUP) in str(scopes)
    assert (await claim(f"/claim {code}")).startswith("🔑")  # The same again is no fault.


async def test_a_code_has_five_tries(club: Club, db: Database) -> None:
    async with db.write() as tx:
        await tx.execute(CLUB.delete())
    code = await club.services.staff.open_claim()
    for _ in range(5):
        await club.say(MINA, "/claim 123", chat_id=OTHER_GROUP)
    await club.say(MINA, f"/claim {code}", chat_id=OTHER_GROUP)
    assert "used up" in club.telegram.in_chat(OTHER_GROUP)[-1].plain
    assert await club.services.staff.chat() is None
