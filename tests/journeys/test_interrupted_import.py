"""The real import command is killed in the middle, again and again: nobody can tell afterwards."""

import asyncio
from pathlib import Path

from sqlalchemy import text

from storage.db import Database
from tests.data.purchases import Shop, cells
from tests.forks import DEADLINE_S, PROGRAM, Fork
from tests.program import COMMAND, Program
from tests.services.history_book import book
from tests.town import ROOT, Town

FILM = Shop("film-shop")
ROWS = 6_000
KILLS = 2
START = "2018-09-23T12:00:00+00:00"


async def purchases(url: str) -> int:
    """How many stand in the book."""
    db = Database(url)
    async with db.read() as tx:
        count = int((await tx.execute(text("SELECT count(*) FROM purchases"))).scalar_one())
    await db.close()
    return count


async def kill_in_the_middle(town: Town, arguments: list[str]) -> int:
    """Start the command, kill -9 it once it has booked something; what stands then."""
    url = town.bot.settings["DATABASE_URL"]
    before = await purchases(url)
    log = town.bot.folder / "killed.txt"
    command = Fork(PROGRAM, arguments, town.bot.folder, log, executable=COMMAND)
    async with asyncio.timeout(DEADLINE_S):
        while await purchases(url) == before and command.running:
            continue  # Looking takes its time.
    await command.killed()
    after = await purchases(url)
    assert before < after < ROWS, log.read_text()
    return after


async def test_a_killed_import_is_taken_up_again_without_a_trace(
    closed_town: Town, tmp_path: Path
) -> None:
    bot = closed_town.bot
    bot.settings |= {"PROGRAMME": str(ROOT / "examples/film-shop.toml"), "CLOCK_START": START}
    bot.write_settings()
    file = FILM.file(tmp_path, ROWS)
    arguments = ["import", "purchases", str(file), "--source", "film"]
    for _ in range(KILLS):
        stands = await kill_in_the_middle(closed_town, arguments)
    done = await bot.command(*arguments)
    assert done.output.startswith(f"{ROWS - stands:,} purchases"), done
    assert f"{stands:,} were there already" in done.output

    calm = tmp_path / "calm"
    calm.mkdir()
    undisturbed = bot.settings | {"DATABASE_URL": f"sqlite:///{calm}/club.sqlite"}
    whole = await Program(undisturbed, calm, lambda ended: None).command(*arguments)
    assert whole.output.startswith(f"{ROWS:,} purchases of {len(customers(file)):,}"), whole
    books = []
    for url in (bot.settings["DATABASE_URL"], undisturbed["DATABASE_URL"]):
        db = Database(url)
        books.append(await book(db))
        await db.close()
    assert books[0] == books[1]


def customers(file: Path) -> set[str]:
    """Whose purchases the file tells."""
    return {row["customer"] for row in cells(file)}
