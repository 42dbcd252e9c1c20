"""Laws of purchases and refunds: what they brought, and what of that counts as earned."""

from typing import Any

from sqlalchemy import BigInteger, FromClause, Select, and_, cast, func, select

from club.ledger import EARNING, Reason
from storage.proof import answer, differing, or_zero, summed, total, wallet
from storage.tables.book import PURCHASES, TRANSFERS
from storage.tables.members import MEMBERS
from storage.tables.merges import MERGES
from storage.tables.refunds import REFUNDS, TAKEBACKS


def purchase_points() -> Select[Any]:
    """A purchase names what its grants brought, undone or not."""
    granted = summed(
        TRANSFERS.c.purchase_id,
        TRANSFERS.c.points,
        TRANSFERS.c.purchase_id.is_not(None),
        TRANSFERS.c.reason == Reason.PURCHASE.value,
    )
    purchases = PURCHASES.outerjoin(granted, granted.c.of == PURCHASES.c.id)
    return differing(PURCHASES.c.id, PURCHASES.c.points, or_zero(granted.c.points), purchases)


def points_earned() -> Select[Any]:
    """What a member earned ever: granted by rules, less what refunds took back of that."""
    back = _taken_back()
    earned = summed(
        TRANSFERS.c.target,
        TRANSFERS.c.points,
        TRANSFERS.c.reason.in_([reason.value for reason in EARNING]),
    )
    one = MEMBERS.alias("one")
    members = (
        one.outerjoin(MERGES, MERGES.c.source_id == one.c.id)
        .outerjoin(earned, earned.c.of == wallet(one.c.id))
        .outerjoin(back, back.c.of == wallet(one.c.id))
    )
    # A merged customer's count for the member. The type is told, or SQLite looks without an index.
    heir = cast(func.coalesce(MERGES.c.target_id, one.c.id), BigInteger)
    points = or_zero(earned.c.points) - or_zero(back.c.points)
    counting = (
        select(heir.label("of"), total(points).label("points"))
        .select_from(members)
        .group_by(heir)
        .subquery("counting")
    )
    return differing(
        MEMBERS.c.id,
        MEMBERS.c.points_earned,
        or_zero(counting.c.points),
        MEMBERS.outerjoin(counting, counting.c.of == MEMBERS.c.id),
    )


def refund_points() -> Select[Any]:
    """A refund names how many points it took back from grants."""
    back = summed(TAKEBACKS.c.refund_id, TAKEBACKS.c.points)
    refunds = REFUNDS.outerjoin(back, back.c.of == REFUNDS.c.id)
    return differing(REFUNDS.c.id, REFUNDS.c.points, or_zero(back.c.points), refunds)


def refunded_amount() -> Select[Any]:
    """A purchase names the money that its refunds gave back."""
    back = summed(REFUNDS.c.purchase_id, REFUNDS.c.amount_minor)
    purchases = PURCHASES.outerjoin(back, back.c.of == PURCHASES.c.id)
    refunded = or_zero(back.c.points)
    return differing(PURCHASES.c.id, PURCHASES.c.refunded_minor, refunded, purchases)


def takeback_within_grant() -> Select[Any]:
    """No more is taken back of a grant than it gave, and only of what was earned."""
    back = summed(TAKEBACKS.c.transfer_id, TAKEBACKS.c.points)
    earning = TRANSFERS.c.reason.in_([reason.value for reason in EARNING])
    grants = back.outerjoin(TRANSFERS, and_(TRANSFERS.c.id == back.c.of, earning))
    granted = or_zero(TRANSFERS.c.points)
    return (
        answer(back.c.of, back.c.points, granted).select_from(grants).where(back.c.points > granted)
    )


def _taken_back() -> FromClause:
    """What refunds took back of the grants into each wallet."""
    sums = select(TRANSFERS.c.target.label("of"), total(TAKEBACKS.c.points).label("points"))
    grants = TAKEBACKS.join(TRANSFERS, TRANSFERS.c.id == TAKEBACKS.c.transfer_id)
    return sums.select_from(grants).group_by(TRANSFERS.c.target).subquery()
