"""Missions and refunds: what is taken back may be earned anew, and both ways count the same."""

from datetime import timedelta
from random import Random

from club.members import Member
from club.money import Money
from club.returns import Wish
from club.staff import Role
from services.refund_cards import RefundAsked, RefundMade
from services.refunds import Refunds
from storage.db import Database
from tests.services.test_earning import RATE, VAULT, Shop, rule

PAIRS = "goal = { purchases = 2 }\nwithin = { days = 10 }\nrecurring = true\npoints = 6"
MONTH = 'within = "month"\nrecurring = true\npoints = 20'


async def _refund(shop: Shop, receipt: str, minor: int | None = None) -> RefundMade:
    refunds = Refunds(shop.db, VAULT, shop.programme, lambda: shop.now)
    amount = None if minor is None else Money(minor, "IRT")
    wish = Wish(receipt=receipt, who=None, amount=amount)
    asked = await refunds.ask(wish, by=1, role=Role.MANAGER)
    assert isinstance(asked, RefundAsked)
    return await refunds.make(asked.intent_id, by=1, role=Role.MANAGER)


async def _buy(shop: Shop, member: Member, *receipts: str) -> list[int]:
    """The balance after each purchase of 100, which brings 10."""
    return [(await shop.buy(member, 100, receipt)).balance for receipt in receipts]


async def test_a_mission_that_a_refund_took_back_comes_again_with_a_later_purchase(
    db: Database,
) -> None:
    shop = Shop(db, RATE + rule("pairs", "mission", PAIRS))
    sara = await shop.join(1)
    assert await _buy(shop, sara, "R-1", "R-2", "R-3", "R-4") == [10, 26, 36, 52]
    assert (await _refund(shop, "R-1")).points == 10 + 6
    assert await _buy(shop, sara, "R-5", "R-6", "R-7") == [36 + 10 + 6, 62, 78]
    assert (await _refund(shop, "R-7")).points == 10 + 6
    assert await _buy(shop, sara, "R-8") == [78]
    await shop.proves()


async def test_a_goal_that_became_smaller_after_a_refund_is_reached_anew(db: Database) -> None:
    shop = Shop(db, RATE + rule("month", "mission", f"goal = {{ purchases = 3 }}\n{MONTH}"))
    sara = await shop.join(1)
    assert await _buy(shop, sara, "R-1", "R-2", "R-3") == [10, 20, 50]
    assert (await _refund(shop, "R-1")).points == 10 + 20
    later = Shop(db, RATE + rule("month", "mission", f"goal = {{ purchases = 2 }}\n{MONTH}"))
    later.now = shop.now
    assert await _buy(later, sara, "R-4", "R-5") == [50, 60]
    await later.proves()


async def test_what_is_left_of_a_discount_counts_alike_when_given_and_when_taken_back(
    db: Database,
) -> None:
    goal = f'goal = {{ amount = 150 }}\nbasis = "gross"\n{MONTH}'
    shop = Shop(db, RATE + rule("much", "mission", goal))
    sara = await shop.join(1)
    # Of the 10 points half go: 50 paid and 50 off are left of it.
    assert (await shop.buy(sara, 200, "R-1", discount=Money(100, "IRT"))).balance == 10 + 20
    assert (await _refund(shop, "R-1", 50)).points == 5 + 20
    assert (await shop.buy(sara, 49, "R-2")).balance == 5 + 4
    assert (await shop.buy(sara, 1, "R-3")).balance == 9 + 20
    assert (await _refund(shop, "R-3")).points == 20
    await shop.proves()


async def test_whatever_is_bought_and_given_back_a_mission_stands_in_no_purchases_way(
    db: Database,
) -> None:
    dice = Random(1405)
    shop = Shop(db, RATE + rule("pairs", "mission", PAIRS))
    sara = await shop.join(1)
    kept: list[str] = []
    for number in range(40):
        shop.now += timedelta(days=dice.choice((0, 0, 1, 4)))
        if kept and dice.random() < 0.4:
            await _refund(shop, kept.pop(dice.randrange(len(kept))))
        await shop.buy(sara, 100, f"R-{number}")
        kept.append(f"R-{number}")
    while kept:
        await _refund(shop, kept.pop(dice.randrange(len(kept))))
    assert (await shop.points.card(1)).held.balance == 0
    await shop.proves()
