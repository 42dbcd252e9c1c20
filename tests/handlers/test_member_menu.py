"""The menu, help, whatever else people send, and people who block the bot."""

import pytest
from telegram import Bot

from club.members import Reach
from handlers.commands import register_commands
from handlers.keyboards import MENU
from handlers.menu import SUBJECTS
from storage import members as members_store
from storage.db import Database
from templates.labels import label
from templates.laws import units
from tests.handlers.people import OWNER, STAFF_CHAT, Club, Person
from tests.handlers.ways import come_to_phone, come_to_terms, join, words

SARA = Person(1001, "سارا")
JOHN = Person(1002, "John", language_code="en")
ROYA = Person(OWNER, "Roya", language_code="en")
DESCRIPTION, SHORT_DESCRIPTION = 512, 120


async def test_every_label_of_the_menu_leads_somewhere(club: Club) -> None:
    assert set(SUBJECTS) == {key for row in MENU for key in row}
    await join(club, SARA)
    for key in SUBJECTS:
        for language in ("fa", "en"):
            messages = len(club.seen(SARA))
            await club.say(SARA, label(key, language))
            assert "متوجه نشدم" not in club.last(SARA).plain
            assert len(club.seen(SARA)) == messages + 1


@pytest.mark.parametrize(
    "message",
    [
        {"text": "سلام"},
        {"text": "/ not a command"},
        {"photo": [{"file_id": "a", "file_unique_id": "b", "width": 1, "height": 1}]},
        {"voice": {"file_id": "a", "file_unique_id": "b", "duration": 1}},
        {"location": {"latitude": 35.7, "longitude": 51.4}},
    ],
)
async def test_what_nobody_understands_brings_the_menu(
    club: Club, message: dict[str, object]
) -> None:
    await club.send(SARA, message)
    assert "هنوز عضو" in club.last(SARA).plain
    await come_to_terms(club, SARA)
    await club.send(SARA, message)
    assert words("agree", SARA) in club.last(SARA).buttons, "the open question again"
    await club.press(SARA, words("agree", SARA))
    await club.press(SARA, words("no", SARA))
    await club.say(SARA, words("skip", SARA))
    await club.press(SARA, words("done", SARA))
    await club.send(SARA, message)
    assert "متوجه نشدم" in club.last(SARA).plain
    assert club.last(SARA).markup["keyboard"]


async def test_the_messengers_own_notes_are_not_answered(club: Club) -> None:
    await join(club, SARA)
    messages = len(club.seen(SARA))
    await club.send(SARA, {"write_access_allowed": {}})
    await club.receive({"edited_message": {"message_id": 1, "date": 1, "text": "x"} | _by(SARA)})
    assert len(club.seen(SARA)) == messages


def _by(who: Person) -> dict[str, object]:
    return {"chat": {"id": who.id, "type": "private"}, "from": who.as_json(), "edit_date": 2}


async def test_an_unknown_command_gets_a_hint(club: Club) -> None:
    await club.say(SARA, "/points_please")
    assert "این دستور را نمی‌شناسم" in club.last(SARA).plain
    await club.say(ROYA, "/nonsense", chat_id=STAFF_CHAT)
    assert "do not know" in club.telegram.in_chat(STAFF_CHAT)[-1].plain
    await club.say(ROYA, "/nonsense@other_bot", chat_id=STAFF_CHAT)
    await club.say(ROYA, "good morning", chat_id=STAFF_CHAT)
    assert len(club.telegram.in_chat(STAFF_CHAT)) == 1


async def test_help_explains_by_tapping(club: Club) -> None:
    await club.say(JOHN, "/help")
    shown = club.last(JOHN)
    names = list(shown.buttons)
    for name in names:
        await club.press(JOHN, name)
        assert "Back" in shown.buttons
        await club.press(JOHN, "Back")
    assert list(shown.buttons) == names
    assert len(club.seen(JOHN)) == 1


async def test_who_blocks_us_in_the_middle_goes_on_later(club: Club, db: Database) -> None:
    await come_to_phone(club, SARA)
    club.telegram.blocked.add(SARA.id)
    await club.say(SARA, words("skip", SARA))
    async with db.read() as tx:
        member = await members_store.find_by_chat(tx, SARA.id)
    assert member is not None
    assert member.reach is Reach.BLOCKED
    club.telegram.blocked.clear()
    await club.say(SARA, "/start")
    assert words("done", SARA) in club.last(SARA).buttons
    async with db.read() as tx:
        member = await members_store.find_by_chat(tx, SARA.id)
    assert member is not None
    assert member.reach is Reach.ACTIVE


async def test_commands_and_descriptions_are_told_in_each_language(club: Club) -> None:
    bot: Bot = club.application.bot
    await register_commands(bot, club.programme, STAFF_CHAT, trial=False)
    told = {
        (call["scope"]["type"], call.get("language_code"))
        for call in club.telegram.sent("setMyCommands")
    }
    assert told == {
        (scope, language)
        for scope in ("all_private_chats", "chat")
        for language in (None, "fa", "en")
    }
    for method, name, limit in (
        ("setMyDescription", "description", DESCRIPTION),
        ("setMyShortDescription", "short_description", SHORT_DESCRIPTION),
    ):
        calls = club.telegram.sent(method)
        assert {call.get("language_code") for call in calls} == {None, "fa", "en"}
        room = 40 - len("The Readers' Club")  # The longest name a programme may give.
        assert all(0 < units(call[name]) + room <= limit for call in calls)


async def test_a_button_of_somebody_else_is_refused(club: Club) -> None:
    await join(club, JOHN)
    await club.say(JOHN, "/settings")
    shown = club.last(JOHN)
    stolen = shown.buttons["🔔 Send me offers"]
    await join(club, SARA)
    assert "دیگر کار نمی‌کند" in await club.press_again(SARA, shown.id, stolen)
    assert "works no longer" in await club.press_again(JOHN, shown.id, "settings:promotions:on:x")
