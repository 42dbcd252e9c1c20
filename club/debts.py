"""What a member owes: points that a refund could not take back."""

from collections.abc import Sequence
from datetime import datetime

from club.facts import Facts
from club.ledger import Account, Lot, Reason, Spend, Transfer, account_id, wallet


def debt(member_id: int) -> int:
    """The account that stands below zero while the member owes points."""
    return account_id(Account.DEBT, member_id)


def owe(member_id: int, points: int, *, key: str, at: datetime, explanation: Facts) -> Transfer:
    """Points that go back to the club now, and out of later earnings."""
    return Transfer(
        key=key,
        source=debt(member_id),
        target=account_id(Account.ISSUED),
        points=points,
        reason=Reason.REFUND,
        at=at,
        explanation=explanation,
    )


def repay(
    member_id: int,
    lots: Sequence[Lot],
    owed: int,
    earned: int,
    *,
    key: str,
    at: datetime,
    earned_by: str | None = None,
) -> Spend | None:
    """Pay out of what was just earned, also where it still waits; None when nothing is left of it.

    Only the newest lots pay: what the member got otherwise stays theirs. `earned_by` is the rule
    that gave it.
    """
    missing = min(owed, earned)
    uses = []
    for lot in sorted(lots, key=lambda lot: -lot.id):
        lives = lot.expires_at is None or at < lot.expires_at
        paid = min(lot.remaining, missing) if lives else 0
        if paid:
            uses.append((lot.id, paid))
            missing -= paid
    if not uses:
        return None
    transfer = Transfer(
        key=key,
        source=wallet(member_id),
        target=debt(member_id),
        points=sum(points for _, points in uses),
        reason=Reason.REPAY,
        at=at,
        explanation={"earned": earned, "owed": owed, "earned_by": earned_by},
    )
    return Spend(transfer=transfer, uses=tuple(uses))
