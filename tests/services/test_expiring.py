"""Points that live on by activity, and a programme that gives an end to those without one."""

from datetime import UTC, datetime, timedelta

import pytest

from club.expiry import Expiry
from services.expiring import Expiring, all_live_on, live_on
from storage import members as members_store
from storage.db import Database
from tests.services.desk import CASHIER, RULES, START, Desk

ENDLESS = RULES.model_copy(update={"expiry": Expiry(model="never")})
LAPSING = RULES.model_copy(
    update={"expiry": Expiry(model="inactivity", days=30, extended_by=("spend", "visit"))}
)


def ends(day: int, month: int, year: int = 2025) -> datetime:
    """The end of that day in Tehran."""
    return datetime(year, month, day, 20, 30, tzinfo=UTC)


async def test_an_activity_lets_all_open_points_live_on(db: Database) -> None:
    desk = Desk(db, LAPSING)
    sara = await desk.member(30, 50)
    assert (await desk.held(sara)).next_expiry == ends(2, 11)
    desk.now += timedelta(days=20)
    await desk.spending.spend(sara.number, 10, None, by=CASHIER, key="u:1")
    held = await desk.held(sara)
    assert (held.balance, held.next_points, held.next_expiry) == (70, 70, ends(23, 11))
    desk.now += timedelta(days=31)
    assert (await desk.held(sara)).balance == 0
    async with db.write() as tx:
        await members_store.lock(tx, sara.id)
        await live_on(tx, LAPSING, sara.id, "visit", at=desk.now)
    assert (await desk.held(sara)).balance == 0, "what has expired stays so"
    await desk.in_order()


async def test_what_is_not_counted_changes_nothing_and_no_lot_gets_shorter(db: Database) -> None:
    desk = Desk(db, LAPSING)
    sara = await desk.member(30)
    before = (await desk.held(sara)).next_expiry
    async with db.write() as tx:
        await live_on(tx, LAPSING, sara.id, "review", at=START + timedelta(days=9))
        await live_on(tx, LAPSING, sara.id, "visit", at=START - timedelta(days=9))
    assert (await desk.held(sara)).next_expiry == before


@pytest.mark.parametrize("retroactive", [False, True])
async def test_turning_expiry_on_touches_old_points_only_when_told(
    db: Database, retroactive: bool
) -> None:
    desk = Desk(db, ENDLESS)
    sara = await desk.member(30)
    old = await desk.member()
    await desk.keeper.give(old.id, 5, START - timedelta(days=900))
    rules = Expiry(months=12, retroactive=retroactive)
    now = RULES.model_copy(update={"expiry": rules})
    changed = Expiring(db, now, lambda: START)
    assert await changed.realign() == (2 if retroactive else 0)
    assert await changed.realign() == 0
    assert (await desk.held(sara)).next_expiry == (ends(4, 10, 2026) if retroactive else None)
    held = await desk.held(old)
    assert held.balance == 5, "nothing ends before this day does"
    assert held.next_expiry == (ends(4, 10) if retroactive else None)
    await desk.in_order()


async def test_many_live_on_as_one_by_one_whatever_the_order(db: Database) -> None:
    desk = Desk(db, LAPSING)
    sara, nima = await desk.member(30), await desk.member(30)
    days = (20, 60, 45)  # The first lets the points live to day 50, and the next two on.
    async with db.write() as tx:
        moments = [(sara.id, START + timedelta(days=day)) for day in days]
        await all_live_on(tx, LAPSING, "visit", moments)
        await all_live_on(tx, LAPSING, "review", moments)
        for day in sorted(days):
            await live_on(tx, LAPSING, nima.id, "visit", at=START + timedelta(days=day))
    assert (await desk.held(sara)).next_expiry == ends(2, 1, 2026)
    assert await desk.held(sara) == await desk.held(nima)
