"""The letter that a member gets for a purchase."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from club.letters import Letter
from club.money import Money
from club.programme import Programme
from storage import outbox as outbox_store
from storage.purchases import PurchaseRow


async def write_receipt(
    tx: AsyncConnection,
    programme: Programme,
    purchase: PurchaseRow,
    balance: int,
    key: str,
    now: datetime,
) -> None:
    """Tell the member what the purchase brought; under it they are asked for a review, if ever."""
    facts: dict[str, str | int | Money | None] = {
        "amount": purchase.amount,
        "points": purchase.points,
        "balance": balance,
        "receipt": purchase.receipt,
    }
    if programme.offers("review"):
        facts["purchase_id"] = purchase.id
    letter = Letter(
        key=f"told:{purchase.id}:{key}",
        member_id=purchase.member_id,
        message="letters/receipt",
        facts=facts,
    )
    await outbox_store.add(tx, [letter], now)
