"""One-time links by which customers from before the club come in."""

from datetime import datetime

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.tables.members import LINKS


async def add(
    tx: AsyncConnection, code: str, member_id: int, by: int, at: datetime, expires_at: datetime
) -> None:
    """Keep a new link; older unused ones of that customer end."""
    await tx.execute(
        update(LINKS)
        .where(LINKS.c.member_id == member_id, LINKS.c.used_at.is_(None))
        .values(expires_at=at)
    )
    await tx.execute(
        insert(LINKS).values(
            code=code, member_id=member_id, created_by=by, created_at=at, expires_at=expires_at
        )
    )


async def find(tx: AsyncConnection, code: str, at: datetime) -> int | None:
    """The customer whom an unused, unexpired link stands for."""
    statement = (
        select(LINKS.c.member_id)
        .where(LINKS.c.code == code, LINKS.c.used_at.is_(None), LINKS.c.expires_at > at)
        .with_for_update()
    )
    return (await tx.execute(statement)).scalar_one_or_none()


async def use(tx: AsyncConnection, code: str, at: datetime) -> None:
    """The link has done its work."""
    await tx.execute(update(LINKS).where(LINKS.c.code == code).values(used_at=at))
