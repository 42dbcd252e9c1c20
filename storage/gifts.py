"""Gifts between members, as their moves stand in the book."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import BigInteger, cast, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from club.carrying import Carried
from club.ledger import Reason, Spend, wallet
from storage import ledger as ledger_store
from storage.tables.book import LOTS, TRANSFERS


async def add(tx: AsyncConnection, target_id: int, carried: Sequence[Carried]) -> None:
    """Book what leaves one wallet's lots and begins lots of the other's."""
    for one in carried:
        moved = one.grant.transfer
        spent = Spend(transfer=moved, uses=((one.lot_id, moved.points),))
        transfer_id = await ledger_store.add_spend(tx, spent)
        await tx.execute(
            insert(LOTS).values(
                member_id=target_id,
                transfer_id=transfer_id,
                points=moved.points,
                remaining=moved.points,
                active_from=one.grant.active_from,
                expires_at=one.grant.expires_at,
            )
        )


async def given(tx: AsyncConnection, member_id: int, since: datetime) -> int:
    """Points that the member has given away since then."""
    statement = select(cast(func.coalesce(func.sum(TRANSFERS.c.points), 0), BigInteger)).where(
        TRANSFERS.c.source == wallet(member_id),
        TRANSFERS.c.at >= since,
        TRANSFERS.c.reason == Reason.GIFT.value,
    )
    return int((await tx.execute(statement)).scalar_one())
