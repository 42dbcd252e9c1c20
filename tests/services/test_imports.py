"""Files of past purchases become the book they would have made, whatever interrupts."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import delete, true

from club.imports import PurchaseLine
from club.members import JoinStep, Reach, number_of
from services.imports import ImportDone, Imports
from services.purchase_files import read_purchases
from services.purchases import Purchases
from storage import imports as imports_store
from storage.db import Database
from storage.tables import METADATA
from storage.tables.book import ACCOUNTS
from tests.data.purchases import SHOPS, Shop, cells
from tests.services.history_book import NOW, SOURCE, VAULT, WRONG_SUMS, book, bring, rows

PER_CENT = {"cd-shop": Decimal(1) / 100, "film-shop": Decimal(10) / 100}
ONE_BY_ONE = 500


def points_of(shop: Shop, row: dict[str, str]) -> int:
    """What a row brings, worked out without the club."""
    return int(Decimal(row["amount"]) * 100 * PER_CENT[shop.kind])


@pytest.mark.parametrize("shop", SHOPS, ids=str)
async def test_the_book_says_what_the_file_says(db: Database, shop: Shop, tmp_path: Path) -> None:
    path = shop.file(tmp_path)
    done = await bring(db, shop, path)
    told = cells(path)
    points = [points_of(shop, row) for row in told]
    customers = {row["customer"] for row in told}
    assert done == ImportDone(
        purchases=len(told),
        customers=len(customers),
        members_new=len(customers),
        points=sum(points),
        zero_points=points.count(0),
        repeated=0,
        departed=0,
    )
    booked = await rows(
        db,
        "SELECT receipt, external_id, points FROM purchases p JOIN members m ON m.id = member_id",
    )
    assert set(booked) == {
        (row["receipt"], row["customer"], each) for row, each in zip(told, points, strict=True)
    }
    assert await rows(db, WRONG_SUMS) == []
    assert await rows(db, "SELECT count(*) FROM outbox") == [(0,)]


@pytest.mark.parametrize("shop", SHOPS, ids=str)
async def test_customers_stand_where_their_purchases_bring_them(
    db: Database, shop: Shop, tmp_path: Path
) -> None:
    path = shop.file(tmp_path)
    await bring(db, shop, path)
    earned: dict[str, int] = defaultdict(int)
    bought = set()
    for row in cells(path):
        earned[row["customer"]] += points_of(shop, row)
        bought |= {(genre.lower(), row["customer"]) for genre in row.get("genres", "").split("|")}
    expected = {
        (name, total, [tier.key for tier in shop.programme.tiers if tier.threshold <= total][-1])
        for name, total in earned.items()
    }
    assert set(await rows(db, "SELECT external_id, points_earned, tier FROM members")) == expected
    tags = await rows(db, "SELECT tag, external_id FROM tags JOIN members ON id = member_id")
    assert set(tags) == {(genre, name) for genre, name in bought if genre}


@pytest.mark.parametrize("shop", SHOPS, ids=str)
async def test_the_same_file_again_changes_nothing(
    db: Database, shop: Shop, tmp_path: Path
) -> None:
    path = shop.file(tmp_path)
    first = await bring(db, shop, path)
    before = await book(db)
    again = await bring(db, shop, path)
    assert (again.purchases, again.members_new, again.points) == (0, 0, 0)
    assert again.repeated == first.purchases
    assert await book(db) == before


async def test_a_tag_names_the_first_purchase_that_brought_it(db: Database, tmp_path: Path) -> None:
    shop = SHOPS[1]
    path = shop.file(tmp_path)
    await bring(db, shop, path)
    first: dict[tuple[object, ...], str] = {}
    for row in cells(path):  # In order of time.
        for genre in filter(None, row["genres"].split("|")):
            first.setdefault((genre.lower(), row["customer"]), row["receipt"])
    tags = (await book(db))["tags"]
    assert {(tag, customer): receipt for tag, customer, receipt in tags} == first


@pytest.mark.parametrize("shop", SHOPS[:2], ids=str)
async def test_recording_one_by_one_makes_the_same_book(
    db: Database, shop: Shop, tmp_path: Path
) -> None:
    programme = shop.programme
    read = await read_purchases(shop.file(tmp_path, ONE_BY_ONE), programme, NOW)
    lines = sorted(read.lines, key=lambda line: (line.at, line.line))
    imports = Imports(db, VAULT, programme, lambda: NOW)
    compared = await imports.compare(lines, SOURCE)
    await imports.book(compared, SOURCE, lambda done, total: None)
    imported = await book(db)
    await _empty(db)
    await _record_one_by_one(db, shop, lines)
    recorded = await book(db)
    assert len(recorded["purchases"]) == ONE_BY_ONE
    assert recorded["moves"] == imported["moves"]
    assert recorded["tags"] == imported["tags"]
    earned, bought = slice(0, 4), (0, 3, 4, 5, 8, 9, 11)  # It knows no titles and no items.
    for one, other in zip(recorded["members"], imported["members"], strict=True):
        assert one[earned] == other[earned]
    for one, other in zip(recorded["purchases"], imported["purchases"], strict=True):
        assert [one[place] for place in bought] == [other[place] for place in bought]


async def _empty(db: Database) -> None:
    """Take everything out of the book, except the club's own accounts."""
    async with db.write() as tx:
        for table in reversed(METADATA.sorted_tables):
            members = table.c.member_id.is_not(None) if table is ACCOUNTS else true()
            await tx.execute(delete(table).where(members))


async def _record_one_by_one(db: Database, shop: Shop, lines: Sequence[PurchaseLine]) -> None:
    """The same purchases as a cashier would have recorded them, each at its own time."""
    clock = [NOW]
    purchases = Purchases(db, VAULT, shop.programme, lambda: clock[0])
    ids = await _customers(db, shop, dict.fromkeys(line.customer for line in lines))
    for update_id, line in enumerate(lines):
        clock[0] = line.at
        number = number_of(ids[line.customer])
        await purchases.record(
            number, line.amount, line.genres, line.receipt, by=1, update_id=update_id
        )


async def _customers(db: Database, shop: Shop, names: Iterable[str]) -> dict[str, int]:
    """Customers who have bought nothing yet; name → id."""
    async with db.write() as tx:
        values = [
            {
                "source": "shop",
                "external_id": name,
                "language": "en",
                "calendar": "gregorian",
                "join_step": JoinStep.LANGUAGE,
                "tier": shop.programme.tiers[0].key,
                "points_earned": 0,
                "reach": Reach.NEVER_STARTED,
                "referral_code": name,
                "created_at": NOW,
            }
            for name in names
        ]
        await imports_store.add_customers(tx, values)
    found = await rows(db, "SELECT external_id, id FROM members")
    return {str(name): int(str(id_)) for name, id_ in found}
