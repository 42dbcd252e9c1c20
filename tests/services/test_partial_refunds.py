"""A purchase comes back in parts: each part takes its share, and all together are the whole."""

from collections.abc import Mapping
from datetime import timedelta

import pytest

from club.errors import AlreadyRefunded, PressExpired, RefundTooLarge, UndoTooLate
from club.expiry import Expiry
from club.members import number_of
from club.money import Money
from club.programme import Programme
from club.refunds import Refunding
from club.returns import Wish
from club.rules import Rule
from club.spending import Spending
from club.staff import Role
from club.tills import Details
from services.purchases import PurchaseRecorded, Purchases
from services.refund_cards import RefundAsked, RefundMade
from services.refunds import Refunds
from storage.db import Database
from storage.vault import Vault, make_key
from tests.services.bookkeeping import PROGRAMME
from tests.services.desk import MANAGER, Desk

RULES = PROGRAMME.model_copy(
    update={
        "expiry": Expiry(model="age", days=90),
        "spending": Spending(worth=1_000),
        "refunds": Refunding(when_spent="owe", grace_days=10),
    }
)
HUNDRED = 1_000_000  # Toman that bring a hundred points.


class Till(Desk):
    """A desk that sells, and takes back."""

    def __init__(self, db: Database, programme: Programme = RULES) -> None:
        super().__init__(db, programme)
        four = (db, Vault(make_key()), programme, lambda: self.now)
        self.purchases, self.refunds = Purchases(*four), Refunds(*four)

    async def sell(self, member_id: int, minor: int, receipt: str, spend: int = 0) -> int:
        done = await self.purchases.record(
            number_of(member_id),
            Money(minor, "IRT"),
            [],
            receipt,
            by=MANAGER,
            update_id=0,
            details=Details(spend=spend),
        )
        assert isinstance(done, PurchaseRecorded)
        return done.balance

    async def ask(self, receipt: str, minor: int | None, role: Role = Role.MANAGER) -> RefundAsked:
        amount = None if minor is None else Money(minor, "IRT")
        wish = Wish(receipt=receipt, who=None, amount=amount)
        asked = await self.refunds.ask(wish, by=MANAGER, role=role)
        assert isinstance(asked, RefundAsked)
        return asked

    async def refund(self, receipt: str, minor: int | None = None) -> RefundMade:
        asked = await self.ask(receipt, minor)
        return await self.refunds.make(asked.intent_id, by=MANAGER, role=Role.MANAGER)


async def test_parts_take_their_share_and_the_last_one_the_rest(db: Database) -> None:
    till = Till(db)
    member = await till.member()
    await till.sell(member.id, HUNDRED, "R-1")
    thirds = [await till.refund("R-1", part) for part in (333_333, 333_333, None)]
    assert [third.points for third in thirds] == [33, 33, 34]
    assert (thirds[-1].left.minor, thirds[-1].balance) == (0, 0)
    with pytest.raises(AlreadyRefunded):
        await till.ask("R-1", None)
    assert (await till.keeper.member(member.id)).points_earned == 0
    await till.in_order()


async def test_more_than_is_left_is_refused_at_the_card_and_at_the_press(db: Database) -> None:
    till = Till(db)
    member = await till.member()
    await till.sell(member.id, HUNDRED, "R-1")
    first, second = await till.ask("R-1", 600_000), await till.ask("R-1", 600_000)
    await till.refunds.make(first.intent_id, by=MANAGER, role=Role.MANAGER)
    with pytest.raises(RefundTooLarge):
        await till.refunds.make(second.intent_id, by=MANAGER, role=Role.MANAGER)
    again = await till.refunds.make(first.intent_id, by=MANAGER, role=Role.MANAGER)
    assert (again.repeated, again.points, again.balance) == (True, 60, 40)
    with pytest.raises(RefundTooLarge):
        await till.ask("R-1", 400_001)
    await till.in_order()


async def test_who_may_not_undo_may_not_refund(db: Database) -> None:
    till = Till(db)
    member = await till.member()
    await till.sell(member.id, HUNDRED, "R-1")
    till.now += timedelta(minutes=11)
    with pytest.raises(UndoTooLate):
        await till.ask("R-1", None, Role.CASHIER)
    dropped = await till.ask("R-1", None)
    await till.refunds.drop(dropped.intent_id, by=MANAGER)
    with pytest.raises(PressExpired):
        await till.refunds.make(dropped.intent_id, by=MANAGER, role=Role.MANAGER)


