"""The ticks that are booked: a row each, so that each fires once."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from club.ticks import Job
from storage.statements import insert
from storage.tables.programme import TICKS

BATCH_SIZE = 1_000


async def last(tx: AsyncConnection, job: Job) -> datetime | None:
    """The job's latest booked tick."""
    found: datetime | None = await tx.scalar(
        select(func.max(TICKS.c.at)).where(TICKS.c.job == job.value)
    )
    return found


async def book(tx: AsyncConnection, job: Job, at: datetime, booked_at: datetime) -> bool:
    """Take this tick; False when it is taken. Waits while another transaction is about to."""
    statement = (
        insert(tx, TICKS)
        .values(job=job.value, at=at, booked_at=booked_at)
        .on_conflict_do_nothing()
        .returning(TICKS.c.job)
    )
    return (await tx.execute(statement)).one_or_none() is not None


async def pass_over(
    tx: AsyncConnection, job: Job, moments: Sequence[datetime], booked_at: datetime
) -> None:
    """Book ticks whose work a later one does."""
    for start in range(0, len(moments), BATCH_SIZE):
        rows = [
            {"job": job.value, "at": at, "booked_at": booked_at}
            for at in moments[start : start + BATCH_SIZE]
        ]
        await tx.execute(insert(tx, TICKS).on_conflict_do_nothing(), rows)
