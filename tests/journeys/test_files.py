"""The club's database where it should be, and where it is not."""

from collections.abc import Callable
from pathlib import Path

import pytest

from storage.db import Database
from storage.migrations import version
from tests.chaos.bots import Bot
from tests.town import Town
from tests.watching import until

LOOKING = (
    ("audit",),
    ("letters",),
    ("letters", "--close", "all"),
    ("campaign", "list"),
    ("campaign", "pause", "1"),
    ("campaign", "report", "1", "--csv"),
)
NEW = "`bashgah run`, `bashgah migrate` or an import begins a new one."
on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def file(database_url: str) -> Path:
    """Where the SQLite file is, or would be."""
    return Path(database_url.removeprefix("sqlite:///"))


@on_sqlite
async def test_who_only_looks_makes_no_database(unmade_town: Town, file: Path) -> None:
    refused = f"DATABASE_URL: there is no file {file}; {NEW}\n"
    for number, words in enumerate(LOOKING):
        done = await unmade_town.bot.command(*words, cold=not number)
        assert (done.exit_code, done.output, done.errors) == (2, "", refused)
    assert list(file.parent.glob(f"{file.name}*")) == []
    done = await unmade_town.bot.command("migrate")
    assert done.exit_code == 0, done
    listed = await unmade_town.bot.command("letters")
    assert (listed.exit_code, listed.output) == (0, "There are no letters yet.\n")


async def test_who_only_looks_makes_no_tables(unmade_town: Town) -> None:
    db = Database(unmade_town.bot.settings["DATABASE_URL"])
    for words in LOOKING:
        done = await unmade_town.bot.command(*words)
        assert (done.exit_code, done.output) == (2, "")
        assert done.errors == f"DATABASE_URL: the database is empty; {NEW}\n"
    assert await version(db) is None
    await db.close()


def _delete(file: Path) -> None:
    file.unlink()


def _replace(file: Path) -> None:
    copy = file.with_name("copy.sqlite")
    copy.write_bytes(file.read_bytes())
    copy.rename(file)


@on_sqlite
@pytest.mark.parametrize("lose", [_delete, _replace])
async def test_a_club_ends_when_its_file_is_gone(
    closed_town: Town, tmp_path: Path, file: Path, lose: Callable[[Path], None]
) -> None:
    bot = Bot(closed_town.bot.settings, tmp_path / "club")
    await bot.started(cold=True)

    async def is_open() -> bool:
        return any("is open." in line for line in bot.lines())

    async def has_ended() -> bool:
        return not bot.running

    await until(is_open)
    lose(file)
    await until(has_ended)
    assert bot.broken == "the program has ended by itself, with 1"
    (told,) = (line for line in bot.lines() if "CRITICAL" in line)
    assert "action=database_lost" in told
    assert bot.lines()[-1].startswith("DATABASE_URL: its file was deleted or replaced;")
