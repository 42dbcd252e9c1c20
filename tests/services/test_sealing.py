"""The chain over the moves: behind all who write, and broken by one byte."""

import asyncio
from contextlib import AsyncExitStack
from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from bot.sealing import Sealer
from services import sealing
from services.audit import Audit, AuditReport, follow_chain
from services.sealing import Sealing
from storage.db import Database
from tests.services.bookkeeping import PROGRAMME, Bookkeeper
from tests.services.breaking import unlock
from tests.services.moving import MOVE, move

NOON = datetime(2025, 10, 4, 8, 30, tzinfo=UTC)
CHANGED = "transfer {id}: is not what was sealed, or its seal is not"
COLUMNS = (
    "key = 'ghost:2'",
    "source = 4",
    "target = 4",
    "points = 2",
    "reason = 'visit'",
    "explanation = '{ }'",
    "purchase_id = 1",
    "at = at + 1",
    "rule = ''",
    "rule = '-'",
)


async def seal_all(sealing: Sealing) -> None:
    while await sealing.seal():
        pass


async def audit(db: Database) -> AuditReport:
    return await Audit(db, PROGRAMME).run()


async def seals(db: Database) -> list[tuple[int, int]]:
    """Position and transfer of each seal."""
    async with db.read() as tx:
        found = await tx.execute(text("SELECT position, transfer_id FROM seals ORDER BY position"))
        return [(row[0], row[1]) for row in found]


async def broken_by(db: Database, *statements: str) -> list[str]:
    """What the chain says after these changes, which do not stay."""
    async with db.write() as tx:
        await unlock(tx)
        for statement in statements:
            await tx.execute(text(statement))
        _, faults = await follow_chain(tx)
        await tx.rollback()
    return [str(fault) for fault in faults]


async def test_moves_are_sealed_in_order_and_counted_until_then(db: Database) -> None:
    book = Bookkeeper(db)
    ada = await book.join(NOON)
    await book.give(ada, 50, NOON)
    await book.buy(ada, 100, NOON)
    report = await audit(db)
    assert (report.sealed, report.unsealed, report.head) == (0, 2, "0" * 64)

    chain = Sealing(db)
    await seal_all(chain)
    await book.spend(ada, 30, NOON)
    report = await audit(db)
    assert (report.sealed, report.unsealed, report.faults) == (2, 1, ())
    assert await seals(db) == [(1, 1), (2, 2)]

    await seal_all(Sealing(db))
    after = await audit(db)
    assert (after.sealed, after.unsealed, after.faults) == (3, 0, ())
    assert after.head != report.head
    await seal_all(chain)
    assert await audit(db) == after


@pytest.mark.parametrize("change", COLUMNS)
async def test_a_byte_that_was_changed_is_named_with_its_row(db: Database, change: str) -> None:
    await move(db, "moved", 5)
    await seal_all(Sealing(db))
    changed = f"UPDATE transfers SET {change} WHERE id = 3"
    assert await broken_by(db, changed) == [CHANGED.format(id=3)]
    assert (await audit(db)).faults == ()


async def test_what_is_removed_put_in_or_unsealed_is_named(db: Database) -> None:
    await move(db, "moved", 5)
    async with db.write() as tx:
        await tx.execute(text("DELETE FROM transfers WHERE id = 2"))  # Never committed, so to say.
    await seal_all(Sealing(db))
    assert await seals(db) == [(1, 1), (2, 3), (3, 4), (4, 5)]
    assert await broken_by(db, "DELETE FROM transfers WHERE id = 4") == [
        "transfer 4: was sealed, and is gone"
    ]
    put_in = str(MOVE).replace("(key,", "(id, key,").replace(":key", "2, 'ghost'")
    assert await broken_by(db, put_in) == [
        "transfer 2: stands before sealed ones, and was not sealed"
    ]
    flipped = "UPDATE seals SET hash = (SELECT hash FROM seals WHERE position = 1) WHERE position"
    assert await broken_by(db, f"{flipped} = 2") == [CHANGED.format(id=3)]
    assert await broken_by(db, "DELETE FROM seals WHERE position = 2") == [
        "transfer 4: the seal before its own is gone",
        "transfer 3: stands before sealed ones, and was not sealed",
    ]
    swapped = (
        "transfers SET id = -id WHERE id IN (3, 4)",
        "transfers SET id = 7 + id WHERE id < 0",
    )
    assert await broken_by(db, *(f"UPDATE {one}" for one in swapped)) == [
        CHANGED.format(id=3),
        CHANGED.format(id=4),
    ]


async def test_a_text_that_is_none_any_more_is_named(db: Database) -> None:
    if not db.is_sqlite:
        pytest.skip("PostgreSQL takes no such bytes")
    await move(db, "moved", 3)
    await seal_all(Sealing(db))
    cut = "UPDATE transfers SET key = CAST(X'6D6FFF65643A31' AS TEXT) WHERE id = 2"
    assert await broken_by(db, cut) == [CHANGED.format(id=2)]


async def test_a_move_whose_number_was_taken_first_is_sealed_first(db: Database) -> None:
    if db.is_sqlite:
        pytest.skip("SQLite has one writer: numbers are taken in the order of the commits")
    chain = Sealing(db)
    await move(db, "before")
    async with db.write() as late:
        await late.execute(MOVE, {"key": "late"})
        await move(db, "early")  # Its number is higher, and it is committed first.
        await seal_all(chain)
        assert await seals(db) == []
        await move(db, "later")
        await seal_all(chain)
        assert await seals(db) == []
    await seal_all(chain)  # Up to the mark that was set while `late` was at work.
    assert await seals(db) == [(1, 1), (2, 2), (3, 3)]
    await seal_all(chain)
    assert await seals(db) == [(1, 1), (2, 2), (3, 3), (4, 4)]
    assert (await audit(db)).faults == ()


async def test_who_begins_after_the_mark_holds_nobody_up(db: Database) -> None:
    if db.is_sqlite:
        pytest.skip("SQLite has one writer")
    chain = Sealing(db)
    await move(db, "settled")
    async with AsyncExitStack() as at_work:
        first = await at_work.enter_async_context(db.write())
        await first.execute(MOVE, {"key": "first"})
        await seal_all(chain)  # The mark is set.
        second = await at_work.enter_async_context(db.write())
        await second.execute(MOVE, {"key": "second"})
        await first.commit()
        await seal_all(chain)
        assert await seals(db) == [(1, 1)]


async def test_a_long_backlog_is_sealed_batch_by_batch(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sealing, "BATCH_SIZE", 10)
    await move(db, "moved", 35)
    chain = Sealing(db)
    more = [await chain.seal() for _ in range(5)]
    assert more == [True, True, True, False, False]
    assert (await audit(db)).sealed == 35


async def test_the_sealer_works_beside_the_club_until_it_is_stopped(db: Database) -> None:
    sealer = Sealer(Sealing(db), every_s=0.02)
    working = asyncio.create_task(sealer.run())
    await move(db, "moved", 5)
    async with asyncio.timeout(10):
        while len(await seals(db)) < 5:  # noqa: ASYNC110 (a row is waited for)
            await asyncio.sleep(0.02)
        sealer.stop()
        await working
