"""The audit finds each kind of fault, by name, and none in a clean book."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.audit import Audit, AuditReport, look
from services.awards import change_earned
from storage import expiry as expiry_store
from storage import members as members_store
from storage.audit import Law
from storage.db import Database
from tests.services.bookkeeping import PROGRAMME, Bookkeeper

NOON = datetime(2025, 10, 4, 8, 30, tzinfo=UTC)
YEAR = timedelta(days=365)
FAULTS = (
    (
        "UPDATE transfers SET target = 999 WHERE id = 8",
        "transfer 8: stands between 1 accounts, not between two",
    ),
    (
        "UPDATE transfers SET target = source WHERE id = 8",
        "transfer 8: stands between 1 accounts, not between two",
    ),
    (
        "UPDATE transfers SET points = -5 WHERE id = 3",
        "transfer 3: moves -5 points, and a move is above zero",
    ),
    (
        "DELETE FROM accounts WHERE id = 3",
        "all accounts: hold -50 points together, and must hold 0",
    ),
    (
        "UPDATE transfers SET points = 4 WHERE id = 4",
        "account 21: stands at -107 points, below zero",
    ),
    (
        "UPDATE transfers SET source = 4 WHERE id = 4",
        "account 4: stands at -120 points, below zero",
    ),
    (
        "UPDATE lots SET remaining = 3 WHERE id = 3",
        "member 1: the lots hold 3 points, the transfers 2",
    ),
    (
        "UPDATE lots SET points = 6 WHERE id = 3",
        "lot 3: was given 6 points, its own grant has 5",
    ),
    (
        "UPDATE lots SET member_id = 2 WHERE id = 3",
        "lot 3: was given 5 points, its own grant has 0",
    ),
    (
        "UPDATE lots SET remaining = 5 WHERE id = 3",
        "lot 3: holds 5 points, its uses leave 2",
    ),
    (
        "UPDATE lot_uses SET points = 2 WHERE lot_id = 3",
        "transfer 5: took 102 points from lots, and moved 103",
    ),
    (
        "DELETE FROM lot_uses WHERE transfer_id = 8",
        "transfer 8: took 0 points from lots, and moved 50",
    ),
    (
        "INSERT INTO lot_uses (transfer_id, lot_id, points) VALUES (2, 3, 1)",
        "transfer 2: took 1 points from lots, and moved 0",
    ),
    (
        "UPDATE lot_uses SET lot_id = 5 WHERE transfer_id = 8",
        "lot 5: was used by account 11, and belongs to 21",
    ),
    (
        "UPDATE lot_uses SET lot_id = 99 WHERE transfer_id = 8",
        "lot 99: was used by account 11, and belongs to None",
    ),
    (
        "UPDATE purchases SET points = 99 WHERE id = 1",
        "purchase 1: says 99 points, its grants are 100",
    ),
    (
        "UPDATE members SET points_earned = 1 WHERE id = 1",
        "member 1: has earned 1 points, the transfers say 155",
    ),
    (
        "UPDATE purchases SET undone_at = NULL WHERE id = 2",
        "member 2: has earned 9 points, the transfers say 129",
    ),
    (
        "UPDATE members SET tier = 'silver' WHERE id = 2",
        "member 2: stands on tier silver, and has earned member",
    ),
)


@pytest.fixture
async def book(db: Database) -> Bookkeeper:
    """Ada (1) and Ben (2), with all that may be in a book.

    Transfers 1, 2, 3 are Ada's grants and lots, 2 from purchase 1; 4 is Ben's, from purchase 2,
    which was undone when its points were gone; 5 is Ada's spend from lots 2 and 3, 6 Ben's from
    lot 4; 7 is a gift to Ben that has expired, unbooked; 8 books the expiry of lot 1.
    """
    book = Bookkeeper(db)
    ada, ben = await book.join(NOON), await book.join(NOON)
    await book.give(ada, 50, NOON - 3 * YEAR)
    await book.buy(ada, 100, NOON)
    await book.give(ada, 5, NOON)
    await book.buy(ben, 120, NOON)
    await book.spend(ada, 103, NOON)
    await book.spend(ben, 120, NOON)
    await book.give(ben, 9, NOON - 2 * YEAR)
    async with db.write() as tx:
        assert await expiry_store.expire_lots(tx, NOON - 3 * YEAR / 2) == 1
        await tx.execute(text("UPDATE purchases SET undone_at = 1, undone_by = 1 WHERE id = 2"))
        member = await members_store.lock(tx, ben)
        await change_earned(tx, PROGRAMME, member, -120)
    return book


async def unlock(tx: AsyncConnection) -> None:
    """Let this transaction write past all that the tables forbid."""
    if tx.dialect.name == "sqlite":
        await tx.execute(text("PRAGMA ignore_check_constraints = ON"))
        await tx.execute(text("PRAGMA defer_foreign_keys = ON"))
        return
    laws = """
        SELECT conrelid::regclass::text, conname FROM pg_constraint
        WHERE contype IN ('f', 'c') AND conrelid <> 0
        AND connamespace = current_schema()::regnamespace
    """
    for table, law in (await tx.execute(text(laws))).all():
        await tx.execute(text(f"ALTER TABLE {table} DROP CONSTRAINT {law}"))


async def audit(db: Database) -> AuditReport:
    return await Audit(db, PROGRAMME).run()


@pytest.mark.usefixtures("book")
async def test_a_clean_book_has_no_faults(db: Database) -> None:
    assert await audit(db) == AuditReport(transfers=8, members=2, lots=5, faults=())


async def test_an_empty_book_has_no_faults(db: Database) -> None:
    assert await audit(db) == AuditReport(transfers=0, members=0, lots=0, faults=())


@pytest.mark.usefixtures("book")
async def test_each_kind_of_fault_is_found(db: Database) -> None:
    missed = {}
    for fault, sentence in FAULTS:
        async with db.write() as tx:
            await unlock(tx)
            await tx.execute(text(fault))
            told = [str(found) for found in await look(tx, PROGRAMME)]
            await tx.rollback()
        if sentence not in told:
            missed[fault] = told
    assert missed == {}
    assert (await audit(db)).faults == ()


@pytest.mark.usefixtures("book")
async def test_a_fault_is_told_once_with_what_stands_there(db: Database) -> None:
    async with db.write() as tx:
        await tx.execute(text("UPDATE members SET tier = 'member' WHERE id = 1"))
    (fault,) = (await audit(db)).faults
    assert (fault.law, fault.id, fault.found, fault.expected) == (
        Law.TIER,
        1,
        "member",
        "silver",
    )
