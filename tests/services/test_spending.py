"""Points as money: once a key, from what expires first, and on the order that earns them."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from club.errors import KeyReused, NotEnoughPoints, NotOffered
from club.expiry import Expiry
from club.ledger import Account
from club.money import Money
from club.spending import Spending as SpendingRules
from club.tills import Details
from services.purchases import Purchases
from services.spending import PointsSpent
from storage.db import Database
from storage.vault import Vault, make_key
from tests.services.bookkeeping import PROGRAMME
from tests.services.desk import CASHIER, RULES, Desk


async def test_points_are_spent_once_a_key_and_the_member_hears_it(db: Database) -> None:
    desk = Desk(db)
    sara = await desk.member(30, 50)
    spent = await desk.spending.spend(sara.number, 60, "a book", by=CASHIER, key="u:1")
    assert (spent.points, spent.worth, spent.balance) == (60, Money(60_000, "IRT"), 20)
    again = await desk.spending.spend(sara.number, 60, "a book", by=CASHIER, key="u:1")
    assert again == replace(spent, repeated=True)
    with pytest.raises(KeyReused):
        await desk.spending.spend(sara.number, 61, None, by=CASHIER, key="u:1")
    with pytest.raises(NotEnoughPoints):
        await desk.spending.spend(sara.number, 21, None, by=CASHIER, key="u:2")
    assert await desk.lots(sara) == [20]
    assert await desk.stands(Account.SPENT) == 60
    assert await desk.letters("points_spent") == 1
    assert (await desk.keeper.member(sara.id)).points_earned == 80
    await desk.in_order()


async def test_a_club_without_spending_says_so(db: Database) -> None:
    desk = Desk(db, PROGRAMME)
    sara = await desk.member(30)
    with pytest.raises(NotOffered):
        await desk.spending.spend(sara.number, 6, None, by=CASHIER, key="u:1")
    assert (await desk.held(sara)).balance == 30


async def test_eight_tills_spend_one_balance(db: Database) -> None:
    desk = Desk(db)
    sara = await desk.member(50, 45)
    done = await asyncio.gather(
        *(desk.spending.spend(sara.number, 30, None, by=CASHIER, key=f"u:{n}") for n in range(8)),
        return_exceptions=True,
    )
    assert sum(isinstance(one, PointsSpent) for one in done) == 3
    assert sum(isinstance(one, NotEnoughPoints) for one in done) == 5
    await desk.in_order()


async def test_an_order_spends_what_it_earns_and_lots_of_90_days_end_on_day_91(
    db: Database,
) -> None:
    """Five points a unit of a hundred minor ones."""
    rate = RULES.rules[0].model_copy(update={"points": 5, "per": 100})
    changes = {
        "rules": (rate,),
        "expiry": Expiry(days=90),
        "spending": SpendingRules(worth=1, at_once=True),
    }
    desk = Desk(db, RULES.model_copy(update=changes))
    purchases = Purchases(db, Vault(make_key()), desk.programme, lambda: desk.now)
    sara = await desk.member()
    await desk.ticks.run_due()  # Begins the jobs.

    async def order(units: int) -> None:
        await purchases.record(
            sara.number,
            Money(units * 100, "IRT"),
            [],
            f"R-{units}",
            by=CASHIER,
            update_id=units,
            details=Details(spend=500),
        )

    await order(115)
    assert await desk.lots(sara) == [75], "575 earned, 500 of them spent"
    desk.now += timedelta(days=10)
    await order(161)
    assert await desk.lots(sara) == [380], "75 old and 425 new ones spent"
    desk.now += timedelta(days=90)
    assert (await desk.held(sara)).balance == 380
    desk.now += timedelta(days=1)
    assert (await desk.held(sara)).balance == 0
    await desk.ticks.run_due()
    assert await desk.lots(sara) == []
    await desk.in_order()
