"""Who of several processes on one PostgreSQL does what one alone may.

Moments are the database's own, so that the clocks of the processes need not agree. Each statement
commits by itself: who is frozen between two of them holds no row.
"""

from datetime import timedelta

from sqlalchemy import BigInteger, cast, delete, func, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.owners import number_of
from storage.tables.pace import LEASES

NOW_MS = cast(func.extract("epoch", func.clock_timestamp()) * 1000, BigInteger)
MILLISECOND = timedelta(milliseconds=1)


async def holder(session: AsyncConnection, name: str) -> str | None:
    """Who had the lease last."""
    found: str | None = await session.scalar(select(LEASES.c.owner).where(LEASES.c.name == name))
    return found


async def take(
    session: AsyncConnection, name: str, owner: str, length: timedelta, before: str | None
) -> bool:
    """Take the lease, or keep it, for so long from now; False while another has it.

    `before` loses it at once if it is the holder and dead.
    """
    held = {"owner": owner, "until": NOW_MS + length // MILLISECOND}
    free = or_(LEASES.c.owner == owner, LEASES.c.until <= NOW_MS)
    if before is not None:
        dead = func.pg_try_advisory_xact_lock(number_of(before))
        free = or_(free, (LEASES.c.owner == before) & dead)
    statement = (
        insert(LEASES)
        .values(name=name, **held)
        .on_conflict_do_update(index_elements=["name"], set_=held, where=free)
        .returning(LEASES.c.owner)
    )
    return (await session.execute(statement)).one_or_none() is not None


async def give_up(session: AsyncConnection, name: str, owner: str) -> None:
    """Leave the lease to who wants it; another's is left alone."""
    await session.execute(delete(LEASES).where(LEASES.c.name == name, LEASES.c.owner == owner))
