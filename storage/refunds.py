"""Refunds on disk: what rests on a purchase, what went back, and what that left."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    and_,
    cast,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from club.ledger import EARNING, Reason
from club.takebacks import Spent
from storage.ledger import uses_of
from storage.purchases import PurchaseRow
from storage.tables.book import LOT_RETURNS, LOT_USES, LOTS, PURCHASES, TRANSFERS
from storage.tables.members import TAGS
from storage.tables.merges import MERGES
from storage.tables.refunds import REFUNDS, TAKEBACKS
from storage.takebacks import GONE


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantRow:
    """Points that rules gave, and how many of them count as earned no longer."""

    id: int
    key: str
    member_id: int
    points: int
    reason: Reason
    rule: str | None
    purchase_id: int | None
    at: datetime
    gone: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundRow:
    """What one refund took back from one member, and gave back to them."""

    id: int
    key: str
    purchase_id: int
    member_id: int
    amount_minor: int
    points: int
    taken: int
    owed: int
    returned: int
    made_by: int | None
    at: datetime


async def grants(tx: AsyncConnection, *which: ColumnElement[bool]) -> list[GrantRow]:
    """Grants of rules, oldest first; who was merged is the member into whom they went."""
    holder = TRANSFERS.c.target // 10  # The member; the last digit is the kind.
    statement = (
        select(
            TRANSFERS.c.id,
            TRANSFERS.c.key,
            func.coalesce(MERGES.c.target_id, holder).label("member_id"),
            TRANSFERS.c.points,
            TRANSFERS.c.reason,
            TRANSFERS.c.rule,
            TRANSFERS.c.purchase_id,
            TRANSFERS.c.at,
            GONE.label("gone"),
        )
        .outerjoin(MERGES, MERGES.c.source_id == holder)
        .where(TRANSFERS.c.reason.in_([reason.value for reason in EARNING]), *which)
        .order_by(TRANSFERS.c.id)
    )
    rows = (await tx.execute(statement)).mappings()
    return [GrantRow(**dict(row) | {"reason": Reason(row["reason"])}) for row in rows]


async def grants_of(tx: AsyncConnection, purchase_id: int) -> list[GrantRow]:
    """What rules gave for that purchase, to whomever."""
    return await grants(tx, TRANSFERS.c.purchase_id == purchase_id)


async def grants_by(
    tx: AsyncConnection, member_id: int, rules: Collection[str], *, but: int
) -> list[GrantRow]:
    """What these rules gave for all purchases of the member but one, to whomever."""
    bought = select(PURCHASES.c.id).where(PURCHASES.c.member_id == member_id, PURCHASES.c.id != but)
    return await grants(tx, TRANSFERS.c.purchase_id.in_(bought), TRANSFERS.c.rule.in_(rules))


async def own_lots(
    tx: AsyncConnection, member_id: int, purchase_id: int, grant_ids: Collection[int]
) -> set[int]:
    """The member's lots that hold what these grants, or the purchase, brought."""
    statement = (
        select(LOTS.c.id)
        .join(TRANSFERS, TRANSFERS.c.id == LOTS.c.transfer_id)
        .where(_brought(purchase_id, grant_ids))
        .where(LOTS.c.member_id == member_id, LOTS.c.remaining > 0)
    )
    return set((await tx.execute(statement)).scalars())


async def lapsed(
    tx: AsyncConnection, purchase_id: int, grant_ids: Collection[int], at: datetime
) -> int:
    """Points of these grants that have expired by then, whether that is booked already or not."""
    brought = (
        select(LOTS.c.id, LOTS.c.remaining)
        .join(TRANSFERS, TRANSFERS.c.id == LOTS.c.transfer_id)
        .where(_brought(purchase_id, grant_ids), LOTS.c.expires_at <= at)
        .subquery()
    )
    waiting = select(func.coalesce(func.sum(brought.c.remaining), 0)).scalar_subquery()
    booked = (
        select(func.coalesce(func.sum(LOT_USES.c.points), 0))
        .join(TRANSFERS, TRANSFERS.c.id == LOT_USES.c.transfer_id)
        .where(LOT_USES.c.lot_id.in_(select(brought.c.id)), TRANSFERS.c.reason == Reason.EXPIRY)
        .scalar_subquery()
    )
    return int((await tx.execute(select(waiting + booked))).scalar_one())


