"""Who types `bashgah …` in tests, and what happens in the club meanwhile."""

import asyncio
from collections.abc import Awaitable, Callable

from typer.testing import CliRunner, Result

from bot.cli import app
from storage.db import Database
from storage.vault import make_key
from tests.services.promoting import NOON, Room
from tests.town import ROOT

KEY = make_key()


def settings(database_url: str) -> dict[str, str]:
    """What stands in the operator's environment; the club's clock begins at NOON."""
    return {
        "BOT_TOKEN": "42:" + "x" * 35,
        "BOT_API_URL": "http://127.0.0.1:9",
        "DATA_KEY": KEY,
        "DATABASE_URL": database_url,
        "PROGRAMME": str(ROOT / "programme.toml"),
        "CLOCK_START": NOON.isoformat(),
        "COLUMNS": "100",
    }


def typed(*arguments: str) -> Result:
    """A command, and what it said."""
    return CliRunner().invoke(app, arguments)


def played(url: str, story: Callable[[Room], Awaitable[None]]) -> None:
    """Something happens in the club."""

    async def play() -> None:
        db = Database(url)
        await story(Room(db, KEY))
        await db.close()

    asyncio.run(play())
