"""How a customer from before the club goes into a member: by moves, lot by lot."""

from collections.abc import Sequence
from datetime import datetime

from club.carrying import Carried
from club.facts import Facts
from club.ledger import Grant, Lot, Reason, Transfer, wallet
from club.members import Member, Reach


def is_unclaimed(customer: Member) -> bool:
    """Whether this is a customer from before the club whom nobody has joined as."""
    return (
        customer.source is not None
        and customer.chat_user_id is None
        and customer.left_at is None
        and customer.reach is Reach.NEVER_STARTED
    )


def carry_over(
    source_id: int,
    target_id: int,
    lots: Sequence[Lot],
    *,
    key: str,
    at: datetime,
    explanation: Facts,
) -> tuple[Carried, ...]:
    """Move what can be spent now or later; each lot keeps its own first moment and expiry.

    What has expired stays: the nightly booking takes it from where it was.
    """
    return tuple(
        Carried(
            lot_id=lot.id,
            grant=Grant(
                transfer=Transfer(
                    key=f"{key}:{lot.id}",
                    source=wallet(source_id),
                    target=wallet(target_id),
                    points=lot.remaining,
                    reason=Reason.MERGE,
                    at=at,
                    explanation=explanation,
                ),
                active_from=lot.active_from,
                expires_at=lot.expires_at,
            ),
        )
        for lot in lots
        if lot.remaining and (lot.expires_at is None or at < lot.expires_at)
    )
