"""What the club knows of itself: names and values."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.statements import insert
from storage.tables.programme import CLUB


async def get(tx: AsyncConnection, name: str) -> str | None:
    """The value under this name, if there is one."""
    value: str | None = await tx.scalar(select(CLUB.c.value).where(CLUB.c.name == name))
    return value


async def put(tx: AsyncConnection, name: str, value: str) -> None:
    """Keep the value under this name; what stood there is gone."""
    await tx.execute(
        insert(tx, CLUB)
        .values(name=name, value=value)
        .on_conflict_do_update(index_elements=["name"], set_={"value": value})
    )


async def put_if_absent(tx: AsyncConnection, name: str, value: str) -> str:
    """Keep the value if there is none yet; the value that stands, of two at once the first."""
    await tx.execute(insert(tx, CLUB).values(name=name, value=value).on_conflict_do_nothing())
    standing = await get(tx, name)
    assert standing is not None, "somebody has put a value, we or another"
    return standing
