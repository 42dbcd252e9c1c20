"""What rules bring through the services: conditions, limits, missions, streaks, waiting points."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from club.errors import PaidTooMuch, UnknownEvent
from club.members import JoinStep, Member
from club.money import Money
from club.programme import Programme, parse_programme
from club.tills import Details
from services.audit import Audit
from services.events import Events
from services.missions import Missions
from services.points import Points
from services.purchases import PurchaseRecorded, Purchases
from services.visits import Visits
from storage import members as members_store
from storage.db import Database
from storage.tables.staff import AUDIT_LOG
from storage.vault import Vault, make_key

START = datetime(2026, 3, 2, 12, tzinfo=UTC)
VAULT = Vault(make_key())
CLUB = """
[club]
name = { fa = "کتاب", en = "Books" }
currency = "IRT"
typical_amount = 100000
calendar = "gregorian"
zone = "UTC"
[[ladders]]
key = "main"
name = { fa = "پله", en = "Ladder" }
measure = "points"
[[ladders.tiers]]
key = "member"
name = { fa = "عضو", en = "Member" }
from = 0
[[ladders.tiers]]
key = "gold"
name = { fa = "طلایی", en = "Gold" }
from = 100
multiplier = 2
"""
RATE = """
[[rules]]
key = "rate"
name = { fa = "خرید", en = "Purchase" }
on = "purchase"
points = 10
per = 100
"""


def rule(key: str, on: str, rest: str) -> str:
    """One more rule of a programme."""
    name = f'name = {{ fa = "{key}", en = "{key}" }}'
    return f'\n[[rules]]\nkey = "{key}"\n{name}\non = "{on}"\n{rest}\n'


class Shop:
    """A club with one programme, in which time is the test's."""

    def __init__(self, db: Database, text: str) -> None:
        self.db, self.now = db, START
        self.programme: Programme = parse_programme(CLUB + text)
        four = (db, VAULT, self.programme, lambda: self.now)
        self.purchases, self.points, self.events = Purchases(*four), Points(*four), Events(*four)
        self.visits = Visits(db, self.programme, lambda: self.now)
        self.missions = Missions(db, self.programme, lambda: self.now)
        self._updates = 0

    async def join(self, user_id: int, code: str | None = None) -> Member:
        async with self.db.write() as tx:
            member = await members_store.create(
                tx,
                chat_user_id=user_id,
                language="en",
                calendar="gregorian",
                tier="member",
                referral_code=f"c{user_id}",
                referred_by_code=code,
                at=self.now,
            )
            assert member is not None
            step = {"agreed_at": self.now, "join_step": JoinStep.DONE}
            await members_store.change(tx, member.id, **step)
            return await members_store.lock(tx, member.id)

    async def buy(
        self, member: Member, amount: int, receipt: str | None = None, **details: object
    ) -> PurchaseRecorded:
        self._updates += 1
        self.now += timedelta(minutes=5)
        told = Details(**details)  # type: ignore[arg-type]
        paid = Money(amount, "IRT")
        done = await self.purchases.record(
            member.number, paid, (), receipt, by=1, update_id=self._updates, details=told
        )
        assert isinstance(done, PurchaseRecorded)
        return done

    async def event(self, member: Member, name: str) -> int:
        self._updates += 1
        key = f"update:{self._updates}"
        recorded = await self.events.record(member.number, name, by=1, key=key)
        again = await self.events.record(member.number, name, by=1, key=key)
        assert again.points == recorded.points
        return recorded.points

    async def proves(self) -> None:
        report = await Audit(self.db, self.programme).run()
        assert report.faults == ()


async def test_the_order_that_crosses_a_threshold_earns_at_the_old_tier(db: Database) -> None:
    shop = Shop(db, RATE)
    sara = await shop.join(1)
    first = await shop.buy(sara, 1_000)
    assert (first.points, first.tier_reached, first.tier.en) == (100, True, "Gold")
    second = await shop.buy(sara, 100)
    assert (second.points, second.given) == (20, (("rate", 10), ("tier:gold", 10)))
    await shop.proves()


async def test_limits_of_a_member_and_a_budget_of_all(db: Database) -> None:
    quiz = 'points = 7\nevent = "quiz"\nlimits = [{ of = "member", per = "day", times = 2 }]'
    fair = 'points = 40\nevent = "fair"\nlimits = [{ of = "all", per = "ever", points = 100 }]'
    shop = Shop(db, RATE + rule("quiz", "event", quiz) + rule("fair", "event", fair))
    sara, ali = await shop.join(1), await shop.join(2)
    assert [await shop.event(sara, "quiz") for _ in range(3)] == [7, 7, 0]
    assert await shop.event(ali, "quiz") == 7
    shop.now += timedelta(days=1)
    assert await shop.event(sara, "quiz") == 7
    given = [await shop.event(who, "fair") for who in (sara, ali, sara, ali)]
    assert given == [40, 40, 20, 0]
    with pytest.raises(UnknownEvent):
        await shop.event(sara, "unheard")
    await shop.proves()


async def test_an_event_that_brought_nothing_brings_nothing_under_the_same_key_later(
    db: Database,
) -> None:
    quiz = 'points = 7\nevent = "quiz"\nlimits = [{ of = "member", per = "day", times = 1 }]'
    shop = Shop(db, RATE + rule("quiz", "event", quiz))
    sara = await shop.join(1)
    given = []
    for key, days in (("u:1", 0), ("u:2", 0), ("u:2", 1), ("u:3", 0)):
        shop.now += timedelta(days=days)
        recorded = await shop.events.record(sara.number, "quiz", by=1, key=key)
        given.append((recorded.points, recorded.balance))
    assert given == [(7, 7), (0, 7), (0, 7), (7, 14)]
    async with db.read() as tx:
        logged = (await tx.execute(select(AUDIT_LOG.c.facts))).scalars()
        assert [facts["key"] for facts in logged] == ["u:1", "u:2", "u:3"]


