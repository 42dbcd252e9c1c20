"""How stories are told: what is read is read once, who waits in vain says for what, and a story
that fails shows what was said."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.chats import Chats, Late
from tests.door import Door
from tests.people import Person
from tests.town import ROOT

BOT = {"id": 7, "first_name": "Bot", "is_bot": True}
SARA = {"id": 5, "first_name": "Sara", "phone": "+989120000000"}
GROUP = -3


@pytest.fixture
def chats() -> Chats:
    return Chats(BOT["id"])  # type: ignore[arg-type]


def bot_says(number: int, text: str, *, kind: str = "message", chat: int = 5, **more: Any) -> Any:
    """An event of the sandbox."""
    message = {"message_id": number, "from": BOT, "chat": {"id": chat}, "text": text}
    return {"type": kind, "chat": chat, "message": message | more}


def reader(chats: Chats, chat: int = 5, **known: Any) -> Person:
    """Somebody who only reads."""
    return Person(Door(httpx.AsyncClient()), chats, SARA | known, chat)


async def test_everything_is_read_once_and_in_order(chats: Chats) -> None:
    sara = reader(chats)
    chats.take(bot_says(1, "\u2068Sara\u2069: 1"))
    chats.take(bot_says(2, "two"))
    chats.take(bot_says(1, "Sara: 3", kind="edited"))
    read = [await sara.reads(), await sara.reads(), await sara.reads()]
    assert read == ["Sara: 1", "two", "Sara: 3"]
    with pytest.raises(Late, match="Sara to read anything"):
        await sara.reads(within_s=0)
    assert sara.heard("Sara") == ["Sara: 3"], "as it stands in the chat by now"


async def test_reading_on_passes_what_stands_before(chats: Chats) -> None:
    sara = reader(chats)
    for number, text in enumerate(("one", "two", "three")):
        chats.take(bot_says(number, text))
    assert await sara.reads("two") == "two"
    assert await sara.reads() == "three"
    with pytest.raises(Late, match="'one'"):
        await sara.reads("one", within_s=0)


async def test_changed_buttons_are_seen_and_not_read(chats: Chats) -> None:
    sara = reader(chats)
    button = {"inline_keyboard": [[{"text": "✅ Poetry", "callback_data": "x"}]]}
    chats.take(bot_says(1, "Which?"))
    await sara.reads()
    chats.take(bot_says(1, "Which?", kind="edited", reply_markup=button))
    await sara.sees("Poetry")
    with pytest.raises(Late):
        await sara.reads(within_s=0)


async def test_a_toast_is_read_by_who_pressed(chats: Chats) -> None:
    sara, reza = reader(chats, GROUP), reader(chats, GROUP, id=6, first_name="Reza")
    toast = {"type": "callback", "chat": GROUP, "person": 5, "callback_query_id": "1"}
    chats.take(toast | {"text": "Done", "message_id": 1})
    assert await sara.reads() == "Done"
    with pytest.raises(Late, match="Reza"):
        await reza.reads(within_s=0)


async def test_who_comes_later_has_not_missed_what_was_said_before(chats: Chats) -> None:
    chats.take(bot_says(1, "before", chat=GROUP))
    reza = reader(chats, GROUP)
    chats.take(bot_says(2, "after", chat=GROUP))
    assert await reza.reads() == "after"


async def test_a_group_that_moves_is_read_on(chats: Chats) -> None:
    sara = reader(chats, GROUP)
    chats.take(bot_says(1, "before", chat=GROUP))
    await sara.reads()
    chats.take(bot_says(2, "", chat=GROUP, migrate_to_chat_id=-100))
    chats.take(bot_says(1, "after", chat=-100))
    assert await sara.reads() == "after"


async def test_nobody_waits_for_a_program_that_has_ended(chats: Chats) -> None:
    waiting = asyncio.create_task(reader(chats).reads())
    await asyncio.wait({waiting}, timeout=0)
    chats.break_off("the program has ended")
    with pytest.raises(Late, match="the program has ended"):
        await waiting


STORIES = """
async def test_a_story_that_fails(town):
    sara = await town.person("سارا")
    await sara.says("/start")
    await sara.presses("English")
    await sara.sees("I agree")
    assert "nonsense" in await sara.reads()

async def test_a_program_that_complains(town):
    sara = await town.person("سارا")
    await sara.says("/start")
    await sara.reads()
    town.bot.log.write_text("2026-03-21T08:30:00Z ERROR    Boom.")

async def test_a_complaint_that_was_foretold(closed_town):
    closed_town.bot.may_complain("Boom")
    closed_town.bot.log.write_text("2026-03-21T08:30:00Z ERROR    Boom.")

async def test_a_program_that_cannot_run(closed_town):
    closed_town.bot.settings["OWNER_IDS"] = "nobody"
    await closed_town.bot.started()
    await closed_town.staff.reads()
"""


def test_what_went_wrong_is_told_with_chats_and_log(tmp_path: Path) -> None:
    story = tmp_path / "test_stories.py"
    story.write_text(STORIES)
    plugins = ["-p", "tests.conftest", "-p", "tests.journeys.conftest", "-p", "no:cacheprovider"]
    options = [*plugins, "-n0", "-k", "sqlite", f"--basetemp={tmp_path / 'base'}"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-c", str(ROOT / "pyproject.toml"), *options, str(story)],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "2 failed, 2 passed" in done.stdout, done
    assert "1 error" in done.stdout, done
    for told in (
        *("سارا: /start", "سارا presses [English]", "[✅ I agree]", "bot is open.", "Boom."),
        *("the program has ended by itself, with 2", "OWNER_IDS: write the numbers"),
    ):
        assert told in done.stdout, done.stdout
