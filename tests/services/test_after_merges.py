"""What a customer had before a merge is the member's after it, done or undone."""

from pathlib import Path

from club.members import Member, number_of
from club.money import Money
from club.staff import Role
from services.purchases import PurchaseRecorded, Purchases
from services.refunds import Refunds
from storage.db import Database
from tests.rules import rule, with_rules
from tests.services.bookkeeping import PROGRAMME
from tests.services.history_book import VAULT, rows
from tests.services.test_merges import PHONE, Shop, user

MISSION = rule("three", "mission", points=20, goal={"purchases": 3}, within="month")
WITH_MISSION = with_rules(PROGRAMME, MISSION, instead_of=("mission",))
HEAD = "receipt,customer,at,amount,phone\n"
THREE = HEAD + "".join(f"r-{n},c-1,2025-09-2{n + 3},100000,{PHONE}\n" for n in (1, 2, 3))
CASHIER = 2


async def buys(shop: Shop, db: Database, member: Member, receipt: str) -> PurchaseRecorded:
    sales = Purchases(db, VAULT, shop.programme, shop.time)
    outcome = await sales.record(
        number_of(member.id), Money(100_000, "IRT"), [], receipt, by=CASHIER, update_id=0
    )
    assert isinstance(outcome, PurchaseRecorded)
    return outcome


async def merges(shop: Shop, member: Member) -> None:
    asked = await shop.shares(member)
    await shop.merges.answer(user(member), asked.intent_id, mine=True)


async def test_undone_before_the_merge_it_is_told_again_after_it(
    db: Database, tmp_path: Path
) -> None:
    shop = Shop(db, tmp_path)
    await shop.imports(HEAD + f"r-1,c-1,2025-09-01,100000,{PHONE}\n")
    member = await shop.member()
    sold = await buys(shop, db, await shop.customer(), "S-1")
    refunds = Refunds(db, VAULT, shop.programme, shop.time)
    first = await refunds.undo(sold.purchase_id, by=CASHIER, role=Role.MANAGER)
    await merges(shop, member)
    again = await refunds.undo(sold.purchase_id, by=CASHIER, role=Role.MANAGER)
    assert (again.repeated, again.points) == (True, first.points)
    await shop.in_order()


async def test_what_the_customer_completed_the_member_has_completed(
    db: Database, tmp_path: Path
) -> None:
    shop = Shop(db, tmp_path, WITH_MISSION)
    await shop.imports(THREE)
    member = await shop.member()
    await merges(shop, member)
    await buys(shop, db, member, "S-1")
    done = await rows(db, "SELECT count(*) FROM transfers WHERE reason = 'mission'")
    assert done == [(1,)], "a month's mission is done once"
    await shop.in_order()
