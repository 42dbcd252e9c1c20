"""An import under rules that ask who buys: limits, missions, tiers; and what a row may tell."""

from pathlib import Path

from club.programme import Programme, parse_programme
from services.imports import Imports
from services.purchase_files import read_purchases
from storage.db import Database
from tests.data.purchases import EXAMPLES, Shop
from tests.services.history_book import NOW, SOURCE, VAULT, bring, rows
from tests.services.test_imports import _empty, _record_one_by_one

ROWS = 200
RULES = """
[[rules]]
key = "first"
name = { fa = "نخستین", en = "First" }
on = "purchase"
points = 9
when = { first_purchase = true }
[[rules]]
key = "daily"
name = { fa = "روزانه", en = "Daily" }
on = "purchase"
points = 3
limits = [{ of = "member", per = "month", times = 1 }, { of = "all", per = "ever", points = 200 }]
[[rules]]
key = "two"
name = { fa = "دو خرید", en = "Two" }
on = "mission"
goal = { purchases = 2 }
within = "month"
recurring = true
points = 7
"""
MOVES = """
    SELECT m.external_id, t.rule, t.points, t.reason, t.at, CAST(t.explanation AS TEXT), p.receipt
    FROM transfers t JOIN purchases p ON p.id = t.purchase_id JOIN members m ON m.id = p.member_id
    ORDER BY p.receipt, t.rule"""
MEMBERS = "SELECT external_id, points_earned, tier FROM members ORDER BY external_id"


class Rich(Shop):
    """A shop whose rules look at the customer, and whose tiers multiply."""

    @property
    def programme(self) -> Programme:
        text = (EXAMPLES / f"{self.kind}.toml").read_text(encoding="utf-8")
        head, _, steps = text.rpartition("[[ladders.tiers]]")
        return parse_programme(f"{head}[[ladders.tiers]]\nmultiplier = 2\n{steps}\n{RULES}")


async def test_rules_that_ask_who_buys_make_the_same_book(db: Database, tmp_path: Path) -> None:
    shop = Rich("cd-shop")
    read = await read_purchases(shop.file(tmp_path, ROWS), shop.programme, NOW)
    lines = sorted(read.lines, key=lambda line: (line.at, line.customer, line.line))
    imports = Imports(db, VAULT, shop.programme, lambda: NOW)
    compared = await imports.compare(lines, SOURCE)
    await imports.book(compared, SOURCE, lambda done, total: None)
    imported = await rows(db, MOVES), await rows(db, MEMBERS)
    await _empty(db)
    await _record_one_by_one(db, shop, lines)
    assert (await rows(db, MOVES), await rows(db, MEMBERS)) == imported
    given = {row[1] for row in imported[0]}
    assert {"purchase", "first", "daily", "two"} <= given


async def test_a_file_tells_shop_payment_and_discount(db: Database, tmp_path: Path) -> None:
    shop = Shop("cd-shop")
    path = tmp_path / "orders.csv"
    path.write_text(
        "receipt,customer,at,amount,discount,shop,payment\n"
        "1,a,2018-01-02,8.00,2.00,North,card\n"
        "2,a,2018-01-03,8.00,,,\n",
        encoding="utf-8",
    )
    await bring(db, shop, path)
    told = "SELECT amount_minor, discount_minor, shop, payment, points FROM purchases ORDER BY id"
    assert await rows(db, told) == [(800, 200, "north", "card", 8), (800, 0, None, None, 8)]