async def test_a_refunded_sale_keeps_its_receipt_and_an_undone_one_frees_it(db: Database) -> None:
    till = Till(db)
    member = await till.member()
    await till.sell(member.id, HUNDRED, "R-1")
    await till.refund("R-1")
    assert await till.sell(member.id, HUNDRED, "R-1") == 0
    await till.in_order()


async def test_debt_is_paid_by_what_is_earned_next_and_only_by_that(db: Database) -> None:
    till = Till(db)
    member = await till.member()
    await till.sell(member.id, HUNDRED, "R-1")
    await till.spending.spend(number_of(member.id), 100, None, by=1, key="spend")
    made = await till.refund("R-1", 800_000)
    assert (made.points, made.owed, made.debt, made.balance) == (0, 80, 80, 0)
    number = number_of(member.id)
    await till.adjustments.adjust(number, 50, "present", by=1, key="adjust")
    assert (await till.held(member)).balance == 50
    assert await till.sell(member.id, 500_000, "R-2") == 50
    assert await till.sell(member.id, 500_000, "R-3") == 70
    made = await till.refund("R-2")  # Its points have paid: they are owed, or taken, anew.
    assert (made.points, made.owed, made.balance) == (50, 0, 20)
    await till.in_order()


@pytest.mark.parametrize(
    ("days", "lots"),
    [
        (1, [100, 50]),
        (40, [100, 50]),  # The first lot ends after 90 days …
        (81, [100, 50]),  # … and is replaced by one that lives through the days of grace.
    ],
)
async def test_points_that_paid_come_back(db: Database, days: int, lots: list[int]) -> None:
    till = Till(db)
    member = await till.member(100)
    till.now += timedelta(days=10)
    await till.adjustments.adjust(number_of(member.id), 50, "later", by=1, key="adjust")
    await till.sell(member.id, 500_000, "R-1", spend=100)
    till.now += timedelta(days=days)
    made = await till.refund("R-1")
    assert (made.returned, made.points, made.balance) == (100, 50, 150)
    regranted = await till.keeper.rows("SELECT count(*) FROM lots WHERE points = 100")
    assert regranted == [(2 if days == 81 else 1,)]
    assert sorted(await till.lots(member), reverse=True) == lots
    await till.in_order()


GIVEN: Mapping[str, tuple[int, int, int]] = {  # when_spent → taken, owed, balance.
    "owe": (100, 20, 0),
    "within_balance": (100, 0, 0),
    "pending_only": (0, 0, 100),
}


@pytest.mark.parametrize("when_spent", GIVEN)
async def test_the_programme_chooses_what_becomes_of_spent_points(
    db: Database, when_spent: str
) -> None:
    chosen = Refunding.model_validate({"when_spent": when_spent})
    till = Till(db, RULES.model_copy(update={"refunds": chosen}))
    member = await till.member(50)
    await till.sell(member.id, HUNDRED + 200_000, "R-1")
    await till.spending.spend(number_of(member.id), 70, None, by=1, key="spend")
    made = await till.refund("R-1")
    assert (made.points, made.owed, made.balance) == GIVEN[when_spent]
    assert (await till.keeper.member(member.id)).points_earned == 50
    await till.in_order()


async def test_what_is_taken_back_leaves_its_limit_free(db: Database) -> None:
    welcome = Rule.model_validate(
        {
            "key": "welcome",
            "name": {"fa": "خوش‌آمد", "en": "Welcome"},
            "on": "purchase",
            "points": 30,
            "limits": [{"of": "member", "per": "ever", "times": 1}],
        }
    )
    till = Till(db, RULES.model_copy(update={"rules": (*RULES.rules, welcome)}))
    member = await till.member()
    assert await till.sell(member.id, HUNDRED, "R-1") == 130
    assert (await till.refund("R-1")).balance == 0
    assert await till.sell(member.id, HUNDRED, "R-2") == 130
    assert await till.sell(member.id, HUNDRED, "R-3") == 230
    await till.in_order()
