"""Members on ladders: up at once, down in time or with a refund, every change kept and told."""

from datetime import timedelta
from decimal import Decimal

import pytest

from club.ladders import ChangeReason
from club.members import number_of
from club.misreadings import BadTier
from storage import members as members_store
from storage.db import Database
from tests.club.rungs import ladder
from tests.services.bookkeeping import PROGRAMME
from tests.services.climbing import MANAGER, Shop, beside, with_ladders

ROLLING = {"over": {"days": 30}, "demotion": "continuous", "grace_days": 10, "warn_days": 5}
PARTS = [
    {"of": "purchases", "weight": 80, "full": 4},
    {"of": "referrals", "weight": 20, "full": 2},
]


async def test_a_tier_is_reached_at_once_and_told(db: Database) -> None:
    shop = Shop(db, beside(0, 2, 3))
    sara = await shop.member()
    await shop.buy(sara)
    assert await shop.tier(sara) == "t0"
    await shop.buy(sara)
    assert await shop.tier(sara) == "t1"
    await shop.buy(sara)
    assert await shop.reasons(sara) == [("t1", ChangeReason.REACHED), ("t2", ChangeReason.REACHED)]
    assert await shop.letters() == ["reached", "reached"]
    await shop.in_order()


async def test_amounts_count_what_is_left_of_them(db: Database) -> None:
    shop = Shop(db, beside(0, 10_000, 20_000, measure="amount"))
    sara = await shop.member()
    await shop.buy(sara, 6_000)
    last = await shop.buy(sara, 15_000)
    assert await shop.tier(sara) == "t2"
    await shop.undo(last)
    assert await shop.tier(sara) == "t0"
    assert (await shop.reasons(sara))[-1] == ("t0", ChangeReason.REFUNDED)
    assert await shop.letters() == ["reached", "fell"]
    await shop.in_order()


async def test_a_tier_that_did_not_rest_on_the_refund_stays(db: Database) -> None:
    shop = Shop(db, beside(0, 2, over="year", calendar="gregorian"))
    sara = await shop.member()
    first = await shop.buy(sara, times=3)
    shop.now += timedelta(days=400)
    later = await shop.buy(sara)
    await shop.undo(later)
    assert await shop.tier(sara) == "t1", "it was reached last year, without this purchase"
    await shop.undo(first)
    assert await shop.tier(sara) == "t1", "two of last year's three are left"
    await shop.undo(first - 1)
    assert await shop.tier(sara) == "t0"
    await shop.in_order()


async def test_points_of_the_main_ladder_fall_with_a_refund_to_the_floor(db: Database) -> None:
    shop = Shop(db, with_ladders(ladder(0, 20, 30, measure="points", key="readers")))
    sara = await shop.member()
    await shop.tiers.set_floor(number_of(sara), "t1", "a friend", by=MANAGER)
    bought = await shop.buy(sara, 400_000)
    assert await shop.tier(sara, "readers") == (await shop.member_of(sara)).tier == "t2"
    await shop.undo(bought)
    assert (await shop.member_of(sara)).tier == "t1", "40 → t2, then 0 → the floor"
    await shop.in_order()
    await shop.tiers.set_floor(number_of(sara), "t0", "no longer", by=MANAGER)
    assert (await shop.member_of(sara)).tier == "t0"
    assert [reason for _, reason in await shop.reasons(sara)] == [
        ChangeReason.FLOOR,
        ChangeReason.REACHED,
        ChangeReason.REFUNDED,
        ChangeReason.FLOOR,
    ]
    await shop.in_order()


async def test_a_floor_said_twice_is_set_once(db: Database) -> None:
    shop = Shop(db, beside(0, 2, 4))
    sara = await shop.member()
    for _ in range(2):
        done = await shop.tiers.set_floor(number_of(sara), "T1", "why", by=MANAGER)
        assert (done.tier.key, done.floor.key if done.floor else None) == ("t1", "t1")
    assert len(await shop.reasons(sara)) == 1
    with pytest.raises(BadTier):
        await shop.tiers.set_floor(number_of(sara), "t9", "why", by=MANAGER)
    await shop.buy(sara, times=4)
    await shop.tiers.set_floor(number_of(sara), "t0", "why", by=MANAGER)
    assert await shop.tier(sara) == "t2", "what was reached without the floor stays"


