"""Purchases as they were recorded."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import RowMapping, bindparam, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from club.money import Money
from storage.statements import insert_new
from storage.tables.book import PURCHASES
from storage.tables.members import TAGS


@dataclass(frozen=True, slots=True, kw_only=True)
class PurchaseRow:
    """One recorded purchase."""

    id: int
    key: str
    till: str
    receipt: str | None
    member_id: int
    amount: Money
    genres: tuple[str, ...]
    points: int
    booked_by: int | None
    at: datetime
    booked_at: datetime
    undone_at: datetime | None
    discount_minor: int = 0  # Off already: what the things cost is the amount and this.
    shop: str | None = None
    payment: str | None = None
    lines: Sequence[Mapping[str, Any]] | None = None  # What was bought, as JSON.
    points_spent: int = 0
    refunded_minor: int = 0


_BY_KEY = select(PURCHASES).where(PURCHASES.c.key == bindparam("of_key"))
_COUNT_LIVE = select(func.count()).where(
    PURCHASES.c.member_id == bindparam("of_member"), PURCHASES.c.undone_at.is_(None)
)


async def add(tx: AsyncConnection, **values: Any) -> PurchaseRow | None:
    """Record a purchase; None when its key or its receipt is there already."""
    amount: Money = values.pop("amount")
    values |= {"amount_minor": amount.minor, "currency": amount.currency}
    statement = _adding(insert_new(tx, PURCHASES))
    row = (await tx.execute(statement, values)).mappings().one_or_none()
    return None if row is None else _purchase(row)


async def find_by_key(tx: AsyncConnection, key: str) -> PurchaseRow | None:
    """The purchase under that key."""
    found = (await tx.execute(_BY_KEY, {"of_key": key})).mappings().one_or_none()
    return None if found is None else _purchase(found)


async def find(tx: AsyncConnection, purchase_id: int) -> PurchaseRow | None:
    """The purchase of that number."""
    row = (await tx.execute(select(PURCHASES).where(PURCHASES.c.id == purchase_id))).mappings()
    found = row.one_or_none()
    return None if found is None else _purchase(found)


async def count_live(tx: AsyncConnection, member_id: int) -> int:
    """How many purchases of the member count."""
    return int((await tx.execute(_COUNT_LIVE, {"of_member": member_id})).scalar_one())


async def lock(tx: AsyncConnection, purchase_id: int) -> PurchaseRow | None:
    """The purchase, held until this transaction ends."""
    statement = select(PURCHASES).where(PURCHASES.c.id == purchase_id).with_for_update()
    row = (await tx.execute(statement)).mappings().one_or_none()
    return None if row is None else _purchase(row)


async def last_like(
    tx: AsyncConnection, member_id: int, amount: Money, since: datetime
) -> PurchaseRow | None:
    """The member's latest purchase of exactly that amount booked since then, not undone."""
    statement = (
        select(PURCHASES)
        .where(
            PURCHASES.c.member_id == member_id,
            PURCHASES.c.amount_minor == amount.minor,
            PURCHASES.c.booked_at >= since,
            PURCHASES.c.undone_at.is_(None),
        )
        .order_by(PURCHASES.c.id.desc())
        .limit(1)
    )
    row = (await tx.execute(statement)).mappings().one_or_none()
    return None if row is None else _purchase(row)


async def mark_undone(tx: AsyncConnection, purchase: PurchaseRow, by: int, at: datetime) -> None:
    """The purchase no longer counts: its receipt is free again, tags that it brought go."""
    key = f"{purchase.key}:undone:{purchase.id}" if purchase.receipt else purchase.key
    await tx.execute(
        update(PURCHASES)
        .where(PURCHASES.c.id == purchase.id)
        .values(undone_at=at, undone_by=by, key=key)
    )
    await tx.execute(TAGS.delete().where(TAGS.c.purchase_id == purchase.id))


async def live_genres(tx: AsyncConnection, member_id: int) -> dict[str, int]:
    """Genre → a purchase of it that still counts."""
    statement = select(PURCHASES.c.id, PURCHASES.c.genres).where(
        PURCHASES.c.member_id == member_id, PURCHASES.c.undone_at.is_(None)
    )
    rows = (await tx.execute(statement)).all()
    return {genre: row.id for row in rows for genre in row.genres}


@cache
def _adding(statement: Any) -> Any:
    return statement.returning(PURCHASES)


def _purchase(row: RowMapping) -> PurchaseRow:
    values = {name: row[name] for name in PurchaseRow.__dataclass_fields__ if name != "amount"}
    values["genres"] = tuple(row["genres"])
    return PurchaseRow(**values, amount=Money(row["amount_minor"], row["currency"]))


async def of_member(tx: AsyncConnection, member_id: int) -> list[PurchaseRow]:
    """All purchases of a member, oldest first."""
    statement = (
        select(PURCHASES)
        .where(PURCHASES.c.member_id == member_id)
        .order_by(PURCHASES.c.at, PURCHASES.c.id)
    )
    return [_purchase(row) for row in (await tx.execute(statement)).mappings()]
