"""Many moves between two of the club's own accounts, for tests of the chain alone."""

from sqlalchemy import text

from storage.db import Database

MOVE = text(
    "INSERT INTO transfers (key, source, target, points, reason, explanation, at)"
    " VALUES (:key, 2, 5, 1, 'adjust', '{}', 1735689600000)"
)
BATCH_SIZE = 5_000


async def move(db: Database, name: str, times: int = 1) -> None:
    """So many moves of a point each, with keys of that name."""
    for first in range(0, times, BATCH_SIZE):
        batch = range(first, min(first + BATCH_SIZE, times))
        async with db.write() as tx:
            await tx.execute(MOVE, [{"key": f"{name}:{number}"} for number in batch])
