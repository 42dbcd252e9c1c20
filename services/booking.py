"""A purchase on its way into the book, with all that it brings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from club.baskets import Order
from club.earning import Award, awards_for, points_of, rules_for
from club.errors import AmountTooLarge, NotOffered, PaidTooMuch
from club.ledger import Reason
from club.members import Member
from club.orders import MAX_POINTS
from club.programme import Programme
from club.spending import worth_of
from club.waiting import begins_of
from services.awards import award
from services.circumstances import circumstances, note_uses
from services.expiring import live_on
from services.ladders import after_points, after_purchase
from services.missions import complete_missions
from services.orders import Wanted
from services.referral import reward_friends
from services.spending import spend_on_order
from storage import members as members_store
from storage import purchases as purchases_store
from storage.purchases import PurchaseRow

NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Booked:
    """A purchase that was just booked; the member as they are after it."""

    member: Member
    row: PurchaseRow
    awards: tuple[Award, ...]


async def book(
    tx: AsyncConnection,
    programme: Programme,
    member: Member,
    wanted: Wanted,
    *,
    key: str,
    till: str,
    receipt: str | None,
    by: int | None,
    at: datetime,
    more: Mapping[str, Any] = NOTHING,
    friends: bool = True,
) -> Booked | None:
    """Book the order with what the rules give for it; None where its key or receipt is taken.

    `more`: other columns of the purchase. The member is locked by the caller, with
    lock_with_inviter where `friends` may be rewarded. Raises AmountTooLarge, NotOffered,
    PaidTooMuch and NotEnoughPoints.
    """
    _can_be_paid(programme, wanted)
    order = wanted.order(at)
    rules = rules_for(order, programme)
    known = await circumstances(tx, programme, member, rules, at, multiplied=True)
    awards = awards_for(order, programme, known)
    points = points_of(awards)
    if points > MAX_POINTS:
        raise AmountTooLarge(amount=wanted.amount, points=points)
    row = await purchases_store.add(
        tx,
        key=key,
        till=till,
        receipt=receipt,
        member_id=member.id,
        amount=wanted.amount,
        points=points,
        booked_by=by,
        at=at,
        **{"booked_at": at, **wanted.columns(), **more},
    )
    if row is None:
        return None
    at = row.at  # As it is kept: what is read back must not be later than now.
    await live_on(tx, programme, member.id, "purchase", at=at)
    after = await _give(tx, programme, member, row, awards)
    await note_uses(tx, programme, rules, awards, at)
    after = await _follow(tx, programme, after, row, order if friends else None)
    await members_store.tag(tx, member.id, wanted.genres, row.id)
    return Booked(member=after, row=row, awards=awards)


def award_key(purchase_id: int) -> str:
    """The key of what a purchase brought by itself."""
    return f"purchase:{purchase_id}"


async def _give(
    tx: AsyncConnection,
    programme: Programme,
    member: Member,
    row: PurchaseRow,
    awards: Sequence[Award],
) -> Member:
    """Give what the purchase brings, and take what pays it: before that, or of it as well."""
    at_once = programme.spending is not None and programme.spending.at_once
    if not at_once:
        await _pay(tx, programme, member, row)
    after = await award(
        tx,
        programme,
        member,
        awards,
        Reason.PURCHASE,
        key=award_key(row.id),
        at=row.at,
        purchase_id=row.id,
        active_from=begins_of(row.at, programme.waiting),
        climb=False,
    )
    if at_once:
        await _pay(tx, programme, member, row)
    return after


async def _follow(
    tx: AsyncConnection,
    programme: Programme,
    member: Member,
    row: PurchaseRow,
    order: Order | None,
) -> Member:
    """What rests on the purchase: missions, friends (where the order is told), tiers."""
    after = await complete_missions(tx, programme, member, at=row.at, purchase_id=row.id)
    if order is not None:
        after = await reward_friends(
            tx, programme, after, "purchase", at=row.at, purchase_id=row.id, order=order
        )
    after = await after_points(tx, programme, after, row.at)
    return await after_purchase(tx, programme, after, row.at)


async def _pay(tx: AsyncConnection, programme: Programme, member: Member, row: PurchaseRow) -> None:
    """Take the points that pay a part of the order."""
    if row.points_spent:
        key = f"spend:{row.id}"
        await spend_on_order(tx, programme, member, row.points_spent, row.id, key=key, at=row.at)


def _can_be_paid(programme: Programme, wanted: Wanted) -> None:
    """Pass when the points are worth no more than the order."""
    if not wanted.spend:
        return
    if programme.spending is None:
        raise NotOffered()
    worth = worth_of(wanted.spend, programme.spending, programme.club.currency)
    if worth > wanted.amount:
        raise PaidTooMuch(points=wanted.spend, total=worth, amount=wanted.amount)
