"""An order that points paid in part: what of it is money, sold and given back."""

from dataclasses import replace

from club.members import number_of
from club.money import Money
from club.returns import Wish
from club.rules import Rule
from club.spending import Spending
from club.staff import Role
from services.refund_cards import RefundChoice
from services.refunds import Refunds
from storage.db import Database
from storage.vault import Vault, make_key
from tests.services.desk import MANAGER
from tests.services.test_partial_refunds import RULES, Till

CHEAP = RULES.model_copy(update={"spending": Spending(worth=10)})
MISSION = Rule.model_validate(
    {
        "key": "two",
        "name": {"fa": "دو خرید", "en": "Two purchases"},
        "on": "mission",
        "goal": {"purchases": 2},
        "within": "month",
        "points": 20,
    }
)


async def test_what_points_paid_does_not_come_back_as_money_too(db: Database) -> None:
    till = Till(db, CHEAP)
    member = await till.member(500)
    await till.sell(member.id, 10_000, "R-1", spend=400)
    asked = await till.ask("R-1", None)
    assert (asked.amount.minor, asked.in_money, asked.returned) == (
        10_000,
        Money(6_000, "IRT"),
        400,
    )
    made = await till.refund("R-1")
    assert (made.in_money, made.returned, made.balance) == (Money(6_000, "IRT"), 400, 500)
    told = await till.keeper.rows("SELECT facts FROM outbox WHERE message = 'letters/refunded'")
    assert "6000" in str(told)


async def test_parts_sum_to_what_was_paid_in_money_and_in_points(db: Database) -> None:
    till = Till(db, CHEAP)
    member = await till.member(500)
    await till.sell(member.id, 10_000, "R-1", spend=400)
    parts = [await till.refund("R-1", minor) for minor in (3_333, 1, 3_333, None)]
    money = [part.in_money.minor if part.in_money else None for part in parts]
    assert money == [1_999, 1, 2_000, 2_000]
    assert [part.returned for part in parts] == [133, 0, 133, 134]
    await till.in_order()


async def test_points_are_worth_what_they_were_worth_when_they_paid(db: Database) -> None:
    till = Till(db, CHEAP)
    member = await till.member(500)
    await till.sell(member.id, 10_000, "R-1", spend=400)
    dearer = RULES.model_copy(update={"spending": Spending(worth=25)})
    till.refunds = Refunds(db, Vault(make_key()), dearer, lambda: till.now)
    assert (await till.ask("R-1", None)).in_money == Money(6_000, "IRT")


async def test_an_order_paid_in_money_alone_says_nothing_of_it(db: Database) -> None:
    till = Till(db, CHEAP)
    member = await till.member()
    await till.sell(member.id, 10_000, "R-1")
    assert (await till.refund("R-1")).in_money is None


async def test_a_second_press_tells_all_that_the_first_one_told(db: Database) -> None:
    till = Till(db, CHEAP.model_copy(update={"rules": (*RULES.rules, MISSION)}))
    member = await till.member(500)
    await till.sell(member.id, 10_000, "R-1", spend=100)
    await till.sell(member.id, 20_000, "R-2", spend=100)
    asked = await till.ask("R-1", None)
    made = await till.refunds.make(asked.intent_id, by=MANAGER, role=Role.MANAGER)
    assert [(one.name.en, one.points) for one in made.rewards] == [("Two purchases", 20)]
    again = await till.refunds.make(asked.intent_id, by=MANAGER, role=Role.MANAGER)
    assert again == replace(made, repeated=True)


async def test_purchases_to_choose_from_carry_their_receipts(db: Database) -> None:
    till = Till(db, CHEAP)
    member = await till.member()
    await till.sell(member.id, 10_000, "R-1")
    await till.sell(member.id, 10_000, "R-2")
    wish = Wish(receipt=None, who=number_of(member.id), amount=None)
    choice = await till.refunds.ask(wish, by=MANAGER, role=Role.MANAGER)
    assert isinstance(choice, RefundChoice)
    assert {one.receipt for one in choice.choices} == {"R-1", "R-2"}
