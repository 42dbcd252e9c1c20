"""What is kept of a person is told, handed over, and deleted when they leave."""

import json

from storage.db import Database
from storage.tables.members import PRIVATE
from tests.handlers.people import Club, Person
from tests.handlers.ways import buy, come_to_terms, join, words

SARA = Person(1001, "سارا")
JOHN = Person(1002, "John", language_code="en")


async def test_the_copy_is_a_readable_file(club: Club) -> None:
    number = await join(club, SARA)
    await club.share(SARA, "989121234567")
    await buy(club, number, 250_000, "R1")
    await club.say(SARA, "/privacy")
    await club.press(SARA, words("my_data", SARA))
    sent = club.last(SARA)
    assert sent.kind == "sendDocument"
    assert "سارا" in sent.file.decode(), "letters, not escapes"
    copy = json.loads(sent.file)
    assert (copy["name"], copy["phone"]) == ("سارا", "+989121234567")
    assert copy["purchases"][0]["amount"] == 250_000
    assert copy["moves"][0]["points"] == 25


async def test_leaving_shows_the_loss_forfeits_and_forgets(club: Club, db: Database) -> None:
    number = await join(club, JOHN)
    await buy(club, number, 5_000_000, "R1")
    await club.say(JOHN, "/leave")
    question = club.last(JOHN)
    assert "500 points" in question.plain
    assert "Silver" in question.plain
    await club.press(JOHN, "Stay in the club")
    assert "glad that you stay" in question.plain
    assert (await club.services.points.card(JOHN.id)).held.balance == 500

    await club.say(JOHN, "/leave")
    question = club.last(JOHN)
    confirm = question.buttons["Yes, leave the club"]
    for _ in range(2):
        await club.press_again(JOHN, question.id, confirm)
        assert "500 points were given up" in question.plain, "a second press hears the same"
    assert club.last(JOHN).markup == {"remove_keyboard": True}
    async with db.read() as tx:
        assert (await tx.execute(PRIVATE.select())).all() == []
    await club.say(JOHN, "/card")
    assert "not a member" in club.last(JOHN).plain


async def test_an_old_button_does_not_make_a_new_member_leave(club: Club) -> None:
    await join(club, JOHN)
    for _ in range(2):
        await club.say(JOHN, "/leave")
    first, second = club.seen(JOHN)[-2:]
    old = (first.id, first.buttons["Yes, leave the club"])
    await club.press_again(JOHN, second.id, second.buttons["Yes, leave the club"])
    number = await join(club, JOHN)
    assert "works no longer" in await club.press_again(JOHN, *old)
    assert (await club.services.points.card(JOHN.id)).member.number == number


async def test_buttons_of_before_leaving_are_refused_in_words(club: Club) -> None:
    await club.say(JOHN, "/start")
    language = club.last(JOHN)
    old = [(language.id, language.buttons["English"])]
    await join(club, JOHN)
    for command in ("/card", "/points", "/genres", "/settings", "/privacy"):
        await club.say(JOHN, command)
        shown = club.last(JOHN)
        old += [(shown.id, data) for data in shown.buttons.values()]
    await club.say(JOHN, "/leave")
    await club.press(JOHN, "Yes, leave the club")
    for message_id, data in old:
        assert "not a member" in await club.press_again(JOHN, message_id, data), data


async def test_who_did_not_agree_can_be_forgotten_too(club: Club, db: Database) -> None:
    await come_to_terms(club, JOHN)
    await club.press(JOHN, "Not now")
    await club.say(JOHN, "/privacy")
    await club.press(JOHN, "📄 My data")
    assert json.loads(club.last(JOHN).file)["name"] == "John"
    await club.press(JOHN, "🚪 Leave the club")
    await club.press(JOHN, "Yes, leave the club")
    async with db.read() as tx:
        assert (await tx.execute(PRIVATE.select())).all() == []


async def test_strangers_may_read_what_would_be_kept(club: Club) -> None:
    await club.say(SARA, "/privacy")
    assert "نگه می‌دارد" in club.last(SARA).plain
    assert not club.last(SARA).buttons
    await club.say(SARA, "/leave")
    assert "هنوز عضو باشگاه نیستید" in club.last(SARA).plain
