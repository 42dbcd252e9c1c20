"""What members owe, as the moves of their debt accounts say it."""

from collections import Counter
from collections.abc import Collection

from sqlalchemy import BigInteger, bindparam, cast, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from club.debts import debt
from storage.tables.book import ACCOUNTS, TRANSFERS

# From the accounts, which are made at the first debt: mostly there is nothing to add up.
_SIDES = or_(TRANSFERS.c.source == ACCOUNTS.c.id, TRANSFERS.c.target == ACCOUNTS.c.id)
_MOVES = (
    select(TRANSFERS.c.source, TRANSFERS.c.target, cast(func.sum(TRANSFERS.c.points), BigInteger))
    .select_from(ACCOUNTS.join(TRANSFERS, _SIDES))
    .where(ACCOUNTS.c.id.in_(bindparam("debts", expanding=True)))
    .group_by(TRANSFERS.c.source, TRANSFERS.c.target)
)


async def owed(tx: AsyncConnection, member_id: int) -> int:
    """How many points the member owes."""
    return (await owed_by(tx, [member_id])).get(member_id, 0)


async def owed_by(tx: AsyncConnection, member_ids: Collection[int]) -> dict[int, int]:
    """Points owed, by member; who owes none is not in it."""
    owing: Counter[int] = Counter()
    accounts = [debt(member_id) for member_id in member_ids]
    for source, target, points in await tx.execute(_MOVES, {"debts": accounts}):
        owing[source] += points
        owing[target] -= points
    found = {member_id: owing[debt(member_id)] for member_id in member_ids}
    return {member_id: points for member_id, points in found.items() if points > 0}
