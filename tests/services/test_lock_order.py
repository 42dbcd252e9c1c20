"""Rows of two members, and of a purchase, are locked in one order: no two wait for each other."""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from typing import TypeVar

import pytest
from sqlalchemy import text

from storage import members as members_store
from storage import purchases as purchases_store
from storage.db import Database
from tests.handlers.people import BOOKSHOP, OWNER, STAFF_CHAT, Club, Person, open_club
from tests.handlers.ways import buy, come_to_terms, join
from tests.rules import inviting

SARA, NIMA = Person(41, "Sara"), Person(42, "Nima")
INVITER, FRIEND = 1, 2
T = TypeVar("T")

pytestmark = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


@pytest.fixture
async def club(db: Database) -> AsyncIterator[Club]:
    async with open_club(db) as opened:
        yield opened


async def waits(db: Database) -> None:
    """Until a transaction waits for a lock of another."""
    asked = """SELECT count(*) FROM pg_stat_activity
        WHERE datname = current_database() AND wait_event_type = 'Lock'"""
    async with asyncio.timeout(10):
        while True:
            async with db.read() as tx:
                if await tx.scalar(text(asked)):
                    return
            await asyncio.sleep(0.01)


async def in_order(db: Database, work: Awaitable[T], *, purchase_id: int | None = None) -> T:
    """The work, while another transaction locks the inviter, then the friend, then a purchase."""
    async with asyncio.timeout(20), db.write() as tx:
        holder = INVITER if purchase_id is None else FRIEND
        await members_store.lock(tx, holder)
        task = asyncio.ensure_future(work)
        await waits(db)
        await members_store.lock(tx, FRIEND)
        if purchase_id is not None:
            await purchases_store.lock(tx, purchase_id)
    return await task


async def invited(club: Club) -> None:
    """Nima has opened Sara's link."""
    await join(club, SARA)
    code = (await club.services.referral.show(SARA.id, 0)).code
    await club.say(NIMA, f"/start {code}")


async def test_a_first_purchase_locks_the_inviter_in_order(club: Club, db: Database) -> None:
    await invited(club)
    number = await join(club, NIMA)
    done = await in_order(db, buy(club, number, 100_000, "R1"))
    assert done.repeated is False
    assert (await club.services.referral.show(SARA.id, 0)).points == 5


async def test_agreeing_locks_the_inviter_in_order(db: Database) -> None:
    async with open_club(db, inviting(BOOKSHOP, 5, 5, "referral_joined")) as club:
        await invited(club)
        await come_to_terms(club, NIMA)
        await in_order(db, club.services.joining.agree(NIMA.id))
        assert (await club.services.referral.show(SARA.id, 0)).points == 5


async def test_taking_back_locks_the_member_before_the_purchase(club: Club, db: Database) -> None:
    await join(club, SARA)
    bought = await buy(club, await join(club, NIMA), 100_000, "R1")
    role = await club.services.staff.role(OWNER, STAFF_CHAT)
    undo = club.services.refunds.undo(bought.purchase_id, by=OWNER, role=role)
    assert (await in_order(db, undo, purchase_id=bought.purchase_id)).repeated is False
