"""What refunds took back of a grant."""

from sqlalchemy import BigInteger, ColumnElement, cast, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from club.ledger import Reason
from storage.tables.book import TRANSFERS
from storage.tables.refunds import TAKEBACKS

GONE: ColumnElement[int] = cast(  # PostgreSQL sums to NUMERIC.
    select(func.coalesce(func.sum(TAKEBACKS.c.points), 0))
    .where(TAKEBACKS.c.transfer_id == TRANSFERS.c.id)
    .correlate(TRANSFERS)
    .scalar_subquery(),
    BigInteger,
)
"""Points of the statement's transfer that count as earned no longer."""


async def rewards(tx: AsyncConnection, refund_id: int) -> list[tuple[str | None, int]]:
    """(rule, points) of what the refund took but purchase points, in the order they were given."""
    statement = (
        select(TRANSFERS.c.rule, TAKEBACKS.c.points)
        .join(TRANSFERS, TRANSFERS.c.id == TAKEBACKS.c.transfer_id)
        .where(TAKEBACKS.c.refund_id == refund_id, TRANSFERS.c.reason != Reason.PURCHASE)
        .order_by(TRANSFERS.c.id)
    )
    return [(row.rule, row.points) for row in await tx.execute(statement)]
