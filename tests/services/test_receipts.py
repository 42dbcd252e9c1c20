"""What a receipt says beside the points: what waits, what paid a debt, what points paid."""

import json

import pytest

from club.errors import KeyReused
from club.facts import decode_all
from club.members import number_of
from club.money import Money
from club.parts import Language
from club.tills import Details, TypedLine
from club.waiting import Waiting
from services.purchases import PurchaseRecorded
from storage.db import Database
from templates.render import Reader, render
from tests.services.desk import MANAGER
from tests.services.test_partial_refunds import HUNDRED, RULES, Till

WAITING = RULES.model_copy(update={"waiting": Waiting(days=14)})


async def receipt(till: Till, language: Language) -> str:
    """The latest receipt that was written."""
    statement = "SELECT facts FROM outbox WHERE message = 'letters/receipt' ORDER BY id DESC"
    found = (await till.keeper.rows(statement))[0][0]
    facts = decode_all(json.loads(found) if isinstance(found, str) else found)  # type: ignore[arg-type]
    return render("letters/receipt", Reader(language), **facts)


async def test_points_that_wait_say_until_when(db: Database) -> None:
    till = Till(db, WAITING)
    member = await till.member()
    assert await till.sell(member.id, HUNDRED, "R-1") == 0
    assert "You can spend them from 26 Mehr 1404" in await receipt(till, "en")
    assert "می‌توانید خرجش کنید" in await receipt(till, "fa")


async def test_points_that_pay_a_debt_say_so(db: Database) -> None:
    till = Till(db)
    member = await till.member()
    await till.sell(member.id, HUNDRED, "R-1")
    assert "debt" not in await receipt(till, "en")
    await till.spending.spend(number_of(member.id), 100, None, by=1, key="spend")
    await till.refund("R-1", 800_000)
    assert await till.sell(member.id, HUNDRED, "R-2") == 20
    assert "paid off your debt: 80 points" in await receipt(till, "en")
    assert "بدهی‌تان پرداخت شد: ۸۰ امتیاز" in await receipt(till, "fa")


async def test_points_that_paid_are_told_with_what_is_left_in_money(db: Database) -> None:
    till = Till(db)
    member = await till.member(100)
    await till.sell(member.id, HUNDRED, "R-1", spend=40)
    assert "Paid with points: 40 points; in money: 960,000 toman" in await receipt(till, "en")
    assert "پرداخت با امتیاز: ۴۰ امتیاز؛ به پول: ۹۶۰٬۰۰۰ تومان" in await receipt(till, "fa")


@pytest.mark.parametrize(
    ("minor", "details"),
    [
        (HUNDRED + 1, {}),
        (HUNDRED + 200, {"discount": Money(200, "IRT")}),
        (HUNDRED, {"spend": 1}),
        (HUNDRED, {"shop": "north"}),
        (HUNDRED, {"payment": "cash"}),
        (HUNDRED, {"lines": (TypedLine(sku="a", amount=Money(HUNDRED, "IRT")),)}),
    ],
)
async def test_a_receipt_with_other_facts_is_refused_with_what_stands(
    db: Database, minor: int, details: dict[str, object]
) -> None:
    till = Till(db)
    member = await till.member(100)
    booked = {"shop": "south", "payment": "card", "spend": 10}
    lines = (TypedLine(sku="b", amount=Money(HUNDRED, "IRT"), words=("poetry",)),)

    async def sell(cost: int, **told: object) -> PurchaseRecorded:
        done = await till.purchases.record(
            number_of(member.id),
            Money(cost, "IRT"),
            [],
            "R-1",
            by=MANAGER,
            update_id=0,
            details=Details(**{**booked, "lines": lines, **told}),  # type: ignore[arg-type]
        )
        assert isinstance(done, PurchaseRecorded)
        return done

    first = await sell(HUNDRED)
    again = await sell(HUNDRED)
    assert (again.repeated, again.purchase_id, again.fate) == (True, first.purchase_id, first.fate)
    with pytest.raises(KeyReused) as refused:
        await sell(minor, **details)
    for language, words in (("en", "Shop: south"), ("fa", "فروشگاه: \u2068south")):
        told = render("errors/key_reused", Reader(language), **refused.value.facts)  # type: ignore[arg-type]
        assert words in told
