"""The letter that a member gets for a purchase."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from club.letters import Letter
from club.money import Money
from club.programme import Programme
from club.waiting import begins_of
from services import debts
from services.booking import award_key
from services.payments import in_money
from storage import outbox as outbox_store
from storage.purchases import PurchaseRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Fate:
    """What became of the points that a purchase brought, and of those that paid for it."""

    active_from: datetime | None  # Until then what is left of them waits.
    repaid: int  # So many of them paid a debt.
    in_money: Money | None  # What of the amount points did not pay; None: they paid nothing.


async def fate_of(
    tx: AsyncConnection, programme: Programme, purchase: PurchaseRow, now: datetime
) -> Fate:
    """What a balance alone does not say of a purchase."""
    repaid = 0
    if purchase.points:
        repaid = await debts.paid_of(tx, purchase.member_id, key=award_key(purchase.id))
    begins = begins_of(purchase.at, programme.waiting) if purchase.points > repaid else None
    return Fate(
        active_from=begins if begins is not None and begins > now else None,
        repaid=repaid,
        in_money=await in_money(tx, purchase),
    )


async def write_receipt(
    tx: AsyncConnection,
    programme: Programme,
    purchase: PurchaseRow,
    fate: Fate,
    balance: int,
    key: str,
    now: datetime,
) -> None:
    """Tell the member what the purchase brought; under it they are asked for a review, if ever."""
    facts: dict[str, str | int | Money | datetime | None] = {
        "amount": purchase.amount,
        "points": purchase.points,
        "balance": balance,
        "receipt": purchase.receipt,
        "active_from": fate.active_from,
        "repaid": fate.repaid,
        "points_spent": purchase.points_spent,
        "in_money": fate.in_money,
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
