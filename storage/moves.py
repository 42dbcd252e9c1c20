"""A member's moves as they are shown: each with its number and the lot that it made."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, RowMapping, Select, cast, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from club.explaining import Move
from club.ledger import Reason, wallet
from club.money import Money
from storage import ledger as ledger_store
from storage.tables.book import LOTS, PURCHASES, TRANSFERS


async def page(
    tx: AsyncConnection, member_id: int, limit: int, offset: int
) -> tuple[Sequence[Move], int]:
    """Some of the member's moves, latest first, and how many there are in all."""
    statement = (
        _moves(member_id)
        .order_by(TRANSFERS.c.at.desc(), TRANSFERS.c.id.desc())
        .limit(limit)
        .offset(offset)
    )
    found = [_move(row) for row in (await tx.execute(statement)).mappings()]
    mine = select(func.count()).select_from(TRANSFERS).where(_of(member_id))
    return found, int((await tx.execute(mine)).scalar_one())


async def find(tx: AsyncConnection, member_id: int, transfer_id: int) -> Move | None:
    """That move, if it is one of the member's."""
    statement = _moves(member_id).where(TRANSFERS.c.id == transfer_id)
    row = (await tx.execute(statement)).mappings().one_or_none()
    return None if row is None else _move(row)


def _moves(member_id: int) -> Select[Any]:
    joined = TRANSFERS.outerjoin(
        LOTS, (LOTS.c.transfer_id == TRANSFERS.c.id) & (LOTS.c.member_id == member_id)
    ).outerjoin(  # What a friend bought is nobody else's business.
        PURCHASES,
        (PURCHASES.c.id == TRANSFERS.c.purchase_id) & (PURCHASES.c.member_id == member_id),
    )
    return (
        select(
            TRANSFERS,
            LOTS.c.active_from,
            LOTS.c.expires_at,
            PURCHASES.c.amount_minor,
            PURCHASES.c.currency,
        )
        .select_from(joined)
        .where(_of(member_id))
    )


def _of(member_id: int) -> ColumnElement[bool]:
    return or_(TRANSFERS.c.source == wallet(member_id), TRANSFERS.c.target == wallet(member_id))


def _move(row: RowMapping) -> Move:
    return Move(
        id=row["id"],
        transfer=ledger_store.transfer_of(row),
        paid=Money(row["amount_minor"], row["currency"]) if row["currency"] else None,
        active_from=row["active_from"],
        expires_at=row["expires_at"],
    )


async def points_under(tx: AsyncConnection, keys: Collection[str]) -> int | None:
    """The points of the moves under these keys; None where there are none."""
    statement = select(cast(func.sum(TRANSFERS.c.points), BigInteger)).where(
        TRANSFERS.c.key.in_(keys)
    )
    found: int | None = (await tx.execute(statement)).scalar_one()
    return found


async def worth_of(tx: AsyncConnection, purchase_id: int) -> int:
    """What the points that paid for the purchase were worth then, in minor units."""
    statement = select(TRANSFERS).where(
        TRANSFERS.c.purchase_id == purchase_id, TRANSFERS.c.reason == Reason.SPEND
    )
    worth = 0
    for row in (await tx.execute(statement)).mappings():
        amount = ledger_store.transfer_of(row).explanation["amount"]
        assert isinstance(amount, Money), "as the spend wrote it"
        worth += amount.minor
    return worth


async def given_since(
    tx: AsyncConnection, member_id: int, reasons: Collection[Reason], since: datetime
) -> int:
    """What the member was given for these reasons since then."""
    statement = select(func.coalesce(cast(func.sum(TRANSFERS.c.points), BigInteger), 0)).where(
        TRANSFERS.c.target == wallet(member_id),
        TRANSFERS.c.reason.in_(reasons),
        TRANSFERS.c.at >= since,
    )
    return int((await tx.execute(statement)).scalar_one())


async def given_for(
    tx: AsyncConnection, purchase_id: int, reason: Reason
) -> Sequence[tuple[str, int]]:
    """What each rule gave for that purchase, in the order in which they were worked out."""
    statement = (
        select(TRANSFERS.c.rule, TRANSFERS.c.points)
        .where(TRANSFERS.c.purchase_id == purchase_id, TRANSFERS.c.reason == reason)
        .order_by(TRANSFERS.c.id)
    )
    return [(row.rule or "", row.points) for row in await tx.execute(statement)]
