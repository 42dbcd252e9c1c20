"""What of a purchase was paid in money, where points paid a part of it."""

from sqlalchemy.ext.asyncio import AsyncConnection

from club.money import Money
from club.takebacks import share
from storage import moves as moves_store
from storage.purchases import PurchaseRow


async def in_money(tx: AsyncConnection, purchase: PurchaseRow) -> Money | None:
    """What is paid of the purchase in money, by what its points were worth; None: all of it."""
    if not purchase.points_spent:
        return None
    worth = await moves_store.worth_of(tx, purchase.id)
    return Money(purchase.amount.minor - worth, purchase.amount.currency)


async def back_in_money(
    tx: AsyncConnection, purchase: PurchaseRow, amount: Money, *, before: int
) -> Money | None:
    """What goes back in money when this amount does and `before` went already; None: all of it.

    Each part takes its share as that of the points does: together they are what was paid.
    """
    paid = await in_money(tx, purchase)
    if paid is None:
        return None
    whole = purchase.amount.minor
    gone = share(paid.minor, whole, before, 0)
    return Money(share(paid.minor, whole, before + amount.minor, gone), amount.currency)