async def spent_on(tx: AsyncConnection, purchase: PurchaseRow) -> list[Spent]:
    """What paid for the purchase in points, lot by lot, less what came back into these lots."""
    paid = select(TRANSFERS.c.id).where(
        TRANSFERS.c.purchase_id == purchase.id, TRANSFERS.c.reason == Reason.SPEND
    )
    ids = (await tx.execute(paid.order_by(TRANSFERS.c.id))).scalars().all()
    back = (
        select(
            LOT_RETURNS.c.lot_id,
            cast(func.sum(LOT_RETURNS.c.points), BigInteger).label("points"),
        )
        .join(TRANSFERS, TRANSFERS.c.id == LOT_RETURNS.c.transfer_id)
        .where(TRANSFERS.c.purchase_id == purchase.id, TRANSFERS.c.reason == Reason.RETURN)
        .group_by(LOT_RETURNS.c.lot_id)
    )
    returned = {row.lot_id: row.points for row in await tx.execute(back)} if ids else {}
    return [
        Spent(
            lot_id=use.lot_id,
            points=use.points - returned.get(use.lot_id, 0),
            own=use.member_id == purchase.member_id,
            expires_at=use.expires_at,
        )
        for id_ in ids
        for use in await uses_of(tx, id_)
    ]


async def add(
    tx: AsyncConnection, takebacks: Sequence[tuple[int, int]], **values: Any
) -> RefundRow:
    """Keep a refund and what it takes back of which grant: (transfer, points)."""
    statement = insert(REFUNDS).values(**values).returning(REFUNDS)
    row = (await tx.execute(statement)).mappings().one()
    if takebacks:
        rows = [
            {"refund_id": row["id"], "transfer_id": transfer_id, "points": points}
            for transfer_id, points in takebacks
        ]
        await tx.execute(insert(TAKEBACKS), rows)
    return RefundRow(**row)


async def find(tx: AsyncConnection, key: str) -> RefundRow | None:
    """The refund under that key."""
    row = (await tx.execute(select(REFUNDS).where(REFUNDS.c.key == key))).mappings()
    found = row.one_or_none()
    return None if found is None else RefundRow(**found)


async def of_purchase(tx: AsyncConnection, purchase_id: int) -> list[RefundRow]:
    """All refunds of that purchase to who has it or had it then, oldest first."""
    statement = (
        select(REFUNDS)
        .outerjoin(MERGES, MERGES.c.source_id == REFUNDS.c.member_id)
        .join(PURCHASES, PURCHASES.c.id == REFUNDS.c.purchase_id)
        .where(
            REFUNDS.c.purchase_id == purchase_id,
            func.coalesce(MERGES.c.target_id, REFUNDS.c.member_id) == PURCHASES.c.member_id,
        )
        .order_by(REFUNDS.c.id)
    )
    return [RefundRow(**row) for row in (await tx.execute(statement)).mappings()]


async def of_receipt(tx: AsyncConnection, till: str, receipt: str) -> int | None:
    """The purchase of that receipt: the one that counts, else the latest."""
    statement = (
        select(PURCHASES.c.id)
        .where(PURCHASES.c.till == till, PURCHASES.c.receipt == receipt)
        .order_by(PURCHASES.c.undone_at.is_not(None), PURCHASES.c.id.desc())
        .limit(1)
    )
    found: int | None = (await tx.execute(statement)).scalar_one_or_none()
    return found


async def live(tx: AsyncConnection, member_id: int, limit: int) -> list[int]:
    """The member's latest purchases that count."""
    statement = (
        select(PURCHASES.c.id)
        .where(PURCHASES.c.member_id == member_id, PURCHASES.c.undone_at.is_(None))
        .order_by(PURCHASES.c.at.desc(), PURCHASES.c.id.desc())
        .limit(limit)
    )
    return list((await tx.execute(statement)).scalars())


async def count_back(tx: AsyncConnection, purchase_id: int, minor: int) -> None:
    """So much more of the purchase's money went back; the table's CHECK stops at its amount."""
    await tx.execute(
        update(PURCHASES)
        .where(PURCHASES.c.id == purchase_id)
        .values(refunded_minor=PURCHASES.c.refunded_minor + minor)
    )


async def mark_whole(tx: AsyncConnection, purchase: PurchaseRow, by: int, at: datetime) -> None:
    """All of it went back: the purchase counts no longer, tags that it brought go.

    Unlike that of an undone one its receipt is not free again: the sale did take place.
    """
    await tx.execute(
        update(PURCHASES).where(PURCHASES.c.id == purchase.id).values(undone_at=at, undone_by=by)
    )
    await tx.execute(TAGS.delete().where(TAGS.c.purchase_id == purchase.id))


def _brought(purchase_id: int, grant_ids: Collection[int]) -> ColumnElement[bool]:
    """Lots of these grants; those that a merge carried over know the purchase only."""
    carried = and_(TRANSFERS.c.purchase_id == purchase_id, TRANSFERS.c.reason == Reason.MERGE)
    return or_(LOTS.c.transfer_id.in_(list(grant_ids)), carried)