async def test_what_is_booked_late_counts_against_the_limit_of_its_own_month(db: Database) -> None:
    monthly = 'points = 7\nlimits = [{ of = "member", per = "month", times = 1 }]'
    shop = Shop(db, rule("monthly", "purchase", monthly))
    sara = await shop.join(1)
    given = []
    for number, month in enumerate((4, 3, 3, 4, 2)):
        shop.now = shop.now.replace(month=month)
        given.append((await shop.buy(sara, 100, f"R-{number}")).points)
    assert given == [7, 7, 0, 0, 7]
    await shop.proves()


async def test_a_mission_is_rewarded_once_a_month(db: Database) -> None:
    three = 'goal = { purchases = 3 }\nwithin = "month"\nrecurring = true\npoints = 20'
    shop = Shop(db, RATE + rule("three", "mission", three))
    sara = await shop.join(1)
    balances = [(await shop.buy(sara, 100 + step)).balance for step in range(5)]
    assert balances == [10, 20, 50, 60, 70]
    (shown,) = await shop.missions.show(1)
    assert (shown.progress.done, shown.progress.completed) == (3, True)
    shop.now = datetime(2026, 4, 1, tzinfo=UTC)
    (shown,) = await shop.missions.show(1)
    assert (shown.progress.done, shown.progress.completed) == (0, False)
    balances = [(await shop.buy(sara, 100 + step)).balance for step in range(3)]
    assert balances == [80, 90, 120]
    await shop.proves()


async def test_a_streak_counts_local_days_in_a_row(db: Database) -> None:
    shop = Shop(
        db, RATE + rule("open", "visit", "points = 1") + rule("s", "streak", "points = 5\ndays = 3")
    )
    member = await shop.join(1)
    earned = []
    for day in (1, 2, 3, 4, 6, 7, 8):
        shop.now = START + timedelta(days=day)
        for _ in range(2):
            member = await shop.visits.count(member)
        earned.append(member.points_earned)
    assert earned == [1, 2, 8, 9, 10, 11, 17]
    await shop.proves()


async def test_points_wait_until_a_purchase_cannot_come_back(db: Database) -> None:
    shop = Shop(db, RATE + "[waiting]\ndays = 14\n")
    sara = await shop.join(1)
    assert (await shop.buy(sara, 100)).balance == 0
    bought = shop.now
    card = await shop.points.card(1)
    assert (card.held.balance, card.held.waiting) == (0, 10)
    assert (card.waiting_points, card.active_from) == (10, bought + timedelta(days=14))
    shop.now = bought + timedelta(days=14, microseconds=-1000)
    assert (await shop.points.card(1)).held.balance == 0
    shop.now = bought + timedelta(days=14)
    assert (await shop.points.card(1)).held.balance == 10
    await shop.proves()


async def test_an_order_may_spend_what_it_earns(db: Database) -> None:
    shop = Shop(db, RATE + "[spending]\nworth = 1\nat_once = true\n")
    sara = await shop.join(1)
    done = await shop.buy(sara, 1_000, spend=60)
    assert (done.points, done.balance, done.points_spent) == (100, 40, 60)
    with pytest.raises(PaidTooMuch):
        await shop.buy(sara, 30, spend=31)
    await shop.proves()


async def test_friends_bring_points_by_joining_and_by_each_purchase(db: Database) -> None:
    each = 'to = "inviter"\npoints = 1\nper = 100'
    first = 'to = "friend"\npoints = 5'
    shop = Shop(
        db,
        RATE
        + rule("each", "referral_each_purchase", each)
        + rule("first", "referral_first_purchase", first),
    )
    await shop.join(1)
    friend = await shop.join(2, code="c1")
    assert [(await shop.buy(friend, amount)).balance for amount in (300, 500)] == [35, 85]
    assert (await shop.points.card(1)).held.balance == 3 + 5
    await shop.proves()


async def test_a_friend_can_buy_though_the_reward_for_it_is_beyond_all_reason(db: Database) -> None:
    each = 'to = "inviter"\npoints = 1_000\nper = 1'
    shop = Shop(db, rule("each", "referral_each_purchase", each))
    await shop.join(1)
    friend = await shop.join(2, code="c1")
    assert (await shop.buy(friend, 1_001)).amount == Money(1_001, "IRT")
    assert (await shop.points.card(1)).held.balance == 0
    await shop.buy(friend, 1_000)
    assert (await shop.points.card(1)).held.balance == 1_000_000
    await shop.proves()


async def test_conditions_look_at_shop_payment_discount_and_first_purchase(db: Database) -> None:
    north = "points = 3\nwhen = { shops = ['north'], payments = ['card'] }"
    first = "points = 56\nwhen = { first_purchase = true }"
    gross = "points = 1\nper = 100\nbasis = 'gross'"
    shop = Shop(
        db,
        RATE
        + rule("north", "purchase", north)
        + rule("first", "purchase", first)
        + rule("gross", "purchase", gross),
    )
    sara = await shop.join(1)
    discount = Money(100, "IRT")
    done = await shop.buy(sara, 300, shop="north", payment="card", discount=discount)
    assert dict(done.given) == {"rate": 20, "north": 3, "first": 56, "gross": 3}
    assert (done.amount, done.discount) == (Money(200, "IRT"), discount)
    assert dict((await shop.buy(sara, 301, shop="north")).given) == {"rate": 30, "gross": 3}
    await shop.proves()
