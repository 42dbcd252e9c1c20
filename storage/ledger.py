"""The book on disk: moves are only ever added, lots lose what is taken from them."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import RowMapping, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from club.facts import decode_all, encode_all
from club.ledger import Grant, Lot, Reason, Spend, Transfer, wallet
from storage.tables.book import LOT_USES, LOTS, TRANSFERS


async def find(tx: AsyncConnection, key: str) -> Transfer | None:
    """The move that was booked under that key."""
    row = (await tx.execute(select(TRANSFERS).where(TRANSFERS.c.key == key))).mappings()
    found = row.one_or_none()
    return None if found is None else _transfer(found)


async def add_grant(
    tx: AsyncConnection, member_id: int, granted: Grant, purchase_id: int | None = None
) -> None:
    """Book a grant: its move and its lot."""
    transfer_id = await _add(tx, granted.transfer, purchase_id)
    await tx.execute(
        insert(LOTS).values(
            member_id=member_id,
            transfer_id=transfer_id,
            points=granted.transfer.points,
            remaining=granted.transfer.points,
            active_from=granted.active_from,
            expires_at=granted.expires_at,
        )
    )


async def add_spend(tx: AsyncConnection, spent: Spend, purchase_id: int | None = None) -> None:
    """Book a spend and take it from its lots; the table's CHECK stops a lot below zero."""
    transfer_id = await _add(tx, spent.transfer, purchase_id)
    await tx.execute(
        insert(LOT_USES),
        [
            {"transfer_id": transfer_id, "lot_id": lot_id, "points": points}
            for lot_id, points in spent.uses
        ],
    )
    for lot_id, points in spent.uses:
        await tx.execute(
            update(LOTS).where(LOTS.c.id == lot_id).values(remaining=LOTS.c.remaining - points)
        )


async def lots(tx: AsyncConnection, member_id: int) -> list[Lot]:
    """The member's lots that hold anything, expired or not."""
    statement = (
        select(LOTS.c.id, LOTS.c.points, LOTS.c.remaining, LOTS.c.active_from, LOTS.c.expires_at)
        .where(LOTS.c.member_id == member_id, LOTS.c.remaining > 0)
        .order_by(LOTS.c.id)
    )
    return [Lot(**row) for row in (await tx.execute(statement)).mappings()]


async def lots_of_purchase(tx: AsyncConnection, purchase_id: int) -> list[int]:
    """The lots that a purchase brought, and that hold anything."""
    statement = (
        select(LOTS.c.id)
        .join(TRANSFERS, TRANSFERS.c.id == LOTS.c.transfer_id)
        .where(TRANSFERS.c.purchase_id == purchase_id, LOTS.c.remaining > 0)
    )
    return list((await tx.execute(statement)).scalars())


async def lapsed(tx: AsyncConnection, purchase_id: int, at: datetime) -> int:
    """Points of a purchase that have expired by then, whether that is booked already or not."""
    brought = (
        select(LOTS.c.id, LOTS.c.remaining)
        .join(TRANSFERS, TRANSFERS.c.id == LOTS.c.transfer_id)
        .where(TRANSFERS.c.purchase_id == purchase_id, LOTS.c.expires_at <= at)
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


async def moves(
    tx: AsyncConnection, member_id: int, limit: int, offset: int
) -> tuple[Sequence[Transfer], int]:
    """The member's moves, latest first, and how many there are in all."""
    mine = or_(TRANSFERS.c.source == wallet(member_id), TRANSFERS.c.target == wallet(member_id))
    statement = (
        select(TRANSFERS)
        .where(mine)
        .order_by(TRANSFERS.c.at.desc(), TRANSFERS.c.id.desc())
        .limit(limit)
        .offset(offset)
    )
    found = [_transfer(row) for row in (await tx.execute(statement)).mappings()]
    total = await tx.execute(select(func.count()).select_from(TRANSFERS).where(mine))
    return found, int(total.scalar_one())


async def _add(tx: AsyncConnection, transfer: Transfer, purchase_id: int | None) -> int:
    statement = (
        insert(TRANSFERS)
        .values(
            key=transfer.key,
            source=transfer.source,
            target=transfer.target,
            points=transfer.points,
            reason=transfer.reason,
            explanation=encode_all(transfer.explanation),
            rule=transfer.rule,
            purchase_id=purchase_id,
            at=transfer.at,
        )
        .returning(TRANSFERS.c.id)
    )
    return int((await tx.execute(statement)).scalar_one())


def _transfer(row: RowMapping) -> Transfer:
    at: datetime = row["at"]
    return Transfer(
        key=row["key"],
        source=row["source"],
        target=row["target"],
        points=row["points"],
        reason=Reason(row["reason"]),
        at=at,
        explanation=decode_all(row["explanation"]),
        rule=row["rule"],
    )
