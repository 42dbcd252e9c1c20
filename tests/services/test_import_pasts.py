"""An import by batches makes the book that its purchases would have made one by one."""

from collections.abc import Sequence

import pytest

from club.imports import PurchaseLine
from club.programme import Programme
from services.booking import book
from services.history import book_history, key_of, till_of
from services.orders import wanted_of
from storage import birthdays as birthdays_store
from storage import members as members_store
from storage import tags as tags_store
from storage.db import Database
from tests.data.purchases import Shop
from tests.services.history_book import NOW, SOURCE, VAULT, rows
from tests.services.pasts import NAMES, made_purchases, outcome, programmes
from tests.services.test_imports import _customers, _empty

BATCH = 60
COUNT = 200
PROGRAMMES = programmes()


class Readers(Shop):
    """A shop whose programme is told."""

    @property
    def programme(self) -> Programme:
        return PROGRAMMES[self.kind]


async def _people(db: Database, kind: str) -> dict[str, int]:
    """Customers as they were: some told their birthday, one has a tag by hand."""
    ids = await _customers(db, Readers(kind), NAMES)
    async with db.write() as tx:
        for number, name in enumerate(NAMES[:8]):
            days = {"jalali": (number % 5 + 7, 9), "gregorian": (number % 5 + 9, 30)}
            await birthdays_store.put(tx, ids[name], "jalali", days)  # type: ignore[arg-type]
        await tags_store.give(tx, ids[NAMES[3]], "vip")
    return ids


async def _entangle(db: Database, ids: dict[str, int]) -> None:
    """One has joined and gets letters, one has brought a friend of whom the ladders know."""
    async with db.write() as tx:
        await members_store.change(tx, ids[NAMES[1]], agreed_at=NOW)
        await members_store.change(tx, ids[NAMES[1]], referred_by_code=NAMES[2])


async def _by_batches(db: Database, programme: Programme, lines: Sequence[PurchaseLine]) -> None:
    for start in range(0, len(lines), BATCH):
        async with db.write() as tx:
            batch = lines[start : start + BATCH]
            await book_history(tx, VAULT, programme, batch, SOURCE, {}, at=NOW)


async def _one_by_one(
    db: Database, programme: Programme, lines: Sequence[PurchaseLine], ids: dict[str, int]
) -> None:
    for line in lines:
        async with db.write() as tx:
            await book(
                tx,
                programme,
                await members_store.lock(tx, ids[line.customer]),
                wanted_of(line),
                key=key_of(line, SOURCE),
                till=till_of(SOURCE),
                receipt=line.receipt,
                by=None,
                at=line.at,
                more={"title": line.title, "items": line.items, "booked_at": NOW},
                friends=False,
            )


@pytest.mark.parametrize("entangled", [False, True], ids=["plain", "entangled"])
@pytest.mark.parametrize("kind", PROGRAMMES)
async def test_batches_make_the_same_book(db: Database, kind: str, entangled: bool) -> None:
    lines, programme = made_purchases(COUNT), PROGRAMMES[kind]
    ids = await _people(db, kind)
    if entangled:
        await _entangle(db, ids)
    await _by_batches(db, programme, lines)
    imported = await outcome(db)
    await _empty(db)
    ids = await _people(db, kind)
    if entangled:
        await _entangle(db, ids)
    await _one_by_one(db, programme, lines, ids)
    booked = await outcome(db)
    for name, facts in booked.items():
        assert imported[name] == facts, name
    assert bool(booked["letters"]) == entangled


async def test_the_made_purchases_touch_every_rule(db: Database) -> None:
    for kind, programme in PROGRAMMES.items():
        await _people(db, kind)
        await _by_batches(db, programme, made_purchases(COUNT))
        given = {row[0] for row in await rows(db, "SELECT DISTINCT rule FROM transfers")}
        asked = {rule.key for on in ("purchase", "mission") for rule in programme.rules_on(on)}
        assert asked - given <= {"signed", "cloth-bag"}, "a file tells no items"
        changes = await rows(db, "SELECT DISTINCT tier_after FROM tier_changes")
        assert {"silver", "vip", "companion"} <= {row[0] for row in changes}
        assert "tier:vip" in given
        await _empty(db)
