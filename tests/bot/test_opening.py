"""What a club says when it opens is heard, however long that takes."""

import logging

import pytest

from bot.opening import announce
from handlers.commands import MEMBER_COMMANDS
from storage.db import Database
from tests.handlers.people import open_club


async def test_commands_are_registered_once_a_silence_is_over(
    db: Database, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="bot")
    said: list[str] = []
    async with open_club(db) as club:
        club.telegram.hasty = 1
        await announce(club.application, club.application.bot_data["house"], said.append)
        registered = club.telegram.sent("setMyCommands")
    assert said == ["@club_bot is open."]
    assert any(MEMBER_COMMANDS[0] in str(commands) for commands in registered)
    assert [getattr(record, "action", "") for record in caplog.records] == [
        "commands_away",
        "commands_back",
    ]
