"""The audit finds each kind of fault, by name, and none in a clean book."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from services.audit import Audit, AuditReport, look
from storage import expiry as expiry_store
from storage.audit import Law
from storage.db import Database
from tests.services.bookkeeping import PROGRAMME, Bookkeeper
from tests.services.breaking import unlock

NOON = datetime(2025, 10, 4, 8, 30, tzinfo=UTC)
YEAR = timedelta(days=365)
MOVE = "INSERT INTO transfers (key, source, target, points, reason, explanation, at) VALUES"
REFUNDED = (
    "UPDATE purchases SET undone_at = 1, undone_by = 1, refunded_minor = amount_minor WHERE id = 2",
    "INSERT INTO accounts (id, kind, member_id) VALUES (17, 7, 1), (28, 8, 2)",
    f"{MOVE} ('owed', 28, 2, 120, 'refund', '{{}}', 1), ('held', 11, 17, 1, 'hold', '{{}}', 1),"
    " ('back', 5, 11, 10, 'return', '{}', 1)",
    "INSERT INTO refunds (key, purchase_id, member_id, amount_minor, points, taken, owed, returned,"
    " at) SELECT 'r', id, member_id, amount_minor, 120, 0, 120, 0, 1 FROM purchases WHERE id = 2",
    "INSERT INTO takebacks (refund_id, transfer_id, points) VALUES (1, 4, 120)",
    "UPDATE members SET points_earned = points_earned - 120, tier = 'member' WHERE id = 2",
    "INSERT INTO lot_uses (transfer_id, lot_id, points) VALUES (10, 3, 1)",
    "INSERT INTO holds (key, member_id, transfer_id, points, state, made_by, at, expires_at)"
    " VALUES ('h', 1, 10, 1, 'open', 1, 1, 2)",
    "INSERT INTO lot_returns (transfer_id, lot_id, points) VALUES (11, 2, 10)",
    "UPDATE lots SET remaining = remaining + 10 WHERE id = 2",
    "UPDATE lots SET remaining = remaining - 1 WHERE id = 3",
    "UPDATE standings SET tier = 'member' WHERE member_id = 2",
)
# Another table of the same name is looked at before the real one, and forbids nothing.
TWICE = (
    "CREATE TEMPORARY TABLE copied AS SELECT * FROM transfers",
    "INSERT INTO copied SELECT 12, key, source, target, points, reason, explanation, purchase_id,"
    " at, rule FROM transfers WHERE id = 3",
    "ALTER TABLE copied RENAME TO transfers",
)
FAULTS = (
    (
        "UPDATE transfers SET source = 2, target = 28 WHERE id = 9",
        "account 28: a debt, stands at 120 points, above zero",
    ),
    (
        "UPDATE holds SET points = 2 WHERE id = 1",
        "member 1: open holds have 2 points, the transfers 1",
    ),
    (
        "UPDATE holds SET state = 'voided', ended_at = 2 WHERE id = 1",
        "member 1: open holds have 0 points, the transfers 1",
    ),
    (
        "UPDATE holds SET transfer_id = 11 WHERE id = 1",
        "hold 1: has 1 points, its own transfer set aside 0",
    ),
    (
        "UPDATE lot_returns SET points = 9 WHERE lot_id = 2",
        "transfer 11: brought 9 points to lots, and moved 10",
    ),
    (
        "UPDATE lot_returns SET lot_id = 3 WHERE transfer_id = 11",
        "lot 2: holds 10 points, its uses leave 0",
    ),
    (
        "UPDATE lot_returns SET lot_id = 4 WHERE transfer_id = 11",
        "lot 4: got points of account 11 back, and belongs to 21",
    ),
    (
        "DELETE FROM lots WHERE id = 5",
        "transfer 7: brought 0 points to lots, and moved 9",
    ),
    (
        "UPDATE refunds SET points = 121 WHERE id = 1",
        "refund 1: says 121 points, it took back 120",
    ),
    (
        "UPDATE takebacks SET points = 121 WHERE transfer_id = 4",
        "transfer 4: 121 points taken back of 120 earned",
    ),
    (
        "UPDATE takebacks SET transfer_id = 5 WHERE transfer_id = 4",
        "transfer 5: 120 points taken back of 0 earned",
    ),
    (
        "DELETE FROM takebacks",
        "member 2: has earned 9 points, the transfers say 129",
    ),
    (
        "UPDATE purchases SET refunded_minor = 5 WHERE id = 1",
        "purchase 1: gave back 5 of money, its refunds 0",
    ),
    (
        "UPDATE standings SET tier = 'member' WHERE member_id = 1",
        "member 1: is on step member of a ladder, and has earned silver",
    ),
    (
        "UPDATE standings SET floor = 'silver' WHERE member_id = 1;"
        "UPDATE members SET points_earned = 0, tier = 'member' WHERE id = 1",
        "member 1: stands on tier member, and has earned silver",
    ),
    (
        ";".join(TWICE),
        "transfer 12: has a key that stands 2 times, and a key stands once",
    ),
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
        "member 1: the lots hold 13 points, the transfers 11",
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
        "lot 3: holds 5 points, its uses leave 1",
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
        "UPDATE members SET tier = 'silver' WHERE id = 2",
        "member 2: stands on tier silver, and has earned member",
    ),
)


@pytest.fixture
async def book(db: Database) -> Bookkeeper:
    """Ada (1) and Ben (2), with all that may be in a book.

    Transfers 1, 2, 3 are Ada's grants and lots, 2 from purchase 1; 4 is Ben's, from purchase 2,
    which was undone when its points were gone; 5 is Ada's spend from lots 2 and 3, 6 Ben's from
    lot 4; 7 is a gift to Ben that has expired, unbooked; 8 books the expiry of lot 1; 9 is what
    Ben owes for the undone purchase; 10 is a point that Ada has on hold, from lot 3; 11 gives 10
    points back into lot 2.
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
        for statement in REFUNDED:
            await tx.execute(text(statement))
    return book


async def audit(db: Database) -> AuditReport:
    return await Audit(db, PROGRAMME).run()


def report(**counts: int) -> AuditReport:
    """A book that is in order and not sealed yet."""
    return AuditReport(**counts, sealed=0, head="0" * 64, faults=())


@pytest.mark.usefixtures("book")
async def test_a_clean_book_has_no_faults(db: Database) -> None:
    assert await audit(db) == report(transfers=11, members=2, lots=5, unsealed=11)


async def test_an_empty_book_has_no_faults(db: Database) -> None:
    assert await audit(db) == report(transfers=0, members=0, lots=0, unsealed=0)


@pytest.mark.usefixtures("book")
async def test_each_kind_of_fault_is_found(db: Database) -> None:
    missed = {}
    for fault, sentence in FAULTS:
        async with db.write() as tx:
            await unlock(tx)
            for statement in fault.split(";"):
                await tx.execute(text(statement))
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
