"""Debts: points that a refund could not take back are paid by what is earned later."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from club.debts import repay
from storage import debts as debts_store
from storage import ledger as ledger_store


async def pay(
    tx: AsyncConnection, member_id: int, earned: int, *, key: str, at: datetime, earned_by: str
) -> int:
    """Pay what the member owes out of points just granted to them; how many went.

    Without debt nothing happens. The member's row is locked by the caller, the grant is booked;
    `key` is that of what was earned, `earned` its points, `earned_by` the rule that gave most.
    """
    owed = await debts_store.owed(tx, member_id)
    if not owed or not earned:
        return 0
    lots = await ledger_store.lots(tx, member_id)
    name = _key(member_id, key)
    paid = repay(member_id, lots, owed, earned, key=name, at=at, earned_by=earned_by)
    if paid is None:
        return 0
    await ledger_store.add_spend(tx, paid)
    return paid.transfer.points


async def paid_of(tx: AsyncConnection, member_id: int, *, key: str) -> int:
    """How much of what was earned under that key went into the member's debt."""
    paid = await ledger_store.find(tx, _key(member_id, key))
    return paid.points if paid else 0


def _key(member_id: int, key: str) -> str:
    return f"repay:{member_id}:{key}"
