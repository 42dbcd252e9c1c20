"""Updates as the messenger gave them: kept, taken in order, ended."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    RowMapping,
    delete,
    exists,
    func,
    literal_column,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.statements import insert
from storage.tables.intake import UPDATES, UpdateState

EARLIER = UPDATES.alias("earlier")
# Written out: a bound parameter would keep both databases from using the partial indexes.
WORD_PENDING: ColumnElement[str] = literal_column(f"'{UpdateState.PENDING}'")


async def add(tx: AsyncConnection, rows: Sequence[dict[str, Any]]) -> int:
    """Keep updates in this order; how many were new. One that is known already stays as it is."""
    if not rows:
        return 0
    statement = insert(tx, UPDATES).on_conflict_do_nothing().returning(UPDATES.c.id)
    return len((await tx.execute(statement, rows)).all())


async def take(
    tx: AsyncConnection, busy: Collection[int], now: datetime, limit: int
) -> list[RowMapping]:
    """The oldest pending update of each person who is not busy, if it is due; one try is counted.

    A person whose oldest waits for its next try keeps the later ones waiting.
    """
    due = (
        select(UPDATES.c.id)
        .where(*_oldest(busy), UPDATES.c.next_try_at <= now)
        .order_by(UPDATES.c.id)
        .limit(limit)
    )
    statement = (
        update(UPDATES)
        .where(UPDATES.c.id.in_(due))
        .values(attempts=UPDATES.c.attempts + 1)
        .returning(*UPDATES.c)
    )
    rows = (await tx.execute(statement)).mappings().all()
    return sorted(rows, key=lambda row: row["id"])


async def next_try(tx: AsyncConnection, busy: Collection[int]) -> datetime | None:
    """When the first of those that wait may be tried; None when nobody waits."""
    statement = select(func.min(UPDATES.c.next_try_at)).where(*_oldest(busy))
    moment: datetime | None = await tx.scalar(statement)
    return moment


async def attempts(tx: AsyncConnection, row_id: int) -> int:
    """How many tries have been counted."""
    statement = select(UPDATES.c.attempts).where(UPDATES.c.id == row_id)
    return int((await tx.execute(statement)).scalar_one())


async def finish(tx: AsyncConnection, row_id: int) -> None:
    """It is done; what it said is emptied, and only the fact that it was handled stays."""
    done = {"state": UpdateState.DONE, "payload": None, "fault": None}
    await tx.execute(update(UPDATES).where(UPDATES.c.id == row_id).values(done))


async def postpone(tx: AsyncConnection, row_id: int, fault: str, next_try_at: datetime) -> None:
    """It failed and waits for its next try."""
    later = {"fault": fault, "next_try_at": next_try_at}
    await tx.execute(update(UPDATES).where(UPDATES.c.id == row_id).values(later))


async def park(tx: AsyncConnection, row_id: int, fault: str) -> None:
    """It is set aside, with all it said, and holds up nobody any more."""
    parked = {"state": UpdateState.PARKED, "fault": fault}
    await tx.execute(update(UPDATES).where(UPDATES.c.id == row_id).values(parked))


async def give_back_try(tx: AsyncConnection, row_id: int) -> None:
    """The last try does not count."""
    await tx.execute(
        update(UPDATES).where(UPDATES.c.id == row_id).values(attempts=UPDATES.c.attempts - 1)
    )


async def forget(tx: AsyncConnection, before: datetime, limit: int) -> int:
    """Delete the oldest done updates received before then; how many."""
    old = (
        select(UPDATES.c.id)
        .where(UPDATES.c.state == UpdateState.DONE, UPDATES.c.received_at < before)
        .order_by(UPDATES.c.id)
        .limit(limit)
    )
    return (await tx.execute(delete(UPDATES).where(UPDATES.c.id.in_(old)))).rowcount


def _oldest(busy: Collection[int]) -> tuple[ColumnElement[bool], ...]:
    """Pending, nothing older of the same person is pending, and the person is not busy."""
    behind = exists().where(
        EARLIER.c.state == WORD_PENDING,
        EARLIER.c.person == UPDATES.c.person,
        EARLIER.c.id < UPDATES.c.id,
    )
    return (UPDATES.c.state == WORD_PENDING, UPDATES.c.person.not_in(busy), ~behind)