async def test_a_quiet_month_is_warned_of_and_then_a_fall(db: Database) -> None:
    shop = Shop(db, beside(0, 2, 4, **ROLLING))
    sara, floored, busy = [await shop.member() for _ in range(3)]
    await shop.tiers.set_floor(number_of(floored), "t1", "why", by=MANAGER)
    for one in (sara, floored, busy):
        await shop.buy(one, times=4)
    fall = (await shop.levels(sara))["second"].fall
    assert fall is not None
    assert (fall.tier.key, fall.missing) == ("t0", 4)
    await shop.night(20)
    await shop.buy(busy, times=4)
    await shop.night(20)
    assert (await shop.letters())[-2:] == ["warning", "warning"]
    assert await shop.tier(sara) == "t2"
    await shop.night(5)
    tiers = [await shop.tier(one) for one in (sara, floored, busy)]
    assert tiers == ["t0", "t1", "t2"]
    assert (await shop.reasons(sara))[-1] == ("t0", ChangeReason.FELL)
    assert (await shop.letters())[-2:] == ["fell", "fell"]
    await shop.in_order()


async def test_purchases_in_the_grace_days_keep_the_tier(db: Database) -> None:
    shop = Shop(db, beside(0, 2, 4, **ROLLING))
    sara = await shop.member()
    await shop.buy(sara, times=4)
    await shop.night(36)
    await shop.buy(sara, times=4)
    await shop.night(10)
    assert await shop.tier(sara) == "t2"
    assert await shop.letters() == ["reached", "reached", "warning"]


async def test_a_year_is_judged_when_it_is_over(db: Database) -> None:
    rules = {"over": "year", "demotion": "period_end", "grace_days": 3, "warn_days": 7}
    shop = Shop(db, beside(0, 2, **rules))
    sara, again = await shop.member(), await shop.member()
    for one in (sara, again):
        await shop.buy(one, times=2)
    await shop.night(330)  # Into January 2026: last year had what it needs.
    assert await shop.letters() == ["reached", "reached"]
    await shop.buy(again, times=2)
    await shop.night(330)
    assert await shop.letters() == ["reached", "reached"]
    await shop.night(45)
    assert await shop.letters() == ["reached", "reached", "warning", "fell"]
    assert (await shop.tier(sara), await shop.tier(again)) == ("t0", "t1")


async def test_a_weighted_ladder_counts_friends_who_have_bought(db: Database) -> None:
    shop = Shop(db, beside(0, 50, 100, measure="weighted", parts=PARTS))
    sara = await shop.member()
    friends = [await shop.member(friend_of=sara) for _ in range(2)]
    await shop.buy(sara, times=2)
    assert await shop.tier(sara) == "t0"
    await shop.buy(friends[0])
    level = (await shop.levels(sara))["second"]
    assert (level.value, level.way.tier.key, level.way.missing) == (50, "t1", 50)
    shown = [(part.of, part.count, part.full, part.score) for part in level.portions]
    assert shown == [("purchases", 2, 4, 40), ("referrals", 1, 2, 10)]
    await shop.buy(friends[0])
    assert (await shop.levels(sara))["second"].value == 50, "a friend counts once"
    await shop.in_order()


async def test_tags_of_a_tier_come_and_go_with_it(db: Database) -> None:
    programme = beside(0, 2, **ROLLING)
    second = programme.ladders[1]
    vip = second.tiers[1].model_copy(update={"tags": ("vip",), "multiplier": Decimal(2)})
    second = second.model_copy(update={"tiers": (second.tiers[0], vip)})
    shop = Shop(db, with_ladders(PROGRAMME.main_ladder, second))
    sara = await shop.member()
    await shop.buy(sara, 100_000, times=2)
    async with db.read() as tx:
        assert await members_store.tags(tx, sara) == ("vip",)
    assert (await shop.member_of(sara)).points_earned == 20, "who crosses earns as before"
    await shop.buy(sara, 100_000)
    assert (await shop.member_of(sara)).points_earned == 40, "and from then on twice"
    await shop.night(45)
    async with db.read() as tx:
        assert await members_store.tags(tx, sara) == ()
    await shop.in_order()
