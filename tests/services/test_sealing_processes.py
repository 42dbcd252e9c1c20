"""The chain stays one and whole, however many processes make it, and wherever they are killed."""

import asyncio
import sys
from pathlib import Path

import pytest
from sqlalchemy import text

from services.audit import Audit
from services.sealing import Sealing
from storage.db import Database
from tests.services.bookkeeping import PROGRAMME
from tests.services.moving import MOVE, move

ROOT = Path(__file__).parents[2]
SEALING = """
import asyncio, sys
from services import sealing
from services.sealing import Sealing
from storage.db import Database

sealing.BATCH_SIZE = 50

async def work():
    chain = Sealing(Database(sys.argv[1]))
    while True:
        if not await chain.seal():
            await asyncio.sleep(0.001)

asyncio.run(work())
"""
WRITERS = 4


async def sealing(url: str) -> asyncio.subprocess.Process:
    """A process that seals and does nothing else."""
    return await asyncio.create_subprocess_exec(sys.executable, "-c", SEALING, url, cwd=ROOT)


async def sealed(db: Database) -> int:
    async with db.read() as tx:
        return int((await tx.execute(text("SELECT count(*) FROM seals"))).scalar_one())


async def until_sealed(db: Database, number: int) -> None:
    async with asyncio.timeout(60):
        while await sealed(db) < number:  # noqa: ASYNC110 (a row is waited for)
            await asyncio.sleep(0.01)


async def prove(db: Database, moves: int) -> None:
    """All moves are in one chain, in the order of their numbers."""
    report = await Audit(db, PROGRAMME).run()
    assert (report.sealed, report.unsealed, report.faults) == (moves, 0, ())


async def test_a_killed_sealer_leaves_a_chain_that_goes_on(db: Database, database_url: str) -> None:
    await move(db, "moved", 5_000)
    for death in range(1, 4):
        process = await sealing(database_url)
        await until_sealed(db, death * 500)
        process.kill()
        await process.wait()
        report = await Audit(db, PROGRAMME).run()
        assert report.faults == ()
        assert report.sealed + report.unsealed == 5_000
    chain = Sealing(db)
    while await chain.seal():
        pass
    await prove(db, 5_000)


async def test_two_processes_and_many_writers_make_one_chain(
    db: Database, database_url: str
) -> None:
    if db.is_sqlite:
        pytest.skip("an SQLite file has one process")

    async def write(name: str) -> None:
        for number in range(150):
            async with db.write() as tx:
                await tx.execute(MOVE, {"key": f"{name}:{number}"})
                await asyncio.sleep(0.001 * (number % 7))  # So that numbers and commits differ.
                await tx.execute(MOVE, {"key": f"{name}:{number}:again"})

    sealers = [await sealing(database_url), await sealing(database_url)]
    try:
        await asyncio.gather(*(write(f"writer {number}") for number in range(WRITERS)))
        await until_sealed(db, WRITERS * 300)
    finally:
        for process in sealers:
            process.kill()
            await process.wait()
    await prove(db, WRITERS * 300)
