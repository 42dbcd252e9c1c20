"""Moves of which a member says that they are wrong, each once."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.statements import insert as insert_or
from storage.tables.disputes import DISPUTES


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputeRow:
    """A member's word against a move."""

    id: int
    member_id: int
    transfer_id: int
    at: datetime
    settled_at: datetime | None
    settled_by: int | None


async def add(
    tx: AsyncConnection, member_id: int, transfer_id: int, at: datetime
) -> DisputeRow | None:
    """Keep that the move is said to be wrong; None when that was said before."""
    statement = (
        insert_or(tx, DISPUTES)
        .values(member_id=member_id, transfer_id=transfer_id, at=at)
        .on_conflict_do_nothing()
        .returning(DISPUTES)
    )
    row = (await tx.execute(statement)).mappings().one_or_none()
    return None if row is None else DisputeRow(**row)


async def of_move(tx: AsyncConnection, member_id: int, transfer_id: int) -> DisputeRow | None:
    """What the member said of that move."""
    statement = select(DISPUTES).where(
        DISPUTES.c.member_id == member_id, DISPUTES.c.transfer_id == transfer_id
    )
    row = (await tx.execute(statement)).mappings().one_or_none()
    return None if row is None else DisputeRow(**row)


async def of_member(tx: AsyncConnection, member_id: int) -> list[DisputeRow]:
    """All that the member said of moves, oldest first."""
    statement = select(DISPUTES).where(DISPUTES.c.member_id == member_id).order_by(DISPUTES.c.id)
    return [DisputeRow(**row) for row in (await tx.execute(statement)).mappings()]


async def lock(tx: AsyncConnection, dispute_id: int) -> DisputeRow | None:
    """The dispute, held until this transaction ends."""
    statement = select(DISPUTES).where(DISPUTES.c.id == dispute_id).with_for_update()
    row = (await tx.execute(statement)).mappings().one_or_none()
    return None if row is None else DisputeRow(**row)


async def settle(tx: AsyncConnection, dispute_id: int, by: int, at: datetime) -> None:
    """Staff have looked at it."""
    await tx.execute(
        update(DISPUTES).where(DISPUTES.c.id == dispute_id).values(settled_at=at, settled_by=by)
    )
