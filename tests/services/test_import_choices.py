"""An import may leave out bad rows, and may be foreseen without changing anything."""

from dataclasses import replace
from pathlib import Path

import pytest

from club.imports import BadFile
from club.members import number_of
from services.imports import ImportDone, foresee_import, run_import
from storage import members as members_store
from storage.db import Database
from tests.data.purchases import SHOPS, Shop
from tests.services.history_book import NOW, SOURCE, VAULT, book, bring, rows

FILM = Shop("film-shop")
TAKEN = "+989121111111"
FILE = f"""receipt,customer,at,amount,phone,genres
r-1,c-1,2018-01-01,1.00,+989121234567,Fantasy
r-2,c-1,2018-01-02,abc,,
r-3,c-2,2018-01-03,1.00,,Cooking
r-1,c-1,2018-01-01,2.00,,
r-4,c-3,2018-01-04,1.00,{TAKEN},
r-5,c-3,2018-01-05,1.00,{TAKEN},
r-6,c-4,2018-01-06,1.00,+989121234567,
r-7,c-5,2018-01-07,0.05,,
short,row
r-8,c-5,2018-01-08,200.00,,Drama
r-8,c-5,2018-01-08,200.00,,Drama
"""
BAD = (3, 4, 5, 6, 7, 8, 10)


async def holder_of_the_phone(db: Database) -> str:
    """A member who has the phone TAKEN; their number."""
    async with db.write() as tx:
        member = await members_store.create(
            tx,
            chat_user_id=7,
            language="en",
            calendar="gregorian",
            tier=FILM.programme.tiers[0].key,
            referral_code="r",
            referred_by_code=None,
            at=NOW,
        )
        assert member is not None
        phone = {"phone": VAULT.seal(TAKEN), "phone_hash": VAULT.lookup_hash(TAKEN)}
        await members_store.keep_private(tx, member.id, **phone)
        return number_of(member.id)


async def skip_bad(db: Database, path: Path) -> ImportDone:
    return await run_import(
        db,
        VAULT,
        FILM.programme,
        lambda: NOW,
        path,
        SOURCE,
        lambda done, total: None,
        skip_bad=True,
    )


async def test_the_good_rows_are_imported_and_the_bad_ones_named(
    db: Database, tmp_path: Path
) -> None:
    number = await holder_of_the_phone(db)
    path = tmp_path / "mixed.csv"
    path.write_text(FILE)
    done = await skip_bad(db, path)
    assert tuple(fault.line for fault in done.faults) == BAD
    assert done.left_out == len(BAD)
    assert f"member {number}" in str(done.faults[3])
    assert (done.purchases, done.customers, done.repeated) == (3, 2, 1)
    assert (done.points, done.zero_points) == (2_010, 1)
    booked = await rows(db, "SELECT receipt FROM purchases ORDER BY receipt")
    assert booked == [("r-1",), ("r-7",), ("r-8",)]
    again = await skip_bad(db, path)
    assert (again.purchases, again.left_out, again.repeated) == (0, len(BAD), 4)


async def test_a_file_of_bad_rows_alone_imports_nothing(db: Database, tmp_path: Path) -> None:
    path = tmp_path / "bad.csv"
    path.write_text("receipt,customer,at,amount\nr-1,c-1,2018-01-01,abc\n")
    done = await skip_bad(db, path)
    assert (done.purchases, done.left_out) == (0, 1)
    path.write_text('receipt,customer,at,amount\nr-1,"c-1,2018-01-01,1\n')
    with pytest.raises(BadFile):  # From the open quote on there are no rows to tell apart.
        await skip_bad(db, path)
    assert await rows(db, "SELECT count(*) FROM members") == [(0,)]


@pytest.mark.parametrize("shop", SHOPS, ids=str)
async def test_what_is_foreseen_happens(db: Database, shop: Shop, tmp_path: Path) -> None:
    path = shop.file(tmp_path)
    foreseen = await foresee_import(db, VAULT, shop.programme, lambda: NOW, path, SOURCE)
    assert await rows(db, "SELECT count(*) FROM members") == [(0,)]
    first = shop.programme.tiers[0].key
    assert await bring(db, shop, path) == foreseen.done
    risen = await rows(db, f"SELECT count(*) FROM members WHERE tier <> '{first}'")
    assert risen == [(foreseen.tiers_changed,)]
    before = await book(db)
    again = await foresee_import(db, VAULT, shop.programme, lambda: NOW, path, SOURCE)
    assert (again.done.purchases, again.done.repeated) == (0, foreseen.done.purchases)
    assert again.tiers_changed == 0
    assert await book(db) == before


async def test_bad_rows_are_foreseen_too(db: Database, tmp_path: Path) -> None:
    await holder_of_the_phone(db)
    path = tmp_path / "mixed.csv"
    path.write_text(FILE)
    with pytest.raises(BadFile):
        await foresee_import(db, VAULT, FILM.programme, lambda: NOW, path, SOURCE)
    foreseen = await foresee_import(
        db, VAULT, FILM.programme, lambda: NOW, path, SOURCE, skip_bad=True
    )
    assert replace(await skip_bad(db, path), faults=()) == replace(foreseen.done, faults=())
    assert foreseen.done.left_out == len(BAD)
